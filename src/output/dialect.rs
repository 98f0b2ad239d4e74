//! Forms of CSV that spreadsheets of some countries ask for: another separator, a decimal comma, a byte order mark.
//!
//! Tables are made in one form, which everything within the program reads; one of another form is made from it, and read back,
//! field by field, so that no figure changes on the way.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::tables::{RESULT_TABLES, ResultColumn};

/// The byte order mark of UTF-8, by which some spreadsheets tell it from older encodings.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The words for separators and decimal marks on a command line.
const SIGNS: [(&str, u8); 8] = [
    (",", b','),
    (";", b';'),
    (".", b'.'),
    ("comma", b','),
    ("semicolon", b';'),
    ("point", b'.'),
    ("tab", b'\t'),
    ("\\t", b'\t'),
];

/// The name of the form that spreadsheets read where commas are decimal marks.
const EXCEL_EU: &str = "excel-eu";

/// A form of CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    separator: u8,
    decimal: u8,
    has_mark: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { separator: b',', decimal: b'.', has_mark: false }
    }
}

impl FromStr for Dialect {
    type Err = String;

    /// Reads `excel-eu`, or some of `separator=;`, `decimal=,` and `bom`, with blanks or `+` between them.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut dialect = Self::default();
        for word in
            text.split(|next: char| next.is_whitespace() || next == '+').filter(|word| !word.is_empty())
        {
            match word.split_once('=') {
                None if word == EXCEL_EU => {
                    dialect = Self { separator: b';', decimal: b',', has_mark: true };
                }
                None if word == "bom" => dialect.has_mark = true,
                Some(("separator", sign)) => dialect.separator = one_of(sign, b",;\t", "`,`, `;` or `tab`")?,
                Some(("decimal", sign)) => dialect.decimal = one_of(sign, b".,", "`.` or `,`")?,
                _ => {
                    let known = "`excel-eu`, or of `separator=;`, `decimal=,` and `bom` some";
                    return Err(format!("`{word}` is no part of a dialect: write {known}"));
                }
            }
        }
        if dialect.separator == dialect.decimal {
            return Err(
                "`,` cannot be separator and decimal mark: write \"separator=; decimal=,\"".to_owned()
            );
        }
        Ok(dialect)
    }
}

fn one_of(sign: &str, known: &[u8], words: &str) -> Result<u8, String> {
    let found = SIGNS.iter().find(|(word, byte)| *word == sign && known.contains(byte));
    found.map(|(_, byte)| *byte).ok_or_else(|| format!("`{sign}` cannot stand there: write {words}"))
}

impl fmt::Display for Dialect {
    /// In words that no shell takes for its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = match self.separator {
            b';' => "semicolon",
            b'\t' => "tab",
            _ => "comma",
        };
        let decimal = if self.decimal == b',' { "comma" } else { "point" };
        let mark = if self.has_mark { "+bom" } else { "" };
        write!(f, "separator={separator}+decimal={decimal}{mark}")
    }
}

impl Dialect {
    /// A table in this form.
    pub(super) fn of_table(self, file: &str, bytes: &[u8]) -> Vec<u8> {
        let mark = if self.has_mark { MARK } else { &[] };
        [mark, &translated(bytes, columns(file), Self::default(), self)].concat()
    }

    /// The form of a table, by its first bytes: no heading that tables begin with holds anything but letters.
    fn of_bytes(bytes: &[u8]) -> Self {
        let rest = bytes.strip_prefix(MARK).unwrap_or(bytes);
        let separator = rest.iter().copied().find(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
        let separator = separator.filter(|byte| b";\t".contains(byte)).unwrap_or(b',');
        // With another separator a comma in a number can only be its decimal mark.
        let decimal = if separator == b',' { b'.' } else { b',' };
        Self { separator, decimal, has_mark: rest.len() < bytes.len() }
    }
}

/// A result table in the form in which the program reads it, whichever it was written in.
pub fn plain_csv<'b>(file: &str, bytes: &'b [u8]) -> Cow<'b, [u8]> {
    let dialect = Dialect::of_bytes(bytes);
    if dialect == Dialect::default() {
        return Cow::Borrowed(bytes);
    }
    let rest = bytes.strip_prefix(MARK).unwrap_or(bytes);
    Cow::Owned(translated(rest, columns(file), dialect, Dialect::default()))
}

fn columns(file: &str) -> &'static [ResultColumn] {
    RESULT_TABLES.iter().find(|kind| kind.file == file).map_or(&[], |kind| kind.columns)
}

