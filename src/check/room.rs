//! room.csv: no option near the best has less or more than it tells. That there is no other selection takes a solver.

use crate::domain::{Measure, Room};

use super::cases::{Case, ScenarioCase};
use super::compare::Comparison;
use super::context::Context;
use super::figure::Figure;
use super::report::{BrokenRule, Report};
use super::sheet::Sheet;

/// Kinds of rows.
const PROJECT: &str = "project";
const MEASURE: &str = "measure";

/// Compares room.csv: options whose objective is near the best lie within its ranges, and classes follow from these.
pub(super) fn compare(context: &Context<'_>, asked: Room, sheet: &Sheet, report: &mut Report) {
    let mut table = Comparison::new("room.csv", sheet, &["scenario", "kind", "item"]);
    let mut expected = Vec::new();
    for case in &context.cases {
        let rows: Vec<usize> =
            (0..sheet.height()).filter(|&row| sheet.cell(row, "scenario") == case.name()).collect();
        if rows.is_empty() {
            continue;
        }
        let near = near_the_best(context, asked, case);
        let key = |kind: &str, item: &str| [case.name(), kind, item].map(str::to_owned).to_vec();
        let others = rows.into_iter().filter(|&row| sheet.cell(row, "kind") != PROJECT);
        let others = others.map(|row| key(sheet.cell(row, "kind"), sheet.cell(row, "item")));
        let projects = context.portfolio.projects().iter().map(|project| key(PROJECT, project.id.as_str()));
        expected.extend(others.chain(projects).map(|key| (key.clone(), (case, near.clone(), key))));
    }
    for (row, (case, near, key)) in table.find_rows(expected) {
        let amounts = amounts(context, case, &near, (&key[1], &key[2]));
        hold(&mut table, (row, &key), amounts.as_deref(), report);
        let class = if key[1] == PROJECT { class_of(sheet, row) } else { "" };
        table.text(row, "class", class);
        let project = context.portfolio.project_position(&key[2]).filter(|_| key[1] == PROJECT);
        let name = project.map_or("", |project| context.portfolio.projects()[project].name.as_str());
        table.text(row, "name", name);
    }
    table.finish(report);
}

/// The options of a scenario whose objective is near that of option 1.
fn near_the_best<'c>(context: &Context<'_>, asked: Room, case: &'c ScenarioCase<'_>) -> Vec<&'c Case> {
    let Some(first) = case.options.first() else { return Vec::new() };
    let sign = case.reading.scenario.goal.sense().sign();
    let best = context.objective(case, first);
    let least = sign * best.value - asked.within() * best.value.abs();
    // Those at the edge may be told or not.
    let is_near = |option: &&Case| sign * context.objective(case, option).value > least + 1e-9 * least.abs();
    case.options.iter().filter(is_near).collect()
}

/// Amounts of an item in selections; `None` where that is not recomputed.
fn amounts(
    context: &Context<'_>,
    case: &ScenarioCase<'_>,
    near: &[&Case],
    (kind, item): (&str, &str),
) -> Option<Vec<Figure>> {
    match kind {
        MEASURE => {
            let measure = Measure::named(item, context.portfolio)?;
            Some(near.iter().map(|one| case.reading.measure(measure, &one.selection, None)).collect())
        }
        PROJECT => {
            let project = context.portfolio.project_position(item)?;
            let chosen = |one: &&Case| Figure::from(f64::from(u8::from(one.selection.has(project))));
            Some(near.iter().map(chosen).collect())
        }
        _ => None,
    }
}

/// Holds a row to the amounts that are known, and its bounds to its ends.
fn hold(
    table: &mut Comparison<'_>,
    (row, key): (usize, &[String]),
    amounts: Option<&[Figure]>,
    report: &mut Report,
) {
    let sheet = table.sheet();
    let number = |column: &str| sheet.cell(row, column).parse::<f64>().ok();
    let mut broken = |words: String| {
        let words = format!("room.csv: {} {}: {words}", key[1], key[2]);
        report.broken_rules.push(BrokenRule { scenario: key[0].clone(), option: String::new(), words });
    };
    for (end, bound, sign) in [("least", "least_bound", 1.0), ("most", "most_bound", -1.0)] {
        table.has_compared(row, end);
        table.has_compared(row, bound);
        let Some(told) = number(end) else {
            broken(format!("{end} is no number"));
            continue;
        };
        let is_beyond = |amount: &&Figure| sign * amount.value < sign * told && !amount.agrees_with(told);
        if let Some(amount) = amounts.unwrap_or_default().iter().find(is_beyond) {
            broken(format!("{end} is {told}, but an option near the best has {}", amount.value));
        }
        let slack = 1e-6 * told.abs();
        if let Some(bound) = number(bound).filter(|bound| sign * bound > sign * told + slack) {
            broken(format!("{end} is {told}, beyond its bound {bound}"));
        }
    }
}

/// The class that the ranges of a project give it.
fn class_of(sheet: &Sheet, row: usize) -> &'static str {
    let is = |column: &str, wanted: f64| sheet.cell(row, column).parse() == Ok(wanted);
    match (is("least", 0.0), is("most", 0.0)) {
        (true, false) => "free",
        (false, _) if is("least_bound", 1.0) => "must-have",
        (_, true) if is("most_bound", 0.0) => "must-avoid",
        _ => "",
    }
}
