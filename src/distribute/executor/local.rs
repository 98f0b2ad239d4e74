//! Shards in child processes of this machine, so that a crash or a lack of memory costs one attempt at one shard.

use std::collections::VecDeque;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::progress::CancelToken;

use super::{Attempt, ExecuteError, Executor, MOST_ATTEMPTS, Phase, ShardFailure, Watcher};
use crate::distribute::child::{End, Event, Heard, Supervisor, run_arguments};
use crate::distribute::error::DistributeError;
use crate::distribute::work::WorkFolder;

/// Polling interval of children.
const PAUSE: Duration = Duration::from_millis(20);

/// A child that was asked to stop is killed after so long.
const GRACE: Duration = Duration::from_secs(10);

/// Before an attempt is repeated, times the attempts so far: a disk that is full may have room soon.
const BEFORE_RETRY: Duration = Duration::from_secs(1);

/// Lines of a child's stderr that are kept.
const STDERR_LINES: usize = 12;

/// Runs shards in child processes.
#[derive(Clone, Debug)]
pub struct Local {
    /// This program.
    pub program: PathBuf,
    /// Number of children side by side; at least one.
    pub workers: usize,
    /// Threads of each child.
    pub threads: usize,
}

impl Executor for Local {
    fn execute(
        &self,
        work: &WorkFolder,
        shards: &[usize],
        watcher: &dyn Watcher,
        cancel: &CancelToken,
    ) -> Result<(), ExecuteError> {
        let run = Run {
            local: self,
            work,
            watcher,
            cancel,
            queue: Mutex::new(shards.iter().map(|&index| (index, 1)).collect()),
            failures: Mutex::default(),
        };
        let workers = self.workers.clamp(1, shards.len().max(1));
        let ended = thread::scope(|scope| {
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(|| run.take_turns())).collect();
            workers
                .into_iter()
                .try_for_each(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
        });
        ended?;
        let mut failures = run.failures.into_inner().unwrap_or_else(PoisonError::into_inner);
        failures.sort_by_key(|failure| failure.index);
        if cancel.is_cancelled() {
            return Err(ExecuteError::Stopped);
        }
        if failures.is_empty() { Ok(()) } else { Err(ExecuteError::Failed(failures)) }
    }
}

/// State shared by the workers.
struct Run<'a> {
    local: &'a Local,
    work: &'a WorkFolder,
    watcher: &'a dyn Watcher,
    cancel: &'a CancelToken,
    /// Shards that wait, each with the number of the attempt.
    queue: Mutex<VecDeque<(usize, usize)>>,
    failures: Mutex<Vec<ShardFailure>>,
}

impl Run<'_> {
    /// Runs one shard after the other until none is left.
    fn take_turns(&self) -> Result<(), DistributeError> {
        while let Some((index, number)) = self.next() {
            if number > 1 && !self.wait_before(number) {
                return Ok(());
            }
            self.watcher.phase(index, Phase::Running);
            let (end, stderr_tail) = self.run(index);
            if self.cancel.is_cancelled() {
                return Ok(());
            }
            match Attempt::judge(self.work, index, end)? {
                Attempt::Done => self.watcher.phase(index, Phase::Done),
                Attempt::Retry(how) if number < MOST_ATTEMPTS => {
                    self.watcher.note(&format!("Shard {index}: {how}; it is tried again."));
                    self.watcher.phase(index, Phase::Waiting);
                    self.lock_queue().push_back((index, number + 1));
                }
                Attempt::Retry(how) => self.give_up(index, format!("{how}, {number} times"), stderr_tail),
                Attempt::Hopeless(how) => self.give_up(index, how, stderr_tail),
            }
        }
        Ok(())
    }

    fn next(&self) -> Option<(usize, usize)> {
        if self.cancel.is_cancelled() { None } else { self.lock_queue().pop_front() }
    }

    fn lock_queue(&self) -> std::sync::MutexGuard<'_, VecDeque<(usize, usize)>> {
        // No one panics while holding the queue.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give_up(&self, index: usize, how: String, stderr_tail: String) {
        self.watcher.phase(index, Phase::Failed);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.push(ShardFailure { index, how, stderr_tail });
    }

    /// True if the attempt is still wanted after the wait.
    fn wait_before(&self, number: usize) -> bool {
        let until = Instant::now() + BEFORE_RETRY * u32::try_from(number - 1).unwrap_or(1);
        while Instant::now() < until && !self.cancel.is_cancelled() {
            thread::sleep(PAUSE);
        }
        !self.cancel.is_cancelled()
    }

    /// Runs a shard in a child process: how it ended, and what it last wrote to stderr. The scenarios that it has
    /// searched are counted; it is stopped once a stop is asked for.
    fn run(&self, index: usize) -> (End, String) {
        let mut command = Command::new(&self.local.program);
        command.args(run_arguments(self.work.path(), &index.to_string(), self.local.threads));
        let mut searched = 0;
        let hear = |heard| {
            if let Heard::Event(Event::Scenario { .. }) = heard {
                searched += 1;
                self.watcher.searched(index, searched);
            }
        };
        thread::scope(|scope| {
            let mut child = match Supervisor::start(scope, &mut command, GRACE, hear) {
                Ok(child) => child,
                Err(cause) => {
                    return (End::Lost(format!("no process could be started: {cause}")), String::new());
                }
            };
            let end = self.await_end(&mut child);
            (end, child.last_heard().last_lines(STDERR_LINES))
        })
    }

    /// Waits for a child; asks it to stop once that is asked of us.
    fn await_end(&self, child: &mut Supervisor<'_>) -> End {
        loop {
            match child.poll() {
                Ok(Some(end)) => return end,
                Ok(None) => {}
                Err(cause) => return End::Lost(format!("it cannot be watched: {cause}")),
            }
            if self.cancel.is_cancelled() {
                child.stop();
            }
            thread::sleep(PAUSE);
        }
    }
}
