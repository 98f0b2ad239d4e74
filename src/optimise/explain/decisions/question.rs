//! What the reasons for all projects of a scenario have in common.

use crate::domain::{Decision, Measure, SelectionSettings};
use crate::finance::Valuation;
use crate::optimise::formulate::Formulation;
use crate::optimise::result::ScenarioOptions;
use crate::optimise::verify::evaluator::SelectionEvaluator;

use super::allowance::Allowance;

/// What all decisions of a scenario have in common. Objectives are the program's: more is better.
pub(super) struct Question<'a> {
    pub valuation: &'a Valuation<'a>,
    /// The scenario with nothing decided beforehand, and its program.
    pub opened: &'a Valuation<'a>,
    pub formulation: &'a Formulation,
    /// Judges selections of the scenario itself.
    pub evaluator: &'a SelectionEvaluator<'a>,
    pub settings: &'a SelectionSettings,
    pub terms: &'a [(Measure, f64)],
    /// No selection of the scenario is better.
    pub bound: f64,
    pub options: &'a ScenarioOptions,
    pub allowance: &'a Allowance,
    pub step: &'a (dyn Fn(usize) + Sync),
}

impl Question<'_> {
    /// What is decided about a project beforehand.
    pub fn decision(&self, project: usize) -> Decision {
        self.valuation.scenario().decisions[project]
    }

    /// How many projects there are.
    pub fn projects(&self) -> usize {
        self.valuation.portfolio().projects().len()
    }
}
