//! The dependencies table.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{Dependency, DependencyKind};

use super::cell::Cells;
use super::projects::ProjectNames;
use super::table::Table;

/// The words of the column `kind`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Requires,
    After,
    Excludes,
    Together,
}

const KINDS: [(&str, Kind); 4] = [
    ("requires", Kind::Requires),
    ("after", Kind::After),
    ("excludes", Kind::Excludes),
    ("together", Kind::Together),
];

/// Reads the table. Dependencies come ordered by project, whatever the order of rows.
pub(super) fn read(table: Option<&Table>, names: &ProjectNames, found: &mut Diagnostics) -> Vec<Dependency> {
    let mut rows: BTreeMap<(usize, usize, Kind, usize), Cells<'_>> = BTreeMap::new();
    for cells in table.into_iter().flat_map(Table::rows) {
        let project = names.resolve(cells, "project", found);
        cells.required("kind", found);
        let kind = cells.word("kind", &KINDS, found);
        let other = names.resolve(cells, "other", found);
        let lag = lag(cells, kind, found);
        let (Some(project), Some(kind), Some(other)) = (project, kind, other) else { continue };
        if project == other {
            let problem = "is the project itself";
            found.push(cells.fault("other", problem, "name another project, or remove this row"));
        } else if let Some(first) = rows.get(&(project, other, kind, lag)) {
            let problem = format!("repeats row {}", first.number_of_row());
            found.push(Diagnostic::fault(cells.source(), problem, "remove one of the two rows"));
        } else {
            rows.insert((project, other, kind, lag), cells);
        }
    }
    let dependency = |(project, other, kind, lag)| {
        let kind = match kind {
            Kind::Requires => DependencyKind::Requires,
            Kind::After => DependencyKind::After { lag },
            Kind::Excludes => DependencyKind::Excludes,
            Kind::Together => DependencyKind::Together,
        };
        Dependency { project, kind, other }
    };
    rows.into_keys().map(dependency).collect()
}

fn lag(cells: Cells<'_>, kind: Option<Kind>, found: &mut Diagnostics) -> usize {
    match kind {
        Some(Kind::After) | None => cells.whole("lag", found).unwrap_or(0),
        Some(_) => {
            if cells.text("lag").is_some() {
                let problem = "has no meaning here: only the kind `after` has a lag";
                found.push(cells.fault("lag", problem, "leave the cell blank, or write the kind `after`"));
            }
            0
        }
    }
}
