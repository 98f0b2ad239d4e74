//! Limits that hold in futures with a confidence, compared with what trying all selections gives: the mean over the
//! worst futures by sorting them, and chances by counting.

use std::collections::BTreeSet;
use std::sync::Arc;

use cutline::domain::{
    ByProject, Confidence, HeldInFutures, LineIx, Measure, NamedLimit, PeriodIx, ProjectIx, ResourceIx,
    RiskMeasure, Scenario, SelectionSettings, Sense, Solver,
};
use cutline::finance::{Futures, TrialFactor, Valuation};
use cutline::optimise::{ScenarioModel, SolveStatus, find_options, hold_confidence, recheck};
use cutline::progress::CancelToken;
use proptest::prelude::*;

use crate::common::trials::{Trial, deferred, differs_enough, trial_of};
use crate::common::{Give, Plain, PlainProject, exact, maximise};
use crate::ties::feasible;
use crate::{cases, order, plain, worth};

/// What a limit counts.
#[derive(Clone, Copy, Debug)]
enum Counted {
    Line(usize),
    AllLines,
    Role(usize),
}

/// A limit in plain numbers.
#[derive(Clone, Debug)]
struct Sure {
    counted: Counted,
    /// Tenths.
    level: u32,
    risk: RiskMeasure,
    is_joint: bool,
    /// The largest amount, the projects that count, and the period if it is one.
    own: Option<(f64, BTreeSet<usize>, Option<usize>)>,
}

/// Factors on costs and demands: per project, per future.
type Factors = Vec<Vec<f64>>;

impl Sure {
    fn limit(&self, place: usize, plain: &Plain) -> Option<NamedLimit> {
        let measure = match self.counted {
            Counted::Line(line) => Measure::Line(LineIx::new(line % plain.budgets.len())),
            Counted::AllLines => Measure::Cost,
            Counted::Role(_) if plain.capacities.is_empty() => return None,
            Counted::Role(role) => Measure::Resource(ResourceIx::new(role % plain.capacities.len())),
        };
        let is_joint = self.is_joint && self.own.is_none();
        let confidence = Confidence::new(f64::from(self.level) / 10.0, self.risk, is_joint).unwrap();
        let most = self.own.as_ref().map(|(most, ..)| *most);
        let members =
            self.own.as_ref().map(|_| self.members(plain).into_iter().map(ProjectIx::new).collect());
        let period = self.own.as_ref().and_then(|(_, _, period)| *period);
        let periods = period.map(|period| vec![PeriodIx::new(period % plain.periods)]);
        let held = HeldInFutures { confidence, most };
        let name = format!("sure {place}");
        Some(NamedLimit::held_in_futures(name.as_str().into(), measure, members, periods, held).unwrap())
    }

    fn members(&self, plain: &Plain) -> BTreeSet<usize> {
        match &self.own {
            Some((_, members, _)) => members.iter().map(|member| member % plain.rows.len()).collect(),
            None => (0..plain.rows.len()).collect(),
        }
    }

    /// What a trial takes in a period of one future.
    fn taken(&self, plain: &Plain, factors: &Factors, trial: &Trial, period: usize, future: usize) -> f64 {
        let of_row = |row: &PlainProject, delay: usize| match self.counted {
            Counted::Line(line) => deferred(&row.costs[line % row.costs.len()], delay, period),
            Counted::AllLines => row.costs.iter().map(|line| deferred(line, delay, period)).sum(),
            Counted::Role(role) => deferred(&row.demands[role % row.demands.len()], delay, period),
        };
        let members = self.members(plain);
        let chosen = plain.rows.iter().zip(trial).enumerate().filter(|(place, _)| members.contains(place));
        chosen
            .map(|(place, (row, choice))| {
                choice.map_or(0.0, |(start, _)| of_row(row, start - row.start) * factors[place][future])
            })
            .sum()
    }

    /// The limit of a period; `None` where there is none.
    fn supply(&self, plain: &Plain, period: usize) -> Option<f64> {
        match self.counted {
            Counted::Line(line) => plain.budgets[line % plain.budgets.len()].as_ref().map(|own| own[period]),
            Counted::AllLines => plain.all_lines.as_ref().map(|own| own[period]),
            Counted::Role(role) => {
                plain.capacities[role % plain.capacities.len()].as_ref().map(|own| own[period])
            }
        }
    }

