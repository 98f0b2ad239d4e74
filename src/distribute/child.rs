//! This program as a child of itself: `cutline shard …` in a process of its own. Command line, events, supervision, and
//! the meaning of its exit codes.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// Bytes of a child's stderr that are kept.
const STDERR_KEPT: usize = 64 << 10;

/// Meaning of the exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// Everything was done.
    Done = 0,
    /// A bug, or the solver failed, or results could not be written.
    Failed = 1,
    /// Bad input or usage: trying again is of no use.
    Refused = 2,
    /// A limit or a request to stop came first, or shards are missing.
    Stopped = 3,
    /// Worth trying again, as mail programs know it (`EX_TEMPFAIL`).
    TryAgain = 75,
}

impl ExitCode {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Done, Self::Failed, Self::Refused, Self::Stopped, Self::TryAgain];

    /// Its number.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// Meaning of a number; `None` if no command of ours ends with it.
    pub fn of(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|code| i32::from(code.number()) == number)
    }
}

/// One line that `shard run --progress json`, `shard run-whole` or `shard watch` writes to stdout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Event {
    /// A stage begins.
    Begin {
        /// `select`, `sample`, `simulate` or `reasons`.
        stage: String,
        /// Total number of steps.
        total: u64,
    },
    /// A stage is further.
    Advance {
        /// The stage.
        stage: String,
        /// Steps since the last event.
        steps: u64,
    },
    /// A stage is over.
    Finish {
        /// The stage.
        stage: String,
    },
    /// The search of a scenario begins.
    Begun {
        /// Its name.
        name: String,
        /// Its position in the whole batch, from 0.
        position: usize,
    },
    /// A scenario was searched.
    Scenario {
        /// Its name.
        name: String,
        /// Its position in the whole batch, from 0.
        position: usize,
        /// Its outcome, as in `scenarios.csv`.
        status: String,
        /// Wall time of its search in seconds, if that is known.
        seconds: Option<f64>,
        /// The objective of its best option, as planned; `None` where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        objective: Option<f64>,
        /// The number of projects of that option.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        projects: Option<usize>,
    },
    /// The results of the shard are in their place.
    Done {},
    /// The results of a batch of one shard are in their place.
    Results {
        /// Their folder.
        folder: PathBuf,
    },
}

/// A message from the stdout of a child.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A line that is an event.
    Event(Event),
    /// Any other line.
    Other(String),
    /// Its end: nothing more will be heard.
    End,
}

/// End of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With an exit code.
    Code(i32),
    /// By a signal.
    Signal(i32),
    /// Unknown, or its machine is gone; the reason.
    Lost(String),
}

impl End {
    /// The end of a process of this machine.
    pub fn of(status: ExitStatus) -> Self {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Self::Signal(signal);
        }
        status.code().map_or_else(|| Self::Lost("it ended without an exit code".to_owned()), Self::Code)
    }

    /// The meaning of its exit code, if it is one of ours.
    pub fn exit_code(&self) -> Option<ExitCode> {
        match self {
            Self::Code(code) => ExitCode::of(*code),
            Self::Signal(_) | Self::Lost(_) => None,
        }
    }

    /// The number that a shell reports: the exit code, or 128 plus the signal.
    pub const fn number(&self) -> Option<i32> {
        match self {
            Self::Code(code) => Some(*code),
            Self::Signal(signal) => Some(128 + *signal),
            Self::Lost(_) => None,
        }
    }
}

/// Arguments of a child that runs one shard, reports line by line, and stops once its stdin is closed.
pub fn run_arguments(folder: &Path, index: &str, threads: usize) -> Vec<OsString> {
    let threads = threads.to_string();
    let words =
        ["shard", "run", "--until-eof", "--progress", "json", "--threads", &threads, "--index", index];
    words.into_iter().chain(["--"]).map(OsString::from).chain([folder.into()]).collect()
}

/// A child that is listened to, and can be stopped.
#[derive(Debug)]
pub struct Supervisor<'scope> {
    child: Child,
    /// Dropped to ask the child to stop.
    stdin: Option<ChildStdin>,
    listener: Option<ScopedJoinHandle<'scope, ()>>,
    stderr: Option<ScopedJoinHandle<'scope, StderrTail>>,
    grace: Duration,
    /// Time at which it was asked to stop.
    asked: Option<Instant>,
}

