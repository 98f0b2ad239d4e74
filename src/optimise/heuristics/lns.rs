//! Large neighbourhood search (Shaw 1998), the parts that every schedule of it shares: groups ordered by how near to a
//! tie the relaxation leaves them, groups in which solutions differ, and the sub-MIP that decides about free groups
//! alone.

use std::sync::Arc;
use std::time::Instant;

use crate::progress::CancelToken;

use crate::optimise::bnb::incumbents::{Collector, CutoffTracker, Evaluator};
use crate::optimise::bnb::{DiveEnd, OpenNode, Pseudocosts, Tree};
use crate::optimise::model::column_terms::ColumnTerms;
use crate::optimise::model::decisions::{DecisionGroup, Problem};
use crate::optimise::model::limits::DiveLimits;
use crate::optimise::model::pool::Candidate;
use crate::optimise::model::program::{ByColumn, ColumnIx, Program};
use crate::optimise::model::reduced::{Fixing, ReducedProgram};
use crate::optimise::outcome::OptimiseError;
use crate::optimise::solver::improve::{ImproveLimits, improve};

/// Nodes per sub-MIP.
const NODES_PER_SUB_MIP: u64 = 256;
/// Ticks that an iteration of HiGHS's simplex method counts for, per term of the program: it takes about as long.
const TICKS_PER_TERM: u64 = 8;
/// Ticks that a call of HiGHS counts for, however little it has to do.
const TICKS_PER_CALL: u64 = 100_000;
/// Difference of values of a binary column from which on they count as different.
const INTEGRALITY_TOLERANCE: f64 = 1e-6;

/// Ticks that an iteration of HiGHS's simplex method counts for.
pub fn ticks_per_iteration(program: &Program) -> u64 {
    let terms: u64 = program.rows.iter().map(|row| row.terms.len() as u64).sum();
    TICKS_PER_TERM * terms.max(1)
}

/// Groups (positions) with the least reduced cost among their variables, nearest to a tie first. `reduced_cost` is that
/// of a variable: a column, then the slack of a row.
pub fn groups_by_tie(problem: &Problem, reduced_cost: impl Fn(usize) -> f64) -> Vec<(f64, usize)> {
    let columns = problem.program.columns.len();
    let tie = |group: &DecisionGroup| {
        let chosen = group.alternatives.iter().map(|one| one.chosen.index());
        let variables = chosen.chain(group.row.map(|row| columns + row.index()));
        variables.map(&reduced_cost).fold(f64::INFINITY, f64::min)
    };
    let mut ties: Vec<(f64, usize)> =
        problem.groups.iter().enumerate().map(|(position, group)| (tie(group), position)).collect();
    ties.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    ties
}

/// Groups (positions) in which two solutions choose differently.
pub fn differing_groups(problem: &Problem, values: &ByColumn<f64>, other: &ByColumn<f64>) -> Vec<usize> {
    let differs = |group: &DecisionGroup| {
        let difference = |column: ColumnIx| (values[column] - other[column]).abs();
        group.alternatives.iter().any(|one| difference(one.chosen) > INTEGRALITY_TOLERANCE)
    };
    (0..problem.groups.len()).filter(|&group| differs(&problem.groups[group])).collect()
}

/// A part of a problem: some groups are free, all others stay as in a solution.
#[derive(Clone, Debug)]
pub struct SubMip {
    /// Values of all columns; those of held groups are rounded.
    pub values: ByColumn<f64>,
    /// `is_free[group]`.
    pub is_free: Vec<bool>,
}

/// Result of one sub-MIP.
#[derive(Clone, Debug)]
pub struct SubMipResult<S> {
    /// End of the dive; `None` if the tableau would be too large.
    pub end: Option<DiveEnd>,
    /// Solutions above the cutoff, in the order in which they were found.
    pub found: Vec<Candidate<S>>,
    /// Nodes.
    pub nodes: u64,
    /// Tableau cells changed in pivots, roughly.
    pub ticks: u64,
}

/// Limits and warm start of one sub-MIP.
pub struct SubMipSettings<'a> {
    /// The program's terms by column.
    pub by_column: &'a ColumnTerms,
    /// Fixings in addition to those of held groups.
    pub held: &'a [Fixing],
    /// Largest tableau, in cells.
    pub max_tableau_cells: usize,
    /// Pseudocosts of an earlier search.
    pub pseudocosts: Option<&'a Pseudocosts>,
    /// Stop signal, checked now and then.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

