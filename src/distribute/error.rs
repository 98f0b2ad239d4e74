//! Failures of planning, running and merging shards, with remedies.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostics;
use crate::output::OutputError;

/// Failure of planning, running or merging a shard.
#[derive(Debug, thiserror::Error)]
pub enum DistributeError {
    /// The input has faults.
    #[error("the input has faults")]
    Input(Diagnostics),
    /// The number of trials is open: it depends on all scenarios.
    #[error(
        "`precision` in [simulation] needs all scenarios in one run, as their trials are the same: write `trials` in its \
         place, or use `cutline run`"
    )]
    OpenTrials,
    /// The folder holds something else, which would be lost.
    #[error("`{}` holds files that are no plan of ours; nothing was changed: name a new folder", .0.display())]
    Occupied(PathBuf),
    /// The folder holds another plan.
    #[error("`{}` holds the plan of another input or of other shards; nothing was changed: name a new folder", .0.display())]
    OtherPlan(PathBuf),
    /// The folder holds no plan that can be used.
    #[error("`{}` {problem}: make it with `cutline shard plan BATCH.toml --to DIR`", .path.display())]
    NoPlan {
        /// The file that should be the plan.
        path: PathBuf,
        /// The problem with it.
        problem: String,
    },
    /// Another version made the plan; its results might differ.
    #[error(
        "the plan was made by Cutline {planned}, but this is {running}: use one version for plan, shards and merge"
    )]
    OtherVersion {
        /// The version that made the plan.
        planned: String,
        /// This version.
        running: &'static str,
    },
    /// An input file is not the one that was planned with.
    #[error("`{}` is not what was planned with: plan again, in a new folder", .0.display())]
    Changed(PathBuf),
    /// There is no shard of that index.
    #[error("there is no shard {index}: the plan has {count}, counted from 0")]
    NoSuchShard {
        /// The index asked for.
        index: usize,
        /// Number of shards.
        count: usize,
    },
    /// A file could not be read, though it may be there.
    #[error("`{}` could not be read: {cause}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// A file could not be written.
    #[error("`{}` could not be written: {cause}", .path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// Results could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Something failed that should not.
    #[error("internal failure: {0}")]
    Internal(String),
}

/// Remedy of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Another input or command; trying again is of no use.
    Mend,
    /// Trying again: a disk may have been full, or a file server away.
    Retry,
    /// A report: it is a bug.
    Report,
}

impl DistributeError {
    /// The remedy.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Input(_)
            | Self::Occupied(_)
            | Self::OtherPlan(_)
            | Self::OpenTrials
            | Self::NoPlan { .. }
            | Self::OtherVersion { .. }
            | Self::Changed(_)
            | Self::NoSuchShard { .. }
            | Self::Output(OutputError::NotAFolder(_) | OutputError::NotOurs(_)) => Remedy::Mend,
            Self::Read { .. } | Self::Write { .. } => Remedy::Retry,
            Self::Output(OutputError::Table { .. }) | Self::Internal(_) => Remedy::Report,
            Self::Output(_) => Remedy::Retry,
        }
    }

    /// Wraps the system's error on reading a file.
    pub(super) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Read { path, cause }
    }

    /// Wraps the system's error on writing a file or folder.
    pub(super) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |cause| Self::Write { path, cause }
    }
}
