//! Rank correlations between quantities, as the table tells them.

use cutline::domain::{
    Correlation, Correlations, Distribution, FactorModel, Portfolio, ProjectIx, Quantity, RiskRegister,
    SamplingMethod, SimulationSettings,
};
use cutline::finance::Valuation;
use cutline::progress::CancelToken;
use cutline::simulate::{attribute, futures_for_decisions};

use crate::{METHODS, draw, factor, no_limits, portfolio, project, risks, scenario, selection};

const TRIALS: usize = 8_192;

/// Spearman's correlation of two rows without ties.
fn rank_correlation(one: &[f64], other: &[f64]) -> f64 {
    let ranks = |values: &[f64]| {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&one, &other| values[one].total_cmp(&values[other]));
        let mut ranks = vec![0.0; values.len()];
        order.iter().enumerate().for_each(|(rank, &trial)| ranks[trial] = rank as f64);
        ranks
    };
    crate::correlation(&ranks(one), &ranks(other))
}

fn normal() -> Option<FactorModel> {
    factor(Distribution::Normal { mean: 1.0, sd: 0.2 }, &[])
}

fn triangular() -> Option<FactorModel> {
    factor(Distribution::Triangular { low: 0.8, mode: 0.9, high: 2.0 }, &[])
}

fn lognormal() -> Option<FactorModel> {
    factor(Distribution::Lognormal { mean: 1.2, sd: 0.5 }, &[])
}

/// A with a normal cost and a triangular benefit, B with a lognormal cost, C with a normal one, D with a triangular one.
fn four(ids: [&str; 4]) -> Portfolio {
    let [a, b, c, d] = ids.map(|id| project(id, 1.0));
    portfolio(vec![
        (a, [normal(), triangular(), None]),
        (b, [lognormal(), None, None]),
        (c, [normal(), None, None]),
        (d, [triangular(), None, None]),
    ])
}

/// The quantity of a project by its position.
fn of(project: usize, quantity: Quantity) -> (ProjectIx, Quantity) {
    (ProjectIx::new(project), quantity)
}

fn correlated(portfolio: Portfolio, told: &[(usize, Quantity, usize, Quantity, f64)]) -> Portfolio {
    let told = told.iter().map(|&(one, quantity, other, other_quantity, rank)| Correlation {
        pair: [of(one, quantity), of(other, other_quantity)],
        rank,
    });
    let (correlations, changes) = Correlations::new(&told.collect::<Vec<_>>()).unwrap();
    assert_eq!(changes, []);
    portfolio.with_correlations(correlations).unwrap()
}

const TOLD: [(usize, Quantity, usize, Quantity, f64); 3] = [
    (0, Quantity::Cost, 1, Quantity::Cost, 0.7),
    (1, Quantity::Cost, 0, Quantity::Benefit, -0.4),
    (0, Quantity::Cost, 0, Quantity::Benefit, -0.1),
];

#[test]
fn drawn_factors_have_the_rank_correlations_that_are_told() {
    let portfolio = correlated(four(["A", "B", "C", "D"]), &TOLD);
    for sampling in METHODS {
        let samples = draw(&portfolio, 5, TRIALS, sampling);
        let column = |project, quantity| samples.factors(ProjectIx::new(project), quantity);
        // The standard error of a rank correlation of independent trials is at most about 1.1 / √n.
        let error = 1.1 / (samples.trials() as f64).sqrt();
        for (one, quantity, other, other_quantity, told) in TOLD {
            let drawn = rank_correlation(&column(one, quantity), &column(other, other_quantity));
            assert!((drawn - told).abs() < 3.5 * error, "{sampling:?}: {drawn}, not {told}");
        }
        // What is not told is not correlated.
        for (one, other) in [(0, 2), (1, 3), (2, 3)] {
            let drawn = rank_correlation(&column(one, Quantity::Cost), &column(other, Quantity::Cost));
            assert!(drawn.abs() < 3.5 * error, "{sampling:?}: {drawn}");
        }
    }
}

