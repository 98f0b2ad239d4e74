//! One tree for many points: every solution whose weighted sum lies above the lowest corner below the staircase of
//! known points is listed; each new point raises that corner. (For two measures a stretch of the frontier between two
//! of its points is a triangle in which all others lie: the second phase of Ulungu and Teghem 1995, by branch and
//! bound as in Visée et al. 1998.)

use std::sync::Arc;

use crate::optimise::bnb::incumbents::Incumbents;
use crate::optimise::bnb::{DiveEnd, DualEnd, OpenNode, Tree};
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::program::Program;
use crate::optimise::model::reduced::ReducedProgram;
use crate::optimise::result::OptimiseError;
use crate::progress::CancelToken;

use super::evaluator::Measured;
use super::pareto::{ParetoPoint, Staircase, Steps};

/// Nodes between two looks at what the search has learnt.
const NODES_PER_DIVE: u64 = 250;
/// The tableau is made anew once no more than this share of its whole variables is still open.
const REBUILD_SHARE: f64 = 0.8;
/// Solutions that were no news, beside so many of them for each that was: a tree that meets more lists much in vain.
const MIN_DUPLICATES_TO_STOP: u64 = 100;
const DUPLICATES_PER_NEW_POINT: u64 = 20;

/// Collects the staircase of a region.
pub struct StaircaseCollector<'a, M: Measured> {
    /// Tells where solutions lie.
    pub measured: &'a M,
    /// What is known.
    pub stairs: Staircase<M::Solution>,
    /// How many solutions were added, and how many were no news.
    pub count: (u64, u64),
}

impl<M: Measured> StaircaseCollector<'_, M> {
    /// Whether most of what it met was known: many selections share a point.
    pub fn meets_the_same(&self) -> bool {
        let (news, rest) = self.count;
        rest > MIN_DUPLICATES_TO_STOP + DUPLICATES_PER_NEW_POINT * news
    }
}

impl<M: Measured> Incumbents for StaircaseCollector<'_, M> {
    fn offer(&mut self, values: &[f64]) -> bool {
        let spot = self.measured.measure(values);
        let is_valid = spot.is_some();
        if let Some(spot) = spot {
            let is_new = self.stairs.add(spot);
            self.count.0 += u64::from(is_new);
            self.count.1 += u64::from(!is_new);
        }
        is_valid
    }

    fn cutoff(&self) -> f64 {
        self.stairs.cutoff()
    }
}

/// Looks for the highest second measure alone.
pub struct Highest<'a, M: Measured> {
    /// Tells where solutions lie.
    pub measured: &'a M,
    /// The least first measure.
    pub from: f64,
    /// The second measure of what is known beyond.
    pub low: f64,
    /// What counts as a difference.
    pub steps: Steps,
    /// The highest so far.
    pub best: Option<ParetoPoint<M::Solution>>,
}

impl<M: Measured> Highest<'_, M> {
    /// Takes a solution if it is higher than any before.
    pub fn add(&mut self, spot: &ParetoPoint<M::Solution>) {
        let is_in = spot.at.x >= self.from - 0.5 * self.steps.x && spot.at.y > self.low + 0.5 * self.steps.y;
        if is_in && self.best.as_ref().is_none_or(|best| spot.at.y > best.at.y) {
            self.best = Some(spot.clone());
        }
    }

    /// Nothing that is not known is higher than this once the search is complete.
    pub fn bound(&self) -> f64 {
        self.steps.bound(self.height())
    }

    fn height(&self) -> f64 {
        self.best.as_ref().map_or(self.low, |best| best.at.y)
    }
}

impl<M: Measured> Incumbents for Highest<'_, M> {
    fn offer(&mut self, values: &[f64]) -> bool {
        let spot = self.measured.measure(values);
        spot.iter().for_each(|spot| self.add(spot));
        spot.is_some()
    }

    fn cutoff(&self) -> f64 {
        self.steps.floor(self.height()) + 0.9 * self.steps.y
    }
}

/// Offers every solution above the cutoff; `false` if that takes more nodes than allowed, or the arithmetic gets stuck.
pub fn climb(
    program: &Program,
    incumbents: &mut dyn Incumbents,
    nodes: u64,
    cancel: &CancelToken,
) -> Result<bool, OptimiseError> {
    // Every binary decides something here: solutions that differ in a start alone are different points.
    let problem = Problem::of_program(program);
    let Some(everything) = ReducedProgram::new(program, &[]) else { return Ok(true) };
    let mut root = Tree::new(&problem, Arc::new(everything));
    match root.relax() {
        DualEnd::Infeasible => return Ok(true),
        DualEnd::Optimal => {}
        DualEnd::Cutoff | DualEnd::Stalled | DualEnd::Spent => return Ok(false),
    }
    let open = vec![OpenNode { fixings: Vec::new(), bound: root.tableau().objective() }];
    let undecided = root.whole_count();
    SegmentTree { problem: &problem, tree: root.clone(), base: root.clone(), root, undecided, open }
        .run(incumbents, nodes, cancel)
}

/// A tree that is searched a chunk at a time.
struct SegmentTree<'a> {
    problem: &'a Problem<'a>,
    /// The whole problem, relaxed.
    root: Tree,
    /// What is left of it, relaxed.
    base: Tree,
    /// The tree at work.
    tree: Tree,
    undecided: usize,
    open: Vec<OpenNode>,
}

impl SegmentTree<'_> {
    fn run(
        &mut self,
        incumbents: &mut dyn Incumbents,
        nodes: u64,
        cancel: &CancelToken,
    ) -> Result<bool, OptimiseError> {
        let mut spent = 0;
        loop {
            let cutoff = incumbents.cutoff();
            self.open.retain(|node| node.bound > cutoff);
            let is_possible = self.restrict(cutoff);
            if cancel.is_cancelled() {
                return Err(OptimiseError::Cancelled);
            }
            if !is_possible || self.open.is_empty() {
                return Ok(true);
            }
            if spent >= nodes {
                return Ok(false);
            }
            spent += NODES_PER_DIVE;
            let Some(node) = self.open.pop() else { return Ok(true) };
            self.tree.reset(&self.base);
            let stop = || cancel.is_cancelled();
            match self.tree.dive(self.problem, &node, NODES_PER_DIVE, incumbents, &stop, &mut self.open) {
                DiveEnd::Stuck => return Ok(false),
                DiveEnd::Complete | DiveEnd::Open => {}
            }
            self.base.pseudocosts.clone_from(&self.tree.pseudocosts);
        }
    }

    /// Leaves out what cannot be part of any solution above the cutoff, once that is worth the while; `false` if
    /// nothing can.
    fn restrict(&mut self, cutoff: f64) -> bool {
        if cutoff == f64::NEG_INFINITY || self.open.is_empty() {
            return true;
        }
        let fixings = self.root.reduced_cost_fixings(cutoff);
        let left = self.root.whole_count() - fixings.len();
        if left as f64 > REBUILD_SHARE * self.undecided as f64 {
            return true;
        }
        self.undecided = left;
        let Some(reduced_program) = ReducedProgram::new(self.problem.program, &fixings) else { return false };
        let mut tree = Tree::new(self.problem, Arc::new(reduced_program));
        match tree.relax() {
            DualEnd::Infeasible => return false,
            DualEnd::Optimal => {
                tree.pseudocosts.clone_from(&self.base.pseudocosts);
                self.tree = tree.clone();
                self.base = tree;
            }
            DualEnd::Cutoff | DualEnd::Stalled | DualEnd::Spent => {}
        }
        true
    }
}
