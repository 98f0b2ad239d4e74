//! Workbooks of spreadsheets (`.xlsx`): an archive of XML, sheet by sheet, cell by cell.
//!
//! Our own reader, as crates for spreadsheets give values and not what makes them doubtful: rows and columns that are
//! hidden, cells that are merged, formulas that were never calculated. ECMA-376, part 1, sections 8 and 18.

mod cells;
mod date;
mod form;
pub mod grid;
mod parts;
pub mod sheet;
mod strings;
mod styles;
pub mod xml;

use std::collections::BTreeMap;
use std::io::Cursor;

use crate::diagnostic::{Diagnostic, SourceRef};

use super::zip::{ZipError, ZipLimits, read_zip};
pub use form::{is_other_workbook, is_workbook};
use sheet::Sheet;

/// Most that a workbook may hold once it is unpacked: more than any portfolio needs.
const LIMITS: ZipLimits = ZipLimits { files: 10_000, bytes: 400_000_000 };

/// A workbook.
#[derive(Debug)]
pub struct Workbook {
    /// Its file.
    pub file: String,
    /// Its sheets of cells, in their order; charts are none.
    pub sheets: Vec<Sheet>,
}

impl Workbook {
    /// Reads a workbook.
    ///
    /// # Errors
    /// If the bytes are no workbook, or a damaged or encrypted one.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, Box<Diagnostic>> {
        let refuse =
            |problem: &str, help: &str| Box::new(Diagnostic::fault(SourceRef::file(file), problem, help));
        if let Some((problem, help)) = form::refusal(bytes) {
            return Err(refuse(problem, help));
        }
        let parts = read_zip(&mut Cursor::new(bytes), LIMITS).map_err(|error| {
            let (problem, help) = archive_fault(&error);
            refuse(&problem, help)
        })?;
        let sheets = sheets(&parts).map_err(|damage| {
            refuse(&format!("is a damaged workbook: {damage}"), "open it in a spreadsheet and save it anew")
        })?;
        Ok(Self { file: file.to_owned(), sheets })
    }

    /// The sheet of a name, in capitals or not.
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.table_name() == name)
    }
}

fn archive_fault(error: &ZipError) -> (String, &'static str) {
    match error {
        ZipError::TooLarge { .. } | ZipError::TooManyFiles { .. } => {
            (format!("is too large a workbook: {error}"), "keep the sheets of the portfolio alone in it")
        }
        ZipError::Unsupported(_) => (
            format!("cannot be read: {error}"),
            "open it in a spreadsheet and save it as .xlsx, without a password",
        ),
        _ => (
            format!("is a damaged workbook: {error}"),
            "save it anew as .xlsx, or send it again if it was cut off on its way",
        ),
    }
}

fn sheets(parts: &BTreeMap<String, Vec<u8>>) -> Result<Vec<Sheet>, String> {
    let book = parts::Book::read(parts)?;
    let strings = strings::read(parts, &book)?;
    let styles = styles::read(parts, &book)?;
    let mut sheets = Vec::new();
    for place in &book.sheets {
        let text = parts::text(parts, &place.part)?;
        let (cells, layout) = cells::read(text, &strings, &styles, book.counts_from_1904)
            .map_err(|damage| format!("{}: {damage}", place.part))?;
        sheets.push(Sheet { name: place.name.clone(), is_hidden: place.is_hidden, cells, layout });
    }
    Ok(sheets)
}
