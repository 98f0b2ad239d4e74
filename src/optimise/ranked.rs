//! The best solution of a problem, then the next best that are different enough: by the tree search where the problem
//! fits in cache or can be narrowed down, by HiGHS where it cannot or the tree has spent what it may.
//!
//! Known solutions and proven bounds are carried from one engine to the other and from option to option: an option
//! that is already known and proven to the gap needs no solve of its own.

use std::time::{Duration, Instant};

use crate::domain::{SelectionSettings, Solver};
use crate::progress::CancelToken;

use super::enumerate::{Effort, Enumeration, enumerate};
use super::incumbents::Judge;
use super::large::{IN_CACHE, Narrowed, Sizes, narrow};
use super::local_search::{Guide, LocalSearch};
use super::outcome::{Engine, OptimiseError, ScenarioStatus};
use super::pool::{Candidate, Pool, ProjectSet};
use super::problem::Problem;
use super::program::Program;
use super::solve::{SolveError, SolveLimits, SolveOutcome, Termination, Tolerance, relax, solve};
use super::tree::Tree;

/// The part of the time allowed that the tree may take before it hands on.
const TREE_TIME: f64 = 0.8;

/// The same for problems that are narrowed first: the solver behind them seldom finds more.
const NARROWING_TIME: f64 = 0.9;

/// The part of its time and work after which the tree leaves a problem of some size to be narrowed: what it has not proven
/// by then wants better solutions more than nodes.
const EARLY: f64 = 0.3;

/// Rounds of the local search before the first solve with HiGHS.
const ROUNDS: usize = 100;

/// How often a solver's solution may fail the recheck by a hair's breadth before the solver is called broken.
const RECHECKS: usize = 50;

/// Smaller gaps than this are for a solver with a tight tolerance, larger ones for its usual one, which is then asked for
/// this part of them.
const COARSE: f64 = 1e-4;
const SAFE: f64 = 0.99;

/// A gap that exceeds what was asked for by no more than this is rounding: shares are kept to nine digits.
const GAP_ROUNDING: f64 = 1e-8;

impl From<SolveError> for OptimiseError {
    fn from(error: SolveError) -> Self {
        match error {
            SolveError::Cancelled => Self::Cancelled,
            SolveError::Failed(message) => Self::Solver(message),
        }
    }
}

/// A solution in the program's own terms: more is better.
#[derive(Clone, Debug)]
pub struct Found<S> {
    /// The solution.
    pub candidate: Candidate<S>,
    /// No solution that is still open to this place has a larger objective.
    pub bound: f64,
    /// What proved the bound.
    pub engine: Engine,
}

impl<S> Found<S> {
    /// |bound − objective| / |objective|.
    pub fn gap(&self) -> f64 {
        gap(self.candidate.objective, self.bound)
    }
}

/// The search for the best solutions of one problem.
pub struct RankedSearch<'a, J: Judge> {
    problem: &'a Problem<'a>,
    judge: J,
    settings: &'a SelectionSettings,
    cancel: &'a CancelToken,
    pool: Pool<J::Solution>,
    found: Vec<Found<J::Solution>>,
    deadline: Option<Instant>,
    sizes: Sizes,
    /// What large problems are narrowed to.
    narrowed: Option<Narrowed>,
}

impl<'a, J: Judge> RankedSearch<'a, J> {
    /// A search that knows nothing yet.
    pub fn new(
        problem: &'a Problem<'a>,
        judge: J,
        settings: &'a SelectionSettings,
        cancel: &'a CancelToken,
    ) -> Self {
        Self {
            problem,
            judge,
            settings,
            cancel,
            pool: Pool::default(),
            found: Vec::new(),
            deadline: None,
            sizes: Sizes::default(),
            narrowed: None,
        }
    }

    /// The same search with other sizes, so that small problems take the way of large ones.
    #[cfg(test)]
    pub fn with_sizes(self, sizes: Sizes) -> Self {
        Self { sizes, ..self }
    }

    /// The same search, which already knows these solutions. The judge has passed them.
    #[must_use]
    pub fn with_known(mut self, candidates: impl IntoIterator<Item = Candidate<J::Solution>>) -> Self {
        candidates.into_iter().for_each(|candidate| self.pool.add(candidate));
        self
    }

    /// All solutions that are known, best first.
    pub fn known(&self) -> &[Box<Candidate<J::Solution>>] {
        self.pool.candidates()
    }

