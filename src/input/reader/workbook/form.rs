//! Forms of workbooks, told apart by the ending of a name and by the first bytes.

/// Endings of workbooks that are read: with macros or without, and templates of either kind.
const READ: [&str; 4] = ["xlsx", "xlsm", "xltx", "xltm"];

/// Endings of workbooks that are not.
const OTHERS: [&str; 8] = ["xls", "xlsb", "xlt", "ods", "ots", "fods", "numbers", "gsheet"];

fn has_ending(name: &str, endings: &[&str]) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
    endings.iter().any(|own| ending.eq_ignore_ascii_case(own))
}

/// True if a file is a workbook by its name.
pub fn is_workbook(name: &str) -> bool {
    has_ending(name, &READ)
}

/// True if a file is, by its name, a workbook of a form that is not read.
pub fn is_other_workbook(name: &str) -> bool {
    has_ending(name, &OTHERS)
}

/// The reason why bytes cannot be a workbook that is read, with the remedy; `None` if they may be.
pub fn refusal(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const SAVE: &str = "open it in a spreadsheet and save it as .xlsx (Excel workbook)";
    if bytes.is_empty() {
        return Some(("is empty", SAVE));
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        // Names in such files are written in two bytes a letter.
        let wanted: Vec<u8> = "EncryptedPackage".bytes().flat_map(|byte| [byte, 0]).collect();
        return Some(match bytes.windows(wanted.len()).any(|window| window == wanted) {
            true => ("is protected by a password", "save it without a password"),
            false => ("is a workbook of an old kind (.xls)", SAVE),
        });
    }
    if !bytes.starts_with(b"PK") {
        let start = &bytes[..bytes.len().min(512)];
        let is_markup = start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
        return Some(match is_markup {
            true => ("is a page or XML with the name of a workbook", SAVE),
            false => ("is no workbook, whatever its name says", SAVE),
        });
    }
    let start = &bytes[..bytes.len().min(200)];
    let says = |text: &[u8]| start.windows(text.len()).any(|window| window == text);
    if says(b"application/vnd.oasis.opendocument") {
        return Some(("is an OpenDocument workbook (.ods)", SAVE));
    }
    None
}
