//! Addresses of cells: faults found by row and heading are told with the cell where the table is a sheet.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, SourceRef};

use super::table::Table;
use super::workbook::Workbook;
use super::workbook::grid::address;
use super::workbook::sheet::Kind;
use crate::input::schema::TABLES;

/// The sheets of a workbook that are tables, and their columns. Without any, all is told as it was found.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    /// Letters of the columns by heading, by sheet.
    sheets: BTreeMap<String, BTreeMap<String, String>>,
    /// Names of the sheets by table.
    tables: BTreeMap<&'static str, String>,
    /// Cells that hold no value: a fault by itself, after which nothing else is to be said of them.
    broken: BTreeSet<(String, String)>,
    is_workbook: bool,
}

impl Addresses {
    /// Adds the cells of a workbook that hold no value.
    pub fn add_book(&mut self, book: &Workbook) {
        self.is_workbook = true;
        for sheet in &book.sheets {
            let broken =
                sheet.cells.iter().filter(|(_, cell)| matches!(cell.kind, Kind::Error | Kind::Uncalculated));
            let address = |&(row, column): &(u32, u32)| (sheet.name.clone(), address(row, column));
            self.broken.extend(broken.map(|(place, _)| address(place)));
        }
    }

    /// Adds the columns of a table, if it is a sheet.
    pub fn add_table(&mut self, table: &Table) {
        let Some(sheet) = &table.sheet else { return };
        self.sheets.insert(table.file.clone(), sheet.headings.clone());
        self.tables.insert(table.schema.table, table.file.clone());
    }

    /// A fault or warning as it is told of a workbook: with its cell, and with sheets in place of files. `None` if the
    /// cell has a fault of its own.
    pub fn told(&self, mut found: Diagnostic) -> Option<Diagnostic> {
        if !self.is_workbook {
            return Some(found);
        }
        if let Some(table) = found.source.file.strip_suffix(".csv").map(str::to_owned) {
            let sheet = self.tables.get(table.as_str());
            found.source.file = sheet.cloned().unwrap_or_else(|| format!("sheet {table}"));
        }
        let SourceRef { file, row, column, cell } = &mut found.source;
        if cell.is_none() {
            *cell = self.cell(file, *row, column.as_deref());
            let place = cell.clone().map(|cell| (file.clone(), cell));
            if place.is_some_and(|place| self.broken.contains(&place)) {
                return None;
            }
        }
        for other in &mut found.others {
            let of = other.file.as_deref().unwrap_or(file);
            other.cell = other.cell.take().or_else(|| self.cell(of, other.row, other.column.as_deref()));
        }
        found.problem = with_sheets(&found.problem);
        found.help = with_sheets(&found.help);
        Some(found)
    }

    fn cell(&self, file: &str, row: Option<usize>, column: Option<&str>) -> Option<String> {
        let letters = self.sheets.get(file)?.get(column?)?;
        Some(format!("{letters}{}", row?))
    }
}

/// A sentence with the names of sheets in place of those of files.
fn with_sheets(sentence: &str) -> String {
    TABLES.iter().fold(sentence.to_owned(), |told, schema| {
        told.replace(&format!("{}.csv", schema.table), &format!("the sheet {}", schema.table))
    })
}
