//! Names that look alike and are taken for different things.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef, difference, likeness};
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;

use super::places::place;

/// Kinds of names, with the columns that hold them: first the one that declares, or first uses, the name.
const NAMED: [(&str, &[(&str, &str)]); 11] = [
    ("project", &[("projects", "project")]),
    ("budget line", &[("budgets", "line"), ("costs", "line"), ("capacities", "extra_line")]),
    ("group of lines", &[("lines", "group")]),
    ("kind of line", &[("lines", "kind")]),
    ("resource", &[("capacities", "resource"), ("demands", "resource")]),
    ("kind of benefit", &[("benefits", "kind")]),
    ("objective", &[("objectives", "objective")]),
    ("key result", &[("key_results", "key_result")]),
    ("driver", &[("drivers", "driver")]),
    ("synergy", &[("synergies", "synergy")]),
    ("group of alternatives", &[("projects", "alternatives")]),
];

/// Adds warnings for every kind of id, for headings of attributes, and for values of each attribute that is text.
pub(super) fn tell(tables: &Tables, found: &mut Diagnostics) {
    let budgets = tables.get("budgets").into_iter().flat_map(Table::rows);
    let declared: BTreeSet<&str> = budgets.filter_map(|cells| cells.text("line")).collect();
    for (noun, columns) in NAMED {
        let places = columns.iter().filter_map(|(table, column)| Some((tables.get(table)?, *column)));
        // A row of costs may list lines.
        let is_name = |table: &Table, text: &str| table.schema.table != "costs" || declared.contains(text);
        let names = places.flat_map(|(table, column)| {
            table.rows().flat_map(move |cells| {
                let names = cells.names(column, |text| is_name(table, text));
                names.into_iter().filter(|name| !name.is_empty()).map(move |name| (name, cells.at(column)))
            })
        });
        tell_of(noun, names, found);
    }
    let Some(projects) = tables.get("projects") else { return };
    let named = projects.schema.headings().filter(|heading| projects.position(heading).is_some());
    let others = projects.others.iter().map(|(heading, _)| heading.as_str());
    let headings = named.map(|heading| -> &str { heading }).chain(others);
    tell_of("column", headings.map(|heading| (heading, projects.header_source(heading))), found);
    for (heading, position) in &projects.others {
        tell_of("value", values(projects, heading, *position), found);
    }
}

fn values<'t>(
    table: &'t Table,
    heading: &'t str,
    position: usize,
) -> impl Iterator<Item = (&'t str, SourceRef)> {
    table.rows().filter_map(move |cells| Some((cells.filled(position)?, cells.at(heading))))
}

/// Warns of names that look alike, each once, with the first that it resembles.
pub(in crate::input) fn tell_of<'t>(
    noun: &str,
    names: impl Iterator<Item = (&'t str, SourceRef)>,
    found: &mut Diagnostics,
) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut first_of: BTreeMap<String, (&str, SourceRef)> = BTreeMap::new();
    for (name, source) in names {
        if !seen.insert(name) {
            continue;
        }
        let (first, first_source) = match first_of.entry(likeness(name)) {
            Entry::Vacant(vacant) => {
                vacant.insert((name, source));
                continue;
            }
            Entry::Occupied(first) => first.into_mut(),
        };
        let Some(difference) = difference(first, name) else { continue };
        let problem = format!(
            "is another {noun} than `{first}` {}, though they differ only {difference}",
            place(first_source, &source.file)
        );
        let help = "write them alike if they are one, or give one of them a name that can be told apart";
        found.push(Diagnostic::warning(source, problem, help).with_value(name));
    }
}
