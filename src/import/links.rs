//! Dependencies: cells that name other projects.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostics, suggestion};
use crate::input::map::ListMap;

use super::cells::{Cell, Reading};
use super::headings::Headings;

/// A row of dependencies.csv: project, kind, other.
pub type Link = (String, &'static str, String);

/// Columns that name projects.
pub struct LinkColumns<'m> {
    columns: Vec<(&'static str, Vec<usize>)>,
    map: &'m ListMap,
}

/// Dependencies, and what was left.
#[derive(Debug, Default)]
pub struct Links {
    /// The rows, each once.
    pub links: BTreeSet<Link>,
    /// Names that are no project of the list.
    pub unknown: BTreeSet<String>,
}

impl<'m> LinkColumns<'m> {
    /// Finds them; marks them as used.
    pub fn find(map: &'m ListMap, headings: &mut Headings, found: &mut Diagnostics) -> Self {
        let columns = map.dependencies.columns.iter();
        let columns =
            columns.map(|link| (link.kind, headings.find(&link.column, link.kind, found))).collect();
        Self { columns, map }
    }

    /// Reads the dependencies.
    pub fn read(&self, reading: Reading<'_>, found: &mut Diagnostics) -> Links {
        let mut links = Links::default();
        let names = Names::of(reading);
        for (kind, positions) in &self.columns {
            for project in &reading.kept.projects {
                for cell in positions.iter().flat_map(|&position| reading.filled(project, position)) {
                    for other in self.others(&names, reading, cell, &mut links, found) {
                        if other == project.id {
                            let help = "take the project itself out of the cell";
                            found.push(reading.fault(cell, "names the project itself", help));
                        } else {
                            links.links.insert(link(&project.id, kind, other));
                        }
                    }
                }
            }
        }
        links
    }

    /// The projects that a cell names.
    fn others(
        &self,
        names: &Names<'_>,
        reading: Reading<'_>,
        cell: Cell<'_>,
        links: &mut Links,
        found: &mut Diagnostics,
    ) -> Vec<String> {
        if reading.numbers.nothing.iter().any(|nothing| nothing == cell.text) {
            return Vec::new();
        }
        let mut ids = Vec::new();
        for part in names.parts(cell.text) {
            match names.find(part) {
                Found::One(id) => ids.push(id.to_owned()),
                Found::Several => {
                    let help = "write the id of the project that is meant";
                    found.push(reading.fault(
                        cell,
                        format!("names `{part}`, which several projects are called"),
                        help,
                    ));
                }
                Found::None if self.map.dependencies.leaves_unknown => {
                    links.unknown.insert(part.to_owned());
                }
                Found::None => {
                    let known = reading.kept.projects.iter().map(|project| project.id.as_str());
                    let help = suggestion(part, known).unwrap_or_else(|| {
                        "correct it, or write unknown = \"leave\" in [dependencies] if it stands for a project elsewhere".to_owned()
                    });
                    let fault =
                        reading.fault(cell, format!("names `{part}`, which is no project of the list"), help);
                    found.push(fault.caused_by(format!("project {part}")));
                }
            }
        }
        ids
    }
}

/// A dependency as its table has it: who requires whom, and of two that are alike the first by id.
fn link(project: &str, kind: &'static str, other: String) -> Link {
    match kind {
        "required_by" => (other, "requires", project.to_owned()),
        "excludes" | "together" if other.as_str() < project => (other, kind, project.to_owned()),
        _ => (project.to_owned(), kind, other),
    }
}

/// Ids and names of the projects.
struct Names<'a> {
    ids: BTreeSet<&'a str>,
    by_name: BTreeMap<&'a str, Vec<&'a str>>,
}

enum Found<'a> {
    One(&'a str),
    Several,
    None,
}

impl<'a> Names<'a> {
    fn of(reading: Reading<'a>) -> Self {
        let projects = &reading.kept.projects;
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for project in projects {
            by_name.entry(&project.name).or_default().push(&project.id);
        }
        Self { ids: projects.iter().map(|project| project.id.as_str()).collect(), by_name }
    }

    fn find(&self, text: &str) -> Found<'a> {
        let named = self.by_name.get(text).map_or(&[][..], Vec::as_slice);
        match (self.ids.get(text), named) {
            (Some(id), []) => Found::One(id),
            (Some(id), [other]) if id == other => Found::One(id),
            (None, [id]) => Found::One(id),
            (None, []) => Found::None,
            _ => Found::Several,
        }
    }

    /// The parts of a cell: the whole of it if that is a project, else what lines, `;` and `,` separate.
    fn parts<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let is_known = |part: &str| !matches!(self.find(part), Found::None);
        let mut parts = Vec::new();
        for part in text.split(['\n', '\r', ';']).map(str::trim).filter(|part| !part.is_empty()) {
            match is_known(part) {
                true => parts.push(part),
                false => parts.extend(part.split(',').map(str::trim).filter(|part| !part.is_empty())),
            }
        }
        if is_known(text) { vec![text] } else { parts }
    }
}
