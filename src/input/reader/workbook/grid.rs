//! From a sheet to the rows of a table, and what is doubtful in them.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Place, SourceRef, list};

use super::sheet::{Area, Kind, Sheet, SheetCell, letters};

/// Most cells of a table, blank ones among them.
const MOST_CELLS: usize = 20_000_000;

/// The part of a sheet that holds anything: all rows and columns with a filled cell.
#[derive(Debug)]
pub struct Grid<'s> {
    sheet: &'s Sheet,
    /// The rows, from 0.
    pub rows: Vec<u32>,
    /// The columns, from 0.
    pub columns: Vec<u32>,
}

impl<'s> Grid<'s> {
    /// The grid of a sheet.
    ///
    /// # Errors
    /// If its cells lie so far apart that no table can be meant.
    pub fn of(sheet: &'s Sheet) -> Result<Self, Box<Diagnostic>> {
        let rows: BTreeSet<u32> = sheet.cells.keys().map(|&(row, _)| row).collect();
        let columns: BTreeSet<u32> = sheet.cells.keys().map(|&(_, column)| column).collect();
        if rows.len().saturating_mul(columns.len()) > MOST_CELLS {
            let problem = format!("has {} rows and {} columns", rows.len(), columns.len());
            let help = "keep the cells of one table in it, side by side";
            return Err(Box::new(Diagnostic::fault(SourceRef::file(&sheet.name), problem, help)));
        }
        Ok(Self { sheet, rows: rows.into_iter().collect(), columns: columns.into_iter().collect() })
    }

    /// A cell; `None` if it is blank.
    pub fn cell(&self, row: u32, column: u32) -> Option<&'s SheetCell> {
        self.sheet.cells.get(&(row, column))
    }

    /// Faults and warnings of its cells whatever they mean: errors of formulas, merged cells, what is hidden.
    pub fn doubts(&self) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> =
            self.sheet.cells.iter().filter_map(|(&at, cell)| self.fault(at, cell)).collect();
        found.extend(self.sheet.layout.merged.iter().filter_map(|area| self.merged(area)));
        if self.sheet.is_hidden {
            let problem = "is a hidden sheet, and is read all the same";
            found.push(Diagnostic::warning(
                self.source(),
                problem,
                "show it, or delete it if it is not meant",
            ));
        }
        found.extend(self.hidden_rows());
        found.extend(self.hidden_columns());
        found
    }

    /// The whole sheet.
    pub fn source(&self) -> SourceRef {
        SourceRef::file(&self.sheet.name)
    }

    /// A cell of it as a place of a fault.
    pub fn at(&self, row: u32, column: u32) -> SourceRef {
        self.source().at_row(number(row)).at_cell(address(row, column))
    }

    fn fault(&self, (row, column): (u32, u32), cell: &SheetCell) -> Option<Diagnostic> {
        let (problem, help) = match cell.kind {
            Kind::Error => ("is an error of a formula", "mend the formula, or write the value itself"),
            Kind::Uncalculated => (
                "is a formula whose value the file does not hold",
                "open the workbook in a spreadsheet, which calculates it, and save it",
            ),
            Kind::Number | Kind::PerCent | Kind::Text | Kind::Flag | Kind::Date => return None,
        };
        let fault = Diagnostic::fault(self.at(row, column), problem, help);
        Some(if cell.text.is_empty() { fault } else { fault.with_value(cell.text.as_str()) })
    }

    /// Only the first of merged cells holds their value: the others would be read as blank.
    fn merged(&self, area: &Area) -> Option<Diagnostic> {
        let holds = |numbers: &[u32], (first, last): (u32, u32)| {
            numbers
                .get(numbers.partition_point(|&number| number < first))
                .is_some_and(|&number| number <= last)
        };
        if !holds(&self.rows, area.rows) || !holds(&self.columns, area.columns) {
            return None;
        }
        let last = address(area.rows.1, area.columns.1);
        let problem =
            format!("is merged with the cells up to {last}, of which only the first holds the value");
        let help = "unmerge them, and write the value into each cell that it is meant for";
        Some(Diagnostic::fault(self.at(area.rows.0, area.columns.0), problem, help))
    }

    fn hidden_rows(&self) -> Option<Diagnostic> {
        let hidden = |row: &&u32| self.sheet.layout.hidden_rows.contains(row);
        let rows: Vec<usize> = self.rows.iter().filter(hidden).map(|&row| number(row)).collect();
        let (&first, rest) = rows.split_first()?;
        let by = if self.sheet.layout.is_filtered { " by a filter" } else { "" };
        let problem = format!("is hidden{by}, and is read all the same");
        let warning = Diagnostic::warning(
            self.source().at_row(first),
            problem,
            "show it, or delete it if it is not meant",
        );
        Some(warning.with_others(rest.iter().map(|&row| Place::new(Some(row), None, None))))
    }

    fn hidden_columns(&self) -> Option<Diagnostic> {
        let hidden = self.columns.iter().filter(|&&column| self.sheet.layout.hides_column(column));
        let hidden: Vec<String> = hidden.map(|&column| letters(column)).collect();
        let named = list(hidden.iter().map(String::as_str));
        let problem = format!("has hidden columns, which are read all the same: {named}");
        let help = "show them, or delete what is not meant";
        (!hidden.is_empty()).then(|| Diagnostic::warning(self.source(), problem, help))
    }
}

/// The number of a row as a spreadsheet shows it.
pub fn number(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX).saturating_add(1)
}

/// The name of a cell: `D17`.
pub fn address(row: u32, column: u32) -> String {
    format!("{}{}", letters(column), number(row))
}
