//! The explanation of the decision about one project, from the best selections with and without it.

use crate::domain::{Choice, Decision, Measure, NamedLimit, ProjectIx, Selection};
use crate::finance::StartPlan;
use crate::optimise::k_best::{gap, is_within};
use crate::units::Share;

use super::binding::Binding;
use super::decision::{BreakEven, BreakEvenScore, ProjectDecision, Reversal};
use super::question::Question;
use super::sides::{Best, Sides};

/// The explained option.
pub(super) struct ExplainedOption<'a> {
    pub question: &'a Question<'a>,
    pub selection: &'a Selection,
    pub objective: f64,
    /// True if no other option has a better objective.
    pub is_best: bool,
    pub binding: Binding<'a>,
}

impl ExplainedOption<'_> {
    /// Explains the decision about a project.
    pub fn explain(&self, project: ProjectIx, sides: &Sides, factor: Option<BreakEven>) -> ProjectDecision {
        let is_in = self.selection.contains(project);
        let options = &self.question.options.options;
        let chosen = options.iter().filter(|option| option.selection.contains(project)).count();
        ProjectDecision {
            is_in,
            frequency: chosen as f64 / options.len() as f64,
            binding: self.binding.of(project),
            is_worth_adding: self.worth(project) > 0.0,
            reversal: self.reversal(project, sides.of(project, !is_in)),
            break_even_cost: factor,
            break_even_score: self.break_even_score(project, sides),
        }
    }

    /// Largest gain in objective from the whole project at any of its starts, added to the other projects of the
    /// option.
    fn worth(&self, project: ProjectIx) -> f64 {
        let others = || self.selection.choices().iter().copied().filter(|choice| choice.project != project);
        let without = self.objective_of(&Selection::new(others()));
        let plans = self.question.valuation.plans(project).iter();
        let at = |plan: &StartPlan| {
            let choice = Choice { project, start: plan.start, share: Share::ONE, payment: plan.payment };
            self.objective_of(&Selection::new(others().chain([choice]))) - without
        };
        plans.map(at).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The objective of a selection, penalties included.
    fn objective_of(&self, selection: &Selection) -> f64 {
        let valuation = self.question.valuation;
        let selection = &valuation.with_room_filled(selection.clone());
        let part = |&(measure, weight): &(Measure, f64)| weight * valuation.total(measure, selection);
        self.question.terms.iter().map(part).sum::<f64>() - valuation.penalty(selection)
    }

    fn reversal(&self, project: ProjectIx, reversed: &Best) -> Reversal {
        let Some(best) = &reversed.known else {
            if reversed.bound == f64::NEG_INFINITY {
                return Reversal::Impossible;
            }
            return Reversal::Unknown { least: self.objective - reversed.bound };
        };
        let only_in = |one: &Selection, other: &Selection| {
            one.projects().filter(|&another| another != project && !other.contains(another)).collect()
        };
        // The best option represents the best selection possible; any other option represents itself.
        let reference = if self.is_best { self.objective.max(self.question.bound) } else { self.objective };
        Reversal::Possible {
            loss: self.objective - best.objective,
            least: self.objective - reversed.bound,
            most: reference - best.objective,
            is_proven: is_within(gap(best.objective, reversed.bound), self.question.settings),
            enter: only_in(&best.solution, self.selection),
            leave: only_in(self.selection, &best.solution),
        }
    }

    /// The objective is linear in the strategic value of a project that is funded as a whole or not at all, unless a
    /// limit counts that value, or the value depends on when the project starts.
    fn break_even_score(&self, project: ProjectIx, sides: &Sides) -> Option<BreakEvenScore> {
        let valuation = self.question.valuation;
        let least = valuation.min_fraction(project);
        let (with, without) = (sides.of(project, true), sides.of(project, false));
        let (known_with, known_without) = (with.objective()?, without.objective()?);
        let project_row = &valuation.portfolio().projects()[project];
        // The expected value is the strategic value times the probability of success.
        let success = project_row.success_probability.value();
        let counted = |&(measure, weight): &(Measure, f64)| match measure {
            Measure::StrategicValue => weight,
            Measure::ExpectedStrategicValue => weight * success,
            _ => 0.0,
        };
        // Over futures the value is worth as much as the project succeeds in them, which is not told apart here.
        let is_simulated =
            |(measure, _): &(Measure, f64)| measure.simulated().is_some() && measure.counts_scores();
        if self.question.terms.iter().any(is_simulated) {
            return None;
        }
        let weight: f64 = self.question.terms.iter().map(counted).sum();
        let is_limited = |limit: &NamedLimit| limit.measure().counts_scores();
        if weight <= 0.0
            || project_row.loses_value(valuation.portfolio().horizon().len())
            || least.is_some_and(|least| least < Share::ONE)
            || valuation.scenario().named_limits.iter().any(is_limited)
        {
            return None;
        }
        let at = |without: f64, with: f64| valuation.strategic_value(project) + (without - with) / weight;
        Some(BreakEvenScore {
            score: at(known_without, known_with),
            least: at(known_without, with.bound),
            most: at(without.bound, known_with),
        })
    }
}

impl Question<'_> {
    /// True if the scenario leaves the project open.
    pub(super) fn is_free(&self, project: ProjectIx) -> bool {
        self.decision(project) == Decision::Free
    }
}
