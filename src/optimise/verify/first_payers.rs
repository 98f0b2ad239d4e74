//! The first of equal ways to pay for a selection.

use crate::domain::{Measure, PaymentIx, Selection};
use crate::finance::Valuation;
use crate::optimise::model::pool::{decimal_unit, rounded_to};

use super::recheck::recheck;

/// The selection with each cost paid by the first of its payers, as written, that has room: project by project in the
/// order of ids, given who pays for all others, until none has an earlier one with room. No limit is broken, and
/// neither the cost nor any goal (`Σ weight × measure`, less penalties if `is_penalised`) gets worse.
pub fn with_first_payers(
    valuation: &Valuation,
    selection: Selection,
    goals: &[&[(Measure, f64)]],
    is_penalised: bool,
) -> Selection {
    let projects = valuation.portfolio().projects();
    let is_mixed = !valuation.shared_costs(&selection).is_empty();
    if !is_mixed && selection.projects().all(|one| projects[one].payments() == 1) {
        return selection;
    }
    let worths = |selection: &Selection| -> Vec<f64> {
        let penalty = if is_penalised { valuation.penalty(selection) } else { 0.0 };
        let total = |&(measure, weight): &(Measure, f64)| weight * valuation.total(measure, selection);
        let of_goal = |goal: &&[(Measure, f64)]| goal.iter().map(total).sum::<f64>() - penalty;
        let least_cost = -valuation.total(Measure::Cost, selection);
        goals.iter().map(of_goal).chain([least_cost]).collect()
    };
    let least = worths(&selection);
    let is_as_good = |other: &Selection| {
        worths(other).iter().zip(&least).all(|(&worth, &least)| {
            let unit = decimal_unit(least.abs());
            rounded_to(worth, unit) >= rounded_to(least, unit)
        })
    };
    let is_valid = |other: &Selection| is_as_good(other) && recheck(valuation, other).is_empty();
    // Who shares a cost follows, if it can.
    let ways = |paid: Selection| {
        let filled = is_mixed.then(|| valuation.with_room_filled(paid.clone()));
        filled.into_iter().chain([paid]).find(is_valid)
    };
    let mut paid = ways(selection.clone()).unwrap_or(selection);
    loop {
        let mut is_settled = true;
        for choice in paid.choices().to_vec() {
            let mut earlier = (0..choice.payment.index()).map(PaymentIx::new);
            let first = earlier.find_map(|payment| ways(paid.paid_by(choice.project, payment)));
            is_settled &= first.is_none();
            paid = first.unwrap_or(paid);
        }
        if is_settled {
            return paid;
        }
    }
}
