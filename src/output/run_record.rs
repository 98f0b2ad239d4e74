//! run.json: how results came about. It is the one file that may differ between two equal runs.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::{Batch, Portfolio};
use crate::engine::{BatchResult, FrontierOutcome, RobustOutcome, ScenarioResult};
use crate::finance::Valuation;
use crate::optimise::Engine;

use super::dialect::Dialect;
use super::hashed::Hashed;
use super::summary::BatchSummary;
use super::tables::infeasible::{ConflictSummary, conflict_of};
use super::unwatched::Unwatched;
use super::words::{frontier_word, incomplete_reasons, robust_word, status_word};

/// The name of the file.
pub const RUN_FILE: &str = "run.json";

/// The mark by which a folder of results is known.
const PROGRAM: &str = "cutline";

/// A file that the run read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputRecord {
    /// Its name without folder.
    pub name: String,
    /// The hash of its content.
    pub sha256: String,
    /// Its size.
    pub bytes: usize,
}

impl InputRecord {
    /// The record of a file with this content.
    pub fn of(name: &str, content: &[u8]) -> Self {
        Self { name: name.to_owned(), sha256: sha256(content), bytes: content.len() }
    }
}

/// A file that the run wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputRecord {
    /// Its name without folder.
    pub name: String,
    /// The hash of its content.
    pub sha256: String,
    /// Its rows below the heading; 0 where it is no table.
    pub rows: usize,
}

/// Forms in which results are written: the CSV tables always are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Formats {
    /// The workbook.
    pub xlsx: bool,
    /// The report.
    pub html: bool,
    /// The tables as Parquet.
    pub parquet: bool,
    /// The trials of all options as Parquet; only the run of a whole batch writes them.
    pub trials: bool,
    /// NPV and cost of all options in all trials as a SIPmath library; likewise.
    pub trials_library: bool,
    /// The form of the CSV tables.
    pub dialect: Dialect,
}

impl Formats {
    /// The words of the command line that ask a merge for these forms; none if there are none.
    pub fn as_arguments(self) -> Vec<String> {
        let asked = [("xlsx", self.xlsx), ("html", self.html), ("parquet", self.parquet)];
        let asked = asked.into_iter().filter(|(_, is_asked)| *is_asked);
        let words: Vec<&str> = asked.map(|(word, _)| word).collect();
        let mut arguments =
            if words.is_empty() { Vec::new() } else { vec!["--format".to_owned(), words.join(",")] };
        if self.dialect != Dialect::default() {
            arguments.push(format!("--dialect={}", self.dialect));
        }
        arguments
    }
}

/// The parts of the record of a run that checks need.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FormerRun {
    program: String,
    /// The version that wrote it.
    pub version: String,
    /// Name and version of the solver.
    #[serde(default)]
    pub solver: String,
    /// Warnings.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Path of the batch file; `None` if it was temporary.
    pub batch_file: Option<PathBuf>,
    /// The files that were read.
    pub inputs: Vec<InputRecord>,
    /// The files that were written.
    pub outputs: Vec<OutputRecord>,
    /// True if everything that was asked for was done.
    pub complete: bool,
    /// The reasons why not.
    #[serde(default)]
    pub reason: Option<String>,
    /// Settings.
    #[serde(default)]
    pub settings: FormerSettings,
}

/// The settings of a run that its batch file may leave open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct FormerSettings {
    /// Number of trials that were drawn.
    #[serde(default)]
    pub trials: Option<usize>,
}

impl FormerRun {
    /// Reads the record of a run; `None` if the text is no record of ours.
    pub fn read(text: &[u8]) -> Option<Self> {
        let record: Self = serde_json::from_slice(text).ok()?;
        (record.program == PROGRAM).then_some(record)
    }
}

/// Facts about the run that only its caller knows.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// Start time.
    pub started: SystemTime,
    /// Duration so far, reading included.
    pub elapsed: Duration,
    /// Number of threads.
    pub threads: usize,
    /// Name and version of the solver.
    pub solver: String,
    /// The files that were read.
    pub inputs: Vec<InputRecord>,
    /// Path of the batch file, if it is not temporary.
    pub batch_file: Option<PathBuf>,
    /// Warnings.
    pub warnings: Vec<String>,
    /// What is written beside the tables.
    pub formats: Formats,
}

