//! Elastic programs (Brown and Graves 1975): limits or decisions may be violated at a price.

use std::collections::BTreeMap;

use crate::domain::ProjectIx;
use crate::optimise::formulate::Formulation;
use crate::optimise::formulate::row_key::RowKey;
use crate::optimise::model::program::{ByColumn, Column, ColumnIx, Program, Row, RowIx};
use crate::optimise::outcome::{OptimiseError, SolveStatus};
use crate::optimise::solver::highs::{SolveLimits, solve};
use crate::progress::CancelToken;

use super::way_out::{Excess, WayOut};

/// Weight of the worth of dropped projects, below that of one project: it decides among equally few only.
const WORTH: f64 = 0.5;

/// Smallest violation of a limit, as a share of the limit (or as an amount, if it is below 1): less is the tolerance of
/// the solver.
const LEAST_EXCESS: f64 = 1e-7;

/// A program with an elastic column for each way in which a row may be violated.
pub struct Elastic {
    /// The program; its objective is the negated sum of violations at their prices.
    pub program: Program,
    /// Row of each elastic column, from column `first` on.
    rows: Vec<RowIx>,
    first: usize,
}

impl Elastic {
    /// The rows of a formulation, none elastic yet, with an objective of 0.
    pub fn new(formulation: &Formulation) -> Self {
        let mut program = formulation.program.clone();
        program.columns.iter_mut().for_each(|column| column.objective = 0.0);
        let first = program.columns.len();
        Self { program, rows: Vec::new(), first }
    }

    /// Makes both sides of a row elastic, at a price per unit in the scale of the row.
    pub fn let_miss(&mut self, row: RowIx, price: f64, whole: bool) {
        let Row { lower, upper, .. } = self.program.rows[row];
        let (least, most) = self.range(row);
        if most > upper {
            self.add(row, -1.0, most - upper, price, whole);
        }
        if least < lower {
            self.add(row, 1.0, lower - least, price, whole);
        }
    }

    /// Makes only the lower side of a row elastic.
    pub fn let_fall_short(&mut self, row: RowIx, price: f64, whole: bool) {
        self.add(row, 1.0, self.program.rows[row].lower, price, whole);
    }

    fn add(&mut self, row: RowIx, factor: f64, most: f64, price: f64, whole: bool) {
        let column = self.program.columns.next_position();
        self.program.columns.push(Column { lower: 0.0, upper: most, is_integer: whole, objective: -price });
        self.program.rows[row].terms.push((column, factor));
        self.rows.push(row);
    }

    /// Range of a row over the bounds of its columns.
    fn range(&self, row: RowIx) -> (f64, f64) {
        let mut range = (0.0, 0.0);
        for &(column, factor) in &self.program.rows[row].terms {
            let Column { lower, upper, .. } = self.program.columns[column];
            range.0 += (factor * lower).min(factor * upper);
            range.1 += (factor * lower).max(factor * upper);
        }
        range
    }

    /// Violated rows of a solution, each with its violation in the scale of the row.
    pub fn missed(&self, values: &ByColumn<f64>) -> BTreeMap<RowIx, f64> {
        let mut missed = BTreeMap::new();
        for (place, &row) in self.rows.iter().enumerate() {
            *missed.entry(row).or_insert(0.0) += values[ColumnIx::new(self.first + place)];
        }
        missed
    }

    /// Violation of a row in a solution, with its integer columns rounded and without the elastic columns.
    fn excess(&self, row: RowIx, values: &ByColumn<f64>) -> f64 {
        let Row { terms, lower, upper } = &self.program.rows[row];
        let value = |column: ColumnIx| {
            if self.program.columns[column].is_integer { values[column].round() } else { values[column] }
        };
        let own = terms.iter().filter(|&&(column, _)| column.index() < self.first);
        let sum: f64 = own.map(|&(column, factor)| factor * value(column)).sum();
        (sum - upper).max(lower - sum)
    }
}

