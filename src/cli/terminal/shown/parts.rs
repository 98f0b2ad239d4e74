//! What the first option of a scenario does for objectives, key results and groups, and its frontier.

use crate::cli::terminal::figures::number;
use crate::cli::terminal::grid::{Label, grid, left_out};
use crate::output::saved::{
    FrontierFigures, GroupFigures, KeyResultFigures, ObjectiveFigures, ScenarioParts,
};

use super::words::share;

/// Rows of each table, unless all are asked for.
const ROWS: usize = 8;

/// The tables that a scenario has.
pub fn blocks(parts: &ScenarioParts, full: bool) -> Vec<String> {
    let mut blocks = Vec::new();
    // One objective is the strategic value itself.
    if parts.objectives.len() > 1 {
        blocks.push(objectives(&parts.objectives, full));
    }
    if !parts.key_results.is_empty() {
        blocks.push(key_results(&parts.key_results, full));
    }
    if !parts.groups.is_empty() {
        blocks.push(groups(&parts.groups, full));
    }
    blocks.extend(parts.frontier.as_ref().map(|own| frontier(own, full)));
    blocks
}

/// A table of its first rows, and how many are left out.
fn table(headings: &[&str], rows: &[(Label, Vec<String>)], full: bool, what: &str) -> String {
    let shown = if full { rows.len() } else { rows.len().min(ROWS) };
    let lines = [Some(grid(headings, &[], &rows[..shown])), left_out(shown, rows.len(), what)];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn part(of: Option<f64>) -> String {
    of.map_or_else(|| "-".to_owned(), share)
}

fn objectives(all: &[ObjectiveFigures], full: bool) -> String {
    let has_targets = all.iter().any(|one| one.target.is_some());
    let mut headings = vec!["Objective", "Weight", "Score"];
    headings.extend(has_targets.then_some("Target"));
    headings.push("Of the value");
    let row = |one: &ObjectiveFigures| {
        let mut cells = vec![part(one.weight), number(one.score)];
        cells.extend(has_targets.then(|| number(one.target)));
        cells.push(part(one.share));
        (Label::Project { id: one.objective.clone(), name: one.name.clone() }, cells)
    };
    table(&headings, &all.iter().map(row).collect::<Vec<_>>(), full, "objectives")
}

fn key_results(all: &[KeyResultFigures], full: bool) -> String {
    let row = |one: &KeyResultFigures| {
        let cells = [one.due.clone(), number(one.value), number(one.target), part(one.p_reached)];
        (Label::Project { id: one.key_result.clone(), name: one.name.clone() }, cells.to_vec())
    };
    let headings = ["Key result", "Due", "Planned", "Target", "P(reached)"];
    table(&headings, &all.iter().map(row).collect::<Vec<_>>(), full, "key results")
}

fn groups(all: &[GroupFigures], full: bool) -> String {
    let row = |one: &GroupFigures| {
        let label = format!("{}: {}", one.group_by, one.group);
        let cells =
            [number(one.projects), number(one.cost), part(one.share_of_cost), number(one.strategic_value)];
        (Label::Text(label), cells.to_vec())
    };
    let headings = ["Group", "Funded", "Cost", "Of the cost", "Strategic\nvalue"];
    table(&headings, &all.iter().map(row).collect::<Vec<_>>(), full, "groups")
}

fn frontier(own: &FrontierFigures, full: bool) -> String {
    let row = |(point, x, y): &(String, Option<f64>, Option<f64>)| {
        (Label::Text(point.clone()), vec![number(*x), number(*y)])
    };
    let headings = ["Frontier", own.x.as_str(), own.y.as_str()];
    table(&headings, &own.points.iter().map(row).collect::<Vec<_>>(), full, "points")
}
