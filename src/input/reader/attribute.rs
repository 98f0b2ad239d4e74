//! Columns of the projects table that only the analyst knows the meaning of: texts, or numbers if every cell is one.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::domain::Attribute;

use super::numbers::{self, DecimalMark, WrittenForPeople};
use super::records::Separator;
use super::row::Cells;
use super::table::Table;

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
    let Some(text) = cells.filled(position) else { return Kind::Other };
    let is_comma_file = separator == Separator::Comma;
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

/// The numbers of a column by row; `None` unless every cell is one. What nearly is one is reported.
fn numbers(
    table: &Table,
    heading: &str,
    position: usize,
    found: &mut Diagnostics,
) -> Option<BTreeMap<usize, f64>> {
    if !is_nearly_numeric(table, position) {
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
    let Some((first, rest)) = others.split_first() else { return Some(numbers) };
    let count = table.rows().count();
    let are = if others.len() == 1 { "is no number" } else { "are no numbers" };
    let problem = format!("is read as text: {} of its {count} cells {are}", others.len());
    let help = "write a number in each cell, if the column is to count or to be compared as one";
    let text = |cells: &Cells<'_>| cells.filled(position).map(str::to_owned);
    let place =
        |cells: &Cells<'_>| Place::new(Some(cells.number_of_row()), Some(heading), cells.filled(position));
    let warning = Diagnostic::warning(first.at(heading), problem, help).with_others(rest.iter().map(place));
    found.push(match text(first) {
        Some(value) => warning.with_value(value),
        None => warning,
    });
    None
}
