//! Validation of submissions by child processes with limits of memory and time: the server's side. What is so small
//! that it can take neither is validated here, as most of a service's submissions are.
//!
//! Small submissions and large ones wait for turns of their own, so that the small never wait behind the large. Nobody
//! knows which it is before it is unpacked: each begins as a small one, unless the request itself is large, and is
//! begun again as a large one if it unpacks to more or takes more memory.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::distribute::ExitCode;
use crate::distribute::child::{End, Heard, StderrTail, Supervisor};
use crate::service::Service;
use crate::service::problem::{Kind, Problem};
use crate::service::turns::Work;

use super::examine::{
    Order, Outcome, SUBJECT, SoundBatch, examine_here, read_excerpts, read_outcome, sound_file, write_order,
};
use super::excerpt::Excerpts;

/// Bytes of a submission, once inflated, that this process validates itself.
const TINY: u64 = 128 << 10;
/// Bytes of a small submission, once inflated.
const SMALL: u64 = 8 << 20;
/// Bytes of memory for one that has not turned out to be large; most take a tenth of this.
const SMALL_MEMORY: u64 = 256 << 20;
/// Signal of a process that ends itself: what follows when memory is refused.
const ABORTED: i32 = 6;
/// Signal of a process that the system or the operator ends.
const KILLED: i32 = 9;

/// A sound batch, with its inputs on the disk until this is dropped.
#[derive(Debug)]
pub struct Validated {
    pub batch: SoundBatch,
    folder: Arc<TempDir>,
}

impl Validated {
    /// Where lies what a report tells beside the tables, if it was asked for.
    pub fn subject(&self) -> PathBuf {
        self.folder.path().join(SUBJECT)
    }

    /// Where the input at a place lies.
    pub fn path(&self, place: usize) -> PathBuf {
        self.folder.path().join(sound_file(place))
    }
}

/// Refusal of a submission, with excerpts of its faulty files if a page shows them.
#[derive(Debug)]
pub struct Refusal {
    pub problem: Box<Problem>,
    pub excerpts: Excerpts,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), excerpts: Excerpts::new() }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        *refusal.problem
    }
}

/// What a child came to.
enum Verdict {
    Left(Outcome),
    NoMemory,
    NoTime,
    Broken(String),
}

/// Validates the submission in a folder; `bytes` is the length of what was sent.
pub async fn validate(
    service: &Arc<Service>,
    folder: TempDir,
    mut order: Order,
    bytes: u64,
) -> Result<Validated, Refusal> {
    let granted = service.settings.validation.memory;
    let folder = Arc::new(folder);
    if bytes <= TINY {
        order.most = TINY.min(order.limits.upload.unzipped);
        let (same, end) = told_here(service, &folder, order).await?;
        order = same;
        if !matches!(end, Verdict::Left(Outcome::TooLargeForThis)) {
            return concluded(service, folder, end);
        }
    }
    if bytes <= SMALL {
        (order.most, order.memory) = (SMALL, granted.min(SMALL_MEMORY));
        let is_whole = order.most >= order.limits.upload.unzipped && order.memory >= granted;
        match told(service, &folder, &order, Work::SmallValidation).await? {
            Verdict::Left(Outcome::TooLargeForThis) => {}
            Verdict::NoMemory if !is_whole => {}
            end => return concluded(service, folder, end),
        }
    }
    (order.most, order.memory) = (u64::MAX, granted);
    let end = told(service, &folder, &order, Work::LargeValidation).await?;
    concluded(service, folder, end)
}

/// Validates what is too small to take much memory or time: a child would take longer to start.
async fn told_here(
    service: &Arc<Service>,
    folder: &Arc<TempDir>,
    order: Order,
) -> Result<(Order, Verdict), Problem> {
    let turn = service.turns.wait(Work::SmallValidation).await;
    let folder = folder.clone();
    let span = tracing::Span::current();
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let outcome = span.in_scope(|| examine_here(folder.path(), &order))?;
        Ok::<_, io::Error>((order, Verdict::Left(outcome)))
    });
    let done = done.await.map_err(|error| Problem::internal(&error))?;
    done.map_err(|error| Problem::internal(&error))
}

