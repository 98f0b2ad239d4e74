//! What a tableau can do without for a while, or for good.

use std::sync::Arc;

use super::{LANES, PRIMAL_TOLERANCE, Place, Tableau};
use crate::optimise::bnb::kernels::eliminate;

/// How far a whole number may be off.
const INTEGRALITY_TOLERANCE: f64 = 1e-6;
/// Columns that do not count are left out once they are one in so many.
const MIN_LAZY_ROWS: usize = 8;

impl Tableau {
    /// Leaves out the columns of variables that are fixed, if there are enough of them, and rows that hold. Bounds of what
    /// is fixed must not be changed any more.
    pub fn compact(&mut self) {
        let mut live = std::mem::take(&mut self.live);
        live.clear();
        live.extend((0..self.columns).filter(|&column| self.moves[column] != 0.0));
        if (self.columns - live.len()) * MIN_LAZY_ROWS >= self.columns {
            self.keep(&live);
        }
        self.live = live;
        self.let_sleep();
    }

    /// Leaves out rows of few columns that hold.
    fn let_sleep(&mut self) {
        let structural = self.original.columns();
        let mut kept = 0;
        for row in 0..self.rows {
            let (variable, value) = (self.basic[row], self.basic_values[row]);
            // A slack that must be whole and is not may be what to branch on.
            let may_sleep = variable >= structural
                && !self.original.sparse[variable - structural].is_empty()
                && (self.lower[variable]..=self.upper[variable]).contains(&value)
                && !self.is_fractional(variable, value);
            if may_sleep {
                self.place[variable] = Place::Asleep;
                continue;
            }
            if kept < row {
                self.entries.copy_within(row * self.width..(row + 1) * self.width, kept * self.width);
                (self.basic[kept], self.basic_values[kept]) = (variable, value);
                self.place[variable] = Place::basic(kept);
            }
            kept += 1;
        }
        self.rows = kept;
        self.entries.truncate(kept * self.width);
        self.basic.truncate(kept);
        self.basic_values.truncate(kept);
        self.resize_buffers();
    }

    fn is_fractional(&self, variable: usize, value: f64) -> bool {
        self.original.is_whole[variable] && (value - value.round()).abs() > INTEGRALITY_TOLERANCE
    }

    /// Computes rows that sleep but should not, since they are violated or might be branched on; tells whether there are
    /// any.
    pub(super) fn wake(&mut self) -> bool {
        let structural = self.original.columns();
        let rows = self.rows;
        let original = Arc::clone(&self.original);
        let mut values = std::mem::take(&mut self.values);
        values.clear();
        values.extend((0..structural).map(|variable| self.value(variable)));
        for (row, terms) in original.sparse.iter().enumerate() {
            let slack = structural + row;
            if self.place[slack] == Place::Asleep {
                let used: f64 = terms.iter().map(|&(column, factor)| factor * values[column]).sum();
                let value = original.right[row] - used;
                let violation = (value - self.upper[slack]).max(self.lower[slack] - value);
                if violation > PRIMAL_TOLERANCE || self.is_fractional(slack, value) {
                    self.compute_row(slack, terms, value);
                }
            }
        }
        self.values = values;
        self.resize_buffers();
        self.rows > rows
    }

    /// Adds the row of a slack that is basic, and has this value.
    fn compute_row(&mut self, slack: usize, terms: &[(usize, f64)], value: f64) {
        let start = self.entries.len();
        self.entries.resize(start + self.width, 0.0);
        let (rows, new) = self.entries.split_at_mut(start);
        for &(variable, factor) in terms {
            match self.place[variable] {
                Place::Nonbasic(column) => new[column as usize] += factor,
                Place::Basic(row) => {
                    eliminate(new, &rows[row as usize * self.width..][..self.width], &[factor])
                }
                Place::Gone | Place::Asleep => {}
            }
        }
        self.place[slack] = Place::basic(self.rows);
        self.basic.push(slack);
        self.basic_values.push(value);
        self.rows += 1;
        self.ticks += self.width as u64;
    }

    /// Leaves out all columns but these.
    fn keep(&mut self, live: &[usize]) {
        for (column, &variable) in self.nonbasic.iter().enumerate() {
            if self.moves[column] == 0.0 {
                self.place[variable] = Place::Gone;
            }
        }
        // To the left of where they are read, so that nothing is overwritten before it is.
        let width = live.len().next_multiple_of(LANES).max(LANES);
        for row in 0..self.rows {
            for (place, &column) in live.iter().enumerate() {
                self.entries[row * width + place] = self.entries[row * self.width + column];
            }
            self.entries[row * width + live.len()..(row + 1) * width].fill(0.0);
        }
        self.entries.truncate(self.rows * width);
        for numbers in [&mut self.costs, &mut self.moves, &mut self.whole] {
            live.iter().enumerate().for_each(|(place, &column)| numbers[place] = numbers[column]);
            numbers.truncate(width);
            numbers[live.len()..].fill(0.0);
        }
        for (place, &column) in live.iter().enumerate() {
            self.nonbasic_values[place] = self.nonbasic_values[column];
            self.nonbasic[place] = self.nonbasic[column];
            self.place[self.nonbasic[place]] = Place::nonbasic(place);
        }
        self.nonbasic_values.truncate(live.len());
        self.nonbasic.truncate(live.len());
        (self.columns, self.width) = (live.len(), width);
        self.resize_buffers();
    }

    /// The slack of a row that sleeps.
    pub(super) fn slack_asleep(&self, row: usize) -> f64 {
        let terms = self.original.sparse[row].iter();
        let used: f64 = terms.map(|&(column, factor)| factor * self.value(column)).sum();
        self.original.right[row] - used
    }
}
