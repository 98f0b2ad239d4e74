//! `cutline run --executor`: plan, run the shards that are missing, merge.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::control;
use crate::distribute::executor::{ExecuteError, Executor, Local, Phase, ShardFailure, Slurm, Watcher};
use crate::distribute::{self, Merged, WorkFolder};
use crate::output::Formats;
use crate::progress::{CancelToken, Progress, Stage};

use super::run::{absolute, checked_folder, nothing_finished, tell};
use super::shard::incomplete;
use crate::cli::args::RunArguments;
use crate::cli::error::{CliError, Finish};
use crate::cli::options::ExecutorName;
use crate::cli::process::child::program;
use crate::cli::process::interrupt::stop_on_interrupt;
use crate::cli::terminal::console::{note, print};
use crate::cli::terminal::progress::Bars;

const STOPPING: &str = "Stopping; finished shards are kept. Press Ctrl-C again to leave at once.";

/// Runs a batch in shards.
pub fn execute(name: ExecutorName, arguments: &RunArguments) -> Result<Finish, CliError> {
    let (spread, report) = (&arguments.spread, &arguments.options.report);
    check(name, arguments)?;
    let loaded = control::load_batch(&arguments.batch).map_err(CliError::Input)?;
    let folder = checked_folder(&loaded, report)?;
    let place = spread.work.clone().unwrap_or_else(|| beside(&folder));
    distribute::plan(&loaded, spread.shards.map(|shards| shards as usize), &place)?;
    let work = WorkFolder::open(&place)?;
    let missing = work.missing()?;
    if spread.detach {
        return leave(&slurm(arguments)?, &work, &missing, (&folder, report.formats()));
    }

    let cancel = CancelToken::new();
    let shards = Shards::new(&work, &missing, report.quiet);
    stop_on_interrupt(&cancel, {
        let bars = shards.bars.clone();
        move || bars.note(STOPPING)
    })?;
    let executed = match name {
        ExecutorName::Local => local(arguments)?.execute(&work, &missing, &shards, &cancel),
        ExecutorName::Slurm => slurm(arguments)?.execute(&work, &missing, &shards, &cancel),
    };
    shards.bars.finish(Stage::Select);
    if let Err(error) = executed {
        return not_executed(error, &work);
    }
    let finish = match distribute::merge(
        &work,
        &loaded,
        &folder,
        (Some(absolute(&arguments.batch)), report.formats()),
    )? {
        Merged::Written(summary, written) => {
            let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
            tell(&summary, &warnings, &folder, &written, report)?
        }
        Merged::NothingFinished(summary) => nothing_finished(&summary),
        // They were there a moment ago.
        Merged::Missing(missing) => return Ok(incomplete(&work, &missing)),
    };
    if spread.work.is_none() {
        delete(&place);
    }
    Ok(finish)
}

/// Refuses options that only Slurm has, or no executor.
fn check(name: ExecutorName, arguments: &RunArguments) -> Result<(), CliError> {
    let spread = &arguments.spread;
    if !arguments.options.trials.is_empty() {
        let problem = "--trials cannot be used with --executor: shards hand over tables, and no trials. Run the batch \
                       without --executor, or those of its scenarios whose trials you need";
        return Err(CliError::Usage(problem.to_owned()));
    }
    let is_for_slurm = spread.partition.is_some() || !spread.sbatch_arg.is_empty() || spread.detach;
    if name == ExecutorName::Local && is_for_slurm {
        let problem = "--partition, --sbatch-arg and --detach need --executor slurm";
        return Err(CliError::Usage(problem.to_owned()));
    }
    if spread.detach && spread.work.is_none() {
        let problem = "--detach needs --work: nobody will be there to delete the folder";
        return Err(CliError::Usage(problem.to_owned()));
    }
    Ok(())
}

/// The work folder of results: `out/annual-2027.shards`.
fn beside(results: &Path) -> PathBuf {
    let mut name = results.file_name().unwrap_or_default().to_owned();
    name.push(".shards");
    results.with_file_name(name)
}

