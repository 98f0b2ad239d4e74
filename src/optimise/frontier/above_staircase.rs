//! One tree for many points: it lists every solution whose weighted sum lies above the lowest corner below the
//! staircase of known points; each new point raises that corner. (For two measures a segment of the frontier between
//! two of its points is a triangle in which all others lie: the second phase of Ulungu and Teghem 1995, by branch and
//! bound as in Visée et al. 1998.)

use std::sync::Arc;

use crate::optimise::bnb::incumbents::Incumbents;
use crate::optimise::bnb::{DiveEnd, DualEnd, OpenNode, Rebuilt, Root, Tree, TreeEnd};
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::DiveLimits;
use crate::optimise::model::program::{ByColumn, Program};
use crate::optimise::model::reduced::ReducedProgram;
use crate::optimise::outcome::OptimiseError;
use crate::progress::CancelToken;

use super::evaluator::Measured;
use super::pareto::{ParetoPoint, Staircase, Steps};

/// Nodes per dive, between two updates of cutoff and reduced program.
const NODES_PER_DIVE: u64 = 250;
/// Share of integer variables still free at or below which the tableau is rebuilt.
const REBUILD_SHARE: f64 = 0.8;
/// Duplicate points, in addition to one such number per new point, from which on the tree counts as unproductive.
const MIN_DUPLICATES_TO_STOP: u64 = 100;
const DUPLICATES_PER_NEW_POINT: u64 = 20;

/// Collects the staircase of a region.
pub struct StaircaseCollector<'a, M: Measured> {
    /// Measures of solutions.
    pub measured: &'a M,
    /// Staircase of the known points.
    pub stairs: Staircase<M::Solution>,
    /// Number of points added, and of duplicates.
    pub count: (u64, u64),
}

impl<M: Measured> StaircaseCollector<'_, M> {
    /// True if most solutions met were duplicates: many selections share a point.
    pub fn is_mostly_duplicates(&self) -> bool {
        let (news, rest) = self.count;
        rest > MIN_DUPLICATES_TO_STOP + DUPLICATES_PER_NEW_POINT * news
    }
}

impl<M: Measured> Incumbents for StaircaseCollector<'_, M> {
    fn offer(&mut self, values: &ByColumn<f64>) -> Option<f64> {
        let point = self.measured.measure(values);
        let is_valid = point.is_some();
        if let Some(point) = point {
            let is_new = self.stairs.add(point);
            self.count.0 += u64::from(is_new);
            self.count.1 += u64::from(!is_new);
        }
        // Every binary is a decision here, so that no solution stands for others.
        is_valid.then_some(f64::INFINITY)
    }

    fn cutoff(&self) -> f64 {
        self.stairs.cutoff()
    }
}

/// Collects the solution with the largest second measure.
pub struct Highest<'a, M: Measured> {
    /// Measures of solutions.
    pub measured: &'a M,
    /// The least first measure.
    pub from: f64,
    /// The second measure of the point known beyond.
    pub low: f64,
    /// Least differences of the measures.
    pub steps: Steps,
    /// The highest so far.
    pub best: Option<ParetoPoint<M::Solution>>,
}

impl<M: Measured> Highest<'_, M> {
    /// Takes a solution if its second measure is larger than any before.
    pub fn add(&mut self, point: &ParetoPoint<M::Solution>) {
        let is_in =
            point.at.x >= self.from - 0.5 * self.steps.x && point.at.y > self.low + 0.5 * self.steps.y;
        if is_in && self.best.as_ref().is_none_or(|best| point.at.y > best.at.y) {
            self.best = Some(point.clone());
        }
    }

    /// Upper bound on the second measure of unknown solutions once the search is complete.
    pub fn bound(&self) -> f64 {
        self.steps.bound(self.height())
    }

    fn height(&self) -> f64 {
        self.best.as_ref().map_or(self.low, |best| best.at.y)
    }
}

