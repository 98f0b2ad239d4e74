//! Problems too large for a tableau, of projects with several starts each: a core of starts that the relaxation prices
//! nearly alike, in which a dive finds a first good solution and LNS better ones. Nothing is proven here but what the
//! prices of the whole relaxation prove.

use crate::progress::CancelToken;

use super::first_dive::{FirstDive, SIZES_OF_STARTS};
use super::whole_tree::{Enumeration, SearchRequest};
use crate::optimise::bnb::incumbents::{CutoffTracker, Evaluator};
use crate::optimise::heuristics::adaptive_lns::AdaptiveLns;
use crate::optimise::heuristics::lp_dive::LpDive;
use crate::optimise::model::column_terms::ColumnTerms;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::pool::Pool;
use crate::optimise::model::program::ColumnIx;
use crate::optimise::model::reduced::{Fixing, ReducedProgram};
use crate::optimise::outcome::OptimiseError;
use crate::optimise::solver::highs::Relaxation;
use crate::optimise::solver::lagrangian_bound::LagrangianBound;
use crate::optimise::verify::evaluator::ReducedEvaluator;

/// Largest reduced cost in the core, as a share of what a project that the relaxation takes adds in the mean.
const MAX_REDUCED_COST: f64 = 0.03;
/// Values of the relaxation above which a start counts as taken by it.
const TAKEN: f64 = 1e-9;

/// The core of a problem.
#[derive(Debug)]
pub struct Core {
    left: ReducedProgram,
}

impl Core {
    /// The core, by the bound of the whole relaxation; `None` if what it leaves out breaks a row.
    pub fn of(problem: &Problem, lagrangian: &LagrangianBound) -> Option<Self> {
        let values = lagrangian.values();
        let cost = |column: ColumnIx| lagrangian.reduced_cost(column, problem.program.columns[column].upper);
        let taken: f64 = (problem.groups.iter())
            .flat_map(|group| group.alternatives.iter().map(|one| values[one.chosen]))
            .sum();
        let most = MAX_REDUCED_COST * lagrangian.bound().abs() / taken.max(1.0);
        let mut left_out = Vec::new();
        for start in problem.groups.iter().flat_map(|group| group.alternatives.iter().map(|one| one.chosen)) {
            let is_open = problem.program.columns[start].upper > 0.0;
            if values[start] <= TAKEN && !(is_open && cost(start) >= -most) {
                left_out.push(start);
            }
        }
        left_out.sort_unstable();
        let fixings: Vec<Fixing> =
            left_out.into_iter().map(|column| Fixing::new(column.index(), 0.0)).collect();
        ReducedProgram::new(problem.program, &fixings).map(|left| Self { left })
    }
}

/// The search in the core.
pub struct CoreSearch<'a, E> {
    /// The whole problem.
    pub problem: &'a Problem<'a>,
    /// Its evaluator.
    pub evaluator: &'a E,
    /// The bound of its relaxation.
    pub lagrangian: &'a LagrangianBound,
    /// What is asked for.
    pub request: &'a SearchRequest,
    /// Request to stop.
    pub cancel: &'a CancelToken,
    /// Columns of the whole problem, at most, that reduced cost may leave open for the tree to take over.
    pub open_columns: usize,
    /// Ticks of the first turn of LNS.
    pub turn: u64,
}

impl<E: Evaluator> CoreSearch<'_, E> {
    /// Adds good solutions to the pool. How the search ended, if it is over: within the gap, or at a limit; `None` if
    /// another way is worth more from here on.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn run(
        &self,
        pool: &mut Pool<E::Solution>,
        tracker: &mut CutoffTracker,
    ) -> Result<Option<Enumeration>, OptimiseError> {
        let Some(core) = Core::of(self.problem, self.lagrangian) else { return Ok(None) };
        let problem = &core.left.problem(self.problem);
        let evaluator = &ReducedEvaluator { evaluator: self.evaluator, reduced_program: &core.left };
        let by_column = &ColumnTerms::of(problem.program);
        let deadline = self.request.limits.deadline;
        let Some(dive) = LpDive::new(problem, by_column, deadline, self.cancel)? else {
            return Ok(self.is_late().then(|| Enumeration::limited(self.lagrangian.bound())));
        };
        let relaxation =
            Relaxation { objective: dive.objective(), values: dive.values().clone(), prices: dive.prices() };
        let lagrangian = LagrangianBound::new(problem, relaxation);
        let first = FirstDive {
            problem,
            evaluator,
            by_column,
            sizes: &SIZES_OF_STARTS,
            limits: &self.request.limits,
            cancel: self.cancel,
        };
        first.run(dive, pool, tracker)?;
        let mut lns = AdaptiveLns::new(problem, &lagrangian).of_starts();
        let watch = (deadline, self.cancel);
        let mut turn = self.turn;
        loop {
            let end = lns.ticks().saturating_add(turn);
            while lns.ticks() < end && tracker.ceiling() < self.lagrangian.bound() && !self.is_late() {
                lns.explore_by_highs(evaluator, pool, tracker, watch)?;
            }
            if self.cancel.is_cancelled() {
                return Err(OptimiseError::Cancelled);
            }
            if tracker.ceiling() >= self.lagrangian.bound() {
                let listed = Enumeration::complete(tracker, pool, self.lagrangian.bound());
                return Ok(Some(Enumeration { has_ties: false, ..listed }));
            }
            if self.request.limits.are_met(lns.ticks(), lns.nodes()) {
                return Ok(Some(Enumeration::limited(self.lagrangian.bound())));
            }
            let fixed = self.lagrangian.reduced_cost_fixings(tracker.cutoff()).len();
            if self.problem.program.columns.len() - fixed <= self.open_columns {
                return Ok(None);
            }
            turn = turn.saturating_mul(2);
        }
    }

    fn is_late(&self) -> bool {
        self.cancel.is_cancelled() || self.request.limits.is_late()
    }
}
