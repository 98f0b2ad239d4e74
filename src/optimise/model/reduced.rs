//! The reduced program: a program without its fixed columns and redundant rows, and the way back.

use super::column_terms::ColumnTerms;
use super::decisions::{DecisionGroup, Problem, StartOption};
use super::program::{ByColumn, ByRow, ColumnIx, Program, Row, RowIx};

/// Largest violation of a row that counts as rounding, in the program's own scale.
const ROW_TOLERANCE: f64 = 1e-9;

/// A variable (columns, then the slacks of rows) and its fixed value: 0 or 1, for which half precision suffices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fixing {
    /// Variable, numbered as in the whole problem.
    pub variable: u32,
    /// Its value.
    pub value: f32,
}

impl Fixing {
    /// A fixing.
    pub fn new(variable: usize, value: f64) -> Self {
        // A program with more variables than the index counts does not fit in memory.
        Self { variable: variable as u32, value: value as f32 }
    }
}

/// A reduced problem: some columns are fixed, and rows that hold whatever the free columns do are removed.
#[derive(Clone, Debug)]
pub struct ReducedProgram {
    /// The reduced program.
    pub program: Program,
    /// Contribution of the fixed columns to the objective.
    pub constant: f64,
    /// `columns[reduced column]`: column of the whole problem.
    pub columns: ByColumn<ColumnIx>,
    /// `rows[reduced row]`: row of the whole problem.
    pub rows: ByRow<RowIx>,
    /// `fixed[whole column]`: its fixed value, if any.
    pub fixed: ByColumn<Option<f64>>,
    column_left: ByColumn<Option<ColumnIx>>,
    row_left: ByRow<Option<RowIx>>,
}

impl ReducedProgram {
    /// The whole program, with nothing fixed.
    pub fn none(program: &Program) -> Self {
        Self {
            program: program.clone(),
            constant: 0.0,
            columns: program.columns.positions().collect(),
            rows: program.rows.positions().collect(),
            fixed: ByColumn::filled(None, program.columns.len()),
            column_left: program.columns.positions().map(Some).collect(),
            row_left: program.rows.positions().map(Some).collect(),
        }
    }

    /// Fixes variables of a program; `None` if that violates a row.
    pub fn new(program: &Program, fixings: &[Fixing]) -> Option<Self> {
        Self::by_columns(program, &ColumnTerms::of(program), fixings)
    }

    /// The same, given the program's terms by column: for many small parts of one large program.
    pub fn by_columns(program: &Program, by_column: &ColumnTerms, fixings: &[Fixing]) -> Option<Self> {
        let count = program.columns.len();
        let mut fixed: ByColumn<Option<f64>> = ByColumn::filled(None, count);
        // Rows whose slack is fixed at 0 hold with equality.
        let mut tight = ByRow::filled(false, program.rows.len());
        for fixing in fixings {
            let (variable, value) = (fixing.variable as usize, f64::from(fixing.value));
            if variable < count {
                fixed[ColumnIx::new(variable)] = Some(value);
            } else if value == 0.0 {
                tight[RowIx::new(variable - count)] = true;
            } else {
                // A row that allows one binary and has a slack of 1 allows none.
                program.rows[RowIx::new(variable - count)]
                    .terms
                    .iter()
                    .for_each(|&(column, _)| fixed[column] = Some(0.0));
            }
        }
        let columns: ByColumn<ColumnIx> =
            program.columns.positions().filter(|&column| fixed[column].is_none()).collect();
        let mut column_left = ByColumn::filled(None, count);
        columns.iter_enumerated().for_each(|(left, &column)| column_left[column] = Some(left));
        let constant = fixed
            .iter()
            .zip(&program.columns)
            .map(|(value, column)| value.unwrap_or(0.0) * column.objective)
            .sum();
        let mut left = Program {
            columns: columns.iter().map(|&column| program.columns[column]).collect(),
            rows: ByRow::default(),
        };
        let mut parts = RowParts::new(program, by_column, &fixed, &columns);
        let mut rows = ByRow::default();
        let mut row_left = ByRow::filled(None, program.rows.len());
        for (position, row) in program.rows.iter_enumerated() {
            let lower = if tight[position] { row.upper } else { row.lower };
            match parts.reduce(position, lower, row.upper) {
                RowState::Holds => {}
                RowState::Fails => return None,
                RowState::Row(rest) => {
                    row_left[position] = Some(rows.next_position());
                    rows.push(position);
                    left.rows.push(rest);
                }
            }
        }
        Some(Self { program: left, constant, columns, rows, fixed, column_left, row_left })
    }

    /// Values of all columns of the whole problem, from those of the free columns.
    pub fn expand(&self, values: &[f64]) -> ByColumn<f64> {
        let mut all: ByColumn<f64> = self.fixed.iter().map(|value| value.unwrap_or(0.0)).collect();
        self.columns.iter().zip(values).for_each(|(&column, &value)| all[column] = value);
        all
    }

