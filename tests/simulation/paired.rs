//! Options beside the next in rank, on the same trials.

use cutline::domain::Statistic;
use cutline::simulate::{Paired, compare_with_next};

use super::*;

/// A varies much, B and C little and apart from each other. Both options hold A.
fn options() -> (Portfolio, [Selection; 2]) {
    let cost = |sd: f64| [factor(Distribution::Normal { mean: 1.0, sd }, &[]), None, None];
    let candidates = [("A", cost(1.0)), ("B", cost(0.1)), ("C", cost(0.2))];
    let portfolio = portfolio(candidates.map(|(id, factors)| (project(id, 1.0), factors)).to_vec());
    (portfolio, [selection(&[0, 1]), selection(&[0, 2])])
}

fn paired(
    (portfolio, options): &(Portfolio, [Selection; 2]),
    samples: &Samples,
    statistic: Option<Statistic>,
) -> Paired {
    let scenario = scenario(portfolio, no_limits());
    let valuation = Valuation::new(portfolio, &scenario);
    let by = (Measure::Npv, Sense::Maximise);
    let options: Vec<&Selection> = options.iter().collect();
    let found = compare_with_next(samples, &valuation, by, statistic, &options).unwrap();
    assert_eq!(found.len(), 1);
    found[0]
}

#[test]
fn what_both_options_hold_does_not_part_them() {
    let case = options();
    for sampling in METHODS {
        let samples = draw(&case.0, 7, 10_000, sampling);
        let found = paired(&case, &samples, Some(Statistic::Mean));
        // The costs of B and C, 140 each, have means alike: each option wins half of the trials.
        assert_near(found.beats, 0.5, 4.0);
        let error = found.error.unwrap();
        let alone = risks(&case.0, no_limits(), &samples, &case.1)[0].npv.mean.error;
        let count = samples.trials() as f64;
        if sampling == SamplingMethod::Random {
            let expected = 140.0 * 0.05_f64.sqrt() / count.sqrt();
            assert!((error / expected - 1.0).abs() < 0.05, "{error} is not {expected}");
            assert!(error < alone / 4.0, "{error} {alone}");
        }
        assert!(error > 0.0);
        assert_eq!(paired(&case, &samples, None).error, None);
    }
}

#[test]
fn an_option_beside_itself_wins_half_of_the_trials() {
    let (portfolio, [first, _]) = options();
    let samples = draw(&portfolio, 7, 1_000, SamplingMethod::Latin);
    let found = paired(&(portfolio, [first.clone(), first]), &samples, Some(Statistic::P10));
    assert_eq!((found.beats.value, found.error), (0.5, Some(0.0)));
}

#[test]
fn errors_of_differences_are_honest_for_every_statistic() {
    let case = options();
    let statistics =
        [Statistic::Mean, Statistic::Sd, Statistic::P10, Statistic::P50, Statistic::P90, Statistic::Cvar];
    for sampling in METHODS {
        let mut found = vec![Vec::new(); statistics.len()];
        for seed in 0..60 {
            let samples = draw(&case.0, seed, 2_048, sampling);
            let risks = risks(&case.0, no_limits(), &samples, &case.1);
            for (found, statistic) in found.iter_mut().zip(statistics) {
                let of = |option: usize| risks[option].npv.statistic(statistic).unwrap().value;
                let error = paired(&case, &samples, Some(statistic)).error.unwrap();
                found.push(Estimate { value: of(0) - of(1), error });
            }
        }
        for (found, statistic) in found.into_iter().zip(statistics) {
            let (seen, reported) = spread(found.into_iter());
            let ratio = seen / reported;
            assert!(
                (1.0 / 1.5..1.5).contains(&ratio),
                "{sampling:?} {statistic:?}: {seen} seen, {reported} reported"
            );
        }
    }
}
