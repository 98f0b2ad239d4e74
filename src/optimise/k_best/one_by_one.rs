//! Options found one by one, each by a solve of its own: by HiGHS where the tree search does not serve, by tree search
//! where one tree over all options would list too much.

use std::time::Instant;

use crate::domain::Solver;

use super::hand_over::Work;
use super::reduce_then_tree::reduce;
use super::ties::{self, TieLimits, first_of_equals};
use super::whole_tree::{SearchRequest, enumerate};
use super::{Found, Prover, RankedSearch, after, is_exact};
use crate::optimise::bnb::incumbents::Evaluator;
use crate::optimise::bnb::{Tree, TreeEnd};
use crate::optimise::heuristics::seed::{seed, seed_neighbours};
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::SearchLimits;
use crate::optimise::model::pool::{Candidate, Pool, ProjectSet};
use crate::optimise::model::program::Program;
use crate::optimise::outcome::{OptimiseError, Outcome, SolveStatus};
use crate::optimise::result::Engine;
use crate::optimise::solver::highs::{
    Relaxation, SolveLimits, SolveOutcome, Tolerance, objective_rounding, relax_until, solve,
};

/// Rounds of the local search before the first solve with HiGHS.
const LOCAL_SEARCH_ROUNDS: usize = 100;

/// Relative difference of objectives that may be rounding.
const SAME_OBJECTIVE: f64 = 1e-9;

/// Rechecks that solutions of HiGHS may narrowly fail before the solver counts as broken.
const MAX_RECHECKS: usize = 50;

/// Smallest gap for the default tolerance of HiGHS, which is then asked for this share of it; smaller gaps need its
/// tight tolerance.
const USUAL_TOLERANCE_MIN_GAP: f64 = 1e-4;
const SOLVER_GAP_SHARE: f64 = 0.99;

/// Share of the gap that HiGHS is asked for where its bound should prove neighbours of the solution, too, and neighbours
/// that are evaluated.
const NEIGHBOURS_GAP_SHARE: f64 = 0.5;
const MAX_NEIGHBOURS: usize = 200;

