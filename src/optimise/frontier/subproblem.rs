//! Programs that search for points of a region, and one solve of them.

use crate::domain::SelectionSettings;
use crate::optimise::bnb::incumbents::Evaluator;
use crate::optimise::k_best::RankedSearch;
use crate::optimise::k_best::ties::{TieLimits, first_of_equals};
use crate::optimise::model::decisions::{DecisionGroup, Problem};
use crate::optimise::model::pool::{Candidate, decimal_unit, rounded_to};
use crate::optimise::model::program::{ByColumn, Column, ColumnIx, Program, Row, RowIx};
use crate::optimise::outcome::{OptimiseError, Outcome};
use crate::progress::CancelToken;

use super::evaluator::Measured;
use super::pareto::{ParetoPoint, Point, Region, Steps, common_unit};

/// Node limit for each tie-break between the solutions at one point.
const MAX_TIE_NODES: u32 = 500;

/// The model of two measures: program, decision groups, and coefficients of the measures.
#[derive(Debug)]
pub struct BiobjectiveModel<'a, M> {
    /// Rows and columns; the objective is not used.
    pub program: &'a Program,
    /// Decision groups.
    pub groups: Vec<DecisionGroup>,
    /// Rows that other columns can make hold, whatever is taken.
    pub slackable_rows: Vec<RowIx>,
    /// Cost per unit of each column; empty if nothing has a cost.
    pub costs: ByColumn<f64>,
    /// The program may rate a solution higher than its measures do.
    pub overrates: bool,
    /// Gain in the first measure per unit of each column (larger is better).
    pub x: ByColumn<f64>,
    /// Gain in the second measure.
    pub y: ByColumn<f64>,
    /// Column of the factor on all budgets, where less of it is the first measure.
    pub scale: Option<ColumnIx>,
    /// Measures of solutions.
    pub measured: M,
    /// Limits of solves.
    pub settings: &'a SelectionSettings,
    /// Stop signal.
    pub cancel: &'a CancelToken,
    /// Least differences of the measures.
    pub steps: Steps,
}

/// The best solution of a region, and an upper bound on the weighted sum in the region; infeasible if the region is
/// empty.
pub type Best<S> = Outcome<(ParetoPoint<S>, f64)>;

