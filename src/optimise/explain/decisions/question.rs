//! Common data of the explanations of all decisions of a scenario.

use crate::domain::{Decision, Measure, ProjectIx, SelectionSettings};
use crate::finance::Valuation;
use crate::optimise::formulate::Formulation;
use crate::optimise::result::ScenarioOptions;
use crate::optimise::verify::evaluator::SelectionEvaluator;

use super::allowance::Allowance;

/// Common data of all decisions of a scenario. Objectives are the program's: larger is better.
pub(super) struct Question<'a> {
    pub valuation: &'a Valuation<'a>,
    /// The scenario without decisions, and its program.
    pub opened: &'a Valuation<'a>,
    pub formulation: &'a Formulation,
    /// Evaluator of selections of the scenario itself.
    pub evaluator: &'a SelectionEvaluator<'a>,
    pub settings: &'a SelectionSettings,
    pub terms: &'a [(Measure, f64)],
    /// Upper bound on the objective of every selection of the scenario.
    pub bound: f64,
    pub options: &'a ScenarioOptions,
    pub allowance: &'a Allowance,
    pub step: &'a (dyn Fn(usize) + Sync),
}

impl Question<'_> {
    /// Decision of the scenario about a project.
    pub fn decision(&self, project: ProjectIx) -> Decision {
        self.valuation.scenario().decisions[project]
    }

    /// Number of projects.
    pub fn projects(&self) -> impl ExactSizeIterator<Item = ProjectIx> + Clone + use<> {
        self.valuation.portfolio().projects().positions()
    }
}
