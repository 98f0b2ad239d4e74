//! Where the risk of an option comes from: its projects, and the drivers and events that they share.
//!
//! NPV and cost are sums over projects, so that their variance is the sum of the covariances of the projects' parts with
//! the whole (as the contributions to variance of Tasche 2000). What a part owes to a shared cause is its regression on the
//! driver's score, or on whether the event occurs; the rest is the project's own. A source is switched off on the same trials, so
//! that the difference has no noise of its own: a project runs as planned; a driver stands at its median, and what follows it
//! varies by itself; an event does not occur.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::domain::{Choice, Measure, Portfolio, ProjectIx, Quantity, Selection};
use crate::finance::Valuation;
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::quantile_select::Selector;
use crate::simulate::kernel::reductions::{sum_of_products, sums_of};
use crate::simulate::sampling::causes::SharedCause;
use crate::simulate::sampling::samples::Samples;

use super::kinds::{COST, NPV};
use super::percentiles::percentiles_of;
use super::trials::{TOGETHER, totals_of, totals_of_each};
use super::workspace::WORKSPACE;

/// The percentile of the cost that is told: what finance people plan with.
const P80: f64 = 0.8;

/// A source of risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskSource {
    /// What is a project's own.
    Project(ProjectIx),
    /// What projects share.
    Shared(SharedCause),
}

/// What a source does to the risk of an option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attribution {
    /// The source.
    pub source: RiskSource,
    /// Its part of the variance of NPV; below 0 where it hedges. `None` where NPV does not vary.
    pub npv_share: Option<f64>,
    /// Its part of the variance of the cost.
    pub cost_share: Option<f64>,
    /// What changes if it is switched off.
    pub without: Difference,
}

/// By how much statistics of an option change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Difference {
    /// The mean NPV.
    pub mean_npv: f64,
    /// The 80th percentile of the cost.
    pub p80_cost: f64,
    /// The mean of the worst NPVs.
    pub cvar_npv: f64,
}

/// The sources of the risk of an option: its projects of which something varies, and then the drivers that they follow and the
/// events that hit them, by position. Of these no difference is told yet: see [`without_cause`].
///
/// # Errors
/// If the samples do not cover the selections ([`Samples::cover`]).
pub fn attribute(
    samples: &Samples,
    valuation: &Valuation,
    selection: &Selection,
) -> Result<Vec<Attribution>, SimulateError> {
    let whole = Whole::new(samples, totals_of(samples, valuation, selection, [NPV, COST])?);
    let mut shared: BTreeMap<SharedCause, Owed> = BTreeMap::new();
    for cause in selection.choices().iter().flat_map(|choice| causes(valuation.portfolio(), choice)) {
        shared.entry(cause).or_insert_with(|| Owed::new(samples.scores_of(cause), &whole));
    }
    let mut sources = Vec::new();
    let alone: Vec<(&Choice, Selection)> =
        selection.choices().iter().map(|choice| (choice, Selection::new([*choice]))).collect();
    for alone in alone.chunks(TOGETHER) {
        let selections: Vec<&Selection> = alone.iter().map(|(_, selection)| selection).collect();
        let parts = totals_of_each(samples, valuation, &selections, [NPV, COST])?;
        let told = alone.par_iter().zip(parts).with_max_len(1).map(|((choice, alone), part)| {
            let planned = [Measure::Npv, Measure::Cost].map(|measure| valuation.total(measure, alone));
            let causes = causes(valuation.portfolio(), choice);
            Some((choice.project, PartSource::new(&whole, part, planned, &causes, &shared)?))
        });
        // Sums are in the order of the projects, whoever was first.
        for (project, part) in told.collect::<Vec<_>>().into_iter().flatten() {
            for (cause, owed) in part.owed {
                if let Some(all) = shared.get_mut(&cause) {
                    all.take(owed);
                }
            }
            sources.push(whole.attribution(RiskSource::Project(project), part.own, part.replaced));
        }
    }
    let of_cause = |(cause, owed): (SharedCause, Owed)| {
        whole.attribution(RiskSource::Shared(cause), owed.owed, Difference::default())
    };
    sources.extend(shared.into_iter().filter(|(_, owed)| owed.is_owed).map(of_cause));
    Ok(sources)
}

