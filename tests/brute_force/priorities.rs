//! Limits that give way in the order of their priorities, compared with what trying all selections gives.

use std::collections::BTreeSet;

use cutline::domain::{LimitBound, Measure, NamedLimit, ProjectIx, Scenario, SelectionSettings, Solver};
use cutline::finance::Valuation;
use cutline::optimise::{ScenarioModel, SolveStatus, find_options, hold_priorities, recheck};
use cutline::progress::CancelToken;
use proptest::prelude::*;

use crate::common::trials::{Trial, trial_of};
use crate::common::{Plain, exact, maximise};
use crate::ties::feasible;
use crate::{cases, plain, worth};

/// A limit in plain numbers.
#[derive(Clone, Debug)]
struct Soft {
    measure: Measure,
    bound: LimitBound,
    members: BTreeSet<usize>,
    priority: u32,
}

impl Soft {
    fn limit(&self, place: usize, projects: usize) -> NamedLimit {
        let members = self.members(projects).into_iter().map(ProjectIx::new).collect();
        let name = format!("limit {place}");
        NamedLimit::new(name.as_str().into(), self.measure, Some(members), None, vec![self.bound], None)
            .unwrap()
            .with_priority(Some(self.priority))
            .unwrap()
    }

    fn members(&self, projects: usize) -> BTreeSet<usize> {
        self.members.iter().map(|member| member % projects).collect()
    }

    /// The violation of a trial, relative to the bound, or to what all projects have where that is 0.
    fn shortfall(&self, plain: &Plain, trial: &Trial) -> f64 {
        let members = self.members(plain.rows.len());
        let own: Trial = (0..trial.len()).map(|one| trial[one].filter(|_| members.contains(&one))).collect();
        let planned: Trial = plain.rows.iter().map(|row| Some((row.start, 1.0))).collect();
        let (part, whole) = (worth(plain, self.measure, &own), worth(plain, self.measure, trial));
        let all = worth(plain, self.measure, &planned);
        let (missed, size) = match self.bound {
            LimitBound::Min(least) => (least - part, least),
            LimitBound::Max(most) => (part - most, most),
            LimitBound::MinShare(share) => (share * whole - part, share * all),
            LimitBound::MaxShare(share) => (part - share * whole, share * all),
        };
        let size = [size, all, 1.0].into_iter().find(|&size| size > 0.0).unwrap();
        if missed > 1e-9 { missed / size } else { 0.0 }
    }
}

fn soft() -> impl Strategy<Value = Soft> {
    let kind = prop_oneof![
        (0..60u32).prop_map(|most| (Measure::Cost, LimitBound::Max(f64::from(most)))),
        (0..5u32).prop_map(|least| (Measure::Projects, LimitBound::Min(f64::from(least)))),
        (1..9u32).prop_map(|tenths| (Measure::Cost, LimitBound::MinShare(f64::from(tenths) / 10.0))),
        (0..3u32).prop_map(|tenths| (Measure::Projects, LimitBound::MaxShare(f64::from(tenths) / 10.0))),
        (0..2000u32).prop_map(|least| (Measure::StrategicValue, LimitBound::Min(f64::from(least)))),
    ];
    (kind, prop::collection::btree_set(0..6usize, 1..=4), 1..=3u32)
        .prop_map(|((measure, bound), members, priority)| Soft { measure, bound, members, priority })
}

/// The trials that miss the limits of each priority in turn least, and how much they miss.
fn least_missed(plain: &Plain, limits: &[Soft], mut trials: Vec<Trial>) -> (Vec<Trial>, Vec<f64>) {
    let mut shortfalls = Vec::new();
    for priority in 1..=3 {
        let of = |trial: &Trial| -> f64 {
            limits.iter().filter(|one| one.priority == priority).map(|one| one.shortfall(plain, trial)).sum()
        };
        let least = trials.iter().map(of).fold(f64::INFINITY, f64::min);
        trials.retain(|trial| of(trial) <= least + 1e-7);
        shortfalls.push(least);
    }
    (trials, shortfalls)
}

fn check(plain: &Plain, limits: &[Soft], measure: Measure) -> Result<(), TestCaseError> {
    let mut plain = plain.clone();
    // What a share loses on one side it may gain on another, so that its best value lies anywhere.
    plain.rows.iter_mut().for_each(|row| row.min_fraction = None);
    let count = plain.rows.len();
    plain.named_limits = limits.iter().enumerate().map(|(place, limit)| limit.limit(place, count)).collect();
    let (left, shortfalls) = least_missed(&plain, limits, feasible(&plain));
    let best = left.iter().map(|trial| worth(&plain, measure, trial)).fold(f64::NEG_INFINITY, f64::max);
    let portfolio = plain.portfolio();
    let scenario: Scenario = plain.scenario(&portfolio, maximise(measure), 2);
    let valuation = Valuation::new(&portfolio, &scenario);
    for solver in Solver::ALL {
        let settings = SelectionSettings { solver, ..exact(1) };
        let held = hold_priorities(&valuation, &settings, &CancelToken::new()).unwrap();
        let found =
            find_options(&mut ScenarioModel::new(&held.valuation), &settings, &CancelToken::new()).unwrap();
        if left.is_empty() {
            prop_assert_eq!(found.status, SolveStatus::Infeasible);
            continue;
        }
        prop_assert!(held.is_proven && found.status == SolveStatus::Optimal, "{solver:?}");
        for option in &found.options {
            prop_assert!(recheck(&held.valuation, &option.selection).is_empty());
            for priority in 1..=3 {
                let (missed, least) = (
                    held.valuation.shortfall(priority, &option.selection),
                    shortfalls[priority as usize - 1],
                );
                prop_assert!((missed - least).abs() < 1e-6, "{solver:?}, {priority}: {missed}, not {least}");
            }
            let trial = trial_of(&plain, &option.selection);
            prop_assert!(left.contains(&trial), "{solver:?}: {trial:?}");
        }
        let objective = found.options[0].objective;
        prop_assert!(
            (objective - best).abs() < 1e-6 * best.abs().max(1.0),
            "{solver:?}: {objective}, not {best}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn limits_give_way_in_the_order_of_their_priorities(
        plain in plain(3..=6, 1),
        limits in prop::collection::vec(soft(), 1..=4),
        by_npv in any::<bool>(),
    ) {
        check(&plain, &limits, if by_npv { Measure::Npv } else { Measure::StrategicValue })?;
    }
}
