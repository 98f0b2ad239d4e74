//! Portfolios that nearly fall apart, as many funds pay for few projects each: the options, ties included, are those
//! that putting together the best of every fund gives.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::dice::Dice;
use common::{Plain, PlainProject, exact, maximise};
use cutline::domain::{Measure, SelectionSettings, Solver};
use cutline::finance::Valuation;
use cutline::optimise::{FoundOption, ScenarioModel, SolveStatus, find_options};
use cutline::progress::CancelToken;

const FUNDS: usize = 30;
const PROJECTS_PER_FUND: usize = 4;

/// Whole costs, and scores so coarse that many selections are as good as others.
fn portfolio(dice: &mut Dice, funds: usize, finest: usize) -> Plain {
    let mut rows = Vec::new();
    let mut budgets = Vec::new();
    for fund in 0..funds {
        let mut asked = 0.0;
        for _ in 0..PROJECTS_PER_FUND {
            let cost = 1.0 + dice.below(9) as f64;
            let costs = (0..funds).map(|line| vec![if line == fund { cost } else { 0.0 }]).collect();
            let score = (1 + dice.below(finest)) as f64;
            rows.push(PlainProject { costs, benefit: vec![0.0], score, ..PlainProject::default() });
            asked += cost;
        }
        budgets.push(Some(vec![f64::floor(asked / 2.0)]));
    }
    Plain { periods: 1, rows, budgets, ..Plain::default() }
}

/// Value turned round, cost, number of projects: less comes first.
type Order = (i64, i64, i64);

/// The first so many selections of all funds together, by value, cost and number of projects.
fn first(plain: &Plain, count: usize) -> Vec<Order> {
    let mut all: Vec<Order> = vec![(0, 0, 0)];
    for fund in 0..plain.budgets.len() {
        let rows = &plain.rows[PROJECTS_PER_FUND * fund..][..PROJECTS_PER_FUND];
        let budget = plain.budgets[fund].as_ref().unwrap()[0] as i64;
        let choices = (0..1_usize << PROJECTS_PER_FUND).filter_map(|set| {
            let chosen = || (0..PROJECTS_PER_FUND).filter(|place| set >> place & 1 == 1);
            let cost: i64 = chosen().map(|place| rows[place].costs[fund][0] as i64).sum();
            let value: i64 = chosen().map(|place| rows[place].score as i64).sum();
            (cost <= budget).then(|| (-value, cost, chosen().count() as i64))
        });
        let choices: Vec<Order> = choices.collect();
        let mut sums: Vec<Order> = (all.iter())
            .flat_map(|one| choices.iter().map(|other| (one.0 + other.0, one.1 + other.1, one.2 + other.2)))
            .collect();
        sums.sort_unstable();
        sums.truncate(count);
        all = sums;
    }
    all
}

/// The options that a solver finds, each with its bound.
fn found(plain: &Plain, count: usize, settings: &SelectionSettings) -> Vec<(Order, f64)> {
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, maximise(Measure::StrategicValue), count);
    let valuation = Valuation::new(&portfolio, &scenario);
    let found = find_options(&mut ScenarioModel::new(&valuation), settings, &CancelToken::new()).unwrap();
    assert_eq!(found.status, SolveStatus::Optimal);
    for (place, option) in found.options.iter().enumerate() {
        let is_other = |before: &FoundOption| before.selection.projects().ne(option.selection.projects());
        assert!(found.options[..place].iter().all(is_other), "option {place} is found twice");
    }
    let total = |measure, option: &FoundOption| valuation.total(measure, &option.selection).round() as i64;
    (found.options.iter())
        .map(|option| {
            let (value, cost) = (total(Measure::StrategicValue, option), total(Measure::Cost, option));
            ((-value, cost, option.selection.len() as i64), option.bound)
        })
        .collect()
}

/// Scores up to 3 make hundreds of equals; scores up to 100,000 none, so that the next option settles every tie.
#[test]
fn options_of_many_funds_are_in_order_ties_included() {
    let mut dice = Dice(5);
    for finest in [3, 8, 100_000] {
        let plain = portfolio(&mut dice, FUNDS, finest);
        for solver in [Solver::Auto, Solver::Highs] {
            let settings = SelectionSettings { solver, ..exact(1) };
            for count in [1, 4] {
                let found: Vec<Order> =
                    found(&plain, count, &settings).into_iter().map(|(order, _)| order).collect();
                assert_eq!(found, first(&plain, count), "{finest} {solver:?}");
            }
        }
    }
}

/// With a gap a short tree search comes first where the tableau is small, as of 30 funds; of 70 funds the bound of one
/// option proves most of the next ones.
#[test]
fn within_a_gap_no_option_is_worse_and_no_bound_is_too_low() {
    let mut dice = Dice(6);
    let settings = SelectionSettings { solver: Solver::Auto, gap: 0.001, ..exact(1) };
    for (funds, finest) in [(FUNDS, 8), (FUNDS, 1000), (70, 8), (70, 1000)] {
        let plain = portfolio(&mut dice, funds, finest);
        let found = found(&plain, 6, &settings);
        assert_eq!(found.len(), 6);
        for (place, ((order, bound), best)) in found.iter().zip(first(&plain, 6)).enumerate() {
            let name = format!("option {place} of {funds} funds, scores up to {finest}");
            let (value, best) = (-order.0 as f64, -best.0 as f64);
            assert!(value * 1.001 >= best - 1e-6 * best, "{name}: {value} beside {best}");
            assert!(*bound >= best - 1e-6 * best, "{name}: the bound {bound} beside {best}");
        }
    }
}
