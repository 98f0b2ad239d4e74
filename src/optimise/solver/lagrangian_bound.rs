//! The Lagrangian bound from the prices of a relaxation, and reduced-cost fixing by it. It needs no tableau, so that it
//! serves programs of any size.

use super::highs::Relaxation;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::program::{ByColumn, ColumnIx, Row};
use crate::optimise::model::reduced::Fixing;

/// An upper bound on the objective, and its fall when a variable leaves the value that the prices prefer.
///
/// `Σ price × side + Σ max(reduced cost × value)` is a bound for any prices (Geoffrion 1974), so that nothing here
/// rests on the tolerance of the solver that found them.
#[derive(Clone, Debug)]
pub struct LagrangianBound {
    bound: f64,
    /// Value of each column in the relaxation.
    values: ByColumn<f64>,
    /// Absolute reduced cost per column, then absolute price per row: by the numbers of variables.
    costs: Vec<f64>,
    /// Per column: the value that its reduced cost prefers.
    preferred: ByColumn<f64>,
    /// Integer columns.
    whole: Vec<ColumnIx>,
}

impl LagrangianBound {
    /// The Lagrangian bound of a relaxation of a problem.
    pub fn new(problem: &Problem, relaxation: Relaxation) -> Self {
        let columns = &problem.program.columns;
        let mut costs: ByColumn<f64> = columns.iter().map(|column| column.objective).collect();
        let mut bound = problem.constant;
        let mut sizes = Vec::with_capacity(problem.program.rows.len());
        for (row, &price) in problem.program.rows.iter().zip(&relaxation.prices) {
            let (price, side) = usable(row, price);
            row.terms.iter().for_each(|&(column, factor)| costs[column] -= price * factor);
            bound += price * side;
            sizes.push(price.abs());
        }
        let mut preferred = ByColumn::default();
        for (cost, column) in costs.iter_mut().zip(columns) {
            let value = if *cost > 0.0 { column.upper } else { column.lower };
            bound += *cost * value;
            preferred.push(value);
            *cost = cost.abs();
        }
        let mut costs = costs.into_vec();
        costs.extend(sizes);
        let whole = columns.positions().filter(|&column| columns[column].is_integer).collect();
        Self { bound, values: relaxation.values, costs, preferred, whole }
    }

    /// Upper bound on the objective of every solution.
    pub fn bound(&self) -> f64 {
        self.bound
    }

    /// Values of the columns in the relaxation.
    pub fn values(&self) -> &ByColumn<f64> {
        &self.values
    }

    /// Fall of the bound per unit by which a variable (columns, then the slacks of rows) leaves the value that the
    /// prices prefer.
    pub fn cost(&self, variable: usize) -> f64 {
        self.costs[variable]
    }

    /// Gain in objective per unit of a column, less the prices of the rows it uses.
    pub fn reduced_cost(&self, column: ColumnIx, upper: f64) -> f64 {
        let cost = self.costs[column.index()];
        if self.preferred[column] == upper && cost != 0.0 { cost } else { -cost }
    }

    /// Reduced-cost fixings (Dantzig, Fulkerson and Johnson 1954): columns that have the same value in every solution
    /// above `cutoff`.
    pub fn reduced_cost_fixings(&self, cutoff: f64) -> Vec<Fixing> {
        let left = self.bound - cutoff;
        let fixable = self.whole.iter().filter(|&&column| self.costs[column.index()] >= left);
        fixable.map(|&column| Fixing::new(column.index(), self.preferred[column])).collect()
    }
}

/// The price of a row where it contributes to the bound, and the side that it prices; 0 where the row has no such side.
fn usable(row: &Row, price: f64) -> (f64, f64) {
    let side = if price > 0.0 { row.upper } else { row.lower };
    if price != 0.0 && side.is_finite() { (price, side) } else { (0.0, 0.0) }
}
