//! `cutline run`: load, check, run, write, report.

use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use serde::Serialize;

use crate::control;
use crate::engine;
use crate::input::LoadedBatch;
use crate::optimise;
use crate::output::{self, BatchSummary, InputRecord, RobustChoice, RunFacts, Written};
use crate::progress::CancelToken;

use crate::cli::error::{CliError, Finish, note_diagnostics};
use crate::cli::options::{ReportOptions, RunOptions};
use crate::cli::process::interrupt::stop_on_interrupt;
use crate::cli::terminal::console::{note, print};
use crate::cli::terminal::outcomes::robust_choice;
use crate::cli::terminal::progress::Bars;
use crate::cli::terminal::report;

const STOPPING: &str =
    "Stopping; what is finished will be written. Press Ctrl-C again to stop at once and write nothing.";

/// Fate of the batch file after the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    Yes,
    No,
}

/// Runs a batch file.
pub fn execute(path: &Path, options: &RunOptions, stays: Stays) -> Result<Finish, CliError> {
    let (started, clock) = (SystemTime::now(), Instant::now());
    let mut loaded = control::load_batch(path).map_err(CliError::Input)?;
    let folder = checked_folder(&loaded, &options.report)?;
    use_threads(options.threads)?;

    let (bars, cancel) = (Bars::new(options.report.quiet), CancelToken::new());
    stop_on_interrupt(&cancel, {
        let bars = bars.clone();
        move || bars.note(STOPPING)
    })?;
    let result = engine::run(&loaded.portfolio, &loaded.batch, &bars, &cancel);
    if let Some(precision) = result.precision {
        loaded.batch = loaded.batch.with_trials(precision.trials);
    }
    let summary = BatchSummary::new(&loaded.portfolio, &loaded.batch, &result);
    if !summary.has_finished() {
        return Ok(nothing_finished(&summary));
    }
    let facts = RunFacts {
        started,
        elapsed: clock.elapsed(),
        threads: rayon::current_num_threads(),
        solver: optimise::solver_version(),
        inputs: loaded.files.iter().map(|file| InputRecord::of(&file.name, &file.bytes)).collect(),
        batch_file: (stays == Stays::Yes).then(|| absolute(path)),
        warnings: (loaded.warnings.iter().map(ToString::to_string))
            .chain(output::missed_precision(&loaded.batch, &result))
            .collect(),
        formats: options.formats(),
    };
    let written = output::write_results(&folder, &loaded.portfolio, &loaded.batch, &result, &facts)
        .map_err(CliError::Write)?;
    tell(&summary, &facts.warnings, &folder, &written, &options.report)
}

/// The absolute path of a file.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The folder of the results, once it is known to be writable; prints warnings.
///
/// # Errors
/// If it is not writable, or there are warnings and they count as faults.
pub fn checked_folder(loaded: &LoadedBatch, options: &ReportOptions) -> Result<PathBuf, CliError> {
    if options.strict && !loaded.warnings.is_empty() {
        return Err(CliError::Input(loaded.warnings.clone().strict()));
    }
    if !options.quiet {
        note_diagnostics(&loaded.warnings);
    }
    let folder = options.out.clone().unwrap_or_else(|| default_folder(loaded.batch.name()));
    output::check_destination(&folder).map_err(CliError::Destination)?;
    Ok(folder)
}

/// Prints the summary and the missing parts.
pub fn tell(
    summary: &BatchSummary,
    warnings: &[String],
    folder: &Path,
    written: &Written,
    options: &ReportOptions,
) -> Result<Finish, CliError> {
    if options.json {
        let warnings = &[warnings, &written.warnings].concat();
        let choice = written.choice.as_ref();
        let report = JsonReport { summary, robust_choice: choice, warnings, folder, files: &written.files };
        let text = serde_json::to_string_pretty(&report);
        print(&text.map_err(|cause| CliError::Internal(cause.to_string()))?)?;
    } else if !options.quiet {
        let text = report::text(summary, options.full);
        let choice = written.choice.as_ref().map(robust_choice).unwrap_or_default();
        let text = format!("{text}{choice}{}", report::warnings(&[warnings, &written.warnings].concat()));
        print(&format!("{text}\nResults: {} ({} files)", folder.display(), written.files.len()))?;
    }
    if let Some(left_behind) = &written.left_behind {
        note(&format!(
            "warning: the former results could not be deleted; they are in `{}`",
            left_behind.display()
        ));
    }
    let contradictions = summary.contradictions();
    if !contradictions.is_empty() {
        note(&format!(
            "The two engines contradict each other in {}: one of them is wrong. Both answers stand in verification.csv; please \
             report this with the input.",
            contradictions.join(", ")
        ));
        return Ok(Finish::Failed);
    }
    if summary.complete {
        return Ok(Finish::Done);
    }
    note("Not complete; the results are written and marked:");
    note_reasons(&summary.reasons);
    Ok(finish(summary))
}

/// Nothing was finished, so nothing is written: empty results would replace former ones.
pub fn nothing_finished(summary: &BatchSummary) -> Finish {
    note("No scenario was finished, so nothing was written:");
    note_reasons(&summary.reasons);
    finish(summary)
}

/// Says why a batch is not complete; a long list is cut, as scenarios.csv has it all.
fn note_reasons(reasons: &[String]) {
    const SAID: usize = 10;
    reasons.iter().take(SAID).for_each(|reason| note(&format!("  {reason}")));
    if reasons.len() > SAID {
        note(&format!("  and {} more scenarios", reasons.len() - SAID));
    }
}

fn finish(summary: &BatchSummary) -> Finish {
    if summary.has_failed() { Finish::Failed } else { Finish::Stopped }
}

/// The summary with where the results are.
#[derive(Serialize)]
struct JsonReport<'a> {
    #[serde(flatten)]
    summary: &'a BatchSummary,
    /// The option that holds best over all scenarios; left out where there are no two scenarios.
    #[serde(skip_serializing_if = "Option::is_none")]
    robust_choice: Option<&'a RobustChoice>,
    /// Warnings.
    warnings: &'a [String],
    folder: &'a Path,
    files: &'a [String],
}

/// `out/<batch name>`, with characters that file systems or shells dislike replaced by `-`.
pub fn default_folder(batch: &str) -> PathBuf {
    let usable = |letter: char| !letter.is_control() && !r#"/\:*?"<>|"#.contains(letter);
    let name: String = batch.chars().map(|letter| if usable(letter) { letter } else { '-' }).collect();
    let name = name.trim().trim_start_matches('.').trim_end_matches('.');
    Path::new("out").join(if name.is_empty() { "batch" } else { name })
}

/// Sets the number of threads of the whole process.
pub fn use_threads(threads: Option<u16>) -> Result<(), CliError> {
    let Some(threads) = threads else { return Ok(()) };
    (rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global())
        .map_err(|cause| CliError::Internal(format!("the threads could not be started: {cause}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_folder_stays_below_out() {
        let names = ["annual-2027", "plan 2027/28", "..", " ", "../../etc"];
        let folders = names.map(|name| default_folder(name).display().to_string());
        assert_eq!(folders, ["out/annual-2027", "out/plan 2027-28", "out/batch", "out/batch", "out/-..-etc"]);
    }
}
