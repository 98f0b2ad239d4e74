//! Cuts for programs that nearly fall apart: what each limit alone can be worth at the prices of the others.

use std::time::Instant;

use crate::optimise::model::knapsack::{Item, knapsack_bound};
use crate::optimise::model::program::{ByColumn, ColumnIx, Program, Row, RowIx};
use crate::optimise::outcome::{OptimiseError, Outcome};
use crate::optimise::solver::highs::{Relaxation, relax_until};
use crate::progress::CancelToken;

/// Rounds of cuts at most.
const MAX_ROUNDS: usize = 8;
/// Part of its side by which a cut must be violated.
const MIN_VIOLATION: f64 = 1e-6;
/// Part of its side by which a cut is wider than it must be: the rounding of sums, and of solvers.
const SLACK: f64 = 1e-9;
/// What a solution may exceed a limit by, in the scale of rows: a limit that equals the sum of all its columns holds them.
const ROW_TOLERANCE: f64 = 1e-6;
/// Factors of a row that differ by no more than this part of them are equal: the row is a rule.
const SAME_FACTOR: f64 = 1e-9;

/// The program with a row per limit and round: the worth of the limit's columns at the prices of all other rows is no
/// more than that of the best set of them that the limit allows. Rounds end at the deadline. `None` if the relaxation is
/// infeasible.
///
/// The relaxation then knows of each limit what a knapsack alone can do, as a Lagrangian relaxation of the other limits
/// does (Geoffrion 1974); cuts from knapsack problems solved exactly are those of Boyd (1993).
///
/// # Errors
/// If cancelled, or if the solver of the relaxation fails.
pub fn with_row_cuts(
    program: &Program,
    deadline: Option<Instant>,
    cancel: &CancelToken,
) -> Result<Option<Program>, OptimiseError> {
    let limits: Vec<RowIx> = program.rows.positions().filter(|&row| is_knapsack(program, row)).collect();
    let mut cut = program.clone();
    // The limit that each cut was made for.
    let mut sources: Vec<RowIx> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let relaxation = match relax_until(&cut, deadline, cancel)? {
            Outcome::Found(relaxation) => relaxation,
            Outcome::Infeasible => return Ok(None),
            Outcome::Unknown => break,
        };
        let reduced = reduced_costs(&cut, &relaxation);
        let own = |limit: RowIx| {
            let cuts = program.rows.len()..cut.rows.len();
            let made = cuts.zip(&sources).filter(move |&(_, &source)| source == limit);
            std::iter::once(limit).chain(made.map(|(row, _)| RowIx::new(row)))
        };
        let mut found = Vec::new();
        for &limit in &limits {
            let mut worth = reduced.clone();
            for row in own(limit) {
                let price = relaxation.prices[row];
                cut.rows[row].terms.iter().for_each(|&(column, factor)| worth[column] += price * factor);
            }
            found.extend(cut_of(&program.rows[limit], &worth, &relaxation).map(|row| (limit, row)));
        }
        if found.is_empty() {
            break;
        }
        for (limit, row) in found {
            sources.push(limit);
            cut.rows.push(row);
        }
    }
    Ok(Some(cut))
}

/// True if a row limits binaries, which take different parts of it.
fn is_knapsack(program: &Program, row: RowIx) -> bool {
    let row = &program.rows[row];
    let first = row.terms.first().map_or(0.0, |&(_, factor)| factor);
    let is_binary = |column: ColumnIx| {
        let column = &program.columns[column];
        column.is_integer && column.lower == 0.0 && column.upper == 1.0
    };
    let differs = |factor: f64| (factor - first).abs() > SAME_FACTOR * first;
    row.lower == f64::NEG_INFINITY
        && row.upper.is_finite()
        && row.upper > 0.0
        && row.terms.iter().all(|&(column, factor)| factor > 0.0 && is_binary(column))
        && row.terms.iter().any(|&(_, factor)| differs(factor))
}

