//! Break-even costs: the largest factor on a project's own cost at which the best selection with it is as good as the
//! best without it.

use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{ByProject, ProjectIx, SelectionSettings};
use crate::optimise::bnb::incumbents::{CutoffTracker, Evaluator};
use crate::optimise::bnb::{DualEnd, NodeQueue, Tree, TreeEnd};
use crate::optimise::heuristics::tableau_lns::TableauLns;
use crate::optimise::k_best::{RankedSearch, gap, tries_tree};
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::SearchLimits;
use crate::optimise::model::pool::{Candidate, Pool};
use crate::optimise::model::program::{ByColumn, ColumnIx, Program, RowIx};
use crate::optimise::model::reduced::ReducedProgram;
use crate::optimise::outcome::OptimiseError;
use crate::optimise::verify::evaluator::{ProgramEvaluator, values_of_selection};

use super::decision::BreakEven;
use super::factor::{CostModel, MAX_COST_FACTOR, cut_by, widened};
use super::question::Question;
use super::sides::Sides;

/// Gap of objectives that counts as rounding.
const SETTLED_GAP: f64 = 1e-8;
/// Gap to which the factor is proven.
const FIRST_GAP: f64 = 0.01;
/// Where the best selection without the project is known to a range only: gap of the factor as a multiple of the
/// relative width of that range.
const GAP_PER_RANGE: f64 = 1.0;
const MAX_GAP: f64 = 0.5;
/// Node limit per factor: this divided by the gap asked for, between the two limits below. A wide gap gives a rough
/// factor.
const NODES_PER_GAP: f64 = 0.5;
const MIN_NODES: f64 = 100.0;
const MAX_NODES: f64 = 4000.0;
/// Known selections from which factors are derived: the best with the project, and the best without it, to which it is
/// added.
const MAX_KNOWN_SELECTIONS: usize = 30;
/// Known factors that are evaluated: the largest.
const MAX_EVALUATIONS: usize = 10;

/// Known factors of one project before the search.
struct Known {
    /// Solutions of the program with the factor, the largest first.
    solutions: Vec<Candidate<ByColumn<f64>>>,
    /// The largest factor at which a known selection is as good as any without the project can be.
    least: f64,
}

