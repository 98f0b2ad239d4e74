//! Shards as tasks of Slurm job arrays.
//!
//! Submissions are recorded in the work folder, so that the successor of an executor that ended (a server that was
//! restarted, a terminal that was closed) goes on watching and submits nothing twice.

mod commands;
mod record;
mod settings;
mod submit;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use crate::output::Formats;
use crate::progress::CancelToken;

use super::{Attempt, ExecuteError, Executor, MOST_ATTEMPTS, Phase, ShardFailure, Watcher};
use crate::distribute::child::End;
use crate::distribute::result::ShardState;
use crate::distribute::work::WorkFolder;

use commands::{Fate, Queue, Task};
use record::Submissions;

pub use settings::Slurm;

/// The shortest and the longest pause between two looks at the queue. Pauses grow while nothing happens.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));

/// Time that the files of a successful task may take to appear here: network file systems are slow.
const FILE_LAG: Duration = Duration::from_secs(30);

/// Lines of the log of a failed task that are shown.
const LOG_LINES: usize = 12;

impl Executor for Slurm {
    fn execute(
        &self,
        work: &WorkFolder,
        shards: &[usize],
        watcher: &dyn Watcher,
        cancel: &CancelToken,
    ) -> Result<(), ExecuteError> {
        let mut watch = Watch::new(self, work, shards, watcher)?;
        let mut pause = PAUSES.0;
        while !watch.open.is_empty() {
            watch.submit_waiting()?;
            if !sleep(pause, cancel) {
                if !self.leaves_tasks {
                    watch.cancel()?;
                }
                return Err(ExecuteError::Stopped);
            }
            let has_changed = watch.look()?;
            pause = if has_changed { PAUSES.0 } else { (pause * 3 / 2).min(PAUSES.1) };
        }
        if watch.failures.is_empty() { Ok(()) } else { Err(ExecuteError::Failed(watch.failures)) }
    }
}

impl Slurm {
    /// Cancels all jobs that were submitted for a work folder.
    ///
    /// # Errors
    /// If Slurm cannot be used, or the folder cannot be read.
    pub fn withdraw(work: &Path) -> Result<(), ExecuteError> {
        commands::cancel(&Submissions::read(work)?.jobs())
    }

    /// Submits shards, and a job that merges them once all have succeeded, without a watcher: Slurm restarts tasks
    /// whose node failed. Returns the ids of the jobs, that of the merge last.
    ///
    /// # Errors
    /// If Slurm cannot be used, or the work folder cannot be written.
    pub fn submit_and_leave(
        &self,
        work: &WorkFolder,
        shards: &[usize],
        (out, formats): (&Path, Formats),
    ) -> Result<Vec<String>, ExecuteError> {
        let submitter = submit::Submitter::new(self, work)?;
        let mut jobs =
            submitter.submit(shards, submit::Lost::Requeue, &mut Submissions::read(work.path())?)?;
        jobs.push(submitter.submit_merge(&jobs, out, formats)?);
        Ok(jobs)
    }
}

/// Sleeps; true if no stop was asked for in the meantime.
fn sleep(pause: Duration, cancel: &CancelToken) -> bool {
    let until = Instant::now() + pause;
    while Instant::now() < until && !cancel.is_cancelled() {
        thread::sleep(Duration::from_millis(50));
    }
    !cancel.is_cancelled()
}

/// A shard whose results are not there yet.
#[derive(Default)]
struct Open {
    /// The task that runs it; `None` while it waits to be submitted.
    task: Option<Task>,
    /// The task of its last submission.
    last: Option<Task>,
    /// Number of submissions that ended without a result.
    failed: usize,
    phase: Option<Phase>,
    /// Time since which its task has been missing from the queue.
    gone: Option<Instant>,
}

/// State of an executor while it watches.
struct Watch<'a> {
    slurm: &'a Slurm,
    work: &'a WorkFolder,
    watcher: &'a dyn Watcher,
    submissions: Submissions,
    open: BTreeMap<usize, Open>,
    failures: Vec<ShardFailure>,
    /// Messages already shown about tasks that cannot start.
    told: BTreeSet<String>,
}

/// True if a task that has left the queue has its result here, or will have it once the file system shows it. Tasks end
/// while the record and the queue are read, too: without this look, such a shard would run twice.
fn has_ended_well(work: &WorkFolder, index: usize, task: &Task) -> Result<bool, ExecuteError> {
    let is_whole = matches!(work.state(index)?, ShardState::Whole(_));
    Ok(is_whole || commands::fate(task) == Fate::Ended(End::Code(0)))
}

impl<'a> Watch<'a> {
    /// Resumes with the tasks of earlier submissions that are still in the queue, or have just ended well.
    fn new(
        slurm: &'a Slurm,
        work: &'a WorkFolder,
        shards: &[usize],
        watcher: &'a dyn Watcher,
    ) -> Result<Self, ExecuteError> {
        let submissions = Submissions::read(work.path())?;
        let mut open: BTreeMap<usize, Open> = shards.iter().map(|&index| (index, Open::default())).collect();
        if !submissions.is_empty() {
            let queue = commands::queue(&submissions.jobs())?;
            let mut found = 0;
            for (index, open) in &mut open {
                open.last = submissions.task(*index);
                let is_queued = open.last.as_ref().is_some_and(|task| queue.state(task).is_some());
                found += usize::from(is_queued);
                open.task = match open.last.clone() {
                    Some(task) if is_queued || has_ended_well(work, *index, &task)? => Some(task),
                    _ => None,
                };
            }
            if found > 0 {
                watcher.note(&format!("{found} shards are in the queue already."));
            }
        }
        Ok(Self { slurm, work, watcher, submissions, open, failures: Vec::new(), told: BTreeSet::new() })
    }

