//! Every frontier is compared with what trying all selections gives, on random small portfolios. The check of a
//! selection here shares no code with the library.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::dice::Dice;
use common::strategies::{Size, amounts, dependency, project};
use common::trials::{Trial, all_trials, amount, is_as_decided, whole};
use common::{Extra, Give, Plain, PlainProject, Together, exact, maximise, requires};
use cutline::domain::{
    Choice, Dependency, DependencyKind, Frontier, FrontierX, Grid, LineIx, Measure, PeriodIx, Portfolio,
    ProjectIx, Scenario, Selection, SelectionSettings, Sense, Solver, Status, SynergyEffect,
};
use cutline::finance::Valuation;
use cutline::optimise::{
    Column, Program, Row, ScenarioFrontier, ScenarioModel, SolveStatus, find_frontier, program_frontier,
    recheck,
};
use cutline::progress::CancelToken;
use cutline::units::{Money, Share};
use proptest::prelude::*;

/// Far more than rounding, far less than any difference between two selections here.
const EQUAL: f64 = 1e-7;

// ---- Brute force ----------------------------------------------------------------------------------------------------

fn allowed_trials(plain: &Plain) -> Vec<Trial> {
    all_trials(plain, whole).into_iter().filter(|trial| is_allowed(plain, trial)).collect()
}

fn is_allowed(plain: &Plain, trial: &Trial) -> bool {
    is_as_decided(plain, trial) && least_scale(plain, trial).is_some_and(|scale| scale <= 1.0)
}

/// By what all budgets may be multiplied so that a selection still keeps to them; `None` if it breaks another limit.
fn least_scale(plain: &Plain, trial: &Trial) -> Option<f64> {
    let mut scale: f64 = 0.0;
    for period in 0..plain.periods {
        let spend = |line: usize| amount(plain, trial, period, |row| &row.costs[line]);
        let all = (0..plain.budgets.len()).map(spend).sum::<f64>();
        let lines = plain.budgets.iter().enumerate().map(|(line, budget)| (spend(line), budget.as_ref()));
        for (spend, budget) in lines.chain([(all, plain.all_lines.as_ref())]) {
            match budget.map(|budget| budget[period]) {
                Some(limit) if spend > 0.0 => scale = scale.max(spend / limit),
                _ => {}
            }
        }
        for (role, capacity) in plain.capacities.iter().enumerate() {
            let demand = amount(plain, trial, period, |row| &row.demands[role]);
            if capacity.as_ref().is_some_and(|capacity| demand > capacity[period]) {
                return None;
            }
        }
    }
    Some(scale)
}

fn worth(plain: &Plain, measure: Measure, trial: &Trial) -> f64 {
    let over_time = |profile: &dyn Fn(&PlainProject) -> Vec<f64>| -> f64 {
        let of = |(row, choice): (&PlainProject, &Option<(usize, f64)>)| {
            let left = choice.map_or(0, |(start, _)| plain.periods - (start - row.start));
            profile(row)[..left.min(plain.periods)].iter().sum::<f64>()
                * f64::from(u8::from(choice.is_some()))
        };
        plain.rows.iter().zip(trial).map(of).sum()
    };
    let chosen =
        || plain.rows.iter().zip(trial).filter_map(|(row, choice)| choice.map(|(start, _)| (row, start)));
    match measure {
        Measure::StrategicValue => chosen().map(|(row, _)| row.score).sum(),
        Measure::Projects => chosen().count() as f64,
        Measure::Cost => {
            over_time(&|row| (0..plain.periods).map(|t| row.costs.iter().map(|line| line[t]).sum()).collect())
        }
        Measure::Line(line) => over_time(&|row| row.costs[line.index()].clone()),
        Measure::Benefit => over_time(&|row| {
            row.benefit.iter().map(|amount| amount * row.success_probability.unwrap_or(1.0)).collect()
        }),
        Measure::Npv => chosen().map(|(row, start)| npv(row, start - row.start)).sum(),
        other => panic!("{other:?} is not tried here"),
    }
}

fn npv(row: &PlainProject, delay: usize) -> f64 {
    let flow = |period: usize| {
        row.success_probability.unwrap_or(1.0) * row.benefit[period]
            - row.costs.iter().map(|line| line[period]).sum::<f64>()
    };
    (0..row.benefit.len()).map(|period| flow(period) / 1.07_f64.powi((period + delay) as i32)).sum()
}

