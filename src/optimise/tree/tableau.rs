//! A dense tableau with bounded variables and the dual simplex method (Lemke 1954; bound flipping after Maros 2003).
//!
//! Every variable, slacks included, has two finite bounds. So every basis is dual feasible once each nonbasic
//! variable sits at the bound that the sign of its reduced cost prefers, and the objective of any basis is a valid
//! upper bound: bounds can be changed and taken back at will, and the tableau goes on from where it stands.

use crate::optimise::program::{Column, Program};
use crate::optimise::random::Chance;

/// How far a variable may lie outside its bounds.
const PRIMAL: f64 = 1e-8;
/// Coefficients smaller than this are rounding.
const ZERO: f64 = 1e-9;
/// By how much costs are raised at most, as a part of the largest: far less than any gap asked for.
const RAISE: f64 = 1e-7;
/// Pivots smaller than this are not trusted.
const PIVOT: f64 = 1e-7;
/// Pivots after which the tableau is computed afresh, against the drift of rounding.
const REFRESH: usize = 500;
/// Pivots in one call after which the method is taken to be cycling.
const STALL: usize = 5_000;

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
}

/// The tableau of `maximise c·x, A·x + s = b`, with structural variables first and one slack per row after them.
#[derive(Clone, Debug)]
pub struct Tableau {
    rows: usize,
    columns: usize,
    /// Numbers per row of the tableau: the columns, the right-hand side, and padding.
    width: usize,
    original: Vec<f64>,
    original_costs: Vec<f64>,
    entries: Vec<f64>,
    /// Reduced costs; the entry after the last column is minus the objective at zero.
    costs: Vec<f64>,
    basic_values: Vec<f64>,
    nonbasic_values: Vec<f64>,
    objective: f64,
    nonbasic: Vec<usize>,
    basic: Vec<usize>,
    place: Vec<Place>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    since_refresh: usize,
    pivots: u64,
    scratch: Vec<f64>,
    candidates: Vec<(f64, f64, usize)>,
}

/// Where a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Basic(usize),
    Nonbasic(usize),
}

impl Tableau {
    /// The tableau of a program whose columns all have finite bounds, with all slacks basic.
    ///
    /// A row with a lower side only is negated; the range of each slack is cut to what the bounds of the columns allow.
    pub fn new(program: &Program) -> Self {
        let (rows, columns) = (program.rows.len(), program.columns.len());
        let width = columns + 1;
        let mut original = vec![0.0; rows * width];
        let mut lower: Vec<f64> = program.columns.iter().map(|column| column.lower).collect();
        let mut upper: Vec<f64> = program.columns.iter().map(|column| column.upper).collect();
        for (position, row) in program.rows.iter().enumerate() {
            let sign = if row.upper.is_finite() { 1.0 } else { -1.0 };
            let (least, most) = if sign > 0.0 { (row.lower, row.upper) } else { (-row.upper, -row.lower) };
            let mut smallest_sum = 0.0;
            for &(column, coefficient) in &row.terms {
                let coefficient = sign * coefficient;
                original[position * width + column] = coefficient;
                smallest_sum += (coefficient * lower[column]).min(coefficient * upper[column]);
            }
            original[position * width + columns] = most;
            lower.push(0.0);
            upper.push((most - least).min((most - smallest_sum).max(0.0)));
        }
        let original_costs = raised_costs(program);
        let mut tableau = Self {
            rows,
            columns,
            width,
            entries: original.clone(),
            costs: original_costs.clone(),
            original,
            original_costs,
            basic_values: vec![0.0; rows],
            nonbasic_values: vec![0.0; columns],
            objective: 0.0,
            nonbasic: (0..columns).collect(),
            basic: (columns..columns + rows).collect(),
            place: (0..columns).map(Place::Nonbasic).chain((0..rows).map(Place::Basic)).collect(),
            lower,
            upper,
            since_refresh: 0,
            pivots: 0,
            scratch: vec![0.0; rows],
            candidates: Vec::new(),
        };
        tableau.settle();
        tableau
    }

