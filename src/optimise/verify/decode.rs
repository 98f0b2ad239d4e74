//! From a solver's values back to a selection, checked against the portfolio itself.

use crate::domain::{Choice, Selection};
use crate::finance::Valuation;
use crate::units::Share;

use super::recheck::recheck;
use crate::optimise::formulate::{Formulation, StartColumns};

/// Shares are kept to this many parts of a whole: finer differences are the solver's rounding.
const SHARE_STEPS: f64 = 1e12;
/// By how much shares are lowered, or raised, one after the other, until limits hold that the solver met only to its own
/// tolerance.
const SHARE_NUDGES: [f64; 10] = [1e-12, -1e-12, 1e-11, -1e-11, 1e-10, -1e-10, 1e-9, -1e-9, 1e-8, -1e-8];
/// A share that misses the smallest that is allowed by less than this is that smallest.
const SHARE_TOLERANCE: f64 = 1e-6;

/// Reads the selection out of a solution. A share of 0 is not chosen, whatever the solver takes for it.
pub fn decode(formulation: &Formulation, values: &[f64]) -> Selection {
    let chosen = formulation.starts().iter().filter(|start| is_chosen(start, values));
    Selection::new(chosen.filter_map(|start| {
        let share = share_steps(start, values).and_then(|steps| Share::new(steps / SHARE_STEPS));
        let share = share.unwrap_or(Share::ONE);
        (share.value() > 0.0).then_some(Choice { project: start.project, start: start.start, share })
    }))
}

/// Reads the selection out of a solution and holds it to the limits of the scenario; `None` if it breaks one. Shares are
/// moved by no more than a solver's tolerance where that makes limits hold.
pub fn decode_checked(formulation: &Formulation, values: &[f64], valuation: &Valuation) -> Option<Selection> {
    let selection = with_least_shares(decode(formulation, values), valuation);
    let is_valid = |selection: &Selection| recheck(valuation, selection).is_empty();
    if is_valid(&selection) {
        return Some(selection);
    }
    let is_partial = |choice: &Choice| choice.share < Share::ONE;
    if !selection.choices().iter().any(is_partial) {
        return None;
    }
    let nudged = |by: f64| {
        let choices = selection.choices().iter().map(|choice| match is_partial(choice) {
            true => {
                Choice { share: Share::new(choice.share.value() - by).unwrap_or(choice.share), ..*choice }
            }
            false => *choice,
        });
        with_least_shares(Selection::new(choices), valuation)
    };
    SHARE_NUDGES.into_iter().map(nudged).find(is_valid)
}

/// The selection with shares that are no smaller than allowed, but for more than a solver's tolerance.
fn with_least_shares(selection: Selection, valuation: &Valuation) -> Selection {
    let least = |choice: &Choice| valuation.portfolio().projects()[choice.project].least_share().value();
    let is_short = |choice: &Choice| {
        let short = least(choice) - choice.share.value();
        short > 0.0 && short <= SHARE_TOLERANCE
    };
    if !selection.choices().iter().any(is_short) {
        return selection;
    }
    Selection::new(selection.choices().iter().map(|choice| match Share::new(least(choice)) {
        Some(share) if is_short(choice) => Choice { share, ..*choice },
        _ => *choice,
    }))
}

/// What the selection depends on that a solution stands for, in few words: a bit for each start, then the shares of those
/// that are chosen and divisible.
pub fn signature(formulation: &Formulation, values: &[f64]) -> Vec<u64> {
    let starts = formulation.starts();
    let mut words = vec![0; starts.len().div_ceil(64)];
    for (position, start) in starts.iter().enumerate().filter(|(_, start)| is_chosen(start, values)) {
        words[position / 64] |= 1 << (position % 64);
        words.extend(share_steps(start, values).map(f64::to_bits));
    }
    words
}

fn is_chosen(start: &StartColumns, values: &[f64]) -> bool {
    values[start.chosen] > 0.5
}

/// The share in steps; `None` where it is all or nothing.
fn share_steps(start: &StartColumns, values: &[f64]) -> Option<f64> {
    (start.share != start.chosen).then(|| (values[start.share] * SHARE_STEPS).round().clamp(0.0, SHARE_STEPS))
}