/// The points of all feasible selections, both measures turned so that more is better.
fn feasible_points(plain: &Plain, frontier: Frontier) -> Vec<(f64, f64)> {
    let y = |trial: &Trial| frontier.y_sense().sign() * worth(plain, frontier.y(), trial);
    let x = |trial: &Trial| match frontier.x() {
        FrontierX::Measure(measure, sense) => sense.sign() * worth(plain, measure, trial),
        FrontierX::BudgetScale => -least_scale(plain, trial).unwrap(),
    };
    allowed_trials(plain).iter().map(|trial| (x(trial), y(trial))).collect()
}

fn x_sign(frontier: Frontier) -> f64 {
    match frontier.x() {
        FrontierX::Measure(_, sense) => sense.sign(),
        FrontierX::BudgetScale => -1.0,
    }
}

/// The non-dominated ones, by rising first measure; equal ones once.
fn non_dominated(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    points.sort_by(|one, other| other.0.total_cmp(&one.0).then(other.1.total_cmp(&one.1)));
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for point in points {
        if kept.last().is_some_and(|last| point.1 <= last.1 + EQUAL) {
            continue;
        }
        if kept.last().is_some_and(|last| last.0 - point.0 <= EQUAL) {
            kept.pop();
        }
        kept.push(point);
    }
    kept.reverse();
    kept
}

fn are_equal(found: &[(f64, f64)], expected: &[(f64, f64)]) -> bool {
    let near = |one: f64, other: f64| (one - other).abs() <= EQUAL;
    found.len() == expected.len()
        && found.iter().zip(expected).all(|(one, other)| near(one.0, other.0) && near(one.1, other.1))
}

// ---- What is compared -----------------------------------------------------------------------------------------------

/// The frontier, after checking that every point is what its selection gives and keeps to every limit.
fn find(plain: &Plain, frontier: Frontier, settings: &SelectionSettings) -> ScenarioFrontier {
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, maximise(Measure::StrategicValue), 1);
    let valuation = Valuation::new(&portfolio, &scenario);
    let found =
        find_frontier(&ScenarioModel::new(&valuation), frontier, settings, &CancelToken::new()).unwrap();
    for point in &found.points {
        assert_eq!(recheck(&valuation, &point.selection), []);
        assert_eq!(point.y, valuation.total(frontier.y(), &point.selection) + 0.0);
        if let FrontierX::Measure(measure, _) = frontier.x() {
            assert_eq!(point.x, valuation.total(measure, &point.selection) + 0.0);
        }
    }
    found
}

/// The points of a frontier, both measures turned so that more is better, by rising first measure.
fn turned(found: &ScenarioFrontier, frontier: Frontier) -> Vec<(f64, f64)> {
    assert!(found.points.windows(2).all(|pair| pair[0].x < pair[1].x), "{found:?}");
    let turn = |x: f64, y: f64| (x_sign(frontier) * x, frontier.y_sense().sign() * y);
    let mut points: Vec<_> = found.points.iter().map(|point| turn(point.x, point.y)).collect();
    if x_sign(frontier) < 0.0 {
        points.reverse();
    }
    points
}

fn check(plain: &Plain, frontier: Frontier, solver: Solver) -> Result<(), TestCaseError> {
    let expected = non_dominated(feasible_points(plain, frontier));
    let settings = SelectionSettings { solver, ..exact(1) };
    let found = find(plain, frontier, &settings);
    let status = if expected.is_empty() { SolveStatus::Infeasible } else { SolveStatus::Optimal };
    prop_assert_eq!(found.status, status);
    let points = turned(&found, frontier);
    prop_assert!(are_equal(&points, &expected), "{solver:?}: {points:?} instead of {expected:?}");
    prop_assert!(found.points.iter().all(|point| point.status == SolveStatus::Optimal));
    Ok(())
}

