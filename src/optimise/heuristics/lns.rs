//! Large neighbourhood search (Shaw 1998), the parts that every schedule of it shares: groups ordered by how near to a
//! tie the relaxation leaves them, groups in which solutions differ, and the sub-MIP that decides about free groups
//! alone.

use std::sync::Arc;

use crate::optimise::bnb::incumbents::{Collector, CutoffTracker, Evaluator};
use crate::optimise::bnb::{DiveEnd, OpenNode, Pseudocosts, Tree};
use crate::optimise::model::decisions::{DecisionGroup, Problem};
use crate::optimise::model::pool::Candidate;
use crate::optimise::model::program::{ByColumn, ColumnIx};
use crate::optimise::model::reduced::{Fixing, ReducedProgram};

/// Nodes per sub-MIP.
const NODES_PER_SUB_MIP: u64 = 256;
/// Difference of values of a binary column from which on they count as different.
const INTEGRALITY_TOLERANCE: f64 = 1e-6;

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
    /// Fixings in addition to those of held groups.
    pub held: &'a [Fixing],
    /// Largest tableau, in cells.
    pub max_tableau_cells: usize,
    /// Pseudocosts of an earlier search.
    pub pseudocosts: Option<&'a Pseudocosts>,
    /// Stop signal, checked now and then.
    pub stop: &'a (dyn Fn() -> bool + Sync),
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
        let held = problem.groups.iter().zip(&self.is_free).filter(|&(_, &is_free)| !is_free);
        let chosen = held.flat_map(|(group, _)| group.alternatives.iter().map(|one| one.chosen));
        let fixings = chosen.map(|column| Fixing::new(column.index(), self.values[column].round()));
        let fixings: Vec<Fixing> = fixings.chain(settings.held.iter().copied()).collect();
        let nothing = |end| SubMipResult { end, found: Vec::new(), nodes: 0, ticks: 0 };
        let Some(reduced) = ReducedProgram::new(problem.program, &fixings) else {
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
        let end = tree.dive(problem, &all, NODES_PER_SUB_MIP, &mut collector, settings.stop, &mut Vec::new());
        let (nodes, ticks) = tree.effort();
        SubMipResult { end: Some(end), found: collector.found, nodes, ticks }
    }
}
