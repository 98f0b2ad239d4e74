//! The largest factor on a project's own cost with which it is still as good to have it as not.
//!
//! One program tells it: the factor is a variable, the cost of the project is its cost times that variable, and the
//! objective must reach what the best selection without the project reaches.

use crate::domain::SelectionSettings;
use crate::domain::{Decision, Scenario};
use crate::finance::Valuation;
use crate::optimise::cliques::merged_program;
use crate::optimise::formulate::{Formulation, StartColumns};
use crate::optimise::incumbents::Judge;
use crate::optimise::judge::{ProgramJudge, values_of_selection};
use crate::optimise::outcome::OptimiseError;
use crate::optimise::pool::Candidate;
use crate::optimise::problem::Problem;
use crate::optimise::program::{Column, Program, Row};
use crate::optimise::ranked::{RankedSearch, tries_tree};
use crate::optimise::shared::{Held, SharedRoot};

use super::{BreakEven, Question};

/// The largest factor that is tried.
pub const LARGEST: f64 = 100.0;
/// How close the factor is to be found.
const GAP: f64 = 0.01;
/// Nodes that one factor may take.
const NODES: u32 = 500;
/// Relative rounding of objectives.
const ROUNDING: f64 = 1e-9;
/// Known factors that are judged: the largest.
const JUDGED: usize = 10;

impl Question<'_> {
    /// The factor at which the best selection with the project falls to `target`.
    pub(super) fn break_even_cost(
        &self,
        project: usize,
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
            formulation.set_objective(self.terms, true, valuation);
            formulation
        };
        let plain = formulate(&valuation);
        let doubled = formulate(&valuation.with_cost_of(project, 2.0));
        let Some(program) = with_factor(&plain, &doubled, project, target) else { return Ok(None) };
        let program = merged_program(&Problem::of_program(&program));
        let problem = Problem::of_program(&program);
        let judge = ProgramJudge { problem: &problem };
        let known = self.known_factors(project, &plain, &program, &judge);
        self.largest_factor(&problem, judge, known)
    }

    /// Solves the program whose objective is the factor.
    fn largest_factor(
        &self,
        problem: &Problem,
        judge: ProgramJudge,
        known: Vec<Candidate<Vec<f64>>>,
    ) -> Result<Option<BreakEven>, OptimiseError> {
        let attempt = self.attempt(GAP, NODES);
        if tries_tree(problem.program, self.settings.solver) {
            let Some(root) = SharedRoot::new(problem) else { return Ok(None) };
            let held =
                root.best_with(&[], &judge, &mut known.into_iter().collect(), &[attempt], self.cancel)?;
            return Ok(match held {
                Held::Best(best, most) => Some(BreakEven { factor: best.objective, most }),
                Held::Impossible | Held::Unknown => None,
            });
        }
        let settings = SelectionSettings { gap: GAP, work_limit: Some(attempt.nodes), ..*self.settings };
        let mut search = RankedSearch::new(problem, judge, &settings, self.cancel).with_known(known);
        search.run(1)?;
        let found = search.into_ranked().into_iter().next();
        Ok(found.map(|found| BreakEven { factor: found.candidate.objective, most: found.bound }))
    }

    /// The factors that known selections leave to a project, which is added to those that lack it.
    fn known_factors(
        &self,
        project: usize,
        plain: &Formulation,
        program: &Program,
        judge: &ProgramJudge,
    ) -> Vec<Candidate<Vec<f64>>> {
        let starts = plain.starts_of(project);
        let mut found: Vec<(f64, Vec<f64>)> = Vec::new();
        for known in self.known.candidates().iter().map(|known| &known.solution) {
            let values = values_of_selection(plain, known);
            if known.contains(project) {
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
        found.iter().take(JUDGED).filter_map(|(_, values)| judge.judge(values)).collect()
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

/// The largest factor that the rows leave to the start that these values of the plain program take, and the values with it;
/// `None` if they leave none.
fn widened(program: &Program, starts: &[StartColumns], mut values: Vec<f64>) -> Option<(f64, Vec<f64>)> {
    let place = starts.iter().position(|start| values[start.chosen] > 0.5)?;
    let factor = values.len() + place;
    values.resize(program.columns.len(), 0.0);
    let mut largest = LARGEST;
    for row in &program.rows {
        let others: f64 = row.terms.iter().map(|&(column, amount)| amount * values[column]).sum();
        match row.terms.iter().find(|(column, _)| *column == factor) {
            Some(&(_, own)) => {
                let side = if own > 0.0 { row.upper } else { row.lower };
                if side.is_finite() {
                    largest = largest.min((side - others) / own);
                }
            }
            // What breaks a row without the factor breaks it with any.
            None if others > row.upper + ROUNDING || others < row.lower - ROUNDING => return None,
            None => {}
        }
    }
    values[factor] = largest;
    (largest >= 0.0).then_some((largest, values))
}
