//! Incumbents, their evaluation, and the cutoff for the k best.
//!
//! Option k is the best selection that differs by at least d projects from each better option. A selection can rule out
//! (by a distance below d) at most one of several selections that differ from each other by 2d − 1 or more. So once K
//! selections at that distance are known, all K options are at least as good as the worst of these: its objective is a
//! valid cutoff, and the options among the selections above the cutoff are the options among all.

use crate::optimise::model::pool::{Candidate, Pool, ProjectSet};
use crate::optimise::model::program::ByColumn;

/// Relative tolerance for equal objectives.
const OBJECTIVE_TOLERANCE: f64 = 1e-9;

/// Largest number of solutions as good as the last option that the tree lists to find the first of them. Beyond that a
/// separate search finds the first ([`crate::optimise::k_best::ties`]).
const MAX_LISTED_TIES: usize = 500;

/// Evaluates solutions by the portfolio's own numbers, not by the program's.
pub trait Evaluator: Sync {
    /// Solution outside the program, for example a selection.
    type Solution: Clone + Send + Sync;

    /// Candidate for the values of the program's columns; `None` if it fails the recheck.
    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<Self::Solution>>;

    /// Values of the program's columns for a solution.
    fn values_of(&self, solution: &Self::Solution) -> ByColumn<f64>;
}

impl<E: Evaluator> Evaluator for &E {
    type Solution = E::Solution;

    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<Self::Solution>> {
        (**self).evaluate(values)
    }

    fn values_of(&self, solution: &Self::Solution) -> ByColumn<f64> {
        (**self).values_of(solution)
    }
}

/// Receiver of a tree's solutions and source of its cutoff.
pub trait Incumbents {
    /// Receives an integral solution (one value per column of the program), and tells its objective; `None` if it fails
    /// the recheck.
    fn offer(&mut self, values: &ByColumn<f64>) -> Option<f64>;
    /// Objective at or below which solutions need not be found. Never falls.
    fn cutoff(&self) -> f64;
}

/// The best known solutions at the minimum distance from each other, as many as options are wanted; the worst of them
/// sets the cutoff.
#[derive(Clone, Debug)]
pub struct CutoffTracker {
    wanted: usize,
    min_distance: usize,
    gap: f64,
    best: Vec<(f64, ProjectSet)>,
    /// Solutions as good as the last are listed, too: one of them may come before it.
    asks_ties: bool,
    /// More ties than [`MAX_LISTED_TIES`].
    is_crowded: bool,
    ceiling: f64,
    cutoff: f64,
}

impl CutoffTracker {
    /// A tracker for `wanted` options that differ by `difference` projects, each to be proven to `gap`.
    pub fn new(wanted: usize, difference: usize, gap: f64) -> Self {
        let min_distance = 2 * difference.max(1) - 1;
        Self {
            wanted: wanted.max(1),
            min_distance,
            gap,
            best: Vec::new(),
            asks_ties: gap == 0.0,
            is_crowded: false,
            ceiling: f64::NEG_INFINITY,
            cutoff: f64::NEG_INFINITY,
        }
    }

    /// The same tracker with a gap of 0 and every solution as good as the last listed.
    pub fn exact(&self) -> Self {
        let (best, cutoff) = (self.best.clone(), f64::NEG_INFINITY);
        let mut tracker =
            Self { best, gap: 0.0, asks_ties: true, is_crowded: false, ceiling: cutoff, cutoff, ..*self };
        tracker.raise();
        tracker
    }

    /// True if a search of everything above the cutoff has listed every solution as good as the last option.
    pub fn has_ties(&self) -> bool {
        self.asks_ties && self.cutoff <= self.ceiling
    }

    /// A tracker whose cutoff admits only better solutions, whatever the gap; `wanted` is 1 for the best alone.
    pub fn improving(&self, wanted: usize) -> Self {
        let mut best = self.best.clone();
        best.truncate(wanted);
        let cutoff = f64::NEG_INFINITY;
        let mut tracker = Self { wanted, gap: 0.0, best, asks_ties: false, ceiling: cutoff, cutoff, ..*self };
        tracker.raise();
        tracker
    }

    /// Number of options wanted.
    pub fn wanted(&self) -> usize {
        self.wanted
    }

    /// Least number of projects in which tracked solutions differ from each other: 2d − 1.
    pub fn min_distance(&self) -> usize {
        self.min_distance
    }

    /// Objective that unknown solutions need not exceed.
    pub fn ceiling(&self) -> f64 {
        self.ceiling
    }

    /// The cutoff: the ceiling plus the tolerance for rounding; a little below the ceiling where ties are listed.
    pub fn cutoff(&self) -> f64 {
        self.cutoff
    }

    /// Takes over the best solutions of a pool.
    pub fn take<S>(&mut self, pool: &Pool<S>) {
        let spread = pool.spread(self.wanted, self.min_distance);
        self.best = spread.into_iter().map(|one| (one.objective, one.projects.clone())).collect();
        if let Some(&(last, _)) = self.best.get(self.wanted - 1) {
            self.is_crowded = pool.count_between(last - near(last), last + near(last)) > MAX_LISTED_TIES;
        }
        self.raise();
    }

    /// Adds one solution.
    pub fn add(&mut self, objective: f64, projects: &ProjectSet) {
        if self.best.len() == self.wanted && self.best[self.wanted - 1].0 >= objective {
            return;
        }
        let place = self.best.partition_point(|(other, _)| *other >= objective);
        self.best.insert(place, (objective, projects.clone()));
        let mut kept: Vec<(f64, ProjectSet)> = Vec::with_capacity(self.wanted);
        for (objective, projects) in self.best.drain(..) {
            if kept.len() < self.wanted
                && kept.iter().all(|(_, other)| projects.difference(other) >= self.min_distance)
            {
                kept.push((objective, projects));
            }
        }
        self.best = kept;
        self.raise();
    }

    /// Raises the cutoff. A cutoff that was valid once stays valid, even if a better solution brings two others too
    /// close to each other.
    fn raise(&mut self) {
        if let Some(&(last, _)) = self.best.get(self.wanted - 1) {
            self.ceiling = self.ceiling.max(last + self.gap * last.abs());
            let lists_ties = self.asks_ties && !self.is_crowded;
            self.cutoff = self.cutoff.max(self.ceiling + if lists_ties { -near(last) } else { near(last) });
        }
    }
}

/// Absolute tolerance within which a bound equals an objective.
fn near(objective: f64) -> f64 {
    OBJECTIVE_TOLERANCE * objective.abs().max(OBJECTIVE_TOLERANCE)
}

/// Solutions found by one dive.
#[derive(Debug)]
pub struct Collector<'e, E: Evaluator> {
    evaluator: &'e E,
    tracker: CutoffTracker,
    /// Solutions in the order in which they were found.
    pub found: Vec<Candidate<E::Solution>>,
}

impl<'e, E: Evaluator> Collector<'e, E> {
    /// A collector that starts from the known solutions.
    pub fn new(evaluator: &'e E, tracker: CutoffTracker) -> Self {
        Self { evaluator, tracker, found: Vec::new() }
    }
}

impl<E: Evaluator> Incumbents for Collector<'_, E> {
    fn offer(&mut self, values: &ByColumn<f64>) -> Option<f64> {
        let candidate = self.evaluator.evaluate(values)?;
        let objective = candidate.objective;
        self.tracker.add(objective, &candidate.projects);
        self.found.push(candidate);
        Some(objective)
    }

    fn cutoff(&self) -> f64 {
        self.tracker.cutoff()
    }
}
