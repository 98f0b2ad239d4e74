//! What parts two rounds.

use crate::cli::terminal::figures::{estimate, number};
use crate::cli::terminal::grid::{Label, grid, in_list, left_out, list, words};
use crate::output::saved::{BeforeAfter, CaseChange, Rounds, SavedOption, ScenarioChange};

use super::words::{assumption, change_lines, status};

/// Scenarios that are told in full, unless all are asked for.
const TOLD: usize = 3;

/// Scenarios in the table, unless all are asked for.
const SHOWN: usize = 12;

/// Lines of projects per scenario, unless all are asked for.
const LINES: usize = 12;

/// What parts two rounds; with all of it if `full`.
pub fn text(rounds: &Rounds, full: bool) -> String {
    let mut lines = vec![head(rounds)];
    if !rounds.inputs.is_empty() {
        let items: Vec<String> = rounds.inputs.iter().map(|(file, how)| format!("{file} {how}")).collect();
        lines.push(list("Input:", &items, full));
    }
    let named = |all: &[(String, String)]| -> Vec<String> {
        all.iter().map(|(id, name)| in_list(id, name)).collect()
    };
    let projects =
        [("New projects", &rounds.new_projects), ("Projects no longer there", &rounds.gone_projects)];
    for (label, all) in projects.into_iter().filter(|(_, all)| !all.is_empty()) {
        lines.push(list(&format!("{label} ({}):", all.len()), &named(all), full));
    }
    let scenarios =
        [("New scenarios", &rounds.new_scenarios), ("Scenarios no longer there", &rounds.gone_scenarios)];
    for (label, all) in scenarios.into_iter().filter(|(_, all)| !all.is_empty()) {
        lines.push(list(&format!("{label} ({}):", all.len()), all, full));
    }
    if !rounds.cases.is_empty() {
        let items: Vec<String> = rounds.cases.iter().map(case).collect();
        lines.push(list(&format!("Business cases that changed ({}):", items.len()), &items, full));
    }
    let changed: Vec<&ScenarioChange> =
        rounds.scenarios.iter().filter(|one| !one.is_none() || one.before != one.after).collect();
    if changed.is_empty() {
        return lines.join("\n");
    }
    let shown = if full { changed.len() } else { changed.len().min(SHOWN) };
    lines.push(String::new());
    lines.push(table(&changed[..shown], rounds.currency.as_deref()));
    lines.extend(left_out(shown, changed.len(), "scenarios"));
    let told = if full { changed.len() } else { changed.len().min(TOLD) };
    lines.extend(changed[..told].iter().map(|one| scenario(one, full)));
    lines.extend(left_out(told, changed.len(), "scenarios in detail"));
    lines.join("\n")
}

fn head(rounds: &Rounds) -> String {
    let both = rounds.scenarios.len();
    let names = match rounds.before == rounds.after {
        true => rounds.after.clone(),
        false => format!("{} → {}", rounds.before, rounds.after),
    };
    if rounds.equal {
        let all =
            if both == 1 { "the one scenario is".to_owned() } else { format!("all {both} scenarios are") };
        return format!("{names}: nothing differs; {all} the same");
    }
    let same = rounds.scenarios.iter().filter(|one| one.is_none()).count();
    let same_projects = rounds.scenarios.iter().filter(|one| one.projects.is_none()).count();
    let scenarios = if both == 1 { "scenario" } else { "scenarios" };
    words(
        &format!("{names}:"),
        &format!(
            "{both} {scenarios} in both, {same} the same, {same_projects} of them with the same projects in option 1"
        ),
    )
}

fn arrow(before: &str, after: &str) -> String {
    if before == after { after.to_owned() } else { format!("{before} → {after}") }
}

fn case(change: &CaseChange) -> String {
    let part = |what: &str, (before, after): BeforeAfter| {
        (before != after).then(|| format!("{what} {}", arrow(&number(before), &number(after))))
    };
    let parts = [
        part("cost", change.cost),
        part("benefit", change.benefit),
        part("strategic value", change.strategic_value),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{} {}", in_list(&change.project, &change.name), parts.join("; "))
}

/// One row per scenario: who goes in, out and moves, and the figures before and after.
fn table(changed: &[&ScenarioChange], currency: Option<&str>) -> String {
    let currency = currency.map_or(String::new(), |currency| format!(", {currency}"));
    let (cost, value) = (format!("Cost{currency}"), "Objective");
    let row = |one: &&ScenarioChange| {
        let figure = |of: fn(&SavedOption) -> Option<f64>| {
            let (before, after) = (one.first.0.as_ref().and_then(of), one.first.1.as_ref().and_then(of));
            arrow(&number(before), &number(after))
        };
        let projects = &one.projects;
        let counts = [projects.enter.len(), projects.leave.len(), projects.moved.len()];
        let cells = counts.map(|count| count.to_string()).into_iter();
        let cells = cells.chain([figure(|option| option.cost), figure(|option| option.objective)]);
        (Label::Text(one.after.clone()), cells.collect())
    };
    let headings = ["Scenario", "In", "Out", "Moved", cost.as_str(), value];
    grid(&headings, &[], &changed.iter().map(row).collect::<Vec<_>>())
}

/// One scenario: what it assumes otherwise, who goes in, out and moves.
fn scenario(change: &ScenarioChange, full: bool) -> String {
    let name = match change.before == change.after {
        true => change.after.clone(),
        false => format!("{} (before: {})", change.after, change.before),
    };
    let mut lines = vec![format!("\n{name}:")];
    let assumptions: Vec<String> = change.assumptions.iter().map(assumption).collect();
    if !assumptions.is_empty() {
        lines.push(list("  assumes now:", &assumptions, full));
    }
    let state = |word: &str, first: &Option<SavedOption>| status(word, first.as_ref());
    let (before, after) =
        (state(&change.status.0, &change.first.0), state(&change.status.1, &change.first.1));
    if before != after {
        lines.push(format!("  {before} → {after}"));
    }
    if let (Some(before), Some(after)) = &change.first {
        let npv = |option: &SavedOption| {
            option.risk.map_or_else(|| number(option.npv), |risk| estimate(risk.npv_mean))
        };
        let figures = [
            ("strategic value", number(before.strategic_value), number(after.strategic_value)),
            ("NPV", npv(before), npv(after)),
        ];
        let figures = figures.into_iter().filter(|(_, before, after)| before != after);
        let figures: Vec<String> =
            figures.map(|(what, before, after)| format!("{what} {before} → {after}")).collect();
        if !figures.is_empty() {
            lines.push(words(" ", &figures.join(", ")));
        }
    }
    let projects = change_lines(&change.projects);
    let shown = if full { projects.len() } else { projects.len().min(LINES) };
    lines.extend_from_slice(&projects[..shown]);
    lines.extend(left_out(shown, projects.len(), "projects").map(|note| format!("  {note}")));
    if projects.is_empty() {
        lines.push("  the same projects from the same periods on".to_owned());
    }
    lines.join("\n")
}
