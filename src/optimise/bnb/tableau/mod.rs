//! A dense tableau with bounded variables and the dual simplex method (Lemke 1954; bound flipping after Maros 2003).
//!
//! Every variable, slacks included, has two finite bounds. So every basis is dual feasible once each nonbasic
//! variable sits at the bound that the sign of its reduced cost prefers, and the objective of any basis is a valid
//! upper bound: bounds can be changed and taken back at will, and the tableau goes on from its present basis.
//!
//! Columns of fixed variables change nothing any more, and most variables of a tree are soon fixed: such columns can be
//! removed. The contribution of a fixed variable is part of the values of the others. Short rows that hold anyway can
//! sleep: no other row depends on a row whose slack is basic, so that it need not be computed until it is violated.
//! Until then the objective is that of fewer rows, and still a valid bound.

mod compact;
mod recycled;
mod short_rows;
mod simplex;

use std::sync::Arc;

use crate::optimise::model::program::{Column, Program, Row};
use crate::optimise::model::split_mix::SplitMix64;

use super::kernels::{ZERO_TOLERANCE, eliminate, penalties_of};

use short_rows::ShortRows;

pub use simplex::DualEnd;

/// Largest violation of a bound that counts as none.
const PRIMAL_TOLERANCE: f64 = 1e-8;
/// Share of the largest cost by which each cost is raised, one to two times: far below any gap asked for.
const COST_PERTURBATION: f64 = 1e-7;
/// Largest number of lanes of a vector register; rows of the tableau are padded to a multiple.
const LANES: usize = 8;
/// Largest number of coefficients of a row that may sleep.
const MAX_LAZY_ROW_TERMS: usize = 24;

/// The tableau of `maximise c·x, A·x + s = b`, with structural variables first and one slack per row after them.
#[derive(Clone, Debug)]
pub struct Tableau {
    rows: usize,
    columns: usize,
    /// Cells per row of the tableau: the columns, and padding.
    width: usize,
    original: Arc<Original>,
    entries: Vec<f64>,
    /// Reduced costs.
    costs: Vec<f64>,
    /// Per column: signed distance to the other bound of its variable; 0 if that is fixed.
    moves: Vec<f64>,
    /// Per column: 1 if its variable is an integer variable.
    whole: Vec<f64>,
    basic_values: Vec<f64>,
    nonbasic_values: Vec<f64>,
    objective: f64,
    nonbasic: Vec<usize>,
    basic: Vec<usize>,
    /// Per row: the bounds of its basic variable, beside its value.
    basic_bounds: Vec<(f64, f64)>,
    place: Vec<Place>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    since_refresh: usize,
    ticks: u64,
    /// Buffers: pivot column, pivot row, ratios of its columns, columns that are kept, structural values.
    factors: Vec<f64>,
    pivot_row: Vec<f64>,
    ratios: Vec<f64>,
    live: Vec<usize>,
    values: Vec<f64>,
}

/// The initial tableau, with all slacks basic; refreshes start from it.
#[derive(Debug, Default)]
struct Original {
    entries: Vec<f64>,
    costs: Vec<f64>,
    /// Right-hand side per row; after the last row the negated objective at zero.
    right: Vec<f64>,
    is_whole: Vec<bool>,
    /// Short rows: such rows may sleep.
    short: ShortRows,
}

impl Original {
    fn rows(&self) -> usize {
        self.short.rows()
    }

    /// Number of structural variables.
    fn columns(&self) -> usize {
        self.is_whole.len() - self.rows()
    }

    /// Cells per row.
    fn width(&self) -> usize {
        self.costs.len()
    }
}

/// Position of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Basic(u32),
    Nonbasic(u32),
    /// Fixed, and its column removed.
    Gone,
    /// The basic slack of a sleeping row.
    Asleep,
}

impl Place {
    fn basic(row: usize) -> Self {
        // A tableau with more rows or columns than the index counts does not fit in memory.
        Self::Basic(row as u32)
    }

