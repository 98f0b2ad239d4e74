//! The answer about one project.

use crate::cli::terminal::figures::number;
use crate::cli::terminal::grid::{Label, NARROW, grid, left_out, list, who, words};
use crate::output::saved::{BusinessCase, Displaced, ProjectAnswer, ProjectInScenario, ProjectReason};

use super::words::{share, start_and_share};

/// Scenarios that are listed, unless all are asked for.
const SHOWN: usize = 12;

/// Reasons that are told, unless all are asked for.
const REASONS: usize = 2;

/// The answer about a project; with all of it if `full`.
pub fn text(answer: &ProjectAnswer, full: bool) -> String {
    let mut blocks = vec![head(answer, full)];
    blocks.push(table(answer, full));
    blocks.extend(reasons(answer, full));
    blocks.join("\n\n")
}

fn head(answer: &ProjectAnswer, full: bool) -> String {
    let who = who(&answer.project, &answer.name, NARROW - 2);
    let mut lines = vec![
        format!("{who}:"),
        format!(
            "in {} of {} scenarios, and in {} of their {} options",
            answer.funded, answer.answered, answer.funded_in_options, answer.options
        ),
    ];
    let starts: Vec<String> = (answer.starts.iter())
        .map(|one| match answer.answered {
            1 => one.start.clone(),
            _ => format!("{} in {}", one.start, one.scenarios),
        })
        .collect();
    if !starts.is_empty() {
        lines.push(list("Starts:", &starts, full));
    }
    lines.extend(answer.case.as_ref().map(|case| case_text(case, answer.currency.as_deref())));
    lines.join("\n")
}

fn case_text(case: &BusinessCase, currency: Option<&str>) -> String {
    let currency = currency.map_or(String::new(), |currency| format!(" {currency}"));
    let money =
        |what: &str, amount: Option<f64>| amount.map(|one| format!("{what} {}{currency}", number(Some(one))));
    let rate = |what: &str, rate: Option<f64>| rate.map(|rate| format!("{what} {:.1} %", 100.0 * rate));
    let plain = |what: &str, figure: Option<f64>| figure.map(|one| format!("{what} {}", number(Some(one))));
    let parts = [
        money("cost", case.cost),
        money("benefit", case.benefit),
        money("NPV", case.npv),
        rate("IRR", case.irr),
        plain("payback after", case.payback).map(|payback| format!("{payback} periods")),
        plain("profitability index", case.profitability_index),
        plain("strategic value", case.strategic_value),
        case.value_per_cost.map(value_per_cost),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let note = match case.varies {
        true => format!(" (in `{}`; other scenarios differ)", case.scenario),
        false => String::new(),
    };
    words("Business case:", &format!("{}{note}", parts.join(", ")))
}

/// Value per unit of cost, or per so many units that it can be read.
fn value_per_cost(ratio: f64) -> String {
    let units = [(1.0, "cost"), (1e3, "1,000 of cost"), (1e6, "1 M of cost")];
    let readable = units.into_iter().find(|(count, _)| ratio.abs() * count >= 0.1);
    let (count, unit) = readable.unwrap_or(units[if ratio == 0.0 { 0 } else { 2 }]);
    format!("value per {unit} {}", number(Some(ratio * count)))
}

fn table(answer: &ProjectAnswer, full: bool) -> String {
    let count = answer.scenarios.len();
    let shown = if full { count } else { count.min(SHOWN) };
    let has_reasons = answer.scenarios.iter().any(|one| one.reason.is_some());
    let mut headings = vec!["Scenario", "Decision", "Start", "In options"];
    if has_reasons {
        headings.extend(["Loss if\nreversed", "Turns at\nthis cost"]);
    }
    let row = |one: &ProjectInScenario| {
        let decision = match one.funded {
            Some(true) => "in",
            Some(false) => "out",
            None => one.status.as_str(),
        };
        let start = one.start.as_ref().map(|start| start_and_share(start, one.fraction.unwrap_or(1.0)));
        let options = match one.options {
            0 => String::new(),
            options => format!("{} of {options}", one.funded_in),
        };
        let mut cells = vec![decision.to_owned(), start.unwrap_or_default(), options];
        if has_reasons {
            let reason = one.reason.as_ref();
            cells.push(number(reason.and_then(|reason| reason.cost_of_forcing)));
            cells
                .push(reason.and_then(|reason| reason.break_even_cost).map_or_else(|| "-".to_owned(), share));
        }
        (Label::Text(one.scenario.clone()), cells)
    };
    let rows: Vec<_> = answer.scenarios[..shown].iter().map(row).collect();
    let table = grid(&headings, &[1, 2], &rows);
    [Some(table), left_out(shown, count, "scenarios")].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Why it is in or out, scenario by scenario.
fn reasons(answer: &ProjectAnswer, full: bool) -> Vec<String> {
    let explained = answer.scenarios.iter().filter_map(|one| Some((one, one.reason.as_ref()?)));
    let explained: Vec<(&ProjectInScenario, &ProjectReason)> = explained.collect();
    if explained.is_empty() {
        let how = "this run explained no decisions; write decisions = true in [batch] and run again";
        return vec![words("Why:", how)];
    }
    let shown = if full { explained.len() } else { explained.len().min(REASONS) };
    let mut blocks: Vec<String> =
        explained[..shown].iter().map(|(one, reason)| reason_text(one, reason)).collect();
    blocks.extend(left_out(shown, explained.len(), "reasons"));
    blocks
}

fn reason_text(one: &ProjectInScenario, reason: &ProjectReason) -> String {
    let state = if one.funded == Some(true) { "in" } else { "out" };
    let mut lines = vec![words(&format!("In `{}` it is {state}:", one.scenario), &reason.reason)];
    if !reason.binding.is_empty() {
        lines.push(words(
            "  Held by:",
            &reason.binding.split(';').map(str::trim).collect::<Vec<_>>().join(", "),
        ));
    }
    let signed = |displaced: &Displaced| {
        let sign = if displaced.enters { '+' } else { '−' };
        format!("{sign} {}", crate::cli::terminal::grid::in_list(&displaced.project, &displaced.name))
    };
    if !reason.displaces.is_empty() {
        lines.push(list("  Reversed:", &reason.displaces.iter().map(signed).collect::<Vec<_>>(), true));
    }
    let turns = [
        reason.break_even_cost.map(|factor| format!("{} of its cost", share(factor))),
        reason.break_even_score.map(|score| format!("a strategic value of {}", number(Some(score)))),
    ];
    let turns: Vec<String> = turns.into_iter().flatten().collect();
    if !turns.is_empty() {
        lines.push(words("  Turns at:", &turns.join(", or ")));
    }
    lines.join("\n")
}
