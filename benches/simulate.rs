//! Drawing samples and evaluating options of a portfolio of 200 projects.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use cutline::domain::{
    Benefit, BenefitKindIx, Choice, Cost, Decision, Demand, Distribution, Driver, Exposure, FactorModel,
    Goal, Horizon, Limits, LineIx, Measure, ObjectiveTree, PeriodIx, Portfolio, PortfolioParts, Project,
    ProjectIx, ResourceIx, SamplingMethod, Scales, Scenario, Selection, Sense, SimulationSettings, Status,
    Weights,
};
use cutline::finance::Valuation;
use cutline::progress::{CancelToken, Silent};
use cutline::simulate::{OptionRisk, Samples, evaluate};
use cutline::units::{Effort, Money, Probability, Share};
use rayon::prelude::*;

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
        .map(|resource| Demand {
            resource: ResourceIx::new(resource),
            profile: profile(resource).map(Effort::new).collect(),
        })
        .collect();
    demands.sort_by_key(|demand| demand.resource);
    Project {
        id: format!("P{position:03}").as_str().into(),
        name: String::new(),
        status: Status::Candidate,
        start: PeriodIx::new(0),
        max_delay: 0,
        value_decay: Share::ZERO,
        min_fraction: None,
        success_probability: Probability::new(0.5 + 0.5 * number(position)).unwrap_or(Probability::ONE),
        costs: vec![Cost {
            line: LineIx::new(0),
            others: Vec::new(),
            shares: false,
            profile: profile(position).map(Money::new).collect(),
        }],
        benefits: vec![Benefit {
            kind: BenefitKindIx::new(0),
            profile: profile(2 * position).map(Money::new).collect(),
        }],
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
    let factors = (0..PROJECTS).map(|position| factors(position, shapes));
    portfolio_of((0..PROJECTS).map(project).collect(), factors.collect())
}

fn portfolio_of(projects: Vec<Project>, factors: Vec<[Option<FactorModel>; 3]>) -> Portfolio {
    Portfolio::new(PortfolioParts {
        horizon: Horizon::new(
            (0..PERIODS).map(|period| format!("{}", 2027 + period).as_str().into()).collect(),
        )
        .unwrap_or_else(|error| panic!("{error}")),
        lines: vec!["capex".into()].into(),
        resources: (0..RESOURCES).map(|resource| format!("R{resource}").as_str().into()).collect(),
        benefit_kinds: vec!["revenue".into()].into(),
        objectives: ObjectiveTree::default(),
        projects: projects.into(),
        attributes: vec![],
        alternatives: vec![],
        dependencies: vec![],
        conditions: vec![],
        limits: no_limits(),
        flexibility: Default::default(),
        synergies: Vec::new(),
        current_plan: None,
        drivers: ["a", "b", "c"].map(|id| Driver { id: id.into(), name: String::new() }).to_vec(),
        factors: factors.into(),
    })
    .unwrap_or_else(|error| panic!("{error}"))
}

fn no_limits() -> Limits {
    Limits {
        lines: vec![None; LINES].into(),
        all_lines: None,
        resources: vec![None; RESOURCES].into(),
        asked: Vec::new(),
    }
}

fn scenario() -> Scenario {
    let limits = Limits {
        lines: vec![Some(vec![Money::new(400.0); PERIODS].into()); LINES].into(),
        all_lines: Some(vec![Money::new(400.0); PERIODS].into()),
        resources: vec![Some(vec![Effort::new(150.0); PERIODS].into()); RESOURCES].into(),
        asked: Vec::new(),
    };
    Scenario {
        name: "bench".into(),
        weight_set: "given".into(),
        weights: Weights::default().into(),
        goal: Goal::Single { sense: Sense::Maximise, measure: Measure::Npv },
        next_goals: Vec::new(),
        discount_rate: 0.07,
        discount_at: Default::default(),
        scales: Scales {
            budgets: vec![1.0; LINES].into(),
            all_lines: 1.0,
            capacities: vec![1.0; RESOURCES].into(),
            costs: vec![1.0; LINES].into(),
            benefits: vec![1.0].into(),
        },
        limits,
        named_limits: Vec::new(),
        meet_targets: false,
        change_control: Default::default(),
        escalation: 0.0,
        min_fractions: Default::default(),
        decisions: vec![Decision::Free; PROJECTS].into(),
        options: OPTIONS,
        simulate: true,
    }
}

