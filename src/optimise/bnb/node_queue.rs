//! The node queue: in rounds, the open subtrees with the best bounds are dealt out to a fixed number of lanes, which are
//! searched side by side. A lane dives into its subtrees one after the other until its ticks are used up, so that lanes
//! end at about the same time however small some subtrees are. What a lane leaves open returns to the queue.
//!
//! Solutions of a round count in other lanes from the next round on, in the order of the lanes, so that the result does
//! not depend on the number of threads. Whenever the search ends early, the best open bound is proven.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::incumbents::{Collector, CutoffTracker, Evaluator, Incumbents};
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::{DiveLimits, SearchLimits};
use crate::optimise::model::pool::{Candidate, Pool};
use crate::progress::CancelToken;

use super::dive::{DiveEnd, Tree};
use super::open_nodes::{OpenNode, OpenNodes};
use super::pseudocosts::Pseudocosts;
use super::root::{Rebuilt, Root};

/// Lanes per round, side by side.
const LANES: usize = 8;
/// Nodes per lane and round, and as many times the ticks of a mean node; scaled up with the length of the queue to bound
/// memory.
const NODES_PER_LANE: u64 = 100;
/// A mean node counts as at least one pivot in so many nodes: to enter a subtree takes some pivots.
const NODES_PER_PIVOT: u64 = 4;
const QUEUE_LENGTH_PER_LONGER_LANE: usize = 16_384;
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
    open: OpenNodes,
    /// Best bound among subtrees in which the simplex method stalled.
    stuck: f64,
    /// Best bound among the pruned subtrees.
    cut: f64,
    nodes: u64,
    ticks: u64,
}

