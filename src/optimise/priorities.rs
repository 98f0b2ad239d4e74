//! Limits with priorities: the total violation of those of the first priority is minimised and held, then that of the
//! second, and so on (lexicographic goal programming, Ignizio 1976). Options are then searched for among what is left.

use std::collections::BTreeSet;

use crate::domain::{Selection, SelectionSettings};
use crate::finance::{Hold, Valuation};
use crate::progress::CancelToken;

use super::bnb::incumbents::Evaluator;
use super::k_best::{Found, RankedSearch, is_within};
use super::model::decisions::Problem;
use super::model::pool::{Candidate, rounded_to};
use super::model::program::{ByColumn, Program};
use super::outcome::OptimiseError;
use super::scenario_model::ScenarioModel;
use super::verify::evaluator::SelectionEvaluator;

/// Unit in which shortfalls are compared.
const UNIT: f64 = 1e-9;

/// Part of a shortfall by which later searches may exceed it: the tolerance of a solver.
const TOLERANCE: f64 = 1e-9;

/// A valuation that holds the limits with priorities at the least by which they can be missed.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// The valuation: all searches by it keep what is held.
    pub valuation: Valuation<'a>,
    /// False if a limit of the search was met, so that the limits might be missed by less.
    pub is_proven: bool,
}

/// Finds the least by which the limits of each priority must be missed, and holds it. Where no selection is found, the
/// limits behind are left free: the search for options then says why there is none.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn hold_priorities<'a>(
    valuation: &Valuation<'a>,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<Held<'a>, OptimiseError> {
    let limits = &valuation.scenario().named_limits;
    let priorities: BTreeSet<u32> = limits.iter().filter_map(|limit| limit.priority()).collect();
    let mut held = Held { valuation: valuation.clone().holding_nothing(), is_proven: true };
    let mut known: Option<Selection> = None;
    for priority in priorities {
        let Some(found) = least_shortfall(&held.valuation, priority, known.as_ref(), settings, cancel)?
        else {
            held.is_proven = false;
            break;
        };
        let least = -found.candidate.objective;
        held.is_proven &= least == 0.0 || is_within(found.gap(), settings);
        held.valuation = held.valuation.holding(Hold { priority, most: least * (1.0 + TOLERANCE) });
        known = Some(found.candidate.solution);
    }
    Ok(held)
}

/// The selection that misses the limits of a priority least, under all that is held; its objective is the negated
/// shortfall.
fn least_shortfall(
    valuation: &Valuation<'_>,
    priority: u32,
    known: Option<&Selection>,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<Option<Found<Selection>>, OptimiseError> {
    let model = ScenarioModel::new(valuation);
    let problem = model.problem();
    let mut program: Program = problem.program.clone();
    program.columns.iter_mut().for_each(|column| column.objective = 0.0);
    for (column, shortfall) in model.formulation.missed_of(priority) {
        program.columns[column].objective = -shortfall;
    }
    let problem = Problem { program: &program, ..problem };
    let evaluator = ShortfallEvaluator { valuation, priority, by_goal: model.evaluator() };
    let known = known.and_then(|selection| evaluator.evaluate(&evaluator.values_of(selection)));
    let mut search =
        RankedSearch::new(&problem, &evaluator, settings, cancel).without_ties().with_known(known);
    search.run(1)?;
    Ok(search.into_ranked().into_iter().next())
}

/// Evaluates selections by how little they miss the limits of a priority.
struct ShortfallEvaluator<'a> {
    valuation: &'a Valuation<'a>,
    priority: u32,
    by_goal: SelectionEvaluator<'a>,
}

impl Evaluator for ShortfallEvaluator<'_> {
    type Solution = Selection;

    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<Selection>> {
        let mut candidate = self.by_goal.evaluate(values)?;
        let shortfall = self.valuation.shortfall(self.priority, &candidate.solution);
        candidate.tie.objective = rounded_to(-shortfall, UNIT) + 0.0;
        candidate.objective = if candidate.tie.objective == 0.0 { 0.0 } else { -shortfall };
        Some(candidate)
    }

    fn values_of(&self, selection: &Selection) -> ByColumn<f64> {
        self.by_goal.values_of(selection)
    }
}
