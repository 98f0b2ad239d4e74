//! The places of scenarios in the result tables: each table is sorted by scenario as in the batch, so that the rows of a
//! scenario lie in one piece. Made once, in one pass; after that a view reads the rows of one scenario, and no others.
//!
//! A file of places: a key; a line of JSON that names the tables; then binary, in little-endian 64-bit numbers: the start
//! and end of each scenario in each table, the number of scenarios, a mark.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;

use csv::{ByteRecord, Reader};
use serde::{Deserialize, Serialize};

use crate::output::run_record::sha256;
use crate::output::tables::RESULT_TABLES;

use super::tables::{Open, SCENARIOS};

/// The last bytes of a whole file of this form.
const MARK: [u8; 8] = *b"cutrow 1";
/// Bytes of a number.
const NUMBER: u64 = 8;
/// Bytes of a start and an end.
const PLACE: u64 = 2 * NUMBER;

/// A table whose rows are found by scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PlacedTable {
    /// Name of its file.
    file: String,
    /// End of its headings in bytes: where the rows begin.
    headings: u64,
}

/// A file of places, open for reading.
#[derive(Debug)]
pub struct RowPlaces {
    file: File,
    tables: Vec<PlacedTable>,
    scenarios: u64,
    /// Where the places begin.
    places: u64,
}

/// The key of places: the hashes of all tables of the results, as one. `hash` gives that of a table by its name, if the
/// results have it.
pub fn rows_key<'a>(hash: impl Fn(&str) -> Option<&'a str>) -> String {
    let hashes: Vec<&str> = RESULT_TABLES.iter().map(|kind| hash(kind.file).unwrap_or("-")).collect();
    sha256(hashes.join(" ").as_bytes())
}

impl RowPlaces {
    /// Opens a file of places; `None` if it has another form, is not whole, or was made from results of another key.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn open(file: File, key: &str) -> io::Result<Option<Self>> {
        let length = file.metadata()?.len();
        let mut reader = BufReader::new(&file);
        let (mut found, mut names) = (String::new(), String::new());
        let heading =
            reader.read_line(&mut found).and_then(|bytes| Ok(bytes + reader.read_line(&mut names)?));
        let Ok(heading) = heading else { return Ok(None) };
        let tables: Option<Vec<PlacedTable>> = serde_json::from_str(&names).ok();
        let (Some(tables), true) = (tables, found.trim_end() == key) else { return Ok(None) };
        let places = heading as u64;
        let Some(tail) = length.checked_sub(NUMBER + MARK.len() as u64) else { return Ok(None) };
        reader.seek(SeekFrom::Start(tail))?;
        let scenarios = read_number(&mut reader)?;
        let mut mark = [0; MARK.len()];
        reader.read_exact(&mut mark)?;
        let bytes = scenarios.checked_mul(tables.len() as u64 * PLACE);
        let is_whole = mark == MARK && bytes.and_then(|bytes| bytes.checked_add(places)) == Some(tail);
        Ok(is_whole.then_some(Self { file, tables, scenarios, places }))
    }

    /// Number of scenarios.
    pub fn scenarios(&self) -> u64 {
        self.scenarios
    }

    /// Names of the tables that have rows by scenario, in the order in which they are written.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(|table| table.file.as_str())
    }

    /// The bytes of a table that hold its headings and the rows of the scenario at a position of the batch; `None` if there
    /// is no such table or scenario.
    ///
    /// # Errors
    /// If the places cannot be read.
    pub fn rows(&self, table: &str, scenario: u64) -> io::Result<Option<[Range<u64>; 2]>> {
        let place = self.tables.iter().position(|one| one.file == table);
        let Some(place) = place.filter(|_| scenario < self.scenarios) else { return Ok(None) };
        let number = scenario * self.tables.len() as u64 + place as u64;
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.places + number * PLACE))?;
        let (start, end) = (read_number(&mut file)?, read_number(&mut file)?);
        Ok(Some([0..self.tables[place].headings, start..end]))
    }
}

/// The rows of a scenario of a table as CSV, headings first; `None` if there is no such table or scenario.
///
/// # Errors
/// If the places or the table cannot be read.
pub fn scenario_rows(
    places: &RowPlaces,
    table: &str,
    scenario: u64,
    open: Open<'_>,
) -> io::Result<Option<Vec<u8>>> {
    let (Some(pieces), Some(mut file)) = (places.rows(table, scenario)?, open(table)?) else {
        return Ok(None);
    };
    let mut text = Vec::new();
    for Range { start, end } in pieces {
        file.seek(SeekFrom::Start(start))?;
        (&mut file).take(end.saturating_sub(start)).read_to_end(&mut text)?;
    }
    Ok(Some(text))
}

fn read_number(file: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; NUMBER as usize];
    file.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// Writes the file of places of some results; `key` names them.
///
/// # Errors
/// If a table cannot be read or has rows that are not in their place, or the file cannot be written.
pub fn write_row_places(target: impl Write, key: &str, open: Open<'_>) -> io::Result<()> {
    let names = scenario_names(open)?;
    let (mut tables, mut places) = (Vec::new(), Vec::new());
    for kind in RESULT_TABLES {
        let Some(file) = open(kind.file)? else { continue };
        if let Some((headings, own)) = places_in(kind.file, file, &names)? {
            tables.push(PlacedTable { file: kind.file.to_owned(), headings });
            places.push(own);
        }
    }
    let mut target = BufWriter::new(target);
    writeln!(target, "{key}")?;
    serde_json::to_writer(&mut target, &tables)?;
    target.write_all(b"\n")?;
    for scenario in 0..names.len() {
        for Range { start, end } in places.iter().map(|own| own[scenario].clone()) {
            target.write_all(&start.to_le_bytes())?;
            target.write_all(&end.to_le_bytes())?;
        }
    }
    target.write_all(&(names.len() as u64).to_le_bytes())?;
    target.write_all(&MARK)?;
    target.flush()
}

