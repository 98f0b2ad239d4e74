//! A number that is simulated: a sum of amounts times random factors.

use std::hash::{Hash, Hasher};

use crate::domain::ROUNDING;
use crate::simulate::sampling::factors::{DelayedFactor, Factor};

/// One simulated number as an affine form: a constant, and coefficients on columns of the samples.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// The certain part.
    pub certain: f64,
    /// Column and coefficient of every uncertain part, each column once, in order.
    pub terms: Vec<(usize, f64)>,
    /// Sum of the largest sizes of its terms: rounding is a small part of it.
    pub size: f64,
}

impl Cell {
    /// An empty cell with capacity for this number of uncertain parts.
    pub fn with_room(terms: usize) -> Self {
        Self { terms: Vec::with_capacity(terms), ..Self::default() }
    }

    /// Rounding error of its values in a comparison with a sum of amounts of another size.
    pub fn rounding_beside(&self, size: f64) -> f64 {
        ROUNDING * (self.size + size)
    }

    /// Adds an amount times a factor; `size` is the sum of the sizes of the amount's terms.
    pub fn add_sum(&mut self, amount: f64, size: f64, factor: Factor) {
        self.size += size * factor.largest;
        let amount = amount * factor.scale;
        match factor.column {
            Some(column) if amount != 0.0 => self.add_term(column, amount),
            Some(_) => {}
            None => self.certain += amount,
        }
    }

    /// Adds an amount times a factor.
    pub fn add(&mut self, amount: f64, factor: Factor) {
        self.add_sum(amount, amount.abs(), factor);
    }

    /// Adds a sum of a profile that may come late, times a factor. `amount` gives the sum, and the sum of the sizes of its
    /// terms, if all of the profile came so many whole periods late.
    pub fn add_delayed(&mut self, factor: &DelayedFactor, amount: impl Fn(usize) -> (f64, f64)) {
        factor.each(|late| amount(late).0, |late, sum, factor| self.add_sum(sum, amount(late).1, factor));
    }

    /// Columns of one project come in any order, but those of the next come after them: so one look back is enough to
    /// leave little to sort.
    fn add_term(&mut self, column: usize, amount: f64) {
        let end = self.terms.len();
        match self.terms.last() {
            Some(last) if last.0 > column => self.terms.insert(end - 1, (column, amount)),
            _ => self.terms.push((column, amount)),
        }
    }

    /// Normal form in which cells are compared: each column once, in order.
    pub fn in_order(mut self) -> Self {
        if !self.terms.is_sorted_by_key(|&(column, _)| column) {
            self.terms.sort_by_key(|&(column, _)| column);
        }
        self.terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        self
    }

    /// Columns of its uncertain parts.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        self.terms.iter().map(|&(column, _)| column)
    }

    /// Columns and the bits of their coefficients.
    pub fn bits(&self) -> impl Iterator<Item = (usize, u64)> {
        self.terms.iter().map(|&(column, amount)| (column, amount.to_bits()))
    }
}

/// Cells are equal if they are so bit by bit: then all results are, too.
impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        let numbers = |cell: &Self| [cell.certain, cell.size].map(f64::to_bits);
        numbers(self) == numbers(other) && self.bits().eq(other.bits())
    }
}

impl Eq for Cell {}

impl Hash for Cell {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Mixed here and handed over once: cells are long, and a hasher that withstands malice is slow. Terms do not
        // wait for each other in a sum.
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
        let mix =
            |(column, amount): (usize, u64)| amount.wrapping_mul(ODD.wrapping_mul(2 * column as u64 + 1));
        let terms = self.bits().fold(0, |sum: u64, term| sum.wrapping_add(mix(term)));
        (self.certain.to_bits(), self.terms.len(), terms).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_every_column_once_and_in_order() {
        let mut cell = Cell::default();
        for (column, amount) in [(Some(7), 1.0), (Some(2), 4.0), (None, 5.0), (Some(7), 2.0), (Some(1), 0.0)]
        {
            cell.add(amount, Factor { scale: 0.5, column, largest: 0.5 });
        }
        assert_eq!(cell.in_order(), Cell { certain: 2.5, terms: vec![(2, 2.0), (7, 1.5)], size: 6.0 });
    }
}
