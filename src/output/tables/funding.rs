//! funding.csv: who pays for the costs that several lines may pay.

use crate::domain::{Portfolio, Selection};
use crate::finance::{Funding, Valuation};

use super::columns::Columns;
use super::frame::{FinishedScenario, OptionView, PointView, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, number, text};
use crate::output::error::OutputError;

/// funding.csv.
pub const TABLE: TableKind = TableKind {
    file: "funding.csv",
    doc: "what each line pays for each chosen project, of the costs that several lines may pay, by period",
    written: "if several lines may pay a row of costs",
    columns: COLUMNS,
    begin: |view| has_shared_costs(view).then(|| Box::<FundingRows<'_>>::default() as _),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    text(
        "option",
        "number of the option, name of the point of the frontier as in frontier.csv, or `cut line`",
    ),
    text("project", "id of the project"),
    text("line", "id of a budget line that may pay for it"),
    text("period", "the period"),
    number("amount", "what the line pays in the period"),
];

/// Name of the cut line where options have numbers.
const CUT_LINE: &str = "cut line";

fn has_shared_costs(view: &BatchView<'_>) -> bool {
    let mut costs = view.portfolio.projects().iter().flat_map(|project| &project.costs);
    costs.any(|cost| !cost.others.is_empty())
}

/// What a line pays for a project in a period.
struct FundingRow<'a> {
    scenario: &'a str,
    option: String,
    project: &'a str,
    line: &'a str,
    period: &'a str,
    amount: f64,
}

/// The rows of funding.csv.
#[derive(Default)]
struct FundingRows<'a> {
    rows: Vec<FundingRow<'a>>,
}

impl<'a> FundingRows<'a> {
    fn add(&mut self, option: &str, selection: &Selection, valuation: &Valuation<'a>) {
        let portfolio: &'a Portfolio = valuation.portfolio();
        for Funding { project, line, amounts } in valuation.funding(selection) {
            self.rows.extend(amounts.iter_enumerated().map(|(period, amount)| FundingRow {
                scenario: valuation.scenario().name.as_str(),
                option: option.to_owned(),
                project: portfolio.projects()[project].id.as_str(),
                line: portfolio.lines()[line].as_str(),
                period: portfolio.horizon().label(period).as_str(),
                amount: amount.value(),
            }));
        }
    }
}

impl<'a> TableRows<'a> for FundingRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        if let Some(baseline) = &finished.result.baseline {
            self.add(CUT_LINE, &baseline.found.selection, finished.valuation);
        }
    }

    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let name = view.option.number.to_string();
        self.add(&name, &view.option.found.selection, finished.valuation);
    }

    fn point(&mut self, view: &PointView<'a>, finished: &FinishedScenario<'a, '_>) {
        self.add(&view.name, &view.point.selection, finished.valuation);
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .text("option", |row| &row.option)
            .text("project", |row| row.project)
            .text("line", |row| row.line)
            .text("period", |row| row.period)
            .number("amount", |row| row.amount)
            .finish(&TABLE)
    }
}
