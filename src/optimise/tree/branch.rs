//! Depth-first branch and bound (Land and Doig 1960) over one tableau.
//!
//! The tree does not stop at the best selection: below a node whose relaxation is already whole it goes on with
//! every other set of projects whose bound is still above the cutoff. Selections that differ only in starts or
//! shares are one option, so of those it looks for the best alone.

use std::time::Instant;

use crate::optimise::formulate::Formulation;
use crate::optimise::program::Program;
use crate::progress::CancelToken;

use super::tableau::{DualEnd, Tableau};

/// How far a whole number may be off.
const WHOLE: f64 = 1e-6;
/// Nodes between two looks at the clock and the cancel token.
const NODES_PER_LOOK: u64 = 64;

/// What the tree reports to, and what tells it where to cut.
pub trait Incumbents {
    /// Takes a whole solution (a value per column of the program); `false` if it breaks a rule after all.
    fn offer(&mut self, values: &[f64]) -> bool;
    /// Solutions with this objective or less need not be found. Never falls.
    fn cutoff(&self) -> f64;
}

/// When to give up.
#[derive(Clone, Copy, Debug)]
pub struct TreeLimits {
    /// Multiplications in pivots, roughly: a limit that does not depend on the machine.
    pub work: u64,
    /// Nodes.
    pub nodes: Option<u64>,
    /// The time at which to stop.
    pub deadline: Option<Instant>,
}

/// How the tree ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeEnd {
    /// Every solution above the cutoff was offered.
    Complete,
    /// A limit was met, or the arithmetic got stuck: nothing is proven.
    Limit,
    /// It was asked to stop.
    Cancelled,
}

/// A branching that can be taken back: what the trail was like, and the other value to try.
#[derive(Clone, Copy, Debug)]
struct Frame {
    trail: usize,
    variable: usize,
    other: Option<f64>,
    other_bound: f64,
}

/// What to do at a node.
enum Step {
    Prune,
    Branch { variable: usize, first: Option<f64>, other: Option<f64>, other_bound: f64 },
    GiveUp,
}

/// The tree.
pub struct Tree {
    tableau: Tableau,
    size: u64,
    /// Variables that must be whole: binary columns, and the slacks that tell whether a project is chosen at all.
    whole: Vec<usize>,
    /// Per project that can be chosen: the variable that tells whether it is.
    indicators: Vec<usize>,
    trail: Vec<(usize, f64, f64)>,
    frames: Vec<Frame>,
    nodes: u64,
}

impl Tree {
    /// Whether a program is small enough: half a megabyte of tableau stays in the cache of any core of today.
    pub fn fits(program: &Program) -> bool {
        const LARGEST: usize = 1 << 16;
        !program.columns.is_empty() && Tableau::size(program) <= LARGEST
    }

    /// The tree of a formulation.
    pub fn new(formulation: &Formulation) -> Self {
        let program = &formulation.program;
        let columns = program.columns.len();
        let mut whole: Vec<usize> =
            (0..columns).filter(|&column| program.columns[column].is_integer).collect();
        let mut indicators = Vec::new();
        for project in 0..formulation.project_count() {
            match (formulation.starts_of(project), formulation.decision_row(project)) {
                ([], _) => {}
                // The slack of a project's own row is 1 while it is out and 0 once it is in.
                (_, Some(row)) => {
                    whole.push(columns + row);
                    indicators.push(columns + row);
                }
                ([only, ..], None) => indicators.push(only.chosen),
            }
        }
        Self {
            tableau: Tableau::new(program),
            size: Tableau::size(program) as u64,
            whole,
            indicators,
            trail: Vec::new(),
            frames: Vec::new(),
            nodes: 0,
        }
    }

    /// The bound of the relaxation as it stands.
    pub fn relaxed_objective(&self) -> f64 {
        self.tableau.objective()
    }

    /// Solves the relaxation of the whole problem; `false` if it has no solution or the arithmetic got stuck.
    pub fn relax(&mut self) -> bool {
        self.tableau.dual_simplex(f64::NEG_INFINITY) == DualEnd::Optimal
    }

    /// How much a variable's leaving its bound costs in the relaxation.
    pub fn reduced_cost(&self, variable: usize) -> f64 {
        self.tableau.reduced_cost(variable)
    }

    /// Looks for every solution above the cutoff among those with the given values of variables.
    pub fn run_within(
        &mut self,
        fixed: &[(usize, f64)],
        incumbents: &mut dyn Incumbents,
        limits: &TreeLimits,
        cancel: &CancelToken,
    ) -> TreeEnd {
        for &(variable, value) in fixed {
            self.fix(variable, value);
        }
        let end = self.run(incumbents, limits, cancel);
        self.frames.clear();
        self.take_back(0);
        end
    }

