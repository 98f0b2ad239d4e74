//! Subjects of the rows of the tables of uncertainty.

use crate::diagnostic::Diagnostics;
use crate::domain::{ProjectIx, Quantity};
use crate::input::reader::row::Cells;
use crate::input::tables::projects::{ALL_PROJECTS, ProjectNames};
use crate::input::words::quantities;

/// A project, or all that have no row of their own (`None`).
pub(super) type Scope = Option<ProjectIx>;

/// Projects that a row applies to; `None` after a fault.
pub(super) fn scope(cells: Cells<'_>, names: &ProjectNames, found: &mut Diagnostics) -> Option<Scope> {
    if cells.text("project") == Some(ALL_PROJECTS) {
        return Some(None);
    }
    names.resolve(cells, "project", found).map(Some)
}

/// Quantity that a row applies to; `None` after a fault.
pub(super) fn quantity(cells: Cells<'_>, found: &mut Diagnostics) -> Option<Quantity> {
    cells.required("quantity", found)?;
    cells.word("quantity", &quantities(), found)
}
