//! Writes the results of a batch to a folder, whole or not at all.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::{Batch, Portfolio};
use crate::engine::BatchResult;

use super::across::{Across, RobustChoice, across};
use super::destination::Destination;
use super::dialect::Dialect;
use super::error::OutputError;
use super::hashed::Hashed;
use super::parquet_files::{write_parquet_tables, write_trials};
use super::report::write_report;
use super::results::Provenance;
use super::run_record::{Formats, OutputRecord, RUN_FILE, RunFacts, RunRecord, hex, sha256};
use super::tables::{CsvError, ResultTable, result_tables, write_csv};
use super::trials_library::write_trials_library;
use super::words::incomplete_reasons;
use super::workbook::write_workbook;

/// The files that were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Written {
    /// The files, in the order in which they were written.
    pub files: Vec<String>,
    /// A folder with former results that could not be deleted.
    pub left_behind: Option<PathBuf>,
    /// What tables leave out of a large batch.
    pub warnings: Vec<String>,
    /// The option that holds best over all scenarios; `None` where there are no two scenarios.
    pub choice: Option<RobustChoice>,
}

/// Writes all tables, what is asked for beside them, and the record of the run to a folder. Former results in
/// it are replaced once the new ones are complete.
///
/// # Errors
/// If the folder cannot be used or a file cannot be written; the former results then stay.
pub fn write_results(
    folder: &Path,
    portfolio: &Portfolio,
    batch: &Batch,
    result: &BatchResult,
    facts: &RunFacts,
) -> Result<Written, OutputError> {
    let destination = Destination::examine(folder)?;
    let tables = result_tables(portfolio, batch, result)?;
    let staged = destination.stage()?;
    let mut outputs = Vec::with_capacity(tables.len());
    for table in &tables {
        outputs.push(write_table(staged.path(), table)?);
    }
    let told_across = write_across(staged.path(), (portfolio, batch), &mut outputs)?;
    let warnings = [facts.warnings.as_slice(), &told_across.warnings].concat();
    let facts = &RunFacts { warnings, ..facts.clone() };
    let reasons = incomplete_reasons(batch, result);
    let provenance = Provenance {
        solver: &facts.solver,
        inputs: &facts.inputs,
        warnings: &facts.warnings,
        incomplete: result.is_incomplete().then_some(reasons.as_slice()),
    };
    outputs.extend(write_beside(staged.path(), (portfolio, batch), facts.formats, provenance)?);
    if facts.formats.trials {
        outputs.push(write_trials(staged.path(), (portfolio, batch), result)?);
    }
    if facts.formats.trials_library {
        outputs.push(write_trials_library(staged.path(), (portfolio, batch), result)?);
    }
    write_in(facts.formats.dialect, staged.path(), &mut outputs)?;
    let mut files: Vec<String> = outputs.iter().map(|output| output.name.clone()).collect();
    write_record(staged.path(), &RunRecord::new(portfolio, batch, result, facts, outputs))?;
    files.push(RUN_FILE.to_owned());
    let left_behind = destination.publish(staged)?;
    let Across { warnings, choice, .. } = told_across;
    Ok(Written { files, left_behind, warnings, choice })
}

/// Writes the tables across scenarios, which are made from those in the folder, and records them behind `outputs`.
pub(super) fn write_across(
    folder: &Path,
    (portfolio, batch): (&Portfolio, &Batch),
    outputs: &mut Vec<OutputRecord>,
) -> Result<Across, OutputError> {
    let told = across(folder, portfolio, batch)?;
    for table in &told.tables {
        outputs.push(write_table(folder, table)?);
    }
    Ok(told)
}