/// No selection beats the frontier by more than the gap: in the second measure up to the last point, in the first
/// beyond it.
fn check_promise(plain: &Plain, frontier: Frontier, solver: Solver, gap: f64) -> Result<(), TestCaseError> {
    let settings = SelectionSettings { solver, gap, ..exact(1) };
    let points = turned(&find(plain, frontier, &settings), frontier);
    prop_assert_eq!(&non_dominated(points.clone()), &points);
    for (x, y) in feasible_points(plain, frontier) {
        let beaten = match points.iter().find(|point| point.0 >= x - EQUAL) {
            Some(point) => y <= point.1 + gap * point.1.abs() + EQUAL,
            None => points.last().is_some_and(|last| x <= last.0 + gap * last.0.abs() + EQUAL),
        };
        prop_assert!(beaten, "({x}, {y}) beats {points:?}");
    }
    Ok(())
}

/// At every level of a grid over all feasible points, the best that is reported is the best there is.
fn check_grid(plain: &Plain, frontier: Frontier, solver: Solver, points: usize) -> Result<(), TestCaseError> {
    let all = feasible_points(plain, frontier);
    let sign = x_sign(frontier);
    let reach = |pick: fn(f64, f64) -> f64, start: f64| all.iter().map(|point| point.0).fold(start, pick);
    let (loose, strict) = (reach(f64::min, f64::INFINITY), reach(f64::max, f64::NEG_INFINITY));
    let (from, to) = if sign < 0.0 { (-strict, -loose) } else { (loose, strict) };
    let grid = match all.is_empty() {
        true => Grid { points, from: None, to: None },
        false => Grid { points, from: Some(from), to: Some(to) },
    };
    let found = find(plain, frontier.on_grid(grid), &SelectionSettings { solver, ..exact(1) });
    let status = if all.is_empty() { SolveStatus::Infeasible } else { SolveStatus::Optimal };
    prop_assert_eq!((found.status, found.levels_open), (status, 0));
    prop_assert!(found.points.len() <= points);
    let reported = turned(&found, frontier);
    prop_assert_eq!(&non_dominated(reported.clone()), &reported);
    let best_at = |points: &[(f64, f64)], level: f64| {
        let within = points.iter().filter(|point| point.0 >= level - EQUAL);
        within.map(|point| point.1).fold(f64::NEG_INFINITY, f64::max)
    };
    for place in 0..points {
        let level = loose + (strict - loose) * place as f64 / (points - 1) as f64;
        let (best, told) = (best_at(&all, level), best_at(&reported, level));
        prop_assert!(
            best == told || (best - told).abs() <= EQUAL,
            "{level}: {told}, not {best}, {reported:?}"
        );
    }
    Ok(())
}

fn plain(projects: std::ops::RangeInclusive<usize>, delays: usize) -> impl Strategy<Value = Plain> {
    (projects, 1..=3usize).prop_flat_map(move |(count, periods)| {
        let limit = |most: u32| prop::option::weighted(0.7, amounts(periods, most));
        let spend = 8 * count as u32;
        (
            prop::collection::vec(project(Size { periods, lines: 2, roles: 1, delays, scores: 30 }), count),
            prop::collection::vec(limit(spend), 2),
            limit(2 * spend),
            limit(3 * count as u32),
            prop::collection::vec(dependency(count, 0..3), 0..=3),
        )
            .prop_map(move |(rows, budgets, all_lines, capacity, dependencies)| Plain {
                periods,
                rows,
                budgets,
                all_lines,
                capacities: vec![capacity],
                alternatives: Vec::new(),
                dependencies,
                ..Plain::default()
            })
    })
}

const MEASURES: [Measure; 6] = [
    Measure::StrategicValue,
    Measure::Npv,
    Measure::Benefit,
    Measure::Cost,
    Measure::Projects,
    Measure::Line(LineIx::new(0)),
];

/// Any two measures in any sense, or the factor on all budgets.
fn frontier() -> impl Strategy<Value = Frontier> {
    let sense = || prop_oneof![Just(Sense::Maximise), Just(Sense::Minimise)];
    let pair = (0..MEASURES.len(), 1..MEASURES.len(), sense(), sense());
    let of_measures = pair.prop_map(|(x, step, x_sense, y_sense)| {
        let y = MEASURES[(x + step) % MEASURES.len()];
        Frontier::new(FrontierX::Measure(MEASURES[x], x_sense), y, y_sense).unwrap()
    });
    let natural = (0..MEASURES.len(), 1..MEASURES.len()).prop_map(|(x, step)| {
        let (x, y) = (MEASURES[x], MEASURES[(x + step) % MEASURES.len()]);
        Frontier::new(FrontierX::Measure(x, x.natural_sense()), y, y.natural_sense()).unwrap()
    });
    let scale = (0..MEASURES.len()).prop_map(|y| {
        Frontier::new(FrontierX::BudgetScale, MEASURES[y], MEASURES[y].natural_sense()).unwrap()
    });
    prop_oneof![2 => natural, 2 => of_measures, 2 => scale]
}

