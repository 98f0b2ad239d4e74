//! Limits that hold in simulated futures with a confidence.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::domain::{
    Confidence, HeldInFutures, Limits, Measure, NamedLimit, Portfolio, ProjectIx, Quantity, least_share,
};
use crate::input::words::risk_measures;
use crate::units::Share;

use super::document::{Entry, Section};
use super::placed::PlacedLimit;

/// Keys that mean nothing beside a confidence.
const NOT_BESIDE: [&str; 7] =
    ["min", "min_share", "max_share", "min_of_plan", "max_of_line", "price", "priority"];

/// What a limit holds in the futures; `None` where it has no confidence, or a fault, which has been reported.
pub(super) fn read(
    section: &Section<'_>,
    measure: Option<Measure>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<HeldInFutures> {
    let risk = section.get("risk").and_then(|entry| entry.word(&risk_measures(), found));
    let joint = section.get("joint").and_then(|entry| entry.flag(found));
    let Some(entry) = section.get("confidence") else {
        for own in ["risk", "joint"].iter().filter_map(|key| section.get(key)) {
            let help = "add `confidence`, such as 0.9, or remove it";
            found.push(own.fault("says how a confidence is held, and there is none", help));
        }
        return None;
    };
    let level = level(&entry, found);
    for own in NOT_BESIDE.iter().filter_map(|key| section.get(key)) {
        let help = "keep `confidence` with `max` or alone, and state the rest as a limit of its own";
        found.push(own.fault("stands beside `confidence`, which holds an upper bound in the futures", help));
    }
    check_measure(&entry, measure, found);
    check_without_amount(section, joint, found);
    warn_of_certain(&entry, measure, portfolio, found);
    let most = section.get("max").map(|entry| entry.number("", |_| true, &mut Diagnostics::new()));
    let most = match most {
        None => None,
        Some(read) => Some(read?),
    };
    let confidence = Confidence::new(level?, risk.unwrap_or_default(), joint.unwrap_or(false))?;
    Some(HeldInFutures { confidence, most })
}

/// The limits of a scenario, those with a confidence at the level that it gives for all of them.
pub(super) fn with_level(
    named: Vec<PlacedLimit>,
    entry: Option<&Entry<'_>>,
    found: &mut Diagnostics,
) -> Vec<PlacedLimit> {
    let Some(entry) = entry else { return named };
    if named.iter().all(|(_, limit)| limit.held().is_none()) {
        let help = "give a [[limit]] a confidence, or remove the key";
        found.push(entry.warning("changes nothing: no limit of the scenario has a confidence", help));
    }
    match level(entry, found) {
        Some(level) => named.into_iter().map(|(source, limit)| (source, limit.with_level(level))).collect(),
        None => named,
    }
}

fn level(entry: &Entry<'_>, found: &mut Diagnostics) -> Option<f64> {
    entry.number("a share above 0, below 1, such as 0.9", |level| level > 0.0 && level < 1.0, found)
}

fn check_measure(entry: &Entry<'_>, measure: Option<Measure>, found: &mut Diagnostics) {
    let varies = |measure| matches!(measure, Measure::Cost | Measure::Line(_) | Measure::Resource(_));
    if measure.is_some_and(|measure| !varies(measure)) {
        let help = "limit cost, line.* or resource.*, or leave `confidence` out";
        found.push(entry.fault("holds spend or demand in the futures, not this measure", help));
    }
}

/// With `max`, one amount is held, so that there is nothing to join; without, budgets are held, which are of all
/// projects.
fn check_without_amount(section: &Section<'_>, joint: Option<bool>, found: &mut Diagnostics) {
    if section.get("max").is_some() {
        if let (Some(entry), Some(true)) = (section.get("joint"), joint) {
            let help = "remove it: with `max` the limit is one amount over its periods";
            found.push(entry.fault("joins periods that have a budget each, but `max` is given", help));
        }
        return;
    }
    for own in ["where", "by"].iter().filter_map(|key| section.get(key)) {
        let help = "write `max`: the largest amount of these projects";
        found.push(
            own.fault("picks projects, but without `max` the limit is the budget of all of them", help),
        );
    }
}

/// A confidence in what does not vary changes nothing but the plan's own limit.
fn warn_of_certain(
    entry: &Entry<'_>,
    measure: Option<Measure>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) {
    let (Some(measure), Some(portfolio)) = (measure, portfolio) else { return };
    let (quantity, name) = match measure {
        Measure::Resource(_) => (Quantity::Demand, "demand"),
        _ => (Quantity::Cost, "cost"),
    };
    let is_certain = |project: ProjectIx| {
        portfolio.factor(project, quantity).is_none()
            && portfolio.risks().impacts(project, quantity).next().is_none()
    };
    if portfolio.projects().positions().all(is_certain) {
        let help = format!("give uncertainty.csv rows with the quantity {name}");
        found.push(entry.warning(format!("is of futures that are all alike: no {name} is uncertain"), help));
    }
}

/// Reports what limits with a confidence cannot be held beside: in each scenario, once each.
pub(super) fn check(
    scenario: &SourceRef,
    named: &[PlacedLimit],
    limits: &Limits,
    min_fractions: &BTreeMap<ProjectIx, Option<Share>>,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) {
    let prices = portfolio.flexibility().has_expected_overruns();
    check_whole(scenario, prices, min_fractions, portfolio, found);
    for (source, limit) in named {
        let Some(held) = limit.held() else { continue };
        let mut told = |problem: &str, help: &str| {
            let fault = Diagnostic::fault(source.clone(), problem, help).with_value(limit.name().as_str());
            if !found.faults().any(|other| *other == fault) {
                found.push(fault);
            }
        };
        if held.most.is_none() {
            if !has_supply(limit, limits) {
                let help = "give it a row in budgets.csv or capacities.csv, or write `max`";
                told("holds a budget or capacity with a confidence, but there is none", help);
            }
            if carries_over(limit, portfolio) {
                let help = "write `max` for each period, or remove `carry_over` in budgets.csv";
                told("holds a budget that carries money over, which no confidence covers", help);
            }
        }
        check_whole(source, true, min_fractions, portfolio, found);
    }
}

/// What is decided in futures is of projects as a whole, each cost of which one line pays.
fn check_whole(
    source: &SourceRef,
    is_decided_in_futures: bool,
    min_fractions: &BTreeMap<ProjectIx, Option<Share>>,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) {
    if !is_decided_in_futures {
        return;
    }
    let mut told = |problem: &str, help: &str| {
        let fault = Diagnostic::fault(source.clone(), problem, help);
        if !found.faults().any(|other| *other == fault) {
            found.push(fault);
        }
    };
    let own = |project: ProjectIx| {
        min_fractions.get(&project).copied().unwrap_or(portfolio.projects()[project].min_fraction)
    };
    let mut projects = portfolio.projects().positions();
    if projects.any(|project| least_share(own(project)) < Share::ONE) {
        let help = "write min_fraction = 1 in the scenario or in [base]: all or nothing; or leave `confidence` (`overrun_basis`) out";
        told(
            "is decided in simulated futures, which is not possible where projects can be funded in part",
            help,
        );
    }
    if portfolio.projects().positions().any(|project| portfolio.risks().may_delay(project)) {
        let help = "leave `confidence` (`overrun_basis`) out, or the rows of delays in uncertainty.csv and impacts.csv";
        told(
            "is decided in simulated futures, which know amounts in their planned periods, and projects may be late",
            help,
        );
    }
    if portfolio.projects().iter().flat_map(|project| &project.costs).any(|cost| cost.is_mixed()) {
        let help = "leave `confidence` (`overrun_basis`) out, or write payers = one";
        told(
            "is decided in simulated futures, which is not possible where lines share costs (payers = mix)",
            help,
        );
    }
}

fn has_supply(limit: &NamedLimit, limits: &Limits) -> bool {
    match limit.measure() {
        Measure::Line(line) => limits.lines[line].is_some(),
        Measure::Resource(resource) => limits.resources[resource].is_some(),
        _ => limits.all_lines.is_some(),
    }
}

fn carries_over(limit: &NamedLimit, portfolio: &Portfolio) -> bool {
    let flexibility = portfolio.flexibility();
    let budget = match limit.measure() {
        Measure::Line(line) => flexibility.line(line),
        Measure::Cost => flexibility.all_lines(),
        _ => return false,
    };
    budget.carry_over() > 0.0
}
