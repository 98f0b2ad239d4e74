//! The k best: the best solution of a problem, then the next best that are different enough. The tree search finds them
//! where the tableau fits in cache or can be reduced to do so; HiGHS where it cannot, or where the tree search has
//! reached its limits.
//!
//! Known solutions and proven bounds pass from engine to engine and from option to option: an option that is already
//! known and proven to the gap needs no solve of its own.

mod core_of_starts;
mod coupling;
pub mod cross_check;
mod exchanges;
mod first_dive;
mod hand_over;
pub mod one_by_one;
mod parts;
pub mod reduce_then_tree;
mod row_cuts;
pub mod ties;
pub mod whole_tree;

use std::cmp::Ordering;
use std::time::Instant;

use crate::domain::{SelectionSettings, Solver};
use crate::progress::CancelToken;

use super::bnb::incumbents::Evaluator;
use super::bnb::{Tree, TreeEnd};
use super::model::decisions::Problem;
use super::model::limits::SearchLimits;
use super::model::pool::{Candidate, Pool, ProjectSet};
use super::model::program::{ByRow, Program};
use super::outcome::{OptimiseError, Outcome, SolveStatus};
use super::result::Engine;
pub(super) use hand_over::after;

use coupling::{has_few_values, is_loosely_coupled};
use exchanges::improved;
use hand_over::{SHORT_TREE_NODES, SHORT_TREE_TICKS, SHORT_TURN_TICKS, Work};
use parts::best_of_parts;
use reduce_then_tree::{ReducedProblem, SizeThresholds, TABLEAU_CELLS_IN_CACHE, reduce};
use row_cuts::with_row_cuts;
use whole_tree::{Enumeration, SearchRequest, enumerate};

/// Gap below which a solution counts as exact: the tolerance of a solver.
const EXACT_GAP: f64 = 1e-7;

/// Excess over the gap asked for that counts as rounding, of shares and of solvers' bounds.
const GAP_ROUNDING: f64 = 1e-8;

/// Gap that counts as none where rounding is allowed.
const ALLOWED_ROUNDING: f64 = 5e-9;

/// Part of a step, and of a bound, by which a bound below a step still allows it: rounding of solvers.
const STEP_ROUNDING: f64 = 1e-6;
const BOUND_ROUNDING: f64 = 1e-9;

/// A solution with its objective in the program: larger is better.
#[derive(Clone, Debug)]
pub struct Found<S> {
    /// The solution.
    pub candidate: Candidate<S>,
    /// Upper bound on the objective of every solution still open to this place.
    pub bound: f64,
    /// Engine that proved the bound.
    pub engine: Engine,
}

impl<S> Found<S> {
    /// |bound − objective| / |objective|.
    pub fn gap(&self) -> f64 {
        gap(self.candidate.objective, self.bound)
    }

    /// The same with the bound at the highest step of the objective that it allows: 128.4 on a number of projects is 128.
    #[must_use]
    pub fn with_step(self, step: Option<f64>) -> Self {
        let bound = step.map_or(self.bound, |step| bound_at_step(self.bound, self.candidate.objective, step));
        Self { bound, ..self }
    }
}

/// The highest objective up to a bound that differs from a known one by a multiple of a step.
fn bound_at_step(bound: f64, objective: f64, step: f64) -> f64 {
    let steps = (bound - objective) / step;
    let rounding = STEP_ROUNDING + BOUND_ROUNDING * bound.abs() / step;
    if !steps.is_finite() || rounding >= 0.5 {
        return bound;
    }
    let highest = objective + step * (steps + rounding).floor().max(0.0);
    highest.min(bound.max(objective))
}

/// The search for the best solutions of one problem.
pub struct RankedSearch<'a, E: Evaluator> {
    pub(super) problem: &'a Problem<'a>,
    pub(super) evaluator: E,
    pub(super) settings: &'a SelectionSettings,
    pub(super) cancel: &'a CancelToken,
    pub(super) pool: Pool<E::Solution>,
    pub(super) found: Vec<Found<E::Solution>>,
    pub(super) deadline: Option<Instant>,
    /// Seconds per option that tell how much work an engine does before it hands on.
    hand_over_seconds: Option<f64>,
    pub(super) sizes: SizeThresholds,
    /// The reduced problem, for large problems.
    pub(super) reduced: Option<ReducedProblem>,
    /// Price per row in the relaxation, if that is known from the reduction.
    prices: Option<ByRow<f64>>,
    /// Upper bound on the objective of every solution that the pool lacks.
    pub(super) outside: f64,
    /// Ties are settled: the first of solutions with the same objective is searched for.
    pub(super) settles_ties: bool,
    /// Gap that counts as none: 0 unless rounding is allowed.
    pub(super) rounding: f64,
    /// Options wanted of HiGHS of which most should need no solve, as the bound of one proves its neighbours, too: 0 if
    /// that is not tried.
    pub(super) wanted_as_neighbours: usize,
}