impl<M: Measured> Incumbents for Highest<'_, M> {
    fn offer(&mut self, values: &ByColumn<f64>) -> Option<f64> {
        let point = self.measured.measure(values);
        point.iter().for_each(|point| self.add(point));
        point.is_some().then_some(f64::INFINITY)
    }

    fn cutoff(&self) -> f64 {
        self.steps.floor(self.height()) + 0.9 * self.steps.y
    }
}

/// Offers every solution above the cutoff, unless that takes more nodes than allowed, or the simplex method stalls.
///
/// # Errors
/// If cancelled.
pub fn climb(
    program: &Program,
    incumbents: &mut dyn Incumbents,
    nodes: u64,
    cancel: &CancelToken,
) -> Result<TreeEnd, OptimiseError> {
    // Every binary is a decision group here: solutions that differ in one start are different points.
    let problem = Problem::of_program(program);
    let Some(everything) = ReducedProgram::new(program, &[]) else { return Ok(TreeEnd::Complete) };
    let mut root = Tree::new(&problem, Arc::new(everything));
    match root.relax() {
        DualEnd::Infeasible => return Ok(TreeEnd::Complete),
        DualEnd::Optimal => {}
        DualEnd::Cutoff | DualEnd::Stalled | DualEnd::Spent => return Ok(TreeEnd::Limit),
    }
    let open = vec![OpenNode { fixings: Vec::new(), bound: root.tableau().objective() }];
    let (tree, base) = (root.clone(), root.clone());
    SegmentTree { problem: &problem, tree, base, root: Root::new(root), open }.run(incumbents, nodes, cancel)
}

/// A tree search of a segment, one dive at a time.
struct SegmentTree<'a> {
    problem: &'a Problem<'a>,
    root: Root,
    /// Tree over the reduced program, relaxation solved.
    base: Tree,
    /// The tree that dives.
    tree: Tree,
    open: Vec<OpenNode>,
}

impl SegmentTree<'_> {
    fn run(
        &mut self,
        incumbents: &mut dyn Incumbents,
        nodes: u64,
        cancel: &CancelToken,
    ) -> Result<TreeEnd, OptimiseError> {
        let mut spent = 0;
        loop {
            let cutoff = incumbents.cutoff();
            self.open.retain(|node| node.bound > cutoff);
            let is_possible = self.rebuild(cutoff);
            if cancel.is_cancelled() {
                return Err(OptimiseError::Cancelled);
            }
            if !is_possible || self.open.is_empty() {
                return Ok(TreeEnd::Complete);
            }
            if spent >= nodes {
                return Ok(TreeEnd::Limit);
            }
            spent += NODES_PER_DIVE;
            let Some(node) = self.open.pop() else { return Ok(TreeEnd::Complete) };
            self.tree.return_to(&self.base);
            let stop = || cancel.is_cancelled();
            let limits = DiveLimits::of_nodes(NODES_PER_DIVE);
            match self.tree.dive(self.problem, &node, limits, incumbents, &stop, &mut self.open) {
                DiveEnd::Stuck => return Ok(TreeEnd::Limit),
                DiveEnd::Complete | DiveEnd::Open => {}
            }
            self.base.pseudocosts.clone_from(&self.tree.pseudocosts);
        }
    }

    /// Goes on in a smaller tree once the cutoff fixes enough variables; `false` if no solution above the cutoff
    /// exists.
    fn rebuild(&mut self, cutoff: f64) -> bool {
        if self.open.is_empty() {
            return true;
        }
        match self.root.rebuild(self.problem, cutoff, REBUILD_SHARE) {
            Rebuilt::Kept => {}
            Rebuilt::Infeasible => return false,
            Rebuilt::Smaller(mut tree) => {
                tree.pseudocosts.clone_from(&self.base.pseudocosts);
                self.tree = Tree::clone(&tree);
                self.base = *tree;
            }
        }
        true
    }
}
