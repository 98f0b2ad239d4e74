//! Simulation against closed forms, and what must not change a draw.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "simulation/attribution.rs"]
mod attribution;
#[path = "simulation/correlations.rs"]
mod correlations;
#[path = "simulation/coverage.rs"]
mod coverage;
#[path = "simulation/delays.rs"]
mod delays;
#[path = "simulation/drawn_again.rs"]
mod drawn_again;
#[path = "simulation/futures.rs"]
mod futures;
#[path = "simulation/given.rs"]
mod given;
#[path = "simulation/key_results.rs"]
mod key_results;
#[path = "simulation/limits.rs"]
mod limits;
#[path = "simulation/paired.rs"]
mod paired;
#[path = "simulation/precision.rs"]
mod precision;
#[path = "simulation/reserves.rs"]
mod reserves;
#[path = "simulation/risks.rs"]
mod risks_and_impacts;
#[path = "simulation/sobol.rs"]
mod sobol;
#[path = "simulation/solved_again.rs"]
mod solved_again;

use std::sync::atomic::{AtomicU64, Ordering};

use cutline::domain::{
    Benefit, BenefitKindIx, BudgetFlexibility, ByProject, Choice, Cost, Decision, Demand, Distribution,
    Driver, Exposure, FactorModel, Flexibility, Goal, Horizon, Limits, LineIx, Measure, Metalog, Objective,
    ObjectiveTree, PeriodIx, Portfolio, PortfolioParts, Project, ProjectIx, Quantity, ResourceIx,
    SamplingMethod, Scales, Scenario, Selection, Sense, SimulationSettings, Status,
};
use cutline::finance::Valuation;
use cutline::progress::{CancelToken, Progress, Silent, Stage};
use cutline::simulate::{Estimate, OptionRisk, Samples, SimulateError, Summary, evaluate};
use cutline::units::{Effort, Money, Probability, Share};
use statrs::distribution::{Beta, ContinuousCDF, Normal};

const PERIODS: usize = 2;
const METHODS: [SamplingMethod; 3] = SamplingMethod::ALL;

/// Costs 100 and 50, brings 120 and 240, demands 3 and 2.
fn project(id: &str, success: f64) -> Project {
    let money = |amounts: [f64; PERIODS]| amounts.map(Money::new).to_vec();
    Project {
        id: id.into(),
        name: id.to_owned(),
        status: Status::Candidate,
        start: PeriodIx::new(0),
        max_delay: 1,
        value_decay: Share::ZERO,
        min_fraction: None,
        success_probability: Probability::new(success).unwrap(),
        costs: vec![Cost {
            line: LineIx::new(0),
            others: Vec::new(),
            shares: false,
            profile: money([100.0, 50.0]).into(),
        }],
        benefits: vec![Benefit { kind: BenefitKindIx::new(0), profile: money([120.0, 240.0]).into() }],
        demands: vec![Demand {
            resource: ResourceIx::new(0),
            profile: [3.0, 2.0].map(Effort::new).to_vec().into(),
        }],
        scores: vec![Some(10.0)],
    }
}

fn factor(distribution: Distribution, exposures: &[(usize, f64)]) -> Option<FactorModel> {
    let exposures = exposures.iter().map(|&(driver, loading)| Exposure { driver, loading }).collect();
    Some(FactorModel { distribution: distribution.checked().unwrap(), exposures })
}

type Candidate = (Project, [Option<FactorModel>; 3]);

fn portfolio(candidates: Vec<Candidate>) -> Portfolio {
    portfolio_that_gives_way(candidates, Flexibility::default())
}

fn portfolio_that_gives_way(candidates: Vec<Candidate>, flexibility: Flexibility) -> Portfolio {
    let (projects, factors): (ByProject<_>, ByProject<_>) = candidates.into_iter().unzip();
    let growth = Objective {
        id: "growth".into(),
        name: "Growth".to_owned(),
        parent: None,
        weight: None,
        rescale: None,
        target: None,
    };
    Portfolio::new(PortfolioParts {
        horizon: Horizon::new(vec!["2027".into(), "2028".into()]).unwrap(),
        lines: vec!["capex".into()].into(),
        resources: vec!["engineers".into()].into(),
        benefit_kinds: vec!["savings".into()].into(),
        objectives: ObjectiveTree::new(vec![growth]).unwrap(),
        projects,
        attributes: vec![],
        alternatives: vec![],
        dependencies: vec![],
        conditions: Vec::new(),
        limits: Limits {
            lines: vec![None].into(),
            all_lines: None,
            resources: vec![None].into(),
            asked: Vec::new(),
        },
        flexibility,
        synergies: Vec::new(),
        current_plan: None,
        drivers: ["economy", "steel"].map(|id| Driver { id: id.into(), name: id.to_owned() }).to_vec(),
        factors,
    })
    .unwrap()
}

