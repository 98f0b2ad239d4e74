//! What is left of a program when some of its variables are fixed: a smaller program, and the way back.

use super::decisions::{DecisionGroup, Problem, StartOption};
use super::program::{Program, Row};

/// How far a row may miss its bounds by rounding, in the program's own scale.
const ROW_TOLERANCE: f64 = 1e-9;

/// A variable (columns, then the slacks of rows) and the value it is held at: 0 or 1, so that half the digits do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fixing {
    /// The variable, as the whole problem numbers it.
    pub variable: u32,
    /// Its value.
    pub value: f32,
}

impl Fixing {
    /// A fixing.
    pub fn new(variable: usize, value: f64) -> Self {
        // Programs that would not fit the index do not fit in memory either.
        Self { variable: variable as u32, value: value as f32 }
    }
}

/// A part of a problem: some columns are fixed, and rows that hold whatever the others do are left out.
#[derive(Clone, Debug)]
pub struct ReducedProgram {
    /// What is left.
    pub program: Program,
    /// What the fixed columns add to the objective.
    pub constant: f64,
    /// Per column of what is left: the column of the whole.
    pub columns: Vec<usize>,
    /// Per row of what is left: the row of the whole.
    pub rows: Vec<usize>,
    /// Per column of the whole: the value it is fixed at, if it is.
    pub fixed: Vec<Option<f64>>,
    column_left: Vec<Option<usize>>,
    row_left: Vec<Option<usize>>,
}

impl ReducedProgram {
    /// Fixes nothing: all columns and rows are left.
    pub fn none(program: &Program) -> Self {
        Self {
            program: program.clone(),
            constant: 0.0,
            columns: (0..program.columns.len()).collect(),
            rows: (0..program.rows.len()).collect(),
            fixed: vec![None; program.columns.len()],
            column_left: (0..program.columns.len()).map(Some).collect(),
            row_left: (0..program.rows.len()).map(Some).collect(),
        }
    }

    /// Fixes variables of a program; `None` if a row cannot hold then.
    pub fn new(program: &Program, fixings: &[Fixing]) -> Option<Self> {
        let count = program.columns.len();
        let mut fixed: Vec<Option<f64>> = vec![None; count];
        // Rows whose slack is fixed at 0 hold with equality.
        let mut tight = vec![false; program.rows.len()];
        for fixing in fixings {
            let (variable, value) = (fixing.variable as usize, f64::from(fixing.value));
            if variable < count {
                fixed[variable] = Some(value);
            } else if value == 0.0 {
                tight[variable - count] = true;
            } else {
                // A row that allows one binary and has a slack of 1 allows none.
                program.rows[variable - count]
                    .terms
                    .iter()
                    .for_each(|&(column, _)| fixed[column] = Some(0.0));
            }
        }
        let columns: Vec<usize> = (0..count).filter(|&column| fixed[column].is_none()).collect();
        let mut column_left = vec![None; count];
        columns.iter().enumerate().for_each(|(left, &column)| column_left[column] = Some(left));
        let constant = fixed
            .iter()
            .zip(&program.columns)
            .map(|(value, column)| value.unwrap_or(0.0) * column.objective)
            .sum();
        let mut left = Program {
            columns: columns.iter().map(|&column| program.columns[column]).collect(),
            rows: Vec::new(),
        };
        let mut rows = Vec::new();
        let mut row_left = vec![None; program.rows.len()];
        for (position, row) in program.rows.iter().enumerate() {
            let lower = if tight[position] { row.upper } else { row.lower };
            match what_is_left(row, lower, &fixed, &column_left, program) {
                Rest::Holds => {}
                Rest::Fails => return None,
                Rest::Row(rest) => {
                    row_left[position] = Some(rows.len());
                    rows.push(position);
                    left.rows.push(rest);
                }
            }
        }
        Some(Self { program: left, constant, columns, rows, fixed, column_left, row_left })
    }

    /// The values of all columns of the whole, given those of the columns that are left.
    pub fn expand(&self, values: &[f64]) -> Vec<f64> {
        let mut all: Vec<f64> = self.fixed.iter().map(|value| value.unwrap_or(0.0)).collect();
        self.columns.iter().zip(values).for_each(|(&column, &value)| all[column] = value);
        all
    }

