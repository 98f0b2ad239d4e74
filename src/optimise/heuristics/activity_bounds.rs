//! The least and the most that rows can come to under bounds of the columns (Savelsbergh 1994): what shows that a
//! decision breaks a row, before a linear program is solved.

use crate::optimise::model::column_terms::ColumnTerms;
use crate::optimise::model::program::{ByColumn, ByRow, ColumnIx, Program, RowIx};

/// Excess over a side of a row that counts as rounding; coefficients are near 1.
const ROUNDING: f64 = 1e-9;

/// The least and the most of each row.
#[derive(Debug)]
pub struct ActivityBounds<'a> {
    program: &'a Program,
    by_column: &'a ColumnTerms,
    lower: ByColumn<f64>,
    upper: ByColumn<f64>,
    least: ByRow<f64>,
    most: ByRow<f64>,
}

impl<'a> ActivityBounds<'a> {
    /// The bounds of a program's rows, given those of its columns.
    pub fn new(
        program: &'a Program,
        by_column: &'a ColumnTerms,
        lower: ByColumn<f64>,
        upper: ByColumn<f64>,
    ) -> Self {
        let sum = |to_least: bool| -> ByRow<f64> {
            let side = |column: ColumnIx, factor: f64| {
                if (factor > 0.0) == to_least { lower[column] } else { upper[column] }
            };
            let rows = program.rows.iter();
            rows.map(|row| row.terms.iter().map(|&(column, factor)| factor * side(column, factor)).sum())
                .collect()
        };
        let (least, most) = (sum(true), sum(false));
        Self { program, by_column, lower, upper, least, most }
    }

    /// Holds columns at values, unless a row would break for certain; then `false`, and nothing has changed.
    pub fn hold(&mut self, values: &[(ColumnIx, f64)]) -> bool {
        let before: Vec<(f64, f64)> =
            values.iter().map(|&(column, _)| (self.lower[column], self.upper[column])).collect();
        values.iter().for_each(|&(column, value)| self.set(column, (value, value)));
        let mut rows =
            values.iter().flat_map(|&(column, _)| self.by_column.of_column(column)).map(|&(row, _)| row);
        let is_allowed = rows.all(|row| self.can_hold(row));
        if !is_allowed {
            values.iter().zip(before).for_each(|(&(column, _), bounds)| self.set(column, bounds));
        }
        is_allowed
    }

    fn set(&mut self, column: ColumnIx, (lower, upper): (f64, f64)) {
        let (up, down) = (lower - self.lower[column], upper - self.upper[column]);
        for &(row, factor) in self.by_column.of_column(column) {
            let (of_least, of_most) = if factor > 0.0 { (up, down) } else { (down, up) };
            self.least[row] += factor * of_least;
            self.most[row] += factor * of_most;
        }
        (self.lower[column], self.upper[column]) = (lower, upper);
    }

    /// False if a row is broken whatever values the columns take within their bounds.
    fn can_hold(&self, row: RowIx) -> bool {
        let sides = &self.program.rows[row];
        self.least[row] <= sides.upper + ROUNDING && self.most[row] >= sides.lower - ROUNDING
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::model::program::{Column, Row};

    /// Of three columns the first two fit in a limit, the third needs the second, and at least one is taken.
    #[test]
    fn what_breaks_a_row_is_not_held_and_leaves_no_trace() {
        let column = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 1.0 };
        let rows = vec![
            Row::numbered([(0, 2.0), (1, 1.0), (2, 2.0)], f64::NEG_INFINITY, 3.0),
            Row::numbered([(2, 1.0), (1, -1.0)], f64::NEG_INFINITY, 0.0),
            Row::numbered([(0, 1.0), (1, 1.0), (2, 1.0)], 1.0, f64::INFINITY),
        ];
        let program = Program { columns: vec![column; 3].into(), rows: rows.into() };
        let by_column = ColumnTerms::of(&program);
        let bounds = |value: f64| ByColumn::filled(value, 3);
        let mut activities = ActivityBounds::new(&program, &by_column, bounds(0.0), bounds(1.0));
        let column = ColumnIx::new;
        assert!(activities.hold(&[(column(2), 1.0)]), "the limit has room, and what it needs is open");
        assert!(!activities.hold(&[(column(1), 0.0)]), "the third needs it");
        assert!(!activities.hold(&[(column(0), 1.0)]), "4 of 3");
        assert!(
            activities.hold(&[(column(0), 0.0), (column(1), 1.0)]),
            "nothing is left of what was refused"
        );
        let mut activities = ActivityBounds::new(&program, &by_column, bounds(0.0), bounds(1.0));
        assert!(activities.hold(&[(column(0), 0.0), (column(2), 0.0)]));
        assert!(!activities.hold(&[(column(1), 0.0)]), "one must be taken");
    }
}
