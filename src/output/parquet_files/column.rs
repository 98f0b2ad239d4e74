//! A column of a Parquet file: its type, and the cells that are not written yet.

use std::fs::File;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::writer::SerializedRowGroupWriter;
use parquet::schema::types::{ColumnPath, Type, TypePtr};

use crate::output::hashed::Hashed;
use crate::output::tables::ResultColumn;

/// A column, with the cells of the next row group. Blank cells have a level only.
pub struct Column {
    heading: String,
    cells: Cells,
    /// Per row 1 if there is a value, and 0 if the cell is blank.
    levels: Vec<i16>,
}

enum Cells {
    Texts(Vec<ByteArray>),
    Numbers(Vec<f64>),
    Counts(Vec<i64>),
    Flags(Vec<bool>),
}

impl Column {
    /// An empty column of the type that its description tells; one that nothing describes holds texts.
    pub fn new(heading: &str, described: &[ResultColumn]) -> Self {
        let kind = described.iter().find(|column| column.covers(heading)).map(|column| column.kind);
        let cells = match kind {
            Some("number") => Cells::Numbers(Vec::new()),
            Some("whole number") => Cells::Counts(Vec::new()),
            Some("true or false") => Cells::Flags(Vec::new()),
            _ => Cells::Texts(Vec::new()),
        };
        Self { heading: heading.to_owned(), cells, levels: Vec::new() }
    }

    /// Number of rows that are not written yet.
    pub fn rows(&self) -> usize {
        self.levels.len()
    }

    /// The path by which properties of the file name it, if it holds numbers: most of these differ, and a dictionary of them would
    /// be given up after much work.
    pub fn without_dictionary(&self) -> Option<ColumnPath> {
        matches!(self.cells, Cells::Numbers(_)).then(|| ColumnPath::new(vec![self.heading.clone()]))
    }

    /// Its type in the schema of the file.
    ///
    /// # Errors
    /// Never, for these types.
    pub fn schema(&self) -> Result<TypePtr> {
        let (physical, logical) = match self.cells {
            Cells::Texts(_) => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            Cells::Numbers(_) => (PhysicalType::DOUBLE, None),
            Cells::Counts(_) => (PhysicalType::INT64, None),
            Cells::Flags(_) => (PhysicalType::BOOLEAN, None),
        };
        let builder = Type::primitive_type_builder(&self.heading, physical);
        builder.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build().map(Arc::new)
    }

    /// Adds a cell of a table by its text.
    ///
    /// # Errors
    /// If the text is no value of the column's type.
    pub fn push(&mut self, text: &str) -> std::result::Result<(), String> {
        self.levels.push(i16::from(!text.is_empty()));
        if text.is_empty() {
            return Ok(());
        }
        let wrong = || format!("column `{}` holds `{text}`, which is not of its type", self.heading);
        match &mut self.cells {
            Cells::Texts(texts) => texts.push(ByteArray::from(text)),
            Cells::Numbers(numbers) => numbers.push(text.parse().map_err(|_| wrong())?),
            Cells::Counts(counts) => counts.push(text.parse().map_err(|_| wrong())?),
            Cells::Flags(flags) => flags.push(text.parse().map_err(|_| wrong())?),
        }
        Ok(())
    }

    /// Adds the same text several times.
    pub fn repeat_text(&mut self, text: &str, times: usize) {
        let Cells::Texts(texts) = &mut self.cells else { return };
        texts.resize(texts.len() + times, ByteArray::from(text));
        self.levels.resize(self.levels.len() + times, 1);
    }

    /// Adds counts.
    pub fn extend_counts(&mut self, added: impl Iterator<Item = usize>) {
        let Cells::Counts(counts) = &mut self.cells else { return };
        counts.extend(added.map(|count| count as i64));
        self.levels.resize(counts.len(), 1);
    }

    /// Adds numbers; one that is not finite is a blank.
    pub fn extend_numbers(&mut self, added: &[f64]) {
        let Cells::Numbers(numbers) = &mut self.cells else { return };
        self.levels.extend(added.iter().map(|number| i16::from(number.is_finite())));
        numbers.extend(added.iter().filter(|number| number.is_finite()));
    }

    /// Writes the cells as the next column of a row group, and forgets them.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&mut self, group: &mut SerializedRowGroupWriter<'_, Hashed<File>>) -> Result<()> {
        let missing = || ParquetError::General(format!("there is no column `{}`", self.heading));
        let mut writer = group.next_column()?.ok_or_else(missing)?;
        let levels = Some(self.levels.as_slice());
        match &mut self.cells {
            Cells::Texts(texts) => {
                writer.typed::<ByteArrayType>().write_batch(texts, levels, None)?;
                texts.clear();
            }
            Cells::Numbers(numbers) => {
                writer.typed::<DoubleType>().write_batch(numbers, levels, None)?;
                numbers.clear();
            }
            Cells::Counts(counts) => {
                writer.typed::<Int64Type>().write_batch(counts, levels, None)?;
                counts.clear();
            }
            Cells::Flags(flags) => {
                writer.typed::<BoolType>().write_batch(flags, levels, None)?;
                flags.clear();
            }
        }
        self.levels.clear();
        writer.close()
    }
}
