//! `cutline shard`: plan, run and merge the shards of a batch.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::control;
use crate::distribute::kubernetes::{self, Cluster};
use crate::distribute::{self, Merged, OneShard, ShardEnd, ShardState, WhenStopped, WorkFolder};
use crate::input::LoadedBatch;
use crate::output::{BatchSummary, FormerRun, RUN_FILE, figures_key, figures_of_summary};
use crate::progress::CancelToken;

use super::run::{checked_folder, default_folder, nothing_finished, tell, use_threads};
use super::watch;
use crate::cli::args::{
    ProgressStyle, ShardCommand, ShardManifestArguments, ShardMergeArguments, ShardPlanArguments,
    ShardRunArguments, ShardRunWholeArguments,
};
use crate::cli::error::{CliError, Finish, note_diagnostics};
use crate::cli::options::{ReportOptions, formats};
use crate::cli::process::child::stop_when_stdin_ends;
use crate::cli::process::events::{Events, tell_results};
use crate::cli::process::interrupt::stop_on_interrupt;
use crate::cli::terminal::console::{note, print};
use crate::cli::terminal::progress::Bars;

/// Polling interval of a merge that waits for results.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);

/// Environment variables in which schedulers give a task its index, from 0.
const INDEX_VARIABLES: [&str; 3] =
    ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"];

/// Plans, runs or merges.
pub fn execute(command: &ShardCommand) -> Result<Finish, CliError> {
    match command {
        ShardCommand::Plan(arguments) => plan(arguments),
        ShardCommand::Run(arguments) => run(arguments),
        ShardCommand::Merge(arguments) => merge(arguments),
        ShardCommand::Manifest(arguments) => manifest(arguments),
        ShardCommand::RunWhole(arguments) => run_whole(arguments),
        ShardCommand::Watch(arguments) => watch::execute(arguments),
    }
}

fn plan(arguments: &ShardPlanArguments) -> Result<Finish, CliError> {
    let shards = arguments.shards.map(|shards| shards as usize);
    let loaded = control::load_batch(&arguments.batch).map_err(CliError::Input)?;
    let planned = distribute::plan(&loaded, shards, &arguments.to)?;
    note_diagnostics(&loaded.warnings);
    let dir = arguments.to.display();
    let count = planned.plan.shards.len();
    let scenarios: usize = planned.plan.shards.iter().map(|shard| shard.scenarios.len()).sum();
    let how = if planned.was_there { "Planned already" } else { "Planned" };
    print(&format!(
        "{how}: {scenarios} scenarios in {count} shards, in {dir}.\n\
         Run each: cutline shard run {dir} --index 0 … {}\nThen: cutline shard merge {dir}",
        count - 1
    ))?;
    Ok(Finish::Done)
}

fn run(arguments: &ShardRunArguments) -> Result<Finish, CliError> {
    let index = match arguments.index {
        Some(index) => index,
        None => index_of_task(|name| std::env::var_os(name)).map_err(CliError::Usage)?,
    };
    let work = WorkFolder::open(&arguments.dir)?;
    let shard = work.shard(index)?;
    use_threads(arguments.threads)?;
    let cancel = CancelToken::new();
    let stopped = if arguments.keep_part { WhenStopped::Keep } else { WhenStopped::Drop };
    stop_on_interrupt(&cancel, move || note(stopping(stopped)))?;
    if arguments.until_eof {
        stop_when_stdin_ends(cancel.clone());
    }
    let end = match arguments.progress {
        ProgressStyle::Bars => distribute::run_shard(&work, index, &Bars::new(false), &cancel, stopped),
        ProgressStyle::Json => {
            let events = Events::new(&shard.scenarios);
            let end = distribute::run_shard(&work, index, &events, &cancel, stopped);
            if matches!(end, Ok(ShardEnd::AlreadyThere | ShardEnd::Done(_))) {
                events.done();
            }
            end
        }
    };
    let is_for_people = arguments.progress == ProgressStyle::Bars;
    let say = |text: String| if is_for_people { print(&text) } else { Ok(()) };
    match end? {
        ShardEnd::Stopped => {
            note(&format!("Shard {index} was stopped; {}.", kept(stopped)));
            return Ok(Finish::Stopped);
        }
        ShardEnd::AlreadyThere => say(format!("Shard {index} is there already; nothing was run."))?,
        ShardEnd::Done(folder) => say(format!(
            "Shard {index}: {} scenarios, results in {}",
            shard.scenarios.len(),
            folder.display()
        ))?,
    }
    Ok(Finish::Done)
}

