//! Batches: accepted, listed, looked at, cancelled, shared.

use std::collections::BTreeMap;

use rusqlite::types::{FromSql, Value};
use rusqlite::{OptionalExtension, Row, Transaction, params_from_iter};
use serde_json::json;

use super::blobs;
use super::blobs::{ArtifactKind, ObjectRef};
use super::scenarios::Searched;
use super::states::{BatchState, EventKind, ScenarioState, Step, TaskState, unfinished};
use super::{AuditEntry, Store, StoreError, audit, events, now, tasks};

/// A batch that has been found to be sound.
pub(in crate::service) struct NewBatch<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub description: &'a str,
    pub owner: &'a str,
    pub shared: bool,
    pub priority: i64,
    /// The batch that it reruns.
    pub parent: Option<&'a str>,
    /// The name of the batch file, as the client knows it.
    pub file: &'a str,
    pub trials: usize,
    /// Into how many shards it is to be cut.
    pub shards: usize,
    /// Time limit of a shard, in seconds.
    pub wall_limit: u64,
    pub warnings: &'a [String],
    /// The names of its scenarios, in their order.
    pub scenarios: &'a [String],
    pub inputs: &'a [(String, ObjectRef)],
    /// The client's key for this submission, and the hash of its content.
    pub idempotency: Option<(&'a str, &'a str)>,
    /// The entry for the audit log.
    pub audit: &'a AuditEntry,
    /// Largest number of unfinished batches of the owner.
    pub most_unfinished: usize,
}

/// Answer of the store to a new batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::service) enum Accepted {
    /// It was added.
    New,
    /// The same was submitted before, under the same key; this is the id that it was given.
    Before(String),
    /// Something else was submitted before under the same key.
    KeyTaken,
    /// Its owner has too many unfinished batches.
    TooMany,
}

/// A batch in its current state.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::service) struct BatchRow {
    pub id: String,
    pub name: String,
    pub description: String,
    pub owner: String,
    pub shared: bool,
    pub priority: i64,
    pub parent: Option<String>,
    pub state: BatchState,
    pub file: String,
    pub trials: i64,
    pub shards: i64,
    pub wall_limit: i64,
    /// JSON.
    pub warnings: String,
    pub created: i64,
    pub started: Option<i64>,
    pub ended: Option<i64>,
    /// True if everything was finished and proven.
    pub complete: Option<bool>,
    pub failure: Option<String>,
    /// Time at which it was deleted; it can be restored for a while.
    pub deleted: Option<i64>,
    /// Number of scenarios, and of those whose options are found.
    pub scenarios: i64,
    pub scenarios_done: i64,
    /// True if result files are there: of all of it, or of what it had finished when it was given up.
    pub has_results: bool,
}

impl BatchRow {
    /// True if the batch is over for good.
    pub fn is_over(&self) -> bool {
        self.state.is_over()
    }
}

/// A scenario of a batch in its current state.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::service) struct ScenarioRow {
    pub position: i64,
    pub name: String,
    pub status: ScenarioState,
    pub searched: Searched,
}

/// Filter of a list of batches.
#[derive(Clone, Debug, Default)]
pub(in crate::service) struct BatchFilter {
    /// The user whose own batches are visible in addition to shared ones; `None`: all batches.
    pub seen_by: Option<String>,
    pub state: Option<BatchState>,
    pub owner: Option<String>,
    /// A part of the name.
    pub name: Option<String>,
    /// Only batches older than this one.
    pub before: Option<String>,
    /// Only batches that were deleted, instead of those that were not.
    pub deleted: bool,
    pub most: usize,
}

/// Batches, and tasks of unfinished batches, by state; states without any are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::service) struct Counts {
    pub batches: BTreeMap<BatchState, i64>,
    pub tasks: BTreeMap<TaskState, i64>,
}

/// The columns that [`batch`] reads.
pub(super) const COLUMNS: &str =
    "id, name, description, owner, shared, priority, parent, state, file, trials, shards,
    wall_limit, warnings, created, started, ended, complete, failure, deleted,
    (SELECT count(*) FROM scenarios WHERE batch = id),
    (SELECT count(*) FROM scenarios WHERE batch = id AND status NOT IN ('waiting', 'running', 'not run')),
    EXISTS (SELECT 1 FROM results WHERE batch = id)";