/// Objective of each column less the prices of all rows.
fn reduced_costs(program: &Program, relaxation: &Relaxation) -> ByColumn<f64> {
    let mut costs: ByColumn<f64> = program.columns.iter().map(|column| column.objective).collect();
    for (row, &price) in program.rows.iter().zip(&relaxation.prices) {
        row.terms.iter().for_each(|&(column, factor)| costs[column] -= price * factor);
    }
    costs
}

/// The cut of a limit from the worth of its columns; `None` if the relaxation does not violate it.
fn cut_of(limit: &Row, worth: &ByColumn<f64>, relaxation: &Relaxation) -> Option<Row> {
    let (mut terms, mut items) = (Vec::new(), Vec::new());
    for &(column, weight) in &limit.terms {
        if worth[column] > 0.0 {
            terms.push((column, worth[column]));
            items.push(Item { profit: worth[column], weight });
        }
    }
    let met: f64 = terms.iter().map(|&(column, profit)| profit * relaxation.values[column]).sum();
    let bound = knapsack_bound(&items, limit.upper + ROW_TOLERANCE);
    (met > bound * (1.0 + MIN_VIOLATION))
        .then(|| Row::new(terms, f64::NEG_INFINITY, bound * (1.0 + SLACK)).scaled())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::model::program::Column;
    use crate::optimise::model::split_mix::SplitMix64;
    use crate::optimise::solver::highs::relax;

    /// Binaries that draw on two of a few budgets each.
    fn random_program(random: &mut SplitMix64) -> Program {
        let (columns, budgets) = (6 + random.below(6), 3);
        let mut uses = vec![Vec::new(); budgets];
        for column in 0..columns {
            let first = random.below(budgets);
            uses[first].push((column, (5 + random.below(30)) as f64));
            uses[(first + 1) % budgets].push((column, (5 + random.below(30)) as f64));
        }
        let column = |random: &mut SplitMix64| Column {
            lower: 0.0,
            upper: 1.0,
            is_integer: true,
            objective: (5 + random.below(40)) as f64,
        };
        let columns = (0..columns).map(|_| column(random)).collect();
        let half = |terms: Vec<(usize, f64)>| {
            let side = (terms.iter().map(|term| term.1).sum::<f64>() / 2.0).floor();
            Row::numbered(terms, f64::NEG_INFINITY, side)
        };
        Program { columns, rows: uses.into_iter().map(half).collect() }
    }

    #[test]
    fn cuts_keep_every_solution_and_lower_the_relaxation() {
        let (mut random, cancel) = (SplitMix64::default(), CancelToken::new());
        let mut lowered = 0;
        for _ in 0..40 {
            let program = random_program(&mut random);
            let cut = with_row_cuts(&program, None, &cancel).unwrap().unwrap();
            let holds = |program: &Program, set: usize| {
                program.rows.iter().all(|row| {
                    let taken = row.terms.iter().filter(|(column, _)| set >> column.index() & 1 == 1);
                    taken.map(|&(_, factor)| factor).sum::<f64>() <= row.upper
                })
            };
            for set in 0..1 << program.columns.len() {
                assert_eq!(holds(&program, set), holds(&cut, set), "{set:b} of {program:?}");
            }
            let bound = |program: &Program| relax(program, &cancel).unwrap().unwrap().objective;
            lowered += usize::from(bound(&cut) < bound(&program) - 0.1);
        }
        assert!(lowered > 20, "lower in {lowered} of 40");
    }

    /// In floating point 0.1 + 0.2 + 0.3 exceeds 0.6, and counts as within it.
    #[test]
    fn a_limit_of_all_that_it_holds_is_not_cut() {
        let column = |objective| Column { lower: 0.0, upper: 1.0, is_integer: true, objective };
        let columns = vec![column(3.0), column(4.0), column(5.0)];
        let limit = Row::numbered([(0, 0.1), (1, 0.2), (2, 0.3)], f64::NEG_INFINITY, 0.6);
        let program = Program { columns: columns.into(), rows: vec![limit].into() };
        let cut = with_row_cuts(&program, None, &CancelToken::new()).unwrap().unwrap();
        assert_eq!(cut.rows.len(), 1, "{cut:?}");
    }
}