/// Facts about a merge that only its caller knows, beside the records of the parts.
#[derive(Clone, Debug)]
pub struct MergeFacts {
    /// Name and version of the solver.
    pub solver: String,
    /// The files that were read.
    pub inputs: Vec<InputRecord>,
    /// Path of the batch file, if it is not temporary.
    pub batch_file: Option<PathBuf>,
    /// Warnings.
    pub warnings: Vec<String>,
    /// What is written beside the tables.
    pub formats: Formats,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Stages {
    select_seconds: f64,
    sample_seconds: f64,
    simulate_seconds: f64,
    #[serde(default)]
    futures_seconds: f64,
    #[serde(default)]
    reasons_seconds: f64,
}

impl Stages {
    fn and(self, other: Self) -> Self {
        Self {
            select_seconds: to_milliseconds(self.select_seconds + other.select_seconds),
            sample_seconds: to_milliseconds(self.sample_seconds + other.sample_seconds),
            simulate_seconds: to_milliseconds(self.simulate_seconds + other.simulate_seconds),
            futures_seconds: to_milliseconds(self.futures_seconds + other.futures_seconds),
            reasons_seconds: to_milliseconds(self.reasons_seconds + other.reasons_seconds),
        }
    }
}

#[derive(Serialize)]
struct Settings {
    gap: f64,
    time_limit: Option<f64>,
    work_limit: Option<u32>,
    solver: &'static str,
    min_difference: usize,
    decisions: bool,
    reasons_time: Option<f64>,
    /// The number that was drawn.
    trials: usize,
    /// The precision that it was drawn for.
    #[serde(skip_serializing_if = "Option::is_none")]
    precision: Option<f64>,
    sampling: &'static str,
    tail: f64,
    percentiles: Vec<String>,
    rank_by: String,
    past_horizon: &'static str,
    /// Futures in which the selection is solved again.
    #[serde(skip_serializing_if = "is_none")]
    solve_in_futures: usize,
    /// How much true benefits per unit of cost scatter, as a share of their mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    prior_sd_benefit: Option<f64>,
}

/// True for a number of none.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_none(count: &usize) -> bool {
    *count == 0
}

#[derive(Serialize)]
pub(super) struct ScenarioRecord<'a> {
    name: &'a str,
    status: &'static str,
    options_found: usize,
    /// Engines that proved the bounds of its options.
    solvers: Vec<&'static str>,
    /// Reason of its infeasibility.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<ConflictSummary>,
    select_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frontier: Option<FrontierRecord>,
    /// The search for its non-dominated portfolios.
    #[serde(skip_serializing_if = "Option::is_none")]
    robust: Option<RobustRecord>,
    /// Seconds taken by its explanation.
    explain_seconds: Option<f64>,
    /// Programs that were solved to explain its decisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_solves: Option<usize>,
    /// Decisions whose reversal is not proven to the gap, as a limit was met first.
    #[serde(skip_serializing_if = "Option::is_none")]
    decisions_unproven: Option<usize>,
    /// Spend and demand of its first-ranked option that no limit covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    unwatched: Option<Unwatched>,
}

#[derive(Serialize)]
struct FrontierRecord {
    status: &'static str,
    points: usize,
    seconds: Option<f64>,
}

#[derive(Serialize)]
struct RobustRecord {
    status: &'static str,
    portfolios: usize,
    /// No portfolio that is missing exceeds some listed one by more than this at all admissible weights; `None` if
    /// nothing is proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    shortfall: Option<f64>,
    seconds: Option<f64>,
}

/// The record of a run, as it is written. `S` is the record of a scenario.
#[derive(Serialize)]
pub(super) struct RunRecord<'a, S> {
    program: &'static str,
    version: &'static str,
    batch: &'a str,
    description: &'a str,
    /// The currency of all money, if it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'a str>,
    seed: u64,
    started: String,
    elapsed_seconds: f64,
    stages: Stages,
    threads: usize,
    /// Number of shards that the results were merged from.
    #[serde(skip_serializing_if = "Option::is_none")]
    shards: Option<usize>,
    solver: &'a str,
    settings: Settings,
    /// Path of the batch file.
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_file: Option<&'a Path>,
    inputs: &'a [InputRecord],
    outputs: Vec<OutputRecord>,
    scenarios: Vec<S>,
    warnings: &'a [String],
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl<'a> RunRecord<'a, ScenarioRecord<'a>> {
    /// The record of a run that wrote these files.
    pub fn new(
        portfolio: &Portfolio,
        batch: &'a Batch,
        result: &'a BatchResult,
        facts: &'a RunFacts,
        outputs: Vec<OutputRecord>,
    ) -> Self {
        let reasons = incomplete_reasons(batch, result);
        let timings = &result.timings;
        Self {
            program: PROGRAM,
            version: env!("CARGO_PKG_VERSION"),
            batch: batch.name(),
            description: batch.description(),
            currency: batch.currency(),
            seed: batch.simulation().seed,
            started: utc(facts.started),
            elapsed_seconds: seconds(facts.elapsed),
            stages: Stages {
                select_seconds: seconds(timings.select),
                sample_seconds: seconds(timings.sample),
                simulate_seconds: seconds(timings.simulate),
                futures_seconds: seconds(timings.futures),
                reasons_seconds: seconds(timings.reasons),
            },
            threads: facts.threads,
            shards: None,
            solver: &facts.solver,
            settings: settings(portfolio, batch),
            batch_file: facts.batch_file.as_deref(),
            inputs: &facts.inputs,
            outputs,
            scenarios: scenarios(portfolio, batch, result),
            warnings: &facts.warnings,
            complete: !result.is_incomplete(),
            reason: result.is_incomplete().then(|| reasons.join("; ")),
        }
    }
}

