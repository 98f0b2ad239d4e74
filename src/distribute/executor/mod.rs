//! Executors of shards: child processes of this machine, or a scheduler of the organisation.
//!
//! An executor does not compute anything. It starts `cutline shard run` for every missing shard, watches, and restarts
//! what ended without a result but may succeed. Only the results in the work folder count: they are there whole or not
//! at all, so nothing is lost if an executor ends, and the next one goes on with the missing shards.

mod local;
mod slurm;

use crate::progress::CancelToken;

use super::child::{End, ExitCode};
use super::error::DistributeError;
use super::result::ShardState;
use super::work::WorkFolder;

pub use local::Local;
pub use slurm::Slurm;

/// Attempts at a shard before it fails.
const MOST_ATTEMPTS: usize = 3;

/// An executor of shards.
pub trait Executor {
    /// Runs shards until all have results, or some of them have failed.
    ///
    /// # Errors
    /// If some shard fails (all others are run first), a stop was asked for, or nothing can be started at all.
    fn execute(
        &self,
        work: &WorkFolder,
        shards: &[usize],
        watcher: &dyn Watcher,
        cancel: &CancelToken,
    ) -> Result<(), ExecuteError>;
}

/// Phase of a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is waiting, perhaps for another attempt.
    Waiting,
    /// It runs.
    Running,
    /// Its results are there.
    Done,
    /// It failed.
    Failed,
}

/// Receives the progress of shards. Called from many threads.
pub trait Watcher: Sync {
    /// A shard has come to another phase.
    fn phase(&self, index: usize, phase: Phase);
    /// Number of searched scenarios of a running shard; not every executor knows it.
    fn searched(&self, index: usize, scenarios: usize);
    /// Something that people should know.
    fn note(&self, text: &str);
}

/// A shard that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardFailure {
    /// Its index.
    pub index: usize,
    /// Its end: `exit code 2`, `killed by signal 9 for the third time`.
    pub how: String,
    /// The last lines that it wrote to stderr.
    pub stderr_tail: String,
}

/// Reasons why not all shards were run.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// A stop was asked for; finished shards are kept.
    #[error("stopped")]
    Stopped,
    /// These shards failed.
    #[error("{} shards failed", .0.len())]
    Failed(Vec<ShardFailure>),
    /// The scheduler cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// The work folder cannot be used.
    #[error(transparent)]
    Work(#[from] DistributeError),
}

/// End of one attempt at a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Attempt {
    /// The results are there.
    Done,
    /// It may succeed if it is tried again; the reason of the failure.
    Retry(String),
    /// It will not succeed; the reason.
    Hopeless(String),
}

impl Attempt {
    /// Classifies a shard that has ended, by its results and its end.
    fn judge(work: &WorkFolder, index: usize, end: End) -> Result<Self, DistributeError> {
        if matches!(work.state(index)?, ShardState::Whole(_)) {
            return Ok(Self::Done);
        }
        Ok(match (end.exit_code(), end) {
            (Some(ExitCode::Done), _) => Self::Retry("ended well, but its results are not there".to_owned()),
            (Some(code @ (ExitCode::Stopped | ExitCode::TryAgain)), _) => {
                Self::Retry(format!("exit code {}", code.number()))
            }
            // The code that shells and schedulers report if a signal ended a program.
            (_, End::Code(code @ 129..)) => Self::Retry(format!("killed by signal {}", code - 128)),
            (_, End::Code(code)) => Self::Hopeless(format!("exit code {code}")),
            (_, End::Signal(signal)) => Self::Retry(format!("killed by signal {signal}")),
            (_, End::Lost(why)) => Self::Retry(why),
        })
    }
}