fn solver() -> impl Strategy<Value = Solver> {
    prop_oneof![4 => Just(Solver::Auto), 1 => Just(Solver::Highs), 1 => Just(Solver::Search)]
}

/// How many random portfolios each property tries; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(100)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn frontiers_with_delays_are_those_of_brute_force(plain in plain(3..=6, 2), frontier in frontier(), solver in solver()) {
        check(&plain, frontier, solver)?;
    }

    #[test]
    fn frontiers_of_many_projects_are_those_of_brute_force(plain in plain(8..=12, 0), frontier in frontier(), solver in solver()) {
        check(&plain, frontier, solver)?;
    }

    #[test]
    fn grids_hold_the_best_at_every_level(
        plain in plain(4..=9, 1), frontier in frontier(), solver in solver(), points in 2..=7usize
    ) {
        check_grid(&plain, frontier, solver, points)?;
    }

    #[test]
    fn nothing_beats_a_frontier_by_more_than_its_gap(plain in plain(4..=9, 1), frontier in frontier(), solver in solver()) {
        check_promise(&plain, frontier, solver, 0.05)?;
    }
}

// ---- Budgets and capacities that give way, synergies ----------------------------------------------------------------
// What such a selection takes is tried against plain arithmetic elsewhere; here all selections that pass are compared.

fn give() -> impl Strategy<Value = Give> {
    let carry_over = prop_oneof![Just(0.0), Just(0.5), Just(1.0)];
    let overrun = prop::option::of((1..=20u32).prop_map(|limit| (f64::from(limit), 0.1)));
    (carry_over, overrun).prop_map(|(carry_over, overrun)| Give { carry_over, overrun, ..Give::default() })
}

/// A portfolio in which much gives way.
fn flexible() -> impl Strategy<Value = Plain> {
    plain(3..=6, 1).prop_flat_map(|plain| {
        let extra = (1..=6u32, 0..=4u32).prop_map(|(limit, rate)| Extra {
            limit: limit.into(),
            rate: rate.into(),
            line: 0,
        });
        let together = (0..plain.rows.len(), 1..plain.rows.len(), 1..=2usize, -9..=9i32).prop_map({
            let count = plain.rows.len();
            move |(one, step, at_least, amount)| Together {
                members: vec![one, (one + step) % count],
                at_least,
                effect: SynergyEffect::StrategicValue,
                amount: f64::from(amount) + 0.5,
            }
        });
        let parts = (
            prop::collection::vec(give(), 2),
            give(),
            prop::option::of(extra),
            prop::collection::vec(together, 0..=2),
        );
        parts.prop_map(move |(give, give_all_lines, extra, synergies)| Plain {
            give,
            give_all_lines,
            extra: vec![extra],
            synergies,
            ..plain.clone()
        })
    })
}

/// Every selection of the portfolio's projects and starts.
fn all_selections(plain: &Plain) -> Vec<Selection> {
    let free = Plain {
        budgets: vec![None; plain.budgets.len()],
        all_lines: None,
        capacities: vec![None; plain.capacities.len()],
        ..plain.clone()
    };
    let choice = |(project, choice): (usize, Option<(usize, f64)>)| {
        choice.map(|(start, _)| Choice {
            project: ProjectIx::new(project),
            start: PeriodIx::new(start),
            share: Share::ONE,
            payment: Default::default(),
        })
    };
    let selection = |trial: Trial| Selection::new(trial.into_iter().enumerate().filter_map(choice));
    allowed_trials(&free).into_iter().map(selection).collect()
}