impl<'a, E: Evaluator> RankedSearch<'a, E> {
    /// A search without a warm start.
    pub fn new(
        problem: &'a Problem<'a>,
        evaluator: E,
        settings: &'a SelectionSettings,
        cancel: &'a CancelToken,
    ) -> Self {
        Self {
            problem,
            evaluator,
            settings,
            cancel,
            pool: Pool::default(),
            found: Vec::new(),
            deadline: None,
            hand_over_seconds: settings.time_limit,
            sizes: SizeThresholds::default(),
            reduced: None,
            prices: None,
            outside: f64::INFINITY,
            settles_ties: true,
            rounding: 0.0,
            wanted_as_neighbours: 0,
        }
    }

    /// The same search without settling ties: any solution is as good as another with the same objective.
    #[must_use]
    pub fn without_ties(self) -> Self {
        Self { settles_ties: false, ..self }
    }

    /// The same search without ties and within rounding: a solution within 5 × 10⁻⁹ of the bound counts as the best, so
    /// that the slack of cuts and the tolerance of HiGHS keep nothing from ending.
    #[must_use]
    pub fn within_rounding(self) -> Self {
        Self { rounding: ALLOWED_ROUNDING, ..self.without_ties() }
    }

    /// The same search with other size thresholds, so that small problems are treated as large ones.
    #[cfg(test)]
    pub fn with_sizes(self, sizes: SizeThresholds) -> Self {
        Self { sizes, ..self }
    }

    /// The same search with known solutions, which the evaluator has accepted.
    #[must_use]
    pub fn with_known(mut self, candidates: impl IntoIterator<Item = Candidate<E::Solution>>) -> Self {
        candidates.into_iter().for_each(|candidate| self.pool.add(candidate));
        self
    }

    /// The same search where its time limit is what a clock has left of a longer time: engines hand on as within seconds
    /// per option that do not depend on the clock.
    #[must_use]
    pub fn handing_on_within(self, seconds: Option<f64>) -> Self {
        Self { hand_over_seconds: seconds, ..self }
    }

    /// All known solutions, best first.
    pub fn known(&self) -> &[Box<Candidate<E::Solution>>] {
        self.pool.candidates()
    }

    /// Price per row in the relaxation, where that takes long to solve and the search has solved it.
    pub fn take_prices(&mut self) -> Option<ByRow<f64>> {
        self.prices.take()
    }