/// The record of a part of a batch, as far as the record of the whole is made from it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct PartRecord {
    started: String,
    elapsed_seconds: f64,
    stages: Stages,
    threads: usize,
    pub outputs: Vec<OutputRecord>,
    scenarios: Vec<serde_json::Value>,
}

impl<'a> RunRecord<'a, serde_json::Value> {
    /// The record of a batch that was run in parts. Times are summed over the parts: what the work took, wherever it
    /// was done.
    pub fn merged(
        (portfolio, batch): (&Portfolio, &'a Batch),
        parts: Vec<PartRecord>,
        facts: &'a MergeFacts,
        summary: &BatchSummary,
        outputs: Vec<OutputRecord>,
    ) -> Self {
        Self {
            program: PROGRAM,
            version: env!("CARGO_PKG_VERSION"),
            batch: batch.name(),
            description: batch.description(),
            currency: batch.currency(),
            seed: batch.simulation().seed,
            // Times in this form are ordered as their texts are.
            started: parts.iter().map(|part| &part.started).min().cloned().unwrap_or_default(),
            elapsed_seconds: to_milliseconds(parts.iter().map(|part| part.elapsed_seconds).sum()),
            stages: parts.iter().fold(Stages::default(), |sum, part| sum.and(part.stages)),
            threads: parts.iter().map(|part| part.threads).max().unwrap_or_default(),
            shards: Some(parts.len()),
            solver: &facts.solver,
            settings: settings(portfolio, batch),
            batch_file: facts.batch_file.as_deref(),
            inputs: &facts.inputs,
            outputs,
            scenarios: parts.into_iter().flat_map(|part| part.scenarios).collect(),
            warnings: &facts.warnings,
            complete: summary.complete,
            reason: (!summary.complete).then(|| summary.reasons.join("; ")),
        }
    }
}

fn settings(portfolio: &Portfolio, batch: &Batch) -> Settings {
    let (selection, simulation) = (batch.selection(), batch.simulation());
    Settings {
        gap: selection.gap,
        time_limit: selection.time_limit,
        work_limit: selection.work_limit,
        solver: selection.solver.as_str(),
        min_difference: selection.min_difference,
        decisions: batch.explains_decisions(),
        reasons_time: batch.reasons_time(),
        trials: simulation.trials,
        precision: batch.precision(),
        sampling: simulation.sampling.as_str(),
        tail: simulation.tail,
        percentiles: simulation.percentiles.iter().map(ToString::to_string).collect(),
        rank_by: batch.rank_by().name(portfolio),
        past_horizon: batch.past_horizon().as_str(),
        solve_in_futures: batch.futures(),
        prior_sd_benefit: batch.prior_sd(),
    }
}

fn scenarios<'a>(portfolio: &Portfolio, batch: &'a Batch, result: &BatchResult) -> Vec<ScenarioRecord<'a>> {
    let valuations = Valuation::each(portfolio, batch.scenarios());
    (batch.scenarios().iter().zip(valuations).zip(&result.scenarios))
        .map(|((scenario, valuation), outcome)| {
            let finished = outcome.finished();
            let decisions = finished.and_then(|finished| finished.reasons.decisions.as_ref());
            ScenarioRecord {
                name: scenario.name.as_str(),
                status: status_word(outcome),
                options_found: finished.map_or(0, |finished| finished.options.len()),
                solvers: finished.map_or_else(Vec::new, solvers),
                conflict: conflict_of(portfolio, scenario, outcome),
                select_seconds: finished.map(|finished| seconds(finished.select_time)),
                frontier: finished.and_then(|finished| finished.frontier.as_ref()).map(frontier),
                robust: finished.and_then(|finished| finished.robust.as_ref()).map(robust),
                explain_seconds: finished.map(|finished| seconds(finished.reasons.time)),
                decision_solves: decisions.map(|decisions| decisions.solves),
                decisions_unproven: decisions.map(|decisions| decisions.unproven),
                unwatched: finished.and_then(|finished| {
                    let first = finished.options.iter().min_by_key(|option| option.rank)?;
                    Unwatched::of(&first.found.selection, &valuation)
                }),
            }
        })
        .collect()
}

