//! Where the risk of an option comes from: its projects, and the drivers and events that they share.
//!
//! NPV and cost are sums over projects, so that their variance is the sum of the covariances of the projects' parts with
//! the whole (as the contributions to variance of Tasche 2000). What a part owes to a shared cause is its regression on the
//! driver's score, or on whether the event occurs; the rest is the project's own. A source is switched off on the same trials, so
//! that the difference has no noise of its own: a project runs as planned; a driver stands at its median, and what follows it
//! varies by itself; an event does not occur.

use std::collections::BTreeMap;

use crate::domain::{Choice, Measure, Portfolio, ProjectIx, Quantity, Selection};
use crate::finance::Valuation;
use crate::simulate::error::SimulateError;
use crate::simulate::sampling::causes::SharedCause;
use crate::simulate::sampling::samples::Samples;

use super::trials::{TrialTotals, trial_totals};

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
/// If the samples are of a portfolio with another number of projects.
pub fn attribute(
    samples: &Samples,
    valuation: &Valuation,
    selection: &Selection,
) -> Result<Vec<Attribution>, SimulateError> {
    let whole = Whole::new(samples, trial_totals(samples, valuation, selection)?);
    let portfolio = valuation.portfolio();
    let mut shared: BTreeMap<SharedCause, [f64; 2]> = BTreeMap::new();
    let mut sources = Vec::new();
    for choice in selection.choices() {
        let alone = Selection::new([*choice]);
        let part = trial_totals(samples, valuation, &alone)?;
        if !varies(&part.npv) && !varies(&part.cost) {
            continue;
        }
        let mut own = whole.covariances(&part);
        for cause in causes(portfolio, choice) {
            let scores = samples.scores_of(cause);
            let slopes = [&part.npv, &part.cost].map(|values| slope(values, scores));
            let of_cause = whole.covariances_of(scores);
            let all = shared.entry(cause).or_default();
            for total in 0..2 {
                own[total] -= slopes[total] * of_cause[total];
                all[total] += slopes[total] * of_cause[total];
            }
        }
        let planned = [Measure::Npv, Measure::Cost].map(|measure| valuation.total(measure, &alone));
        let replaced = whole.replaced(&part, planned);
        sources.push(whole.attribution(RiskSource::Project(choice.project), own, replaced));
    }
    let of_cause = |(cause, covariances)| {
        whole.attribution(RiskSource::Shared(cause), covariances, Difference::default())
    };
    sources.extend(shared.into_iter().map(of_cause));
    Ok(sources)
}

/// What changes of an option if a shared cause is switched off; `without` are samples without it
/// ([`Samples::draw_without`]).
///
/// # Errors
/// If the samples are of a portfolio with another number of projects.
pub fn without_cause(
    (samples, without): (&Samples, &Samples),
    cause: SharedCause,
    valuation: &Valuation,
    selection: &Selection,
) -> Result<Difference, SimulateError> {
    let whole = Whole::new(samples, trial_totals(samples, valuation, selection)?);
    let portfolio = valuation.portfolio();
    let touched = selection.choices().iter().filter(|choice| causes(portfolio, choice).contains(&cause));
    let touched = Selection::new(touched.copied());
    let before = trial_totals(samples, valuation, &touched)?;
    let after = trial_totals(without, valuation, &touched)?;
    let other = |totals: &[f64], before: &[f64], after: &[f64]| {
        let parts = before.iter().zip(after);
        totals.iter().zip(parts).map(|(total, (before, after))| total - before + after).collect()
    };
    let npv = other(&whole.totals.npv, &before.npv, &after.npv);
    let cost = other(&whole.totals.cost, &before.cost, &after.cost);
    Ok(whole.difference(npv, cost))
}

/// The causes that a choice's project shares with others, as far as its NPV and cost go.
fn causes(portfolio: &Portfolio, choice: &Choice) -> Vec<SharedCause> {
    let quantities = [Quantity::Cost, Quantity::Benefit, Quantity::Delay];
    SharedCause::of(portfolio, choice.project, &quantities)
}

