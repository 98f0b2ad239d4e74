//! Limits that planners state in shares: one per value of an attribute, a share of the current plan, a share of a
//! budget.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, list, suggest};
use crate::domain::{LineIx, Measure, Portfolio, ProjectIx, RelativeBound};
use crate::ids::LineId;
use crate::input::schema::ALL_LINES;

use super::document::{Entry, Section};
use super::filter;

/// The largest share of the current plan: more is a slip of the unit.
const MOST_OF_PLAN: f64 = 10.0;

/// The keys of relative bounds, each with the bound that it is instead of.
pub(super) const RELATIVE: [(&str, &str); 2] = [("min_of_plan", "min"), ("max_of_line", "max")];

/// The projects of each limit that `by` makes of one, with the value that they share: rising, and none is empty.
pub(super) fn by_value(
    entry: &Entry<'_>,
    projects: Option<&[ProjectIx]>,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) -> Option<Vec<(String, Vec<ProjectIx>)>> {
    let name = entry.text(found)?;
    let attribute = portfolio.attributes().iter().find(|attribute| attribute.name() == name);
    if attribute.is_none() && name != filter::ID {
        found.push(filter::unknown_attribute(name, entry, portfolio));
        return None;
    }
    let mut groups: BTreeMap<&str, Vec<ProjectIx>> = BTreeMap::new();
    for (project, row) in portfolio.projects().iter_enumerated() {
        let value = attribute.map_or(row.id.as_str(), |attribute| &attribute.texts()[project]);
        let counts = projects.is_none_or(|projects| projects.contains(&project));
        if counts && !value.is_empty() {
            groups.entry(value).or_default().push(project);
        }
    }
    if groups.is_empty() {
        let help = "fill the column in projects.csv, or leave `by` out";
        found.push(entry.fault("is blank for all projects that the limit applies to", help));
        return None;
    }
    Some(groups.into_iter().map(|(value, projects)| (value.to_owned(), projects)).collect())
}

/// The bounds of a limit that are stated as shares. `None` if one is faulty, which has been reported.
pub(super) fn relative(
    section: &Section<'_>,
    measure: Option<Measure>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<Vec<RelativeBound>> {
    let count = found.faults().count();
    for (key, instead) in RELATIVE {
        if let (Some(entry), Some(_)) = (section.get(key), section.get(instead)) {
            let problem = format!("stands beside `{instead}`");
            found.push(entry.fault(problem, "keep one of the two, or write two limits"));
        }
    }
    let of_plan = section.get("min_of_plan").and_then(|entry| min_of_plan(&entry, portfolio, found));
    let of_line = section.get("max_of_line").and_then(|entry| max_of_line(&entry, measure, portfolio, found));
    (found.faults().count() == count).then(|| of_plan.into_iter().chain(of_line).collect())
}

fn min_of_plan(
    entry: &Entry<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<RelativeBound> {
    let is_share = |share: f64| (0.0..=MOST_OF_PLAN).contains(&share);
    let share = entry.number("a share of the current plan from 0 to 10, such as 0.85", is_share, found)?;
    if portfolio?.current_plan().is_none() {
        let help = "add current_plan.csv with the columns project and start, or write `min`";
        found.push(entry.fault("is a share of the current plan, but the portfolio has none", help));
    }
    Some(RelativeBound::MinOfPlan(share))
}

fn max_of_line(
    entry: &Entry<'_>,
    measure: Option<Measure>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<RelativeBound> {
    if measure.is_some_and(|measure| !is_money(measure)) {
        let help = "limit cost, line.*, benefit, npv or an attribute, or write `max`";
        found.push(entry.fault("is a share of a budget, but the measure is no money", help));
    }
    let table = entry.table("a table of line -> share, such as { capex = 0.2 }", found)?;
    let mut shares = Vec::new();
    for (name, entry) in table.entries() {
        let is_share = |share: f64| (0.0..=1.0).contains(&share);
        let share = entry.number("a share of the budget from 0 to 1, such as 0.2", is_share, found);
        let line = portfolio.and_then(|portfolio| line(name, &entry, portfolio, found));
        shares.extend(line.zip(share));
    }
    if table.entries().next().is_none() {
        found.push(entry.fault("names no line", "write a table such as { capex = 0.2 }"));
    }
    Some(RelativeBound::MaxOfLine(shares))
}

/// True if a measure can be a part of a budget.
fn is_money(measure: Measure) -> bool {
    !matches!(
        measure.planned(),
        Measure::Projects
            | Measure::StrategicValue
            | Measure::ExpectedStrategicValue
            | Measure::Objective(_)
            | Measure::Resource(_)
            | Measure::KeyResult { .. }
            | Measure::Progress
            | Measure::KeyResultsMet
    )
}

/// A line by its name; `*` is all of them.
fn line(
    name: &str,
    entry: &Entry<'_>,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) -> Option<Option<LineIx>> {
    if name == ALL_LINES {
        return Some(None);
    }
    let line = portfolio.lines().find_position(|line| line.as_str() == name);
    if line.is_none() {
        let help = suggest(name, portfolio.lines().iter().map(LineId::as_str), "budget lines");
        let problem = "is not a budget line of this portfolio";
        found.push(Diagnostic::fault(entry.source(), problem, help).with_value(name));
    }
    line.map(Some)
}

/// The words for lines without a budget, of which a limit is a share.
pub(super) fn no_budget(line: Option<LineIx>, portfolio: &Portfolio) -> (String, String) {
    let name = line.map_or(ALL_LINES, |line| portfolio.lines()[line].as_str());
    let limited = portfolio.limits().lines.iter_enumerated().filter(|(_, budget)| budget.is_some());
    let limited = list(limited.map(|(line, _)| portfolio.lines()[line].as_str()));
    let problem = format!("is a share of the budget of `{name}`, which has none");
    let known =
        if limited.is_empty() { String::new() } else { format!("; lines with budgets are {limited}") };
    (problem, format!("give `{name}` a row in budgets.csv, or write `max`{known}"))
}
