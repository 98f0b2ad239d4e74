//! Points of the Sobol sequence: nets, and what they are assigned to.

use cutline::domain::RiskRegister;

use super::risks_and_impacts::{impact, register};
use super::*;

/// A cost factor that is the uniform number of a driver itself.
fn follows(driver: usize) -> [Option<FactorModel>; 3] {
    [factor(Distribution::Uniform { low: 0.0, high: 1.0 }, &[(driver, 1.0)]), None, None]
}

/// True if in every net of 64 points each box of area 1/64 holds one point, whatever its shape.
fn every_net_fills_the_square(first: &[f64], second: &[f64]) -> bool {
    let fills = |xs: &[f64], ys: &[f64], bits: i32| {
        let scaled = |value: &f64, bits: i32| (value * 2_f64.powi(bits)) as u32;
        let place = |(x, y): (&f64, &f64)| scaled(x, bits) << (6 - bits) | scaled(y, 6 - bits);
        let mut boxes: Vec<u32> = xs.iter().zip(ys).map(place).collect();
        boxes.sort_unstable();
        boxes.into_iter().eq(0..64)
    };
    first.chunks(64).zip(second.chunks(64)).all(|(xs, ys)| (0..=6).all(|bits| fills(xs, ys, bits)))
}

#[test]
fn drivers_lie_on_the_first_dimensions_and_nets_are_scrambled_apart() {
    // 1,024 trials are 16 nets of 64.
    let portfolio = portfolio(vec![(project("A", 1.0), follows(0)), (project("B", 1.0), follows(1))]);
    let samples = draw(&portfolio, 5, 1_024, SamplingMethod::Sobol);
    let of = |project: usize| samples.factors(ProjectIx::new(project), Quantity::Cost);
    let (first, second) = (of(0), of(1));
    assert!(every_net_fills_the_square(&first, &second));
    let nets: std::collections::BTreeSet<Vec<u64>> =
        first.chunks(64).map(|net| net.iter().map(|value| value.to_bits()).collect()).collect();
    assert_eq!(nets.len(), 16, "every net is scrambled on its own");
}

#[test]
fn what_varies_most_lies_on_the_first_dimensions() {
    let within = |reach: f64| {
        let cost = factor(Distribution::Uniform { low: 1.0 - reach, high: 1.0 + reach }, &[]);
        [cost, None, None]
    };
    let candidates = [("A", 0.01), ("B", 0.5), ("C", 0.02), ("D", 0.25)];
    let portfolio = portfolio(candidates.map(|(id, reach)| (project(id, 1.0), within(reach))).to_vec());
    let samples = draw(&portfolio, 5, 1_024, SamplingMethod::Sobol);
    let of = |project: usize, reach: f64| -> Vec<f64> {
        let factors = samples.factors(ProjectIx::new(project), Quantity::Cost);
        factors.into_iter().map(|factor| (factor - 1.0 + reach) / (2.0 * reach)).collect()
    };
    assert!(every_net_fills_the_square(&of(1, 0.5), &of(3, 0.25)));
    assert!(!every_net_fills_the_square(&of(0, 0.01), &of(2, 0.02)));
}

/// Events that hit the costs of two projects, and what one of them does to a third is not known before.
fn events_of(portfolio: &Portfolio) -> RiskRegister {
    let fixed = |value: f64| Distribution::Fixed { value };
    let hits = [
        (0, impact(0, Quantity::Cost, fixed(2.0))),
        (1, impact(1, Quantity::Cost, fixed(3.0))),
        (2, impact(1, Quantity::Cost, Distribution::Uniform { low: 1.0, high: 2.0 })),
    ];
    register(portfolio, &[("flood", 0.5), ("strike", 0.25)], &hits)
}

#[test]
fn events_lie_behind_drivers_and_their_impacts_among_the_rest() {
    let certain = || [None, None, None];
    let three = || portfolio(["A", "B", "C"].map(|id| (project(id, 1.0), certain())).to_vec());
    let portfolio = three().with_risks(events_of(&three())).unwrap();
    let samples = draw(&portfolio, 5, 1_024, SamplingMethod::Sobol);
    let of = |project: usize| samples.factors(ProjectIx::new(project), Quantity::Cost);
    let (flood, strike, size) = (of(0), of(1), of(2));
    for net in 0..16 {
        let trials = net * 64..(net + 1) * 64;
        let both = trials.clone().filter(|&trial| flood[trial] > 1.0 && strike[trial] > 1.0).count();
        assert_eq!(both, 8, "of each net as many as of a product of probabilities");
        // Sizes are known where the event occurs alone: the third dimension is spread evenly over the second one.
        let large = trials.filter(|&trial| size[trial] > 1.5).count();
        assert!((7..=9).contains(&large), "{large}");
    }
}

