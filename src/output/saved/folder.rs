//! A folder of results: the record of its run, and its tables, with every fault of them.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::output::dialect::plain_csv;
use crate::output::error::OutputError;
use crate::output::results::{Row, Table};
use crate::output::run_record::{FormerRun, RUN_FILE, sha256};
use crate::output::tables::{RESULT_TABLES, ResultColumn};

/// Faults of one table that are listed; the first ones tell what is wrong.
const LISTED: usize = 20;

/// The longest cell that is quoted in a fault, in characters.
const QUOTED: usize = 40;

/// Reasons why a folder cannot be read as results.
#[derive(Debug, thiserror::Error)]
pub enum FolderFault {
    /// The folder holds no results.
    #[error("`{}` {problem}: name a folder that `cutline run` wrote", .path.display())]
    NoResults {
        /// The folder.
        path: PathBuf,
        /// Its fault.
        problem: String,
    },
    /// Tables are damaged or missing. All faults of the tables that were asked for.
    #[error(
        "the results in `{}` are damaged:\n  {}\nrun the batch again, or copy the folder anew from where it is whole",
        .path.display(),
        .faults.join("\n  ")
    )]
    Damaged {
        /// The folder.
        path: PathBuf,
        /// Its faults, each with file, row and column.
        faults: Vec<String>,
    },
}

/// The record of a run, as far as it is told.
#[derive(Clone, Debug, Deserialize)]
pub struct SavedRun {
    /// Name of the batch.
    pub batch: String,
    /// Its description; empty if there is none.
    #[serde(default)]
    pub description: String,
    /// The currency of all money, if it is told.
    #[serde(default)]
    pub currency: Option<String>,
    /// True if everything that was asked for was done.
    pub complete: bool,
    /// The reason if not.
    #[serde(default)]
    pub reason: Option<String>,
    /// Warnings of the run.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Settings of the search and of the simulation.
    pub settings: SavedSettings,
    scenarios: Vec<SavedScenario>,
    /// The same for checks.
    #[serde(skip)]
    pub former: Option<FormerRun>,
}

/// Settings of a run.
#[derive(Clone, Debug, Deserialize)]
pub struct SavedSettings {
    /// Number of simulated futures.
    pub trials: usize,
    /// The tail that the mean of the worst futures is taken over, as a share.
    pub tail: f64,
    /// The criterion of the ranking.
    pub rank_by: String,
}

#[derive(Clone, Debug, Deserialize)]
struct SavedScenario {
    name: String,
    #[serde(default)]
    conflict: Option<SavedConflict>,
}

#[derive(Clone, Debug, Deserialize)]
struct SavedConflict {
    words: String,
}

impl SavedRun {
    /// The sentence that says why a scenario is infeasible, if it is and that is known.
    pub fn conflict(&self, scenario: &str) -> Option<&str> {
        let record = self.scenarios.iter().find(|record| record.name == scenario)?;
        record.conflict.as_ref().map(|conflict| conflict.words.as_str())
    }
}

/// Results in a folder.
#[derive(Debug)]
pub struct SavedResults {
    folder: PathBuf,
    /// The record of the run.
    pub run: SavedRun,
    /// scenarios.csv.
    pub scenarios: Table,
    /// options.csv.
    pub options: Table,
    /// Tables that are not as the run wrote them.
    changed: RefCell<BTreeSet<String>>,
}

impl SavedResults {
    /// Opens a folder of results: reads its record, its scenarios and its options.
    ///
    /// # Errors
    /// If it is no folder of results, or one of the three is damaged.
    pub fn open(folder: &Path) -> Result<Self, FolderFault> {
        let mut results = Self {
            folder: folder.to_owned(),
            run: saved_run(folder)?,
            scenarios: Table::default(),
            options: Table::default(),
            changed: RefCell::default(),
        };
        results.scenarios = results.read("scenarios.csv", &["scenario", "status", "goal"], |_| true)?;
        let needed = ["scenario", "rank", "option", "status", "objective", "projects", "cost", "npv"];
        results.options = results.read("options.csv", &needed, |_| true)?;
        Ok(results)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The rows of a table that are kept; none where the run wrote no such table.
    ///
    /// # Errors
    /// If the table is damaged, lacks a column that is needed, or is gone.
    pub fn read(
        &self,
        file: &str,
        needed: &[&str],
        keeps: impl Fn(Row<'_>) -> bool,
    ) -> Result<Table, FolderFault> {
        let damaged = |faults| Err(FolderFault::Damaged { path: self.folder.clone(), faults });
        let outputs = self.run.former.iter().flat_map(|former| &former.outputs);
        let Some(recorded) = outputs.clone().find(|output| output.name == file) else {
            return Ok(Table::default());
        };
        let Ok(bytes) = fs::read(self.folder.join(file)) else {
            return damaged(vec![format!("{file}: is gone or cannot be read; the run wrote it")]);
        };
        if sha256(&bytes) != recorded.sha256 {
            self.changed.borrow_mut().insert(file.to_owned());
        }
        let faults = CellFaults::new(file);
        let checked = |row: Row<'_>| {
            faults.of_row(row);
            keeps(row)
        };
        match Table::of_text(&self.folder.join(file), &plain_csv(file, &bytes), checked) {
            Err(OutputError::Unreadable { problem, .. }) => damaged(vec![format!("{file}: {problem}")]),
            Err(other) => damaged(vec![other.to_string()]),
            Ok(table) => match faults.with_headings(&table, needed) {
                faults if faults.is_empty() => Ok(table),
                faults => damaged(faults),
            },
        }
    }

    /// Tables that were read and are not as the run wrote them.
    pub fn changed(&self) -> Vec<String> {
        self.changed.borrow().iter().cloned().collect()
    }

    /// The names of the scenarios, in the order of the batch.
    pub fn scenario_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.scenarios.rows().map(|row| row.text("scenario"))
    }

