//! The two engines agree: the tree search and HiGHS find solutions of the same objectives, one after the other, on
//! bare programs with every kind of row, and where arithmetic is hardest.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/dice.rs"]
mod dice;

use cutline::domain::{SelectionSettings, Solver};
use cutline::optimise::{
    Column, ColumnIx, Engine, Program, ProgramSolutions, Row, SolveStatus, solve_program,
};
use cutline::progress::CancelToken;
use dice::Dice;
use rayon::prelude::*;

const NONE: f64 = f64::NEG_INFINITY;

fn settings(solver: Solver, min_difference: usize) -> SelectionSettings {
    SelectionSettings { min_difference, gap: 0.0, time_limit: None, work_limit: None, solver }
}

fn solved(program: &Program, count: usize, difference: usize, solver: Solver) -> ProgramSolutions {
    solve_program(program, count, &settings(solver, difference), &CancelToken::new()).unwrap()
}

/// Both engines, after checking that each solution is one, with the objective it claims, proven by that engine.
fn both(name: &str, program: &Program, count: usize, difference: usize) -> [ProgramSolutions; 2] {
    [(Solver::Search, Engine::Search), (Solver::Highs, Engine::Highs)].map(|(solver, engine)| {
        let found = solved(program, count, difference, solver);
        for one in &found.solutions {
            assert_eq!((one.status, one.engine), (SolveStatus::Optimal, engine), "{name}");
            let value = |&(column, factor): &(ColumnIx, f64)| factor * one.values[column.index()];
            for row in &program.rows {
                let size = row.terms.iter().map(|&(_, factor)| factor.abs()).fold(1.0, f64::max);
                let sum: f64 = row.terms.iter().map(value).sum();
                let holds = row.lower - 1e-6 * size <= sum && sum <= row.upper + 1e-6 * size;
                assert!(holds, "{name}: {sum} is not between {} and {}", row.lower, row.upper);
            }
            let objective: f64 =
                one.values.iter().zip(&program.columns).map(|(value, column)| value * column.objective).sum();
            assert!((objective - one.objective).abs() <= 1e-9 * objective.abs(), "{name}");
        }
        found
    })
}

fn assert_agree(name: &str, program: &Program, count: usize, difference: usize, within: f64) {
    let [search, highs] = both(name, program, count, difference);
    assert_eq!(search.status, highs.status, "{name}");
    let objectives =
        |found: &ProgramSolutions| found.solutions.iter().map(|one| one.objective).collect::<Vec<_>>();
    let (left, right) = (objectives(&search), objectives(&highs));
    assert_eq!(left.len(), right.len(), "{name}: {left:?} {right:?}");
    for (one, other) in left.iter().zip(&right) {
        assert!((one - other).abs() <= within * one.abs().max(1.0), "{name}: {left:?} {right:?}");
    }
}

/// A small program: budgets, and some of: a demand, an exact count, dependencies, alternatives, a continuous share.
fn random_program(dice: &mut Dice) -> Program {
    let binaries = 4 + dice.below(9);
    let column = |objective: f64, is_integer: bool| Column { lower: 0.0, upper: 1.0, is_integer, objective };
    // Fractions keep sums apart: among equals either may come first, and that decides which others are far enough.
    let mut value = |low: f64, high: usize| low + dice.between(1, high) + dice.between(1, 9_999) / 10_007.0;
    let mut columns: Vec<Column> = (0..binaries).map(|_| column(value(-8.0, 60), true)).collect();
    let mut rows = Vec::new();
    for _ in 0..=dice.below(4) {
        let uses: Vec<(usize, f64)> = (0..binaries).map(|of| (of, dice.between(0, 30))).collect();
        let total: f64 = uses.iter().map(|&(_, amount)| amount).sum();
        rows.push(Row::numbered(uses, NONE, (total * dice.between(20, 70) / 100.0).floor()));
    }
    if dice.below(3) == 0 {
        let (some, demand) = (dice.some(4, binaries), dice.between(1, 12));
        rows.push(Row::numbered(some.into_iter().map(|of| (of, dice.between(1, 9))), demand, f64::INFINITY));
    }
    if dice.below(4) == 0 {
        let some = dice.some(5, binaries);
        let count = dice.between(1, 3);
        rows.push(Row::numbered(some.into_iter().map(|of| (of, 1.0)), count, count));
    }
    for _ in 0..dice.below(4) {
        let pair = dice.some(2, binaries);
        rows.push(Row::numbered([(pair[0], 1.0), (pair[1], -1.0)], NONE, 0.0));
    }
    if dice.below(2) == 0 {
        rows.push(Row::numbered(dice.some(3, binaries).into_iter().map(|of| (of, 1.0)), NONE, 1.0));
    }
    for _ in 0..dice.below(3) {
        let share = columns.len();
        columns.push(column(dice.between(1, 30) + dice.between(1, 9_999) / 10_007.0, false));
        rows.push(Row::numbered([(share, 1.0), (dice.below(binaries), -1.0)], NONE, 0.0));
        rows[0].terms.push((ColumnIx::new(share), dice.between(1, 20)));
    }
    Program { columns: columns.into(), rows: rows.into() }
}

