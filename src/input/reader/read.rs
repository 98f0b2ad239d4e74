//! Reads a table: its records, its headings, and how its numbers are written.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, list};

use super::attribute;
use super::dialect::{Dialect, Sample};
use super::records::{Records, Row, Separator};
use super::source::TableSource;
use super::table::Table;
use crate::input::schema::{OtherColumns, TableSchema};

impl Table {
    /// Reads a table. `None` if nothing in it can be used; the faults have been reported.
    pub fn read(
        schema: &'static TableSchema,
        file: &str,
        source: &TableSource<'_>,
        found: &mut Diagnostics,
    ) -> Option<Self> {
        let Records { separator, mut rows, unclosed_quote, mut sheet } = match source.records(file) {
            Ok(records) => records,
            Err(fault) => {
                found.push(*fault);
                return None;
            }
        };
        if let Some(sheet) = &mut sheet {
            found.extend(std::mem::take(&mut sheet.doubts));
            found.extend(above_header(schema, file, &mut rows));
        }
        let mut rows = rows.into_iter();
        let Some(header) = rows.next() else {
            found.push(empty(schema, file, if sheet.is_some() { "sheet" } else { "file" }));
            return None;
        };
        let mut table = Self {
            schema,
            file: file.to_owned(),
            separator,
            sheet,
            header_row: header.number,
            others: Vec::new(),
            is_complete: unclosed_quote.is_none(),
            has_all_columns: true,
            word_for_period: None,
            dialect: Dialect::of(separator, []),
            named: BTreeMap::new(),
            rows: Vec::new(),
        };
        found.extend(unclosed_quote);
        table.rows = table.keep_even_rows(header.cells.len(), rows, found);
        let mut headings = header.cells;
        table.check_texts(&mut headings, found);
        if let Some(sheet) = &mut table.sheet {
            sheet.headings = headings.iter().cloned().zip(sheet.letters.iter().cloned()).collect();
        }
        table.match_headings(&headings, found);
        table.dialect = Dialect::of(separator, table.numbers());
        Some(table)
    }

    /// The cells of all columns that hold numbers, row by row. A column that may hold texts too counts where it nearly
    /// does.
    fn numbers(&self) -> Vec<Sample<'_>> {
        let named = self.schema.columns.iter().filter(|column| column.kind.is_number());
        let named = named.filter_map(|column| Some((column.column, self.position(column.column)?)));
        let may_be_text = self.schema.other_columns == OtherColumns::Attributes;
        let others = self.others.iter().map(|(heading, position)| (heading.as_str(), *position));
        let others =
            others.filter(|&(_, position)| !may_be_text || attribute::is_nearly_numeric(self, position));
        let columns: Vec<(&str, usize)> = named.chain(others).collect();
        let cells = self.rows().flat_map(|cells| {
            columns.iter().filter_map(move |(heading, position)| {
                Some(Sample { source: cells.at(heading), text: cells.filled(*position)? })
            })
        });
        cells.collect()
    }

    /// Reports rows with more or fewer cells than the header and keeps the others.
    fn keep_even_rows(
        &mut self,
        width: usize,
        rows: impl Iterator<Item = Row>,
        found: &mut Diagnostics,
    ) -> Vec<Row> {
        let mut even = Vec::new();
        for row in rows {
            if row.cells.len() == width {
                even.push(row);
                continue;
            }
            self.is_complete = false;
            let problem = format!("has {} cells, but the header has {width}", row.cells.len());
            let help = match self.separator {
                Separator::Comma => "put a cell that contains `,` in quotes, and give every column a cell",
                // The rows of a sheet are as long as each other.
                Separator::Semicolon | Separator::Cells => {
                    "put a cell that contains `;` in quotes, and give every column a cell"
                }
            };
            found.push(Diagnostic::fault(self.source().at_row(row.number), problem, help));
        }
        even
    }
}

/// A fault of a table without a row; `noun` is what it is.
fn empty(schema: &TableSchema, file: &str, noun: &str) -> Diagnostic {
    let required = schema.columns.iter().filter(|column| column.required);
    let columns = list(required.map(|column| column.column));
    let help = format!("write a header row with the columns {columns}, or remove the {noun}");
    Diagnostic::fault(SourceRef::file(file), "is empty", help)
}

/// Takes away rows above the header of a sheet, such as a title, and reports them. The header is the first row unless
/// that lacks a column that must be there, and one of the next rows has them all.
fn above_header(schema: &TableSchema, file: &str, rows: &mut Vec<Row>) -> Vec<Diagnostic> {
    const ROWS_SEARCHED: usize = 20;
    let required: Vec<&str> =
        schema.columns.iter().filter(|column| column.required).map(|column| column.column).collect();
    let is_header = |row: &Row| required.iter().all(|column| row.cells.iter().any(|cell| cell == column));
    let header = rows.iter().take(ROWS_SEARCHED).position(is_header).filter(|_| !required.is_empty());
    let Some(header) = header else { return Vec::new() };
    let number = rows[header].number;
    let above = rows.drain(..header).map(|row| {
        let problem = format!("stands above the header, which is row {number}");
        let help = "delete the rows above it, or move them to a sheet of their own: a table begins with one header row";
        Diagnostic::fault(SourceRef::file(file).at_row(row.number), problem, help)
    });
    above.collect()
}