    /// True if net present values are told: without a kind of benefit there are none.
    pub fn tells_npv(&self) -> bool {
        self.scenarios.headings().iter().any(|heading| heading.starts_with("benefit_scale."))
    }
}

fn saved_run(folder: &Path) -> Result<SavedRun, FolderFault> {
    let refuse = |problem: String| FolderFault::NoResults { path: folder.to_owned(), problem };
    if !folder.is_dir() {
        return Err(refuse("is no folder".to_owned()));
    }
    let Ok(text) = fs::read(folder.join(RUN_FILE)) else {
        let problem = format!("is no folder of results, as it has no {RUN_FILE} that can be read");
        return Err(refuse(problem));
    };
    let Some(former) = FormerRun::read(&text) else {
        return Err(refuse(format!("has a {RUN_FILE} that is not ours")));
    };
    match serde_json::from_slice::<SavedRun>(&text) {
        Ok(run) => Ok(SavedRun { former: Some(former), ..run }),
        Err(cause) => Err(refuse(format!("has a {RUN_FILE} that is damaged ({cause})"))),
    }
}

/// Cells of a table that cannot be what its column holds.
struct CellFaults<'f> {
    file: &'f str,
    columns: &'static [ResultColumn],
    /// Headings with the words for what their cells hold, where that is not any text.
    typed: OnceCell<Vec<(String, &'static str)>>,
    found: RefCell<Vec<String>>,
}

impl<'f> CellFaults<'f> {
    fn new(file: &'f str) -> Self {
        let kind = RESULT_TABLES.iter().find(|kind| kind.file == file);
        let columns = kind.map_or(&[][..], |kind| kind.columns);
        Self { file, columns, typed: OnceCell::new(), found: RefCell::default() }
    }

    /// Looks at the cells of a row.
    fn of_row(&self, row: Row<'_>) {
        let kind_of = |heading: &str| {
            let covering = self.columns.iter().find(|column| column.covers(heading));
            covering.map(|column| column.kind).filter(|kind| *kind != "text")
        };
        let typed = self.typed.get_or_init(|| {
            let headings = row.headings().map(|heading| (heading.to_owned(), kind_of(heading)));
            headings.filter_map(|(heading, kind)| Some((heading, kind?))).collect()
        });
        for (heading, kind) in typed {
            let cell = row.text(heading);
            let holds = match *kind {
                _ if cell.is_empty() => true,
                "whole number" => cell.parse::<u64>().is_ok(),
                "true or false" => matches!(cell, "true" | "false"),
                _ => cell.parse().is_ok_and(|number: f64| number.is_finite()),
            };
            let mut found = self.found.borrow_mut();
            if !holds && found.len() < LISTED {
                let shown: String = cell.chars().take(QUOTED).collect();
                let shown = shown.escape_debug();
                found.push(format!(
                    "{}, row {}, column `{heading}`: `{shown}` is no {kind}",
                    self.file,
                    row.line()
                ));
            }
        }
    }

    /// The faults that were found, and the columns that are missing.
    fn with_headings(self, table: &Table, needed: &[&str]) -> Vec<String> {
        let is_there = |column: &&&str| table.headings().iter().any(|heading| heading == **column);
        let missing = needed.iter().filter(|column| !is_there(column));
        let missing = missing.map(|column| format!("{}, row 1: has no column `{column}`", self.file));
        missing.chain(self.found.into_inner()).collect()
    }
}
