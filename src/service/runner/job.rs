//! One attempt at a task: starts the child process, reads its events, supervises it, and stores how it ended.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::distribute::child::{End, Event, Heard, Supervisor};
use crate::distribute::{ExitCode, RECORD_FILE};
use crate::output::{FiguresFile, RUN_FILE};
use crate::service::Service;
use crate::service::figures;
use crate::service::inputs::put_inputs;
use crate::service::store::{
    ALL_SHARDS, Attempt, Ending, MergedBatch, Outcome, RetryRule, ScenarioState, Searched, Step, StoreError,
    now,
};

use super::arguments::arguments;
use super::folders::{FIGURES, MERGED, SOURCE, plan_folder, remove, remove_work, withdraw, work_folder};
use super::one_shard::is_whole;
use super::process::{self, Vitals};

/// Polling interval of a child.
const TICK: Duration = Duration::from_millis(200);
/// Polling interval of a child that has closed its output.
const QUICK_TICK: Duration = Duration::from_millis(5);
/// Grace period of a child that was asked to stop.
const GRACE: Duration = Duration::from_secs(10);
/// Renewal interval of a lease.
const RENEWAL: Duration = Duration::from_secs(10);
/// Bytes of a child's stderr that are kept.
const STDERR_BYTES: usize = 4096;

/// Reasons why we stop a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// The service stops, or the batch is over.
    Unwanted,
    /// It takes too long.
    OverTime,
    /// It says nothing and uses no processor.
    Silent,
}

/// Exit of a child, with the tail of its output.
struct Ended {
    end: End,
    stop: Option<Stop>,
    stderr_tail: String,
    /// The folder of the results of a batch of one shard.
    results: Option<PathBuf>,
}

/// Makes an attempt at a task and stores how it ended.
pub(super) fn do_attempt(service: &Arc<Service>, attempt: &Attempt) {
    let span = tracing::info_span!(
        "task",
        batch = attempt.batch,
        step = attempt.step.as_str(),
        number = attempt.number,
        attempt = attempt.id
    );
    let _entered = span.enter();
    let clock = Instant::now();
    let (ending, code, stderr_tail) = match supervised(service, attempt) {
        Ok(ended) => {
            let ending = ending(service, attempt, &ended);
            (ending, ended.end.number(), ended.stderr_tail)
        }
        Err(error) => (Ending::Again { outcome: Outcome::NotStarted }, None, error.to_string()),
    };
    service.metrics.attempt(attempt.step, &ending, clock.elapsed());
    log_end(&ending, code, clock.elapsed());
    // What is merged has been stored with its files.
    if !matches!(ending, Ending::Merged(_)) {
        tell(service, attempt, &ending, code, &stderr_tail);
    }
    if service.store.is_at_work(&attempt.batch).is_ok_and(|at_work| !at_work) {
        tidy_up(service, attempt);
    }
}

fn log_end(ending: &Ending, code: Option<i32>, took: Duration) {
    let failure = match ending {
        Ending::Hopeless { failure, .. } => Some(failure.as_str()),
        _ => None,
    };
    let outcome = ending.outcome().as_str();
    tracing::info!(outcome, failure, code, seconds = took.as_secs_f64(), "a try ended");
}

/// Stores how an attempt ended. If the store fails (a full disk), this is repeated until the service stops; the next
/// server then takes the attempt for lost.
fn tell(service: &Service, attempt: &Attempt, ending: &Ending, code: Option<i32>, stderr_tail: &str) {
    const PAUSE: Duration = Duration::from_secs(1);
    while let Err(error) = service.store.end(attempt, ending, code, stderr_tail, &retry_rule(service)) {
        tracing::error!(%error, "the end of a try could not be stored");
        if service.stopping.load(Ordering::Relaxed) {
            return;
        }
        thread::sleep(PAUSE);
    }
}

fn retry_rule(service: &Service) -> RetryRule {
    let retries = &service.settings.retries;
    RetryRule {
        most_failures: i64::from(retries.attempts),
        pause: i64::try_from(retries.pause.as_millis()).unwrap_or(i64::MAX),
    }
}

