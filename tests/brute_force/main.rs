//! Every list of options is compared with what trying all selections gives, on random small portfolios with every
//! kind of constraint. The check of a selection here shares no code with the library.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../common/mod.rs"]
mod common;
mod confidence;
mod futures;
mod goals;
mod key_results;
mod priorities;
mod reasons;
mod room;
mod said;
mod ties;
mod words;

use common::strategies::{Size, amounts, dependency, project};
use common::trials::{Trial, all_trials, amount, deferred, differs_enough, is_as_decided, trial_of, whole};
use common::{Plain, PlainProject, exact, maximise};
use cutline::domain::{
    Condition, Goal, Measure, ProjectIx, SMALLEST_SHARE, Scenario, SelectionSettings, Sense, Solver,
};
use cutline::finance::Valuation;
use cutline::optimise::{ScenarioModel, SolveStatus, find_options, recheck};
use cutline::progress::CancelToken;
use proptest::prelude::*;

/// Amounts are whole numbers times one share, so rounding is all that may exceed a limit. More slack than that would
/// flow into the largest feasible share and from there into the objective that is compared.
fn fits(amount: f64, limit: f64) -> bool {
    amount <= limit + 1e-10
}

fn within_limits(plain: &Plain, trial: &Trial) -> bool {
    (0..plain.periods).all(|period| {
        let spend = |line: usize| amount(plain, trial, period, |row| &row.costs[line]);
        let demand = |role: usize| amount(plain, trial, period, |row| &row.demands[role]);
        let lines = plain.budgets.len();
        (0..lines)
            .all(|line| plain.budgets[line].as_ref().is_none_or(|limit| fits(spend(line), limit[period])))
            && (plain.all_lines.as_ref()).is_none_or(|limit| fits((0..lines).map(spend).sum(), limit[period]))
            && (0..plain.capacities.len()).all(|role| {
                plain.capacities[role].as_ref().is_none_or(|limit| fits(demand(role), limit[period]))
            })
    })
}

fn is_allowed(plain: &Plain, trial: &Trial) -> bool {
    is_as_decided(plain, trial) && within_limits(plain, trial)
}

fn npv(row: &PlainProject, delay: usize) -> f64 {
    let cost = |period: usize| row.costs.iter().map(|line| line[period]).sum::<f64>();
    let flow = |period: usize| row.success_probability.unwrap_or(1.0) * row.benefit[period] - cost(period);
    (0..row.benefit.len()).map(|period| flow(period) / 1.07_f64.powi((period + delay) as i32)).sum()
}

fn worth(plain: &Plain, measure: Measure, trial: &Trial) -> f64 {
    let of_row = |(row, choice): (&PlainProject, &Option<(usize, f64)>)| {
        let Some((start, share)) = *choice else { return 0.0 };
        let delay = start - row.start;
        match measure {
            Measure::StrategicValue => share * row.score * (1.0 - row.value_decay).powi(delay as i32),
            Measure::Npv => share * npv(row, delay),
            Measure::Cost => {
                let spend =
                    |line: &Vec<f64>| (0..plain.periods).map(|t| deferred(line, delay, t)).sum::<f64>();
                share * row.costs.iter().map(spend).sum::<f64>()
            }
            Measure::Projects => 1.0,
            other => panic!("{other:?} is not tried here"),
        }
    };
    plain.rows.iter().zip(trial).map(of_row).sum()
}

/// Every combination of starts. The share of the one divisible project, if there is one, is not tried: since the
/// objective is linear in it, only its smallest and its largest feasible value can be best.
fn trials(plain: &Plain) -> Vec<Trial> {
    let trials = all_trials(plain, whole);
    let Some(divisible) = plain.rows.iter().position(|row| row.min_fraction.is_some()) else { return trials };
    let least = plain.rows[divisible].min_fraction.unwrap().max(SMALLEST_SHARE);
    trials.into_iter().flat_map(|trial| shares(plain, trial, divisible, least)).collect()
}

