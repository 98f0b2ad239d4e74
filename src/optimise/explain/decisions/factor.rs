//! The program whose objective is a factor on the cost of one project: the project's cost is multiplied by the factor,
//! and the objective of the scenario must reach a target.

use crate::domain::{Decision, ProjectIx, Scenario};
use crate::finance::Valuation;
use crate::optimise::formulate::{Formulation, StartColumns};
use crate::optimise::model::cliques::merged_program;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::program::{ByColumn, ByRow, Column, ColumnIx, Program, Row, RowIx};

use super::question::Question;

/// Largest factor tried.
pub(super) const MAX_COST_FACTOR: f64 = 100.0;
/// Relative rounding of objectives.
pub(super) const OBJECTIVE_ROUNDING: f64 = 1e-9;

/// The program of a scenario, with the effect of each project's cost on its coefficients.
pub(super) struct CostModel {
    /// The formulation, with its column keys.
    pub formulation: Formulation,
    /// The same program with merged cliques: its rows keep their places.
    program: Program,
    /// Contribution of costs to the coefficients of columns, per row in its own unit.
    rows: ByRow<Vec<(ColumnIx, f64)>>,
    /// Contribution of costs to the objective, per column.
    objective: ByColumn<f64>,
    /// True if the program has no decisions built in: those of the scenario must then be held.
    pub is_open: bool,
}

impl CostModel {
    /// The model with the costs of all projects; `None` where other columns depend on costs, too.
    pub fn of_all(question: &Question<'_>) -> Option<Self> {
        if question.formulation.has_amounts() {
            return None;
        }
        let mut dearer: Scenario = question.opened.scenario().clone();
        dearer.scales.costs.iter_mut().for_each(|scale| *scale *= 2.0);
        let dearer = question.valuation.under(&dearer);
        let mut doubled = Formulation::new(&dearer);
        doubled.set_objective(question.terms, true, &dearer);
        Self::between(question.formulation.clone(), &doubled)
    }

    /// The model with the cost of one project; `None` where other columns depend on it.
    pub fn of_one(question: &Question<'_>, project: ProjectIx) -> Option<Self> {
        let mut scenario = question.valuation.scenario().clone();
        scenario.decisions[project] = Decision::In;
        let valuation = question.valuation.under(&scenario);
        // Overruns and shortfalls of soft limits grow with the factor.
        let dearest = Formulation::new(&valuation.with_cost_of(project, MAX_COST_FACTOR));
        let formulate = |valuation: &Valuation| {
            let mut formulation = Formulation::in_columns_of(&dearest, valuation);
            formulation.set_objective(question.terms, true, valuation);
            formulation
        };
        let model = Self::between(formulate(&valuation), &formulate(&valuation.with_cost_of(project, 2.0)))?;
        Some(Self { is_open: false, ..model })
    }

    /// Difference between two formulations, the second with doubled costs.
    fn between(plain: Formulation, doubled: &Formulation) -> Option<Self> {
        let (once, twice) = (&plain.program, &doubled.program);
        if once.rows.len() != twice.rows.len() || once.columns.len() != twice.columns.len() {
            return None;
        }
        let mut rows = ByRow::default();
        for ((position, row), dearer) in once.rows.iter_enumerated().zip(&twice.rows) {
            // A cost of 0 but for rounding may leave a column out.
            if row.terms.len() != dearer.terms.len() {
                return None;
            }
            let mut per_factor = Vec::new();
            for (&(column, amount), &(other, doubled_amount)) in row.terms.iter().zip(&dearer.terms) {
                let change = doubled_amount / doubled.scale(position) - amount / plain.scale(position);
                if column != other || (change != 0.0 && !plain.is_of_start(column)) {
                    return None;
                }
                if change != 0.0 {
                    per_factor.push((column, change));
                }
            }
            rows.push(per_factor);
        }
        let objective: ByColumn<f64> = (once.columns.iter().zip(&twice.columns))
            .map(|(once, twice)| twice.objective - once.objective)
            .collect();
        let is_other = |(column, change): (ColumnIx, &f64)| *change != 0.0 && !plain.is_of_start(column);
        if objective.iter_enumerated().any(is_other) {
            return None;
        }
        let program = merged_program(&plain.problem());
        Some(Self { program, rows, objective, formulation: plain, is_open: true })
    }

