//! The least that would make an infeasible scenario feasible.

use crate::optimise::formulate::row_key::RowKey;

/// An amount by which a limit would have to give way, in the limit's own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Excess {
    /// The limit.
    pub limit: RowKey,
    /// How much more of it is needed; above 0.
    pub amount: f64,
}

/// Changes that together make a scenario feasible.
#[derive(Clone, Debug, PartialEq)]
pub struct WayOut<T> {
    /// The changes, in the order of limits or projects.
    pub changes: Vec<T>,
    /// Whether it is proven that nothing less would do.
    pub is_least: bool,
}
