//! The results of a shard: how they are put in place, and how it is known that they are whole.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::output::{BatchSummary, InputRecord};
use crate::progress::BestOption;

use super::error::DistributeError;
use super::plan::{Plan, ShardPlan, VERSION};
use super::staging;

/// The file beside the tables of a shard that records their hashes.
pub const RECORD_FILE: &str = "shard.json";

/// Record of a shard's results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShardRecord {
    version: String,
    input_hash: String,
    index: usize,
    /// The tables and the record of the run, with their hashes.
    files: Vec<InputRecord>,
    /// The headline numbers of its scenarios.
    pub(super) summary: BatchSummary,
}

impl ShardRecord {
    /// The names of the tables and of the record of the run.
    pub(super) fn file_names(&self) -> Vec<String> {
        self.files.iter().map(|file| file.name.clone()).collect()
    }

    /// Outcomes of its scenarios and the best option of each, in their order.
    pub fn outcomes(&self) -> impl Iterator<Item = (&str, Option<BestOption>)> {
        self.summary.scenarios.iter().map(|scenario| {
            let first = scenario.options.iter().find(|option| option.option == 1);
            let best = first.and_then(|first| {
                Some(BestOption { objective: first.objective?, projects: first.projects.len() })
            });
            (scenario.status.as_ref(), best)
        })
    }
}

/// State of the results of a shard.
#[derive(Clone, Debug, PartialEq)]
pub enum ShardState {
    /// The results are there, every byte of them.
    Whole(Box<ShardRecord>),
    /// The results are there, but differ from what was written.
    Damaged,
    /// There are no results.
    Missing,
}

/// Examines the results of a shard.
pub(super) fn examine(results: &Path, plan: &Plan, shard: &ShardPlan) -> Result<ShardState, DistributeError> {
    let folder = results.join(&shard.folder);
    let Some(text) = read(&folder.join(RECORD_FILE))? else {
        return Ok(if folder.exists() { ShardState::Damaged } else { ShardState::Missing });
    };
    let Ok(record) = serde_json::from_slice::<ShardRecord>(&text) else { return Ok(ShardState::Damaged) };
    let is_of_plan =
        record.version == VERSION && record.input_hash == plan.input_hash && record.index == shard.index;
    let names = record.summary.scenarios.iter().map(|scenario| &scenario.scenario);
    if !is_of_plan || !names.eq(shard.scenarios.iter().map(|scenario| &scenario.name)) {
        return Ok(ShardState::Damaged);
    }
    for file in &record.files {
        let bytes = read(&folder.join(&file.name))?;
        if bytes.is_none_or(|bytes| InputRecord::of(&file.name, &bytes) != *file) {
            return Ok(ShardState::Damaged);
        }
    }
    Ok(ShardState::Whole(Box::new(record)))
}

/// The content of a file; `None` if it is not there.
fn read(path: &Path) -> Result<Option<Vec<u8>>, DistributeError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(DistributeError::Read { path: path.to_owned(), cause }),
    }
}

/// Writes the record of a shard beside its files.
pub(super) fn seal(
    folder: &Path,
    plan: &Plan,
    shard: &ShardPlan,
    files: &[String],
    summary: BatchSummary,
) -> Result<(), DistributeError> {
    let record = |name: &String| {
        let path = folder.join(name);
        let bytes = fs::read(&path).map_err(DistributeError::read(&path))?;
        Ok(InputRecord::of(name, &bytes))
    };
    let record = ShardRecord {
        version: VERSION.to_owned(),
        input_hash: plan.input_hash.clone(),
        index: shard.index,
        files: files.iter().map(record).collect::<Result<_, DistributeError>>()?,
        summary,
    };
    let text = serde_json::to_string(&record)
        .map_err(|fault| DistributeError::Internal(format!("the shard cannot be recorded: {fault}")))?;
    let path = folder.join(RECORD_FILE);
    staging::write(&path, (text + "\n").as_bytes()).map_err(DistributeError::write(&path))
}

/// Moves the folder of a shard's results into its place. Whole results of a faster process are kept: they are the same.
pub(super) fn publish(
    staged: &Path,
    results: &Path,
    plan: &Plan,
    shard: &ShardPlan,
) -> Result<PathBuf, DistributeError> {
    let place = results.join(&shard.folder);
    let Err(first) = fs::rename(staged, &place) else { return Ok(place) };
    match examine(results, plan, shard)? {
        ShardState::Whole(_) => Ok(place),
        ShardState::Missing => Err(DistributeError::Write { path: place, cause: first }),
        ShardState::Damaged => {
            let aside = staging::folder(results).map_err(DistributeError::write(results))?;
            let move_both = || {
                fs::rename(&place, aside.path().join("damaged"))?;
                fs::rename(staged, &place)
            };
            move_both().map_err(DistributeError::write(&place))?;
            Ok(place)
        }
    }
}
