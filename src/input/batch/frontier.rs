//! The section `[frontier]`.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{Frontier, FrontierX, Grid, Measure, Portfolio, Scenario, Sense};
use crate::input::schema::FRONTIER;
use crate::input::words::SENSES;

use super::document::{Entry, Section};
use super::{goal, simulated};

/// The word for a factor on all budgets, in place of a measure.
const BUDGET_SCALE: &str = "budget_scale";

/// Most levels of a grid.
const MOST_POINTS: u32 = 1000;

/// Longest time limit, in seconds: about thirty years.
const LONGEST: f64 = 1e9;

/// Reads the section. `None` if there is none, or something is wrong with it, which has been reported.
pub(super) fn read(
    root: &Section<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<Frontier> {
    let section = root.get("frontier")?.table("a section that begins with [frontier]", found)?;
    section.check_against(&FRONTIER, found);
    let (x_entry, y_entry) = (axis(&section, "x", found), axis(&section, "y", found));
    let x_sense = sense(&section, "x_sense", found);
    let y_sense = sense(&section, "y_sense", found);
    let x = x_entry.as_ref().and_then(|entry| x(entry, &section, x_sense, portfolio, found));
    let y = y_entry.as_ref().and_then(|entry| y(entry, portfolio, found));
    let grid = grid(&section, x, found);
    let time_limit = section.get("time_limit").and_then(|entry| {
        let expected = "seconds for the frontier of a scenario, above 0";
        entry.number(expected, |seconds| seconds > 0.0 && seconds <= LONGEST, found)
    });
    let (x, y) = (x?, y?);
    let y_sense = y_sense.unwrap_or(y.natural_sense());
    let x_axis = match x {
        FrontierX::Measure(measure, sense) => Some((&x_entry, measure, sense)),
        FrontierX::BudgetScale => None,
    };
    let axes = x_axis.into_iter().chain([(&y_entry, y, y_sense)]);
    let count = found.faults().count();
    for (entry, measure, sense) in axes {
        if let (Some(entry), Some(portfolio)) = (entry, portfolio) {
            simulated::has_bound(measure, sense, &entry.source(), portfolio, found);
        }
    }
    if found.faults().count() > count {
        return None;
    }
    let frontier = Frontier::new(x, y, y_sense);
    if let (Err(_), Some(entry)) = (frontier, y_entry) {
        found.push(entry.fault("is the measure of `x` too", "trade one measure for another"));
    }
    let frontier = frontier.ok()?;
    let frontier = grid.map_or(frontier, |grid| frontier.on_grid(grid));
    Some(time_limit.map_or(frontier, |seconds| frontier.within(seconds)))
}

/// Reports what a frontier of simulated futures cannot be traced beside under a scenario.
pub(super) fn check(
    root: &Section<'_>,
    frontier: Option<Frontier>,
    scenario: &Scenario,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) {
    let (Some(frontier), Some(portfolio), Some(entry)) = (frontier, portfolio, root.get("frontier")) else {
        return;
    };
    let measures: Vec<Measure> =
        frontier.measures_of_futures().into_iter().map(|(measure, _)| measure).collect();
    simulated::check(&entry.source(), &measures, &scenario.min_fractions, portfolio, found);
}

/// The levels asked for, if not all points are.
fn grid(section: &Section<'_>, x: Option<FrontierX>, found: &mut Diagnostics) -> Option<Grid> {
    let mut level = |key: &str| {
        let entry = section.get(key)?;
        let value = if x == Some(FrontierX::BudgetScale) {
            entry.number("a factor on all budgets from 0 to 1", |scale| (0.0..=1.0).contains(&scale), found)
        } else {
            entry.number("a level of x", |_| true, found)
        };
        Some((entry, value?))
    };
    let (from, to) = (level("from"), level("to"));
    let Some(points) = section.get("points") else {
        for (entry, _) in [from, to].into_iter().flatten() {
            let problem = "is the end of a grid, but all non-dominated points are asked for";
            found.push(
                entry.fault(problem, "say how many levels there are, such as points = 20, or remove it"),
            );
        }
        return None;
    };
    let points = points.count(2, MOST_POINTS, found);
    if let (Some((_, from)), Some((entry, to))) = (&from, &to)
        && from >= to
    {
        found.push(
            entry.fault(format!("does not lie above `from`, which is {from}"), "write a larger number"),
        );
    }
    let value = |level: Option<(Entry<'_>, f64)>| level.map(|(_, value)| value);
    Some(Grid { points: points?, from: value(from), to: value(to) })
}

fn axis<'a>(section: &Section<'a>, key: &str, found: &mut Diagnostics) -> Option<Entry<'a>> {
    let entry = section.get(key);
    if entry.is_none() {
        let help = format!("write a measure, such as {key} = \"cost\"");
        found.extend(section.missing(key, help));
    }
    entry
}

fn sense(section: &Section<'_>, key: &str, found: &mut Diagnostics) -> Option<Sense> {
    section.get(key).and_then(|entry| entry.word(&SENSES, found))
}

fn x(
    entry: &Entry<'_>,
    section: &Section<'_>,
    sense: Option<Sense>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<FrontierX> {
    if entry.as_text() == Some(BUDGET_SCALE) {
        if let Some(sense) = section.get("x_sense") {
            let problem = "has no meaning for budget_scale, which is given and not optimised";
            found.push(sense.fault(problem, "remove it"));
        }
        return Some(FrontierX::BudgetScale);
    }
    let measure = goal::measure_with_numbers(entry, portfolio, found)?;
    Some(FrontierX::Measure(measure, sense.unwrap_or(measure.natural_sense())))
}

fn y(entry: &Entry<'_>, portfolio: Option<&Portfolio>, found: &mut Diagnostics) -> Option<Measure> {
    if entry.as_text() == Some(BUDGET_SCALE) {
        let fault = Diagnostic::fault(
            entry.source(),
            "can only be `x`",
            "write x = \"budget_scale\" and a measure as y",
        );
        found.push(fault.with_value(BUDGET_SCALE));
        return None;
    }
    goal::measure_with_numbers(entry, portfolio, found)
}