    /// Searches for up to `options` solutions.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn run(&mut self, options: usize) -> Result<SolveStatus, OptimiseError> {
        let allowed = self.settings.time_limit.map(|seconds| seconds * options as f64);
        self.deadline = allowed.and_then(after);
        self.pool.reserve_for_options(options);
        let is_loose = self.settings.solver == Solver::Auto && is_loosely_coupled(self.problem.program);
        if self.is_large() && !is_loose {
            return self.run_reduced(options, f64::INFINITY);
        }
        if is_loose {
            return self.run_loose(options);
        }
        if !tries_tree(self.problem.program, self.settings.solver) {
            return self.run_highs(options, false);
        }
        let hands_on = self.settings.solver == Solver::Auto && self.settings.work_limit.is_none();
        let reduces = hands_on && Tree::size(self.problem.program) > self.sizes.some;
        let work = if reduces { Work::FIRST_TREE } else { Work::TREE };
        let request = self.request(options, hands_on.then_some(work));
        let listed = enumerate(self.problem, &self.evaluator, &mut self.pool, &request, self.cancel);
        let bound = listed.bound;
        match listed.end {
            TreeEnd::Complete => self.conclude(options, listed),
            TreeEnd::Cancelled => Err(OptimiseError::Cancelled),
            TreeEnd::Limit if self.is_swamped(options) => {
                self.solve_one_by_one(options, f64::INFINITY, Engine::Search, Prover::Tree)
            }
            TreeEnd::Limit if reduces && !self.is_over() => self.run_reduced(options, bound),
            TreeEnd::Limit if hands_on => {
                self.outside = bound;
                self.solve_one_by_one(options, bound, Engine::Search, Prover::Highs)
            }
            TreeEnd::Limit => Ok(self.take_what_is_known(options, bound)),
        }
    }

    /// Finds the options of a program that nearly falls apart: part by part if it does, and else with cuts from each of its
    /// limits. Where few different values are to be had, columns dominate one another: HiGHS's presolve sees that.
    fn run_loose(&mut self, options: usize) -> Result<SolveStatus, OptimiseError> {
        if self.settings.gap == 0.0 && self.settles_ties {
            // What HiGHS proves is where ties begin, and a search before it costs more than it saves.
            return self.run_highs(options, false);
        }
        let has_few_values = has_few_values(self.problem.program);
        if self.settings.work_limit.is_some() || (has_few_values && options > 1) {
            return self.run_highs(options, true);
        }
        if has_few_values {
            let status = self.solve_one_by_one(options, self.outside, Engine::Highs, Prover::Highs)?;
            return if status == SolveStatus::Unknown { self.run_highs(options, false) } else { Ok(status) };
        }
        if let Some(best) = best_of_parts(self.problem.program, &self.short_request(1), self.cancel) {
            self.outside = self.outside.min(best.bound + self.problem.constant);
            self.evaluator.evaluate(&best.values).into_iter().for_each(|candidate| self.pool.add(candidate));
            let first = self.best_known(self.outside, Engine::Search);
            if options == 1 && first.is_some_and(|first| self.is_proven(&first)) {
                return self.solve_one_by_one(options, self.outside, Engine::Search, Prover::Highs);
            }
        }
        let Some(program) = with_row_cuts(self.problem.program, self.deadline, self.cancel)? else {
            return Ok(SolveStatus::Infeasible);
        };
        let problem = Problem { program: &program, ..self.problem.clone() };
        let mut search = RankedSearch {
            problem: &problem,
            evaluator: &self.evaluator,
            settings: self.settings,
            cancel: self.cancel,
            pool: std::mem::take(&mut self.pool),
            found: Vec::new(),
            deadline: self.deadline,
            hand_over_seconds: self.hand_over_seconds,
            sizes: self.sizes,
            reduced: None,
            prices: None,
            outside: self.outside,
            settles_ties: self.settles_ties,
            rounding: self.rounding,
            wanted_as_neighbours: 0,
        };
        let status = search.run_highs(options, true);
        (self.pool, self.found, self.outside) = (search.pool, search.found, search.outside);
        status
    }

    /// Finds the options one by one with HiGHS. Where the program nearly falls apart and a gap may be left, a tree search
    /// gets a short time before, if its tableau is small, and neighbours of an option may be the next ones.
    fn run_highs(&mut self, options: usize, is_loose: bool) -> Result<SolveStatus, OptimiseError> {
        let is_free = is_loose && self.settings.work_limit.is_none();
        if is_free && self.settings.gap > 0.0 {
            self.wanted_as_neighbours = options;
        }
        let is_small = self.settings.gap > 0.0 && Tree::size(self.problem.program) <= self.sizes.some;
        if is_free && (is_small || !has_few_values(self.problem.program)) {
            let reduced = if is_small { self.list_shortly(options) } else { self.reduce_shortly(options)? };
            match reduced.listed.end {
                TreeEnd::Complete => return self.conclude(options, reduced.listed),
                TreeEnd::Cancelled => return Err(OptimiseError::Cancelled),
                TreeEnd::Limit => self.outside = self.outside.min(reduced.listed.bound),
            }
            self.reduced = Some(reduced);
            return self.solve_one_by_one(options, self.outside, Engine::Search, Prover::Highs);
        }
        let Some(bound) = self.prepare()? else { return Ok(SolveStatus::Infeasible) };
        let engine = if self.outside < bound { Engine::Search } else { Engine::Highs };
        self.solve_one_by_one(options, bound.min(self.outside), engine, Prover::Highs)
    }

    /// A tree search for all options that soon gives up.
    fn list_shortly(&mut self, options: usize) -> ReducedProblem {
        let request = self.short_request(options);
        let listed = enumerate(self.problem, &self.evaluator, &mut self.pool, &request, self.cancel);
        ReducedProblem::whole(listed)
    }

    /// The same of the reduced program.
    fn reduce_shortly(&mut self, options: usize) -> Result<ReducedProblem, OptimiseError> {
        let (request, sizes) =
            (self.short_request(options), SizeThresholds { turn: SHORT_TURN_TICKS, dive: 0, ..self.sizes });
        reduce(self.problem, &self.evaluator, &mut self.pool, &request, &sizes, self.cancel)
    }

    /// Request of a search that soon gives up.
    fn short_request(&self, options: usize) -> SearchRequest {
        let request = self.request(options, None);
        let ticks = SHORT_TREE_TICKS.saturating_mul(options as u64);
        let nodes = SHORT_TREE_NODES.saturating_mul(options as u64).min(request.limits.nodes);
        SearchRequest { limits: SearchLimits { ticks, nodes, ..request.limits }, ..request }
    }

    /// Searches for the one best solution.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn best(mut self) -> Result<Outcome<Found<E::Solution>>, OptimiseError> {
        let status = self.run(1)?;
        Ok(Outcome::new(self.into_ranked().pop(), status))
    }

    /// True if the pool has forgotten solutions although the options wanted were not found among those it met: options
    /// at large distances are then found one by one.
    fn is_swamped(&self, options: usize) -> bool {
        let min_distance = 2 * self.settings.min_difference.max(1) - 1;
        let is_short = || self.pool.spread(options, min_distance).len() < options;
        self.pool.forgotten() > f64::NEG_INFINITY && is_short() && !self.is_over()
    }

    pub(super) fn is_over(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Takes the options from the pool of a complete search. What remains open is settled one by one: options missing
    /// because the pool forgot them, and ties.
    fn conclude(&mut self, options: usize, listed: Enumeration) -> Result<SolveStatus, OptimiseError> {
        self.outside = listed.bound;
        let status = self.take_from_pool(options, listed.bound);
        let lacks_none = self.found.len() == options || listed.bound == f64::NEG_INFINITY;
        let status = if lacks_none || self.found.is_empty() { status } else { SolveStatus::Feasible };
        let is_whole = lacks_none && status != SolveStatus::Feasible;
        let is_exact = is_whole && self.found.iter().all(is_exact);
        if self.found.is_empty() || (is_whole && !self.settles_ties) {
            return Ok(status);
        }
        if is_exact && listed.has_ties && !self.problem.has_variants() {
            return Ok(status);
        }
        if is_whole && !is_exact {
            self.improve_all();
            return Ok(status);
        }
        let before = std::mem::take(&mut self.found);
        let first = before.first().map_or(listed.bound, |found| found.bound);
        let again = self.solve_one_by_one(options, first, Engine::Search, Prover::Tree)?;
        if is_whole && again != SolveStatus::Optimal {
            self.found = before;
            return Ok(status);
        }
        Ok(again)
    }

    /// Removes worthless projects from the options.
    fn improve_all(&mut self) {
        for place in 0..self.found.len() {
            let others: Vec<ProjectSet> = (self.found.iter().enumerate())
                .filter(|&(other, _)| other != place)
                .map(|(_, found)| found.candidate.projects.clone())
                .collect();
            let found = &self.found[place];
            let better = self.improved(found.candidate.clone(), &others);
            let bound = found.bound.max(better.objective);
            self.found[place] = Found { candidate: better, bound, engine: found.engine };
        }
    }

    pub(super) fn improved(
        &self,
        candidate: Candidate<E::Solution>,
        others: &[ProjectSet],
    ) -> Candidate<E::Solution> {
        let difference = self.settings.min_difference;
        let is_allowed =
            |projects: &ProjectSet| others.iter().all(|other| projects.difference(other) >= difference);
        improved(self.problem, &self.evaluator, candidate, &is_allowed, self.cancel)
    }

    /// True if the tableau is too large for the tree search without reduction.
    fn is_large(&self) -> bool {
        let program = self.problem.program;
        self.settings.solver != Solver::Highs
            && !program.columns.is_empty()
            && Tree::size(program) > self.sizes.whole
    }

    /// Reduces a problem, of which a bound may be known, and searches it; HiGHS gets what remains unproven.
    fn run_reduced(&mut self, options: usize, known_bound: f64) -> Result<SolveStatus, OptimiseError> {
        let hands_on = self.settings.solver == Solver::Auto;
        // HiGHS would hardly be through with the relaxation of what begins in a core.
        let keeps_on = self.deadline.is_some() && Tree::size(self.problem.program) > self.sizes.core;
        let work = (hands_on && !keeps_on).then_some(Work::REDUCTION);
        let request = self.request(options, work);
        let seconds = self.hand_over_seconds.map(|seconds| seconds * options as f64);
        let sizes = SizeThresholds { dive: Work::DIVE.ticks(seconds, self.sizes.ticks), ..self.sizes };
        let mut reduced =
            reduce(self.problem, &self.evaluator, &mut self.pool, &request, &sizes, self.cancel)?;
        self.prices = reduced.prices.take();
        let listed = reduced.listed;
        let bound = listed.bound.min(known_bound);
        match listed.end {
            TreeEnd::Complete => self.conclude(options, listed),
            TreeEnd::Cancelled => Err(OptimiseError::Cancelled),
            TreeEnd::Limit if self.is_swamped(options) => {
                self.solve_one_by_one(options, known_bound, Engine::Search, Prover::Tree)
            }
            TreeEnd::Limit if hands_on => {
                self.reduced = Some(reduced);
                self.outside = bound;
                self.solve_one_by_one(options, bound, Engine::Search, Prover::Highs)
            }
            TreeEnd::Limit => Ok(self.take_what_is_known(options, bound)),
        }
    }

    /// Request of a tree search, with the work it may do if another engine follows.
    pub(super) fn request(&self, options: usize, work: Option<Work>) -> SearchRequest {
        let seconds = self.hand_over_seconds.map(|seconds| seconds * options as f64);
        let asked = self.settings.work_limit.map(|each| u64::from(each).saturating_mul(options as u64));
        let nodes = asked.or_else(|| Some(work?.nodes(seconds))).unwrap_or(u64::MAX);
        SearchRequest {
            options,
            difference: self.settings.min_difference,
            gap: self.settings.gap.max(self.rounding),
            limits: SearchLimits {
                ticks: work.map_or(u64::MAX, |work| work.ticks(seconds, self.sizes.ticks)),
                nodes,
                deadline: self.deadline,
            },
        }
    }

    /// The options in the order of the objective, each with the least bound valid at its place.
    pub fn into_ranked(self) -> Vec<Found<E::Solution>> {
        in_rank_order(&self.found, &|one, other| one.order(other))
    }

    /// True if a gap is within that asked for.
    pub fn is_proven(&self, found: &Found<E::Solution>) -> bool {
        is_within(found.gap(), self.settings)
    }

    /// Takes the options from a pool that lacks no solution above `ceiling`.
    fn take_from_pool(&mut self, options: usize, ceiling: f64) -> SolveStatus {
        let spread = self.pool.spread(options, self.settings.min_difference);
        self.found = (spread.into_iter())
            .map(|candidate| Found {
                candidate: candidate.clone(),
                bound: ceiling.max(candidate.objective),
                engine: Engine::Search,
            })
            .collect();
        if self.found.is_empty() {
            SolveStatus::Infeasible
        } else {
            SolveStatus::of_found(self.found.iter().all(|found| self.is_proven(found)))
        }
    }

    /// Takes the options from an incomplete pool with an upper bound: solutions that it lacks may exist.
    fn take_what_is_known(&mut self, options: usize, bound: f64) -> SolveStatus {
        let status = self.take_from_pool(options, bound);
        if self.settles_ties {
            self.improve_all();
        }
        match status {
            SolveStatus::Infeasible => SolveStatus::Unknown,
            SolveStatus::Optimal if self.found.len() < options => SolveStatus::Feasible,
            status => status,
        }
    }

    /// The best known solution that is far enough from all options found so far.
    pub(super) fn best_known(&self, bound: f64, engine: Engine) -> Option<Found<E::Solution>> {
        let others: Vec<ProjectSet> =
            self.found.iter().map(|found| found.candidate.projects.clone()).collect();
        let candidate = self.pool.best_beside(&others, self.settings.min_difference)?.clone();
        let outside = self.outside.max(self.pool.forgotten());
        Some(Found { bound: bound.min(outside).max(candidate.objective), candidate, engine })
    }
}

