//! The interval of each objective's weight over which option 1 stays the best selection, the others rescaled in
//! proportion.
//!
//! With a share t of the whole for an objective, strategic value is `t · A + (1 − t) · B`: A weighs only what lies below
//! the objective, B all else as now. The best value is convex in t and that of a selection linear, so that the interval
//! ends at the first line that crosses: from a tentative end the best selection there is found, and the end moves to
//! where it is no better than option 1, until none is better (Eisner and Severance 1976).

use crate::domain::{Measure, ObjectiveTree, ProjectIx, Scenario, Selection, SelectionSettings, Weights};
use crate::finance::Valuation;
use crate::progress::CancelToken;

use super::bnb::incumbents::Evaluator;
use super::k_best::{RankedSearch, gap, is_within};
use super::outcome::{OptimiseError, Outcome, SolveStatus};
use super::result::{RangeEnd, WeightRange};
use super::scenario_model::ScenarioModel;

/// Values that differ by no more than this part of them are equal.
const ROUNDING: f64 = 1e-9;

/// Solves for one end at most: each but the last finds a selection that is better than option 1.
const MAX_SOLVES: usize = 60;

/// Finds the interval of the weight of every objective over which a selection stays the best. The scenario maximises
/// strategic value, and weighs all projects alike; the selection is the best known. `known` selections speed it up.
///
/// Objectives without weight whose parts have none have no interval, and neither has one that has all weight.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn find_weight_ranges(
    model: &ScenarioModel,
    option: &Selection,
    known: &[Selection],
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<Vec<WeightRange>, OptimiseError> {
    let scenario = model.valuation().scenario();
    let tree = model.valuation().portfolio().objectives();
    let weights = scenario.weights.of(ProjectIx::new(0)).clone();
    let line = Line { model, option, known, settings, cancel, tree, weights };
    (0..tree.objectives().len()).filter_map(|objective| line.range(objective).transpose()).collect()
}

/// What varies one weight.
struct Line<'a, 'v> {
    model: &'a ScenarioModel<'v>,
    option: &'a Selection,
    known: &'a [Selection],
    settings: &'a SelectionSettings,
    cancel: &'a CancelToken,
    tree: &'a ObjectiveTree,
    weights: Weights,
}

/// The best selection at a weight, with its value, and a bound on all values.
struct Best {
    selection: Selection,
    bound: f64,
}

impl Line<'_, '_> {
    /// The interval of an objective; `None` where its weight cannot vary in proportion.
    fn range(&self, objective: usize) -> Result<Option<WeightRange>, OptimiseError> {
        let now = self.weights.objectives[objective];
        let Some(ends) = self.ends(objective) else { return Ok(None) };
        let low = self.end(&ends, now, 0.0)?;
        let high = self.end(&ends, now, 1.0)?;
        Ok(Some(WeightRange { objective, weight: now, low, high }))
    }

    /// The weights of the leaves if the objective has all weight, and if it has none.
    fn ends(&self, objective: usize) -> Option<[Vec<f64>; 2]> {
        let own: Vec<bool> = (self.tree.leaves().iter())
            .map(|&leaf| {
                let mut up = std::iter::successors(Some(leaf), |&below| self.tree.parent(below));
                up.any(|above| above == objective)
            })
            .collect();
        let part = |is_own: bool| -> Option<Vec<f64>> {
            let leaves = self.weights.leaves.iter().zip(&own);
            let mut part: Vec<f64> =
                leaves.map(|(&weight, &own)| if own == is_own { weight } else { 0.0 }).collect();
            let sum: f64 = part.iter().sum();
            if sum > 0.0 {
                part.iter_mut().for_each(|weight| *weight /= sum);
                return Some(part);
            }
            // A leaf without weight may get some.
            let only = own.iter().position(|&own| own).filter(|_| self.tree.leaves().contains(&objective))?;
            is_own.then(|| (0..own.len()).map(|leaf| f64::from(u8::from(leaf == only))).collect())
        };
        Some([part(false)?, part(true)?])
    }

