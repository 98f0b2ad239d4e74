//! The whole tree, in rounds: of the subtrees that are open, those with the best bounds are searched side by side for a
//! while, and what they leave open waits for a later round.
//!
//! What is found in a round counts from the next round on, in the order of the subtrees, so that the result does not
//! depend on how many threads there are. Whenever the search ends early, the best bound that is open is proven.

use std::sync::Arc;

use rayon::prelude::*;

use super::incumbents::{Collector, CutoffTracker, Evaluator};
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::SearchLimits;
use crate::optimise::model::pool::{Candidate, Pool};
use crate::optimise::model::reduced::ReducedProgram;
use crate::progress::CancelToken;

use super::dive::{DiveEnd, OpenNode, Tree};
use super::pseudocosts::Pseudocosts;
use super::tableau::DualEnd;

/// Subtrees that are searched side by side.
const PARALLEL_DIVES: usize = 8;
/// Nodes that a plunge may look at; more once many subtrees are open, so that these do not pile up.
const NODES_PER_DIVE: u64 = 100;
const QUEUE_LENGTH_PER_LONGER_DIVE: usize = 16_384;
/// The tableau is made anew once no more than this share of its whole variables is still open.
const REBUILD_SHARE: f64 = 0.9;

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeEnd {
    /// Every solution above the cutoff was offered.
    Complete,
    /// A limit was met: [`NodeQueue::bound`] says what is proven.
    Limit,
    /// It was asked to stop.
    Cancelled,
}

/// A search that can be interrupted and taken up again.
#[derive(Debug)]
pub struct NodeQueue<'a> {
    problem: &'a Problem<'a>,
    /// The whole problem, relaxed.
    root: Tree,
    /// What is left of it.
    tree: Tree,
    /// Whole variables that were not fixed when the tree was made.
    undecided: usize,
    open: Vec<OpenNode>,
    /// The best bound among subtrees in which the arithmetic got stuck.
    stuck: f64,
    /// The best bound among the parts that were left out because of their bounds.
    cut: f64,
    nodes: u64,
    ticks: u64,
}

/// What became of one subtree.
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
            undecided: root.whole_count(),
            root,
            open: vec![all],
            stuck: f64::NEG_INFINITY,
            cut: f64::NEG_INFINITY,
            nodes: 0,
            ticks: 0,
        }
    }

    /// The same search, which knows what branching cost in another.
    #[must_use]
    pub fn with_pseudocosts(mut self, pseudocosts: &Pseudocosts) -> Self {
        self.tree.pseudocosts.clone_from(pseudocosts);
        self
    }

    /// No solution that is not known and above the cutoff has a larger objective; −∞ if there is none.
    pub fn bound(&self) -> f64 {
        self.open.iter().map(|node| node.bound).fold(self.stuck, f64::max)
    }

    /// No solution that a cutoff has left out so far has a larger objective; −∞ if nothing was left out.
    pub fn cut(&self) -> f64 {
        self.cut
    }

    /// Nodes so far.
    pub fn nodes(&self) -> u64 {
        self.nodes
    }

    /// Numbers changed in pivots so far, roughly.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }

    /// Whether all that is open is where the arithmetic got stuck.
    pub fn is_stuck(&self) -> bool {
        self.open.is_empty()
    }

    /// What branching has cost so far; by variables of the whole problem.
    pub fn pseudocosts(&self) -> &Pseudocosts {
        &self.tree.pseudocosts
    }

    /// Goes on until all is searched, or what is allowed in all is spent.
    pub fn run<J: Evaluator>(
        &mut self,
        evaluator: &J,
        pool: &mut Pool<J::Solution>,
        tracker: &mut CutoffTracker,
        limits: &SearchLimits,
        cancel: &CancelToken,
    ) -> TreeEnd {
        loop {
            let cutoff = tracker.cutoff();
            let cut = self.open.iter().map(|node| node.bound).filter(|bound| *bound <= cutoff);
            self.cut = cut.fold(self.cut, f64::max);
            self.open.retain(|node| node.bound > cutoff);
            self.restrict(cutoff);
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

    /// Searches the most promising subtrees for a while.
    fn round<J: Evaluator>(
        &mut self,
        evaluator: &J,
        tracker: &CutoffTracker,
        nodes_left: u64,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Vec<DiveResult<J::Solution>> {
        self.open.sort_by(|one, other| other.bound.total_cmp(&one.bound));
        let crowd = 1 + (self.open.len() / QUEUE_LENGTH_PER_LONGER_DIVE) as u64;
        let abreast: Vec<OpenNode> = self.open.drain(..self.open.len().min(PARALLEL_DIVES)).collect();
        let nodes = (NODES_PER_DIVE * crowd).min(nodes_left.div_ceil(abreast.len() as u64));
        let (root, problem) = (&self.tree, self.problem);
        let dive = |tree: &mut Tree, node: OpenNode| {
            tree.reset(root);
            let before = tree.effort();
            let mut collector = Collector::new(evaluator, tracker.clone());
            let mut open = Vec::new();
            let end = tree.dive(problem, &node, nodes, &mut collector, stop, &mut open);
            let after = tree.effort();
            DiveResult {
                end,
                bound: node.bound,
                open,
                found: collector.found,
                pseudocosts: tree.pseudocosts.clone(),
                cut: tree.cut(),
                nodes: after.0 - before.0,
                ticks: after.1 - before.1,
            }
        };
        abreast.into_par_iter().with_max_len(1).map_init(|| root.clone(), dive).collect()
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

    /// Leaves out what cannot be part of any solution above the cutoff, once that is worth the while.
    fn restrict(&mut self, cutoff: f64) {
        if cutoff == f64::NEG_INFINITY || self.open.is_empty() {
            return;
        }
        let fixings = self.root.reduced_cost_fixings(cutoff);
        let open = self.root.whole_count() - fixings.len();
        if open as f64 > REBUILD_SHARE * self.undecided as f64 {
            return;
        }
        self.undecided = open;
        self.cut = self.cut.max(self.root.bound_beside_fixings(cutoff));
        let Some(reduced_program) = ReducedProgram::new(self.problem.program, &fixings) else {
            return self.open.clear();
        };
        let mut tree = Tree::new(self.problem, Arc::new(reduced_program));
        match tree.relax() {
            DualEnd::Infeasible => self.open.clear(),
            DualEnd::Optimal => {
                tree.pseudocosts = std::mem::take(&mut self.tree.pseudocosts);
                self.tree = tree;
            }
            DualEnd::Cutoff | DualEnd::Stalled | DualEnd::Spent => {}
        }
    }
}
