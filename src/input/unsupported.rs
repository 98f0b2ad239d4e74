//! What is read, but not yet part of a run: a batch that uses it is refused, so that no result leaves out what was asked
//! for. Once a run knows all of it, this file and its one use in `load` go.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};

use super::load::LoadedBatch;

/// Refuses a batch that uses what cannot be run yet.
pub(super) fn refuse(file: &str, loaded: LoadedBatch) -> Result<LoadedBatch, Diagnostics> {
    if loaded.batch.frontier().is_none() {
        return Ok(loaded);
    }
    let mut found = Diagnostics::new();
    let source = SourceRef::file(file).in_column("frontier");
    found.push(Diagnostic::fault(source, "is not supported yet", "remove it"));
    found.extend(loaded.warnings);
    Err(found)
}
