//! Goals and limits of simulated futures, compared with what trying all selections gives: means by adding up, and means
//! over the worst futures by sorting them.

use std::sync::Arc;

use cutline::domain::{
    ByProject, Frontier, FrontierX, Goal, InFutures, LimitBound, Measure, NamedLimit, Scenario,
    SelectionSettings, Sense, Solver, Total,
};
use cutline::finance::{Futures, LateFactor, TotalFactors, TrialFactor, Valuation};
use cutline::optimise::{
    ScenarioModel, SolveStatus, find_frontier_in_futures, find_options, hold_confidence, recheck,
};
use cutline::progress::CancelToken;
use proptest::prelude::*;

use crate::common::trials::{Trial, deferred, differs_enough, trial_of};
use crate::common::{Plain, exact};
use crate::ties::feasible;
use crate::{cases, plain, worth};

/// Per project, per future: factors on cost, benefit and value.
type Factors = Vec<Vec<[f64; 3]>>;

const fn mean(total: Total) -> Measure {
    Measure::Simulated(total, InFutures::Mean)
}

const fn cvar(total: Total) -> Measure {
    Measure::Simulated(total, InFutures::Cvar)
}

/// The futures, with worst tails of this many.
fn futures(factors: &Factors, tail: usize) -> Arc<Futures> {
    let of = |row: &Vec<[f64; 3]>, which: usize| TrialFactor::of(row.iter().map(|one| one[which]).collect());
    let totals: ByProject<TotalFactors<TrialFactor>> = (factors.iter())
        .map(|row| TotalFactors {
            cost: LateFactor::in_time(of(row, 0)),
            benefit: LateFactor::in_time(of(row, 1)),
            value: of(row, 2),
        })
        .collect();
    let demand = factors.iter().map(|_| TrialFactor::Certain(1.0)).collect();
    Arc::new(Futures::new((factors[0].len(), tail), totals, demand))
}

/// A total of a selection in one future. Benefits come whole where a project succeeds, which the factor says.
fn in_future(plain: &Plain, factors: &Factors, total: Total, trial: &Trial, future: usize) -> f64 {
    let chosen = plain.rows.iter().zip(trial).zip(factors);
    let of_row = chosen.filter_map(|((row, choice), factors)| {
        let (start, _) = (*choice)?;
        let (delay, [cost, benefit, value]) = (start - row.start, factors[future]);
        let discount = |period: usize| 1.07_f64.powi((period + delay) as i32);
        Some(match total {
            Total::Npv => (0..row.benefit.len())
                .map(|period| {
                    let spend: f64 = row.costs.iter().map(|line| line[period]).sum();
                    (benefit * row.benefit[period] - cost * spend) / discount(period)
                })
                .sum(),
            Total::Cost => {
                let spend =
                    |line: &Vec<f64>| (0..plain.periods).map(|at| deferred(line, delay, at)).sum::<f64>();
                cost * row.costs.iter().map(spend).sum::<f64>()
            }
            Total::Benefit => {
                benefit * (0..plain.periods).map(|at| deferred(&row.benefit, delay, at)).sum::<f64>()
            }
            Total::StrategicValue => value * row.score * (1.0 - row.value_decay).powi(delay as i32),
        })
    });
    of_row.sum()
}

/// A measure of a selection: over futures, or as planned.
fn measured(plain: &Plain, (factors, tail): (&Factors, usize), measure: Measure, trial: &Trial) -> f64 {
    let Some((total, statistic)) = measure.simulated() else { return worth(plain, measure, trial) };
    let all = 0..factors[0].len();
    let mut totals: Vec<f64> = all.map(|future| in_future(plain, factors, total, trial, future)).collect();
    if statistic == InFutures::Cvar {
        totals.sort_by(f64::total_cmp);
        if total == Total::Cost {
            totals.reverse();
        }
        totals.truncate(tail);
    }
    totals.iter().sum::<f64>() / totals.len() as f64
}

/// What is asked of futures.
#[derive(Clone, Debug)]
struct Asked {
    goal: Goal,
    next: Vec<Measure>,
    limits: Vec<(Measure, LimitBound)>,
}

impl Asked {
    fn named_limits(&self) -> Vec<NamedLimit> {
        let limit = |(place, &(measure, bound)): (usize, &(Measure, LimitBound))| {
            let name = format!("limit {place}");
            NamedLimit::new(name.as_str().into(), measure, None, None, vec![bound], None).unwrap()
        };
        self.limits.iter().enumerate().map(limit).collect()
    }

    fn holds(&self, measured: impl Fn(Measure) -> f64) -> bool {
        self.limits.iter().all(|&(measure, bound)| {
            let amount = measured(measure);
            bound.violation(amount, amount) <= 1e-7 * amount.abs().max(1.0)
        })
    }
}

