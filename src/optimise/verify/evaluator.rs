//! Evaluators of solutions: by the portfolio's numbers for selections, by the rows for a bare program.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::{Measure, ProjectIx, Selection, Transfer};
use crate::finance::{StartPlan, Valuation};

use super::decode::{decode_checked, signature};
use crate::optimise::bnb::incumbents::Evaluator;
use crate::optimise::formulate::Formulation;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::pool::{Candidate, ProjectSet, TieBreak, decimal_unit, rounded_to};
use crate::optimise::model::program::{ByColumn, Column, Program, Row};
use crate::optimise::model::reduced::ReducedProgram;

/// Largest violation of a row of a bare program, in the scale of [`crate::optimise::model::program::Row::scaled`].
const ROW_TOLERANCE: f64 = 1e-7;

/// Evaluates selections by the portfolio's own numbers.
#[derive(Debug)]
pub struct SelectionEvaluator<'a> {
    valuation: &'a Valuation<'a>,
    formulation: &'a Formulation,
    terms: &'a [(Measure, f64)],
    is_penalised: bool,
    units: Units,
    cache: Mutex<EvaluationCache>,
}

/// Decimal units in which objectives and costs are compared.
#[derive(Clone, Copy, Debug)]
struct Units {
    objective: f64,
    cost: f64,
}

/// Evaluations by [signature]: nine of ten solutions that searches meet were met before.
#[derive(Debug, Default)]
struct EvaluationCache {
    evaluations: HashMap<Box<[u64]>, Option<Candidate<Selection>>>,
    /// Choices in all cached selections.
    choices: usize,
}

/// Capacity of the cache in choices: 12 MiB.
const MAX_CACHED_CHOICES: usize = 1 << 19;

impl<'a> SelectionEvaluator<'a> {
    /// An evaluator of selections under a scenario's numbers, from the formulation and the objective `Σ weight ×
    /// measure`. Penalties (overruns, soft limits, changes) count if `is_penalised`.
    pub fn new(
        valuation: &'a Valuation<'a>,
        formulation: &'a Formulation,
        terms: &'a [(Measure, f64)],
        is_penalised: bool,
    ) -> Self {
        let units = Units {
            objective: decimal_unit(size_of(valuation, terms)),
            cost: decimal_unit(size_of(valuation, &[(Measure::Cost, 1.0)])),
        };
        Self { valuation, formulation, terms, is_penalised, units, cache: Mutex::default() }
    }

    fn cache(&self) -> MutexGuard<'_, EvaluationCache> {
        // Poisoning is harmless: entries are only inserted whole.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The objective of a selection, whether it holds to the limits or not: a tenth of the work of an evaluation.
    pub fn objective(&self, selection: &Selection) -> f64 {
        let total = |&(measure, weight): &(Measure, f64)| weight * self.valuation.total(measure, selection);
        let penalty = if self.is_penalised { self.valuation.penalty(selection) } else { 0.0 };
        self.terms.iter().map(total).sum::<f64>() - penalty
    }

    fn evaluate_uncached(&self, values: &ByColumn<f64>) -> Option<Candidate<Selection>> {
        let selection = decode_checked(self.formulation, values, self.valuation)?;
        let objective = self.objective(&selection);
        let planned = |project: ProjectIx| self.valuation.portfolio().projects()[project].start;
        let counted = |project: ProjectIx| (project, self.valuation.portfolio().counted_as(project));
        let tie = TieBreak {
            // The sum of nothing is -0, which is no worse than 0.
            objective: rounded_to(objective, self.units.objective) + 0.0,
            cost: rounded_to(self.valuation.total(Measure::Cost, &selection), self.units.cost) + 0.0,
            deferred: selection.choices().iter().map(|one| one.start - planned(one.project)).sum(),
            payments: selection.choices().iter().map(|one| one.payment.index()).sum(),
        };
        // An objective that is 0 but for rounding is set to 0: breaking even is no loss.
        let objective = if tie.objective == 0.0 { 0.0 } else { objective };
        Some(Candidate {
            objective,
            tie,
            projects: ProjectSet::counting(selection.projects().map(counted)),
            solution: selection,
        })
    }
}

