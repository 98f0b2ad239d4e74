//! Columns of the projects table that only the analyst knows the meaning of: texts, or numbers if every cell is one.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::domain::Attribute;

use super::numbers::{self, DecimalMark, WrittenForPeople};
use super::records::Separator;
use super::row::Cells;
use super::table::Table;

/// Numbers in a column with many blank cells from which on its few texts are told.
const MANY_NUMBERS: usize = 10;

/// Type of a cell of such a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A number, whether or not the file's other numbers are written in the same way.
    Number,
    /// A number whose thousands are parted.
    Grouped,
    /// Blank, or any text.
    Other,
}

fn kind(cells: Cells<'_>, position: usize, separator: Separator) -> Kind {
    cells.filled(position).map_or(Kind::Other, |text| kind_of(text, separator))
}

/// True if a cell is a number, however the file's other numbers are written.
pub fn is_number(text: &str, separator: Separator) -> bool {
    kind_of(text, separator) == Kind::Number
}

fn kind_of(text: &str, separator: Separator) -> Kind {
    let is_comma_file = separator != Separator::Semicolon;
    match numbers::parse(text) {
        // Where commas separate the cells, `1,2` in quotes is likelier a list than a number.
        Ok(number) if is_comma_file && number.mark == Some(DecimalMark::Comma) => {
            if number.may_be_grouped {
                Kind::Grouped
            } else {
                Kind::Other
            }
        }
        Ok(_) => Kind::Number,
        Err(_) => match WrittenForPeople::read(text, None) {
            Some(number) if number.is_bare => Kind::Grouped,
            _ => Kind::Other,
        },
    }
}

/// True if a column holds numbers in all but a few cells (one, or a tenth).
pub fn is_nearly_numeric(table: &Table, position: usize) -> bool {
    let kinds: Vec<Kind> = table.rows().map(|cells| kind(cells, position, table.separator)).collect();
    are_nearly_numbers(&kinds)
}

/// The same for a column of a sheet, by its cells.
pub fn is_nearly_numeric_in_sheet<'t>(cells: impl Iterator<Item = &'t str>) -> bool {
    are_nearly_numbers(&cells.map(|text| kind_of(text, Separator::Cells)).collect::<Vec<_>>())
}

fn are_nearly_numbers(kinds: &[Kind]) -> bool {
    let others = kinds.iter().filter(|&&kind| kind == Kind::Other).count();
    let numbers = kinds.len() - others;
    let are_few = others == 0 || (numbers >= 2 && others <= 1.max(kinds.len() / 10));
    numbers > 0 && are_few
}

/// The attributes of projects, in the order of their headings; `rows` are in the order of projects.
pub fn read(table: &Table, rows: &BTreeMap<&str, Cells<'_>>, found: &mut Diagnostics) -> Vec<Attribute> {
    let mut columns: Vec<&(String, usize)> = table.others.iter().collect();
    columns.sort();
    let attribute = |(heading, position): &(String, usize)| {
        let cell = |cells: &Cells<'_>| cells.filled(*position).unwrap_or_default().to_owned();
        let numbers = numbers(table, heading, *position, found).map(|by_row| {
            rows.values().filter_map(|cells| by_row.get(&cells.number_of_row()).copied()).collect()
        });
        Attribute::new(heading.clone(), rows.values().map(cell).collect(), numbers)
    };
    columns.into_iter().map(attribute).collect()
}

/// The numbers of a column by row; `None` unless every cell is one. A column that nearly holds numbers alone is
/// reported.
fn numbers(
    table: &Table,
    heading: &str,
    position: usize,
    found: &mut Diagnostics,
) -> Option<BTreeMap<usize, f64>> {
    if !is_nearly_numeric(table, position) {
        found.extend(text_of_numbers(table, heading, position));
        return None;
    }
    let mut numbers = BTreeMap::new();
    let mut others: Vec<Cells<'_>> = Vec::new();
    for cells in table.rows() {
        if kind(cells, position, table.separator) == Kind::Other {
            others.push(cells);
        } else if let Some(number) = cells.number_at(heading, position, found) {
            numbers.insert(cells.number_of_row(), number);
        }
    }
    if others.is_empty() {
        return Some(numbers);
    }
    found.extend(read_as_text(heading, position, &others, table.rows().count()));
    None
}

/// A warning for a column that has many blank cells, and numbers in all others but a few.
fn text_of_numbers(table: &Table, heading: &str, position: usize) -> Option<Diagnostic> {
    let filled: Vec<Cells<'_>> = table.rows().filter(|cells| cells.filled(position).is_some()).collect();
    let is_number = |cells: &Cells<'_>| kind(*cells, position, table.separator) == Kind::Number;
    let others: Vec<Cells<'_>> = filled.iter().copied().filter(|cells| !is_number(cells)).collect();
    let numbers = filled.len() - others.len();
    let are_few = numbers >= MANY_NUMBERS && 10 * numbers >= 9 * filled.len();
    if are_few { read_as_text(heading, position, &others, filled.len()) } else { None }
}

/// A warning for a column that is a text because of some cells; `count` are those of which they are told. `None`
/// without such cells.
fn read_as_text(heading: &str, position: usize, others: &[Cells<'_>], count: usize) -> Option<Diagnostic> {
    let (first, rest) = others.split_first()?;
    let are = if others.len() == 1 { "is no number" } else { "are no numbers" };
    let problem = format!("is read as text: {} of its {count} cells {are}", others.len());
    let causes: BTreeSet<Cause> = others.iter().map(|cells| Cause::of(cells.filled(position))).collect();
    let causes: Vec<&str> = causes.into_iter().map(Cause::as_str).collect();
    let help = format!(
        "{}; write a number in each cell, if the column is to count or to be compared as one",
        causes.join(", ")
    );
    let place =
        |cells: &Cells<'_>| Place::new(Some(cells.number_of_row()), Some(heading), cells.filled(position));
    let warning = Diagnostic::warning(first.at(heading), problem, help).with_others(rest.iter().map(place));
    // Each column is told by itself.
    let warning = warning.caused_by(format!("column {heading}"));
    Some(match first.filled(position) {
        Some(value) => warning.with_value(value),
        None => warning,
    })
}

/// Likely reason why a cell among numbers is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    Blank,
    Nothing,
    ThousandsSeparator,
    Sign,
    Space,
    Unit,
    Word,
}

impl Cause {
    /// The reason of a cell; `None`: it is blank.
    fn of(text: Option<&str>) -> Self {
        const NOTHING: [&str; 13] =
            ["-", "–", "—", "n/a", "#n/a", "na", "n.a.", "nil", "none", "null", "tbd", "tbc", "?"];
        let Some(text) = text else { return Self::Blank };
        if NOTHING.contains(&text.to_lowercase().as_str()) {
            return Self::Nothing;
        }
        let has_digit = text.contains(|next: char| next.is_ascii_digit());
        match WrittenForPeople::read(text, None) {
            Some(number) if !number.is_bare => Self::Sign,
            Some(_) => Self::ThousandsSeparator,
            None if has_digit && text.contains(char::is_alphabetic) => Self::Unit,
            None if has_digit && text.contains(char::is_whitespace) => Self::Space,
            None => Self::Word,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Blank => "a blank cell is no number",
            Self::Nothing => "nothing is written as 0, not as `-` or `n/a`",
            Self::ThousandsSeparator => "a number has no thousands separator",
            Self::Sign => "a number has no sign of currency or per cent and no brackets",
            Self::Space => "a number has no spaces in it",
            Self::Unit => "a number has no unit",
            Self::Word => "a word is no number",
        }
    }
}
