//! workbook.xlsx: the results of a batch for people, made from the result tables beside it.
//!
//! Nothing in it is computed anew but sums of what the tables tell, so that every figure is theirs; the same tables
//! make the same bytes. A further sheet is a file of this folder and a line of [`workbook`].

mod across;
mod assumptions;
mod attribution;
mod book;
mod cases;
mod groups;
mod lists;
mod periods;
mod risk;
mod roadmap;
mod robust;
mod rounds;
mod selection;
mod sheet;
mod summary;
mod words;

use std::path::Path;

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use crate::domain::{Batch, Portfolio};

use super::error::OutputError;
use super::results::{Provenance, Results};
use super::run_record::{OutputRecord, sha256};
use book::whole;
use sheet::Styles;

pub use rounds::{ChangeReason, rounds_workbook};

/// The name of the file.
pub const WORKBOOK_FILE: &str = "workbook.xlsx";

/// Writes the workbook of the tables in a folder beside them.
///
/// # Errors
/// If a table cannot be read, or the workbook not be written.
pub(super) fn write_workbook(
    folder: &Path,
    batch: (&Portfolio, &Batch),
    provenance: Provenance<'_>,
) -> Result<OutputRecord, OutputError> {
    let results = Results::read(folder, batch, provenance)?;
    let bytes = workbook(&results)
        .and_then(|mut workbook| workbook.save_to_buffer())
        .map_err(|cause| OutputError::Table { table: WORKBOOK_FILE.to_owned(), cause: cause.to_string() })?;
    let path = folder.join(WORKBOOK_FILE);
    std::fs::write(&path, &bytes).map_err(OutputError::io(&path))?;
    Ok(OutputRecord { name: WORKBOOK_FILE.to_owned(), sha256: sha256(&bytes), rows: 0 })
}

fn workbook(results: &Results<'_>) -> Result<Workbook, XlsxError> {
    let styles = Styles::new(results.batch.name(), results.batch.currency());
    let sheets: [Option<Worksheet>; 28] = [
        Some(summary::summary(&styles, results)?),
        lists::options(&styles, results)?,
        selection::selection(&styles, results)?,
        roadmap::roadmap(&styles, results)?,
        lists::decisions(&styles, results)?,
        lists::room(&styles, results)?,
        lists::priorities(&styles, results)?,
        across::robustness(&styles, results)?,
        across::regret(&styles, results)?,
        periods::spend(&styles, results)?,
        periods::capacity(&styles, results)?,
        lists::frontier(&styles, results)?,
        robust::core_index(&styles, results)?,
        robust::ranges(&styles, results)?,
        risk::risk(&styles, results)?,
        lists::confidence(&styles, results)?,
        lists::in_sample(&styles, results)?,
        lists::contingency(&styles, results)?,
        attribution::attribution(&styles, results)?,
        attribution::information(&styles, results)?,
        lists::baseline(&styles, results)?,
        lists::objectives(&styles, results)?,
        lists::weights(&styles, results)?,
        lists::key_results(&styles, results)?,
        lists::contributions(&styles, results)?,
        groups::groups(&styles, results)?,
        cases::cases(&styles, results)?,
        Some(assumptions::assumptions(&styles, results)?),
    ];
    whole(results.batch.name(), sheets)
}
