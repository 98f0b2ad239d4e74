//! Measures of key results as goals, limits and axes, compared with what trying all selections gives.

use cutline::domain::{
    Effect, Frontier, FrontierX, Goal, KeyResult, KeyResults, LimitBound, Measure, NamedLimit, PeriodIx,
    Portfolio, Scenario, SelectionSettings, Sense, Solver,
};
use cutline::finance::Valuation;
use cutline::optimise::{ScenarioModel, SolveStatus, find_frontier, find_options, recheck};
use cutline::progress::CancelToken;
use proptest::prelude::*;

use crate::common::trials::{Trial, all_trials, deferred, differs_enough, trial_of, whole};
use crate::common::{Plain, exact};
use crate::{cases, is_allowed, plain, worth};

/// A key result in plain numbers, with its change by each project in each period.
#[derive(Clone, Debug)]
struct Aim {
    baseline: f64,
    target: f64,
    due: usize,
    weight: f64,
    effects: Vec<Vec<f64>>,
}

impl Aim {
    /// Value when due, from the description of the tables.
    fn value(&self, plain: &Plain, trial: &Trial) -> f64 {
        let mut value = self.baseline;
        for ((row, choice), effect) in plain.rows.iter().zip(trial).zip(&self.effects) {
            let Some((start, share)) = *choice else { continue };
            let success = row.success_probability.unwrap_or(1.0);
            for period in 0..=self.due {
                value += share * success * deferred(effect, start - row.start, period);
            }
        }
        value
    }

    fn way(&self, plain: &Plain, trial: &Trial) -> f64 {
        (self.value(plain, trial) - self.baseline) / (self.target - self.baseline)
    }
}

fn measured(plain: &Plain, aims: &[Aim], measure: Measure, trial: &Trial) -> f64 {
    let all: f64 = aims.iter().map(|aim| aim.weight).sum();
    match measure {
        Measure::KeyResult { key_result, .. } => aims[key_result].value(plain, trial),
        Measure::Progress => {
            aims.iter().map(|aim| aim.weight / all * aim.way(plain, trial).clamp(0.0, 1.0)).sum()
        }
        Measure::KeyResultsMet => {
            let met = aims.iter().filter(|aim| aim.way(plain, trial) >= 1.0 - 1e-9);
            met.map(|aim| aim.weight / all).sum()
        }
        other => worth(plain, other, trial),
    }
}

fn portfolio(plain: &Plain, aims: &[Aim]) -> Portfolio {
    let list = aims.iter().enumerate().map(|(place, aim)| KeyResult {
        id: format!("K{place}").as_str().into(),
        objective: 0,
        name: format!("K{place}"),
        unit: String::new(),
        baseline: aim.baseline,
        target: aim.target,
        due: PeriodIx::new(aim.due),
        weight: aim.weight,
    });
    let effects = (0..plain.rows.len()).map(|project| {
        let own = aims.iter().enumerate();
        own.map(|(key_result, aim)| Effect { key_result, profile: aim.effects[project].clone().into() })
            .collect::<Vec<_>>()
    });
    let none = vec![None; plain.rows.len()];
    let key_results = KeyResults::new(list.collect(), effects.collect(), none.into()).unwrap();
    plain.portfolio().with_key_results(key_results).unwrap()
}

fn aim(projects: usize, periods: usize) -> impl Strategy<Value = Aim> {
    let change = prop_oneof![3 => Just(0), 4 => 1..=6i32, 1 => -4..0i32].prop_map(f64::from);
    let effect = prop::collection::vec(change, periods);
    let distance = prop_oneof![4 => 3..=15i32, 1 => 1..=2i32].prop_map(f64::from);
    (-10..=20i32, distance, any::<bool>(), 0..periods, 1..=3u32, prop::collection::vec(effect, projects))
        .prop_map(|(baseline, distance, falls, due, weight, effects)| {
            let sign = if falls { -1.0 } else { 1.0 };
            let baseline = f64::from(baseline);
            let turned = |effect: Vec<f64>| effect.into_iter().map(|change| sign * change).collect();
            Aim {
                baseline,
                target: baseline + sign * distance,
                due,
                weight: f64::from(weight),
                effects: effects.into_iter().map(turned).collect(),
            }
        })
}

/// A portfolio of whole projects with key results.
fn with_aims(
    projects: std::ops::RangeInclusive<usize>,
    delays: usize,
) -> impl Strategy<Value = (Plain, Vec<Aim>)> {
    plain(projects, delays).prop_flat_map(|mut plain| {
        plain.rows.iter_mut().for_each(|row| row.min_fraction = None);
        let aims = prop::collection::vec(aim(plain.rows.len(), plain.periods), 1..=3);
        (Just(plain), aims)
    })
}

