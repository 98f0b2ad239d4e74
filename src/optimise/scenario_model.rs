//! The model of a scenario: its program, row and column keys, the objective, and the evaluator of solutions.

use crate::domain::Measure;
use crate::finance::Valuation;

use super::formulate::Formulation;
use super::formulate::objective::objective_terms;
use super::model::decisions::Problem;
use super::verify::evaluator::SelectionEvaluator;

/// The model of one scenario.
#[derive(Clone, Debug)]
pub struct ScenarioModel<'a> {
    /// The scenario with its portfolio's numbers.
    pub valuation: &'a Valuation<'a>,
    /// Rows and columns, with the objective.
    pub formulation: Formulation,
    /// The objective that is maximised: `Σ weight × measure`.
    pub terms: Vec<(Measure, f64)>,
    /// Penalties (overruns, soft limits, changes) are subtracted from the objective.
    is_penalised: bool,
}

impl<'a> ScenarioModel<'a> {
    /// The model that maximises `Σ weight × measure` less penalties.
    pub fn new(valuation: &'a Valuation<'a>, terms: Vec<(Measure, f64)>) -> Self {
        let mut model = Self {
            valuation,
            formulation: Formulation::new(valuation),
            terms: Vec::new(),
            is_penalised: true,
        };
        model.maximise(terms, true);
        model
    }

    /// The model of the scenario's own goal. `scales` divide the measures of a mix.
    pub fn of_goal(valuation: &'a Valuation<'a>, scales: &[(Measure, f64)]) -> Self {
        Self::new(valuation, objective_terms(&valuation.scenario().goal, scales))
    }

    /// Replaces the objective.
    pub fn maximise(&mut self, terms: Vec<(Measure, f64)>, is_penalised: bool) {
        self.formulation.set_objective(&terms, is_penalised, self.valuation);
        (self.terms, self.is_penalised) = (terms, is_penalised);
    }

    /// The program with its decisions.
    pub fn problem(&self) -> Problem<'_> {
        self.formulation.problem()
    }

    /// Evaluator of solutions by the portfolio's own numbers.
    pub fn evaluator(&self) -> SelectionEvaluator<'_> {
        SelectionEvaluator::new(self.valuation, &self.formulation, &self.terms, self.is_penalised)
    }
}