/// The least factor on the budgets that a selection passes with, by halving.
fn scale_by_trial(portfolio: &Portfolio, scenario: &Scenario, selection: &Selection) -> f64 {
    let passes = |scale: f64| {
        let mut scaled = scenario.clone();
        let budgets = scaled.limits.lines.iter_mut().chain([&mut scaled.limits.all_lines]);
        for amount in budgets.flatten().flatten() {
            *amount = Money::new(amount.value() * scale);
        }
        recheck(&Valuation::new(portfolio, &scaled), selection).is_empty()
    };
    if passes(0.0) {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if passes(middle) { high = middle } else { low = middle }
    }
    high
}

/// What passes is forgiven one part in ten million: factors found by trial are off by more than rounding.
const NEAR: f64 = 1e-5;

fn check_flexible(plain: &Plain, frontier: Frontier, solver: Solver) -> Result<(), TestCaseError> {
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, maximise(Measure::StrategicValue), 1);
    let valuation = Valuation::new(&portfolio, &scenario);
    let selections = all_selections(plain);
    let feasible = selections.iter().filter(|selection| recheck(&valuation, selection).is_empty());
    let point = |selection: &Selection| {
        let x = match frontier.x() {
            FrontierX::Measure(measure, sense) => sense.sign() * valuation.total(measure, selection),
            FrontierX::BudgetScale => -scale_by_trial(&portfolio, &scenario, selection),
        };
        (x, frontier.y_sense().sign() * valuation.total(frontier.y(), selection))
    };
    let all: Vec<(f64, f64)> = feasible.map(point).collect();
    let found = find(plain, frontier, &SelectionSettings { solver, ..exact(1) });
    prop_assert_eq!(found.points.is_empty(), all.is_empty());
    let points = turned(&found, frontier);
    prop_assert_eq!(&non_dominated(points.clone()), &points);
    for (x, y) in &points {
        let is_one = |other: &&(f64, f64)| (other.0 - x).abs() <= NEAR && (other.1 - y).abs() <= NEAR;
        prop_assert!(all.iter().any(|other| is_one(&other)), "({x}, {y}) is no selection");
    }
    for (x, y) in &all {
        let is_met = points.iter().any(|point| point.0 >= x - NEAR && point.1 >= y - NEAR);
        prop_assert!(is_met, "{solver:?}: ({x}, {y}) beats {points:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn frontiers_with_room_are_those_of_all_selections(plain in flexible(), frontier in frontier(), solver in solver()) {
        check_flexible(&plain, frontier, solver)?;
    }
}

// ---- Single cases ---------------------------------------------------------------------------------------------------