/// Deletes the work on a batch that is over, once nothing works on it any more.
fn tidy_up(service: &Service, attempt: &Attempt) {
    if !service.store.leases(&attempt.batch).is_ok_and(|leases| leases == 0) {
        return;
    }
    // What was finished is merged first.
    if service.store.is_winding_up(&attempt.batch).unwrap_or(true) {
        withdraw(service, &attempt.batch);
    } else {
        remove_work(service, &attempt.batch);
    }
}

// ---- The child ------------------------------------------------------------------------------------------------------

fn supervised(service: &Service, attempt: &Attempt) -> Result<Ended, StoreError> {
    prepare(service, attempt)?;
    let work = work_folder(service, &attempt.batch);
    let mut command = Command::new(&service.program);
    command.args(arguments(service, attempt)).current_dir(&work).env_remove("RUST_LOG");
    let (liveness, mut results) = (Liveness::default(), None);
    let hear = |heard| listen(service, attempt, &liveness, &mut results, heard);
    let (end, stop, stderr_tail) = thread::scope(|scope| {
        let started = Supervisor::start(scope, &mut command, GRACE, hear);
        let mut child = started.map_err(|cause| StoreError::Io { path: work.clone(), cause })?;
        process::put_second(child.id());
        let watched = watch(service, attempt, &mut child, &liveness);
        if watched.is_err() {
            child.kill();
        }
        let stderr_tail = child.last_heard().last_bytes(STDERR_BYTES);
        let (end, stop) = watched?;
        Ok::<_, StoreError>((end, stop, stderr_tail))
    })?;
    let running: Vec<String> = liveness.running().iter().cloned().collect();
    service.store.scenarios_wait(&attempt.batch, &running)?;
    Ok(Ended { end, stop, stderr_tail, results })
}

/// Writes the input files of the child.
fn prepare(service: &Service, attempt: &Attempt) -> Result<(), StoreError> {
    let work = work_folder(service, &attempt.batch);
    let source = work.join(SOURCE);
    if is_whole(service, attempt) {
        // The results of the shard stay: a former try may have come so far.
        remove(&source);
        remove(&work.join(MERGED));
    } else if attempt.step == Step::Plan {
        remove_work(service, &attempt.batch);
    } else {
        return Ok(());
    }
    put_inputs(service, &attempt.batch, &source)
}

/// Liveness of a child, shared by listener and watcher.
#[derive(Default)]
struct Liveness {
    /// Time of its last output.
    at: AtomicI64,
    /// It has closed its stdout: it is about to end.
    is_done: AtomicBool,
    /// Scenarios that it is searching.
    running: Mutex<BTreeSet<String>>,
}

