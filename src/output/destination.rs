//! The folder of results: what it may hold before a run, and how new results replace it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::error::OutputError;
use super::run_record::{RUN_FILE, files_of_run};

/// Checks that results can be written to a folder, before hours are spent on them: it does not exist yet, is empty,
/// or holds results of an earlier run, and files can be made where it is to be.
///
/// # Errors
/// If the folder is a file, holds anything else, or nothing can be written there.
pub fn check_destination(folder: &Path) -> Result<(), OutputError> {
    let destination = Destination::examine(folder)?;
    let not_writable = |cause| OutputError::NotWritable { path: folder.to_owned(), cause };
    let nearest = destination.parent.ancestors().find(|path| path.symlink_metadata().is_ok());
    let nearest = nearest.unwrap_or(&destination.parent);
    TempDir::with_prefix_in(".cutline-", nearest).and_then(TempDir::close).map_err(not_writable)
}

/// A folder that results can be written to.
pub(super) struct Destination {
    folder: PathBuf,
    parent: PathBuf,
    name: OsString,
    /// The files of the former results; `None` if there is no folder.
    former: Option<BTreeSet<OsString>>,
}

impl Destination {
    /// Examines the folder.
    pub fn examine(folder: &Path) -> Result<Self, OutputError> {
        let not_writable = |cause| OutputError::NotWritable { path: folder.to_owned(), cause };
        let exists = match folder.symlink_metadata() {
            Ok(_) => true,
            Err(cause) if cause.kind() == ErrorKind::NotFound => false,
            Err(cause) if cause.kind() == ErrorKind::NotADirectory => {
                return Err(OutputError::NotAFolder(folder.to_owned()));
            }
            Err(cause) => return Err(not_writable(cause)),
        };
        // A link is followed, so that results replace its target and not the link.
        let resolved = if exists { folder.canonicalize() } else { std::path::absolute(folder) };
        let resolved = resolved.map_err(not_writable)?;
        let (Some(parent), Some(name)) = (resolved.parent(), resolved.file_name()) else {
            return Err(OutputError::NotAFolder(folder.to_owned()));
        };
        let (parent, name) = (parent.to_owned(), name.to_owned());
        let former = if exists { Some(former_files(&resolved, folder)?) } else { None };
        Ok(Self { folder: resolved, parent, name, former })
    }

    /// A hidden folder beside the destination, on the same file system. It vanishes unless it is published.
    pub fn stage(&self) -> Result<TempDir, OutputError> {
        fs::create_dir_all(&self.parent).map_err(OutputError::io(&self.parent))?;
        self.sibling("partial").map_err(OutputError::io(&self.parent))
    }

    /// Replaces the folder by a staged one. Files that are not of the former results stay.
    ///
    /// Returns the folder with former results if it could not be deleted.
    pub fn publish(self, staged: TempDir) -> Result<Option<PathBuf>, OutputError> {
        let Some(former) = &self.former else {
            fs::rename(staged.path(), &self.folder).map_err(OutputError::io(&self.folder))?;
            let _ = staged.keep();
            return Ok(None);
        };
        let aside = self.sibling("former").map_err(OutputError::io(&self.parent))?;
        let kept = aside.path().join(&self.name);
        fs::rename(&self.folder, &kept).map_err(OutputError::io(&self.folder))?;
        if let Err(cause) = fs::rename(staged.path(), &self.folder) {
            return Err(match fs::rename(&kept, &self.folder) {
                Ok(()) => OutputError::Io { path: self.folder, cause },
                Err(_) => {
                    OutputError::NotRestored { path: self.folder, kept: aside.keep().join(&self.name), cause }
                }
            });
        }
        let _ = staged.keep();
        let place = aside.path().to_owned();
        match carry_over(&kept, &self.folder, former) {
            Ok(()) => Ok(aside.close().is_err().then_some(place)),
            Err(_) => Ok(Some(aside.keep())),
        }
    }

    fn sibling(&self, purpose: &str) -> io::Result<TempDir> {
        let mut prefix = OsString::from(".");
        prefix.push(&self.name);
        prefix.push(format!(".{purpose}-"));
        let mut builder = tempfile::Builder::new();
        // Results are as open as the user's other files; a temporary folder would be private.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        builder.prefix(&prefix).tempdir_in(&self.parent)
    }
}

