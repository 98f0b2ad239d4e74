//! The input of a round as texts: tables of cells, and the batch file as keys.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostics;
use crate::input::{Books, Files, LoadedBatch, PathFault, in_text_files, table_rows};

/// Keys of the batch file that change no selection, or that hold input to figures of its own round.
const LEFT_OUT: [&str; 1] = ["check"];

/// Keys of `[batch]` that only name things.
const NAMING: [&str; 4] = ["name", "description", "portfolio", "currency"];

/// The input of a round, of which parts can be replaced by those of another.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundInput {
    /// The tables by their names without ending, in CSV.
    pub(super) tables: BTreeMap<String, Vec<u8>>,
    /// The keys of the batch file.
    pub(super) batch: toml::Table,
}

impl RoundInput {
    /// The input that was loaded; `None` if the batch file cannot be taken apart, which loading has ruled out.
    pub fn of(loaded: &LoadedBatch) -> Option<Self> {
        let files: Files = loaded.files.iter().map(|file| (file.name.clone(), file.bytes.clone())).collect();
        let name = |file: &str| {
            let (stem, ending) = file.rsplit_once('.')?;
            ending.eq_ignore_ascii_case("csv").then(|| stem.to_lowercase())
        };
        let tables = in_text_files(&Books::default(), files).into_iter();
        let tables = tables.filter_map(|(file, bytes)| Some((name(&file)?, bytes))).collect();
        let mut batch: toml::Table = toml::from_str(&loaded.text).ok()?;
        LEFT_OUT.iter().for_each(|key| drop(batch.remove(*key)));
        Some(Self { tables, batch })
    }

    /// The rows of a table, its headings first; none where it is not there.
    pub(super) fn rows(&self, table: &str) -> Vec<Vec<String>> {
        let rows = self.tables.get(table).map(|bytes| table_rows(bytes)).unwrap_or_default();
        rows.into_iter().map(|(_, cells)| cells).collect()
    }

    /// The ids of its projects.
    pub(super) fn projects(&self) -> BTreeSet<String> {
        let rows = self.rows("projects");
        let place = rows.first().and_then(|headings| headings.iter().position(|one| one == "project"));
        let id = |row: &Vec<String>| row.get(place?).filter(|id| !id.is_empty()).cloned();
        rows.iter().skip(1).filter_map(id).collect()
    }

    /// The batch file without keys that only name things.
    pub(super) fn settings(&self) -> toml::Table {
        let mut settings = self.batch.clone();
        if let Some(toml::Value::Table(own)) = settings.get_mut("batch") {
            NAMING.iter().for_each(|key| drop(own.remove(*key)));
        }
        settings
    }

    /// The batch and portfolio that it makes.
    ///
    /// # Errors
    /// Every fault: parts of two rounds need not fit together.
    pub(super) fn load(&self) -> Result<LoadedBatch, Diagnostics> {
        let files: Files =
            self.tables.iter().map(|(table, bytes)| (format!("{table}.csv"), bytes.clone())).collect();
        let text = toml::to_string(&self.batch).unwrap_or_default();
        let portfolio = |_: &str| -> Result<Files, PathFault> { Ok(files) };
        crate::control::read_batch("batch.toml", text.as_bytes(), portfolio)
    }
}
