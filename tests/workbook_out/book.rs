//! Workbooks and tables as tests read them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};

/// The cells of a workbook, by sheet: what a reader shows, and formulas.
pub struct Book {
    pub names: Vec<String>,
    sheets: BTreeMap<String, calamine::Range<Data>>,
    formulas: BTreeMap<String, calamine::Range<String>>,
}

impl Book {
    pub fn open(path: &Path) -> Self {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(fs::read(path).unwrap())).unwrap();
        let names = book.sheet_names();
        let sheets = names.iter().map(|name| (name.clone(), book.worksheet_range(name).unwrap())).collect();
        let formulas =
            names.iter().map(|name| (name.clone(), book.worksheet_formula(name).unwrap())).collect();
        Self { names, sheets, formulas }
    }

    /// The rows of a sheet from a row on, as texts; numbers as they are shortest.
    pub fn rows(&self, sheet: &str, from: usize) -> Vec<Vec<String>> {
        let range = &self.sheets[sheet];
        let Some((last, columns)) = range.end() else { return Vec::new() };
        let cell = |row, column| range.get_value((row, column)).map_or_else(String::new, text);
        (u32::try_from(from).unwrap()..=last)
            .map(|row| (0..=columns).map(|column| cell(row, column)).collect())
            .collect()
    }

    /// The rows of a result sheet below its headings, by heading.
    pub fn table(&self, sheet: &str) -> Vec<BTreeMap<String, String>> {
        let mut rows = self.rows(sheet, 2).into_iter();
        let headings = rows.next().unwrap();
        rows.map(|row| headings.iter().cloned().zip(row).collect()).collect()
    }

    /// All formulas, with sheet, row and column.
    pub fn formulas(&self) -> Vec<(String, u32, u32, String)> {
        let mut found = Vec::new();
        for (name, range) in &self.formulas {
            let Some((top, left)) = range.start() else { continue };
            for (row, column, formula) in range.used_cells() {
                let (row, column) = (u32::try_from(row).unwrap(), u32::try_from(column).unwrap());
                found.push((name.clone(), top + row, left + column, formula.clone()));
            }
        }
        found
    }

    /// Cells that hold an error, with their sheet.
    pub fn errors(&self) -> Vec<String> {
        let cells = self.sheets.iter().flat_map(|(name, range)| {
            range.used_cells().map(move |(row, column, cell)| (name, row, column, cell))
        });
        let errors = cells.filter(|(.., cell)| matches!(cell, Data::Error(_)));
        errors.map(|(name, row, column, cell)| format!("{name} {row} {column}: {cell:?}")).collect()
    }

    /// The number in a cell.
    pub fn number(&self, sheet: &str, row: u32, column: u32) -> Option<f64> {
        match self.sheets[sheet].get_value((row, column))? {
            Data::Float(number) => Some(*number),
            Data::Int(number) => Some(*number as f64),
            _ => None,
        }
    }
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Float(number) => number.to_string(),
        other => other.to_string(),
    }
}

/// The rows of a result table, by heading.
pub fn csv(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headings = reader.headers().unwrap().clone();
    let named = |row: csv::StringRecord| {
        headings.iter().zip(&row).map(|(heading, cell)| (heading.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|row| named(row.unwrap())).collect()
}

/// True if two cells say the same: the same text, or the same number to the cent.
pub fn same(one: &str, other: &str) -> bool {
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => (one - other).abs() <= 0.005 * 1e-3 + 1e-9 * one.abs(),
        _ => one == other || one.strip_prefix('\'') == Some(other),
    }
}
