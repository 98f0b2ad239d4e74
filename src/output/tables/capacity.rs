//! capacity.csv: people, resource by resource and period by period.

use crate::domain::Percentile;
use crate::optimise::RowKey;

use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{ALWAYS, BatchView, ResultColumn, TableKind, TableRows, count, number, text};
use super::periods::{Account, PeriodRow, columns, period_rows};
use crate::output::error::OutputError;

/// capacity.csv.
pub const TABLE: TableKind = TableKind {
    file: "capacity.csv",
    doc: "what each option demands, by resource and period; simulated columns are blank where nothing is simulated",
    written: ALWAYS,
    columns: COLUMNS,
    begin: |view| Some(Box::new(CapacityRows::new(view))),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("option", "number of the option"),
    text("resource", "id of the resource"),
    text("period", "the period"),
    number("plan", "planned demand"),
    number("limit", "the capacity; blank if there is none"),
    number("mean", "simulated mean"),
    number("p10", "10th percentile"),
    number("p50", "median"),
    number("p90", "90th percentile"),
    number("p_over", "probability of more than there is"),
    number("mean_over", "mean excess over what there is, 0 where there is none"),
    number("<column>_se", "standard error of a simulated column"),
    number("p<percentile>", "percentiles of choice"),
    number("bought", "what is hired beyond the capacity"),
    number("shadow_price", "what one unit more of the capacity adds to the objective in the relaxation"),
];

/// The rows of capacity.csv.
struct CapacityRows<'a> {
    percentiles: &'a [Percentile],
    rows: Vec<PeriodRow<'a>>,
}

impl<'a> CapacityRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        Self { percentiles: &view.batch.simulation().percentiles, rows: Vec::new() }
    }
}

impl<'a> TableRows<'a> for CapacityRows<'a> {
    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let (valuation, limits) = (finished.valuation, &view.scenario.limits);
        let (selection, risk) = (&view.option.found.selection, view.option.risk.as_ref());
        for (resource, id) in valuation.portfolio().resources().iter_enumerated() {
            let demand = valuation.demand(selection, resource);
            let bought = valuation.bought(selection, resource);
            let account = Account::of_capacity(&demand, limits.resources[resource].as_ref(), bought);
            let risk = risk.and_then(|risk| risk.resources.get(resource));
            let row_key = |period| RowKey::Capacity { resource, period };
            self.rows.extend(period_rows((view, finished), id.as_str(), account, risk, row_key));
        }
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        columns(&self.rows, "resource", self.percentiles)
            .maybe("bought", |row| row.room.bought)
            .maybe("shadow_price", |row| row.price)
            .finish(&TABLE)
    }
}