/// One period, one line: (cost, score) of each project, and a budget.
fn simple(projects: &[(f64, f64)], budget: f64) -> Plain {
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

fn value_for_cost() -> Frontier {
    Frontier::new(
        FrontierX::Measure(Measure::Cost, Sense::Minimise),
        Measure::StrategicValue,
        Sense::Maximise,
    )
    .unwrap()
}

fn pairs(found: &ScenarioFrontier) -> Vec<(f64, f64)> {
    found.points.iter().map(|point| (point.x, point.y)).collect()
}

/// Three projects of one value at three costs, and free ones without value: most selections are weakly dominated.
#[test]
fn no_weakly_dominated_point_is_reported() {
    let plain = simple(&[(5.0, 10.0), (6.0, 10.0), (7.0, 10.0), (0.0, 0.0), (3.0, 0.0), (5.0, 0.0)], 13.0);
    for solver in Solver::ALL {
        let found = find(&plain, value_for_cost(), &SelectionSettings { solver, ..exact(1) });
        assert_eq!(pairs(&found), [(0.0, 0.0), (5.0, 10.0), (11.0, 20.0)], "{solver:?}");
    }
}

/// What each share of the budget buys, up to all of it.
#[test]
fn the_curve_over_budgets_is_a_staircase() {
    let mut plain = simple(&[(4.0, 5.0), (6.0, 8.0), (7.0, 9.0), (11.0, 99.0)], 10.0);
    plain.dependencies.push(requires(1, 0));
    let frontier = Frontier::new(FrontierX::BudgetScale, Measure::StrategicValue, Sense::Maximise).unwrap();
    for solver in Solver::ALL {
        let found = find(&plain, frontier, &SelectionSettings { solver, ..exact(1) });
        assert_eq!(pairs(&found), [(0.0, 0.0), (0.4, 5.0), (0.7, 9.0), (1.0, 13.0)], "{solver:?}");
    }
}

/// One selection serves several levels; the least level allows nothing but nothing.
#[test]
fn a_grid_over_budgets_tells_what_each_level_buys() {
    let plain = simple(&[(4.0, 5.0), (6.0, 8.0), (7.0, 9.0), (11.0, 99.0)], 10.0);
    let frontier = Frontier::new(FrontierX::BudgetScale, Measure::StrategicValue, Sense::Maximise).unwrap();
    let at = |from: Option<f64>, to: Option<f64>, points: usize| {
        let found = find(&plain, frontier.on_grid(Grid { points, from, to }), &exact(1));
        assert_eq!(found.status, SolveStatus::Optimal);
        pairs(&found)
    };
    // Levels 0.2, 0.4, 0.6, 0.8, 1.
    assert_eq!(at(Some(0.2), None, 5), [(0.0, 0.0), (0.4, 5.0), (0.6, 8.0), (0.7, 9.0), (1.0, 13.0)]);
    // Levels 0, 1/2, 1.
    assert_eq!(at(None, None, 3), [(0.0, 0.0), (0.4, 5.0), (1.0, 13.0)]);
    assert_eq!(at(Some(0.75), Some(0.95), 2), [(0.7, 9.0)]);
}

#[test]
fn a_frontier_keeps_to_its_time_limit_and_a_stop_is_an_error() {
    let plain = simple(&[(4.0, 5.0), (6.0, 8.0)], 10.0);
    let grid = Grid { points: 4, from: None, to: None };
    for (frontier, levels) in [(value_for_cost(), 0), (value_for_cost().on_grid(grid), 4)] {
        let found = find(&plain, frontier.within(1e-9), &exact(1));
        assert_eq!((found.status, found.points.len(), found.levels_open), (SolveStatus::Unknown, 0, levels));
        let portfolio = plain.portfolio();
        let scenario = plain.scenario(&portfolio, maximise(Measure::StrategicValue), 1);
        let valuation = Valuation::new(&portfolio, &scenario);
        let stopped = CancelToken::new();
        stopped.cancel();
        let found = find_frontier(&ScenarioModel::new(&valuation), frontier, &exact(1), &stopped);
        assert_eq!(found, Err(cutline::optimise::OptimiseError::Cancelled));
    }
}

#[test]
fn a_frontier_of_one_point_and_one_of_none() {
    let mut plain = simple(&[(5.0, 10.0)], 13.0);
    let both = Frontier::new(
        FrontierX::Measure(Measure::Projects, Sense::Maximise),
        Measure::StrategicValue,
        Sense::Maximise,
    );
    assert_eq!(pairs(&find(&plain, both.unwrap(), &exact(1))), [(1.0, 10.0)]);
    plain.rows[0].status = Status::Mandatory;
    plain.budgets = vec![Some(vec![4.0])];
    let found = find(&plain, value_for_cost(), &exact(1));
    assert_eq!((found.status, found.points.len()), (SolveStatus::Infeasible, 0));
}

/// A share of a project can be had for any money between: points stand close together along the line.
#[test]
fn shares_give_points_along_a_line() {
    let mut plain = simple(&[(10.0, 20.0), (4.0, 10.0)], 12.0);
    plain.rows[0].min_fraction = Some(0.2);
    for solver in Solver::ALL {
        let found = find(&plain, value_for_cost(), &SelectionSettings { solver, ..exact(1) });
        assert_eq!(found.status, SolveStatus::Optimal);
        let points = turned(&found, value_for_cost());
        assert_eq!(non_dominated(points.clone()), points);
        assert_eq!((points[0], *points.last().unwrap()), ((-12.0, 26.0), (0.0, 0.0)));
        let near =
            |x: f64, y: f64| points.iter().any(|one| (one.0 + x).abs() < 0.1 && (one.1 - y).abs() < 0.2);
        assert!(near(2.0, 4.0) && near(4.0, 10.0) && near(6.0, 14.0) && near(9.0, 20.0), "{points:?}");
        assert!((100..=201).contains(&points.len()), "{}", points.len());
    }
}

#[test]
fn a_frontier_does_not_depend_on_threads() {
    let column = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 0.0 };
    let mut dice = Dice(1);
    let mut numbers = || -> Vec<f64> {
        let mut number = || 10.0 + (dice.bits() >> 40) as f64 / (1 << 24) as f64 * 90.0;
        (0..45).map(|_| number()).collect()
    };
    let (x, y) = (numbers(), numbers());
    let row = Row::numbered(numbers().into_iter().enumerate(), f64::NEG_INFINITY, 1200.0);
    let program = Program { columns: vec![column; 45].into(), rows: vec![row].into() };
    let settings = SelectionSettings { time_limit: None, ..exact(1) };
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| program_frontier(&program, &x, &y, &settings, &CancelToken::new()).unwrap())
    };
    let alone = run(1);
    assert!(alone.points.len() > 20, "{}", alone.points.len());
    assert_eq!(alone, run(3));
}

