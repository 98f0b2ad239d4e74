//! Writes the results of a batch to a folder, whole or not at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use polars::prelude::{CsvWriter, DataFrame, PolarsError, SerWriter};
use sha2::{Digest, Sha256};

use crate::domain::{Batch, Portfolio};
use crate::engine::BatchResult;

use super::destination::Destination;
use super::error::OutputError;
use super::manifest::{OutputRecord, RUN_FILE, RunFacts, RunRecord, hex};
use super::tables::{ResultTable, result_tables};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The files, in the order in which they were written.
    pub files: Vec<String>,
    /// A folder with former results that could not be deleted.
    pub left_behind: Option<PathBuf>,
}

/// Writes all tables and the record of the run to a folder. Results that stand there are replaced once the new ones
/// are complete.
///
/// # Errors
/// If the folder cannot be used or a file cannot be written; then what stood there still stands.
pub fn write_results(
    folder: &Path,
    portfolio: &Portfolio,
    batch: &Batch,
    result: &BatchResult,
    facts: &RunFacts,
) -> Result<Written, OutputError> {
    let destination = Destination::examine(folder)?;
    let mut tables = result_tables(portfolio, batch, result)?;
    let staged = destination.stage()?;
    let mut outputs = Vec::with_capacity(tables.len());
    for table in &mut tables {
        outputs.push(write_table(staged.path(), table)?);
    }
    let mut files: Vec<String> = outputs.iter().map(|output| output.name.clone()).collect();
    write_record(staged.path(), &RunRecord::new(portfolio, batch, result, facts, outputs))?;
    files.push(RUN_FILE.to_owned());
    let left_behind = destination.publish(staged)?;
    Ok(Written { files, left_behind })
}

fn write_table(folder: &Path, table: &mut ResultTable) -> Result<OutputRecord, OutputError> {
    let path = folder.join(table.file);
    let file = File::create(&path).map_err(OutputError::io(&path))?;
    let mut hashed = Hashed { inner: file, hash: Sha256::new() };
    write_csv(&mut hashed, &mut table.frame).map_err(|cause| match cause {
        PolarsError::IO { error, .. } => {
            OutputError::Io { path, cause: io::Error::new(error.kind(), error.to_string()) }
        }
        other => OutputError::Table { table: table.file.to_owned(), cause: other.to_string() },
    })?;
    let sha256 = hex(&hashed.hash.finalize());
    Ok(OutputRecord { name: table.file.to_owned(), sha256, rows: table.frame.height() })
}

/// CSV after RFC 4180, but with `\n` between lines.
fn write_csv(target: &mut impl Write, frame: &mut DataFrame) -> Result<(), PolarsError> {
    CsvWriter::new(&mut *target).finish(frame)?;
    target.flush().map_err(PolarsError::from)
}

fn write_record(folder: &Path, record: &RunRecord<'_>) -> Result<(), OutputError> {
    let path = folder.join(RUN_FILE);
    let text = serde_json::to_string_pretty(record)
        .map_err(|cause| OutputError::Table { table: RUN_FILE.to_owned(), cause: cause.to_string() })?;
    std::fs::write(&path, text + "\n").map_err(OutputError::io(&path))
}

/// Hashes what passes through.
struct Hashed<W> {
    inner: W,
    hash: Sha256,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
