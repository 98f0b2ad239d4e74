//! Submissions from JSON: `{"batch": "<TOML>", "tables": {"projects": "<CSV>" or rows, …}}`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::diagnostic::is_hidden;
use crate::input::{Files, LONGEST_NAME};

use super::upload::{Tables, Upload, UploadError, UploadLimits};

/// A submission in JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    batch: String,
    #[serde(default = "default_file")]
    file: String,
    tables: BTreeMap<String, Table>,
    #[serde(default)]
    shared: bool,
    #[serde(default)]
    priority: i64,
}

fn default_file() -> String {
    "batch.toml".to_owned()
}

/// A submission with its options: visibility, and priority among the batches of its owner.
pub(in crate::service) fn from_json(
    bytes: &[u8],
    limits: &UploadLimits,
) -> Result<(Upload, bool, i64), UploadError> {
    let document: Document = serde_json::from_slice(bytes).map_err(|error| {
        UploadError::Malformed(format!("the request is not the JSON that is asked for: {error}"))
    })?;
    if document.tables.len() > limits.files {
        return Err(UploadError::TooMuch(format!("it holds more than {} tables", limits.files)));
    }
    let mut tables = Files::new();
    for (name, Table(bytes)) in document.tables {
        let is_sound = name.chars().count() <= LONGEST_NAME && !name.contains(is_hidden);
        if name.contains(['/', '\\']) || !is_sound {
            return Err(UploadError::Malformed(format!("`{name}` cannot name a table")));
        }
        let is_file = name.len() > 4 && name.to_ascii_lowercase().ends_with(".csv");
        tables.insert(if is_file { name } else { format!("{name}.csv") }, bytes);
    }
    let file = document.file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let upload = Upload { file, batch: document.batch.into_bytes(), tables: Tables::Given(tables) };
    Ok((upload, document.shared, document.priority))
}

/// A table as CSV, from a text or from rows: lists, of which the first holds the headings. Rows become text one by one:
/// as JSON values they would take many times the memory.
struct Table(Vec<u8>);

impl<'de> Deserialize<'de> for Table {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TableVisitor)
    }
}

struct TableVisitor;

impl<'de> Visitor<'de> for TableVisitor {
    type Value = Table;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .write_str("a table: CSV as a text, or a list of rows, each a list of texts, numbers and nulls")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Table, E> {
        Ok(Table(text.as_bytes().to_vec()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Table, A::Error> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        while let Some(row) = rows.next_element::<Vec<Cell>>()? {
            writer.write_record(row.iter().map(|Cell(text)| text)).map_err(A::Error::custom)?;
        }
        Ok(Table(writer.into_inner().map_err(A::Error::custom)?))
    }
}

/// A cell as text.
struct Cell(String);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl Visitor<'_> for CellVisitor {
    type Value = Cell;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a cell: a text, a number or null")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cell, E> {
        Ok(Cell(text.to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Cell, E> {
        Ok(Cell(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Cell, E> {
        Ok(Cell(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Cell, E> {
        Ok(Cell(number.to_string()))
    }

    fn visit_unit<E: Error>(self) -> Result<Cell, E> {
        Ok(Cell(String::new()))
    }
}
