//! Problems whose tableau is too large for cache: prices of the relaxation and good solutions fix columns by reduced
//! cost, until the reduced program fits a tableau. LNS finds the solutions and the tree search proves, each for a while
//! in turn.

use std::sync::Arc;
use std::time::Instant;

use crate::progress::CancelToken;

use super::core_of_starts::CoreSearch;
use super::first_dive::{FirstDive, SIZES_OF_MANY};
use super::whole_tree::{Enumeration, SearchRequest};
use crate::optimise::bnb::incumbents::{CutoffTracker, Evaluator};
use crate::optimise::bnb::{DualEnd, NodeQueue, Tree, TreeEnd};
use crate::optimise::heuristics::adaptive_lns::AdaptiveLns;
use crate::optimise::heuristics::lp_dive::{LpDive, MAX_TORN_ONE_BY_ONE, torn_groups};
use crate::optimise::heuristics::seed::seed;
use crate::optimise::model::cliques::merged_program;
use crate::optimise::model::column_terms::ColumnTerms;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::SearchLimits;
use crate::optimise::model::pool::Pool;
use crate::optimise::model::presolve::rule_out_impossible;
use crate::optimise::model::program::{ByRow, Program};
use crate::optimise::model::reduced::{Fixing, ReducedProgram};
use crate::optimise::outcome::{OptimiseError, Outcome, SolveStatus};
use crate::optimise::solver::highs::{
    Relaxation, SolveLimits, SolveOutcome, relax_until, solve_with_constant,
};
use crate::optimise::solver::lagrangian_bound::LagrangianBound;
use crate::optimise::verify::evaluator::ReducedEvaluator;

/// Cells of a tableau that fits in the cache of a core: a megabyte.
pub const TABLEAU_CELLS_IN_CACHE: usize = 1 << 17;
/// Tableau cells from which on reduction is faster, though the whole tableau would fit in cache.
const MIN_TABLEAU_CELLS_TO_REDUCE: usize = 5 << 14;
/// Tableau cells from which on a problem is reduced if the tree search does not prove it soon.
const MIN_TABLEAU_CELLS_TO_REDUCE_LATE: usize = 15 << 10;
/// Tableau cells from which on a search begins in a core of starts: 64 megabytes.
const MAX_TABLEAU_CELLS_WITHOUT_CORE: usize = 1 << 23;
/// Remaining share of the distance between best solution and bound below which a turn of LNS counts as progress; as
/// long as turns make progress, the tree search waits unless the reduced program fits in cache.
const MIN_PROGRESS_PER_TURN: f64 = 0.95;
/// Pivots per node, roughly.
const PIVOTS_PER_NODE: u64 = 16;
/// Tick limit without any incumbent, after which reduction is abandoned.
const MAX_TICKS_WITHOUT_INCUMBENT: u64 = 4_000_000_000;
/// Rounds of the local search.
const LOCAL_SEARCH_ROUNDS: usize = 5;
/// Solutions of the local search that are evaluated.
const MAX_SEED_EVALUATIONS: usize = 20;

/// Sizes from which on a problem counts as large, and limits on the search of it.
#[derive(Clone, Copy, Debug)]
pub struct SizeThresholds {
    /// Largest tableau, in cells, for tree search of the whole problem.
    pub whole: usize,
    /// Tableau cells from which on a problem is reduced that the tree search has not proven soon.
    pub some: usize,
    /// Largest tableau, in cells, of a problem that is searched without a core.
    pub core: usize,
    /// Largest tableau of the reduced program, in cells.
    pub left: usize,
    /// Ticks of the first turn of LNS and of the first of the tree search; doubled with each further turn.
    pub turn: u64,
    /// Tick limit before HiGHS takes over.
    pub ticks: u64,
    /// Ticks of a first dive, roughly; 0 for no dive.
    pub dive: u64,
}

impl Default for SizeThresholds {
    /// The reduced program may exceed the cache, since HiGHS is slower still. A turn takes a quarter of a second, the
    /// tick limit about a minute.
    fn default() -> Self {
        Self {
            whole: MIN_TABLEAU_CELLS_TO_REDUCE,
            some: MIN_TABLEAU_CELLS_TO_REDUCE_LATE,
            core: MAX_TABLEAU_CELLS_WITHOUT_CORE,
            left: 1 << 20,
            turn: 400_000_000,
            ticks: 100_000_000_000,
            dive: 50_000_000_000,
        }
    }
}

