//! Budgets and capacities, with overruns, carry-over and bought units.
//!
//! In a period, `u` is the money not spent and `o` the money spent beyond the budget: `spend_t + u_t − o_t ≤ budget_t +
//! carry_over · u_{t−1}`. If both could be positive at once, money that was never there could be carried over; a switch
//! rules that out. All columns take the values of the portfolio's own accounts ([`crate::finance::BudgetAccount`]), or
//! worse values.

use super::row_key::{ColumnKey, RowKey};
use crate::domain::{
    BudgetFlexibility, ByPeriod, ExtraCapacity, Goal, LimitBound, LineIx, Measure, PeriodIx, ResourceIx,
    Scenario, Sense,
};
use crate::finance::{StartPlan, Valuation};
use crate::optimise::model::program::RowIx;
use crate::units::Money;

use super::amount::{Amount, Bought};
use super::{Formulation, Terms};

impl Formulation {
    /// Σ demand ≤ capacity + bought units, for each resource and period.
    pub(super) fn add_capacities(&mut self, valuation: &Valuation) {
        let flexibility = valuation.portfolio().flexibility();
        for (resource, capacity) in valuation.scenario().limits.resources.iter_enumerated() {
            for (period, limit) in capacity.iter().flat_map(ByPeriod::iter_enumerated) {
                let key = RowKey::Capacity { resource, period };
                let demand = self.amounts(valuation, |plan| plan.demand.at(Some(resource), period).value());
                let Some(extra) = flexibility.resource(resource) else {
                    self.add_at_most(key, demand, limit.value());
                    continue;
                };
                let place = (resource, period);
                if let Some(units) =
                    self.add_capacity_with_extra(place, demand, limit.value(), extra, valuation)
                {
                    self.bought.push(Bought { resource, period, units });
                }
            }
        }
    }

    /// Adds a capacity of which more units can be bought; returns the bought units if they can exceed 0.
    fn add_capacity_with_extra(
        &mut self,
        (resource, period): (ResourceIx, PeriodIx),
        demand: Terms,
        capacity: f64,
        extra: ExtraCapacity,
        valuation: &Valuation,
    ) -> Option<Amount> {
        let key = RowKey::Capacity { resource, period };
        let (least, most) = self.range(&demand);
        let bought = ColumnKey::Bought { resource, period };
        let units = self.add_amount(bought, (most - capacity).min(extra.limit().value()));
        let less_bought = units.map(|units| units.term(-1.0));
        self.add_at_most(key, demand.iter().copied().chain(less_bought), capacity);
        let units = units?;
        if extra.rate() > 0.0 && rewards_spending(valuation.scenario()) {
            // No units may be bought for the sake of spending: bought = max(0, demand − capacity).
            let needed = self.add_switch(ColumnKey::IsBought { resource, period });
            self.add_at_most(RowKey::Account, [(units.column, 1.0), (needed, -units.upper)], 0.0);
            let spare = (capacity - least).max(0.0);
            let less_demand = demand.into_iter().map(|(column, factor)| (column, -factor));
            let terms = less_demand.chain([units.term(1.0), (needed, spare)]);
            self.add_slackable_at_most(RowKey::Account, terms, spare - capacity);
        }
        Some(units)
    }

    /// Σ spend ≤ budget for each line and period, and for all lines together.
    pub(super) fn add_budgets(&mut self, valuation: &Valuation) {
        let limits = &valuation.scenario().limits;
        let flexibility = valuation.portfolio().flexibility();
        for (line, budget) in limits.lines.iter_enumerated() {
            if let Some(budget) = budget {
                self.add_budget(valuation, Some(line), budget, flexibility.line(line));
            }
        }
        if let Some(budget) = &limits.all_lines {
            self.add_budget(valuation, None, budget, flexibility.all_lines());
        }
    }

