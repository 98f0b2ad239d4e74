//! Who judges solutions: the portfolio for selections, the rows themselves for a bare program.

use crate::domain::{Measure, Selection};
use crate::finance::Valuation;

use super::decode::{decode, recheck};
use super::formulate::Formulation;
use super::incumbents::Judge;
use super::pool::{Candidate, ProjectSet};
use super::problem::Problem;
use super::program::{Column, Program, Row};
use super::restriction::Restriction;

/// How far a row of a bare program may be exceeded, in the scale that [`super::program::Row::scaled`] gives it.
const TOLERANCE: f64 = 1e-7;

/// Judges selections by the portfolio's own numbers.
#[derive(Debug)]
pub struct SelectionJudge<'a> {
    /// The scenario's numbers.
    pub valuation: &'a Valuation<'a>,
    /// What the columns mean.
    pub formulation: &'a Formulation,
    /// What is maximised: `Σ weight × measure`.
    pub terms: &'a [(Measure, f64)],
    /// Whether penalties count: overruns, soft limits, changes.
    pub is_penalised: bool,
}

impl Judge for SelectionJudge<'_> {
    type Solution = Selection;

    fn judge(&self, values: &[f64]) -> Option<Candidate<Selection>> {
        let selection = decode(self.formulation, values);
        let is_valid = recheck(self.valuation, &selection).is_empty();
        is_valid.then(|| {
            let total =
                |&(measure, weight): &(Measure, f64)| weight * self.valuation.total(measure, &selection);
            let penalty = if self.is_penalised { self.valuation.penalty(&selection) } else { 0.0 };
            Candidate {
                objective: self.terms.iter().map(total).sum::<f64>() - penalty,
                projects: ProjectSet::of(selection.projects()),
                solution: selection,
            }
        })
    }

    fn values_of(&self, selection: &Selection) -> Vec<f64> {
        values_of_selection(self.formulation, selection)
    }
}

/// The program's values of a selection; columns that are no start of a project stay 0.
pub fn values_of_selection(formulation: &Formulation, selection: &Selection) -> Vec<f64> {
    let mut values = vec![0.0; formulation.program.columns.len()];
    for choice in selection.choices() {
        let starts = formulation.starts_of(choice.project);
        if let Some(start) = starts.iter().find(|start| start.start == choice.start) {
            values[start.chosen] = 1.0;
            values[start.share] = choice.share.value();
        }
    }
    values
}

/// Judges values of a bare program by its rows.
#[derive(Debug)]
pub struct ProgramJudge<'a> {
    /// The program and its decisions.
    pub problem: &'a Problem<'a>,
}

impl Judge for ProgramJudge<'_> {
    type Solution = Vec<f64>;

    fn judge(&self, values: &[f64]) -> Option<Candidate<Vec<f64>>> {
        let solution = rounded(self.problem.program, values)?;
        let columns = &self.problem.program.columns;
        Some(Candidate {
            objective: solution.iter().zip(columns).map(|(value, column)| value * column.objective).sum(),
            projects: self.problem.taken(&solution),
            solution,
        })
    }

    fn values_of(&self, solution: &Vec<f64>) -> Vec<f64> {
        solution.clone()
    }
}

/// Values with what must be whole made whole; `None` if that breaks a row.
pub fn rounded(program: &Program, values: &[f64]) -> Option<Vec<f64>> {
    let whole = |(&value, column): (&f64, &Column)| {
        if column.is_integer { value.round() } else { value.clamp(column.lower, column.upper) }
    };
    let solution: Vec<f64> = values.iter().zip(&program.columns).map(whole).collect();
    let holds = |row: &Row| {
        let sum: f64 = row.terms.iter().map(|&(column, factor)| factor * solution[column]).sum();
        row.lower - TOLERANCE <= sum && sum <= row.upper + TOLERANCE
    };
    program.rows.iter().all(holds).then_some(solution)
}

/// Judges values of what a restriction leaves by the judge of the whole.
#[derive(Debug)]
pub struct JudgeWithin<'a, J> {
    /// The judge of the whole.
    pub judge: &'a J,
    /// What is left of the program.
    pub restriction: &'a Restriction,
}

impl<J: Judge> Judge for JudgeWithin<'_, J> {
    type Solution = J::Solution;

    fn judge(&self, values: &[f64]) -> Option<Candidate<J::Solution>> {
        self.judge.judge(&self.restriction.expand(values))
    }

    fn values_of(&self, solution: &J::Solution) -> Vec<f64> {
        let values = self.judge.values_of(solution);
        self.restriction.columns.iter().map(|&column| values[column]).collect()
    }
}
