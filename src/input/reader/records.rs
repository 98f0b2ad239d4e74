//! What every reader of a file makes of it: rows of cells, numbered as a spreadsheet shows them.

use crate::diagnostic::Diagnostic;

/// One record.
pub struct Row {
    /// The header is row 1 unless blank rows stand before it. A cell with a line break in it is one row.
    pub number: usize,
    /// Its cells, trimmed.
    pub cells: Vec<String>,
}

/// What parts the cells of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `,`.
    Comma,
    /// `;`.
    Semicolon,
}

/// A file taken apart.
pub struct Records {
    /// What parts its cells; with it goes how numbers may be written.
    pub separator: Separator,
    /// All records that are not blank, the header first. Cells are trimmed.
    pub rows: Vec<Row>,
    /// A quote that is opened and not closed swallows all rows below it.
    pub unclosed_quote: Option<Diagnostic>,
}
