//! `cutline check`: recomputes the results of a run from its input.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::check::{self, Question, Report};
use crate::control;
use crate::domain::Batch;
use crate::input::LoadedBatch;
use crate::output::{FormerRun, InputRecord, RUN_FILE, plain_csv, sha256, sha256_of_file};

use crate::cli::args::CheckArguments;
use crate::cli::error::{CliError, Finish};
use crate::cli::terminal::console::{note, print};
use crate::cli::terminal::figures::wrapped;

/// Checks a folder of results.
pub fn execute(arguments: &CheckArguments) -> Result<Finish, CliError> {
    let folder = &arguments.out;
    let run = former_run(folder)?;
    let batch = batch_file(arguments, &run)?;
    let loaded = control::load_batch(&batch).map_err(CliError::Input)?;
    let changes = changed_inputs(&run.inputs, &loaded);
    if !changes.is_empty() {
        let problem = format!("`{}` was not made from this input: {}", folder.display(), changes.join("; "));
        return Err(CliError::Usage(format!("{problem}. Nothing was checked")));
    }
    let outputs = outputs(folder, &run)?;
    let plain: BTreeMap<String, Vec<u8>> = outputs
        .iter()
        .map(|(file, output)| (file.clone(), plain_csv(file, &output.table).into_owned()))
        .collect();
    let question = Question {
        portfolio: &loaded.portfolio,
        batch: &as_drawn(&loaded.batch, &run),
        batch_file: &loaded.text,
        is_complete: run.complete,
        tables: &plain,
    };
    let report = check::check(&question);
    let changed = changed_outputs(&run, &outputs);
    if arguments.json {
        let found = JsonReport {
            is_clean: report.is_clean() && changed.is_empty(),
            changed_files: &changed,
            report: &report,
        };
        let text = serde_json::to_string_pretty(&found);
        print(&text.map_err(|cause| CliError::Internal(cause.to_string()))?)?;
    } else {
        print(&text_of(folder, &batch, &report, &changed))?;
    }
    if run.version != env!("CARGO_PKG_VERSION") {
        note(&format!(
            "note: version {} wrote these results; this is {}",
            run.version,
            env!("CARGO_PKG_VERSION")
        ));
    }
    Ok(if report.is_clean() && changed.is_empty() { Finish::Done } else { Finish::Differs })
}

/// The batch with the number of trials that the run drew, where the batch leaves that open.
fn as_drawn(batch: &Batch, run: &FormerRun) -> Batch {
    match run.settings.trials.filter(|_| batch.precision().is_some()) {
        Some(trials) => batch.clone().with_trials(trials),
        None => batch.clone(),
    }
}

fn former_run(folder: &Path) -> Result<FormerRun, CliError> {
    let refuse = |problem: &str| {
        let help = "name a folder that `cutline run` wrote";
        Err(CliError::Usage(format!("`{}` {problem}: {help}", folder.display())))
    };
    if !folder.is_dir() {
        return refuse("is no folder");
    }
    match fs::read(folder.join(RUN_FILE)) {
        Ok(text) => FormerRun::read(&text).map_or_else(|| refuse("has a run.json that is not ours"), Ok),
        Err(_) => refuse("is no folder of results, as it has no run.json that can be read"),
    }
}

fn batch_file(arguments: &CheckArguments, run: &FormerRun) -> Result<PathBuf, CliError> {
    if let Some(batch) = &arguments.batch {
        return Ok(batch.clone());
    }
    let missing = |problem: String| CliError::Usage(format!("{problem}: name it with --batch"));
    match &run.batch_file {
        Some(batch) if batch.is_file() => Ok(batch.clone()),
        Some(batch) => Err(missing(format!("the batch file is no longer at `{}`", batch.display()))),
        None => Err(missing("run.json does not say where the batch file is".to_owned())),
    }
}