    /// Looks for up to `options` solutions.
    ///
    /// # Errors
    /// If it is asked to stop, or the solver fails.
    pub fn run(&mut self, options: usize) -> Result<ScenarioStatus, OptimiseError> {
        let allowed = self.settings.time_limit.map(|seconds| seconds * options as f64);
        self.deadline = allowed.and_then(after);
        if self.is_large() {
            return self.run_narrowed(options, allowed, f64::INFINITY);
        }
        if !tries_tree(self.problem.program, self.settings.solver) {
            let Some(bound) = self.prepare()? else { return Ok(ScenarioStatus::Infeasible) };
            return self.solve_one_by_one(options, bound, Engine::Highs);
        }
        let hands_on = self.settings.solver == Solver::Auto && self.settings.work_limit.is_none();
        let narrows = hands_on && Tree::size(self.problem.program) > self.sizes.some;
        let mut effort =
            self.effort(options, allowed, hands_on.then_some(if narrows { EARLY } else { TREE_TIME }));
        if narrows {
            effort.work = (EARLY * effort.work as f64) as u64;
        }
        match enumerate(self.problem, &self.judge, &mut self.pool, &effort, self.cancel) {
            Enumeration::Complete(ceiling) => Ok(self.take_from_pool(options, ceiling)),
            Enumeration::Cancelled => Err(OptimiseError::Cancelled),
            Enumeration::Limit(bound) if narrows => {
                let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
                self.run_narrowed(options, left.map(|left| left.as_secs_f64()), bound)
            }
            Enumeration::Limit(bound) if hands_on => self.solve_one_by_one(options, bound, Engine::Search),
            Enumeration::Limit(bound) => Ok(self.take_what_is_known(options, bound)),
        }
    }

    /// Whether the tableau is too large for the tree, unless what cannot be in a good solution is left out first.
    fn is_large(&self) -> bool {
        let program = self.problem.program;
        self.settings.solver != Solver::Highs
            && !program.columns.is_empty()
            && Tree::size(program) > self.sizes.whole
    }

    /// Narrows a problem down, of which a bound may be known; what that leaves unproven goes to HiGHS.
    fn run_narrowed(
        &mut self,
        options: usize,
        allowed: Option<f64>,
        known_bound: f64,
    ) -> Result<ScenarioStatus, OptimiseError> {
        let hands_on = self.settings.solver == Solver::Auto;
        let effort = self.effort(options, allowed, hands_on.then_some(NARROWING_TIME));
        let narrowed = narrow(self.problem, &self.judge, &mut self.pool, &effort, &self.sizes, self.cancel)?;
        match narrowed.end {
            Enumeration::Complete(ceiling) => Ok(self.take_from_pool(options, ceiling)),
            Enumeration::Cancelled => Err(OptimiseError::Cancelled),
            Enumeration::Limit(bound) if hands_on => {
                self.narrowed = Some(narrowed);
                self.solve_one_by_one(options, bound.min(known_bound), Engine::Search)
            }
            Enumeration::Limit(bound) => Ok(self.take_what_is_known(options, bound.min(known_bound))),
        }
    }

    /// What our own search may take: of the seconds allowed this share, if it hands on what is left.
    fn effort(&self, options: usize, allowed: Option<f64>, share: Option<f64>) -> Effort {
        let nodes = |each: u32| u64::from(each).saturating_mul(options as u64);
        Effort {
            options,
            difference: self.settings.min_difference,
            gap: self.settings.gap,
            work: if share.is_some() { self.sizes.work } else { u64::MAX },
            nodes: self.settings.work_limit.map_or(u64::MAX, nodes),
            deadline: allowed.map(|seconds| seconds * share.unwrap_or(1.0)).and_then(after),
        }
    }

    /// What was found, in the order of the objective, each with the least bound that holds for it there.
    pub fn into_ranked(self) -> Vec<Found<J::Solution>> {
        let mut order: Vec<usize> = (0..self.found.len()).collect();
        let objective = |&position: &usize| self.found[position].candidate.objective;
        order.sort_by(|left, right| objective(right).total_cmp(&objective(left)));
        let ranked = |place: usize| {
            let found = &self.found[order[place]];
            // The bound found for the n-th option supposes that only the n − 1 before it are ruled out, so it
            // holds at any place that comes after all of these.
            let supposed =
                (0..self.found.len()).take_while(|position| order[..place].contains(position)).count();
            let tight = &self.found[supposed.min(self.found.len() - 1)];
            let bound = tight.bound.max(found.candidate.objective);
            Found { candidate: found.candidate.clone(), bound, engine: tight.engine }
        };
        (0..order.len()).map(ranked).collect()
    }

