//! Batches as clients see them.

use std::time::{Duration, UNIX_EPOCH};

use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::store::{
    AttemptRow, BatchRow, BatchState, Outcome, ScenarioRow, ScenarioState, Searched, Step, now,
};
use crate::output::utc;

/// Describes states as the words that stand for them.
macro_rules! described {
    ($($state:ident),+) => {
        $(
            impl PartialSchema for $state {
                fn schema() -> RefOr<Schema> {
                    let words = Self::ALL.iter().map(|state| state.as_str());
                    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
                }
            }

            impl ToSchema for $state {}
        )+
    };
}

described!(BatchState, Outcome, ScenarioState, Step);

/// A batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchView {
    /// Sorts by age.
    pub id: String,
    /// Name in the batch file.
    pub name: String,
    /// Description in the batch file.
    pub description: String,
    /// The user who submitted it.
    pub owner: String,
    /// True if all users may see it.
    pub shared: bool,
    /// Among the batches of one owner, higher ones go first.
    pub priority: i64,
    /// The batch that it reruns.
    pub parent: Option<String>,
    /// `queued`, `running`, `done`, `failed` or `cancelled`.
    pub state: BatchState,
    /// Once it is done: whether everything was finished and proven. Where a limit was met, the results say so. Of a
    /// batch that failed or was cancelled: false if what it had finished is kept as a part.
    pub complete: Option<bool>,
    /// True if result files are there: those of a batch that is done, or of the part that one had finished before it
    /// failed or was cancelled, in which the other scenarios are `not run`.
    pub has_results: bool,
    /// Reason of its failure, or the user who cancelled it.
    pub failure: Option<String>,
    /// Time of submission (UTC).
    pub created: String,
    /// Time at which work on it began.
    pub started: Option<String>,
    /// Time at which it was over.
    pub ended: Option<String>,
    /// Time at which it was deleted, if it was.
    pub deleted: Option<String>,
    /// Progress.
    pub progress: ProgressView,
    /// Warnings: input that can be used but probably does not say what was meant.
    pub warnings: Vec<String>,
}

/// Progress of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgressView {
    /// Scenarios.
    pub scenarios: i64,
    /// Scenarios whose options are found.
    pub scenarios_done: i64,
    /// Into how many shards it is cut.
    pub shards: i64,
    /// Seconds that are probably left, from those that the scenarios so far have taken.
    pub seconds_left: Option<i64>,
}

/// A scenario of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ScenarioView {
    /// Position in the batch, from 0.
    pub position: i64,
    /// Its name.
    pub name: String,
    /// `waiting`, `running`, `not run`, `optimal`, `feasible`, `infeasible`, `unknown` or `failed`.
    pub status: ScenarioState,
    /// Wall time of the search.
    pub seconds: Option<f64>,
    /// The objective of the best option, as planned, once that is found.
    pub objective: Option<f64>,
    /// Number of the projects of that option.
    pub projects: Option<i64>,
}

/// A try at planning, at a shard or at merging.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttemptView {
    /// `plan`, `run` or `merge`.
    pub step: Step,
    /// Number of the shard; -1 if a scheduler runs all of them.
    pub number: i64,
    /// Start time.
    pub started: String,
    /// End time.
    pub ended: Option<String>,
    /// Outcome.
    pub outcome: Option<Outcome>,
    /// The exit code; 128 and more for a signal.
    pub code: Option<i64>,
    /// The last that it wrote to stderr.
    #[serde(rename = "last_words")]
    pub stderr_tail: Option<String>,
}

/// A batch in full.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchDetail {
    /// The batch.
    #[serde(flatten)]
    pub batch: BatchView,
    /// Its scenarios, in their order.
    pub scenarios: Vec<ScenarioView>,
    /// Failed attempts.
    pub failed_attempts: Vec<AttemptView>,
}

/// A page of batches, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchPage {
    /// The batches.
    pub batches: Vec<BatchView>,
    /// Value of `before` for the next page; null on the last one.
    pub next: Option<String>,
}

/// A result file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResultView {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// The hash of its content; also its ETag.
    pub sha256: String,
    /// Its media type.
    pub media_type: String,
    /// Its address.
    pub href: String,
}

/// A time as clients read it.
pub(super) fn time(milliseconds: i64) -> String {
    utc(UNIX_EPOCH + Duration::from_millis(milliseconds.unsigned_abs()))
}

/// A batch as clients see it.
pub(super) fn view(row: &BatchRow) -> BatchView {
    BatchView {
        id: row.id.clone(),
        name: row.name.clone(),
        description: row.description.clone(),
        owner: row.owner.clone(),
        shared: row.shared,
        priority: row.priority,
        parent: row.parent.clone(),
        state: row.state,
        complete: row.complete,
        has_results: row.has_results,
        failure: row.failure.clone(),
        created: time(row.created),
        started: row.started.map(time),
        ended: row.ended.map(time),
        deleted: row.deleted.map(time),
        progress: ProgressView {
            scenarios: row.scenarios,
            scenarios_done: row.scenarios_done,
            shards: row.shards,
            seconds_left: seconds_left(row),
        },
        warnings: serde_json::from_str(&row.warnings).unwrap_or_default(),
    }
}

/// Estimate of the remaining seconds, if the other scenarios take as long as those so far.
fn seconds_left(row: &BatchRow) -> Option<i64> {
    let started = row.started.filter(|_| row.state == BatchState::Running && row.scenarios_done > 0)?;
    let open = row.scenarios - row.scenarios_done;
    Some((now() - started).max(0) * open / row.scenarios_done / 1000)
}

impl From<ScenarioRow> for ScenarioView {
    fn from(row: ScenarioRow) -> Self {
        let Searched { seconds, objective, projects } = row.searched;
        Self { position: row.position, name: row.name, status: row.status, seconds, objective, projects }
    }
}

impl From<AttemptRow> for AttemptView {
    fn from(row: AttemptRow) -> Self {
        Self {
            step: row.step,
            number: row.number,
            started: time(row.started),
            ended: row.ended.map(time),
            outcome: row.outcome,
            code: row.code,
            stderr_tail: row.stderr_tail,
        }
    }
}