/// The least excess of limits that makes the program feasible: `minimise Σ excess / size`, where the size of a limit is
/// its mean over the horizon. Money and people cannot be added up; shares of the usual size can, and a limit of 0 in
/// one period does not get infinite weight.
pub fn relaxation(
    formulation: &Formulation,
    limits: &SolveLimits,
    cancel: &CancelToken,
) -> Result<Option<WayOut<Excess>>, OptimiseError> {
    let sizes = sizes(formulation);
    let mut elastic = Elastic::new(formulation);
    for row in formulation.program.rows.positions() {
        if let Some(size) = sizes.get(&formulation.row_key(row).over_all_periods()) {
            elastic.let_miss(row, 1.0 / (size * formulation.scale(row)), false);
        }
    }
    let outcome = solve(&elastic.program, limits, cancel)?;
    let Some(values) = outcome.values else { return Ok(None) };
    let mut excesses: BTreeMap<RowKey, f64> = BTreeMap::new();
    for row in formulation.program.rows.positions() {
        let (key, scale) = (formulation.row_key(row), formulation.scale(row));
        let bound = formulation.program.rows[row].upper / scale;
        let amount = elastic.excess(row, &values) / scale;
        if key.is_limit() && amount > LEAST_EXCESS * bound.abs().max(1.0) {
            excesses.insert(key, amount);
        }
    }
    let changes = excesses.into_iter().map(|(limit, amount)| Excess { limit, amount }).collect();
    Ok(Some(WayOut { changes, is_least: outcome.status == SolveStatus::Optimal }))
}

/// Usual size of each limit: its mean over all periods; where that is 0, the largest amount of one project.
fn sizes(formulation: &Formulation) -> BTreeMap<RowKey, f64> {
    let mut bounds: BTreeMap<RowKey, (f64, f64, f64)> = BTreeMap::new();
    for (position, row) in formulation.program.rows.iter_enumerated() {
        let key = formulation.row_key(position);
        if !key.is_limit() {
            continue;
        }
        let scale = formulation.scale(position);
        let bound = if row.upper.is_finite() { row.upper } else { row.lower };
        let of_projects = row.terms.iter().filter(|&&(column, _)| formulation.is_of_start(column));
        let largest = of_projects.map(|(_, factor)| factor.abs() / scale).fold(0.0, f64::max);
        let (sum, count, most) = bounds.entry(key.over_all_periods()).or_default();
        *sum += bound.abs() / scale;
        *count += 1.0;
        *most = largest.max(*most);
    }
    let size = |(sum, count, most): (f64, f64, f64)| match (sum / count, most) {
        (mean, _) if mean > 0.0 => mean,
        (_, most) if most > 0.0 => most,
        _ => 1.0,
    };
    bounds.into_iter().map(|(key, bound)| (key, size(bound))).collect()
}

/// The fewest projects decided in that must be dropped.
pub fn fewest_drops(
    formulation: &Formulation,
    limits: &SolveLimits,
    cancel: &CancelToken,
) -> Result<Option<WayOut<ProjectIx>>, OptimiseError> {
    let decided: Vec<(RowIx, ProjectIx)> = (formulation.program.rows.positions())
        .filter_map(|row| match formulation.row_key(row) {
            RowKey::Decision { project } if formulation.program.rows[row].lower == 1.0 => {
                Some((row, project))
            }
            _ => None,
        })
        .collect();
    let worth = |project: ProjectIx| {
        let values = formulation
            .starts_of(project)
            .iter()
            .map(|start| formulation.program.columns[start.share].objective);
        values.fold(f64::NEG_INFINITY, f64::max)
    };
    let worths: Vec<f64> = decided.iter().map(|&(_, project)| worth(project)).collect();
    let least = worths.iter().copied().fold(f64::INFINITY, f64::min);
    let spread = worths.iter().map(|worth| worth - least).fold(f64::MIN_POSITIVE, f64::max);
    let mut elastic = Elastic::new(formulation);
    for (&(row, _), worth) in decided.iter().zip(&worths) {
        // All projects that can be dropped together weigh less than one project more.
        let tie_break = WORTH * (worth - least) / spread / (decided.len() + 1) as f64;
        elastic.let_fall_short(row, 1.0 + tie_break, true);
    }
    let outcome = solve(&elastic.program, limits, cancel)?;
    let Some(values) = outcome.values else { return Ok(None) };
    let missed = elastic.missed(&values);
    let dropped = decided.iter().filter(|(row, _)| missed.get(row).is_some_and(|&missed| missed > 0.5));
    let changes = dropped.map(|&(_, project)| project).collect();
    Ok(Some(WayOut { changes, is_least: outcome.status == SolveStatus::Optimal }))
}
