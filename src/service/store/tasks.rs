//! Tasks: claimed, tried, finished, failed. The state of a batch follows from those of its tasks, in the same
//! transaction.

use std::ops::Range;

use rusqlite::{OptionalExtension, Row, Transaction};
use serde_json::json;

use super::blobs;
use super::blobs::{ArtifactKind, ObjectRef};
use super::scenarios::Searched;
use super::states::{BatchState, EventKind, Outcome, ScenarioState, Step, TaskState, unfinished, winding_up};
use super::{Store, StoreError, events, now, scenarios};

/// Losses (server killed during an attempt) after which a task is taken for what kills the server.
const MOST_LOSSES: i64 = 100;

/// The number of the task that has a scheduler run all shards of a batch.
pub(in crate::service) const ALL_SHARDS: i64 = -1;

/// The number of the merge of what a batch that was given up had finished.
pub(super) const PART: i64 = -2;

/// A try at a task, with a lease on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::service) struct Attempt {
    pub id: i64,
    pub batch: String,
    pub owner: String,
    pub step: Step,
    pub number: i64,
    /// Number of failed attempts so far.
    pub failures: i64,
    /// Into how many shards the batch is to be cut.
    pub shards: i64,
    /// Time limit in seconds.
    pub wall_limit: i64,
    /// Milliseconds that the batch has waited, where this is its first try.
    pub waited: i64,
}

impl Attempt {
    /// The shard that it runs, if it does not have all of them run.
    pub fn shard(&self) -> Option<i64> {
        (self.number != ALL_SHARDS).then_some(self.number)
    }

    /// True if it merges what a batch that was given up had finished.
    pub fn is_of_part(&self) -> bool {
        self.step == Step::Merge && self.number == PART
    }
}

/// An attempt at a task, for display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::service) struct AttemptRow {
    pub step: Step,
    pub number: i64,
    pub started: i64,
    pub ended: Option<i64>,
    pub outcome: Option<Outcome>,
    pub code: Option<i64>,
    pub stderr_tail: Option<String>,
}

/// The process of an attempt that no server watches any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) struct LostProcess {
    pub process: i64,
    pub started: i64,
}

/// Content of a merged batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::service) struct MergedBatch {
    /// Its result files.
    pub files: Vec<(String, ObjectRef)>,
    /// True if everything was finished and proven.
    pub complete: bool,
    /// State of each scenario, by name: the events of a shard that finished while its server was killed are lost.
    pub statuses: Vec<(String, ScenarioState)>,
}

/// End of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::service) enum Ending {
    /// The batch is planned; these are the numbers of the tasks that run it.
    Planned(Range<i64>),
    /// The shard is run.
    Run,
    /// The batch is merged.
    Merged(MergedBatch),
    /// The shards are not where they should be: the batch must be planned once more.
    PlanAgain,
    /// Another attempt may succeed.
    Again { outcome: Outcome },
    /// We stopped it, which does not count against it.
    Interrupted,
    /// No attempt will succeed.
    Hopeless { outcome: Outcome, failure: String },
}

impl Ending {
    pub const fn outcome(&self) -> Outcome {
        match self {
            Self::Planned(_) | Self::Run | Self::Merged(_) => Outcome::Done,
            Self::Again { outcome } | Self::Hopeless { outcome, .. } => *outcome,
            Self::PlanAgain => Outcome::ShardsMissing,
            Self::Interrupted => Outcome::Interrupted,
        }
    }
}

/// The next task: of the user with the fewest at work, or of those with equally few the one who was served longest ago;
/// the batch of the highest priority, the oldest of these. No user can keep the others waiting by asking first or for
/// more.
const NEXT: &str = concat!(
    "WITH busy AS (
        SELECT owner, count(*) AS running FROM leases
        JOIN attempts ON attempts.id = leases.attempt JOIN batches ON batches.id = attempts.batch GROUP BY owner
    )
    SELECT batches.id, batches.owner, tasks.step, tasks.number, tasks.failures, batches.shards,
        batches.wall_limit, batches.created, batches.started
    FROM tasks JOIN batches ON batches.id = tasks.batch
        LEFT JOIN busy ON busy.owner = batches.owner LEFT JOIN owners ON owners.name = batches.owner
    WHERE tasks.state = ?3 AND tasks.step = batches.step AND tasks.not_before <= ?1
        AND batches.deleted IS NULL AND (batches.state IN ",
    unfinished!(),
    // What a batch had finished is merged once nothing works on it any more.
    "   OR (tasks.number = ?4 AND NOT EXISTS
            (SELECT 1 FROM leases JOIN attempts ON attempts.id = leases.attempt WHERE attempts.batch = batches.id)))
        AND coalesce(busy.running, 0) < ?2
    ORDER BY coalesce(busy.running, 0), coalesce(owners.served, 0), batches.priority DESC, batches.id, tasks.number
    LIMIT 1"
);