impl Liveness {
    fn running(&self) -> MutexGuard<'_, BTreeSet<String>> {
        // A set of names is whole whatever happened to a thread that changed it.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Handles the output of a child: each line is a sign of life; shards report scenarios, and a batch of one shard the
/// folder of its results.
fn listen(
    service: &Service,
    attempt: &Attempt,
    liveness: &Liveness,
    results: &mut Option<PathBuf>,
    heard: Heard,
) {
    match (attempt.step, heard) {
        (_, Heard::End) => {
            liveness.is_done.store(true, Ordering::Relaxed);
            service.notify.wake_all();
            return;
        }
        (Step::Run, Heard::Event(Event::Begun { name, .. })) => {
            if let Err(error) = service.store.scenario_begun(&attempt.batch, &name) {
                tracing::warn!(%error, "the progress of a scenario could not be stored");
            }
            liveness.running().insert(name);
        }
        (Step::Run, Heard::Event(Event::Scenario { name, status, seconds, objective, projects, .. })) => {
            liveness.running().remove(&name);
            let projects = projects.and_then(|projects| i64::try_from(projects).ok());
            scenario_done(service, attempt, &name, &status, &Searched { seconds, objective, projects });
        }
        (Step::Run, Heard::Event(Event::Results { folder })) => *results = Some(folder),
        _ => {}
    }
    liveness.at.store(now(), Ordering::Relaxed);
}

/// Stores the result of a scenario.
fn scenario_done(service: &Service, attempt: &Attempt, name: &str, status: &str, searched: &Searched) {
    // What was stopped will be run again, unless the batch is over: its part says so then.
    let Some(status) = ScenarioState::of(status).filter(|status| *status != ScenarioState::NotRun) else {
        return;
    };
    if let Err(error) = service.store.scenario_done(&attempt.batch, name, status, searched) {
        tracing::warn!(%error, "the progress of a scenario could not be stored");
    }
}

/// Watches a child until it ends; stops it where it is unwanted, takes too long or is stuck.
fn watch(
    service: &Service,
    attempt: &Attempt,
    child: &mut Supervisor<'_>,
    liveness: &Liveness,
) -> Result<(End, Option<Stop>), StoreError> {
    let started = process::vitals(child.id()).map_or(0, |vitals| vitals.started);
    service.store.lease_to(attempt.id, child.id(), started)?;
    let mut watcher = Watcher::new(service, attempt, child.id());
    let (mut stop, mut seen) = (None, 0);
    loop {
        let ended = child.poll();
        let ended = ended.map_err(|cause| StoreError::Io { path: service.program.clone(), cause })?;
        if let Some(end) = ended {
            return Ok((end, stop));
        }
        if stop.is_none() {
            stop = watcher.reason_to_stop(liveness);
            if stop.is_some() {
                process::ask_to_stop(child.id());
                child.stop();
            }
        }
        watcher.renew_lease();
        if liveness.is_done.load(Ordering::Relaxed) {
            thread::sleep(QUICK_TICK);
        } else {
            seen = service.notify.wait(seen, TICK);
        }
    }
}

/// State of a child under supervision.
struct Watcher<'a> {
    service: &'a Service,
    attempt: &'a Attempt,
    process: u32,
    began: Instant,
    renewed: Instant,
    /// Processor time at its last change, and the time of that change.
    used: Option<Vitals>,
    alive: i64,
}

impl<'a> Watcher<'a> {
    fn new(service: &'a Service, attempt: &'a Attempt, process: u32) -> Self {
        let began = Instant::now();
        Self { service, attempt, process, began, renewed: began, used: None, alive: now() }
    }

    fn reason_to_stop(&mut self, liveness: &Liveness) -> Option<Stop> {
        let is_wanted =
            self.attempt.is_of_part() || self.service.store.is_at_work(&self.attempt.batch).unwrap_or(true);
        if !is_wanted || self.service.must_end_now() {
            return Some(Stop::Unwanted);
        }
        // A task of a cluster has its own time limit.
        let is_bounded = self.attempt.shard().is_some();
        if is_bounded && self.began.elapsed().as_secs() > self.attempt.wall_limit.unsigned_abs() {
            return Some(Stop::OverTime);
        }
        let vitals = process::vitals(self.process);
        let said = liveness.at.load(Ordering::Relaxed);
        // On systems without process statistics only the wall limit counts.
        if vitals != self.used || vitals.is_none() {
            (self.used, self.alive) = (vitals, now());
        }
        self.alive = self.alive.max(said);
        let silence = i64::try_from(self.service.settings.retries.silence.as_millis()).unwrap_or(i64::MAX);
        (now() - self.alive > silence).then_some(Stop::Silent)
    }

    fn renew_lease(&mut self) {
        if self.renewed.elapsed() < RENEWAL {
            return;
        }
        self.renewed = Instant::now();
        if let Err(error) = self.service.store.renew(&[self.attempt.id]) {
            tracing::warn!(%error, "a lease could not be renewed");
        }
    }
}

// ---- What it comes to -----------------------------------------------------------------------------------------------

