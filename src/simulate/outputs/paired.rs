//! Options that follow each other in rank, compared trial by trial.

use rayon::prelude::*;

use crate::domain::{Measure, Selection, Sense, Statistic};
use crate::finance::Valuation;
use crate::vector::widened;

use super::cell::Cell;
use super::kinds::{COST, total_of};
use super::percentiles::Quantile;
use super::risk::Paired;
use super::statistics::{error_of_mean, known, one_if, probability};
use super::tail::Worst;
use super::trials::values_of;
use super::variables::OptionCells;
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::reductions::sums_of;
use crate::simulate::sampling::plan::Design;
use crate::simulate::sampling::samples::Samples;

/// Compares each option with the next, in the order given: by the measure `by` (NPV, benefit, cost or strategic value, as
/// in [`evaluate_by`](super::evaluate::evaluate_by)), and by the statistic of it that ranks the options, if one does. One
/// result less than there are options.
///
/// Memory: 8 bytes per option and trial, and again for a statistic.
///
/// # Errors
/// If the samples do not cover the selections ([`Samples::cover`]).
pub fn compare_with_next(
    samples: &Samples,
    valuation: &Valuation,
    (by, better): (Measure, Sense),
    statistic: Option<Statistic>,
    options: &[&Selection],
) -> Result<Vec<Paired>, SimulateError> {
    samples.cover(valuation, options)?;
    let total = total_of(by);
    let worst = if total == COST { Worst::Highest } else { Worst::Lowest };
    let cell_of = |selection: &&Selection| {
        let cells = OptionCells::new(valuation, samples.project_factors(), selection).totals();
        cells.into_iter().nth(total).unwrap_or_default().in_order()
    };
    let cells: Vec<Cell> = options.par_iter().map(cell_of).collect();
    let values = values_of(samples, &cells);
    let simulated = |(cell, values): (Cell, Vec<f64>)| {
        let influence = statistic.map(|statistic| influence(&values, statistic, worst, samples.design()));
        (cell, values, influence)
    };
    type Simulated = (Cell, Vec<f64>, Option<Vec<f64>>);
    let simulated: Vec<Simulated> = cells.into_par_iter().zip(values).map(simulated).collect();
    let pair = |pair: &[Simulated]| {
        let [(one, values, influence), (next, others, influence_of_next)] = pair else { return None };
        let rounding = one.rounding_beside(one.size).max(next.rounding_beside(next.size));
        let wins = wins(values, others, better.sign(), rounding);
        let is_known = one.terms.is_empty() && next.terms.is_empty();
        let beats =
            if is_known { known(wins / values.len() as f64) } else { probability(wins, values.len()) };
        let difference = influence.as_ref().zip(influence_of_next.as_ref());
        let error = difference.map(|(one, next)| error_of_difference(one, next, samples.design()));
        Some(Paired { beats, error })
    };
    Ok(simulated.par_windows(2).filter_map(pair).collect())
}

/// Number of trials in which values are better than others; equal ones count as half.
fn wins(values: &[f64], others: &[f64], sign: f64, rounding: f64) -> f64 {
    let mut leads = values.to_vec();
    subtract(&mut leads, others);
    let [wins] = sums_of(&leads, move |lead| {
        let lead = sign * lead;
        [0.5 * (one_if(lead > rounding) + one_if(lead >= -rounding))]
    });
    wins
}

/// By how much each trial moves a statistic, but for a constant and to first order: the statistic's error is that of
/// their mean (the influence function of Hampel 1974).
fn influence(values: &[f64], statistic: Statistic, worst: Worst, design: &Design) -> Vec<f64> {
    let count = values.len() as f64;
    let of = |part: &dyn Fn(f64) -> f64| values.iter().map(|&value| part(value)).collect();
    let of_percentile = |probability: f64| {
        let percentile = Quantile::of_sorted(&sorted(values), probability);
        of(&|value| -percentile.slope() * one_if(value <= percentile.value))
    };
    match statistic {
        Statistic::Mean => values.to_vec(),
        Statistic::Sd => {
            let [sum] = sums_of(values, |value| [value]);
            let mean = sum / count;
            let [squares] = sums_of(values, move |value| [(value - mean) * (value - mean)]);
            let sd = (squares / count).sqrt();
            of(&|value| if sd > 0.0 { (value - mean) * (value - mean) / (2.0 * sd) } else { 0.0 })
        }
        Statistic::P10 => of_percentile(0.1),
        Statistic::P50 => of_percentile(0.5),
        Statistic::P90 => of_percentile(0.9),
        Statistic::Percentile(percentile) => of_percentile(percentile.probability()),
        Statistic::Cvar => {
            let sorted = sorted(values);
            let tail = design.tail_trials();
            let (edge, sign) = match worst {
                Worst::Lowest => (sorted[tail - 1], -1.0),
                Worst::Highest => (sorted[sorted.len() - tail], 1.0),
            };
            let share = tail as f64 / count;
            of(&|value| sign * (sign * (value - edge)).max(0.0) / share)
        }
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// The standard error of the difference of two means over the same trials.
fn error_of_difference(one: &[f64], other: &[f64], design: &Design) -> f64 {
    let mut differences = one.to_vec();
    subtract(&mut differences, other);
    error_of_mean(&differences, design)
}

widened! {
    fn subtract(numbers: &mut [f64], others: &[f64]) {
        for (number, other) in numbers.iter_mut().zip(others) {
            *number -= other;
        }
    }
}