/// Result of the search on a reduced problem.
#[derive(Clone, Debug)]
pub struct ReducedProblem {
    /// Completeness of the pool at the end of the search.
    pub listed: Enumeration,
    /// Columns of the whole problem, fixed at the values they have in all solutions above the ceiling.
    pub fixings: Vec<Fixing>,
    /// Upper bound on the objective of solutions that the fixings rule out.
    pub ceiling: f64,
    /// Price per row in the relaxation of a problem that begins in a core, as that takes long to solve again; empty if its
    /// time ended before.
    pub prices: Option<ByRow<f64>>,
}

impl ReducedProblem {
    /// A problem of which nothing is fixed.
    pub fn whole(listed: Enumeration) -> Self {
        Self { listed, fixings: Vec::new(), ceiling: f64::NEG_INFINITY, prices: None }
    }

    /// Solves a program over the columns of the whole problem, with the fixings applied. The bound includes the
    /// solutions that these rule out.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn solve(
        &self,
        program: &Program,
        limits: &SolveLimits,
        cancel: &CancelToken,
    ) -> Result<SolveOutcome, OptimiseError> {
        let Some(left) = ReducedProgram::new(program, &self.fixings) else {
            return Ok(SolveOutcome { status: SolveStatus::Infeasible, bound: self.ceiling, values: None });
        };
        let outcome = solve_with_constant(&left.program, left.constant, limits, cancel)?;
        let values = outcome.values.map(|values| left.expand(&values));
        Ok(SolveOutcome { bound: outcome.bound.max(self.ceiling), values, ..outcome })
    }
}

/// Fills the pool with all solutions that may be among the options requested, to the gap, as far as the limits allow.
///
/// # Errors
/// If the solver of the relaxation fails.
pub fn reduce<E: Evaluator>(
    problem: &Problem,
    evaluator: &E,
    pool: &mut Pool<E::Solution>,
    request: &SearchRequest,
    sizes: &SizeThresholds,
    cancel: &CancelToken,
) -> Result<ReducedProblem, OptimiseError> {
    let mut merged = merged_program(problem);
    let impossible = rule_out_impossible(&mut merged);
    let problem = &Problem { program: &merged, ..problem.clone() };
    let (relaxation, is_solved) = match relax_until(problem.program, request.limits.deadline, cancel)? {
        Outcome::Found(relaxation) => (relaxation, true),
        Outcome::Infeasible => return Ok(ReducedProblem::whole(Enumeration::ALL)),
        Outcome::Unknown => (Relaxation::unsolved(problem.program), false),
    };
    let mut tracker = CutoffTracker::new(request.options, request.difference, request.gap);
    seed(problem, evaluator, &relaxation, LOCAL_SEARCH_ROUNDS, MAX_SEED_EVALUATIONS, pool);
    tracker.take(pool);
    let begins_in_core = Tree::size(problem.program) > sizes.core;
    let prices = begins_in_core.then(|| if is_solved { relaxation.prices.clone() } else { ByRow::default() });
    let lagrangian = LagrangianBound::new(problem, relaxation);
    let begun = begin(problem, evaluator, &lagrangian, request, sizes, cancel, (pool, &mut tracker))?;
    let listed = match begun {
        Some(end) => end,
        None => {
            let lns = AdaptiveLns::new(problem, &lagrangian);
            let (left, turn) = (sizes.left, sizes.turn);
            let lagrangian = &lagrangian;
            Search { problem, evaluator, lagrangian, lns, request, cancel, left, turn }
                .run(pool, &mut tracker)
        }
    };
    let mut fixings = lagrangian.reduced_cost_fixings(tracker.cutoff());
    fixings.extend(impossible.into_iter().map(|column| Fixing::new(column.index(), 0.0)));
    Ok(ReducedProblem { listed, fixings, ceiling: tracker.ceiling(), prices })
}