fn scenario(portfolio: &Portfolio, limits: Limits) -> Scenario {
    Scenario {
        name: "base".into(),
        weight_set: "given".into(),
        weights: portfolio.objectives().given_weights().unwrap().into(),
        goal: Goal::Single { sense: Sense::Maximise, measure: Measure::Npv },
        next_goals: Vec::new(),
        discount_rate: 0.25,
        discount_at: Default::default(),
        scales: Scales {
            budgets: vec![1.0].into(),
            all_lines: 1.0,
            capacities: vec![1.0].into(),
            costs: vec![1.0].into(),
            benefits: vec![1.0].into(),
        },
        limits,
        named_limits: Vec::new(),
        meet_targets: false,
        change_control: Default::default(),
        escalation: 0.0,
        min_fractions: Default::default(),
        decisions: vec![Decision::Free; portfolio.projects().len()].into(),
        options: 1,
        simulate: true,
    }
}

fn no_limits() -> Limits {
    Limits { lines: vec![None].into(), all_lines: None, resources: vec![None].into(), asked: Vec::new() }
}

fn limits(budget: [f64; 2], all_lines: [f64; 2], capacity: [f64; 2]) -> Limits {
    Limits {
        lines: vec![Some(budget.map(Money::new).to_vec().into())].into(),
        all_lines: Some(all_lines.map(Money::new).to_vec().into()),
        resources: vec![Some(capacity.map(Effort::new).to_vec().into())].into(),
        asked: Vec::new(),
    }
}

fn settings(seed: u64, trials: usize, sampling: SamplingMethod) -> SimulationSettings {
    SimulationSettings { seed, trials, sampling, tail: 0.05, percentiles: Vec::new(), decision_trials: 1_000 }
}

fn draw(portfolio: &Portfolio, seed: u64, trials: usize, sampling: SamplingMethod) -> Samples {
    let settings = settings(seed, trials, sampling);
    Samples::draw(portfolio, &settings, &Silent, &CancelToken::new()).unwrap()
}

fn selection(projects: &[usize]) -> Selection {
    Selection::new(projects.iter().map(|&project| Choice {
        project: ProjectIx::new(project),
        start: PeriodIx::new(0),
        share: Share::ONE,
        payment: Default::default(),
    }))
}

fn risks(portfolio: &Portfolio, limits: Limits, samples: &Samples, options: &[Selection]) -> Vec<OptionRisk> {
    let scenario = scenario(portfolio, limits);
    let valuation = Valuation::new(portfolio, &scenario);
    let options: Vec<&Selection> = options.iter().collect();
    evaluate(samples, &valuation, &options, &Silent, &CancelToken::new()).unwrap()
}

/// The cost of one project whose cost factor has a distribution: 150 times the factor.
fn summary_of(distribution: Distribution, exposures: &[(usize, f64)], sampling: SamplingMethod) -> Summary {
    let factors = [factor(distribution, exposures), None, None];
    let portfolio = portfolio(vec![(project("A", 1.0), factors)]);
    let samples = draw(&portfolio, 42, 20_000, sampling);
    risks(&portfolio, no_limits(), &samples, &[selection(&[0])])[0].cost.clone()
}

#[track_caller]
fn assert_near(estimate: Estimate, expected: f64, errors: f64) {
    let off = (estimate.value - expected).abs();
    assert!(estimate.error > 0.0, "no error is given");
    assert!(off <= errors * estimate.error, "{} ± {}, not {expected}", estimate.value, estimate.error);
}

struct ClosedForm {
    distribution: Distribution,
    mean: f64,
    sd: f64,
    quantile: Box<dyn Fn(f64) -> f64>,
}

