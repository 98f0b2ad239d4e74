//! A workbook or a report of results that are there already.

use std::path::Path;

use crate::domain::{Batch, Portfolio};

use super::error::OutputError;
use super::report::{REPORT_FILE, write_report};
use super::results::Provenance;
use super::run_record::{FormerRun, RUN_FILE};
use super::workbook::{WORKBOOK_FILE, write_workbook};

/// Files that can be made of results at any time.
pub const ADDED_FILES: [&str; 2] = [WORKBOOK_FILE, REPORT_FILE];

/// Writes one of [`ADDED_FILES`] beside the tables that it is made from: the same bytes as if the run that made them had been
/// asked for it. The record of that run stays as it is.
///
/// # Errors
/// If the record or a table cannot be read, or the file not be written.
pub fn add_file(folder: &Path, file: &str, batch: (&Portfolio, &Batch)) -> Result<(), OutputError> {
    let path = folder.join(RUN_FILE);
    let text = std::fs::read(&path).map_err(|cause| OutputError::unreadable(&path, cause))?;
    let record =
        FormerRun::read(&text).ok_or_else(|| OutputError::unreadable(&path, "it is no record of a run"))?;
    let reason = record.reason.unwrap_or_default();
    let reasons: Vec<String> = reason.split("; ").map(str::to_owned).collect();
    let provenance = Provenance {
        solver: &record.solver,
        inputs: &record.inputs,
        warnings: &record.warnings,
        incomplete: (!record.complete).then_some(reasons.as_slice()),
    };
    match file {
        REPORT_FILE => write_report(folder, batch, provenance).map(drop),
        _ => write_workbook(folder, batch, provenance).map(drop),
    }
}