/// What comes before LNS. Where the relaxation leaves many projects torn, a dive for a first good solution; else the search
/// in a core of starts, where the problem is far too large for a tableau. `None` if LNS goes on from there.
fn begin<E: Evaluator>(
    problem: &Problem,
    evaluator: &E,
    lagrangian: &LagrangianBound,
    request: &SearchRequest,
    sizes: &SizeThresholds,
    cancel: &CancelToken,
    (pool, tracker): (&mut Pool<E::Solution>, &mut CutoffTracker),
) -> Result<Option<Enumeration>, OptimiseError> {
    let begins_in_core = Tree::size(problem.program) > sizes.core;
    if begins_in_core && request.limits.is_late() {
        return Ok(Some(Enumeration::limited(lagrangian.bound())));
    }
    if torn_groups(problem, lagrangian.values()).len() > MAX_TORN_ONE_BY_ONE {
        if sizes.dive > 0 {
            let (by_column, limits) = (&ColumnTerms::of(problem.program), &request.limits);
            if let Some(dive) = LpDive::new(problem, by_column, limits.deadline, cancel)? {
                let dive = dive.within(sizes.dive);
                let sizes = &SIZES_OF_MANY;
                FirstDive { problem, evaluator, by_column, sizes, limits, cancel }
                    .run(dive, pool, tracker)?;
            }
        }
        return Ok(None);
    }
    if !begins_in_core {
        return Ok(None);
    }
    // About as many columns as rows stay open.
    let open_columns = (sizes.left as f64).sqrt() as usize;
    CoreSearch { problem, evaluator, lagrangian, request, cancel, open_columns, turn: sizes.turn }
        .run(pool, tracker)
}

/// The search on one large problem.
struct Search<'a, E> {
    problem: &'a Problem<'a>,
    evaluator: &'a E,
    lagrangian: &'a LagrangianBound,
    lns: AdaptiveLns<'a>,
    request: &'a SearchRequest,
    cancel: &'a CancelToken,
    /// Largest tableau of the reduced program, in cells.
    left: usize,
    /// Ticks of the next turn.
    turn: u64,
}

