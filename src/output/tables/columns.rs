//! Builds a result table column by column from the rows it has.

use polars_core::prelude::{Column, DataFrame, DataType, IntoColumn, NamedFrom, Series};

use super::frame::ResultTable;
use super::kind::TableKind;
use crate::output::error::OutputError;
use crate::output::number::tidy;

/// Builder of a table, column by column, each given as a function of a row. A table without rows has its columns all
/// the same.
pub struct Columns<'r, R> {
    rows: &'r [R],
    columns: Vec<Column>,
}

impl<'r, R> Columns<'r, R> {
    /// A table of these rows, without columns so far.
    pub fn of(rows: &'r [R]) -> Self {
        Self { rows, columns: Vec::new() }
    }

    /// A column of texts. No text is a blank cell, not a pair of quotes.
    pub fn text(self, heading: &str, cell: impl Fn(&R) -> &str) -> Self {
        let cells: Vec<Option<&str>> =
            self.rows.iter().map(|row| Some(cell(row)).filter(|text| !text.is_empty())).collect();
        self.push(heading, |name| Series::new(name.into(), cells))
    }

    /// A column of counts.
    pub fn count(self, heading: &str, cell: impl Fn(&R) -> usize) -> Self {
        let cells: Vec<u64> = self.rows.iter().map(|row| cell(row) as u64).collect();
        self.push(heading, |name| Series::new(name.into(), cells))
    }

    /// A column of counts that may be blank.
    pub fn maybe_count(self, heading: &str, cell: impl Fn(&R) -> Option<usize>) -> Self {
        let cells: Vec<Option<u64>> =
            self.rows.iter().map(|row| cell(row).map(|count| count as u64)).collect();
        self.push(heading, |name| Series::new(name.into(), cells))
    }

    /// A column of numbers.
    pub fn number(self, heading: &str, cell: impl Fn(&R) -> f64) -> Self {
        self.maybe(heading, |row| Some(cell(row)))
    }

    /// A column of numbers that may be blank. What is not finite is blank, too.
    pub fn maybe(self, heading: &str, cell: impl Fn(&R) -> Option<f64>) -> Self {
        let cells: Vec<Option<f64>> = self.rows.iter().map(|row| cell(row).and_then(tidy)).collect();
        self.push(heading, |name| Series::new(name.into(), cells))
    }

    /// A column of true, false or blank.
    pub fn flag(self, heading: &str, cell: impl Fn(&R) -> Option<bool>) -> Self {
        let cells: Vec<Option<bool>> = self.rows.iter().map(cell).collect();
        self.push(heading, |name| Series::new(name.into(), cells))
    }

    /// The table of a kind, which must describe exactly these columns. Always `Some`.
    pub fn finish(self, kind: &TableKind) -> Result<Option<ResultTable>, OutputError> {
        let file = kind.file;
        debug_assert_eq!(self.misdescribed(kind), Vec::<String>::new(), "columns of {file}");
        let frame = DataFrame::new(self.rows.len(), self.columns);
        let frame =
            frame.map_err(|cause| OutputError::Table { table: file.to_owned(), cause: cause.to_string() })?;
        Ok(Some(ResultTable { file, frame }))
    }

    /// Headings that a kind does not describe or describes as of another type, and described columns that are missing.
    fn misdescribed(&self, kind: &TableKind) -> Vec<String> {
        let headings: Vec<&str> = self.columns.iter().map(|column| column.name().as_str()).collect();
        // A second column of one heading has a number behind it.
        let plain = |heading: &&&str| !heading.ends_with(')');
        let is_told = |heading: &&str| kind.columns.iter().any(|column| column.covers(heading));
        let untold = headings.iter().filter(plain).filter(|heading| !is_told(heading));
        let fixed = kind.columns.iter().filter(|column| !column.is_family() && column.condition.is_none());
        let fixed = fixed.map(|column| column.column);
        let missing = fixed.filter(|column| !headings.contains(column));
        let mistyped = self.columns.iter().filter(|column| {
            let mut told = kind.columns.iter().filter(|told| told.covers(column.name()));
            told.next().is_some_and(|told| !is_of(told.kind, word_of(column.dtype())))
        });
        let mistyped = mistyped.map(|column| column.name().as_str());
        untold.copied().chain(missing).chain(mistyped).map(str::to_owned).collect()
    }

    /// Adds a column. Ids with dots may build one heading twice (`budget.a.b`); the second then gets a number, as
    /// results must not be lost over a name.
    fn push(mut self, heading: &str, series: impl FnOnce(&str) -> Series) -> Self {
        let taken = |name: &str| self.columns.iter().any(|column| column.name().as_str() == name);
        let mut name = heading.to_owned();
        let mut copy = 1;
        while taken(&name) {
            copy += 1;
            name = format!("{heading} ({copy})");
        }
        self.columns.push(series(&name).into_column());
        self
    }
}

/// True if cells of a type are what a description calls them: whole numbers are numbers, too.
fn is_of(told: &str, own: &str) -> bool {
    told == own || (told == "number" && own == "whole number")
}

/// The word by which descriptions name a type.
fn word_of(kind: &DataType) -> &'static str {
    match kind {
        DataType::Boolean => "true or false",
        DataType::UInt64 => "whole number",
        DataType::Float64 => "number",
        _ => "text",
    }
}
