//! The answer of a batch.

use crate::cli::terminal::figures::{estimate, number, percent};
use crate::cli::terminal::grid::{Label, grid, in_list, left_out, list, words};
use crate::output::saved::{BatchAnswer, CountedProject, SavedOption, ScenarioLine};

use super::words::{status, with_currency};

/// Scenarios that are listed, unless all are asked for.
const SHOWN: usize = 12;

/// The answer of a batch; with all of it if `full`.
pub fn text(answer: &BatchAnswer, full: bool) -> String {
    let count = answer.scenarios.len();
    let scenarios = if count == 1 { "1 scenario".to_owned() } else { format!("{count} scenarios") };
    let unanswered = match count - answer.answered {
        0 => String::new(),
        some => format!(", {some} of them without an option"),
    };
    let mut lines = vec![format!("{}: {scenarios}{unanswered}; {} projects", answer.batch, answer.projects)];
    if !answer.description.is_empty() {
        lines.push(words(" ", &answer.description));
    }
    if let Some(reason) = answer.reason.as_ref().filter(|_| !answer.complete) {
        lines.push(words("Not everything was done:", reason));
    }
    if answer.answered > 0 {
        lines.extend(funding(answer, full));
    }
    lines.push(String::new());
    let shown = if full { count } else { count.min(SHOWN) };
    lines.push(table(answer, &answer.scenarios[..shown]));
    lines.extend(left_out(shown, count, "scenarios"));
    for (scenario, conflict) in conflicts(&answer.scenarios[..shown]) {
        lines.push(words(&format!("{scenario}: infeasible:"), conflict));
    }
    lines.join("\n")
}

/// Projects that are in all first options, in some and in none.
fn funding(answer: &BatchAnswer, full: bool) -> Vec<String> {
    let count = answer.answered;
    let plain = |all: &[CountedProject]| -> Vec<String> {
        all.iter().map(|one| in_list(&one.project, &one.name)).collect()
    };
    if count == 1 {
        return vec![list(&format!("Funded ({}):", answer.in_all.len()), &plain(&answer.in_all), full)];
    }
    let counted = |one: &CountedProject| format!("{} {}", in_list(&one.project, &one.name), one.scenarios);
    let some: Vec<String> = answer.in_some.iter().map(counted).collect();
    let none = match full {
        true => list(&format!("In none ({}):", answer.in_none.len()), &plain(&answer.in_none), full),
        false => format!("In none: {} projects", answer.in_none.len()),
    };
    vec![
        list(
            &format!("Funded in all {count} scenarios ({}):", answer.in_all.len()),
            &plain(&answer.in_all),
            full,
        ),
        list(&format!("In some ({}; in how many):", some.len()), &some, full),
        none,
    ]
}

fn conflicts(scenarios: &[ScenarioLine]) -> impl Iterator<Item = (&str, &str)> {
    scenarios.iter().filter_map(|one| Some((one.scenario.as_str(), one.conflict.as_deref()?)))
}

/// A column: its heading, and the cell of an option.
type Column<'c> = (String, Box<dyn Fn(&SavedOption) -> String + 'c>);

/// One row per scenario, with the figures of its first option.
fn table(answer: &BatchAnswer, scenarios: &[ScenarioLine]) -> String {
    let currency = answer.currency.as_deref();
    let is_strategic = answer.scenarios.iter().all(|one| one.goal == "maximise strategic_value");
    let mut columns: Vec<Column<'_>> = vec![
        ("Funded".to_owned(), Box::new(|option| option.projects.to_string())),
        (with_currency("Cost", currency), Box::new(|option| number(option.cost))),
    ];
    columns.push(match is_strategic {
        true => ("Strategic\nvalue".to_owned(), Box::new(|option| number(option.strategic_value))),
        false => ("Objective".to_owned(), Box::new(|option| number(option.objective))),
    });
    let mut firsts = answer.scenarios.iter().filter_map(|one| one.first.as_ref());
    if firsts.clone().any(|first| first.npv.is_some()) {
        columns.push((with_currency("NPV", currency), Box::new(npv)));
    }
    if firsts.any(|first| first.risk.is_some()) {
        let over =
            |option: &SavedOption| option.risk.map_or_else(dash, |risk| percent(Some(risk.p_over_budget)));
        columns.push(("P(over\nbudget)".to_owned(), Box::new(over)));
    }
    let has_status = scenarios.iter().any(|one| one.status != "optimal");
    let mut headings = vec!["Scenario"];
    headings.extend(columns.iter().map(|(heading, _)| heading.as_str()));
    headings.extend(has_status.then_some("Status"));
    let rows: Vec<(Label, Vec<String>)> = (scenarios.iter())
        .map(|one| {
            let cells = columns.iter().map(|(_, cell)| one.first.as_ref().map_or_else(String::new, cell));
            let status =
                has_status.then(|| status(&one.status, one.first.as_ref()).replace("feasible, ", ""));
            (Label::Text(one.scenario.clone()), cells.chain(status).collect())
        })
        .collect();
    let left = if has_status { vec![headings.len() - 1] } else { Vec::new() };
    grid(&headings, &left, &rows)
}

fn dash() -> String {
    "-".to_owned()
}

/// The net present value: its simulated mean with its error, or as planned.
fn npv(option: &SavedOption) -> String {
    option.risk.map_or_else(|| number(option.npv), |risk| estimate(risk.npv_mean))
}
