//! From the bytes of a file to rows of cells, numbered as a spreadsheet shows them.

use crate::diagnostic::{Diagnostic, SourceRef};

/// One record.
pub struct Row {
    /// The header is row 1 unless blank rows stand before it. A cell with a line break in it is one row.
    pub number: usize,
    pub cells: Vec<String>,
}

/// What parts the cells of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    Comma,
    Semicolon,
}

impl Separator {
    /// Told from the header line: whichever stands in it more often, outside quotes.
    fn of(text: &str) -> Self {
        let (mut commas, mut semicolons) = (0_usize, 0_usize);
        for next in unquoted(header_line(text)) {
            match next {
                ',' => commas += 1,
                ';' => semicolons += 1,
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

/// A file taken apart.
pub struct Records {
    pub separator: Separator,
    /// All records that are not blank, the header first. Cells are trimmed.
    pub rows: Vec<Row>,
    /// A quote that is opened and not closed swallows all rows below it.
    pub unclosed_quote: Option<Diagnostic>,
}

/// How a table is to be saved.
const SAVE: &str = "save it as CSV UTF-8";

impl Records {
    /// Reads a file.
    ///
    /// # Errors
    /// If it holds no text that can be taken for a table.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, Box<Diagnostic>> {
        let text = decode(file, bytes, SAVE)?;
        let (said, text) = without_separator_line(text);
        let separator = match said {
            None if is_separated_by_tabs(text) => return Err(Box::new(wrong_separator(file, "tabs"))),
            None => Separator::of(text),
            Some(",") => Separator::Comma,
            Some(";") => Separator::Semicolon,
            // What is said with more behind it was saved anew since: the header tells.
            Some(said) if said.starts_with([',', ';']) => Separator::of(text),
            Some(said) if said.trim().is_empty() => return Err(Box::new(wrong_separator(file, "tabs"))),
            Some(said) => return Err(Box::new(wrong_separator(file, &format!("`{said}`")))),
        };
        let rows = records(text, separator);
        let unclosed_quote = unclosed_quote(file, text, &rows);
        Ok(Self { separator, rows, unclosed_quote })
    }
}

/// The rows of a table that hold anything, with the numbers under which faults name them; none if it cannot be read.
pub fn table_rows(bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
    let records = Records::read("", bytes).map(|records| records.rows).unwrap_or_default();
    records.into_iter().map(|row| (row.number, row.cells)).collect()
}

fn wrong_separator(file: &str, what: &str) -> Diagnostic {
    let problem = format!("separates its cells by {what}");
    Diagnostic::fault(SourceRef::file(file), problem, "save it as CSV with `,` or `;` between the cells")
}

fn header_line(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default()
}

/// The characters of a line outside quotes.
fn unquoted(line: &str) -> impl Iterator<Item = char> {
    let mut is_quoted = false;
    line.chars().filter(move |&next| {
        is_quoted ^= next == '"';
        !is_quoted && next != '"'
    })
}

fn is_separated_by_tabs(text: &str) -> bool {
    let mut marks = unquoted(header_line(text)).filter(|next| [',', ';', '\t'].contains(next)).peekable();
    marks.peek().is_some() && marks.all(|mark| mark == '\t')
}

/// What the first line says of the separator, as some spreadsheets write it for others (`sep=;`), and the text below
/// it, where their row numbers begin.
fn without_separator_line(text: &str) -> (Option<&str>, &str) {
    let end = text.find(['\n', '\r']).unwrap_or(text.len());
    let line = text[..end].trim_matches(['"', ' ']);
    let Some(said) = line.get(..4).filter(|said| said.eq_ignore_ascii_case("sep=")).map(|_| &line[4..])
    else {
        return (None, text);
    };
    let rest = &text[end..];
    let below = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])).unwrap_or(rest);
    (Some(said), below)
}

/// The text of a file without its byte order mark.
///
/// # Errors
/// If it is no UTF-8 text; `save` says how it is to be saved.
pub fn decode<'a>(file: &str, bytes: &'a [u8], save: &str) -> Result<&'a str, Box<Diagnostic>> {
    let refuse =
        |problem: &str, help: &str| Box::new(Diagnostic::fault(SourceRef::file(file), problem, help));
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(refuse("is a workbook, not CSV", "save the sheet as CSV UTF-8"));
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(refuse("is a workbook of an old kind, not CSV", "save the sheet as CSV UTF-8"));
    }
    if is_utf_16(bytes) {
        return Err(refuse("is encoded in UTF-16", save));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let byte = bytes[error.valid_up_to()];
        let source = SourceRef::file(file).at_row(row_of(bytes, error.valid_up_to()));
        // What the byte stands for in the encodings that spreadsheets still write.
        let meant = match byte {
            0x80 => " (`€` in Windows-1252)".to_owned(),
            0xa1..=0xff => format!(" (`{}` in Latin-1 and Windows-1252)", char::from(byte)),
            _ => String::new(),
        };
        let problem = format!("is not UTF-8: this row has the byte 0x{byte:02x}{meant}");
        Box::new(Diagnostic::fault(source, problem, save))
    })
}

/// With a byte order mark, or without one, where every other byte of what comes first is 0.
fn is_utf_16(bytes: &[u8]) -> bool {
    let has_mark = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    has_mark || matches!(bytes, [0, 1..=255, 0, 1..=255, ..] | [1..=255, 0, 1..=255, 0, ..])
}

