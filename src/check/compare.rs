//! Compares a table as it was written with recomputed values, cell by cell.

use std::collections::{BTreeSet, HashMap};

use super::figure::Figure;
use super::left_out::why_not;
use super::report::{Difference, LeftOut, Report, TableCount};
use super::sheet::{Sheet, line};

/// Key of a row: these cells.
pub(super) type Key = Vec<String>;

/// A table that is being compared.
pub(super) struct Comparison<'a> {
    file: &'a str,
    sheet: &'a Sheet,
    keys: &'a [&'a str],
    compared: BTreeSet<String>,
    missing: BTreeSet<String>,
    differences: Vec<Difference>,
    cells: usize,
}

impl<'a> Comparison<'a> {
    /// A table whose rows are identified by the cells of some columns.
    pub fn new(file: &'a str, sheet: &'a Sheet, keys: &'a [&'a str]) -> Self {
        Self {
            file,
            sheet,
            keys,
            compared: keys.iter().map(|&key| key.to_owned()).collect(),
            missing: BTreeSet::new(),
            differences: Vec::new(),
            cells: 0,
        }
    }

    /// The table.
    pub fn sheet(&self) -> &'a Sheet {
        self.sheet
    }

    fn key_of(&self, row: usize) -> Key {
        self.keys.iter().map(|key| self.sheet.cell(row, key).to_owned()).collect()
    }

    /// Finds the rows (positions) that there should be. Those that are missing, and those that should not be there, are
    /// differences; a row that has one wrong cell in its key is the row that is missed.
    pub fn find_rows<T>(&mut self, expected: Vec<(Key, T)>) -> Vec<(usize, T)> {
        let mut open: HashMap<Key, Vec<usize>> = HashMap::new();
        for row in (0..self.sheet.height()).rev() {
            open.entry(self.key_of(row)).or_default().push(row);
        }
        let (mut found, mut missed) = (Vec::new(), Vec::new());
        for (key, of_row) in expected {
            self.cells += key.len();
            match open.get_mut(&key).and_then(Vec::pop) {
                Some(row) => found.push((row, of_row)),
                None => missed.push((key, of_row)),
            }
        }
        let mut others: Vec<usize> = open.into_values().flatten().collect();
        others.sort_unstable();
        for (key, of_row) in missed {
            let near = others.iter().position(|&row| self.wrong_keys(row, &key).len() == 1);
            match near.map(|place| others.remove(place)) {
                Some(row) => {
                    let place = self.wrong_keys(row, &key)[0];
                    let written = self.sheet.cell(row, self.keys[place]).to_owned();
                    let column = self.keys[place].to_owned();
                    self.note(Some(row), Some(column), Some(written), Some(key[place].clone()));
                    found.push((row, of_row));
                }
                None => self.differences.push(Difference {
                    file: self.file.to_owned(),
                    row: None,
                    column: None,
                    about: key.join(", "),
                    written: None,
                    recomputed: None,
                }),
            }
        }
        for row in others {
            let written = Some(self.key_of(row).join(", "));
            self.note(Some(row), None, written, None);
        }
        found.sort_by_key(|&(row, _)| row);
        found
    }

    /// The key cells (positions) of a row that are not as they should be.
    fn wrong_keys(&self, row: usize, key: &Key) -> Vec<usize> {
        let is_wrong = |&place: &usize| self.sheet.cell(row, self.keys[place]) != key[place];
        (0..key.len()).filter(is_wrong).collect()
    }

    fn note(
        &mut self,
        row: Option<usize>,
        column: Option<String>,
        written: Option<String>,
        recomputed: Option<String>,
    ) {
        let about = row.filter(|_| column.is_some()).map_or_else(String::new, |row| {
            let others = self.keys.iter().filter(|&&key| Some(key) != column.as_deref());
            others.map(|key| self.sheet.cell(row, key)).collect::<Vec<_>>().join(", ")
        });
        let (file, row) = (self.file.to_owned(), row.map(line));
        self.differences.push(Difference { file, row, column, about, written, recomputed });
    }

    /// The cell of a column that is compared; `None` if there is no such column, which is a difference.
    fn cell(&mut self, row: usize, column: &str) -> Option<&'a str> {
        if self.sheet.has(column) {
            self.compared.insert(column.to_owned());
            self.cells += 1;
            return Some(self.sheet.cell(row, column));
        }
        if self.missing.insert(column.to_owned()) {
            self.note(None, Some(column.to_owned()), None, None);
        }
        None
    }

    /// Compares a text; no text is a blank cell.
    pub fn text(&mut self, row: usize, column: &str, recomputed: &str) {
        let Some(written) = self.cell(row, column) else { return };
        if written != recomputed {
            self.differ(row, column, written, recomputed.to_owned());
        }
    }

    /// Compares a number; `None` is a blank cell.
    pub fn number(&mut self, row: usize, column: &str, recomputed: Option<Figure>) {
        let Some(written) = self.cell(row, column) else { return };
        // A value that is no number (a quotient by 0, say) is written as a blank.
        let recomputed = recomputed.filter(|figure| figure.value.is_finite());
        let agrees = match (written, recomputed) {
            ("", None) => true,
            (_, None) => false,
            (written, Some(figure)) => {
                written.parse().is_ok_and(|number: f64| number.is_finite() && figure.agrees_with(number))
            }
        };
        if !agrees {
            let recomputed = recomputed.map_or_else(String::new, |figure| twelve_digits(figure.value));
            self.differ(row, column, written, recomputed);
        }
    }

    /// Compares a count; `None` is a blank cell.
    pub fn count(&mut self, row: usize, column: &str, recomputed: Option<usize>) {
        let Some(written) = self.cell(row, column) else { return };
        let agrees = match recomputed {
            None => written.is_empty(),
            Some(count) => written.parse() == Ok(count as f64),
        };
        if !agrees {
            self.differ(row, column, written, recomputed.map_or_else(String::new, |count| count.to_string()));
        }
    }

    /// Compares a yes or no; `None` is a blank cell.
    pub fn flag(&mut self, row: usize, column: &str, recomputed: Option<bool>) {
        self.text(row, column, recomputed.map_or("", |holds| if holds { "true" } else { "false" }));
    }

    fn differ(&mut self, row: usize, column: &str, written: &str, recomputed: String) {
        let text = |cell: String| Some(cell).filter(|cell| !cell.is_empty());
        self.note(Some(row), Some(column.to_owned()), text(written.to_owned()), text(recomputed));
    }

    /// Reports that a cell has none of its allowed values.
    pub fn refuse(&mut self, row: usize, column: &str, wanted: &str) {
        let Some(written) = self.cell(row, column) else { return };
        self.differ(row, column, written, wanted.to_owned());
    }

    /// Counts the keys of all rows as compared.
    pub fn count_keys(&mut self) {
        self.cells += self.keys.len() * self.sheet.height();
    }

    /// Counts a cell as compared that was held to a rule in another way.
    pub fn has_compared(&mut self, row: usize, column: &str) {
        self.cell(row, column);
    }

    /// Adds the findings to a report, with the columns that were not compared.
    pub fn finish(self, report: &mut Report) {
        let mut left_out: Vec<LeftOut> = Vec::new();
        for column in self.sheet.columns().iter().filter(|column| !self.compared.contains(*column)) {
            // Without rows there was nothing to compare.
            if self.sheet.height() == 0 {
                continue;
            }
            let why = why_not(self.file, column);
            match left_out.iter_mut().find(|other| other.why == why) {
                Some(other) => other.columns.push(column.clone()),
                None => left_out.push(LeftOut {
                    file: self.file.to_owned(),
                    columns: vec![column.clone()],
                    why: why.to_owned(),
                }),
            }
        }
        let (file, rows, cells) = (self.file.to_owned(), self.sheet.height(), self.cells);
        report.tables.push(TableCount { file, rows, cells });
        report.differences.extend(self.differences);
        report.left_out.extend(left_out);
    }
}

/// A number as tables write it: twelve significant digits.
fn twelve_digits(number: f64) -> String {
    format!("{number:.11e}").parse::<f64>().map_or_else(|_| number.to_string(), |number| number.to_string())
}