    /// The decisions that are left.
    pub fn problem(&self, whole: &Problem) -> Problem<'_> {
        let left = |column: usize| self.column_left[column];
        let group = |group: &DecisionGroup| {
            let alternatives = group.alternatives.iter().filter_map(|one| {
                let chosen = left(one.chosen)?;
                Some(StartOption { chosen, share: left(one.share).unwrap_or(chosen) })
            });
            let row = group.row.and_then(|row| self.row_left[row]);
            DecisionGroup { project: group.project, alternatives: alternatives.collect(), row }
        };
        let groups = whole.groups.iter().map(group).filter(|group| !group.alternatives.is_empty());
        let slackable_rows = whole.slackable_rows.iter().filter_map(|&row| self.row_left[row]).collect();
        let constant = whole.constant + self.constant;
        let costs = if whole.costs.is_empty() {
            Vec::new()
        } else {
            self.columns.iter().map(|&column| whole.cost(column)).collect()
        };
        Problem { program: &self.program, groups: groups.collect(), slackable_rows, constant, costs }
    }

    /// The variable of the whole that a variable of what is left stands for.
    pub fn whole_variable(&self, variable: usize) -> usize {
        match variable.checked_sub(self.columns.len()) {
            None => self.columns[variable],
            Some(row) => self.fixed.len() + self.rows[row],
        }
    }

    /// What a fixing of the whole means here: adds fixings of variables that are left. `false` if it cannot be.
    pub fn translate(&self, fixing: Fixing, program: &Program, here: &mut Vec<(usize, f64)>) -> bool {
        let (variable, value) = (fixing.variable as usize, f64::from(fixing.value));
        let Some(row) = variable.checked_sub(self.fixed.len()) else {
            return match (self.fixed[variable], self.column_left[variable]) {
                (Some(fixed), _) => fixed == value,
                (None, Some(left)) => {
                    here.push((left, value));
                    true
                }
                (None, None) => false,
            };
        };
        if let Some(left) = self.row_left[row] {
            here.push((self.columns.len() + left, value));
            return true;
        }
        self.translate_lost_row(&program.rows[row], value, here)
    }

    /// The slack of a row that allows one binary and is left out here, since at most one of its columns is left.
    fn translate_lost_row(&self, row: &Row, slack: f64, here: &mut Vec<(usize, f64)>) -> bool {
        let taken: f64 = row.terms.iter().filter_map(|&(column, _)| self.fixed[column]).sum();
        let open: Vec<usize> = row.terms.iter().filter_map(|&(column, _)| self.column_left[column]).collect();
        let missing = 1.0 - slack - taken;
        match open.as_slice() {
            _ if missing < 0.0 => return false,
            [] => return missing == 0.0,
            [only] => here.push((*only, missing)),
            several if missing == 0.0 => here.extend(several.iter().map(|&column| (column, 0.0))),
            _ => return false,
        }
        true
    }
}

enum Rest {
    Holds,
    Fails,
    Row(Row),
}

/// What a row demands of the columns that are left.
fn what_is_left(
    row: &Row,
    lower: f64,
    fixed: &[Option<f64>],
    column_left: &[Option<usize>],
    program: &Program,
) -> Rest {
    let (mut used, mut least, mut most) = (0.0, 0.0, 0.0);
    let mut terms = Vec::with_capacity(row.terms.len());
    for &(column, factor) in &row.terms {
        match (fixed[column], column_left[column]) {
            (Some(value), _) => used += factor * value,
            (None, Some(left)) => {
                let bounds = &program.columns[column];
                let (one, other) = (factor * bounds.lower, factor * bounds.upper);
                least += one.min(other);
                most += one.max(other);
                terms.push((left, factor));
            }
            (None, None) => {}
        }
    }
    let (lower, upper) = (lower - used, row.upper - used);
    if least > upper + ROW_TOLERANCE || most < lower - ROW_TOLERANCE {
        Rest::Fails
    } else if most <= upper && least >= lower {
        Rest::Holds
    } else {
        Rest::Row(Row { terms, lower, upper })
    }
}
