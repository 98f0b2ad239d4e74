//! Filters on projects: by id, or by the values of their attributes.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean, list, suggest, suggestion};
use crate::domain::{Attribute, ByProject, Portfolio, Project, ProjectIx};
use crate::input::reader::numbers;
use crate::input::reader::numbers::{DecimalMark, WrittenNumber};
use crate::input::toml_text::quoted;

use super::document::Entry;

/// The key for the ids of projects.
pub(super) const ID: &str = "project";

/// Longest list of values in a help text.
const MOST_SHOWN: usize = 12;

/// The projects (rising) that have one of the values of every attribute in a table such as `{ category =
/// ["growth", "service"] }`. `None` after a fault, which has been reported.
pub(super) fn read(
    entry: &Entry<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<Vec<ProjectIx>> {
    let table = entry.table("a table such as { category = \"growth\" }", found)?;
    let portfolio = portfolio?;
    let mut matching: BTreeSet<ProjectIx> = portfolio.projects().positions().collect();
    let mut is_sound = true;
    let keys: Vec<_> = table.entries().collect();
    for (name, entry) in &keys {
        match with_one_of(name, entry, portfolio, found) {
            Some(own) => matching.retain(|project| own.contains(project)),
            None => is_sound = false,
        }
    }
    if keys.is_empty() {
        let help = "write a table such as { category = \"growth\" }, or remove the key for all projects";
        found.push(entry.fault("names no attribute", help));
        return None;
    }
    if is_sound && matching.is_empty() {
        found.push(entry.fault("fits no project", "ask for values that some project has together"));
    }
    (is_sound && !matching.is_empty()).then(|| matching.into_iter().collect())
}

/// The projects that have one of the values that an entry names for an attribute.
fn with_one_of(
    name: &str,
    entry: &Entry<'_>,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) -> Option<BTreeSet<ProjectIx>> {
    let attribute = portfolio.attributes().iter().find(|attribute| attribute.name() == name);
    if attribute.is_none() && name != ID {
        found.push(unknown_attribute(name, entry, portfolio));
        return None;
    }
    let values = if entry.is_list() { entry.list("", found)? } else { vec![entry.clone()] };
    if values.is_empty() {
        found.push(Diagnostic::fault(entry.source(), "lists no value", "name at least one value"));
        return None;
    }
    let of_value = |value: &Entry<'_>, found: &mut Diagnostics| match attribute {
        Some(attribute) => with_value(value, attribute, found),
        None => project(value, portfolio, found).map(|project| vec![project]),
    };
    // Every value is checked before any fault ends the search, so that all faults are reported at once.
    let matches: Vec<Option<Vec<ProjectIx>>> = values.iter().map(|value| of_value(value, found)).collect();
    let matches: Option<Vec<Vec<ProjectIx>>> = matches.into_iter().collect();
    matches.map(|matches| matches.into_iter().flatten().collect())
}

/// The fault of a name that is no attribute.
pub(super) fn unknown_attribute(name: &str, entry: &Entry<'_>, portfolio: &Portfolio) -> Diagnostic {
    let names = || portfolio.attributes().iter().map(Attribute::name).chain([ID]);
    let help = suggest(name, names(), "attributes");
    Diagnostic::fault(entry.source(), "is not an attribute of this portfolio", help).with_value(name)
}

/// The project that an entry names by its id.
pub(super) fn project(
    entry: &Entry<'_>,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) -> Option<ProjectIx> {
    let id = entry.text(found)?;
    let position = portfolio.project_position(id);
    if position.is_none() {
        let ids = portfolio.projects().iter().map(|project| project.id.as_str());
        let help = called(id, portfolio)
            .or_else(|| suggestion(id, ids))
            .unwrap_or_else(|| "add it to projects.csv, or remove it here".to_owned());
        found.push(entry.fault("is not a project", help));
    }
    position
}

/// Advice on a name where an id belongs; `None` if no project has that name.
fn called(name: &str, portfolio: &Portfolio) -> Option<String> {
    let is_called = |project: &&Project| project.name.to_lowercase() == name.trim().to_lowercase();
    let ids: Vec<String> =
        portfolio.projects().iter().filter(is_called).map(|project| quoted(project.id.as_str())).collect();
    match ids.as_slice() {
        [] => None,
        [id] => Some(format!("that is the name of a project: write its id, {id}")),
        ids => Some(format!("that is the name of several projects: write the id, one of {}", ids.join(", "))),
    }
}

/// The projects whose attribute is the value that an entry names; there is at least one.
fn with_value(entry: &Entry<'_>, attribute: &Attribute, found: &mut Diagnostics) -> Option<Vec<ProjectIx>> {
    let matching = match attribute.numbers() {
        Some(numbers) => positions(numbers, &number(entry, found)?),
        None => positions(attribute.texts(), &text(entry, found)?),
    };
    if matching.is_empty() {
        let mut values: Vec<&str> = attribute.texts().iter().map(String::as_str).collect();
        values.retain(|value| !value.is_empty());
        values.sort_unstable();
        values.dedup();
        let near =
            attribute.numbers().is_none().then(|| did_you_mean(&entry.label(), values.iter().copied()));
        let help = match near.flatten() {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let more = if values.len() > MOST_SHOWN { ", ..." } else { "" };
                format!("the values are {}{more}", list(values.into_iter().take(MOST_SHOWN)))
            }
        };
        found.push(entry.fault(format!("is the `{}` of no project", attribute.name()), help));
        return None;
    }
    Some(matching)
}

fn positions<T: PartialEq>(values: &ByProject<T>, wanted: &T) -> Vec<ProjectIx> {
    values.iter_enumerated().filter(|(_, value)| *value == wanted).map(|(project, _)| project).collect()
}

/// A number, also where it is written as a text.
fn number(entry: &Entry<'_>, found: &mut Diagnostics) -> Option<f64> {
    const EXPECTED: &str = "a number, as the column holds numbers only";
    let Some(text) = entry.as_text() else { return entry.number(EXPECTED, |_| true, found) };
    // In quotes a comma may part thousands or a fraction; the batch file knows no decimal comma.
    let is_clear = |number: &WrittenNumber| number.mark != Some(DecimalMark::Comma);
    let number = numbers::parse(text.trim()).ok().filter(is_clear).map(|number| number.value);
    if number.is_none() {
        found.push(entry.fault("is not a number", format!("write {EXPECTED}")));
    }
    number
}

/// A text, also where it is written as a number.
fn text(entry: &Entry<'_>, found: &mut Diagnostics) -> Option<String> {
    if entry.is_number() {
        return Some(entry.label());
    }
    entry.text(found).map(str::to_owned)
}