/// Sum over all projects of the largest absolute `Σ weight × measure` at any of their starts, and the size of what
/// belongs to no project.
fn size_of(valuation: &Valuation, terms: &[(Measure, f64)]) -> f64 {
    let of_project = |project: ProjectIx| {
        let of_plan = |plan: &StartPlan| {
            let term = |&(measure, weight): &(Measure, f64)| {
                (weight * valuation.measure(measure, project, plan)).abs()
            };
            terms.iter().map(term).sum::<f64>()
        };
        valuation.plans(project).iter().map(of_plan).fold(0.0, f64::max)
    };
    let projects: f64 = valuation.portfolio().projects().positions().map(of_project).sum();
    let together = |&(measure, weight): &(Measure, f64)| weight.abs() * valuation.size_beside(measure);
    projects + terms.iter().map(together).sum::<f64>()
}

impl Evaluator for SelectionEvaluator<'_> {
    type Solution = Selection;

    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<Selection>> {
        let signature = signature(self.formulation, values);
        if let Some(evaluation) = self.cache().evaluations.get(&signature[..]) {
            return evaluation.clone();
        }
        let evaluation = self.evaluate_uncached(values);
        let mut cache = self.cache();
        if cache.choices < MAX_CACHED_CHOICES {
            cache.choices += evaluation.as_ref().map_or(1, |candidate| candidate.solution.len());
            cache.evaluations.insert(signature.into_boxed_slice(), evaluation.clone());
        }
        evaluation
    }

    fn values_of(&self, selection: &Selection) -> ByColumn<f64> {
        values_of_selection(self.formulation, selection)
    }
}

/// Values of the program's columns for a selection; columns that are no start of a project and no payment are 0.
pub fn values_of_selection(formulation: &Formulation, selection: &Selection) -> ByColumn<f64> {
    let mut values = ByColumn::filled(0.0, formulation.program.columns.len());
    for choice in selection.choices() {
        if let Some(start) = formulation.columns_of(choice) {
            values[start.chosen] = 1.0;
            values[start.share] = choice.share.value();
        }
    }
    for moved in formulation.moved() {
        let (project, cost, line) = (moved.project, moved.cost, moved.line);
        let is_own = |one: &&Transfer| (one.project, one.cost, one.line) == (project, cost, line);
        if let Some(transfer) = selection.transfers().iter().find(is_own) {
            values[moved.column()] = transfer.amounts[moved.period].value() / moved.unit();
        }
    }
    values
}

/// Evaluates values of a bare program by its rows.
#[derive(Debug)]
pub struct ProgramEvaluator<'a> {
    /// The program and its decisions.
    pub problem: &'a Problem<'a>,
}

impl Evaluator for ProgramEvaluator<'_> {
    type Solution = ByColumn<f64>;

    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<ByColumn<f64>>> {
        let solution = rounded(self.problem.program, values)?;
        let columns = &self.problem.program.columns;
        let objective = solution.iter().zip(columns).map(|(value, column)| value * column.objective).sum();
        let most = |column: &Column| column.objective.abs() * column.lower.abs().max(column.upper.abs());
        let unit = decimal_unit(columns.iter().map(most).sum());
        let tie = TieBreak::by_objective(rounded_to(objective, unit));
        Some(Candidate { objective, tie, projects: self.problem.taken(&solution), solution })
    }

    fn values_of(&self, solution: &ByColumn<f64>) -> ByColumn<f64> {
        solution.clone()
    }
}

/// The values with integer columns rounded; `None` if that violates a row.
pub fn rounded(program: &Program, values: &ByColumn<f64>) -> Option<ByColumn<f64>> {
    let whole = |(&value, column): (&f64, &Column)| {
        if column.is_integer { value.round() } else { value.clamp(column.lower, column.upper) }
    };
    let solution: ByColumn<f64> = values.iter().zip(&program.columns).map(whole).collect();
    let holds = |row: &Row| {
        let sum: f64 = row.terms.iter().map(|&(column, factor)| factor * solution[column]).sum();
        row.lower - ROW_TOLERANCE <= sum && sum <= row.upper + ROW_TOLERANCE
    };
    program.rows.iter().all(holds).then_some(solution)
}

/// Evaluates values of a reduced program by the evaluator of the whole problem.
#[derive(Debug)]
pub struct ReducedEvaluator<'a, E> {
    /// Evaluator of the whole problem.
    pub evaluator: &'a E,
    /// The reduced program.
    pub reduced_program: &'a ReducedProgram,
}

impl<E: Evaluator> Evaluator for ReducedEvaluator<'_, E> {
    type Solution = E::Solution;

    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<E::Solution>> {
        self.evaluator.evaluate(&self.reduced_program.expand(values))
    }

    fn values_of(&self, solution: &E::Solution) -> ByColumn<f64> {
        let values = self.evaluator.values_of(solution);
        self.reduced_program.columns.iter().map(|&column| values[column]).collect()
    }
}