impl Store {
    /// Claims the next task, if there is one that may run now; no user has more than `most_per_user` at work.
    ///
    /// If `one_shard_is_whole`, a batch of one shard is taken for planned: the try that runs it does all of it.
    pub fn claim(
        &self,
        most_per_user: usize,
        one_shard_is_whole: bool,
    ) -> Result<Option<Attempt>, StoreError> {
        let time = now();
        let claimed = self.write(|store| {
            let per_user = i64::try_from(most_per_user).unwrap_or(i64::MAX);
            let next = store
                .prepare_cached(NEXT)?
                .query_row((time, per_user, TaskState::Waiting, PART), next)
                .optional()?;
            let Some((mut attempt, started)) = next else { return Ok(None) };
            attempt.waited = if started.is_none() { time - attempt.waited } else { 0 };
            if one_shard_is_whole && attempt.step == Step::Plan && attempt.shards == 1 {
                attempt = skip_plan(store, attempt)?;
            }
            set_task(store, &attempt, TaskState::Running)?;
            store.execute(
                "INSERT INTO attempts (batch, step, number, started) VALUES (?1, ?2, ?3, ?4)",
                (&attempt.batch, attempt.step, attempt.number, time),
            )?;
            attempt.id = store.last_insert_rowid();
            store.execute("INSERT INTO leases (attempt, renewed) VALUES (?1, ?2)", (attempt.id, time))?;
            store.execute(
                "INSERT INTO owners (name, served) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET served = max(served + 1, excluded.served)",
                (&attempt.owner, time),
            )?;
            if started.is_none() {
                store.execute(
                    "UPDATE batches SET state = ?2, started = ?3 WHERE id = ?1",
                    (&attempt.batch, BatchState::Running, time),
                )?;
                let data = json!({ "state": BatchState::Running });
                events::add(store, &attempt.batch, EventKind::State, &data)?;
            }
            Ok(Some((attempt, started.is_none())))
        })?;
        let Some((attempt, is_first)) = claimed else { return Ok(None) };
        if is_first {
            self.tell(&attempt.batch);
        }
        Ok(Some(attempt))
    }

    /// Notes which process is at an attempt.
    pub fn lease_to(&self, attempt: i64, process: u32, started: i64) -> Result<(), StoreError> {
        self.write(|store| {
            store.execute(
                "UPDATE leases SET process = ?2, process_started = ?3, renewed = ?4 WHERE attempt = ?1",
                (attempt, process, started, now()),
            )?;
            Ok(())
        })
    }

    /// Notes that the processes at these attempts are alive.
    pub fn renew(&self, attempts: &[i64]) -> Result<(), StoreError> {
        self.write(|store| {
            let mut statement = store.prepare_cached("UPDATE leases SET renewed = ?2 WHERE attempt = ?1")?;
            for attempt in attempts {
                statement.execute((attempt, now()))?;
            }
            Ok(())
        })
    }

    /// Ends an attempt: its task and its batch move on.
    pub fn end(
        &self,
        attempt: &Attempt,
        ending: &Ending,
        code: Option<i32>,
        stderr_tail: &str,
        rule: &RetryRule,
    ) -> Result<(), StoreError> {
        self.write(|store| {
            let open = store.execute("DELETE FROM leases WHERE attempt = ?1", [attempt.id])?;
            if open == 0 {
                // The batch was deleted, or another server took the task for lost.
                return Ok(());
            }
            store.execute(
                "UPDATE attempts SET ended = ?2, outcome = ?3, code = ?4, last_words = ?5 WHERE id = ?1",
                (attempt.id, now(), ending.outcome(), code, (!stderr_tail.is_empty()).then_some(stderr_tail)),
            )?;
            settle(store, attempt, ending, rule)
        })?;
        self.tell(&attempt.batch);
        Ok(())
    }