    fn nonbasic(column: usize) -> Self {
        Self::Nonbasic(column as u32)
    }
}

impl Tableau {
    /// The tableau of a program whose columns all have finite bounds, with all slacks basic. `constant` is added to the
    /// objective; variables in `whole` are integer.
    ///
    /// A row with a lower side only is negated; the range of each slack is tightened to that implied by the bounds of
    /// the columns.
    pub fn new(program: &Program, constant: f64, whole: &[usize]) -> Self {
        let (rows, columns) = (program.rows.len(), program.columns.len());
        let width = columns.next_multiple_of(LANES).max(LANES);
        let mut is_whole = vec![false; rows + columns];
        whole.iter().for_each(|&variable| is_whole[variable] = true);
        let mut original = Original {
            entries: vec![0.0; rows * width],
            costs: raised_costs(program, width),
            right: Vec::with_capacity(rows + 1),
            is_whole,
            short: ShortRows::with_capacity(rows),
        };
        let mut lower: Vec<f64> = program.columns.iter().map(|column| column.lower).collect();
        let mut upper: Vec<f64> = program.columns.iter().map(|column| column.upper).collect();
        for (row, entries) in program.rows.iter().zip(original.entries.chunks_exact_mut(width)) {
            let (right, range) = write_row(row, entries, &program.columns);
            original.right.push(right);
            original.short.push(if row.terms.len() <= MAX_LAZY_ROW_TERMS { entries } else { &[] });
            lower.push(0.0);
            upper.push(range);
        }
        original.right.push(-constant);
        let mut tableau = Self {
            rows,
            columns,
            width,
            entries: original.entries.clone(),
            costs: original.costs.clone(),
            original: Arc::new(original),
            moves: vec![0.0; width],
            whole: vec![0.0; width],
            basic_values: vec![0.0; rows],
            nonbasic_values: vec![0.0; columns],
            objective: 0.0,
            nonbasic: (0..columns).collect(),
            basic: (columns..columns + rows).collect(),
            basic_bounds: lower[columns..].iter().copied().zip(upper[columns..].iter().copied()).collect(),
            place: (0..columns).map(Place::nonbasic).chain((0..rows).map(Place::basic)).collect(),
            lower,
            upper,
            since_refresh: 0,
            ticks: 0,
            factors: vec![0.0; rows],
            pivot_row: vec![0.0; width],
            ratios: vec![f64::INFINITY; width],
            live: Vec::new(),
            values: Vec::new(),
        };
        let original = Arc::clone(&tableau.original);
        tableau.settle(&original.right);
        tableau
    }

    /// Number of cells in the tableau of a program.
    pub fn size(program: &Program) -> usize {
        (program.rows.len() + 1) * (program.columns.len() + 1)
    }

    /// Copies the state of a tableau.
    pub fn copy_from(&mut self, other: &Self) {
        self.original.clone_from(&other.original);
        (self.rows, self.columns, self.width) = (other.rows, other.columns, other.width);
        self.entries.clone_from(&other.entries);
        self.costs.clone_from(&other.costs);
        self.moves.clone_from(&other.moves);
        self.whole.clone_from(&other.whole);
        self.basic_values.clone_from(&other.basic_values);
        self.nonbasic_values.clone_from(&other.nonbasic_values);
        self.objective = other.objective;
        self.nonbasic.clone_from(&other.nonbasic);
        self.basic.clone_from(&other.basic);
        self.basic_bounds.clone_from(&other.basic_bounds);
        self.place.clone_from(&other.place);
        self.lower.clone_from(&other.lower);
        self.upper.clone_from(&other.upper);
        (self.since_refresh, self.ticks) = (other.since_refresh, other.ticks);
        self.resize_buffers();
    }

    fn resize_buffers(&mut self) {
        self.factors.resize(self.rows, 0.0);
        self.pivot_row.resize(self.width, 0.0);
        self.ratios.resize(self.width, f64::INFINITY);
    }

