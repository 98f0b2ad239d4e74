//! One CSV table: its rows as spreadsheets number them, and its headings matched to the published columns.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, did_you_mean};

use super::cell::{Cells, MarkSeen};
use super::schema::{OtherColumns, TableSchema};

/// A table whose headings have been checked.
pub(super) struct Table {
    pub(super) schema: &'static TableSchema,
    pub(super) file: String,
    pub(super) separator: Separator,
    /// Row of the header.
    pub(super) header_row: usize,
    /// The columns that are not named in the schema (periods, attributes, objectives): heading and position.
    pub(super) others: Vec<(String, usize)>,
    /// Whether every row could be read; if not, what seems to be missing may stand in an unread row.
    pub(super) is_complete: bool,
    pub(super) mark_seen: RefCell<MarkSeen>,
    named: BTreeMap<&'static str, usize>,
    rows: Vec<Row>,
}

/// One record.
pub(super) struct Row {
    pub(super) number: usize,
    pub(super) cells: Vec<String>,
}

/// What parts the cells of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    Comma,
    Semicolon,
}

impl Separator {
    /// Told from the header line: whichever stands in it more often, outside quotes.
    fn of(text: &str) -> Self {
        let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let mut is_quoted = false;
        let (mut commas, mut semicolons) = (0_usize, 0_usize);
        for next in header.chars() {
            match next {
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => commas += 1,
                ';' if !is_quoted => semicolons += 1,
                _ => {}
            }
        }
        if semicolons > commas { Self::Semicolon } else { Self::Comma }
    }

    const fn as_byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
        }
    }
}

impl Table {
    /// Reads a table. `None` if nothing in it can be used; what is wrong has then been reported.
    pub(super) fn read(
        schema: &'static TableSchema,
        file: &str,
        bytes: &[u8],
        found: &mut Diagnostics,
    ) -> Option<Self> {
        let text = match decode(file, bytes) {
            Ok(text) => text,
            Err(fault) => {
                found.push(*fault);
                return None;
            }
        };
        let separator = Separator::of(text);
        let rows = records(text, separator);
        let unclosed_quote = unclosed_quote(file, text, &rows);
        let mut rows = rows.into_iter();
        let Some(header) = rows.next() else {
            found.push(Diagnostic::fault(
                SourceRef::file(file),
                "is empty",
                format!(
                    "write a header row with the columns {}, or remove the file",
                    list(schema.headings())
                ),
            ));
            return None;
        };
        let mut table = Self {
            schema,
            file: file.to_owned(),
            separator,
            header_row: header.number,
            others: Vec::new(),
            is_complete: unclosed_quote.is_none(),
            mark_seen: RefCell::default(),
            named: BTreeMap::new(),
            rows: Vec::new(),
        };
        found.extend(unclosed_quote);
        table.rows = table.keep_even_rows(header.cells.len(), rows, found);
        table.match_headings(&header.cells, found);
        Some(table)
    }

    /// Its rows below the header.
    pub(super) fn rows(&self) -> impl Iterator<Item = Cells<'_>> {
        self.rows.iter().map(|row| Cells::new(self, row))
    }

    /// The position of a named column, if the table has it.
    pub(super) fn position(&self, column: &'static str) -> Option<usize> {
        debug_assert!(self.schema.headings().any(|heading| heading == column), "{column} is not published");
        self.named.get(column).copied()
    }

    /// The whole file.
    pub(super) fn source(&self) -> SourceRef {
        SourceRef::file(self.file.as_str())
    }

    /// A heading.
    pub(super) fn header_source(&self, heading: &str) -> SourceRef {
        self.source().at_row(self.header_row).in_column(heading)
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
                Separator::Semicolon => {
                    "put a cell that contains `;` in quotes, and give every column a cell"
                }
            };
            found.push(Diagnostic::fault(self.source().at_row(row.number), problem, help));
        }
        even
    }

    fn match_headings(&mut self, headings: &[String], found: &mut Diagnostics) {
        let mut seen = BTreeSet::new();
        let mut misspelt = BTreeSet::new();
        for (position, heading) in headings.iter().enumerate() {
            if heading.is_empty() {
                self.check_unnamed_column(position, found);
            } else if !seen.insert(heading) {
                let problem = "heads two columns";
                let help = "keep one of them, or give each its own heading";
                found.push(
                    Diagnostic::fault(self.header_source(heading), problem, help)
                        .with_value(heading.as_str()),
                );
            } else if let Some(column) = self.schema.headings().find(|column| column == heading) {
                self.named.insert(column, position);
            } else if let Some(fault) = self.refusal(heading, headings, &mut misspelt) {
                found.push(fault);
            } else {
                self.others.push((heading.clone(), position));
            }
        }
        for column in self.schema.columns.iter().filter(|column| column.required) {
            if !self.named.contains_key(column.column) && !misspelt.contains(column.column) {
                let problem = format!("has no column `{}`", column.column);
                let help = format!("add it: {} ({})", column.doc, column.kind);
                found.push(Diagnostic::fault(self.source().at_row(self.header_row), problem, help));
            }
        }
    }

    /// Spreadsheets save empty columns beside a table; only one with something in it is a mistake.
    fn check_unnamed_column(&self, position: usize, found: &mut Diagnostics) {
        if let Some(row) = self.rows.iter().find(|row| !row.cells[position].is_empty()) {
            let problem = format!("stands in column {} of the file, which has no heading", position + 1);
            let fault = Diagnostic::fault(
                self.source().at_row(row.number),
                problem,
                "give the column a heading, or empty it",
            );
            found.push(fault.with_value(row.cells[position].as_str()));
        }
    }

    /// Why a heading that is not a named column cannot stand in this table; `None` if it can.
    fn refusal(
        &self,
        heading: &str,
        headings: &[String],
        misspelt: &mut BTreeSet<&'static str>,
    ) -> Option<Diagnostic> {
        let source = self.header_source(heading);
        if self.schema.not_yet.contains(&heading) {
            let problem = format!("the column `{heading}` is not supported yet");
            return Some(Diagnostic::fault(source, problem, "remove the column"));
        }
        let lower = heading.to_lowercase();
        let near = did_you_mean(heading, self.schema.headings())
            .or_else(|| did_you_mean(&lower, self.schema.headings()));
        let is_welcome = match self.schema.other_columns {
            OtherColumns::Refused => false,
            OtherColumns::Attributes => near.is_none(),
            OtherColumns::Periods => near.is_none() && heading.contains(|next: char| next.is_ascii_digit()),
            // An objective may be named almost like a column; only a column that is missing was meant.
            OtherColumns::LeafObjectives => {
                near.is_none_or(|column| headings.iter().any(|other| other == column))
            }
        };
        if is_welcome {
            return None;
        }
        misspelt.extend(near);
        let help = match near {
            Some(column) => format!("did you mean `{column}`?"),
            None => self.expected_columns(),
        };
        let fault = Diagnostic::fault(source, "is not a column of this table", help);
        Some(fault.with_value(heading))
    }

    fn expected_columns(&self) -> String {
        let named = list(self.schema.headings());
        match self.schema.other_columns {
            OtherColumns::Periods => {
                format!("its columns are {named} and one per period, such as 2027 or 2027-Q1")
            }
            _ => format!("its columns are {named}"),
        }
    }
}

