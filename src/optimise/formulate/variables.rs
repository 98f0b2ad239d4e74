//! Amount columns, and bounds on sums of terms.

use super::Formulation;
use super::amount::Amount;
use super::row_key::ColumnKey;
use crate::optimise::model::program::{ByColumn, Column, ColumnIx, Row};

impl Formulation {
    /// Adds an amount from 0 to `most`; `None` where it could only be 0.
    pub(super) fn add_amount(&mut self, key: ColumnKey, most: f64) -> Option<Amount> {
        let size = match &mut self.amounts_to_come {
            Some(amounts) => amounts.pop_front().flatten().map(|amount| (amount.unit, amount.upper)),
            None => (most > 0.0).then(|| {
                let unit = power_of_two_from(most);
                (unit, most / unit)
            }),
        };
        let amount = size.map(|(unit, upper)| {
            let column = Column { lower: 0.0, upper, is_integer: false, objective: 0.0 };
            let column = self.add_column(key, column);
            Amount { column, unit, upper }
        });
        self.amounts.push(amount);
        amount
    }

    /// Adds a binary column.
    pub(super) fn add_switch(&mut self, key: ColumnKey) -> ColumnIx {
        self.add_column(key, Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 0.0 })
    }

    /// Bounds on a sum of terms, given that a project starts at most once. They are valid, but need not be attained.
    pub(super) fn range(&self, terms: &[(ColumnIx, f64)]) -> (f64, f64) {
        let mut factors = ByColumn::filled(0.0, self.program.columns.len());
        for (column, factor) in Row::new(terms.iter().copied(), 0.0, 0.0).terms {
            factors[column] = factor;
        }
        let (mut least, mut most) = (0.0, 0.0);
        for project in self.of_project.positions() {
            let (mut lowest, mut highest) = (0.0_f64, 0.0_f64);
            for start in self.starts_of(project) {
                let whole = factors[start.chosen];
                let share = if start.share == start.chosen { 0.0 } else { factors[start.share] };
                lowest = lowest.min(whole + share.min(0.0));
                highest = highest.max(whole + share.max(0.0));
                (factors[start.chosen], factors[start.share]) = (0.0, 0.0);
            }
            least += lowest;
            most += highest;
        }
        for (factor, column) in factors.iter().zip(&self.program.columns) {
            least += (factor * column.lower).min(factor * column.upper);
            most += (factor * column.lower).max(factor * column.upper);
        }
        (least, most)
    }
}

/// The smallest power of two that is not less than a positive number.
fn power_of_two_from(number: f64) -> f64 {
    let mut power = 1.0;
    while power < number {
        power *= 2.0;
    }
    while power * 0.5 >= number {
        power *= 0.5;
    }
    power
}

#[cfg(test)]
mod tests {
    use super::power_of_two_from;

    #[test]
    fn units_are_powers_of_two_that_hold_the_largest_amount() {
        for (most, unit) in [(1.0, 1.0), (1.5, 2.0), (1000.0, 1024.0), (0.3, 0.5), (0.25, 0.25)] {
            assert_eq!(power_of_two_from(most), unit);
        }
    }
}