    /// Objective of the basis: an upper bound for all feasible points within the bounds.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// Ticks (cells changed by pivots) since the last call.
    pub fn take_ticks(&mut self) -> u64 {
        std::mem::take(&mut self.ticks)
    }

    /// Bounds of a variable (structural, then slacks).
    pub fn bounds(&self, variable: usize) -> (f64, f64) {
        (self.lower[variable], self.upper[variable])
    }

    /// True if the bounds of a variable are equal.
    pub fn is_fixed(&self, variable: usize) -> bool {
        self.lower[variable] >= self.upper[variable]
    }

    /// Value of a variable.
    pub fn value(&self, variable: usize) -> f64 {
        match self.place[variable] {
            Place::Basic(row) => self.basic_values[row as usize],
            Place::Nonbasic(column) => self.nonbasic_values[column as usize],
            Place::Gone => self.lower[variable],
            Place::Asleep => self.slack_asleep(variable - self.original.columns()),
        }
    }

    /// Values of the structural variables.
    pub fn values(&self) -> Vec<f64> {
        (0..self.original.columns()).map(|variable| self.value(variable)).collect()
    }

    /// Price of each row: gain in objective per unit of right-hand side; at least 0 where the upper side of the row is
    /// active, at most 0 where the lower side is.
    pub fn prices(&self, program: &Program) -> Vec<f64> {
        let structural = self.original.columns();
        let price = |(position, row): (usize, &Row)| match self.place[structural + position] {
            Place::Basic(_) | Place::Gone | Place::Asleep => 0.0,
            Place::Nonbasic(column) => -self.costs[column as usize] * orientation(row),
        };
        program.rows.iter().enumerate().map(price).collect()
    }

    /// Least loss in objective when a variable leaves its value; 0 if it is basic or removed.
    pub fn reduced_cost(&self, variable: usize) -> f64 {
        match self.place[variable] {
            Place::Basic(_) | Place::Gone | Place::Asleep => 0.0,
            Place::Nonbasic(column) => self.costs[column as usize].abs(),
        }
    }

    /// Changes the bounds of a variable.
    pub fn set_bounds(&mut self, variable: usize, lower: f64, upper: f64) {
        self.lower[variable] = lower;
        self.upper[variable] = upper;
        match self.place[variable] {
            Place::Basic(row) => self.basic_bounds[row as usize] = (lower, upper),
            Place::Nonbasic(column) => {
                let column = column as usize;
                self.move_nonbasic(column, self.preferred(column));
                self.update_move(column);
            }
            Place::Gone => debug_assert!(false, "its column is left out"),
            Place::Asleep => {}
        }
    }

    /// The bound that the reduced cost of a nonbasic variable prefers.
    fn preferred(&self, column: usize) -> f64 {
        let variable = self.nonbasic[column];
        if self.costs[column] > 0.0 { self.upper[variable] } else { self.lower[variable] }
    }