impl<'scope> Supervisor<'scope> {
    /// Starts a child and listens to it. Once asked to stop, it is killed after `grace`.
    ///
    /// # Errors
    /// If the system does not start it.
    pub fn start(
        scope: &'scope Scope<'scope, '_>,
        command: &mut Command,
        grace: Duration,
        hear: impl FnMut(Heard) + Send + 'scope,
    ) -> io::Result<Self> {
        // A shard stops when this ends: it does not outlive us for long.
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        let listener = child.stdout.take().map(|stdout| scope.spawn(|| listen(stdout, hear)));
        let stderr = child.stderr.take().map(|stderr| scope.spawn(|| StderrTail::read(stderr)));
        Ok(Self { child, stdin, listener, stderr, grace, asked: None })
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, by closing its stdin.
    pub fn stop(&mut self) {
        self.stdin = None;
        self.asked.get_or_insert_with(Instant::now);
    }

    /// Its end; `None` while it runs. Kills it once its grace period is over.
    ///
    /// # Errors
    /// If the system has no status of it.
    pub fn poll(&mut self) -> io::Result<Option<End>> {
        if let Some(status) = self.child.try_wait()? {
            return Ok(Some(End::of(status)));
        }
        if self.asked.is_some_and(|asked| asked.elapsed() > self.grace) {
            // If this fails, it has ended.
            let _ = self.child.kill();
        }
        Ok(None)
    }

    /// Kills it and waits until it has ended.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Reads stderr to the end; returns its tail.
    pub fn last_heard(&mut self) -> StderrTail {
        self.listener.take().into_iter().for_each(|thread| drop(thread.join()));
        self.stderr.take().and_then(|thread| thread.join().ok()).unwrap_or_default()
    }
}

/// Reads stdout line by line.
fn listen(stdout: impl Read, mut hear: impl FnMut(Heard)) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        hear(serde_json::from_str(&line).map_or_else(|_| Heard::Other(line), Heard::Event));
    }
    hear(Heard::End);
}

/// Tail of a child's stderr, up to 64 KiB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StderrTail(Vec<u8>);

impl StderrTail {
    /// Reads a stream to its end.
    fn read(mut stream: impl Read) -> Self {
        let (mut kept, mut chunk) = (Vec::new(), [0; 1024]);
        while let Ok(length) = stream.read(&mut chunk) {
            if length == 0 {
                break;
            }
            kept.extend_from_slice(&chunk[..length]);
            let too_many = kept.len().saturating_sub(STDERR_KEPT);
            kept.drain(..too_many);
        }
        Self(kept)
    }

    /// Its last lines. What is no text is shown as such: a child that dies in the middle of a letter has said the rest.
    pub fn last_lines(&self, most: usize) -> String {
        let text = String::from_utf8_lossy(&self.0);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let mut lines: Vec<&str> = text.rsplit('\n').take(most).collect();
        lines.reverse();
        lines.join("\n")
    }

    /// Its last bytes, as text without space around it.
    pub fn last_bytes(&self, most: usize) -> String {
        String::from_utf8_lossy(&self.0[self.0.len().saturating_sub(most)..]).trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_as_they_are_written() {
        let line = r#"{"event":"scenario","name":"base","position":3,"status":"optimal","seconds":null}"#;
        let event: Event = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), line);
        assert_eq!(serde_json::to_string(&Event::Done {}).unwrap(), r#"{"event":"done"}"#);
        let mut heard = Vec::new();
        listen(&b"Planned\n{\"event\":\"finish\",\"stage\":\"select\"}\n"[..], |one| heard.push(one));
        let finish = Event::Finish { stage: "select".to_owned() };
        assert_eq!(heard, [Heard::Other("Planned".to_owned()), Heard::Event(finish), Heard::End]);
    }

    #[test]
    fn exit_codes_are_told_from_others() {
        assert_eq!(ExitCode::of(75), Some(ExitCode::TryAgain));
        assert_eq!((End::Code(3).exit_code(), End::Signal(9).exit_code()), (Some(ExitCode::Stopped), None));
        assert_eq!((ExitCode::of(101), End::Signal(9).number()), (None, Some(137)));
    }

    #[test]
    fn the_end_of_stderr_is_kept() {
        let tail = StderrTail::read(&b"one\ntwo\r\n\xffthree\n"[..]);
        assert_eq!(tail.last_lines(2), "two\r\n\u{fffd}three");
        assert_eq!(tail.last_bytes(6), "three");
        assert_eq!(
            (StderrTail::default().last_lines(3), tail.last_lines(9)),
            (String::new(), "one\ntwo\r\n\u{fffd}three".to_owned())
        );
        assert_eq!(StderrTail::read(&vec![b'x'; STDERR_KEPT + 5][..]).0.len(), STDERR_KEPT);
    }
}
