//! Deletion of batches: hidden at once, restored for a while, then purged.

use rusqlite::OptionalExtension;

use super::batches::{BatchRow, COLUMNS, batch};
use super::states::unfinished;
use super::{AuditEntry, Store, StoreError, audit, now};

/// The condition under which a batch may go: it is over, and nothing works on it any more.
macro_rules! may_go {
    () => {
        concat!(
            "id = ?1 AND state NOT IN ",
            unfinished!(),
            " AND NOT EXISTS (SELECT 1 FROM leases JOIN attempts ON attempts.id = attempt WHERE batch = ?1)"
        )
    };
}

impl Store {
    /// Hides a batch that is over, until it is restored or purged; `false` if it is not over, or hidden already. Its
    /// idempotency keys are free again.
    pub fn delete(&self, batch: &str, entry: &AuditEntry) -> Result<bool, StoreError> {
        self.write(|store| {
            let deleted = store.execute(
                concat!("UPDATE batches SET deleted = ?2 WHERE deleted IS NULL AND ", may_go!()),
                (batch, now()),
            )?;
            if deleted == 1 {
                store.execute("DELETE FROM idempotency WHERE batch = ?1", [batch])?;
                audit::add(store, entry)?;
            }
            Ok(deleted == 1)
        })
    }

    /// Shows a deleted batch again; `false` if there is none.
    pub fn restore(&self, batch: &str, entry: &AuditEntry) -> Result<bool, StoreError> {
        self.write(|store| {
            let restored = store.execute(
                "UPDATE batches SET deleted = NULL WHERE id = ?1 AND deleted IS NOT NULL",
                [batch],
            )?;
            if restored == 1 {
                audit::add(store, entry)?;
            }
            Ok(restored == 1)
        })
    }

    /// Removes a batch that is over for good, whether it was deleted or not; `false` if it is not over.
    pub fn purge(&self, batch: &str, entry: &AuditEntry) -> Result<bool, StoreError> {
        self.write(|store| {
            let purged = store.execute(concat!("DELETE FROM batches WHERE ", may_go!()), [batch])?;
            if purged == 1 {
                audit::add(store, entry)?;
            }
            Ok(purged == 1)
        })
    }

    /// A batch that was deleted and can be restored.
    pub fn deleted(&self, id: &str) -> Result<Option<BatchRow>, StoreError> {
        self.read(|store| {
            let query = format!("SELECT {COLUMNS} FROM batches WHERE id = ?1 AND deleted IS NOT NULL");
            Ok(store.prepare_cached(&query)?.query_row([id], batch).optional()?)
        })
    }

    /// Batches that were deleted before a time.
    pub fn deleted_before(&self, time: i64) -> Result<Vec<String>, StoreError> {
        self.ids("SELECT id FROM batches WHERE deleted <= ?1", time)
    }

    /// Batches that were over before a time.
    pub fn over_before(&self, time: i64) -> Result<Vec<String>, StoreError> {
        self.ids(concat!("SELECT id FROM batches WHERE ended < ?1 AND state NOT IN ", unfinished!()), time)
    }

    fn ids(&self, query: &str, time: i64) -> Result<Vec<String>, StoreError> {
        self.read(|store| {
            let mut statement = store.prepare(query)?;
            Ok(statement.query_map([time], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }
}
