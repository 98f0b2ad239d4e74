//! Folders that are filled before they are put in their place.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::TempDir;

const PREFIX: &str = ".cutline-";

/// A new folder within another; it vanishes unless what is in it is moved. Others may read it as far as the user
/// lets them: shards may be run by one and merged by another.
pub(in crate::distribute) fn folder(within: &Path) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    builder.prefix(PREFIX).tempdir_in(within)
}

/// True if a file or folder is one of these that was not deleted.
pub(in crate::distribute) fn is_left_behind(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with(PREFIX)
}

/// Writes a file and waits until it is on the disk, so that a rename that follows cannot be there without it.
pub(in crate::distribute) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
