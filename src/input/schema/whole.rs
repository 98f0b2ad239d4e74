//! The description as a whole.

use serde::Serialize;

use super::batch::BATCH;
use super::tables::TABLES;
use super::{BatchSection, TableSchema};

/// All that an input may contain.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Schema {
    /// The tables of a portfolio.
    pub tables: &'static [TableSchema],
    /// The sections of a batch file.
    pub batch: &'static [BatchSection],
}

/// The whole description.
pub const SCHEMA: Schema = Schema { tables: TABLES, batch: BATCH };
