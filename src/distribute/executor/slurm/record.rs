//! The record of submissions in the work folder.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::distribute::error::DistributeError;
use crate::distribute::staging;
use crate::distribute::work::WorkFolder;

use super::commands::Task;

/// The file that it is written to.
const FILE: &str = "slurm.json";

/// A job array.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Array {
    /// Its job id.
    pub job: String,
    /// The index of its shards, less the number of their tasks.
    pub offset: usize,
    /// Its shards by index.
    pub shards: Vec<usize>,
}

/// All submissions, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Submissions {
    arrays: Vec<Array>,
}

impl Submissions {
    /// Reads what was submitted for a work folder. What cannot be understood counts for nothing: at worst, a shard is
    /// run twice.
    pub fn read(work: &Path) -> Result<Self, DistributeError> {
        let path = work.join(FILE);
        match fs::read(&path) {
            Ok(text) => Ok(serde_json::from_slice(&text).unwrap_or_default()),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(cause) => Err(DistributeError::Read { path, cause }),
        }
    }

    /// Writes it down.
    pub fn write(&self, work: &WorkFolder) -> Result<(), DistributeError> {
        let path = work.path().join(FILE);
        let text = serde_json::to_string(self)
            .map_err(|fault| DistributeError::Internal(format!("jobs cannot be recorded: {fault}")))?;
        let write = || {
            let staged = staging::folder(work.path())?;
            let draft = staged.path().join(FILE);
            staging::write(&draft, text.as_bytes())?;
            fs::rename(draft, &path)
        };
        write().map_err(DistributeError::write(&path))
    }

    /// Adds a new submission.
    pub fn add(&mut self, array: Array) {
        self.arrays.push(array);
    }

    /// Nothing was submitted.
    pub fn is_empty(&self) -> bool {
        self.arrays.is_empty()
    }

    /// The ids of all jobs.
    pub fn jobs(&self) -> Vec<String> {
        self.arrays.iter().map(|array| array.job.clone()).collect()
    }

    /// The task that a shard was last submitted as.
    pub fn task(&self, index: usize) -> Option<Task> {
        let array = self.arrays.iter().rev().find(|array| array.shards.contains(&index))?;
        Some(Task { job: array.job.clone(), number: index.checked_sub(array.offset)? })
    }
}
