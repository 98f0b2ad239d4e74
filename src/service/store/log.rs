//! Waiting for the disk: many changes share one wait.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::error::StoreError;

/// The write-ahead log of the store, and the part of it that is on the disk.
///
/// A committed change survives the end of this process. It survives a power cut once the log has been synced, and is
/// announced only then. A writer that arrives during a sync waits for the next one, together with all others.
pub(super) struct Log {
    path: PathBuf,
    file: File,
    /// Number of committed changes.
    committed: AtomicU64,
    /// Number of changes that are on the disk.
    synced: Mutex<u64>,
    /// A sync has failed: the part that is on the disk is unknown.
    is_broken: AtomicBool,
}

impl Log {
    /// Opens the log of a store that is open.
    pub fn open(store: &Path) -> Result<Self, StoreError> {
        let mut path = store.as_os_str().to_owned();
        path.push("-wal");
        let path = PathBuf::from(path);
        let open = || {
            let file = File::open(&path)?;
            // The log may be new: its name must survive too.
            File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
            Ok(file)
        };
        let file = open().map_err(|cause| StoreError::Io { path: path.clone(), cause })?;
        Ok(Self {
            path,
            file,
            committed: AtomicU64::new(0),
            synced: Mutex::new(0),
            is_broken: AtomicBool::new(false),
        })
    }

    /// Refuses further changes after a failed sync: what follows a hole in the log would be lost.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.is_broken.load(Ordering::SeqCst) {
            return Err(self
                .failure(io::Error::other("it was not written to the disk; the server must be restarted")));
        }
        Ok(())
    }

    /// Counts a change that was committed; gives its number.
    pub fn count(&self) -> u64 {
        self.committed.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Waits until a change is on the disk.
    pub fn sync(&self, change: u64) -> Result<(), StoreError> {
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if *synced >= change {
            return Ok(());
        }
        self.check()?;
        let committed = self.committed.load(Ordering::SeqCst);
        if let Err(cause) = self.file.sync_data() {
            self.is_broken.store(true, Ordering::SeqCst);
            return Err(self.failure(cause));
        }
        *synced = committed;
        Ok(())
    }

    fn failure(&self, cause: io::Error) -> StoreError {
        StoreError::Io { path: self.path.clone(), cause }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::service::store::Store;
    use tempfile::TempDir;

    #[test]
    fn a_log_that_could_not_be_synced_takes_no_more() {
        let place = TempDir::new().unwrap();
        let mut store = Store::open(place.path()).unwrap();
        let write = |store: &Store| {
            store.write(|store| {
                Ok(store.execute(
                    "INSERT INTO audit (at, user, action, subject, detail, address) \
                     VALUES (0, '', '', '', '', '')",
                    [],
                )?)
            })
        };
        write(&store).unwrap();
        // A file that cannot be synced.
        let whole = std::mem::replace(&mut store.log.file, File::open("/dev/null").unwrap());
        assert!(matches!(write(&store), Err(StoreError::Io { .. })));
        store.log.file = whole;
        assert!(matches!(write(&store), Err(StoreError::Io { .. })));
        assert!(store.read(|_| Ok(())).is_ok());
    }

    #[test]
    fn one_sync_serves_all_who_have_committed() {
        let place = TempDir::new().unwrap();
        let mut store = Store::open(place.path()).unwrap();
        let (first, second) = (store.log.count(), store.log.count());
        store.log.sync(second).unwrap();
        // Nothing is left to be synced for the first.
        store.log.file = File::open("/dev/null").unwrap();
        store.log.sync(first).unwrap();
        let third = store.log.count();
        assert!(store.log.sync(third).is_err());
    }
}
