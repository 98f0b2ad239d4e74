//! changes.csv, frontier.csv and the recomputable part of decisions.csv.

use crate::domain::{Frontier, FrontierX, PeriodIx};

use super::cases::{Case, ScenarioCase};
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::futures;
use super::report::{BrokenRule, Report};
use super::sheet::Sheet;

/// Compares changes.csv: the projects that an option starts, stops or moves against the current plan.
pub(super) fn compare_changes(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("changes.csv", sheet, &["scenario", "option", "project"]);
    let plan = context.portfolio.current_plan();
    let label = |start: PeriodIx| context.portfolio.horizon().label(start).to_string();
    let mut expected = Vec::new();
    for case in &context.cases {
        for option in &case.options {
            for (position, project) in context.portfolio.projects().iter_enumerated() {
                let from = plan.and_then(|plan| plan.start(position));
                let to = option.selection.of(position).map(|one| one.start);
                let change = match (from, to) {
                    (None, Some(_)) => "start",
                    (Some(_), None) => "stop",
                    (Some(from), Some(to)) if from != to => "move",
                    _ => continue,
                };
                let cells = [
                    change.to_owned(),
                    from.map_or_else(String::new, label),
                    to.map_or_else(String::new, label),
                ];
                expected.push((case.key(option, &[project.id.as_str()]), cells));
            }
        }
    }
    for (row, [change, from, to]) in table.find_rows(expected) {
        table.text(row, "change", &change);
        table.text(row, "from", &from);
        table.text(row, "to", &to);
    }
    table.finish(report);
}

/// Compares frontier.csv: where each point lies, and that no point is dominated by another.
pub(super) fn compare_frontier(context: &Context<'_>, asked: Frontier, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("frontier.csv", sheet, &["scenario", "point"]);
    let mut expected = Vec::new();
    for case in &context.cases {
        for point in &case.points {
            expected.push((case.key(point, &[]), (case, point)));
        }
    }
    let (x_measure, y_measure) = (x_name(context, asked), asked.y().name(context.portfolio));
    for (row, (case, point)) in table.find_rows(expected) {
        let (x, y) = place(asked, case, point);
        table.text(row, "x_measure", &x_measure);
        table.number(row, "x", Some(x));
        table.text(row, "y_measure", &y_measure);
        table.number(row, "y", Some(y));
        table.count(row, "projects", Some(point.selection.chosen().len()));
    }
    for case in &context.cases {
        report.broken_rules.extend(dominated(asked, case));
    }
    table.finish(report);
}

fn x_name(context: &Context<'_>, asked: Frontier) -> String {
    match asked.x() {
        FrontierX::Measure(measure, _) => measure.name(context.portfolio),
        FrontierX::BudgetScale => "budget_scale".to_owned(),
    }
}

/// Coordinates of a point.
fn place(asked: Frontier, case: &ScenarioCase<'_>, point: &Case) -> (Figure, Figure) {
    let measure = |measure| case.reading.measure(measure, &point.selection, None);
    let x = match asked.x() {
        FrontierX::Measure(one, _) => measure(one),
        FrontierX::BudgetScale => case.reading.least_budget_scale(&point.selection),
    };
    (x, measure(asked.y()))
}

/// Points that another is at least as good as in both measures, and clearly better in one.
fn dominated(asked: Frontier, case: &ScenarioCase<'_>) -> Vec<BrokenRule> {
    let x_sign = match asked.x() {
        FrontierX::Measure(_, sense) => sense.sign(),
        FrontierX::BudgetScale => -1.0,
    };
    let signs = [x_sign, asked.y_sense().sign()];
    let places: Vec<[Figure; 2]> = case
        .points
        .iter()
        .map(|point| {
            let (x, y) = place(asked, case, point);
            [x * signs[0], y * signs[1]]
        })
        .collect();
    let is_better = |one: Figure, other: Figure| one.value > other.value && !other.agrees_with(one.value);
    let beats = |one: &[Figure; 2], other: &[Figure; 2]| {
        let is_worse = (0..2).any(|axis| is_better(other[axis], one[axis]));
        !is_worse && (0..2).any(|axis| is_better(one[axis], other[axis]))
    };
    let mut broken = Vec::new();
    for (place, point) in places.iter().zip(&case.points) {
        if let Some(winner) = places.iter().position(|other| beats(other, place)) {
            broken.push(BrokenRule {
                scenario: case.name().to_owned(),
                option: point.name.clone(),
                words: format!("it is dominated by {}", case.points[winner].name),
            });
        }
    }
    broken
}

/// Compares the columns of decisions.csv about the options: whether a project is in, and in how many of them.
pub(super) fn compare_decisions(context: &Context<'_>, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("decisions.csv", sheet, &["scenario", "project"]);
    let is_explained =
        |case: &&ScenarioCase<'_>| (0..sheet.height()).any(|row| sheet.cell(row, "scenario") == case.name());
    let mut expected = Vec::new();
    for case in context.cases.iter().filter(is_explained) {
        for (position, project) in context.portfolio.projects().iter_enumerated() {
            let key = vec![case.name().to_owned(), project.id.to_string()];
            expected.push((key, (case, position)));
        }
    }
    for (row, (case, project)) in table.find_rows(expected) {
        let told = if sheet.has("option") { sheet.cell(row, "option") } else { "1" };
        let Some(option) = case.options.iter().find(|option| option.name == told) else {
            table.refuse(row, "option", "an option that there is");
            continue;
        };
        let count = case.options.iter().filter(|option| option.selection.has(project)).count();
        let frequency = count as f64 / case.options.len() as f64;
        table.text(row, "decision", if option.selection.has(project) { "in" } else { "out" });
        table.number(row, "frequency", Some(Figure::from(frequency)));
        if context.batch.futures() > 0 {
            let id = context.portfolio.projects()[project].id.as_str();
            table.number(row, "frequency_over_trials", futures::frequency(context, case.name(), id));
        }
    }
    table.finish(report);
}
