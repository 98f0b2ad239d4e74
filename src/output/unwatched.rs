//! Amounts that no limit covers: spend and demand without a budget or capacity, and amounts past the horizon.

use serde::{Deserialize, Serialize};

use crate::domain::{LimitBound, Measure, Portfolio, Scenario, Selection};
use crate::finance::Valuation;

use super::number::tidy;

/// An amount on a line or of a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnwatchedAmount {
    /// The line or resource.
    pub name: String,
    /// The amount, as planned, over all periods.
    pub amount: f64,
}

/// Spend and demand of an option that no limit covers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Unwatched {
    /// Spend on lines that no budget limits, while others are limited.
    pub unlimited_spend: Vec<UnwatchedAmount>,
    /// Demand for resources that no capacity limits, while others are limited.
    pub unlimited_demand: Vec<UnwatchedAmount>,
    /// Spend past the last period, by line.
    pub spend_past_horizon: Vec<UnwatchedAmount>,
    /// Demand past the last period, by resource.
    pub demand_past_horizon: Vec<UnwatchedAmount>,
}

impl Unwatched {
    /// The amounts of a selection that no limit covers; `None` if there are none.
    pub(super) fn of(selection: &Selection, valuation: &Valuation<'_>) -> Option<Self> {
        let (portfolio, scenario) = (valuation.portfolio(), valuation.scenario());
        let sums = |profiles: Vec<Vec<f64>>| -> Vec<f64> {
            profiles.into_iter().map(|profile| profile.iter().sum()).collect()
        };
        let line = |line: usize| portfolio.lines()[line].to_string();
        let resource = |resource: usize| portfolio.resources()[resource].to_string();
        let unwatched = Self {
            unlimited_spend: amounts(
                &sums(valuation.spends(selection)),
                unlimited_lines(portfolio, scenario),
                line,
            ),
            unlimited_demand: amounts(
                &sums(valuation.demands(selection)),
                unlimited_resources(portfolio, scenario),
                resource,
            ),
            spend_past_horizon: amounts(&valuation.spends_past_horizon(selection), |_| true, line),
            demand_past_horizon: amounts(&valuation.demands_past_horizon(selection), |_| true, resource),
        };
        (unwatched != Self::default()).then_some(unwatched)
    }
}

fn amounts(
    totals: &[f64],
    is_meant: impl Fn(usize) -> bool,
    name: impl Fn(usize) -> String,
) -> Vec<UnwatchedAmount> {
    let meant = totals.iter().enumerate().filter(|&(position, total)| *total != 0.0 && is_meant(position));
    meant
        .filter_map(|(position, total)| Some(UnwatchedAmount { name: name(position), amount: tidy(*total)? }))
        .collect()
}

/// The lines that nothing limits, if others are limited.
fn unlimited_lines(portfolio: &Portfolio, scenario: &Scenario) -> impl Fn(usize) -> bool {
    let limits = &scenario.limits;
    let caps_all = limits.all_lines.is_some() || has_cap(scenario, Measure::Cost);
    let is_limited: Vec<bool> = (0..portfolio.lines().len())
        .map(|line| limits.lines[line].is_some() || has_cap(scenario, Measure::Line(line)))
        .collect();
    move |line| !caps_all && !is_limited[line] && is_limited.contains(&true)
}

/// The resources that nothing limits, if others are limited.
fn unlimited_resources(portfolio: &Portfolio, scenario: &Scenario) -> impl Fn(usize) -> bool {
    let is_limited: Vec<bool> = (0..portfolio.resources().len())
        .map(|resource| {
            scenario.limits.resources[resource].is_some() || has_cap(scenario, Measure::Resource(resource))
        })
        .collect();
    move |resource| !is_limited[resource] && is_limited.contains(&true)
}

/// True if a hard limit caps a measure over all projects.
fn has_cap(scenario: &Scenario, measure: Measure) -> bool {
    scenario.named_limits.iter().any(|limit| {
        let is_upper = limit.bounds().iter().any(|bound| matches!(bound, LimitBound::Max(_)));
        limit.measure() == measure && limit.projects().is_none() && limit.price().is_none() && is_upper
    })
}
