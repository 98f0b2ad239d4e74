//! All decisions reversed in one search.
//!
//! For each side of a project's decision (in or out) that is searched, the search keeps the best known selection with
//! it and a proven bound on all others. A selection found on the way counts for every side that it has. Most sides are
//! settled by the relaxation with the side held: its bound is no better than the best known selection. The rest is
//! searched by branch and bound, the widest gap first, until all gaps are proven or a limit is reached; at any time,
//! every open subtree is bounded.

use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{ProjectIx, Selection};
use crate::optimise::bnb::incumbents::{CutoffTracker, Evaluator, Incumbents};
use crate::optimise::bnb::{DiveEnd, DualEnd, OpenNode, Tree};
use crate::optimise::heuristics::tableau_lns::TableauLns;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::DiveLimits;
use crate::optimise::model::pool::{Candidate, Pool};
use crate::optimise::model::program::ByColumn;
use crate::optimise::model::reduced::{Fixing, ReducedProgram};
use crate::optimise::verify::evaluator::SelectionEvaluator;
use crate::progress::CancelToken;

/// Dives per round, side by side.
const PARALLEL_DIVES: usize = 8;
/// Node limit per dive; scaled up with the number of open subtrees.
const NODES_PER_DIVE: u64 = 100;
const QUEUE_LENGTH_PER_LONGER_DIVE: usize = 16_384;
/// A loss is the difference of two large numbers, so that a little more effort pays: the share of the gap that is
/// proven first, and the nodes for it per side.
const FINE_GAP_SHARE: f64 = 0.2;
const FINE_GAP_NODES: u64 = 100;
/// Nodes of a side after which LNS searches for better selections, and the factor on these nodes before each further
/// call.
const FIRST_NODES: u64 = 200;
const NODE_GROWTH: u64 = 4;
/// Relative tolerance for equal objectives.
const OBJECTIVE_TOLERANCE: f64 = 1e-9;

/// One side of a project's decision, with the best known selection and the bound.
#[derive(Debug)]
pub struct Side<'a> {
    /// Fixings that hold the side, in addition to those of the base.
    held: Vec<Fixing>,
    /// Position of the base relaxation from which it starts.
    base: usize,
    /// Evaluator of its selections.
    evaluator: &'a SelectionEvaluator<'a>,
    /// Side of a decision (project, is in) whose selections of other sides are its own too; `None`: none are.
    has: Option<(ProjectIx, bool)>,
    /// Upper bound on the objective of its selections from before the search.
    ceiling: f64,
    /// True if it is searched; otherwise the ceiling is its only bound.
    is_searched: bool,
    /// Best known selection.
    pub best: Option<Candidate<Selection>>,
    /// Largest bound among its pruned subtrees.
    cut: f64,
    /// Largest bound among its open and stuck subtrees.
    open: f64,
    nodes: u64,
    next_look: u64,
}

impl<'a> Side<'a> {
    /// A side with no known selection and no bound.
    pub fn new(held: Vec<Fixing>, base: usize, evaluator: &'a SelectionEvaluator<'a>) -> Self {
        Self {
            held,
            base,
            evaluator,
            has: None,
            ceiling: f64::INFINITY,
            is_searched: true,
            best: None,
            cut: f64::NEG_INFINITY,
            open: f64::INFINITY,
            nodes: 0,
            next_look: FIRST_NODES,
        }
    }

    /// The same side, whose selections are all selections of the scenario with a side of a project's decision (project,
    /// is in); `ceiling` is an upper bound on their objective.
    pub fn of_scenario(self, side: (ProjectIx, bool), ceiling: f64, is_searched: bool) -> Self {
        Self { has: Some(side), ceiling, is_searched, ..self }
    }

    /// Objective of the best known selection; −∞ if there is none.
    pub fn objective(&self) -> f64 {
        self.best.as_ref().map_or(f64::NEG_INFINITY, |best| best.objective)
    }

    /// Upper bound on the objective of the side; −∞ if it has no selection.
    pub fn bound(&self) -> f64 {
        self.cut.max(self.open).min(self.ceiling).max(self.objective())
    }

