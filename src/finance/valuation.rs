//! The portfolio's numbers under one scenario.

use crate::domain::{
    Choice, Measure, NamedLimit, Portfolio, Project, ROUNDING, Scenario, Selection, Synergy,
};

use super::{DiscountFactors, SynergyPlan};

/// A whole project that starts in one period, under one scenario. Money is undiscounted unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct StartPlan {
    /// Position of the period in which it starts.
    pub start: usize,
    /// Per budget line that it spends on (position, rising): spend in each period of the horizon.
    pub spend: Vec<(usize, Vec<f64>)>,
    /// Per resource that it demands (position, rising): demand in each period of the horizon.
    pub demand: Vec<(usize, Vec<f64>)>,
    /// Benefit in each period of the horizon if the project succeeds.
    pub benefit_by_period_if_successful: Vec<f64>,
    /// Spend within the horizon.
    pub cost: f64,
    /// Benefit within the horizon if the project succeeds.
    pub benefit_if_successful: f64,
    /// Present value of all spend, within and past the horizon.
    pub discounted_cost: f64,
    /// Present value of all benefits if the project succeeds, within and past the horizon.
    pub discounted_benefit_if_successful: f64,
    /// The same two with every amount as if it were positive, added up. Rounding of either is a small part of it.
    pub discounted_size: f64,
}

/// What every project is worth under a scenario, for each of its possible starts.
#[derive(Clone, Debug)]
pub struct Valuation<'a> {
    portfolio: &'a Portfolio,
    scenario: &'a Scenario,
    plans: Vec<Vec<StartPlan>>,
    strategic_values: Vec<f64>,
    synergies: Vec<SynergyPlan>,
    factors: DiscountFactors,
    /// Per line, then for all together: the size of the numbers that cancel in its sums.
    spend_sizes: Vec<f64>,
}

impl<'a> Valuation<'a> {
    /// Values every project at every possible start.
    pub fn new(portfolio: &'a Portfolio, scenario: &'a Scenario) -> Self {
        let periods = portfolio.horizon().len();
        let factors = DiscountFactors::new(scenario.discount_rate, 2 * periods);
        let plans: Vec<Vec<StartPlan>> = (portfolio.projects().iter())
            .map(|project| {
                (project.starts(periods))
                    .map(|start| start_plan(project, start, periods, scenario, &factors))
                    .collect()
            })
            .collect();
        let strategic_values = (portfolio.projects().iter())
            .map(|project| strategic_value(project, portfolio, scenario))
            .collect();
        let synergies: Vec<SynergyPlan> = (portfolio.synergies().iter())
            .map(|synergy| SynergyPlan::new(synergy, portfolio, &factors))
            .collect();
        let spend_sizes = spend_sizes(portfolio.lines().len(), &plans, &synergies);
        Self { portfolio, scenario, plans, strategic_values, synergies, factors, spend_sizes }
    }

