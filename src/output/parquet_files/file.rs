//! A Parquet file that is written row group by row group, so that no more than one of them is in memory.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use sha2::{Digest, Sha256};

use crate::output::error::OutputError;
use crate::output::hashed::Hashed;
use crate::output::run_record::{OutputRecord, hex};

use super::column::Column;

/// Rows from which on a row group is written: enough for readers that skip groups by their statistics, few enough to hold.
const GROUP_ROWS: usize = 65_536;

/// A Parquet file.
pub struct ParquetFile {
    path: PathBuf,
    name: String,
    writer: SerializedFileWriter<Hashed<File>>,
    /// Its columns, with the rows that are not written yet.
    pub columns: Vec<Column>,
    written: usize,
}

impl ParquetFile {
    /// Creates a file in a folder.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn create(folder: &Path, name: &str, columns: Vec<Column>) -> std::result::Result<Self, OutputError> {
        let path = folder.join(name);
        let file = File::create(&path).map_err(OutputError::io(&path))?;
        let target = Hashed { inner: file, hash: Sha256::new() };
        let writer = begin(&columns, target).map_err(failed(&path, name))?;
        Ok(Self { path, name: name.to_owned(), writer, columns, written: 0 })
    }

    /// Adds a row by the texts of its cells, which stand at places from 0.
    ///
    /// # Errors
    /// If a cell is of another type than its column, which is an internal failure, or the file cannot be written.
    pub fn push_row<'c>(&mut self, cell: impl Fn(usize) -> &'c str) -> std::result::Result<(), OutputError> {
        let mut columns = self.columns.iter_mut().enumerate();
        let pushed = columns.try_for_each(|(place, column)| column.push(cell(place)));
        pushed.map_err(|cause| OutputError::Table { table: self.name.clone(), cause })?;
        self.write_if_full()
    }

    /// Writes the rows that were added, once there are many.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_if_full(&mut self) -> std::result::Result<(), OutputError> {
        if self.rows() < GROUP_ROWS { Ok(()) } else { self.write_group() }
    }

    /// Writes the rest of the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> std::result::Result<OutputRecord, OutputError> {
        if self.rows() > 0 {
            self.write_group()?;
        }
        let target = self.writer.into_inner().map_err(failed(&self.path, &self.name))?;
        Ok(OutputRecord { name: self.name, sha256: hex(&target.hash.finalize()), rows: self.written })
    }

    fn rows(&self) -> usize {
        self.columns.first().map_or(0, Column::rows)
    }

    fn write_group(&mut self) -> std::result::Result<(), OutputError> {
        self.written += self.rows();
        let (writer, columns) = (&mut self.writer, &mut self.columns);
        let mut write = || {
            let mut group = writer.next_row_group()?;
            columns.iter_mut().try_for_each(|column| column.write(&mut group))?;
            group.close().map(drop)
        };
        write().map_err(failed(&self.path, &self.name))
    }
}

/// Begins a file with these columns.
fn begin(columns: &[Column], target: Hashed<File>) -> Result<SerializedFileWriter<Hashed<File>>> {
    let fields = columns.iter().map(Column::schema).collect::<Result<_>>()?;
    let schema = Type::group_type_builder("rows").with_fields(fields).build()?;
    let creator = concat!("cutline version ", env!("CARGO_PKG_VERSION"));
    let mut properties = WriterProperties::builder().set_created_by(creator.to_owned());
    for path in columns.iter().filter_map(Column::without_dictionary) {
        properties = properties.set_column_dictionary_enabled(path, false);
    }
    SerializedFileWriter::new(target, Arc::new(schema), Arc::new(properties.build()))
}

/// A failure of the system, or else of this program.
fn failed(path: &Path, name: &str) -> impl FnOnce(ParquetError) -> OutputError {
    let (path, table) = (path.to_owned(), name.to_owned());
    move |cause| match cause {
        ParquetError::External(cause) => match cause.downcast::<std::io::Error>() {
            Ok(cause) => OutputError::Io { path, cause: *cause },
            Err(cause) => OutputError::Table { table, cause: cause.to_string() },
        },
        cause => OutputError::Table { table, cause: cause.to_string() },
    }
}