    /// Looks for every solution above the cutoff.
    pub fn run(
        &mut self,
        incumbents: &mut dyn Incumbents,
        limits: &TreeLimits,
        cancel: &CancelToken,
    ) -> TreeEnd {
        let start = (self.nodes, self.tableau.pivots());
        loop {
            if self.nodes.is_multiple_of(NODES_PER_LOOK) {
                if cancel.is_cancelled() {
                    return TreeEnd::Cancelled;
                }
                if self.is_over(limits, start) {
                    return TreeEnd::Limit;
                }
            }
            self.nodes += 1;
            let goes_on = match self.look(incumbents) {
                Step::GiveUp => return TreeEnd::Limit,
                Step::Prune => self.backtrack(incumbents.cutoff()),
                Step::Branch { variable, first, other, other_bound } => {
                    self.frames.push(Frame { trail: self.trail.len(), variable, other, other_bound });
                    match first {
                        Some(value) => {
                            self.fix(variable, value);
                            true
                        }
                        None => self.backtrack(incumbents.cutoff()),
                    }
                }
            };
            if !goes_on {
                return TreeEnd::Complete;
            }
        }
    }

    fn is_over(&self, limits: &TreeLimits, (nodes, pivots): (u64, u64)) -> bool {
        (self.tableau.pivots() - pivots) * self.size > limits.work
            || limits.nodes.is_some_and(|most| self.nodes - nodes >= most)
            || limits.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Solves the relaxation of the present node and says what to do with it.
    fn look(&mut self, incumbents: &mut dyn Incumbents) -> Step {
        let cutoff = incumbents.cutoff();
        match self.tableau.dual_simplex(cutoff) {
            DualEnd::Cutoff | DualEnd::Infeasible => return Step::Prune,
            DualEnd::Stalled => return Step::GiveUp,
            DualEnd::Optimal => {}
        }
        self.fix_by_reduced_cost(cutoff);
        if let Some(step) = self.branch_on_fraction(cutoff) {
            return step;
        }
        let is_valid = incumbents.offer(&self.tableau.values());
        self.branch_on_undecided(is_valid)
    }

    /// Fixes what would cost more than is left above the cutoff (Dantzig, Fulkerson and Johnson 1954).
    fn fix_by_reduced_cost(&mut self, cutoff: f64) {
        if cutoff == f64::NEG_INFINITY {
            return;
        }
        let left = self.tableau.objective() - cutoff;
        for position in 0..self.whole.len() {
            let variable = self.whole[position];
            if !self.tableau.is_fixed(variable) && self.tableau.reduced_cost(variable) >= left {
                self.fix(variable, self.tableau.value(variable));
            }
        }
    }

    /// Branches on the fraction whose two penalties have the largest product; `None` if all is whole.
    fn branch_on_fraction(&self, cutoff: f64) -> Option<Step> {
        let objective = self.tableau.objective();
        let floor = 1e-9 * objective.abs().max(1e-9);
        let mut best: Option<(f64, usize, f64, f64)> = None;
        for &variable in &self.whole {
            let value = self.tableau.value(variable);
            if !(WHOLE..=1.0 - WHOLE).contains(&value) {
                continue;
            }
            let down = self.tableau.penalty(variable, true, value);
            let up = self.tableau.penalty(variable, false, 1.0 - value);
            let score = down.max(floor).min(1e150) * up.max(floor).min(1e150);
            if best.is_none_or(|(other, ..)| score > other) {
                best = Some((score, variable, down, up));
            }
        }
        let (_, variable, down, up) = best?;
        let open = |value: f64, loss: f64| (objective - loss > cutoff).then_some(value);
        let (low, high) = (open(0.0, down), open(1.0, up));
        let step = if down <= up {
            Step::Branch { variable, first: low, other: high, other_bound: objective - up }
        } else {
            Step::Branch { variable, first: high, other: low, other_bound: objective - down }
        };
        Some(if low.is_none() && high.is_none() { Step::Prune } else { step })
    }

    /// At a whole solution: keeps one decision of it on one side and reverses it on the other. After a valid solution
    /// only whether projects are chosen is reversed; after an invalid one every whole variable is.
    fn branch_on_undecided(&self, is_valid: bool) -> Step {
        let variables = if is_valid { &self.indicators } else { &self.whole };
        match variables.iter().copied().find(|&variable| !self.tableau.is_fixed(variable)) {
            None => Step::Prune,
            Some(variable) => {
                let value = self.tableau.value(variable).round();
                let loss = match self.tableau.reduced_cost(variable) {
                    0.0 => self.tableau.penalty(variable, value > 0.5, 1.0),
                    cost => cost,
                };
                let other_bound = self.tableau.objective() - loss;
                Step::Branch { variable, first: Some(value), other: Some(1.0 - value), other_bound }
            }
        }
    }

    fn fix(&mut self, variable: usize, value: f64) {
        let (lower, upper) = self.tableau.bounds(variable);
        self.trail.push((variable, lower, upper));
        self.tableau.set_bounds(variable, value, value);
    }

    /// Takes back all changes of bounds but the first `kept`.
    fn take_back(&mut self, kept: usize) {
        for (variable, lower, upper) in self.trail.drain(kept..).rev() {
            self.tableau.set_bounds(variable, lower, upper);
        }
    }

    /// Goes back to the last branching whose other side may still hold something; `false` if there is none.
    fn backtrack(&mut self, cutoff: f64) -> bool {
        while let Some(frame) = self.frames.pop() {
            self.take_back(frame.trail);
            if let Some(value) = frame.other.filter(|_| frame.other_bound > cutoff) {
                // The branching stays on the stack without its other side, so that its bounds are taken back in turn.
                self.frames.push(Frame { other: None, ..frame });
                self.fix(frame.variable, value);
                return true;
            }
        }
        false
    }
}
