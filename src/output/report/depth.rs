//! The part of a large batch that a report holds, so that it can still be sent and opened: of most batches all.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::output::error::OutputError;
use crate::output::results::{Row, TableReader};

/// Numbers of options and scenarios that are told in full; `null`: all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Depth {
    /// The last rank whose spend, capacity, groups and objectives are told.
    pub ranks: Option<usize>,
    /// The number of scenarios, from the first on, of which more is told than their selections and headline figures.
    pub scenarios: Option<usize>,
}

/// From all to little: the first that is small enough is taken.
pub const DEPTHS: [Depth; 5] = [
    Depth { ranks: None, scenarios: None },
    Depth { ranks: Some(3), scenarios: None },
    Depth { ranks: Some(1), scenarios: None },
    Depth { ranks: Some(1), scenarios: Some(100) },
    Depth { ranks: Some(1), scenarios: Some(20) },
];

/// Places of scenarios and ranks of options.
pub struct Places {
    scenarios: BTreeMap<String, usize>,
    ranks: BTreeMap<String, BTreeMap<String, usize>>,
}

impl Places {
    /// Reads them from the tables in a folder.
    pub fn read(folder: &Path) -> Result<Self, OutputError> {
        let (mut scenarios, mut ranks) = (BTreeMap::new(), BTreeMap::<_, BTreeMap<_, _>>::new());
        if let Some(table) = TableReader::open(folder, "scenarios.csv")? {
            table.each(|row| {
                let place = scenarios.len();
                scenarios.insert(row.text("scenario").to_owned(), place);
            })?;
        }
        if let Some(table) = TableReader::open(folder, "options.csv")? {
            table.each(|row| {
                let rank = row.text("rank").parse().unwrap_or(usize::MAX);
                let of_scenario = ranks.entry(row.text("scenario").to_owned()).or_default();
                of_scenario.insert(row.text("option").to_owned(), rank);
            })?;
        }
        Ok(Self { scenarios, ranks })
    }

    /// True if the row of a table stands in a report of this depth.
    pub fn keeps(&self, file: &str, row: Row<'_>, depth: Depth) -> bool {
        let place = self.scenarios.get(row.text("scenario")).copied().unwrap_or_default();
        let is_told = depth.scenarios.is_none_or(|most| place < most);
        match file {
            "scenarios.csv"
            | "baseline.csv"
            | "infeasible.csv"
            | "robustness.csv"
            | "regret_by_option.csv" => true,
            // A row per option and scenario: regret_by_option.csv sums it up.
            "regret.csv" => false,
            "options.csv" | "selection.csv" => is_told || self.rank(row) == 1,
            // Long for each option: those of the first, or of three where all else is told, are enough.
            "contributions.csv" => is_told && self.rank(row) <= if depth.ranks.is_none() { 3 } else { 1 },
            "attribution.csv" => is_told && self.rank(row) == 1,
            _ => is_told && depth.ranks.is_none_or(|most| self.rank(row) <= most),
        }
    }

    /// The rank of a row's option; 1 for what is no option.
    fn rank(&self, row: Row<'_>) -> usize {
        let option = self.ranks.get(row.text("scenario")).and_then(|ranks| ranks.get(row.text("option")));
        option.copied().unwrap_or(1)
    }
}