#[test]
fn marginals_stay_what_they_are() {
    let portfolio = correlated(four(["A", "B", "C", "D"]), &TOLD);
    for sampling in METHODS {
        let costs = draw(&portfolio, 7, TRIALS, sampling).factors(ProjectIx::new(1), Quantity::Cost);
        let trials = costs.len() as f64;
        let mean = costs.iter().sum::<f64>() / trials;
        let sd = (costs.iter().map(|cost| (cost - mean) * (cost - mean)).sum::<f64>() / trials).sqrt();
        assert!((mean - 1.2).abs() < 4.0 * 0.5 / trials.sqrt(), "{sampling:?}: {mean}");
        assert!((sd - 0.5).abs() < 0.03, "{sampling:?}: {sd}");
    }
}

#[test]
fn the_variance_of_a_sum_of_correlated_normals_is_that_of_the_formula() {
    let two = portfolio(vec![
        (project("A", 1.0), [normal(), None, None]),
        (project("B", 1.0), [normal(), None, None]),
    ]);
    for rank in [-0.8, 0.3, 1.0] {
        let pair = correlated(two.clone(), &[(0, Quantity::Cost, 1, Quantity::Cost, rank)]);
        let samples = draw(&pair, 3, TRIALS, SamplingMethod::Random);
        let risk = &risks(&pair, no_limits(), &samples, &[selection(&[0, 1])])[0];
        let score = if rank == 1.0 { 1.0 } else { 2.0 * (rank * std::f64::consts::PI / 6.0).sin() };
        // Each costs 150, with a standard deviation of 30.
        let sd = 30.0 * (2.0 + 2.0 * score).sqrt();
        let off = (risk.cost.sd.value - sd).abs();
        assert!(off < 4.0 * risk.cost.sd.error, "{rank}: {:?}, not {sd}", risk.cost.sd);
    }
}

#[test]
fn equal_quantities_that_are_wholly_correlated_are_the_same() {
    let two = portfolio(vec![
        (project("A", 1.0), [normal(), None, None]),
        (project("B", 1.0), [normal(), None, None]),
    ]);
    let costs = |rank: f64| {
        let pair = correlated(two.clone(), &[(0, Quantity::Cost, 1, Quantity::Cost, rank)]);
        let samples = draw(&pair, 3, 200, SamplingMethod::Latin);
        [0, 1].map(|project| samples.factors(ProjectIx::new(project), Quantity::Cost))
    };
    let [one, other] = costs(1.0);
    assert_eq!(one, other);
    let [one, other] = costs(-1.0);
    assert!(one.iter().zip(&other).all(|(one, other)| (one + other - 2.0).abs() < 1e-12));
}

#[test]
fn order_and_new_projects_change_no_draw() {
    let before = correlated(four(["A", "B", "C", "D"]), &TOLD);
    let mut turned =
        TOLD.map(|(one, quantity, other, other_quantity, rank)| (other, other_quantity, one, quantity, rank));
    turned.reverse();
    // A project more, before the others, in a block of its own with the last one.
    let [zero, a, b, c, d] = ["0", "A", "B", "C", "D"].map(|id| project(id, 1.0));
    let more = portfolio(vec![
        (zero, [normal(), None, None]),
        (a, [normal(), triangular(), None]),
        (b, [lognormal(), None, None]),
        (c, [normal(), None, None]),
        (d, [triangular(), None, None]),
    ]);
    let mut moved = turned.map(|(one, quantity, other, other_quantity, rank)| {
        (one + 1, quantity, other + 1, other_quantity, rank)
    });
    moved.reverse();
    let after = [&moved[..], &[(0, Quantity::Cost, 4, Quantity::Cost, 0.9)]].concat();
    let after = correlated(more, &after);
    // With Sobol points, new projects may move quantities to other dimensions.
    for sampling in [SamplingMethod::Random, SamplingMethod::Latin] {
        let drawn = draw(&before, 11, 500, sampling);
        let again = draw(&correlated(four(["A", "B", "C", "D"]), &turned), 11, 500, sampling);
        let other = draw(&after, 11, 500, sampling);
        for (place, quantity) in
            [(0, Quantity::Cost), (0, Quantity::Benefit), (1, Quantity::Cost), (2, Quantity::Cost)]
        {
            let own = drawn.factors(ProjectIx::new(place), quantity);
            assert_eq!(own, again.factors(ProjectIx::new(place), quantity));
            assert_eq!(own, other.factors(ProjectIx::new(place + 1), quantity));
        }
        assert_ne!(
            drawn.factors(ProjectIx::new(3), Quantity::Cost),
            other.factors(ProjectIx::new(4), Quantity::Cost)
        );
    }
}

