//! What is called within a limit, proven and complete: to the cent, and by either engine.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Plain, PlainProject, exact, maximise};
use cutline::domain::{Measure, ProjectIx, SelectionSettings, Solver};
use cutline::finance::Valuation;
use cutline::optimise::{ScenarioModel, ScenarioOptions, SolveStatus, cross_check, find_options};
use cutline::progress::CancelToken;

/// Projects by cost and score, under one budget of one period.
fn knapsack(budget: f64, projects: &[(f64, f64)]) -> Plain {
    let row = |&(cost, score): &(f64, f64)| PlainProject {
        costs: vec![vec![cost]],
        benefit: vec![0.0],
        score,
        ..PlainProject::default()
    };
    Plain {
        periods: 1,
        rows: projects.iter().map(row).collect(),
        budgets: vec![Some(vec![budget])],
        ..Plain::default()
    }
}

fn options(plain: &Plain, count: usize, settings: &SelectionSettings) -> ScenarioOptions {
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, maximise(Measure::StrategicValue), count);
    find_options(
        &mut ScenarioModel::new(&Valuation::new(&portfolio, &scenario)),
        settings,
        &CancelToken::new(),
    )
    .unwrap()
}

fn best(plain: &Plain, solver: Solver) -> Vec<usize> {
    let found = options(plain, 1, &SelectionSettings { solver, ..exact(1) });
    assert_eq!(found.status, SolveStatus::Optimal);
    found.options[0].selection.projects().map(ProjectIx::index).collect()
}

#[test]
fn a_cent_over_a_billion_is_over_whoever_proposes_it() {
    for solver in Solver::ALL {
        assert!(best(&knapsack(1e9, &[(1e9 + 0.01, 5.0)]), solver).is_empty(), "{solver:?}");
        assert!(best(&knapsack(1_000_000_000.0, &[(1_000_000_050.0, 5.0)]), solver).is_empty(), "{solver:?}");
        let pair = knapsack(1e9, &[(5e8, 2.0), (500_000_000.01, 2.0), (1.0, 1.0)]);
        assert_eq!(best(&pair, solver), [0, 2], "{solver:?}: of equals the cheaper");
        let cents = knapsack(1_000_000.0, &[(600_000.0, 4.0), (400_000.01, 3.0), (399_999.99, 2.0)]);
        assert_eq!(best(&cents, solver), [0, 2], "{solver:?}");
    }
}

#[test]
fn sums_that_fit_on_paper_fit_whoever_proposes_them() {
    for solver in Solver::ALL {
        assert_eq!(best(&knapsack(0.8, &[(0.1, 1.0), (0.7, 1.0)]), solver), [0, 1], "{solver:?}");
        let tenths = vec![(0.1, 1.0); 30];
        assert_eq!(best(&knapsack(3.0, &tenths), solver).len(), 30, "{solver:?}");
        let inflow = knapsack(0.3, &[(1e9, 2.0), (-1e9, 2.0), (0.1, 1.0), (0.2, 1.0)]);
        assert_eq!(best(&inflow, solver), [0, 1, 2, 3], "{solver:?}");
    }
}

#[test]
fn the_bound_told_is_what_is_proven_and_not_the_gap_asked_for() {
    let plain = knapsack(100.0, &[(100.0, 100_000.0), (50.0, 49_985.0), (50.0, 49_975.0), (1.0, 10.0)]);
    for solver in Solver::ALL {
        for gap in [0.3, 0.001, 0.0] {
            let found = options(&plain, 1, &SelectionSettings { solver, gap, ..exact(1) });
            assert_eq!(found.options[0].objective, 100_000.0);
            assert_eq!(found.options[0].bound, 100_000.0, "{solver:?} at {gap}");
        }
    }
}

#[test]
fn a_project_that_is_worth_nothing_is_funded_only_where_another_needs_it() {
    let mut plain = knapsack(1000.0, &[(300.0, 0.0), (100.0, 2.0), (0.0, 0.0), (5.0, 7.0), (6.0, 7.0)]);
    for solver in Solver::ALL {
        for gap in [0.2, 0.0] {
            let found = options(&plain, 1, &SelectionSettings { solver, gap, ..exact(1) });
            let chosen: Vec<usize> = found.options[0].selection.projects().map(ProjectIx::index).collect();
            assert_eq!(chosen, [1, 3, 4], "{solver:?} at {gap}");
        }
    }
    plain.dependencies = vec![common::requires(1, 0)];
    assert_eq!(best(&plain, Solver::Auto), [0, 1, 3, 4]);
}

#[test]
fn two_engines_prove_every_option_and_what_is_missing() {
    let plain = knapsack(10.0, &[(4.0, 5.0), (3.0, 4.0), (5.0, 6.0), (2.0, 1.0)]);
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, maximise(Measure::StrategicValue), 20);
    let valuation = Valuation::new(&portfolio, &scenario);
    let (settings, cancel) = (exact(1), CancelToken::new());
    let mut found = find_options(&mut ScenarioModel::new(&valuation), &settings, &cancel).unwrap();
    let places = cross_check(&ScenarioModel::new(&valuation), &settings, &found, &cancel).unwrap();
    // 13 of the 16 sets cost at most 10; nothing may lie behind the last.
    assert_eq!((found.options.len(), places.len()), (13, 14));
    assert!(places.iter().all(|place| place.agree), "{places:?}");
    // A list that lost its second option is found out at that place, and at its end.
    found.options.remove(1);
    let places = cross_check(&ScenarioModel::new(&valuation), &settings, &found, &cancel).unwrap();
    let wrong: Vec<usize> = places.iter().filter(|place| !place.agree).map(|place| place.place).collect();
    assert!(wrong.contains(&2) && wrong.contains(&13), "{wrong:?}");
}
