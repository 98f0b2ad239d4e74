//! A work folder: a plan, its input, and the results of those shards that have been run.

use std::path::{Path, PathBuf};

use crate::control;
use crate::input::{Files, LoadedBatch};
use crate::output::sha256;

use super::error::DistributeError;
use super::plan::{Plan, ShardPlan, input_path};
use super::result::{ShardState, examine};

/// The folder below the work folder that holds the results of shards.
const RESULTS: &str = "shards";

/// The folder below the work folder that holds what stopped shards had finished.
const PARTS: &str = "parts";

/// A folder that holds a plan.
#[derive(Clone, Debug)]
pub struct WorkFolder {
    folder: PathBuf,
    plan: Plan,
}

impl WorkFolder {
    /// Opens a folder that [`plan()`](super::plan()) made.
    ///
    /// # Errors
    /// If there is no plan of this version in it.
    pub fn open(folder: &Path) -> Result<Self, DistributeError> {
        Ok(Self { folder: folder.to_owned(), plan: Plan::read(folder)? })
    }

    /// A folder for the results of a plan that is not written into it.
    pub(super) fn of_plan(folder: &Path, plan: Plan) -> Self {
        Self { folder: folder.to_owned(), plan }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Its plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The shard of an index.
    ///
    /// # Errors
    /// If there is none.
    pub fn shard(&self, index: usize) -> Result<&ShardPlan, DistributeError> {
        let count = self.plan.shards.len();
        self.plan.shards.get(index).ok_or(DistributeError::NoSuchShard { index, count })
    }

    /// The folder that the results of all shards lie in.
    pub fn results(&self) -> PathBuf {
        self.folder.join(RESULTS)
    }

    /// The folder that what stopped shards had finished lies in.
    pub(super) fn parts(&self) -> PathBuf {
        self.folder.join(PARTS)
    }

    /// What is kept of a shard that was stopped.
    pub(super) fn part(&self, shard: &ShardPlan) -> Result<ShardState, DistributeError> {
        examine(&self.parts(), &self.plan, shard)
    }

    /// The state of a shard's results.
    ///
    /// # Errors
    /// If there is no such shard, or the system refuses to read the folder.
    pub fn state(&self, index: usize) -> Result<ShardState, DistributeError> {
        examine(&self.results(), &self.plan, self.shard(index)?)
    }

    /// The shards whose results are not there, or are damaged.
    ///
    /// # Errors
    /// If the system does not let us look.
    pub fn missing(&self) -> Result<Vec<usize>, DistributeError> {
        let mut missing = Vec::new();
        for index in 0..self.plan.shards.len() {
            if !matches!(self.state(index)?, ShardState::Whole(_)) {
                missing.push(index);
            }
        }
        Ok(missing)
    }

    /// Reads the input, and checks that the plan was made with it.
    ///
    /// # Errors
    /// If it is not, or cannot be read.
    pub fn load(&self) -> Result<LoadedBatch, DistributeError> {
        let mut files = Vec::with_capacity(self.plan.inputs.len());
        for (position, input) in self.plan.inputs.iter().enumerate() {
            let path = input_path(&self.folder, position, &input.name);
            let bytes = std::fs::read(&path).map_err(|cause| match cause.kind() {
                std::io::ErrorKind::NotFound => DistributeError::Changed(path.clone()),
                _ => DistributeError::Read { path: path.clone(), cause },
            })?;
            if sha256(&bytes) != input.sha256 {
                return Err(DistributeError::Changed(path));
            }
            files.push((input.name.clone(), bytes));
        }
        let mut files = files.into_iter();
        // A plan without inputs has been refused when it was read.
        let (name, bytes) = files.next().unwrap_or_default();
        let tables: Files = files.collect();
        control::read_batch(&name, &bytes, |_| Ok(tables)).map_err(DistributeError::Input)
    }
}