/// A measure by number, and the sense in which it is a goal.
fn goal_of(number: usize, aims: &[Aim]) -> (Sense, Measure) {
    let falls = aims[0].target < aims[0].baseline;
    let first = Measure::KeyResult { key_result: 0, falls };
    match number {
        0 => (Sense::Maximise, Measure::Progress),
        1 => (Sense::Maximise, Measure::KeyResultsMet),
        2 => (first.natural_sense(), first),
        3 => (Sense::Minimise, Measure::Progress),
        4 => (Sense::Minimise, Measure::KeyResultsMet),
        _ => (Sense::Minimise, Measure::Cost),
    }
}

/// A hard limit on a measure of key results: at least (or at most) this part of the way from the least to the most that
/// any selection has.
#[derive(Clone, Copy, Debug)]
struct Line {
    number: usize,
    is_least: bool,
    part: f64,
}

fn limit(line: Line, plain: &Plain, aims: &[Aim], trials: &[Trial]) -> (NamedLimit, LimitBound, Measure) {
    let (_, measure) = goal_of(line.number, aims);
    let values = trials.iter().map(|trial| measured(plain, aims, measure, trial));
    let (least, most) =
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| (low.min(one), high.max(one)));
    // Rounded to a quarter, so that values may lie on the limit itself.
    let at = ((least + line.part * (most - least)) * 4.0).round() / 4.0;
    let bound = if line.is_least { LimitBound::Min(at) } else { LimitBound::Max(at) };
    let limit = NamedLimit::new("line".into(), measure, None, None, vec![bound], None).unwrap();
    (limit, bound, measure)
}

fn keeps(bound: LimitBound, value: f64) -> bool {
    match bound {
        LimitBound::Min(least) => value >= least - 1e-9,
        LimitBound::Max(most) => value <= most + 1e-9,
        _ => unreachable!("no shares"),
    }
}

fn check(
    (plain, aims): (&Plain, &[Aim]),
    (sense, measure): (Sense, Measure),
    limits: &[NamedLimit],
    feasible: &[Trial],
    solver: Solver,
) -> Result<(), TestCaseError> {
    let portfolio = portfolio(plain, aims);
    let goal = Goal::Single { sense, measure };
    let scenario = Scenario { named_limits: limits.to_vec(), ..plain.scenario(&portfolio, goal, 4) };
    let valuation = Valuation::new(&portfolio, &scenario);
    let settings = SelectionSettings { solver, ..exact(1) };
    let found = find_options(&mut ScenarioModel::new(&valuation), &settings, &CancelToken::new()).unwrap();
    let expected = if feasible.is_empty() { SolveStatus::Infeasible } else { SolveStatus::Optimal };
    prop_assert_eq!(found.status, expected, "{:?}: {:?}", solver, found);
    let value = |trial: &Trial| sense.sign() * measured(plain, aims, measure, trial);
    let cost = |trial: &Trial| worth(plain, Measure::Cost, trial);
    let mut better: Vec<Trial> = Vec::new();
    for place in 0..4 {
        let open = || feasible.iter().filter(|trial| differs_enough(plain, trial, &better, 1));
        let best = open().map(value).reduce(f64::max);
        let option = found.options.get(place);
        prop_assert_eq!(option.is_some(), best.is_some(), "option {} by {:?}", place + 1, solver);
        let (Some(option), Some(best)) = (option, best) else { break };
        let own = trial_of(plain, &option.selection);
        prop_assert!(
            (sense.sign() * option.objective - best).abs() <= 1e-7 * best.abs().max(1.0),
            "option {} by {solver:?}: {} is not {best}",
            place + 1,
            sense.sign() * option.objective
        );
        prop_assert!((value(&own) - best).abs() <= 1e-7 * best.abs().max(1.0));
        let equal = open().filter(|trial| (value(trial) - best).abs() <= 1e-9);
        let least = equal.map(cost).reduce(f64::min).unwrap_or_default();
        prop_assert!(cost(&own) <= least + 1e-6, "option {} by {solver:?}: not the cheapest", place + 1);
        prop_assert!(recheck(&valuation, &option.selection).is_empty());
        prop_assert!(sense.sign() * (option.bound - option.objective) >= 0.0);
        better.push(own);
    }
    Ok(())
}

