//! The node queue: the open subtrees with the best bounds are dived into side by side, and the subtrees that a dive
//! leaves open return to the queue.
//!
//! Solutions of a round count from the next round on, in the order of the subtrees, so that the result does not depend
//! on the number of threads. Whenever the search ends early, the best open bound is proven.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::incumbents::{Collector, CutoffTracker, Evaluator};
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::SearchLimits;
use crate::optimise::model::pool::{Candidate, Pool};
use crate::progress::CancelToken;

use super::dive::{DiveEnd, OpenNode, Tree};
use super::pseudocosts::Pseudocosts;
use super::root::{Rebuilt, Root};

/// Dives per round, side by side.
const PARALLEL_DIVES: usize = 8;
/// Node limit per dive; scaled up with the length of the queue to bound memory.
const NODES_PER_DIVE: u64 = 100;
const QUEUE_LENGTH_PER_LONGER_DIVE: usize = 16_384;
/// Share of integer variables still free at or below which the tableau is rebuilt.
const REBUILD_SHARE: f64 = 0.9;

/// End of a tree search, whatever it collects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeEnd {
    /// Every solution above the cutoff was offered.
    Complete,
    /// A limit was reached, or the simplex method stalled: the best open bound is proven.
    Limit,
    /// Cancelled on request.
    Cancelled,
}

/// A tree search that can be interrupted and resumed.
#[derive(Debug)]
pub struct NodeQueue<'a> {
    problem: &'a Problem<'a>,
    root: Root,
    /// Tree over the reduced program.
    tree: Tree,
    /// Copies of it that no dive uses.
    idle: Mutex<Vec<Tree>>,
    open: Vec<OpenNode>,
    /// Best bound among subtrees in which the simplex method stalled.
    stuck: f64,
    /// Best bound among the pruned subtrees.
    cut: f64,
    nodes: u64,
    ticks: u64,
}

/// Result of one dive.
struct DiveResult<S> {
    end: DiveEnd,
    bound: f64,
    open: Vec<OpenNode>,
    found: Vec<Candidate<S>>,
    pseudocosts: Pseudocosts,
    cut: f64,
    nodes: u64,
    ticks: u64,
}

impl<'a> NodeQueue<'a> {
    /// A search of the whole problem, whose relaxation `root` has solved.
    pub fn new(problem: &'a Problem<'a>, root: Tree) -> Self {
        let all = OpenNode { fixings: Vec::new(), bound: root.tableau().objective() };
        Self {
            problem,
            tree: root.clone(),
            idle: Mutex::default(),
            root: Root::new(root),
            open: vec![all],
            stuck: f64::NEG_INFINITY,
            cut: f64::NEG_INFINITY,
            nodes: 0,
            ticks: 0,
        }
    }

    /// The same search, with the pseudocosts of another search as a warm start.
    #[must_use]
    pub fn with_pseudocosts(mut self, pseudocosts: &Pseudocosts) -> Self {
        self.tree.pseudocosts.clone_from(pseudocosts);
        self
    }

    /// Upper bound on the objective of all unknown solutions above the cutoff; −∞ if the search is complete.
    pub fn bound(&self) -> f64 {
        self.open.iter().map(|node| node.bound).fold(self.stuck, f64::max)
    }

    /// Upper bound on the objective of all solutions pruned by cutoffs; −∞ if none were.
    pub fn cut(&self) -> f64 {
        self.cut
    }

    /// Nodes so far.
    pub fn nodes(&self) -> u64 {
        self.nodes
    }

    /// Ticks so far.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }

    /// True if all that remains open are stuck subtrees.
    pub fn is_stuck(&self) -> bool {
        self.open.is_empty()
    }

    /// Pseudocosts, by variables of the whole problem.
    pub fn pseudocosts(&self) -> &Pseudocosts {
        &self.tree.pseudocosts
    }

