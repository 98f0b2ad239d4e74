//! options.csv: the options, as planned and as simulated.

use crate::domain::Percentile;

use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{ALWAYS, BatchView, TableKind, TableRows};
use super::plan_columns::{COLUMNS, PlanRow, plan_columns};
use crate::output::error::OutputError;

/// options.csv. The first 25 columns are a contract with readers of the file; further ones may be added.
pub const TABLE: TableKind = TableKind {
    file: "options.csv",
    doc: "the options of every scenario, as planned and as simulated; simulated columns are blank where nothing is simulated",
    written: ALWAYS,
    columns: &COLUMNS,
    begin: |view| Some(Box::new(OptionRows::new(view))),
};

/// The rows of options.csv.
struct OptionRows<'a> {
    percentiles: &'a [Percentile],
    rows: Vec<PlanRow<'a>>,
}

impl<'a> OptionRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        Self { percentiles: &view.batch.simulation().percentiles, rows: Vec::new() }
    }
}

impl<'a> TableRows<'a> for OptionRows<'a> {
    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let (option, found) = (view.option, &view.option.found);
        let risk = option.risk.as_ref();
        self.rows.push(PlanRow {
            rank: Some(option.rank),
            option: Some(option.number),
            status: found.status.as_str(),
            bound: Some(found.bound),
            gap: Some(found.gap),
            best: risk.map(|risk| risk.best),
            solver: found.engine.as_str(),
            ..PlanRow::new(finished.valuation, &found.selection, found.objective, risk, ())
        });
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        plan_columns(&self.rows, self.percentiles).finish(&TABLE)
    }
}