const fn stopping(stopped: WhenStopped) -> &'static str {
    match stopped {
        WhenStopped::Drop => "Stopping; nothing of this shard will be written.",
        WhenStopped::Keep => "Stopping; the scenarios that are finished will be kept.",
    }
}

const fn kept(stopped: WhenStopped) -> &'static str {
    match stopped {
        WhenStopped::Drop => "nothing was written",
        WhenStopped::Keep => "what was finished is kept",
    }
}

/// The index that a scheduler gave this task.
fn index_of_task(variable: impl Fn(&str) -> Option<OsString>) -> Result<usize, String> {
    let Some((name, value)) = INDEX_VARIABLES.iter().find_map(|name| Some((name, variable(name)?))) else {
        return Err(format!("which shard? Name it with --index, or set {}", INDEX_VARIABLES.join(" or ")));
    };
    let value = value.to_string_lossy();
    value.trim().parse().map_err(|_| format!("{name} is `{value}`, which is no index: it must be 0, 1, 2 …"))
}

fn merge(arguments: &ShardMergeArguments) -> Result<Finish, CliError> {
    let work = WorkFolder::open(&arguments.dir)?;
    if arguments.part {
        return merge_what_is_there(&work, arguments);
    }
    let missing = missing_after(&work, Duration::from_secs(arguments.wait))?;
    if !missing.is_empty() {
        return Ok(incomplete(&work, &missing));
    }
    let loaded = work.load()?;
    let folder = checked_folder(&loaded, &arguments.report)?;
    match distribute::merge(&work, &loaded, &folder, (None, arguments.report.formats()))? {
        // They were there a moment ago.
        Merged::Missing(missing) => Ok(incomplete(&work, &missing)),
        merged => tell_merged(merged, &loaded, &folder, (&arguments.report, arguments.figures.as_deref())),
    }
}

/// Merges the finished scenarios of a batch that is given up.
fn merge_what_is_there(work: &WorkFolder, arguments: &ShardMergeArguments) -> Result<Finish, CliError> {
    let loaded = work.load()?;
    let folder = checked_folder(&loaded, &arguments.report)?;
    match distribute::merge_part(work, &loaded, &folder, arguments.report.formats())? {
        Merged::Missing(missing) => Ok(incomplete(work, &missing)),
        merged => tell_part(merged, &loaded, &folder, (&arguments.report, arguments.figures.as_deref())),
    }
}

/// Reports a merge, and writes the figures of the results if a file for them is named.
fn tell_merged(
    merged: Merged,
    loaded: &LoadedBatch,
    folder: &Path,
    (report, figures): (&ReportOptions, Option<&Path>),
) -> Result<Finish, CliError> {
    match merged {
        Merged::Written(summary, written) => {
            if let Some(path) = figures {
                write_figures(path, folder, &summary)?;
            }
            let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
            tell(&summary, &warnings, folder, &written, report)
        }
        Merged::NothingFinished(summary) => Ok(nothing_finished(&summary)),
        Merged::Missing(missing) => {
            note(&format!(
                "Nothing was written: shards missing or damaged: {}.",
                distribute::ranges(&missing)
            ));
            Ok(Finish::Stopped)
        }
    }
}

/// Reports the merge of a batch that is given up: a scenario that failed is no news of it.
fn tell_part(
    merged: Merged,
    loaded: &LoadedBatch,
    folder: &Path,
    told: (&ReportOptions, Option<&Path>),
) -> Result<Finish, CliError> {
    let finish = tell_merged(merged, loaded, folder, told)?;
    Ok(if finish == Finish::Failed { Finish::Stopped } else { finish })
}

/// Writes the figures of the results in a folder.
fn write_figures(path: &Path, folder: &Path, summary: &BatchSummary) -> Result<(), CliError> {
    let write = || {
        let run = FormerRun::read(&fs::read(folder.join(RUN_FILE))?);
        let outputs = run.map(|run| run.outputs).unwrap_or_default();
        let hash =
            |name: &str| outputs.iter().find(|file| file.name == name).map(|file| file.sha256.as_str());
        let open = |name: &str| hash(name).map(|_| fs::File::open(folder.join(name))).transpose();
        figures_of_summary(fs::File::create(path)?, &figures_key(hash), summary, &open)
    };
    write().map_err(|cause| CliError::File { path: path.to_owned(), cause })
}