impl Question<'_> {
    /// Factors of all projects, and the number of programs solved for them.
    pub(super) fn break_even_costs(
        &self,
        sides: &Sides,
    ) -> Result<(ByProject<Option<BreakEven>>, usize), OptimiseError> {
        // The program of a factor has the cuts found so far alone, and dearer costs have other worst futures.
        if self.valuation.futures().is_some() {
            (self.step)(self.projects().len());
            return Ok((ByProject::filled(None, self.valuation.portfolio().projects().len()), 0));
        }
        let model = CostModel::of_all(self);
        let nodes = self.allowance.nodes_after(sides.nodes) / self.projects().len().max(1) as u64;
        let find = |project: ProjectIx| {
            let found = match &model {
                Some(model) => self.break_even_cost(project, model, sides, nodes),
                None => match CostModel::of_one(self, project) {
                    Some(model) => self.break_even_cost(project, &model, sides, nodes),
                    None => Ok(None),
                },
            };
            (self.step)(1);
            found.map(|found| found.filter(|found| found.factor < MAX_COST_FACTOR))
        };
        let projects: Vec<ProjectIx> = self.projects().collect();
        let found: Vec<Option<BreakEven>> =
            projects.into_par_iter().with_max_len(1).map(find).collect::<Result<_, OptimiseError>>()?;
        self.allowance.check()?;
        let solves = found.iter().flatten().count();
        Ok((found.into(), solves))
    }

    /// Factor at which the best selection with the project is only as good as the best without it.
    fn break_even_cost(
        &self,
        project: ProjectIx,
        model: &CostModel,
        sides: &Sides,
        nodes: u64,
    ) -> Result<Option<BreakEven>, OptimiseError> {
        let without = sides.of(project, false);
        let Some(target) = without.objective() else { return Ok(None) };
        let Some(mut program) = model.with_factor(project, target) else { return Ok(None) };
        if model.is_open {
            self.hold_in(project, &mut program);
        }
        let problem = CostModel::problem(&program);
        // A settled side is known up to rounding.
        let is_settled = gap(target, without.bound) <= SETTLED_GAP;
        let best_without = if is_settled { target } else { without.bound };
        let known = self.known_factors(project, model, &problem, sides, best_without);
        let best = known.solutions.first().map(|best| best.objective);
        let unsettled =
            best.filter(|&best| best > 0.0).map_or(0.0, |best| GAP_PER_RANGE * (best - known.least) / best);
        let wanted = unsettled.clamp(FIRST_GAP, MAX_GAP);
        let nodes = nodes.min((NODES_PER_GAP / self.settings.gap).clamp(MIN_NODES, MAX_NODES).round() as u64);
        let (best, most) = if tries_tree(&program, self.settings.solver) {
            self.factor_by_tree(&problem, known.solutions, wanted, nodes)
        } else {
            self.factor_from_scratch(&problem, known.solutions, wanted, nodes)?
        };
        Ok(best.map(|factor| {
            let least = if is_settled { factor } else { known.least.min(factor) };
            BreakEven { factor, least, most: most.max(factor) }
        }))
    }

    /// The largest factor found, and an upper bound on all factors.
    fn factor_by_tree(
        &self,
        problem: &Problem,
        known: Vec<Candidate<ByColumn<f64>>>,
        gap: f64,
        nodes: u64,
    ) -> (Option<f64>, f64) {
        let evaluator = ProgramEvaluator { problem };
        let mut pool: Pool<ByColumn<f64>> = known.into_iter().collect();
        let mut tracker = CutoffTracker::new(1, 1, gap);
        tracker.take(&pool);
        let mut most = MAX_COST_FACTOR;
        if tracker.ceiling() < most && !self.allowance.all.is_cancelled() {
            most = self.factor_bound(problem, &evaluator, (&mut pool, &mut tracker), nodes).min(most);
        }
        (pool.candidates().first().map(|best| best.objective), most)
    }

    /// Searches for larger factors by tree; returns an upper bound on all factors.
    fn factor_bound(
        &self,
        problem: &Problem,
        evaluator: &ProgramEvaluator,
        (pool, tracker): (&mut Pool<ByColumn<f64>>, &mut CutoffTracker),
        nodes: u64,
    ) -> f64 {
        let Some(everything) = ReducedProgram::new(problem.program, &[]) else { return f64::NEG_INFINITY };
        let mut root = Tree::new(problem, Arc::new(everything));
        match root.relax() {
            DualEnd::Infeasible => return f64::NEG_INFINITY,
            DualEnd::Optimal => {}
            DualEnd::Cutoff | DualEnd::Spent | DualEnd::Stalled => return f64::INFINITY,
        }
        let relaxed = root.tableau().objective();
        if relaxed <= tracker.ceiling() {
            return relaxed;
        }
        // A good factor saves more nodes than LNS costs.
        TableauLns::new(problem, &root).explore(evaluator, pool, tracker, &root.pseudocosts);
        let mut queue = NodeQueue::new(problem, root);
        let limits = SearchLimits { ticks: u64::MAX, nodes, deadline: None };
        let end = queue.run(evaluator, pool, tracker, &limits, &self.allowance.all);
        let bound =
            if end == TreeEnd::Complete { tracker.ceiling() } else { queue.bound().max(tracker.ceiling()) };
        bound.min(relaxed)
    }

    /// The same where the program is too large for a tree.
    fn factor_from_scratch(
        &self,
        problem: &Problem,
        known: Vec<Candidate<ByColumn<f64>>>,
        gap: f64,
        nodes: u64,
    ) -> Result<(Option<f64>, f64), OptimiseError> {
        let evaluator = ProgramEvaluator { problem };
        let best = known.first().map(|best| best.objective);
        let seconds = self.allowance.seconds_for_one_of(self.projects().len(), &self.allowance.all);
        let time_limit = match (seconds, self.settings.time_limit) {
            (Some(seconds), Some(limit)) => Some((seconds * rayon::current_num_threads() as f64).min(limit)),
            (seconds, limit) => seconds.or(limit),
        };
        let work_limit = u32::try_from(nodes.max(1)).ok();
        let settings = SelectionSettings { gap, work_limit, time_limit, ..*self.settings };
        let mut search = RankedSearch::new(problem, evaluator, &settings, &self.allowance.all)
            .handing_on_within(self.allowance.even_seconds(self.projects().len(), self.settings.time_limit))
            .with_known(known);
        match search.run(1) {
            Ok(_) => {}
            Err(OptimiseError::Cancelled) => return Ok((best, MAX_COST_FACTOR)),
            Err(error) => return Err(error),
        }
        let found = search.into_ranked().into_iter().next();
        Ok(found.map_or((best, MAX_COST_FACTOR), |found| {
            (Some(found.candidate.objective), found.bound.min(MAX_COST_FACTOR))
        }))
    }

    /// Adds the scenario's decisions, and the project decided in, to a program.
    fn hold_in(&self, project: ProjectIx, program: &mut Program) {
        let columns = self.formulation.program.columns.len();
        for held in [self.held_beside(Some(project)), self.held(project, true)].concat() {
            let (variable, value) = (held.variable as usize, f64::from(held.value));
            match variable.checked_sub(columns) {
                None => {
                    let column = &mut program.columns[ColumnIx::new(variable)];
                    (column.lower, column.upper) = (value, value);
                }
                Some(row) => {
                    let row = &mut program.rows[RowIx::new(row)];
                    row.lower = row.upper;
                }
            }
        }
    }

    /// Factors that known selections allow a project; it is added to those without it.
    fn known_factors(
        &self,
        project: ProjectIx,
        model: &CostModel,
        problem: &Problem,
        sides: &Sides,
        best_without: f64,
    ) -> Known {
        let (program, evaluator) = (problem.program, ProgramEvaluator { problem });
        let starts = model.formulation.starts_of(project);
        let undone = &sides.of(project, true).known;
        let pool = sides.pool.candidates().iter().map(Box::as_ref);
        let with = pool.clone().filter(|known| known.projects.contains(project)).take(MAX_KNOWN_SELECTIONS);
        let with = undone.iter().chain(with);
        let without = pool.filter(|known| !known.projects.contains(project)).take(MAX_KNOWN_SELECTIONS);
        let mut found: Vec<(f64, ByColumn<f64>)> = Vec::new();
        for known in with.chain(without) {
            let values = values_of_selection(&model.formulation, &known.solution);
            if known.projects.contains(project) {
                found.extend(widened(program, starts, values));
                continue;
            }
            for start in starts {
                let mut values = values.clone();
                (values[start.chosen], values[start.share]) = (1.0, 1.0);
                found.extend(widened(program, starts, values));
            }
        }
        found.sort_by(|one, other| other.0.total_cmp(&one.0));
        let solutions: Vec<_> =
            found.iter().take(MAX_EVALUATIONS).filter_map(|(_, values)| evaluator.evaluate(values)).collect();
        let (row, columns) =
            (model.target_row(project, best_without), model.formulation.program.columns.len());
        let least = found.iter().filter_map(|(_, values)| cut_by(&row, starts, columns, values));
        Known { solutions, least: least.fold(0.0, f64::max) }
    }
}