    /// Whether a gap is as small as asked for.
    pub fn is_proven(&self, found: &Found<J::Solution>) -> bool {
        is_within(found.gap(), self.settings)
    }

    /// Takes the options from a pool that lacks no solution above `ceiling`.
    fn take_from_pool(&mut self, options: usize, ceiling: f64) -> ScenarioStatus {
        let spread = self.pool.spread(options, self.settings.min_difference);
        self.found = (spread.into_iter())
            .map(|candidate| Found {
                candidate: candidate.clone(),
                bound: ceiling.max(candidate.objective),
                engine: Engine::Search,
            })
            .collect();
        if self.found.is_empty() {
            ScenarioStatus::Infeasible
        } else if self.found.iter().all(|found| self.is_proven(found)) {
            ScenarioStatus::Optimal
        } else {
            ScenarioStatus::Feasible
        }
    }

    /// Takes the options from a pool of which only an upper bound is known: what it lacks may exist all the same.
    fn take_what_is_known(&mut self, options: usize, bound: f64) -> ScenarioStatus {
        match self.take_from_pool(options, bound) {
            ScenarioStatus::Infeasible => ScenarioStatus::Unknown,
            ScenarioStatus::Optimal if self.found.len() < options => ScenarioStatus::Feasible,
            status => status,
        }
    }

    /// Solves the relaxation and fills the pool by the local search; `None` if even the relaxation has no solution.
    fn prepare(&mut self) -> Result<Option<f64>, OptimiseError> {
        let Some(relaxation) = relax(self.problem.program, self.cancel)? else { return Ok(None) };
        let guide = Guide { values: relaxation.values, prices: relaxation.prices };
        let mut local = LocalSearch::new(self.problem, &guide);
        let mut met = Pool::default();
        local.run(ROUNDS, &mut met);
        for candidate in met.candidates().iter().take(2 * ROUNDS) {
            if let Some(valid) = self.judge.judge(&LocalSearch::values_of(self.problem, &candidate.solution))
            {
                self.pool.add(valid);
            }
        }
        Ok(Some(relaxation.objective))
    }

    /// Asks HiGHS for one option after the other. `engine` has proven `bound` for the first.
    fn solve_one_by_one(
        &mut self,
        options: usize,
        mut bound: f64,
        mut engine: Engine,
    ) -> Result<ScenarioStatus, OptimiseError> {
        let mut status = ScenarioStatus::Optimal;
        let mut program = self.problem.program.clone();
        while self.found.len() < options {
            match self.next_option(&mut program, bound, engine)? {
                Next::Found(found) => {
                    bound = found.bound;
                    engine = found.engine;
                    if !self.is_proven(&found) {
                        status = ScenarioStatus::Feasible;
                    }
                    let projects = &found.candidate.projects;
                    program.rows.push(self.problem.difference_row(projects, self.settings.min_difference));
                    self.found.push(found);
                }
                Next::NoMore if self.found.is_empty() => return Ok(ScenarioStatus::Infeasible),
                Next::NoMore => break,
                Next::Unknown if self.found.is_empty() => return Ok(ScenarioStatus::Unknown),
                Next::Unknown => return Ok(ScenarioStatus::Feasible),
            }
        }
        Ok(status)
    }

    /// Finds the best solution that is far enough from all found so far, none of which is better than `bound`.
    fn next_option(
        &mut self,
        program: &mut Program,
        bound: f64,
        engine: Engine,
    ) -> Result<Next<J::Solution>, OptimiseError> {
        let known = self.best_known(bound, engine);
        if let Some(known) = known.filter(|known| self.is_proven(known)) {
            return Ok(Next::Found(known));
        }
        let rows = program.rows.len();
        let next = self.solve_checked(program, bound, engine);
        program.rows.truncate(rows);
        next
    }