pub(super) fn batch(row: &Row<'_>) -> Result<BatchRow, rusqlite::Error> {
    Ok(BatchRow {
        id: row.get(0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        owner: row.get(3)?,
        shared: row.get(4)?,
        priority: row.get(5)?,
        parent: row.get(6)?,
        state: row.get(7)?,
        file: row.get(8)?,
        trials: row.get(9)?,
        shards: row.get(10)?,
        wall_limit: row.get(11)?,
        warnings: row.get(12)?,
        created: row.get(13)?,
        started: row.get(14)?,
        ended: row.get(15)?,
        complete: row.get(16)?,
        failure: row.get(17)?,
        deleted: row.get(18)?,
        scenarios: row.get(19)?,
        scenarios_done: row.get(20)?,
        has_results: row.get(21)?,
    })
}

fn scenario(row: &Row<'_>) -> Result<ScenarioRow, rusqlite::Error> {
    let searched = Searched { seconds: row.get(3)?, objective: row.get(4)?, projects: row.get(5)? };
    Ok(ScenarioRow { position: row.get(0)?, name: row.get(1)?, status: row.get(2)?, searched })
}

/// A number as the database holds it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A count as the database holds it.
fn count_of(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Store {
    /// Adds a batch, unless its key is known or its owner has too many unfinished ones.
    pub fn accept(&self, new: &NewBatch<'_>) -> Result<Accepted, StoreError> {
        let accepted = self.write(|store| {
            if let Some((key, body)) = new.idempotency
                && let Some(before) = former(store, new.owner, key, body)?
            {
                return Ok(before);
            }
            let unfinished: i64 = store.query_row(
                concat!("SELECT count(*) FROM batches WHERE owner = ?1 AND state IN ", unfinished!()),
                [new.owner],
                |row| row.get(0),
            )?;
            if unfinished >= count_of(new.most_unfinished) {
                return Ok(Accepted::TooMany);
            }
            insert(store, new)?;
            audit::add(store, new.audit)?;
            Ok(Accepted::New)
        })?;
        if accepted == Accepted::New {
            self.tell(new.id);
        }
        Ok(accepted)
    }

    /// A batch.
    pub fn batch(&self, id: &str) -> Result<Option<BatchRow>, StoreError> {
        self.read(|store| {
            let mut statement = store.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM batches WHERE id = ?1 AND deleted IS NULL"
            ))?;
            Ok(statement.query_row([id], batch).optional()?)
        })
    }

    /// Batches, newest first.
    pub fn batches(&self, filter: &BatchFilter) -> Result<Vec<BatchRow>, StoreError> {
        let mut conditions = vec![if filter.deleted { "deleted IS NOT NULL" } else { "deleted IS NULL" }];
        let mut values = Vec::new();
        let mut ask = |condition: &'static str, value: &Option<String>| {
            if let Some(value) = value {
                conditions.push(condition);
                values.push(Value::Text(value.clone()));
            }
        };
        // Only who may restore a deleted batch sees it.
        ask(if filter.deleted { "owner = ?" } else { "(owner = ? OR shared)" }, &filter.seen_by);
        ask("state = ?", &filter.state.map(|state| state.to_string()));
        ask("owner = ?", &filter.owner);
        ask("instr(lower(name), lower(?)) > 0", &filter.name);
        ask("id < ?", &filter.before);
        values.push(Value::Integer(count_of(filter.most)));
        let conditions = conditions.join(" AND ");
        let query = format!("SELECT {COLUMNS} FROM batches WHERE {conditions} ORDER BY id DESC LIMIT ?");
        self.read(|store| {
            let mut statement = store.prepare_cached(&query)?;
            let rows = statement.query_map(params_from_iter(values), batch)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The scenarios of a batch, in their order.
    pub fn scenarios(&self, batch: &str) -> Result<Vec<ScenarioRow>, StoreError> {
        self.read(|store| {
            let mut statement = store.prepare_cached(
                "SELECT position, name, status, seconds, objective, projects FROM scenarios WHERE batch = ?1 ORDER BY position",
            )?;
            let rows = statement.query_map([batch], scenario)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Scenarios of a batch in their order, from a position on, at most so many.
    pub fn scenarios_from(&self, batch: &str, from: u64, most: u64) -> Result<Vec<ScenarioRow>, StoreError> {
        self.read(|store| {
            let mut statement = store.prepare_cached(
                "SELECT position, name, status, seconds, objective, projects FROM scenarios WHERE batch = ?1 AND position >= ?2
                 ORDER BY position LIMIT ?3",
            )?;
            let rows = statement.query_map((batch, signed(from), signed(most)), scenario)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The position of the scenario of a name; `None` if there is none.
    pub fn position_of(&self, batch: &str, name: &str) -> Result<Option<u64>, StoreError> {
        self.read(|store| {
            let mut statement =
                store.prepare_cached("SELECT position FROM scenarios WHERE batch = ?1 AND name = ?2")?;
            let position = statement.query_row((batch, name), |row| row.get::<_, i64>(0)).optional()?;
            Ok(position.map(i64::unsigned_abs))
        })
    }

    /// The input of a batch: the batch file and its tables.
    pub fn inputs(&self, batch: &str) -> Result<Vec<(String, ObjectRef)>, StoreError> {
        self.read(|store| blobs::of_batch(store, batch, ArtifactKind::Inputs))
    }

    /// The result files of a batch.
    pub fn results(&self, batch: &str) -> Result<Vec<(String, ObjectRef)>, StoreError> {
        self.read(|store| blobs::of_batch(store, batch, ArtifactKind::Results))
    }

    /// Cancels a batch; `false` if it is over already.
    pub fn cancel(&self, batch: &str, entry: &AuditEntry) -> Result<bool, StoreError> {
        let cancelled = self.write(|store| {
            let changed = store.execute(
                concat!(
                    "UPDATE batches SET state = ?2, ended = ?3, failure = ?4 WHERE id = ?1 AND state IN ",
                    unfinished!()
                ),
                (batch, BatchState::Cancelled, now(), format!("cancelled by {}", entry.user)),
            )?;
            if changed == 1 {
                events::add(store, batch, EventKind::State, &json!({ "state": BatchState::Cancelled }))?;
                tasks::wind_up(store, batch)?;
                audit::add(store, entry)?;
            }
            Ok(changed == 1)
        })?;
        if cancelled {
            self.tell(batch);
        }
        Ok(cancelled)
    }

    /// Shows a batch to all users, or to its owner only.
    pub fn share(&self, batch: &str, shared: bool, entry: &AuditEntry) -> Result<(), StoreError> {
        self.write(|store| {
            store.execute("UPDATE batches SET shared = ?2 WHERE id = ?1", (batch, shared))?;
            audit::add(store, entry)
        })
    }

    /// Batches and tasks by state.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        self.read(|store| {
            let batches = count(store, "SELECT state, count(*) FROM batches WHERE deleted IS NULL GROUP BY state")?;
            let tasks = concat!(
                "SELECT tasks.state, count(*) FROM tasks JOIN batches ON batches.id = batch WHERE batches.state IN ",
                unfinished!(),
                " GROUP BY tasks.state"
            );
            Ok(Counts { batches, tasks: count(store, tasks)? })
        })
    }
}

/// Runs a query for states and how often each occurs.
fn count<S: FromSql + Ord>(store: &Transaction<'_>, query: &str) -> Result<BTreeMap<S, i64>, StoreError> {
    let mut statement = store.prepare(query)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The former use of an idempotency key, if there was one.
fn former(
    store: &Transaction<'_>,
    owner: &str,
    key: &str,
    body: &str,
) -> Result<Option<Accepted>, StoreError> {
    let before: Option<(String, String)> = store
        .prepare_cached("SELECT body, batch FROM idempotency WHERE owner = ?1 AND key = ?2")?
        .query_row((owner, key), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(before
        .map(|(former, batch)| if former == body { Accepted::Before(batch) } else { Accepted::KeyTaken }))
}

fn insert(store: &Transaction<'_>, new: &NewBatch<'_>) -> Result<(), StoreError> {
    let time = now();
    let warnings = json!(new.warnings).to_string();
    store
        .prepare_cached(
            "INSERT INTO batches (id, name, description, owner, shared, priority, parent, state, step, file, trials,
                 shards, wall_limit, warnings, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute((
            new.id,
            new.name,
            new.description,
            new.owner,
            new.shared,
            new.priority,
            new.parent,
            BatchState::Queued,
            Step::Plan,
            new.file,
            count_of(new.trials),
            count_of(new.shards),
            i64::try_from(new.wall_limit).unwrap_or(i64::MAX),
            warnings,
            time,
        ))?;
    let mut scenario = store
        .prepare_cached("INSERT INTO scenarios (batch, position, name, status) VALUES (?1, ?2, ?3, ?4)")?;
    for (position, name) in new.scenarios.iter().enumerate() {
        scenario.execute((new.id, count_of(position), name, ScenarioState::Waiting))?;
    }
    blobs::add(store, new.id, ArtifactKind::Inputs, new.inputs)?;
    store
        .prepare_cached("INSERT INTO tasks (batch, step, number, state) VALUES (?1, ?2, 0, ?3)")?
        .execute((new.id, Step::Plan, TaskState::Waiting))?;
    if let Some((key, body)) = new.idempotency {
        store
            .prepare_cached(
                "INSERT INTO idempotency (owner, key, body, batch, created) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((new.owner, key, body, new.id, time))?;
    }
    events::add(store, new.id, EventKind::State, &json!({ "state": BatchState::Queued }))
}
