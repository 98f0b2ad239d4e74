//! The report of a batch in pieces, as its page asks for them: the rows of one scenario are read, and no others.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::ids::from_cell;
use crate::output::{
    RUN_FILE, RowPlaces, overview, rows_key, scenario_rows, scenario_tables, sha256, write_row_places,
};

use super::Service;
use super::kept::{self, Kind, ResultFiles, hash_of, result_file};
use super::store::{BatchRow, StoreError};

/// A row of a result table: texts by heading.
pub(super) type TextRow = BTreeMap<String, String>;

/// The places of scenarios in the tables of these results.
fn places(service: &Service, batch: &str, files: &ResultFiles) -> Result<RowPlaces, StoreError> {
    let key = rows_key(|name| hash_of(files, name));
    let make = |target: &mut _| write_row_places(target, &key, &|name| result_file(service, files, name));
    kept::opened(service, Kind::Places, batch, |file| RowPlaces::open(file, &key), make)
}

/// The rows of a table of one scenario, given its position, that are kept; none where there is no such table.
pub(super) fn rows(
    service: &Service,
    (batch, files): (&str, &ResultFiles),
    (table, scenario): (&str, u64),
    keeps: impl Fn(&TextRow) -> bool,
) -> Result<Vec<TextRow>, StoreError> {
    let places = places(service, batch, files)?;
    let failed = |cause| StoreError::Io { path: table.into(), cause };
    let open = |name: &str| result_file(service, files, name);
    let text = scenario_rows(&places, table, scenario, &open).map_err(failed)?.unwrap_or_default();
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let headings = reader.headers().map_err(|error| failed(error.into()))?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| failed(error.into()))?;
        let cells = headings.iter().zip(&record);
        let row: TextRow =
            cells.map(|(heading, cell)| (heading.to_owned(), from_cell(cell).to_owned())).collect();
        if keeps(&row) {
            rows.push(row);
        }
    }
    Ok(rows)
}

/// The version of what is kept for reports: what another one has written is made anew.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Bytes of a table of all scenarios: what is longer comes with each scenario.
const LONGEST: usize = 12 << 20;

/// A tag of what is told of these results, by which a client asks for what it does not have yet.
pub(super) fn tag(files: &ResultFiles, part: &str) -> String {
    let key = rows_key(|name| hash_of(files, name));
    let run = hash_of(files, RUN_FILE).unwrap_or_default();
    format!("\"{}\"", sha256(format!("{VERSION} {key} {run} {part}").as_bytes()))
}

/// What the tables tell of one scenario beyond the overview, as JSON: `{"tables": …}`; `None` if there is no such scenario.
pub(super) fn scenario(
    service: &Service,
    batch: &str,
    files: &ResultFiles,
    scenario: u64,
) -> Result<Option<String>, StoreError> {
    let places = places(service, batch, files)?;
    if scenario >= places.scenarios() {
        return Ok(None);
    }
    let failed = |cause| StoreError::Io { path: Kind::Places.path(service, batch), cause };
    let open = |name: &str| result_file(service, files, name);
    let mut pieces = Vec::new();
    for table in places.tables() {
        let text = scenario_rows(&places, table, scenario, &open).map_err(failed)?;
        pieces.extend(text.map(|text| (table, text)));
    }
    let left_out = overview_of(service, batch, files, |left_out, _| Ok(left_out))?;
    let tables = scenario_tables(&pieces, &left_out).map_err(|error| failed(io::Error::other(error)))?;
    Ok(Some(format!("{{\"tables\":{tables}}}")))
}

/// The overview of all scenarios, as `read` reads it: given the tables that are left out, and where the text of the others
/// begins.
fn overview_of<T>(
    service: &Service,
    batch: &str,
    files: &ResultFiles,
    read: impl Fn(Vec<String>, BufReader<File>) -> io::Result<T>,
) -> Result<T, StoreError> {
    let key = format!("{VERSION} {}", rows_key(|name| hash_of(files, name)));
    let open = |file: File| {
        let (mut file, mut found, mut names) = (BufReader::new(file), String::new(), String::new());
        file.read_line(&mut found)?;
        file.read_line(&mut names)?;
        let left_out = serde_json::from_str(&names).ok().filter(|_| found.trim_end() == key);
        left_out.map(|left_out| read(left_out, file)).transpose()
    };
    let make = |target: &mut File| {
        let opened = |name: &str| result_file(service, files, name);
        let overview = overview(&opened, LONGEST).map_err(io::Error::other)?;
        write!(target, "{key}\n{}\n{}", json!(overview.left_out), overview.tables)
    };
    kept::opened(service, Kind::Overviews, batch, open, make)
}

/// What is told of a batch beside its tables; `None` if it is not kept yet.
pub(super) fn subject(service: &Service, batch: &str) -> Result<Option<Map<String, Value>>, StoreError> {
    let path = Kind::Subjects.path(service, batch);
    let read = |file: File| Ok(serde_json::from_reader(BufReader::new(file)).ok());
    let found: Option<Map<String, Value>> =
        kept::existing(&path, read).map_err(|cause| StoreError::Io { path: path.clone(), cause })?;
    let is_ours = |subject: &Map<String, Value>| {
        subject.get("batch").and_then(|batch| batch.get("version")).and_then(Value::as_str) == Some(VERSION)
    };
    Ok(found.filter(is_ours))
}

/// Takes in what a validation has told of a batch.
pub(super) fn take_in_subject(service: &Service, batch: &str, made: &Path) -> Result<(), StoreError> {
    kept::take_in(service, Kind::Subjects, batch, made)
}

/// The report's data on all scenarios, as JSON: what is told of the batch, and the tables.
pub(super) fn all_scenarios(
    service: &Service,
    batch: &BatchRow,
    files: &ResultFiles,
    subject: Map<String, Value>,
) -> Result<String, StoreError> {
    let whole = |_, mut file: BufReader<File>| io::read_to_string(&mut file);
    let tables = overview_of(service, &batch.id, files, whole)?;
    let run = files.iter().find(|(name, _)| name == RUN_FILE);
    let run = run.map(|(_, object)| service.objects.read(object)).transpose()?;
    let record: Value = run.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    let mut text = String::from("{");
    let lists = ["projects", "lines", "resources", "objectives", "dependencies", "alternatives"];
    for name in lists {
        let list = subject.get(name).map_or_else(|| "[]".to_owned(), ToString::to_string);
        text.push_str(&format!("\"{name}\":{list},"));
    }
    let told = facts(batch, subject.get("batch"), &record);
    Ok(text + &format!("\"batch\":{told},\"tables\":{tables}}}"))
}

/// Facts about the batch: those of the validation, under those of the run itself.
fn facts(batch: &BatchRow, described: Option<&Value>, record: &Value) -> Value {
    let mut facts = match described {
        Some(Value::Object(facts)) => facts.clone(),
        _ => Map::from_iter([("periods".to_owned(), json!([]))]),
    };
    facts.insert("name".to_owned(), batch.name.clone().into());
    facts.insert("description".to_owned(), batch.description.clone().into());
    for key in ["complete", "warnings", "inputs", "solver", "version", "currency"] {
        if let Some(value) = record.get(key) {
            facts.insert(key.to_owned(), value.clone());
        }
    }
    let reasons: Vec<&Value> = record.get("reason").into_iter().collect();
    facts.insert("reasons".to_owned(), json!(reasons));
    facts.entry("warnings").or_insert_with(|| json!([]));
    facts.entry("inputs").or_insert_with(|| json!([]));
    facts.into()
}