    /// By how much each part is exceeded, future by future: parts are held one by one.
    fn parts(&self, plain: &Plain, factors: &Factors, trial: &Trial) -> Vec<Vec<f64>> {
        let futures = factors[0].len();
        let taken = |period: usize, future: usize| self.taken(plain, factors, trial, period, future);
        if let Some((most, _, period)) = &self.own {
            let periods = match period {
                Some(period) => period % plain.periods..period % plain.periods + 1,
                None => 0..plain.periods,
            };
            let excess =
                |future: usize| periods.clone().map(|period| taken(period, future)).sum::<f64>() - most;
            return vec![(0..futures).map(excess).collect()];
        }
        let limited = (0..plain.periods).filter_map(|period| Some((period, self.supply(plain, period)?)));
        let parts: Vec<Vec<f64>> = limited
            .map(|(period, limit)| (0..futures).map(|future| taken(period, future) - limit).collect())
            .collect();
        if self.is_joint && !parts.is_empty() {
            let worst =
                |future: usize| parts.iter().map(|part| part[future]).fold(f64::NEG_INFINITY, f64::max);
            return vec![(0..futures).map(worst).collect()];
        }
        parts
    }

    fn holds(&self, plain: &Plain, factors: &Factors, trial: &Trial) -> bool {
        self.parts(plain, factors, trial).into_iter().all(|mut excess| {
            let left = (f64::from(10 - self.level) / 10.0) * excess.len() as f64;
            match self.risk {
                RiskMeasure::Chance => excess.iter().filter(|&&one| one > 1e-9).count() as f64 <= left + 1e-9,
                RiskMeasure::Cvar => {
                    excess.sort_by(|one, other| other.total_cmp(one));
                    let (mut left, mut sum) = (left.max(1.0), 0.0);
                    let all = left;
                    for one in excess {
                        sum += left.min(1.0) * one;
                        left = (left - 1.0).max(0.0);
                    }
                    sum / all <= 1e-9
                }
            }
        })
    }
}

fn sure() -> impl Strategy<Value = Sure> {
    let counted = prop_oneof![
        (0..2usize).prop_map(Counted::Line),
        Just(Counted::AllLines),
        (0..2usize).prop_map(Counted::Role),
    ];
    let own = (0..40u32, prop::collection::btree_set(0..6usize, 1..=5), prop::option::of(0..3usize))
        .prop_map(|(most, members, period)| (f64::from(most), members, period));
    (counted, 1..=9u32, any::<bool>(), any::<bool>(), prop::option::weighted(0.4, own)).prop_map(
        |(counted, level, is_chance, is_joint, own)| Sure {
            counted,
            level,
            risk: if is_chance { RiskMeasure::Chance } else { RiskMeasure::Cvar },
            is_joint,
            own,
        },
    )
}

/// Factors from 0.6 to 1.9: of each future some of its own, and some that all projects share.
fn factors(projects: usize) -> impl Strategy<Value = Factors> {
    (10..=30usize).prop_flat_map(move |futures| {
        let shared = prop::collection::vec(0..7u32, futures);
        let own = prop::collection::vec(prop::collection::vec(0..7u32, futures), projects);
        (shared, own).prop_map(|(shared, own)| {
            let factor = |(&shared, &own): (&u32, &u32)| 0.6 + 0.1 * f64::from(shared) + 0.1 * f64::from(own);
            own.iter().map(|row| shared.iter().zip(row).map(factor).collect()).collect()
        })
    })
}

fn check(plain: &Plain, limits: &[Sure], factors: &Factors, measure: Measure) -> Result<(), TestCaseError> {
    let mut plain = plain.clone();
    plain.rows.iter_mut().for_each(|row| row.min_fraction = None);
    let factors: Factors = factors[..plain.rows.len()].to_vec();
    let (limits, named): (Vec<&Sure>, Vec<NamedLimit>) =
        limits.iter().enumerate().filter_map(|(place, one)| Some((one, one.limit(place, &plain)?))).unzip();
    plain.named_limits = named;
    let mut left = feasible(&plain);
    left.retain(|trial| limits.iter().all(|limit| limit.holds(&plain, &factors, trial)));
    let portfolio = plain.portfolio();
    let scenario: Scenario = plain.scenario(&portfolio, maximise(measure), 4);
    let columns: ByProject<TrialFactor> = factors.iter().cloned().map(TrialFactor::of).collect();
    let futures = Arc::new(Futures::of_spending(factors[0].len(), columns.clone(), columns));
    for solver in Solver::ALL {
        let settings = SelectionSettings { solver, ..exact(1) };
        let valuation = Valuation::new(&portfolio, &scenario).in_futures(Arc::clone(&futures));
        let valuation = hold_confidence(valuation, &settings, &CancelToken::new()).unwrap();
        let found =
            find_options(&mut ScenarioModel::new(&valuation), &settings, &CancelToken::new()).unwrap();
        let expected = if left.is_empty() { SolveStatus::Infeasible } else { SolveStatus::Optimal };
        prop_assert_eq!(found.status, expected, "{:?}: {:?}", solver, found);
        let mut better: Vec<Trial> = Vec::new();
        for place in 0..4 {
            let first = (left.iter().filter(|trial| differs_enough(&plain, trial, &better, 1)))
                .min_by_key(|trial| order(&plain, (Sense::Maximise, measure), trial));
            let option = found.options.get(place);
            prop_assert_eq!(option.is_some(), first.is_some(), "option {} by {:?}", place + 1, solver);
            let (Some(option), Some(first)) = (option, first) else { break };
            let best = worth(&plain, measure, first);
            prop_assert!(
                (option.objective - best).abs() <= 1e-6 * best.abs().max(1.0),
                "option {} by {solver:?}: {}, not {best}",
                place + 1,
                option.objective
            );
            let trial = trial_of(&plain, &option.selection);
            prop_assert!(left.contains(&trial), "{solver:?}: {trial:?}");
            prop_assert!(recheck(&valuation, &option.selection).is_empty());
            better.push(trial);
        }
    }
    Ok(())
}