    /// Searches until the queue is empty or a limit on the total is reached.
    pub fn run<E: Evaluator>(
        &mut self,
        evaluator: &E,
        pool: &mut Pool<E::Solution>,
        tracker: &mut CutoffTracker,
        limits: &SearchLimits,
        cancel: &CancelToken,
    ) -> TreeEnd {
        loop {
            let cutoff = tracker.cutoff();
            let cut = self.open.iter().map(|node| node.bound).filter(|bound| *bound <= cutoff);
            self.cut = cut.fold(self.cut, f64::max);
            self.open.retain(|node| node.bound > cutoff);
            self.rebuild(cutoff);
            if self.open.is_empty() {
                return if self.stuck > cutoff { TreeEnd::Limit } else { TreeEnd::Complete };
            }
            if cancel.is_cancelled() {
                return TreeEnd::Cancelled;
            }
            if limits.are_met(self.ticks, self.nodes) {
                return TreeEnd::Limit;
            }
            let left = limits.nodes - self.nodes;
            let dives = self.round(evaluator, tracker, left, &|| cancel.is_cancelled() || limits.is_late());
            self.take_in(dives, pool);
            tracker.take(pool);
        }
    }

    /// Dives into the subtrees with the best bounds, side by side.
    fn round<E: Evaluator>(
        &mut self,
        evaluator: &E,
        tracker: &CutoffTracker,
        nodes_left: u64,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Vec<DiveResult<E::Solution>> {
        self.open.sort_by(|one, other| other.bound.total_cmp(&one.bound));
        let crowd = 1 + (self.open.len() / QUEUE_LENGTH_PER_LONGER_DIVE) as u64;
        let abreast: Vec<OpenNode> = self.open.drain(..self.open.len().min(PARALLEL_DIVES)).collect();
        let nodes = (NODES_PER_DIVE * crowd).min(nodes_left.div_ceil(abreast.len() as u64));
        let (root, problem) = (&self.tree, self.problem);
        // Poisoning is harmless: a tree is reset before each use.
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let dive = |node: OpenNode| {
            let unused = idle().pop();
            let mut tree = unused.unwrap_or_else(|| root.clone());
            tree.reset(root);
            let before = tree.effort();
            let mut collector = Collector::new(evaluator, tracker.clone());
            let mut open = Vec::new();
            let end = tree.dive(problem, &node, nodes, &mut collector, stop, &mut open);
            let after = tree.effort();
            let result = DiveResult {
                end,
                bound: node.bound,
                open,
                found: collector.found,
                pseudocosts: tree.pseudocosts.clone(),
                cut: tree.cut(),
                nodes: after.0 - before.0,
                ticks: after.1 - before.1,
            };
            idle().push(tree);
            result
        };
        abreast.into_par_iter().with_max_len(1).map(dive).collect()
    }

    fn take_in<S>(&mut self, dives: Vec<DiveResult<S>>, pool: &mut Pool<S>) {
        let before = self.tree.pseudocosts.clone();
        for one in dives {
            self.nodes += one.nodes;
            self.ticks += one.ticks;
            self.cut = self.cut.max(one.cut);
            self.tree.pseudocosts.learn(&before, &one.pseudocosts);
            self.open.extend(one.open);
            one.found.into_iter().for_each(|candidate| pool.add(candidate));
            if one.end == DiveEnd::Stuck {
                self.stuck = self.stuck.max(one.bound);
            }
        }
    }

    /// Goes on in a smaller tree once the cutoff fixes enough variables.
    fn rebuild(&mut self, cutoff: f64) {
        if self.open.is_empty() {
            return;
        }
        match self.root.rebuild(self.problem, cutoff, REBUILD_SHARE) {
            Rebuilt::Kept => return,
            Rebuilt::Infeasible => self.open.clear(),
            Rebuilt::Smaller(mut tree) => {
                tree.pseudocosts = std::mem::take(&mut self.tree.pseudocosts);
                self.tree = *tree;
                self.idle = Mutex::default();
            }
        }
        self.cut = self.cut.max(self.root.tree.bound_of_fixings(cutoff));
    }
}
