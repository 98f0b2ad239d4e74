//! Business case of each project on its own.

use super::{Valuation, internal_rate, internal_rates, modified_rate, payback};
use crate::domain::{Measure, ProjectIx};
use crate::units::Money;

/// A project on its own, whole, as planned and started when planned. Benefits are times the probability of success.
#[derive(Clone, Debug, PartialEq)]
pub struct BusinessCase {
    /// Undiscounted spend.
    pub cost: Money,
    /// Undiscounted benefit.
    pub benefit: Money,
    /// Net present value.
    pub npv: Money,
    /// All internal rates of return above −1, rising.
    pub internal_rates: Vec<f64>,
    /// Modified internal rate of return over the periods of the horizon, at the scenario's discount rate.
    pub modified_rate: Option<f64>,
    /// Periods from the first flow of money until receipts cover payments.
    pub payback: Option<f64>,
    /// Present value of the benefits per unit of that of the spend; `None` where nothing is spent.
    pub profitability_index: Option<f64>,
    /// Weighted score.
    pub strategic_value: f64,
    /// The same times the probability of success.
    pub expected_strategic_value: f64,
    /// Strategic value lost by a start one period later than planned, whether or not it may be deferred.
    pub cost_of_delay: f64,
    /// Strategic value per unit of undiscounted spend; `None` where nothing is spent.
    pub value_per_cost: Option<f64>,
}

impl BusinessCase {
    /// The business case of a project under a scenario.
    pub fn new(valuation: &Valuation<'_>, project: ProjectIx) -> Self {
        let row = &valuation.portfolio().projects()[project];
        let plan = valuation.plan(project, row.start);
        let success = row.success_probability.value();
        let flows: Vec<f64> = plan.expected_flows(success).collect();
        let of = |measure| valuation.measure(measure, project, plan);
        let strategic_value = of(Measure::StrategicValue);
        Self {
            cost: plan.cost,
            benefit: Money::new(of(Measure::Benefit)),
            npv: Money::new(of(Measure::Npv)),
            internal_rates: internal_rates(&flows),
            modified_rate: modified_rate(&flows, valuation.scenario().discount_rate),
            payback: payback(&flows),
            profitability_index: per(
                success * plan.discounted_benefit_if_successful.value(),
                plan.discounted_cost,
            ),
            strategic_value,
            expected_strategic_value: of(Measure::ExpectedStrategicValue),
            cost_of_delay: strategic_value * row.value_decay.value(),
            value_per_cost: per(strategic_value, plan.cost),
        }
    }

    /// [The internal rate of return](internal_rate).
    pub fn internal_rate(&self) -> Option<f64> {
        internal_rate(&self.internal_rates)
    }
}

/// A ratio; `None` where there is nothing to divide by.
fn per(amount: f64, cost: Money) -> Option<f64> {
    (cost > Money::ZERO).then(|| amount / cost.value())
}
