//! Forms of files that hold tables. A further form takes a reader, an ending and a variant here.

use crate::diagnostic::Diagnostic;

use super::csv;
use super::records::Records;
use super::sheet_records;
use super::workbook::sheet::Sheet;

/// Source of a table.
#[derive(Clone, Copy, Debug)]
pub enum TableSource<'f> {
    /// The bytes of a CSV file.
    Csv(&'f [u8]),
    /// A sheet of a workbook.
    Sheet(&'f Sheet),
}

impl<'f> TableSource<'f> {
    /// The tables that a file holds, by name, according to its ending; none if it holds no table.
    pub fn all_in(file: &str, bytes: &'f [u8]) -> Vec<(String, Self)> {
        match file.rsplit_once('.') {
            _ if file.starts_with('.') => Vec::new(),
            // Some systems and spreadsheets write names in capitals.
            Some((table, ending)) if ending.eq_ignore_ascii_case("csv") => {
                vec![(table.to_lowercase(), Self::Csv(bytes))]
            }
            _ => Vec::new(),
        }
    }

    /// Its rows and cells. Faults name `file`.
    ///
    /// # Errors
    /// If it holds nothing that can be taken for a table.
    pub fn records(&self, file: &str) -> Result<Records, Box<Diagnostic>> {
        match self {
            Self::Csv(bytes) => csv::read(file, bytes),
            Self::Sheet(sheet) => sheet_records::read(sheet),
        }
    }
}

/// True if a file of a folder is meant to hold tables, or a library in place of one; a workbook is a portfolio by itself.
pub fn is_table(name: &str) -> bool {
    is_library(name) || !TableSource::all_in(name, &[]).is_empty()
}

/// True if a file is meant for a SIPmath library, which stands in place of the table of samples.
pub fn is_library(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    !name.starts_with('.') && ending.is_some_and(|ending| ending.eq_ignore_ascii_case("sipmath"))
        || ["samples.json", "samples.xml"].iter().any(|own| name.eq_ignore_ascii_case(own))
}
