//! A program by columns, for what looks at few of them.

use super::program::{ColumnIx, Program, RowIx};

/// The terms of a program, column by column: the rows (rising) that a column stands in, with its coefficients. A part of a
/// large program is cut out of it in the time that the part takes.
#[derive(Clone, Debug)]
pub struct ColumnTerms {
    /// Where the terms of each column begin, and the end of the last.
    first: Vec<usize>,
    terms: Vec<(RowIx, f64)>,
}

impl ColumnTerms {
    /// The terms of a program.
    pub fn of(program: &Program) -> Self {
        let mut first = vec![0; program.columns.len() + 1];
        let all = || {
            program.rows.iter_enumerated().flat_map(|(row, it)| it.terms.iter().map(move |one| (row, one)))
        };
        for (_, (column, _)) in all() {
            first[column.index() + 1] += 1;
        }
        for column in 1..first.len() {
            first[column] += first[column - 1];
        }
        let mut next = first.clone();
        let mut terms = vec![(RowIx::new(0), 0.0); first[program.columns.len()]];
        for (row, &(column, factor)) in all() {
            terms[next[column.index()]] = (row, factor);
            next[column.index()] += 1;
        }
        Self { first, terms }
    }

    /// The terms of one column.
    pub fn of_column(&self, column: ColumnIx) -> &[(RowIx, f64)] {
        &self.terms[self.first[column.index()]..self.first[column.index() + 1]]
    }
}
