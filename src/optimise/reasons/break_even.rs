//! The largest factor on a project's own cost with which it is still as good to have it as not.
//!
//! One program tells it: the factor is a variable, the cost of the project is its cost times that variable, and the
//! objective must reach what the best selection without the project reaches.

use crate::domain::SelectionSettings;
use crate::domain::{Decision, Scenario, Selection};
use crate::finance::Valuation;
use crate::optimise::formulate::{Formulation, StartColumns};
use crate::optimise::incumbents::Judge;
use crate::optimise::judge::{ProgramJudge, SelectionJudge};
use crate::optimise::outcome::OptimiseError;
use crate::optimise::problem::Problem;
use crate::optimise::program::{Column, Program, Row};
use crate::optimise::ranked::RankedSearch;

use super::{BreakEven, Question};

/// The largest factor that is tried.
pub const LARGEST: f64 = 100.0;
/// How close the factor is to be found.
const GAP: f64 = 0.01;
/// Nodes that one factor may take.
const NODES: u32 = 500;
/// Relative rounding of objectives.
const ROUNDING: f64 = 1e-9;

impl Question<'_> {
    /// The factor at which the best selection with the project falls to `target`. `with` is a selection with it.
    pub(super) fn break_even_cost(
        &self,
        project: usize,
        with: Option<&Selection>,
        target: f64,
    ) -> Result<Option<BreakEven>, OptimiseError> {
        let mut decisions = self.valuation.scenario().decisions.clone();
        decisions[project] = Decision::In;
        let scenario = Scenario { decisions, ..self.valuation.scenario().clone() };
        let valuation = Valuation::new(self.valuation.portfolio(), &scenario);
        // Overruns and what soft limits miss grow with the factor.
        let dearest = Formulation::new(&valuation.with_cost_of(project, LARGEST));
        let formulate = |valuation: &Valuation| {
            let mut formulation = Formulation::in_columns_of(&dearest, valuation);
            formulation.set_objective(&self.terms, true, valuation);
            formulation
        };
        let plain = formulate(&valuation);
        let doubled = formulate(&valuation.with_cost_of(project, 2.0));
        let Some(program) = with_factor(&plain, &doubled, project, target) else { return Ok(None) };
        let problem = Problem::of_program(&program);
        let settings = SelectionSettings {
            gap: GAP,
            work_limit: Some(self.settings.work_limit.map_or(NODES, |nodes| nodes.min(NODES))),
            ..*self.settings
        };
        let judge = ProgramJudge { problem: &problem };
        let search = RankedSearch::new(&problem, ProgramJudge { problem: &problem }, &settings, self.cancel);
        let mut known = None;
        if let Some(with) = with {
            let selections = SelectionJudge {
                valuation: &valuation,
                formulation: &plain,
                terms: &self.terms,
                is_penalised: true,
            };
            let values = widened(&program, plain.starts_of(project), selections.values_of(with));
            known = values.and_then(|values| judge.judge(&values));
        }
        let mut search = search.with_known(known);
        search.run(1)?;
        let found = search.into_ranked().into_iter().next();
        Ok(found.map(|found| BreakEven { factor: found.candidate.objective, most: found.bound }))
    }
}

