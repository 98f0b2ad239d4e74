//! Files that a command writes beside folders of results.

use std::fs;
use std::io::Write;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::cli::error::CliError;

/// Refuses a path at which a file stands, unless it is to be replaced.
pub fn check_free(path: &Path, force: bool) -> Result<(), CliError> {
    if path.symlink_metadata().is_ok() && !force {
        let problem = "stands there already; nothing was written: name another file with -o, or replace it with --force";
        return Err(CliError::Usage(format!("`{}` {problem}", path.display())));
    }
    Ok(())
}

/// Writes a file whole or not at all.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let failed = |cause| CliError::File { path: path.to_owned(), cause };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    // Temporary files are for their owner alone; a table of a portfolio is for all who may read its folder.
    let permissions = fs::metadata(path).map(|former| former.permissions()).ok();
    file.persist(path).map_err(|error| failed(error.error))?;
    match permissions {
        Some(permissions) => fs::set_permissions(path, permissions).map_err(failed),
        None => open_to_readers(path).map_err(failed),
    }
}

#[cfg(unix)]
fn open_to_readers(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn open_to_readers(_path: &Path) -> std::io::Result<()> {
    Ok(())
}