    /// How many numbers the tableau of a program holds.
    pub fn size(program: &Program) -> usize {
        (program.rows.len() + 1) * (program.columns.len() + 1)
    }

    /// The objective of the basis: no feasible point within the bounds has a larger one.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// How many pivots have been made.
    pub fn pivots(&self) -> u64 {
        self.pivots
    }

    /// The bounds of a variable (structural, then slacks).
    pub fn bounds(&self, variable: usize) -> (f64, f64) {
        (self.lower[variable], self.upper[variable])
    }

    /// Whether a variable can take one value only.
    pub fn is_fixed(&self, variable: usize) -> bool {
        self.lower[variable] >= self.upper[variable]
    }

    /// The value of a variable.
    pub fn value(&self, variable: usize) -> f64 {
        match self.place[variable] {
            Place::Basic(row) => self.basic_values[row],
            Place::Nonbasic(column) => self.nonbasic_values[column],
        }
    }

    /// The values of the structural variables.
    pub fn values(&self) -> Vec<f64> {
        (0..self.columns).map(|variable| self.value(variable)).collect()
    }

    /// How much the objective falls, at least, when a variable leaves the value it has; 0 if it is basic.
    pub fn reduced_cost(&self, variable: usize) -> f64 {
        match self.place[variable] {
            Place::Basic(_) => 0.0,
            Place::Nonbasic(column) => self.costs[column].abs(),
        }
    }

    /// Changes the bounds of a variable.
    pub fn set_bounds(&mut self, variable: usize, lower: f64, upper: f64) {
        self.lower[variable] = lower;
        self.upper[variable] = upper;
        if let Place::Nonbasic(column) = self.place[variable] {
            self.move_nonbasic(column, self.preferred(column));
        }
    }

    /// The bound that the reduced cost of a nonbasic variable prefers.
    fn preferred(&self, column: usize) -> f64 {
        let variable = self.nonbasic[column];
        if self.costs[column] > 0.0 { self.upper[variable] } else { self.lower[variable] }
    }

    fn move_nonbasic(&mut self, column: usize, to: f64) {
        let step = to - self.nonbasic_values[column];
        if step != 0.0 {
            for (value, row) in self.basic_values.iter_mut().zip(self.entries.chunks_exact(self.width)) {
                *value -= row[column] * step;
            }
            self.objective += self.costs[column] * step;
            self.nonbasic_values[column] = to;
        }
    }

    /// Puts every nonbasic variable at the bound it prefers and computes all values from that.
    fn settle(&mut self) {
        for column in 0..self.columns {
            self.nonbasic_values[column] = self.preferred(column);
        }
        for (value, row) in self.basic_values.iter_mut().zip(self.entries.chunks_exact(self.width)) {
            let used: f64 = row.iter().zip(&self.nonbasic_values).map(|(entry, value)| entry * value).sum();
            *value = row[self.columns] - used;
        }
        let gained: f64 =
            self.costs.iter().zip(&self.nonbasic_values).map(|(cost, value)| cost * value).sum();
        self.objective = gained - self.costs[self.columns];
    }

    /// Computes the tableau of the present basis from the original numbers.
    fn refresh(&mut self) {
        let mut wanted = vec![false; self.rows + self.columns];
        for &variable in &self.basic {
            wanted[variable] = true;
        }
        self.entries.copy_from_slice(&self.original);
        self.costs.copy_from_slice(&self.original_costs);
        for column in 0..self.columns {
            self.nonbasic[column] = column;
            self.place[column] = Place::Nonbasic(column);
        }
        for row in 0..self.rows {
            self.basic[row] = self.columns + row;
            self.place[self.columns + row] = Place::Basic(row);
        }
        for variable in 0..self.columns {
            if let (true, Place::Nonbasic(column)) = (wanted[variable], self.place[variable]) {
                let size = |row: usize| self.entries[row * self.width + column].abs();
                let free = (0..self.rows).filter(|&row| !wanted[self.basic[row]]);
                let largest = free.max_by(|&left, &right| size(left).total_cmp(&size(right)));
                // A variable that finds no pivot stays out: any other basis serves as well.
                if let Some(row) = largest.filter(|&row| size(row) > ZERO) {
                    self.exchange(row, column);
                }
            }
        }
        self.settle();
        self.since_refresh = 0;
    }

