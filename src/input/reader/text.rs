//! From the bytes of a file to text, and the lines of a text.

use crate::diagnostic::{Diagnostic, SourceRef};

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
        // The letter of this byte in the encodings that spreadsheets still write.
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

/// True if a line ends with this byte.
pub fn ends_line(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
}

/// Beginnings of the lines of a text.
pub struct LineStarts {
    starts: Vec<usize>,
}

impl LineStarts {
    /// Finds them.
    pub fn new(text: &[u8]) -> Self {
        let ends = (0..text.len()).filter(|&at| ends_line(text, at));
        Self { starts: std::iter::once(0).chain(ends.map(|end| end + 1)).collect() }
    }

    /// The line, from 1, on which a byte lies.
    pub fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start <= byte)
    }

    /// The line on which a record begins: the reader counts the blank lines before a record as part of it.
    pub fn line_of_record(&self, text: &[u8], start: usize) -> usize {
        let blank = text.iter().skip(start).take_while(|&&byte| byte == b'\n' || byte == b'\r').count();
        self.line_of(start + blank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_encodings_are_told_by_name() {
        let of = |bytes: &[u8]| decode("t.csv", bytes, "save it as CSV UTF-8").unwrap_err().problem;
        assert!(of(b"p\0r\0o\0").contains("UTF-16") && of(b"\0p\0r\0o").contains("UTF-16"));
        assert!(of(b"\xff\xfep\0").contains("UTF-16"));
        assert!(of(b"a\nM\xfcnchen").contains("`ü` in Latin-1"));
        assert!(of(b"5 \x80").contains("`€` in Windows-1252"));
    }
}
