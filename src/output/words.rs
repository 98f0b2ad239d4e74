//! Words that tables, the record of the run and the summary share.

use crate::domain::{Batch, Goal, Portfolio, Scenario, Sense};
use crate::engine::{
    BatchResult, FrontierOutcome, Precision, RobustOutcome, ScenarioOutcome, ScenarioResult,
};
use crate::optimise::SolveStatus;

/// An id, with its name in brackets where it has one: `P07 (Metro line)`.
pub fn id_and_name(id: &str, name: &str) -> String {
    if name.is_empty() || name == id { id.to_owned() } else { format!("{id} ({name})") }
}

/// The same with at most so many letters of the name: `P07 (Metro li…)`.
pub fn id_and_short_name(id: &str, name: &str, letters: usize) -> String {
    if name.chars().count() <= letters {
        return id_and_name(id, name);
    }
    let short: String = name.chars().take(letters).collect();
    id_and_name(id, &format!("{}…", short.trim_end()))
}

/// The word for the outcome of a scenario.
pub(super) fn status_word(outcome: &ScenarioOutcome) -> &'static str {
    outcome.word(|result| result.status)
}

/// The word for the outcome of a frontier.
pub(super) fn frontier_word(outcome: &FrontierOutcome) -> &'static str {
    outcome.word(|result| result.found.status)
}

/// The word for the outcome of the search for non-dominated portfolios.
pub(super) fn robust_word(outcome: &RobustOutcome) -> &'static str {
    outcome.word(|result| result.found.status)
}

/// The best objective among a scenario's options.
pub(super) fn best_objective(result: &ScenarioResult, goal: &Goal) -> Option<f64> {
    let sign = goal.sense().sign();
    let objectives = result.options.iter().map(|option| option.found.objective);
    objectives.max_by(|left, right| (sign * left).total_cmp(&(sign * right)))
}

/// The goals of a scenario as the analyst would say them: `maximise npv`, `maximise 0.6 strategic_value + 0.4 npv`,
/// `maximise projects, then cost`.
pub fn goal_text(scenario: &Scenario, portfolio: &Portfolio) -> String {
    let next = scenario.next_goals.iter().map(|measure| format!(", then {}", measure.name(portfolio)));
    let first = match &scenario.goal {
        Goal::Single { sense, measure } => {
            let verb = match sense {
                Sense::Maximise => "maximise",
                Sense::Minimise => "minimise",
            };
            format!("{verb} {}", measure.name(portfolio))
        }
        Goal::Mix(terms) => {
            let terms: Vec<String> = (terms.iter())
                .map(|(measure, weight)| format!("{weight} {}", measure.name(portfolio)))
                .collect();
            format!("maximise {}", terms.join(" + "))
        }
    };
    std::iter::once(first).chain(next).collect()
}

/// Reasons why a batch is not complete, scenario by scenario; empty if it is.
pub fn incomplete_reasons(batch: &Batch, result: &BatchResult) -> Vec<String> {
    let mut reasons = Vec::new();
    for (scenario, outcome) in batch.scenarios().iter().zip(&result.scenarios) {
        let reason = match outcome {
            ScenarioOutcome::NotRun => Some("was not run: the batch was stopped first".to_owned()),
            ScenarioOutcome::Failed(message) => Some(format!("failed: {message}")),
            ScenarioOutcome::Finished(result) => unproven(result, scenario.options, batch.selection().gap),
        };
        let frontier = outcome.finished().and_then(|result| result.frontier.as_ref());
        let frontier = frontier.and_then(unproven_frontier);
        let robust = outcome.finished().and_then(|result| result.robust.as_ref());
        let robust = robust.and_then(unproven_portfolios);
        let named = |reason| format!("scenario `{}` {reason}", scenario.name);
        reasons.extend(reason.into_iter().chain(frontier).chain(robust).map(named));
    }
    if result.stopped && reasons.is_empty() {
        let has_risk = |outcome: &ScenarioOutcome| {
            let mut options = outcome.finished().into_iter().flat_map(|result| &result.options);
            options.all(|option| option.risk.is_some())
        };
        let scenarios = batch.scenarios().iter().zip(&result.scenarios);
        let is_simulated = scenarios.filter(|(one, _)| one.simulate).all(|(_, outcome)| has_risk(outcome));
        let what = if is_simulated { "decision was explained" } else { "option was simulated" };
        reasons.push(format!("the batch was stopped before every {what}"));
    }
    reasons
}

