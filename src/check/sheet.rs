//! Result tables as they were written: rows of cells with their places.

use std::collections::HashMap;

use crate::ids::from_cell;

/// A table as it was written.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    headings: HashMap<String, usize>,
    /// The headings in order.
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Reads a CSV file.
    ///
    /// # Errors
    /// The problem, in words.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
        let columns: Vec<String> = match reader.headers() {
            Ok(headings) => headings.iter().map(|heading| from_cell(heading).to_owned()).collect(),
            Err(error) => return Err(error.to_string()),
        };
        let headings = columns.iter().enumerate().map(|(place, heading)| (heading.clone(), place)).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| error.to_string())?;
            rows.push(record.iter().map(|cell| from_cell(cell).to_owned()).collect());
        }
        Ok(Self { headings, columns, rows })
    }

    /// The headings, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Number of rows below the heading.
    pub fn height(&self) -> usize {
        self.rows.len()
    }

    /// True if there is such a column.
    pub fn has(&self, column: &str) -> bool {
        self.headings.contains_key(column)
    }

    /// The cell of a row (position) in a column, as written; blank where there is no such column.
    pub fn cell(&self, row: usize, column: &str) -> &str {
        self.headings.get(column).map_or("", |&place| self.rows[row][place].as_str())
    }
}

/// A row (position) as a spreadsheet counts it: the heading is row 1.
pub(super) fn line(row: usize) -> usize {
    row + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_commas_and_line_breaks_are_part_of_cells() {
        let sheet = Sheet::read(b"scenario,x\n\"a, \"\"b\"\"\nc\",1\nd,2\n").unwrap();
        assert_eq!((sheet.cell(0, "scenario"), sheet.cell(1, "x")), ("a, \"b\"\nc", "2"));
        assert_eq!((sheet.height(), line(1)), (2, 3));
        assert!(sheet.has("x") && !sheet.has("y") && sheet.cell(0, "y").is_empty());
        assert!(Sheet::read(b"a,b\n1\n").is_err(), "a row is too short");
        let sheet = Sheet::read(b"project\n\"'=A1\"\n").unwrap();
        assert_eq!(sheet.cell(0, "project"), "=A1", "the apostrophe is for spreadsheets");
    }
}