fn robust(outcome: &RobustOutcome) -> RobustRecord {
    let found = outcome.finished().map(|result| &result.found);
    RobustRecord {
        status: robust_word(outcome),
        portfolios: found.map_or(0, |found| found.portfolios.len()),
        shortfall: found.map(|found| found.shortfall).filter(|short| short.is_finite()),
        seconds: outcome.finished().map(|result| seconds(result.time)),
    }
}

fn frontier(outcome: &FrontierOutcome) -> FrontierRecord {
    FrontierRecord {
        status: frontier_word(outcome),
        points: outcome.finished().map_or(0, |result| result.found.points.len()),
        seconds: outcome.finished().map(|result| seconds(result.time)),
    }
}

/// The engines that proved the bounds of a scenario's options, each named once.
fn solvers(finished: &ScenarioResult) -> Vec<&'static str> {
    let engines: BTreeSet<Engine> = finished.options.iter().map(|option| option.found.engine).collect();
    engines.into_iter().map(Engine::as_str).collect()
}

/// The files that a run wrote, by the text of its record; `None` if the text is no record of ours.
pub(super) fn files_of_run(text: &[u8]) -> Option<BTreeSet<OsString>> {
    let record: serde_json::Value = serde_json::from_slice(text).ok()?;
    if record.get("program")?.as_str()? != PROGRAM {
        return None;
    }
    let outputs = record.get("outputs").and_then(|outputs| outputs.as_array()).into_iter().flatten();
    let names = outputs.filter_map(|output| output.get("name")?.as_str()).map(OsString::from);
    Some(names.chain([OsString::from(RUN_FILE)]).collect())
}

/// The SHA-256 hash of some bytes, in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The SHA-256 hash of a file, of which a part is in memory at a time.
///
/// # Errors
/// If the file cannot be read.
pub fn sha256_of_file(path: &Path) -> io::Result<String> {
    let mut target = Hashed { inner: io::sink(), hash: Sha256::new() };
    io::copy(&mut File::open(path)?, &mut target)?;
    Ok(hex(&target.hash.finalize()))
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Seconds, to the millisecond.
fn seconds(duration: Duration) -> f64 {
    to_milliseconds(duration.as_secs_f64())
}

fn to_milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// A time as ISO 8601 in UTC, to the second: `2027-01-31T08:15:00Z`. A time before 1970 reads as its beginning, one
/// that no calendar holds as the last that it does.
pub fn utc(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let second = i64::try_from(since).ok().and_then(|second| Timestamp::from_second(second).ok());
    format!("{:.0}", second.unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        let at = |seconds| utc(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(951_868_800), "2000-03-01T00:00:00Z");
        assert_eq!(at(1_798_761_600), "2027-01-01T00:00:00Z");
        assert_eq!(at(4_107_542_399), "2100-02-28T23:59:59Z");
        assert_eq!(at(4_107_542_400), "2100-03-01T00:00:00Z");
    }

    #[test]
    fn an_input_is_recorded_with_its_hash() {
        let record = InputRecord::of("costs.csv", b"abc");
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((record.sha256.as_str(), record.bytes), (known, 3));
    }

    #[test]
    fn forms_are_asked_for_in_the_words_of_the_command_line() {
        let words = |xlsx, html| Formats { xlsx, html, ..Formats::default() }.as_arguments().join(" ");
        assert_eq!(words(false, false), "");
        assert_eq!(words(false, true), "--format html");
        assert_eq!(words(true, true), "--format xlsx,html");
        let parquet = Formats { html: true, parquet: true, trials: true, ..Formats::default() };
        assert_eq!(parquet.as_arguments(), ["--format", "html,parquet"]);
    }

    #[test]
    fn only_our_own_record_is_recognised() {
        assert!(files_of_run(b"not json").is_none());
        assert!(files_of_run(br#"{"program": "other"}"#).is_none());
        let files = files_of_run(br#"{"program": "cutline", "outputs": [{"name": "a.csv"}]}"#).unwrap();
        assert_eq!(files.len(), 2);
    }
}
