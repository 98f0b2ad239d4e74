//! The root of a tree, and the smaller one that reduced-cost fixing leaves as the cutoff rises.

use std::sync::Arc;

use crate::optimise::model::decisions::Problem;
use crate::optimise::model::reduced::ReducedProgram;

use super::dive::Tree;
use super::tableau::DualEnd;

/// The relaxed tree of a whole problem.
#[derive(Clone, Debug)]
pub struct Root {
    /// The tree of the whole problem, relaxed.
    pub tree: Tree,
    /// Whole variables that were free when a tree was last made.
    undecided: usize,
}

/// What rebuilding a tree gave.
#[derive(Debug)]
pub enum Rebuilt {
    /// Too few variables are fixed to pay for it, or the arithmetic failed.
    Kept,
    /// No solution above the cutoff exists.
    Infeasible,
    /// A relaxed tree of what is left, without pseudocosts.
    Smaller(Box<Tree>),
}

impl Root {
    /// A root whose relaxation is solved.
    pub fn new(tree: Tree) -> Self {
        Self { undecided: tree.whole_count(), tree }
    }

    /// Rebuilds the tree by reduced-cost fixing above `cutoff`, if no more than this share of the whole variables that
    /// were free before is still free.
    pub fn rebuild(&mut self, problem: &Problem, cutoff: f64, share: f64) -> Rebuilt {
        if cutoff == f64::NEG_INFINITY {
            return Rebuilt::Kept;
        }
        let fixings = self.tree.reduced_cost_fixings(cutoff);
        let left = self.tree.whole_count() - fixings.len();
        if left as f64 > share * self.undecided as f64 {
            return Rebuilt::Kept;
        }
        self.undecided = left;
        let Some(reduced) = ReducedProgram::new(problem.program, &fixings) else {
            return Rebuilt::Infeasible;
        };
        let mut tree = Tree::new(problem, Arc::new(reduced));
        match tree.relax() {
            DualEnd::Infeasible => Rebuilt::Infeasible,
            DualEnd::Optimal => Rebuilt::Smaller(Box::new(tree)),
            DualEnd::Cutoff | DualEnd::Stalled | DualEnd::Spent => Rebuilt::Kept,
        }
    }
}
