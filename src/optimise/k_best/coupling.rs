//! Coupling of a program: one that nearly falls apart is work for HiGHS.

use crate::optimise::model::program::{Program, Row};

/// Columns from which on a program may count as loosely coupled: the tree proves smaller ones at once.
const LOOSE_MIN_COLUMNS: usize = 100;
/// Limits that a column of a loosely coupled program draws on, at most, in the mean.
const LOOSE_MAX_LIMITS_PER_COLUMN: f64 = 3.0;
/// Largest share of its columns that draw on a limit, in the mean.
const LOOSE_MAX_DENSITY: f64 = 0.2;

/// True if a program is large and its columns draw on few of many limits each: as projects that a few of many funds pay.
/// Such a program nearly falls apart into small knapsacks. HiGHS, which cuts row by row, proves it in a fraction of the
/// time of a tree over a dense tableau. A goal that is held is no limit: one row over most columns, with a lower side alone.
pub fn is_loosely_coupled(program: &Program) -> bool {
    let holds_goal = |row: &Row| row.upper == f64::INFINITY && 2 * row.terms.len() > program.columns.len();
    let is_limit = |row: &&Row| !holds_goal(row) && row.limits_amount();
    let lengths: Vec<usize> = program.rows.iter().filter(is_limit).map(|row| row.terms.len()).collect();
    let (columns, draws) = (program.columns.len() as f64, lengths.iter().sum::<usize>() as f64);
    program.columns.len() >= LOOSE_MIN_COLUMNS
        && draws <= LOOSE_MAX_LIMITS_PER_COLUMN * columns
        && draws <= LOOSE_MAX_DENSITY * columns * lengths.len() as f64
}

/// Columns per different value of the objective from which on these are few.
const FEW_VALUES_COLUMNS: usize = 20;

/// True if most columns share their objective with many others, so that they differ by what they take of limits alone.
pub fn has_few_values(program: &Program) -> bool {
    let mut values: Vec<f64> = program.columns.iter().map(|column| column.objective).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values.len() * FEW_VALUES_COLUMNS <= program.columns.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::model::program::Column;

    /// A program of binary columns in rows of `(first column, step, count)`, with other factors in each column.
    fn program(columns: usize, rows: &[(usize, usize, usize)]) -> Program {
        let column = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 1.0 };
        let row = |&(first, step, count): &(usize, usize, usize)| {
            let terms = (0..count).map(|place| (first + place * step, 1.0 + place as f64));
            Row::numbered(terms, f64::NEG_INFINITY, 10.0)
        };
        Program { columns: vec![column; columns].into(), rows: rows.iter().map(row).collect() }
    }

    #[test]
    fn programs_that_nearly_fall_apart_are_loosely_coupled() {
        let funds: Vec<_> = (0..12).map(|fund| (10 * fund, 1, 10)).collect();
        assert!(is_loosely_coupled(&program(120, &funds)));
        assert!(!is_loosely_coupled(&program(90, &funds[..9])), "too small");
        let one_budget = [(0, 1, 120)];
        assert!(!is_loosely_coupled(&program(120, &one_budget)), "one knapsack");
        // Four periods of every fund: each column draws on four limits.
        let periods = funds.repeat(4);
        assert!(!is_loosely_coupled(&program(120, &periods)), "many limits a column");
    }

    #[test]
    fn values_are_few_where_many_columns_share_them() {
        let mut counted = program(120, &[]);
        counted.columns.iter_mut().enumerate().for_each(|(at, column)| column.objective = (at % 6) as f64);
        assert!(has_few_values(&counted));
        counted.columns.iter_mut().enumerate().for_each(|(at, column)| column.objective = (at % 7) as f64);
        assert!(!has_few_values(&counted));
    }

    #[test]
    fn a_goal_that_is_held_is_no_limit() {
        let funds: Vec<_> = (0..12).map(|fund| (10 * fund, 1, 10)).collect();
        let mut held = program(120, &funds.repeat(3));
        held.rows.push(Row::numbered((0..120).map(|place| (place, 1.0 + place as f64)), 50.0, f64::INFINITY));
        assert!(is_loosely_coupled(&held));
        let mut limited = program(120, &funds.repeat(3));
        limited.rows.push(Row::numbered(
            (0..120).map(|place| (place, 1.0 + place as f64)),
            f64::NEG_INFINITY,
            50.0,
        ));
        assert!(!is_loosely_coupled(&limited));
    }

    #[test]
    fn rules_are_no_limits() {
        let mut ruled = program(120, &(0..12).map(|fund| (10 * fund, 1, 10)).collect::<Vec<_>>());
        let pairs =
            (0..480).map(|pair| Row::numbered([(pair % 119, 1.0), (119, -1.0)], f64::NEG_INFINITY, 0.0));
        ruled.rows.extend(pairs);
        assert!(is_loosely_coupled(&ruled));
    }
}
