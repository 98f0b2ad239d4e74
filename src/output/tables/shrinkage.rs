//! shrinkage.csv: what chosen projects are worth if their estimated benefits are drawn towards the common mean.

use crate::domain::Portfolio;
use crate::finance::{Shrunk, ShrunkProject};

use super::columns::Columns;
use super::frame::{FinishedScenario, ResultTable};
use super::kind::{BatchView, ResultColumn, TableKind, TableRows, count, number, text};
use crate::output::error::OutputError;

/// shrinkage.csv. The first eight columns are a contract with readers of the file.
pub const TABLE: TableKind = TableKind {
    file: "shrinkage.csv",
    doc: "a chosen project of an option: its benefit per unit of cost as estimated, and as expected once it is drawn towards the \
          common mean of all candidates, the more the less reliable it is (Smith and Winkler 2006)",
    written: "if [simulation] prior_sd asks for it, and a scenario is simulated",
    columns: COLUMNS,
    begin: |view| {
        let simulates = view.batch.scenarios().iter().any(|scenario| scenario.simulate);
        let asked = view.batch.prior_sd().filter(|_| simulates);
        asked.map(|_| Box::new(ShrinkageRows::new(view)) as Box<_>)
    },
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("project", "id of the project"),
    number(
        "benefit_per_cost",
        "planned benefit per unit of planned cost, started as planned; blank for a project that stays as planned: without a \
         cost, a benefit or a known error",
    ),
    number("weight", "weight of the estimate; that of the common mean is the rest"),
    number("shrunk", "benefit per unit of cost as expected"),
    number("npv", "planned net present value in this option"),
    number("npv_shrunk", "the same with its benefits as expected"),
    number("mean", "benefit per unit of cost of all candidates together"),
    text("name", "name of the project"),
];

struct ShrinkageRow<'a> {
    scenario: &'a str,
    option: usize,
    id: &'a str,
    name: &'a str,
    mean: f64,
    one: ShrunkProject,
}

impl ShrinkageRow<'_> {
    fn estimate(&self, of: impl Fn(Shrunk) -> f64) -> Option<f64> {
        self.one.estimate.map(of)
    }
}

/// The rows of shrinkage.csv.
struct ShrinkageRows<'a> {
    portfolio: &'a Portfolio,
    rows: Vec<ShrinkageRow<'a>>,
}

impl<'a> ShrinkageRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        Self { portfolio: view.portfolio, rows: Vec::new() }
    }
}

impl<'a> TableRows<'a> for ShrinkageRows<'a> {
    fn finished(&mut self, finished: &FinishedScenario<'a, '_>) {
        let Some(shrinkage) = &finished.result.answers.shrinkage else { return };
        for (option, selection) in &shrinkage.options {
            let row = |one: &ShrunkProject| {
                let project = &self.portfolio.projects()[one.project];
                ShrinkageRow {
                    scenario: finished.scenario.name.as_str(),
                    option: *option,
                    id: project.id.as_str(),
                    name: &project.name,
                    mean: shrinkage.mean,
                    one: *one,
                }
            };
            self.rows.extend(selection.projects.iter().map(row));
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        Columns::of(&self.rows)
            .text("scenario", |row| row.scenario)
            .count("option", |row| row.option)
            .text("project", |row| row.id)
            .maybe("benefit_per_cost", |row| row.estimate(|one| one.per_cost))
            .maybe("weight", |row| row.estimate(|one| one.weight))
            .maybe("shrunk", |row| row.estimate(|one| one.shrunk))
            .number("npv", |row| row.one.npv)
            .number("npv_shrunk", |row| row.one.npv_shrunk)
            .number("mean", |row| row.mean)
            .text("name", |row| row.name)
            .finish(&TABLE)
    }
}