impl<E: Evaluator> Search<'_, E> {
    fn run(&mut self, pool: &mut Pool<E::Solution>, tracker: &mut CutoffTracker) -> Enumeration {
        loop {
            let before = self.distance(pool);
            self.explore(pool, tracker);
            let is_fertile = self.distance(pool) < MIN_PROGRESS_PER_TURN * before;
            if self.cancel.is_cancelled() {
                return Enumeration::CANCELLED;
            }
            if tracker.ceiling() >= self.lagrangian.bound() {
                // No unknown solution is better, but equally good ones may be unknown.
                return Enumeration { has_ties: false, ..self.listed(tracker, pool) };
            }
            let fixings = self.lagrangian.reduced_cost_fixings(tracker.cutoff());
            let Some(left) = ReducedProgram::new(self.problem.program, &fixings) else {
                return self.listed(tracker, pool);
            };
            let size = Tree::size(&left.program);
            // The relaxation of the reduced program takes at least a pivot per row.
            if size <= if is_fertile { TABLEAU_CELLS_IN_CACHE.min(self.left) } else { self.left }
                && (size * left.program.rows.len()) as u64 <= self.turn
                && let Some(end) = self.decide(&left, pool, tracker)
            {
                return end;
            }
            let is_fruitless = pool.candidates().is_empty() && self.lns.ticks() > MAX_TICKS_WITHOUT_INCUMBENT;
            if is_fruitless || self.is_over(0, 0) {
                return Enumeration::limited(self.lagrangian.bound());
            }
            self.turn = self.turn.saturating_mul(2);
        }
    }

    /// Runs LNS for one turn.
    fn explore(&mut self, pool: &mut Pool<E::Solution>, tracker: &mut CutoffTracker) {
        let end = self.lns.ticks().saturating_add(self.turn);
        let (cancel, deadline) = (self.cancel, self.request.limits.deadline);
        let stop = move || is_late(cancel, deadline);
        while tracker.ceiling() < self.lagrangian.bound() && self.lns.ticks() < end && !self.is_over(0, 0) {
            self.lns.explore(self.evaluator, pool, tracker, &stop);
        }
    }

    /// Searches the reduced program by tree, in turn with LNS. `None` if its relaxation cannot be solved.
    fn decide(
        &mut self,
        left: &ReducedProgram,
        pool: &mut Pool<E::Solution>,
        tracker: &mut CutoffTracker,
    ) -> Option<Enumeration> {
        let problem = &left.problem(self.problem);
        let evaluator = &ReducedEvaluator { evaluator: self.evaluator, reduced_program: left };
        let known =
            |tracker: &CutoffTracker, pool: &Pool<E::Solution>| tracker.ceiling().max(pool.forgotten());
        let Some(everything) = ReducedProgram::new(problem.program, &[]) else {
            return Some(self.listed(tracker, pool));
        };
        let mut root = Tree::new(problem, Arc::new(everything));
        match root.relax() {
            DualEnd::Infeasible => return Some(self.listed(tracker, pool)),
            DualEnd::Optimal => {}
            DualEnd::Cutoff | DualEnd::Stalled | DualEnd::Spent => return None,
        }
        let size = Tree::size(problem.program) as u64;
        let mut queue = NodeQueue::new(problem, root);
        loop {
            let nodes = (self.turn / (size * PIVOTS_PER_NODE)).max(1) + queue.nodes();
            let limits = SearchLimits {
                ticks: queue.ticks().saturating_add(self.turn),
                nodes: nodes.min(self.request.limits.nodes.saturating_sub(self.lns.nodes())),
                deadline: self.request.limits.deadline,
            };
            let end = queue.run(evaluator, pool, tracker, &limits, self.cancel);
            let bound = queue.bound().max(known(tracker, pool)).min(self.lagrangian.bound());
            match end {
                TreeEnd::Complete => return Some(self.listed(tracker, pool)),
                TreeEnd::Cancelled => return Some(Enumeration::CANCELLED),
                TreeEnd::Limit if queue.is_stuck() || self.is_over(queue.nodes(), queue.ticks()) => {
                    return Some(Enumeration::limited(bound));
                }
                TreeEnd::Limit => {}
            }
            self.turn = self.turn.saturating_mul(2);
            self.explore(pool, tracker);
        }
    }

    /// Contents of the pool once everything above the cutoff is searched.
    fn listed(&self, tracker: &CutoffTracker, pool: &Pool<E::Solution>) -> Enumeration {
        Enumeration::complete(tracker, pool, self.lagrangian.bound())
    }

    /// Distance of the best known solution from the bound.
    fn distance(&self, pool: &Pool<E::Solution>) -> f64 {
        pool.candidates().first().map_or(f64::INFINITY, |best| self.lagrangian.bound() - best.objective)
    }

    /// True if a limit is reached, given nodes and ticks of the tree.
    fn is_over(&self, nodes: u64, ticks: u64) -> bool {
        self.lns.ticks().saturating_add(ticks) >= self.request.limits.ticks
            || self.lns.nodes().saturating_add(nodes) >= self.request.limits.nodes
            || is_late(self.cancel, self.request.limits.deadline)
    }
}