/// The program that maximises the factor: after the columns of `plain`, one for each start of the project. `None` where
/// the project costs nothing, a part of it can be funded, or a higher cost may help it.
fn with_factor(plain: &Formulation, doubled: &Formulation, project: usize, target: f64) -> Option<Program> {
    let starts = plain.starts_of(project);
    if starts.iter().any(|start| start.share != start.chosen) {
        return None;
    }
    // A cost that is 0 in all but rounding may leave a row out.
    let columns = |row: &Row| row.terms.iter().map(|&(column, _)| column).collect::<Vec<_>>();
    let rows = || plain.program.rows.iter().zip(&doubled.program.rows);
    if plain.program.rows.len() != doubled.program.rows.len()
        || plain.program.columns.len() != doubled.program.columns.len()
        || rows().any(|(once, twice)| columns(once) != columns(twice))
    {
        return None;
    }
    let factor_of = |column: usize| {
        let place = starts.iter().position(|start| start.chosen == column)?;
        Some(plain.program.columns.len() + place)
    };
    let mut program = Program { columns: plain.program.columns.clone(), rows: Vec::new() };
    let mut objective: Vec<(usize, f64)> = Vec::new();
    let mut costs_something = false;
    for (column, twice) in doubled.program.columns.iter().enumerate() {
        let once = program.columns[column].objective;
        let per_factor = twice.objective - once;
        objective.push((column, once - per_factor));
        if let Some(factor) = factor_of(column) {
            // A dearer project must not be better for being dear.
            if per_factor > 0.0 {
                return None;
            }
            costs_something |= per_factor < 0.0;
            objective.push((factor, per_factor));
        } else if per_factor != 0.0 {
            return None;
        }
        program.columns[column].objective = 0.0;
    }
    for position in 0..plain.program.rows.len() {
        let (row, changes) = row_with_factor(plain, doubled, position, factor_of)?;
        costs_something |= changes;
        program.rows.push(row.scaled());
    }
    for start in starts {
        let column = program.columns.len();
        program.columns.push(Column { lower: 0.0, upper: LARGEST, is_integer: false, objective: 1.0 });
        program
            .rows
            .push(Row::new([(column, 1.0), (start.chosen, -LARGEST)], f64::NEG_INFINITY, 0.0).scaled());
    }
    program.rows.push(Row::new(objective, target - ROUNDING * target.abs().max(1.0), f64::INFINITY).scaled());
    costs_something.then_some(program)
}

/// A row in its own unit, in which the cost of the project is multiplied by its factor; and whether there is any.
fn row_with_factor(
    plain: &Formulation,
    doubled: &Formulation,
    position: usize,
    factor_of: impl Fn(usize) -> Option<usize>,
) -> Option<(Row, bool)> {
    let (once, twice) = (&plain.program.rows[position], &doubled.program.rows[position]);
    let (scale, other_scale) = (plain.scale(position), doubled.scale(position));
    let mut changes = false;
    let mut terms = Vec::with_capacity(once.terms.len() + 1);
    for (&(column, factor), &(_, doubled)) in once.terms.iter().zip(&twice.terms) {
        let amount = factor / scale;
        let per_factor = doubled / other_scale - amount;
        if per_factor == 0.0 {
            terms.push((column, amount));
            continue;
        }
        let helps = (per_factor < 0.0 && once.upper < f64::INFINITY)
            || (per_factor > 0.0 && once.lower > f64::NEG_INFINITY);
        if helps {
            return None;
        }
        changes = true;
        terms.push((column, amount - per_factor));
        terms.push((factor_of(column)?, per_factor));
    }
    Some((Row::new(terms, once.lower / scale, once.upper / scale), changes))
}

/// Values of the plain program with the largest factor that the rows leave to the start that they take; `None` if they
/// leave none.
fn widened(program: &Program, starts: &[StartColumns], mut values: Vec<f64>) -> Option<Vec<f64>> {
    let place = starts.iter().position(|start| values[start.chosen] > 0.5)?;
    let factor = values.len() + place;
    values.resize(program.columns.len(), 0.0);
    let mut largest = LARGEST;
    for row in &program.rows {
        let Some(&(_, own)) = row.terms.iter().find(|(column, _)| *column == factor) else { continue };
        let others: f64 = row.terms.iter().map(|&(column, amount)| amount * values[column]).sum();
        let side = if own > 0.0 { row.upper } else { row.lower };
        if side.is_finite() {
            largest = largest.min((side - others) / own);
        }
    }
    values[factor] = largest;
    (largest >= 0.0).then_some(values)
}
