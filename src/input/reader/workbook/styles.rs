//! Number formats of cells: which of them show a moment, and how.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};

use super::parts::{Book, text};
use super::xml::{attribute, next, reader};

/// The number format of every style, in the order of their numbers.
pub fn read(parts: &BTreeMap<String, Vec<u8>>, book: &Book) -> Result<Vec<String>, String> {
    let Some(name) = book.styles.as_ref().filter(|name| parts.contains_key(*name)) else {
        return Ok(Vec::new());
    };
    let mut xml = reader(text(parts, name)?);
    let mut codes: BTreeMap<u32, String> = BTreeMap::new();
    let mut styles = Vec::new();
    let mut is_of_cells = false;
    let number = |element: &BytesStart<'_>| {
        attribute(element, "numFmtId").and_then(|id| id.parse::<u32>().ok()).unwrap_or(0)
    };
    loop {
        match next(&mut xml)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "numFmt" => {
                    codes.insert(number(&element), attribute(&element, "formatCode").unwrap_or_default());
                }
                "cellXfs" => is_of_cells = true,
                "xf" if is_of_cells => styles.push(number(&element)),
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "cellXfs" => is_of_cells = false,
            Event::Eof => break,
            _ => {}
        }
    }
    let code = |id: &u32| codes.get(id).cloned().unwrap_or_else(|| built_in(*id).to_owned());
    Ok(styles.iter().map(code).collect())
}

/// Number formats that files name by their number alone; blank if it shows no moment.
///
/// Formats 14 and 22 follow the country of the computer, which the file does not tell: the day is written as ISO 8601
/// has it. So are those of East Asian calendars (27 to 36, 50 to 58).
const fn built_in(id: u32) -> &'static str {
    match id {
        9 | 10 => "0%",
        14 | 27..=31 | 36 | 50..=54 | 57 | 58 => "yyyy-mm-dd",
        15 => "d-mmm-yy",
        16 => "d-mmm",
        17 => "mmm-yy",
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => "h:mm:ss",
        22 => "yyyy-mm-dd h:mm",
        46 => "[h]:mm:ss",
        _ => "",
    }
}
