//! Files that are made from the results of batches, so that views read what they show and no more. They lie beside the store
//! and can always be made again, so that they count for no quota and are in no backup.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use tempfile::NamedTempFile;

use super::Service;
use super::access::is_batch_id;
use super::store::{ObjectRef, StoreError};

/// Result files by name.
pub(super) type ResultFiles = [(String, ObjectRef)];

/// A kind of kept files, by its folder in the data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Figures of scenarios, for pages and metrics.
    Figures,
    /// The places of scenarios in the result tables.
    Places,
    /// What the report tells of all scenarios together.
    Overviews,
    /// What the report tells of the portfolio and the batch.
    Subjects,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Figures, Self::Places, Self::Overviews, Self::Subjects];

    const fn folder(self) -> &'static str {
        match self {
            Self::Figures => "figures",
            Self::Places => "places",
            Self::Overviews => "overviews",
            Self::Subjects => "subjects",
        }
    }

    /// The file of a batch.
    pub fn path(self, service: &Service, batch: &str) -> PathBuf {
        service.settings.data.join(self.folder()).join(batch)
    }
}

/// Opens a result file; `None` if the results have none of that name.
pub(super) fn result_file(service: &Service, files: &ResultFiles, name: &str) -> io::Result<Option<File>> {
    let found = files.iter().find(|(file, _)| file == name);
    found.map(|(_, object)| File::open(service.objects.path(&object.hash))).transpose()
}

/// The hash of a result file; `None` if the results have none of that name.
pub(super) fn hash_of<'a>(files: &'a ResultFiles, name: &str) -> Option<&'a str> {
    files.iter().find(|(file, _)| file == name).map(|(_, object)| object.hash.as_str())
}

/// The kept file of a batch, as `open` reads it. Where there is none that it takes, as the results are of an earlier version
/// or came without, `make` writes it, one batch at a time.
pub(super) fn opened<T>(
    service: &Service,
    kind: Kind,
    batch: &str,
    open: impl Fn(File) -> io::Result<Option<T>>,
    make: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<T, StoreError> {
    let path = kind.path(service, batch);
    let failed = |cause| StoreError::Io { path: path.clone(), cause };
    if let Some(found) = existing(&path, &open).map_err(failed)? {
        return Ok(found);
    }
    let _alone = service.making_kept.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = existing(&path, &open).map_err(failed)? {
        return Ok(found);
    }
    write(&path, make).map_err(failed)?;
    let damaged = || failed(io::Error::new(ErrorKind::InvalidData, "it is not what was written"));
    existing(&path, &open).map_err(failed)?.ok_or_else(damaged)
}

/// The file, if it is there and is what `open` takes.
pub(super) fn existing<T>(
    path: &Path,
    open: impl Fn(File) -> io::Result<Option<T>>,
) -> io::Result<Option<T>> {
    match File::open(path) {
        Ok(file) => open(file),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
    }
}

fn write(path: &Path, make: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent)?;
    let mut partial = NamedTempFile::with_prefix_in(".partial-", parent)?;
    make(partial.as_file_mut())?;
    partial.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Takes in a file that a child has made, if it has.
pub(super) fn take_in(service: &Service, kind: Kind, batch: &str, made: &Path) -> Result<(), StoreError> {
    let path = kind.path(service, batch);
    let moved = || {
        fs::create_dir_all(path.parent().unwrap_or(&path))?;
        // The work folder may lie on another file system.
        fs::rename(made, &path).or_else(|_| fs::copy(made, &path).map(drop))
    };
    match moved() {
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(StoreError::Io { path, cause }),
        _ => Ok(()),
    }
}

/// Deletes what was kept of batches that are gone, and what an interrupted write left.
pub(super) fn sweep(service: &Service) -> Result<(), StoreError> {
    let _alone = service.making_kept.lock().unwrap_or_else(PoisonError::into_inner);
    for kind in Kind::ALL {
        let Ok(entries) = fs::read_dir(service.settings.data.join(kind.folder())) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            // A deleted batch can be restored for a while.
            let is_there = || {
                Ok::<_, StoreError>(service.store.batch(&name)?.or(service.store.deleted(&name)?).is_some())
            };
            if !is_batch_id(&name) || !is_there()? {
                fs::remove_file(entry.path())
                    .map_err(|cause| StoreError::Io { path: entry.path(), cause })?;
            }
        }
    }
    Ok(())
}