    /// Returns the tasks of a server that is gone to the queue; returns the processes that were at work on them.
    pub fn recover(&self) -> Result<Vec<LostProcess>, StoreError> {
        self.write(|store| {
            let processes = {
                let mut statement =
                    store.prepare("SELECT process, process_started FROM leases WHERE process IS NOT NULL")?;
                let rows = statement
                    .query_map([], |row| Ok(LostProcess { process: row.get(0)?, started: row.get(1)? }))?;
                rows.collect::<Result<_, _>>()?
            };
            store.execute(
                "UPDATE attempts SET ended = ?1, outcome = ?2 WHERE id IN (SELECT attempt FROM leases)",
                (now(), Outcome::Lost),
            )?;
            store.execute("DELETE FROM leases", [])?;
            store.execute(
                "UPDATE scenarios SET status = ?1 WHERE status = ?2",
                (ScenarioState::Waiting, ScenarioState::Running),
            )?;
            store.execute(
                "UPDATE tasks SET state = ?1, losses = losses + 1 WHERE state = ?2",
                (TaskState::Waiting, TaskState::Running),
            )?;
            give_up_what_kills_servers(store)?;
            Ok(processes)
        })
    }

    /// Attempts at the tasks of a batch, oldest first.
    pub fn attempts(&self, batch: &str) -> Result<Vec<AttemptRow>, StoreError> {
        self.read(|store| {
            let mut statement = store.prepare_cached(
                "SELECT step, number, started, ended, outcome, code, last_words FROM attempts
                 WHERE batch = ?1 ORDER BY id",
            )?;
            let rows = statement.query_map([batch], |row| {
                Ok(AttemptRow {
                    step: row.get(0)?,
                    number: row.get(1)?,
                    started: row.get(2)?,
                    ended: row.get(3)?,
                    outcome: row.get(4)?,
                    code: row.get(5)?,
                    stderr_tail: row.get(6)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// True if what a batch had finished is still to be merged.
    pub fn is_winding_up(&self, batch: &str) -> Result<bool, StoreError> {
        self.read(|store| {
            let query = concat!("SELECT ", winding_up!("?1"));
            Ok(store.prepare_cached(query)?.query_row([batch], |row| row.get(0))?)
        })
    }

    /// Batches whose work is still needed: those that are not over, and those of which a part is to be merged.
    pub fn with_work(&self) -> Result<Vec<String>, StoreError> {
        self.read(|store| {
            let mut statement = store.prepare(concat!(
                "SELECT id FROM batches WHERE state IN ",
                unfinished!(),
                " OR ",
                winding_up!("id")
            ))?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
    }

    /// Batches that are not over, each with the number of its shards.
    pub fn unfinished(&self) -> Result<Vec<(String, i64)>, StoreError> {
        self.read(|store| {
            let mut statement = store.prepare(concat!(
                "SELECT id, shards FROM batches WHERE state IN ",
                unfinished!(),
                " ORDER BY id"
            ))?;
            Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
        })
    }

    /// Has a batch planned once more, as its plan or its shards are gone. Existing shards are not run again.
    pub fn plan_again(&self, batch: &str) -> Result<(), StoreError> {
        self.write(|store| plan_again(store, batch))
    }

    /// Number of running attempts at a batch.
    pub fn leases(&self, batch: &str) -> Result<i64, StoreError> {
        self.read(|store| {
            Ok(store.query_row(
                "SELECT count(*) FROM leases JOIN attempts ON attempts.id = attempt WHERE batch = ?1",
                [batch],
                |row| row.get(0),
            )?)
        })
    }

    /// True if a batch has work left.
    pub fn is_at_work(&self, batch: &str) -> Result<bool, StoreError> {
        self.read(|store| {
            let state: Option<BatchState> = store
                .prepare_cached("SELECT state FROM batches WHERE id = ?1")?
                .query_row([batch], |row| row.get(0))
                .optional()?;
            Ok(state.is_some_and(|state| !state.is_over()))
        })
    }
}

/// Policy of further attempts at a task.
#[derive(Clone, Copy, Debug)]
pub(in crate::service) struct RetryRule {
    /// Failed attempts after which a task fails.
    pub most_failures: i64,
    /// Milliseconds before the second try; each further one waits twice as long.
    pub pause: i64,
}

/// A row of [`NEXT`]; `waited` holds the time of submission for now.
fn next(row: &Row<'_>) -> Result<(Attempt, Option<i64>), rusqlite::Error> {
    let attempt = Attempt {
        id: 0,
        batch: row.get(0)?,
        owner: row.get(1)?,
        step: row.get(2)?,
        number: row.get(3)?,
        failures: row.get(4)?,
        shards: row.get(5)?,
        wall_limit: row.get(6)?,
        waited: row.get(7)?,
    };
    Ok((attempt, row.get(8)?))
}

fn settle(
    store: &Transaction<'_>,
    attempt: &Attempt,
    ending: &Ending,
    rule: &RetryRule,
) -> Result<(), StoreError> {
    let batch = attempt.batch.as_str();
    match ending {
        Ending::Planned(numbers) => planned(store, attempt, numbers)?,
        Ending::Run => {
            shard_is_run(store, attempt)?;
            merge_when_all_are_run(store, batch)?;
        }
        Ending::Merged(merged) => {
            match attempt.step {
                Step::Run => shard_is_run(store, attempt)?,
                Step::Plan | Step::Merge => set_task(store, attempt, TaskState::Done)?,
            }
            if attempt.is_of_part() {
                keep_part(store, batch, merged)?;
            } else {
                finish(store, batch, merged)?;
            }
        }
        Ending::PlanAgain => plan_again(store, batch)?,
        Ending::Interrupted => set_task(store, attempt, TaskState::Waiting)?,
        Ending::Again { outcome } => try_again(store, attempt, *outcome, rule)?,
        Ending::Hopeless { failure, .. } => {
            set_task(store, attempt, TaskState::Failed)?;
            fail(store, batch, &format!("{}: {failure}", task_words(attempt)))?;
        }
    }
    Ok(())
}

/// Makes the tasks that run a batch.
fn planned(store: &Transaction<'_>, attempt: &Attempt, numbers: &Range<i64>) -> Result<(), StoreError> {
    let batch = attempt.batch.as_str();
    set_task(store, attempt, TaskState::Done)?;
    // A former server may have shared out the work in another way.
    store.execute(
        "DELETE FROM tasks WHERE batch = ?1 AND step = ?4 AND NOT (number >= ?2 AND number < ?3)",
        (batch, numbers.start, numbers.end, Step::Run),
    )?;
    let mut shard =
        store.prepare("INSERT OR IGNORE INTO tasks (batch, step, number, state) VALUES (?1, ?2, ?3, ?4)")?;
    for number in numbers.clone() {
        shard.execute((batch, Step::Run, number, TaskState::Waiting))?;
    }
    set_step(store, batch, Step::Run)
}

/// The task that runs the only shard of a batch, in place of that which plans it.
fn skip_plan(store: &Transaction<'_>, plan: Attempt) -> Result<Attempt, StoreError> {
    planned(store, &plan, &(0..1))?;
    let failures = store.query_row(
        "SELECT failures FROM tasks WHERE batch = ?1 AND step = ?2 AND number = 0",
        (&plan.batch, Step::Run),
        |row| row.get(0),
    )?;
    Ok(Attempt { step: Step::Run, number: 0, failures, ..plan })
}

fn shard_is_run(store: &Transaction<'_>, attempt: &Attempt) -> Result<(), StoreError> {
    set_task(store, attempt, TaskState::Done)?;
    let Some(shard) = attempt.shard() else { return Ok(()) };
    let data = json!({ "shard": shard, "state": TaskState::Done });
    events::add(store, &attempt.batch, EventKind::Shard, &data)
}

fn try_again(
    store: &Transaction<'_>,
    attempt: &Attempt,
    outcome: Outcome,
    rule: &RetryRule,
) -> Result<(), StoreError> {
    let (batch, step, failures) = (attempt.batch.as_str(), attempt.step, attempt.failures + 1);
    if failures >= rule.most_failures {
        let what = task_words(attempt);
        set_task(store, attempt, TaskState::Failed)?;
        return fail(
            store,
            batch,
            &format!("{what} was tried {failures} times without success (last: {outcome})"),
        );
    }
    let pause = rule.pause.saturating_mul(1 << attempt.failures.clamp(0, 7));
    store.execute(
        "UPDATE tasks SET state = ?4, failures = ?5, not_before = ?6
         WHERE batch = ?1 AND step = ?2 AND number = ?3",
        (batch, step, attempt.number, TaskState::Waiting, failures, now().saturating_add(pause)),
    )?;
    events::add(
        store,
        batch,
        EventKind::Attempt,
        &json!({ "step": step, "shard": attempt.shard(), "outcome": outcome }),
    )
}

fn task_words(attempt: &Attempt) -> String {
    match attempt.step {
        Step::Plan => "planning".to_owned(),
        Step::Run => attempt.shard().map_or_else(|| "running".to_owned(), |shard| format!("shard {shard}")),
        Step::Merge => "merging".to_owned(),
    }
}

fn set_task(store: &Transaction<'_>, attempt: &Attempt, state: TaskState) -> Result<(), StoreError> {
    store.execute(
        "UPDATE tasks SET state = ?4 WHERE batch = ?1 AND step = ?2 AND number = ?3",
        (&attempt.batch, attempt.step, attempt.number, state),
    )?;
    Ok(())
}

fn set_step(store: &Transaction<'_>, batch: &str, step: Step) -> Result<(), StoreError> {
    store.execute("UPDATE batches SET step = ?2 WHERE id = ?1", (batch, step))?;
    Ok(())
}

fn merge_when_all_are_run(store: &Transaction<'_>, batch: &str) -> Result<(), StoreError> {
    let open: i64 = store.query_row(
        "SELECT count(*) FROM tasks WHERE batch = ?1 AND step = ?2 AND state <> ?3",
        (batch, Step::Run, TaskState::Done),
        |row| row.get(0),
    )?;
    if open == 0 {
        store.execute(
            "INSERT OR IGNORE INTO tasks (batch, step, number, state) VALUES (?1, ?2, 0, ?3)",
            (batch, Step::Merge, TaskState::Waiting),
        )?;
        set_step(store, batch, Step::Merge)?;
    }
    Ok(())
}

fn finish(store: &Transaction<'_>, batch: &str, merged: &MergedBatch) -> Result<(), StoreError> {
    let changed = store.execute(
        "UPDATE batches SET state = ?4, ended = ?2, complete = ?3 WHERE id = ?1 AND state = ?5",
        (batch, now(), merged.complete, BatchState::Done, BatchState::Running),
    )?;
    // A batch that was cancelled meanwhile stays cancelled.
    if changed == 1 {
        for (name, status) in &merged.statuses {
            scenarios::set(store, batch, name, *status, &Searched::default())?;
        }
        blobs::add(store, batch, ArtifactKind::Results, &merged.files)?;
        let data = json!({ "state": BatchState::Done, "complete": merged.complete });
        events::add(store, batch, EventKind::State, &data)?;
    }
    Ok(())
}

/// Stores what a batch that was given up had finished.
fn keep_part(store: &Transaction<'_>, batch: &str, merged: &MergedBatch) -> Result<(), StoreError> {
    if merged.files.is_empty() {
        return Ok(());
    }
    store.execute("UPDATE batches SET complete = ?2 WHERE id = ?1", (batch, merged.complete))?;
    for (name, status) in &merged.statuses {
        scenarios::set(store, batch, name, *status, &Searched::default())?;
    }
    blobs::add(store, batch, ArtifactKind::Results, &merged.files)?;
    let state: BatchState =
        store.query_row("SELECT state FROM batches WHERE id = ?1", [batch], |row| row.get(0))?;
    events::add(store, batch, EventKind::State, &json!({ "state": state, "complete": merged.complete }))
}

/// Has what a batch that is given up had finished merged, if any of it was run.
pub(super) fn wind_up(store: &Transaction<'_>, batch: &str) -> Result<(), StoreError> {
    let added = store.execute(
        "INSERT OR IGNORE INTO tasks (batch, step, number, state)
         SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM tasks WHERE batch = ?1 AND step = ?5)",
        (batch, Step::Merge, PART, TaskState::Waiting, Step::Run),
    )?;
    if added == 1 { set_step(store, batch, Step::Merge) } else { Ok(()) }
}

fn fail(store: &Transaction<'_>, batch: &str, failure: &str) -> Result<(), StoreError> {
    let changed = store.execute(
        concat!(
            "UPDATE batches SET state = ?2, ended = ?3, failure = ?4 WHERE id = ?1 AND state IN ",
            unfinished!()
        ),
        (batch, BatchState::Failed, now(), failure),
    )?;
    if changed == 1 {
        let data = json!({ "state": BatchState::Failed, "failure": failure });
        events::add(store, batch, EventKind::State, &data)?;
        wind_up(store, batch)?;
    }
    Ok(())
}

fn plan_again(store: &Transaction<'_>, batch: &str) -> Result<(), StoreError> {
    store.execute("DELETE FROM tasks WHERE batch = ?1 AND step = ?2", (batch, Step::Merge))?;
    store.execute(
        "UPDATE tasks SET state = ?2, losses = losses + 1 WHERE batch = ?1
         AND EXISTS (SELECT 1 FROM batches WHERE id = batch AND batches.step <> ?3)",
        (batch, TaskState::Waiting, Step::Plan),
    )?;
    set_step(store, batch, Step::Plan)?;
    give_up_what_kills_servers(store)
}

fn give_up_what_kills_servers(store: &Transaction<'_>) -> Result<(), StoreError> {
    let lost: Vec<String> = {
        let mut statement = store.prepare("SELECT DISTINCT batch FROM tasks WHERE losses > ?1")?;
        statement.query_map([MOST_LOSSES], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    // What kills the server as a part, too, is left.
    store.execute("UPDATE tasks SET state = ?2 WHERE losses > ?1", (MOST_LOSSES, TaskState::Failed))?;
    for batch in lost {
        fail(store, &batch, &format!("the service stopped more than {MOST_LOSSES} times while it ran"))?;
    }
    Ok(())
}
