//! Factors on the amounts of a project in a trial: constants, or columns of the samples.

use crate::simulate::kernel::reductions::{range_of, sums_of};

/// A number per trial: a constant, or that constant times a column of the samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Factor {
    /// The constant.
    pub scale: f64,
    /// The column (position among the columns of the samples); `None` where it is the same in all trials.
    pub column: Option<usize>,
    /// The largest size that it has in any trial; that of the scale until columns are drawn.
    pub largest: f64,
}

impl Factor {
    /// A scale times a column that is not drawn yet.
    pub const fn new(scale: f64, column: Option<usize>) -> Self {
        Self { scale, column, largest: scale.abs() }
    }

    /// The same in all trials.
    pub const fn constant(scale: f64) -> Self {
        Self::new(scale, None)
    }

    /// The same once columns are drawn.
    pub fn drawn(self, columns: &[Extent]) -> Self {
        let largest = self.column.map_or(1.0, |column| columns[column].largest);
        Self { largest: self.scale.abs() * largest, ..self }
    }
}

/// Statistics of a column.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// The mean of its numbers.
    pub mean: f64,
    /// The largest size of its numbers.
    pub largest: f64,
}

impl Extent {
    /// Reads it off the numbers.
    pub fn of(column: &[f64]) -> Self {
        let [sum] = sums_of(column, |value| [value]);
        let [low, high] = range_of(column);
        Self { mean: sum / column.len() as f64, largest: low.abs().max(high.abs()) }
    }
}

/// The factors of one project.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProjectFactors {
    /// The cost factor.
    pub cost: Factor,
    /// The benefit factor where the project succeeds, 0 where it fails.
    pub benefit: Factor,
    /// The demand factor.
    pub demand: Factor,
    /// The factor on effects on key results where the project succeeds, 0 where it fails.
    pub effect: Factor,
    /// 1 where the project succeeds, 0 where it fails.
    pub success: Factor,
}

impl ProjectFactors {
    /// The same once columns are drawn.
    pub fn drawn(self, columns: &[Extent]) -> Self {
        Self {
            cost: self.cost.drawn(columns),
            benefit: self.benefit.drawn(columns),
            demand: self.demand.drawn(columns),
            effect: self.effect.drawn(columns),
            success: self.success.drawn(columns),
        }
    }
}
