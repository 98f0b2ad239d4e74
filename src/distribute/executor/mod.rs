//! Where shards run: in child processes of this machine, or on a scheduler that the organisation has.
//!
//! An executor does not compute anything. It starts `cutline shard run` for every shard that is missing, watches, and
//! starts again what ended without a result but may succeed. What counts are the results in the work folder: they are
//! there whole or not at all, so nothing is lost if an executor ends, and whoever comes next goes on with what is missing.

mod local;
mod slurm;

use crate::progress::CancelToken;

use super::child::{End, ExitCode};
use super::error::DistributeError;
use super::result::ShardState;
use super::work::WorkFolder;

pub use local::Local;
pub use slurm::Slurm;

/// A shard is started so often before it is given up.
const MOST_ATTEMPTS: usize = 3;

/// What runs shards.
pub trait Executor {
    /// Runs shards until the results of all of them are there, or some of them cannot be had.
    ///
    /// # Errors
    /// If some shard is given up (all others are run first), a stop was asked for, or nothing can be started at all.
    fn execute(
        &self,
        work: &WorkFolder,
        shards: &[usize],
        watcher: &dyn Watcher,
        cancel: &CancelToken,
    ) -> Result<(), ExecuteError>;
}

/// What a shard is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It waits for its turn, perhaps once more.
    Waiting,
    /// It runs.
    Running,
    /// Its results are there.
    Done,
    /// It is given up.
    Failed,
}

/// Told what becomes of shards. Called from many threads.
pub trait Watcher: Sync {
    /// A shard has come to another phase.
    fn phase(&self, index: usize, phase: Phase);
    /// So many scenarios of a running shard have been searched; not every executor knows.
    fn searched(&self, index: usize, scenarios: usize);
    /// Something that people should know.
    fn note(&self, text: &str);
}

/// A shard that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardFailure {
    /// Its index.
    pub index: usize,
    /// How it ended: `exit code 2`, `killed by signal 9 for the third time`.
    pub how: String,
    /// The last lines that it wrote to stderr.
    pub stderr_tail: String,
}

/// Why not all shards were run.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// A stop was asked for; finished shards are kept.
    #[error("stopped")]
    Stopped,
    /// These shards were given up.
    #[error("{} shards failed", .0.len())]
    Failed(Vec<ShardFailure>),
    /// The scheduler cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// The work folder cannot be used.
    #[error(transparent)]
    Work(#[from] DistributeError),
}

/// How one attempt at a shard ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Attempt {
    /// The results are there.
    Done,
    /// It may succeed if it is tried again; why it did not.
    Retry(String),
    /// It will not succeed.
    Hopeless(String),
}

impl Attempt {
    /// Judges a shard that has ended by what it left and how it ended.
    fn judge(work: &WorkFolder, index: usize, end: End) -> Result<Self, DistributeError> {
        if matches!(work.state(index)?, ShardState::Whole(_)) {
            return Ok(Self::Done);
        }
        Ok(match (end.exit_code(), end) {
            (Some(ExitCode::Done), _) => Self::Retry("ended well, but its results are not there".to_owned()),
            (Some(code @ (ExitCode::Stopped | ExitCode::TryAgain)), _) => {
                Self::Retry(format!("exit code {}", code.number()))
            }
            // What shells and schedulers report where a signal ended a program.
            (_, End::Code(code @ 129..)) => Self::Retry(format!("killed by signal {}", code - 128)),
            (_, End::Code(code)) => Self::Hopeless(format!("exit code {code}")),
            (_, End::Signal(signal)) => Self::Retry(format!("killed by signal {signal}")),
            (_, End::Lost(why)) => Self::Retry(why),
        })
    }
}