fn ending(service: &Service, attempt: &Attempt, ended: &Ended) -> Ending {
    let said = || ended.stderr_tail.lines().last().unwrap_or("it said nothing").to_owned();
    match (ended.stop, ended.end.exit_code()) {
        (_, Some(ExitCode::Done)) => success(service, attempt, ended, true),
        (None, Some(ExitCode::Stopped)) if has_merged(attempt, ended) => {
            success(service, attempt, ended, false)
        }
        (Some(Stop::Unwanted), _) => Ending::Interrupted,
        (Some(Stop::OverTime), _) => Ending::Hopeless {
            outcome: Outcome::OverTime,
            failure: format!("it took longer than {} seconds and was stopped", attempt.wall_limit),
        },
        (Some(Stop::Silent), _) => Ending::Again { outcome: Outcome::Silent },
        (None, Some(ExitCode::TryAgain)) => Ending::Again { outcome: Outcome::ToBeTriedAgain },
        (None, Some(ExitCode::Stopped)) => Ending::Again { outcome: Outcome::Stopped },
        (None, Some(ExitCode::Refused)) => Ending::Hopeless { outcome: Outcome::Refused, failure: said() },
        (None, _) if matches!(ended.end, End::Code(_)) => {
            Ending::Hopeless { outcome: Outcome::Failed, failure: said() }
        }
        (None, _) => Ending::Again { outcome: Outcome::Killed },
    }
}

/// True if an attempt that ended as on a limit has merged what there is: a run that was stopped from outside has not.
fn has_merged(attempt: &Attempt, ended: &Ended) -> bool {
    attempt.step == Step::Merge || ended.results.is_some()
}

fn success(service: &Service, attempt: &Attempt, ended: &Ended, complete: bool) -> Ending {
    let results = ended.results.as_deref();
    match attempt.step {
        Step::Plan if service.settings.slurm.is_some() => Ending::Planned(ALL_SHARDS..ALL_SHARDS + 1),
        Step::Plan => Ending::Planned(0..attempt.shards),
        Step::Run if !is_whole(service, attempt) => Ending::Run,
        Step::Run | Step::Merge => match keep_results(service, attempt, results, complete) {
            Ok(Some(ending)) => ending,
            // Shards that the store takes for done are not there: the disk lost them with the power.
            Ok(None) => Ending::PlanAgain,
            Err(error) => {
                tracing::error!(%error, "results could not be stored");
                Ending::Again { outcome: Outcome::NotStored }
            }
        },
    }
}

/// Stores the merged results; `None` if there are none.
fn keep_results(
    service: &Service,
    attempt: &Attempt,
    results: Option<&Path>,
    complete: bool,
) -> Result<Option<Ending>, StoreError> {
    let work = work_folder(service, &attempt.batch);
    let merged = results.map_or_else(|| work.join(MERGED), Path::to_owned);
    let run_file = merged.join(RUN_FILE);
    if !run_file.exists() && attempt.is_of_part() {
        // No scenario was finished.
        let ending = Ending::Merged(MergedBatch::default());
        service.store.end(attempt, &ending, None, "", &retry_rule(service))?;
        return Ok(Some(ending));
    }
    if !run_file.exists() {
        remove(&plan_folder(service, &attempt.batch));
        return Ok(None);
    }
    let io = |cause| StoreError::Io { path: merged.clone(), cause };
    let _adding = service.objects.adding();
    let mut files = Vec::new();
    for entry in fs::read_dir(&merged).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != RECORD_FILE {
            files.push((name, service.objects.put_file(&entry.path())?));
        }
    }
    let statuses = match figures::take_in(service, &attempt.batch, &files, &work.join(FIGURES)) {
        Ok(figures) => {
            service.metrics.results(&figures, &run_file);
            statuses(&figures).map_err(io)?
        }
        Err(error) => {
            // The results stand without them; what shards have reported stands, too.
            tracing::error!(%error, "the figures of a batch could not be kept");
            Vec::new()
        }
    };
    let ending = Ending::Merged(MergedBatch { files, complete, statuses });
    // The store refers to the files before the sweeper may come.
    service.store.end(attempt, &ending, None, "", &retry_rule(service))?;
    Ok(Some(ending))
}

/// The state of each scenario, by name.
fn statuses(figures: &FiguresFile) -> io::Result<Vec<(String, ScenarioState)>> {
    let mut statuses = Vec::new();
    for place in 0..figures.scenarios() {
        let one = figures.scenario(place)?;
        statuses.extend(ScenarioState::of(&one.status).map(|state| (one.scenario, state)));
    }
    Ok(statuses)
}