/// Plans and runs a batch of one shard: events on stdout, of which the last tells the folder of the results.
fn run_whole(arguments: &ShardRunWholeArguments) -> Result<Finish, CliError> {
    let ShardRunWholeArguments { json, .. } = *arguments;
    let report = ReportOptions {
        out: arguments.part.clone(),
        format: Vec::new(),
        dialect: None,
        json,
        full: false,
        quiet: true,
        strict: false,
    };
    let told = (&report, arguments.figures.as_deref());
    use_threads(Some(arguments.threads))?;
    if arguments.part.is_some() {
        let batch = OneShard::load(&arguments.batch, &arguments.to)?;
        let folder = checked_folder(batch.loaded(), &report)?;
        return tell_part(batch.merge_part(&folder)?, batch.loaded(), &folder, told);
    }
    let cancel = CancelToken::new();
    stop_on_interrupt(&cancel, || note(stopping(WhenStopped::Keep)))?;
    stop_when_stdin_ends(cancel.clone());
    let batch = OneShard::load(&arguments.batch, &arguments.to)?;
    let events = Events::new(batch.scenarios());
    // A parent that is gone wants no results; what is whole stays for the next process.
    if batch.run(&events, &cancel)? == ShardEnd::Stopped || cancel.is_cancelled() {
        note("The batch was stopped; it has no results yet, and what was finished is kept.");
        return Ok(Finish::Stopped);
    }
    events.done();
    let (merged, folder) = batch.merged()?;
    let is_written = matches!(merged, Merged::Written(..));
    let finish = tell_merged(merged, batch.loaded(), &folder, told)?;
    if is_written {
        tell_results(&folder);
    }
    Ok(finish)
}

/// The shards that are missing, once none is or the time is over.
fn missing_after(work: &WorkFolder, wait: Duration) -> Result<Vec<usize>, CliError> {
    let started = Instant::now();
    let mut missing = work.missing()?;
    while !missing.is_empty() && started.elapsed() < wait {
        std::thread::sleep(BETWEEN_LOOKS.min(wait));
        // Results that were found are not looked for again.
        let mut still = Vec::new();
        for index in missing {
            if !matches!(work.state(index)?, ShardState::Whole(_)) {
                still.push(index);
            }
        }
        missing = still;
    }
    Ok(missing)
}

fn manifest(arguments: &ShardManifestArguments) -> Result<Finish, CliError> {
    let work = WorkFolder::open(&arguments.dir)?;
    let own_name =
        || Some(fs::canonicalize(&arguments.dir).ok()?.file_name()?.to_string_lossy().into_owned());
    let cluster = Cluster {
        image: arguments.image.clone(),
        claim: arguments.claim.clone(),
        work: arguments.path.clone().or_else(own_name).unwrap_or_default(),
        out: arguments
            .out
            .clone()
            .unwrap_or_else(|| default_folder(&work.plan().batch).display().to_string()),
        namespace: arguments.namespace.clone(),
        parallelism: arguments.workers.map(|workers| workers as usize),
        processors: arguments.threads,
        memory: arguments.memory.clone(),
        formats: formats(&arguments.format, arguments.dialect),
    };
    let manifest = kubernetes::manifest(work.plan(), &cluster);
    let text = serde_json::to_string_pretty(&manifest);
    print(&text.map_err(|cause| CliError::Internal(cause.to_string()))?)?;
    Ok(Finish::Done)
}

/// Says which shards are missing, and how to run them.
pub fn incomplete(work: &WorkFolder, missing: &[usize]) -> Finish {
    let count = work.plan().shards.len();
    note(&format!(
        "Nothing was written: {} of {count} shards missing or damaged: {}.",
        missing.len(),
        distribute::ranges(missing)
    ));
    let first = missing.first().copied().unwrap_or_default();
    note(&format!("Run each of them: {}", run_command(work.path(), first)));
    Finish::Stopped
}

fn run_command(dir: &Path, index: usize) -> String {
    format!("cutline shard run {} --index {index}", dir.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_told_its_index_by_its_scheduler() {
        let of = |set: &[(&str, &str)]| {
            index_of_task(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
        };
        assert_eq!(of(&[("SLURM_ARRAY_TASK_ID", "7")]), Ok(7));
        assert_eq!(of(&[("JOB_COMPLETION_INDEX", "0")]), Ok(0));
        assert_eq!(of(&[("AWS_BATCH_JOB_ARRAY_INDEX", "12"), ("OTHER", "3")]), Ok(12));
        assert!(of(&[]).unwrap_err().contains("--index"));
        assert!(of(&[("SLURM_ARRAY_TASK_ID", "-1")]).unwrap_err().contains("`-1`"));
    }
}
