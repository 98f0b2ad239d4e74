//! The job store: batches, tasks, attempts, leases, events, tokens and the audit log, in one SQLite file.
//!
//! Only the server writes it, over one connection: what a function here does is done whole or not at all, and once it
//! returns it survives a power cut. Child processes never see it.

mod audit;
mod batches;
mod blobs;
mod deletion;
mod error;
mod events;
mod log;
mod scenarios;
mod schema;
mod states;
mod tasks;
mod tokens;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::broadcast;

use log::Log;

pub(super) use audit::AuditEntry;
pub(super) use batches::{Accepted, BatchFilter, BatchRow, NewBatch, ScenarioRow};
pub(super) use blobs::ObjectRef;
pub(super) use error::StoreError;
pub(super) use events::{EventRow, News};
pub(super) use scenarios::Searched;
pub(super) use states::{BatchState, Outcome, ScenarioState, Step, TaskState};
pub(super) use tasks::{ALL_SHARDS, Attempt, AttemptRow, Ending, LostProcess, MergedBatch, RetryRule};
pub use tokens::Role;
pub(super) use tokens::{NewToken, TokenRow};

/// The name of the store in the data folder.
const FILE: &str = "cutline.sqlite3";

/// Readers kept for reuse.
const READERS: usize = 8;

/// Time that a writer waits for a backup to finish reading.
const PATIENCE: Duration = Duration::from_secs(10);

/// The store.
pub(super) struct Store {
    path: PathBuf,
    writer: Mutex<Connection>,
    log: Log,
    readers: Mutex<Vec<Connection>>,
    /// Channel with the id of each batch that has a new event.
    news: broadcast::Sender<String>,
}

impl Store {
    /// Opens the store of a data folder, which is made if it is not there.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        const NEWS: usize = 256;
        let path = folder.join(FILE);
        let mut writer = Connection::open(&path)?;
        writer.busy_timeout(PATIENCE)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        // Checkpoints wait for the disk; what is committed in between waits for the log, together with others.
        writer.pragma_update(None, "synchronous", "NORMAL")?;
        writer.pragma_update(None, "foreign_keys", true)?;
        schema::migrate(&mut writer)?;
        let log = Log::open(&path)?;
        // The log of a former server is written to the store, whether or not it had reached the disk.
        writer.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        let (news, _) = broadcast::channel(NEWS);
        Ok(Self { path, writer: Mutex::new(writer), log, readers: Mutex::default(), news })
    }

    /// Subscribes to the ids of batches with new events.
    pub fn listen(&self) -> broadcast::Receiver<String> {
        self.news.subscribe()
    }

    /// Announces a new event of a batch to all subscribers, if there are any.
    fn tell(&self, batch: &str) {
        let _ = self.news.send(batch.to_owned());
    }

    /// Changes the store, whole or not at all, and waits until that is on the disk.
    fn write<T>(&self, act: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        // A poisoned lock means that a thread died between statements; its transaction was rolled back.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.log.check()?;
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = act(&transaction).map_err(StoreError::sorted)?;
        transaction.commit().map_err(|error| StoreError::from(error).sorted())?;
        let change = self.log.count();
        // Others may write while this waits.
        drop(writer);
        self.log.sync(change).map_err(StoreError::sorted)?;
        Ok(done)
    }

    /// Reads a snapshot of the store.
    fn read<T>(&self, act: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.reader()?,
        };
        let transaction = reader.transaction()?;
        let read = act(&transaction)?;
        drop(transaction);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS {
            readers.push(reader);
        }
        Ok(read)
    }

    fn reader(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.path, flags)?;
        reader.busy_timeout(PATIENCE)?;
        Ok(reader)
    }

    /// Writes a copy of a snapshot of the store.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let target = path.to_string_lossy();
        self.reader()?.execute("VACUUM INTO ?1", [target.as_ref()])?;
        Ok(())
    }

    /// True if the store answers.
    pub fn is_ready(&self) -> bool {
        self.read(|store| Ok(store.query_row("SELECT 1", [], |row| row.get::<_, i64>(0))?)).is_ok()
    }
}

/// Milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
