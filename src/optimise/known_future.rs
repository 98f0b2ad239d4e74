//! The best selection of a scenario in one future that is known before projects are chosen.

use crate::domain::{Measure, Selection, SelectionSettings};
use crate::finance::Valuation;
use crate::progress::CancelToken;

use super::confidence::hold_confidence;
use super::k_best::gap;
use super::options::{find_options_by, weaker};
use super::outcome::{OptimiseError, SolveStatus};
use super::priorities::hold_priorities;
use super::result::FoundOption;
use super::scenario_model::ScenarioModel;
use super::verify::objective::objective_of;
use super::verify::recheck::recheck;

/// What is best in a future.
#[derive(Clone, Debug, PartialEq)]
pub struct BestInFuture {
    /// Status of the search.
    pub status: SolveStatus,
    /// The best selection; `None` where none is feasible, or none was found.
    pub best: Option<FoundOption>,
    /// The objective that the decision as taken has in this future; `None` where it breaks a limit there.
    pub as_decided: Option<f64>,
}

/// Finds the best selection in the future that a valuation is of ([`Valuation::in_future`]), under a scenario that asks for
/// one option. The searches begin with `known` selections, of which the first is the decision as taken; `scales` divide
/// the measures of a mix, as in the plan, so that futures can be compared. Costs that lines share are paid anew.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn best_in_future(
    valuation: Valuation<'_>,
    scales: &[(Measure, f64)],
    known: &[&Selection],
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<BestInFuture, OptimiseError> {
    let paid: Vec<Selection> = known.iter().map(|&one| valuation.with_room_filled(one.clone())).collect();
    let keeps = |selection: &&Selection| recheck(&valuation, selection).is_empty();
    let kept: Vec<Selection> = paid.iter().filter(keeps).cloned().collect();
    let valuation = kept.into_iter().fold(valuation, Valuation::knowing);
    let valuation = hold_confidence(valuation, settings, cancel)?;
    let held = hold_priorities(&valuation, settings, cancel)?;
    let mut model = ScenarioModel::new(&held.valuation);
    let found = find_options_by(&mut model, (scales.to_vec(), true), settings, cancel)?;
    let status = if held.is_proven { found.status } else { weaker(found.status) };
    let decided = paid.into_iter().next().filter(|one| recheck(&held.valuation, one).is_empty());
    let as_decided = decided.as_ref().map(|one| objective_of(&held.valuation, scales, one));
    let best = found.options.into_iter().next().map(|best| match decided.zip(as_decided) {
        Some((selection, objective)) => no_worse_than(best, selection, objective, &held.valuation),
        None => best,
    });
    Ok(BestInFuture { status, best, as_decided })
}

/// The better of what was found and the decision as taken, which a search for several goals in order does not begin with.
fn no_worse_than(
    found: FoundOption,
    selection: Selection,
    objective: f64,
    valuation: &Valuation,
) -> FoundOption {
    let sign = valuation.scenario().goal.sense().sign();
    if sign * objective <= sign * found.objective {
        return found;
    }
    let bound = sign * (sign * found.bound).max(sign * objective);
    FoundOption { selection, objective, bound, gap: gap(objective, bound), ..found }
}
