//! Control columns: columns of the projects table that hold a measure as it was computed elsewhere, cell by cell.

use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::domain::{Measure, Portfolio, Scenario};

use super::reader::row::Cells;
use super::reader::table::Table;

/// A column that a batch file asks to compare.
#[derive(Clone, Debug)]
pub(super) struct AskedColumn {
    /// The measure that the column holds.
    pub(super) measure: Measure,
    /// The name of the measure, as the batch file writes it.
    pub(super) name: String,
    /// The heading of the column.
    pub(super) heading: String,
}

/// The columns that a batch file asks to compare, and the assumptions under which they were computed.
#[derive(Clone, Debug)]
pub(super) struct AskedColumns {
    pub(super) base: Scenario,
    pub(super) columns: Vec<AskedColumn>,
    /// By how much figures may differ, in their own units.
    pub(super) tolerance: f64,
}

/// Columns of control figures.
#[derive(Clone, Debug)]
pub struct ControlColumns {
    /// The assumptions of every scenario before its own: the settings of the batch, and what `[base]` says.
    pub base: Scenario,
    /// The columns, in the order of the batch file.
    pub columns: Vec<ControlColumn>,
    /// By how much figures may differ, in their own units, beside a millionth of the larger.
    pub tolerance: f64,
}

/// A column of the projects table that holds a measure of each project as it was computed elsewhere.
#[derive(Clone, Debug)]
pub struct ControlColumn {
    /// The measure.
    pub measure: Measure,
    /// The name of the measure, as the batch file writes it.
    pub name: String,
    /// The heading of the column.
    pub heading: String,
    /// The file of the table.
    pub file: String,
    /// The cells that are not blank, in the order of rows.
    pub cells: Vec<ControlCell>,
}

/// The control figure of one project.
#[derive(Clone, Debug, PartialEq)]
pub struct ControlCell {
    /// The id of the project.
    pub project: String,
    /// The row of the table.
    pub row: usize,
    /// The figure.
    pub figure: f64,
    /// The cell as written.
    pub text: String,
}

/// Reads the columns that a batch asks for. Cells that are no numbers are faults; blank ones are told and skipped.
pub(super) fn read(
    asked: &AskedColumns,
    table: &Table,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) -> ControlColumns {
    let position = |heading: &str| table.others.iter().find(|(own, _)| own == heading).map(|&(_, at)| at);
    let read = |one: &AskedColumn| {
        let position = position(&one.heading)?;
        Some(column(one, table, position, portfolio, found))
    };
    let columns = asked.columns.iter().filter_map(read).collect();
    ControlColumns { base: asked.base.clone(), columns, tolerance: asked.tolerance }
}

fn column(
    asked: &AskedColumn,
    table: &Table,
    position: usize,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) -> ControlColumn {
    let mut cells = Vec::new();
    let mut blank = Vec::new();
    for row in table.rows() {
        let Some(text) = row.filled(position) else {
            blank.push(row);
            continue;
        };
        let project = row.text("project").filter(|id| portfolio.project_position(id).is_some());
        let figure = row.number_at(&asked.heading, position, found);
        if let (Some(project), Some(figure)) = (project, figure) {
            let (project, text) = (project.to_owned(), text.to_owned());
            cells.push(ControlCell { project, row: row.number_of_row(), figure, text });
        }
    }
    found.extend(blank_cells(asked, &blank, table.rows().count()));
    let AskedColumn { measure, name, heading } = asked.clone();
    ControlColumn { measure, name, heading, file: table.file.clone(), cells }
}

fn blank_cells(asked: &AskedColumn, blank: &[Cells<'_>], count: usize) -> Option<Diagnostic> {
    let (first, rest) = blank.split_first()?;
    let are = if blank.len() == 1 { "is" } else { "are" };
    let problem =
        format!("{} of its {count} cells {are} blank and not compared with `{}`", blank.len(), asked.name);
    let help = "fill in the figure of each project, if all are to be checked";
    let place = |row: &Cells<'_>| Place::new(Some(row.number_of_row()), Some(&asked.heading), None);
    let warning = Diagnostic::warning(first.at(&asked.heading), problem, help);
    Some(warning.with_others(rest.iter().map(place)).caused_by(format!("check of {}", asked.name)))
}