/// The files of the results in a folder; an empty folder has none.
fn former_files(resolved: &Path, folder: &Path) -> Result<BTreeSet<OsString>, OutputError> {
    if !resolved.is_dir() {
        return Err(OutputError::NotAFolder(folder.to_owned()));
    }
    let not_writable = |cause| OutputError::NotWritable { path: folder.to_owned(), cause };
    if fs::read_dir(resolved).map_err(not_writable)?.next().is_none() {
        return Ok(BTreeSet::new());
    }
    let run = fs::read(resolved.join(RUN_FILE)).ok();
    let files = run.and_then(|text| files_of_run(&text));
    files.ok_or_else(|| OutputError::NotOurs(folder.to_owned()))
}

/// Moves files that others put beside the former results to the new ones; a file of the same name as one of ours is
/// lost with the former results.
fn carry_over(from: &Path, to: &Path, former: &BTreeSet<OsString>) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let name = entry?.file_name();
        let target = to.join(&name);
        if !former.contains(&name) && !target.try_exists()? {
            fs::rename(from.join(&name), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKED: &str = r#"{"program": "cutline", "outputs": [{"name": "options.csv"}]}"#;

    fn staged(destination: &Destination, text: &str) -> TempDir {
        let staged = destination.stage().unwrap();
        fs::write(staged.path().join(RUN_FILE), MARKED).unwrap();
        fs::write(staged.path().join("options.csv"), text).unwrap();
        staged
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn results_may_replace_nothing_an_empty_folder_and_former_results() {
        let place = TempDir::new().unwrap();
        let folder = place.path().join("deep").join("out");
        check_destination(&folder).unwrap();
        assert!(!folder.parent().unwrap().exists(), "a check leaves nothing behind");
        fs::create_dir_all(&folder).unwrap();
        for text in ["first", "second"] {
            check_destination(&folder).unwrap();
            let destination = Destination::examine(&folder).unwrap();
            let staged = staged(&destination, text);
            assert_eq!(destination.publish(staged).unwrap(), None);
            assert_eq!(fs::read_to_string(folder.join("options.csv")).unwrap(), text);
            assert_eq!(names(folder.parent().unwrap()), ["out"]);
        }
    }

    #[test]
    fn what_is_not_ours_is_never_replaced() {
        let place = TempDir::new().unwrap();
        fs::write(place.path().join("thesis.docx"), "years of work").unwrap();
        assert!(matches!(check_destination(place.path()), Err(OutputError::NotOurs(_))));
        fs::write(place.path().join(RUN_FILE), r#"{"program": "marathon"}"#).unwrap();
        assert!(matches!(check_destination(place.path()), Err(OutputError::NotOurs(_))));
        let file = place.path().join("thesis.docx");
        assert!(matches!(check_destination(&file), Err(OutputError::NotAFolder(_))));
        assert!(matches!(check_destination(&file.join("out")), Err(OutputError::NotAFolder(_))));
        assert_eq!(names(place.path()), [RUN_FILE, "thesis.docx"]);
    }

    #[test]
    fn notes_beside_former_results_are_kept() {
        let place = TempDir::new().unwrap();
        let folder = place.path().join("out");
        let destination = Destination::examine(&folder).unwrap();
        let first = staged(&destination, "first");
        fs::write(first.path().join("old.csv"), "of an older version").unwrap();
        destination.publish(first).unwrap();
        fs::write(folder.join("notes.txt"), "ask the board").unwrap();
        let marked = r#"{"program": "cutline", "outputs": [{"name": "options.csv"}, {"name": "old.csv"}]}"#;
        fs::write(folder.join(RUN_FILE), marked).unwrap();
        let destination = Destination::examine(&folder).unwrap();
        let second = staged(&destination, "second");
        destination.publish(second).unwrap();
        assert_eq!(names(&folder), ["notes.txt", "options.csv", RUN_FILE]);
        assert_eq!(fs::read_to_string(folder.join("options.csv")).unwrap(), "second");
    }

    #[test]
    fn former_results_stand_unless_new_ones_take_their_place() {
        let place = TempDir::new().unwrap();
        let folder = place.path().join("out");
        let destination = Destination::examine(&folder).unwrap();
        let first = staged(&destination, "first");
        destination.publish(first).unwrap();

        drop(staged(&Destination::examine(&folder).unwrap(), "interrupted"));
        let destination = Destination::examine(&folder).unwrap();
        let lost = staged(&destination, "lost");
        // The staged folder is gone: the second of the two renames fails.
        fs::remove_dir_all(lost.path()).unwrap();
        assert!(matches!(destination.publish(lost), Err(OutputError::Io { .. })));
        assert_eq!(fs::read_to_string(folder.join("options.csv")).unwrap(), "first");
        assert_eq!(names(place.path()), ["out"]);
    }
}
