//! The least that would make an infeasible scenario feasible.

use crate::optimise::formulate::row_key::RowKey;

/// Excess over a limit, in the limit's own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excess {
    /// The limit.
    pub limit: RowKey,
    /// Amount by which the limit must be raised; above 0.
    pub amount: f64,
}

/// Changes that together make a scenario feasible.
#[derive(Clone, Debug, PartialEq)]
pub struct WayOut<T> {
    /// The changes, in the order of limits or projects.
    pub changes: Vec<T>,
    /// True if no smaller change is proven to suffice.
    pub is_least: bool,
}
