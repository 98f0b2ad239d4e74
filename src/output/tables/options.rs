//! options.csv: the options, as planned and as simulated.

use crate::domain::{Measure, Percentile, Statistic};
use crate::simulate::{Estimate, OptionRisk, Summary};

use super::columns::Columns;
use super::frame::{FinishedScenario, OptionView, ResultTable};
use super::kind::{ALWAYS, BatchView, ResultColumn, TableKind, TableRows, count, number, text};
use crate::output::error::OutputError;

/// options.csv. The first 25 columns are a contract with readers of the file; further ones may be added.
pub const TABLE: TableKind = TableKind {
    file: "options.csv",
    doc: "the options of every scenario, as planned and as simulated; simulated columns are blank where nothing is simulated",
    written: ALWAYS,
    columns: COLUMNS,
    begin: |view| Some(Box::new(OptionRows::new(view))),
};

const COLUMNS: &[ResultColumn] = &[
    text("scenario", "the scenario"),
    count("rank", "place among the options of the scenario, from 1"),
    count("option", "number of the option, from 1 for the best by the objective"),
    text("status", "optimal if it is proven within the gap, else feasible"),
    number("objective", "what is optimised, with the prices of overruns, soft limits and changes"),
    number("bound", "no option that could stand in its place is better than this"),
    number("gap", "how far the bound may be from the objective, as a part of it"),
    count("projects", "number of projects chosen"),
    number("cost", "planned cost, undiscounted"),
    number("strategic_value", "planned strategic value"),
    number("npv", "planned net present value"),
    number("npv_mean", "simulated mean of the net present value"),
    number("npv_se", "its standard error"),
    number("npv_sd", "standard deviation"),
    number("npv_p10", "10th percentile"),
    number("npv_p50", "median"),
    number("npv_p90", "90th percentile"),
    number("npv_cvar", "mean of the worst trials (the tail)"),
    number("p_loss", "probability of a net present value below 0"),
    number("cost_mean", "simulated mean of the cost"),
    number("cost_p50", "median of the cost"),
    number("cost_p90", "90th percentile of the cost"),
    number("p_over_budget", "probability that a budget is exceeded in some period"),
    number("p_over_capacity", "probability that a capacity is exceeded in some period"),
    number(
        "p_best",
        "probability that its net present value is the best of its scenario; equal bests share a trial",
    ),
    number("<column>_se", "standard error of a simulated column"),
    number("npv_<statistic>", "percentiles of choice"),
    number("cost_<statistic>", "further statistics of the cost: sd, p10, cvar, percentiles of choice"),
    number("benefit", "planned benefit, undiscounted"),
    number("benefit_<statistic>", "statistics of the benefit"),
    number("strategic_value_<statistic>", "statistics of the strategic value"),
    text("solver", "what found it: search or highs"),
    count("changes", "changes to the current plan; blank without one"),
    number("penalty", "what overruns, soft limits and changes cost the objective"),
    number("expected_strategic_value", "planned strategic value times success probabilities"),
    number("discounted_benefit", "planned benefit, discounted"),
    number("discounted_cost", "planned cost, discounted"),
    number("cost_past_horizon", "what it spends after the last period"),
];

/// One option with its planned totals.
struct OptionRow<'a> {
    view: OptionView<'a>,
    cost: f64,
    strategic_value: f64,
    npv: f64,
    benefit: f64,
    expected_strategic_value: f64,
    discounted_benefit: f64,
    discounted_cost: f64,
    changes: Option<usize>,
    penalty: f64,
    cost_past_horizon: f64,
}

impl OptionRow<'_> {
    /// An estimate from the simulated risk; `None` where the option is not simulated.
    fn risk(&self, part: impl Fn(&OptionRisk) -> Option<Estimate>) -> Option<Estimate> {
        self.view.option.risk.as_ref().and_then(part)
    }
}

/// The rows of options.csv.
struct OptionRows<'a> {
    percentiles: &'a [Percentile],
    rows: Vec<OptionRow<'a>>,
}

impl<'a> OptionRows<'a> {
    fn new(view: &BatchView<'a>) -> Self {
        Self { percentiles: &view.batch.simulation().percentiles, rows: Vec::new() }
    }
}

