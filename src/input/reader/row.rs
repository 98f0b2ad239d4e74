//! Cells of a table: texts, numbers and words, with a fault if a cell is not of its column's type.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, list, suggest_or};

use super::dialect::{Refusal, unclear_text};
use super::numbers::{self, DecimalMark};
use super::per_cent;
use super::records::Row;
use super::table::Table;

/// Whole numbers beyond this are slips of the hand, and could overflow where they are added up.
const LARGEST_WHOLE: f64 = 1e9;

/// Separator of names in a cell that lists several.
const LIST_SEPARATOR: char = ';';

/// One row of a table.
#[derive(Clone, Copy)]
pub struct Cells<'t> {
    table: &'t Table,
    row: &'t Row,
}

impl Table {
    /// Its rows below the header.
    pub fn rows(&self) -> impl Iterator<Item = Cells<'_>> {
        self.rows.iter().map(|row| Cells::new(self, row))
    }
}

impl<'t> Cells<'t> {
    fn new(table: &'t Table, row: &'t Row) -> Self {
        Self { table, row }
    }

    /// The row's number.
    pub fn number_of_row(self) -> usize {
        self.row.number
    }

    /// The row.
    pub fn source(self) -> SourceRef {
        self.table.source().at_row(self.row.number)
    }

    /// A cell of the row.
    pub fn at(self, heading: &str) -> SourceRef {
        self.source().in_column(heading)
    }

    /// A fault with the value of a named column.
    pub fn fault(
        self,
        column: &'static str,
        problem: impl Into<String>,
        help: impl Into<String>,
    ) -> Diagnostic {
        let fault = Diagnostic::fault(self.at(column), problem, help);
        match self.text(column) {
            Some(value) => fault.with_value(value),
            None => fault,
        }
    }

    /// The text of a named column; `None` if it is blank or the column is missing.
    pub fn text(self, column: &'static str) -> Option<&'t str> {
        self.table.position(column).and_then(|position| self.filled(position))
    }

    /// The names in a named column: those of a list separated by `;`, unless the whole text is a name by itself. None
    /// if it is blank or the column is missing.
    pub fn names(self, column: &'static str, is_name: impl Fn(&str) -> bool) -> Vec<&'t str> {
        match self.text(column) {
            None => Vec::new(),
            Some(text) if is_name(text) => vec![text],
            Some(text) => text.split(LIST_SEPARATOR).map(str::trim).collect(),
        }
    }

    /// The text of a column that must not be blank. A missing column has been reported with the header.
    pub fn required(self, column: &'static str, found: &mut Diagnostics) -> Option<&'t str> {
        let text = self.text(column);
        if text.is_none() && self.table.position(column).is_some() {
            let schema = self.table.schema.columns.iter().find(|schema| schema.column == column);
            let help = schema.map(|schema| format!("fill in the {} ({})", schema.doc, schema.kind));
            found.push(Diagnostic::fault(self.at(column), "is blank", help.unwrap_or_default()));
        }
        text
    }

    /// One of a few words.
    pub fn word<T: Copy>(
        self,
        column: &'static str,
        words: &[(&str, T)],
        found: &mut Diagnostics,
    ) -> Option<T> {
        let text = self.text(column)?;
        let word = words.iter().find(|(word, _)| *word == text).map(|&(_, meaning)| meaning);
        if word.is_none() {
            let known = || words.iter().map(|&(word, _)| word);
            let lower = text.to_lowercase();
            let help = suggest_or(&lower, known(), || format!("write one of {}", list(known())));
            let article = if column.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            found.push(self.fault(column, format!("is not {article} {column}"), help));
        }
        word
    }

    /// A number; `None` where it is blank or faulty.
    pub fn number(self, column: &'static str, found: &mut Diagnostics) -> Option<f64> {
        let position = self.table.position(column)?;
        self.number_at(column, position, found)
    }

    /// A number that must hold to a rule, which `expected` puts into words.
    pub fn number_where(
        self,
        column: &'static str,
        expected: &str,
        holds: impl Fn(f64) -> bool,
        found: &mut Diagnostics,
    ) -> Option<f64> {
        let value = self.number(column, found)?;
        if holds(value) {
            return Some(value);
        }
        let help = format!("write {expected}{}", per_cent::hint(value, holds));
        found.push(self.fault(column, "is out of range", help));
        None
    }

    /// A whole number of 0 or more.
    pub fn whole(self, column: &'static str, found: &mut Diagnostics) -> Option<usize> {
        let value = self.number(column, found)?;
        if (0.0..=LARGEST_WHOLE).contains(&value) && value.fract() == 0.0 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be whole"
            )]
            return Some(value as usize);
        }
        let problem = match value > LARGEST_WHOLE {
            true => "is too large",
            false => "is not a whole number of 0 or more",
        };
        found.push(self.fault(column, problem, "write a whole number such as 2, or leave the cell blank"));
        None
    }