    /// Updates the signed distance that the variable of a column can move.
    fn update_move(&mut self, column: usize) {
        let variable = self.nonbasic[column];
        let (lower, upper) = (self.lower[variable], self.upper[variable]);
        let is_low = self.nonbasic_values[column] <= lower;
        let range = (upper - lower).max(0.0);
        self.moves[column] = if is_low { range } else { -range };
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

    /// Puts every nonbasic variable at its preferred bound and computes all values from that. `right` is the right-hand
    /// side in the present basis.
    fn settle(&mut self, right: &[f64]) {
        for column in 0..self.columns {
            self.nonbasic_values[column] = self.preferred(column);
            self.update_move(column);
            self.whole[column] = f64::from(u8::from(self.original.is_whole[self.nonbasic[column]]));
        }
        for (position, row) in self.entries.chunks_exact(self.width).enumerate() {
            let used: f64 = row.iter().zip(&self.nonbasic_values).map(|(entry, value)| entry * value).sum();
            self.basic_values[position] = right[position] - used;
        }
        let gained: f64 =
            self.costs.iter().zip(&self.nonbasic_values).map(|(cost, value)| cost * value).sum();
        self.objective = gained - right[self.rows];
    }

    /// Recomputes the tableau of the present basis from the original coefficients, with all columns of the awake rows.
    pub(super) fn refresh(&mut self) {
        let original = Arc::clone(&self.original);
        let structural = original.columns();
        let mut wanted = vec![false; self.place.len()];
        for &variable in &self.basic {
            wanted[variable] = true;
        }
        let is_awake = |row: &usize| self.place[structural + row] != Place::Asleep;
        let awake: Vec<usize> = (0..original.rows()).filter(is_awake).collect();
        (self.rows, self.columns, self.width) = (awake.len(), structural, original.width());
        self.entries.clear();
        awake
            .iter()
            .for_each(|&row| self.entries.extend(&original.entries[row * self.width..][..self.width]));
        self.costs.clone_from(&original.costs);
        let mut right: Vec<f64> = awake.iter().map(|&row| original.right[row]).collect();
        right.extend(original.right.last());
        self.nonbasic = (0..structural).collect();
        self.basic = awake.iter().map(|row| structural + row).collect();
        self.basic_bounds = self.basic.iter().map(|&variable| self.bounds(variable)).collect();
        (0..structural).for_each(|variable| self.place[variable] = Place::nonbasic(variable));
        for (place, row) in awake.iter().enumerate() {
            self.place[structural + row] = Place::basic(place);
        }
        self.nonbasic_values.resize(structural, 0.0);
        self.moves.resize(self.width, 0.0);
        self.whole.resize(self.width, 0.0);
        self.resize_buffers();
        for variable in 0..structural {
            if let (true, Place::Nonbasic(column)) = (wanted[variable], self.place[variable]) {
                let column = column as usize;
                let size = |row: usize| self.entries[row * self.width + column].abs();
                let free = (0..self.rows).filter(|&row| !wanted[self.basic[row]]);
                let largest = free.max_by(|&left, &right| size(left).total_cmp(&size(right)));
                // A variable without a usable pivot stays nonbasic: any other basis serves as well.
                if let Some(row) = largest.filter(|&row| size(row) > ZERO_TOLERANCE) {
                    let (inverse, cost) = (1.0 / self.entries[row * self.width + column], self.costs[column]);
                    self.gather(column);
                    self.exchange(row, column);
                    carry(&mut right, row, inverse, &self.factors, cost);
                }
            }
        }
        self.settle(&right);
        self.since_refresh = 0;
    }

    /// Copies a column of the tableau to its buffer.
    fn gather(&mut self, column: usize) {
        for (factor, entries) in self.factors.iter_mut().zip(self.entries.chunks_exact(self.width)) {
            *factor = entries[column];
        }
    }

    /// Exchanges the nonbasic variable of `column` (already in the buffer) with the basic variable of `row`.
    fn exchange(&mut self, row: usize, column: usize) {
        let width = self.width;
        let inverse = 1.0 / self.factors[row];
        for (copy, entry) in self.pivot_row.iter_mut().zip(&self.entries[row * width..][..width]) {
            *copy = entry * inverse;
        }
        self.pivot_row[column] = inverse;
        self.factors[row] = 0.0;
        // The old column becomes a unit column, so that elimination leaves the new one in its place.
        for (entries, &factor) in self.entries.chunks_exact_mut(width).zip(&self.factors) {
            if factor != 0.0 {
                entries[column] = 0.0;
            }
        }
        eliminate(&mut self.entries, &self.pivot_row, &self.factors);
        self.entries[row * width..][..width].copy_from_slice(&self.pivot_row);
        let cost = self.costs[column];
        self.costs[column] = 0.0;
        eliminate(&mut self.costs, &self.pivot_row, &[cost]);
        std::mem::swap(&mut self.nonbasic[column], &mut self.basic[row]);
        self.place[self.nonbasic[column]] = Place::nonbasic(column);
        self.place[self.basic[row]] = Place::basic(row);
        self.basic_bounds[row] = self.bounds(self.basic[row]);
        self.since_refresh += 1;
        self.ticks += self.entries.len() as u64;
    }

    /// Basic integer variables with their values.
    pub fn whole_basics(&self) -> impl Iterator<Item = (usize, f64)> {
        let basics = self.basic.iter().copied().zip(self.basic_values.iter().copied());
        basics.filter(|&(variable, _)| self.original.is_whole[variable])
    }

    /// Free nonbasic integer variables, with their values, whose reduced cost is at least `cost`.
    pub fn whole_nonbasics_above(&self, cost: f64) -> impl Iterator<Item = (usize, f64)> {
        let is_dear = move |&column: &usize| {
            self.costs[column].abs() >= cost && self.whole[column] == 1.0 && self.moves[column] != 0.0
        };
        let fixed = |column: usize| (self.nonbasic[column], self.nonbasic_values[column]);
        (0..self.columns).filter(is_dear).map(fixed)
    }

    /// Penalties: least loss in objective when the variable is pushed down (first) or up by the given distances
    /// (Driebeek 1966, Tomlin 1971). Infinite if it cannot be pushed; 0 for a nonbasic variable.
    pub fn penalties(&self, variable: usize, down: f64, up: f64) -> (f64, f64) {
        let Place::Basic(row) = self.place[variable] else { return (0.0, 0.0) };
        let row = row as usize;
        let entries = &self.entries[row * self.width..(row + 1) * self.width];
        penalties_of(entries, &self.costs, &self.moves, &self.whole, down, up)
    }
}

/// Updates a right-hand side for an exchange in `row`, with the inverse of its pivot; `factors` are the other entries
/// of the pivot column and `cost` is its reduced cost.
fn carry(right: &mut [f64], row: usize, inverse: f64, factors: &[f64], cost: f64) {
    let pivot = right[row] * inverse;
    right.iter_mut().zip(factors).for_each(|(value, factor)| *value -= factor * pivot);
    right[row] = pivot;
    if let Some(objective) = right.last_mut() {
        *objective -= cost * pivot;
    }
}

/// Sign of a row in the tableau: a row with a lower side only is negated.
fn orientation(row: &Row) -> f64 {
    if row.upper.is_finite() { 1.0 } else { -1.0 }
}

/// Writes a row's coefficients; returns its right-hand side and the range of its slack.
fn write_row(row: &Row, entries: &mut [f64], columns: &[Column]) -> (f64, f64) {
    let sign = orientation(row);
    let (least, most) = if sign > 0.0 { (row.lower, row.upper) } else { (-row.upper, -row.lower) };
    let mut smallest_sum = 0.0;
    for (column, coefficient) in row.terms.iter().map(|&(column, coefficient)| (column.index(), coefficient))
    {
        let coefficient = sign * coefficient;
        entries[column] = coefficient;
        let bounds = &columns[column];
        smallest_sum += (coefficient * bounds.lower).min(coefficient * bounds.upper);
    }
    (most, (most - least).min((most - smallest_sum).max(0.0)))
}

/// Costs of the columns, each raised by a tiny amount of its own, and padding.
///
/// Starts of a project often have exactly equal costs, which make the dual simplex method cycle. Columns are never
/// negative, so that raised costs still give valid upper bounds.
fn raised_costs(program: &Program, width: usize) -> Vec<f64> {
    let largest = program.columns.iter().map(|column| column.objective.abs()).fold(0.0, f64::max);
    let mut chance = SplitMix64::default();
    let mut raised = |column: &Column| {
        let share = 1.0 + chance.below(1 << 20) as f64 / f64::from(1 << 20);
        column.objective + COST_PERTURBATION * share * largest
    };
    let mut costs: Vec<f64> = program.columns.iter().map(&mut raised).collect();
    costs.resize(width, 0.0);
    costs
}
