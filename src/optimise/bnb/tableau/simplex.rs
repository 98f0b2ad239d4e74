//! The dual simplex method: from any basis to the optimum within the bounds; the objective only falls on the way.

use super::{PRIMAL_TOLERANCE, Tableau};
use crate::optimise::bnb::kernels::{largest_within, ratios_of, smallest, square_of};

/// Pivots smaller than this are rejected.
const PIVOT_TOLERANCE: f64 = 1e-7;
/// Pivots in one call after which the method counts as cycling.
const MAX_PIVOTS_PER_SOLVE: usize = 5_000;
/// Largest difference of equal ratios.
const RATIO_TOLERANCE: f64 = 1e-12;
/// Bound flips per step; the next step goes on from there.
const MAX_BOUND_FLIPS: usize = 64;
/// A violation that stays larger than this, however the variables move, is not due to drift: in the scale of the rows
/// it is far above the rounding that adds up between two refreshes.
const CERTAIN_INFEASIBILITY: f64 = 1e-6;
/// Pivots between two refreshes of the tableau, against the drift of rounding.
const PIVOTS_PER_REFRESH: usize = 500;

/// End of a call of the dual simplex method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DualEnd {
    /// Optimal basis.
    Optimal,
    /// The objective fell to the cutoff or below.
    Cutoff,
    /// No feasible point exists.
    Infeasible,
    /// No progress: nothing is proven.
    Stalled,
    /// The pivot limit is reached. The objective is a valid bound all the same.
    Spent,
}

impl Tableau {
    /// Restores primal feasibility; the objective only falls on the way. Stops at an objective of `cutoff` or less, or
    /// after `most` pivots.
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
                // The violation may be due to drift: test again after a refresh.
                if self.since_refresh == 0 || self.shortfall(row, excess) > CERTAIN_INFEASIBILITY {
                    return DualEnd::Infeasible;
                }
                self.refresh();
            }
        }
        DualEnd::Stalled
    }

    /// The most violated row and its violation: positive above the upper bound, negative below the lower. Violations
    /// are divided by the norm of the row over the nonbasic variables that can move (as in steepest edge pricing:
    /// Forrest and Goldfarb 1992), so that rows of large coefficients get no priority for these alone.
    fn most_violated(&self) -> Option<(usize, f64)> {
        let mut worst = None;
        let mut furthest = 0.0;
        for (row, (&(lower, upper), &value)) in self.basic_bounds.iter().zip(&self.basic_values).enumerate() {
            let (above, below) = (value - upper, lower - value);
            if above > PRIMAL_TOLERANCE || below > PRIMAL_TOLERANCE {
                let excess = if above > below { above } else { -below };
                let entries = &self.entries[row * self.width..][..self.width];
                let distance = excess * excess / (1.0 + square_of(entries, &self.moves));
                if distance > furthest {
                    (worst, furthest) = (Some((row, excess)), distance);
                }
            }
        }
        worst
    }

    /// Moves the basic variable of a row to the bound that it violates by `excess`. `false` if no variable can help.
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
        self.update_move(entering);
        true
    }

    /// Violation of a row that remains after all helpful variables have moved to their other bounds.
    fn shortfall(&mut self, row: usize, excess: f64) -> f64 {
        let entries = &self.entries[row * self.width..][..self.width];
        excess.abs() - ratios_of(&mut self.ratios, entries, &self.costs, &self.moves, excess.signum())
    }

    /// Entering column: that of the smallest ratio at which the violation is gone. Variables that cannot remove it
    /// alone are flipped on the way. `None`, and nothing flipped, if all together cannot.
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
                // All helpful columns together only just suffice: the last of them enters.
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
            self.update_move(column);
        }
        Some(entering)
    }

    /// The column with the largest entry in the row among those with the smallest ratio: the safest pivot.
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
