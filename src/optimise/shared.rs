//! One problem solved again and again, each time with a decision reversed: every search begins from one solved
//! relaxation and knows what branching cost in the search before all of them.

use std::sync::Arc;

use crate::progress::CancelToken;

use super::incumbents::{Front, Judge};
use super::neighbourhood::Neighbourhoods;
use super::outcome::OptimiseError;
use super::pool::{Candidate, Pool};
use super::problem::Problem;
use super::restriction::{Fixing, Restriction};
use super::tree::{Allowance, DualEnd, Rounds, Tree, TreeEnd};

/// Nodes from which to learn what branching costs.
const LESSONS: u64 = 200;

/// What a search may take: a gap to try for, and so many nodes.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The relative gap.
    pub gap: f64,
    /// Nodes in all, those of earlier attempts included.
    pub nodes: u32,
}

/// What is known of the best solution with decisions held.
#[derive(Clone, Debug)]
pub enum Held<S> {
    /// The best one known, and what none exceeds.
    Best(Candidate<S>, f64),
    /// There is none.
    Impossible,
    /// None is known yet.
    Unknown,
}

/// A problem whose relaxation is solved.
#[derive(Debug)]
pub struct SharedRoot<'a> {
    problem: &'a Problem<'a>,
    root: Tree,
}

impl<'a> SharedRoot<'a> {
    /// Solves the relaxation. `None` if it has no solution or the arithmetic fails.
    pub fn new(problem: &'a Problem<'a>) -> Option<Self> {
        let mut root = Tree::new(problem, Arc::new(Restriction::new(problem.program, &[])?));
        (root.relax() == DualEnd::Optimal).then_some(Self { problem, root })
    }

    /// The same, after a search for the best solution has shown what branching costs. The pool takes what
    /// it finds.
    #[must_use]
    pub fn taught<J: Judge>(mut self, judge: &J, pool: &mut Pool<J::Solution>, cancel: &CancelToken) -> Self {
        let mut front = Front::new(1, 1, 0.0);
        front.take(pool);
        let mut rounds = Rounds::new(self.problem, self.root.clone());
        let allowance = Allowance { work: u64::MAX, nodes: LESSONS, deadline: None };
        rounds.run(judge, pool, &mut front, &allowance, cancel);
        self.root.losses = rounds.into_losses();
        self
    }

    /// Looks for the best solution with these variables held, beginning with those of the pool, to which it adds what it
    /// finds; attempt by attempt, until one reaches its gap.
    ///
    /// # Errors
    /// If it is asked to stop.
    pub fn best_with<J: Judge>(
        &self,
        held: &[Fixing],
        judge: &J,
        pool: &mut Pool<J::Solution>,
        attempts: &[Attempt],
        cancel: &CancelToken,
    ) -> Result<Held<J::Solution>, OptimiseError> {
        let mut root = self.root.clone();
        let relaxed = if root.hold(self.problem, held) { root.relax() } else { DualEnd::Infeasible };
        let mut bound = root.tableau().objective();
        match relaxed {
            DualEnd::Infeasible => return Ok(Held::Impossible),
            DualEnd::Optimal => {}
            DualEnd::Cutoff | DualEnd::Stalled | DualEnd::Spent => return Ok(Held::Unknown),
        }
        if let Some(first) = attempts.first() {
            self.look_around(&root, held, first.gap, judge, pool);
        }
        let mut rounds = Rounds::new(self.problem, root);
        // What the attempts have left out so far lies below this.
        let mut ceiling = f64::NEG_INFINITY;
        for attempt in attempts {
            let mut front = Front::new(1, 1, attempt.gap);
            front.take(pool);
            let allowance = Allowance { work: u64::MAX, nodes: attempt.nodes.into(), deadline: None };
            let end = rounds.run(judge, pool, &mut front, &allowance, cancel);
            if end == TreeEnd::Cancelled {
                return Err(OptimiseError::Cancelled);
            }
            ceiling = ceiling.max(front.ceiling());
            bound = bound.min(rounds.bound().max(ceiling));
            if end == TreeEnd::Complete {
                break;
            }
        }
        Ok(match pool.candidates().first() {
            Some(best) => Held::Best(Candidate::clone(best), bound.max(best.objective)),
            None if bound == f64::NEG_INFINITY => Held::Impossible,
            None => Held::Unknown,
        })
    }
    /// Searches neighbourhoods of known solutions, unless these are proven to the gap already: a good solution saves more
    /// nodes than it costs.
    fn look_around<J: Judge>(
        &self,
        root: &Tree,
        held: &[Fixing],
        gap: f64,
        judge: &J,
        pool: &mut Pool<J::Solution>,
    ) {
        let mut front = Front::new(1, 1, gap);
        front.take(pool);
        if front.ceiling() < root.tableau().objective() {
            Neighbourhoods::new(self.problem, root).holding(held).explore(
                judge,
                pool,
                &mut front,
                &root.losses,
            );
        }
    }
}
