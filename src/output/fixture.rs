//! A small batch with hand-made results, for tests.

use std::time::Duration;

use crate::domain::{
    Batch, Benefit, BenefitKindIx, ByProject, Choice, Cost, Decision, Demand, Goal, Horizon, Limits, LineIx,
    Measure, Objective, ObjectiveTree, Percentile, PeriodIx, Portfolio, PortfolioParts, Project, ProjectIx,
    RankBy, Rescale, ResourceIx, SamplingMethod, Scales, Scenario, Selection, SelectionSettings, Sense,
    SimulationSettings, Status,
};
use crate::engine::{
    BatchResult, FrontierOutcome, FrontierResult, RankedOption, ScenarioOutcome, ScenarioResult, Timings,
};
use crate::optimise::{Engine, FoundOption, FrontierPoint, ScenarioFrontier, SolveStatus};
use crate::simulate::{Estimate, OptionRisk, PeriodRisk, Summary};
use crate::units::{Effort, Money, Probability, Share};

/// Projects A, B and C over two years: B can be deferred, C can be funded in part.
pub(crate) fn portfolio() -> Portfolio {
    let objectives = vec![
        objective("growth", None, None),
        objective("markets", Some("growth"), Some(30.0)),
        Objective { rescale: Rescale::new(0.0, 10.0), ..objective("share", Some("growth"), None) },
        objective("service", None, None),
    ];
    let projects = vec![
        project("A", 0, None, [10.0, 20.0], [Some(10.0), Some(5.0), Some(20.0)]),
        project("B", 1, None, [30.0, 0.0], [Some(30.0), None, Some(0.1)]),
        project("C", 0, Share::new(0.25), [0.1, 0.2], [Some(4.0), None, Some(8.0)]),
    ];
    Portfolio::new(PortfolioParts {
        horizon: Horizon::new(vec!["2027".into(), "2028".into()]).unwrap(),
        lines: vec!["capex".into(), "opex".into()].into(),
        resources: vec!["crew".into()].into(),
        benefit_kinds: vec!["gain".into()].into(),
        objectives: ObjectiveTree::new(objectives).unwrap(),
        factors: projects.iter().map(|_| [None, None, None]).collect(),
        projects: projects.into(),
        attributes: vec![],
        alternatives: vec![],
        dependencies: vec![],
        conditions: Vec::new(),
        limits: limits(),
        flexibility: Default::default(),
        synergies: Vec::new(),
        current_plan: None,
        drivers: vec![],
    })
    .unwrap()
}

fn objective(id: &str, parent: Option<&str>, target: Option<f64>) -> Objective {
    Objective {
        id: id.into(),
        name: id.to_owned(),
        parent: parent.map(Into::into),
        weight: None,
        rescale: None,
        target,
    }
}

fn project(
    id: &str,
    max_delay: usize,
    min_fraction: Option<Share>,
    spend: [f64; 2],
    scores: [Option<f64>; 3],
) -> Project {
    Project {
        id: id.into(),
        name: id.to_owned(),
        status: Status::Candidate,
        start: PeriodIx::new(0),
        max_delay,
        value_decay: Share::ZERO,
        min_fraction,
        success_probability: Probability::ONE,
        costs: vec![Cost {
            line: LineIx::new(0),
            others: Vec::new(),
            shares: false,
            profile: spend.map(Money::new).to_vec().into(),
        }],
        // Planned to be nothing, so that net present values are told.
        benefits: vec![Benefit { kind: BenefitKindIx::new(0), profile: vec![Money::ZERO; 2].into() }],
        demands: vec![Demand {
            resource: ResourceIx::new(0),
            profile: vec![Effort::new(1.0), Effort::new(2.0)].into(),
        }],
        scores: scores.to_vec(),
    }
}

fn limits() -> Limits {
    Limits {
        lines: vec![Some(vec![Money::new(40.0), Money::new(50.0)].into()), None].into(),
        all_lines: Some(vec![Money::new(60.0), Money::new(60.0)].into()),
        resources: vec![None].into(),
        asked: Vec::new(),
    }
}

/// A scenario in which nothing is changed.
pub(crate) fn scenario(portfolio: &Portfolio, name: &str) -> Scenario {
    Scenario {
        name: name.into(),
        weight_set: "given".into(),
        weights: portfolio.objectives().given_weights().unwrap().into(),
        goal: Goal::Single { sense: Sense::Maximise, measure: Measure::StrategicValue },
        next_goals: Vec::new(),
        discount_rate: 0.25,
        discount_at: Default::default(),
        scales: Scales {
            budgets: vec![1.0, 1.0].into(),
            all_lines: 1.0,
            capacities: vec![1.0].into(),
            costs: vec![1.0, 1.0].into(),
            benefits: vec![1.0].into(),
        },
        limits: limits(),
        named_limits: Vec::new(),
        meet_targets: false,
        change_control: Default::default(),
        escalation: 0.0,
        min_fractions: Default::default(),
        decisions: ByProject::filled(Decision::Free, 3),
        options: 2,
        simulate: true,
    }
}

/// A batch of these scenarios.
pub(crate) fn batch_of(scenarios: Vec<Scenario>) -> Batch {
    Batch::new(
        "plan".to_owned(),
        "a small plan".to_owned(),
        scenarios,
        SelectionSettings {
            min_difference: 1,
            gap: 0.001,
            time_limit: Some(60.0),
            work_limit: None,
            solver: Default::default(),
        },
        SimulationSettings {
            seed: 7,
            trials: 1000,
            sampling: SamplingMethod::Latin,
            tail: 0.05,
            percentiles: vec![Percentile::new(80.0).unwrap()],
            decision_trials: 1000,
        },
        RankBy::Objective,
    )
    .unwrap()
}

