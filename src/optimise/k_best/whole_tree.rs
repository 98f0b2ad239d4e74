//! All options of a problem from one tree: local search and LNS for good solutions, the tree search for proof, each for
//! a while in turn, so that easy problems cost little and hard ones get the help they need.

use std::sync::Arc;

use crate::progress::CancelToken;

use crate::optimise::bnb::incumbents::{CutoffTracker, Evaluator};
use crate::optimise::bnb::{DualEnd, NodeQueue, Tree, TreeEnd};
use crate::optimise::heuristics::local_search::{Guide, LocalSearch, Taken};
use crate::optimise::heuristics::tableau_lns::TableauLns;
use crate::optimise::model::cliques::merged_program;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::SearchLimits;
use crate::optimise::model::pool::Pool;
use crate::optimise::model::reduced::ReducedProgram;

/// Rounds of the local search in each of the first stages.
const LOCAL_SEARCH_ROUNDS: [usize; 3] = [5, 30, 100];
/// LNS calls in the first stage; two more in each further stage, up to the largest number.
const MIN_LNS_CALLS: usize = 2;
const MAX_LNS_CALLS: usize = 20;
/// Node limit after the first stage; doubled after each further stage.
const FIRST_STAGE_NODES: u64 = 500;

/// Solutions of the local search that are evaluated, in addition to those at the minimum distance.
const MAX_SEED_EVALUATIONS: usize = 20;

/// Ties are listed, though a gap above 0 is asked for, if at most this many integer variables are undecided, and within
/// this node limit.
const MAX_UNDECIDED_FOR_TIES: usize = 48;
const MAX_TIE_NODES: u64 = 2_000;

/// Request for an enumeration: the solutions to list, and limits.
#[derive(Clone, Copy, Debug)]
pub struct SearchRequest {
    /// Solutions wanted.
    pub options: usize,
    /// Least number of projects in which any two differ.
    pub difference: usize,
    /// The relative gap to prove.
    pub gap: f64,
    /// Limits of the search.
    pub limits: SearchLimits,
}

/// Result of an enumeration: the completeness of a pool.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enumeration {
    /// Complete if everything that the pool may lack is searched: the bound then proves the gap.
    pub end: TreeEnd,
    /// Upper bound on the objective of every solution outside the pool; −∞ if the pool holds all there are.
    pub bound: f64,
    /// The pool also holds every solution as good as the last option.
    pub has_ties: bool,
}

impl Enumeration {
    /// The pool holds all solutions.
    pub const ALL: Self = Self { end: TreeEnd::Complete, bound: f64::NEG_INFINITY, has_ties: true };

    /// Cancelled on request: nothing is proven.
    pub const CANCELLED: Self = Self { end: TreeEnd::Cancelled, ..Self::limited(f64::INFINITY) };

    /// A search that a limit ended, with the bound proven by then.
    pub const fn limited(bound: f64) -> Self {
        Self { end: TreeEnd::Limit, bound, has_ties: false }
    }

    /// A search of everything above the tracker's cutoff. `cut` bounds the pruned solutions.
    pub fn complete<S>(tracker: &CutoffTracker, pool: &Pool<S>, cut: f64) -> Self {
        let has_ties = tracker.has_ties() && pool.forgotten() <= tracker.cutoff();
        let bound = cut.min(tracker.ceiling()).max(pool.forgotten());
        Self { end: TreeEnd::Complete, bound, has_ties }
    }
}

