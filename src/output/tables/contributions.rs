//! contributions.csv: what each chosen project of an option does for each objective and each key result.

use crate::domain::Portfolio;
use crate::finance::{Contribution, Outcome};

use super::columns::Columns;
use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, count, number, text};
use crate::output::error::OutputError;

/// contributions.csv.
pub const TABLE: TableKind = TableKind {
    file: "contributions.csv",
    doc: "what each chosen project of an option does for each objective and each key result; what is 0 is left out",
    written: "if there are objectives",
    columns: COLUMNS,
    begin: |view| Some(Box::new(ContributionRows::new(view)?)),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("project", "id of the project"),
    text("objective", "id of the objective, or of that which the key result measures"),
    text("key_result", "id of the key result; blank for an objective"),
    number(
        "contribution",
        "to an objective: strategic value; to a key result: its change when due as planned, in its own unit",
    ),
    number("share", "part of what all chosen projects contribute to it together"),
    text("name", "name of the project"),
    text("outcome", "name of the objective or key result"),
    text("unit", "unit of the contribution to a key result"),
];

struct ContributionRow<'a> {
    view: OptionView<'a>,
    one: Contribution,
}

/// The rows of contributions.csv.
struct ContributionRows<'a> {
    portfolio: &'a Portfolio,
    rows: Vec<ContributionRow<'a>>,
}

impl<'a> ContributionRows<'a> {
    fn new(view: &BatchView<'a>) -> Option<Self> {
        let portfolio = view.portfolio;
        (!portfolio.objectives().is_empty()).then(|| Self { portfolio, rows: Vec::new() })
    }
}

impl<'a> TableRows<'a> for ContributionRows<'a> {
    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let contributions = finished.valuation.contributions(&view.option.found.selection);
        self.rows.extend(contributions.into_iter().map(|one| ContributionRow { view, one }));
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        let portfolio = self.portfolio;
        let (tree, list) = (portfolio.objectives(), portfolio.key_results().list());
        let objective = |row: &ContributionRow<'a>| match row.one.outcome {
            Outcome::Objective(leaf) => &tree.objectives()[tree.leaves()[leaf]],
            Outcome::KeyResult(position) => &tree.objectives()[list[position].objective],
        };
        let key_result = |row: &ContributionRow<'a>| match row.one.outcome {
            Outcome::Objective(_) => None,
            Outcome::KeyResult(position) => Some(&list[position]),
        };
        Columns::of(&self.rows)
            .text("scenario", |row| row.view.scenario_name())
            .count("option", |row| row.view.option.number)
            .text("project", |row| portfolio.projects()[row.one.project].id.as_str())
            .text("objective", |row| objective(row).id.as_str())
            .text("key_result", |row| key_result(row).map_or("", |one| one.id.as_str()))
            .number("contribution", |row| row.one.amount)
            .maybe("share", |row| row.one.share)
            .text("name", |row| &portfolio.projects()[row.one.project].name)
            .text("outcome", |row| key_result(row).map_or(objective(row).name.as_str(), |one| &one.name))
            .text("unit", |row| key_result(row).map_or("", |one| &one.unit))
            .finish(&TABLE)
    }
}
