//! A batch that is one shard: one process plans and runs it, and its results are those of the batch.

use std::path::{Path, PathBuf};

use crate::control;
use crate::input::LoadedBatch;
use crate::output::{self, BatchSummary, Formats, Written};
use crate::progress::{CancelToken, Progress};

use super::error::DistributeError;
use super::merge::{Merged, merge_part};
use super::plan::{Plan, PlannedScenario};
use super::result::ShardState;
use super::run::{ShardEnd, WhenStopped, run_loaded};
use super::work::WorkFolder;

/// A batch that is one shard, with its input.
///
/// Its work folder holds no plan and no copy of the input, but only the results of the shard: they are known by the
/// hash of the input, so that a process that comes after another that was killed takes them up and runs nothing again.
#[derive(Debug)]
pub struct OneShard {
    work: WorkFolder,
    loaded: LoadedBatch,
}

impl OneShard {
    /// Reads a batch file and its portfolio; `folder` is for the results of the shard.
    ///
    /// # Errors
    /// If the input has faults or cannot be read.
    pub fn load(batch: &Path, folder: &Path) -> Result<Self, DistributeError> {
        let loaded = control::load_batch(batch).map_err(DistributeError::Input)?;
        if loaded.batch.precision().is_some() {
            return Err(DistributeError::OpenTrials);
        }
        let plan = Plan::of(&loaded.batch, &loaded.files, Some(1));
        Ok(Self { work: WorkFolder::of_plan(folder, plan), loaded })
    }

    /// The input.
    pub fn loaded(&self) -> &LoadedBatch {
        &self.loaded
    }

    /// The scenarios, in the order of the batch.
    pub fn scenarios(&self) -> &[PlannedScenario] {
        self.work.plan().shards.first().map_or(&[], |shard| &shard.scenarios)
    }

    /// Runs the shard: see [`run_shard`](super::run_shard). If it is asked to stop, what is finished is kept.
    ///
    /// # Errors
    /// If the results cannot be written.
    pub fn run(&self, progress: &dyn Progress, cancel: &CancelToken) -> Result<ShardEnd, DistributeError> {
        run_loaded(&self.work, &self.loaded, 0, progress, cancel, WhenStopped::Keep)
    }

    /// Writes what is there of a batch that was given up: see [`merge_part`].
    ///
    /// # Errors
    /// If results cannot be read or written.
    pub fn merge_part(&self, out: &Path) -> Result<Merged, DistributeError> {
        merge_part(&self.work, &self.loaded, out, Formats::default())
    }

    /// The results of the batch and their folder: those of the shard, in which nothing is left to merge.
    ///
    /// # Errors
    /// If the results cannot be read.
    pub fn merged(&self) -> Result<(Merged, PathBuf), DistributeError> {
        let folder = self.work.results().join(&self.work.shard(0)?.folder);
        let ShardState::Whole(record) = self.work.state(0)? else {
            return Ok((Merged::Missing(vec![0]), folder));
        };
        let files = record.file_names();
        let LoadedBatch { portfolio, batch, .. } = &self.loaded;
        let merged = match BatchSummary::merged(portfolio, batch, vec![record.summary]) {
            Some(summary) if summary.has_finished() => {
                let (warnings, choice) = output::told_across(&folder, portfolio, batch)?;
                Merged::Written(summary, Written { files, warnings, choice, ..Written::default() })
            }
            Some(summary) => Merged::NothingFinished(summary),
            None => Merged::Missing(vec![0]),
        };
        Ok((merged, folder))
    }
}
