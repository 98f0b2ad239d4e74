//! The two measures of a solution, by the portfolio's own numbers or by those of a bare program.

use crate::domain::{FrontierX, Measure, ProjectIx, Selection, Sense};
use crate::finance::Valuation;
use crate::optimise::formulate::Formulation;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::pool::{ProjectSet, TieBreak, decimal_unit, rounded_to};
use crate::optimise::model::program::{ByColumn, ColumnIx, Program};
use crate::optimise::verify::decode::decode_checked;
use crate::optimise::verify::evaluator::{rounded, values_of_selection};

use super::pareto::{ParetoPoint, Point};

/// Measures solutions.
pub trait Measured: Sync {
    /// Solution outside the program, for example a selection.
    type Solution: Clone + Send + Sync;

    /// Point and solution for the values of the program's columns; `None` if it fails the recheck.
    fn measure(&self, values: &ByColumn<f64>) -> Option<ParetoPoint<Self::Solution>>;

    /// Values of the program's columns for a solution.
    fn values_of(&self, point: &ParetoPoint<Self::Solution>) -> ByColumn<f64>;

    /// Tie-break between solutions at the same point; `value` is the objective there.
    fn tie(&self, solution: &Self::Solution, value: f64) -> TieBreak;

    /// The projects of a solution.
    fn projects_of(&self, solution: &Self::Solution) -> ProjectSet;
}

/// Selections of a scenario.
#[derive(Debug)]
pub struct MeasuredSelections<'a> {
    /// The scenario's numbers.
    pub valuation: &'a Valuation<'a>,
    /// The formulation, with its column keys.
    pub formulation: &'a Formulation,
    /// The first measure.
    pub x: FrontierX,
    /// The second measure and its sense.
    pub y: (Measure, Sense),
    /// Column of the factor on all budgets, where that is the first measure.
    pub scale: Option<ColumnIx>,
}

impl Measured for MeasuredSelections<'_> {
    type Solution = Selection;

    fn measure(&self, values: &ByColumn<f64>) -> Option<ParetoPoint<Selection>> {
        let selection = decode_checked(self.formulation, values, self.valuation)?;
        let x = match self.x {
            FrontierX::Measure(measure, sense) => sense.sign() * self.valuation.total(measure, &selection),
            FrontierX::BudgetScale => -self.valuation.least_budget_scale(&selection),
        };
        let (measure, sense) = self.y;
        let y = sense.sign() * self.valuation.total(measure, &selection);
        Some(ParetoPoint { at: Point { x, y }, solution: selection })
    }

    fn values_of(&self, point: &ParetoPoint<Selection>) -> ByColumn<f64> {
        let mut values = values_of_selection(self.formulation, &point.solution);
        if let Some(scale) = self.scale {
            values[scale] = -point.at.x;
        }
        values
    }

    fn tie(&self, selection: &Selection, value: f64) -> TieBreak {
        let cost = self.valuation.total(Measure::Cost, selection);
        let planned = |project: ProjectIx| self.valuation.portfolio().projects()[project].start;
        let deferred = selection.choices().iter().map(|one| one.start - planned(one.project)).sum();
        TieBreak {
            cost: rounded_to(cost, decimal_unit(cost.abs())),
            deferred,
            payments: selection.choices().iter().map(|one| one.payment.index()).sum(),
            ..TieBreak::by_objective(value)
        }
    }

    fn projects_of(&self, selection: &Selection) -> ProjectSet {
        let counted = |project| (project, self.valuation.portfolio().counted_as(project));
        ProjectSet::counting(selection.projects().map(counted))
    }
}

/// Solutions of a bare program.
#[derive(Debug)]
pub struct MeasuredProgram<'a> {
    /// Rows and columns.
    pub problem: &'a Problem<'a>,
    /// Gain in the first measure per unit of each column.
    pub x: &'a [f64],
    /// Gain in the second measure per unit of each column.
    pub y: &'a [f64],
}

impl MeasuredProgram<'_> {
    fn program(&self) -> &Program {
        self.problem.program
    }
}

impl Measured for MeasuredProgram<'_> {
    type Solution = ByColumn<f64>;

    fn measure(&self, values: &ByColumn<f64>) -> Option<ParetoPoint<ByColumn<f64>>> {
        let solution = rounded(self.program(), values)?;
        let sum = |factors: &[f64]| solution.iter().zip(factors).map(|(value, factor)| value * factor).sum();
        Some(ParetoPoint { at: Point { x: sum(self.x), y: sum(self.y) }, solution })
    }

    fn values_of(&self, point: &ParetoPoint<ByColumn<f64>>) -> ByColumn<f64> {
        point.solution.clone()
    }

    fn tie(&self, _: &ByColumn<f64>, value: f64) -> TieBreak {
        TieBreak::by_objective(value)
    }

    fn projects_of(&self, solution: &ByColumn<f64>) -> ProjectSet {
        self.problem.taken(solution)
    }
}
