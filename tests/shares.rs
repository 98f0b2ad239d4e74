//! Projects of which any share can be funded: closed forms, and what a share of nothing means.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Plain, PlainProject, exact, maximise, requires};
use cutline::domain::{Measure, Scenario, SelectionSettings, Solver};
use cutline::finance::Valuation;
use cutline::optimise::{ScenarioModel, ScenarioOptions, SolveStatus, find_options, recheck};
use cutline::progress::CancelToken;
use proptest::prelude::*;

fn project(cost: f64, score: f64) -> PlainProject {
    PlainProject {
        min_fraction: Some(0.0),
        costs: vec![vec![cost]],
        benefit: vec![0.0],
        score,
        ..PlainProject::default()
    }
}

fn plain(rows: Vec<PlainProject>, budget: f64) -> Plain {
    Plain { periods: 1, rows, budgets: vec![Some(vec![budget])], ..Plain::default() }
}

/// What each solver finds, after checking that it is proven, allowed and holds no share of nothing.
fn found(plain: &Plain, measure: Measure, options: usize) -> Vec<ScenarioOptions> {
    let portfolio = plain.portfolio();
    let scenario: Scenario = plain.scenario(&portfolio, maximise(measure), options);
    let valuation = Valuation::new(&portfolio, &scenario);
    let solve = |&solver: &Solver| {
        let settings = SelectionSettings { solver, ..exact(1) };
        let found =
            find_options(&mut ScenarioModel::new(&valuation), &settings, &CancelToken::new()).unwrap();
        assert_eq!(found.status, SolveStatus::Optimal, "{solver:?}");
        for option in &found.options {
            assert_eq!(recheck(&valuation, &option.selection), [], "{solver:?}");
            assert!(option.selection.choices().iter().all(|choice| choice.share.value() > 0.0));
            let count = valuation.total(Measure::Projects, &option.selection);
            assert_eq!(count, option.selection.len() as f64);
        }
        found
    };
    Solver::ALL.iter().map(solve).collect()
}

/// The best that a budget buys if any share of anything can be bought: the most valuable per unit of money first
/// (Dantzig 1957).
fn greedy(rows: &[PlainProject], budget: f64) -> f64 {
    let mut rows: Vec<(f64, f64)> = rows.iter().map(|row| (row.costs[0][0], row.score)).collect();
    rows.sort_by(|one, other| (other.1 * one.0).total_cmp(&(one.1 * other.0)));
    let (mut left, mut value) = (budget, 0.0);
    for (cost, score) in rows {
        let share = (left / cost).min(1.0);
        value += share * score;
        left -= share * cost;
    }
    value
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_share_of_anything_is_bought_in_the_order_of_value_for_money(
        rows in prop::collection::vec((1..50_u32, 1..100_u32), 2..=7),
        part in 0..=10_u32,
    ) {
        let rows: Vec<PlainProject> =
            rows.into_iter().map(|(cost, score)| project(f64::from(cost), f64::from(score))).collect();
        let budget = (rows.iter().map(|row| row.costs[0][0]).sum::<f64>() * f64::from(part) / 10.0).round();
        let best = greedy(&rows, budget);
        for found in found(&plain(rows, budget), Measure::StrategicValue, 1) {
            // A share below a ten-thousandth is none, and shares are kept to twelve digits.
            prop_assert!((found.options[0].objective - best).abs() <= 2e-4, "{} {best}", found.options[0].objective);
        }
    }
}

#[test]
fn a_small_rest_of_a_budget_buys_a_small_share() {
    // 1000.5 buys the first project and a two-thousandth of the second.
    for found in
        found(&plain(vec![project(1000.0, 50.0), project(1000.0, 40.0)], 1000.5), Measure::StrategicValue, 1)
    {
        let selection = &found.options[0].selection;
        assert_eq!(selection.len(), 2);
        assert!((selection.choices()[1].share.value() - 0.0005).abs() < 1e-8);
        assert!((found.options[0].objective - 50.02).abs() < 1e-6);
    }
}

#[test]
fn nothing_of_a_project_is_not_chosen() {
    for found in found(&plain(vec![project(10.0, 5.0), project(20.0, 8.0)], 0.0), Measure::StrategicValue, 5)
    {
        let empty: Vec<usize> = found.options.iter().map(|option| option.selection.len()).collect();
        assert_eq!(empty, [0], "with no money nothing is chosen, in one way only");
    }
}

#[test]
fn what_is_required_must_be_there_however_little_of_it() {
    // The first brings 100 and requires the second, which only costs; both are for the net present value.
    let needy = PlainProject { min_fraction: None, benefit: vec![150.0], ..project(50.0, 0.0) };
    let mut plain = plain(vec![needy, project(10.0, 0.0)], 60.0);
    plain.dependencies.push(requires(0, 1));
    for found in found(&plain, Measure::Npv, 1) {
        let option = &found.options[0];
        assert_eq!(option.selection.len(), 2);
        assert!(option.selection.choices()[1].share.value() < 2e-4);
        assert!(option.objective < 100.0 && option.objective > 99.99);
    }
}