fn is_late(cancel: &CancelToken, deadline: Option<Instant>) -> bool {
    cancel.is_cancelled() || deadline.is_some_and(|deadline| Instant::now() >= deadline)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ProjectIx, SelectionSettings, Solver};
    use crate::optimise::k_best::{Found, RankedSearch};
    use crate::optimise::model::pool::ProjectSet;
    use crate::optimise::model::program::{ByColumn, Column, Row};
    use crate::optimise::model::split_mix::SplitMix64;
    use crate::optimise::solver::highs::relax;
    use crate::optimise::verify::evaluator::ProgramEvaluator;

    /// Thresholds that make every problem large: the reduced program goes to the tree search (`left` is large) or to
    /// HiGHS (`left` is 0), in either case after a search in a core (`core` is 0) or without one.
    fn sizes((left, core): (usize, usize)) -> SizeThresholds {
        SizeThresholds { whole: 0, core, left, turn: 20_000, ticks: 100_000, ..SizeThresholds::default() }
    }

    /// Rows of all kinds over a few binaries and some continuous columns; many have few solutions, some have none.
    fn random_program(chance: &mut SplitMix64) -> Program {
        let binaries = 5 + chance.below(4);
        let columns = binaries + chance.below(3);
        let column = |position: usize, chance: &mut SplitMix64| Column {
            lower: 0.0,
            upper: if position < binaries { 1.0 } else { 0.5 + chance.below(3) as f64 },
            is_integer: position < binaries,
            objective: chance.below(40) as f64 - 8.0,
        };
        let columns: Vec<Column> = (0..columns).map(|position| column(position, chance)).collect();
        let row = |chance: &mut SplitMix64| {
            let terms: Vec<(usize, f64)> =
                (0..columns.len()).map(|column| (column, chance.below(12) as f64 - 3.0)).collect();
            let most: f64 = terms.iter().map(|&(_, factor)| factor.max(0.0)).sum();
            let side = (most * (1 + chance.below(4)) as f64 / 6.0).round();
            let (lower, upper) = match chance.below(6) {
                0 => (side - 3.0, f64::INFINITY),
                1 => (side - 4.0, side),
                2 if columns.len() > binaries => (side, side),
                _ => (f64::NEG_INFINITY, side),
            };
            Row::numbered(terms, lower, upper).scaled()
        };
        let rows = (0..2 + chance.below(4)).map(|_| row(chance)).collect();
        Program { columns: columns.into(), rows }
    }

    /// The best objective for each feasible set of binaries.
    fn all_solutions(program: &Program) -> Vec<(f64, ProjectSet)> {
        let binaries = program.columns.iter().filter(|column| column.is_integer).count();
        let cancel = CancelToken::new();
        let solution = |set: usize| {
            let mut held = program.clone();
            for (position, column) in held.columns.iter_mut().take(binaries).enumerate() {
                (column.lower, column.upper) = ((set >> position & 1) as f64, (set >> position & 1) as f64);
            }
            let best = relax(&held, &cancel).unwrap()?.objective;
            let chosen = (0..binaries).filter(|position| set >> position & 1 == 1);
            Some((best, ProjectSet::of(chosen.map(ProjectIx::new))))
        };
        let mut all: Vec<(f64, ProjectSet)> = (0..1 << binaries).filter_map(solution).collect();
        all.sort_by(|one, other| other.0.total_cmp(&one.0));
        all
    }

    fn settings(solver: Solver, min_difference: usize, gap: f64) -> SelectionSettings {
        SelectionSettings { min_difference, gap, time_limit: None, work_limit: None, solver }
    }

    fn found(
        program: &Program,
        count: usize,
        settings: &SelectionSettings,
        sizes: SizeThresholds,
    ) -> (SolveStatus, Vec<Found<ByColumn<f64>>>) {
        let (problem, cancel) = (Problem::of_program(program), CancelToken::new());
        let evaluator = ProgramEvaluator { problem: &problem };
        let mut search = RankedSearch::new(&problem, evaluator, settings, &cancel).with_sizes(sizes);
        let status = search.run(count).unwrap();
        (status, search.into_ranked())
    }

    /// Checks that each solution is as good as the best of those far enough from all before, to the gap, and that none
    /// of these lies above its bound.
    fn check(
        name: &str,
        all: &[(f64, ProjectSet)],
        count: usize,
        settings: &SelectionSettings,
        left: (usize, usize),
        program: &Program,
    ) {
        let (status, found) = found(program, count, settings, sizes(left));
        let mut before: Vec<&ProjectSet> = Vec::new();
        for one in &found {
            let is_open = |other: &&(f64, ProjectSet)| {
                before.iter().all(|set| set.difference(&other.1) >= settings.min_difference)
            };
            let best = all.iter().find(is_open).unwrap().0;
            let within = 1e-6 * best.abs().max(1.0);
            let objective = one.candidate.objective;
            assert!(one.bound >= best - within, "{name}: {} is below {best}", one.bound);
            assert!(objective <= best + within, "{name}: {objective} is above {best}");
            assert!(
                objective >= best - settings.gap * objective.abs() - within,
                "{name}: {objective} for {best}"
            );
            before.push(&one.candidate.projects);
        }
        let is_open = |other: &(f64, ProjectSet)| {
            before.iter().all(|set| set.difference(&other.1) >= settings.min_difference)
        };
        assert!(found.len() == count || !all.iter().any(is_open), "{name}: {} are too few", found.len());
        let expected = if all.is_empty() { SolveStatus::Infeasible } else { SolveStatus::Optimal };
        assert_eq!(status, expected, "{name}");
    }

    #[test]
    fn small_problems_taken_for_large_give_what_counting_gives() {
        let mut chance = SplitMix64::default();
        let mut impossible = 0;
        for number in 0..25 {
            let program = random_program(&mut chance);
            let all = all_solutions(&program);
            impossible += usize::from(all.is_empty());
            for (solver, left) in [
                (Solver::Auto, (usize::MAX, usize::MAX)),
                (Solver::Auto, (0, usize::MAX)),
                (Solver::Search, (usize::MAX, usize::MAX)),
                (Solver::Auto, (usize::MAX, 0)),
                (Solver::Auto, (0, 0)),
            ] {
                if left.1 == 0 && number % 6 != 0 {
                    continue;
                }
                for (count, difference, gap) in
                    [(1, 1, 0.0), (1, 1, 0.05), (4, 1, 0.0), (3, 2, 0.0), (3, 2, 0.03)]
                {
                    let name = format!("{number} {solver:?} {left:?} {count} {difference} {gap}");
                    let settings = settings(solver, difference, gap);
                    check(&name, &all, count, &settings, left, &program);
                }
            }
        }
        assert!((2..12).contains(&impossible), "{impossible} have no solution");
    }

    #[test]
    fn what_prices_fix_is_so_in_every_better_solution() {
        let mut chance = SplitMix64::default();
        let mut fixed = 0;
        for number in 0..60 {
            let program = random_program(&mut chance);
            let all = all_solutions(&program);
            let Some(&(best, _)) = all.first() else { continue };
            let problem = Problem::of_program(&program);
            let relaxation = relax(&program, &CancelToken::new()).unwrap().unwrap();
            let (objective, values) = (relaxation.objective, relaxation.values.clone());
            let lagrangian = LagrangianBound::new(&problem, relaxation);
            assert!((lagrangian.bound() - objective).abs() <= 1e-6 * objective.abs().max(1.0), "{number}");
            assert_eq!(*lagrangian.values(), values, "{number}");
            let cutoff = best - 3.0;
            for fixing in lagrangian.reduced_cost_fixings(cutoff) {
                fixed += 1;
                let differs = |other: &&(f64, ProjectSet)| {
                    other.1.contains(ProjectIx::new(fixing.variable as usize)) != (fixing.value > 0.5)
                };
                let best = all.iter().find(differs).map_or(f64::NEG_INFINITY, |other| other.0);
                assert!(best <= cutoff + 1e-6, "{number}: {fixing:?} costs a solution of {best}");
            }
        }
        assert!(fixed > 50, "{fixed} are fixed");
    }

    #[test]
    fn what_is_left_counts_what_is_fixed_and_bounds_what_is_left_out() {
        let column = |objective| Column { lower: 0.0, upper: 1.0, is_integer: true, objective };
        let columns = vec![column(10.0), column(4.0), column(3.0)];
        let rows = vec![Row::numbered([(0, 2.0), (1, 1.0), (2, 1.0)], f64::NEG_INFINITY, 3.5).scaled()];
        let program = Program { columns: columns.into(), rows: rows.into() };
        let whole = Problem::of_program(&program);
        let left = ReducedProgram::new(&program, &[Fixing::new(0, 1.0)]).unwrap();
        let problem = left.problem(&whole);
        let mut tree = Tree::new(&problem, Arc::new(ReducedProgram::new(problem.program, &[]).unwrap()));
        assert_eq!(tree.relax(), DualEnd::Optimal);
        assert!((tree.tableau().objective() - 15.5).abs() < 1e-4, "{}", tree.tableau().objective());

        let limits = SolveLimits {
            gap: 0.0,
            time: None,
            nodes: None,
            tolerance: crate::optimise::solver::highs::Tolerance::Tight,
        };
        let solved = |variable: usize, value: f64, ceiling: f64| {
            let listed = Enumeration::limited(f64::INFINITY);
            let reduced =
                ReducedProblem { listed, fixings: vec![Fixing::new(variable, value)], ceiling, prices: None };
            reduced.solve(&program, &limits, &CancelToken::new()).unwrap()
        };
        let outcome = solved(0, 1.0, 5.0);
        assert!((outcome.bound - 14.0).abs() < 1e-6, "{outcome:?}");
        assert_eq!(outcome.values, Some([1.0, 1.0, 0.0].into()));
        // Without the first column the best objective is 7, but solutions that were ruled out may reach 14.
        assert_eq!(solved(0, 0.0, 14.0).bound, 14.0);
    }
}
