//! Sizes of tables and batches, found before they are parsed.

use crate::input::Files;

use super::upload::{UploadError, UploadLimits};

/// Holds every table to the largest number of rows and columns.
pub(in crate::service) fn check_tables(tables: &Files, limits: &UploadLimits) -> Result<(), UploadError> {
    for (name, bytes) in tables {
        let lines = || bytes.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty());
        let rows = lines().count();
        if rows > limits.rows {
            let problem = format!("{name} has {rows} rows; at most {} are taken", limits.rows);
            return Err(UploadError::TooMuch(problem));
        }
        let widest = lines().map(separators).max().unwrap_or(0) + 1;
        if widest > limits.columns {
            let problem = format!("{name} has {widest} columns; at most {} are taken", limits.columns);
            return Err(UploadError::TooMuch(problem));
        }
    }
    Ok(())
}

/// Occurrences of the more frequent separator in a line, outside quotes.
fn separators(line: &[u8]) -> usize {
    let (mut quoted, mut commas, mut semicolons) = (false, 0, 0);
    for byte in line {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => commas += 1,
            b';' if !quoted => semicolons += 1,
            _ => {}
        }
    }
    commas.max(semicolons)
}

/// Holds a batch file to the largest number of scenarios, before its sweeps are expanded. An unreadable batch file
/// passes: its faults are reported later, with their lines.
pub(in crate::service) fn check_sweeps(batch: &[u8], most: usize) -> Result<(), UploadError> {
    let Some(document) = std::str::from_utf8(batch).ok().and_then(|text| text.parse::<toml::Table>().ok())
    else {
        return Ok(());
    };
    let list = |key: &str| document.get(key).and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
    let swept = |sweep: &toml::Value| -> usize {
        let Some(vary) = sweep.get("vary").and_then(toml::Value::as_table) else { return 0 };
        let lengths = vary.values().map(|values| values.as_array().map_or(1, Vec::len));
        lengths.fold(1, usize::saturating_mul)
    };
    let sweeps = list("sweep").iter().map(swept).fold(0, usize::saturating_add);
    let scenarios = sweeps.saturating_add(list("scenario").len());
    if scenarios > most {
        let problem = format!("the batch has {scenarios} scenarios; at most {most} are taken");
        return Err(UploadError::TooMuch(problem));
    }
    Ok(())
}
