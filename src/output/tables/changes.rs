//! changes.csv: how each option departs from the current plan.

use crate::domain::{Change, CurrentPlan, PeriodIx, Portfolio};

use super::columns::Columns;
use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, count, text};
use crate::output::error::OutputError;

/// changes.csv.
pub const TABLE: TableKind = TableKind {
    file: "changes.csv",
    doc: "each project that an option starts, stops or moves against the current plan",
    written: "if the portfolio has a current plan",
    columns: COLUMNS,
    begin: |view| Some(Box::new(ChangeRows::new(view)?)),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("project", "id of the project"),
    text("change", "start, stop or move"),
    text("from", "the period in which it starts in the current plan; blank if it is not in it"),
    text("to", "the period in which it starts in the option; blank if it is not in it"),
    text("name", "name of the project"),
];

/// One project that an option adds, drops or moves.
struct ChangeRow<'a> {
    view: OptionView<'a>,
    project: &'a str,
    name: &'a str,
    change: &'static str,
    from: &'a str,
    to: &'a str,
}

/// The rows of changes.csv.
struct ChangeRows<'a> {
    portfolio: &'a Portfolio,
    plan: &'a CurrentPlan,
    rows: Vec<ChangeRow<'a>>,
}

impl<'a> ChangeRows<'a> {
    fn new(view: &BatchView<'a>) -> Option<Self> {
        let portfolio = view.portfolio;
        Some(Self { portfolio, plan: portfolio.current_plan()?, rows: Vec::new() })
    }
}

impl<'a> TableRows<'a> for ChangeRows<'a> {
    fn option(&mut self, view: OptionView<'a>, _finished: &FinishedScenario<'a, '_>) {
        let (portfolio, plan) = (self.portfolio, self.plan);
        let label =
            |start: Option<PeriodIx>| start.map_or("", |start| portfolio.horizon().label(start).as_str());
        for (position, project) in portfolio.projects().iter_enumerated() {
            let agreed = plan.start(position);
            let start = view.option.found.selection.choice(position).map(|choice| choice.start);
            let Some(change) = plan.change(position, start) else { continue };
            let change = match change {
                Change::Add => "start",
                Change::Drop => "stop",
                Change::Move => "move",
            };
            self.rows.push(ChangeRow {
                view,
                project: project.id.as_str(),
                name: &project.name,
                change,
                from: label(agreed),
                to: label(start),
            });
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.view.scenario_name())
            .count("option", |row| row.view.option.number)
            .text("project", |row| row.project)
            .text("change", |row| row.change)
            .text("from", |row| row.from)
            .text("to", |row| row.to)
            .text("name", |row| row.name)
            .finish(&TABLE)
    }
}
