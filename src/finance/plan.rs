//! Spend, benefit and demand of one project at one of its starts.

use crate::domain::{BenefitKindIx, ByPeriod, LineIx, PaymentIx, PeriodIx, Project, ResourceIx, Scenario};

use crate::units::{Amount, Effort, Money};

use super::{DiscountFactors, Profiles, ProjectFuture};

/// A whole project that starts in one period and is paid for in one way, under one scenario. Money is undiscounted
/// unless said otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct StartPlan {
    /// The period in which it starts.
    pub start: PeriodIx,
    /// The lines that pay for it.
    pub payment: PaymentIx,
    /// The last period in which it spends or demands anything, perhaps past the horizon; `None` if it never
    /// does.
    pub end: Option<PeriodIx>,
    /// Per budget line that it spends on (rising): spend in each period of the horizon.
    pub spend: Profiles<LineIx, Money>,
    /// Per resource that it demands (rising): demand in each period of the horizon.
    pub demand: Profiles<ResourceIx, Effort>,
    /// Per kind of benefit that it brings (rising): benefit in each period of the horizon if it succeeds.
    pub benefits_if_successful: Profiles<BenefitKindIx, Money>,
    /// Benefit of all kinds in each period of the horizon if the project succeeds.
    pub benefit_by_period_if_successful: ByPeriod<Money>,
    /// Spend within the horizon.
    pub cost: Money,
    /// Benefit within the horizon if the project succeeds.
    pub benefit_if_successful: Money,
    /// Present value of the spend within the horizon.
    pub discounted_cost_within: Money,
    /// Present value of the benefit within the horizon if the project succeeds.
    pub discounted_benefit_within_if_successful: Money,
    /// Present value of all spend, within and past the horizon.
    pub discounted_cost: Money,
    /// Present value of all benefits if the project succeeds, within and past the horizon.
    pub discounted_benefit_if_successful: Money,
    /// The same two with every amount as if it were positive, added up. Rounding of either is a small part of it.
    pub discounted_size: Money,
    /// Spend in each period from the first of the horizon to the last that a deferred profile reaches.
    pub all_spend: ByPeriod<Money>,
    /// Benefit in each of the same periods if the project succeeds.
    pub all_benefit_if_successful: ByPeriod<Money>,
}

impl StartPlan {
    /// The plan of a project at a start, paid for in one way, under a scenario over `periods` periods of the horizon, with
    /// what becomes of it.
    pub(super) fn new(
        project: &Project,
        (start, payment): (PeriodIx, PaymentIx),
        periods: usize,
        (scenario, future): (&Scenario, &ProjectFuture),
        factors: &DiscountFactors,
    ) -> Self {
        let deferred = start - project.start;
        let parts = future.parts();
        let latest = parts.last().map_or(0, |&(late, _)| late);
        let mut plan = Self::empty((start, payment), periods, deferred + latest);
        for (late, part) in parts {
            let delay = deferred + late;
            let escalation = escalation(scenario.escalation, delay);
            for (cost, line) in project.costs.iter().zip(project.payers(payment)) {
                let scale = scenario.scales.costs[line] * escalation * (future.cost * part);
                let amounts: Vec<Money> = cost.profile.iter().map(|&amount| amount * scale).collect();
                plan.end = plan.end.max(last_of(&amounts, delay));
                plan.add_cost(line, &amounts, delay, factors);
            }
            for benefit in &project.benefits {
                let scale = scenario.scales.benefits[benefit.kind] * (future.benefit * part);
                let amounts: Vec<Money> = benefit.profile.iter().map(|&amount| amount * scale).collect();
                plan.add_benefit(benefit.kind, &amounts, delay, factors);
            }
            for demand in &project.demands {
                let amounts: Vec<Effort> =
                    demand.profile.iter().map(|&amount| amount * (future.demand * part)).collect();
                plan.end = plan.end.max(last_of(&amounts, delay));
                plan.demand.add(demand.resource, delayed(&amounts, delay));
            }
        }
        plan
    }

