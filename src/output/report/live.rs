//! The data of a report in pieces, for a page that fetches them: what is told beside the tables, what the tables tell of all
//! scenarios together, and what else they tell of each scenario.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::domain::{Batch, Portfolio};
use crate::output::error::OutputError;
use crate::output::results::{Provenance, Row, TableReader};

use super::columns::Columns;
use super::data;
use super::depth::DEPTHS;

/// Tables with rows on all scenarios, by columns; those that would make it too long are left out, and come with each scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The tables as JSON.
    pub tables: String,
    /// The files of tables that are left out.
    pub left_out: Vec<String>,
}

const SCENARIOS: &str = "scenarios.csv";
const OPTIONS: &str = "options.csv";
const SELECTION: &str = "selection.csv";

/// The tables of an overview: the options that are ranked first and their selections, and what has few rows per scenario
/// or none of any.
const OF_ALL: [&str; 8] = [
    SCENARIOS,
    OPTIONS,
    SELECTION,
    "baseline.csv",
    "infeasible.csv",
    "robustness.csv",
    "regret_by_option.csv",
    "weights.csv",
];

/// What is told beside the tables, but for what only a run knows, such as its solver and warnings.
pub fn subject(batch: (&Portfolio, &Batch)) -> Map<String, Value> {
    let provenance = Provenance { solver: "", inputs: &[], warnings: &[], incomplete: None };
    data::subject(batch, provenance, DEPTHS[0])
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The overview of results whose tables `open` opens; a table of more than so many bytes is left out.
///
/// # Errors
/// If a table cannot be read.
pub fn overview(
    open: &dyn Fn(&str) -> io::Result<Option<File>>,
    most: usize,
) -> Result<Overview, OutputError> {
    let (mut first, mut has_npv) = (FirstOptions::new(), true);
    let (mut tables, mut left_out) = (Tables::new(), Vec::new());
    for file in OF_ALL {
        let opened = open(file).map_err(OutputError::io(&PathBuf::from(file)))?;
        let Some(reader) = opened.map(|source| reader(file, BufReader::new(source))).transpose()? else {
            continue;
        };
        if file == SCENARIOS {
            has_npv = tells_npv(reader.headings());
        }
        let mut columns = Columns::new(file, reader.headings(), has_npv);
        let mut is_full = false;
        reader.each(|row| {
            first.note(file, row);
            is_full = is_full || (columns.len() > most && file != SCENARIOS && file != OPTIONS);
            if !is_full && first.keeps(file, row) {
                columns.push(row);
            }
        })?;
        if is_full {
            left_out.push(file.to_owned());
        } else {
            tables.add(file, &columns);
        }
    }
    Ok(Overview { tables: tables.finish(), left_out })
}

/// What the tables tell of one scenario beyond the overview, as JSON: each table given as CSV of its rows alone.
///
/// # Errors
/// If a table cannot be read.
pub fn scenario_tables(pieces: &[(&str, Vec<u8>)], left_out: &[String]) -> Result<String, OutputError> {
    let (mut first, mut has_npv) = (FirstOptions::new(), true);
    for (file, text) in pieces {
        let reader = reader(file, text.as_slice())?;
        if *file == SCENARIOS {
            has_npv = tells_npv(reader.headings());
        }
        reader.each(|row| first.note(file, row))?;
    }
    let mut tables = Tables::new();
    for (file, text) in pieces {
        let reader = reader(file, text.as_slice())?;
        let is_told = OF_ALL.contains(file) && !left_out.iter().any(|left| left == file);
        let mut columns = Columns::new(file, reader.headings(), has_npv);
        reader.each(|row| {
            if !(is_told && first.keeps(file, row)) {
                columns.push(row);
            }
        })?;
        tables.add(file, &columns);
    }
    Ok(tables.finish())
}

fn reader<R: Read>(file: &str, source: R) -> Result<TableReader<R>, OutputError> {
    TableReader::of(PathBuf::from(file), source)
}

/// True if net present values say anything: without a kind of benefit that could be scaled, there are no benefits.
fn tells_npv(headings: &[String]) -> bool {
    headings.iter().any(|heading| heading.starts_with("benefit_scale."))
}

/// The option of each scenario that is ranked first.
struct FirstOptions(BTreeMap<String, String>);

impl FirstOptions {
    const fn new() -> Self {
        Self(BTreeMap::new())
    }

    fn note(&mut self, file: &str, row: Row<'_>) {
        if file == OPTIONS && row.text("rank") == "1" {
            self.0.insert(row.text("scenario").to_owned(), row.text("option").to_owned());
        }
    }

    /// True for rows of an overview.
    fn keeps(&self, file: &str, row: Row<'_>) -> bool {
        let is_first = || self.0.get(row.text("scenario")).is_some_and(|first| first == row.text("option"));
        !matches!(file, OPTIONS | SELECTION) || is_first()
    }
}

/// Tables as the members of an object.
struct Tables(String);

impl Tables {
    fn new() -> Self {
        Self("{".to_owned())
    }

    fn add(&mut self, file: &str, columns: &Columns) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&format!("\"{}\":", file.trim_end_matches(".csv")));
        columns.write(&mut self.0);
    }

    fn finish(self) -> String {
        self.0 + "}"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, SeekFrom, Write};

    const TABLES: [(&str, &str); 4] = [
        ("options.csv", "scenario,rank,option,objective\na,1,2,5\na,2,1,4\nb,1,1,3\n"),
        (
            "selection.csv",
            "scenario,option,project,start\na,2,P,2027\na,2,Q,2027\na,1,P,2028\na,F1,Q,2027\nb,1,Q,2027\n",
        ),
        ("spend.csv", "scenario,option,line,plan\na,2,capex,1\na,1,capex,2\nb,1,capex,3\n"),
        ("scenarios.csv", "scenario,status\na,optimal\nb,optimal\nc,infeasible\n"),
    ];

    fn opened(name: &str) -> io::Result<Option<File>> {
        let found = TABLES.iter().find(|(file, _)| *file == name);
        found
            .map(|(_, text)| {
                let mut file = tempfile::tempfile()?;
                file.write_all(text.as_bytes())?;
                file.seek(SeekFrom::Start(0))?;
                Ok(file)
            })
            .transpose()
    }

    /// The tables with the rows of one scenario only.
    fn pieces(scenario: &str) -> Vec<(&'static str, Vec<u8>)> {
        let of = |text: &str| {
            let mut lines = text.lines();
            let heading = lines.next().unwrap_or_default().to_owned();
            let own = lines.filter(|line| line.starts_with(&format!("{scenario},")));
            [heading.as_str()].into_iter().chain(own).fold(String::new(), |text, line| text + line + "\n")
        };
        TABLES.iter().map(|(file, text)| (*file, of(text).into_bytes())).collect()
    }

    fn rows(tables: &Value, table: &str) -> u64 {
        tables[table]["rows"].as_u64().unwrap_or_default()
    }

    #[test]
    fn an_overview_and_the_pieces_of_all_scenarios_hold_each_row_once() {
        for most in [1 << 20, 0] {
            let overview = overview(&opened, most).unwrap();
            assert_eq!(overview.left_out.is_empty(), most > 0);
            let told: Value = serde_json::from_str(&overview.tables).unwrap();
            assert_eq!((rows(&told, "scenarios"), rows(&told, "options")), (3, 2));
            assert_eq!(rows(&told, "selection"), if most > 0 { 3 } else { 0 });
            let own = ["a", "b", "c"].map(|scenario| {
                let text = scenario_tables(&pieces(scenario), &overview.left_out).unwrap();
                serde_json::from_str::<Value>(&text).unwrap()
            });
            assert_eq!((rows(&own[0], "options"), rows(&own[0], "spend")), (1, 2));
            for (file, text) in TABLES {
                let table = file.trim_end_matches(".csv");
                let all = rows(&told, table) + own.iter().map(|one| rows(one, table)).sum::<u64>();
                assert_eq!(all, text.lines().count() as u64 - 1, "{table}");
            }
        }
    }
}