/// What a project's part of an option is a source of.
struct PartSource {
    /// Its own part of the variances of NPV and cost.
    own: [f64; 2],
    /// What it owes to each cause that it shares.
    owed: Vec<(SharedCause, [f64; 2])>,
    /// What changes if it runs as planned.
    replaced: Difference,
}

impl PartSource {
    /// Of a part that follows these causes; `None` if it does not vary.
    fn new(
        whole: &Whole,
        part: [Vec<f64>; 2],
        planned: [f64; 2],
        causes: &[SharedCause],
        shared: &BTreeMap<SharedCause, Owed>,
    ) -> Option<Self> {
        let part = part.map(Series::new);
        if part.iter().all(|total| !varies(&total.values)) {
            return None;
        }
        let mut own = [0, 1].map(|total| covariance(&part[total], &whole.totals[total]));
        let owed: Vec<(SharedCause, [f64; 2])> =
            causes.iter().map(|&cause| (cause, shared[&cause].owed_by(&part))).collect();
        for (_, owed) in &owed {
            own.iter_mut().zip(owed).for_each(|(own, owed)| *own -= owed);
        }
        Some(Self { own, owed, replaced: whole.replaced(&part, planned) })
    }
}

/// What changes of an option if a shared cause is switched off; `without` are samples without it
/// ([`Samples::draw_without`]).
///
/// # Errors
/// If the samples do not cover the selections ([`Samples::cover`]).
pub fn without_cause(
    (samples, without): (&Samples, &Samples),
    cause: SharedCause,
    valuation: &Valuation,
    selection: &Selection,
) -> Result<Difference, SimulateError> {
    let whole = Whole::new(samples, totals_of(samples, valuation, selection, [NPV, COST])?);
    let portfolio = valuation.portfolio();
    let touched = selection.choices().iter().filter(|choice| causes(portfolio, choice).contains(&cause));
    let touched = Selection::new(touched.copied());
    let before = totals_of(samples, valuation, &touched, [NPV, COST])?;
    let after = totals_of(without, valuation, &touched, [NPV, COST])?;
    let write = |total: usize, without: &mut Vec<f64>| {
        let parts = before[total].iter().zip(&after[total]);
        let values = whole.totals[total].values.iter().zip(parts);
        without.extend(values.map(|(value, (before, after))| value - before + after));
    };
    Ok(whole.difference(write))
}

/// The causes that a choice's project shares with others, as far as its NPV and cost go.
fn causes(portfolio: &Portfolio, choice: &Choice) -> Vec<SharedCause> {
    let quantities = [Quantity::Cost, Quantity::Benefit, Quantity::Delay];
    SharedCause::of(portfolio, choice.project, &quantities)
}

/// Numbers trial by trial, with their mean.
pub struct Series {
    values: Vec<f64>,
    mean: f64,
}

impl Series {
    /// Numbers of at least one trial.
    pub fn new(values: Vec<f64>) -> Self {
        let mean = mean(&values);
        Self { values, mean }
    }

    /// Their mean.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The numbers.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

/// What parts of an option owe to a shared cause.
struct Owed {
    scores: Series,
    variance: f64,
    /// Covariances of the cause with NPV and cost of the whole.
    with_whole: [f64; 2],
    /// What all parts so far owe of the variance of NPV and cost.
    owed: [f64; 2],
    /// Whether any part owes it something.
    is_owed: bool,
}

impl Owed {
    fn new(scores: &[f64], whole: &Whole) -> Self {
        let scores = Series::new(scores.to_vec());
        let variance = covariance(&scores, &scores);
        let with_whole = whole.totals.each_ref().map(|total| covariance(&scores, total));
        Self { scores, variance, with_whole, owed: [0.0; 2], is_owed: false }
    }

    /// What a part owes of the variance of NPV and cost.
    fn owed_by(&self, part: &[Series; 2]) -> [f64; 2] {
        [0, 1].map(|total| slope(&part[total], &self.scores, self.variance) * self.with_whole[total])
    }