fn closed_forms() -> Vec<ClosedForm> {
    let normal = Normal::standard();
    let lognormal = |mean: f64, sd: f64| {
        let variance = (1.0 + (sd / mean).powi(2)).ln();
        let log_median = mean.ln() - variance / 2.0;
        move |p: f64| (log_median + variance.sqrt() * normal.inverse_cdf(p)).exp()
    };
    let (low, mode, high): (f64, f64, f64) = (0.8, 0.95, 1.6);
    let triangular = move |p: f64| {
        let range = high - low;
        if p < (mode - low) / range {
            low + (p * range * (mode - low)).sqrt()
        } else {
            high - ((1.0 - p) * range * (high - mode)).sqrt()
        }
    };
    let shapes = (1.0 + 4.0 * (mode - low) / (high - low), 1.0 + 4.0 * (high - mode) / (high - low));
    let pert = move |p: f64| low + (high - low) * Beta::new(shapes.0, shapes.1).unwrap().inverse_cdf(p);
    let pert_mean = (low + 4.0 * mode + high) / 6.0;
    let triangular_variance =
        (low * low + mode * mode + high * high - low * mode - low * high - mode * high) / 18.0;
    let sigma = (1.4_f64 / 0.7).ln() / 2.0 / 1.281_551_565_544_600_4;
    let p10p90_mean = ((0.7_f64 * 1.4).ln() / 2.0 + sigma * sigma / 2.0).exp();
    let p10p90_sd = p10p90_mean * ((sigma * sigma).exp() - 1.0).sqrt();
    vec![
        ClosedForm {
            distribution: Distribution::Triangular { low, mode, high },
            mean: (low + mode + high) / 3.0,
            sd: triangular_variance.sqrt(),
            quantile: Box::new(triangular),
        },
        ClosedForm {
            distribution: Distribution::Pert { low, mode, high },
            mean: pert_mean,
            sd: ((pert_mean - low) * (high - pert_mean) / 7.0).sqrt(),
            quantile: Box::new(pert),
        },
        ClosedForm {
            distribution: Distribution::Uniform { low, high },
            mean: (low + high) / 2.0,
            sd: (high - low) / 12_f64.sqrt(),
            quantile: Box::new(move |p| low + p * (high - low)),
        },
        ClosedForm {
            distribution: Distribution::Normal { mean: 1.1, sd: 0.2 },
            mean: 1.1,
            sd: 0.2,
            quantile: Box::new(move |p| 1.1 + 0.2 * normal.inverse_cdf(p)),
        },
        ClosedForm {
            distribution: Distribution::Lognormal { mean: 1.2, sd: 0.5 },
            mean: 1.2,
            sd: 0.5,
            quantile: Box::new(lognormal(1.2, 0.5)),
        },
        ClosedForm {
            distribution: Distribution::P10P90 { low: 0.7, high: 1.4 },
            mean: p10p90_mean,
            sd: p10p90_sd,
            quantile: Box::new(lognormal(p10p90_mean, p10p90_sd)),
        },
        // Without skew it is the logistic distribution.
        ClosedForm {
            distribution: Distribution::Metalog(Metalog {
                low: 0.8,
                mode: 1.0,
                high: 1.2,
                min: None,
                max: None,
            }),
            mean: 1.0,
            sd: 0.2 / 9_f64.ln() * std::f64::consts::PI / 3_f64.sqrt(),
            quantile: Box::new(|p: f64| 1.0 + 0.2 / 9_f64.ln() * (p / (1.0 - p)).ln()),
        },
    ]
}

/// The mean of the highest 5 % of a distribution, by the midpoint rule.
fn upper_tail(quantile: &dyn Fn(f64) -> f64) -> f64 {
    let steps = 20_000;
    let points = (0..steps).map(|step| 0.95 + 0.05 * (f64::from(step) + 0.5) / f64::from(steps));
    points.map(quantile).sum::<f64>() / f64::from(steps)
}

#[test]
fn every_distribution_has_its_moments_percentiles_and_tail() {
    for form in closed_forms() {
        for sampling in METHODS {
            for exposures in [vec![], vec![(0, 0.6), (1, -0.5)]] {
                let cost = summary_of(form.distribution.clone(), &exposures, sampling);
                assert_near(cost.mean, 150.0 * form.mean, 4.0);
                assert_near(cost.sd, 150.0 * form.sd, 4.0);
                assert_near(cost.p10, 150.0 * (form.quantile)(0.1), 4.0);
                assert_near(cost.p50, 150.0 * (form.quantile)(0.5), 4.0);
                assert_near(cost.p90, 150.0 * (form.quantile)(0.9), 4.0);
                assert_near(cost.cvar, 150.0 * upper_tail(&form.quantile), 4.0);
            }
        }
    }
}

