//! The key results of the first-ranked option of a scenario in words, and what serves nothing.

use serde::{Deserialize, Serialize};

use crate::domain::{KeyResult, Portfolio};
use crate::engine::{RankedOption, ScenarioOutcome};
use crate::finance::{Outcome, Valuation};
use crate::simulate::KeyResultRisk;

use super::number::{NumberStyle, tidy};
use super::words::id_and_name;

/// One key result of the first-ranked option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyResultSummary {
    /// Its id.
    pub key_result: String,
    /// Its value when due, as planned.
    pub value: Option<f64>,
    /// The value to reach.
    pub target: Option<f64>,
    /// True if it is reached as planned.
    pub reached: bool,
    /// Probability that it is reached; `None` where nothing was simulated.
    pub p_reached: Option<f64>,
    /// The same in a sentence.
    pub words: String,
}

/// What the first-ranked option does for the key results of a portfolio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyResultsSummary {
    /// The key results, by id.
    pub key_results: Vec<KeyResultSummary>,
    /// Chosen projects that serve no objective and no key result, with their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serve_nothing: Vec<String>,
    /// Objectives and key results that no chosen project serves, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unserved: Vec<String>,
}

/// The key results of the first option of an outcome, what serves nothing and what nothing serves; `None` if there is none
/// of it.
pub(super) fn key_results(valuation: &Valuation<'_>, outcome: &ScenarioOutcome) -> Option<KeyResultsSummary> {
    let ScenarioOutcome::Finished(result) = outcome else { return None };
    let (portfolio, first) = (valuation.portfolio(), result.options.first()?);
    let list = portfolio.key_results().list();
    let selection = &first.found.selection;
    let contributions = valuation.contributions(selection);
    if contributions.is_empty() && list.is_empty() {
        return None;
    }
    let idle = valuation.idle_projects(selection, &contributions).into_iter();
    let named = |one| {
        let project = &portfolio.projects()[one];
        id_and_name(project.id.as_str(), &project.name)
    };
    let unserved = valuation.unserved(&contributions).into_iter();
    let told = KeyResultsSummary {
        key_results: (0..list.len()).map(|position| summary(position, first, valuation)).collect(),
        serve_nothing: idle.map(named).collect(),
        unserved: unserved.map(|outcome| outcome_name(outcome, portfolio).to_owned()).collect(),
    };
    let tells_nothing = told.serve_nothing.is_empty() && told.unserved.is_empty();
    Some(told).filter(|told| !told.key_results.is_empty() || !tells_nothing)
}

fn outcome_name(outcome: Outcome, portfolio: &Portfolio) -> &str {
    let tree = portfolio.objectives();
    match outcome {
        Outcome::Objective(leaf) => &tree.objectives()[tree.leaves()[leaf]].name,
        Outcome::KeyResult(position) => &portfolio.key_results().list()[position].name,
    }
}

fn summary(position: usize, option: &RankedOption, valuation: &Valuation<'_>) -> KeyResultSummary {
    let portfolio = valuation.portfolio();
    let one = &portfolio.key_results().list()[position];
    let value = valuation.key_result_value(position, &option.found.selection);
    let risk = option.risk.as_ref().and_then(|risk| risk.key_results.get(position));
    KeyResultSummary {
        key_result: one.id.to_string(),
        value: tidy(value),
        target: tidy(one.target),
        reached: one.is_reached(value),
        p_reached: risk.and_then(|risk| tidy(risk.reached.value)),
        words: sentence(one, value, risk, portfolio),
    }
}

/// `Churn ≤ 4 % by 2029 is reached in 71 % of futures; without P044 in 38 %`.
fn sentence(one: &KeyResult, value: f64, risk: Option<&KeyResultRisk>, portfolio: &Portfolio) -> String {
    let number = |number: f64| {
        let unit = if one.unit.is_empty() { String::new() } else { format!(" {}", one.unit) };
        let style = NumberStyle::of(number);
        format!("{}{}{unit}", style.digits(number), style.suffix())
    };
    let due = portfolio.horizon().label(one.due);
    let sign = if one.falls() { '≤' } else { '≥' };
    let aim = format!("{} {sign} {} by {due}", one.name, number(one.target));
    let Some(risk) = risk else {
        let verb = if one.is_reached(value) { "is reached" } else { "is not reached" };
        return format!("{aim} {verb} as planned, with {}", number(value));
    };
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    let without = risk.without.map_or_else(String::new, |(project, share)| {
        let project = &portfolio.projects()[project];
        format!("; without {} in {}", id_and_name(project.id.as_str(), &project.name), percent(share))
    });
    format!("{aim} is reached in {} of futures{without}", percent(risk.reached.value))
}
