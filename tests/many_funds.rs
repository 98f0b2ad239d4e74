//! Portfolios that nearly fall apart, as many funds pay for few projects each: the options, ties included, are those that
//! putting together the best of every fund gives.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::dice::Dice;
use common::{Plain, PlainProject, exact, maximise};
use cutline::domain::{Measure, SelectionSettings, Solver};
use cutline::finance::Valuation;
use cutline::optimise::{ScenarioModel, SolveStatus, find_options};
use cutline::progress::CancelToken;

const FUNDS: usize = 30;
const PROJECTS_PER_FUND: usize = 4;

/// Whole costs, and scores so coarse that many selections are as good as others.
fn portfolio(dice: &mut Dice, finest: usize) -> Plain {
    let mut rows = Vec::new();
    let mut budgets = Vec::new();
    for fund in 0..FUNDS {
        let mut asked = 0.0;
        for _ in 0..PROJECTS_PER_FUND {
            let cost = 1.0 + dice.below(9) as f64;
            let costs = (0..FUNDS).map(|line| vec![if line == fund { cost } else { 0.0 }]).collect();
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
    for fund in 0..FUNDS {
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

/// The options that a solver finds.
fn found(plain: &Plain, count: usize, solver: Solver) -> Vec<Order> {
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, maximise(Measure::StrategicValue), count);
    let valuation = Valuation::new(&portfolio, &scenario);
    let settings = SelectionSettings { solver, ..exact(1) };
    let found = find_options(&mut ScenarioModel::new(&valuation), &settings, &CancelToken::new()).unwrap();
    assert_eq!(found.status, SolveStatus::Optimal);
    let total = |measure, option: &cutline::optimise::FoundOption| {
        valuation.total(measure, &option.selection).round() as i64
    };
    (found.options.iter())
        .map(|option| {
            let (value, cost) = (total(Measure::StrategicValue, option), total(Measure::Cost, option));
            (-value, cost, option.selection.len() as i64)
        })
        .collect()
}

/// Scores up to 3 make hundreds of equals; scores up to 100,000 none, so that the next option settles every tie.
#[test]
fn options_of_many_funds_are_in_order_ties_included() {
    let mut dice = Dice(5);
    for finest in [3, 8, 100_000] {
        let plain = portfolio(&mut dice, finest);
        for solver in [Solver::Auto, Solver::Highs] {
            for count in [1, 4] {
                assert_eq!(found(&plain, count, solver), first(&plain, count), "{finest} {solver:?}");
            }
        }
    }
}
