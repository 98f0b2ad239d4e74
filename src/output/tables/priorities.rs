//! priorities.csv: one order of all projects that is good for any budget between two levels.

use crate::optimise::Priority;

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{ResultColumn, TableKind, TableRows, count, flag, number, text};
use crate::output::error::OutputError;

/// priorities.csv. The first six columns are a contract with readers of the file.
pub const TABLE: TableKind = TableKind {
    file: "priorities.csv",
    doc: "one order of all projects of a scenario such that funding down the list is good at every level of its budgets",
    written: "if the batch has a section [priorities]",
    columns: COLUMNS,
    begin: |view| view.batch.priorities().is_some().then(|| Box::new(PriorityRows::default()) as _),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("place", "place on the list, from 1"),
    text("project", "id of the project"),
    number("cumulative_cost", "planned cost of the list down to here"),
    number(
        "budget_scale",
        "the lowest factor on all budgets at which the list funds it; blank: at no level asked for",
    ),
    number(
        "loss",
        "the most that the list loses from that level up to the next at which it grows: the objective of the best \
         selection found for a level alone, less that of what the list funds",
    ),
    flag("funded", "whether the scenario's own budgets fund it: the last `true` is the waterline"),
    text("name", "name of the project"),
];

struct Row<'a> {
    scenario: &'a str,
    place: usize,
    priority: &'a Priority,
    project: &'a str,
    name: &'a str,
}

/// The rows of priorities.csv.
#[derive(Default)]
struct PriorityRows<'a> {
    rows: Vec<Row<'a>>,
}

impl<'a> TableRows<'a> for PriorityRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let projects = finished.valuation.portfolio().projects();
        let list = finished.result.reasons.priorities.iter().flatten().enumerate();
        self.rows.extend(list.map(|(place, priority)| Row {
            scenario: finished.scenario.name.as_str(),
            place: place + 1,
            priority,
            project: projects[priority.project].id.as_str(),
            name: &projects[priority.project].name,
        }));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .count("place", |row| row.place)
            .text("project", |row| row.project)
            .number("cumulative_cost", |row| row.priority.cumulative_cost)
            .maybe("budget_scale", |row| row.priority.level)
            .maybe("loss", |row| row.priority.loss)
            .flag("funded", |row| Some(row.priority.is_funded))
            .text("name", |row| row.name)
            .finish(&TABLE)
    }
}