    /// Takes a selection if it has this side and is better than the best known.
    pub fn take(&mut self, candidate: &Candidate<Selection>) {
        let is_own = |(project, is_in): (ProjectIx, bool)| candidate.projects.contains(project) == is_in;
        if self.has.is_some_and(is_own) {
            self.improve(candidate);
        }
    }

    fn improve(&mut self, candidate: &Candidate<Selection>) {
        if self.best.as_ref().is_none_or(|best| candidate.order(best).is_lt()) {
            self.best = Some(candidate.clone());
        }
    }

    /// Cutoff of this side, for a gap.
    fn cutoff(&self, gap: f64) -> f64 {
        cutoff(self.objective(), gap)
    }

    /// Relative gap between a bound and the best known selection; infinite if there is none.
    fn need(&self, bound: f64) -> f64 {
        let objective = self.objective();
        match bound {
            bound if bound <= objective => 0.0,
            _ if objective == f64::NEG_INFINITY => f64::INFINITY,
            bound => (bound - objective) / objective.abs(),
        }
    }
}

/// Cutoff for the best known objective.
fn cutoff(objective: f64, gap: f64) -> f64 {
    if objective == f64::NEG_INFINITY {
        objective
    } else {
        objective + (gap + OBJECTIVE_TOLERANCE) * objective.abs()
    }
}

/// Limits of the search.
#[derive(Clone, Copy, Debug)]
pub struct Spending<'a> {
    /// Relative gap to prove.
    pub gap: f64,
    /// Node limit on the whole search.
    pub nodes: u64,
    /// Stop signal. Bounds and selections known by then remain valid.
    pub stop: &'a CancelToken,
}

/// An open subtree of one side.
struct Open {
    side: usize,
    node: OpenNode,
}

/// Result of one dive.
struct DiveResult {
    side: usize,
    end: DiveEnd,
    bound: f64,
    cut: f64,
    open: Vec<OpenNode>,
    found: Vec<Candidate<Selection>>,
    tree: Tree,
    nodes: u64,
}

/// The search over all sides.
pub struct Reversals<'a> {
    problem: &'a Problem<'a>,
    /// Relaxations from which sides start.
    bases: Vec<Tree>,
    /// The sides.
    pub sides: Vec<Side<'a>>,
    /// Known selections of the scenario, best first.
    pub pool: Pool<Selection>,
    open: Vec<Open>,
    /// Nodes so far.
    pub nodes: u64,
    /// Number of programs solved so far.
    pub solves: usize,
}

impl<'a> Reversals<'a> {
    /// A search whose bases hold these variables; `None` if the relaxation of one is infeasible, or the simplex method
    /// stalls.
    pub fn new(problem: &'a Problem<'a>, bases: &[Vec<Fixing>]) -> Option<Self> {
        let everything = Arc::new(ReducedProgram::new(problem.program, &[])?);
        let relaxed = |held: &Vec<Fixing>| {
            let mut tree = Tree::new(problem, Arc::clone(&everything));
            (tree.hold(problem, held) && tree.relax() == DualEnd::Optimal).then_some(tree)
        };
        let bases = bases.iter().map(relaxed).collect::<Option<_>>()?;
        let (sides, pool, open) = (Vec::new(), Pool::default(), Vec::new());
        Some(Self { problem, bases, sides, pool, open, nodes: 0, solves: 0 })
    }

    /// Upper bound on the objective of every selection of the scenario, by the relaxation.
    pub fn relaxed_bound(&self) -> f64 {
        self.bases[0].tableau().objective()
    }

    /// The sides, and the known selections of the scenario.
    pub fn into_parts(self) -> (Vec<Side<'a>>, Pool<Selection>) {
        (self.sides, self.pool)
    }

    /// Takes a selection of the scenario.
    pub fn know(&mut self, candidate: Candidate<Selection>) {
        self.sides.iter_mut().for_each(|side| side.take(&candidate));
        self.pool.add(candidate);
    }

