//! Drawing samples and evaluating options of a portfolio of 200 projects.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use cutline::domain::{
    Benefit, Choice, Cost, Decision, Demand, Distribution, Driver, Exposure, FactorModel, Goal, Horizon,
    Limits, Measure, ObjectiveTree, Portfolio, PortfolioParts, Project, SamplingMethod, Scales, Scenario,
    Selection, Sense, SimulationSettings, Status, Weights,
};
use cutline::finance::Valuation;
use cutline::progress::{CancelToken, Silent};
use cutline::simulate::{Samples, evaluate};
use cutline::units::{Effort, Money, Probability, Share};

const PROJECTS: usize = 200;
const PERIODS: usize = 5;
const LINES: usize = 1;
const RESOURCES: usize = 7;
const TRIALS: usize = 10_000;
const OPTIONS: usize = 10;

/// A number between 0 and 1 that looks random: benches need no quality.
fn number(of: usize) -> f64 {
    (of as f64 * 0.618_033_988_749_894_9).fract()
}

fn project(position: usize) -> Project {
    let profile = |of: usize| (0..PERIODS).map(move |period| 1.0 + number(of + 31 * period) * 9.0);
    let demands = [position % RESOURCES, (position + 3) % RESOURCES];
    let mut demands: Vec<Demand> = demands
        .into_iter()
        .map(|resource| Demand { resource, profile: profile(resource).map(Effort::new).collect() })
        .collect();
    demands.sort_by_key(|demand| demand.resource);
    Project {
        id: format!("P{position:03}").as_str().into(),
        name: String::new(),
        status: Status::Candidate,
        start: 0,
        max_delay: 0,
        min_fraction: None,
        success_probability: Probability::new(0.5 + 0.5 * number(position)).unwrap_or(Probability::ONE),
        costs: vec![Cost { line: 0, profile: profile(position).map(Money::new).collect() }],
        benefits: vec![Benefit { kind: 0, profile: profile(2 * position).map(Money::new).collect() }],
        demands,
        scores: vec![],
    }
}

fn factors(position: usize, shapes: usize) -> [Option<FactorModel>; 3] {
    let driver = Exposure { driver: position % 3, loading: 0.5 };
    let mode = 0.9 + 0.3 * number(position % shapes);
    [
        Some(FactorModel {
            distribution: Distribution::Pert { low: 0.8, mode, high: 1.5 },
            exposures: vec![driver],
        }),
        Some(FactorModel {
            distribution: Distribution::Lognormal { mean: 1.0, sd: 0.3 },
            exposures: vec![driver],
        }),
        Some(FactorModel {
            distribution: Distribution::Triangular { low: 0.8, mode, high: 1.5 },
            exposures: vec![],
        }),
    ]
}

fn portfolio(shapes: usize) -> Portfolio {
    Portfolio::new(PortfolioParts {
        horizon: Horizon::new(
            (0..PERIODS).map(|period| format!("{}", 2027 + period).as_str().into()).collect(),
        )
        .unwrap_or_else(|error| panic!("{error}")),
        lines: vec!["capex".into()],
        resources: (0..RESOURCES).map(|resource| format!("R{resource}").as_str().into()).collect(),
        benefit_kinds: vec!["revenue".into()],
        objectives: ObjectiveTree::default(),
        projects: (0..PROJECTS).map(project).collect(),
        attributes: vec![],
        alternatives: vec![],
        dependencies: vec![],
        limits: Limits { lines: vec![None; LINES], all_lines: None, resources: vec![None; RESOURCES] },
        flexibility: Default::default(),
        synergies: Vec::new(),
        current_plan: None,
        drivers: ["a", "b", "c"].map(|id| Driver { id: id.into(), name: String::new() }).to_vec(),
        factors: (0..PROJECTS).map(|position| factors(position, shapes)).collect(),
    })
    .unwrap_or_else(|error| panic!("{error}"))
}

fn scenario() -> Scenario {
    let limits = Limits {
        lines: vec![Some(vec![Money::new(400.0); PERIODS]); LINES],
        all_lines: Some(vec![Money::new(400.0); PERIODS]),
        resources: vec![Some(vec![Effort::new(150.0); PERIODS]); RESOURCES],
    };
    Scenario {
        name: "bench".into(),
        weight_set: "given".into(),
        weights: Weights::default(),
        goal: Goal::Single { sense: Sense::Maximise, measure: Measure::Npv },
        discount_rate: 0.07,
        scales: Scales {
            budgets: vec![1.0; LINES],
            all_lines: 1.0,
            capacities: vec![1.0; RESOURCES],
            costs: vec![1.0; LINES],
            benefits: vec![1.0],
        },
        limits,
        named_limits: Vec::new(),
        meet_targets: false,
        change_control: Default::default(),
        escalation: 0.0,
        decisions: vec![Decision::Free; PROJECTS],
        options: OPTIONS,
        simulate: true,
    }
}

fn settings(sampling: SamplingMethod) -> SimulationSettings {
    SimulationSettings { seed: 1, trials: TRIALS, sampling, tail: 0.05 }
}

fn draw_samples(portfolio: &Portfolio, sampling: SamplingMethod) -> Samples {
    Samples::draw(portfolio, &settings(sampling), &Silent, &CancelToken::new())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn draw(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("draw");
    // Four columns for each project.
    group.throughput(Throughput::Elements((4 * PROJECTS * TRIALS) as u64)).sample_size(10);
    for (name, sampling, shapes) in [
        ("random, 5 shapes", SamplingMethod::Random, 5),
        ("latin, 5 shapes", SamplingMethod::Latin, 5),
        ("latin, 200 shapes", SamplingMethod::Latin, 200),
    ] {
        let portfolio = portfolio(shapes);
        group.bench_function(name, |bencher| bencher.iter(|| draw_samples(&portfolio, sampling)));
    }
    group.finish();
}

fn evaluate_options(criterion: &mut Criterion) {
    let (portfolio, scenario) = (portfolio(5), scenario());
    let valuation = Valuation::new(&portfolio, &scenario);
    let chosen = |option: usize| {
        let projects = (0..PROJECTS).filter(move |project| number(project * 7 + option % 3) < 0.3);
        Selection::new(projects.map(|project| Choice { project, start: 0, share: Share::ONE }))
    };
    let selections: Vec<Selection> = (0..OPTIONS).map(chosen).collect();
    let selections: Vec<&Selection> = selections.iter().collect();
    let mut group = criterion.benchmark_group("evaluate");
    let cells = 4 + PERIODS * (LINES + 1 + RESOURCES);
    group.throughput(Throughput::Elements((OPTIONS * cells * TRIALS) as u64)).sample_size(10);
    for (name, sampling) in [("random", SamplingMethod::Random), ("latin", SamplingMethod::Latin)] {
        let samples = draw_samples(&portfolio, sampling);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                evaluate(&samples, &valuation, &selections, &Silent, &CancelToken::new())
                    .unwrap_or_else(|error| panic!("{error}"))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, draw, evaluate_options);
criterion_main!(benches);