    /// The end of the interval between the weight as it is and a limit of it.
    fn end(&self, ends: &[Vec<f64>; 2], now: f64, limit: f64) -> Result<RangeEnd, OptimiseError> {
        let mut end =
            RangeEnd { weight: limit, enters: Vec::new(), leaves: Vec::new(), status: SolveStatus::Optimal };
        if now == limit {
            return Ok(end);
        }
        for _ in 0..MAX_SOLVES {
            let scenario = self.at(ends, end.weight);
            let valuation = self.model.valuation().under(&scenario);
            let Some(best) = self.best(&valuation)? else {
                return Ok(RangeEnd { status: SolveStatus::Feasible, ..end });
            };
            let value = |selection: &Selection| value(&valuation, selection);
            let (own, other) = (value(self.option), value(&best.selection));
            if other <= own + ROUNDING * own.abs().max(other.abs()) {
                let is_proven = is_within(gap(own, best.bound), self.settings);
                return Ok(RangeEnd { status: SolveStatus::of_found(is_proven), ..end });
            }
            let lead = |selection: &Selection| self.lead_now(&self.at(ends, now), selection);
            // Both leads are linear in between: that of option 1 where it is, and that of the other at the end.
            let (lead_here, lead_there) = (lead(&best.selection).max(0.0), other - own);
            let share = lead_here / (lead_here + lead_there);
            let next = now + share * (end.weight - now);
            let (enters, leaves) =
                (only_in(&best.selection, self.option), only_in(self.option, &best.selection));
            let has_moved = (next - end.weight).abs() > ROUNDING;
            end = RangeEnd { weight: next, enters, leaves, status: SolveStatus::Feasible };
            if !has_moved || share == 0.0 {
                return Ok(RangeEnd { status: SolveStatus::Optimal, ..end });
            }
        }
        Ok(end)
    }

    /// By how much option 1 is worth more than another selection under a scenario.
    fn lead_now(&self, scenario: &Scenario, other: &Selection) -> f64 {
        let valuation = self.model.valuation().under(scenario);
        value(&valuation, self.option) - value(&valuation, other)
    }

    /// The scenario with a weight of the objective.
    fn at(&self, [rest, whole]: &[Vec<f64>; 2], weight: f64) -> Scenario {
        let leaves = rest.iter().zip(whole).map(|(rest, whole)| weight * whole + (1.0 - weight) * rest);
        let tree = self.model.valuation().portfolio().objectives();
        let weights = Weights::of_leaves(tree, leaves.collect());
        Scenario { weights: weights.into(), ..self.model.valuation().scenario().clone() }
    }

    /// The best selection under a scenario; `None` if a limit was met before any was found.
    fn best(&self, valuation: &Valuation) -> Result<Option<Best>, OptimiseError> {
        let model = ScenarioModel::new(valuation);
        let (problem, evaluator) = (model.problem(), model.evaluator());
        let seeds: Vec<_> = (std::iter::once(self.option).chain(self.known))
            .filter_map(|selection| evaluator.evaluate(&evaluator.values_of(selection)))
            .collect();
        let search = RankedSearch::new(&problem, evaluator, self.settings, self.cancel)
            .with_known(seeds)
            .without_ties();
        let Outcome::Found(found) = search.best()? else { return Ok(None) };
        Ok(Some(Best { bound: found.bound, selection: found.candidate.solution }))
    }
}

/// Strategic value less penalties.
fn value(valuation: &Valuation, selection: &Selection) -> f64 {
    valuation.total(Measure::StrategicValue, selection) - valuation.penalty(selection)
}

/// Projects of one selection that another lacks.
fn only_in(one: &Selection, other: &Selection) -> Vec<ProjectIx> {
    one.projects().filter(|&project| !other.contains(project)).collect()
}
