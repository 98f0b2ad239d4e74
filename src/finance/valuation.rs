//! The portfolio's numbers under one scenario.

use crate::domain::{Choice, Measure, Portfolio, Project, Scenario, Selection};

use super::DiscountFactors;

/// A whole project that starts in one period, under one scenario. Money is undiscounted unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct StartPlan {
    /// Position of the period in which it starts.
    pub start: usize,
    /// Per budget line that it spends on (position, rising): spend in each period of the horizon.
    pub spend: Vec<(usize, Vec<f64>)>,
    /// Per resource that it demands (position, rising): demand in each period of the horizon.
    pub demand: Vec<(usize, Vec<f64>)>,
    /// Spend within the horizon.
    pub cost: f64,
    /// Benefit within the horizon if the project succeeds.
    pub benefit_if_successful: f64,
    /// Present value of all spend, within and past the horizon.
    pub discounted_cost: f64,
    /// Present value of all benefits if the project succeeds, within and past the horizon.
    pub discounted_benefit_if_successful: f64,
}

/// What every project is worth under a scenario, for each of its possible starts.
#[derive(Clone, Debug)]
pub struct Valuation<'a> {
    portfolio: &'a Portfolio,
    scenario: &'a Scenario,
    plans: Vec<Vec<StartPlan>>,
    strategic_values: Vec<f64>,
}

impl<'a> Valuation<'a> {
    /// Values every project at every possible start.
    pub fn new(portfolio: &'a Portfolio, scenario: &'a Scenario) -> Self {
        let periods = portfolio.horizon().len();
        let factors = DiscountFactors::new(scenario.discount_rate, 2 * periods);
        let plans = (portfolio.projects().iter())
            .map(|project| {
                (project.starts(periods))
                    .map(|start| start_plan(project, start, scenario, &factors))
                    .collect()
            })
            .collect();
        let strategic_values = (portfolio.projects().iter())
            .map(|project| strategic_value(project, portfolio, scenario))
            .collect();
        Self { portfolio, scenario, plans, strategic_values }
    }

    /// The portfolio.
    pub fn portfolio(&self) -> &'a Portfolio {
        self.portfolio
    }

    /// The scenario.
    pub fn scenario(&self) -> &'a Scenario {
        self.scenario
    }

    /// The plans of a project (position), one per possible start, in the order of starts.
    pub fn plans(&self, project: usize) -> &[StartPlan] {
        &self.plans[project]
    }

    /// The plan of a project at a start that is possible for it.
    pub fn plan(&self, project: usize, start: usize) -> &StartPlan {
        &self.plans[project][start - self.portfolio.projects()[project].start]
    }

    /// Weighted score of a whole project (position).
    pub fn strategic_value(&self, project: usize) -> f64 {
        self.strategic_values[project]
    }

    /// What a whole project at one of its starts adds to a measure, as planned (benefits times success probability).
    pub fn measure(&self, measure: Measure, project: usize, plan: &StartPlan) -> f64 {
        let row = &self.portfolio.projects()[project];
        let success = row.success_probability.value();
        match measure {
            Measure::StrategicValue => self.strategic_values[project],
            Measure::Npv => success * plan.discounted_benefit_if_successful - plan.discounted_cost,
            Measure::Benefit => success * plan.benefit_if_successful,
            Measure::Cost => plan.cost,
            Measure::Projects => 1.0,
            Measure::Objective(leaf) => row.scores[leaf].unwrap_or(0.0),
            Measure::Line(line) => total_of(&plan.spend, line),
            Measure::Resource(resource) => total_of(&plan.demand, resource),
            Measure::Attribute(attribute) => {
                (self.portfolio.attributes()[attribute].numbers()).map_or(0.0, |numbers| numbers[project])
            }
        }
    }

    /// A measure of a whole selection. The number of projects counts a share as one; all else is proportional to shares.
    pub fn total(&self, measure: Measure, selection: &Selection) -> f64 {
        let of_choice = |choice: &Choice| {
            let plan = self.plan(choice.project, choice.start);
            let whole = self.measure(measure, choice.project, plan);
            if measure == Measure::Projects { whole } else { whole * choice.share.value() }
        };
        selection.choices().iter().map(of_choice).sum()
    }

    /// Planned spend of a selection on a line (position) in each period of the horizon.
    pub fn spend(&self, selection: &Selection, line: usize) -> Vec<f64> {
        self.add_up(selection, line, |plan| &plan.spend)
    }

    /// Planned spend of a selection on all lines together in each period of the horizon.
    pub fn spend_on_all_lines(&self, selection: &Selection) -> Vec<f64> {
        let mut total = vec![0.0; self.portfolio.horizon().len()];
        for line in 0..self.portfolio.lines().len() {
            for (sum, amount) in total.iter_mut().zip(self.spend(selection, line)) {
                *sum += amount;
            }
        }
        total
    }

    /// Planned demand of a selection for a resource (position) in each period of the horizon.
    pub fn demand(&self, selection: &Selection, resource: usize) -> Vec<f64> {
        self.add_up(selection, resource, |plan| &plan.demand)
    }

    fn add_up(
        &self,
        selection: &Selection,
        key: usize,
        profiles: impl Fn(&StartPlan) -> &Vec<(usize, Vec<f64>)>,
    ) -> Vec<f64> {
        let mut total = vec![0.0; self.portfolio.horizon().len()];
        for choice in selection.choices() {
            let plan = self.plan(choice.project, choice.start);
            for (_, profile) in profiles(plan).iter().filter(|(other, _)| *other == key) {
                for (sum, amount) in total.iter_mut().zip(profile) {
                    *sum += amount * choice.share.value();
                }
            }
        }
        total
    }
}