/// A warning that the precision which a batch asks for was not reached; `None` if it was, or none was asked for.
pub fn missed_precision(batch: &Batch, result: &BatchResult) -> Option<String> {
    let Precision { trials, reached } = result.precision?;
    let wanted = batch.precision().filter(|&wanted| reached > wanted)?;
    let reached = match 100.0 * reached {
        percent if percent.is_finite() => {
            format!("the largest standard error is {percent:.2} % of a mean NPV")
        }
        _ => "a mean NPV is 0".to_owned(),
    };
    Some(format!(
        "precision = {wanted} is not met: after {trials} trials, the most that are drawn, {reached}: ask for less, or fix \
         the number with `trials`"
    ))
}

/// Options that are missing or not proven because of a limit, in words.
fn unproven(result: &ScenarioResult, asked: usize, gap: f64) -> Option<String> {
    match result.status {
        SolveStatus::Optimal | SolveStatus::Infeasible => None,
        SolveStatus::Unknown => Some("met a limit before any option was found".to_owned()),
        SolveStatus::Feasible => {
            let open: Vec<f64> = (result.options.iter())
                .filter(|option| option.found.status == SolveStatus::Feasible)
                .map(|option| option.found.gap)
                .collect();
            let found = result.options.len();
            let mut parts = Vec::new();
            if !open.is_empty() {
                let widest = open.iter().copied().fold(0.0, f64::max);
                // A gap that is within that asked for is that of the first of several goals.
                let note = if widest <= gap { " in a later goal".to_owned() } else { gap_note(widest) };
                parts.push(format!("{} of {found} options not proven{note}", open.len()));
            }
            if found < asked {
                parts.push(format!("{found} of {asked} options found"));
            }
            let detail = if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) };
            Some(format!("met a limit{detail}"))
        }
    }
}

/// Points of a frontier that are missing or not proven because of a limit or a stop, in words.
fn unproven_frontier(outcome: &FrontierOutcome) -> Option<String> {
    match outcome {
        FrontierOutcome::NotRun => Some("has no frontier: the batch was stopped first".to_owned()),
        FrontierOutcome::Failed(message) => Some(format!("has no frontier: {message}")),
        FrontierOutcome::Finished(result) => match result.found.status {
            SolveStatus::Optimal | SolveStatus::Infeasible => None,
            SolveStatus::Unknown => Some("met a limit before any point of its frontier was found".to_owned()),
            SolveStatus::Feasible => {
                let open =
                    result.found.points.iter().filter(|point| point.status == SolveStatus::Feasible).count();
                let all = result.found.points.len();
                let levels = match result.found.levels_open {
                    0 => String::new(),
                    1 => ", 1 level of its grid without a point".to_owned(),
                    missing => format!(", {missing} levels of its grid without a point"),
                };
                Some(format!("met a limit: {open} of {all} points of its frontier not proven{levels}"))
            }
        },
    }
}

/// Non-dominated portfolios that may be missing because of a limit or a stop, in words.
fn unproven_portfolios(outcome: &RobustOutcome) -> Option<String> {
    match outcome {
        RobustOutcome::NotRun => Some("has no core indices: the batch was stopped first".to_owned()),
        RobustOutcome::Failed(message) => Some(format!("has no core indices: {message}")),
        RobustOutcome::Finished(result) => match result.found.status {
            SolveStatus::Optimal | SolveStatus::Infeasible => None,
            SolveStatus::Unknown => {
                Some("met a limit before any non-dominated portfolio was found".to_owned())
            }
            SolveStatus::Feasible => {
                let listed = result.found.portfolios.len();
                let bound = match result.found.shortfall {
                    short if short.is_finite() => format!(
                        "; whatever the admissible weights, each that is missing is worth at most {} more than one \
                         that is listed",
                        rounded_up(short)
                    ),
                    _ => String::new(),
                };
                Some(format!(
                    "met a limit: {listed} non-dominated portfolios listed, others may be missing{bound}"
                ))
            }
        },
    }
}

/// A bound in three digits, never below it.
fn rounded_up(bound: f64) -> f64 {
    if bound <= 1e-12 {
        return 0.0;
    }
    let unit = 10_f64.powf(bound.log10().floor() - 2.0);
    // The last product may lie below what was rounded up.
    let rounded = (bound / unit).ceil() * unit;
    format!("{rounded:.3e}").parse().unwrap_or(bound)
}

fn gap_note(gap: f64) -> String {
    if gap.is_finite() { format!(" (gap up to {:.2} %)", 100.0 * gap) } else { String::new() }
}