    /// Adds what a part owes.
    fn take(&mut self, owed: [f64; 2]) {
        self.is_owed = true;
        self.owed.iter_mut().zip(owed).for_each(|(all, owed)| *all += owed);
    }
}

/// An option as it is.
struct Whole {
    /// NPV and cost.
    totals: [Series; 2],
    variances: [f64; 2],
    statistics: [f64; 3],
    tail: usize,
}

impl Whole {
    fn new(samples: &Samples, totals: [Vec<f64>; 2]) -> Self {
        let tail = samples.design().tail_trials();
        let totals = totals.map(Series::new);
        // What does not vary deviates from its mean by rounding alone.
        let variance = |total: &Series| if varies(&total.values) { covariance(total, total) } else { 0.0 };
        let variances = totals.each_ref().map(variance);
        let statistics = WORKSPACE.with_borrow_mut(|workspace| {
            let [npv, cost] = totals.each_ref().map(Series::values);
            statistics(npv, cost, tail, &mut workspace.selector)
        });
        Self { variances, statistics, totals, tail }
    }

    /// What changes if a part is replaced by certain amounts.
    fn replaced(&self, part: &[Series; 2], certain: [f64; 2]) -> Difference {
        self.difference(|total, without| {
            let values = self.totals[total].values.iter().zip(&part[total].values);
            without.extend(values.map(|(whole, part)| whole - part + certain[total]));
        })
    }

    /// What changes if NPV (0) and cost (1) are others, which are written into room that is empty.
    fn difference(&self, write: impl Fn(usize, &mut Vec<f64>)) -> Difference {
        let [mean_npv, p80_cost, cvar_npv] = WORKSPACE.with_borrow_mut(|workspace| {
            for (total, without) in workspace.without.iter_mut().enumerate() {
                without.clear();
                write(total, without);
            }
            let [npv, cost] = &workspace.without;
            statistics(npv, cost, self.tail, &mut workspace.selector)
        });
        let [mean_before, p80_before, cvar_before] = self.statistics;
        Difference {
            mean_npv: mean_npv - mean_before,
            p80_cost: p80_cost - p80_before,
            cvar_npv: cvar_npv - cvar_before,
        }
    }

    fn attribution(&self, source: RiskSource, [npv, cost]: [f64; 2], without: Difference) -> Attribution {
        let share = |covariance: f64, variance: f64| (variance > 0.0).then(|| covariance / variance);
        let [npv_share, cost_share] = [share(npv, self.variances[0]), share(cost, self.variances[1])];
        Attribution { source, npv_share, cost_share, without }
    }
}

fn varies(values: &[f64]) -> bool {
    values.iter().any(|value| *value != values[0])
}

fn mean(values: &[f64]) -> f64 {
    let [sum] = sums_of(values, |value| [value]);
    sum / values.len() as f64
}

/// The covariance of two rows of numbers, over their count.
pub fn covariance(one: &Series, other: &Series) -> f64 {
    sum_of_products(&one.values, &other.values, [one.mean, other.mean]) / one.values.len() as f64
}

/// The slope of the regression of values on scores of a variance; 0 if they do not vary.
pub fn slope(values: &Series, scores: &Series, variance: f64) -> f64 {
    if variance > 0.0 { covariance(values, scores) / variance } else { 0.0 }
}

/// The mean NPV, the 80th percentile of the cost and the mean of the lowest NPVs.
fn statistics(npv: &[f64], cost: &[f64], tail: usize, selector: &mut Selector) -> [f64; 3] {
    let tail = tail.clamp(1, npv.len());
    let edge = selector.select(npv, None, &[tail - 1])[0];
    let [beyond] = sums_of(npv, move |value| [if value < edge { edge - value } else { 0.0 }]);
    let [p80] = percentiles_of(cost, [P80], selector);
    [mean(npv), p80, edge - beyond / tail as f64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_and_tails_are_those_of_sorted_values() {
        let values: Vec<f64> = (0..101).rev().map(f64::from).collect();
        assert_eq!(statistics(&values, &values, 5, &mut Selector::default()), [50.0, 80.0, 2.0]);
        let [values, scores] = [vec![1.0, 3.0, 5.0], vec![0.0, 1.0, 2.0]].map(Series::new);
        assert_eq!(slope(&values, &scores, covariance(&scores, &scores)), 2.0);
    }
}