/// Words as a list for people.
pub(super) fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The text of a file without its byte order mark.
fn decode<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, Box<Diagnostic>> {
    let refuse =
        |problem: &str, help: &str| Box::new(Diagnostic::fault(SourceRef::file(file), problem, help));
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(refuse("is a workbook, not CSV", "save the sheet as CSV UTF-8"));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(refuse("is encoded in UTF-16", "save it as CSV UTF-8"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let readable = &bytes[..error.valid_up_to()];
        let byte = bytes[error.valid_up_to()];
        let row = LineStarts::new(readable).line_of(readable.len());
        let problem = format!("is not UTF-8: this row has the byte 0x{byte:02x}");
        Box::new(Diagnostic::fault(SourceRef::file(file).at_row(row), problem, "save it as CSV UTF-8"))
    })
}

/// All records that are not blank, the header first. Cells are trimmed.
fn records(text: &str, separator: Separator) -> Vec<Row> {
    let lines = LineStarts::new(text.as_bytes());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator.as_byte())
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    // Text in memory neither fails to be read nor to be UTF-8, so no record is an error.
    for record in reader.byte_records().flatten() {
        let cells: Vec<String> =
            record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            let start = record.position().map_or(0, csv::Position::byte);
            let number = lines.line_of_record(text.as_bytes(), usize::try_from(start).unwrap_or(0));
            rows.push(Row { number, cells });
        }
    }
    rows
}

/// A quote that is opened and not closed swallows all rows below it.
fn unclosed_quote(file: &str, text: &str, rows: &[Row]) -> Option<Diagnostic> {
    let last = rows.last().filter(|_| text.matches('"').count() % 2 == 1)?;
    last.cells.iter().any(|cell| cell.contains('\n')).then(|| {
        let problem = "opens a quote that is never closed, and so takes in all rows below it";
        Diagnostic::fault(SourceRef::file(file).at_row(last.number), problem, "close the quote with another")
    })
}

/// Where the lines of a text begin.
pub(super) struct LineStarts {
    starts: Vec<usize>,
}

impl LineStarts {
    pub(super) fn new(text: &[u8]) -> Self {
        let mut starts = vec![0];
        for (position, &byte) in text.iter().enumerate() {
            if byte == b'\n' || (byte == b'\r' && text.get(position + 1) != Some(&b'\n')) {
                starts.push(position + 1);
            }
        }
        Self { starts }
    }

    /// The line, from 1, on which a byte lies.
    pub(super) fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start <= byte)
    }

    /// The line on which a record begins: the reader counts the blank lines before a record as part of it.
    fn line_of_record(&self, text: &[u8], start: usize) -> usize {
        let blank = text.iter().skip(start).take_while(|&&byte| byte == b'\n' || byte == b'\r').count();
        self.line_of(start + blank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_of(text: &str) -> Vec<(usize, usize)> {
        records(text, Separator::of(text)).iter().map(|row| (row.number, row.cells.len())).collect()
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        assert_eq!(rows_of("a,b\n\n1,2\n,\n\n\n3,4"), [(1, 2), (3, 2), (7, 2)]);
        assert_eq!(rows_of("a,b\r\n\r\n1,2\r\n3,4\r\n"), [(1, 2), (3, 2), (4, 2)]);
        assert_eq!(rows_of("\n\na;b\r1;2\r"), [(3, 2), (4, 2)]);
        assert_eq!(rows_of("a,b\n\"x\ny\",2\n3,4\n"), [(1, 2), (2, 2), (4, 2)]);
    }

    #[test]
    fn the_separator_is_told_from_the_header() {
        assert_eq!(Separator::of("project;2027\nA;1,5"), Separator::Semicolon);
        assert_eq!(Separator::of("project,\"a;b;c\"\n"), Separator::Comma);
        assert_eq!(Separator::of("project"), Separator::Comma);
    }
}
