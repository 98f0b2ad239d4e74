//! Folders for the work on unfinished batches.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::distribute::executor::Slurm;
use crate::service::Service;

/// Folder for the work on unfinished batches, in the data folder.
const WORK: &str = "work";
/// The file of a merge's figures, in the folder of the work on a batch.
pub(super) const FIGURES: &str = "figures";

/// The folder of the input of a batch, within that of the work on it.
pub(super) const SOURCE: &str = "source";

/// The folder of the results of a batch, within that of the work on it.
pub(super) const MERGED: &str = "merged";

/// The folder of all work; nothing else in it is touched than folders that are named as batches are.
pub(super) fn work_root(service: &Service) -> PathBuf {
    service.settings.work.clone().unwrap_or_else(|| service.settings.data.join(WORK))
}

/// The folder of the work on a batch.
pub(super) fn work_folder(service: &Service, batch: &str) -> PathBuf {
    work_root(service).join(batch)
}

/// The folder of its plan and of the results of its shards.
pub(super) fn plan_folder(service: &Service, batch: &str) -> PathBuf {
    work_folder(service, batch).join("plan")
}

/// True if a batch is planned in that folder.
pub(super) fn has_plan(service: &Service, batch: &str) -> bool {
    plan_folder(service, batch).join("plan.json").exists()
}

/// Takes what waits or runs of a batch out of the queue of a cluster.
pub(super) fn withdraw(service: &Service, batch: &str) {
    // No command runs if no shard was ever submitted.
    if let Err(error) = Slurm::withdraw(&plan_folder(service, batch)) {
        // Without their folder, its tasks end as soon as they begin.
        tracing::warn!(batch, %error, "tasks could not be taken out of the queue");
    }
}

/// Deletes the work on a batch, once none of it waits or runs on a cluster.
pub(super) fn remove_work(service: &Service, batch: &str) {
    withdraw(service, batch);
    remove(&work_folder(service, batch));
}

/// Deletes a file or folder if it exists; failures are left to the sweep at the next start.
pub(super) fn remove(path: &Path) {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    if let Err(error) = removed
        && error.kind() != ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "what is no longer needed could not be deleted");
    }
}