/// The scenarios by name, each with its position. Names are cells as they were written: all tables write them alike.
fn scenario_names(open: Open<'_>) -> io::Result<BTreeMap<Vec<u8>, usize>> {
    let mut names = BTreeMap::new();
    if let Some(file) = open(SCENARIOS)? {
        let mut reader = Reader::from_reader(BufReader::new(file));
        let column = reader.byte_headers()?.iter().position(|heading| heading == b"scenario");
        for (position, row) in reader.byte_records().enumerate() {
            let row = row?;
            names.insert(column.and_then(|column| row.get(column)).unwrap_or_default().to_vec(), position);
        }
    }
    Ok(names)
}

/// The end of a table's headings, and the piece of each scenario; `None` if its rows are of no scenario.
fn places_in(
    table: &str,
    file: File,
    names: &BTreeMap<Vec<u8>, usize>,
) -> io::Result<Option<(u64, Vec<Range<u64>>)>> {
    let mut reader = Reader::from_reader(BufReader::new(file));
    let headings = reader.byte_headers()?;
    let Some(column) = headings.iter().position(|heading| heading == b"scenario") else { return Ok(None) };
    let start = reader.position().byte();
    let mut places = vec![0..0; names.len()];
    let (mut last, mut current, mut row) = (None, Vec::new(), ByteRecord::new());
    let mut begin = start;
    while reader.read_byte_record(&mut row)? {
        let (name, end) = (row.get(column).unwrap_or_default(), reader.position().byte());
        if last.is_none() || current != name {
            let position = names.get(name).copied();
            let Some(position) = position.filter(|position| last.is_none_or(|last| *position > last)) else {
                let problem =
                    format!("{table}: rows of `{}` are not in their place", String::from_utf8_lossy(name));
                return Err(io::Error::new(ErrorKind::InvalidData, problem));
            };
            name.clone_into(&mut current);
            (last, places[position].start) = (Some(position), begin);
        }
        places[last.unwrap_or_default()].end = end;
        begin = end;
    }
    Ok(Some((start, places)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "k";

    /// Opens texts as tables.
    fn tables<'a>(texts: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> io::Result<Option<File>> {
        |name| {
            let found = texts.iter().find(|(table, _)| *table == name);
            found
                .map(|(_, text)| {
                    let mut file = tempfile::tempfile()?;
                    file.write_all(text.as_bytes())?;
                    file.seek(SeekFrom::Start(0))?;
                    Ok(file)
                })
                .transpose()
        }
    }

    const TEXTS: [(&str, &str); 3] = [
        ("options.csv", "scenario,rank\n'=a,1\n'=a,2\n\"b \"\"x\"\"\nc\",1\n"),
        ("scenarios.csv", "scenario,status\n'=a,optimal\nnone,infeasible\n\"b \"\"x\"\"\nc\",optimal\n"),
        ("infeasible.csv", "scenario,item\nnone,budget\n"),
    ];

    fn written(texts: &[(&str, &str)]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        write_row_places(&mut bytes, KEY, &tables(texts)).map(|()| bytes)
    }

    fn opened(bytes: &[u8], key: &str) -> Option<RowPlaces> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        RowPlaces::open(file, key).unwrap()
    }

    #[test]
    fn the_rows_of_a_scenario_are_found_in_each_table() {
        let places = opened(&written(&TEXTS).unwrap(), KEY).unwrap();
        assert_eq!(places.scenarios(), 3);
        assert_eq!(places.tables().collect::<Vec<_>>(), ["options.csv", "scenarios.csv", "infeasible.csv"]);
        let text = |table: &str, scenario: u64| {
            let rows = scenario_rows(&places, table, scenario, &tables(&TEXTS)).unwrap();
            String::from_utf8(rows.unwrap()).unwrap()
        };
        assert_eq!(text("options.csv", 0), "scenario,rank\n'=a,1\n'=a,2\n");
        assert_eq!(text("options.csv", 1), "scenario,rank\n");
        assert_eq!(text("options.csv", 2), "scenario,rank\n\"b \"\"x\"\"\nc\",1\n");
        assert_eq!(text("infeasible.csv", 1), "scenario,item\nnone,budget\n");
        assert_eq!(text("infeasible.csv", 2), "scenario,item\n");
        assert!(
            places.rows("options.csv", 3).unwrap().is_none() && places.rows("x.csv", 0).unwrap().is_none()
        );
    }

    #[test]
    fn what_is_not_whole_or_of_other_results_holds_no_places() {
        let whole = written(&TEXTS).unwrap();
        assert!(opened(&whole, KEY).is_some() && opened(&whole, "l").is_none());
        for length in 0..whole.len() {
            assert!(opened(&whole[..length], KEY).is_none(), "cut off after {length}");
        }
    }

    #[test]
    fn rows_out_of_their_place_are_an_error() {
        let again = "scenario,rank\nb,1\na,1\nb,2\n";
        let unknown = "scenario,rank\nz,1\n";
        for options in [again, unknown] {
            let texts = [("options.csv", options), ("scenarios.csv", "scenario\na\nb\n")];
            let error = written(&texts).unwrap_err().to_string();
            assert!(
                error.contains("options.csv: rows of `") && error.ends_with("not in their place"),
                "{error}"
            );
        }
    }
}
