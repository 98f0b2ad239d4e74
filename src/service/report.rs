//! The report of a batch in pieces, as its page asks for them: the rows of one scenario are read, and no others.

use std::collections::BTreeMap;

use crate::ids::from_cell;
use crate::output::{RowPlaces, rows_key, scenario_rows, write_row_places};

use super::Service;
use super::kept::{self, Kind, ResultFiles, hash_of, result_file};
use super::store::StoreError;

/// A row of a result table: texts by heading.
pub(super) type TextRow = BTreeMap<String, String>;

/// The places of scenarios in the tables of these results.
fn places(service: &Service, batch: &str, files: &ResultFiles) -> Result<RowPlaces, StoreError> {
    let key = rows_key(|name| hash_of(files, name));
    let make = |target: &mut _| write_row_places(target, &key, &|name| result_file(service, files, name));
    kept::opened(service, Kind::Places, batch, |file| RowPlaces::open(file, &key), make)
}

/// The rows of a table of one scenario, given its position, that are kept; none where there is no such table.
pub(super) fn rows(
    service: &Service,
    (batch, files): (&str, &ResultFiles),
    (table, scenario): (&str, u64),
    keeps: impl Fn(&TextRow) -> bool,
) -> Result<Vec<TextRow>, StoreError> {
    let places = places(service, batch, files)?;
    let failed = |cause| StoreError::Io { path: table.into(), cause };
    let open = |name: &str| result_file(service, files, name);
    let text = scenario_rows(&places, table, scenario, &open).map_err(failed)?.unwrap_or_default();
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let headings = reader.headers().map_err(|error| failed(error.into()))?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| failed(error.into()))?;
        let cells = headings.iter().zip(&record);
        let row: TextRow =
            cells.map(|(heading, cell)| (heading.to_owned(), from_cell(cell).to_owned())).collect();
        if keeps(&row) {
            rows.push(row);
        }
    }
    Ok(rows)
}
