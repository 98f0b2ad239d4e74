//! Limits with a confidence in words: how surely an option keeps them.

use crate::engine::{HeldIn, HeldRisk, ScenarioResult};
use crate::finance::Valuation;

use super::names::Names;

/// How surely the option that is ranked first keeps each limit with a confidence: of several periods in that in which it
/// holds least.
pub(super) fn sure(valuation: &Valuation, result: &ScenarioResult) -> Vec<String> {
    let Some(first) = result.options.first() else { return Vec::new() };
    let own: Vec<&HeldRisk> = result.held.iter().filter(|risk| risk.option == first.number).collect();
    let names = Names { portfolio: valuation.portfolio(), scenario: valuation.scenario() };
    let told = |risk: &HeldRisk| risk.out_of_sample.unwrap_or(risk.in_sample).holds;
    let weakest = |limit: usize| {
        let of_limit = own.iter().filter(move |risk| risk.limit == limit);
        of_limit.min_by(|one, other| told(one).total_cmp(&told(other)))
    };
    let limits = 0..valuation.scenario().named_limits.len();
    limits.filter_map(weakest).map(|risk| words(&names, risk)).collect()
}

fn words(names: &Names<'_>, risk: &HeldRisk) -> String {
    let name = names.confidence(risk.limit, risk.period);
    let seen = format!("in {} of the futures that the search saw", per_cent(risk.in_sample.holds));
    match risk.out_of_sample {
        Some(others) => format!("{name} holds {seen} and in {} of others", with_error(others)),
        None => format!("{name} holds {seen}"),
    }
}

fn per_cent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn with_error(held: HeldIn) -> String {
    format!("{:.1} ± {:.1} %", 100.0 * held.holds, 100.0 * held.holds_error())
}
