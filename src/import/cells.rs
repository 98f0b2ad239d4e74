//! Cells of a project, which may have several rows: what they agree on.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::List;
use crate::input::map::NumberMap;

use super::decimal::Decimal;
use super::headings::Headings;
use super::numbers::{self, Meaning, NumberCell};
use super::rows::{Kept, ListedProject};

/// A list with the rows and headings that are read.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The list.
    pub list: &'a List,
    /// Its headings.
    pub headings: &'a Headings,
    /// Its rows.
    pub kept: &'a Kept<'a>,
    /// Form of its numbers.
    pub numbers: &'a NumberMap,
}

/// A filled cell.
#[derive(Clone, Copy, Debug)]
pub struct Cell<'a> {
    /// Number of its row.
    pub row: usize,
    /// Position of its column.
    pub position: usize,
    /// Its text.
    pub text: &'a str,
}

impl<'a> Reading<'a> {
    /// The filled cells of a project in a column, from above.
    pub fn filled(self, project: &'a ListedProject, position: usize) -> impl Iterator<Item = Cell<'a>> {
        let rows = project.rows.iter().map(move |&at| self.kept.rows[at].0);
        let cells = rows.map(move |row| Cell { row: row.number, position, text: row.cell(position) });
        cells.filter(|cell| !cell.text.is_empty())
    }

    /// The one text of a project in a column; a row that says another is a fault.
    pub fn agreed(
        self,
        project: &'a ListedProject,
        position: usize,
        found: &mut Diagnostics,
    ) -> Option<Cell<'a>> {
        let mut filled = self.filled(project, position);
        let first = filled.next()?;
        for other in filled.filter(|other| other.text != first.text) {
            let problem =
                format!("differs from `{}` in row {}, which is of the same project", first.text, first.row);
            let help = "write the same in all rows of a project, or leave the column out of the map";
            found.push(self.fault(other, problem, help));
        }
        Some(first)
    }

    /// True if the rows of a project say different things in a column.
    pub fn differs(self, project: &'a ListedProject, position: usize) -> bool {
        let mut filled = self.filled(project, position);
        let first = filled.next().map(|cell| cell.text);
        filled.any(|other| Some(other.text) != first)
    }

    /// The number of a cell; `None` where it is blank or faulty.
    pub fn number(self, cell: Cell<'_>, meaning: Meaning, found: &mut Diagnostics) -> Option<Decimal> {
        let place = (cell.row, cell.position);
        let own = NumberCell {
            text: cell.text,
            is_number: self.list.numbers.contains(&place),
            is_per_cent: self.list.per_cents.contains(&place),
        };
        match numbers::read(self.numbers, own, meaning) {
            Ok(number) => number,
            Err((problem, help)) => {
                found.push(self.fault(cell, problem, help));
                None
            }
        }
    }

    /// A fault of a cell.
    pub fn fault(self, cell: Cell<'_>, problem: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        let heading = self.headings.names.get(cell.position).map_or("", String::as_str);
        let source = self.list.at(cell.row, cell.position, heading);
        let fault = Diagnostic::fault(source, problem, help);
        if cell.text.is_empty() { fault } else { fault.with_value(cell.text) }
    }
}
