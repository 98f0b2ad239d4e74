//! Small portfolios for tests, made without any file.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod dice;
pub mod strategies;
pub mod trials;

use cutline::domain::{
    Benefit, BenefitKindIx, BudgetFlexibility, ByPeriod, ChangeControl, Condition, Cost, CurrentPlan,
    Decision, Demand, Dependency, DependencyKind, ExtraCapacity, Flexibility, Goal, Horizon, Limits, LineIx,
    Measure, NamedLimit, Objective, ObjectiveTree, Overrun, PeriodIx, Portfolio, PortfolioParts, Project,
    ProjectIx, ResourceIx, Scales, Scenario, SelectionSettings, Sense, Solver, Status, Synergy,
    SynergyEffect,
};
use cutline::units::{Effort, Money, Probability, Share};

/// A project in plain numbers.
#[derive(Clone, Debug, Default)]
pub struct PlainProject {
    pub status: Status,
    pub start: usize,
    pub max_delay: usize,
    /// Share of the score that each period of delay takes.
    pub value_decay: f64,
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
    pub rows: Vec<PlainProject>,
    pub budgets: Vec<Option<Vec<f64>>>,
    pub all_lines: Option<Vec<f64>>,
    pub capacities: Vec<Option<Vec<f64>>>,
    pub alternatives: Vec<Vec<usize>>,
    pub dependencies: Vec<Dependency>,
    pub conditions: Vec<Condition>,
    /// Per line: how its budget gives way; rigid where there is no entry.
    pub give: Vec<Give>,
    pub give_all_lines: Give,
    /// Per resource: what can be bought.
    pub extra: Vec<Option<Extra>>,
    pub synergies: Vec<Together>,
    pub named_limits: Vec<NamedLimit>,
    /// The target of the one objective, which must be reached.
    pub target: Option<f64>,
    pub current_plan: Option<Vec<Option<usize>>>,
    pub change_control: ChangeControl,
}

/// How a budget gives way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Give {
    pub carry_over: f64,
    /// Limit and price.
    pub overrun: Option<(f64, f64)>,
    /// Priced on the mean over futures.
    pub is_expected: bool,
}

impl Give {
    fn flexibility(self) -> BudgetFlexibility {
        let overrun = self.overrun.map(|(limit, price)| Overrun::new(Money::new(limit), price).unwrap());
        let overrun = overrun.map(|overrun| if self.is_expected { overrun.expected() } else { overrun });
        BudgetFlexibility::new(self.carry_over, overrun).unwrap()
    }
}

/// What can be bought of a resource.
#[derive(Clone, Copy, Debug)]
pub struct Extra {
    pub limit: f64,
    pub rate: f64,
    pub line: usize,
}

/// A synergy.
#[derive(Clone, Debug)]
pub struct Together {
    pub members: Vec<usize>,
    pub at_least: usize,
    pub effect: SynergyEffect,
    pub amount: f64,
}

pub fn requires(project: usize, other: usize) -> Dependency {
    Dependency {
        project: ProjectIx::new(project),
        kind: DependencyKind::Requires,
        other: ProjectIx::new(other),
    }
}

/// Projects by their numbers.
pub fn projects(numbers: &[usize]) -> Vec<ProjectIx> {
    numbers.iter().copied().map(ProjectIx::new).collect()
}

fn money(amounts: &[f64]) -> ByPeriod<Money> {
    amounts.iter().map(|&amount| Money::new(amount)).collect()
}

fn effort(amounts: &[f64]) -> ByPeriod<Effort> {
    amounts.iter().map(|&amount| Effort::new(amount)).collect()
}

impl Plain {
    pub fn limits(&self) -> Limits {
        Limits {
            lines: self.budgets.iter().map(|budget| budget.as_deref().map(money)).collect(),
            all_lines: self.all_lines.as_deref().map(money),
            resources: self.capacities.iter().map(|capacity| capacity.as_deref().map(effort)).collect(),
            asked: Vec::new(),
        }
    }