fn check(plain: &Plain, asked: &Asked, factors: &Factors, tail: usize) -> Result<(), TestCaseError> {
    let mut plain = plain.clone();
    plain.rows.iter_mut().for_each(|row| row.min_fraction = None);
    let factors: Factors = factors[..plain.rows.len()].to_vec();
    let known = (&factors, tail);
    plain.named_limits = asked.named_limits();
    let of = |measure: Measure, trial: &Trial| measured(&plain, known, measure, trial);
    let mut left = feasible(&plain);
    // The best that each part of a mix reaches alone, under the limits.
    left.retain(|trial| asked.holds(|measure| of(measure, trial)));
    let terms: Vec<(Measure, f64)> = match &asked.goal {
        Goal::Single { measure, .. } => vec![(*measure, 1.0)],
        Goal::Mix(parts) => (parts.iter())
            .map(|&(measure, weight)| {
                let best = left.iter().map(|trial| of(measure, trial)).fold(f64::NEG_INFINITY, f64::max);
                (measure, weight / if best.abs() > 0.0 { best.abs() } else { 1.0 })
            })
            .collect(),
    };
    let sign = asked.goal.sense().sign();
    let objective = |trial: &Trial| terms.iter().map(|&(one, weight)| weight * of(one, trial)).sum::<f64>();
    let portfolio = plain.portfolio();
    let scenario = plain.scenario(&portfolio, asked.goal.clone(), 3);
    let scenario = Scenario { next_goals: asked.next.clone(), ..scenario };
    let futures = futures(&factors, tail);
    for solver in Solver::ALL {
        let settings = SelectionSettings { solver, ..exact(1) };
        let valuation = Valuation::new(&portfolio, &scenario).in_futures(Arc::clone(&futures));
        let valuation = hold_confidence(valuation, &settings, &CancelToken::new()).unwrap();
        let found =
            find_options(&mut ScenarioModel::new(&valuation), &settings, &CancelToken::new()).unwrap();
        prop_assert_eq!(found.options.is_empty(), left.is_empty(), "{:?}: {:?}", solver, found);
        let mut better: Vec<Trial> = Vec::new();
        for place in 0..3 {
            let others = left.iter().filter(|trial| differs_enough(&plain, trial, &better, 1));
            let best = others.map(|trial| sign * objective(trial)).fold(f64::NEG_INFINITY, f64::max) * sign;
            let option = found.options.get(place);
            prop_assert_eq!(option.is_some(), best.is_finite(), "option {} by {:?}", place + 1, solver);
            let Some(option) = option else { break };
            let slack = 2e-6 * best.abs().max(1.0);
            let trial = trial_of(&plain, &option.selection);
            let own = objective(&trial);
            prop_assert!(
                (own - option.objective).abs() <= slack,
                "{solver:?}: {} is {own}",
                option.objective
            );
            prop_assert!(
                (option.objective - best).abs() <= slack,
                "option {} by {solver:?}: {}, not {best}",
                place + 1,
                option.objective
            );
            prop_assert!(sign * option.bound >= sign * best - slack, "{solver:?}: {} {best}", option.bound);
            prop_assert!(left.contains(&trial), "{solver:?}: {trial:?}");
            prop_assert!(recheck(&valuation, &option.selection).is_empty());
            better.push(trial);
        }
        if let (Some(first), [next]) = (better.first(), &asked.next[..]) {
            let equals =
                |trial: &&Trial| (objective(trial) - objective(first)).abs() <= 1e-9 * objective(first).abs();
            let best = left
                .iter()
                .filter(equals)
                .map(|trial| sign * of(*next, trial))
                .fold(f64::NEG_INFINITY, f64::max);
            let own = sign * of(*next, first);
            prop_assert!((own - best).abs() <= 2e-6 * best.abs().max(1.0), "{solver:?}: {own}, not {best}");
        }
        prop_assert!(
            solver == Solver::Highs || left.is_empty() || found.status == SolveStatus::Optimal,
            "{solver:?}: {found:?}"
        );
    }
    Ok(())
}

