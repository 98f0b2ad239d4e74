//! options.csv: the options, as planned and as simulated.

use crate::domain::{Percentile, RankBy};

use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{ALWAYS, BatchView, TableKind, TableRows};
use super::plan_columns::{COLUMNS, PlanRow, plan_columns};
use crate::output::error::OutputError;
use crate::output::words::tells_best;

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
    rank_by: RankBy,
    rows: Vec<PlanRow<'a>>,
}

impl<'a> OptionRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        let (percentiles, rank_by) = (&view.batch.simulation().percentiles, view.batch.rank_by());
        Self { percentiles, rank_by, rows: Vec::new() }
    }

    /// False if options are the best by a net present value that is not told.
    fn tells_best(&self, finished: &FinishedScenario<'_, '_>) -> bool {
        tells_best(finished.valuation.portfolio(), self.rank_by, &finished.scenario.goal)
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
            best: risk.map(|risk| risk.best).filter(|_| self.tells_best(finished)),
            solver: found.engine.as_str(),
            ..PlanRow::new(finished.valuation, &found.selection, found.objective, risk, ())
        });
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        plan_columns(&self.rows, self.percentiles).finish(&TABLE)
    }
}
