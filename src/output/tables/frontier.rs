//! frontier.csv: the non-dominated points of every scenario.

use crate::domain::{Frontier, FrontierX, Portfolio, Scenario};
use crate::optimise::FrontierPoint;

use super::ResultTable;
use super::columns::Columns;
use crate::output::error::OutputError;
use crate::output::words::proof_word;

/// The name of a point by its place (from 0) among those of its scenario: options have numbers, points `F1`, `F2` ….
pub fn point_name(place: usize) -> String {
    format!("F{}", place + 1)
}

/// The name of what runs along the first axis.
pub fn x_name(frontier: Frontier, portfolio: &Portfolio) -> String {
    match frontier.x() {
        FrontierX::Measure(measure, _) => measure.name(portfolio),
        FrontierX::BudgetScale => "budget_scale".to_owned(),
    }
}

/// One point.
struct FrontierRow<'a> {
    scenario: &'a str,
    name: String,
    point: &'a FrontierPoint,
}

/// The rows of frontier.csv.
#[derive(Default)]
pub struct FrontierRows<'a> {
    rows: Vec<FrontierRow<'a>>,
}

impl<'a> FrontierRows<'a> {
    /// Adds a point.
    pub fn add(&mut self, scenario: &'a Scenario, name: String, point: &'a FrontierPoint) {
        self.rows.push(FrontierRow { scenario: scenario.name.as_str(), name, point });
    }

    /// frontier.csv. The first six columns are a contract with whoever reads the file.
    pub fn table(&self, frontier: Frontier, portfolio: &Portfolio) -> Result<ResultTable, OutputError> {
        let (x, y) = (x_name(frontier, portfolio), frontier.y().name(portfolio));
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .text("point", |row| &row.name)
            .text("x_measure", |_| &x)
            .number("x", |row| row.point.x)
            .text("y_measure", |_| &y)
            .number("y", |row| row.point.y)
            .number("gap", |row| row.point.gap)
            .text("status", |row| proof_word(row.point.proof))
            .count("projects", |row| row.point.selection.len())
            .finish("frontier.csv")
    }
}
