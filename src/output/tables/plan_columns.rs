//! Columns of a selection as planned and as simulated: of an option, or of the cut line.

use crate::domain::{Measure, Percentile, Selection, Statistic};
use crate::finance::Valuation;
use crate::simulate::{Estimate, OptionRisk, Summary};
use crate::units::Money;

use super::columns::Columns;
use super::kind::{ResultColumn, count, number, text};

/// Number of described columns.
const COUNT: usize = 38;

/// The columns, in their order.
pub const COLUMNS: [ResultColumn; COUNT] = [
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
        "probability that it is the best of its scenario by what ranks the options, if that is NPV, benefit, cost or \
         strategic value, and by NPV otherwise; equal bests share a trial",
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

/// A selection with its totals as planned and its risk.
pub struct PlanRow<'a, F = ()> {
    /// The scenario.
    pub scenario: &'a str,
    /// Place among the options; `None` where it is none.
    pub rank: Option<usize>,
    /// Number of the option; `None` where it is none.
    pub option: Option<usize>,
    /// Proof of the option, or feasibility of the cut line.
    pub status: &'static str,
    /// The objective, penalties subtracted.
    pub objective: f64,
    /// Bound that is proven; `None` where nothing is.
    pub bound: Option<f64>,
    /// Gap between objective and bound; `None` where nothing is proven.
    pub gap: Option<f64>,
    /// Number of projects.
    pub projects: usize,
    /// Its risk; `None` where it is not simulated.
    pub risk: Option<&'a OptionRisk>,
    /// Probability that it is the best of its scenario; `None` where it is no option, or not simulated.
    pub best: Option<Estimate>,
    /// The engine; blank where none was asked.
    pub solver: &'static str,
    /// Cells of further columns.
    pub further: F,
    /// Its totals.
    pub totals: PlannedTotals,
}

/// Totals of a selection as planned.
pub struct PlannedTotals {
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

impl PlannedTotals {
    fn of(selection: &Selection, valuation: &Valuation) -> Self {
        let plan = valuation.portfolio().current_plan();
        let planned = |measure| {
            let total = valuation.total(measure, selection);
            // A sum that is zero on paper is reported as zero.
            if total.abs() <= valuation.rounding_of(measure, selection) { 0.0 } else { total }
        };
        Self {
            cost: planned(Measure::Cost),
            strategic_value: planned(Measure::StrategicValue),
            npv: planned(Measure::Npv),
            benefit: planned(Measure::Benefit),
            expected_strategic_value: planned(Measure::ExpectedStrategicValue),
            discounted_benefit: planned(Measure::DiscountedBenefit),
            discounted_cost: planned(Measure::DiscountedCost),
            changes: plan.map(|_| valuation.changes(selection)),
            penalty: valuation.penalty(selection),
            cost_past_horizon: valuation.spends_past_horizon(selection).into_iter().sum::<Money>().value(),
        }
    }
}

impl<'a, F> PlanRow<'a, F> {
    /// A selection of a scenario with its objective and risk, neither ranked nor proven.
    pub fn new(
        valuation: &Valuation<'a>,
        selection: &Selection,
        objective: f64,
        risk: Option<&'a OptionRisk>,
        further: F,
    ) -> Self {
        Self {
            scenario: valuation.scenario().name.as_str(),
            rank: None,
            option: None,
            status: "",
            objective,
            bound: None,
            gap: None,
            projects: selection.len(),
            risk,
            best: None,
            solver: "",
            further,
            totals: PlannedTotals::of(selection, valuation),
        }
    }