impl<'a> TableRows<'a> for OptionRows<'a> {
    fn option(&mut self, view: OptionView<'a>, finished: &FinishedScenario<'a, '_>) {
        let valuation = finished.valuation;
        let selection = &view.option.found.selection;
        let plan = valuation.portfolio().current_plan();
        let planned = |measure| {
            let total = valuation.total(measure, selection);
            // A sum that is zero on paper is reported as zero.
            if total.abs() <= valuation.rounding_of(measure, selection) { 0.0 } else { total }
        };
        self.rows.push(OptionRow {
            view,
            cost: planned(Measure::Cost),
            strategic_value: planned(Measure::StrategicValue),
            npv: planned(Measure::Npv),
            benefit: planned(Measure::Benefit),
            expected_strategic_value: planned(Measure::ExpectedStrategicValue),
            discounted_benefit: planned(Measure::DiscountedBenefit),
            discounted_cost: planned(Measure::DiscountedCost),
            changes: plan.map(|_| valuation.changes(selection)),
            penalty: valuation.penalty(selection),
            cost_past_horizon: valuation.spends_past_horizon(selection).iter().sum(),
        });
    }

    fn finish(self: Box<Self>) -> Result<Option<ResultTable>, OutputError> {
        use Statistic::{Cvar, P10, Sd};
        let with_chosen = |fixed: &[Statistic]| -> Vec<Statistic> {
            let chosen = self.percentiles.iter().map(|&percentile| Statistic::Percentile(percentile));
            fixed.iter().copied().chain(chosen).collect()
        };
        let columns = errors(headline_risk(planned(Columns::of(&self.rows))));
        let columns = further(columns, "npv", |risk| &risk.npv, &with_chosen(&[]));
        let columns = further(columns, "cost", |risk| &risk.cost, &with_chosen(&[Sd, P10, Cvar]));
        let columns = columns.number("benefit", |row| row.benefit);
        let all = with_chosen(&Statistic::ALL.map(|(_, statistic)| statistic));
        let columns = further(columns, "benefit", |risk| &risk.benefit, &all);
        let columns = further(columns, "strategic_value", |risk| &risk.strategic_value, &all);
        let columns = columns.text("solver", |row| row.view.option.found.engine.as_str());
        let columns = columns.maybe_count("changes", |row| row.changes);
        let columns = columns.number("penalty", |row| row.penalty);
        columns
            .number("expected_strategic_value", |row| row.expected_strategic_value)
            .number("discounted_benefit", |row| row.discounted_benefit)
            .number("discounted_cost", |row| row.discounted_cost)
            .number("cost_past_horizon", |row| row.cost_past_horizon)
            .finish(&TABLE)
    }
}

type OptionColumns<'r, 'a> = Columns<'r, OptionRow<'a>>;

/// Figures as planned.
fn planned<'r, 'a>(columns: OptionColumns<'r, 'a>) -> OptionColumns<'r, 'a> {
    columns
        .text("scenario", |row| row.view.scenario_name())
        .count("rank", |row| row.view.option.rank)
        .count("option", |row| row.view.option.number)
        .text("status", |row| row.view.option.found.status.as_str())
        .number("objective", |row| row.view.option.found.objective)
        .number("bound", |row| row.view.option.found.bound)
        .number("gap", |row| row.view.option.found.gap)
        .count("projects", |row| row.view.option.found.selection.len())
        .number("cost", |row| row.cost)
        .number("strategic_value", |row| row.strategic_value)
        .number("npv", |row| row.npv)
}

/// The part of the risk under a heading.
type Part = (&'static str, fn(&OptionRisk) -> Option<Estimate>);

/// The simulated columns of the contract, whose standard errors are further right.
const HEADLINES: [Part; 12] = [
    ("npv_sd", |risk| Some(risk.npv.sd)),
    ("npv_p10", |risk| Some(risk.npv.p10)),
    ("npv_p50", |risk| Some(risk.npv.p50)),
    ("npv_p90", |risk| Some(risk.npv.p90)),
    ("npv_cvar", |risk| Some(risk.npv.cvar)),
    ("p_loss", |risk| Some(risk.loss)),
    ("cost_mean", |risk| Some(risk.cost.mean)),
    ("cost_p50", |risk| Some(risk.cost.p50)),
    ("cost_p90", |risk| Some(risk.cost.p90)),
    ("p_over_budget", |risk| risk.over_budget),
    ("p_over_capacity", |risk| risk.over_capacity),
    ("p_best", |risk| Some(risk.best)),
];

/// Simulated figures, without most standard errors.
fn headline_risk<'r, 'a>(columns: OptionColumns<'r, 'a>) -> OptionColumns<'r, 'a> {
    let mean = |row: &OptionRow<'_>| row.risk(|risk| Some(risk.npv.mean));
    let columns = columns
        .maybe("npv_mean", |row| mean(row).map(|mean| mean.value))
        .maybe("npv_se", |row| mean(row).map(|mean| mean.error));
    (HEADLINES.iter()).fold(columns, |columns, (heading, part)| {
        columns.maybe(heading, |row| row.risk(part).map(|estimate| estimate.value))
    })
}

/// The standard errors of the columns before.
fn errors<'r, 'a>(columns: OptionColumns<'r, 'a>) -> OptionColumns<'r, 'a> {
    (HEADLINES.iter()).fold(columns, |columns, (heading, part)| {
        columns.maybe(&format!("{heading}_se"), |row| row.risk(part).map(|estimate| estimate.error))
    })
}

/// Statistics of one simulated measure, each followed by its standard error: `benefit_mean,benefit_mean_se`.
fn further<'r, 'a>(
    columns: OptionColumns<'r, 'a>,
    measure: &str,
    summary: impl Fn(&OptionRisk) -> &Summary,
    statistics: &[Statistic],
) -> OptionColumns<'r, 'a> {
    statistics.iter().fold(columns, |columns, statistic| {
        let estimate = |row: &OptionRow<'_>| row.risk(|risk| summary(risk).statistic(*statistic));
        let heading = format!("{measure}_{}", statistic.name());
        columns
            .maybe(&heading, |row| estimate(row).map(|estimate| estimate.value))
            .maybe(&format!("{heading}_se"), |row| estimate(row).map(|estimate| estimate.error))
    })
}
