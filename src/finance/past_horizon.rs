//! Amounts that deferred starts push past the last period, where no budget and no capacity covers them.

use crate::domain::{ByLine, ByResource, Selection};
use crate::units::{Effort, Money};

use super::Valuation;
use super::plan::escalation;

impl Valuation<'_> {
    /// Planned spend of a selection past the last period, undiscounted, in the order of budget lines.
    pub fn spends_past_horizon(&self, selection: &Selection) -> ByLine<Money> {
        let mut totals = ByLine::filled(Money::ZERO, self.portfolio().lines().len());
        for choice in selection.choices() {
            let project = &self.portfolio().projects()[choice.project];
            let delay = choice.start - project.start;
            let growth = escalation(self.scenario().escalation, delay);
            for (cost, line) in project.costs.iter().zip(project.payers(choice.payment)) {
                let past: f64 = cost.profile.iter().rev().take(delay).map(|amount| amount.value()).sum();
                let scale = self.scenario().scales.costs[line] * growth;
                totals[line] += Money::new(past * scale * choice.share.value());
            }
        }
        totals
    }

    /// Planned demand of a selection past the last period, in the order of resources.
    pub fn demands_past_horizon(&self, selection: &Selection) -> ByResource<Effort> {
        let mut totals = ByResource::filled(Effort::ZERO, self.portfolio().resources().len());
        for choice in selection.choices() {
            let project = &self.portfolio().projects()[choice.project];
            let delay = choice.start - project.start;
            for demand in &project.demands {
                let past: f64 = demand.profile.iter().rev().take(delay).map(|amount| amount.value()).sum();
                totals[demand.resource] += Effort::new(past * choice.share.value());
            }
        }
        totals
    }
}