    /// An estimate from the simulated risk; `None` where it is not simulated.
    fn risk(&self, part: impl Fn(&OptionRisk) -> Option<Estimate>) -> Option<Estimate> {
        self.risk.and_then(part)
    }
}

/// The columns of all rows but for further ones, with percentiles of choice.
pub fn plan_columns<'r, 'a, F>(
    rows: &'r [PlanRow<'a, F>],
    percentiles: &[Percentile],
) -> Columns<'r, PlanRow<'a, F>> {
    use Statistic::{Cvar, P10, Sd};
    let with_chosen = |fixed: &[Statistic]| -> Vec<Statistic> {
        let chosen = percentiles.iter().map(|&percentile| Statistic::Percentile(percentile));
        fixed.iter().copied().chain(chosen).collect()
    };
    let columns = errors(headline_risk(planned(Columns::of(rows))));
    let columns = further(columns, "npv", |risk| &risk.npv, &with_chosen(&[]));
    let columns = further(columns, "cost", |risk| &risk.cost, &with_chosen(&[Sd, P10, Cvar]));
    let columns = columns.number("benefit", |row| row.totals.benefit);
    let all = with_chosen(&Statistic::ALL.map(|(_, statistic)| statistic));
    let columns = further(columns, "benefit", |risk| &risk.benefit, &all);
    let columns = further(columns, "strategic_value", |risk| &risk.strategic_value, &all);
    columns
        .text("solver", |row| row.solver)
        .maybe_count("changes", |row| row.totals.changes)
        .number("penalty", |row| row.totals.penalty)
        .number("expected_strategic_value", |row| row.totals.expected_strategic_value)
        .number("discounted_benefit", |row| row.totals.discounted_benefit)
        .number("discounted_cost", |row| row.totals.discounted_cost)
        .number("cost_past_horizon", |row| row.totals.cost_past_horizon)
}

/// Figures as planned.
fn planned<'r, 'a, F>(columns: Columns<'r, PlanRow<'a, F>>) -> Columns<'r, PlanRow<'a, F>> {
    columns
        .text("scenario", |row| row.scenario)
        .maybe_count("rank", |row| row.rank)
        .maybe_count("option", |row| row.option)
        .text("status", |row| row.status)
        .number("objective", |row| row.objective)
        .maybe("bound", |row| row.bound)
        .maybe("gap", |row| row.gap)
        .count("projects", |row| row.projects)
        .number("cost", |row| row.totals.cost)
        .number("strategic_value", |row| row.totals.strategic_value)
        .number("npv", |row| row.totals.npv)
}

/// The part of a row under a heading.
type Part = (&'static str, fn(&OptionRisk) -> Option<Estimate>);

/// The simulated columns of the contract, whose standard errors are further right.
const HEADLINES: [Part; 11] = [
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
];

/// Simulated figures, without most standard errors.
fn headline_risk<'r, 'a, F>(columns: Columns<'r, PlanRow<'a, F>>) -> Columns<'r, PlanRow<'a, F>> {
    let mean = |row: &PlanRow<'a, F>| row.risk(|risk| Some(risk.npv.mean));
    let columns = columns
        .maybe("npv_mean", |row| mean(row).map(|mean| mean.value))
        .maybe("npv_se", |row| mean(row).map(|mean| mean.error));
    let columns = (HEADLINES.iter()).fold(columns, |columns, (heading, part)| {
        columns.maybe(heading, |row| row.risk(part).map(|estimate| estimate.value))
    });
    columns.maybe("p_best", |row| row.best.map(|best| best.value))
}

/// The standard errors of the columns before.
fn errors<'r, 'a, F>(columns: Columns<'r, PlanRow<'a, F>>) -> Columns<'r, PlanRow<'a, F>> {
    let columns = (HEADLINES.iter()).fold(columns, |columns, (heading, part)| {
        columns.maybe(&format!("{heading}_se"), |row| row.risk(part).map(|estimate| estimate.error))
    });
    columns.maybe("p_best_se", |row| row.best.map(|best| best.error))
}

/// Statistics of one simulated measure, each followed by its standard error: `benefit_mean,benefit_mean_se`.
fn further<'r, 'a, F>(
    columns: Columns<'r, PlanRow<'a, F>>,
    measure: &str,
    summary: impl Fn(&OptionRisk) -> &Summary,
    statistics: &[Statistic],
) -> Columns<'r, PlanRow<'a, F>> {
    statistics.iter().fold(columns, |columns, statistic| {
        let estimate = |row: &PlanRow<'a, F>| row.risk(|risk| summary(risk).statistic(*statistic));
        let heading = format!("{measure}_{}", statistic.name());
        columns
            .maybe(&heading, |row| estimate(row).map(|estimate| estimate.value))
            .maybe(&format!("{heading}_se"), |row| estimate(row).map(|estimate| estimate.error))
    })
}
