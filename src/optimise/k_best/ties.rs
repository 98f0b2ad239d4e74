//! Ties: the first of solutions with the same objective is the cheapest, then that with the fewest projects, then the
//! first by ids ([`Candidate::order`]).
//!
//! [`first_of_equals`] proves it by a program of its own, which holds the objective and minimises the tie-break
//! (lexicographic optimisation, Isermann 1982).

use std::time::Instant;

use crate::progress::CancelToken;

use super::coupling::is_loosely_coupled;
use super::reduce_then_tree::TABLEAU_CELLS_IN_CACHE;
use super::whole_tree::{SearchRequest, enumerate};
use crate::optimise::bnb::Tree;
use crate::optimise::bnb::incumbents::Evaluator;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::SearchLimits;
use crate::optimise::model::pool::{Candidate, Pool, TieBreak};
use crate::optimise::model::program::{ByColumn, ColumnIx, Program, Row};
use crate::optimise::model::reduced::ReducedProgram;
use crate::optimise::outcome::SolveStatus;
use crate::optimise::solver::highs::{SolveLimits, SolveOutcome, Tolerance, relax, solve};
use crate::optimise::solver::lagrangian_bound::LagrangianBound;
use crate::optimise::verify::evaluator::ReducedEvaluator;

/// Default node limit per phase.
pub const MAX_TIE_NODES: u32 = 5_000;
/// Tick limit of the tree search for it: about a second.
const MAX_TIE_TICKS: u64 = 1_500_000_000;
/// Largest node limit of HiGHS for it, where a program nearly falls apart: most are proven at the root.
const MAX_SOLVER_TIE_NODES: u32 = 200;
/// Relative difference of objectives below which solutions count as equal where prices rule out the rest.
const RELATIVE_TIE: f64 = 1e-9;

/// Tie-break that is minimised among equal objectives.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// The cost.
    Cost,
    /// The number of projects, among solutions that cost no more than this.
    Count { most_cost: f64 },
}

/// Evaluates solutions as good as a given one by their tie-break.
struct TieEvaluator<'a, E: Evaluator> {
    evaluator: &'a E,
    least: f64,
    phase: Phase,
}

impl<E: Evaluator> TieEvaluator<'_, E> {
    fn candidate(&self, inner: Candidate<E::Solution>) -> Option<Candidate<Candidate<E::Solution>>> {
        if inner.tie.objective < self.least {
            return None;
        }
        let objective = match self.phase {
            Phase::Cost => -inner.tie.cost,
            Phase::Count { most_cost } if inner.tie.cost > most_cost => return None,
            Phase::Count { .. } => -(inner.projects.len() as f64),
        };
        let tie = TieBreak { objective, cost: 0.0, ..inner.tie };
        Some(Candidate { objective, tie, projects: inner.projects.clone(), solution: inner })
    }
}

impl<E: Evaluator> Evaluator for TieEvaluator<'_, E> {
    type Solution = Candidate<E::Solution>;

    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<Self::Solution>> {
        self.candidate(self.evaluator.evaluate(values)?)
    }

    fn values_of(&self, solution: &Self::Solution) -> ByColumn<f64> {
        self.evaluator.values_of(&solution.solution)
    }
}

/// Limits on the search for the first of equals.
#[derive(Clone, Copy, Debug)]
pub struct TieLimits<'a> {
    /// Nodes per phase.
    pub nodes: u32,
    /// Time at which the search stops.
    pub deadline: Option<Instant>,
    /// Stop signal.
    pub cancel: &'a CancelToken,
}

/// The first of the solutions of `problem` that are as good as `best`, as far as the limits allow. `known` solutions
/// are the warm start. The problem rules out solutions too near to other options.
pub fn first_of_equals<E: Evaluator>(
    problem: &Problem,
    evaluator: &E,
    best: &Candidate<E::Solution>,
    known: impl Iterator<Item = Candidate<E::Solution>>,
    limits: TieLimits,
) -> Candidate<E::Solution> {
    let left = Equals::new(problem, best.objective, limits.cancel);
    let (problem, evaluator) =
        (&left.reduced.problem(problem), &ReducedEvaluator { evaluator, reduced_program: &left.reduced });
    let search = Search { problem, taken: left.taken, best, has_costs: left.has_costs, limits };
    let mut equals = TieEvaluator { evaluator, least: best.tie.objective, phase: Phase::Cost };
    let mut known: Vec<Candidate<E::Solution>> =
        known.chain([best.clone()]).filter(|one| one.tie.objective >= best.tie.objective).collect();
    let mut most_cost = best.tie.cost;
    if left.has_costs {
        let (cheapest, is_open) = search.run(&equals, &known);
        if !is_open {
            return cheapest;
        }
        most_cost = cheapest.tie.cost;
        known.push(cheapest);
    }
    equals.phase = Phase::Count { most_cost };
    search.run(&equals, &known).0
}

/// A problem reduced, by the prices of the relaxation, to solutions as good as a known one: a small program where the
/// known one is the best.
struct Equals {
    reduced: ReducedProgram,
    taken: Taken,
    has_costs: bool,
}

/// Cost and number of projects of the fixed columns.
#[derive(Clone, Copy, Debug)]
struct Taken {
    cost: f64,
    count: f64,
}