/// Fills the pool with all solutions that may be among the options requested, to the gap.
pub fn enumerate<E: Evaluator>(
    problem: &Problem,
    evaluator: &E,
    pool: &mut Pool<E::Solution>,
    request: &SearchRequest,
    cancel: &CancelToken,
) -> Enumeration {
    let merged = merged_program(problem);
    let problem = &Problem { program: &merged, ..problem.clone() };
    let Some(everything) = ReducedProgram::new(problem.program, &[]) else {
        return Enumeration::ALL;
    };
    let mut root = Tree::new(problem, Arc::new(everything));
    match root.relax() {
        DualEnd::Infeasible => return Enumeration::ALL,
        DualEnd::Optimal => {}
        DualEnd::Cutoff | DualEnd::Stalled | DualEnd::Spent => return Enumeration::limited(f64::INFINITY),
    }
    let guide = Guide { values: root.values(), prices: root.prices(problem.program) };
    let mut local = Local { search: LocalSearch::new(problem, &guide), pool: Pool::default() };
    let mut lns = TableauLns::new(problem, &root);
    let mut queue = NodeQueue::new(problem, root.clone());
    let mut tracker = CutoffTracker::new(request.options, request.difference, request.gap);
    let mut end = TreeEnd::Limit;
    for stage in 0.. {
        if let Some(&moves) = LOCAL_SEARCH_ROUNDS.get(stage) {
            local.improve(moves, problem, evaluator, pool, &mut tracker);
        }
        for _ in 0..(MIN_LNS_CALLS + 2 * stage).min(MAX_LNS_CALLS) {
            if tracker.ceiling() >= queue.bound() || cancel.is_cancelled() || request.limits.is_late() {
                break;
            }
            lns.explore(evaluator, pool, &mut tracker, queue.pseudocosts());
        }
        let nodes = FIRST_STAGE_NODES.saturating_mul(1 << stage.min(40)).min(request.limits.nodes);
        let limits = SearchLimits { nodes, ..request.limits };
        end = queue.run(evaluator, pool, &mut tracker, &limits, cancel);
        let is_spent = request.limits.are_met(queue.ticks(), queue.nodes()) || cancel.is_cancelled();
        let is_swamped = tracker.ceiling() == f64::NEG_INFINITY && pool.forgotten() > f64::NEG_INFINITY;
        if end != TreeEnd::Limit || is_spent || queue.is_stuck() || is_swamped {
            break;
        }
    }
    match end {
        TreeEnd::Complete => {
            let listed = Enumeration::complete(&tracker, pool, queue.cut());
            let nodes = request.limits.nodes.saturating_sub(queue.nodes());
            let left = SearchRequest { limits: SearchLimits { nodes, ..request.limits }, ..*request };
            let exact = list_ties(problem, root, &queue, evaluator, pool, &tracker, &left, cancel);
            exact.unwrap_or(listed)
        }
        TreeEnd::Limit => Enumeration::limited(queue.bound().max(tracker.ceiling()).max(pool.forgotten())),
        TreeEnd::Cancelled => Enumeration::CANCELLED,
    }
}

/// Lists ties where a gap above 0 is asked for and a few nodes more may settle them: the pool then holds every solution
/// as good as the last option. `None` if that takes more, or a gap of 0 has listed them already.
#[expect(clippy::too_many_arguments, reason = "one step of `enumerate`, which knows all of these")]
fn list_ties<E: Evaluator>(
    problem: &Problem,
    root: Tree,
    queue: &NodeQueue,
    evaluator: &E,
    pool: &mut Pool<E::Solution>,
    tracker: &CutoffTracker,
    request: &SearchRequest,
    cancel: &CancelToken,
) -> Option<Enumeration> {
    if request.gap == 0.0 {
        return None;
    }
    let mut exact = tracker.exact();
    exact.take(pool);
    let undecided = root.whole_count() - root.reduced_cost_fixings(exact.cutoff()).len();
    if undecided > MAX_UNDECIDED_FOR_TIES {
        return None;
    }
    let mut again = NodeQueue::new(problem, root).with_pseudocosts(queue.pseudocosts());
    let limits = SearchLimits { nodes: MAX_TIE_NODES.min(request.limits.nodes), ..request.limits };
    let end = again.run(evaluator, pool, &mut exact, &limits, cancel);
    (end == TreeEnd::Complete).then(|| Enumeration::complete(&exact, pool, again.cut()))
}

/// The local search and its pool.
struct Local {
    search: LocalSearch,
    pool: Pool<Taken>,
}

impl Local {
    /// Continues the local search and evaluates its best solutions.
    fn improve<E: Evaluator>(
        &mut self,
        moves: usize,
        problem: &Problem,
        evaluator: &E,
        pool: &mut Pool<E::Solution>,
        tracker: &mut CutoffTracker,
    ) {
        self.search.run(moves, &mut self.pool);
        let best: Vec<Taken> =
            self.pool.candidates().iter().take(tracker.wanted()).map(|one| one.solution.clone()).collect();
        if tracker.wanted() > 1 {
            best.iter().for_each(|taken| self.search.add_neighbours(taken, &mut self.pool));
        }
        let mut seeds = self.pool.spread(tracker.wanted(), tracker.min_distance());
        seeds.extend(
            self.pool.candidates().iter().take(MAX_SEED_EVALUATIONS + 2 * tracker.wanted()).map(Box::as_ref),
        );
        for candidate in seeds {
            if let Some(valid) = evaluator.evaluate(&LocalSearch::values_of(problem, &candidate.solution))
                && pool.lacks(&valid.projects, &valid.tie)
            {
                pool.add(valid);
            }
        }
        tracker.take(pool);
    }
}
