//! A mixed-integer linear program as plain rows and columns, written by formulation and read by solvers.

use crate::domain::{IxVec, position};

position! {
    /// A column's position in [`Program::columns`].
    ColumnIx
}
position! {
    /// A row's position in [`Program::rows`].
    RowIx
}

/// An entry per column of a program.
pub type ByColumn<T> = IxVec<ColumnIx, T>;
/// An entry per row of a program.
pub type ByRow<T> = IxVec<RowIx, T>;

/// One column (variable).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// Smallest value.
    pub lower: f64,
    /// Largest value.
    pub upper: f64,
    /// True for a column that takes whole numbers only.
    pub is_integer: bool,
    /// Gain in objective per unit.
    pub objective: f64,
}

/// One row (constraint): `lower ≤ Σ coefficient × column ≤ upper`.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Columns (rising) with their coefficients.
    pub terms: Vec<(ColumnIx, f64)>,
    /// Smallest value of the sum; may be −∞.
    pub lower: f64,
    /// Largest value of the sum; may be ∞.
    pub upper: f64,
}

impl Row {
    /// A row of terms in any order; terms of one column are added up and zeros dropped.
    pub fn new(terms: impl IntoIterator<Item = (ColumnIx, f64)>, lower: f64, upper: f64) -> Self {
        let mut sums = std::collections::BTreeMap::new();
        for (column, coefficient) in terms {
            *sums.entry(column).or_insert(0.0) += coefficient;
        }
        let terms = sums.into_iter().filter(|&(_, coefficient)| coefficient != 0.0).collect();
        Self { terms, lower, upper }
    }

    /// The same of columns by their numbers, from 0, as files and tables of bare programs have them.
    pub fn numbered(terms: impl IntoIterator<Item = (usize, f64)>, lower: f64, upper: f64) -> Self {
        Self::new(terms.into_iter().map(|(column, factor)| (ColumnIx::new(column), factor)), lower, upper)
    }

    /// The power of two that brings its largest coefficient between 1 and 2.
    pub fn scale(&self) -> f64 {
        unit_scale(self.terms.iter().map(|&(_, coefficient)| coefficient))
    }

    /// The same constraint, multiplied by the power of two that brings its largest coefficient between 1 and 2.
    ///
    /// Solvers hold rows to an absolute tolerance: budgets in millions and demands in tenths must weigh alike.
    /// A power of two changes no digit.
    #[must_use]
    pub fn scaled(mut self) -> Self {
        let factor = self.scale();
        for (_, coefficient) in &mut self.terms {
            *coefficient *= factor;
        }
        self.lower *= factor;
        self.upper *= factor;
        self
    }
}

/// The power of two that brings the largest of the numbers (by size) between 1 and 2; 1 if all are 0.
pub fn unit_scale(numbers: impl Iterator<Item = f64>) -> f64 {
    let largest = numbers.map(f64::abs).fold(0.0, f64::max);
    if largest == 0.0 || !largest.is_finite() {
        return 1.0;
    }
    let mut factor = 1.0;
    while largest * factor >= 2.0 {
        factor *= 0.5;
    }
    while largest * factor < 1.0 {
        factor *= 2.0;
    }
    factor
}

/// A program that maximises its objective.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// Columns.
    pub columns: ByColumn<Column>,
    /// Rows.
    pub rows: ByRow<Row>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_is_by_a_power_of_two() {
        let row = Row::numbered([(0, 300.0), (1, 5.0), (1, -5.0)], f64::NEG_INFINITY, 700.0).scaled();
        assert_eq!(row.terms, [(ColumnIx::new(0), 300.0 / 256.0)]);
        assert_eq!((row.lower, row.upper), (f64::NEG_INFINITY, 700.0 / 256.0));
        assert!(unit_scale([1e-9, 0.0].into_iter()) * 1e-9 >= 1.0);
    }
}
