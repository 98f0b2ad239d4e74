//! Portfolios in which many selections are worth the same, and lists of options that must differ by much: which options
//! come, and in which order, is decided to the last.

use cutline::domain::{Goal, Measure, Sense, Solver};
use proptest::prelude::*;

use crate::common::dice::Dice;
use crate::common::{Plain, PlainProject, maximise};
use crate::{Trial, cases, check_solver, is_allowed, plain, trials};

/// Scores and costs of a few values only, some of them worth nothing or free.
pub fn with_few_values(plain: Plain) -> Plain {
    let few = |row: PlainProject| PlainProject {
        score: (row.score as u32 % 3).into(),
        costs: row
            .costs
            .iter()
            .map(|line| line.iter().map(|cost| (*cost as u32 % 4).into()).collect())
            .collect(),
        benefit: row.benefit.iter().map(|benefit| (*benefit as u32 % 4).into()).collect(),
        success_probability: None,
        ..row
    };
    Plain { rows: plain.rows.into_iter().map(few).collect(), ..plain }
}

pub fn feasible(plain: &Plain) -> Vec<Trial> {
    trials(plain).into_iter().filter(|trial| is_allowed(plain, trial)).collect()
}

fn goal() -> impl Strategy<Value = Goal> {
    prop_oneof![
        4 => Just(maximise(Measure::StrategicValue)),
        1 => Just(maximise(Measure::Projects)),
        1 => Just(maximise(Measure::Cost)),
        1 => Just(Goal::Single { sense: Sense::Minimise, measure: Measure::Cost }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_equal_objectives_the_cheapest_with_the_fewest_projects_and_the_first_ids_comes_first(
        plain in plain(4..=9, 0).prop_map(with_few_values),
        goal in goal(),
        difference in 1..=3usize,
        count in 1..=8usize,
    ) {
        let feasible = feasible(&plain);
        for solver in Solver::ALL {
            check_solver(&plain, goal.clone(), (count, difference), solver, &feasible)?;
        }
    }

    #[test]
    fn the_same_holds_where_starts_can_be_deferred(
        plain in plain(3..=5, 2).prop_map(with_few_values),
        goal in goal(),
        difference in 1..=2usize,
        count in 1..=4usize,
    ) {
        let feasible = feasible(&plain);
        for solver in Solver::ALL {
            check_solver(&plain, goal.clone(), (count, difference), solver, &feasible)?;
        }
    }
}

/// No limit binds, so that every set of projects is a selection: more than any pool keeps.
fn free(projects: usize, seed: u64) -> Plain {
    let mut dice = Dice(seed);
    let mut score = || (dice.bits() >> 40) as f64 / 1000.0;
    let rows = (0..projects).map(|_| PlainProject {
        costs: vec![vec![1.0]],
        benefit: vec![0.0],
        score: score(),
        ..PlainProject::default()
    });
    Plain { periods: 1, rows: rows.collect(), budgets: vec![None], ..Plain::default() }
}

#[test]
fn options_that_differ_by_much_are_not_lost_among_thousands_of_others() {
    for (projects, difference, count) in [(14, 8, 8), (14, 7, 10), (13, 7, 10)] {
        for seed in 1..=3 {
            let plain = free(projects, seed);
            let feasible = feasible(&plain);
            for solver in [Solver::Auto, Solver::Search] {
                check_solver(
                    &plain,
                    maximise(Measure::StrategicValue),
                    (count, difference),
                    solver,
                    &feasible,
                )
                .unwrap_or_else(|failure| panic!("{projects} projects, {solver:?}: {failure}"));
            }
        }
    }
}