/// An option as it is.
struct Whole {
    totals: TrialTotals,
    /// Variances of NPV and cost.
    variances: [f64; 2],
    statistics: [f64; 3],
    tail: usize,
}

impl Whole {
    fn new(samples: &Samples, totals: TrialTotals) -> Self {
        let tail = samples.design().tail_trials();
        // What does not vary deviates from its mean by rounding alone.
        let variance = |values: &[f64]| if varies(values) { covariance(values, values) } else { 0.0 };
        let variances = [&totals.npv, &totals.cost].map(|values| variance(values));
        let statistics = statistics(totals.npv.clone(), totals.cost.clone(), tail);
        Self { totals, variances, statistics, tail }
    }

    fn covariances(&self, part: &TrialTotals) -> [f64; 2] {
        [covariance(&part.npv, &self.totals.npv), covariance(&part.cost, &self.totals.cost)]
    }

    fn covariances_of(&self, scores: &[f64]) -> [f64; 2] {
        [covariance(scores, &self.totals.npv), covariance(scores, &self.totals.cost)]
    }

    /// What changes if a part is replaced by certain amounts.
    fn replaced(&self, part: &TrialTotals, [npv, cost]: [f64; 2]) -> Difference {
        let with = |totals: &[f64], part: &[f64], certain: f64| {
            totals.iter().zip(part).map(|(total, part)| total - part + certain).collect()
        };
        self.difference(with(&self.totals.npv, &part.npv, npv), with(&self.totals.cost, &part.cost, cost))
    }

    fn difference(&self, npv: Vec<f64>, cost: Vec<f64>) -> Difference {
        let [mean_npv, p80_cost, cvar_npv] = statistics(npv, cost, self.tail);
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
    values.iter().sum::<f64>() / values.len() as f64
}

/// The covariance of two rows of numbers, over their count.
pub fn covariance(one: &[f64], other: &[f64]) -> f64 {
    let means = [mean(one), mean(other)];
    let products = one.iter().zip(other).map(|(one, other)| (one - means[0]) * (other - means[1]));
    products.sum::<f64>() / one.len() as f64
}

/// The slope of the regression of values on scores.
pub fn slope(values: &[f64], scores: &[f64]) -> f64 {
    let variance = covariance(scores, scores);
    if variance > 0.0 { covariance(values, scores) / variance } else { 0.0 }
}

/// The mean NPV, the 80th percentile of the cost and the mean of the lowest NPVs.
fn statistics(mut npv: Vec<f64>, mut cost: Vec<f64>, tail: usize) -> [f64; 3] {
    let mean = mean(&npv);
    let last = tail.clamp(1, npv.len()) - 1;
    npv.select_nth_unstable_by(last, f64::total_cmp);
    // In order, so that the sum does not depend on how the selection went.
    npv[..=last].sort_unstable_by(f64::total_cmp);
    [mean, quantile(&mut cost, P80), npv[..=last].iter().sum::<f64>() / (last + 1) as f64]
}

/// A percentile between order statistics (definition 7 of Hyndman and Fan 1996).
fn quantile(values: &mut [f64], part: f64) -> f64 {
    let position = part * (values.len() - 1) as f64;
    let below = position.floor() as usize;
    let (_, &mut low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let next = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    low + position.fract() * (next - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_and_tails_are_those_of_sorted_values() {
        let values: Vec<f64> = (0..101).rev().map(f64::from).collect();
        assert_eq!(statistics(values.clone(), values.clone(), 5), [50.0, 80.0, 2.0]);
        assert_eq!(quantile(&mut [5.0, 1.0, 2.0, 4.0, 3.0], 0.5), 3.0);
        assert!((quantile(&mut [4.0, 1.0, 2.0, 3.0], P80) - 3.4).abs() < 1e-12);
        assert_eq!(slope(&[1.0, 3.0, 5.0], &[0.0, 1.0, 2.0]), 2.0);
    }
}
