//! The objective of any selection under any scenario.

use crate::domain::{Measure, Selection};
use crate::finance::Valuation;
use crate::optimise::formulate::objective::objective_terms;

/// The objective of a selection under a scenario, as options tell it: its goal, made worse by the penalties of
/// overruns, missed soft limits and changes. `scales` divide the measures of a mix. It need not keep the limits.
pub fn objective_of(valuation: &Valuation, scales: &[(Measure, f64)], selection: &Selection) -> f64 {
    let goal = &valuation.scenario().goal;
    let total = |(measure, weight): (Measure, f64)| weight * valuation.total(measure, selection);
    let terms = objective_terms(goal, scales).into_iter().map(total).sum::<f64>();
    // The sum of nothing is -0, which is no worse than 0.
    goal.sense().sign() * (terms - valuation.penalty(selection)) + 0.0
}