/// The mean over the futures of what is spent beyond the budgets, over all lines and periods.
fn mean_overruns(plain: &Plain, factors: &Factors, trial: &Trial) -> f64 {
    let futures = factors[0].len();
    let beyond = |line: usize, budget: &[f64], period: usize, future: usize| {
        let spend: f64 = (plain.rows.iter().zip(trial).zip(factors))
            .filter_map(|((row, choice), factors)| {
                let (start, _) = (*choice)?;
                Some(deferred(&row.costs[line], start - row.start, period) * factors[future])
            })
            .sum();
        (spend - budget[period]).max(0.0)
    };
    let mut sum = 0.0;
    for (line, budget) in plain.budgets.iter().enumerate() {
        let Some(budget) = budget else { continue };
        for period in 0..plain.periods {
            sum += (0..futures).map(|future| beyond(line, budget, period, future)).sum::<f64>();
        }
    }
    sum / futures as f64
}

/// Overruns at a price per unit of their means, which trying all selections gives, too.
fn check_expected(plain: &Plain, factors: &Factors, price: f64) -> Result<(), TestCaseError> {
    let mut plain = plain.clone();
    plain.rows.iter_mut().for_each(|row| row.min_fraction = None);
    plain.give =
        vec![Give { overrun: Some((0.0, price)), is_expected: true, ..Give::default() }; plain.budgets.len()];
    let factors: Factors = factors[..plain.rows.len()].to_vec();
    let net = |trial: &Trial| {
        worth(&plain, Measure::StrategicValue, trial) - price * mean_overruns(&plain, &factors, trial)
    };
    let mut best: Vec<f64> = feasible(&plain).iter().map(net).collect();
    best.sort_by(|one, other| other.total_cmp(one));
    let portfolio = plain.portfolio();
    let scenario: Scenario = plain.scenario(&portfolio, maximise(Measure::StrategicValue), 1);
    let columns: ByProject<TrialFactor> = factors.iter().cloned().map(TrialFactor::of).collect();
    let futures = Arc::new(Futures::of_spending(factors[0].len(), columns.clone(), columns));
    for solver in Solver::ALL {
        let settings = SelectionSettings { solver, ..exact(1) };
        let valuation = Valuation::new(&portfolio, &scenario).in_futures(Arc::clone(&futures));
        let valuation = hold_confidence(valuation, &settings, &CancelToken::new()).unwrap();
        let found =
            find_options(&mut ScenarioModel::new(&valuation), &settings, &CancelToken::new()).unwrap();
        prop_assert_eq!(found.options.is_empty(), best.is_empty());
        let (Some(first), Some(&best)) = (found.options.first(), best.first()) else { continue };
        let slack = 1e-6 * (1.0 + best.abs());
        let own = net(&trial_of(&plain, &first.selection));
        prop_assert!((own - first.objective).abs() <= slack, "{solver:?}: {} is {own}", first.objective);
        prop_assert!(first.bound >= best - slack, "{solver:?}: the bound {} is below {best}", first.bound);
        prop_assert!((first.objective - best).abs() <= slack, "{solver:?}: {}, not {best}", first.objective);
        prop_assert!(
            solver == Solver::Highs || found.status == SolveStatus::Optimal,
            "{solver:?}: {found:?}"
        );
    }
    Ok(())
}

proptest! {
    // Each case is searched many times by three engines.
    #![proptest_config(ProptestConfig { cases: cases() / 3 + 1, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn limits_hold_in_futures_with_their_confidence(
        plain in plain(3..=7, 1),
        limits in prop::collection::vec(sure(), 1..=3),
        factors in factors(7),
        by_npv in any::<bool>(),
    ) {
        check(&plain, &limits, &factors, if by_npv { Measure::Npv } else { Measure::StrategicValue })?;
    }

    #[test]
    fn overruns_are_priced_on_their_means_over_futures(
        plain in plain(3..=7, 1),
        factors in factors(7),
        price in 1..60u32,
    ) {
        check_expected(&plain, &factors, f64::from(price))?;
    }
}
