//! Records: the result of every reader, rows of cells, numbered as a spreadsheet shows them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;

/// One record.
pub struct Row {
    /// Row number. The header is row 1 unless blank rows precede it. A cell with a line break in it is one row.
    pub number: usize,
    /// Its cells, trimmed.
    pub cells: Vec<String>,
}

/// Separator of the cells of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `,`.
    Comma,
    /// `;`.
    Semicolon,
    /// None: a spreadsheet holds them apart, and numbers as numbers.
    Cells,
}

/// What a sheet of a workbook tells beside the texts of its cells.
#[derive(Debug, Default)]
pub struct SheetFacts {
    /// Letters of the columns, by their positions in rows; blank columns are left out.
    pub letters: Vec<String>,
    /// Letters of the columns by their headings.
    pub headings: BTreeMap<String, String>,
    /// Texts that may be numbers, by number of row and position.
    pub texts: BTreeSet<(usize, usize)>,
    /// Cells that hold a number and show it in per cent, likewise.
    pub per_cents: BTreeSet<(usize, usize)>,
    /// Faults and warnings of its cells, whatever they mean.
    pub doubts: Vec<Diagnostic>,
}

/// A file taken apart.
pub struct Records {
    /// Separator of its cells, on which the possible number formats depend.
    pub separator: Separator,
    /// All records that are not blank, the header first. Cells are trimmed.
    pub rows: Vec<Row>,
    /// A quote that is opened and not closed swallows all rows below it.
    pub unclosed_quote: Option<Diagnostic>,
    /// Facts about the sheet, if it is one.
    pub sheet: Option<SheetFacts>,
}