impl Equals {
    fn new(problem: &Problem, objective: f64, cancel: &CancelToken) -> Self {
        let fixings = relax(problem.program, cancel).ok().flatten().map(|relaxation| {
            let cutoff = objective - RELATIVE_TIE * objective.abs().max(1.0);
            LagrangianBound::new(problem, relaxation).reduced_cost_fixings(cutoff)
        });
        let reduced = fixings.and_then(|fixings| ReducedProgram::new(problem.program, &fixings));
        let reduced = reduced.unwrap_or_else(|| ReducedProgram::none(problem.program));
        let value = |column: ColumnIx| reduced.fixed[column].unwrap_or(0.0);
        let chosen = problem.groups.iter().flat_map(|group| &group.alternatives).map(|one| one.chosen);
        let taken = Taken {
            cost: problem.costs.iter_enumerated().map(|(column, cost)| cost * value(column)).sum(),
            count: chosen.map(value).sum(),
        };
        Self { reduced, taken, has_costs: problem.costs.iter().any(|&cost| cost != 0.0) }
    }
}

/// A search among the solutions that are as good as a known one.
struct Search<'a, S> {
    /// The reduced problem.
    problem: &'a Problem<'a>,
    taken: Taken,
    best: &'a Candidate<S>,
    /// The cost is minimised first.
    has_costs: bool,
    limits: TieLimits<'a>,
}

impl<S: Clone + Send + Sync> Search<'_, S> {
    /// The first known solution after the search of one phase, and true if a further phase may find one that comes before
    /// it.
    fn run<E: Evaluator<Solution = S>>(
        &self,
        evaluator: &TieEvaluator<E>,
        known: &[Candidate<S>],
    ) -> (Candidate<S>, bool) {
        let mut pool: Pool<Candidate<S>> =
            known.iter().filter_map(|one| evaluator.candidate(one.clone())).collect();
        let (problem, limits) = (self.problem, self.limits);
        let program = program_of(problem, self.best.objective, evaluator.phase, self.taken);
        let is_loose = is_loosely_coupled(problem.program);
        let is_open = if is_loose || Tree::size(&program) > TABLEAU_CELLS_IN_CACHE {
            let most = if is_loose { MAX_SOLVER_TIE_NODES } else { u32::MAX };
            let limits = TieLimits { nodes: limits.nodes.min(most), ..limits };
            self.run_solver(program, limits, evaluator, &mut pool)
        } else {
            let constant = match evaluator.phase {
                Phase::Cost => -self.taken.cost,
                Phase::Count { .. } => -self.taken.count,
            };
            let held = Problem { program: &program, constant, costs: ByColumn::default(), ..problem.clone() };
            let of_tree =
                SearchLimits { ticks: MAX_TIE_TICKS, nodes: limits.nodes.into(), deadline: limits.deadline };
            let request = SearchRequest { options: 1, difference: 1, gap: 0.0, limits: of_tree };
            !enumerate(&held, evaluator, &mut pool, &request, limits.cancel).has_ties
        };
        let first = pool.candidates().first().map_or_else(|| self.best.clone(), |one| one.solution.clone());
        (first, is_open)
    }

    /// Adds the first of the others that HiGHS finds; true if it leaves open which comes first, and a further phase may
    /// settle that.
    ///
    /// Where solutions with the same projects cost the same, the known one is ruled out: mostly nothing else is as
    /// good, or as cheap, and no further phase is needed.
    fn run_solver<E: Evaluator<Solution = S>>(
        &self,
        mut program: Program,
        limits: TieLimits,
        evaluator: &TieEvaluator<E>,
        pool: &mut Pool<Candidate<S>>,
    ) -> bool {
        let is_first_phase = evaluator.phase == Phase::Cost || !self.has_costs;
        let of_others = is_first_phase && !self.problem.has_variants();
        if of_others {
            program.rows.push(self.problem.other_projects_row(&self.best.projects));
        }
        let tolerance = if of_others { Tolerance::Usual } else { Tolerance::Tight };
        let Some(outcome) = solved(&program, limits, tolerance) else { return false };
        let is_alone = of_others && pool.candidates().len() == 1;
        let first = pool.candidates().first().map_or(f64::NEG_INFINITY, |one| one.objective);
        match (outcome.status, outcome.values.and_then(|values| evaluator.evaluate(&values))) {
            (SolveStatus::Infeasible, _) => !is_alone,
            (status, Some(candidate)) => {
                // All others cost more, or have more projects.
                let is_later = of_others && candidate.objective < first;
                pool.add(candidate);
                status == SolveStatus::Optimal && !is_later
            }
            (_, None) => false,
        }
    }
}

/// Outcome of a solve by HiGHS, if it answers.
fn solved(program: &Program, limits: TieLimits, tolerance: Tolerance) -> Option<SolveOutcome> {
    let time =
        limits.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()).as_secs_f64());
    let of_solve = SolveLimits { gap: 0.0, time, nodes: Some(limits.nodes), tolerance };
    solve(program, &of_solve, limits.cancel).ok()
}

/// The program that holds the objective and minimises the tie-break of a phase.
fn program_of(problem: &Problem, objective: f64, phase: Phase, taken: Taken) -> Program {
    let mut program = problem.program.clone();
    let value = program.columns.iter_enumerated().map(|(column, one)| (column, one.objective));
    // No slack for rounding: the tolerance of rows covers it, and with more a search would take it out of shares.
    let least = objective - problem.constant;
    let holds = Row::new(value.collect::<Vec<_>>(), least, f64::INFINITY).scaled();
    let costs = || problem.costs.iter_enumerated().map(|(column, &cost)| (column, cost));
    program.columns.iter_mut().for_each(|column| column.objective = 0.0);
    match phase {
        Phase::Cost => costs().for_each(|(column, cost)| program.columns[column].objective = -cost),
        Phase::Count { most_cost } => {
            for one in problem.groups.iter().flat_map(|group| &group.alternatives) {
                program.columns[one.chosen].objective = -1.0;
            }
            program.rows.push(Row::new(costs(), f64::NEG_INFINITY, most_cost - taken.cost).scaled());
        }
    }
    program.rows.push(holds);
    program
}