/// What one lane found in a round, and what it leaves open.
struct LaneResult<S> {
    open: Vec<OpenNode>,
    /// Best bound among subtrees in which the simplex method stalled.
    stuck: f64,
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
            open: OpenNodes::new(all),
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
        self.stuck.max(self.open.bound())
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
            self.cut = self.cut.max(self.open.prune(cutoff));
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
            let lanes = self.round(evaluator, tracker, left, &|| cancel.is_cancelled() || limits.is_late());
            self.take_in(lanes, pool);
            tracker.take(pool);
        }
    }

    /// Searches the subtrees with the best bounds, in lanes side by side.
    fn round<E: Evaluator>(
        &mut self,
        evaluator: &E,
        tracker: &CutoffTracker,
        nodes_left: u64,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Vec<LaneResult<E::Solution>> {
        let lane_count = self.open.len().min(LANES);
        let limits = self.lane_limits(nodes_left.div_ceil(lane_count as u64));
        let lanes = self.deal(lane_count, limits.nodes);
        let (root, problem) = (&self.tree, self.problem);
        // Poisoning is harmless: a tree starts afresh in each use.
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let search = |subtrees: Vec<OpenNode>| {
            let unused = idle().pop();
            let mut tree = unused.unwrap_or_else(|| root.clone());
            let collector = Collector::new(evaluator, tracker.clone());
            let result = search_lane(&mut tree, root, problem, subtrees, limits, collector, stop);
            idle().push(tree);
            result
        };
        lanes.into_par_iter().with_max_len(1).map(search).collect()
    }

    /// What a lane may spend in a round: at most so many nodes, and never nothing. Each round leads on, also where nodes
    /// take hardly any ticks, as those that are infeasible at once.
    fn lane_limits(&self, nodes_left: u64) -> DiveLimits {
        let crowd = 1 + (self.open.len() / QUEUE_LENGTH_PER_LONGER_LANE) as u64;
        let nodes = NODES_PER_LANE * crowd;
        let least = (self.tree.cells() as u64 / NODES_PER_PIVOT).max(1);
        let mean = self.ticks.checked_div(self.nodes).map_or(u64::MAX, |mean| mean.max(least));
        DiveLimits { nodes: nodes.min(nodes_left), ticks: nodes.saturating_mul(mean) }
    }

    /// Deals out the open subtrees with the best bounds, by turns: as many to each lane as it may take nodes.
    fn deal(&mut self, lane_count: usize, nodes: u64) -> Vec<Vec<OpenNode>> {
        let most = lane_count.saturating_mul(usize::try_from(nodes).unwrap_or(usize::MAX));
        let mut lanes = vec![Vec::new(); lane_count];
        for (at, subtree) in (0..most).map_while(|at| Some((at, self.open.pop()?))) {
            lanes[at % lane_count].push(subtree);
        }
        lanes
    }

    fn take_in<S>(&mut self, lanes: Vec<LaneResult<S>>, pool: &mut Pool<S>) {
        let before = self.tree.pseudocosts.clone();
        for one in lanes {
            self.nodes += one.nodes;
            self.ticks += one.ticks;
            self.cut = self.cut.max(one.cut);
            self.tree.pseudocosts.learn(&before, &one.pseudocosts);
            self.open.extend(one.open);
            one.found.into_iter().for_each(|candidate| pool.add(candidate));
            self.stuck = self.stuck.max(one.stuck);
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

/// Searches the subtrees of one lane, one after the other, until a limit is reached or the stop signal comes.
fn search_lane<E: Evaluator>(
    tree: &mut Tree,
    root: &Tree,
    problem: &Problem,
    subtrees: Vec<OpenNode>,
    limits: DiveLimits,
    mut collector: Collector<E>,
    stop: &dyn Fn() -> bool,
) -> LaneResult<E::Solution> {
    tree.start_afresh(&root.pseudocosts);
    let before = tree.effort();
    let spent = |tree: &Tree| (tree.effort().0 - before.0, tree.effort().1 - before.1);
    let (mut open, mut stuck, mut cut) = (Vec::new(), f64::NEG_INFINITY, f64::NEG_INFINITY);
    let mut subtrees = subtrees.into_iter();
    for subtree in subtrees.by_ref() {
        if subtree.bound <= collector.cutoff() {
            cut = cut.max(subtree.bound);
            continue;
        }
        let (nodes, ticks) = spent(tree);
        let left = DiveLimits { nodes: limits.nodes - nodes, ticks: limits.ticks.saturating_sub(ticks) };
        tree.return_to(root);
        match tree.dive(problem, &subtree, left, &mut collector, stop, &mut open) {
            DiveEnd::Complete => {}
            DiveEnd::Stuck => stuck = stuck.max(subtree.bound),
            DiveEnd::Open => break,
        }
    }
    open.extend(subtrees);
    let (nodes, ticks) = spent(tree);
    LaneResult {
        open,
        stuck,
        found: collector.found,
        pseudocosts: tree.pseudocosts.clone(),
        cut: cut.max(tree.cut()),
        nodes,
        ticks,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::node_counts::{CASES, Case, program};
    use super::*;
    use crate::optimise::model::program::{ByRow, Column, Program};
    use crate::optimise::model::reduced::ReducedProgram;
    use crate::optimise::model::split_mix::SplitMix64;
    use crate::optimise::verify::evaluator::ProgramEvaluator;

    /// Searches a problem round by round; ticks of all lanes, and of the busiest lane of each round, which is what any
    /// number of cores takes.
    fn ticks(problem: &Problem, root: Tree, tracker: &mut CutoffTracker) -> [u64; 2] {
        let (evaluator, mut pool) = (ProgramEvaluator { problem }, Pool::default());
        let mut queue = NodeQueue::new(problem, root);
        let mut ticks = [0; 2];
        loop {
            queue.open.prune(tracker.cutoff());
            if queue.open.is_empty() {
                return ticks;
            }
            let limits = queue.lane_limits(u64::MAX);
            let lanes = queue.round(&evaluator, tracker, u64::MAX, &|| false);
            for lane in &lanes {
                let is_spent = lane.nodes >= limits.nodes || lane.ticks >= limits.ticks;
                assert!(lane.open.is_empty() || is_spent, "a lane goes on while it may");
            }
            ticks[0] += lanes.iter().map(|lane| lane.ticks).sum::<u64>();
            ticks[1] += lanes.iter().map(|lane| lane.ticks).max().unwrap_or(0);
            queue.take_in(lanes, &mut pool);
            tracker.take(&pool);
        }
    }

    fn root(problem: &Problem) -> Tree {
        let mut root = Tree::new(problem, Arc::new(ReducedProgram::new(problem.program, &[]).unwrap()));
        root.relax();
        root
    }

    #[test]
    fn subtrees_that_take_no_ticks_come_to_an_end() {
        let column = |objective: f64| Column { lower: 0.0, upper: 1.0, is_integer: true, objective };
        let program =
            Program { columns: (1..=9_u32).map(f64::from).map(column).collect(), rows: ByRow::default() };
        let problem = Problem::of_program(&program);
        assert_eq!(ticks(&problem, root(&problem), &mut CutoffTracker::new(600, 1, 0.0))[0], 0);
    }

    #[test]
    fn lanes_end_together() {
        let mut random = SplitMix64::default();
        let case = Case { columns: 45, budgets: 8, ..CASES[0] };
        let program = program(&case, &mut random);
        let problem = Problem::of_program(&program);
        let [all, busiest] = ticks(&problem, root(&problem), &mut CutoffTracker::new(1, 1, 0.0));
        assert!(all > 6 * busiest, "eight cores are to be six times as fast as one: {all}, {busiest} ticks");
    }
}