    /// The same, with all costs of one project (position) multiplied by a factor.
    #[must_use]
    pub fn with_cost_of(&self, project: usize, factor: f64) -> Self {
        let mut other = self.clone();
        for plan in &mut other.plans[project] {
            plan.spend.iter_mut().flat_map(|(_, profile)| profile).for_each(|amount| *amount *= factor);
            plan.cost *= factor;
            plan.discounted_cost *= factor;
            plan.discounted_size *= factor.abs().max(1.0);
        }
        other
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

    /// How large the numbers are that may cancel in the spend on a line (position; `None`: on all together) in a period:
    /// the sum of their sizes over all projects. 0 where nothing is negative, as nothing cancels then.
    pub fn spend_size(&self, line: Option<usize>) -> f64 {
        self.spend_sizes[line.unwrap_or(self.spend_sizes.len() - 1)]
    }

    /// Discount factors.
    pub(super) fn factors(&self) -> &DiscountFactors {
        &self.factors
    }

    /// What each synergy adds when it holds, in the order of [`Portfolio::synergies`].
    pub fn synergies(&self) -> &[SynergyPlan] {
        &self.synergies
    }

    /// What the synergies that hold in a selection add, of those of which all members satisfy `counts`.
    pub fn synergies_that_hold(
        &self,
        selection: &Selection,
        counts: impl Fn(usize) -> bool,
    ) -> impl Iterator<Item = &SynergyPlan> {
        let all = self.portfolio.synergies().iter().zip(&self.synergies);
        let holds = move |synergy: &Synergy| {
            synergy.holds(|project| selection.contains(project))
                && synergy.members().iter().all(|&one| counts(one))
        };
        all.filter(move |(synergy, _)| holds(synergy)).map(|(_, plan)| plan)
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

    /// What a whole project at one of its starts adds to a measure in some periods (positions), as planned; `None`: to
    /// the measure as it is. A project counts in the period in which it starts. A measure that is not counted by
    /// period is taken whole.
    pub fn measure_in(
        &self,
        measure: Measure,
        periods: Option<&[usize]>,
        project: usize,
        plan: &StartPlan,
    ) -> f64 {
        let Some(periods) = periods else { return self.measure(measure, project, plan) };
        let in_periods = |profile: &Vec<f64>| periods.iter().map(|&period| profile[period]).sum::<f64>();
        let of = |profiles: &[(usize, Vec<f64>)], key: usize| {
            let own = profiles.iter().filter(|(other, _)| *other == key);
            own.map(|(_, profile)| in_periods(profile)).sum()
        };
        match measure {
            Measure::Cost => plan.spend.iter().map(|(_, profile)| in_periods(profile)).sum(),
            Measure::Benefit => {
                let success = self.portfolio.projects()[project].success_probability.value();
                success * in_periods(&plan.benefit_by_period_if_successful)
            }
            Measure::Projects => f64::from(u8::from(periods.contains(&plan.start))),
            Measure::Line(line) => of(&plan.spend, line),
            Measure::Resource(resource) => of(&plan.demand, resource),
            _ => self.measure(measure, project, plan),
        }
    }

    /// What a limit counts in a selection: its measure over the chosen projects that it applies to, and over all chosen
    /// projects, both in its periods. A synergy counts where all its members do. Bought capacity belongs to no project:
    /// it counts where the limit applies to all of them, and in no share. Third comes the sum of the sizes of what was added up.
    pub fn limited(&self, limit: &NamedLimit, selection: &Selection) -> (f64, f64, f64) {
        let (mut part, mut whole, mut size) = (0.0, 0.0, 0.0);
        for choice in selection.choices() {
            let plan = self.plan(choice.project, choice.start);
            let amount = self.measure_in(limit.measure(), limit.periods(), choice.project, plan);
            let amount = funded(amount, limit.measure(), choice);
            whole += amount;
            size += amount.abs();
            if limit.applies_to(choice.project) {
                part += amount;
            }
        }
        let adds = |plan: &SynergyPlan| plan.adds(limit.measure(), limit.periods());
        part += self.synergies_that_hold(selection, |one| limit.applies_to(one)).map(adds).sum::<f64>();
        whole += self.synergies_that_hold(selection, |_| true).map(adds).sum::<f64>();
        if limit.projects().is_none() {
            part += self.bought_adds(selection, limit.measure(), limit.periods());
        }
        size += self.synergies_that_hold(selection, |_| true).map(|plan| adds(plan).abs()).sum::<f64>();
        (part, whole, size)
    }

    /// A measure of a whole selection, synergies and bought capacity included. The number of projects counts a share as
    /// one; all else that projects add is proportional to shares.
    pub fn total(&self, measure: Measure, selection: &Selection) -> f64 {
        let of_choice = |choice: &Choice| {
            let plan = self.plan(choice.project, choice.start);
            let whole = self.measure(measure, choice.project, plan);
            funded(whole, measure, choice)
        };
        let projects: f64 = selection.choices().iter().map(of_choice).sum();
        projects + self.beside_projects(selection, measure, &[])
    }

    /// By how much rounding alone may change a measure of a whole selection. NPV is the difference of sums that may be large
    /// beside it.
    pub fn rounding_of(&self, measure: Measure, selection: &Selection) -> f64 {
        let of_choice = |choice: &Choice| {
            let plan = self.plan(choice.project, choice.start);
            let whole = match measure {
                Measure::Npv => plan.discounted_size,
                _ => self.measure(measure, choice.project, plan).abs(),
            };
            funded(whole, measure, choice)
        };
        let projects: f64 = selection.choices().iter().map(of_choice).sum();
        ROUNDING * (projects + self.size_beside_projects(selection, measure, &[]))
    }

    /// Planned spend of a selection on every line in each period of the horizon, synergies and bought capacity included.
    pub fn spends(&self, selection: &Selection) -> Vec<Vec<f64>> {
        let mut totals = self.add_up(selection, self.portfolio.lines().len(), |plan| &plan.spend);
        for plan in self.synergies_that_hold(selection, |_| true) {
            plan.spend.iter().for_each(|(line, profile)| add(&mut totals[*line], profile, 1.0));
        }
        for (line, bought) in self.spends_on_bought(selection) {
            add(&mut totals[line], &bought, 1.0);
        }
        totals
    }

    /// Planned demand of a selection for a resource (position) in each period of the horizon.
    pub fn demand(&self, selection: &Selection, resource: usize) -> Vec<f64> {
        let mut total = vec![0.0; self.portfolio.horizon().len()];
        for choice in selection.choices() {
            let plan = self.plan(choice.project, choice.start);
            for (_, profile) in plan.demand.iter().filter(|(other, _)| *other == resource) {
                add(&mut total, profile, choice.share.value());
            }
        }
        total
    }

    /// Planned demand of a selection for every resource in each period of the horizon.
    pub fn demands(&self, selection: &Selection) -> Vec<Vec<f64>> {
        self.add_up(selection, self.portfolio.resources().len(), |plan| &plan.demand)
    }

    fn add_up(
        &self,
        selection: &Selection,
        count: usize,
        profiles: impl Fn(&StartPlan) -> &Vec<(usize, Vec<f64>)>,
    ) -> Vec<Vec<f64>> {
        let mut totals = vec![vec![0.0; self.portfolio.horizon().len()]; count];
        for choice in selection.choices() {
            for (key, profile) in profiles(self.plan(choice.project, choice.start)) {
                add(&mut totals[*key], profile, choice.share.value());
            }
        }
        totals
    }
}

/// Per line, then for all together: the largest sum, over the periods, of the sizes of all that may be spent in one; 0
/// where nothing is negative.
fn spend_sizes(lines: usize, plans: &[Vec<StartPlan>], synergies: &[SynergyPlan]) -> Vec<f64> {
    let mut sizes = vec![0.0; lines + 1];
    let mut has_negative = vec![false; lines + 1];
    let mut note = |profiles: &[(usize, Vec<f64>)]| {
        for (line, profile) in profiles {
            let largest = profile.iter().map(|amount| amount.abs()).fold(0.0, f64::max);
            let is_negative = profile.iter().any(|&amount| amount < 0.0);
            for key in [*line, lines] {
                sizes[key] += largest;
                has_negative[key] |= is_negative;
            }
        }
    };
    // Profiles differ from start to start by when they fall due, and by escalation: the last is the dearest.
    plans.iter().filter_map(|plans| plans.last()).for_each(|plan| note(&plan.spend));
    plans.iter().filter_map(|plans| plans.first()).for_each(|plan| note(&plan.spend));
    synergies.iter().for_each(|plan| note(&plan.spend));
    sizes.iter().zip(has_negative).map(|(size, negative)| if negative { *size } else { 0.0 }).collect()
}

/// Adds a part of a profile to a total.
pub(super) fn add(total: &mut [f64], profile: &[f64], part: f64) {
    total.iter_mut().zip(profile).for_each(|(sum, amount)| *sum += amount * part);
}

/// The part of a measure that the share of a choice brings.
fn funded(whole: f64, measure: Measure, choice: &Choice) -> f64 {
    if measure == Measure::Projects { whole } else { whole * choice.share.value() }
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

fn start_plan(
    project: &Project,
    start: usize,
    periods: usize,
    scenario: &Scenario,
    factors: &DiscountFactors,
) -> StartPlan {
    let delay = start - project.start;
    let escalation = escalation(scenario.escalation, delay);
    let mut plan = StartPlan {
        start,
        spend: Vec::with_capacity(project.costs.len()),
        demand: Vec::with_capacity(project.demands.len()),
        benefit_by_period_if_successful: vec![0.0; periods],
        cost: 0.0,
        benefit_if_successful: 0.0,
        discounted_cost: 0.0,
        discounted_benefit_if_successful: 0.0,
        discounted_size: 0.0,
    };
    for cost in &project.costs {
        let scale = scenario.scales.costs[cost.line] * escalation;
        let amounts: Vec<f64> = cost.profile.iter().map(|amount| amount.value() * scale).collect();
        let shifted = delayed(&amounts, delay);
        plan.cost += shifted.iter().sum::<f64>();
        plan.discounted_cost += factors.present_value(&amounts, delay);
        plan.discounted_size += factors.present_value(&sizes(&amounts), delay);
        plan.spend.push((cost.line, shifted));
    }
    for benefit in &project.benefits {
        let scale = scenario.scales.benefits[benefit.kind];
        let amounts: Vec<f64> = benefit.profile.iter().map(|amount| amount.value() * scale).collect();
        let shifted = delayed(&amounts, delay);
        plan.benefit_if_successful += shifted.iter().sum::<f64>();
        for (sum, amount) in plan.benefit_by_period_if_successful.iter_mut().zip(shifted) {
            *sum += amount;
        }
        plan.discounted_benefit_if_successful += factors.present_value(&amounts, delay);
        plan.discounted_size += factors.present_value(&sizes(&amounts), delay);
    }
    for demand in &project.demands {
        let amounts: Vec<f64> = demand.profile.iter().map(|amount| amount.value()).collect();
        plan.demand.push((demand.resource, delayed(&amounts, delay)));
    }
    plan
}

/// The factor by which costs have grown after a delay. It is made by repeated multiplication, so that every machine
/// gets the same bits.
fn escalation(rate: f64, delay: usize) -> f64 {
    std::iter::repeat_n(1.0 + rate, delay).product()
}

/// Amounts without their signs.
fn sizes(amounts: &[f64]) -> Vec<f64> {
    amounts.iter().map(|amount| amount.abs()).collect()
}

/// A profile shifted to later periods; what falls past the horizon is left out.
fn delayed(amounts: &[f64], delay: usize) -> Vec<f64> {
    let periods = amounts.len();
    std::iter::repeat_n(0.0, delay).chain(amounts.iter().copied()).take(periods).collect()
}
