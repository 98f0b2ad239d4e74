//! options.csv: the options, as planned and as simulated.

use crate::domain::{Percentile, RankBy};
use crate::rank::{Criterion, Lead};
use crate::simulate::Estimate;

use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{ALWAYS, BatchView, ResultColumn, TableKind, TableRows, flag, joined, number, number_if};
use super::plan_columns::{self, PlanRow, plan_columns};
use crate::output::error::OutputError;

/// options.csv. The first 25 columns are a contract with readers of the file; further ones may be added.
pub const TABLE: TableKind = TableKind {
    file: "options.csv",
    doc: "the options of every scenario, as planned and as simulated; simulated columns are blank where nothing is simulated",
    written: ALWAYS,
    columns: &COLUMNS,
    begin: |view| Some(Box::new(OptionRows::new(view))),
};

/// Columns behind those that the cut line has, too.
const FURTHER: [ResultColumn; 4] = [
    number(
        "p_beats_next",
        "probability that it is better than the option next in rank, on the same trials and by what p_best goes by; equals \
         share a trial; blank for the last",
    ),
    flag(
        "tie",
        "true if it cannot be told from the option next in rank: what ranks them differs by rounding alone, or, where that \
         is simulated, by no more than 1.96 standard errors of the difference on the same trials; blank for the last",
    ),
    number_if(
        WITH_PRIOR,
        "npv_shrunk",
        "planned net present value with benefits as expected once estimates are drawn towards their common mean",
    ),
    number_if(
        WITH_PRIOR,
        "expected_disappointment",
        "by how much the planned net present value is too high on average, as favourable estimates are chosen",
    ),
];

/// The condition of columns of a prior.
const WITH_PRIOR: &str = "if [simulation] prior_sd is given";

const COLUMNS: [ResultColumn; plan_columns::COLUMNS.len() + FURTHER.len()] =
    joined(&plan_columns::COLUMNS, &FURTHER);

/// An option beside the next in rank, and beside its own plan.
#[derive(Default)]
struct BesideNext {
    beats: Option<Estimate>,
    is_tie: Option<bool>,
    /// What it is worth with benefits as expected, and by how much less that is.
    shrunk: Option<[f64; 2]>,
}

impl BesideNext {
    fn of(view: OptionView<'_>, finished: &FinishedScenario<'_, '_>, rank_by: RankBy) -> Self {
        let option = view.option;
        let next = finished.result.options.iter().find(|next| next.rank == option.rank + 1);
        let criterion = |option| Criterion::of(finished.valuation, rank_by, option);
        let lead = next.and_then(|next| Lead::of(criterion(option), criterion(next), option.beside_next));
        let beats = option.beside_next.map(|beside| beside.beats);
        let shrinkage = finished.result.answers.shrinkage.as_ref();
        let shrunk = shrinkage.and_then(|all| all.of(option.number));
        let shrunk = shrunk.map(|one| [one.npv_shrunk, one.npv - one.npv_shrunk]);
        Self { beats, is_tie: lead.map(|lead| lead.is_tie), shrunk }
    }
}

/// The rows of options.csv.
struct OptionRows<'a> {
    percentiles: &'a [Percentile],
    rank_by: RankBy,
    has_prior: bool,
    rows: Vec<PlanRow<'a, BesideNext>>,
}

impl<'a> OptionRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        let percentiles = &view.batch.simulation().percentiles;
        let has_prior = view.batch.prior_sd().is_some();
        Self { percentiles, rank_by: view.batch.rank_by(), has_prior, rows: Vec::new() }
    }
}

impl<'a> TableRows<'a> for OptionRows<'a> {
    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let (option, found) = (view.option, &view.option.found);
        let risk = option.risk.as_ref();
        let beside_next = BesideNext::of(view, finished, self.rank_by);
        self.rows.push(PlanRow {
            rank: Some(option.rank),
            option: Some(option.number),
            status: found.status.as_str(),
            bound: Some(found.bound),
            gap: Some(found.gap),
            best: risk.map(|risk| risk.best),
            solver: found.engine.as_str(),
            ..PlanRow::new(finished.valuation, &found.selection, found.objective, risk, beside_next)
        });
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        let columns = plan_columns(&self.rows, self.percentiles)
            .maybe("p_beats_next", |row| row.further.beats.map(|beats| beats.value))
            .maybe("p_beats_next_se", |row| row.further.beats.map(|beats| beats.error))
            .flag("tie", |row| row.further.is_tie);
        if !self.has_prior {
            return columns.finish(&TABLE);
        }
        columns
            .maybe("npv_shrunk", |row| row.further.shrunk.map(|[npv, _]| npv))
            .maybe("expected_disappointment", |row| row.further.shrunk.map(|[_, less]| less))
            .finish(&TABLE)
    }
}