/// Limits of a sub-MIP that HiGHS solves.
#[derive(Clone, Copy)]
pub struct ImproveSettings<'a> {
    /// The program's terms by column.
    pub by_column: &'a ColumnTerms,
    /// Nodes.
    pub nodes: i32,
    /// Ticks, roughly.
    pub ticks: u64,
    /// Time at which it ends.
    pub deadline: Option<Instant>,
    /// Request to stop.
    pub cancel: &'a CancelToken,
}

impl SubMip {
    /// Searches for solutions above the cutoff that differ in free groups alone.
    pub fn solve<E: Evaluator>(
        &self,
        problem: &Problem,
        evaluator: &E,
        tracker: CutoffTracker,
        settings: &SubMipSettings,
    ) -> SubMipResult<E::Solution> {
        let mut fixings = self.fixings(problem);
        fixings.extend_from_slice(settings.held);
        let nothing = |end| SubMipResult { end, found: Vec::new(), nodes: 0, ticks: 0 };
        let Some(reduced) = ReducedProgram::by_columns(problem.program, settings.by_column, &fixings) else {
            return nothing(Some(DiveEnd::Complete));
        };
        if Tree::size(&reduced.program) > settings.max_tableau_cells {
            return nothing(None);
        }
        let mut tree = Tree::new(problem, Arc::new(reduced));
        if let Some(pseudocosts) = settings.pseudocosts {
            tree.pseudocosts.clone_from(pseudocosts);
        }
        let mut collector = Collector::new(evaluator, tracker);
        let all = OpenNode { fixings: Vec::new(), bound: f64::INFINITY };
        let limits = DiveLimits::of_nodes(NODES_PER_SUB_MIP);
        let end = tree.dive(problem, &all, limits, &mut collector, settings.stop, &mut Vec::new());
        let (nodes, ticks) = tree.effort();
        SubMipResult { end: Some(end), found: collector.found, nodes, ticks }
    }

    /// The same by a few nodes of HiGHS, which needs no tableau: the best solution that it finds.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn improve<E: Evaluator>(
        &self,
        problem: &Problem,
        evaluator: &E,
        tracker: &CutoffTracker,
        settings: &ImproveSettings,
    ) -> Result<SubMipResult<E::Solution>, OptimiseError> {
        let result = |end, found, ticks| SubMipResult { end, found, nodes: 1, ticks };
        let fixings = self.fixings(problem);
        let Some(reduced) = ReducedProgram::by_columns(problem.program, settings.by_column, &fixings) else {
            return Ok(result(Some(DiveEnd::Complete), Vec::new(), 0));
        };
        if reduced.program.columns.is_empty() {
            let found = evaluator.evaluate(&reduced.expand(&[])).into_iter().collect();
            return Ok(result(Some(DiveEnd::Complete), found, 0));
        }
        let constant = problem.constant + reduced.constant;
        let per_iteration = ticks_per_iteration(&reduced.program);
        let ImproveSettings { nodes, ticks, deadline, cancel, .. } = *settings;
        let limits = ImproveLimits { nodes, iterations: ticks / per_iteration, deadline };
        let better = improve(&reduced.program, (tracker.cutoff(), constant), limits, cancel)?;
        let end = if better.is_proven { DiveEnd::Complete } else { DiveEnd::Open };
        // HiGHS may end at a limit with a solution that is below the cutoff.
        let found = (better.values.and_then(|values| evaluator.evaluate(&reduced.expand(&values))))
            .filter(|found| found.objective > tracker.cutoff());
        let ticks = TICKS_PER_CALL + better.iterations * per_iteration;
        Ok(result(Some(end), found.into_iter().collect(), ticks))
    }

    /// Held groups as they are in the solution.
    fn fixings(&self, problem: &Problem) -> Vec<Fixing> {
        let held = problem.groups.iter().zip(&self.is_free).filter(|&(_, &is_free)| !is_free);
        let chosen = held.flat_map(|(group, _)| group.alternatives.iter().map(|one| one.chosen));
        chosen.map(|column| Fixing::new(column.index(), self.values[column].round())).collect()
    }
}