fn total_of(profiles: &[(usize, Vec<f64>)], key: usize) -> f64 {
    let of_key = profiles.iter().filter(|(other, _)| *other == key);
    of_key.flat_map(|(_, profile)| profile).sum()
}

fn strategic_value(project: &Project, portfolio: &Portfolio, scenario: &Scenario) -> f64 {
    let tree = portfolio.objectives();
    let weighted = |((&leaf, weight), score): ((&usize, &f64), &Option<f64>)| {
        // A project that was not scored on an objective contributes nothing to it, whatever the scale.
        let score = score
            .map_or(0.0, |score| tree.objectives()[leaf].rescale.map_or(score, |scale| scale.apply(score)));
        weight * score
    };
    let leaves = tree.leaves().iter().zip(&scenario.weights.leaves);
    leaves.zip(&project.scores).map(weighted).sum()
}

fn start_plan(project: &Project, start: usize, scenario: &Scenario, factors: &DiscountFactors) -> StartPlan {
    let delay = start - project.start;
    let mut plan = StartPlan {
        start,
        spend: Vec::with_capacity(project.costs.len()),
        demand: Vec::with_capacity(project.demands.len()),
        cost: 0.0,
        benefit_if_successful: 0.0,
        discounted_cost: 0.0,
        discounted_benefit_if_successful: 0.0,
    };
    for cost in &project.costs {
        let scale = scenario.scales.costs[cost.line];
        let amounts: Vec<f64> = cost.profile.iter().map(|amount| amount.value() * scale).collect();
        let shifted = delayed(&amounts, delay);
        plan.cost += shifted.iter().sum::<f64>();
        plan.discounted_cost += factors.present_value(&amounts, delay);
        plan.spend.push((cost.line, shifted));
    }
    for benefit in &project.benefits {
        let scale = scenario.scales.benefits[benefit.kind];
        let amounts: Vec<f64> = benefit.profile.iter().map(|amount| amount.value() * scale).collect();
        plan.benefit_if_successful += delayed(&amounts, delay).iter().sum::<f64>();
        plan.discounted_benefit_if_successful += factors.present_value(&amounts, delay);
    }
    for demand in &project.demands {
        let amounts: Vec<f64> = demand.profile.iter().map(|amount| amount.value()).collect();
        plan.demand.push((demand.resource, delayed(&amounts, delay)));
    }
    plan
}

/// A profile shifted to later periods; what falls past the horizon is left out.
fn delayed(amounts: &[f64], delay: usize) -> Vec<f64> {
    let periods = amounts.len();
    std::iter::repeat_n(0.0, delay).chain(amounts.iter().copied()).take(periods).collect()
}
