//! Goals, limits and frontiers of simulated futures: what can be decided by them, and what cannot be with a proof.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::domain::{InFutures, Measure, Percentile, Portfolio, ProjectIx, Sense, Total, least_share};
use crate::units::Share;

use super::document::Section;

/// Refuses the worse side of a mean over the worst futures: its program would have no bound. True if it is none.
pub(super) fn has_bound(
    measure: Measure,
    sense: Sense,
    source: &SourceRef,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) -> bool {
    let Some(total) = measure.tail_of().filter(|total| total.sign_of_worst() == sense.sign()) else {
        return true;
    };
    let (asks, instead) = match sense {
        Sense::Maximise => ("maximises", "minimise"),
        Sense::Minimise => ("minimises", "maximise"),
    };
    let problem =
        format!("{asks} the mean of the futures that are worst: none of what is found would be proven");
    let help = format!("write {instead}, or {}.mean, which is the same either way", total.as_str());
    found.push(Diagnostic::fault(source.clone(), problem, help).with_value(measure.name(portfolio)));
    false
}

/// Why a name that ranks options is no measure that decides, and what does in its place; `None` if it is no such name.
pub(super) fn undecided(name: &str) -> Option<(String, String)> {
    if name == "p_loss" {
        return Some(no_program(name, "npv", "npv.cvar, the mean of the worst futures"));
    }
    let (total, statistic) = name.split_once('.')?;
    let total = Total::ALL.into_iter().find(|own| own.as_str() == total)?;
    let cvar = Measure::Simulated(total, InFutures::Cvar);
    let tail = format!("{}.{}, the mean of the worst futures", total.as_str(), InFutures::Cvar.as_str());
    let is_percentile = |word: &str| {
        let percent = word.strip_prefix('p').and_then(|percent| percent.parse().ok());
        percent.and_then(Percentile::new).is_some()
    };
    match statistic {
        "sd" | "p_loss" => Some(no_program(name, total.as_str(), &tail)),
        percentile if is_percentile(percentile) => {
            let (problem, mut help) = no_program(name, total.as_str(), &tail);
            if cvar.planned() == Measure::Cost {
                help +=
                    "; a [[limit]] on cost with max, confidence = 0.9 and risk = \"chance\" bounds its P90";
            }
            Some((problem, help))
        }
        _ => None,
    }
}

fn no_program(name: &str, total: &str, tail: &str) -> (String, String) {
    let problem =
        "is told of options, but no search by it can be proven: its best may lie anywhere".to_owned();
    let instead = format!("use {tail}, or {total}.mean");
    // A probability of a loss is told, and ranks nothing.
    let help = match name.ends_with("p_loss") {
        true => instead,
        false => format!("{instead}; rank_by = \"{name}\" ranks what is found"),
    };
    (problem, help)
}

/// Refuses a measure of simulated futures where none are seen. True if it is none.
pub(super) fn is_planned(
    measure: Measure,
    source: &SourceRef,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) -> bool {
    if measure.simulated().is_none() {
        return true;
    }
    let help = format!("write {}", measure.planned().name(portfolio));
    let fault = Diagnostic::fault(source.clone(), "is simulated, and only what is planned counts here", help);
    found.push(fault.with_value(measure.name(portfolio)));
    false
}

/// Refuses keys of a limit that a measure of simulated futures cannot be held by.
pub(super) fn check_limit(section: &Section<'_>, measure: Option<Measure>, found: &mut Diagnostics) {
    let Some((total, statistic)) = measure.and_then(Measure::simulated) else { return };
    let name = format!("{}.{}", total.as_str(), statistic.as_str());
    if let Some(entry) = section.get("min_of_plan") {
        let help = format!("write `min` or `max`: what the current plan has of {name} is not simulated");
        found.push(entry.fault("is a share of what is planned, and the measure is simulated", help));
    }
    if statistic == InFutures::Mean {
        return;
    }
    for entry in ["where", "by", "min_share", "max_share"].iter().filter_map(|key| section.get(key)) {
        let problem = "picks projects, but the worst futures are those of the portfolio as a whole";
        let help = format!("remove it, or limit {}.mean", total.as_str());
        found.push(entry.fault(problem, help));
    }
    let (wrong, right) = match total.sign_of_worst() > 0.0 {
        true => ("min", "max"),
        false => ("max", "min"),
    };
    for key in [wrong].into_iter().chain((wrong == "max").then_some("max_of_line")) {
        let Some(entry) = section.get(key) else { continue };
        let problem =
            format!("asks the worst futures of {name} to be bad: that is no limit that can be proven");
        let help = format!("write `{right}`, or limit {}.mean", total.as_str());
        found.push(entry.fault(problem, help));
    }
}

/// Reports what measures of simulated futures cannot be decided beside, once for all scenarios that say the same.
pub(super) fn check(
    source: &SourceRef,
    measures: &[Measure],
    min_fractions: &BTreeMap<ProjectIx, Option<Share>>,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) {
    let Some(&first) = measures.first() else { return };
    let mut told = |told: Diagnostic| {
        if !found.iter().any(|other| *other == told) {
            found.push(told);
        }
    };
    if !portfolio.is_uncertain() {
        let problem = "is of futures that are all alike: nothing is uncertain";
        let help = format!("add uncertainty.csv, or write {}", first.planned().name(portfolio));
        let warning = Diagnostic::warning(source.clone(), problem, help);
        told(warning.with_value(first.name(portfolio)));
    }
    let own = |project: ProjectIx| {
        min_fractions.get(&project).copied().unwrap_or(portfolio.projects()[project].min_fraction)
    };
    let mut projects = portfolio.projects().positions();
    let tail = measures.iter().find(|measure| measure.tail_of().is_some());
    if let Some(tail) = tail.filter(|_| projects.any(|project| least_share(own(project)) < Share::ONE)) {
        let problem =
            "is a mean of the worst futures, by which projects that can be funded in part are not decided";
        let help =
            "write min_fraction = 1 in the scenario or in [base]: all or nothing; or a mean over all futures";
        told(Diagnostic::fault(source.clone(), problem, help).with_value(tail.name(portfolio)));
    }
}