#[test]
fn delays_are_correlated_too_and_decisions_see_the_same_model() {
    let delays = [factor(Distribution::Uniform { low: 0.0, high: 2.0 }, &[]), None].to_vec();
    let two = portfolio(vec![
        (project("A", 1.0), [normal(), None, None]),
        (project("B", 1.0), [lognormal(), None, None]),
    ]);
    let two = two.with_risks(RiskRegister::default().with_delays(delays.into())).unwrap();
    let told = [
        (0, Quantity::Delay, 1, Quantity::Cost, 0.6),
        (0, Quantity::Delay, 0, Quantity::Cost, 0.5),
        (0, Quantity::Cost, 1, Quantity::Cost, 0.5),
    ];
    let two = correlated(two, &told);
    let samples = draw(&two, 2, TRIALS, SamplingMethod::Latin);
    let column = |project, quantity| samples.factors(ProjectIx::new(project), quantity);
    let drawn = rank_correlation(&column(0, Quantity::Delay), &column(1, Quantity::Cost));
    assert!((drawn - 0.6).abs() < 0.04, "{drawn}");
    let settings = SimulationSettings {
        seed: 1,
        trials: 100,
        sampling: SamplingMethod::Random,
        tail: 0.05,
        percentiles: Vec::new(),
        decision_trials: TRIALS,
    };
    let futures = futures_for_decisions(&two, &settings, &CancelToken::new()).unwrap();
    let costs = |project| -> Vec<f64> {
        let factor = futures.factor(ProjectIx::new(project), Quantity::Cost);
        (0..futures.trials()).map(|trial| factor.in_trial(trial)).collect()
    };
    let drawn = rank_correlation(&costs(0), &costs(1));
    assert!((drawn - 0.5).abs() < 0.04, "{drawn}");
}

#[test]
fn what_cannot_be_correlated_is_refused() {
    let two = portfolio(vec![
        (project("A", 1.0), [normal(), factor(Distribution::Fixed { value: 1.0 }, &[]), None]),
        (project("B", 1.0), [factor(Distribution::Normal { mean: 1.0, sd: 0.1 }, &[(0, 0.5)]), None, None]),
        (project("C", 1.0), [factor(Distribution::Given { values: vec![1.0, 2.0].into() }, &[]), None, None]),
    ]);
    for (project, quantity) in [
        (0, Quantity::Benefit),
        (1, Quantity::Cost),
        (2, Quantity::Cost),
        (0, Quantity::Delay),
        (9, Quantity::Cost),
    ] {
        let told = [Correlation { pair: [of(0, Quantity::Cost), of(project, quantity)], rank: 0.5 }];
        let (correlations, _) = Correlations::new(&told).unwrap();
        assert!(two.clone().with_correlations(correlations).is_err(), "{project} {quantity:?}");
    }
}

#[test]
fn parts_of_correlated_projects_add_up_to_the_whole_variance() {
    let four = correlated(four(["A", "B", "C", "D"]), &TOLD);
    let samples = draw(&four, 4, 4_000, SamplingMethod::Latin);
    let base = scenario(&four, no_limits());
    let valuation = Valuation::new(&four, &base);
    let sources = attribute(&samples, &valuation, &selection(&[0, 1, 2, 3])).unwrap();
    let cost: f64 = sources.iter().filter_map(|source| source.cost_share).sum();
    let npv: f64 = sources.iter().filter_map(|source| source.npv_share).sum();
    assert!((cost - 1.0).abs() < 1e-9 && (npv - 1.0).abs() < 1e-9, "{cost} {npv}");
    assert_eq!(sources.len(), 4);
}