/// Writes what is made from the tables in a folder, as far as it is asked for.
pub(super) fn write_beside(
    folder: &Path,
    batch: (&Portfolio, &Batch),
    formats: Formats,
    provenance: Provenance<'_>,
) -> Result<Vec<OutputRecord>, OutputError> {
    let mut outputs = Vec::new();
    if formats.xlsx {
        outputs.push(write_workbook(folder, batch, provenance)?);
    }
    if formats.html {
        outputs.push(write_report(folder, batch, provenance)?);
    }
    if formats.parquet {
        outputs.extend(write_parquet_tables(folder)?);
    }
    Ok(outputs)
}

/// Writes the tables of a folder anew in another form, and records them as they are then.
pub(super) fn write_in(
    dialect: Dialect,
    folder: &Path,
    outputs: &mut [OutputRecord],
) -> Result<(), OutputError> {
    if dialect == Dialect::default() {
        return Ok(());
    }
    for output in outputs.iter_mut().filter(|output| output.name.ends_with(".csv")) {
        let path = folder.join(&output.name);
        let bytes = std::fs::read(&path).map_err(OutputError::io(&path))?;
        let written = dialect.of_table(&output.name, &bytes);
        std::fs::write(&path, &written).map_err(OutputError::io(&path))?;
        output.sha256 = sha256(&written);
    }
    Ok(())
}

fn write_table(folder: &Path, table: &ResultTable) -> Result<OutputRecord, OutputError> {
    let path = folder.join(table.file);
    let file = File::create(&path).map_err(OutputError::io(&path))?;
    let mut hashed = Hashed { inner: file, hash: Sha256::new() };
    write_csv(&mut hashed, &table.frame).map_err(|cause| match cause {
        CsvError::Write(cause) if cause.is_io_error() => OutputError::Io { path, cause: cause.into() },
        other => OutputError::Table { table: table.file.to_owned(), cause: other.to_string() },
    })?;
    let sha256 = hex(&hashed.hash.finalize());
    Ok(OutputRecord { name: table.file.to_owned(), sha256, rows: table.frame.height() })
}

