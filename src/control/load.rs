//! The ways in: batches as the input room reads them, with their control columns compared.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::{self, Books, Files, LoadedBatch, PathFault};

use super::{columns, plan_shares};

/// Reads a batch file and the portfolio that it names, and compares the columns that its `[check]` names.
///
/// # Errors
/// Every fault of the batch file and of every table, or else every difference, together with the warnings.
pub fn load_batch(path: &Path) -> Result<LoadedBatch, Diagnostics> {
    checked(input::load_batch(path)?)
}

/// Reads a batch from bytes, and compares the columns that its `[check]` names. `portfolio` finds the files of the
/// portfolio that the batch file names.
///
/// # Errors
/// Every fault of the batch file and of every table, or else every difference, together with the warnings.
pub fn read_batch(
    name: &str,
    bytes: &[u8],
    portfolio: impl FnOnce(&str) -> Result<Files, PathFault>,
) -> Result<LoadedBatch, Diagnostics> {
    checked(input::read_batch(name, bytes, portfolio)?)
}

/// The same by whoever looks into the workbooks of the input before or after.
///
/// # Errors
/// Every fault of the batch file and of every table, or else every difference, together with the warnings.
pub fn read_batch_with(
    books: &Books,
    name: &str,
    bytes: &[u8],
    portfolio: impl FnOnce(&str) -> Result<Files, PathFault>,
) -> Result<LoadedBatch, Diagnostics> {
    checked(input::read_batch_with(books, name, bytes, portfolio)?)
}

fn checked(mut loaded: LoadedBatch) -> Result<LoadedBatch, Diagnostics> {
    let faults = loaded
        .control
        .as_ref()
        .map(|control| columns::faults(control, &loaded.portfolio))
        .unwrap_or_default();
    if !faults.is_empty() {
        return refused(loaded, faults);
    }
    let file = loaded.files.first().map_or("", |file| file.name.as_str());
    match plan_shares::limits(&loaded.portfolio, &loaded.batch, file) {
        Ok(None) => Ok(loaded),
        Ok(Some(limits)) => {
            loaded.batch = loaded.batch.with_named_limits(limits);
            Ok(loaded)
        }
        Err(faults) => refused(loaded, faults),
    }
}

fn refused(loaded: LoadedBatch, faults: Vec<Diagnostic>) -> Result<LoadedBatch, Diagnostics> {
    let faults = loaded.told(faults);
    let mut found = loaded.warnings;
    found.extend(faults);
    Err(found)
}