/// Differences between the input files and those that the run read.
pub(super) fn changed_inputs(recorded: &[InputRecord], loaded: &LoadedBatch) -> Vec<String> {
    let now: Vec<InputRecord> =
        loaded.files.iter().map(|file| InputRecord::of(&file.name, &file.bytes)).collect();
    let find =
        |records: &[InputRecord], name: &str| records.iter().find(|record| record.name == name).cloned();
    // The batch file may have been renamed; its content counts.
    let (Some(batch_then), Some(batch_now)) = (recorded.first(), now.first()) else {
        return vec!["run.json names no input".to_owned()];
    };
    let mut changes = Vec::new();
    if batch_then.sha256 != batch_now.sha256 {
        changes.push(format!("{} has another content than {} had", batch_now.name, batch_then.name));
    }
    for record in &recorded[1..] {
        match find(&now[1..], &record.name) {
            None => changes.push(format!("{} is no longer there", record.name)),
            Some(other) if other.sha256 != record.sha256 => {
                changes.push(format!("{} was changed since", record.name));
            }
            Some(_) => {}
        }
    }
    let added = now[1..].iter().filter(|record| find(&recorded[1..], &record.name).is_none());
    changes.extend(added.map(|record| format!("{} was added since", record.name)));
    changes
}

/// A file that the run wrote, as it is now.
struct Output {
    sha256: String,
    /// The bytes of a CSV table; none of any other file, which is only held to its hash and may be large.
    table: Vec<u8>,
}

impl Output {
    fn read(path: &Path) -> io::Result<Self> {
        if path.extension().is_some_and(|extension| extension == "csv") {
            let table = fs::read(path)?;
            return Ok(Self { sha256: sha256(&table), table });
        }
        Ok(Self { sha256: sha256_of_file(path)?, table: Vec::new() })
    }
}

/// The result files. The check reports missing ones.
fn outputs(folder: &Path, run: &FormerRun) -> Result<BTreeMap<String, Output>, CliError> {
    let mut outputs = BTreeMap::new();
    for output in &run.outputs {
        if Path::new(&output.name).file_name().is_none_or(|name| name != output.name.as_str()) {
            return Err(CliError::Usage(format!("run.json names `{}`, which is a path", output.name)));
        }
        if let Ok(found) = Output::read(&folder.join(&output.name)) {
            outputs.insert(output.name.clone(), found);
        }
    }
    Ok(outputs)
}

/// The files that are not as the run wrote them.
fn changed_outputs(run: &FormerRun, outputs: &BTreeMap<String, Output>) -> Vec<String> {
    let is_changed = |name: &str, hash: &str| outputs.get(name).is_none_or(|output| output.sha256 != hash);
    let changed = run.outputs.iter().filter(|output| is_changed(&output.name, &output.sha256));
    changed.map(|output| output.name.clone()).collect()
}

#[derive(Serialize)]
struct JsonReport<'a> {
    is_clean: bool,
    changed_files: &'a [String],
    #[serde(flatten)]
    report: &'a Report,
}

fn text_of(folder: &Path, batch: &Path, report: &Report, changed: &[String]) -> String {
    let mut lines: Vec<String> = report.differences.iter().map(ToString::to_string).collect();
    lines.extend(report.broken_rules.iter().map(ToString::to_string));
    lines.extend(changed.iter().map(|file| format!("{file}: is not as the run wrote it")));
    if !lines.is_empty() {
        lines.push(String::new());
    }
    let files: Vec<String> = report.tables.iter().map(|table| table.file.clone()).collect();
    lines.push(format!(
        "{}: {} cells in {} tables recomputed from {} and its tables, without a solver; {}. {}",
        folder.display(),
        report.cells(),
        files.len(),
        batch.display(),
        counted(report.differences.len(), "differs", "differ"),
        kept(report),
    ));
    if !report.left_out.is_empty() {
        lines.push("Not recomputed:".to_owned());
    }
    for left_out in &report.left_out {
        let columns: Vec<String> = match left_out.columns.as_slice() {
            [] => vec!["all of it".to_owned()],
            columns => columns.to_vec(),
        };
        lines.push(wrapped(&format!("  {}:", left_out.file), &columns, ","));
        if !left_out.why.is_empty() {
            lines.push(wrapped("     ", std::slice::from_ref(&left_out.why), ""));
        }
    }
    lines.join("\n")
}

fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => "none differs".to_owned(),
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

fn kept(report: &Report) -> String {
    let (selections, broken) = (report.selections, report.broken_rules.len());
    match broken {
        0 => format!("All {selections} selections keep the rules of their scenarios."),
        1 => format!("Of {selections} selections, 1 rule is broken."),
        broken => format!("Of {selections} selections, {broken} rules are broken."),
    }
}
