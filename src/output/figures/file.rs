//! The file of figures: lines of JSON, and behind them the place of each line.
//!
//! A heading of fixed length; per scenario four lines (in short, options, spend, cut line); a line that counts the
//! projects; a line of all scenarios by what they are; then binary, in little-endian 64-bit numbers: the start of each
//! line and the end of the last, the number of scenarios, a mark.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record::{
    BaselineFigures, KnownScenario, OptionFigures, ScenarioFigures, ScenarioRecord, SpendFigures,
};

/// The last bytes of a whole file of this form.
const MARK: [u8; 8] = *b"cutfig 2";
/// Length of a key: a SHA-256 hash in hexadecimal digits.
const KEY: usize = 64;
/// Lines per scenario.
const LINES: u64 = 4;
/// Bytes of a place.
const PLACE: u64 = 8;

/// A file of figures, open for reading.
#[derive(Debug)]
pub struct FiguresFile {
    file: File,
    scenarios: u64,
    /// Where the places of the lines begin.
    places: u64,
}

impl FiguresFile {
    /// Opens a file of figures; `None` if it has another form, is not whole, or was made from results of another key.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn open(mut file: File, key: &str) -> io::Result<Option<Self>> {
        let length = file.seek(SeekFrom::End(0))?;
        let tail = PLACE + MARK.len() as u64;
        if length < KEY as u64 + 1 + tail {
            return Ok(None);
        }
        let mut found = [0; KEY];
        file.seek(SeekFrom::Start(0))?;
        file.read_exact(&mut found)?;
        file.seek(SeekFrom::Start(length - tail))?;
        let scenarios = read_place(&mut file)?;
        let mut mark = [0; MARK.len()];
        file.read_exact(&mut mark)?;
        // The lines of the scenarios, the two behind them, and the end.
        let lines = scenarios.checked_mul(LINES).and_then(|lines| lines.checked_add(3));
        let places = lines.and_then(|lines| lines.checked_mul(PLACE));
        let places = places.and_then(|bytes| (length - tail).checked_sub(bytes));
        let is_ours = mark == MARK && found == key.as_bytes();
        Ok(places.filter(|_| is_ours).map(|places| Self { file, scenarios, places }))
    }

    /// Number of scenarios.
    pub fn scenarios(&self) -> u64 {
        self.scenarios
    }

    /// The scenario at a position of the batch, in short.
    ///
    /// # Errors
    /// If it cannot be read, or there is none.
    pub fn scenario(&self, position: u64) -> io::Result<ScenarioFigures> {
        self.line(position, 0)
    }

    /// The options of the scenario at a position, by rank.
    ///
    /// # Errors
    /// If they cannot be read, or there is no such scenario.
    pub fn options(&self, position: u64) -> io::Result<Vec<OptionFigures>> {
        self.line(position, 1)
    }

    /// Spend of the first-ranked option of the scenario at a position.
    ///
    /// # Errors
    /// If it cannot be read, or there is no such scenario.
    pub fn spend(&self, position: u64) -> io::Result<Vec<SpendFigures>> {
        self.line(position, 2)
    }

    /// What a cut line funds in the scenario at a position; `None` where there is none.
    ///
    /// # Errors
    /// If it cannot be read, or there is no such scenario.
    pub fn baseline(&self, position: u64) -> io::Result<Option<BaselineFigures>> {
        self.line(position, 3)
    }

    /// The number of scenarios whose first-ranked option funds a project, by the project's id; none is left out but 0.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn funded(&self) -> io::Result<BTreeMap<String, usize>> {
        self.read(self.scenarios * LINES)
    }

    /// All scenarios by what they are, in the order of the batch.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn known(&self) -> io::Result<Vec<KnownScenario>> {
        self.read(self.scenarios * LINES + 1)
    }

    fn line<T: DeserializeOwned>(&self, position: u64, line: u64) -> io::Result<T> {
        if position >= self.scenarios {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no scenario {position}")));
        }
        self.read(position * LINES + line)
    }

    fn read<T: DeserializeOwned>(&self, line: u64) -> io::Result<T> {
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.places + line * PLACE))?;
        let (start, end) = (read_place(&mut file)?, read_place(&mut file)?);
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a file of figures is damaged");
        let length = end.checked_sub(start).filter(|_| end <= self.places).ok_or_else(damaged)?;
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| damaged())?];
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut bytes)?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}