/// The trial with the smallest and with the largest feasible share, found by bisection.
fn shares(plain: &Plain, trial: Trial, divisible: usize, least: f64) -> Vec<Trial> {
    let Some((start, _)) = trial[divisible] else { return vec![trial] };
    let with = |share: f64| {
        let mut trial = trial.clone();
        trial[divisible] = Some((start, share));
        trial
    };
    if !within_limits(plain, &with(least)) {
        return Vec::new();
    }
    let (mut low, mut high) = (least, 1.0);
    if within_limits(plain, &with(1.0)) {
        low = 1.0;
    } else {
        while high - low > 1e-13 {
            let middle = 0.5 * (low + high);
            if within_limits(plain, &with(middle)) { low = middle } else { high = middle }
        }
    }
    vec![with(least), with(low)]
}

/// What decides which of two trials comes first: the objective (smaller is better here), the cost, the number of
/// projects and their ids, all free of rounding.
fn order(plain: &Plain, (sense, measure): (Sense, Measure), trial: &Trial) -> (i64, i64, usize, Vec<usize>) {
    let rounded = |number: f64| (number * 1e7).round() as i64;
    let projects: Vec<usize> = (0..trial.len()).filter(|&project| trial[project].is_some()).collect();
    let objective = -sense.sign() * worth(plain, measure, trial);
    let cost = worth(plain, Measure::Cost, trial);
    (rounded(objective), rounded(cost), projects.len(), projects)
}

fn check_against_brute_force(plain: &Plain, goal: &Goal, min_difference: usize) -> Result<(), TestCaseError> {
    let feasible: Vec<Trial> = trials(plain).into_iter().filter(|trial| is_allowed(plain, trial)).collect();
    Solver::ALL
        .iter()
        .try_for_each(|&solver| check_solver(plain, goal.clone(), (6, min_difference), solver, &feasible))
}

fn check_solver(
    plain: &Plain,
    goal: Goal,
    (count, min_difference): (usize, usize),
    solver: Solver,
    feasible: &[Trial],
) -> Result<(), TestCaseError> {
    let Goal::Single { sense, measure } = goal else { panic!("single goals only") };
    let portfolio = plain.portfolio();
    let scenario: Scenario = plain.scenario(&portfolio, goal, count);
    let valuation = Valuation::new(&portfolio, &scenario);
    let settings = SelectionSettings { solver, ..exact(min_difference) };
    let found = find_options(&mut ScenarioModel::new(&valuation), &settings, &CancelToken::new()).unwrap();
    prop_assert_eq!(found.options.is_empty(), feasible.is_empty());
    let expected = if feasible.is_empty() { SolveStatus::Infeasible } else { SolveStatus::Optimal };
    prop_assert_eq!(found.status, expected, "{:?}: {:?}", solver, found);
    let mut better: Vec<Trial> = Vec::new();
    for place in 0..count {
        let first = feasible
            .iter()
            .filter(|trial| differs_enough(plain, trial, &better, min_difference))
            .min_by_key(|trial| order(plain, (sense, measure), trial));
        let option = found.options.get(place);
        prop_assert_eq!(
            option.is_some(),
            first.is_some(),
            "option {} of {:?} by {:?}",
            place + 1,
            found,
            solver
        );
        let (Some(option), Some(first)) = (option, first) else { break };
        let best = sense.sign() * worth(plain, measure, first);
        let objective = sense.sign() * option.objective;
        // Shares are moved by no more than a solver's tolerance, which moves the objective a little.
        let tolerance = 1e-9 * best.abs().max(1.0) * 100.0;
        prop_assert!(
            (objective - best).abs() <= tolerance,
            "option {} by {solver:?}: {objective} is not {best}",
            place + 1
        );
        let (_, _, _, projects) = order(plain, (sense, measure), first);
        let chosen: Vec<usize> = option.selection.projects().map(ProjectIx::index).collect();
        prop_assert_eq!(
            chosen,
            projects,
            "option {} by {:?}: of equals the first is another",
            place + 1,
            solver
        );
        let (cost, least) =
            (valuation.total(Measure::Cost, &option.selection), worth(plain, Measure::Cost, first));
        prop_assert!(
            (cost - least).abs() <= 1e-6,
            "option {} by {solver:?}: it costs {cost}, not {least}",
            place + 1
        );
        prop_assert!(recheck(&valuation, &option.selection).is_empty());
        prop_assert!(sense.sign() * (option.bound - option.objective) >= 0.0);
        better.push(trial_of(plain, &option.selection));
    }
    Ok(())
}