pub(super) fn write_record(folder: &Path, record: &impl Serialize) -> Result<(), OutputError> {
    let path = folder.join(RUN_FILE);
    let text = serde_json::to_string_pretty(record)
        .map_err(|cause| OutputError::Table { table: RUN_FILE.to_owned(), cause: cause.to_string() })?;
    std::fs::write(&path, text + "\n").map_err(OutputError::io(&path))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use tempfile::TempDir;

    use super::*;
    use crate::output::fixture;
    use crate::output::run_record::InputRecord;

    fn facts() -> RunFacts {
        RunFacts {
            started: SystemTime::UNIX_EPOCH + Duration::from_secs(1_798_761_600),
            elapsed: Duration::from_millis(2500),
            threads: 2,
            solver: "HiGHS 1.2.3".to_owned(),
            inputs: vec![InputRecord::of("plan.toml", b"abc")],
            batch_file: None,
            warnings: vec!["plan.toml: a warning".to_owned()],
            formats: Formats::default(),
        }
    }

    fn write(folder: &Path) -> Result<Written, OutputError> {
        let portfolio = fixture::portfolio();
        write_results(folder, &portfolio, &fixture::batch(&portfolio), &fixture::result(), &facts())
    }

    fn read(folder: &Path, file: &str) -> String {
        std::fs::read_to_string(folder.join(file)).unwrap()
    }

    #[test]
    fn the_record_tells_how_results_came_about() {
        let place = TempDir::new().unwrap();
        let folder = place.path().join("out");
        let written = write(&folder).unwrap();
        let portfolio = fixture::portfolio();
        let tables = result_tables(&portfolio, &fixture::batch(&portfolio), &fixture::result()).unwrap();
        let told_across = ["robustness.csv", "regret.csv", "regret_by_option.csv"];
        let files = tables.iter().map(|table| table.file).chain(told_across).chain([RUN_FILE]);
        assert_eq!(written.files, files.collect::<Vec<_>>());
        let mut record: serde_json::Value = serde_json::from_str(&read(&folder, RUN_FILE)).unwrap();
        let outputs = record["outputs"].as_array().unwrap();
        for (output, file) in outputs.iter().zip(&written.files) {
            let text = read(&folder, file);
            assert_eq!(output["name"], *file.as_str());
            assert_eq!(output["sha256"], hex(&Sha256::digest(&text)));
            assert_eq!(output["rows"], text.lines().count() - 1);
        }
        record["outputs"] = serde_json::Value::Null;
        record["version"] = serde_json::Value::Null;
        insta::assert_snapshot!(serde_json::to_string_pretty(&record).unwrap(), @r#"
        {
          "program": "cutline",
          "version": null,
          "batch": "plan",
          "description": "a small plan",
          "seed": 7,
          "started": "2027-01-01T00:00:00Z",
          "elapsed_seconds": 2.5,
          "stages": {
            "select_seconds": 0.0,
            "sample_seconds": 0.0,
            "simulate_seconds": 0.0,
            "futures_seconds": 0.0,
            "reasons_seconds": 0.0
          },
          "threads": 2,
          "solver": "HiGHS 1.2.3",
          "settings": {
            "gap": 0.001,
            "time_limit": 60.0,
            "work_limit": null,
            "solver": "auto",
            "min_difference": 1,
            "decisions": true,
            "reasons_time": null,
            "trials": 1000,
            "sampling": "latin",
            "tail": 0.05,
            "percentiles": [
              "p80"
            ],
            "rank_by": "objective",
            "past_horizon": "warn"
          },
          "inputs": [
            {
              "name": "plan.toml",
              "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
              "bytes": 3
            }
          ],
          "outputs": null,
          "scenarios": [
            {
              "name": "base",
              "status": "feasible",
              "options_found": 2,
              "solvers": [
                "search"
              ],
              "select_seconds": 1.5,
              "explain_seconds": 0.0
            },
            {
              "name": "all \"ins\", no outs",
              "status": "optimal",
              "options_found": 1,
              "solvers": [
                "search"
              ],
              "select_seconds": 0.01,
              "explain_seconds": 0.0
            },
            {
              "name": "later",
              "status": "not run",
              "options_found": 0,
              "solvers": [],
              "select_seconds": null,
              "explain_seconds": null
            }
          ],
          "warnings": [
            "plan.toml: a warning"
          ],
          "complete": false,
          "reason": "scenario `base` met a limit: 1 of 2 options not proven; scenario `later` was not run: the batch was stopped first"
        }
        "#);
    }

    #[test]
    fn equal_results_are_written_with_equal_bytes() {
        let place = TempDir::new().unwrap();
        let (one, two) = (place.path().join("one"), place.path().join("two"));
        let written = write(&one).unwrap();
        write(&two).unwrap();
        assert!(written.files.iter().all(|file| read(&one, file) == read(&two, file)));
        assert!(written.files.iter().all(|file| !read(&one, file).contains('\r')));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_reported_with_the_file() {
        let place = TempDir::new().unwrap();
        std::os::unix::fs::symlink("/dev/full", place.path().join("options.csv")).unwrap();
        let portfolio = fixture::portfolio();
        let tables = result_tables(&portfolio, &fixture::batch(&portfolio), &fixture::result()).unwrap();
        let options = tables.into_iter().next().unwrap();
        let error = write_table(place.path(), &options).unwrap_err();
        assert!(matches!(error, OutputError::Io { .. }), "{error}");
        assert!(error.to_string().contains("options.csv") && error.to_string().contains("space"), "{error}");
    }

    #[test]
    fn nothing_is_written_over_what_is_not_ours() {
        let place = TempDir::new().unwrap();
        let file = place.path().join("plan.xlsx");
        std::fs::write(&file, "a year of work").unwrap();
        assert!(write(&file).is_err() && write(place.path()).is_err());
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
        assert_eq!(read(place.path(), "plan.xlsx"), "a year of work");
    }
}