    /// The reduced program with its decision groups.
    pub fn problem(&self, whole: &Problem) -> Problem<'_> {
        let left = |column: ColumnIx| self.column_left[column];
        let group = |group: &DecisionGroup| {
            let alternatives = group.alternatives.iter().filter_map(|one| {
                let chosen = left(one.chosen)?;
                Some(StartOption { chosen, share: left(one.share).unwrap_or(chosen) })
            });
            let row = group.row.and_then(|row| self.row_left[row]);
            DecisionGroup {
                project: group.project,
                counted: group.counted,
                alternatives: alternatives.collect(),
                row,
            }
        };
        let groups = whole.groups.iter().map(group).filter(|group| !group.alternatives.is_empty());
        let slackable_rows = whole.slackable_rows.iter().filter_map(|&row| self.row_left[row]).collect();
        let constant = whole.constant + self.constant;
        let costs = if whole.costs.is_empty() {
            ByColumn::default()
        } else {
            self.columns.iter().map(|&column| whole.cost(column)).collect()
        };
        let (groups, overrates) = (groups.collect(), whole.overrates);
        Problem { program: &self.program, groups, slackable_rows, constant, costs, overrates }
    }

    /// Variable of the whole problem for a variable of the reduced program.
    pub fn whole_variable(&self, variable: usize) -> usize {
        match variable.checked_sub(self.columns.len()) {
            None => self.columns[ColumnIx::new(variable)].index(),
            Some(row) => self.fixed.len() + self.rows[RowIx::new(row)].index(),
        }
    }

    /// Translates a fixing of the whole problem: adds fixings of free variables to `here`. `false` if it contradicts
    /// this reduction.
    pub fn translate(&self, fixing: Fixing, program: &Program, here: &mut Vec<(usize, f64)>) -> bool {
        let (variable, value) = (fixing.variable as usize, f64::from(fixing.value));
        let Some(row) = variable.checked_sub(self.fixed.len()) else {
            let column = ColumnIx::new(variable);
            return match (self.fixed[column], self.column_left[column]) {
                (Some(fixed), _) => fixed == value,
                (None, Some(left)) => {
                    here.push((left.index(), value));
                    true
                }
                (None, None) => false,
            };
        };
        let row = RowIx::new(row);
        if let Some(left) = self.row_left[row] {
            here.push((self.columns.len() + left.index(), value));
            return true;
        }
        self.translate_lost_row(&program.rows[row], value, here)
    }

    /// Translates a fixed slack of a row that allows one binary and was removed, since at most one of its columns is
    /// free.
    fn translate_lost_row(&self, row: &Row, slack: f64, here: &mut Vec<(usize, f64)>) -> bool {
        let taken: f64 = row.terms.iter().filter_map(|&(column, _)| self.fixed[column]).sum();
        let open: Vec<ColumnIx> =
            row.terms.iter().filter_map(|&(column, _)| self.column_left[column]).collect();
        let missing = 1.0 - slack - taken;
        match open.as_slice() {
            _ if missing < 0.0 => return false,
            [] => return missing == 0.0,
            [only] => here.push((only.index(), missing)),
            several if missing == 0.0 => here.extend(several.iter().map(|column| (column.index(), 0.0))),
            _ => return false,
        }
        true
    }
}

enum RowState {
    Holds,
    Fails,
    Row(Row),
}

/// What fixed columns use of each row, and what free ones may.
struct RowParts {
    used: ByRow<f64>,
    /// Least and most that the free columns add up to.
    range: ByRow<(f64, f64)>,
    /// Terms of the free columns.
    terms: ByRow<Vec<(ColumnIx, f64)>>,
}

impl RowParts {
    /// The parts of all rows. Sums run over rising columns.
    fn new(
        program: &Program,
        by_column: &ColumnTerms,
        fixed: &ByColumn<Option<f64>>,
        free: &ByColumn<ColumnIx>,
    ) -> Self {
        let count = program.rows.len();
        let mut parts = Self {
            used: ByRow::filled(0.0, count),
            range: ByRow::filled((0.0, 0.0), count),
            terms: ByRow::filled(Vec::new(), count),
        };
        for (column, value) in fixed.iter_enumerated() {
            let Some(value) = value.filter(|&value| value != 0.0) else { continue };
            by_column.of_column(column).iter().for_each(|&(row, factor)| parts.used[row] += factor * value);
        }
        for (left, &column) in free.iter_enumerated() {
            let bounds = &program.columns[column];
            for &(row, factor) in by_column.of_column(column) {
                let (one, other) = (factor * bounds.lower, factor * bounds.upper);
                let (least, most) = &mut parts.range[row];
                *least += one.min(other);
                *most += one.max(other);
                parts.terms[row].push((left, factor));
            }
        }
        parts
    }

    /// The row over the free columns.
    fn reduce(&mut self, row: RowIx, lower: f64, upper: f64) -> RowState {
        let ((least, most), used) = (self.range[row], self.used[row]);
        let (lower, upper) = (lower - used, upper - used);
        if least > upper + ROW_TOLERANCE || most < lower - ROW_TOLERANCE {
            RowState::Fails
        } else if most <= upper && least >= lower {
            RowState::Holds
        } else {
            RowState::Row(Row { terms: std::mem::take(&mut self.terms[row]), lower, upper })
        }
    }
}
