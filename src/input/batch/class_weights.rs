//! Sets of weights that weigh each project by the set of its class.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, list, suggest};
use crate::domain::{Attribute, ByProject, ClassWeights, Portfolio, ProjectIx, ProjectWeights};

use super::document::{Entry, Section};
use super::filter;
use super::group_weights::Sets;

/// Most projects that a message names.
const MOST_NAMED: usize = 5;

/// What the classes of a set may refer to.
pub(super) struct Known<'k> {
    /// The sets that name weights.
    pub(super) sets: &'k Sets,
    /// The names of the sets that weigh by class themselves.
    pub(super) by_class: &'k BTreeSet<&'k str>,
    /// False if a section whose name is misspelt may hold more sets.
    pub(super) is_complete: bool,
}

/// Reads `attribute` and `classes`. `None` if something is wrong with them, which has been reported, or the portfolio
/// is not known.
pub(super) fn read(
    section: &Section<'_>,
    known: &Known<'_>,
    portfolio: Option<&Portfolio>,
    found: &mut Diagnostics,
) -> Option<ProjectWeights> {
    let attribute = attribute(section, portfolio, found);
    let classes = section.get("classes")?.table("a table such as { A = \"urban\", B = \"rural\" }", found)?;
    let mut is_sound = true;
    let mut sets = Vec::new();
    let mut keys = Vec::new();
    for (class, entry) in classes.entries() {
        let weights = weights(&entry, known, found);
        is_sound &= weights.is_some();
        sets.push(ClassWeights { class: class.to_owned(), weights: weights.unwrap_or_default().weights });
        keys.push((class, entry));
    }
    let (attribute, column) = attribute?;
    let set_of = classify(&attribute, column, (&classes.place, &keys), portfolio?, found)?;
    if is_sound { ProjectWeights::by_class(sets, set_of) } else { None }
}

/// The attribute that tells the classes, with its place in the file.
fn attribute<'a, 'p>(
    section: &Section<'a>,
    portfolio: Option<&'p Portfolio>,
    found: &mut Diagnostics,
) -> Option<(Entry<'a>, &'p Attribute)> {
    let Some(entry) = section.get("attribute") else {
        let help = "write the column of projects.csv that tells the classes: attribute = \"area\"";
        found.extend(section.missing("attribute", help));
        return None;
    };
    let name = entry.text(found)?;
    let portfolio = portfolio?;
    let attribute = portfolio.attributes().iter().find(|attribute| attribute.name() == name);
    if attribute.is_none() {
        found.push(filter::unknown_attribute(name, &entry, portfolio));
    }
    Some((entry, attribute?))
}

/// The weights of the set that a class names.
fn weights(entry: &Entry<'_>, known: &Known<'_>, found: &mut Diagnostics) -> Option<ClassWeights> {
    let name = entry.text(found)?;
    if known.by_class.contains(name) {
        let help = "name a set that gives weights to objectives";
        found.push(entry.fault("weighs by class itself", help));
        return None;
    }
    let set = known.sets.get(name);
    if set.is_none() && known.is_complete {
        let names = known.sets.keys().map(String::as_str).filter(|name| !known.by_class.contains(name));
        found.push(entry.fault("is not a weight set", suggest(name, names, "weight sets")));
    }
    set?.as_ref()?.weights().sets().first().cloned()
}

/// Per project the position of its class. `None` if a project has none.
fn classify(
    place: &Entry<'_>,
    attribute: &Attribute,
    (classes, keys): (&Entry<'_>, &[(&str, Entry<'_>)]),
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) -> Option<ByProject<usize>> {
    let mut set_of = ByProject::default();
    let mut without: BTreeMap<&str, Vec<ProjectIx>> = BTreeMap::new();
    for project in portfolio.projects().positions() {
        let class = keys.iter().position(|(class, _)| is_of_class(attribute, project, class));
        set_of.push(class.unwrap_or_default());
        if class.is_none() {
            without.entry(&attribute.texts()[project]).or_default().push(project);
        }
    }
    for (class, entry) in keys {
        if !portfolio.projects().positions().any(|project| is_of_class(attribute, project, class)) {
            let problem = format!("weighs nothing: it is the `{}` of no project", attribute.name());
            let help = "correct the class, or leave it where a project may have it later";
            found.push(Diagnostic::warning(entry.source(), problem, help).with_value(*class));
        }
    }
    for (class, projects) in &without {
        let named = named(projects, portfolio);
        found.push(if class.is_empty() {
            let problem = format!("is blank for {named}");
            place.fault(problem, "give each project a class in this column of projects.csv")
        } else {
            let help = format!("add {class:?} = \"name of a weight set\"");
            Diagnostic::fault(
                classes.source(),
                format!("names no set for `{class}`, the class of {named}"),
                help,
            )
        });
    }
    without.is_empty().then_some(set_of)
}

/// True if a project has the class: its cell says so, or, in a column of numbers, means the same number.
fn is_of_class(attribute: &Attribute, project: ProjectIx, class: &str) -> bool {
    let number = || Some(attribute.numbers()?[project] == class.parse::<f64>().ok()?);
    attribute.texts()[project] == class || number().unwrap_or(false)
}

/// Projects in a message: all of a few, or the first of many.
fn named(projects: &[ProjectIx], portfolio: &Portfolio) -> String {
    let ids = projects.iter().take(MOST_NAMED).map(|&project| portfolio.projects()[project].id.as_str());
    let more = match projects.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", list(ids))
}
