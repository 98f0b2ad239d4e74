//! Projects without rows where others have some.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{Project, Status};
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;

use super::places::row_of;

/// Amounts that a project lacks if a table has no row for it.
struct Missing {
    table: &'static str,
    what: &'static str,
    help: &'static str,
    /// Least ratio of projects with rows to projects without, for a warning.
    times: usize,
}

const MISSING: [Missing; 2] = [
    // A project that costs nothing fits any budget, so that forgetting its rows funds it.
    Missing {
        table: "costs",
        what: "costs",
        help: "add what it costs, or a row of 0 if it is free: without one, it is funded for nothing",
        times: 0,
    },
    // Many projects need nobody, so a project without demand is odd only if most have some.
    Missing {
        table: "demands",
        what: "demands",
        help: "add what it demands, or a row of 0 if it needs nobody",
        times: 3,
    },
];

/// Adds the warnings.
pub(super) fn tell(tables: &Tables, projects: &[Project], found: &mut Diagnostics) {
    let Some(list) = tables.get("projects") else { return };
    let ids: BTreeSet<&str> = projects.iter().map(|project| project.id.as_str()).collect();
    for missing in MISSING {
        // Unread rows may hold the missing projects.
        let Some(table) = tables.get(missing.table).filter(|table| table.is_complete) else { continue };
        let with_rows: BTreeSet<&str> = table
            .rows()
            .filter(|cells| has_amount(table, *cells))
            .filter_map(|cells| cells.text("project"))
            .collect();
        // A row under a name that no project has may be the missing one.
        if !with_rows.is_subset(&ids) {
            continue;
        }
        let candidates: Vec<&Project> =
            projects.iter().filter(|project| project.status != Status::Excluded).collect();
        let without: Vec<&&Project> =
            candidates.iter().filter(|project| !with_rows.contains(project.id.as_str())).collect();
        let have = candidates.len() - without.len();
        if have == 0 || have < missing.times * without.len() {
            continue;
        }
        for cells in without.into_iter().filter_map(|project| row_of(list, project)) {
            let problem = format!("has no {}, though other projects have", missing.what);
            let source = cells.at("project");
            let warning = Diagnostic::warning(source, problem, missing.help);
            found.push(warning.with_value(cells.text("project").unwrap_or_default()));
        }
    }
}

/// True if any period of a row is filled in, even with 0.
fn has_amount(table: &Table, cells: Cells<'_>) -> bool {
    table.others.iter().any(|(_, position)| cells.filled(*position).is_some())
}