#[test]
fn a_risk_that_strikes_or_not_has_two_values() {
    let strikes = Distribution::Bernoulli { probability: 0.3, low: 1.0, high: 2.0 };
    for sampling in METHODS {
        for exposures in [vec![], vec![(0, 0.7)]] {
            let cost = summary_of(strikes.clone(), &exposures, sampling);
            assert_eq!((cost.p10.value, cost.p50.value, cost.p90.value), (150.0, 150.0, 300.0));
            assert!((cost.mean.value - 195.0).abs() <= 4.0 * cost.mean.error + 0.01, "{:?}", cost.mean);
        }
    }
    let never = Distribution::Bernoulli { probability: 0.0, low: 1.0, high: 2.0 };
    assert_eq!(summary_of(never, &[], SamplingMethod::Latin).mean, Estimate { value: 150.0, error: 0.0 });
}

#[test]
fn past_cases_come_as_often_as_they_did() {
    let ratios = [vec![0.9; 20], vec![1.0; 50], vec![1.4; 20], vec![3.0; 10]].concat();
    let mean = ratios.iter().sum::<f64>() / 100.0;
    let past = Distribution::Reference { ratios: ratios.into() };
    for sampling in METHODS {
        for exposures in [vec![], vec![(0, 0.7)]] {
            let cost = summary_of(past.clone(), &exposures, sampling);
            assert!(
                (cost.mean.value - 150.0 * mean).abs() <= 4.0 * cost.mean.error + 0.01,
                "{:?}",
                cost.mean
            );
            assert_eq!((cost.p10.value, cost.p50.value), (135.0, 150.0));
            let own = factor(past.clone(), &exposures);
            let portfolio = portfolio(vec![(project("A", 1.0), [own, None, None])]);
            let factors = draw(&portfolio, 3, 10_000, sampling).factors(ProjectIx::new(0), Quantity::Cost);
            let as_planned = factors.iter().filter(|factor| **factor == 1.0).count();
            assert!((4_800..=5_200).contains(&as_planned), "{as_planned} of 10,000 are exactly as planned");
        }
    }
}

fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (left_mean, right_mean) = (mean(left), mean(right));
    let product = |a: &[f64], a_mean: f64, b: &[f64], b_mean: f64| -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - a_mean) * (b - b_mean)).sum()
    };
    product(left, left_mean, right, right_mean)
        / (product(left, left_mean, left, left_mean) * product(right, right_mean, right, right_mean)).sqrt()
}

#[test]
fn quantities_that_follow_a_driver_are_correlated_as_promised() {
    let trials = 40_000;
    let normal = Distribution::Normal { mean: 1.0, sd: 0.1 };
    let lognormal = Distribution::Lognormal { mean: 1.0, sd: 0.8 };
    let follows =
        |distribution: &Distribution, loading| factor(distribution.clone(), &[(0, loading), (1, 0.3)]);
    let portfolio = portfolio(vec![
        (project("A", 1.0), [follows(&normal, 0.8), follows(&lognormal, 0.8), None]),
        (project("B", 1.0), [follows(&normal, -0.5), follows(&lognormal, 0.6), factor(normal, &[(1, 1.0)])]),
    ]);
    for sampling in METHODS {
        let samples = draw(&portfolio, 11, trials, sampling);
        let of = |project, quantity| samples.factors(project, quantity);
        // A correlation r of n pairs has an error of (1 − r²) / √n.
        let costs =
            correlation(&of(ProjectIx::new(0), Quantity::Cost), &of(ProjectIx::new(1), Quantity::Cost));
        let expected = 0.8 * -0.5 + 0.3 * 0.3;
        assert!((costs - expected).abs() < 4.0 / (trials as f64).sqrt(), "{costs}, not {expected}");
        let log_variance = 1.64_f64.ln();
        let expected = ((log_variance * (0.8 * 0.6 + 0.3 * 0.3)).exp() - 1.0) / (log_variance.exp() - 1.0);
        let benefits =
            correlation(&of(ProjectIx::new(0), Quantity::Benefit), &of(ProjectIx::new(1), Quantity::Benefit));
        assert!((benefits - expected).abs() < 0.05, "{benefits}, not {expected}");
        let with_demand =
            correlation(&of(ProjectIx::new(0), Quantity::Cost), &of(ProjectIx::new(1), Quantity::Demand));
        assert!((with_demand - 0.3).abs() < 4.0 / (trials as f64).sqrt(), "{with_demand}");
    }
}

