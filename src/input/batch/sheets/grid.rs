//! A sheet of a batch: its header, and cells by row and heading.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, did_you_mean, list};
use crate::input::reader::workbook::grid::Grid;
use crate::input::reader::workbook::sheet::{Sheet, SheetCell, letters};

/// A sheet with a header.
pub struct SheetTable<'s> {
    grid: Grid<'s>,
    header: u32,
    /// Headings and their columns, in order.
    columns: Vec<(String, u32)>,
}

/// A row below the header.
pub struct SheetRow<'t> {
    table: &'t SheetTable<'t>,
    row: u32,
}

impl<'s> SheetTable<'s> {
    /// Reads a sheet that must have some columns. `None` if it is empty or has no header; faults have been reported.
    pub fn read(sheet: &'s Sheet, required: &[&str], found: &mut Diagnostics) -> Option<Self> {
        let grid = Grid::of(sheet).map_err(|fault| found.push(*fault)).ok()?;
        found.extend(grid.doubts());
        let has = |row: u32, heading: &str| {
            grid.columns.iter().any(|&column| grid.cell(row, column).is_some_and(|cell| cell.text == heading))
        };
        let is_header = |row: &&u32| required.iter().all(|heading| has(**row, heading));
        let header = grid.rows.iter().find(is_header).or(grid.rows.first()).copied()?;
        let above = grid.rows.iter().filter(|&&row| row < header);
        found.extend(above.map(|&row| {
            let problem = format!("stands above the header, which is row {}", header + 1);
            let help = "delete the rows above it, or move them to a sheet of their own";
            let number = usize::try_from(row).unwrap_or(0) + 1;
            Diagnostic::fault(grid.source().at_row(number), problem, help)
        }));
        let mut table = Self { header, columns: Vec::new(), grid };
        table.read_header(required, found);
        Some(table)
    }

    fn read_header(&mut self, required: &[&str], found: &mut Diagnostics) {
        for &column in &self.grid.columns {
            let heading =
                self.grid.cell(self.header, column).map(|cell| cell.text.as_str()).unwrap_or_default();
            let place = self.grid.at(self.header, column);
            if heading.is_empty() {
                let below = |row: &&u32| **row > self.header && self.grid.cell(**row, column).is_some();
                if let Some(&row) = self.grid.rows.iter().find(below) {
                    let problem = format!("stands in column {}, which has no heading", letters(column));
                    let help = "give the column a heading, or empty it";
                    found.push(Diagnostic::fault(self.grid.at(row, column), problem, help));
                }
            } else if self.columns.iter().any(|(other, _)| other == heading) {
                let help = "keep one of them, or give each its own heading";
                found.push(Diagnostic::fault(place, "heads two columns", help).with_value(heading));
            } else {
                self.columns.push((heading.to_owned(), column));
            }
        }
        for &heading in required.iter().filter(|&&heading| self.column(heading).is_none()) {
            let problem = format!("has no column `{heading}`");
            let help = match did_you_mean(heading, self.headings()) {
                Some(near) => format!("write `{heading}` in place of `{near}`"),
                None => format!("add it: this sheet has the columns {}", list(required.iter().copied())),
            };
            found.push(Diagnostic::fault(self.grid.source(), problem, help));
        }
    }

    /// Its headings, in order.
    pub fn headings(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(heading, _)| heading.as_str())
    }

    /// Its rows below the header.
    pub fn rows(&self) -> impl Iterator<Item = SheetRow<'_>> {
        let below = self.grid.rows.iter().filter(|&&row| row > self.header);
        below.map(|&row| SheetRow { table: self, row })
    }

    /// The place of a heading.
    pub fn header(&self, heading: &str) -> SourceRef {
        self.place(self.header, heading)
    }

    fn column(&self, heading: &str) -> Option<u32> {
        self.columns.iter().find(|(own, _)| own == heading).map(|&(_, column)| column)
    }

    fn place(&self, row: u32, heading: &str) -> SourceRef {
        match self.column(heading) {
            Some(column) => self.grid.at(row, column),
            None => self.grid.source().at_row(usize::try_from(row).unwrap_or(0) + 1),
        }
    }
}

impl SheetRow<'_> {
    /// A cell that is not blank.
    pub fn cell(&self, heading: &str) -> Option<&SheetCell> {
        self.table.column(heading).and_then(|column| self.table.grid.cell(self.row, column))
    }

    /// The place of a cell.
    pub fn at(&self, heading: &str) -> SourceRef {
        self.table.place(self.row, heading)
    }
}
