//! The published description of every table and batch key: the readers know columns and keys from here, and
//! `cutline schema` prints it.

mod batch;
mod json;
mod map;
mod tables;
mod whole;

use std::fmt;

use serde::{Serialize, Serializer};

pub use batch::{
    BASELINE, BATCH, FRONTIER, LIMIT, PRIORITIES, REPORT, ROOM, SCENARIO, SETTINGS, SIMULATION, WEIGHTS,
};
pub use json::json_schema;
pub use map::{
    LIST_MAP, MAP_AMOUNTS, MAP_ATTRIBUTE, MAP_DEPENDENCIES, MAP_LIST, MAP_NUMBERS, MAP_PERIODS, MAP_PROJECT,
    MAP_SCORE,
};
pub use tables::TABLES;
pub use whole::{SCHEMA, Schema};

/// Type of a cell, or of the value of a key.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// Described in words: `number from 0 to 1`.
    Described(&'static str),
    /// One of a few words.
    OneOf(fn() -> Vec<&'static str>),
}

impl fmt::Display for Holds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Described(kind) => f.write_str(kind),
            Self::OneOf(words) => match words().as_slice() {
                [] => Ok(()),
                [only] => f.write_str(only),
                [others @ .., last] => write!(f, "{} or {last}", others.join(", ")),
            },
        }
    }
}

impl Serialize for Holds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Holds {
    /// The words that it may be; none where it is free.
    pub fn words(&self) -> Vec<&'static str> {
        match self {
            Self::Described(_) => Vec::new(),
            Self::OneOf(words) => words(),
        }
    }

    /// True if it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Described(kind) if kind.starts_with("number") || kind.starts_with("whole number"))
    }
}

/// Columns that a table may have beside its named ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OtherColumns {
    /// None: an unknown column is a fault.
    Refused,
    /// One column per period, in the order of the horizon.
    Periods,
    /// Any: they are attributes of projects.
    Attributes,
    /// One column per leaf objective.
    LeafObjectives,
    /// One column per quantity of a project: `P07:cost`.
    Quantities,
}

/// One table.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct TableSchema {
    /// Its name: the file is `<name>.csv`.
    pub table: &'static str,
    /// Subject of its rows.
    pub doc: &'static str,
    /// True if every portfolio needs it.
    pub required: bool,
    /// Its named columns.
    pub columns: &'static [ColumnSchema],
    /// Columns that it may have beside its named ones.
    pub other_columns: OtherColumns,
    /// Columns that the format foresees and this version refuses.
    #[serde(skip)]
    pub not_yet: &'static [&'static str],
}

/// One named column.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ColumnSchema {
    /// Its heading.
    pub column: &'static str,
    /// Type of its cells.
    #[serde(rename = "type")]
    pub kind: Holds,
    /// True if the table must have it and every row must fill it.
    pub required: bool,
    /// Value of a blank cell, or of a table without the column; `None` if there is none.
    pub default: Option<&'static str>,
    /// Its meaning.
    pub doc: &'static str,
}

/// One section of a batch file.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct BatchSection {
    /// Its header as written: `[batch]`, `[[scenario]]`.
    pub section: &'static str,
    /// Its purpose.
    pub doc: &'static str,
    /// Its keys.
    pub keys: &'static [KeySchema],
    /// Keys that the format foresees and this version refuses.
    #[serde(skip)]
    pub not_yet: &'static [&'static str],
}

/// One key of a batch file.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct KeySchema {
    /// The dotted key: `batch.seed`.
    pub key: &'static str,
    /// Type of its value.
    #[serde(rename = "type")]
    pub kind: Holds,
    /// True if it must be given.
    pub required: bool,
    /// Value if it is not given; `None` if there is none.
    pub default: Option<&'static str>,
    /// Its meaning.
    pub doc: &'static str,
}

impl TableSchema {
    /// The headings of its named columns.
    pub fn headings(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.column)
    }
}

impl BatchSection {
    /// The keys without the name of the section.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.key.rsplit_once('.').map_or(key.key, |(_, name)| name))
    }
}

/// The budget line that caps all lines together.
pub const ALL_LINES: &str = "*";

/// The form of a batch in a workbook, in words.
pub const SHEETS: &str = "As sheets of a workbook (.xlsx):
  batch      key, value: the keys above, dotted; a column `note` is yours; sweep.vary.KEY lists values
  scenarios  scenario (its name), then a column per key: weights, budget_scale, budget_scale.LINE
  weights    objective, then a column per weight set
  limits     name, measure, then a column per key: where.ATTRIBUTE, min_share
Lists are separated by `;`. The portfolio is the workbook itself unless batch.portfolio names another.";

/// Sheets of a workbook that hold a batch.
pub const BATCH_SHEETS: [&str; 4] = ["batch", "scenarios", "weights", "limits"];

/// Tables that the format foresees and this version refuses.
pub const TABLES_NOT_YET: &[&str] = &[];