#[test]
fn projects_succeed_as_often_as_they_should_and_bring_nothing_when_they_fail() {
    let vary = factor(Distribution::Uniform { low: 0.5, high: 1.5 }, &[]);
    let candidates = vec![(project("A", 0.7), [None, None, None]), (project("B", 0.2), [None, vary, None])];
    let portfolio = portfolio(candidates);
    for sampling in METHODS {
        let samples = draw(&portfolio, 5, 10_000, sampling);
        for (position, probability) in [(0, 0.7), (1, 0.2)] {
            let successes = samples.successes(ProjectIx::new(position));
            let share = successes.iter().sum::<f64>() / 10_000.0;
            assert!((share - probability).abs() < 4.0 * (probability * (1.0 - probability) / 1e4_f64).sqrt());
            let benefits = samples.factors(ProjectIx::new(position), Quantity::Benefit);
            assert!(
                successes
                    .iter()
                    .zip(benefits)
                    .all(|(success, benefit)| (*success == 0.0) == (benefit == 0.0))
            );
        }
        let risk = &risks(&portfolio, no_limits(), &samples, &[selection(&[0, 1])])[0];
        // Within one Latin hypercube a share is almost exact, so the error may be near 0.
        assert!((risk.strategic_value.mean.value - 9.0).abs() < 0.3);
        assert!((risk.benefit.mean.value - 0.9 * 360.0).abs() < 12.0);
        assert_eq!(risk.cost.sd.value, 0.0);
        assert!(
            correlation(&samples.successes(ProjectIx::new(0)), &samples.successes(ProjectIx::new(1))).abs()
                < 0.04
        );
    }
}

#[test]
fn with_fixed_factors_every_number_is_exact() {
    let fixed = |value| factor(Distribution::Fixed { value }, &[]);
    let portfolio = portfolio(vec![
        (project("A", 1.0), [fixed(1.1), fixed(0.5), fixed(2.0)]),
        (project("B", 1.0), [None, None, None]),
    ]);
    let samples = draw(&portfolio, 1, 1_000, SamplingMethod::Latin);
    let half = Share::new(0.5).unwrap();
    // A as planned; half of B, a period later.
    let option = Selection::new([
        Choice {
            project: ProjectIx::new(0),
            start: PeriodIx::new(0),
            share: Share::ONE,
            payment: Default::default(),
        },
        Choice {
            project: ProjectIx::new(1),
            start: PeriodIx::new(1),
            share: half,
            payment: Default::default(),
        },
    ]);
    let limits = limits([110.0, 104.9], [200.0, 200.0], [6.0, 5.6]);
    let risk = &risks(&portfolio, limits, &samples, &[option])[0];
    let exact = |estimate: Estimate, expected: f64| {
        assert!((estimate.value - expected).abs() < 1e-9, "{} is not {expected}", estimate.value);
        assert_eq!(estimate.error, 0.0);
    };
    // A: 0.5 × (120 + 240 / 1.25) − 1.1 × (100 + 50 / 1.25) = 2. B: (312 − 140) / 1.25 / 2 = 68.8.
    for estimate in [risk.npv.mean, risk.npv.p10, risk.npv.p90, risk.npv.cvar] {
        exact(estimate, 70.8);
    }
    exact(risk.npv.sd, 0.0);
    exact(risk.cost.mean, 1.1 * 150.0 + 0.5 * 100.0);
    exact(risk.benefit.mean, 0.5 * 360.0 + 0.5 * 120.0);
    exact(risk.strategic_value.mean, 15.0);
    exact(risk.lines[LineIx::new(0)][PeriodIx::new(0)].summary.p90, 110.0);
    exact(risk.lines[LineIx::new(0)][PeriodIx::new(1)].summary.p90, 105.0);
    exact(risk.lines[LineIx::new(0)][PeriodIx::new(0)].over.unwrap(), 0.0);
    exact(risk.lines[LineIx::new(0)][PeriodIx::new(1)].over.unwrap(), 1.0);
    exact(risk.lines[LineIx::new(0)][PeriodIx::new(1)].mean_over.unwrap(), 0.1);
    let all_lines = risk.all_lines.as_ref().unwrap();
    exact(all_lines[PeriodIx::new(1)].summary.mean, 105.0);
    exact(all_lines[PeriodIx::new(1)].over.unwrap(), 0.0);
    exact(risk.resources[ResourceIx::new(0)][PeriodIx::new(1)].summary.mean, 5.5);
    exact(risk.over_budget.unwrap(), 1.0);
    exact(risk.over_capacity.unwrap(), 0.0);
    exact(risk.loss, 0.0);
    exact(risk.best, 1.0);
}