    /// Makes the nonbasic variable of `column` basic in `row`, and the basic one there nonbasic.
    fn exchange(&mut self, row: usize, column: usize) {
        let width = self.width;
        let inverse = 1.0 / self.entries[row * width + column];
        for (factor, entries) in self.scratch.iter_mut().zip(self.entries.chunks_exact(width)) {
            *factor = entries[column];
        }
        let (before, rest) = self.entries.split_at_mut(row * width);
        let (pivot_row, after) = rest.split_at_mut(width);
        pivot_row.iter_mut().for_each(|entry| *entry *= inverse);
        pivot_row[column] = inverse;
        let (factors_before, factors_after) = (&self.scratch[..row], &self.scratch[row + 1..]);
        for (block, factors) in [(before, factors_before), (after, factors_after)] {
            for (entries, &factor) in block.chunks_exact_mut(width).zip(factors) {
                if factor != 0.0 {
                    subtract(entries, pivot_row, factor);
                    entries[column] = -factor * inverse;
                }
            }
        }
        let cost = self.costs[column];
        subtract(&mut self.costs, pivot_row, cost);
        self.costs[column] = -cost * inverse;
        std::mem::swap(&mut self.nonbasic[column], &mut self.basic[row]);
        self.place[self.nonbasic[column]] = Place::Nonbasic(column);
        self.place[self.basic[row]] = Place::Basic(row);
        self.since_refresh += 1;
        self.pivots += 1;
    }

    /// Restores primal feasibility; the objective only falls on the way. Stops once it is at or below `cutoff`.
    pub fn dual_simplex(&mut self, cutoff: f64) -> DualEnd {
        for _ in 0..STALL {
            if self.objective <= cutoff {
                return DualEnd::Cutoff;
            }
            if self.since_refresh >= REFRESH {
                self.refresh();
                continue;
            }
            let Some((row, excess)) = self.most_violated() else { return DualEnd::Optimal };
            if !self.step(row, excess) {
                // A row that only looks violated is a matter of drift: look again with fresh numbers.
                if self.since_refresh == 0 {
                    return DualEnd::Infeasible;
                }
                self.refresh();
            }
        }
        DualEnd::Stalled
    }

    /// The row whose variable lies furthest outside its bounds, and by how much: positive above, negative below.
    fn most_violated(&self) -> Option<(usize, f64)> {
        let mut worst = (usize::MAX, 0.0);
        let mut size = PRIMAL;
        for (row, (&variable, &value)) in self.basic.iter().zip(&self.basic_values).enumerate() {
            let above = value - self.upper[variable];
            let below = self.lower[variable] - value;
            if above > size {
                (worst, size) = ((row, above), above);
            }
            if below > size {
                (worst, size) = ((row, -below), below);
            }
        }
        (worst.0 != usize::MAX).then_some(worst)
    }

    /// Moves the variable of a row to the bound that it violates by `excess`. `false` if no variable can help.
    fn step(&mut self, row: usize, excess: f64) -> bool {
        self.collect_candidates(row, excess.signum());
        let Some(entering) = self.ratio_test(excess.abs()) else { return false };
        let pivot = self.entries[row * self.width + entering];
        if pivot.abs() < PIVOT && self.since_refresh > 0 {
            self.refresh();
            return true;
        }
        let variable = self.basic[row];
        let bound = if excess > 0.0 { self.upper[variable] } else { self.lower[variable] };
        let step = (self.basic_values[row] - bound) / pivot;
        let value = self.nonbasic_values[entering] + step;
        for (value, entries) in self.basic_values.iter_mut().zip(self.entries.chunks_exact(self.width)) {
            *value -= entries[entering] * step;
        }
        self.objective += self.costs[entering] * step;
        self.exchange(row, entering);
        self.basic_values[row] = value;
        self.nonbasic_values[entering] = bound;
        true
    }

