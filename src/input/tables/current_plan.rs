//! The current plan: projects and starts that are already agreed.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::domain::{ByProject, CurrentPlan, Horizon, ProjectIx};

use super::projects::{self, ProjectNames};
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;

/// Reads the table; `None` where there is none. A table without rows is a plan in which nothing is agreed.
pub fn read(
    table: Option<&Table>,
    horizon: Option<&Horizon>,
    names: &ProjectNames,
    found: &mut Diagnostics,
) -> Option<CurrentPlan> {
    let mut rows: BTreeMap<ProjectIx, Cells<'_>> = BTreeMap::new();
    let mut starts = ByProject::filled(None, names.positions().len());
    for cells in table?.rows() {
        let project = names.resolve(cells, "project", found);
        cells.required("start", found);
        let start = projects::start(cells, horizon, found);
        let Some(project) = project else { continue };
        if let Some(first) = rows.get(&project) {
            let problem = format!("stands in row {} already", first.number_of_row());
            found.push(cells.fault("project", problem, "remove one of the two rows"));
        } else {
            rows.insert(project, cells);
            starts[project] = start;
        }
    }
    Some(CurrentPlan::new(starts))
}