/// What starts later needs less of the budgets, once what is left of one year is kept and the next may be overrun.
#[test]
fn a_later_start_is_worth_its_own_point() {
    let project = PlainProject {
        max_delay: 1,
        costs: vec![vec![3.0, 0.0, 1.0]],
        benefit: vec![45.0, 47.0, 55.0],
        ..PlainProject::default()
    };
    let plain = Plain {
        periods: 3,
        rows: vec![project],
        budgets: vec![Some(vec![19.0, 6.0, 17.0])],
        give: vec![Give { carry_over: 1.0, overrun: Some((1.0, 0.1)), ..Give::default() }],
        ..Plain::default()
    };
    let frontier = Frontier::new(FrontierX::BudgetScale, Measure::Benefit, Sense::Maximise).unwrap();
    for solver in Solver::ALL {
        check_flexible(&plain, frontier, solver).unwrap();
    }
}

/// Anything above nothing counts here, which HiGHS's presolve takes for impossible.
#[test]
fn a_point_that_is_only_just_above_nothing_is_found() {
    let row = |costs: [[f64; 2]; 2], max_delay: usize, demand: [f64; 2], score: f64| PlainProject {
        max_delay,
        costs: costs.map(Vec::from).to_vec(),
        benefit: vec![0.0, 0.0],
        demands: vec![demand.to_vec()],
        score,
        ..PlainProject::default()
    };
    let plain = Plain {
        periods: 2,
        rows: vec![
            row([[0.0, 11.0], [0.0, 0.0]], 0, [0.0, 0.0], 0.0),
            row([[0.0, 0.0], [0.0, 0.0]], 0, [0.0, 0.0], 0.0),
            row([[4.0, 6.0], [11.0, 6.0]], 0, [5.0, 5.0], 15.0),
            row([[7.0, 0.0], [16.0, 2.0]], 1, [2.0, 0.0], 12.0),
            row([[7.0, 19.0], [0.0, 6.0]], 0, [4.0, 3.0], 25.0),
            row([[17.0, 7.0], [10.0, 17.0]], 1, [5.0, 4.0], 13.0),
        ],
        budgets: vec![Some(vec![33.0, 16.0]), Some(vec![33.0, 44.0])],
        all_lines: Some(vec![79.0, 38.0]),
        capacities: vec![Some(vec![2.0, 13.0])],
        dependencies: vec![
            Dependency {
                project: ProjectIx::new(1),
                kind: DependencyKind::After { lag: 0 },
                other: ProjectIx::new(3),
            },
            Dependency {
                project: ProjectIx::new(0),
                kind: DependencyKind::Excludes,
                other: ProjectIx::new(5),
            },
            Dependency {
                project: ProjectIx::new(3),
                kind: DependencyKind::After { lag: 2 },
                other: ProjectIx::new(4),
            },
        ],
        give: vec![Give { carry_over: 0.0, overrun: Some((20.0, 0.1)), ..Give::default() }, Give::default()],
        give_all_lines: Give { carry_over: 0.5, overrun: None, ..Give::default() },
        extra: vec![Some(Extra { limit: 3.0, rate: 3.0, line: 0 })],
        synergies: vec![Together {
            members: vec![5, 0],
            at_least: 2,
            effect: SynergyEffect::StrategicValue,
            amount: 0.5,
        }],
        ..Plain::default()
    };
    let cheaply = FrontierX::Measure(Measure::Line(LineIx::new(0)), Sense::Minimise);
    let frontier = Frontier::new(cheaply, Measure::StrategicValue, Sense::Maximise).unwrap();
    for solver in Solver::ALL {
        check_flexible(&plain, frontier, solver).unwrap();
    }
}
