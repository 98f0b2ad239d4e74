//! Robust portfolio modelling (Liesiö, Mild and Salo 2007, 2008): all portfolios of a scenario that no other dominates
//! whatever the admissible weights are.
//!
//! Values are linear in the weights, so that the vertices of the admissible weights decide: this is a 0-1 program with
//! an objective per vertex, under the scenario's limits as they are. It is solved by dynamic programming over the
//! projects with bounds from the relaxations at the vertices ([`layers`], [`prices`]), in passes of growing width
//! ([`passes`]). All rows of the program count; columns that no step decides (money carried over, units bought,
//! overruns) stay open, and the selection's own accounts decide about them in the end.

mod at_least;
mod dominance;
mod layers;
mod passes;
mod prices;
mod steps;

use std::time::{Duration, Instant};

use crate::domain::{Measure, ObjectiveTree, ProjectIx, Scenario, Selection, SelectionSettings, Weights};
use crate::finance::Valuation;
use crate::progress::CancelToken;

use super::formulate::Formulation;
use super::formulate::row_key::{ColumnKey, RowKey};
use super::model::decisions::Problem;
use super::model::program::{ByColumn, ColumnIx, Program};
use super::outcome::{OptimiseError, SolveStatus};
use super::result::{NonDominated, RobustPortfolio};
use super::scenario_model::ScenarioModel;
use super::solver::highs::relax;
use super::verify::decode::decode_checked;

use passes::{Known, RobustLimits, WIDTHS, search};
use prices::{Prices, core_last};
use steps::{Steps, Switch};

/// Portfolios that are listed at most.
const MAX_PORTFOLIOS: usize = 20_000;
/// Words of 64 states that are compared at most: about half a minute.
const MAX_WORK: u64 = 10_000_000_000;