/// A table in another form. Quoted fields stay as they are; others get quotes where the new separator stands in them.
fn translated(bytes: &[u8], columns: &[ResultColumn], from: Dialect, to: Dialect) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() + bytes.len() / 16);
    let (mut place, mut column, mut is_number) = (0, 0, Vec::new());
    let mut is_head = true;
    while place < bytes.len() {
        let end = field_end(bytes, place, from.separator);
        let field = &bytes[place..end];
        if is_head {
            is_number.push(holds_numbers(columns, field));
        }
        let is_amount = !is_head && is_number.get(column) == Some(&true) && field.first() != Some(&b'"');
        let field: Cow<'_, [u8]> = match is_amount {
            true => Cow::Owned(with_mark(field, from.decimal, to.decimal)),
            false => Cow::Borrowed(field),
        };
        let needs_quotes = field.first() != Some(&b'"') && field.contains(&to.separator);
        if needs_quotes {
            text.push(b'"');
        }
        text.extend_from_slice(&field);
        if needs_quotes {
            text.push(b'"');
        }
        match bytes.get(end) {
            Some(byte) if *byte == from.separator => {
                text.push(to.separator);
                column += 1;
            }
            Some(byte) => {
                text.push(*byte);
                is_head &= *byte != b'\n';
                column = 0;
            }
            None => {}
        }
        place = end + 1;
    }
    text
}

/// The end of the field that begins at a place: the separator or line end behind it.
fn field_end(bytes: &[u8], start: usize, separator: u8) -> usize {
    let mut is_quoted = false;
    let ends = |(_, byte): &(usize, &u8)| {
        if **byte == b'"' {
            is_quoted = !is_quoted;
        }
        !is_quoted && (**byte == separator || **byte == b'\n')
    };
    bytes.iter().enumerate().skip(start).find(ends).map_or(bytes.len(), |(end, _)| end)
}

fn holds_numbers(columns: &[ResultColumn], heading: &[u8]) -> bool {
    let heading = String::from_utf8_lossy(heading);
    let heading = heading.trim().trim_matches('"');
    let covering = columns.iter().find(|column| column.covers(heading));
    covering.is_some_and(|column| column.kind == "number")
}

fn with_mark(field: &[u8], from: u8, to: u8) -> Vec<u8> {
    field.iter().map(|&byte| if byte == from { to } else { byte }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "scenario,option,project,start,fraction,end,name\n\
        base,2,A,2027.5,1.0,2028,\"Roads, north\"\nbase;1,1,\"'=B\",2028,0.25,,B \"\"\n\"a\nb\",1,C,2027,1e-9,,\n";

    #[test]
    fn a_table_is_written_in_another_form_and_read_back() {
        let excel: Dialect = "excel-eu".parse().unwrap();
        let written = excel.of_table("selection.csv", TABLE.as_bytes());
        let text = String::from_utf8(written.strip_prefix(MARK).unwrap().to_vec()).unwrap();
        assert_eq!(
            text,
            "scenario;option;project;start;fraction;end;name\n\
             base;2;A;2027.5;1,0;2028;\"Roads, north\"\n\"base;1\";1;\"'=B\";2028;0,25;;B \"\"\n\"a\nb\";1;C;2027;1e-9;;\n"
        );
        for words in ["excel-eu", "separator=tab", "separator=; decimal=,", "separator=;", "bom"] {
            let dialect: Dialect = words.parse().unwrap();
            let written = dialect.of_table("selection.csv", TABLE.as_bytes());
            let plain = plain_csv("selection.csv", &written);
            let records = |bytes: &[u8]| -> Vec<csv::StringRecord> {
                csv::Reader::from_reader(bytes).records().map(Result::unwrap).collect()
            };
            assert_eq!(records(&plain), records(TABLE.as_bytes()), "{words}");
        }
        assert!(matches!(plain_csv("selection.csv", TABLE.as_bytes()), Cow::Borrowed(_)));
    }

    #[test]
    fn dialects_are_read_from_words_and_written_back() {
        let read = |text: &str| text.parse::<Dialect>();
        assert_eq!(read("separator=; decimal=, bom"), read("excel-eu"));
        for text in ["", "excel-eu", "separator=tab", "bom", "separator=semicolon+decimal=comma"] {
            let dialect = read(text).unwrap();
            assert_eq!(read(&dialect.to_string()), Ok(dialect), "{text}");
            assert!(
                dialect.to_string().chars().all(|next| next.is_ascii_alphanumeric() || "=+".contains(next))
            );
        }
        for (text, said) in [
            ("decimal=,", "cannot be separator and decimal mark"),
            ("separator=|", "write `,`, `;` or `tab`"),
            ("decimal=;", "write `.` or `,`"),
            ("seperator=;", "is no part of a dialect"),
        ] {
            assert!(read(text).unwrap_err().contains(said), "{text}");
        }
    }
}