/// All non-dominated points of two measures, the first by rising x.
fn check_frontier(
    plain: &Plain,
    [x, y]: [Measure; 2],
    factors: &Factors,
    tail: usize,
) -> Result<(), TestCaseError> {
    let mut plain = plain.clone();
    plain.rows.iter_mut().for_each(|row| row.min_fraction = None);
    let factors: Factors = factors[..plain.rows.len()].to_vec();
    let known = (&factors, tail);
    let (x_sense, y_sense) = (x.natural_sense(), y.natural_sense());
    let at = |trial: &Trial| {
        let of = |measure: Measure| measured(&plain, known, measure, trial);
        (x_sense.sign() * of(x), y_sense.sign() * of(y))
    };
    let all: Vec<(f64, f64)> = feasible(&plain).iter().map(at).collect();
    let near = |one: f64, other: f64| (one - other).abs() <= 2e-6 * one.abs().max(1.0);
    let beats = |one: &(f64, f64), other: &(f64, f64)| {
        let no_worse = one.0 >= other.0 - 1e-9 && one.1 >= other.1 - 1e-9;
        no_worse && !(near(one.0, other.0) && near(one.1, other.1))
    };
    let best: Vec<&(f64, f64)> =
        all.iter().filter(|point| !all.iter().any(|other| beats(other, point))).collect();
    let portfolio = plain.portfolio();
    let goal = Goal::Single { sense: Sense::Maximise, measure: Measure::StrategicValue };
    let scenario = plain.scenario(&portfolio, goal, 1);
    let valuation = Valuation::new(&portfolio, &scenario).in_futures(futures(&factors, tail));
    let asked = Frontier::new(FrontierX::Measure(x, x_sense), y, y_sense).unwrap();
    for solver in Solver::ALL {
        let settings = SelectionSettings { solver, ..exact(1) };
        let model = ScenarioModel::new(&valuation);
        let found = find_frontier_in_futures(&model, asked, &settings, &CancelToken::new()).unwrap();
        let points: Vec<(f64, f64)> =
            found.points.iter().map(|point| (x_sense.sign() * point.x, y_sense.sign() * point.y)).collect();
        for point in &best {
            let is_same = |other: &(f64, f64)| near(point.0, other.0) && near(point.1, other.1);
            prop_assert!(points.iter().any(is_same), "{solver:?}: {point:?} is not in {points:?}");
        }
        for (point, own) in points.iter().zip(&found.points) {
            prop_assert!(!all.iter().any(|other| beats(other, point)), "{solver:?}: {point:?} is dominated");
            let told = at(&trial_of(&plain, &own.selection));
            prop_assert!(near(told.0, point.0) && near(told.1, point.1), "{solver:?}: {point:?} is {told:?}");
        }
    }
    Ok(())
}

/// Factors of 10 to 24 futures, of which some are shared by all projects, and some projects fail in some.
fn factors(projects: usize) -> impl Strategy<Value = Factors> {
    (10..=24usize).prop_flat_map(move |futures| {
        let shared = prop::collection::vec(0..7u32, futures);
        let own = prop::collection::vec(prop::collection::vec((0..7u32, 0..9u32), futures), projects);
        (shared, own).prop_map(|(shared, own)| {
            let factor = |(&shared, &(cost, benefit)): (&u32, &(u32, u32))| {
                let succeeds = f64::from(u8::from(benefit > 0));
                let cost = 0.6 + 0.1 * f64::from(shared) + 0.1 * f64::from(cost);
                [cost, succeeds * (0.4 + 0.2 * f64::from(benefit)), succeeds]
            };
            own.iter().map(|row| shared.iter().zip(row).map(factor).collect()).collect()
        })
    })
}

fn total() -> impl Strategy<Value = Total> {
    prop::sample::select(Total::ALL.to_vec())
}

fn single() -> impl Strategy<Value = Goal> {
    (total(), any::<bool>()).prop_map(|(total, is_tail)| {
        let measure = if is_tail { cvar(total) } else { mean(total) };
        Goal::Single { sense: measure.natural_sense(), measure }
    })
}

fn mix() -> impl Strategy<Value = Goal> {
    (1..5u32, prop::sample::select(vec![Total::Npv, Total::Benefit])).prop_map(|(weight, total)| {
        let mut parts = vec![(cvar(total), f64::from(weight)), (Measure::StrategicValue, 2.0)];
        parts.sort_by_key(|&(measure, _)| measure);
        Goal::Mix(parts)
    })
}

fn limit() -> impl Strategy<Value = (Measure, LimitBound)> {
    (total(), any::<bool>(), -20..60i32).prop_map(|(total, is_tail, amount)| {
        let measure = if is_tail { cvar(total) } else { mean(total) };
        let amount = f64::from(amount);
        (measure, if total == Total::Cost { LimitBound::Max(amount.abs()) } else { LimitBound::Min(amount) })
    })
}

proptest! {
    // Each case is searched many times by three engines.
    #![proptest_config(ProptestConfig { cases: cases() / 3 + 1, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn goals_and_limits_of_simulated_futures(
        plain in plain(3..=7, 1),
        goal in prop_oneof![3 => single(), 1 => mix()],
        limits in prop::collection::vec(limit(), 0..=2),
        factors in factors(7),
        tail in 1..=5usize,
    ) {
        check(&plain, &Asked { goal, next: Vec::new(), limits }, &factors, tail)?;
    }

    #[test]
    fn goals_in_order_of_simulated_futures(
        plain in plain(3..=6, 1),
        factors in factors(7),
        tail in 1..=5usize,
    ) {
        let goal = Goal::Single { sense: Sense::Maximise, measure: Measure::Projects };
        check(&plain, &Asked { goal, next: vec![cvar(Total::Npv)], limits: Vec::new() }, &factors, tail)?;
    }

    #[test]
    fn frontiers_of_simulated_futures(
        plain in plain(3..=6, 1),
        y in prop::sample::select(vec![cvar(Total::Npv), mean(Total::Npv), cvar(Total::Benefit)]),
        x in prop::sample::select(vec![Measure::Cost, cvar(Total::Cost), mean(Total::Cost), mean(Total::StrategicValue)]),
        factors in factors(7),
        tail in 1..=5usize,
    ) {
        check_frontier(&plain, [x, y], &factors, tail)?;
    }
}
