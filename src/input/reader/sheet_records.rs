//! The rows of a sheet.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;

use super::numbers::{self, NumberError};
use super::records::{Records, Row, Separator, SheetFacts};
use super::workbook::grid::{Grid, number};
use super::workbook::sheet::{Kind, Sheet, letters};

/// Reads a sheet.
///
/// # Errors
/// If its cells lie too far apart for a table.
pub fn read(sheet: &Sheet) -> Result<Records, Box<Diagnostic>> {
    let grid = Grid::of(sheet)?;
    let (mut texts, mut per_cents) = (BTreeSet::new(), BTreeSet::new());
    let mut rows = Vec::with_capacity(grid.rows.len());
    for &row in &grid.rows {
        let mut cells = Vec::with_capacity(grid.columns.len());
        for (position, &column) in grid.columns.iter().enumerate() {
            let cell = grid.cell(row, column);
            if cell.is_some_and(|cell| cell.kind == Kind::Text && may_be_number(&cell.text)) {
                texts.insert((number(row), position));
            }
            if cell.is_some_and(|cell| cell.kind == Kind::PerCent && cell.text != "0") {
                per_cents.insert((number(row), position));
            }
            cells.push(cell.map(|cell| cell.text.clone()).unwrap_or_default());
        }
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { number: number(row), cells });
        }
    }
    let letters: Vec<String> = grid.columns.iter().map(|&column| letters(column)).collect();
    let facts = SheetFacts { letters, headings: BTreeMap::new(), texts, per_cents, doubts: grid.doubts() };
    Ok(Records { separator: Separator::Cells, rows, unclosed_quote: None, sheet: Some(facts) })
}

fn may_be_number(text: &str) -> bool {
    !matches!(numbers::parse(text), Err(NumberError::NotANumber))
}