/// The row in which a byte lies; line breaks within quotes begin none.
fn row_of(bytes: &[u8], position: usize) -> usize {
    let mut is_quoted = false;
    let breaks = bytes[..position].iter().enumerate().filter(|&(at, &byte)| {
        is_quoted ^= byte == b'"';
        !is_quoted && ends_line(bytes, at)
    });
    1 + breaks.count()
}

/// Whether a line ends with this byte.
fn ends_line(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
}

fn records(text: &str, separator: Separator) -> Vec<Row> {
    let lines = LineStarts::new(text.as_bytes());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator.as_byte())
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    // Lines that begin within a cell are no rows of their own.
    let mut lines_within_cells = 0;
    // Text in memory neither fails to be read nor to be UTF-8, so no record is an error.
    for record in reader.byte_records().flatten() {
        let start = record.position().map_or(0, csv::Position::byte);
        let line = lines.line_of_record(text.as_bytes(), usize::try_from(start).unwrap_or(0));
        let number = line - lines_within_cells;
        let breaks = |cell: &[u8]| (0..cell.len()).filter(|&at| ends_line(cell, at)).count();
        lines_within_cells += record.iter().map(breaks).sum::<usize>();
        let cells: Vec<String> =
            record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { number, cells });
        }
    }
    rows
}

fn unclosed_quote(file: &str, text: &str, rows: &[Row]) -> Option<Diagnostic> {
    let last = rows.last().filter(|_| text.matches('"').count() % 2 == 1)?;
    last.cells.iter().any(|cell| cell.contains('\n')).then(|| {
        let problem = "opens a quote that is never closed, and so takes in all rows below it";
        Diagnostic::fault(SourceRef::file(file).at_row(last.number), problem, "close the quote with another")
    })
}

/// Where the lines of a text begin.
pub struct LineStarts {
    starts: Vec<usize>,
}

impl LineStarts {
    pub fn new(text: &[u8]) -> Self {
        let ends = (0..text.len()).filter(|&at| ends_line(text, at));
        Self { starts: std::iter::once(0).chain(ends.map(|end| end + 1)).collect() }
    }

    /// The line, from 1, on which a byte lies.
    pub fn line_of(&self, byte: usize) -> usize {
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
        let records = Records::read("t.csv", text.as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
        records.rows.iter().map(|row| (row.number, row.cells.len())).collect()
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        assert_eq!(rows_of("a,b\n\n1,2\n,\n\n\n3,4"), [(1, 2), (3, 2), (7, 2)]);
        assert_eq!(rows_of("a,b\r\n\r\n1,2\r\n3,4\r\n"), [(1, 2), (3, 2), (4, 2)]);
        assert_eq!(rows_of("\n\na;b\r1;2\r"), [(3, 2), (4, 2)]);
        assert_eq!(rows_of("sep=;\r\na;b\r\n1;2\r\n"), [(1, 2), (2, 2)]);
    }

    #[test]
    fn a_cell_with_line_breaks_is_one_row() {
        assert_eq!(rows_of("a,b\n\"x\ny\",2\n3,4\n"), [(1, 2), (2, 2), (3, 2)]);
        assert_eq!(rows_of("a,b\r\n\"x\r\n\r\ny\",\"2\rz\"\r\n\r\n3,4\r\n"), [(1, 2), (2, 2), (4, 2)]);
        assert_eq!(rows_of("\"a\nb\",c\n1,2\n"), [(1, 2), (2, 2)]);
        assert_eq!(rows_of("a,b\n\" \n\",\"\"\n1,2\n"), [(1, 2), (3, 2)], "a blank row with a break in it");
        let latin = decode("t.csv", b"a,b\n\"x\ny\",2\nM\xfcnchen,4\n", SAVE).unwrap_err();
        assert_eq!(latin.source.row, Some(3));
    }

    #[test]
    fn the_separator_is_told_from_the_header() {
        assert_eq!(Separator::of("project;2027\nA;1,5"), Separator::Semicolon);
        assert_eq!(Separator::of("project,\"a;b;c\"\n"), Separator::Comma);
        assert_eq!(Separator::of("project"), Separator::Comma);
    }

    #[test]
    fn a_first_line_may_say_what_separates() {
        let of = |text: &str| Records::read("t.csv", text.as_bytes()).map(|records| records.separator);
        for text in ["sep=;\na,b\n", "SEP=;\r\na,b\n", "\"sep=;\"\na,b\n", "\u{feff}sep=;\na,b\n"] {
            assert_eq!(of(text).unwrap(), Separator::Semicolon, "{text}");
        }
        assert_eq!(of("sep=,\na;b\n").unwrap(), Separator::Comma);
        assert_eq!(of("sep=;,,\na,b,c\n").unwrap(), Separator::Comma, "saved anew with commas");
        assert!(of("sep=\t\na\tb\n").unwrap_err().problem.contains("tabs"));
        assert!(of("a\tb\n1\t2\n").unwrap_err().problem.contains("tabs"));
        assert!(of("sep=|\na|b\n").unwrap_err().problem.contains("`|`"));
        assert_eq!(of("separate,b\n").unwrap(), Separator::Comma);
    }

    #[test]
    fn other_encodings_are_told_by_name() {
        let of = |bytes: &[u8]| decode("t.csv", bytes, SAVE).unwrap_err().problem;
        assert!(of(b"p\0r\0o\0").contains("UTF-16") && of(b"\0p\0r\0o").contains("UTF-16"));
        assert!(of(b"\xff\xfep\0").contains("UTF-16"));
        assert!(of(b"a\nM\xfcnchen").contains("`ü` in Latin-1"));
        assert!(of(b"5 \x80").contains("`€` in Windows-1252"));
    }
}
