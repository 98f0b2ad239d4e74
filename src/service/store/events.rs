//! Events of batches in order, from which followers can be served again.

use rusqlite::{OptionalExtension, Transaction};
use serde_json::Value;

use super::states::{BatchState, EventKind, winding_up};
use super::{Store, StoreError, now};

/// An event of a batch.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::service) struct EventRow {
    /// Grows with every event of any batch.
    pub id: i64,
    pub at: i64,
    pub kind: EventKind,
    /// JSON.
    pub data: String,
}

/// Adds an event.
pub(super) fn add(
    store: &Transaction<'_>,
    batch: &str,
    kind: EventKind,
    data: &Value,
) -> Result<(), StoreError> {
    store.prepare_cached("INSERT INTO events (batch, at, kind, data) VALUES (?1, ?2, ?3, ?4)")?.execute((
        batch,
        now(),
        kind,
        data.to_string(),
    ))?;
    Ok(())
}

/// The events of a batch after a given one.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::service) struct News {
    pub events: Vec<EventRow>,
    /// True if no event will follow these.
    pub is_over: bool,
}

impl Store {
    /// At most `most` events of a batch that follow the event `after`; `None` if there is no such batch.
    pub fn news(&self, batch: &str, after: i64, most: usize) -> Result<Option<News>, StoreError> {
        self.read(|store| {
            let state: Option<(BatchState, bool)> = store
                .prepare_cached(concat!(
                    "SELECT state, ",
                    winding_up!("?1"),
                    " FROM batches WHERE id = ?1 AND deleted IS NULL"
                ))?
                .query_row([batch], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((state, is_winding_up)) = state else { return Ok(None) };
            let mut statement = store.prepare_cached(
                "SELECT id, at, kind, data FROM events WHERE batch = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            )?;
            let rows = statement
                .query_map((batch, after, i64::try_from(most).unwrap_or(i64::MAX)), |row| {
                    Ok(EventRow { id: row.get(0)?, at: row.get(1)?, kind: row.get(2)?, data: row.get(3)? })
                })?;
            let events: Vec<EventRow> = rows.collect::<Result<_, _>>()?;
            let is_over = state.is_over() && !is_winding_up && events.len() < most;
            Ok(Some(News { events, is_over }))
        })
    }
}