fn agree_on_random_programs(count: u64) {
    (0..count).into_par_iter().for_each(|seed| {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let program = random_program(&mut dice);
        assert_agree(&format!("program {seed}"), &program, 5, 1 + dice.below(2), 1e-9);
    });
}

#[test]
fn a_hundred_random_programs() {
    agree_on_random_programs(100);
}

#[test]
#[ignore = "takes minutes"]
fn a_thousand_random_programs() {
    agree_on_random_programs(1_000);
}

fn binaries(objectives: impl IntoIterator<Item = f64>) -> Vec<Column> {
    let column = |objective| Column { lower: 0.0, upper: 1.0, is_integer: true, objective };
    objectives.into_iter().map(column).collect()
}

fn at_most(terms: impl IntoIterator<Item = (usize, f64)>, upper: f64) -> Row {
    Row::numbered(terms, NONE, upper)
}

/// Every basis of the relaxation is degenerate: the same limit many times over, each tight in many ways.
#[test]
fn a_degenerate_program() {
    let columns = binaries((0..16).map(|project| 10.0 + f64::from(project % 3)));
    let all = || (0..16).map(|project| (project, 1.0));
    let mut rows: Vec<Row> = (0..12).map(|_| at_most(all(), 8.0)).collect();
    rows.extend((0..8).map(|half| at_most((half..half + 8).map(|project| (project, 2.0)), 8.0)));
    assert_agree("degenerate", &Program { columns: columns.into(), rows: rows.into() }, 6, 2, 1e-9);
}

/// All projects are alike: 252 selections share the best objective, and no two options may be the same.
#[test]
fn equal_optima() {
    let program = Program {
        columns: binaries([7.0; 10]).into(),
        rows: vec![at_most((0..10).map(|project| (project, 3.0)), 15.0)].into(),
    };
    assert_agree("equal optima", &program, 12, 2, 1e-9);
    let found = solved(&program, 12, 2, Solver::Search).solutions;
    assert!(found.iter().all(|one| one.objective == 35.0));
    for (place, one) in found.iter().enumerate() {
        assert!(found[..place].iter().all(|other| other.values != one.values));
    }
}

/// The relaxation has a solution, whole numbers have none: three projects, of which each pair shares one place, and
/// two of which are demanded.
#[test]
fn infeasible_only_in_whole_numbers() {
    let pair = |one, other| at_most([(one, 1.0), (other, 1.0)], 1.0);
    let program = Program {
        columns: binaries([1.0, 1.0, 1.0]).into(),
        rows: vec![
            Row::numbered([(0, 1.0), (1, 1.0), (2, 1.0)], 1.5, f64::INFINITY),
            pair(0, 1),
            pair(1, 2),
            pair(0, 2),
        ]
        .into(),
    };
    for found in both("infeasible", &program, 1, 1) {
        assert_eq!((found.status, found.solutions.len()), (SolveStatus::Infeasible, 0));
    }
}

/// Demands in thousandths beside budgets in millions, and values likewise: nine orders of magnitude in one row.
#[test]
fn coefficients_over_nine_orders_of_magnitude() {
    let mut dice = Dice(7);
    let mut size = || 10_f64.powi(dice.below(10) as i32 - 3) * dice.between(1, 9);
    for case in 0..20 {
        let columns = binaries((0..12).map(|_| size()));
        let rows = (0..3).map(|_| {
            let uses: Vec<(usize, f64)> = (0..12).map(|project| (project, size())).collect();
            let total: f64 = uses.iter().map(|&(_, amount)| amount).sum();
            at_most(uses, 0.4 * total)
        });
        let program = Program { rows: rows.collect(), columns: columns.into() };
        // Ties in the small change are below what either engine tells apart in a total of millions.
        assert_agree(&format!("magnitudes {case}"), &program, 3, 1, 1e-8);
    }
}
