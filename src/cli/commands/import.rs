//! `cutline import`: somebody else's project list as a portfolio folder, by a map.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::import::{self, Imported, TextFile};
use crate::input::map::{ListMap, read_map};
use crate::input::{self, List, ListForm, read_list};

use crate::cli::args::ImportArguments;
use crate::cli::error::{CliError, Finish, note_diagnostics};
use crate::cli::terminal::console::{note, print};
use crate::cli::terminal::import as terminal;

/// Reads a list by its map and writes the tables.
pub fn execute(arguments: &ImportArguments) -> Result<Finish, CliError> {
    if arguments.guess {
        return write_guess(arguments);
    }
    if let Some(folder) = &arguments.to {
        check_folder(folder)?;
    } else if arguments.batch {
        return Err(CliError::Usage("--batch needs --to FOLDER, where it is written".to_owned()));
    }
    let bytes = read_bytes(&arguments.map)?;
    let map = read_map(&name_of(&arguments.map), &bytes).map_err(CliError::Input)?;
    let list = list_of(arguments, Some(&map))?;
    let imported = import::import(&list, &map).map_err(CliError::Input)?;
    let files = files_of(arguments, &imported);
    let warnings = validated(&files, &imported.warnings)?;
    note_diagnostics(&warnings);
    if let Some(folder) = &arguments.to {
        write_folder(folder, &files)?;
    }
    let report = &imported.report;
    if arguments.json {
        let text =
            serde_json::to_string_pretty(report).map_err(|cause| CliError::Internal(cause.to_string()))?;
        print(&text)?;
    } else {
        print(&terminal::text(report))?;
    }
    match &arguments.to {
        Some(folder) => note(&format!(
            "Wrote `{}`; check it with: cutline validate {}",
            folder.display(),
            folder.display()
        )),
        None => note("Nothing was written: --to FOLDER says where."),
    }
    Ok(Finish::Done)
}

/// Writes a first map.
fn write_guess(arguments: &ImportArguments) -> Result<Finish, CliError> {
    if arguments.map.symlink_metadata().is_ok() {
        let problem = format!(
            "`{}` stands there already; nothing was written: name another with --map",
            arguments.map.display()
        );
        return Err(CliError::Usage(problem));
    }
    let list = list_of(arguments, None)?;
    let guess = import::guess(&name_of(&arguments.file), &list).map_err(CliError::Input)?;
    fs::write(&arguments.map, &guess.map)
        .map_err(|cause| CliError::File { path: arguments.map.clone(), cause })?;
    if arguments.json {
        let text =
            serde_json::to_string_pretty(&guess).map_err(|cause| CliError::Internal(cause.to_string()))?;
        print(&text)?;
    } else {
        print(&terminal::guess_text(&guess))?;
    }
    let next = if guess.undecided.is_empty() { "read it, then" } else { "decide what it asks, then" };
    let (file, map) = (arguments.file.display(), arguments.map.display());
    note(&format!("Wrote `{map}`; {next}: cutline import {file} --map {map}"));
    Ok(Finish::Done)
}

fn list_of(arguments: &ImportArguments, map: Option<&ListMap>) -> Result<List, CliError> {
    let layout = map.map(|map| &map.list);
    let sheet = layout.and_then(|layout| layout.sheet.as_ref()).map(|said| said.value.as_str());
    let form = ListForm {
        sheet: arguments.sheet.as_deref().or(sheet),
        separator: layout.and_then(|layout| layout.separator),
    };
    let bytes = read_bytes(&arguments.file)?;
    read_list(&name_of(&arguments.file), &bytes, form).map_err(|fault| refused(*fault))
}

/// A fault by itself.
pub(super) fn refused(fault: Diagnostic) -> CliError {
    let mut found = Diagnostics::new();
    found.push(fault);
    CliError::Input(found)
}

/// The name of a file without its folder.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// The bytes of a file.
///
/// # Errors
/// If it cannot be read.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    fs::read(path).map_err(|cause| {
        let (problem, help) = match path.is_dir() {
            true => ("is a folder".to_owned(), "name a file"),
            false => (format!("cannot be read ({cause})"), "check the path"),
        };
        refused(Diagnostic::fault(SourceRef::file(path.display().to_string()), problem, help))
    })
}

fn files_of(arguments: &ImportArguments, imported: &Imported) -> Vec<TextFile> {
    let mut files = imported.files.clone();
    if arguments.batch {
        let name = import::batch_name(&name_of(&arguments.file));
        files.push(("batch.toml".to_owned(), import::batch_file(&name, imported.holdings)));
    }
    files
}

/// The warnings of the list and of its tables, which must be a portfolio.
fn validated(files: &[TextFile], warnings: &Diagnostics) -> Result<Diagnostics, CliError> {
    let tables = files.iter().filter(|(name, _)| name != "batch.toml");
    let tables = tables.map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
    let loaded = input::read_portfolio(&tables).map_err(|found| {
        note("The tables that this list makes have faults; their rows are those of the tables:");
        CliError::Input(found)
    })?;
    if !loaded.warnings.is_empty() {
        note("Warnings with rows of projects.csv and other tables are of those that this list makes:");
    }
    let mut all = warnings.clone();
    all.extend(loaded.warnings);
    Ok(all)
}

/// Refuses a folder that holds anything.
fn check_folder(folder: &Path) -> Result<(), CliError> {
    let is_empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if folder.symlink_metadata().is_ok() && !is_empty {
        return Err(CliError::Usage(format!(
            "`{}` stands there already; nothing was written: name another with --to",
            folder.display()
        )));
    }
    Ok(())
}

/// Writes the files into a new folder, whole or not at all.
fn write_folder(folder: &Path, files: &[TextFile]) -> Result<(), CliError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |cause| CliError::File { path, cause }
    };
    let absolute = std::path::absolute(folder).map_err(failed(folder))?;
    let parent = absolute.parent().map_or_else(|| PathBuf::from("."), Path::to_owned);
    fs::create_dir_all(&parent).map_err(failed(&parent))?;
    let mut builder = tempfile::Builder::new();
    // As open as the user's other files; a temporary folder would be private.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    let staged = builder.prefix(".cutline-import-").tempdir_in(&parent).map_err(failed(&parent))?;
    for (name, text) in files {
        let path = staged.path().join(name);
        fs::write(&path, text).map_err(failed(&path))?;
    }
    // An empty folder may stand there.
    let _ = fs::remove_dir(&absolute);
    fs::rename(staged.path(), &absolute).map_err(failed(folder))?;
    let _ = staged.keep();
    Ok(())
}
