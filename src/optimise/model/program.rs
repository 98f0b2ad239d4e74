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
        let terms: Vec<(ColumnIx, f64)> = terms.into_iter().collect();
        if terms.is_sorted_by(|(one, _), (other, _)| one < other) {
            let terms = terms.into_iter().filter(|&(_, coefficient)| coefficient != 0.0).collect();
            return Self { terms, lower, upper };
        }
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

    /// True if its coefficients differ in size: it limits an amount, and is no rule about what goes together.
    pub fn limits_amount(&self) -> bool {
        let first = self.terms.first().map_or(0.0, |&(_, factor)| factor.abs());
        self.terms.iter().any(|&(_, factor)| (factor.abs() - first).abs() > SAME_FACTOR * first)
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

impl Program {
    /// The step of the objective: the largest whole number of which the objectives of any two solutions differ by a
    /// multiple. `None` where there is none: a coefficient that is not whole, or a column of the objective that may take
    /// fractions.
    ///
    /// A bound between two steps is worth no more than the lower one (granularity of the objective; Achterberg 2007,
    /// section 10.6).
    pub fn objective_step(&self) -> Option<f64> {
        let counted = || self.columns.iter().filter(|column| column.objective != 0.0);
        let is_whole = |column: &Column| {
            column.is_integer && column.objective.fract() == 0.0 && column.objective.abs() <= LARGEST_WHOLE
        };
        counted().all(is_whole).then_some(())?;
        let step = counted().fold(0, |step, column| common_divisor(step, column.objective.abs() as u64));
        (step > 0).then_some(step as f64)
    }
}

/// Coefficients of a row that differ by no more than this part of them are equal.
const SAME_FACTOR: f64 = 1e-9;

/// Largest objective coefficient that counts as whole: sums of thousands of them are exact.
const LARGEST_WHOLE: f64 = 1e12;

/// The greatest common divisor; 0 is divided by all.
const fn common_divisor(mut one: u64, mut other: u64) -> u64 {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maximising(columns: &[(f64, bool)]) -> Program {
        let column = |&(objective, is_integer)| Column { lower: 0.0, upper: 1.0, is_integer, objective };
        Program { columns: columns.iter().map(column).collect(), ..Program::default() }
    }

    #[test]
    fn objectives_of_whole_numbers_have_a_step() {
        let step = |columns: &[(f64, bool)]| maximising(columns).objective_step();
        assert_eq!(step(&[(1.0, true), (1.0, true)]), Some(1.0));
        assert_eq!(step(&[(6000.0, true), (-4000.0, true), (0.0, false)]), Some(2000.0));
        assert_eq!(step(&[(6.0, true), (0.5, true)]), None, "not whole");
        assert_eq!(step(&[(6.0, true), (2.0, false)]), None, "shares take any part of it");
        assert_eq!(step(&[(0.0, true)]), None, "there is no objective");
    }

    #[test]
    fn scaling_is_by_a_power_of_two() {
        let row = Row::numbered([(0, 300.0), (1, 5.0), (1, -5.0)], f64::NEG_INFINITY, 700.0).scaled();
        assert_eq!(row.terms, [(ColumnIx::new(0), 300.0 / 256.0)]);
        assert_eq!((row.lower, row.upper), (f64::NEG_INFINITY, 700.0 / 256.0));
        assert!(unit_scale([1e-9, 0.0].into_iter()) * 1e-9 >= 1.0);
    }
}