#[test]
fn overruns_are_as_frequent_and_as_large_as_they_should_be() {
    let uniform = factor(Distribution::Uniform { low: 0.5, high: 1.5 }, &[]);
    let portfolio = portfolio(vec![(project("A", 1.0), [uniform.clone(), None, uniform])]);
    for sampling in METHODS {
        let samples = draw(&portfolio, 9, 10_000, sampling);
        // Spend is 100 f then 50 f: over in the first period above 1.3, in the second above 1.2.
        let limits = limits([130.0, 60.0], [1e9, 55.0], [4.2, 1e9]);
        let risk = &risks(&portfolio, limits, &samples, &[selection(&[0])])[0];
        assert_near(risk.lines[LineIx::new(0)][PeriodIx::new(0)].over.unwrap(), 0.2, 4.0);
        assert_near(risk.lines[LineIx::new(0)][PeriodIx::new(1)].over.unwrap(), 0.3, 4.0);
        // The excess is uniform up to 20 with probability 0.2, and up to 15 with probability 0.3.
        assert_near(risk.lines[LineIx::new(0)][PeriodIx::new(0)].mean_over.unwrap(), 2.0, 4.0);
        assert_near(risk.lines[LineIx::new(0)][PeriodIx::new(1)].mean_over.unwrap(), 2.25, 4.0);
        // One factor: whenever any budget is exceeded, that of all lines in the second period is.
        assert_near(risk.over_budget.unwrap(), 0.4, 4.0);
        assert_near(risk.over_capacity.unwrap(), 0.1, 4.0);
        // NPV is 312 − 140 f: never a loss, and that is not certain.
        assert_eq!(risk.loss.value, 0.0);
        assert!(risk.loss.error > 0.0);
        assert_near(risk.npv.cvar, 312.0 - 140.0 * 1.475, 4.0);
        assert_near(risk.npv.mean, 172.0, 4.0);
    }
}

fn varied_candidates() -> Vec<Candidate> {
    let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R"];
    let candidate = |(position, id): (usize, &&str)| {
        let forms = closed_forms();
        let of = |offset: usize| forms[(position + offset) % forms.len()].distribution.clone();
        let factors = [factor(of(0), &[(0, 0.5)]), factor(of(1), &[(0, 0.4), (1, 0.4)]), factor(of(2), &[])];
        (project(id, if position.is_multiple_of(3) { 1.0 } else { 0.8 }), factors)
    };
    names.iter().enumerate().map(candidate).collect()
}

#[test]
fn the_bits_do_not_depend_on_the_number_of_threads() {
    let carries = BudgetFlexibility::new(0.5, None).unwrap();
    let flexibility = Flexibility::new([(LineIx::new(0), carries)].into(), carries, [].into());
    let portfolio = portfolio_that_gives_way(varied_candidates(), flexibility);
    let options: Vec<Selection> =
        (2..14).map(|step| selection(&(0..18).filter(|p| p % step != 1).collect::<Vec<_>>())).collect();
    let limits = limits([1_700.0, 900.0], [1_700.0, 900.0], [55.0, 40.0]);
    for sampling in METHODS {
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let samples = draw(&portfolio, 3, 2_345, sampling);
                risks(&portfolio, limits.clone(), &samples, &options)
            })
        };
        let alone = run(1);
        let over = |risk: &OptionRisk| risk.lines[LineIx::new(0)][PeriodIx::new(1)].over.unwrap().value;
        assert!(alone.iter().map(over).any(|over| 0.0 < over && over < 1.0));
        // The text shows every bit of every number: Rust prints the shortest digits that read back the same.
        for threads in [2, 5] {
            assert_eq!(format!("{alone:?}"), format!("{:?}", run(threads)));
        }
    }
}

#[test]
fn dropping_a_project_changes_no_other_draw() {
    let whole = portfolio(varied_candidates());
    let mut fewer = varied_candidates();
    fewer.remove(4);
    let fewer = portfolio(fewer);
    for sampling in [SamplingMethod::Random, SamplingMethod::Latin] {
        let (with, without) = (draw(&whole, 3, 1_234, sampling), draw(&fewer, 3, 1_234, sampling));
        for (position, project) in fewer.projects().iter().enumerate() {
            let before = whole.project_position(project.id.as_str()).unwrap();
            for quantity in Quantity::ALL {
                assert_eq!(
                    with.factors(before, quantity),
                    without.factors(ProjectIx::new(position), quantity)
                );
            }
            assert_eq!(with.successes(before), without.successes(ProjectIx::new(position)));
        }
        assert_ne!(
            with.factors(ProjectIx::new(0), Quantity::Demand),
            with.factors(ProjectIx::new(6), Quantity::Demand)
        );
        assert_ne!(
            with.factors(ProjectIx::new(0), Quantity::Cost),
            draw(&whole, 4, 1_234, sampling).factors(ProjectIx::new(0), Quantity::Cost)
        );
    }
}

