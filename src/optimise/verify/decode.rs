//! Decodes a solver's values to a selection, checked against the portfolio itself.

use crate::domain::{ByPeriod, Choice, Selection, Transfer};
use crate::finance::Valuation;
use crate::units::{Money, Share};

use super::recheck::recheck;
use crate::optimise::formulate::{Formulation, Moved, StartColumns};
use crate::optimise::model::program::ByColumn;

/// Resolution of what a line pays of a shared cost, as parts of a unit that is no smaller than the largest amount.
const MOVED_STEPS: f64 = 1e10;
/// Resolution of shares, as parts of a whole: finer differences are the solver's rounding.
const SHARE_STEPS: f64 = 1e12;
/// Steps by which shares are lowered or raised, one after the other, until limits hold that the solver met only to its
/// own tolerance.
const SHARE_NUDGES: [f64; 10] = [1e-12, -1e-12, 1e-11, -1e-11, 1e-10, -1e-10, 1e-9, -1e-9, 1e-8, -1e-8];
/// Shares that miss the smallest allowed share by less than this are raised to it.
const SHARE_TOLERANCE: f64 = 1e-6;

/// Decodes the selection of a solution. A share of 0 is not chosen, even if its binary is 1.
pub fn decode(formulation: &Formulation, values: &ByColumn<f64>) -> Selection {
    let chosen = formulation.starts().iter().filter(|start| is_chosen(start, values));
    Selection::new(chosen.filter_map(|start| {
        let share = share_steps(start, values).and_then(|steps| Share::new(steps / SHARE_STEPS));
        let share = share.unwrap_or(Share::ONE);
        let StartColumns { project, start, payment, .. } = *start;
        (share.value() > 0.0).then_some(Choice { project, start, share, payment })
    }))
}

/// Decodes the selection of a solution and checks it against the limits of the scenario; `None` if it violates one.
/// Shares are moved by no more than a solver's tolerance where that makes limits hold.
pub fn decode_checked(
    formulation: &Formulation,
    values: &ByColumn<f64>,
    valuation: &Valuation,
) -> Option<Selection> {
    let selection = with_least_shares(decode(formulation, values), valuation);
    let is_valid = |selection: &Selection| recheck(valuation, selection).is_empty();
    let selection = match formulation.has_moved() {
        true => selection.with_transfers(transfers(formulation, values, valuation)),
        false => selection,
    };
    if is_valid(&selection) {
        return Some(selection);
    }
    if formulation.has_moved() {
        // The values of heuristics say nothing of who pays, and those of a solver hold to its tolerance.
        let filled = valuation.with_room_filled(selection.clone());
        if is_valid(&filled) {
            return Some(filled);
        }
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
        with_least_shares(Selection::new(choices).with_transfers(selection.transfers().to_vec()), valuation)
    };
    SHARE_NUDGES.into_iter().map(nudged).find(is_valid)
}

/// The selection with shares raised to the smallest allowed share, where they miss it by no more than a solver's
/// tolerance.
fn with_least_shares(selection: Selection, valuation: &Valuation) -> Selection {
    let least = |choice: &Choice| valuation.least_share(choice.project).value();
    let is_short = |choice: &Choice| {
        let short = least(choice) - choice.share.value();
        short > 0.0 && short <= SHARE_TOLERANCE
    };
    if !selection.choices().iter().any(is_short) {
        return selection;
    }
    let raised = Selection::new(selection.choices().iter().map(|choice| match Share::new(least(choice)) {
        Some(share) if is_short(choice) => Choice { share, ..*choice },
        _ => *choice,
    }));
    raised.with_transfers(selection.transfers().to_vec())
}

/// What other than their first lines pay of shared costs, to nine digits: what a solver's tolerance adds goes away.
fn transfers(formulation: &Formulation, values: &ByColumn<f64>, valuation: &Valuation) -> Vec<Transfer> {
    let periods = valuation.portfolio().horizon().len();
    let mut transfers: Vec<Transfer> = Vec::new();
    for moved in formulation.moved() {
        let (project, cost, line) = (moved.project, moved.cost, moved.line);
        let paid = moved_steps(moved, values) * moved.unit() / MOVED_STEPS;
        if paid == 0.0 {
            continue;
        }
        let is_same = |one: &Transfer| (one.project, one.cost, one.line) == (project, cost, line);
        let place = transfers.iter().position(is_same).unwrap_or_else(|| {
            let amounts = ByPeriod::filled(Money::ZERO, periods);
            transfers.push(Transfer { project, cost, line, amounts });
            transfers.len() - 1
        });
        transfers[place].amounts[moved.period] = Money::new(paid);
    }
    transfers
}

/// What a line pays of a shared cost, in parts of its unit.
fn moved_steps(moved: &Moved, values: &ByColumn<f64>) -> f64 {
    (moved.value(values) * MOVED_STEPS).round().max(0.0)
}

/// Cache key of a solution: one bit per start, then the shares of chosen divisible projects. Equal keys decode to equal
/// selections.
pub fn signature(formulation: &Formulation, values: &ByColumn<f64>) -> Vec<u64> {
    let starts = formulation.starts();
    let mut words = vec![0; starts.len().div_ceil(64)];
    for (position, start) in starts.iter().enumerate().filter(|(_, start)| is_chosen(start, values)) {
        words[position / 64] |= 1 << (position % 64);
        words.extend(share_steps(start, values).map(f64::to_bits));
    }
    words.extend(formulation.moved().iter().map(|moved| moved_steps(moved, values).to_bits()));
    words
}

fn is_chosen(start: &StartColumns, values: &ByColumn<f64>) -> bool {
    values[start.chosen] > 0.5
}

/// The share in steps; `None` for an indivisible project.
fn share_steps(start: &StartColumns, values: &ByColumn<f64>) -> Option<f64> {
    (start.share != start.chosen).then(|| (values[start.share] * SHARE_STEPS).round().clamp(0.0, SHARE_STEPS))
}