    /// Collects (ratio, |coefficient|, column) of the nonbasic variables whose move reduces the violation of a row.
    fn collect_candidates(&mut self, row: usize, sign: f64) {
        self.candidates.clear();
        let entries = &self.entries[row * self.width..row * self.width + self.columns];
        for (column, &entry) in entries.iter().enumerate() {
            let variable = self.nonbasic[column];
            if entry.abs() <= ZERO || self.lower[variable] >= self.upper[variable] {
                continue;
            }
            let is_low = self.nonbasic_values[column] <= self.lower[variable];
            if (sign * entry > 0.0) == is_low {
                self.candidates.push((self.costs[column].abs() / entry.abs(), entry.abs(), column));
            }
        }
    }

    /// Picks the entering column of the smallest ratio at which the violation would be gone, flipping on the way
    /// the variables that cannot remove it alone. `None`, and nothing flipped, if all together cannot.
    fn ratio_test(&mut self, violation: f64) -> Option<usize> {
        let range = |tableau: &Self, column: usize| {
            let variable = tableau.nonbasic[column];
            tableau.upper[variable] - tableau.lower[variable]
        };
        let reach: f64 = self.candidates.iter().map(|&(_, size, column)| size * range(self, column)).sum();
        if reach < violation - PRIMAL {
            return None;
        }
        let mut left = violation;
        let mut flips = Vec::new();
        let entering = loop {
            let best = (0..self.candidates.len()).min_by(|&one, &other| {
                let (one, other) = (&self.candidates[one], &self.candidates[other]);
                // Of equal ratios the larger pivot is the safer one.
                one.0.total_cmp(&other.0).then(other.1.total_cmp(&one.1)).then(one.2.cmp(&other.2))
            })?;
            let (_, size, column) = self.candidates.swap_remove(best);
            left -= size * range(self, column);
            if left <= PRIMAL || self.candidates.is_empty() {
                break column;
            }
            flips.push(column);
        };
        for column in flips {
            let (lower, upper) = self.bounds(self.nonbasic[column]);
            let is_low = self.nonbasic_values[column] <= lower;
            self.move_nonbasic(column, if is_low { upper } else { lower });
        }
        Some(entering)
    }

    /// How much the objective falls, at least, when the basic variable is pushed down or up by `distance`
    /// (Driebeek 1966, Tomlin 1971). Infinite if it cannot be pushed; 0 for a nonbasic variable.
    pub fn penalty(&self, variable: usize, down: bool, distance: f64) -> f64 {
        let Place::Basic(row) = self.place[variable] else { return 0.0 };
        let entries = &self.entries[row * self.width..row * self.width + self.columns];
        let mut smallest = f64::INFINITY;
        for (column, &entry) in entries.iter().enumerate() {
            let other = self.nonbasic[column];
            if entry.abs() <= ZERO || self.lower[other] >= self.upper[other] {
                continue;
            }
            let is_low = self.nonbasic_values[column] <= self.lower[other];
            if (entry > 0.0) == (is_low == down) {
                smallest = smallest.min(self.costs[column].abs() / entry.abs());
            }
        }
        smallest * distance
    }
}

/// The costs of the columns, each raised by a tiny amount of its own, and a zero for the right-hand side.
///
/// Starts of a project are often worth exactly the same, and equal costs make the dual simplex method circle. Columns
/// are never negative, so raised costs still give valid upper bounds.
fn raised_costs(program: &Program) -> Vec<f64> {
    let largest = program.columns.iter().map(|column| column.objective.abs()).fold(0.0, f64::max);
    let mut chance = Chance::default();
    let mut raised = |column: &Column| {
        let share = 1.0 + chance.below(1 << 20) as f64 / f64::from(1 << 20);
        column.objective + RAISE * share * largest
    };
    program.columns.iter().map(&mut raised).chain([0.0]).collect()
}

/// `target −= factor × other`, in two roundings, so that every machine gets the same bits.
fn subtract(target: &mut [f64], other: &[f64], factor: f64) {
    for (entry, other) in target.iter_mut().zip(other) {
        *entry -= factor * other;
    }
}
