//! Totals of a project that comes some whole periods later than its plan: all amounts move, costs grow as those of a later
//! start do, and what falls past the horizon counts in present values alone.

use crate::domain::{ByPeriod, ProjectIx};
use crate::units::Money;

use super::plan::escalation;
use super::{Profiles, StartPlan, Valuation};

/// Totals of a whole project.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DelayedTotals {
    /// Spend within the horizon.
    pub cost: Money,
    /// Benefit within the horizon if the project succeeds.
    pub benefit_if_successful: Money,
    /// Present value of all spend, within and past the horizon.
    pub discounted_cost: Money,
    /// Present value of all benefits if the project succeeds, within and past the horizon.
    pub discounted_benefit_if_successful: Money,
    /// The same two with every amount as if it were positive, added up.
    pub discounted_size: Money,
}

impl Valuation<'_> {
    /// The factor by which costs have grown after some periods of delay.
    pub fn growth_after(&self, delay: usize) -> f64 {
        escalation(self.scenario().escalation, delay)
    }

    /// The totals of a plan that comes some periods later.
    pub fn totals_after(&self, plan: &StartPlan, delay: usize) -> DelayedTotals {
        if delay == 0 {
            return DelayedTotals {
                cost: plan.cost,
                benefit_if_successful: plan.benefit_if_successful,
                discounted_cost: plan.discounted_cost,
                discounted_benefit_if_successful: plan.discounted_benefit_if_successful,
                discounted_size: plan.discounted_size,
            };
        }
        let growth = self.growth_after(delay);
        // Rates are the same in all periods, so that a delay discounts all amounts alike.
        let worth = (0..delay).fold(1.0, |factor, _| factor / (1.0 + self.scenario().discount_rate));
        DelayedTotals {
            cost: within(plan.cost, &plan.spend, delay) * growth,
            benefit_if_successful: within(plan.benefit_if_successful, &plan.benefits_if_successful, delay),
            discounted_cost: plan.discounted_cost * (growth * worth),
            discounted_benefit_if_successful: plan.discounted_benefit_if_successful * worth,
            discounted_size: plan.discounted_size * (growth.max(1.0) * worth),
        }
    }

    /// Change of a key result (position) when due by a whole project with a plan that comes some periods later, if it
    /// succeeds.
    pub fn key_result_change_after(
        &self,
        key_result: usize,
        (project, plan): (ProjectIx, &StartPlan),
        delay: usize,
    ) -> f64 {
        let late = plan.start - self.portfolio().projects()[project].start + delay;
        let changes = self.key_results.changes.get(project).and_then(|delays| delays.get(late));
        changes.map_or(0.0, |changes| changes[key_result])
    }
}

/// What is left of a total within the periods of its profiles when these come later. The total itself, to the last
/// digit, where nothing is pushed out.
fn within<K: Copy + PartialEq>(total: Money, profiles: &Profiles<K, Money>, delay: usize) -> Money {
    let kept = |profile: &ByPeriod<Money>| profile.len().saturating_sub(delay);
    let is_pushed =
        |profile: &ByPeriod<Money>| profile.iter().skip(kept(profile)).any(|&amount| amount != Money::ZERO);
    match profiles.iter().any(|(_, profile)| is_pushed(profile)) {
        true => profiles.iter().flat_map(|(_, profile)| profile.iter().take(kept(profile))).copied().sum(),
        false => total,
    }
}