/// A batch of three scenarios: one simulated, one mixed and not simulated with a name that CSV must quote, one that
/// was not run.
pub(crate) fn batch(portfolio: &Portfolio) -> Batch {
    let mut mixed = scenario(portfolio, "all \"ins\", no outs");
    mixed.goal = Goal::Mix(vec![(Measure::StrategicValue, 0.6), (Measure::Npv, 0.4)]);
    mixed.decisions = vec![Decision::In, Decision::Out, Decision::In].into();
    mixed.simulate = false;
    batch_of(vec![scenario(portfolio, "base"), mixed, scenario(portfolio, "later")])
}

/// The results of that batch. The second-best option of `base` ranks first.
pub(crate) fn result() -> BatchResult {
    let whole = |project, start| Choice {
        project: ProjectIx::new(project),
        start: PeriodIx::new(start),
        share: Share::ONE,
        payment: Default::default(),
    };
    let half = Choice {
        project: ProjectIx::new(2),
        start: PeriodIx::new(0),
        share: Share::new(0.5).unwrap(),
        payment: Default::default(),
    };
    let base = ScenarioResult {
        held: Vec::new(),
        status: SolveStatus::Feasible,
        options: vec![
            option(1, 2, &[whole(0, 0), half], (0.1 + 0.2, f64::INFINITY), Some(risk())),
            option(2, 1, &[whole(1, 1)], (10.0, 0.0), Some(risk())),
        ],
        scales: vec![],
        reasons: Default::default(),
        baseline: None,
        select_time: Duration::from_millis(1500),
        frontier: None,
        robust: None,
        weight_ranges: None,
        attribution: Vec::new(),
        information: Vec::new(),
        answers: Default::default(),
        cross_check: None,
    };
    let mixed = ScenarioResult {
        held: Vec::new(),
        status: SolveStatus::Optimal,
        options: vec![option(1, 1, &[whole(0, 0), whole(2, 0)], (-0.0, 0.0), None)],
        scales: vec![(Measure::StrategicValue, 50.0), (Measure::Npv, -12.0)],
        reasons: Default::default(),
        baseline: None,
        select_time: Duration::from_millis(10),
        frontier: None,
        robust: None,
        weight_ranges: None,
        attribution: Vec::new(),
        information: Vec::new(),
        answers: Default::default(),
        cross_check: None,
    };
    BatchResult {
        precision: None,
        scenarios: vec![
            ScenarioOutcome::Finished(base),
            ScenarioOutcome::Finished(mixed),
            ScenarioOutcome::NotRun,
        ],
        stopped: true,
        timings: Timings::default(),
    }
}

/// The same with a frontier of two points in its first scenario: nothing, and one project that is not proven.
pub(crate) fn result_with_frontier() -> BatchResult {
    let chosen = [Choice {
        project: ProjectIx::new(1),
        start: PeriodIx::new(1),
        share: Share::ONE,
        payment: Default::default(),
    }];
    let point = |x, y, gap, choices: &[Choice]| FrontierPoint {
        selection: Selection::new(choices.iter().copied()),
        x,
        y,
        bound: y * (1.0 + gap),
        gap,
        status: SolveStatus::of_found(gap <= 0.0),
    };
    let points = vec![point(0.0, 0.0, 0.0, &[]), point(30.0, 7.75, 0.25, &chosen)];
    let frontier = ScenarioFrontier { status: SolveStatus::Feasible, points, levels_open: 0 };
    let mut result = result();
    if let Some(ScenarioOutcome::Finished(first)) = result.scenarios.first_mut() {
        first.frontier = Some(FrontierOutcome::Finished(FrontierResult {
            found: frontier,
            time: Duration::from_millis(250),
        }));
    }
    result
}

/// An option as if it had been found.
pub(crate) fn option(
    rank: usize,
    number: usize,
    choices: &[Choice],
    (objective, gap): (f64, f64),
    risk: Option<OptionRisk>,
) -> RankedOption {
    let found = FoundOption {
        selection: Selection::new(choices.iter().copied()),
        objective,
        bound: objective,
        gap,
        status: SolveStatus::of_found(gap <= 0.0),
        engine: Engine::Search,
    };
    RankedOption { rank, number, found, risk, beside_next: None, reserves: None }
}

/// Made-up risk whose numbers show their origin.
pub(crate) fn risk() -> OptionRisk {
    let estimate = |value| Estimate { value, error: value / 100.0 };
    let summary = |base: f64| Summary {
        mean: estimate(base),
        sd: estimate(base + 1.0),
        p10: estimate(base + 2.0),
        p50: estimate(base + 3.0),
        p90: estimate(base + 4.0),
        cvar: estimate(base + 5.0),
        percentiles: vec![(Percentile::new(80.0).unwrap(), estimate(base + 6.0))],
    };
    let period = |base: f64| PeriodRisk {
        summary: summary(base),
        over: Some(estimate(0.25)),
        mean_over: Some(estimate(1.5)),
    };
    let unlimited = |base: f64| PeriodRisk { over: None, mean_over: None, ..period(base) };
    OptionRisk {
        npv: summary(100.0),
        benefit: summary(200.0),
        cost: summary(300.0),
        strategic_value: summary(400.0),
        loss: estimate(0.125),
        over_budget: Some(estimate(0.5)),
        over_capacity: None,
        best: estimate(0.75),
        lines: vec![
            vec![period(10.0), period(20.0)].into(),
            vec![unlimited(0.0), unlimited(f64::NAN)].into(),
        ]
        .into(),
        all_lines: Some(vec![period(30.0), period(40.0)].into()),
        resources: vec![vec![unlimited(1.0), unlimited(2.0)].into()].into(),
        key_results: Vec::new(),
    }
}
