//! The dual simplex method: from any basis to the optimum within the bounds, the objective only falling on the way.

use super::{PRIMAL_TOLERANCE, Tableau};
use crate::optimise::bnb::kernels::{largest_within, ratios_of, smallest, square_of};

/// Pivots smaller than this are not trusted.
const PIVOT_TOLERANCE: f64 = 1e-7;
/// Pivots in one call after which the method is taken to be cycling.
const MAX_PIVOTS_PER_SOLVE: usize = 5_000;
/// Ratios that differ by no more than this are equal.
const RATIO_TOLERANCE: f64 = 1e-12;
/// Variables that one step may flip to their other bound; the next step goes on from there.
const MAX_BOUND_FLIPS: usize = 64;
/// If a violation stays larger than this whatever moves, that is no matter of drift: in the scale of the rows, far above
/// what rounding adds up to between two refreshes.
const CERTAIN_INFEASIBILITY: f64 = 1e-6;
/// Pivots after which the tableau is computed afresh, against the drift of rounding.
const PIVOTS_PER_REFRESH: usize = 500;

/// How a call of the dual simplex method ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DualEnd {
    /// At the optimum.
    Optimal,
    /// The objective fell to the cutoff or below.
    Cutoff,
    /// There is no feasible point.
    Infeasible,
    /// It made no progress: nothing is proven.
    Stalled,
    /// The pivots allowed are spent. The objective is a valid bound all the same.
    Spent,
}

impl Tableau {
    /// Restores primal feasibility; the objective only falls on the way. Stops once it is at or below `cutoff`, or when
    /// `most` pivots are made.
    pub fn dual_simplex(&mut self, cutoff: f64, most: usize) -> DualEnd {
        for count in 0..MAX_PIVOTS_PER_SOLVE {
            if self.objective <= cutoff {
                return DualEnd::Cutoff;
            }
            if self.since_refresh >= PIVOTS_PER_REFRESH {
                self.refresh();
                continue;
            }
            let Some((row, excess)) = self.most_violated() else {
                if self.wake() {
                    continue;
                }
                return DualEnd::Optimal;
            };
            if count >= most {
                return DualEnd::Spent;
            }
            if !self.step(row, excess) {
                // A row that only looks violated is a matter of drift: look again with fresh numbers.
                if self.since_refresh == 0 || self.shortfall(row, excess) > CERTAIN_INFEASIBILITY {
                    return DualEnd::Infeasible;
                }
                self.refresh();
            }
        }
        DualEnd::Stalled
    }

    /// The row whose variable violates a bound the most, and by how much: positive above, negative below. What counts is
    /// the distance that the nonbasic variables would have to go together (as in steepest edge pricing: Forrest and
    /// Goldfarb 1992), so that rows of large coefficients do not come first for these alone.
    fn most_violated(&self) -> Option<(usize, f64)> {
        let mut worst = None;
        let mut furthest = 0.0;
        for (row, (&variable, &value)) in self.basic.iter().zip(&self.basic_values).enumerate() {
            let (above, below) = (value - self.upper[variable], self.lower[variable] - value);
            let excess = if above > below { above } else { -below };
            if excess.abs() > PRIMAL_TOLERANCE && (above > 0.0 || below > 0.0) {
                let entries = &self.entries[row * self.width..][..self.width];
                let distance = excess * excess / (1.0 + square_of(entries, &self.moves));
                if distance > furthest {
                    (worst, furthest) = (Some((row, excess)), distance);
                }
            }
        }
        worst
    }

    /// Moves the variable of a row to the bound that it violates by `excess`. `false` if no variable can help.
    fn step(&mut self, row: usize, excess: f64) -> bool {
        let Some(entering) = self.ratio_test(row, excess) else { return false };
        let pivot = self.entries[row * self.width + entering];
        if pivot.abs() < PIVOT_TOLERANCE && self.since_refresh > 0 {
            self.refresh();
            return true;
        }
        let variable = self.basic[row];
        let bound = if excess > 0.0 { self.upper[variable] } else { self.lower[variable] };
        let step = (self.basic_values[row] - bound) / pivot;
        let value = self.nonbasic_values[entering] + step;
        self.gather(entering);
        for (value, factor) in self.basic_values.iter_mut().zip(&self.factors) {
            *value -= factor * step;
        }
        self.objective += self.costs[entering] * step;
        self.exchange(row, entering);
        self.basic_values[row] = value;
        self.nonbasic_values[entering] = bound;
        self.whole[entering] = f64::from(u8::from(self.original.is_whole[variable]));
        self.note_way(entering);
        true
    }

    /// What is left of a row's violation after all that can help has moved to its other bound.
    fn shortfall(&mut self, row: usize, excess: f64) -> f64 {
        let entries = &self.entries[row * self.width..][..self.width];
        excess.abs() - ratios_of(&mut self.ratios, entries, &self.costs, &self.moves, excess.signum())
    }

    /// Picks the entering column of the smallest ratio at which the violation would be gone, flipping on the way
    /// the variables that cannot remove it alone. `None`, and nothing flipped, if all together cannot.
    fn ratio_test(&mut self, row: usize, excess: f64) -> Option<usize> {
        let entries = &self.entries[row * self.width..][..self.width];
        let reach = ratios_of(&mut self.ratios, entries, &self.costs, &self.moves, excess.signum());
        let mut left = excess.abs();
        if reach < left - PRIMAL_TOLERANCE {
            return None;
        }
        let mut flips = [0; MAX_BOUND_FLIPS];
        let mut count = 0_usize;
        let entering = loop {
            let Some(best) = self.largest_of_smallest(row) else {
                // All that can help, together, do so only just: the last of them is the one to enter.
                count = count.checked_sub(1)?;
                break flips[count];
            };
            left -= self.entries[row * self.width + best].abs() * self.moves[best].abs();
            if left <= PRIMAL_TOLERANCE || count == MAX_BOUND_FLIPS {
                break best;
            }
            self.ratios[best] = f64::INFINITY;
            flips[count] = best;
            count += 1;
        };
        for &column in &flips[..count] {
            let (lower, upper) = self.bounds(self.nonbasic[column]);
            let is_low = self.nonbasic_values[column] <= lower;
            self.move_nonbasic(column, if is_low { upper } else { lower });
            self.note_way(column);
        }
        Some(entering)
    }

    /// Of the columns with the smallest ratio the one with the largest entry in the row: the safest pivot.
    fn largest_of_smallest(&self, row: usize) -> Option<usize> {
        let limit = smallest(&self.ratios) + RATIO_TOLERANCE;
        if limit == f64::INFINITY {
            return None;
        }
        let entries = &self.entries[row * self.width..][..self.width];
        let size = largest_within(&self.ratios, entries, limit);
        let is_it = |(ratio, entry): (&f64, &f64)| *ratio <= limit && entry.abs() == size;
        self.ratios.iter().zip(entries).position(is_it)
    }
}