    /// A number in any column by its position; `None` where it is blank or faulty.
    pub fn number_at(self, heading: &str, position: usize, found: &mut Diagnostics) -> Option<f64> {
        let text = self.filled(position)?;
        if self.is_text_in_sheet(position)
            && let Err((problem, help)) = self.tell_text(heading, text, found)
        {
            found.push(Diagnostic::fault(self.at(heading), problem, help).with_value(text));
            return None;
        }
        (self.table.dialect.read(text))
            .map_err(|(problem, help)| {
                found.push(Diagnostic::fault(self.at(heading), problem, help).with_value(text));
            })
            .ok()
    }

    /// The number before the sign of per cent in a cell such as `12 %`, by its position; `None` if it is no per cent,
    /// and 0 if it is a faulty one.
    pub fn per_cent_at(self, heading: &str, position: usize, found: &mut Diagnostics) -> Option<f64> {
        let text = self.filled(position)?;
        let number = text.strip_suffix('%')?.trim_end();
        let number = self.table.dialect.read(number).map_err(|(problem, _)| {
            let help = "write a share of what is asked for such as 12 %, or an amount";
            found.push(Diagnostic::fault(self.at(heading), problem, help).with_value(text));
        });
        Some(number.unwrap_or(0.0))
    }

    /// True if a cell of a sheet holds a number and shows a hundred times it.
    pub fn is_shown_in_per_cent(self, position: usize) -> bool {
        let shown = self.table.sheet.as_ref().map(|sheet| &sheet.per_cents);
        shown.is_some_and(|shown| shown.contains(&(self.row.number, position)))
    }

    /// True if a cell of a sheet holds a number as a text.
    fn is_text_in_sheet(self, position: usize) -> bool {
        let texts = self.table.sheet.as_ref().map(|sheet| &sheet.texts);
        texts.is_some_and(|texts| texts.contains(&(self.row.number, position)))
    }

    /// Warns of a number that a sheet holds as a text, which spreadsheets leave out of their sums.
    ///
    /// # Errors
    /// If its mark may part thousands as well as whole and fraction.
    fn tell_text(self, heading: &str, text: &str, found: &mut Diagnostics) -> Result<(), Refusal> {
        let Ok(number) = numbers::parse(text) else { return Ok(()) };
        if number.may_be_grouped {
            return Err(unclear_text(text));
        }
        if number.mark != Some(DecimalMark::Comma) {
            let problem = "is a number that is stored as text, and is read as the number";
            let help = "turn it into a number: spreadsheets leave texts out of their sums";
            found.push(Diagnostic::warning(self.at(heading), problem, help).with_value(text));
        }
        Ok(())
    }

    /// The text of a column by its position; `None` if it is blank.
    pub fn filled(self, position: usize) -> Option<&'t str> {
        self.row.cells.get(position).map(String::as_str).filter(|text| !text.is_empty())
    }
}
