//! Plan of a batch in shards: the scenarios of each, recorded beside a copy of the input.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::Batch;
use crate::input::{InputFile, LoadedBatch};
use crate::output::{InputRecord, sha256};

use super::error::DistributeError;
use super::staging;

/// The file that holds the plan.
pub(super) const PLAN_FILE: &str = "plan.json";

/// The folder that holds the copy of the input.
pub(super) const INPUT_FOLDER: &str = "input";

/// Format number of plans; a plan that older programs cannot read gets another.
const FORMAT: u32 = 1;

/// Default number of shards, at most: the usual limit of schedulers for one array.
const MOST_BY_DEFAULT: usize = 1000;

/// The digits of the input hash that name the folders of results.
const HASH_DIGITS: usize = 16;

/// The version of this program. Results of different versions are never mixed.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Division of a batch into shards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The form of this file.
    pub format: u32,
    /// `cutline`.
    pub program: String,
    /// The version that made it.
    pub version: String,
    /// The name of the batch.
    pub batch: String,
    /// The hash of all inputs and of the version.
    pub input_hash: String,
    /// The input: the batch file first, then the tables by name.
    pub inputs: Vec<InputRecord>,
    /// The shards by index.
    pub shards: Vec<ShardPlan>,
}

/// One shard: a block of scenarios.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardPlan {
    /// Its index, from 0.
    pub index: usize,
    /// The name of the folder of its results, below `shards`.
    pub folder: String,
    /// Its scenarios, in the order of the batch.
    pub scenarios: Vec<PlannedScenario>,
}

/// A scenario of a shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedScenario {
    /// Its place in the batch, from 0.
    pub position: usize,
    /// Its name.
    pub name: String,
}

/// Result of planning.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// True if the folder held this very plan already.
    pub was_there: bool,
}

/// Writes a plan of a batch and a copy of its input to a folder, which can be moved.
///
/// The scenarios are cut into `shards` blocks of (nearly) equal length; there are no more blocks than scenarios. A
/// folder that holds this very plan is left as it is.
///
/// # Errors
/// If the folder holds anything else, or it cannot be written.
pub fn plan(loaded: &LoadedBatch, shards: Option<usize>, folder: &Path) -> Result<Planned, DistributeError> {
    let LoadedBatch { batch, files, .. } = loaded;
    if batch.precision().is_some() {
        return Err(DistributeError::OpenTrials);
    }
    let plan = Plan::of(batch, files, shards);
    let was_there = match former(folder)? {
        Former::Plan(former) if *former == plan && has_input(folder, files) => true,
        Former::Plan(former) if *former == plan => {
            return Err(DistributeError::Changed(folder.join(INPUT_FOLDER)));
        }
        Former::Plan(_) => return Err(DistributeError::OtherPlan(folder.to_owned())),
        Former::Input if !has_input(folder, files) => {
            return Err(DistributeError::Occupied(folder.to_owned()));
        }
        Former::Input | Former::Nothing => false,
    };
    if !was_there {
        write(folder, &plan, files)?;
    }
    Ok(Planned { plan, was_there })
}

impl Plan {
    /// Cuts a batch into at most so many shards.
    pub(super) fn of(batch: &Batch, files: &[InputFile], shards: Option<usize>) -> Self {
        let inputs: Vec<InputRecord> =
            files.iter().map(|file| InputRecord::of(&file.name, &file.bytes)).collect();
        let input_hash = input_hash(VERSION, &inputs);
        let scenarios = batch.scenarios();
        let count = shards.unwrap_or(MOST_BY_DEFAULT).clamp(1, scenarios.len());
        let place = |shard: usize| shard * scenarios.len() / count;
        let shard = |index: usize| ShardPlan {
            index,
            folder: result_folder(index, &input_hash),
            scenarios: (place(index)..place(index + 1))
                .map(|position| PlannedScenario { position, name: scenarios[position].name.to_string() })
                .collect(),
        };
        Self {
            format: FORMAT,
            program: "cutline".to_owned(),
            version: VERSION.to_owned(),
            batch: batch.name().to_owned(),
            shards: (0..count).map(shard).collect(),
            inputs,
            input_hash,
        }
    }

    /// Reads the plan of a folder.
    pub(super) fn read(folder: &Path) -> Result<Self, DistributeError> {
        let path = folder.join(PLAN_FILE);
        let no_plan = |problem: String| DistributeError::NoPlan { path: path.clone(), problem };
        let text = fs::read(&path).map_err(|cause| match cause.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => no_plan("is not there".to_owned()),
            _ => DistributeError::Read { path: path.clone(), cause },
        })?;
        let plan: Self = serde_json::from_slice(&text)
            .map_err(|fault| no_plan(format!("is no plan that this version can read ({fault})")))?;
        if plan.version != VERSION {
            return Err(DistributeError::OtherVersion { planned: plan.version, running: VERSION });
        }
        plan.fault().map_or(Ok(plan), |fault| Err(no_plan(format!("was changed by hand: {fault}"))))
    }

    /// The inconsistency of a plan that this program cannot have written, if any.
    fn fault(&self) -> Option<&'static str> {
        if self.format != FORMAT {
            return Some("its format is unknown");
        }
        if self.inputs.is_empty() || self.inputs.iter().any(|input| !is_file_name(&input.name)) {
            return Some("its inputs are no file names");
        }
        if self.input_hash != input_hash(&self.version, &self.inputs) {
            return Some("its hash is not that of its inputs");
        }
        let is_in_place = |(index, shard): (usize, &ShardPlan)| {
            shard.index == index
                && shard.folder == result_folder(index, &self.input_hash)
                && !shard.scenarios.is_empty()
        };
        let scenarios = self.shards.iter().flat_map(|shard| &shard.scenarios);
        let are_in_order = scenarios.enumerate().all(|(place, scenario)| scenario.position == place);
        let is_whole = self.shards.iter().enumerate().all(is_in_place) && are_in_order;
        (!is_whole || self.shards.is_empty()).then_some("its shards are not in order")
    }
}

