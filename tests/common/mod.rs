//! Small portfolios for tests, made without any file.
#![allow(dead_code, reason = "each test binary uses its own part")]

use cutline::domain::{
    Benefit, Cost, Decision, Demand, Dependency, DependencyKind, Goal, Horizon, Limits, Measure, Objective,
    ObjectiveTree, Portfolio, PortfolioParts, Project, Scales, Scenario, SelectionSettings, Sense, Solver,
    Status,
};
use cutline::units::{Effort, Money, Probability, Share};

/// A project in plain numbers.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub status: Status,
    pub start: usize,
    pub max_delay: usize,
    pub min_fraction: Option<f64>,
    pub success_probability: Option<f64>,
    /// Per line, per period.
    pub costs: Vec<Vec<f64>>,
    /// Per period.
    pub benefit: Vec<f64>,
    /// Per resource, per period.
    pub demands: Vec<Vec<f64>>,
    pub score: f64,
}

/// A portfolio in plain numbers.
#[derive(Clone, Debug, Default)]
pub struct Plain {
    pub periods: usize,
    pub rows: Vec<Row>,
    pub budgets: Vec<Option<Vec<f64>>>,
    pub all_lines: Option<Vec<f64>>,
    pub capacities: Vec<Option<Vec<f64>>>,
    pub alternatives: Vec<Vec<usize>>,
    pub dependencies: Vec<Dependency>,
}

pub fn requires(project: usize, other: usize) -> Dependency {
    Dependency { project, kind: DependencyKind::Requires, other }
}

fn money(amounts: &[f64]) -> Vec<Money> {
    amounts.iter().map(|&amount| Money::new(amount)).collect()
}

fn effort(amounts: &[f64]) -> Vec<Effort> {
    amounts.iter().map(|&amount| Effort::new(amount)).collect()
}

impl Plain {
    pub fn limits(&self) -> Limits {
        Limits {
            lines: self.budgets.iter().map(|budget| budget.as_deref().map(money)).collect(),
            all_lines: self.all_lines.as_deref().map(money),
            resources: self.capacities.iter().map(|capacity| capacity.as_deref().map(effort)).collect(),
        }
    }

    pub fn portfolio(&self) -> Portfolio {
        let objective = Objective {
            id: "value".into(),
            name: "Value".to_owned(),
            parent: None,
            weight: Some(1.0),
            rescale: None,
            target: None,
        };
        let label = |kind: &str, position: usize| format!("{kind}{position:03}");
        Portfolio::new(PortfolioParts {
            horizon: Horizon::new(
                (0..self.periods).map(|period| label("t", period).as_str().into()).collect(),
            )
            .unwrap(),
            lines: (0..self.budgets.len()).map(|line| label("line", line).as_str().into()).collect(),
            resources: (0..self.capacities.len()).map(|role| label("role", role).as_str().into()).collect(),
            benefit_kinds: vec!["benefit".into()],
            objectives: ObjectiveTree::new(vec![objective]).unwrap(),
            projects: (self.rows.iter().enumerate())
                .map(|(position, row)| row.project(&label("P", position)))
                .collect(),
            attributes: Vec::new(),
            alternatives: (self.alternatives.iter().enumerate())
                .map(|(position, group)| (label("group", position), group.clone()))
                .collect(),
            dependencies: self.dependencies.clone(),
            limits: self.limits(),
            flexibility: Default::default(),
            synergies: Vec::new(),
            current_plan: None,
            drivers: Vec::new(),
            factors: vec![[const { None }; 3]; self.rows.len()],
        })
        .unwrap()
    }

    /// A scenario that leaves everything as it is.
    pub fn scenario(&self, portfolio: &Portfolio, goal: Goal, options: usize) -> Scenario {
        let decide = |row: &Row| match row.status {
            Status::Candidate => Decision::Free,
            Status::Mandatory => Decision::In,
            Status::Excluded => Decision::Out,
        };
        Scenario {
            name: "base".into(),
            weight_set: "given".into(),
            weights: portfolio.objectives().given_weights().unwrap(),
            goal,
            discount_rate: 0.07,
            scales: Scales {
                budgets: vec![1.0; self.budgets.len()],
                all_lines: 1.0,
                capacities: vec![1.0; self.capacities.len()],
                costs: vec![1.0; self.budgets.len()],
                benefits: vec![1.0],
            },
            limits: self.limits(),
            named_limits: Vec::new(),
            meet_targets: false,
            change_control: Default::default(),
            escalation: 0.0,
            decisions: self.rows.iter().map(decide).collect(),
            options,
            simulate: false,
        }
    }
}

impl Row {
    fn project(&self, id: &str) -> Project {
        Project {
            id: id.into(),
            name: id.to_owned(),
            status: self.status,
            start: self.start,
            max_delay: self.max_delay,
            min_fraction: self.min_fraction.map(|fraction| Share::new(fraction).unwrap()),
            success_probability: Probability::new(self.success_probability.unwrap_or(1.0)).unwrap(),
            costs: (self.costs.iter().enumerate())
                .map(|(line, profile)| Cost { line, profile: money(profile) })
                .collect(),
            benefits: vec![Benefit { kind: 0, profile: money(&self.benefit) }],
            demands: (self.demands.iter().enumerate())
                .map(|(resource, profile)| Demand { resource, profile: effort(profile) })
                .collect(),
            scores: vec![Some(self.score)],
        }
    }
}

pub fn maximise(measure: Measure) -> Goal {
    Goal::Single { sense: Sense::Maximise, measure }
}

/// Settings that prove the optimum itself.
pub fn exact(min_difference: usize) -> SelectionSettings {
    SelectionSettings {
        min_difference,
        gap: 0.0,
        time_limit: Some(60.0),
        work_limit: None,
        solver: Solver::Auto,
    }
}
