//! What two scenarios assume differently, by their rows of scenarios.csv.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::output::results::Row;

/// Columns that tell what was found, not what was assumed.
const FOUND: [&str; 4] = ["scenario", "status", "objective", "options_found"];

/// Families of columns of which all members often change by the same factor.
const SCALED: [&str; 5] = ["budget.", "capacity.", "cost_scale.", "benefit_scale.", "limit."];

/// An assumption that differs, or several that differ by the same factor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AssumptionChange {
    /// The columns of scenarios.csv: `budget.capex` stands for that of all periods.
    pub assumptions: Vec<String>,
    /// The cell before; blank where there is none. `None` where several columns change by a factor.
    pub before: Option<String>,
    /// The cell after.
    pub after: Option<String>,
    /// The factor by which all of them change.
    pub factor: Option<f64>,
}

/// True if a column holds an assumption.
pub(super) fn is_assumption(heading: &str) -> bool {
    !FOUND.contains(&heading) && !heading.starts_with("scale.")
}

/// True if a column holds what is asked of the current plan.
pub(super) fn is_of_plan(heading: &str) -> bool {
    matches!(heading, "max_changes" | "change_price")
        || heading.starts_with("changes.")
        || (heading.starts_with("limit.") && heading.ends_with(".min_of_plan"))
}

/// A cell that differs.
struct Cell<'h> {
    heading: &'h str,
    before: String,
    after: String,
    factor: Option<f64>,
}

/// Differences between what two scenarios assume, given the headings of both tables. A column that one table lacks is blank
/// there.
pub(super) fn assumption_changes(
    headings: &[String],
    before: Row<'_>,
    after: Row<'_>,
) -> Vec<AssumptionChange> {
    let cells: Vec<Cell<'_>> = (headings.iter().filter(|heading| is_assumption(heading)))
        .filter(|heading| before.text(heading) != after.text(heading))
        .map(|heading| Cell {
            heading,
            before: before.text(heading).to_owned(),
            after: after.text(heading).to_owned(),
            factor: factor(before.number(heading), after.number(heading)),
        })
        .collect();
    let families = families(&cells, headings, before);
    let mut changes: Vec<AssumptionChange> = Vec::new();
    for cell in &cells {
        let family = family(cell.heading);
        let whole = family.and_then(|family| Some((family, (*families.get(family)?)?)));
        match whole {
            Some((family, factor)) => add_scaled(&mut changes, family, factor),
            None => changes.push(AssumptionChange {
                assumptions: vec![cell.heading.to_owned()],
                before: Some(cell.before.clone()),
                after: Some(cell.after.clone()),
                factor: None,
            }),
        }
    }
    changes
}

/// The columns of all periods, or of all lines: `budget.capex` of `budget.capex.2027`.
fn family(heading: &str) -> Option<&str> {
    let scaled = SCALED.iter().find(|family| heading.starts_with(**family))?;
    match heading.rsplit_once('.') {
        Some((family, _)) if family.len() >= scaled.len() => Some(family),
        _ => Some(heading),
    }
}

/// The factor by which all members of a family change; `None` for a family that does not change as a whole.
fn families<'h>(cells: &[Cell<'h>], headings: &[String], before: Row<'_>) -> BTreeMap<&'h str, Option<f64>> {
    let mut found: BTreeMap<&str, (Option<f64>, usize)> = BTreeMap::new();
    for cell in cells {
        let Some(family) = family(cell.heading) else { continue };
        let (common, count) = found.entry(family).or_insert((cell.factor, 0));
        *count += 1;
        if !matches!((*common, cell.factor), (Some(one), Some(other)) if is_near(one, other)) {
            *common = None;
        }
    }
    // Zeros and blanks stay what they are under any factor.
    let members = |wanted: &str| {
        let of_family = headings.iter().filter(|heading| family(heading) == Some(wanted));
        of_family.filter(|heading| before.number(heading).is_some_and(|number| number != 0.0)).count()
    };
    let whole = |(name, (factor, count)): (&'h str, (Option<f64>, usize))| {
        (name, factor.filter(|_| count == members(name)))
    };
    found.into_iter().map(whole).collect()
}

/// Adds a family to the others that change by the same factor.
fn add_scaled(changes: &mut Vec<AssumptionChange>, family: &str, factor: f64) {
    let kind = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let same = changes.iter_mut().find(|change| {
        let is_near = change.factor.is_some_and(|other| is_near(other, factor));
        is_near && change.assumptions.first().is_some_and(|first| kind(first) == kind(family))
    });
    match same {
        Some(change) if change.assumptions.iter().any(|name| name == family) => {}
        Some(change) => change.assumptions.push(family.to_owned()),
        None => changes.push(AssumptionChange {
            assumptions: vec![family.to_owned()],
            before: None,
            after: None,
            factor: Some(factor),
        }),
    }
}

fn factor(before: Option<f64>, after: Option<f64>) -> Option<f64> {
    let (before, after) = (before?, after?);
    let factor = after / before;
    // Shorter than its last digits, which are rounding.
    let rounded = (factor * 1e9).round() / 1e9;
    (before != 0.0 && factor.is_finite()).then_some(rounded)
}

fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-8 * one.abs().max(other.abs())
}