/// Options in an order, each with the least bound valid at its place. They were found one by one: the bound of each
/// assumes that those before it are ruled out.
pub fn in_rank_order<S: Clone>(
    found: &[Found<S>],
    compare: &dyn Fn(&Candidate<S>, &Candidate<S>) -> Ordering,
) -> Vec<Found<S>> {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|&left, &right| compare(&found[left].candidate, &found[right].candidate));
    let ranked = |place: usize| {
        let one = &found[order[place]];
        // The bound of the n-th option assumes that only the n − 1 before it are ruled out, so that it holds at any
        // place after all of these.
        let supposed = (0..found.len()).take_while(|position| order[..place].contains(position)).count();
        let tight = &found[supposed.min(found.len() - 1)];
        let bound = tight.bound.max(one.candidate.objective);
        Found { candidate: one.candidate.clone(), bound, engine: tight.engine }
    };
    (0..order.len()).map(ranked).collect()
}

/// Engine that proves options one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prover {
    /// Tree search, then HiGHS for what remains open if both may be used.
    Tree,
    /// HiGHS.
    Highs,
}

/// True if no solution is proven to be better, but for the tolerance of a solver, whatever gap was asked for.
pub(super) fn is_exact<S>(found: &Found<S>) -> bool {
    found.gap() <= EXACT_GAP
}