fn feasible(plain: &Plain) -> Vec<Trial> {
    all_trials(plain, whole).into_iter().filter(|trial| is_allowed(plain, trial)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn key_results_as_goals_are_those_of_brute_force((plain, aims) in with_aims(3..=6, 2), number in 0..5usize) {
        let feasible = feasible(&plain);
        for solver in Solver::ALL {
            check((&plain, &aims), goal_of(number, &aims), &[], &feasible, solver)?;
        }
    }

    #[test]
    fn key_results_of_many_projects_are_those_of_brute_force((plain, aims) in with_aims(8..=11, 0), number in 0..5usize) {
        let feasible = feasible(&plain);
        for solver in Solver::ALL {
            check((&plain, &aims), goal_of(number, &aims), &[], &feasible, solver)?;
        }
    }

    #[test]
    fn key_results_as_limits_are_those_of_brute_force(
        (plain, aims) in with_aims(3..=7, 1),
        number in 0..6usize,
        limited in 0..3usize,
        is_least in any::<bool>(),
        quarters in 0..=4u32,
    ) {
        let mut feasible = feasible(&plain);
        prop_assume!(!feasible.is_empty());
        let line = Line { number: limited, is_least, part: f64::from(quarters) / 4.0 };
        let (limit, bound, measure) = limit(line, &plain, &aims, &feasible);
        feasible.retain(|trial| keeps(bound, measured(&plain, &aims, measure, trial)));
        for solver in Solver::ALL {
            check((&plain, &aims), goal_of(number, &aims), std::slice::from_ref(&limit), &feasible, solver)?;
        }
    }

    #[test]
    fn shares_of_projects_lead_as_far_as_any((plain, aims) in with_aims(3..=5, 0), number in 0..3usize) {
        let mut plain = plain;
        plain.rows[0].min_fraction = Some(0.2);
        let (sense, measure) = goal_of(number, &aims);
        let portfolio = portfolio(&plain, &aims);
        let scenario = plain.scenario(&portfolio, Goal::Single { sense, measure }, 1);
        let valuation = Valuation::new(&portfolio, &scenario);
        let trials = all_trials(&plain, |row| match row.min_fraction {
            Some(_) => (4..=20).map(|twentieth| f64::from(twentieth) / 20.0).collect(),
            None => vec![1.0],
        });
        let values = trials.iter().filter(|trial| is_allowed(&plain, trial));
        let best = values.map(|trial| sense.sign() * measured(&plain, &aims, measure, trial)).reduce(f64::max);
        for solver in Solver::ALL {
            let settings = SelectionSettings { solver, ..exact(1) };
            let found = find_options(&mut ScenarioModel::new(&valuation), &settings, &CancelToken::new()).unwrap();
            let (Some(option), Some(best)) = (found.options.first(), best) else { continue };
            let own = sense.sign() * measured(&plain, &aims, measure, &trial_of(&plain, &option.selection));
            // A key result that is short of its target by a millionth of the way is reached.
            prop_assert!(sense.sign() * option.objective >= best - 1e-6 * best.abs().max(1.0), "{:?}: {} < {}", solver, option.objective, best);
            prop_assert!(measure == Measure::KeyResultsMet || (own - sense.sign() * option.objective).abs() <= 1e-6);
            prop_assert_eq!(found.status, SolveStatus::Optimal, "{:?}", solver);
        }
    }

    #[test]
    fn frontiers_of_progress_are_those_of_brute_force((plain, aims) in with_aims(3..=6, 1), met in any::<bool>()) {
        let feasible = feasible(&plain);
        let y = if met { Measure::KeyResultsMet } else { Measure::Progress };
        let cost = FrontierX::Measure(Measure::Cost, Sense::Minimise);
        let asked = Frontier::new(cost, y, Sense::Maximise).unwrap();
        let portfolio = portfolio(&plain, &aims);
        let scenario = plain.scenario(&portfolio, Goal::Single { sense: Sense::Maximise, measure: Measure::Npv }, 1);
        let valuation = Valuation::new(&portfolio, &scenario);
        let of = |trial: &Trial| (worth(&plain, Measure::Cost, trial), measured(&plain, &aims, y, trial));
        let all: Vec<(f64, f64)> = feasible.iter().map(of).collect();
        for solver in Solver::ALL {
            let settings = SelectionSettings { solver, ..exact(1) };
            let model = ScenarioModel::new(&valuation);
            let found = find_frontier(&model, asked, &settings, &CancelToken::new()).unwrap();
            prop_assert_eq!(found.points.is_empty(), all.is_empty());
            for point in &found.points {
                let beats = |&&(x, value): &&(f64, f64)| x <= point.x + 1e-7 && value > point.y + 1e-7;
                prop_assert!(all.iter().find(beats).is_none(), "{:?}: {:?} is dominated", solver, point);
            }
            for &(x, value) in &all {
                let is_met = found.points.iter().any(|point| point.x <= x + 1e-7 && point.y >= value - 1e-7);
                prop_assert!(is_met, "{:?}: nothing is as good as {} at {}", solver, value, x);
            }
        }
    }
}
