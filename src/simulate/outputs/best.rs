//! Probability of each option to be the best of its scenario.

use std::borrow::Cow;

use crate::vector::widened;

use super::risk::Estimate;
use super::statistics::{known, one_if, probability};
use crate::simulate::kernel::reductions::sums_of;

/// The values of an option, the higher the better.
#[derive(Clone, Debug)]
pub enum Values {
    /// The same in all trials.
    Certain(f64),
    /// Trial by trial.
    Varying(Vec<f64>),
}

impl Values {
    fn trial_by_trial(&self, trials: usize) -> Cow<'_, [f64]> {
        match self {
            Self::Certain(value) => vec![*value; trials].into(),
            Self::Varying(values) => values.into(),
        }
    }
}

/// The probability of each option to have the highest value; equal bests share the trial. Values are equal if they
/// differ by no more than rounding explains.
pub fn probabilities_of_best(options: &[&Values], rounding: f64, trials: usize) -> Vec<Estimate> {
    let values: Vec<Cow<[f64]>> = options.iter().map(|option| option.trial_by_trial(trials)).collect();
    let mut best = vec![f64::NEG_INFINITY; trials];
    values.iter().for_each(|values| raise(&mut best, values));
    lower(&mut best, rounding);
    // Per trial the number of options that are as good as the best; then the part of the trial that each of these has.
    let mut parts = vec![0.0; trials];
    values.iter().for_each(|values| count_equal(&mut parts, values, &best));
    invert(&mut parts);
    // An option without rivals, or among rivals of whom none varies, is as often the best in any other trials.
    let is_known = options.len() == 1 || options.iter().all(|option| matches!(option, Values::Certain(_)));
    let mut won = vec![0.0; trials];
    let estimate = |values: &Cow<[f64]>| {
        take_equal(&mut won, values, &best, &parts);
        let [wins] = sums_of(&won, |part| [part]);
        if is_known { known(wins / trials as f64) } else { probability(wins, trials) }
    };
    values.iter().map(estimate).collect()
}

widened! {
    /// Raises each number to the value at its position, if that is higher.
    fn raise(numbers: &mut [f64], values: &[f64]) {
        for (number, &value) in numbers.iter_mut().zip(values) {
            *number = if value > *number { value } else { *number };
        }
    }
}

widened! {
    fn lower(numbers: &mut [f64], by: f64) {
        for number in numbers {
            *number -= by;
        }
    }
}

widened! {
    /// Counts 1 where a value is as good as the best.
    fn count_equal(counts: &mut [f64], values: &[f64], best: &[f64]) {
        for ((count, value), best) in counts.iter_mut().zip(values).zip(best) {
            *count += one_if(value >= best);
        }
    }
}

widened! {
    fn invert(numbers: &mut [f64]) {
        for number in numbers {
            *number = 1.0 / *number;
        }
    }
}

widened! {
    /// Writes the part where a value is as good as the best, 0 elsewhere.
    fn take_equal(won: &mut [f64], values: &[f64], best: &[f64], parts: &[f64]) {
        for (((won, value), best), &part) in won.iter_mut().zip(values).zip(best).zip(parts) {
            *won = if value >= best { part } else { 0.0 };
        }
    }
}