impl<M: Measured> BiobjectiveModel<'_, M> {
    /// The program that maximises a weighted sum of the two measures over a region.
    pub fn program(&self, region: &Region, weights: Point) -> Program {
        let mut program = self.program.clone();
        let terms = self.x.iter().zip(&self.y);
        for (column, (x, y)) in program.columns.iter_mut().zip(terms) {
            column.objective = weights.x * x + weights.y * y;
        }
        match self.scale {
            Some(scale) if weights.x == 0.0 => set_scale(&mut program, scale, region),
            Some(scale) => {
                let column = &mut program.columns[scale];
                column.lower = column.lower.max(-region.x_to);
                column.upper = column.upper.min(-region.from.x);
            }
            None => add_row(&mut program, &self.x, region.from.x, region.x_to),
        }
        add_row(&mut program, &self.y, region.from.y, f64::INFINITY);
        program
    }

    /// Unit of which a measure is always a multiple, if it has one: common unit of its coefficients, if their columns
    /// are integer.
    pub fn unit(&self, measure: &[f64]) -> Option<f64> {
        let columns = self.program.columns.iter();
        let parts = columns.zip(measure).filter(|(_, part)| **part != 0.0);
        parts
            .clone()
            .all(|(column, _)| column.is_integer)
            .then(|| common_unit(parts.map(|(_, &part)| part)))?
    }

    fn evaluate(&self, region: &Region, weights: Point) -> RegionEvaluator<'_, M> {
        let columns = self.program.columns.iter().zip(self.x.iter().zip(&self.y));
        let size = |(column, (x, y)): (&Column, (&f64, &f64))| {
            (weights.x * x + weights.y * y).abs() * column.upper.abs().max(column.lower.abs())
        };
        RegionEvaluator { space: self, region: *region, weights, unit: decimal_unit(columns.map(size).sum()) }
    }

    /// The first of the solutions at a point: the cheapest, then that with the fewest projects, then the first by ids.
    pub fn first_of_equals(&self, point: ParetoPoint<M::Solution>) -> ParetoPoint<M::Solution> {
        let (region, weights) = (Region { from: point.at, x_to: f64::INFINITY }, Point { x: 0.0, y: 1.0 });
        let program = self.program(&region, weights);
        let (groups, slackable_rows) = (self.groups.clone(), self.slackable_rows.clone());
        let costs = self.costs.clone();
        let overrates = self.overrates;
        let problem = Problem { program: &program, groups, slackable_rows, constant: 0.0, costs, overrates };
        let evaluator = self.evaluate(&region, weights);
        let Some(candidate) = evaluator.candidate(point.clone()) else { return point };
        let limits = TieLimits { nodes: MAX_TIE_NODES, deadline: None, cancel: self.cancel };
        first_of_equals(&problem, &evaluator, &candidate, std::iter::empty(), limits).solution
    }

    /// Finds the best weighted sum in a region, by any of the solutions that have it.
    pub fn best(
        &self,
        region: &Region,
        weights: Point,
        known: &[ParetoPoint<M::Solution>],
    ) -> Result<Best<M::Solution>, OptimiseError> {
        self.search(region, weights, known, false)
    }

    /// Finds the best weighted sum in a region, by the first of the solutions that have it: the cheapest, as options
    /// are.
    pub fn first(
        &self,
        region: &Region,
        weights: Point,
        known: &[ParetoPoint<M::Solution>],
    ) -> Result<Best<M::Solution>, OptimiseError> {
        self.search(region, weights, known, true)
    }

    fn search(
        &self,
        region: &Region,
        weights: Point,
        known: &[ParetoPoint<M::Solution>],
        settles_ties: bool,
    ) -> Result<Best<M::Solution>, OptimiseError> {
        let program = self.program(region, weights);
        let slackable_rows = self.slackable_rows.clone();
        let problem = Problem {
            program: &program,
            groups: self.groups.clone(),
            slackable_rows,
            constant: 0.0,
            costs: self.costs.clone(),
            overrates: self.overrates,
        };
        let evaluator = self.evaluate(region, weights);
        let candidates: Vec<_> =
            known.iter().filter_map(|point| evaluator.candidate(point.clone())).collect();
        let search =
            RankedSearch::new(&problem, evaluator, self.settings, self.cancel).with_known(candidates);
        let search = if settles_ties { search } else { search.without_ties() };
        Ok(search.best()?.map(|found| (found.candidate.solution, found.bound)))
    }
}

/// Without weight on it, the factor on all budgets is set to the largest allowed value, which is as good as any.
fn set_scale(program: &mut Program, scale: ColumnIx, region: &Region) {
    let most = program.columns[scale].upper.min(-region.from.x);
    for row in &mut program.rows {
        if let Some(place) = row.terms.iter().position(|&(column, _)| column == scale) {
            row.upper -= row.terms.remove(place).1 * most;
        }
    }
}

fn add_row(program: &mut Program, factors: &ByColumn<f64>, lower: f64, upper: f64) {
    if lower > f64::NEG_INFINITY || upper < f64::INFINITY {
        program.rows.push(
            Row::new(factors.iter_enumerated().map(|(column, &factor)| (column, factor)), lower, upper)
                .scaled(),
        );
    }
}

/// Evaluates solutions by their weighted sum; those outside the region are rejected.
struct RegionEvaluator<'a, M> {
    space: &'a BiobjectiveModel<'a, M>,
    region: Region,
    weights: Point,
    /// Unit in which weighted sums are compared.
    unit: f64,
}

impl<M: Measured> RegionEvaluator<'_, M> {
    fn candidate(&self, point: ParetoPoint<M::Solution>) -> Option<Candidate<ParetoPoint<M::Solution>>> {
        self.region.holds(point.at, self.space.steps).then(|| {
            let objective = self.weights.x * point.at.x + self.weights.y * point.at.y;
            let tie = self.space.measured.tie(&point.solution, rounded_to(objective, self.unit));
            Candidate {
                objective,
                tie,
                projects: self.space.measured.projects_of(&point.solution),
                solution: point,
            }
        })
    }
}

impl<M: Measured> Evaluator for RegionEvaluator<'_, M> {
    type Solution = ParetoPoint<M::Solution>;

    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<Self::Solution>> {
        self.candidate(self.space.measured.measure(values)?)
    }

    fn values_of(&self, point: &Self::Solution) -> ByColumn<f64> {
        self.space.measured.values_of(point)
    }
}
