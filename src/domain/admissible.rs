//! Questions about a scenario as a whole: whether all its non-dominated portfolios can be found, and whether it is decided in
//! simulated futures.

use super::{Decision, Goal, Measure, NamedLimit, Portfolio, Project, ProjectIx, Scenario, Sense};

/// In words: the part of a scenario for which its non-dominated portfolios are not searched; `None` if all of it is
/// covered. Only a scenario with incomplete weights has any.
pub fn not_covered_by_portfolios(portfolio: &Portfolio, scenario: &Scenario) -> Option<&'static str> {
    let wanted = Goal::Single { sense: Sense::Maximise, measure: Measure::StrategicValue };
    if scenario.goal != wanted {
        return Some("its goal is not to maximise strategic_value");
    }
    let candidates = || {
        let projects = portfolio.projects().iter_enumerated();
        projects.filter(|(position, _)| scenario.decisions[*position] != Decision::Out)
    };
    let is_divisible = |(position, project): (ProjectIx, &Project)| {
        scenario.min_fractions.get(&position).copied().unwrap_or(project.min_fraction).is_some()
    };
    if candidates().any(is_divisible) {
        return Some("some of its projects can be funded in part (min_fraction)");
    }
    if candidates().any(|(_, project)| project.costs.iter().any(|cost| cost.is_mixed())) {
        return Some("lines share costs in any parts (payers = mix)");
    }
    if is_decided_in_futures(portfolio, scenario) {
        return Some("some of its limits hold in simulated futures, or overruns are priced in them");
    }
    None
}

/// True if decisions under a scenario are made in simulated futures: its goals or limits are of measures over them, a
/// limit holds with a confidence, or overruns are priced on their means.
pub fn is_decided_in_futures(portfolio: &Portfolio, scenario: &Scenario) -> bool {
    scenario.named_limits.iter().any(|limit| limit.held().is_some())
        || !measures_of_futures(scenario).is_empty()
        || portfolio.flexibility().has_expected_overruns()
}

/// The measures over simulated futures that a scenario's goals and limits count, in the order of goals and limits, each
/// once.
pub fn measures_of_futures(scenario: &Scenario) -> Vec<Measure> {
    let limited = scenario.named_limits.iter().map(NamedLimit::measure);
    let all = scenario.goal.measures().into_iter().chain(scenario.next_goals.iter().copied()).chain(limited);
    let mut measures: Vec<Measure> = Vec::new();
    for measure in all.filter(|measure| measure.simulated().is_some()) {
        if !measures.contains(&measure) {
            measures.push(measure);
        }
    }
    measures
}
