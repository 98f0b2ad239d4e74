//! Control totals of key results.

use serde::Serialize;

use crate::domain::{KeyResult, Portfolio};

use super::decimal::sum;

/// A key result, if all projects were funded as planned and succeeded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeyResultTotals {
    /// Its id.
    pub key_result: String,
    /// Its name for people, where it has one beside its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its unit; blank if it has none.
    pub unit: String,
    /// Its value if nothing is funded.
    pub baseline: f64,
    /// The value to reach.
    pub target: f64,
    /// Heading of the period in which it is due.
    pub due: String,
    /// Number of projects that change it.
    pub projects: usize,
    /// The sum of all changes up to that period.
    pub change: f64,
}

/// The totals of all key results.
pub(super) fn key_results(portfolio: &Portfolio) -> Vec<KeyResultTotals> {
    let list = portfolio.key_results().list().iter().enumerate();
    list.map(|(position, one)| totals(position, one, portfolio)).collect()
}

fn totals(position: usize, one: &KeyResult, portfolio: &Portfolio) -> KeyResultTotals {
    let projects = portfolio.projects().positions();
    let effects = projects.flat_map(|project| portfolio.key_results().effects_of(project));
    let own: Vec<_> = effects.filter(|effect| effect.key_result == position).collect();
    let changes = own.iter().flat_map(|effect| {
        effect.profile.iter_enumerated().filter(|(period, _)| *period <= one.due).map(|(_, &change)| change)
    });
    KeyResultTotals {
        key_result: one.id.to_string(),
        name: Some(one.name.clone()).filter(|name| name.as_str() != one.id.as_str()),
        unit: one.unit.clone(),
        baseline: one.baseline,
        target: one.target,
        due: portfolio.horizon().label(one.due).to_string(),
        projects: own.iter().filter(|effect| effect.profile.iter().any(|&change| change != 0.0)).count(),
        change: sum(changes),
    }
}
