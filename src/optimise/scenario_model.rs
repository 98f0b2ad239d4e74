//! The model of a scenario: its program, row and column keys, the objective, and the evaluator of solutions.

use crate::domain::{Measure, Selection};
use crate::finance::Valuation;

use super::formulate::Formulation;
use super::formulate::objective::objective_terms;
use super::formulate::payers::Payers;
use super::model::decisions::Problem;
use super::verify::evaluator::SelectionEvaluator;
use super::verify::first_payers::with_first_payers;

/// The model of one scenario: made once, and lent to all that search it or explain what was found.
#[derive(Clone, Debug)]
pub struct ScenarioModel<'a> {
    /// The scenario with its portfolio's numbers.
    pub(super) valuation: &'a Valuation<'a>,
    /// Rows and columns, with the objective.
    pub(super) formulation: Formulation,
    /// The objective that is maximised: `Σ weight × measure`.
    terms: Vec<(Measure, f64)>,
    /// Penalties (overruns, soft limits, changes) are subtracted from the objective.
    is_penalised: bool,
}

impl<'a> ScenarioModel<'a> {
    /// The model of the scenario's own goal, less penalties. The measures of a mix are divided by nothing until
    /// [`crate::optimise::find_options`] has found their scales.
    pub fn new(valuation: &'a Valuation<'a>) -> Self {
        Self::maximising(valuation, objective_terms(&valuation.scenario().goal, &[]))
    }

    /// The model that maximises `Σ weight × measure` less penalties.
    pub(super) fn maximising(valuation: &'a Valuation<'a>, terms: Vec<(Measure, f64)>) -> Self {
        let mut formulation = Formulation::measuring(valuation, &measures_of(&terms));
        formulation.set_objective(&terms, true, valuation);
        Self { valuation, formulation, terms, is_penalised: true }
    }

    /// The scenario with its portfolio's numbers.
    pub fn valuation(&self) -> &'a Valuation<'a> {
        self.valuation
    }

    /// Makes the scenario's own goal the objective, less penalties. `scales` divide the measures of a mix.
    pub(super) fn maximise_goal(&mut self, scales: &[(Measure, f64)]) {
        self.maximise(objective_terms(&self.valuation.scenario().goal, scales), true);
    }

    /// Replaces the objective.
    pub(super) fn maximise(&mut self, terms: Vec<(Measure, f64)>, is_penalised: bool) {
        if self.terms != terms || self.is_penalised != is_penalised {
            self.formulation.set_objective(&terms, is_penalised, self.valuation);
            (self.terms, self.is_penalised) = (terms, is_penalised);
        }
    }

    /// The same model with columns for all payers.
    pub(super) fn with_all_payers(&self) -> Self {
        let mut formulation =
            Formulation::with_payers(self.valuation, Payers::All, &measures_of(&self.terms));
        formulation.set_objective(&self.terms, self.is_penalised, self.valuation);
        Self { formulation, terms: self.terms.clone(), ..*self }
    }

    /// The program with its decisions.
    pub(super) fn problem(&self) -> Problem<'_> {
        self.formulation.problem()
    }

    /// A selection with each cost paid by the first of its payers that has room, as good in every goal as it is.
    pub(super) fn with_first_payers(&self, selection: Selection) -> Selection {
        let scenario = self.valuation.scenario();
        let sign = scenario.goal.sense().sign();
        let next: Vec<[(Measure, f64); 1]> =
            scenario.next_goals.iter().map(|&measure| [(measure, sign)]).collect();
        let next = next.iter().map(<[_; 1]>::as_slice);
        let goals: Vec<&[(Measure, f64)]> = std::iter::once(&self.terms[..]).chain(next).collect();
        with_first_payers(self.valuation, selection, &goals, self.is_penalised)
    }

    /// Evaluator of solutions by the portfolio's own numbers.
    pub(super) fn evaluator(&self) -> SelectionEvaluator<'_> {
        SelectionEvaluator::new(self.valuation, &self.formulation, &self.terms, self.is_penalised)
    }
}

fn measures_of(terms: &[(Measure, f64)]) -> Vec<Measure> {
    terms.iter().map(|&(measure, _)| measure).collect()
}
