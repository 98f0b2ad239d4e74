//! Columns and rows that leave the tableau, for a while or for good.

use std::sync::Arc;

use super::{LANES, PRIMAL_TOLERANCE, Place, Tableau};
use crate::optimise::bnb::kernels::eliminate;

/// Largest distance of an integral value from a whole number.
const INTEGRALITY_TOLERANCE: f64 = 1e-6;
/// Fixed columns are removed once they are at least one in this many.
const COLUMNS_PER_FIXED_COLUMN: usize = 8;

impl Tableau {
    /// Removes the columns of fixed variables, if there are enough of them, and puts satisfied short rows to sleep.
    /// Bounds of fixed variables must not be changed after that.
    pub fn compact(&mut self) {
        let mut live = std::mem::take(&mut self.live);
        live.clear();
        live.extend((0..self.columns).filter(|&column| self.moves[column] != 0.0));
        if (self.columns - live.len()) * COLUMNS_PER_FIXED_COLUMN >= self.columns {
            self.keep(&live);
        }
        self.live = live;
        self.let_sleep();
    }

    /// Puts short rows that hold to sleep (lazy rows).
    fn let_sleep(&mut self) {
        let structural = self.original.columns();
        let mut kept = 0;
        for row in 0..self.rows {
            let (variable, value) = (self.basic[row], self.basic_values[row]);
            // A fractional slack of an integer row stays, since branching may choose it.
            let may_sleep = variable >= structural
                && !self.original.short.row(variable - structural).is_empty()
                && (self.lower[variable]..=self.upper[variable]).contains(&value)
                && !self.is_fractional(variable, value);
            if may_sleep {
                self.place[variable] = Place::Asleep;
                continue;
            }
            if kept < row {
                self.entries.copy_within(row * self.width..(row + 1) * self.width, kept * self.width);
                (self.basic[kept], self.basic_values[kept]) = (variable, value);
                self.basic_bounds[kept] = self.basic_bounds[row];
                self.place[variable] = Place::basic(kept);
            }
            kept += 1;
        }
        self.rows = kept;
        self.entries.truncate(kept * self.width);
        self.basic.truncate(kept);
        self.basic_bounds.truncate(kept);
        self.basic_values.truncate(kept);
        self.resize_buffers();
    }

    fn is_fractional(&self, variable: usize, value: f64) -> bool {
        self.original.is_whole[variable] && (value - value.round()).abs() > INTEGRALITY_TOLERANCE
    }

    /// Adds sleeping rows again that are violated or might be branched on; `true` if there are any.
    pub(super) fn wake(&mut self) -> bool {
        let structural = self.original.columns();
        let rows = self.rows;
        let original = Arc::clone(&self.original);
        let mut values = std::mem::take(&mut self.values);
        self.write_values(&mut values);
        for (row, terms) in original.short.iter().enumerate() {
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

    /// Writes the values of the structural variables: those of removed columns are their bounds.
    fn write_values(&self, values: &mut Vec<f64>) {
        let structural = self.original.columns();
        values.clear();
        values.extend(&self.lower[..structural]);
        let basics = self.basic.iter().zip(&self.basic_values);
        for (&variable, &value) in basics.chain(self.nonbasic.iter().zip(&self.nonbasic_values)) {
            if variable < structural {
                values[variable] = value;
            }
        }
    }

    /// Adds the row of a basic slack that has this value.
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
        self.basic_bounds.push(self.bounds(slack));
        self.basic_values.push(value);
        self.rows += 1;
        self.ticks += self.width as u64;
    }

    /// Removes all columns but these.
    fn keep(&mut self, live: &[usize]) {
        for (column, &variable) in self.nonbasic.iter().enumerate() {
            if self.moves[column] == 0.0 {
                self.place[variable] = Place::Gone;
            }
        }
        // Entries move to the left of where they are read, so that none is overwritten before it is read.
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

    /// Slack of a sleeping row.
    pub(super) fn slack_asleep(&self, row: usize) -> f64 {
        let terms = self.original.short.row(row).iter();
        let used: f64 = terms.map(|&(column, factor)| factor * self.value(column)).sum();
        self.original.right[row] - used
    }
}