/// Finds the portfolios of a scenario that no other dominates at the vertices of the admissible weights, each given by
/// the weights of the leaves. The scenario is one that [`crate::domain::not_covered_by_portfolios`] covers. `known`
/// selections that break no rule speed the search up, and get their regrets. The selection's own time limit holds once for all;
/// what is found by then, or by a stop, is told with a bound.
///
/// # Errors
/// If cancelled before anything is known, or if the solver fails.
pub fn find_non_dominated(
    model: &ScenarioModel,
    vertices: &[Vec<f64>],
    known: &[Selection],
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<NonDominated, OptimiseError> {
    let deadline = settings.time_limit.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let within = cancel.until(deadline.and_then(|limit| Instant::now().checked_add(limit)));
    let tree = model.valuation.portfolio().objectives();
    let scenarios = at_vertices(model.valuation.scenario(), tree, vertices);
    let valuations: Vec<Valuation> =
        scenarios.iter().map(|scenario| model.valuation.under(scenario)).collect();
    let worth = Worth { model, valuations };
    match worth.find(known, &within) {
        Err(OptimiseError::Cancelled) if !cancel.is_cancelled() => {
            Ok(NonDominated::none(SolveStatus::Unknown))
        }
        found => found,
    }
}

/// The scenario once for each vertex, with its weights.
fn at_vertices(scenario: &Scenario, tree: &ObjectiveTree, vertices: &[Vec<f64>]) -> Vec<Scenario> {
    let weights = |leaves: &Vec<f64>| Weights::of_leaves(tree, leaves.clone());
    vertices.iter().map(|leaves| Scenario { weights: weights(leaves).into(), ..scenario.clone() }).collect()
}

/// What selections are worth at each vertex.
struct Worth<'a, 'v> {
    model: &'a ScenarioModel<'v>,
    valuations: Vec<Valuation<'a>>,
}

impl Worth<'_, '_> {
    fn find(&self, known: &[Selection], cancel: &CancelToken) -> Result<NonDominated, OptimiseError> {
        let formulation = &self.model.formulation;
        let problem = formulation.problem();
        let gains: Vec<ByColumn<f64>> =
            self.valuations.iter().map(|valuation| gains(formulation, valuation)).collect();
        let mut steps = Steps::new(&problem, &switches(formulation, &problem), &gains);
        let mut prices = Vec::with_capacity(gains.len());
        for gains in &gains {
            let priced = with_objective(&formulation.program, gains);
            let Some(relaxed) = relax(&priced, cancel)? else {
                return Ok(NonDominated::none(SolveStatus::Infeasible));
            };
            prices.push(steps.prices(priced.rows.iter().zip(relaxed.prices.iter().copied())));
        }
        let order = core_last(&steps, &prices);
        steps.reorder(&order);
        let bounds = Prices::new(&steps, &prices);
        let evaluate = |leaf: &[u16]| self.portfolio(&steps, leaf);
        let limits = RobustLimits { work: MAX_WORK, portfolios: MAX_PORTFOLIOS, widths: &WIDTHS };
        let known: Vec<Known<Selection>> = known.iter().map(|one| self.known(one.clone())).collect();
        let ended = search((&steps, &bounds), known.clone(), &evaluate, limits, cancel);
        if ended.portfolios.is_empty() && cancel.is_cancelled() {
            return Err(OptimiseError::Cancelled);
        }
        let mut finished = finished(ended.portfolios, ended.shortfall);
        finished.regrets = known.iter().map(|one| max_regret(&one.values, &finished.best)).collect();
        Ok(finished)
    }

    /// The portfolio of a leaf; `None` if it breaks a limit by the portfolio's own numbers.
    fn portfolio(&self, steps: &Steps, leaf: &[u16]) -> Option<Known<Selection>> {
        let formulation = &self.model.formulation;
        let mut values = ByColumn::filled(0.0, formulation.program.columns.len());
        for (step, &number) in steps.steps.iter().zip(leaf) {
            if let Some(column) = step.alternatives[usize::from(number)].column {
                values[column] = 1.0;
            }
        }
        decode_checked(formulation, &values, self.model.valuation).map(|selection| self.known(selection))
    }

    fn known(&self, selection: Selection) -> Known<Selection> {
        let penalty = self.model.valuation.penalty(&selection);
        let value = |valuation: &Valuation| valuation.total(Measure::StrategicValue, &selection) - penalty;
        Known {
            projects: selection.projects().map(ProjectIx::index).collect(),
            values: self.valuations.iter().map(value).collect(),
            solution: selection,
        }
    }
}

/// Gains in strategic value less penalties per column under a vertex's weights.
fn gains(formulation: &Formulation, valuation: &Valuation) -> ByColumn<f64> {
    let mut formulation = formulation.clone();
    formulation.set_objective(&[(Measure::StrategicValue, 1.0)], true, valuation);
    formulation.program.columns.iter().map(|column| column.objective).collect()
}

fn with_objective(program: &Program, gains: &ByColumn<f64>) -> Program {
    let mut program = program.clone();
    program.columns.iter_mut().zip(gains).for_each(|(column, &gain)| column.objective = gain);
    program
}

/// Columns beside those of projects that are 0 or 1: those of synergies, and switches.
fn switches(formulation: &Formulation, problem: &Problem) -> Vec<Switch> {
    let is_switch = |column: ColumnIx| {
        let is_synergy = matches!(formulation.column_key(column).0, ColumnKey::Synergy { .. });
        is_synergy || problem.program.columns[column].is_integer
    };
    let columns = problem.program.columns.positions().filter(|&column| !formulation.is_of_start(column));
    columns
        .filter(|&column| is_switch(column))
        .map(|column| Switch { column, after: members(formulation, column) })
        .collect()
}

/// Columns of projects in the rows that define a synergy's column.
fn members(formulation: &Formulation, synergy: ColumnIx) -> Vec<ColumnIx> {
    let rows = formulation.program.rows.iter_enumerated();
    let own = rows.filter(|(row, one)| {
        matches!(formulation.row_key(*row), RowKey::Synergy { .. })
            && one.terms.iter().any(|&(column, _)| column == synergy)
    });
    own.flat_map(|(_, row)| row.terms.iter().map(|&(column, _)| column))
        .filter(|&one| one != synergy)
        .collect()
}

/// The portfolios with their regrets, the least first.
fn finished(found: Vec<Known<Selection>>, shortfall: f64) -> NonDominated {
    let vertices = found.first().map_or(0, |one| one.values.len());
    let best: Vec<f64> = (0..vertices)
        .map(|vertex| found.iter().map(|one| one.values[vertex]).fold(f64::NEG_INFINITY, f64::max))
        .collect();
    let mut portfolios: Vec<RobustPortfolio> = found
        .into_iter()
        .map(|one| RobustPortfolio {
            max_regret: max_regret(&one.values, &best),
            selection: one.solution,
            values: one.values,
        })
        .collect();
    portfolios.sort_by(|one, other| {
        let projects = |one: &RobustPortfolio| one.selection.projects().collect::<Vec<_>>();
        one.max_regret.total_cmp(&other.max_regret).then_with(|| projects(one).cmp(&projects(other)))
    });
    let status = match (portfolios.is_empty(), shortfall == 0.0) {
        (true, true) => SolveStatus::Infeasible,
        (true, false) => SolveStatus::Unknown,
        (false, is_proven) => SolveStatus::of_found(is_proven),
    };
    NonDominated { status, portfolios, shortfall, best, regrets: Vec::new() }
}

/// The most that values fall short of the best at a vertex: value is linear in the weights, and the best convex.
fn max_regret(values: &[f64], best: &[f64]) -> f64 {
    values.iter().zip(best).map(|(value, best)| best - value).fold(0.0, f64::max)
}