    pub fn portfolio(&self) -> Portfolio {
        let objective = Objective {
            id: "value".into(),
            name: "Value".to_owned(),
            parent: None,
            weight: Some(1.0),
            rescale: None,
            target: self.target,
        };
        let label = |kind: &str, position: usize| format!("{kind}{position:03}");
        Portfolio::new(PortfolioParts {
            horizon: Horizon::new(
                (0..self.periods).map(|period| label("t", period).as_str().into()).collect(),
            )
            .unwrap(),
            lines: (0..self.budgets.len()).map(|line| label("line", line).as_str().into()).collect(),
            resources: (0..self.capacities.len()).map(|role| label("role", role).as_str().into()).collect(),
            benefit_kinds: vec!["benefit".into()].into(),
            objectives: ObjectiveTree::new(vec![objective]).unwrap(),
            projects: (self.rows.iter().enumerate())
                .map(|(position, row)| row.project(&label("P", position)))
                .collect(),
            attributes: Vec::new(),
            alternatives: (self.alternatives.iter().enumerate())
                .map(|(position, group)| (label("group", position), projects(group)))
                .collect(),
            dependencies: self.dependencies.clone(),
            conditions: self.conditions.clone(),
            limits: self.limits(),
            flexibility: self.flexibility(),
            synergies: (self.synergies.iter().enumerate())
                .map(|(position, one)| one.synergy(&label("S", position)))
                .collect(),
            current_plan: self.current_plan.as_ref().map(|starts| {
                CurrentPlan::new(starts.iter().map(|start| start.map(PeriodIx::new)).collect())
            }),
            drivers: Vec::new(),
            factors: vec![[const { None }; 3]; self.rows.len()].into(),
        })
        .unwrap()
    }

    fn flexibility(&self) -> Flexibility {
        let lines = self.give.iter().map(|give| give.flexibility()).enumerate();
        let lines = lines.map(|(line, give)| (LineIx::new(line), give)).collect();
        let extra = |extra: &Extra| {
            ExtraCapacity::new(Effort::new(extra.limit), extra.rate, Some(LineIx::new(extra.line))).unwrap()
        };
        let resources = self.extra.iter().enumerate();
        let resources =
            resources.filter_map(|(role, one)| Some((ResourceIx::new(role), extra(one.as_ref()?)))).collect();
        Flexibility::new(lines, self.give_all_lines.flexibility(), resources)
    }

    /// A scenario that leaves everything as it is.
    pub fn scenario(&self, portfolio: &Portfolio, goal: Goal, options: usize) -> Scenario {
        let decide = |row: &PlainProject| match row.status {
            Status::Candidate => Decision::Free,
            Status::Mandatory => Decision::In,
            Status::Excluded => Decision::Out,
        };
        Scenario {
            name: "base".into(),
            weight_set: "given".into(),
            weights: portfolio.objectives().given_weights().unwrap().into(),
            goal,
            next_goals: Vec::new(),
            discount_rate: 0.07,
            discount_at: Default::default(),
            scales: Scales {
                budgets: vec![1.0; self.budgets.len()].into(),
                all_lines: 1.0,
                capacities: vec![1.0; self.capacities.len()].into(),
                costs: vec![1.0; self.budgets.len()].into(),
                benefits: vec![1.0].into(),
            },
            limits: self.limits(),
            named_limits: self.named_limits.clone(),
            meet_targets: self.target.is_some(),
            change_control: self.change_control,
            escalation: 0.0,
            min_fractions: Default::default(),
            decisions: self.rows.iter().map(decide).collect(),
            options,
            simulate: false,
        }
    }
}

impl Together {
    fn synergy(&self, id: &str) -> Synergy {
        Synergy::new(id.into(), projects(&self.members), self.at_least, self.effect, self.amount).unwrap()
    }
}

impl PlainProject {
    fn project(&self, id: &str) -> Project {
        Project {
            id: id.into(),
            name: id.to_owned(),
            status: self.status,
            start: PeriodIx::new(self.start),
            max_delay: self.max_delay,
            value_decay: Share::new(self.value_decay).unwrap(),
            min_fraction: self.min_fraction.map(|fraction| Share::new(fraction).unwrap()),
            success_probability: Probability::new(self.success_probability.unwrap_or(1.0)).unwrap(),
            costs: (self.costs.iter().enumerate())
                .map(|(line, profile)| Cost {
                    line: LineIx::new(line),
                    others: Vec::new(),
                    shares: false,
                    profile: money(profile),
                })
                .collect(),
            benefits: vec![Benefit { kind: BenefitKindIx::new(0), profile: money(&self.benefit) }],
            demands: (self.demands.iter().enumerate())
                .map(|(resource, profile)| Demand {
                    resource: ResourceIx::new(resource),
                    profile: effort(profile),
                })
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