#[test]
fn exactly_one_option_is_best_in_every_trial() {
    let portfolio = portfolio(varied_candidates());
    let samples = draw(&portfolio, 3, 1_000, SamplingMethod::Latin);
    let options = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 1, 2]].map(|projects| selection(&projects));
    let best: Vec<f64> =
        risks(&portfolio, no_limits(), &samples, &options).iter().map(|risk| risk.best.value).collect();
    assert!((best.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{best:?}");
    assert_eq!(best[0], best[3], "equal options share their trials");
    assert!(best.iter().all(|&share| share > 0.02), "{best:?}");
    assert!(risks(&portfolio, no_limits(), &samples, &[]).is_empty());
}

#[test]
fn an_option_is_worth_the_same_alone_and_among_options_like_it() {
    let portfolio = portfolio(varied_candidates());
    // All but one or two projects each, one option twice, and one that is like no other.
    let mut options: Vec<Selection> = (0..8)
        .map(|left_out| {
            selection(&(0..18).filter(|&p| p != left_out && p != left_out * 2).collect::<Vec<_>>())
        })
        .collect();
    options.extend([options[3].clone(), selection(&[5, 11])]);
    let limits = limits([1_700.0, 900.0], [1_750.0, 905.0], [55.0, 40.0]);
    for sampling in METHODS {
        let samples = draw(&portfolio, 3, 1_003, sampling);
        let together = risks(&portfolio, limits.clone(), &samples, &options);
        assert_eq!(format!("{:?}", together[3]), format!("{:?}", together[8]), "equal options");
        for (option, among) in options.iter().zip(&together) {
            let alone = &risks(&portfolio, limits.clone(), &samples, std::slice::from_ref(option))[0];
            let pairs = [
                (&alone.npv, &among.npv),
                (&alone.benefit, &among.benefit),
                (&alone.cost, &among.cost),
                (&alone.strategic_value, &among.strategic_value),
                (
                    &alone.lines[LineIx::new(0)][PeriodIx::new(1)].summary,
                    &among.lines[LineIx::new(0)][PeriodIx::new(1)].summary,
                ),
                (
                    &alone.resources[ResourceIx::new(0)][PeriodIx::new(0)].summary,
                    &among.resources[ResourceIx::new(0)][PeriodIx::new(0)].summary,
                ),
            ];
            for (alone, among) in pairs {
                for statistic in STATISTICS {
                    let (alone, among) = (statistic.1(alone), statistic.1(among));
                    assert!((alone.value - among.value).abs() < 1e-9, "{}: {alone:?} {among:?}", statistic.0);
                    assert!((alone.error - among.error).abs() < 1e-9, "{}: {alone:?} {among:?}", statistic.0);
                }
            }
            let over = |risk: &OptionRisk| (risk.loss, risk.over_budget, risk.over_capacity);
            assert_eq!(over(alone), over(among));
        }
    }
}

/// Mean NPVs of several seeds, and their reported errors.
fn means_of_seeds(sampling: SamplingMethod, trials: usize, seeds: u64) -> (Vec<Summary>, f64) {
    let portfolio = portfolio(varied_candidates());
    let all = selection(&(0..18).collect::<Vec<_>>());
    let summaries: Vec<Summary> = (0..seeds)
        .map(|seed| {
            let samples = draw(&portfolio, seed, trials, sampling);
            risks(&portfolio, no_limits(), &samples, std::slice::from_ref(&all))[0].npv.clone()
        })
        .collect();
    let error = summaries.iter().map(|summary| summary.mean.error).sum::<f64>() / seeds as f64;
    (summaries, error)
}

fn spread(estimates: impl Iterator<Item = Estimate>) -> (f64, f64) {
    let estimates: Vec<Estimate> = estimates.collect();
    let count = estimates.len() as f64;
    let mean = estimates.iter().map(|estimate| estimate.value).sum::<f64>() / count;
    let squares: f64 = estimates.iter().map(|estimate| (estimate.value - mean).powi(2)).sum();
    let reported: f64 = estimates.iter().map(|estimate| estimate.error.powi(2)).sum();
    ((squares / (count - 1.0)).sqrt(), (reported / count).sqrt())
}

type Statistic = fn(&Summary) -> Estimate;

const STATISTICS: [(&str, Statistic); 6] = [
    ("mean", |summary| summary.mean),
    ("sd", |summary| summary.sd),
    ("p10", |summary| summary.p10),
    ("p50", |summary| summary.p50),
    ("p90", |summary| summary.p90),
    ("cvar", |summary| summary.cvar),
];

#[test]
fn reported_errors_are_honest_for_every_statistic() {
    for sampling in METHODS {
        let (summaries, _) = means_of_seeds(sampling, 2_000, 60);
        for (name, statistic) in STATISTICS {
            let (seen, reported) = spread(summaries.iter().map(statistic));
            let ratio = seen / reported;
            assert!(
                (1.0 / 1.5..1.5).contains(&ratio),
                "{sampling:?} {name}: {seen} seen, {reported} reported"
            );
        }
    }
}

#[test]
fn a_latin_hypercube_knows_the_mean_better() {
    let (_, random) = means_of_seeds(SamplingMethod::Random, 2_000, 10);
    let (_, latin) = means_of_seeds(SamplingMethod::Latin, 2_000, 10);
    assert!(latin < random / 1.5, "{latin} is not much less than {random}");
}

#[derive(Default)]
struct Counter([AtomicU64; 3]);

impl Progress for Counter {
    fn begin(&self, stage: Stage, total: u64) {
        assert_eq!(stage, Stage::Sample, "whoever runs the scenarios begins their simulation");
        self.0[0].fetch_add(total, Ordering::Relaxed);
    }
    fn advance(&self, stage: Stage, steps: u64) {
        self.0[if stage == Stage::Sample { 1 } else { 2 }].fetch_add(steps, Ordering::Relaxed);
    }
    fn finish(&self, stage: Stage) {
        assert_eq!(stage, Stage::Sample);
    }
}

#[test]
fn projects_that_nothing_holds_are_not_drawn_and_change_no_number() {
    let portfolio = portfolio(varied_candidates());
    let scenario = scenario(&portfolio, limits([20.0; 2], [40.0; 2], [15.0; 2]));
    let valuation = Valuation::new(&portfolio, &scenario);
    let options = [selection(&[2, 5, 11]), selection(&[5, 17])];
    let options: Vec<&Selection> = options.iter().collect();
    for sampling in METHODS {
        let settings = settings(7, 400, sampling);
        let (counter, cancel) = (Counter::default(), CancelToken::new());
        let few = Samples::draw_of(&portfolio, &settings, &options, &counter, &cancel).unwrap();
        let all = Samples::draw(&portfolio, &settings, &Silent, &cancel).unwrap();
        let [begun, done, _] = counter.0.map(AtomicU64::into_inner);
        assert!(begun == done && (12..=16).contains(&begun), "{begun} quantities of four projects");
        let risks = |samples| evaluate(samples, &valuation, &options, &Silent, &cancel);
        assert_eq!(risks(&few).unwrap(), risks(&all).unwrap(), "{sampling:?}");
        let other = selection(&[2, 3]);
        assert_eq!(evaluate(&few, &valuation, &[&other], &Silent, &cancel), Err(SimulateError::NotDrawn));
    }
}

#[test]
fn progress_is_told_and_a_stop_is_obeyed() {
    let portfolio = portfolio(varied_candidates());
    let settings = settings(1, 200, SamplingMethod::Latin);
    let (counter, cancel) = (Counter::default(), CancelToken::new());
    let samples = Samples::draw(&portfolio, &settings, &counter, &cancel).unwrap();
    let scenario = scenario(&portfolio, no_limits());
    let valuation = Valuation::new(&portfolio, &scenario);
    let options = [selection(&[0]), selection(&[1])];
    let options: Vec<&Selection> = options.iter().collect();
    evaluate(&samples, &valuation, &options, &counter, &cancel).unwrap();
    // Three factors of 18 projects, and success of the 12 that may fail.
    assert_eq!(counter.0.map(AtomicU64::into_inner), [66, 66, 2]);
    cancel.cancel();
    assert_eq!(evaluate(&samples, &valuation, &options, &Silent, &cancel), Err(SimulateError::Cancelled));
    let stopped = Samples::draw(&portfolio, &settings, &Silent, &cancel);
    assert_eq!(stopped.err(), Some(SimulateError::Cancelled));
    let settings = SimulationSettings { trials: 99, ..settings };
    let few = Samples::draw(&portfolio, &settings, &Silent, &CancelToken::new());
    assert_eq!(few.err(), Some(SimulateError::TooFewTrials(99)));
}