#[test]
fn nets_know_the_mean_of_products_of_events_better_than_latin_hypercubes() {
    let names = ["A", "B", "C"];
    let three = || portfolio(names.map(|id| (project(id, 1.0), [None, None, None])).to_vec());
    let hits: Vec<_> = (0..3)
        .flat_map(|one| {
            (0..3).map(move |event| {
                (one, impact(event, Quantity::Cost, Distribution::Uniform { low: 1.0, high: 3.0 }))
            })
        })
        .collect();
    let all = [("flood", 0.5), ("law", 0.4), ("strike", 0.3)];
    let portfolio = three().with_risks(register(&three(), &all, &hits)).unwrap();
    let spread_of = |sampling| {
        let means = (0..30).map(|seed| {
            let samples = draw(&portfolio, seed, 2_048, sampling);
            risks(&portfolio, no_limits(), &samples, &[selection(&[0, 1, 2])])[0].cost.mean
        });
        spread(means).0
    };
    let (sobol, latin) = (spread_of(SamplingMethod::Sobol), spread_of(SamplingMethod::Latin));
    assert!(sobol < 0.6 * latin, "{sobol} is not clearly less than {latin}");
}

#[test]
fn nets_know_the_mean_of_a_sum_better_than_latin_hypercubes() {
    // Of products, success times benefit, a Latin hypercube knows no more than independent trials do.
    let spread_of = |sampling| spread(means_of_seeds(sampling, 2_048, 30).0.iter().map(|one| one.mean)).0;
    let (sobol, latin) = (spread_of(SamplingMethod::Sobol), spread_of(SamplingMethod::Latin));
    assert!(sobol < latin, "{sobol} is not less than {latin}");
}

/// Error variances of a bundled portfolio: the figures of docs/guide/risk.md.
#[test]
#[ignore = "a study: prints a table"]
fn error_variances_of_a_bundled_portfolio() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/annual-2027.toml");
    let loaded = cutline::control::load_batch(std::path::Path::new(path)).unwrap();
    let (portfolio, batch) = (&loaded.portfolio, &loaded.batch);
    let valuation = Valuation::new(portfolio, &batch.scenarios()[0]);
    let chosen: Vec<usize> = (0..portfolio.projects().len()).step_by(2).collect();
    let start = |project: usize| portfolio.projects()[ProjectIx::new(project)].start;
    let all = Selection::new(chosen.iter().map(|&project| Choice {
        project: ProjectIx::new(project),
        start: start(project),
        share: Share::ONE,
        payment: Default::default(),
    }));
    let variances = METHODS.map(|sampling| {
        let summary = |seed: u64| {
            let settings = SimulationSettings {
                seed,
                trials: 4_096,
                sampling,
                tail: 0.05,
                percentiles: Vec::new(),
                decision_trials: 100,
            };
            let samples = Samples::draw(portfolio, &settings, &Silent, &CancelToken::new()).unwrap();
            evaluate(&samples, &valuation, &[&all], &Silent, &CancelToken::new()).unwrap()[0].npv.clone()
        };
        let summaries: Vec<Summary> = (0..40).map(summary).collect();
        STATISTICS.map(|(_, statistic)| spread(summaries.iter().map(statistic)))
    });
    for (place, (name, _)) in STATISTICS.iter().enumerate() {
        let of = |method: usize| variances[method][place];
        let ratio = |method: usize| (of(0).0 / of(method).0).powi(2);
        let honest = |method: usize| of(method).0 / of(method).1;
        println!(
            "{name}: variance against random: latin {:.1}, sobol {:.1}; seen / reported error {:.2} {:.2} {:.2}",
            ratio(1),
            ratio(2),
            honest(0),
            honest(1),
            honest(2)
        );
    }
}
