//! Probabilities that key results are reached, against closed forms.

use cutline::domain::{
    Distribution, Effect, FactorModel, KeyResult, KeyResults, PeriodIx, Portfolio, ProjectIx, Quantity,
    RiskRegister,
};
use statrs::distribution::{ContinuousCDF, Normal};

use super::{METHODS, assert_near, draw, factor, no_limits, portfolio, project, risks, selection};

const TRIALS: usize = 20_000;

/// A key result due in the second period, changed by each project in the first and in the second.
fn with_key_result(
    projects: &[(f64, [f64; 2])],
    factors: Vec<Option<FactorModel>>,
    (baseline, target): (f64, f64),
) -> Portfolio {
    let ids = ["A", "B", "C"];
    let candidates =
        projects.iter().zip(ids).map(|(&(success, _), id)| (project(id, success), [None, None, None]));
    let one = KeyResult {
        id: "churn".into(),
        objective: 0,
        name: "Churn".to_owned(),
        unit: "%".to_owned(),
        baseline,
        target,
        due: PeriodIx::new(1),
        weight: 1.0,
    };
    let effect =
        |&(_, profile): &(f64, [f64; 2])| vec![Effect { key_result: 0, profile: profile.to_vec().into() }];
    let effects = projects.iter().map(effect).collect();
    let key_results = KeyResults::new(vec![one], effects, factors.into()).unwrap();
    portfolio(candidates.collect()).with_key_results(key_results).unwrap()
}

#[test]
fn success_decides_how_often_a_target_is_reached_and_who_is_missed_most() {
    // Either of the two is enough: 1 − 0.3 × 0.5.
    let projects = [(0.7, [0.0, -4.0]), (0.5, [-4.0, 0.0]), (1.0, [0.0, 0.5])];
    let portfolio = with_key_result(&projects[..2], vec![None; 2], (8.0, 4.0));
    for sampling in METHODS {
        let samples = draw(&portfolio, 3, TRIALS, sampling);
        let risk = &risks(&portfolio, no_limits(), &samples, &[selection(&[0, 1])])[0];
        let [churn] = &risk.key_results[..] else { panic!("one key result") };
        assert_near(churn.reached, 0.85, 4.0);
        assert_near(churn.value.mean, 8.0 - 4.0 * 1.2, 4.0);
        let (without, share) = churn.without.unwrap();
        assert_eq!(without, ProjectIx::new(0), "without A only B is left, with 0.5");
        assert!((share - 0.5).abs() < 4.0 * (0.25 / TRIALS as f64).sqrt(), "{share}");
    }
    // What leads away is missed by none, and makes both needed.
    let portfolio = with_key_result(&projects, vec![None; 3], (8.0, 4.0));
    let samples = draw(&portfolio, 3, TRIALS, METHODS[0]);
    let risk = &risks(&portfolio, no_limits(), &samples, &[selection(&[0, 1, 2])])[0];
    assert_near(risk.key_results[0].reached, 0.35, 4.0);
    assert_eq!(risk.key_results[0].without.map(|(_, share)| share), Some(0.0));
}

#[test]
fn uncertain_effects_reach_a_target_as_often_as_their_distribution_says() {
    let normal = || factor(Distribution::Normal { mean: 1.0, sd: 0.2 }, &[]);
    for (baseline, target, sign) in [(2.0, 11.0, 1.0), (20.0, 11.0, -1.0)] {
        let projects = [(1.0, [sign * 4.0, sign * 6.0])];
        let portfolio = with_key_result(&projects, vec![normal()], (baseline, target));
        for sampling in METHODS {
            let samples = draw(&portfolio, 8, TRIALS, sampling);
            let risk = &risks(&portfolio, no_limits(), &samples, &[selection(&[0])])[0];
            let churn = &risk.key_results[0];
            // Ten units of effect times the factor: nine are needed.
            assert_near(churn.reached, 1.0 - Normal::new(1.0, 0.2).unwrap().cdf(0.9), 4.0);
            assert_near(churn.value.mean, baseline + sign * 10.0, 4.0);
            assert_near(churn.value.sd, 2.0, 4.0);
            assert_near(churn.value.p50, baseline + sign * 10.0, 4.0);
            assert_eq!(churn.without, Some((ProjectIx::new(0), 0.0)));
        }
    }
}

