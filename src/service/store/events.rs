//! What happened to a batch, in order: what followers of a batch are told, and can be told again.

use rusqlite::Transaction;
use serde_json::Value;

use super::{Store, StoreError, now};

/// An event of a batch.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::service) struct EventRow {
    /// Grows with every event of any batch.
    pub id: i64,
    pub at: i64,
    /// `state`, `scenario`, `shard` or `attempt`.
    pub kind: String,
    /// JSON.
    pub data: String,
}

/// Adds an event.
pub(super) fn add(store: &Transaction<'_>, batch: &str, kind: &str, data: &Value) -> Result<(), StoreError> {
    store.prepare_cached("INSERT INTO events (batch, at, kind, data) VALUES (?1, ?2, ?3, ?4)")?.execute((
        batch,
        now(),
        kind,
        data.to_string(),
    ))?;
    Ok(())
}

impl Store {
    /// At most `most` events of a batch that follow the event `after`.
    pub fn events_after(&self, batch: &str, after: i64, most: usize) -> Result<Vec<EventRow>, StoreError> {
        self.read(|store| {
            let mut statement = store.prepare_cached(
                "SELECT id, at, kind, data FROM events WHERE batch = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            )?;
            let rows = statement
                .query_map((batch, after, i64::try_from(most).unwrap_or(i64::MAX)), |row| {
                    Ok(EventRow { id: row.get(0)?, at: row.get(1)?, kind: row.get(2)?, data: row.get(3)? })
                })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
