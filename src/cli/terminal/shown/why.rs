//! Why two rounds differ: the changes of the input, one after the other, and at which of them each project flips.

use crate::cli::terminal::figures::number;
use crate::cli::terminal::grid::{Label, grid, in_list, left_out, list, words};
use crate::replay::{Flip, Move, Replay, ReplayedScenario, ReplayedStep};

/// Projects of a scenario that are told, unless all are asked for.
const LINES: usize = 12;

/// Scenarios that are told, unless all are asked for.
const TOLD: usize = 3;

/// Why two rounds differ; with all of it if `full`.
pub fn text(why: &Replay, full: bool) -> String {
    if why.scenarios.is_empty() {
        return "\nWhy: option 1 has the same projects in each scenario that both rounds have".to_owned();
    }
    let order: Vec<String> =
        why.order.iter().enumerate().map(|(place, group)| format!("{} {group}", place + 1)).collect();
    let mut lines = vec![
        String::new(),
        words(
            "Why:",
            "changes applied one after the other, in this order; in another order another change may be named",
        ),
        list("Changes:", &order, true),
    ];
    let told = if full { why.scenarios.len() } else { why.scenarios.len().min(TOLD) };
    lines.extend(why.scenarios[..told].iter().map(|one| scenario(one, &why.order, full)));
    lines.extend(left_out(told, why.scenarios.len(), "scenarios"));
    lines.join("\n")
}

fn scenario(own: &ReplayedScenario, order: &[String], full: bool) -> String {
    let mut lines = vec![format!("\n{}:", own.scenario), table(own)];
    let flips: Vec<String> = own.projects.iter().map(|one| flip(one, order)).collect();
    let shown = if full { flips.len() } else { flips.len().min(LINES) };
    lines.extend_from_slice(&flips[..shown]);
    lines.extend(left_out(shown, flips.len(), "projects").map(|note| format!("  {note}")));
    if flips.is_empty() {
        lines.push(
            "  the best by the objective is the same in both; another option was ranked first".to_owned(),
        );
    }
    lines.join("\n")
}

/// A row before any change, and one per group.
fn table(own: &ReplayedScenario) -> String {
    let row = |(place, step): (usize, &ReplayedStep)| {
        let label = match place {
            0 => "as before".to_owned(),
            _ => format!("{place} {}", step.group),
        };
        let counts = [&step.enter, &step.leave, &step.moved].map(|moves| moves.len().to_string());
        let objective = match step.objective {
            Some(objective) => number(Some(objective)),
            None => step.status.clone(),
        };
        (Label::Text(label), counts.into_iter().chain([objective]).collect())
    };
    let rows: Vec<_> = std::iter::once(&own.before).chain(&own.steps).enumerate().map(row).collect();
    grid(&["After", "In", "Out", "Moved", "Objective"], &[], &rows)
}

/// `+ Metro line (P07) in with 1 costs (P07)`, and where it goes back and forth, each step.
fn flip(one: &Flip, order: &[String]) -> String {
    let sign = match one.change {
        Move::In => '+',
        Move::Out => '−',
        Move::Moved => '~',
    };
    let step = |(change, group): &(Move, String)| {
        let place = order.iter().position(|other| other == group).map_or(0, |place| place + 1);
        format!("{} with {place} {group}", change.word())
    };
    let steps: Vec<String> = one.steps.iter().map(step).collect();
    words(&format!("  {sign} {}:", in_list(&one.project, &one.name)), &steps.join(", then "))
}
