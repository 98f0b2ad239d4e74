//! The result tables of a folder as Parquet.

use std::path::Path;

use crate::output::error::OutputError;
use crate::output::results::TableReader;
use crate::output::run_record::OutputRecord;
use crate::output::tables::{RESULT_TABLES, TableKind};

use super::column::Column;
use super::file::ParquetFile;

/// The end of the names of these files.
const ENDING: &str = ".parquet";

/// True for the name of a Parquet file.
pub fn is_parquet(name: &str) -> bool {
    name.ends_with(ENDING)
}

/// Writes each result table of a folder as Parquet beside it: the same cells, typed as `cutline schema` describes their columns.
///
/// # Errors
/// If a table cannot be read or a file not be written.
pub fn write_parquet_tables(folder: &Path) -> Result<Vec<OutputRecord>, OutputError> {
    let written = RESULT_TABLES.iter().filter_map(|kind| write_table(folder, kind).transpose());
    written.collect()
}

/// Writes one table; `None` if the folder does not have it.
fn write_table(folder: &Path, kind: &TableKind) -> Result<Option<OutputRecord>, OutputError> {
    let Some(reader) = TableReader::open(folder, kind.file)? else { return Ok(None) };
    let name = kind.file.replace(".csv", ENDING);
    let columns = reader.headings().iter().map(|heading| Column::new(heading, kind.columns)).collect();
    let mut file = ParquetFile::create(folder, &name, columns)?;
    let mut outcome = Ok(());
    reader.each(|row| {
        if outcome.is_ok() {
            outcome = file.push_row(|place| row.at(place));
        }
    })?;
    outcome?;
    file.finish().map(Some)
}
