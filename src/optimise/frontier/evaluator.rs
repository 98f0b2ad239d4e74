//! What the two measures of a solution are, by the portfolio's own numbers or by those of a bare program.

use crate::domain::{FrontierX, Measure, Selection, Sense};
use crate::finance::Valuation;
use crate::optimise::formulate::Formulation;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::pool::{ProjectSet, TieBreak, decimal_unit, rounded_to};
use crate::optimise::model::program::Program;
use crate::optimise::verify::decode::decode_checked;
use crate::optimise::verify::evaluator::{rounded, values_of_selection};

use super::pareto::{ParetoPoint, Point};

/// Tells where solutions lie.
pub trait Measured: Sync {
    /// What a solution is outside the program.
    type Solution: Clone + Send + Sync;

    /// The solution that values of the program's columns stand for, and its point; `None` if it breaks a rule.
    fn measure(&self, values: &[f64]) -> Option<ParetoPoint<Self::Solution>>;

    /// The program's values of a solution.
    fn values_of(&self, spot: &ParetoPoint<Self::Solution>) -> Vec<f64>;

    /// What decides between solutions that lie at the same point; `value` is what is maximised there.
    fn tie(&self, solution: &Self::Solution, value: f64) -> TieBreak;

    /// The projects of a solution.
    fn projects_of(&self, solution: &Self::Solution) -> ProjectSet;
}

/// Selections of a scenario.
#[derive(Debug)]
pub struct MeasuredSelections<'a> {
    /// The scenario's numbers.
    pub valuation: &'a Valuation<'a>,
    /// What the columns mean.
    pub formulation: &'a Formulation,
    /// The first measure.
    pub x: FrontierX,
    /// The second measure, and whether more or less of it is better.
    pub y: (Measure, Sense),
    /// The column of the factor on all budgets, where that is the first measure.
    pub scale: Option<usize>,
}

impl Measured for MeasuredSelections<'_> {
    type Solution = Selection;

    fn measure(&self, values: &[f64]) -> Option<ParetoPoint<Selection>> {
        let selection = decode_checked(self.formulation, values, self.valuation)?;
        let x = match self.x {
            FrontierX::Measure(measure, sense) => sense.sign() * self.valuation.total(measure, &selection),
            FrontierX::BudgetScale => -self.valuation.least_budget_scale(&selection),
        };
        let (measure, sense) = self.y;
        let y = sense.sign() * self.valuation.total(measure, &selection);
        Some(ParetoPoint { at: Point { x, y }, solution: selection })
    }

    fn values_of(&self, spot: &ParetoPoint<Selection>) -> Vec<f64> {
        let mut values = values_of_selection(self.formulation, &spot.solution);
        if let Some(scale) = self.scale {
            values[scale] = -spot.at.x;
        }
        values
    }

    fn tie(&self, selection: &Selection, value: f64) -> TieBreak {
        let cost = self.valuation.total(Measure::Cost, selection);
        let planned = |project: usize| self.valuation.portfolio().projects()[project].start;
        let deferred = selection.choices().iter().map(|one| one.start - planned(one.project)).sum();
        TieBreak {
            cost: rounded_to(cost, decimal_unit(cost.abs())),
            deferred,
            ..TieBreak::by_objective(value)
        }
    }

    fn projects_of(&self, selection: &Selection) -> ProjectSet {
        ProjectSet::of(selection.projects())
    }
}

/// Solutions of a bare program.
#[derive(Debug)]
pub struct MeasuredProgram<'a> {
    /// Rows and columns.
    pub problem: &'a Problem<'a>,
    /// What one unit of each column adds to the first measure.
    pub x: &'a [f64],
    /// What it adds to the second.
    pub y: &'a [f64],
}

impl MeasuredProgram<'_> {
    fn program(&self) -> &Program {
        self.problem.program
    }
}

impl Measured for MeasuredProgram<'_> {
    type Solution = Vec<f64>;

    fn measure(&self, values: &[f64]) -> Option<ParetoPoint<Vec<f64>>> {
        let solution = rounded(self.program(), values)?;
        let sum = |factors: &[f64]| solution.iter().zip(factors).map(|(value, factor)| value * factor).sum();
        Some(ParetoPoint { at: Point { x: sum(self.x), y: sum(self.y) }, solution })
    }

    fn values_of(&self, spot: &ParetoPoint<Vec<f64>>) -> Vec<f64> {
        spot.solution.clone()
    }

    fn tie(&self, _: &Vec<f64>, value: f64) -> TieBreak {
        TieBreak::by_objective(value)
    }

    fn projects_of(&self, solution: &Vec<f64>) -> ProjectSet {
        self.problem.taken(solution)
    }
}
