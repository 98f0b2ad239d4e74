//! Places of doubtful input.

use crate::diagnostic::SourceRef;
use crate::domain::Project;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;

/// The row of a project in the projects table.
pub(super) fn row_of<'t>(projects: &'t Table, project: &Project) -> Option<Cells<'t>> {
    projects.rows().find(|cells| cells.text("project") == Some(project.id.as_str()))
}

/// A place in few words, seen from a file.
pub(super) fn place(source: &SourceRef, file: &str) -> String {
    match source.row {
        Some(row) if source.file == file => format!("in row {row}"),
        Some(row) => format!("in {}, row {row}", source.file),
        None => format!("in {}", source.file),
    }
}