#[test]
fn what_is_certain_is_told_without_error() {
    let projects = [(1.0, [1.0, 2.0]), (1.0, [0.0, 4.0])];
    let portfolio = with_key_result(&projects, vec![None; 2], (0.0, 7.0));
    let samples = draw(&portfolio, 8, 1_000, METHODS[1]);
    let of = |chosen: &[usize]| {
        risks(&portfolio, no_limits(), &samples, &[selection(chosen)])[0].key_results[0].clone()
    };
    let (all, one) = (of(&[0, 1]), of(&[1]));
    assert_eq!(
        (all.reached.value, all.reached.error, all.value.mean.value, all.value.sd.value),
        (1.0, 0.0, 7.0, 0.0)
    );
    assert_eq!((one.reached.value, one.value.p90.value, one.without), (0.0, 4.0, None));
}

#[test]
fn effects_change_no_other_draw() {
    let plain = portfolio(vec![(
        project("A", 0.7),
        [None, factor(Distribution::Uniform { low: 0.5, high: 1.5 }, &[]), None],
    )]);
    let one = KeyResult {
        id: "churn".into(),
        objective: 0,
        name: "Churn".to_owned(),
        unit: String::new(),
        baseline: 0.0,
        target: 1.0,
        due: PeriodIx::new(0),
        weight: 1.0,
    };
    let effects = vec![vec![Effect { key_result: 0, profile: vec![1.0, 0.0].into() }]];
    let uncertain = vec![factor(Distribution::Uniform { low: 0.5, high: 1.5 }, &[])];
    let key_results = KeyResults::new(vec![one], effects.into(), uncertain.into()).unwrap();
    let with = plain.clone().with_key_results(key_results).unwrap();
    for sampling in METHODS {
        let (before, after) = (draw(&plain, 5, 1_000, sampling), draw(&with, 5, 1_000, sampling));
        let project = ProjectIx::new(0);
        assert_eq!(before.successes(project), after.successes(project));
        assert_eq!(before.factors(project, Quantity::Benefit), after.factors(project, Quantity::Benefit));
        let effects = after.factors(project, Quantity::Effect);
        assert!(
            after
                .successes(project)
                .iter()
                .zip(effects)
                .all(|(success, effect)| (*success == 0.0) == (effect == 0.0))
        );
    }
}

#[test]
fn what_comes_late_may_miss_when_it_is_due() {
    // Due in the second period: 4 in the first and 6 in the second, of which 8 are needed.
    let planned = with_key_result(&[(1.0, [4.0, 6.0])], vec![None], (0.0, 8.0));
    let late = |distribution: Distribution| {
        let delays = vec![factor(distribution, &[])].into();
        planned.clone().with_risks(RiskRegister::default().with_delays(delays)).unwrap()
    };
    let portfolio = late(Distribution::Uniform { low: 0.0, high: 2.0 });
    for sampling in METHODS {
        let samples = draw(&portfolio, 8, TRIALS, sampling);
        let risk = &risks(&portfolio, no_limits(), &samples, &[selection(&[0])])[0];
        let churn = &risk.key_results[0];
        // By the end of the second period 10 − 6 d below one period, 4 − 4 (d − 1) beyond: 8 up to a third of a period.
        assert_near(churn.reached, 1.0 / 6.0, 4.0);
        assert_near(churn.value.mean, 0.5 * 7.0 + 0.5 * 2.0, 4.0);
        assert_near(churn.value.p50, 4.0, 4.0);
        assert_eq!(churn.without, Some((ProjectIx::new(0), 0.0)));
    }
    let portfolio = late(Distribution::Fixed { value: 1.0 });
    let samples = draw(&portfolio, 8, 500, METHODS[0]);
    let churn = &risks(&portfolio, no_limits(), &samples, &[selection(&[0])])[0].key_results[0];
    assert_eq!((churn.value.mean.value, churn.value.mean.error, churn.reached.value), (4.0, 0.0, 0.0));
}
