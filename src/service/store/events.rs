//! Events of batches in order, from which followers can be served again.

use rusqlite::Transaction;
use serde_json::{Value, json};

use super::states::{BatchState, EventKind, winding_up};
use super::{Store, StoreError, now};

/// An event of a batch.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::service) struct EventRow {
    /// Grows with every event of any batch.
    pub id: i64,
    pub batch: String,
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

/// The events of some batches after a given one.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::service) struct News {
    pub events: Vec<EventRow>,
    /// True if no event will follow these.
    pub is_over: bool,
}

impl Store {
    /// At most `most` events of some batches that follow the event `after`; `None` if there are no such batches. With
    /// the name of a user, only batches count that are their own or shared.
    pub fn news(
        &self,
        batches: &[String],
        seen_by: Option<&str>,
        after: i64,
        most: usize,
    ) -> Result<Option<News>, StoreError> {
        let ids = json!(batches).to_string();
        self.read(|store| {
            let mut statement = store.prepare_cached(concat!(
                "SELECT id, state, ",
                winding_up!("batches.id"),
                " FROM batches WHERE id IN (SELECT value FROM json_each(?1)) AND deleted IS NULL
                  AND (?2 IS NULL OR owner = ?2 OR shared)"
            ))?;
            let seen =
                statement.query_map((&ids, seen_by), |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
            let seen: Vec<(String, (BatchState, bool))> = seen.collect::<Result<_, _>>()?;
            let (seen, states): (Vec<String>, Vec<(BatchState, bool)>) = seen.into_iter().unzip();
            if seen.is_empty() {
                return Ok(None);
            }
            let ids = json!(seen).to_string();
            // By batch and not by number: between two events of these there may be very many of others.
            let mut statement = store.prepare_cached(
                "SELECT id, batch, at, kind, data FROM events INDEXED BY events_by_batch
                 WHERE batch IN (SELECT value FROM json_each(?1)) AND id > ?2 ORDER BY id LIMIT ?3",
            )?;
            let most_rows = i64::try_from(most).unwrap_or(i64::MAX);
            let rows = statement.query_map((&ids, after, most_rows), |row| {
                Ok(EventRow {
                    id: row.get(0)?,
                    batch: row.get(1)?,
                    at: row.get(2)?,
                    kind: row.get(3)?,
                    data: row.get(4)?,
                })
            })?;
            let events: Vec<EventRow> = rows.collect::<Result<_, _>>()?;
            let are_over = states.iter().all(|(state, is_winding_up)| state.is_over() && !is_winding_up);
            let is_over = are_over && events.len() < most;
            Ok(Some(News { events, is_over }))
        })
    }
}