    /// Searches until every gap is proven or a limit is reached. Calls `settled` with the number of newly settled
    /// sides.
    pub fn run(&mut self, spending: &Spending<'_>, settled: &(dyn Fn(usize) + Sync)) {
        self.relax_sides(spending);
        let mut unsettled = self.sides.iter().filter(|side| side.is_searched).count();
        loop {
            self.prune(spending.gap);
            let is_open = |side: &&Side<'_>| side.is_searched && side.open > f64::NEG_INFINITY;
            let still = self.sides.iter().filter(is_open).count();
            settled(unsettled.saturating_sub(still));
            unsettled = unsettled.min(still);
            if self.open.is_empty() || self.nodes >= spending.nodes || spending.stop.is_cancelled() {
                break;
            }
            self.look_around(spending);
            let dives = self.round(spending);
            self.take_in(dives);
        }
        settled(unsettled);
    }

    /// Solves the relaxation of each side, unless it is settled without: the subtree of a side that must be searched is
    /// open then.
    fn relax_sides(&mut self, spending: &Spending<'_>) {
        let relax = |(position, side): (usize, &Side<'_>)| {
            let all = |bound: f64| {
                Some(Open { side: position, node: OpenNode { fixings: side.held.clone(), bound } })
            };
            if !side.is_searched {
                return (None, 0);
            }
            if side.ceiling <= side.cutoff(0.0) || spending.stop.is_cancelled() {
                return (all(side.ceiling), 0);
            }
            let mut tree = self.bases[side.base].clone();
            if !tree.hold(self.problem, &side.held) {
                return (None, 1);
            }
            match tree.relax() {
                DualEnd::Infeasible => (None, 1),
                DualEnd::Optimal | DualEnd::Cutoff | DualEnd::Spent | DualEnd::Stalled => {
                    (all(tree.tableau().objective().min(side.ceiling)), 1)
                }
            }
        };
        let relaxed: Vec<(Option<Open>, usize)> =
            self.sides.par_iter().enumerate().with_max_len(1).map(relax).collect();
        for (open, solves) in relaxed {
            self.solves += solves;
            self.open.extend(open);
        }
    }

    /// Gap to prove at present.
    fn gap_of(side: &Side<'_>, gap: f64) -> f64 {
        if side.nodes < FINE_GAP_NODES { FINE_GAP_SHARE * gap } else { gap }
    }

    /// Prunes subtrees that cannot change the best known selection, and updates the bounds of the sides.
    fn prune(&mut self, gap: f64) {
        for side in self.sides.iter_mut().filter(|side| side.is_searched) {
            side.open = f64::NEG_INFINITY;
        }
        let sides = &mut self.sides;
        self.open.retain(|open| {
            let (side, bound) = (&mut sides[open.side], open.node.bound);
            let is_left = bound > side.cutoff(Self::gap_of(side, gap));
            let kind = if is_left { &mut side.open } else { &mut side.cut };
            *kind = kind.max(bound);
            is_left
        });
    }

    /// Dives into the subtrees with the widest gaps, side by side.
    fn round(&mut self, spending: &Spending<'_>) -> Vec<DiveResult> {
        let sides = &self.sides;
        let need = |open: &Open| sides[open.side].need(open.node.bound);
        self.open.sort_by(|one, other| need(other).total_cmp(&need(one)).then(one.side.cmp(&other.side)));
        let crowd = 1 + (self.open.len() / QUEUE_LENGTH_PER_LONGER_DIVE) as u64;
        let abreast: Vec<Open> = self.open.drain(..self.open.len().min(PARALLEL_DIVES)).collect();
        let left = (spending.nodes - self.nodes).div_ceil(abreast.len() as u64);
        let nodes = (NODES_PER_DIVE * crowd).min(left);
        let dive = |Open { side: position, node }: Open| {
            let side = &sides[position];
            let mut tree = self.bases[side.base].clone();
            let before = tree.effort();
            let mut collector = SideCollector::new(side, Self::gap_of(side, spending.gap));
            let mut open = Vec::new();
            let stop = || spending.stop.is_cancelled();
            let end =
                tree.dive(self.problem, &node, DiveLimits::of_nodes(nodes), &mut collector, &stop, &mut open);
            let nodes = tree.effort().0 - before.0;
            let (bound, cut) = (node.bound, tree.cut());
            DiveResult { side: position, end, bound, cut, open, found: collector.found, tree, nodes }
        };
        abreast.into_par_iter().with_max_len(1).map(dive).collect()
    }

