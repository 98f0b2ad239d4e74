//! Columns that carry amounts: bought units, overruns and carried-over money.

use crate::domain::{PeriodIx, ResourceIx};
use crate::optimise::model::program::ColumnIx;

/// A column that carries an amount of 0 or more.
///
/// The column itself lies between 0 and 1, whatever unit the amount has: solvers assume columns of similar size, and
/// the tree search raises each objective coefficient a little.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Amount {
    /// The column.
    pub column: ColumnIx,
    /// Amount per unit of the column: a power of two, which changes no digit.
    pub unit: f64,
    /// The largest value of the column.
    pub upper: f64,
}

impl Amount {
    /// The amount, times a factor, as a term of a row.
    pub fn term(self, factor: f64) -> (ColumnIx, f64) {
        (self.column, factor * self.unit)
    }
}

/// Units of a resource that are bought in a period.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bought {
    pub resource: ResourceIx,
    pub period: PeriodIx,
    pub units: Amount,
}
