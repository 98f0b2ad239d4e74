//! What the prices of a relaxation prove: a bound, and what no solution above a cutoff can contain. It takes no tableau,
//! so that it serves programs of any size.

use super::highs::Relaxation;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::program::Row;
use crate::optimise::model::reduced::Fixing;

/// A bound on the objective, and by how much it falls when a variable leaves the value that the prices prefer.
///
/// `Σ price × side + Σ max(reduced cost × value)` is a bound whatever the prices are (Lagrange), so that nothing here
/// rests on the tolerance with which a solver found them.
#[derive(Clone, Debug)]
pub struct LagrangianBound {
    bound: f64,
    /// Per column its value in the relaxation.
    values: Vec<f64>,
    /// Per column the size of its reduced cost, then per row that of its price.
    costs: Vec<f64>,
    /// Per column the value that its reduced cost prefers.
    preferred: Vec<f64>,
    /// Columns that must be whole.
    whole: Vec<usize>,
}

impl LagrangianBound {
    /// What a relaxation of a problem proves.
    pub fn new(problem: &Problem, relaxation: Relaxation) -> Self {
        let columns = &problem.program.columns;
        let mut costs: Vec<f64> = columns.iter().map(|column| column.objective).collect();
        let mut bound = problem.constant;
        let mut sizes = Vec::with_capacity(problem.program.rows.len());
        for (row, &price) in problem.program.rows.iter().zip(&relaxation.prices) {
            let (price, side) = usable(row, price);
            row.terms.iter().for_each(|&(column, factor)| costs[column] -= price * factor);
            bound += price * side;
            sizes.push(price.abs());
        }
        let mut preferred = Vec::with_capacity(columns.len());
        for (cost, column) in costs.iter_mut().zip(columns) {
            let value = if *cost > 0.0 { column.upper } else { column.lower };
            bound += *cost * value;
            preferred.push(value);
            *cost = cost.abs();
        }
        costs.extend(sizes);
        let whole = (0..columns.len()).filter(|&column| columns[column].is_integer).collect();
        Self { bound, values: relaxation.values, costs, preferred, whole }
    }

    /// No solution has a larger objective.
    pub fn bound(&self) -> f64 {
        self.bound
    }

    /// Values of the columns in the relaxation.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How much the bound falls for each unit by which a variable (columns, then the slacks of rows) leaves the value
    /// that the prices prefer.
    pub fn cost(&self, variable: usize) -> f64 {
        self.costs[variable]
    }

    /// The columns that are the same in every solution above `cutoff`: any other value would cost too much (Dantzig,
    /// Fulkerson and Johnson 1954).
    pub fn reduced_cost_fixings(&self, cutoff: f64) -> Vec<Fixing> {
        let left = self.bound - cutoff;
        let dear = self.whole.iter().filter(|&&column| self.costs[column] >= left);
        dear.map(|&column| Fixing::new(column, self.preferred[column])).collect()
    }
}

/// The price of a row as far as it bounds anything, and the side that it prices: a row without that side is worth
/// nothing there.
fn usable(row: &Row, price: f64) -> (f64, f64) {
    let side = if price > 0.0 { row.upper } else { row.lower };
    if price != 0.0 && side.is_finite() { (price, side) } else { (0.0, 0.0) }
}