/// Has a child validate, once it is its turn. If nobody waits for the answer any more, the child is ended.
async fn told(
    service: &Arc<Service>,
    folder: &Arc<TempDir>,
    order: &Order,
    work: Work,
) -> Result<Verdict, Problem> {
    let turn = service.turns.wait(work).await;
    write_order(folder.path(), order).map_err(|error| Problem::internal(&error))?;
    let (service, folder) = (service.clone(), folder.clone());
    let left = Leave(Arc::default());
    let is_left = left.0.clone();
    let span = tracing::Span::current();
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        span.in_scope(|| run(&service, folder.path(), &is_left))
    });
    let done = done.await.map_err(|error| Problem::internal(&error))?;
    drop(left);
    done.map_err(|error| Problem::internal(&error))
}

/// Notes, when it is dropped, that nobody waits any more.
struct Leave(Arc<AtomicBool>);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs a child to its end.
fn run(service: &Service, folder: &Path, is_left: &AtomicBool) -> io::Result<Verdict> {
    let mut command = Command::new(&service.program);
    command.arg("examine-submission").arg(folder).current_dir(folder).env_remove("RUST_LOG");
    let until = Instant::now() + service.settings.validation.time;
    let (end, is_over_time, stderr) = thread::scope(|scope| {
        let (tell, heard) = mpsc::channel();
        let mut child = Supervisor::start(scope, &mut command, Duration::ZERO, move |heard| {
            let _ = tell.send(heard);
        })?;
        let ended = watch(&mut child, &heard, until, is_left);
        if ended.is_err() {
            child.kill();
        }
        let stderr = child.last_heard();
        let (end, is_over_time) = ended?;
        Ok::<_, io::Error>((end, is_over_time, stderr))
    })?;
    Ok(match read_outcome(folder) {
        Some(Outcome::Refused(problem)) if problem.is_of(Kind::Internal) => {
            Verdict::Broken(stderr.last_lines(20))
        }
        Some(outcome) => Verdict::Left(outcome),
        None if is_over_time => Verdict::NoTime,
        None if lacked_memory(&end, &stderr) => Verdict::NoMemory,
        None => Verdict::Broken(format!("{end:?}: {}", stderr.last_lines(20))),
    })
}

/// Waits for the end of a child; kills it when its time is over, or nobody waits for it any more.
fn watch(
    child: &mut Supervisor<'_>,
    heard: &mpsc::Receiver<Heard>,
    until: Instant,
    is_left: &AtomicBool,
) -> io::Result<(End, bool)> {
    const TICK: Duration = Duration::from_millis(50);
    const QUICK_TICK: Duration = Duration::from_millis(1);
    let mut is_over_time = false;
    loop {
        if let Some(end) = child.poll()? {
            return Ok((end, is_over_time));
        }
        is_over_time |= Instant::now() >= until;
        if is_over_time || is_left.load(Ordering::Relaxed) {
            child.kill();
        }
        match heard.recv_timeout(TICK) {
            // It has closed its output: it is about to end.
            Err(RecvTimeoutError::Disconnected) | Ok(Heard::End) => thread::sleep(QUICK_TICK),
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// True if a child ended as memory was refused.
fn lacked_memory(end: &End, stderr: &StderrTail) -> bool {
    match end {
        End::Signal(ABORTED) => stderr.last_lines(20).contains("memory allocation of"),
        End::Signal(KILLED) => true,
        other => other.exit_code() == Some(ExitCode::TryAgain),
    }
}

fn concluded(service: &Service, folder: Arc<TempDir>, end: Verdict) -> Result<Validated, Refusal> {
    let limits = &service.settings.validation;
    let problem = match end {
        Verdict::Left(Outcome::Sound(batch)) => return Ok(Validated { batch: *batch, folder }),
        Verdict::Left(Outcome::Refused(problem)) => {
            let excerpts = read_excerpts(folder.path());
            return Err(Refusal { problem: Box::new(problem), excerpts });
        }
        Verdict::Left(Outcome::TooLargeForThis) => {
            Problem::internal(&"a submission was too large for any child")
        }
        Verdict::NoMemory => Problem::new(
            Kind::TooLarge,
            format!(
                "it needs more memory than the service grants one validation ({} MB): make it smaller, or ask the \
                 operator to raise --validation-memory",
                limits.memory >> 20
            ),
        ),
        Verdict::NoTime => Problem::new(
            Kind::TooLarge,
            format!(
                "its validation takes longer than the {} seconds that the service grants: make it smaller, or ask the \
                 operator to raise --validation-time",
                limits.time.as_secs_f64()
            ),
        ),
        // A full disk breaks it, too.
        Verdict::Broken(cause) => service
            .room_for(0)
            .err()
            .unwrap_or_else(|| Problem::internal(&format!("a child that validates broke down: {cause}"))),
    };
    Err(problem.into())
}
