//! Merge of the results of all shards.

use std::path::{Path, PathBuf};

use crate::input::LoadedBatch;
use crate::optimise;
use crate::output::{self, BatchSummary, Formats, MergeFacts, Written};

use super::error::DistributeError;
use super::result::ShardState;
use super::run::put_not_run;
use super::work::WorkFolder;

/// Result of a merge.
#[derive(Debug)]
pub enum Merged {
    /// Results are written.
    Written(BatchSummary, Written),
    /// No scenario was finished, so nothing is written, as when the batch is run in one go.
    NothingFinished(BatchSummary),
    /// The results of these shards are not there; nothing is written.
    Missing(Vec<usize>),
}

/// Writes the results of a batch from those of its shards: the same tables, to the byte, as if it had been run in one
/// go.
/// `batch_file` is where the batch file is, if it stays there; `formats` is what is written beside the tables.
///
/// # Errors
/// If results cannot be read or written.
pub fn merge(
    work: &WorkFolder,
    loaded: &LoadedBatch,
    folder: &Path,
    (batch_file, formats): (Option<PathBuf>, Formats),
) -> Result<Merged, DistributeError> {
    let (mut parts, mut summaries, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for shard in &work.plan().shards {
        match work.state(shard.index)? {
            ShardState::Whole(record) => {
                parts.push(work.results().join(&shard.folder));
                summaries.push(record.summary);
            }
            ShardState::Damaged | ShardState::Missing => missing.push(shard.index),
        }
    }
    let whole = BatchSummary::merged(&loaded.portfolio, &loaded.batch, summaries);
    let Some(summary) = whole.filter(|_| missing.is_empty()) else { return Ok(Merged::Missing(missing)) };
    if !summary.has_finished() {
        return Ok(Merged::NothingFinished(summary));
    }
    let written = write((work, batch_file, formats), loaded, folder, &parts, &summary)?;
    Ok(Merged::Written(summary, written))
}

/// Writes what is there of a batch that was given up: the shards that were run, what the stopped ones had finished, and
/// every other scenario as not run, as [`engine::run`](crate::engine::run) does when it is asked to stop.
///
/// # Errors
/// If results cannot be read or written.
pub fn merge_part(
    work: &WorkFolder,
    loaded: &LoadedBatch,
    folder: &Path,
    formats: Formats,
) -> Result<Merged, DistributeError> {
    let (mut parts, mut summaries) = (Vec::new(), Vec::new());
    for shard in &work.plan().shards {
        let (place, record) = match (work.state(shard.index)?, work.part(shard)?) {
            (ShardState::Whole(record), _) => (work.results().join(&shard.folder), record),
            (_, ShardState::Whole(record)) => (work.parts().join(&shard.folder), record),
            _ => {
                let place = put_not_run(work, loaded, shard)?;
                let ShardState::Whole(record) = work.part(shard)? else {
                    return Ok(Merged::Missing(vec![shard.index]));
                };
                (place, record)
            }
        };
        parts.push(place);
        summaries.push(record.summary);
    }
    let Some(summary) = BatchSummary::merged(&loaded.portfolio, &loaded.batch, summaries) else {
        return Ok(Merged::Missing(Vec::new()));
    };
    if !summary.has_finished() {
        return Ok(Merged::NothingFinished(summary));
    }
    let written = write((work, None, formats), loaded, folder, &parts, &summary)?;
    Ok(Merged::Written(summary, written))
}

fn write(
    (work, batch_file, formats): (&WorkFolder, Option<PathBuf>, Formats),
    loaded: &LoadedBatch,
    folder: &Path,
    parts: &[PathBuf],
    summary: &BatchSummary,
) -> Result<Written, DistributeError> {
    let facts = MergeFacts {
        solver: optimise::solver_version(),
        inputs: work.plan().inputs.clone(),
        batch_file,
        warnings: loaded.warnings.iter().map(ToString::to_string).collect(),
        formats,
    };
    let batch = (&loaded.portfolio, &loaded.batch);
    Ok(output::write_merged(folder, batch, parts, summary, &facts)?)
}
