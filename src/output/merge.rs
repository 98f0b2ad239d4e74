//! Merge of the results of a batch's parts, as if the batch had been run in one go.
//!
//! Most tables have their rows by scenario, and no heading depends on the results: so the rows of the parts are appended,
//! byte for byte. A table that no scenario adds to ([`SAME_IN_ALL_PARTS`]) is that of any part. A table over all scenarios
//! cannot be made this way: it is made from the merged ones, as workbook and report are.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::domain::{Batch, Portfolio};

use super::across::Across;
use super::destination::Destination;
use super::error::OutputError;
use super::hashed::Hashed;
use super::parquet_files::is_parquet;
use super::report::REPORT_FILE;
use super::results::Provenance;
use super::run_record::{MergeFacts, OutputRecord, PartRecord, RUN_FILE, RunRecord, hex};
use super::summary::BatchSummary;
use super::tables::{RESULT_TABLES, SAME_IN_ALL_PARTS, regret, robustness};
use super::workbook::WORKBOOK_FILE;
use super::write::{Written, write_across, write_beside, write_in, write_record};

/// The tables that are made from all others.
const ACROSS: [&str; 3] = [robustness::TABLE.file, regret::TABLE.file, regret::BY_OPTION.file];

/// The results of a part of a batch, in the folder that [`write_results`](super::write_results) wrote.
struct Part<'a> {
    folder: &'a Path,
    record: PartRecord,
}

/// Writes the results of a batch from the folders of its parts, in the order of its scenarios. Former results in the
/// folder are replaced once the new ones are complete.
///
/// # Errors
/// If a part cannot be read, the folder cannot be used or a file cannot be written; the former results then stay.
pub fn write_merged(
    folder: &Path,
    (portfolio, batch): (&Portfolio, &Batch),
    parts: &[PathBuf],
    summary: &BatchSummary,
    facts: &MergeFacts,
) -> Result<Written, OutputError> {
    let destination = Destination::examine(folder)?;
    let parts: Vec<Part<'_>> = parts.iter().map(|part| Part::read(part)).collect::<Result<_, _>>()?;
    let staged = destination.stage()?;
    let names = table_names(&parts);
    let mut outputs: Vec<OutputRecord> =
        names.iter().map(|name| append(staged.path(), name, &parts)).collect::<Result<_, _>>()?;
    let told_across = write_across(staged.path(), (portfolio, batch), &mut outputs)?;
    let warnings = [facts.warnings.as_slice(), &told_across.warnings].concat();
    let facts = &MergeFacts { warnings, ..facts.clone() };
    let mut files: Vec<String> = outputs.iter().map(|output| output.name.clone()).collect();
    let provenance = Provenance {
        solver: &facts.solver,
        inputs: &facts.inputs,
        warnings: &facts.warnings,
        incomplete: (!summary.complete).then_some(summary.reasons.as_slice()),
    };
    let beside = write_beside(staged.path(), (portfolio, batch), facts.formats, provenance)?;
    files.extend(beside.iter().map(|output| output.name.clone()));
    outputs.extend(beside);
    write_in(facts.formats.dialect, staged.path(), &mut outputs)?;
    let records = parts.into_iter().map(|part| part.record).collect();
    let record = RunRecord::merged((portfolio, batch), records, facts, summary, outputs);
    write_record(staged.path(), &record)?;
    files.push(RUN_FILE.to_owned());
    let left_behind = destination.publish(staged)?;
    let Across { warnings, choice, .. } = told_across;
    Ok(Written { files, left_behind, warnings, choice })
}

impl<'a> Part<'a> {
    fn read(folder: &'a Path) -> Result<Self, OutputError> {
        let path = folder.join(RUN_FILE);
        let text = fs::read(&path).map_err(|cause| OutputError::unreadable(&path, cause))?;
        let record = serde_json::from_slice(&text).map_err(|cause| OutputError::unreadable(&path, cause))?;
        Ok(Self { folder, record })
    }

    fn rows_of(&self, table: &str) -> Option<usize> {
        self.record.outputs.iter().find(|output| output.name == table).map(|output| output.rows)
    }
}

/// The tables that some part has, in the order in which a whole run writes them; after them, those of which this
/// version does not know.
fn table_names(parts: &[Part<'_>]) -> Vec<String> {
    let names = parts.iter().flat_map(|part| &part.record.outputs).map(|output| &output.name);
    let place = |name: &str| RESULT_TABLES.iter().position(|kind| kind.file == name);
    let mut found: Vec<String> = Vec::new();
    for name in names {
        // What is no CSV, and what is told across scenarios, is made anew from the merged tables.
        let is_for_people = name == WORKBOOK_FILE || name == REPORT_FILE;
        let is_made_anew = is_for_people || is_parquet(name) || ACROSS.contains(&name.as_str());
        if !found.contains(name) && !is_made_anew {
            found.push(name.clone());
        }
    }
    found.sort_by_key(|name| place(name).unwrap_or(RESULT_TABLES.len()));
    found
}

/// Writes one table: the headings once, then the rows of all parts that have it.
fn append(staged: &Path, table: &str, parts: &[Part<'_>]) -> Result<OutputRecord, OutputError> {
    let failed = |problem: &str| OutputError::Table { table: table.to_owned(), cause: problem.to_owned() };
    if Path::new(table).file_name().is_none_or(|name| name != table) {
        return Err(failed("its name is a path"));
    }
    let path = staged.join(table);
    let file = File::create(&path).map_err(OutputError::io(&path))?;
    let mut target = Hashed { inner: file, hash: Sha256::new() };
    let (mut headings, mut rows) = (None, 0);
    for part in parts {
        let Some(count) = part.rows_of(table) else { continue };
        let from = part.folder.join(table);
        let bytes = fs::read(&from).map_err(|cause| OutputError::unreadable(&from, cause))?;
        let (own, rest) = bytes.split_at(headings_end(&bytes));
        let is_first = headings.is_none();
        if !is_first && SAME_IN_ALL_PARTS.contains(&table) {
            break;
        }
        if headings.get_or_insert_with(|| own.to_vec()) != own {
            return Err(failed("its headings differ between parts"));
        }
        let text = if is_first { &bytes } else { rest };
        target.write_all(text).map_err(OutputError::io(&path))?;
        rows += count;
    }
    target.flush().map_err(OutputError::io(&path))?;
    Ok(OutputRecord { name: table.to_owned(), sha256: hex(&target.hash.finalize()), rows })
}

/// End of the first line of a CSV file; line ends within quotes do not count.
fn headings_end(text: &[u8]) -> usize {
    let mut is_quoted = false;
    for (place, letter) in text.iter().enumerate() {
        match letter {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => return place + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_end_with_the_first_line_end_outside_quotes() {
        let cases: [(&[u8], usize); 4] =
            [(b"a,b\n1,2\n", 4), (b"a,\"b\n\"\"\n\"\n1,2\n", 10), (b"a", 1), (b"", 0)];
        for (text, end) in cases {
            assert_eq!(headings_end(text), end, "{}", String::from_utf8_lossy(text));
        }
    }
}
