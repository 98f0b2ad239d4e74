//! The section `[check]`.

use crate::diagnostic::{Diagnostic, Diagnostics, suggest, suggest_or};
use crate::domain::{Attribute, Measure, Portfolio};
use crate::input::control::{AskedColumn, AskedColumns};

use super::document::{Entry, Section};
use super::layer::Layer;
use super::resolve::Resolver;
use super::scenarios;
use super::{goal, simulated};

/// The beginning of the name of an attribute, where a measure could stand.
const ATTRIBUTE: &str = "attribute.";

/// The key that is no measure: by how much figures may differ.
const TOLERANCE: &str = "tolerance";

/// Reads the section. `None` if there is none, it names nothing, or the base cannot be used, which has been reported.
pub(super) fn read<'a>(
    root: &Section<'a>,
    resolver: &Resolver<'_>,
    defaults: &Layer<'a>,
    found: &mut Diagnostics,
) -> Option<AskedColumns> {
    let section = root.get("check")?.table("a section that begins with [check]", found)?;
    let mut columns = Vec::new();
    let expected = "the largest difference that is allowed, such as 0.005";
    let tolerance = section.get(TOLERANCE);
    let tolerance = tolerance.and_then(|entry| entry.number(expected, |allowed| allowed >= 0.0, found));
    read_entries(&section, "", resolver.portfolio, &mut columns, found);
    // The scenarios report what is wrong with the base.
    let mut unheard = Diagnostics::new();
    let base = defaults.under(&scenarios::base(root, &mut unheard));
    let base = resolver.scenario(scenarios::BASE, &base, &mut unheard)?;
    (!columns.is_empty()).then_some(AskedColumns { base, columns, tolerance: tolerance.unwrap_or(0.0) })
}

/// Collects the columns that are asked for; an unquoted `line.capex = ...` arrives as a table in a table.
fn read_entries(
    section: &Section<'_>,
    prefix: &str,
    portfolio: Option<&Portfolio>,
    columns: &mut Vec<AskedColumn>,
    found: &mut Diagnostics,
) {
    for (name, entry) in section.entries().filter(|(name, _)| !prefix.is_empty() || *name != TOLERANCE) {
        let name = format!("{prefix}{name}");
        if entry.is_table()
            && let Some(inner) = entry.table("", found)
        {
            read_entries(&inner, &format!("{name}."), portfolio, columns, found);
            continue;
        }
        let measure = goal::named_measure(&name, &entry.source(), portfolio, found);
        let is_planned = |measure: &Measure| {
            portfolio.is_some_and(|own| simulated::is_planned(*measure, &entry.source(), own, found))
        };
        let measure = measure.filter(is_planned);
        let heading = heading(&entry, portfolio, found);
        if let (Some(measure), Some(heading)) = (measure, heading) {
            columns.push(AskedColumn { measure, name, heading });
        }
    }
}

/// The column that an entry names.
fn heading(entry: &Entry<'_>, portfolio: Option<&Portfolio>, found: &mut Diagnostics) -> Option<String> {
    let text = entry.text(found)?;
    let portfolio = portfolio?;
    let named = |heading: &str| portfolio.attributes().iter().any(|attribute| attribute.name() == heading);
    let heading = text.strip_prefix(ATTRIBUTE);
    if let Some(heading) = heading.filter(|heading| named(heading)) {
        return Some(heading.to_owned());
    }
    let names: Vec<String> = (portfolio.attributes().iter().map(Attribute::name))
        .map(|heading| format!("{ATTRIBUTE}{heading}"))
        .collect();
    let known = || names.iter().map(String::as_str);
    let (problem, help) = match heading {
        Some(_) => {
            let none = "add the column to projects.csv, which has none beside its own";
            let help = match names.is_empty() {
                true => none.to_owned(),
                false => suggest(text, known(), "columns"),
            };
            ("is not an attribute of this portfolio", help)
        }
        None if named(text) => {
            ("does not say that it is an attribute", format!("write \"{ATTRIBUTE}{text}\""))
        }
        None => {
            let help = suggest_or(text, known(), || {
                "write \"attribute.NAME\", where NAME is the heading of the column of projects.csv".to_owned()
            });
            ("is not an attribute", help)
        }
    };
    found.push(Diagnostic::fault(entry.source(), problem, help).with_value(text));
    None
}
