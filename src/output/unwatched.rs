//! Amounts that no limit covers: spend and demand without a budget or capacity, and amounts past the horizon.

use serde::{Deserialize, Serialize};

use crate::domain::{
    ByLine, ByPeriod, ByResource, IxVec, LimitBound, LineIx, Measure, Portfolio, Position, ResourceIx,
    Scenario, Selection,
};
use crate::finance::Valuation;

use crate::units::Amount;

use super::number::tidy;

/// An amount on a line or of a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnwatchedAmount {
    /// The line or resource.
    pub name: String,
    /// The name of a line for people, where it has one beside its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
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
        let line = |line: LineIx| {
            let (id, name) = (portfolio.lines()[line].as_str(), portfolio.line_name(line));
            (id.to_owned(), (name != id).then(|| name.to_owned()))
        };
        let resource = |resource: ResourceIx| (portfolio.resources()[resource].to_string(), None);
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

/// The total of each profile.
fn sums<K, A: Amount>(profiles: IxVec<K, ByPeriod<A>>) -> IxVec<K, A> {
    profiles.into_iter().map(|profile| profile.into_iter().sum()).collect()
}

fn amounts<K: Position, A: Amount>(
    totals: &IxVec<K, A>,
    is_meant: impl Fn(K) -> bool,
    name: impl Fn(K) -> (String, Option<String>),
) -> Vec<UnwatchedAmount> {
    let meant =
        totals.iter_enumerated().filter(|&(position, total)| *total != A::default() && is_meant(position));
    meant
        .filter_map(|(position, total)| {
            let (name, title) = name(position);
            Some(UnwatchedAmount { name, title, amount: tidy(total.value())? })
        })
        .collect()
}

/// The lines that nothing limits, if others are limited.
fn unlimited_lines(portfolio: &Portfolio, scenario: &Scenario) -> impl Fn(LineIx) -> bool {
    let limits = &scenario.limits;
    let caps_all = limits.all_lines.is_some() || has_cap(scenario, Measure::Cost);
    let is_limited: ByLine<bool> = (portfolio.lines().positions())
        .map(|line| limits.lines[line].is_some() || has_cap(scenario, Measure::Line(line)))
        .collect();
    move |line| !caps_all && !is_limited[line] && is_limited.contains(&true)
}

/// The resources that nothing limits, if others are limited.
fn unlimited_resources(portfolio: &Portfolio, scenario: &Scenario) -> impl Fn(ResourceIx) -> bool {
    let is_limited: ByResource<bool> = (portfolio.resources().positions())
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
        limit.measure() == measure && limit.projects().is_none() && !limit.is_soft() && is_upper
    })
}
