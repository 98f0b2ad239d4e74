//! What is settled before any search: columns that no solution can take.

use super::program::{ColumnIx, Program, Row};

/// Part of a row's side, and of its scale, by which a column must pass it to count as impossible: rounding must not rule
/// out what the recheck allows.
const ROUNDING: f64 = 1e-7;
/// Passes over all rows: what one column rules out may rule out others.
const MAX_PASSES: usize = 20;

/// Sets the upper bound of binary columns to 0 that a row rules out whatever the others do (bound tightening; Savelsbergh
/// 1994), as starts that alone exceed a limit, and starts of projects that can then never follow others. Returns the
/// columns.
pub fn rule_out_impossible(program: &mut Program) -> Vec<ColumnIx> {
    let mut impossible = Vec::new();
    for _ in 0..MAX_PASSES {
        let before = impossible.len();
        for row in &program.rows {
            for column in ruled_out(row, program) {
                program.columns[column].upper = 0.0;
                impossible.push(column);
            }
        }
        if impossible.len() == before {
            break;
        }
    }
    impossible.sort_unstable();
    impossible
}

/// Binary columns, so far possible, that a row does not allow to be 1.
fn ruled_out(row: &Row, program: &Program) -> Vec<ColumnIx> {
    let (mut least, mut most) = (0.0, 0.0);
    for &(column, factor) in &row.terms {
        let bounds = &program.columns[column];
        let (one, other) = (factor * bounds.lower, factor * bounds.upper);
        least += one.min(other);
        most += one.max(other);
    }
    let room = |side: f64| ROUNDING * (1.0 + side.abs());
    let is_ruled_out = |&(column, factor): &(ColumnIx, f64)| {
        let bounds = &program.columns[column];
        let is_open = bounds.is_integer && bounds.lower == 0.0 && bounds.upper == 1.0;
        is_open
            && (least + factor.max(0.0) > row.upper + room(row.upper)
                || most + factor.min(0.0) < row.lower - room(row.lower))
    };
    row.terms.iter().filter(|term| is_ruled_out(term)).map(|&(column, _)| column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::model::program::Column;

    #[test]
    fn columns_that_a_row_does_not_allow_are_ruled_out_and_those_that_need_them() {
        let column = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 1.0 };
        let amount = Column { is_integer: false, ..column };
        let most =
            |terms: &[(usize, f64)], upper| Row::numbered(terms.iter().copied(), f64::NEG_INFINITY, upper);
        let mut program = Program {
            columns: vec![column, column, column, column, amount].into(),
            rows: vec![
                // The third starts only if the first does, which the next row rules out.
                most(&[(2, 1.0), (0, -1.0)], 0.0),
                most(&[(0, 5.0), (1, 3.0), (3, 4.0)], 4.0),
                // The amount makes room for the last.
                most(&[(3, 2.0), (4, -1.0)], 1.0),
            ]
            .into(),
        };
        let impossible: Vec<usize> =
            rule_out_impossible(&mut program).into_iter().map(ColumnIx::index).collect();
        assert_eq!(impossible, [0, 2]);
        let open: Vec<f64> = program.columns.iter().map(|column| column.upper).collect();
        assert_eq!(open, [0.0, 1.0, 0.0, 1.0, 1.0]);
    }

    #[test]
    fn rows_that_ask_for_an_amount_rule_out_what_leaves_too_little() {
        let column = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 1.0 };
        let row = Row::numbered([(0, -3.0), (1, 4.0), (2, 1.0)], 2.5, f64::INFINITY);
        let mut program = Program { columns: vec![column; 3].into(), rows: vec![row].into() };
        assert_eq!(rule_out_impossible(&mut program), [ColumnIx::new(0)]);
    }
}
