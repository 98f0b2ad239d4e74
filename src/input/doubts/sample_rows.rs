//! Samples whose number does not divide the number of trials, so that some rows count more than others.

use crate::diagnostic::{Diagnostic, SourceRef};
use crate::input::reader::library::{Content, Library};
use crate::input::reader::tables::Tables;

use super::doubt::{Doubt, Subject};

/// The doubt about the rows of the samples, if there are any.
pub(super) fn find(tables: &Tables) -> Option<Doubt> {
    let (source, rows) = rows(tables)?;
    let problem = format!(
        "has {rows} rows, which do not divide the trials: some count more often than others, or not at all"
    );
    let help = "set `trials` in [simulation] to a multiple of them";
    let told = Diagnostic::warning(source, problem, help);
    (rows > 0).then_some(Doubt { subject: Subject::SampleRows(rows), told })
}

/// The samples, and how many rows, or trials of a library, they have.
fn rows(tables: &Tables) -> Option<(SourceRef, usize)> {
    if let Some(Library { file, content: Content::Trials(Ok(slurp)) }) = &tables.library {
        return Some((SourceRef::file(file), slurp.sips.first()?.values.len()));
    }
    let table = tables.get("samples").filter(|table| !table.others.is_empty())?;
    Some((table.source(), table.rows().count()))
}
