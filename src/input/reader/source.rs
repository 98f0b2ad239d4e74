//! The forms in which a file may hold a table. A further form is a reader beside `csv`, and a variant here.

use crate::diagnostic::Diagnostic;

use super::csv;
use super::records::Records;

/// What a table is read from.
#[derive(Clone, Copy, Debug)]
pub enum TableSource<'f> {
    /// The bytes of a CSV file.
    Csv(&'f [u8]),
}

impl<'f> TableSource<'f> {
    /// What a file holds, told by the ending of its name: the name of the table, and where to read it from. `None` if it
    /// is no table.
    pub fn of(file: &'f str, bytes: &'f [u8]) -> Option<(&'f str, Self)> {
        let (table, ending) = file.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            _ if file.starts_with('.') => None,
            "csv" => Some((table, Self::Csv(bytes))),
            _ => None,
        }
    }

    /// Its rows and cells.
    ///
    /// # Errors
    /// If it holds nothing that can be taken for a table.
    pub fn records(&self, file: &str) -> Result<Records, Box<Diagnostic>> {
        match self {
            Self::Csv(bytes) => csv::read(file, bytes),
        }
    }
}

/// Whether a file of a folder is meant to be a table.
pub fn is_table(name: &str) -> bool {
    TableSource::of(name, &[]).is_some()
}