/// True if the tree search is tried on a program.
pub fn tries_tree(program: &Program, solver: Solver) -> bool {
    match solver {
        Solver::Highs => false,
        // A program without columns has nothing to branch on.
        Solver::Search => !program.columns.is_empty(),
        Solver::Auto => !program.columns.is_empty() && Tree::size(program) <= TABLEAU_CELLS_IN_CACHE,
    }
}

/// True if a gap counts as proven.
pub fn is_within(gap: f64, settings: &SelectionSettings) -> bool {
    gap <= settings.gap + GAP_ROUNDING
}

/// |bound − objective| / |objective|; infinite where the objective is 0 and the bound is not.
pub fn gap(objective: f64, bound: f64) -> f64 {
    let difference = (bound - objective).abs();
    if difference <= f64::MIN_POSITIVE { 0.0 } else { difference / objective.abs() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::verify::evaluator::ProgramEvaluator;

    /// Ticks and nodes of the request for one option with a time limit and nodes, and seconds to hand on by.
    fn limits(time_limit: f64, work_limit: Option<u32>, seconds: f64) -> [u64; 2] {
        let (program, cancel) = (Program::default(), CancelToken::new());
        let problem = Problem::of_program(&program);
        let time_limit = Some(time_limit);
        let settings =
            SelectionSettings { min_difference: 1, gap: 0.0, time_limit, work_limit, solver: Solver::Auto };
        let search = RankedSearch::new(&problem, ProgramEvaluator { problem: &problem }, &settings, &cancel);
        let limits = search.handing_on_within(Some(seconds)).request(1, Some(Work::TREE)).limits;
        [limits.ticks, limits.nodes]
    }

    #[test]
    fn what_a_clock_has_left_changes_nothing_in_the_work() {
        assert_eq!(limits(0.1, None, 2.0), limits(1.9, None, 2.0));
        assert_ne!(limits(1.9, None, 2.0), limits(1.9, None, 3.0));
        assert_eq!(limits(1.9, Some(7), 2.0)[1], 7, "all nodes that are asked for");
    }

    #[test]
    fn bounds_fall_to_the_step_below() {
        assert_eq!(bound_at_step(128.4, 120.0, 1.0), 128.0);
        assert_eq!(
            bound_at_step(128.999_999_9, 120.0, 1.0),
            128.999_999_9,
            "129 but for the rounding of a solver"
        );
        assert_eq!(bound_at_step(129.0, 120.0, 1.0), 129.0);
        assert_eq!(bound_at_step(-119.3, -120.0, 1.0), -120.0, "a goal that is minimised");
        assert_eq!(bound_at_step(119.9, 120.0, 1.0), 120.0, "no bound lies below what is known");
        assert_eq!(bound_at_step(5e9 + 900.0, 5e9, 1000.0), 5e9);
        assert_eq!(bound_at_step(f64::INFINITY, 120.0, 1.0), f64::INFINITY);
        assert_eq!(bound_at_step(1e12 + 7.5, 1e12, 1.0), 1e12 + 7.5, "rounding is as large as the step");
    }
}
