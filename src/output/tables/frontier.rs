//! frontier.csv: the non-dominated points of every scenario.

use crate::domain::{Frontier, FrontierX, Portfolio};

use super::columns::Columns;
use super::frame::{FinishedScenario, PointView, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, count, number, text};
use crate::output::error::OutputError;

/// frontier.csv. The first six columns are a contract with readers of the file.
pub const TABLE: TableKind = TableKind {
    file: "frontier.csv",
    doc: "the non-dominated points of two measures in every scenario",
    written: "if the batch has a section [frontier]",
    columns: COLUMNS,
    begin: |view| Some(Box::new(FrontierRows::new(view)?)),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    text("point", "name of the point, by rising x: F1, F2 …"),
    text("x_measure", "what runs along the first axis"),
    number("x", "its value"),
    text("y_measure", "what runs along the second axis"),
    number("y", "its value"),
    number(
        "gap",
        "no selection between this point and the next worse one in x has a y better by more than this part of it",
    ),
    text("status", "optimal, or feasible where the gap was not closed"),
    count("projects", "number of projects chosen"),
];

/// The name of the quantity on the first axis.
pub fn x_name(frontier: Frontier, portfolio: &Portfolio) -> String {
    match frontier.x() {
        FrontierX::Measure(measure, _) => measure.name(portfolio),
        FrontierX::BudgetScale => "budget_scale".to_owned(),
    }
}

/// The rows of frontier.csv.
struct FrontierRows<'a> {
    x_measure: String,
    y_measure: String,
    rows: Vec<PointView<'a>>,
}

impl<'a> FrontierRows<'a> {
    fn new(view: &BatchView<'a>) -> Option<Self> {
        let frontier = view.batch.frontier()?;
        Some(Self {
            x_measure: x_name(frontier, view.portfolio),
            y_measure: frontier.y().name(view.portfolio),
            rows: Vec::new(),
        })
    }
}

impl<'a> TableRows<'a> for FrontierRows<'a> {
    fn point(&mut self, view: &PointView<'a>, _finished: &FinishedScenario<'a, '_>) {
        self.rows.push(view.clone());
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario.name.as_str())
            .text("point", |row| &row.name)
            .text("x_measure", |_| &self.x_measure)
            .number("x", |row| row.point.x)
            .text("y_measure", |_| &self.y_measure)
            .number("y", |row| row.point.y)
            .number("gap", |row| row.point.gap)
            .text("status", |row| row.point.status.as_str())
            .count("projects", |row| row.point.selection.len())
            .finish(&TABLE)
    }
}
