//! The runner: claims tasks one by one; a child process of this same program does each, supervised by a thread.
//!
//! A crash in a solver costs one attempt at one shard, never the service. All state is in the store: after any kind of
//! end, the next server takes up the tasks that the store has open.

mod arguments;
mod folders;
mod job;
mod one_shard;
mod process;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::Service;
use super::access::is_batch_id;
use super::store::StoreError;

use folders::{has_plan, remove_work, work_root};
use one_shard::does_one_shard_whole;

/// Sleep of an idle runner: tasks that wait for another attempt become due.
const NAP: Duration = Duration::from_millis(500);

/// Says which version of the program the work was begun with, and whether a cluster does it.
const VERSION_FILE: &str = "VERSION";

/// Claims tasks until the service stops, and waits for those that are running.
pub(super) fn run(service: &Arc<Service>) {
    let mut jobs: Vec<JoinHandle<()>> = Vec::new();
    let mut seen = 0;
    loop {
        jobs.retain(|job| !job.is_finished());
        let is_stopping = service.stopping.load(Ordering::Relaxed);
        if is_stopping {
            jobs.drain(..).for_each(|job| drop(job.join()));
            return;
        }
        while service.metrics.jobs() < service.settings.workers {
            match start_next(service) {
                Ok(Some(job)) => jobs.push(job),
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(%error, "no task can be claimed");
                    break;
                }
            }
        }
        seen = service.notify.wait(seen, NAP);
    }
}

fn start_next(service: &Arc<Service>) -> Result<Option<JoinHandle<()>>, StoreError> {
    let claimed = service.store.claim(service.settings.shares.running, does_one_shard_whole(service))?;
    let Some(attempt) = claimed else { return Ok(None) };
    if attempt.waited > 0 {
        service.metrics.waited(attempt.waited);
    }
    let service = service.clone();
    service.metrics.job_begins();
    Ok(Some(thread::spawn(move || {
        job::do_attempt(&service, &attempt);
        service.metrics.job_ends();
        service.notify.wake_all();
    })))
}

/// Recovers from a former server: ends its children, and returns their tasks to the queue.
pub(super) fn recover(service: &Service) -> Result<(), StoreError> {
    let lost = service.store.recover()?;
    if !lost.is_empty() {
        tracing::warn!(processes = lost.len(), "the former server left work behind; it is taken up again");
    }
    lost.iter().for_each(|process| process::end_orphan(*process));
    let root = work_root(service);
    let io = |cause| StoreError::Io { path: root.clone(), cause };
    fs::create_dir_all(&root).map_err(io)?;
    let cluster = if service.settings.slurm.is_some() { " slurm" } else { "" };
    let version = format!("{}{cluster}", env!("CARGO_PKG_VERSION"));
    let is_of_this_version = fs::read_to_string(root.join(VERSION_FILE)).is_ok_and(|found| found == version);
    let unfinished = service.store.unfinished()?;
    for (batch, shards) in &unfinished {
        let needs_none = *shards == 1 && does_one_shard_whole(service);
        // Another version plans and runs differently, and so does another executor; and a restored backup brings no
        // work along.
        if !is_of_this_version || !needs_none && !has_plan(service, batch) {
            service.store.plan_again(batch)?;
        }
    }
    let needed = service.store.with_work()?;
    for entry in fs::read_dir(&root).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_batch_id(&name) && !needed.contains(&name) {
            remove_work(service, &name);
        }
    }
    fs::write(root.join(VERSION_FILE), version).map_err(io)
}
