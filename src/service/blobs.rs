//! Artefacts, each stored once under the hash of its content: `objects/ab/ab12…`. A file that is there is whole.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::output::hex;

use super::store::{ObjectRef, Store, StoreError};

/// The folder of artefacts.
pub(super) struct Objects {
    folder: PathBuf,
    /// Lock held while artefacts are added until the store refers to them, so that they are not swept in between.
    adding: RwLock<()>,
}

impl Objects {
    /// The artefacts of a data folder.
    pub fn open(data: &Path) -> Result<Self, StoreError> {
        let folder = data.join("objects");
        fs::create_dir_all(&folder).map_err(|cause| StoreError::Io { path: folder.clone(), cause })?;
        Ok(Self { folder, adding: RwLock::new(()) })
    }

    /// Keeps the sweeper away while artefacts are added, until the store refers to them.
    pub fn adding(&self) -> RwLockReadGuard<'_, ()> {
        self.adding.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Path of an artefact.
    pub fn path(&self, hash: &str) -> PathBuf {
        self.folder.join(&hash[..2]).join(hash)
    }

    /// Stores bytes.
    #[cfg(test)]
    pub fn put(&self, bytes: &[u8]) -> Result<ObjectRef, StoreError> {
        let hash = crate::output::sha256(bytes);
        let path = self.path(&hash);
        self.place(&path, bytes, bytes.len() as u64).map_err(|cause| StoreError::Io { path, cause })?;
        Ok(ObjectRef { hash, bytes: bytes.len() as u64 })
    }

    /// Stores the content of a file, however long it is.
    pub fn put_file(&self, from: &Path) -> Result<ObjectRef, StoreError> {
        let io = |cause| StoreError::Io { path: from.to_owned(), cause };
        let (hash, bytes) = hash_of(from).map_err(io)?;
        let path = self.path(&hash);
        let source = File::open(from).map_err(io)?;
        self.place(&path, source, bytes).map_err(|cause| StoreError::Io { path, cause })?;
        Ok(ObjectRef { hash, bytes })
    }

    /// Reads an artefact.
    pub fn read(&self, object: &ObjectRef) -> Result<Vec<u8>, StoreError> {
        let path = self.path(&object.hash);
        fs::read(&path).map_err(|cause| StoreError::Io { path, cause })
    }

    /// Opens an artefact.
    pub fn file(&self, object: &ObjectRef) -> Result<File, StoreError> {
        let path = self.path(&object.hash);
        File::open(&path).map_err(|cause| StoreError::Io { path, cause })
    }

    fn place(&self, path: &Path, mut source: impl Read, bytes: u64) -> io::Result<()> {
        match fs::metadata(path) {
            Ok(there) if there.len() == bytes => return Ok(()),
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
        let parent = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(parent)?;
        let mut partial = NamedTempFile::with_prefix_in(".partial-", parent)?;
        io::copy(&mut source, partial.as_file_mut())?;
        partial.as_file().sync_all()?;
        partial.persist(path).map_err(|error| error.error)?;
        File::open(parent)?.sync_all()
    }

    /// Deletes what no batch refers to any more, and what an interrupted write left; gives how many files.
    pub fn sweep(&self, store: &Store) -> Result<usize, StoreError> {
        let _alone = self.adding.write().unwrap_or_else(PoisonError::into_inner);
        let used = store.forget_unused_objects()?;
        self.delete_all_but(&used).map_err(|cause| StoreError::Io { path: self.folder.clone(), cause })
    }

    fn delete_all_but(&self, used: &BTreeSet<String>) -> io::Result<usize> {
        let mut deleted = 0;
        for entry in fs::read_dir(&self.folder)? {
            let folder = entry?.path();
            if !folder.is_dir() {
                continue;
            }
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                if !entry.file_name().to_str().is_some_and(|name| used.contains(name)) {
                    fs::remove_file(entry.path())?;
                    deleted += 1;
                }
            }
        }
        Ok(deleted)
    }

    /// Compares every artefact with its hash; gives the paths of those that are damaged or missing.
    pub fn damaged(&self, hashes: &BTreeSet<String>) -> Vec<PathBuf> {
        hashes
            .iter()
            .map(|hash| (hash, self.path(hash)))
            .filter(|(hash, path)| hash_of(path).map_or(true, |(found, _)| found != **hash))
            .map(|(_, path)| path)
            .collect()
    }
}

/// The hash of a file, and its length.
fn hash_of(path: &Path) -> io::Result<(String, u64)> {
    let (mut file, mut digest, mut chunk) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    let mut bytes = 0;
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok((hex(&digest.finalize()), bytes)),
            length => {
                digest.update(&chunk[..length]);
                bytes += length as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn equal_contents_are_stored_once_and_unused_ones_are_swept() {
        let place = TempDir::new().unwrap();
        let (store, objects) = (Store::open(place.path()).unwrap(), Objects::open(place.path()).unwrap());
        let first = objects.put(b"project\nA\n").unwrap();
        assert_eq!(first, objects.put(b"project\nA\n").unwrap());
        assert_eq!(objects.read(&first).unwrap(), b"project\nA\n");
        assert!(objects.damaged(&[first.hash.clone()].into()).is_empty());
        assert_eq!(objects.sweep(&store).unwrap(), 1);
        assert_eq!(objects.damaged(&[first.hash.clone()].into()), [objects.path(&first.hash)]);
    }

    #[test]
    fn a_cut_off_artefact_is_written_again() {
        let place = TempDir::new().unwrap();
        let objects = Objects::open(place.path()).unwrap();
        let object = objects.put(b"whole").unwrap();
        fs::write(objects.path(&object.hash), "wh").unwrap();
        objects.put(b"whole").unwrap();
        assert_eq!(objects.read(&object).unwrap(), b"whole");
    }
}
