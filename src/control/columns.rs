//! Columns that hold a measure as it was computed elsewhere, compared with the measure of each project.

use crate::diagnostic::{Diagnostic, Place, SourceRef};
use crate::domain::Portfolio;
use crate::finance::Valuation;
use crate::input::{ControlCell, ControlColumn, ControlColumns};

use super::decimal;

/// Two figures differ if they do so by more than this part of the larger, and by more than the batch allows.
const TOLERANCE: f64 = 1e-6;

/// Differences of a column that are told one by one, at most.
const TOLD: usize = 10;

/// A cell whose figure is not the measure of its project.
struct Difference<'c> {
    cell: &'c ControlCell,
    /// The measure of the project.
    measured: f64,
}

impl Difference<'_> {
    /// The size of the difference, as on paper.
    fn size(&self) -> f64 {
        decimal::sum([self.cell.figure, -self.measured]).abs()
    }
}

/// The differences of all columns, as faults: of each column the largest first.
pub(super) fn faults(control: &ControlColumns, portfolio: &Portfolio) -> Vec<Diagnostic> {
    let valuation = Valuation::new(portfolio, &control.base);
    (control.columns.iter())
        .flat_map(|column| {
            let mut differences = differences(column, control.tolerance, &valuation);
            // Equals stay in the order of rows.
            differences.sort_by(|left, right| right.size().total_cmp(&left.size()));
            told(column, &differences)
        })
        .collect()
}

fn differences<'c>(
    column: &'c ControlColumn,
    allowed: f64,
    valuation: &Valuation<'_>,
) -> Vec<Difference<'c>> {
    let portfolio = valuation.portfolio();
    let difference = |cell: &'c ControlCell| {
        let position = portfolio.project_position(&cell.project)?;
        let plan = valuation.plan(position, portfolio.projects()[position].start);
        let measured = valuation.measure(column.measure, position, plan);
        let largest = cell.figure.abs().max(measured.abs());
        let one = Difference { cell, measured };
        (one.size() > allowed.max(TOLERANCE * largest)).then_some(one)
    };
    column.cells.iter().filter_map(difference).collect()
}

fn told(column: &ControlColumn, differences: &[Difference<'_>]) -> Vec<Diagnostic> {
    let (largest, rest) = differences.split_at(differences.len().min(TOLD));
    let mut faults: Vec<Diagnostic> = largest.iter().map(|one| fault(column, one)).collect();
    faults.extend(others(column, rest));
    faults
}

fn source(column: &ControlColumn, cell: &ControlCell) -> SourceRef {
    SourceRef::file(column.file.as_str()).at_row(cell.row).in_column(column.heading.as_str())
}

fn fault(column: &ControlColumn, one: &Difference<'_>) -> Diagnostic {
    let problem = format!(
        "is not the {} of project {}, which is {} by the tables: they differ by {}",
        column.name,
        one.cell.project,
        figure(one.measured),
        figure(one.size()),
    );
    let help = "correct the cell, or the tables and the [base] from which the measure follows";
    Diagnostic::fault(source(column, one.cell), problem, help).with_value(one.cell.text.as_str())
}

/// All differences that are not told one by one, in one line.
fn others(column: &ControlColumn, rest: &[Difference<'_>]) -> Option<Diagnostic> {
    let (first, others) = rest.split_first()?;
    let rows = if rest.len() == 1 { "row differs" } else { "rows differ" };
    let problem =
        format!("{} more {rows} from the {}, by {} or less", rest.len(), column.name, figure(first.size()));
    let help = "the rows that differ most are listed above";
    let place =
        |one: &Difference<'_>| Place::new(Some(one.cell.row), Some(&column.heading), Some(&one.cell.text));
    let fault = Diagnostic::fault(source(column, first.cell), problem, help);
    Some(fault.with_others(others.iter().map(place)))
}

/// A figure with as many digits as sums of decimals have.
fn figure(number: f64) -> String {
    let digits: f64 = format!("{number:.11e}").parse().unwrap_or(number);
    format!("{}", digits + 0.0)
}
