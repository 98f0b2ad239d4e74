//! The dependencies table.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{Condition, Dependency, DependencyKind, ProjectIx};

use super::projects::ProjectNames;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::words::{LINK_KINDS, LinkKind};

/// Separator of the projects of a list.
const SEPARATOR: char = ';';

/// Content of the table.
#[derive(Default)]
pub struct Links {
    /// Dependencies of one project on another, ordered by project.
    pub dependencies: Vec<Dependency>,
    /// Conditions over several projects, ordered by project.
    pub conditions: Vec<Condition>,
}

/// Content of a row; lists rise.
type Said = (Vec<ProjectIx>, Vec<ProjectIx>, LinkKind, usize);

/// Reads the table. The order of rows changes nothing.
pub fn read(table: Option<&Table>, names: &ProjectNames, found: &mut Diagnostics) -> Links {
    let mut rows: BTreeMap<Said, Cells<'_>> = BTreeMap::new();
    for cells in table.into_iter().flat_map(Table::rows) {
        cells.required("kind", found);
        let kind = cells.word("kind", &LINK_KINDS, found);
        let projects = listed(cells, "project", kind, names, found);
        let others = listed(cells, "other", kind, names, found);
        let lag = lag(cells, kind, found);
        let (Some(projects), Some(kind), Some(others)) = (projects, kind, others) else { continue };
        let said = (projects, others, kind, lag);
        if let Some(both) = said.0.iter().find(|&project| said.1.contains(project)) {
            found.push(itself(cells, &said, names.id(*both).as_str()));
        } else if let Some(first) = rows.get(&said) {
            let problem = format!("repeats row {}", first.number_of_row());
            found.push(Diagnostic::fault(cells.source(), problem, "remove one of the two rows"));
        } else {
            rows.insert(said, cells);
        }
    }
    let mut links = Links::default();
    for (projects, others, kind, lag) in rows.into_keys() {
        let kind = match kind {
            LinkKind::Requires => DependencyKind::Requires,
            LinkKind::After => DependencyKind::After { lag },
            LinkKind::Excludes => DependencyKind::Excludes,
            LinkKind::Together => DependencyKind::Together,
        };
        match (projects.as_slice(), others.as_slice()) {
            (&[project], &[other]) => links.dependencies.push(Dependency { project, kind, other }),
            // All that the domain refuses has been reported with its cell.
            _ => links.conditions.extend(Condition::new(projects, others)),
        }
    }
    links
}

/// A project on both sides.
fn itself(cells: Cells<'_>, (projects, others, ..): &Said, id: &str) -> Diagnostic {
    if projects.len() == 1 && others.len() == 1 {
        return cells.fault("other", "is the project itself", "name another project, or remove this row");
    }
    let problem = "stands in `project` too, so that the condition always holds";
    let fault = Diagnostic::fault(cells.at("other"), problem, "leave it out of one of the two lists");
    fault.with_value(id)
}

/// The projects that a cell names (rising): several only where the kind takes a list.
fn listed(
    cells: Cells<'_>,
    column: &'static str,
    kind: Option<LinkKind>,
    names: &ProjectNames,
    found: &mut Diagnostics,
) -> Option<Vec<ProjectIx>> {
    let text = cells.required(column, found)?;
    // An id may hold a character that separates ids elsewhere.
    if !text.contains(SEPARATOR) || names.position(text).is_some() {
        if kind == Some(LinkKind::Requires) && is_other_list(text, names) {
            let help = "write lists with `;` between the projects";
            found.push(cells.fault(column, "is not a project but looks like a list of some", help));
            return None;
        }
        return names.resolve_id(text, cells, column, found).map(|project| vec![project]);
    }
    if kind.is_some_and(|kind| kind != LinkKind::Requires) {
        let help = "write one row for each project; only the kind `requires` takes lists";
        found.push(cells.fault(column, "lists several projects", help));
        return None;
    }
    let mut projects: Vec<ProjectIx> = Vec::new();
    let mut is_sound = true;
    for id in text.split(SEPARATOR).map(str::trim).filter(|id| !id.is_empty()) {
        let project = names.resolve_id(id, cells, column, found);
        if project.is_some_and(|project| projects.contains(&project)) {
            let fault = Diagnostic::fault(cells.at(column), "is listed twice", "name each project once");
            found.push(fault.with_value(id));
            is_sound = false;
        }
        is_sound &= project.is_some();
        projects.extend(project);
    }
    if projects.is_empty() && is_sound {
        found.push(cells.fault(column, "names no project", "name projects, separated by `;`"));
    }
    projects.sort_unstable();
    (is_sound && !projects.is_empty()).then_some(projects)
}

/// True if a text names several projects with another separator.
fn is_other_list(text: &str, names: &ProjectNames) -> bool {
    let is_list =
        |parts: Vec<&str>| parts.len() > 1 && parts.iter().all(|part| names.position(part.trim()).is_some());
    [" or ", " and ", ",", "|", "/", "+", "&"].iter().any(|between| is_list(text.split(between).collect()))
}

fn lag(cells: Cells<'_>, kind: Option<LinkKind>, found: &mut Diagnostics) -> usize {
    match kind {
        Some(LinkKind::After) | None => cells.whole("lag", found).unwrap_or(0),
        Some(_) => {
            if cells.text("lag").is_some() {
                let problem = "has no meaning here: only the kind `after` has a lag";
                found.push(cells.fault("lag", problem, "leave the cell blank, or write the kind `after`"));
            }
            0
        }
    }
}
