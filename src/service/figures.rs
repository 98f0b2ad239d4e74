//! The figures of batches that are done, as pages and metrics read them: one file per batch beside the store. It can always
//! be made again from the results, so that it counts for no quota and is in no backup.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use tempfile::NamedTempFile;

use crate::output::{FiguresFile, figures_key, figures_of_tables};

use super::Service;
use super::access::is_batch_id;
use super::store::{ObjectRef, StoreError};

/// The folder of the files in the data folder.
const FOLDER: &str = "figures";

/// Result files by name.
type Files = [(String, ObjectRef)];

fn folder(service: &Service) -> PathBuf {
    service.settings.data.join(FOLDER)
}

fn key(files: &Files) -> String {
    figures_key(|name| files.iter().find(|(file, _)| file == name).map(|(_, object)| object.hash.as_str()))
}

fn open(path: &Path, key: &str) -> io::Result<Option<FiguresFile>> {
    match File::open(path) {
        Ok(file) => FiguresFile::open(file, key),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
    }
}

/// The figures of a batch with these results. Where there are none yet, as the results are of an earlier version or came
/// without, they are made from the tables, one batch at a time.
pub(super) fn figures(service: &Service, batch: &str, files: &Files) -> Result<FiguresFile, StoreError> {
    let (path, key) = (folder(service).join(batch), key(files));
    let failed = |cause| StoreError::Io { path: path.clone(), cause };
    if let Some(found) = open(&path, &key).map_err(failed)? {
        return Ok(found);
    }
    let _alone = service.making_figures.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = open(&path, &key).map_err(failed)? {
        return Ok(found);
    }
    make(service, &path, &key, files).map_err(failed)?;
    let damaged = || failed(io::Error::new(ErrorKind::InvalidData, "it is not what was written"));
    open(&path, &key).map_err(failed)?.ok_or_else(damaged)
}

fn make(service: &Service, path: &Path, key: &str, files: &Files) -> io::Result<()> {
    let parent = folder(service);
    fs::create_dir_all(&parent)?;
    let mut partial = NamedTempFile::with_prefix_in(".partial-", &parent)?;
    figures_of_tables(partial.as_file_mut(), key, &|name| {
        let found = files.iter().find(|(file, _)| file == name);
        found.map(|(_, object)| File::open(service.objects.path(&object.hash))).transpose()
    })?;
    partial.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Takes in the figures that a merge has made of these results; makes them if it has not.
pub(super) fn take_in(
    service: &Service,
    batch: &str,
    files: &Files,
    made: &Path,
) -> Result<FiguresFile, StoreError> {
    let path = folder(service).join(batch);
    let moved = || {
        fs::create_dir_all(folder(service))?;
        // The work folder may lie on another file system.
        fs::rename(made, &path).or_else(|_| fs::copy(made, &path).map(drop))
    };
    if let Err(cause) = moved()
        && cause.kind() != ErrorKind::NotFound
    {
        return Err(StoreError::Io { path, cause });
    }
    figures(service, batch, files)
}

/// Deletes the figures of batches that are gone, and what an interrupted write left.
pub(super) fn sweep(service: &Service) -> Result<(), StoreError> {
    let folder = folder(service);
    let _alone = service.making_figures.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        // A deleted batch can be restored for a while.
        let is_there =
            || Ok::<_, StoreError>(service.store.batch(&name)?.or(service.store.deleted(&name)?).is_some());
        if !is_batch_id(&name) || !is_there()? {
            fs::remove_file(entry.path()).map_err(|cause| StoreError::Io { path: entry.path(), cause })?;
        }
    }
    Ok(())
}
