//! Compacting, lazy rows, refreshes and the memory of others leave the tableau's answers alone.

use super::tableau::{DualEnd, Tableau};
use crate::optimise::model::program::{Column, Program, Row};
use crate::optimise::model::split_mix::SplitMix64;

const COLUMNS: usize = 40;
const DENSE_ROWS: usize = 6;

/// A relaxation with dense and sparse rows of all kinds, one of them an equation.
fn program(chance: &mut SplitMix64) -> Program {
    let mut number = |most: usize| 1.0 + chance.below(most) as f64;
    let columns = (0..COLUMNS)
        .map(|_| Column { lower: 0.0, upper: 1.0, is_integer: true, objective: number(50) })
        .collect();
    let mut rows: Vec<Row> = (0..DENSE_ROWS)
        .map(|position| {
            let terms: Vec<(usize, f64)> = (0..COLUMNS).map(|column| (column, number(30) - 3.0)).collect();
            match position {
                0 => Row::numbered(terms, 150.0, 150.0),
                1 => Row::numbered(terms, 80.0, f64::INFINITY),
                _ => Row::numbered(terms, f64::NEG_INFINITY, 160.0),
            }
        })
        .collect();
    // Dependencies, and groups of which at most one may be chosen.
    rows.extend(
        (0..15).map(|column| Row::numbered([(column, 1.0), (2 * column + 1, -1.0)], f64::NEG_INFINITY, 0.0)),
    );
    rows.extend(
        (0..8).map(|group| {
            Row::numbered((0..3).map(|member| (group + 11 * member, 1.0)), f64::NEG_INFINITY, 1.0)
        }),
    );
    Program { columns, rows: rows.into() }
}

#[test]
fn a_tableau_without_what_is_fixed_or_holds_gives_the_same_answers() {
    let mut chance = SplitMix64::default();
    let mut optimal = 0;
    let mut ticks = [0; 2];
    for _ in 0..50 {
        let program = program(&mut chance);
        let whole: Vec<usize> = (0..COLUMNS).collect();
        let mut full = Tableau::new(&program, 7.0, &whole);
        assert_eq!(full.dual_simplex(f64::NEG_INFINITY, usize::MAX), DualEnd::Optimal);
        full.take_ticks();
        let mut small = full.clone();
        for _ in 0..20 {
            let variable = chance.below(COLUMNS);
            if full.is_fixed(variable) {
                continue;
            }
            let value = chance.below(2) as f64;
            for tableau in [&mut full, &mut small] {
                tableau.set_bounds(variable, value, value);
            }
            small.compact();
            let ends = [&mut full, &mut small].map(|one| one.dual_simplex(f64::NEG_INFINITY, usize::MAX));
            assert_eq!(ends[0], ends[1]);
            if ends[0] != DualEnd::Optimal {
                break;
            }
            optimal += 1;
            let mut afresh = small.clone();
            afresh.refresh();
            for other in [&small, &afresh] {
                assert!((full.objective() - other.objective()).abs() < 1e-6);
                for (one, other) in full.values().into_iter().zip(other.values()) {
                    assert!((one - other).abs() < 1e-6, "{one} {other}");
                }
            }
            // From here on in the memory of another, which may have been wider, and of another program.
            afresh.recycle();
            let moved = small.copied();
            std::mem::replace(&mut small, moved).recycle();
        }
        ticks[0] += full.take_ticks();
        ticks[1] += small.take_ticks();
    }
    assert!(optimal > 200, "{optimal} relaxations were compared");
    assert!(5 * ticks[1] < 4 * ticks[0], "{ticks:?}: rows and columns were left out");
}
