//! Runs one shard.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use crate::domain::Batch;
use crate::engine::{self, BatchResult};
use crate::input::LoadedBatch;
use crate::optimise;
use crate::output::{self, BatchSummary, Formats, RunFacts};
use crate::progress::{CancelToken, Progress, Silent};

use super::error::DistributeError;
use super::plan::ShardPlan;
use super::result::{ShardState, publish, seal};
use super::staging;
use super::work::WorkFolder;

/// End of running a shard.
#[derive(Clone, Debug, PartialEq)]
pub enum ShardEnd {
    /// Its results were there already, and whole; nothing was run.
    AlreadyThere,
    /// Its results are now in this folder.
    Done(PathBuf),
    /// It was asked to stop; nothing was written.
    Stopped,
}

/// What becomes of the finished scenarios of a shard that is asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenStopped {
    /// They are dropped: the shard will be run again.
    Drop,
    /// They are kept beside the results of whole shards, for [`merge_part`](super::merge_part): the batch is given up.
    Keep,
}

/// Runs a shard on the current rayon pool and puts its results in place, whole or not at all.
///
/// A met limit is a result; so is a scenario that the solver failed on. A request to stop is none.
///
/// # Errors
/// If the input differs from that of the plan, or the results cannot be written.
pub fn run_shard(
    work: &WorkFolder,
    index: usize,
    progress: &dyn Progress,
    cancel: &CancelToken,
    stopped: WhenStopped,
) -> Result<ShardEnd, DistributeError> {
    work.shard(index)?;
    run_loaded(work, &work.load()?, index, progress, cancel, stopped)
}

/// Runs a shard whose input is read.
///
/// # Errors
/// If the results cannot be written.
pub(super) fn run_loaded(
    work: &WorkFolder,
    loaded: &LoadedBatch,
    index: usize,
    progress: &dyn Progress,
    cancel: &CancelToken,
    stopped: WhenStopped,
) -> Result<ShardEnd, DistributeError> {
    let begun = (SystemTime::now(), Instant::now());
    let shard = work.shard(index)?;
    if matches!(work.state(index)?, ShardState::Whole(_)) {
        return Ok(ShardEnd::AlreadyThere);
    }
    let results = work.results();
    check_writable(&results)?;
    let part = part(&loaded.batch, shard)?;
    let result = match stopped {
        WhenStopped::Drop => engine::run_whole(&loaded.portfolio, &part, progress, cancel),
        WhenStopped::Keep => Some(engine::run(&loaded.portfolio, &part, progress, cancel)),
    };
    let Some(result) = result else { return Ok(ShardEnd::Stopped) };
    if result.stopped {
        // What an earlier try kept is older.
        let _ = fs::remove_dir_all(work.parts().join(&shard.folder));
        put((work, &work.parts()), (loaded, shard, &part), &result, begun)?;
        return Ok(ShardEnd::Stopped);
    }
    put((work, &results), (loaded, shard, &part), &result, begun).map(ShardEnd::Done)
}

/// Puts a shard of which nothing was run among the parts, and gives its folder.
pub(super) fn put_not_run(
    work: &WorkFolder,
    loaded: &LoadedBatch,
    shard: &ShardPlan,
) -> Result<PathBuf, DistributeError> {
    let begun = (SystemTime::now(), Instant::now());
    let cancel = CancelToken::new();
    cancel.cancel();
    let part = part(&loaded.batch, shard)?;
    let result = engine::run(&loaded.portfolio, &part, &Silent, &cancel);
    put((work, &work.parts()), (loaded, shard, &part), &result, begun)
}

/// Writes the results of a shard into a folder, whole or not at all.
fn put(
    (work, results): (&WorkFolder, &Path),
    (loaded, shard, part): (&LoadedBatch, &ShardPlan, &Batch),
    result: &BatchResult,
    (started, clock): (SystemTime, Instant),
) -> Result<PathBuf, DistributeError> {
    let facts = RunFacts {
        started,
        elapsed: clock.elapsed(),
        threads: rayon::current_num_threads(),
        solver: optimise::solver_version(),
        batch_file: None,
        inputs: work.plan().inputs.clone(),
        warnings: loaded.warnings.iter().map(ToString::to_string).collect(),
        // Of the whole only: a merge makes what is to stand beside the tables.
        formats: Formats::default(),
    };
    fs::create_dir_all(results).map_err(DistributeError::write(results))?;
    let staged = staging::folder(results).map_err(DistributeError::write(results))?;
    let folder = staged.path().join("results");
    let written = output::write_results(&folder, &loaded.portfolio, part, result, &facts)?;
    let summary = BatchSummary::new(&loaded.portfolio, part, result);
    seal(&folder, work.plan(), shard, &written.files, summary)?;
    publish(&folder, results, work.plan(), shard)
}

/// The batch with the scenarios of a shard only.
fn part(batch: &Batch, shard: &ShardPlan) -> Result<Batch, DistributeError> {
    let block = shard.scenarios.first().zip(shard.scenarios.last());
    let part = block.and_then(|(first, last)| batch.part(first.position..last.position + 1));
    part.ok_or_else(|| DistributeError::Internal("the plan has other scenarios than the batch".to_owned()))
}

/// Checks that results can be written, before hours are spent on them.
fn check_writable(results: &Path) -> Result<(), DistributeError> {
    fs::create_dir_all(results)
        .and_then(|()| staging::folder(results)?.close())
        .map_err(DistributeError::write(results))
}