/// If all of one to three projects are chosen, one of one to three others is.
fn condition(projects: usize) -> impl Strategy<Value = Condition> {
    let some = prop::collection::btree_set(0..projects, 1..=3);
    (some.clone(), some).prop_filter_map("a project stands on both sides", |(all, any)| {
        let any = any.difference(&all).copied().map(ProjectIx::new).collect();
        Condition::new(all.into_iter().map(ProjectIx::new).collect(), any).ok()
    })
}

fn limits(keys: usize, periods: usize, most: u32) -> impl Strategy<Value = Vec<Option<Vec<f64>>>> {
    prop::collection::vec(prop::option::weighted(0.8, amounts(periods, most)), keys)
}

/// Of half of the projects delays take a part of the score, of some all of it.
fn value_decay() -> impl Strategy<Value = f64> {
    prop_oneof![4 => Just(0.0), 1 => Just(0.25), 2 => Just(0.5), 1 => Just(1.0)]
}

fn plain(projects: std::ops::RangeInclusive<usize>, delays: usize) -> impl Strategy<Value = Plain> {
    (projects, 1..=3usize, 1..=2usize, 0..=2usize).prop_flat_map(move |(count, periods, lines, roles)| {
        let spend = 8 * count as u32;
        (
            prop::collection::vec(
                (project(Size { periods, lines, roles, delays, scores: 1000 }), value_decay()),
                count,
            ),
            limits(lines, periods, spend),
            prop::option::weighted(0.3, amounts(periods, 2 * spend)),
            limits(roles, periods, 3 * count as u32),
            prop::collection::vec(prop::collection::btree_set(0..count, 2..=3), 0..=2),
            prop::collection::vec(dependency(count, 0..3), 0..=3),
            prop::collection::vec(condition(count), 0..=2),
            prop::option::weighted(0.4, (0..count, (0..10u32).prop_map(|tenths| f64::from(tenths) / 10.0))),
        )
            .prop_map(
                move |(rows, budgets, all_lines, capacities, groups, dependencies, conditions, divisible)| {
                    let mut rows: Vec<PlainProject> = (rows.into_iter())
                        .map(|(row, value_decay)| PlainProject { value_decay, ..row })
                        .collect();
                    if let Some((project, least)) = divisible {
                        rows[project].min_fraction = Some(least);
                    }
                    let alternatives = groups.into_iter().map(|group| group.into_iter().collect()).collect();
                    Plain {
                        periods,
                        rows,
                        budgets,
                        all_lines,
                        capacities,
                        alternatives,
                        dependencies,
                        conditions,
                        ..Plain::default()
                    }
                },
            )
    })
}

fn goal() -> impl Strategy<Value = Goal> {
    prop_oneof![
        3 => Just(maximise(Measure::StrategicValue)),
        3 => Just(maximise(Measure::Npv)),
        1 => Just(maximise(Measure::Projects)),
        1 => Just(Goal::Single { sense: Sense::Minimise, measure: Measure::Cost }),
    ]
}

/// How many random portfolios each property tries; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(150)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn options_with_delays_are_those_of_brute_force(plain in plain(3..=6, 2), goal in goal(), difference in 1..=3usize) {
        check_against_brute_force(&plain, &goal, difference)?;
    }

    #[test]
    fn options_of_many_projects_are_those_of_brute_force(plain in plain(8..=14, 0), goal in goal(), difference in 1..=3usize) {
        check_against_brute_force(&plain, &goal, difference)?;
    }
}