fn local(arguments: &RunArguments) -> Result<Local, CliError> {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = arguments.spread.workers.map_or(processors, usize::from);
    let threads = arguments.options.threads.map_or((processors / workers).max(1), usize::from);
    Ok(Local { program: program()?, workers, threads })
}

fn slurm(arguments: &RunArguments) -> Result<Slurm, CliError> {
    Ok(Slurm {
        program: program()?,
        threads: arguments.options.threads.map(usize::from),
        workers: arguments.spread.workers.map(usize::from),
        partition: arguments.spread.partition.clone(),
        arguments: arguments.spread.sbatch_arg.clone(),
        leaves_tasks: false,
    })
}

/// Submits everything and prints the ids of the jobs.
fn leave(
    slurm: &Slurm,
    work: &WorkFolder,
    missing: &[usize],
    (folder, formats): (&Path, Formats),
) -> Result<Finish, CliError> {
    let jobs = slurm.submit_and_leave(work, missing, (folder, formats)).map_err(unusable)?;
    print(&format!(
        "Submitted {} shards and the merge: jobs {}.\nResults will be in {}; what the jobs say, in {}.",
        missing.len(),
        jobs.join(", "),
        folder.display(),
        work.path().join("logs").display()
    ))?;
    Ok(Finish::Done)
}

fn unusable(error: ExecuteError) -> CliError {
    match error {
        ExecuteError::Work(error) => error.into(),
        other => CliError::Usage(other.to_string()),
    }
}

/// Says why not all shards were run, and how to go on.
fn not_executed(error: ExecuteError, work: &WorkFolder) -> Result<Finish, CliError> {
    let place = work.path().display();
    let failures: &[ShardFailure] = match &error {
        ExecuteError::Stopped => &[],
        ExecuteError::Failed(failures) => failures,
        ExecuteError::Unusable(_) | ExecuteError::Work(_) => return Err(unusable(error)),
    };
    for failure in failures {
        note(&format!("Shard {} failed: {}.", failure.index, failure.how));
        failure.stderr_tail.lines().for_each(|line| note(&format!("  {line}")));
    }
    let (missing, all) = (work.missing()?.len(), work.plan().shards.len());
    note(&format!(
        "Nothing was written: {missing} of {all} shards are missing. The others are kept in {place}; \
         the same command goes on from there."
    ));
    Ok(if failures.is_empty() { Finish::Stopped } else { Finish::Failed })
}

/// Deletes a work folder that the user did not name.
fn delete(place: &Path) {
    if let Err(cause) = std::fs::remove_dir_all(place) {
        note(&format!("warning: `{}` could not be deleted: {cause}", place.display()));
    }
}

/// Shows how far the shards are, counted in scenarios.
struct Shards {
    bars: Bars,
    is_quiet: bool,
    /// Per shard: its scenarios, and how many of them have been counted.
    counted: Mutex<Vec<(usize, usize)>>,
}

impl Shards {
    fn new(work: &WorkFolder, missing: &[usize], is_quiet: bool) -> Self {
        let counted: Vec<(usize, usize)> =
            work.plan().shards.iter().map(|shard| (shard.scenarios.len(), 0)).collect();
        let bars = Bars::new(is_quiet);
        bars.begin(Stage::Select, missing.iter().map(|&index| counted[index].0 as u64).sum());
        Self { bars, is_quiet, counted: Mutex::new(counted) }
    }

    /// Counts scenarios of a shard; those of a former attempt are not counted again.
    fn count(&self, index: usize, scenarios: Option<usize>) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((all, before)) = counted.get_mut(index) else { return };
        let now = scenarios.unwrap_or(*all).min(*all);
        self.bars.advance(Stage::Select, now.saturating_sub(*before) as u64);
        *before = now.max(*before);
    }
}

impl Watcher for Shards {
    fn phase(&self, index: usize, phase: Phase) {
        if phase == Phase::Done {
            self.count(index, None);
        }
    }

    fn searched(&self, index: usize, scenarios: usize) {
        self.count(index, Some(scenarios));
    }

    fn note(&self, text: &str) {
        if !self.is_quiet {
            self.bars.note(text);
        }
    }
}
