//! How often each option of a scenario is its best.

use crate::vector::widened;

use super::lanes::sums_of;
use super::risk::Estimate;
use super::statistics::{known, one_if, probability};

/// The net present values of an option.
#[derive(Clone, Debug)]
pub enum Values {
    /// The same in all trials.
    Certain(f64),
    /// Trial by trial.
    Varying(Vec<f64>),
}

/// The probability of each option to have the highest value; equal bests share the trial.
pub fn probabilities_of_best(options: &[&Values], trials: usize) -> Vec<Estimate> {
    let mut best = vec![f64::NEG_INFINITY; trials];
    for option in options {
        match option {
            Values::Certain(value) => best.iter_mut().for_each(|best| *best = best.max(*value)),
            Values::Varying(values) => raise(&mut best, values),
        }
    }
    let mut equals = vec![0.0; trials];
    let mut hits = vec![0.0; trials];
    for option in options {
        mark_best(option, &best, &mut hits);
        equals.iter_mut().zip(&hits).for_each(|(equals, hit)| *equals += hit);
    }
    // An option without rivals, or among rivals of whom none varies, is as often the best in any other trials.
    let is_known = options.len() == 1 || options.iter().all(|option| matches!(option, Values::Certain(_)));
    let mut estimate = |option: &&Values| {
        mark_best(option, &best, &mut hits);
        let shares = hits.iter_mut().zip(&equals);
        shares.for_each(|(hit, equals)| *hit /= equals);
        let [hits] = sums_of(&hits, |share| [share]);
        if is_known { known(hits / trials as f64) } else { probability(hits, trials) }
    };
    options.iter().map(&mut estimate).collect()
}

/// Writes 1 where the option is as good as the best, 0 elsewhere.
fn mark_best(option: &Values, best: &[f64], hits: &mut [f64]) {
    match option {
        Values::Certain(value) => {
            hits.iter_mut().zip(best).for_each(|(hit, best)| *hit = one_if(value == best));
        }
        Values::Varying(values) => mark_equal(values, best, hits),
    }
}

widened! {
    /// Raises each number to the value beside it, if that is higher.
    fn raise(numbers: &mut [f64], values: &[f64]) {
        for (number, &value) in numbers.iter_mut().zip(values) {
            *number = if value > *number { value } else { *number };
        }
    }
}

widened! {
    /// Writes 1 where left and right are equal, 0 elsewhere.
    fn mark_equal(left: &[f64], right: &[f64], marks: &mut [f64]) {
        for ((mark, left), right) in marks.iter_mut().zip(left).zip(right) {
            *mark = if left == right { 1.0 } else { 0.0 };
        }
    }
}