/// The hash of all inputs and of the version, on which results depend.
fn input_hash(version: &str, inputs: &[InputRecord]) -> String {
    let lines = inputs.iter().map(|input| format!("{} {}\n", input.sha256, input.name));
    sha256((format!("cutline {version}\n") + &lines.collect::<String>()).as_bytes())
}

fn result_folder(index: usize, input_hash: &str) -> String {
    format!("{index}-{}", input_hash.get(..HASH_DIGITS).unwrap_or(input_hash))
}

fn is_file_name(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|file| file == name)
}

/// Path of an input file below the work folder: the batch file first, the tables in a folder of their own.
pub(super) fn input_path(folder: &Path, position: usize, name: &str) -> PathBuf {
    folder.join(INPUT_FOLDER).join(if position == 0 { "batch" } else { "portfolio" }).join(name)
}

/// Content of a folder before a plan is written there.
enum Former {
    /// No plan, or the remains of an interrupted one.
    Nothing,
    /// A plan.
    Plan(Box<Plan>),
    /// An input without a plan: perhaps of a plan that was interrupted.
    Input,
}

fn former(folder: &Path) -> Result<Former, DistributeError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Former::Nothing),
        Err(cause) if cause.kind() == ErrorKind::NotADirectory => {
            return Err(DistributeError::Occupied(folder.to_owned()));
        }
        Err(cause) => return Err(DistributeError::Read { path: folder.to_owned(), cause }),
    };
    let names: io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.file_name())).collect();
    let names = names.map_err(DistributeError::read(folder))?;
    if names.iter().any(|name| name == PLAN_FILE) {
        return match Plan::read(folder) {
            Ok(plan) => Ok(Former::Plan(Box::new(plan))),
            Err(DistributeError::OtherVersion { .. }) => Err(DistributeError::OtherPlan(folder.to_owned())),
            Err(error) => Err(error),
        };
    }
    let is_ours = |name: &std::ffi::OsString| name == INPUT_FOLDER || staging::is_left_behind(name);
    if !names.iter().all(is_ours) {
        return Err(DistributeError::Occupied(folder.to_owned()));
    }
    Ok(if names.iter().any(|name| name == INPUT_FOLDER) { Former::Input } else { Former::Nothing })
}

/// True if a work folder holds these very files as its input.
fn has_input(folder: &Path, files: &[InputFile]) -> bool {
    let is_there = |(position, file): (usize, &InputFile)| {
        fs::read(input_path(folder, position, &file.name)).is_ok_and(|found| found == file.bytes)
    };
    files.iter().enumerate().all(is_there)
}

/// Writes the input and then the plan: a folder with a plan is complete.
fn write(folder: &Path, plan: &Plan, files: &[InputFile]) -> Result<(), DistributeError> {
    fs::create_dir_all(folder).map_err(DistributeError::write(folder))?;
    let staged = staging::folder(folder).map_err(DistributeError::write(folder))?;
    for (position, file) in files.iter().enumerate() {
        let path = input_path(staged.path(), position, &file.name);
        let write = || {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            staging::write(&path, &file.bytes)
        };
        write().map_err(DistributeError::write(&path))?;
    }
    let input = folder.join(INPUT_FOLDER);
    if let Err(cause) = fs::rename(staged.path().join(INPUT_FOLDER), &input) {
        // Another process may have planned the same at the same time.
        if !has_input(folder, files) {
            return Err(DistributeError::Write { path: input, cause });
        }
    }
    let text = serde_json::to_string_pretty(plan)
        .map_err(|fault| DistributeError::Internal(format!("the plan cannot be written: {fault}")))?;
    let (draft, path) = (staged.path().join(PLAN_FILE), folder.join(PLAN_FILE));
    staging::write(&draft, (text + "\n").as_bytes())
        .and_then(|()| fs::rename(&draft, &path))
        .map_err(DistributeError::write(&path))
}

/// Indices as people and schedulers write them: `0-3,7`.
pub fn ranges(indices: &[usize]) -> String {
    let mut blocks: Vec<(usize, usize)> = Vec::new();
    for &index in indices {
        match blocks.last_mut() {
            Some((_, last)) if *last + 1 == index => *last = index,
            _ => blocks.push((index, index)),
        }
    }
    let text = |&(first, last): &(usize, usize)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    blocks.iter().map(text).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_told_in_blocks() {
        assert_eq!(ranges(&[0, 1, 2, 5, 7, 8]), "0-2,5,7-8");
        assert_eq!(ranges(&[]), "");
    }
}
