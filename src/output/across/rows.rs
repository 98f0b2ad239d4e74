//! Rows of a table, one after the other.

use std::path::Path;

use crate::output::error::OutputError;
use crate::output::results::{Row, TableReader};

/// Visits the rows of a table; there are none if there is no such table.
pub fn each(folder: &Path, file: &str, visit: impl FnMut(Row<'_>)) -> Result<(), OutputError> {
    TableReader::open(folder, file)?.map_or(Ok(()), |reader| reader.each(visit))
}