    fn add_budget(
        &mut self,
        valuation: &Valuation,
        line: Option<LineIx>,
        budget: &ByPeriod<Money>,
        flexibility: BudgetFlexibility,
    ) {
        let carry_over = flexibility.carry_over();
        let mut unspent_before: Option<Amount> = None;
        let mut most_unspent = 0.0;
        for (period, budget) in budget.iter_enumerated() {
            let key = RowKey::Budget { line, period };
            let spend = self.spend(valuation, line, period);
            let (least, most) = self.range(&spend);
            let is_carried = carry_over > 0.0 && period.index() + 1 < valuation.portfolio().horizon().len();
            let available = budget.value() + carry_over * most_unspent;
            most_unspent = if is_carried { (available - least).max(0.0) } else { 0.0 };
            let unspent = self.add_amount(ColumnKey::Unspent { line, period }, most_unspent);
            let beyond = flexibility.overrun();
            let most_beyond = most - self.least_budget_scale * budget.value();
            let overrun = beyond.and_then(|beyond| {
                let most = most_beyond.min(beyond.limit().value());
                self.add_amount(ColumnKey::Overrun { line, period }, most)
            });
            let carried = unspent_before.map(|unspent| unspent.term(-carry_over));
            let others =
                [unspent.map(|unspent| unspent.term(1.0)), overrun.map(|over| over.term(-1.0)), carried];
            let rows = self.program.rows.len();
            self.add_at_most(key, spend.into_iter().chain(others.into_iter().flatten()), budget.value());
            self.budget_rows.extend((rows..self.program.rows.len()).map(RowIx::new));
            if self.is_relieved(line) {
                self.slackable_rows.extend((rows..self.program.rows.len()).map(RowIx::new));
            }
            if let (Some(unspent), Some(overrun)) = (unspent, overrun) {
                self.add_either(unspent, overrun, ColumnKey::IsOverrun { line, period });
            }
            if let (Some(overrun), Some(beyond)) = (overrun, beyond.filter(|beyond| !beyond.is_expected())) {
                let (column, units) = overrun.term(1.0);
                self.penalties.push((column, beyond.price() * units));
            }
            unspent_before = unspent;
        }
    }

    /// At most one of two amounts is above 0; a switch selects it.
    fn add_either(&mut self, one: Amount, other: Amount, switch: ColumnKey) {
        let is_other = self.add_switch(switch);
        self.add_at_most(RowKey::Account, [(other.column, 1.0), (is_other, -other.upper)], 0.0);
        self.add_at_most(RowKey::Account, [(one.column, 1.0), (is_other, one.upper)], one.upper);
    }

    /// Spend on a line, or on all lines together, in a period.
    fn spend(&self, valuation: &Valuation, line: Option<LineIx>, period: PeriodIx) -> Terms {
        let mut terms = self.amounts(valuation, |plan| plan.spend.at(line, period).value());
        let measure = line.map_or(Measure::Cost, Measure::Line);
        terms.extend(self.synergy_terms(valuation, measure, Some(&[period]), &|_| true));
        terms.extend(self.moved_terms(measure, Some(&[period]), &|_| true));
        terms.extend(self.bought_terms(valuation, measure, Some(&[period])));
        terms
    }

    /// Contribution of bought capacity to a measure.
    pub(super) fn bought_terms(
        &self,
        valuation: &Valuation,
        measure: Measure,
        periods: Option<&[PeriodIx]>,
    ) -> Terms {
        let term = |bought: &Bought| {
            let Bought { resource, period, units } = *bought;
            units.term(valuation.bought_unit_adds(resource, period, measure, periods))
        };
        self.bought.iter().map(term).filter(|&(_, factor)| factor != 0.0).collect()
    }

    fn amounts(&self, valuation: &Valuation, of_plan: impl Fn(&StartPlan) -> f64) -> Terms {
        let starts = self.starts.iter();
        let terms = starts.map(|start| {
            let plan = valuation.plan_paid(start.project, start.start, start.payment);
            (start.share, of_plan(plan))
        });
        terms.collect()
    }
}

/// True if spending for its own sake could make a selection better, or keep a limit.
fn rewards_spending(scenario: &Scenario) -> bool {
    let grows = |measure: Measure| measure.sign_of_spending() > 0.0;
    let shrinks = |measure: Measure| measure.sign_of_spending() < 0.0;
    let by_goal = match &scenario.goal {
        Goal::Single { sense: Sense::Maximise, measure } => grows(*measure),
        Goal::Single { sense: Sense::Minimise, measure } => shrinks(*measure),
        // Each measure of a mix is first maximised alone.
        Goal::Mix(terms) => {
            terms.iter().any(|&(measure, weight)| grows(measure) || (shrinks(measure) && weight < 0.0))
        }
    };
    let by_next = match scenario.goal.sense() {
        Sense::Maximise => scenario.next_goals.iter().any(|&measure| grows(measure)),
        Sense::Minimise => scenario.next_goals.iter().any(|&measure| shrinks(measure)),
    };
    let by_limit = scenario.named_limits.iter().any(|limit| {
        limit.bounds().iter().any(|bound| match bound {
            LimitBound::Min(_) => grows(limit.measure()),
            LimitBound::Max(_) => shrinks(limit.measure()),
            // Shares do not count bought units.
            LimitBound::MinShare(_) | LimitBound::MaxShare(_) => false,
        })
    });
    by_goal || by_next || by_limit
}