fn settings(sampling: SamplingMethod) -> SimulationSettings {
    SimulationSettings {
        seed: 1,
        trials: TRIALS,
        sampling,
        tail: 0.05,
        percentiles: Vec::new(),
        decision_trials: 1_000,
    }
}

fn draw_samples(portfolio: &Portfolio, sampling: SamplingMethod) -> Samples {
    Samples::draw(portfolio, &settings(sampling), &Silent, &CancelToken::new())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn evaluate_all(samples: &Samples, valuation: &Valuation, selections: &[&Selection]) -> Vec<OptionRisk> {
    evaluate(samples, valuation, selections, &Silent, &CancelToken::new())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn select(projects: impl IntoIterator<Item = usize>) -> Selection {
    Selection::new(projects.into_iter().map(|project| Choice {
        project: ProjectIx::new(project),
        start: PeriodIx::new(0),
        share: Share::ONE,
        payment: Default::default(),
    }))
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
        // Unlike each other, so that little is shared: that is what the job below is for.
        select((0..PROJECTS).filter(move |project| number(project * 7 + 31 * option) < 0.3))
    };
    let selections: Vec<Selection> = (0..OPTIONS).map(chosen).collect();
    let selections: Vec<&Selection> = selections.iter().collect();
    let mut group = criterion.benchmark_group("evaluate");
    let cells = 4 + PERIODS * (LINES + 1 + RESOURCES);
    group.throughput(Throughput::Elements((OPTIONS * cells * TRIALS) as u64)).sample_size(10);
    for (name, sampling) in [("random", SamplingMethod::Random), ("latin", SamplingMethod::Latin)] {
        let samples = draw_samples(&portfolio, sampling);
        group.bench_function(name, |bencher| {
            bencher.iter(|| evaluate_all(&samples, &valuation, &selections));
        });
    }
    group.finish();
}

/// One kind of random number at a time: what a sample of it costs, with all that drawing brings along.
fn draw_one_kind(criterion: &mut Criterion) {
    const COLUMNS: usize = 32;
    let pert = Distribution::Pert { low: 0.8, mode: 0.95, high: 1.5 };
    let lognormal = Distribution::Lognormal { mean: 1.0, sd: 0.3 };
    let kinds = [
        ("pert", pert.clone(), vec![]),
        ("pert with a driver", pert, vec![Exposure { driver: 0, loading: 0.5 }]),
        ("triangular", Distribution::Triangular { low: 0.8, mode: 0.95, high: 1.5 }, vec![]),
        ("normal", Distribution::Normal { mean: 1.0, sd: 0.1 }, vec![]),
        ("lognormal", lognormal.clone(), vec![]),
        ("lognormal with a driver", lognormal, vec![Exposure { driver: 0, loading: 0.5 }]),
    ];
    let mut group = criterion.benchmark_group("draw one kind");
    group.throughput(Throughput::Elements((COLUMNS * TRIALS) as u64));
    for (name, distribution, exposures) in kinds {
        let model = FactorModel { distribution, exposures };
        let projects = (0..COLUMNS).map(|position| Project {
            success_probability: Probability::ONE,
            benefits: vec![],
            demands: vec![],
            ..project(position)
        });
        let factors = (0..COLUMNS).map(|_| [Some(model.clone()), None, None]);
        let portfolio = portfolio_of(projects.collect(), factors.collect());
        for sampling in [SamplingMethod::Random, SamplingMethod::Latin] {
            let name = format!("{name}, {sampling:?}");
            group.bench_function(name, |bencher| bencher.iter(|| draw_samples(&portfolio, sampling)));
        }
    }
    group.finish();
}

/// Options of one project each, of which nothing is shared: a value takes a single product, the rest is statistics.
fn statistics(criterion: &mut Criterion) {
    const SINGLE: usize = 40;
    let (portfolio, scenario) = (portfolio(5), Scenario { limits: no_limits(), ..scenario() });
    let valuation = Valuation::new(&portfolio, &scenario);
    let selections: Vec<Selection> = (0..SINGLE).map(|project| select([project])).collect();
    let selections: Vec<&Selection> = selections.iter().collect();
    let mut group = criterion.benchmark_group("statistics");
    // Four totals, five periods of spend, and five of demand for each of two resources.
    group.throughput(Throughput::Elements((SINGLE * 19 * TRIALS) as u64)).sample_size(10);
    for sampling in [SamplingMethod::Random, SamplingMethod::Latin] {
        let samples = draw_samples(&portfolio, sampling);
        group.bench_function(format!("{sampling:?}"), |bencher| {
            bencher.iter(|| evaluate_all(&samples, &valuation, &selections));
        });
    }
    group.finish();
}

/// The job of the whole-run comparison: 30 scenarios with ten similar options each. Costs are PERT with shapes of
/// their own, benefits lognormal with one common driver, projects may fail; demand for 30 role-years is certain.
fn job(criterion: &mut Criterion) {
    const SCENARIOS: usize = 30;
    let projects: Vec<Project> = (0..PROJECTS).map(job_project).collect();
    let portfolio = portfolio_of(projects, (0..PROJECTS).map(job_factors).collect());
    let scenario = Scenario { limits: Limits { all_lines: None, ..scenario().limits }, ..scenario() };
    let valuation = Valuation::new(&portfolio, &scenario);
    let scenarios: Vec<Vec<Selection>> = (0..SCENARIOS)
        .map(|scenario| (0..OPTIONS).map(|option| job_option(scenario, option)).collect())
        .collect();
    let draw_and_evaluate = |sampling| {
        let samples = draw_samples(&portfolio, sampling);
        let risks = scenarios.par_iter().map(|selections| {
            let selections: Vec<&Selection> = selections.iter().collect();
            evaluate_all(&samples, &valuation, &selections)
        });
        risks.collect::<Vec<_>>()
    };
    let mut group = criterion.benchmark_group("job of 300 options and 10,000 trials");
    group.sample_size(20);
    for sampling in [SamplingMethod::Random, SamplingMethod::Latin] {
        group.bench_function(format!("{sampling:?}"), |bencher| bencher.iter(|| draw_and_evaluate(sampling)));
        group.bench_function(format!("{sampling:?}, draw alone"), |bencher| {
            bencher.iter(|| draw_samples(&portfolio, sampling));
        });
    }
    group.finish();
}

/// A project that runs for one to five of the five years.
fn job_project(position: usize) -> Project {
    let years = 1 + position % PERIODS;
    let start = position / PERIODS % (PERIODS - years + 1);
    let size = (1.6 * number(3 * position) - 0.8).exp();
    let profile = |scale: f64| {
        (0..PERIODS).map(move |year| if (start..start + years).contains(&year) { scale } else { 0.0 })
    };
    Project {
        success_probability: Probability::new(0.55 + 0.43 * number(position)).unwrap_or(Probability::ONE),
        costs: vec![Cost {
            line: LineIx::new(0),
            others: Vec::new(),
            shares: false,
            profile: profile(1_000.0 * size / years as f64).map(Money::new).collect(),
        }],
        benefits: vec![Benefit {
            kind: BenefitKindIx::new(0),
            profile: profile(1_400.0 * size * (0.6 + number(5 * position)) / years as f64)
                .map(Money::new)
                .collect(),
        }],
        demands: (0..6)
            .filter(|role| number(7 * position + role) < 0.5)
            .map(|resource| Demand {
                resource: ResourceIx::new(resource),
                profile: profile(2.0 * size).map(Effort::new).collect(),
            })
            .collect(),
        ..project(position)
    }
}

fn job_factors(position: usize) -> [Option<FactorModel>; 3] {
    let (low, high) = (0.75 + 0.2 * number(position), 1.15 + 0.75 * number(2 * position));
    let loading = 0.2 + 0.5 * number(4 * position);
    [
        Some(FactorModel { distribution: Distribution::Pert { low, mode: 1.0, high }, exposures: vec![] }),
        Some(FactorModel {
            distribution: Distribution::Lognormal { mean: 1.1, sd: 0.3 + 0.5 * number(6 * position) },
            exposures: vec![Exposure { driver: 0, loading }],
        }),
        None,
    ]
}

/// About 70 projects; another option of the same scenario differs in up to six.
fn job_option(scenario: usize, option: usize) -> Selection {
    let flipped = |project: usize| {
        (0..6).any(|flip| project == (37 * scenario + 61 * flip * option + 11 * option) % PROJECTS)
    };
    let chosen =
        |project: &usize| (number(project * 7 + scenario) < 0.35) != (option > 0 && flipped(*project));
    select((0..PROJECTS).filter(chosen))
}

criterion_group!(benches, draw, draw_one_kind, evaluate_options, statistics, job);
criterion_main!(benches);