    fn take_in(&mut self, dives: Vec<DiveResult>) {
        let before: Vec<_> = self.bases.iter().map(|base| base.pseudocosts.clone()).collect();
        for one in dives {
            let side = &mut self.sides[one.side];
            self.nodes += one.nodes;
            side.nodes += one.nodes;
            side.cut = side.cut.max(one.cut.min(one.bound));
            let base = side.base;
            if one.end == DiveEnd::Stuck {
                // Nothing is proven in a stuck subtree, so that its bound stays to the end.
                side.cut = side.cut.max(one.bound);
            }
            self.bases[base].pseudocosts.learn(&before[base], &one.tree.pseudocosts);
            self.open.extend(one.open.into_iter().map(|node| Open { side: one.side, node }));
            self.take_found(one.side, one.found);
        }
    }

    fn take_found(&mut self, position: usize, found: Vec<Candidate<Selection>>) {
        for candidate in found {
            self.sides[position].improve(&candidate);
            if self.sides[position].has.is_some() {
                self.know(candidate);
            }
        }
    }

    /// Runs LNS around the best known selections of sides that have taken many nodes already.
    fn look_around(&mut self, spending: &Spending<'_>) {
        let is_due = |side: &Side<'_>| {
            side.is_searched && side.open > f64::NEG_INFINITY && side.nodes >= side.next_look
        };
        let due: Vec<usize> =
            (0..self.sides.len()).filter(|&side| is_due(&self.sides[side])).take(PARALLEL_DIVES).collect();
        let look = |&position: &usize| {
            let side = &self.sides[position];
            let mut tree = self.bases[side.base].clone();
            if spending.stop.is_cancelled()
                || !tree.hold(self.problem, &side.held)
                || tree.relax() != DualEnd::Optimal
            {
                return Vec::new();
            }
            let is_own = |known: &&Candidate<Selection>| {
                side.has.is_some_and(|(project, is_in)| known.projects.contains(project) == is_in)
            };
            let known =
                self.pool.candidates().iter().map(Box::as_ref).filter(is_own).take(MAX_KNOWN_SELECTIONS);
            let mut pool: Pool<Selection> = known.chain(&side.best).cloned().collect();
            let mut tracker = CutoffTracker::new(1, 1, 0.0);
            tracker.take(&pool);
            let mut lns = TableauLns::new(self.problem, &tree).holding(&side.held);
            lns.explore(side.evaluator, &mut pool, &mut tracker, &tree.pseudocosts);
            pool.candidates().iter().take(1).map(|best| Candidate::clone(best)).collect()
        };
        let found: Vec<Vec<Candidate<Selection>>> = due.par_iter().with_max_len(1).map(look).collect();
        for (position, found) in due.into_iter().zip(found) {
            self.sides[position].next_look *= NODE_GROWTH;
            self.take_found(position, found);
        }
    }
}

/// Known selections in LNS: the best.
const MAX_KNOWN_SELECTIONS: usize = 50;

/// Collects the selections of one dive for one side.
struct SideCollector<'s> {
    evaluator: &'s SelectionEvaluator<'s>,
    objective: f64,
    gap: f64,
    found: Vec<Candidate<Selection>>,
}

impl<'s> SideCollector<'s> {
    fn new(side: &'s Side<'_>, gap: f64) -> Self {
        Self { evaluator: side.evaluator, objective: side.objective(), gap, found: Vec::new() }
    }
}

impl Incumbents for SideCollector<'_> {
    fn offer(&mut self, values: &ByColumn<f64>) -> Option<f64> {
        let candidate = self.evaluator.evaluate(values)?;
        let objective = candidate.objective;
        self.objective = self.objective.max(objective);
        self.found.push(candidate);
        Some(objective)
    }

    fn cutoff(&self) -> f64 {
        cutoff(self.objective, self.gap)
    }
}
