//! report.html: the results of a batch for people, in one file that any browser of the last years shows without a network.
//!
//! It carries the rows of the result tables as they were written, and the script that draws them: no figure of it is
//! computed here, and the same tables make the same bytes. A further chapter is a file of `script/` and a line of
//! [`script`].

mod columns;
mod data;
mod depth;
mod live;
mod page;
mod script;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::path::Path;

use crate::domain::{Batch, Portfolio};

use super::error::OutputError;
use super::results::Provenance;
use super::run_record::{OutputRecord, sha256};

pub use live::{Overview, overview, scenario_tables, subject};
pub use page::STYLE as REPORT_STYLE;
pub use script::script_that as report_script;

/// The name of the file.
pub const REPORT_FILE: &str = "report.html";

/// Writes the report of the tables in a folder beside them.
///
/// # Errors
/// If a table cannot be read, or the report not be written.
pub(super) fn write_report(
    folder: &Path,
    batch: (&Portfolio, &Batch),
    provenance: Provenance<'_>,
) -> Result<OutputRecord, OutputError> {
    let packed = data::packed(folder, batch, provenance)?;
    let page = page::page(batch.1.name(), &BASE64_STANDARD.encode(&packed));
    let path = folder.join(REPORT_FILE);
    std::fs::write(&path, &page).map_err(OutputError::io(&path))?;
    Ok(OutputRecord { name: REPORT_FILE.to_owned(), sha256: sha256(page.as_bytes()), rows: 0 })
}