    /// The program that maximises the factor of a project: after the columns of the scenario, one for each of its
    /// starts. `None` where the project costs nothing, is divisible, or may gain by a higher cost.
    pub fn with_factor(&self, project: ProjectIx, target: f64) -> Option<Program> {
        let starts = self.formulation.starts_of(project);
        let count = self.program.columns.len();
        if starts.iter().any(|start| start.share != start.chosen) {
            return None;
        }
        let factor_of = |column: ColumnIx| {
            let place = starts.iter().position(|start| start.chosen == column)?;
            Some(ColumnIx::new(count + place))
        };
        let mut program = Program { columns: self.program.columns.clone(), rows: ByRow::default() };
        program.columns.iter_mut().for_each(|column| column.objective = 0.0);
        // A higher cost must not raise the objective.
        if starts.iter().any(|start| self.objective[start.chosen] > 0.0) {
            return None;
        }
        let mut costs_something = starts.iter().any(|start| self.objective[start.chosen] < 0.0);
        for (position, per_factor) in self.rows.iter_enumerated() {
            let own: Vec<(ColumnIx, f64)> =
                per_factor.iter().copied().filter(|&(column, _)| factor_of(column).is_some()).collect();
            costs_something |= !own.is_empty();
            program.rows.push(if own.is_empty() {
                self.program.rows[position].clone()
            } else {
                self.row_with_factor(position, &own, factor_of)?
            });
        }
        for start in starts {
            let column = program.columns.next_position();
            program.columns.push(Column {
                lower: 0.0,
                upper: MAX_COST_FACTOR,
                is_integer: false,
                objective: 1.0,
            });
            let row = Row::new([(column, 1.0), (start.chosen, -MAX_COST_FACTOR)], f64::NEG_INFINITY, 0.0);
            program.rows.push(row.scaled());
        }
        program.rows.push(self.target_row(project, target));
        costs_something.then_some(program)
    }

    /// The row by which the objective, with the project's cost multiplied by its factor, reaches a target.
    pub fn target_row(&self, project: ProjectIx, target: f64) -> Row {
        let starts = self.formulation.starts_of(project);
        let count = self.program.columns.len();
        let mut terms: Vec<(ColumnIx, f64)> =
            self.program.columns.iter_enumerated().map(|(column, one)| (column, one.objective)).collect();
        for (place, start) in starts.iter().enumerate() {
            let per_factor = self.objective[start.chosen];
            terms.extend([(start.chosen, -per_factor), (ColumnIx::new(count + place), per_factor)]);
        }
        let least = target - OBJECTIVE_ROUNDING * target.abs().max(1.0);
        Row::new(terms.into_iter().filter(|(_, amount)| *amount != 0.0), least, f64::INFINITY).scaled()
    }

    /// A row with the project's cost multiplied by its factor; `None` where a higher cost helps to keep the row.
    fn row_with_factor(
        &self,
        position: RowIx,
        own: &[(ColumnIx, f64)],
        factor_of: impl Fn(ColumnIx) -> Option<ColumnIx>,
    ) -> Option<Row> {
        let (row, scale) = (&self.program.rows[position], self.formulation.scale(position));
        let mut terms: Vec<(ColumnIx, f64)> =
            row.terms.iter().map(|&(column, amount)| (column, amount / scale)).collect();
        for &(column, per_factor) in own {
            let helps = (per_factor < 0.0 && row.upper < f64::INFINITY)
                || (per_factor > 0.0 && row.lower > f64::NEG_INFINITY);
            if helps {
                return None;
            }
            terms.extend([(column, -per_factor), (factor_of(column)?, per_factor)]);
        }
        Some(Row::new(terms, row.lower / scale, row.upper / scale).scaled())
    }

    /// The problem of such a program. Every binary is a decision group of its own.
    pub fn problem(program: &Program) -> Problem<'_> {
        Problem::of_program(program)
    }
}

/// The largest factor that the rows allow the start taken in these values of the scenario's columns, as values with the
/// factor; `None` if they allow none.
pub(super) fn widened(
    program: &Program,
    starts: &[StartColumns],
    mut values: ByColumn<f64>,
) -> Option<(f64, ByColumn<f64>)> {
    let factor = factor_column(starts, values.len(), &values)?;
    values.extend(std::iter::repeat_n(0.0, program.columns.len() - values.len()));
    let mut largest = MAX_COST_FACTOR;
    for row in &program.rows {
        largest = largest.min(largest_in(row, factor, &values)?);
    }
    values[factor] = largest;
    (largest >= 0.0).then_some((largest, values))
}

/// The factor in such values, cut to the limit of one more row; `None` if that allows none.
pub(super) fn cut_by(
    row: &Row,
    starts: &[StartColumns],
    columns: usize,
    values: &ByColumn<f64>,
) -> Option<f64> {
    let factor = factor_column(starts, columns, values)?;
    let mut others = values.clone();
    let own = std::mem::take(&mut others[factor]);
    Some(largest_in(row, factor, &others)?.min(own)).filter(|factor| *factor >= 0.0)
}

/// Column of the factor for the start taken in values, given the number of the scenario's columns.
fn factor_column(starts: &[StartColumns], columns: usize, values: &ByColumn<f64>) -> Option<ColumnIx> {
    let place = starts.iter().position(|start| values[start.chosen] > 0.5)?;
    Some(ColumnIx::new(columns + place))
}

/// The largest value of a column that a row allows, given other values in which the column is 0; infinite where the row
/// does not contain it. `None` if the row is violated without it.
fn largest_in(row: &Row, column: ColumnIx, values: &ByColumn<f64>) -> Option<f64> {
    let others: f64 = row.terms.iter().map(|&(other, amount)| amount * values[other]).sum();
    match row.terms.iter().find(|(other, _)| *other == column) {
        Some(&(_, own)) => {
            let side = if own > 0.0 { row.upper } else { row.lower };
            Some(if side.is_finite() { (side - others) / own } else { f64::INFINITY })
        }
        None if others > row.upper + OBJECTIVE_ROUNDING || others < row.lower - OBJECTIVE_ROUNDING => None,
        None => Some(f64::INFINITY),
    }
}
