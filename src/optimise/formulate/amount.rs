//! Columns that carry amounts: bought units, overruns, carried-over money, and what lines pay of shared costs.

use crate::domain::{LineIx, PeriodIx, ProjectIx, ResourceIx};
use crate::optimise::model::program::{ByColumn, ColumnIx};

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

/// What a line pays of a cost in a period in place of the first line.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    /// The project.
    pub project: ProjectIx,
    /// The cost, by its place among those of the project.
    pub cost: usize,
    /// The first line.
    pub first: LineIx,
    /// The line that pays.
    pub line: LineIx,
    /// The period.
    pub period: PeriodIx,
    /// What it pays.
    pub(super) amount: Amount,
}

impl Moved {
    /// The value of its column: what it pays in units.
    pub fn value(&self, values: &ByColumn<f64>) -> f64 {
        values[self.amount.column]
    }

    /// Amount per unit of its column.
    pub fn unit(&self) -> f64 {
        self.amount.unit
    }

    /// Its column.
    pub fn column(&self) -> ColumnIx {
        self.amount.column
    }
}
