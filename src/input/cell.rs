//! Cells of a table: text, numbers and words, with a fault where a cell is not what its column holds.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, did_you_mean};

use super::numbers::{self, DecimalMark, NumberError, WrittenNumber};
use super::table::{Row, Separator, Table, list};

/// Whole numbers beyond this are slips of the hand, and could overflow where they are added up.
const LARGEST_WHOLE: f64 = 1e9;

/// One row of a table.
#[derive(Clone, Copy)]
pub(super) struct Cells<'t> {
    table: &'t Table,
    row: &'t Row,
}

/// How numbers have been written in a file so far.
#[derive(Default)]
pub(super) struct MarkSeen {
    /// The first number with a mark: all others of the file must use the same.
    first: Option<(DecimalMark, SourceRef, String)>,
    /// A number has been seen that cannot have meant a thousand.
    is_decimal: bool,
}

impl<'t> Cells<'t> {
    pub(super) fn new(table: &'t Table, row: &'t Row) -> Self {
        Self { table, row }
    }

    /// The row's number.
    pub(super) fn number_of_row(self) -> usize {
        self.row.number
    }

    /// The row.
    pub(super) fn source(self) -> SourceRef {
        self.table.source().at_row(self.row.number)
    }

    /// A cell of the row.
    pub(super) fn at(self, heading: &str) -> SourceRef {
        self.source().in_column(heading)
    }

    /// A fault with the value of a named column.
    pub(super) fn fault(
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

    /// What a named column holds; `None` where it is blank or not there.
    pub(super) fn text(self, column: &'static str) -> Option<&'t str> {
        self.table.position(column).and_then(|position| self.filled(position))
    }

    /// What must not be blank. A column that is not there has been reported with the header.
    pub(super) fn required(self, column: &'static str, found: &mut Diagnostics) -> Option<&'t str> {
        let text = self.text(column);
        if text.is_none() && self.table.position(column).is_some() {
            let schema = self.table.schema.columns.iter().find(|schema| schema.column == column);
            let (kind, doc) = schema.map_or(("", ""), |schema| (schema.kind, schema.doc));
            found.push(Diagnostic::fault(self.at(column), "is blank", format!("fill in the {doc} ({kind})")));
        }
        text
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(
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
            let help = match did_you_mean(&lower, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of {}", list(known())),
            };
            let article = if column.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            found.push(self.fault(column, format!("is not {article} {column}"), help));
        }
        word
    }

    /// A number; `None` where it is blank or faulty.
    pub(super) fn number(self, column: &'static str, found: &mut Diagnostics) -> Option<f64> {
        let position = self.table.position(column)?;
        self.number_at(column, position, found)
    }

    /// A number that must hold to a rule, which `expected` puts into words.
    pub(super) fn number_where(
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
        found.push(self.fault(column, "is out of range", format!("write {expected}")));
        None
    }

    /// A whole number of 0 or more.
    pub(super) fn whole(self, column: &'static str, found: &mut Diagnostics) -> Option<usize> {
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
    pub(super) fn number_at(self, heading: &str, position: usize, found: &mut Diagnostics) -> Option<f64> {
        let text = self.filled(position)?;
        let result = numbers::parse(text).map_err(|error| describe(error, text)).and_then(|number| {
            self.check_mark(heading, text, number)?;
            Ok(number.value)
        });
        result
            .map_err(|(problem, help)| {
                found.push(Diagnostic::fault(self.at(heading), problem, help).with_value(text));
            })
            .ok()
    }

    /// What a column holds by its position; `None` where it is blank.
    pub(super) fn filled(self, position: usize) -> Option<&'t str> {
        self.row.cells.get(position).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Holds a file to one decimal mark.
    fn check_mark(self, heading: &str, text: &str, number: WrittenNumber) -> Result<(), (String, String)> {
        let Some(mark) = number.mark else { return Ok(()) };
        if self.table.separator == Separator::Comma {
            return match mark {
                DecimalMark::Point => Ok(()),
                DecimalMark::Comma if number.may_be_grouped => Err(thousands(text)),
                DecimalMark::Comma => Err((
                    "has a decimal comma, but `,` separates the cells of this file".to_owned(),
                    format!("write {}, or separate the cells by `;`", text.replace(',', ".")),
                )),
            };
        }
        let mut seen = self.table.mark_seen.borrow_mut();
        seen.is_decimal |= !number.may_be_grouped;
        let (first, source, value) =
            seen.first.get_or_insert_with(|| (mark, self.at(heading), text.to_owned()));
        if *first == mark {
            return Ok(());
        }
        Err((
            format!(
                "uses `{}` as its decimal mark, but {source} uses `{}` (`{value}`)",
                mark.as_char(),
                first.as_char()
            ),
            "use one decimal mark in the whole file and no thousands separators".to_owned(),
        ))
    }
}

fn describe(error: NumberError, text: &str) -> (String, String) {
    match error {
        NumberError::NotANumber => {
            ("is not a number".to_owned(), "write digits such as 1234.5, without units or signs".to_owned())
        }
        NumberError::ThousandsSeparator => thousands(text),
        NumberError::TooLarge => (
            "is too large".to_owned(),
            "write numbers of at most 1e15, in a larger unit if need be".to_owned(),
        ),
    }
}

fn thousands(text: &str) -> (String, String) {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let has_both = text.contains('.') && text.contains(',');
    let example = if has_both { "1234.5".to_owned() } else { digits };
    ("has a thousands separator".to_owned(), format!("write the number without it, such as {example}"))
}

impl Table {
    /// The numbers of a column that may hold text too: `None` unless every cell is a number of the file's kind.
    pub(super) fn numeric_column(&self, position: usize) -> Option<Vec<f64>> {
        let mut mark = match self.separator {
            Separator::Comma => Some(DecimalMark::Point),
            Separator::Semicolon => self.mark_seen.borrow().first.as_ref().map(|(mark, ..)| *mark),
        };
        self.rows()
            .map(|cells| {
                let number = numbers::parse(cells.filled(position)?).ok()?;
                match number.mark {
                    Some(own) if *mark.get_or_insert(own) != own => None,
                    _ => Some(number.value),
                }
            })
            .collect()
    }

    /// Warns where every number with a mark could have meant thousands: `1.234` in a file with `;`.
    pub(super) fn warn_of_thousands(&self, found: &mut Diagnostics) {
        let seen = self.mark_seen.borrow();
        if let (Some((mark, source, value)), false) = (&seen.first, seen.is_decimal) {
            let problem =
                format!("is read as a fraction: `{}` is taken for the decimal mark", mark.as_char());
            let help = "if it parts thousands, write the numbers of this file without it";
            found.push(Diagnostic::warning(source.clone(), problem, help).with_value(value.as_str()));
        }
    }
}
