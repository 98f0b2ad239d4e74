//! Solutions on the way: who judges them, and where a search for the best of them may cut.
//!
//! Option k is the best selection that differs by at least d projects from each better option. A selection can rule
//! out (by lying nearer than d) at most one of several selections that differ from each other by 2d − 1 or more. So
//! once K selections that far apart are known, all K options are at least as good as the worst of them: that is where
//! a search may cut, and the options among the selections above the cut are the options among all.

use crate::optimise::model::pool::{Candidate, Pool, ProjectSet};

/// Relative difference of objectives below which bounds tell nothing apart.
const OBJECTIVE_TOLERANCE: f64 = 1e-9;

/// Solutions as good as the last of the front that are listed to find the first of them. Where there are more, a search
/// of its own finds the first ([`crate::optimise::k_best::ties`]).
const MAX_LISTED_TIES: usize = 500;

/// Judges solutions by the portfolio's own numbers and not by the program's.
pub trait Evaluator: Sync {
    /// What a solution is outside the program.
    type Solution: Clone + Send + Sync;

    /// The solution that values of the program's columns stand for; `None` if it breaks a rule after all.
    fn evaluate(&self, values: &[f64]) -> Option<Candidate<Self::Solution>>;

    /// The program's values of a solution.
    fn values_of(&self, solution: &Self::Solution) -> Vec<f64>;
}

impl<J: Evaluator> Evaluator for &J {
    type Solution = J::Solution;

    fn evaluate(&self, values: &[f64]) -> Option<Candidate<Self::Solution>> {
        (**self).evaluate(values)
    }

    fn values_of(&self, solution: &Self::Solution) -> Vec<f64> {
        (**self).values_of(solution)
    }
}

/// What a tree reports to, and what tells it where to cut.
pub trait Incumbents {
    /// Takes a whole solution (a value per column of the program); `false` if it breaks a rule after all.
    fn offer(&mut self, values: &[f64]) -> bool;
    /// Solutions with this objective or less need not be found. Never falls.
    fn cutoff(&self) -> f64;
}

/// The best so many known solutions that are far apart. The worst of them is where a search may cut.
#[derive(Clone, Debug)]
pub struct CutoffTracker {
    wanted: usize,
    min_distance: usize,
    gap: f64,
    best: Vec<(f64, ProjectSet)>,
    /// Whether solutions as good as the last are asked for, too: one of them may come before it.
    asks_ties: bool,
    /// Whether there are too many of these.
    is_crowded: bool,
    ceiling: f64,
    cutoff: f64,
}

impl CutoffTracker {
    /// A front for so many options that differ by `difference` projects, each to be proven to `gap`.
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

    /// The same front, which asks for the very best: a gap of 0, and every solution as good as the last.
    pub fn exact(&self) -> Self {
        let (best, cutoff) = (self.best.clone(), f64::NEG_INFINITY);
        let mut tracker =
            Self { best, gap: 0.0, asks_ties: true, is_crowded: false, ceiling: cutoff, cutoff, ..*self };
        tracker.raise();
        tracker
    }

    /// Whether a search that has looked for all above the cutoff has listed every solution that is as good as the last.
    pub fn has_ties(&self) -> bool {
        self.asks_ties && self.cutoff <= self.ceiling
    }

    /// A front that asks for better solutions, whatever the gap: the best alone, or all.
    pub fn improving(&self, wanted: usize) -> Self {
        let mut best = self.best.clone();
        best.truncate(wanted);
        let cutoff = f64::NEG_INFINITY;
        let mut tracker = Self { wanted, gap: 0.0, best, asks_ties: false, ceiling: cutoff, cutoff, ..*self };
        tracker.raise();
        tracker
    }

    /// How many options are wanted.
    pub fn wanted(&self) -> usize {
        self.wanted
    }

    /// By how many projects solutions must differ to count side by side.
    pub fn min_distance(&self) -> usize {
        self.min_distance
    }

    /// No solution that is not known need be better than this.
    pub fn ceiling(&self) -> f64 {
        self.ceiling
    }

    /// Where to cut: the ceiling and what rounding may hide; a little below it where ties are listed.
    pub fn cutoff(&self) -> f64 {
        self.cutoff
    }

    /// Takes in all that a pool knows.
    pub fn take<S>(&mut self, pool: &Pool<S>) {
        let spread = pool.spread(self.wanted, self.min_distance);
        self.best = spread.into_iter().map(|one| (one.objective, one.projects.clone())).collect();
        if let Some(&(last, _)) = self.best.get(self.wanted - 1) {
            self.is_crowded = pool.count_between(last - near(last), last + near(last)) > MAX_LISTED_TIES;
        }
        self.raise();
    }

    /// Takes in one solution.
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

    /// A cut that once held holds for ever, even if a better solution makes two others too alike.
    fn raise(&mut self) {
        if let Some(&(last, _)) = self.best.get(self.wanted - 1) {
            self.ceiling = self.ceiling.max(last + self.gap * last.abs());
            let lists_ties = self.asks_ties && !self.is_crowded;
            self.cutoff = self.cutoff.max(self.ceiling + if lists_ties { -near(last) } else { near(last) });
        }
    }
}

/// How near to an objective bounds cannot be told apart from it.
fn near(objective: f64) -> f64 {
    OBJECTIVE_TOLERANCE * objective.abs().max(OBJECTIVE_TOLERANCE)
}

/// What one part of a search finds on its own.
#[derive(Debug)]
pub struct Collector<'j, J: Evaluator> {
    evaluator: &'j J,
    tracker: CutoffTracker,
    /// What it found, in the order in which it did.
    pub found: Vec<Candidate<J::Solution>>,
}

impl<'j, J: Evaluator> Collector<'j, J> {
    /// A collector that begins with what is known.
    pub fn new(evaluator: &'j J, tracker: CutoffTracker) -> Self {
        Self { evaluator, tracker, found: Vec::new() }
    }
}

impl<J: Evaluator> Incumbents for Collector<'_, J> {
    fn offer(&mut self, values: &[f64]) -> bool {
        let Some(candidate) = self.evaluator.evaluate(values) else { return false };
        self.tracker.add(candidate.objective, &candidate.projects);
        self.found.push(candidate);
        true
    }

    fn cutoff(&self) -> f64 {
        self.tracker.cutoff()
    }
}