    fn empty((start, payment): (PeriodIx, PaymentIx), periods: usize, delay: usize) -> Self {
        Self {
            start,
            payment,
            end: None,
            spend: Profiles::default(),
            demand: Profiles::default(),
            benefits_if_successful: Profiles::default(),
            benefit_by_period_if_successful: ByPeriod::filled(Money::ZERO, periods),
            cost: Money::ZERO,
            benefit_if_successful: Money::ZERO,
            discounted_cost_within: Money::ZERO,
            discounted_benefit_within_if_successful: Money::ZERO,
            discounted_cost: Money::ZERO,
            discounted_benefit_if_successful: Money::ZERO,
            discounted_size: Money::ZERO,
            all_spend: ByPeriod::filled(Money::ZERO, periods + delay),
            all_benefit_if_successful: ByPeriod::filled(Money::ZERO, periods + delay),
        }
    }

    fn add_cost(&mut self, line: LineIx, amounts: &[Money], delay: usize, factors: &DiscountFactors) {
        let shifted = delayed(amounts, delay);
        self.cost += shifted.iter().copied().sum();
        self.discounted_cost_within += factors.present_value(&shifted, 0);
        self.discounted_cost += factors.present_value(amounts, delay);
        self.discounted_size += factors.present_value(&sizes(amounts), delay);
        add(&mut self.all_spend.as_mut_slice()[delay..], amounts, 1.0);
        self.spend.add(line, shifted);
    }

    fn add_benefit(
        &mut self,
        kind: BenefitKindIx,
        amounts: &[Money],
        delay: usize,
        factors: &DiscountFactors,
    ) {
        let shifted = delayed(amounts, delay);
        self.benefit_if_successful += shifted.iter().copied().sum();
        self.discounted_benefit_within_if_successful += factors.present_value(&shifted, 0);
        self.discounted_benefit_if_successful += factors.present_value(amounts, delay);
        self.discounted_size += factors.present_value(&sizes(amounts), delay);
        add(&mut self.all_benefit_if_successful.as_mut_slice()[delay..], amounts, 1.0);
        add(&mut self.benefit_by_period_if_successful, &shifted, 1.0);
        self.benefits_if_successful.add(kind, shifted);
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
        pairs.map(|(benefit, spend)| benefit.value().abs() + spend.value().abs())
    }

    /// Expected benefit less spend per period, past the horizon too, given the probability of success.
    pub fn expected_flows(&self, success: f64) -> impl DoubleEndedIterator<Item = f64> + '_ {
        let pairs = self.all_benefit_if_successful.iter().zip(&self.all_spend);
        pairs.map(move |(benefit, spend)| success * benefit.value() - spend.value())
    }
}

/// Adds a part of a profile to a total.
pub(super) fn add<A: Amount>(total: &mut [A], profile: &[A], part: f64) {
    total.iter_mut().zip(profile).for_each(|(sum, &amount)| *sum += amount * part);
}

/// The factor by which costs have grown after a delay. It is made by repeated multiplication, so that every machine
/// gets the same bits.
pub(super) fn escalation(rate: f64, delay: usize) -> f64 {
    std::iter::repeat_n(1.0 + rate, delay).product()
}

/// Amounts without their signs.
fn sizes(amounts: &[Money]) -> Vec<Money> {
    amounts.iter().map(|amount| amount.abs()).collect()
}

/// The last period in which a profile that begins `delay` periods late is not 0.
fn last_of<A: Amount>(amounts: &[A], delay: usize) -> Option<PeriodIx> {
    amounts.iter().rposition(|&amount| amount != A::default()).map(|last| PeriodIx::new(last + delay))
}

/// A profile shifted to later periods; amounts past the horizon are left out.
pub(super) fn delayed<A: Amount>(amounts: &[A], delay: usize) -> ByPeriod<A> {
    let periods = amounts.len();
    std::iter::repeat_n(A::default(), delay).chain(amounts.iter().copied()).take(periods).collect()
}