fn read_place(file: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; PLACE as usize];
    file.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

/// Writer that knows the place of each line.
struct Lines<W> {
    target: W,
    at: u64,
    places: Vec<u64>,
}

impl<W: Write> Lines<W> {
    fn add(&mut self, record: &impl Serialize) -> io::Result<()> {
        self.places.push(self.at);
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        self.at += line.len() as u64;
        self.target.write_all(&line)
    }
}

/// Writes a file of figures, one scenario at a time; `key` names the results that it is made from.
pub(super) fn write_figures(
    target: impl Write,
    key: &str,
    scenarios: impl Iterator<Item = io::Result<ScenarioRecord>>,
) -> io::Result<()> {
    if key.len() != KEY {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the key of results is no SHA-256 hash"));
    }
    let mut lines = Lines { target: BufWriter::new(target), at: KEY as u64 + 1, places: Vec::new() };
    writeln!(lines.target, "{key}")?;
    let (mut known, mut funded) = (Vec::new(), BTreeMap::<String, usize>::new());
    for record in scenarios {
        let ScenarioRecord { settings, scenario, options, spend, baseline } = record?;
        lines.add(&scenario)?;
        lines.add(&options)?;
        lines.add(&spend)?;
        lines.add(&baseline)?;
        for taken in scenario.first.into_iter().flat_map(|first| first.projects) {
            *funded.entry(taken.project).or_default() += 1;
        }
        known.push(KnownScenario { name: scenario.scenario, settings });
    }
    lines.add(&funded)?;
    lines.add(&known)?;
    let count = known.len() as u64;
    let Lines { mut target, at, places } = lines;
    for place in places.into_iter().chain([at, count]) {
        target.write_all(&place.to_le_bytes())?;
    }
    target.write_all(&MARK)?;
    target.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::figures::record::{FirstOption, TakenProject};

    fn record(name: &str, projects: &[&str]) -> ScenarioRecord {
        let taken = |project: &&str| TakenProject {
            project: (*project).to_owned(),
            name: String::new(),
            fraction: 0.5,
        };
        let projects = projects.iter().map(taken).collect();
        let first = FirstOption { option: 3, objective: Some(1.5), cost: None, projects };
        let scenario = ScenarioFigures {
            scenario: name.to_owned(),
            status: "optimal".to_owned(),
            first: (name != "none").then_some(first),
        };
        let settings = "s".to_owned();
        ScenarioRecord { settings, scenario, options: Vec::new(), spend: Vec::new(), baseline: None }
    }

    fn written(records: &[ScenarioRecord], key: &str) -> File {
        let mut file = tempfile::tempfile().unwrap();
        write_figures(&mut file, key, records.iter().cloned().map(Ok)).unwrap();
        file
    }

    #[test]
    fn each_scenario_is_found_by_its_position() {
        let key = "k".repeat(KEY);
        let records = [record("a \"b\"\n", &["A", "B"]), record("none", &[]), record("c", &["B"])];
        let figures = FiguresFile::open(written(&records, &key), &key).unwrap().unwrap();
        assert_eq!(figures.scenarios(), 3);
        for (position, record) in (0..).zip(&records) {
            assert_eq!(figures.scenario(position).unwrap(), record.scenario);
            assert_eq!(figures.options(position).unwrap(), record.options);
        }
        assert!(figures.scenario(3).is_err());
        let known: Vec<String> = figures.known().unwrap().into_iter().map(|one| one.name).collect();
        assert_eq!(known, ["a \"b\"\n", "none", "c"]);
        assert_eq!(figures.funded().unwrap(), BTreeMap::from([("A".to_owned(), 1), ("B".to_owned(), 2)]));
    }

    #[test]
    fn what_is_not_whole_or_of_other_results_is_no_file_of_figures() {
        let key = "k".repeat(KEY);
        let mut whole = Vec::new();
        write_figures(&mut whole, &key, [Ok(record("a", &["A"]))].into_iter()).unwrap();
        let opened = |bytes: &[u8], key: &str| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            FiguresFile::open(file, key).unwrap()
        };
        assert!(opened(&whole, &key).is_some() && opened(&whole, &"l".repeat(KEY)).is_none());
        for length in 0..whole.len() {
            assert!(opened(&whole[..length], &key).is_none(), "cut off after {length}");
        }
    }
}
