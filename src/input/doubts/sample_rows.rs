//! Samples whose number does not divide the number of trials, so that some rows count more than others.

use crate::diagnostic::Diagnostic;
use crate::input::reader::tables::Tables;

use super::doubt::{Doubt, Subject};

/// The doubt about the rows of the samples, if there are any.
pub(super) fn find(tables: &Tables) -> Option<Doubt> {
    let table = tables.get("samples").filter(|table| !table.others.is_empty())?;
    let rows = table.rows().count();
    let problem = format!(
        "has {rows} rows, which do not divide the trials: some count more often than others, or not at all"
    );
    let help = "set `trials` in [simulation] to a multiple of them";
    let told = Diagnostic::warning(table.source(), problem, help);
    (rows > 0).then_some(Doubt { subject: Subject::SampleRows(rows), told })
}
