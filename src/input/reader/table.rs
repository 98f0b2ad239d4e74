//! One table: its rows as spreadsheets number them, and its headings matched to the published columns.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, SourceRef};

use super::dialect::Dialect;
use super::records::{Row, Separator, SheetFacts};
use crate::input::schema::TableSchema;

/// A table whose headings have been checked.
pub struct Table {
    /// Its published description.
    pub schema: &'static TableSchema,
    /// Its file.
    pub file: String,
    /// Separator of its cells.
    pub separator: Separator,
    /// Facts about the sheet, where the table is one.
    pub sheet: Option<SheetFacts>,
    /// Row of the header.
    pub header_row: usize,
    /// The columns that are not named in the schema (periods, attributes, objectives): heading and position.
    pub others: Vec<(String, usize)>,
    /// True if every row could be read; if not, unread rows may hold names that seem to be missing.
    pub is_complete: bool,
    /// True if no heading was refused; if one was, a period may be missing.
    pub has_all_columns: bool,
    /// The fault of its only column beside the named ones, if its heading is no period in itself: it is one if every
    /// table with periods has one such column.
    pub(super) word_for_period: Option<Diagnostic>,
    /// Its number format.
    pub dialect: Dialect,
    /// The named columns that it has, by their positions.
    pub(super) named: BTreeMap<&'static str, usize>,
    /// The rows below the header that have a cell for each heading.
    pub(super) rows: Vec<Row>,
}

impl Table {
    /// The position of a named column, if the table has it.
    pub fn position(&self, column: &'static str) -> Option<usize> {
        debug_assert!(self.schema.headings().any(|heading| heading == column), "{column} is not published");
        self.named.get(column).copied()
    }

    /// The whole file.
    pub fn source(&self) -> SourceRef {
        SourceRef::file(self.file.as_str())
    }

    /// A heading.
    pub fn header_source(&self, heading: &str) -> SourceRef {
        self.source().at_row(self.header_row).in_column(heading)
    }
}
