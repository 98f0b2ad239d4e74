//! Shards in child processes of this machine, so that a crash or a lack of memory costs one attempt at one shard.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::progress::CancelToken;

use super::{Attempt, End, ExecuteError, Executor, MOST_ATTEMPTS, Phase, ShardFailure, Watcher};
use crate::distribute::error::DistributeError;
use crate::distribute::work::WorkFolder;

/// How often children are looked at.
const PAUSE: Duration = Duration::from_millis(20);

/// A child that was asked to stop is killed after so long.
const GRACE: Duration = Duration::from_secs(10);

/// Before an attempt is repeated, times the attempts so far: a disk that is full may have room soon.
const BEFORE_RETRY: Duration = Duration::from_secs(1);

/// So many lines of what a child last wrote to stderr are kept.
const LAST_WORDS: usize = 12;

/// Runs shards in child processes.
#[derive(Clone, Debug)]
pub struct Local {
    /// This program.
    pub program: PathBuf,
    /// How many children run side by side; at least one.
    pub workers: usize,
    /// How many threads each of them has.
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

/// What the workers share.
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
    /// Takes one shard after the other until none is left.
    fn take_turns(&self) -> Result<(), DistributeError> {
        while let Some((index, number)) = self.next() {
            if number > 1 && !self.wait_before(number) {
                return Ok(());
            }
            self.watcher.phase(index, Phase::Running);
            let (end, last_words) = self.run(index);
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
                Attempt::Retry(how) => self.give_up(index, format!("{how}, {number} times"), last_words),
                Attempt::Hopeless(how) => self.give_up(index, how, last_words),
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

    fn give_up(&self, index: usize, how: String, last_words: String) {
        self.watcher.phase(index, Phase::Failed);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.push(ShardFailure { index, how, last_words });
    }

    /// Whether it is still wanted after the wait.
    fn wait_before(&self, number: usize) -> bool {
        let until = Instant::now() + BEFORE_RETRY * u32::try_from(number - 1).unwrap_or(1);
        while Instant::now() < until && !self.cancel.is_cancelled() {
            thread::sleep(PAUSE);
        }
        !self.cancel.is_cancelled()
    }

    /// Runs a shard in a child process: how it ended, and what it last said.
    fn run(&self, index: usize) -> (End, String) {
        let mut command = Command::new(&self.local.program);
        command.args(["shard", "run", "--until-eof", "--progress", "json"]);
        command.args(["--threads", &self.local.threads.to_string(), "--index", &index.to_string()]);
        command.arg("--").arg(self.work.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(cause) => return (End::Lost(format!("no process could be started: {cause}")), String::new()),
        };
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        thread::scope(|scope| {
            scope.spawn(|| self.listen(index, stdout));
            let words = scope.spawn(|| last_lines(stderr));
            let end = self.await_end(child);
            (end, words.join().unwrap_or_default())
        })
    }

    /// Counts the scenarios that a child has searched.
    fn listen(&self, index: usize, stdout: Option<impl Read>) {
        let Some(stdout) = stdout else { return };
        let mut searched = 0;
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let event: Option<serde_json::Value> = serde_json::from_str(&line).ok();
            if event.is_some_and(|event| event["event"] == "scenario") {
                searched += 1;
                self.watcher.searched(index, searched);
            }
        }
    }

    /// Waits for a child. If a stop is asked for, its stdin is closed, which it takes for a request to stop.
    fn await_end(&self, mut child: Child) -> End {
        let mut stdin = child.stdin.take();
        let mut asked: Option<Instant> = None;
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return end_of(status),
                Ok(None) => {}
                Err(cause) => return End::Lost(format!("it cannot be watched: {cause}")),
            }
            if self.cancel.is_cancelled() {
                drop(stdin.take());
                if asked.get_or_insert_with(Instant::now).elapsed() > GRACE {
                    // If this fails, it has ended.
                    let _ = child.kill();
                }
            }
            thread::sleep(PAUSE);
        }
    }
}

fn end_of(status: ExitStatus) -> End {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return End::Signal(signal);
    }
    status.code().map_or_else(|| End::Lost("it ended without an exit code".to_owned()), End::Code)
}

/// The last lines of a stream.
fn last_lines(stream: Option<impl Read>) -> String {
    let Some(stream) = stream else { return String::new() };
    let mut last = VecDeque::with_capacity(LAST_WORDS);
    // A child that dies in the middle of a letter has still said the rest.
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        if last.len() == LAST_WORDS {
            last.pop_front();
        }
        last.push_back(String::from_utf8_lossy(&line).into_owned());
    }
    Vec::from(last).join("\n")
}
