//! CSV: the separator of the cells, and the rows of a text.

use crate::diagnostic::{Diagnostic, SourceRef};

use super::records::{Records, Row, Separator};
use super::text::{LineStarts, decode, ends_line};

/// Advice on the format of a table.
const SAVE: &str = "save it as CSV UTF-8";

impl Separator {
    /// The separator that occurs more often in the header line, outside quotes.
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
            Self::Comma | Self::Cells => b',',
            Self::Semicolon => b';',
        }
    }
}

/// Reads a CSV file.
///
/// # Errors
/// If it holds no text that can be taken for a table.
pub fn read(file: &str, bytes: &[u8]) -> Result<Records, Box<Diagnostic>> {
    let text = decode(file, bytes, SAVE)?;
    let (said, text) = without_separator_line(text);
    let separator = match said {
        None if is_separated_by_tabs(text) => return Err(Box::new(wrong_separator(file, "tabs"))),
        None => Separator::of(text),
        Some(",") => Separator::Comma,
        Some(";") => Separator::Semicolon,
        // A first line with more than `sep=` was saved anew since: the header decides.
        Some(said) if said.starts_with([',', ';']) => Separator::of(text),
        Some(said) if said.trim().is_empty() => return Err(Box::new(wrong_separator(file, "tabs"))),
        Some(said) => return Err(Box::new(wrong_separator(file, &format!("`{said}`")))),
    };
    let rows = rows_of(text, separator.as_byte());
    let unclosed_quote = unclosed_quote(file, text, &rows);
    Ok(Records { separator, rows, unclosed_quote, sheet: None })
}

/// The rows of a table that hold anything, with the numbers under which faults name them; none if it cannot be read.
pub fn table_rows(bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
    let records = read("", bytes).map(|records| records.rows).unwrap_or_default();
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
pub(super) fn unquoted(line: &str) -> impl Iterator<Item = char> {
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

/// The separator that the first line declares, as some spreadsheets write it for others (`sep=;`), and the text below,
/// where their row numbers begin.
pub(super) fn without_separator_line(text: &str) -> (Option<&str>, &str) {
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

/// The rows of a text that hold anything.
pub(super) fn rows_of(text: &str, separator: u8) -> Vec<Row> {
    let lines = LineStarts::new(text.as_bytes());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
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

/// The fault of a quote that is never closed.
pub(super) fn unclosed_quote(file: &str, text: &str, rows: &[Row]) -> Option<Diagnostic> {
    let last = rows.last().filter(|_| text.matches('"').count() % 2 == 1)?;
    last.cells.iter().any(|cell| cell.contains('\n')).then(|| {
        let problem = "opens a quote that is never closed, and so takes in all rows below it";
        Diagnostic::fault(SourceRef::file(file).at_row(last.number), problem, "close the quote with another")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape_of(text: &str) -> Vec<(usize, usize)> {
        let records = read("t.csv", text.as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
        records.rows.iter().map(|row| (row.number, row.cells.len())).collect()
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        assert_eq!(shape_of("a,b\n\n1,2\n,\n\n\n3,4"), [(1, 2), (3, 2), (7, 2)]);
        assert_eq!(shape_of("a,b\r\n\r\n1,2\r\n3,4\r\n"), [(1, 2), (3, 2), (4, 2)]);
        assert_eq!(shape_of("\n\na;b\r1;2\r"), [(3, 2), (4, 2)]);
        assert_eq!(shape_of("sep=;\r\na;b\r\n1;2\r\n"), [(1, 2), (2, 2)]);
    }

    #[test]
    fn a_cell_with_line_breaks_is_one_row() {
        assert_eq!(shape_of("a,b\n\"x\ny\",2\n3,4\n"), [(1, 2), (2, 2), (3, 2)]);
        assert_eq!(shape_of("a,b\r\n\"x\r\n\r\ny\",\"2\rz\"\r\n\r\n3,4\r\n"), [(1, 2), (2, 2), (4, 2)]);
        assert_eq!(shape_of("\"a\nb\",c\n1,2\n"), [(1, 2), (2, 2)]);
        assert_eq!(shape_of("a,b\n\" \n\",\"\"\n1,2\n"), [(1, 2), (3, 2)], "a blank row with a break in it");
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
        let of = |text: &str| read("t.csv", text.as_bytes()).map(|records| records.separator);
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
}
