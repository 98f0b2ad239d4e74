//! Spend, benefit and demand of one project at one of its starts.

use crate::domain::{Project, Scenario};

use super::{DiscountFactors, Profiles};

/// A whole project that starts in one period, under one scenario. Money is undiscounted unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct StartPlan {
    /// Position of the period in which it starts.
    pub start: usize,
    /// Position of the last period in which it spends or demands anything, perhaps past the horizon; `None` if it never
    /// does.
    pub end: Option<usize>,
    /// Per budget line that it spends on (position, rising): spend in each period of the horizon.
    pub spend: Profiles,
    /// Per resource that it demands (position, rising): demand in each period of the horizon.
    pub demand: Profiles,
    /// Per kind of benefit that it brings (position, rising): benefit in each period of the horizon if it succeeds.
    pub benefits_if_successful: Profiles,
    /// Benefit of all kinds in each period of the horizon if the project succeeds.
    pub benefit_by_period_if_successful: Vec<f64>,
    /// Spend within the horizon.
    pub cost: f64,
    /// Benefit within the horizon if the project succeeds.
    pub benefit_if_successful: f64,
    /// Present value of the spend within the horizon.
    pub discounted_cost_within: f64,
    /// Present value of the benefit within the horizon if the project succeeds.
    pub discounted_benefit_within_if_successful: f64,
    /// Present value of all spend, within and past the horizon.
    pub discounted_cost: f64,
    /// Present value of all benefits if the project succeeds, within and past the horizon.
    pub discounted_benefit_if_successful: f64,
    /// The same two with every amount as if it were positive, added up. Rounding of either is a small part of it.
    pub discounted_size: f64,
    /// Spend in each period from the first of the horizon to the last that a deferred profile reaches.
    pub all_spend: Vec<f64>,
    /// Benefit in each of the same periods if the project succeeds.
    pub all_benefit_if_successful: Vec<f64>,
}

impl StartPlan {
    /// The plan of a project at a start (position) under a scenario, over `periods` periods of the horizon.
    pub(super) fn new(
        project: &Project,
        start: usize,
        periods: usize,
        scenario: &Scenario,
        factors: &DiscountFactors,
    ) -> Self {
        let delay = start - project.start;
        let mut plan = Self::empty(start, periods, delay);
        let escalation = escalation(scenario.escalation, delay);
        for cost in &project.costs {
            let scale = scenario.scales.costs[cost.line] * escalation;
            let amounts: Vec<f64> = cost.profile.iter().map(|amount| amount.value() * scale).collect();
            plan.end = plan.end.max(last_of(&amounts, delay));
            plan.add_cost(cost.line, &amounts, delay, factors);
        }
        for benefit in &project.benefits {
            let scale = scenario.scales.benefits[benefit.kind];
            let amounts: Vec<f64> = benefit.profile.iter().map(|amount| amount.value() * scale).collect();
            plan.add_benefit(benefit.kind, &amounts, delay, factors);
        }
        for demand in &project.demands {
            let amounts: Vec<f64> = demand.profile.iter().map(|amount| amount.value()).collect();
            plan.end = plan.end.max(last_of(&amounts, delay));
            plan.demand.push(demand.resource, delayed(&amounts, delay));
        }
        plan
    }

    fn empty(start: usize, periods: usize, delay: usize) -> Self {
        Self {
            start,
            end: None,
            spend: Profiles::default(),
            demand: Profiles::default(),
            benefits_if_successful: Profiles::default(),
            benefit_by_period_if_successful: vec![0.0; periods],
            cost: 0.0,
            benefit_if_successful: 0.0,
            discounted_cost_within: 0.0,
            discounted_benefit_within_if_successful: 0.0,
            discounted_cost: 0.0,
            discounted_benefit_if_successful: 0.0,
            discounted_size: 0.0,
            all_spend: vec![0.0; periods + delay],
            all_benefit_if_successful: vec![0.0; periods + delay],
        }
    }

    fn add_cost(&mut self, line: usize, amounts: &[f64], delay: usize, factors: &DiscountFactors) {
        let shifted = delayed(amounts, delay);
        self.cost += shifted.iter().sum::<f64>();
        self.discounted_cost_within += factors.present_value(&shifted, 0);
        self.discounted_cost += factors.present_value(amounts, delay);
        self.discounted_size += factors.present_value(&sizes(amounts), delay);
        add(&mut self.all_spend[delay..], amounts, 1.0);
        self.spend.push(line, shifted);
    }

    fn add_benefit(&mut self, kind: usize, amounts: &[f64], delay: usize, factors: &DiscountFactors) {
        let shifted = delayed(amounts, delay);
        self.benefit_if_successful += shifted.iter().sum::<f64>();
        self.discounted_benefit_within_if_successful += factors.present_value(&shifted, 0);
        self.discounted_benefit_if_successful += factors.present_value(amounts, delay);
        self.discounted_size += factors.present_value(&sizes(amounts), delay);
        add(&mut self.all_benefit_if_successful[delay..], amounts, 1.0);
        add(&mut self.benefit_by_period_if_successful, &shifted, 1.0);
        self.benefits_if_successful.push(kind, shifted);
    }

    /// Multiplies all costs by a factor.
    pub(super) fn scale_costs(&mut self, factor: f64) {
        self.spend.amounts_mut().chain(&mut self.all_spend).for_each(|amount| *amount *= factor);
        self.cost *= factor;
        self.discounted_cost_within *= factor;
        self.discounted_cost *= factor;
        self.discounted_size *= factor.abs().max(1.0);
    }

    /// Sizes of its benefit and spend per period, past the horizon too.
    pub(super) fn sizes_of_flows(&self) -> impl DoubleEndedIterator<Item = f64> + '_ {
        let pairs = self.all_benefit_if_successful.iter().zip(&self.all_spend);
        pairs.map(|(benefit, spend)| benefit.abs() + spend.abs())
    }

    /// Expected benefit less spend per period, past the horizon too, given the probability of success.
    pub fn expected_flows(&self, success: f64) -> impl DoubleEndedIterator<Item = f64> + '_ {
        let pairs = self.all_benefit_if_successful.iter().zip(&self.all_spend);
        pairs.map(move |(benefit, spend)| success * benefit - spend)
    }
}

/// Adds a part of a profile to a total.
pub(super) fn add(total: &mut [f64], profile: &[f64], part: f64) {
    total.iter_mut().zip(profile).for_each(|(sum, amount)| *sum += amount * part);
}

/// The factor by which costs have grown after a delay. It is made by repeated multiplication, so that every machine
/// gets the same bits.
pub(super) fn escalation(rate: f64, delay: usize) -> f64 {
    std::iter::repeat_n(1.0 + rate, delay).product()
}

/// Amounts without their signs.
fn sizes(amounts: &[f64]) -> Vec<f64> {
    amounts.iter().map(|amount| amount.abs()).collect()
}

/// The last period in which a profile that begins `delay` periods late is not 0.
fn last_of(amounts: &[f64], delay: usize) -> Option<usize> {
    amounts.iter().rposition(|&amount| amount != 0.0).map(|last| last + delay)
}

/// A profile shifted to later periods; amounts past the horizon are left out.
fn delayed(amounts: &[f64], delay: usize) -> Vec<f64> {
    let periods = amounts.len();
    std::iter::repeat_n(0.0, delay).chain(amounts.iter().copied()).take(periods).collect()
}