impl<E: Evaluator> RankedSearch<'_, E> {
    /// Solves the relaxation and fills the pool by local search; `None` if the relaxation is infeasible.
    pub fn prepare(&mut self) -> Result<Option<f64>, OptimiseError> {
        let relaxation = match relax_until(self.problem.program, self.deadline, self.cancel)? {
            Outcome::Found(relaxation) => relaxation,
            Outcome::Infeasible => return Ok(None),
            Outcome::Unknown => Relaxation::unsolved(self.problem.program),
        };
        let (rounds, most) = (LOCAL_SEARCH_ROUNDS, 2 * LOCAL_SEARCH_ROUNDS);
        seed(self.problem, &self.evaluator, &relaxation, rounds, most, &mut self.pool);
        Ok(Some(relaxation.objective))
    }

    /// Finds the options one by one. `engine` has proven `bound` for the first.
    pub fn solve_one_by_one(
        &mut self,
        options: usize,
        mut bound: f64,
        mut engine: Engine,
        prover: Prover,
    ) -> Result<SolveStatus, OptimiseError> {
        let mut status = SolveStatus::Optimal;
        let mut program = self.problem.program.clone();
        let mut waits = false;
        while self.found.len() < options {
            match self.next_option(&mut program, bound, engine, prover)? {
                Outcome::Found(found) => {
                    if waits && self.settle_last(found.bound, &mut program) {
                        waits = false;
                        continue;
                    }
                    waits = prover == Prover::Highs && self.waits_for_next(&found, options);
                    let found = if waits { found } else { self.settled(found, &program) };
                    bound = found.bound;
                    engine = found.engine;
                    if !self.is_proven(&found) {
                        status = SolveStatus::Feasible;
                    }
                    let projects = &found.candidate.projects;
                    program.rows.push(self.problem.difference_row(projects, self.settings.min_difference));
                    self.found.push(found);
                }
                Outcome::Infeasible if self.found.is_empty() => return Ok(SolveStatus::Infeasible),
                Outcome::Infeasible => break,
                Outcome::Unknown if self.found.is_empty() => return Ok(SolveStatus::Unknown),
                Outcome::Unknown => {
                    if waits {
                        self.settle_last(f64::INFINITY, &mut program);
                    }
                    return Ok(SolveStatus::Feasible);
                }
            }
        }
        Ok(status)
    }

    /// True if the next option tells whether anything else is as good as this one: then its ties need no search of
    /// their own.
    fn waits_for_next(&self, found: &Found<E::Solution>, options: usize) -> bool {
        self.settles_ties
            && self.found.len() + 1 < options
            && self.settings.min_difference <= 1
            && is_exact(found)
            && !self.problem.has_variants()
            && !self.problem.has_alternatives()
    }

    /// Settles the ties of the last option if the next, of which `next` is a bound, may be as good; true if another
    /// takes its place, so that the next is to be found anew.
    fn settle_last(&mut self, next: f64, program: &mut Program) -> bool {
        let objective = |found: &Found<E::Solution>| found.candidate.objective;
        let Some(last) = self
            .found
            .pop_if(|last| next >= objective(last) - SAME_OBJECTIVE * objective(last).abs().max(1.0))
        else {
            return false;
        };
        program.rows.truncate(program.rows.len() - 1);
        let before = last.candidate.projects.clone();
        let settled = self.settled(last, program);
        let projects = &settled.candidate.projects;
        program.rows.push(self.problem.difference_row(projects, self.settings.min_difference));
        let is_other = *projects != before;
        self.found.push(settled);
        is_other
    }

    /// Finds the best solution that is far enough from all found so far; `bound` is an upper bound on its objective.
    fn next_option(
        &mut self,
        program: &mut Program,
        bound: f64,
        engine: Engine,
        prover: Prover,
    ) -> Result<Outcome<Found<E::Solution>>, OptimiseError> {
        if let Some(known) = self.proven_known(bound, engine) {
            return Ok(Outcome::Found(known));
        }
        if prover == Prover::Tree {
            let next = self.search_next(program, bound)?;
            let is_open = matches!(&next, Outcome::Unknown)
                || matches!(&next, Outcome::Found(one) if !self.is_proven(one));
            if !is_open || self.settings.solver != Solver::Auto || self.settings.work_limit.is_some() {
                return Ok(next);
            }
        }
        let rows = program.rows.len();
        let next = self.solve_checked(program, bound, engine);
        program.rows.truncate(rows);
        next
    }

    /// The best known solution that is far enough from all options found so far, if `bound` proves it: also a neighbour of
    /// the last option.
    fn proven_known(&mut self, bound: f64, engine: Engine) -> Option<Found<E::Solution>> {
        let known = |search: &Self| search.best_known(bound, engine).filter(|known| search.is_proven(known));
        let proven = known(self);
        let last = self.found.last().filter(|_| proven.is_none() && self.wanted_as_neighbours > 0);
        let Some(last) = last else { return proven };
        let values = self.evaluator.values_of(&last.candidate.solution);
        seed_neighbours(self.problem, &self.evaluator, values, MAX_NEIGHBOURS, &mut self.pool);
        known(self)
    }

    /// Finds the best solution of the program in its present state by tree search. The program rules out solutions too
    /// near to the options found so far.
    fn search_next(
        &mut self,
        program: &Program,
        bound: f64,
    ) -> Result<Outcome<Found<E::Solution>>, OptimiseError> {
        let problem = Problem { program, ..self.problem.clone() };
        let mut pool: Pool<E::Solution> = self.far_enough().cloned().collect();
        let each = self.settings.time_limit.and_then(after);
        let deadline = match (each, self.deadline) {
            (Some(each), Some(all)) => Some(each.min(all)),
            (each, all) => each.or(all),
        };
        let request = self.request(1, Some(Work::ONE_OPTION));
        let request =
            SearchRequest { difference: 1, limits: SearchLimits { deadline, ..request.limits }, ..request };
        let listed = if Tree::size(program) > self.sizes.whole {
            reduce(&problem, &self.evaluator, &mut pool, &request, &self.sizes, self.cancel)?.listed
        } else {
            enumerate(&problem, &self.evaluator, &mut pool, &request, self.cancel)
        };
        if listed.end == TreeEnd::Cancelled {
            return Err(OptimiseError::Cancelled);
        }
        let best = pool.candidates().first().map(|best| Candidate::clone(best));
        pool.into_candidates().for_each(|candidate| self.pool.add(candidate));
        Ok(match best {
            Some(candidate) => {
                let bound = listed.bound.min(bound).max(candidate.objective);
                Outcome::Found(Found { candidate, bound, engine: Engine::Search })
            }
            None if listed.end == TreeEnd::Complete => Outcome::Infeasible,
            None => Outcome::Unknown,
        })
    }

    /// The first of the solutions as good as `found`, if it is proven that none is better; otherwise the same solution
    /// without worthless projects.
    fn settled(&self, found: Found<E::Solution>, program: &Program) -> Found<E::Solution> {
        if !self.settles_ties || self.is_over() || self.cancel.is_cancelled() {
            return found;
        }
        let first = if is_exact(&found) {
            let problem = Problem { program, ..self.problem.clone() };
            let known = self.far_enough().cloned();
            let limits =
                TieLimits { nodes: ties::MAX_TIE_NODES, deadline: self.deadline, cancel: self.cancel };
            first_of_equals(&problem, &self.evaluator, &found.candidate, known, limits)
        } else {
            found.candidate.clone()
        };
        // Without that proof, copies of a project may still be exchanged.
        let others: Vec<ProjectSet> =
            self.found.iter().map(|found| found.candidate.projects.clone()).collect();
        let candidate = self.improved(first, &others);
        Found { bound: found.bound.max(candidate.objective), candidate, engine: found.engine }
    }

    /// Solutions of the pool that differ enough from all options found so far, best first.
    pub fn far_enough(&self) -> impl Iterator<Item = &Candidate<E::Solution>> {
        let difference = self.settings.min_difference;
        let is_far = move |candidate: &&Candidate<E::Solution>| {
            self.found.iter().all(|one| candidate.projects.difference(&one.candidate.projects) >= difference)
        };
        self.pool.candidates().iter().map(Box::as_ref).filter(is_far)
    }

    /// Solves the program in its present state. If the solution fails the recheck the solve is repeated, first with a
    /// tighter tolerance, then with an exclusion row for it.
    fn solve_checked(
        &mut self,
        program: &mut Program,
        bound: f64,
        engine: Engine,
    ) -> Result<Outcome<Found<E::Solution>>, OptimiseError> {
        // Where rounding is allowed the tight one, which takes longer, waits until the usual one leaves a gap.
        let needs_tight = self.rounding == 0.0 && self.settings.gap < USUAL_TOLERANCE_MIN_GAP;
        let mut tolerance = if needs_tight { Tolerance::Tight } else { Tolerance::Usual };
        for _ in 0..MAX_RECHECKS {
            let Some(outcome) = self.solve_in_remaining_time(program, tolerance)? else {
                return Ok(self.best_known(bound, engine).map_or(Outcome::Unknown, Outcome::Found));
            };
            let (bound, engine) =
                if outcome.bound < bound { (outcome.bound, Engine::Highs) } else { (bound, engine) };
            match (outcome.status, outcome.values) {
                (SolveStatus::Infeasible, _) => {
                    // A known solution passed the recheck, so that HiGHS missed it within its tolerance.
                    return Ok(self.best_known(bound, engine).map_or(Outcome::Infeasible, Outcome::Found));
                }
                (_, None) => {
                    return Ok(self.best_known(bound, engine).map_or(Outcome::Unknown, Outcome::Found));
                }
                (_, Some(values)) => {
                    if let Some(candidate) = self.evaluator.evaluate(&values) {
                        // A full pool would not keep it.
                        let known = self.best_known(bound, engine);
                        self.pool.add(candidate.clone());
                        let bound = without_rounding(bound, candidate.objective, program);
                        let found = Found { candidate, bound, engine };
                        let is_better =
                            |known: &Found<E::Solution>| known.candidate.order(&found.candidate).is_lt();
                        let found = known.filter(is_better).unwrap_or(found);
                        let is_open = outcome.status == SolveStatus::Optimal && !self.is_proven(&found);
                        if is_open && tolerance == Tolerance::Usual && self.rounding > 0.0 {
                            tolerance = Tolerance::Tight;
                            continue;
                        }
                        return Ok(Outcome::Found(found));
                    }
                    match tolerance {
                        Tolerance::Usual => tolerance = Tolerance::Tight,
                        Tolerance::Tight => program.rows.push(self.problem.exclusion_row(&values)),
                    }
                }
            }
        }
        // The solver's solution exceeds a limit by less than its tolerance: nothing is proven.
        Ok(self.best_known(bound, engine).map_or(Outcome::Unknown, Outcome::Found))
    }

    /// Solves the program in the time that remains; `None` if none does.
    fn solve_in_remaining_time(
        &self,
        program: &Program,
        tolerance: Tolerance,
    ) -> Result<Option<SolveOutcome>, OptimiseError> {
        let left =
            self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()).as_secs_f64());
        if left.is_some_and(|seconds| seconds <= 0.0) {
            return Ok(None);
        }
        let time = match (self.settings.time_limit, left) {
            (Some(each), Some(left)) => Some(each.min(left)),
            (each, left) => each.or(left),
        };
        // The excess of a wider tolerance on bound or objective must not leave the gap unproven.
        let share = if self.found.len() + 1 < self.wanted_as_neighbours {
            NEIGHBOURS_GAP_SHARE
        } else if tolerance == Tolerance::Usual {
            SOLVER_GAP_SHARE
        } else {
            1.0
        };
        let gap = (share * self.settings.gap).max(self.rounding);
        let limits = SolveLimits { gap, time, nodes: self.settings.work_limit, tolerance };
        match &self.reduced {
            Some(reduced) => reduced.solve(program, &limits, self.cancel),
            None => solve(program, &limits, self.cancel),
        }
        .map(Some)
    }
}

/// The bound of a solution whose objective it is not below. What the solver's rounding leaves between the two is
/// nothing: where penalties cancel what is gained, evaluators say 0, and solvers a part of 10⁻¹⁰.
fn without_rounding(bound: f64, objective: f64, program: &Program) -> f64 {
    if bound - objective <= objective_rounding(program) { objective } else { bound }
}