    /// Submits all shards that have no task.
    fn submit_waiting(&mut self) -> Result<(), ExecuteError> {
        let waiting: Vec<usize> =
            self.open.iter().filter(|(_, open)| open.task.is_none()).map(|(&index, _)| index).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        let submitter = submit::Submitter::new(self.slurm, self.work)?;
        let submitted = submitter.submit(&waiting, submit::Lost::Tell, &mut self.submissions);
        let mut tasks = 0;
        for index in waiting {
            let task = self.submissions.task(index);
            let Some(open) = self.open.get_mut(&index).filter(|open| open.last != task) else { continue };
            tasks += 1;
            open.last.clone_from(&task);
            open.task = task;
        }
        match submitted {
            Ok(jobs) => {
                self.watcher.note(&format!("Submitted {tasks} shards as job {}.", jobs.join(", ")));
                Ok(())
            }
            // Clusters limit what a user may have in the queue: there is room once something has ended.
            Err(ExecuteError::Unusable(why)) if self.open.values().any(|open| open.task.is_some()) => {
                self.tell_once(&format!("{why} The rest is submitted later."));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Polls the queue and the tasks that have left it; true if anything has changed.
    fn look(&mut self) -> Result<bool, ExecuteError> {
        // A controller that is away for a while comes back; results may come in all the same.
        let queue = commands::queue(&self.jobs()).unwrap_or_else(|error| {
            self.tell_once(&format!("{error} Waiting for it."));
            Queue::unknown()
        });
        let mut has_changed = false;
        for index in self.open.keys().copied().collect::<Vec<_>>() {
            has_changed |= self.look_at(index, &queue)?;
        }
        Ok(has_changed)
    }

    fn look_at(&mut self, index: usize, queue: &Queue) -> Result<bool, ExecuteError> {
        let Some(open) = self.open.get_mut(&index) else { return Ok(false) };
        let Some(task) = open.task.clone() else { return Ok(false) };
        if let Some((phase, reason)) = queue.state(&task) {
            open.gone = None;
            let has_changed = open.phase != Some(phase);
            open.phase = Some(phase);
            if has_changed {
                self.watcher.phase(index, phase);
            }
            if let Some(reason) = reason {
                self.tell_once(&format!("Tasks of job {} cannot start: {reason}.", task.job));
            }
            return Ok(has_changed);
        }
        if matches!(self.work.state(index)?, ShardState::Whole(_)) {
            self.open.remove(&index);
            self.watcher.phase(index, Phase::Done);
            return Ok(true);
        }
        if queue.is_unknown() {
            return Ok(false);
        }
        let is_late = open.gone.get_or_insert_with(Instant::now).elapsed() > FILE_LAG;
        match commands::fate(&task) {
            Fate::Ended(End::Code(0)) | Fate::Unknown if !is_late => Ok(false),
            fate => self.has_ended(index, &task, fate).map(|()| true),
        }
    }

    /// Judges a task that left no result.
    fn has_ended(&mut self, index: usize, task: &Task, fate: Fate) -> Result<(), ExecuteError> {
        let attempt = match fate {
            Fate::Ended(end) => Attempt::judge(self.work, index, end)?,
            Fate::Unknown => Attempt::Retry("nobody knows how it ended".to_owned()),
            Fate::Hopeless(how) => Attempt::Hopeless(how),
        };
        let failed = self.open.get_mut(&index).map_or(0, |open| {
            *open = Open { failed: open.failed + 1, last: open.task.take(), ..Open::default() };
            open.failed
        });
        let how = match attempt {
            Attempt::Done => {
                self.open.remove(&index);
                self.watcher.phase(index, Phase::Done);
                return Ok(());
            }
            Attempt::Retry(how) if failed < MOST_ATTEMPTS => {
                self.watcher.note(&format!("Shard {index}: {how}; it is submitted again."));
                self.watcher.phase(index, Phase::Waiting);
                return Ok(());
            }
            Attempt::Retry(how) => format!("{how}, {failed} times"),
            Attempt::Hopeless(how) => how,
        };
        self.open.remove(&index);
        self.watcher.phase(index, Phase::Failed);
        self.failures.push(ShardFailure { index, how, stderr_tail: self.stderr_tail(task) });
        Ok(())
    }

    fn stderr_tail(&self, task: &Task) -> String {
        let log = self.work.path().join(submit::LOGS).join(format!("{}_{}.txt", task.job, task.number));
        let text = fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }

    fn tell_once(&mut self, text: &str) {
        if self.told.insert(text.to_owned()) {
            self.watcher.note(text);
        }
    }

    /// The jobs of all tasks that are watched.
    fn jobs(&self) -> Vec<String> {
        let tasks = self.open.values().filter_map(|open| open.task.as_ref());
        let jobs: BTreeSet<&String> = tasks.map(|task| &task.job).collect();
        jobs.into_iter().cloned().collect()
    }

    /// Cancels all of its jobs.
    fn cancel(&self) -> Result<(), ExecuteError> {
        commands::cancel(&self.jobs())
    }
}