    /// Solves the program as it stands. If its solution fails the recheck the solve is repeated, first with a tighter
    /// tolerance, then without what failed.
    fn solve_checked(
        &mut self,
        program: &mut Program,
        bound: f64,
        engine: Engine,
    ) -> Result<Next<J::Solution>, OptimiseError> {
        let mut tolerance = if self.settings.gap < COARSE { Tolerance::Tight } else { Tolerance::Usual };
        for _ in 0..RECHECKS {
            let Some(outcome) = self.solve_from_best_known(program, tolerance)? else {
                return Ok(self.best_known(bound, engine).map_or(Next::Unknown, Next::Found));
            };
            let (bound, engine) =
                if outcome.bound < bound { (outcome.bound, Engine::Highs) } else { (bound, engine) };
            match (outcome.termination, outcome.values) {
                (Termination::Infeasible, _) => {
                    // What is known was rechecked, so the solver missed it within its tolerance.
                    return Ok(self.best_known(bound, engine).map_or(Next::NoMore, Next::Found));
                }
                (_, None) => return Ok(self.best_known(bound, engine).map_or(Next::Unknown, Next::Found)),
                (_, Some(values)) => {
                    if let Some(candidate) = self.judge.judge(&values) {
                        self.pool.add(candidate);
                        return Ok(self.best_known(bound, engine).map_or(Next::Unknown, Next::Found));
                    }
                    match tolerance {
                        Tolerance::Usual => tolerance = Tolerance::Tight,
                        Tolerance::Tight => program.rows.push(self.problem.exclusion_row(&values)),
                    }
                }
            }
        }
        Err(OptimiseError::Solver("its selections keep failing the recheck against the limits".to_owned()))
    }

    /// `None` if there is no time left.
    fn solve_from_best_known(
        &self,
        program: &Program,
        tolerance: Tolerance,
    ) -> Result<Option<SolveOutcome>, SolveError> {
        let left =
            self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()).as_secs_f64());
        if left.is_some_and(|seconds| seconds <= 0.0) {
            return Ok(None);
        }
        let time = match (self.settings.time_limit, left) {
            (Some(each), Some(left)) => Some(each.min(left)),
            (each, left) => each.or(left),
        };
        // What a wider tolerance adds to the bound or takes from the objective must not leave the gap unproven.
        let gap = if tolerance == Tolerance::Usual { SAFE * self.settings.gap } else { self.settings.gap };
        let limits = SolveLimits { gap, time, nodes: self.settings.work_limit, tolerance };
        let start = self.best_known(f64::INFINITY, Engine::Highs);
        let start = start.map(|known| self.judge.values_of(&known.candidate.solution));
        match &self.narrowed {
            Some(narrowed) => narrowed.solve(program, &limits, start.as_deref(), self.cancel),
            None => solve(program, &limits, start.as_deref(), self.cancel),
        }
        .map(Some)
    }

    /// The best solution known that is far enough from all found so far.
    fn best_known(&self, bound: f64, engine: Engine) -> Option<Found<J::Solution>> {
        let others: Vec<ProjectSet> =
            self.found.iter().map(|found| found.candidate.projects.clone()).collect();
        let candidate = self.pool.best_beside(&others, self.settings.min_difference)?.clone();
        Some(Found { bound: bound.max(candidate.objective), candidate, engine })
    }
}

/// Whether the tree search is tried on a program.
pub fn tries_tree(program: &Program, solver: Solver) -> bool {
    match solver {
        Solver::Highs => false,
        // Without columns there is nothing to branch on.
        Solver::Search => !program.columns.is_empty(),
        Solver::Auto => !program.columns.is_empty() && Tree::size(program) <= IN_CACHE,
    }
}

enum Next<S> {
    /// This one, with the bound proven for it.
    Found(Found<S>),
    /// There is none.
    NoMore,
    /// A limit was met before any was found.
    Unknown,
}

/// The time so many seconds from now; `None` if that is beyond what a clock can tell.
fn after(seconds: f64) -> Option<Instant> {
    let allowed = Duration::try_from_secs_f64(seconds).ok()?;
    Instant::now().checked_add(allowed)
}

/// Whether a gap counts as proven.
pub fn is_within(gap: f64, settings: &SelectionSettings) -> bool {
    gap <= settings.gap + GAP_ROUNDING
}

/// |bound − objective| / |objective|; infinite where the objective is 0 and the bound is not.
pub fn gap(objective: f64, bound: f64) -> f64 {
    let difference = (bound - objective).abs();
    if difference <= f64::MIN_POSITIVE { 0.0 } else { difference / objective.abs() }
}
