//! The results that workbook and report are made from: the result tables as they were written, so that both tell the same
//! however they came about, and no figure of them differs from theirs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use csv::{Reader, StringRecord};

use crate::domain::{Batch, Goal, Measure, Percentile, Portfolio};
use crate::ids::{as_cell, from_cell};
use crate::output::error::OutputError;
use crate::output::run_record::InputRecord;

/// The line of spend.csv that stands for all lines together.
pub const ALL_LINES: &str = "*";

/// Facts about a run that its workbook and its report tell.
#[derive(Clone, Copy)]
pub struct Provenance<'a> {
    /// Name and version of the solver.
    pub solver: &'a str,
    /// The files that were read.
    pub inputs: &'a [InputRecord],
    /// Warnings.
    pub warnings: &'a [String],
    /// The reasons why not all that was asked for was done; `None` if it was.
    pub incomplete: Option<&'a [String]>,
}

/// A result table, or the rows of it that matter.
#[derive(Debug, Default)]
pub struct Table {
    headings: Vec<String>,
    places: BTreeMap<String, usize>,
    rows: Vec<StringRecord>,
}

/// A row of a result table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'t> {
    places: &'t BTreeMap<String, usize>,
    cells: &'t StringRecord,
}

impl<'t> Row<'t> {
    /// The text of a cell; none where the table lacks the column.
    pub fn text(&self, heading: &str) -> &'t str {
        from_cell(self.places.get(heading).and_then(|&place| self.cells.get(place)).unwrap_or_default())
    }

    /// The text of the cell at a place, from 0; none where there is none.
    pub fn at(&self, place: usize) -> &'t str {
        from_cell(self.cells.get(place).unwrap_or_default())
    }

    /// The line of the file that the row begins on, from 1.
    pub fn line(&self) -> u64 {
        self.cells.position().map_or(0, csv::Position::line)
    }

    /// The headings of its table, by name.
    pub fn headings(&self) -> impl Iterator<Item = &'t str> {
        self.places.keys().map(String::as_str)
    }

    /// The number in a cell.
    pub fn number(&self, heading: &str) -> Option<f64> {
        self.text(heading).parse().ok().filter(|number: &f64| number.is_finite())
    }
}

/// True for columns of net present values, which say nothing where there are no benefits.
pub fn is_npv(heading: &str) -> bool {
    heading == "npv" || heading.starts_with("npv_") || heading.ends_with("_npv") || heading == "p_loss"
}

/// A result table that is read row by row, so that none of it stays in memory.
pub struct TableReader<R = File> {
    path: PathBuf,
    reader: Reader<R>,
    headings: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl TableReader {
    /// Opens a table; `None` if there is no such file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn open(folder: &Path, file: &str) -> Result<Option<Self>, OutputError> {
        let path = folder.join(file);
        if !path.exists() {
            return Ok(None);
        }
        let source = File::open(&path).map_err(OutputError::io(&path))?;
        Self::of(path, source).map(Some)
    }
}

impl<R: Read> TableReader<R> {
    /// Reads a table from its text; `path` names it.
    ///
    /// # Errors
    /// If its headings cannot be read.
    pub fn of(path: PathBuf, source: R) -> Result<Self, OutputError> {
        let mut reader = Reader::from_reader(source);
        let headings = reader.headers().map_err(|cause| OutputError::unreadable(&path, cause))?;
        let headings: Vec<String> = headings.iter().map(str::to_owned).collect();
        let places = headings.iter().cloned().zip(0..).collect();
        Ok(Self { path, reader, headings, places })
    }

    /// Its headings.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// Visits its rows in their order.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn each(mut self, mut visit: impl FnMut(Row<'_>)) -> Result<(), OutputError> {
        let mut cells = StringRecord::new();
        let damaged = |cause| OutputError::unreadable(&self.path, cause);
        while self.reader.read_record(&mut cells).map_err(damaged)? {
            visit(Row { places: &self.places, cells: &cells });
        }
        Ok(())
    }
}

impl Table {
    /// The same without net present values, which say nothing where there are no benefits.
    fn without_npv(mut self) -> Self {
        self.places.retain(|heading, _| !is_npv(heading));
        self
    }

    /// Reads the rows of a table that are kept; without a file there are none.
    fn read(folder: &Path, file: &str, keeps: impl Fn(Row<'_>) -> bool) -> Result<Self, OutputError> {
        let reader = TableReader::open(folder, file)?;
        reader.map_or_else(|| Ok(Self::default()), |reader| Self::kept(reader, keeps))
    }

    /// The same of a table that is in memory.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn of_text(path: &Path, text: &[u8], keeps: impl Fn(Row<'_>) -> bool) -> Result<Self, OutputError> {
        Self::kept(TableReader::of(path.to_owned(), text)?, keeps)
    }

    fn kept(reader: TableReader<impl Read>, keeps: impl Fn(Row<'_>) -> bool) -> Result<Self, OutputError> {
        let (headings, places) = (reader.headings.clone(), reader.places.clone());
        let mut rows = Vec::new();
        reader.each(|row| {
            if keeps(row) {
                rows.push(row.cells.clone());
            }
        })?;
        Ok(Self { headings, places, rows })
    }

    /// The same with the texts of a column in another form; as it is where it lacks the column.
    pub fn with_texts(&self, heading: &str, form: impl Fn(&str) -> String) -> Self {
        let column = self.places.get(heading).copied();
        let told = |(place, cell): (usize, &str)| {
            if Some(place) == column { as_cell(&form(from_cell(cell))).into_owned() } else { cell.to_owned() }
        };
        let rows = self.rows.iter().map(|cells| cells.iter().enumerate().map(told).collect()).collect();
        Self { headings: self.headings.clone(), places: self.places.clone(), rows }
    }

    /// Its headings.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// Its rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> + Clone {
        self.rows.iter().map(|cells| Row { places: &self.places, cells })
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Its rows by scenario, in their order.
    pub fn by_scenario(&self) -> BTreeMap<&str, Vec<Row<'_>>> {
        let mut found: BTreeMap<&str, Vec<Row<'_>>> = BTreeMap::new();
        for row in self.rows() {
            found.entry(row.text("scenario")).or_default().push(row);
        }
        found
    }
}

/// A batch and its results.
pub struct Results<'a> {
    /// The portfolio.
    pub portfolio: &'a Portfolio,
    /// The batch, resolved against it.
    pub batch: &'a Batch,
    /// Facts about the run.
    pub provenance: Provenance<'a>,
    /// scenarios.csv.
    pub scenarios: Table,
    /// options.csv.
    pub options: Table,
    /// selection.csv, of the options that are ranked first.
    pub selection: Table,
    /// spend.csv, of the same.
    pub spend: Table,
    /// contingency.csv, of the same.
    pub contingency: Table,
    /// capacity.csv, of the same.
    pub capacity: Table,
    /// objectives.csv, of the same.
    pub objectives: Table,
    /// key_results.csv, of the same.
    pub key_results: Table,
    /// contributions.csv, of the same.
    pub contributions: Table,
    /// attribution.csv, of the same.
    pub attribution: Table,
    /// information.csv.
    pub information: Table,
    /// weights.csv.
    pub weights: Table,
    /// groups.csv, of the same.
    pub groups: Table,
    /// decisions.csv.
    pub decisions: Table,
    /// business_cases.csv.
    pub cases: Table,
    /// baseline.csv.
    pub baseline: Table,
    /// frontier.csv.
    pub frontier: Table,
    /// room.csv.
    pub room: Table,
    /// confidence.csv: of the option that is ranked first.
    pub confidence: Table,
    /// in_sample.csv: of the option that is ranked first.
    pub in_sample: Table,
    /// priorities.csv.
    pub priorities: Table,
    /// robustness.csv.
    pub robustness: Table,
    /// regret_by_option.csv.
    pub regrets: Table,
    /// core_index.csv.
    pub core_index: Table,
    /// weight_ranges.csv.
    pub weight_ranges: Table,
}

impl<'a> Results<'a> {
    /// Reads the tables in a folder.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn read(
        folder: &Path,
        (portfolio, batch): (&'a Portfolio, &'a Batch),
        provenance: Provenance<'a>,
    ) -> Result<Self, OutputError> {
        let all = |file: &str| Table::read(folder, file, |_| true);
        let told = |table: Table| if portfolio.has_benefits() { table } else { table.without_npv() };
        let options = told(all("options.csv")?);
        let ranked_first = options.rows().filter(|row| row.text("rank") == "1");
        let first: BTreeMap<&str, &str> =
            ranked_first.map(|row| (row.text("scenario"), row.text("option"))).collect();
        let is_first = |row: Row<'_>| first.get(row.text("scenario")) == Some(&row.text("option"));
        let of_first = |file: &str| Table::read(folder, file, is_first);
        Ok(Self {
            portfolio,
            batch,
            provenance,
            scenarios: all("scenarios.csv")?,
            selection: of_first("selection.csv")?,
            spend: of_first("spend.csv")?,
            contingency: of_first("contingency.csv")?,
            capacity: of_first("capacity.csv")?,
            objectives: of_first("objectives.csv")?,
            key_results: of_first("key_results.csv")?,
            contributions: of_first("contributions.csv")?,
            attribution: told(of_first("attribution.csv")?),
            information: all("information.csv")?,
            weights: all("weights.csv")?,
            groups: told(of_first("groups.csv")?),
            decisions: all("decisions.csv")?,
            cases: all("business_cases.csv")?,
            baseline: told(all("baseline.csv")?),
            frontier: all("frontier.csv")?,
            room: all("room.csv")?,
            confidence: of_first("confidence.csv")?,
            in_sample: of_first("in_sample.csv")?,
            priorities: all("priorities.csv")?,
            robustness: all("robustness.csv")?,
            regrets: all("regret_by_option.csv")?,
            core_index: all("core_index.csv")?,
            weight_ranges: all("weight_ranges.csv")?,
            options,
        })
    }

    /// The option of each scenario that is ranked first.
    pub fn first(&self) -> BTreeMap<&str, Row<'_>> {
        self.ranked("1")
    }

    /// The option of each scenario that has this rank.
    pub fn ranked(&self, rank: &str) -> BTreeMap<&str, Row<'_>> {
        let ranked = self.options.rows().filter(|row| row.text("rank") == rank);
        ranked.map(|row| (row.text("scenario"), row)).collect()
    }

    /// All percentiles that are told, in their order.
    pub fn percentiles(&self) -> Vec<Percentile> {
        let mut all = Percentile::USUAL.to_vec();
        all.extend(&self.batch.simulation().percentiles);
        all.sort();
        all
    }

    /// True if the objective of a scenario is an amount of money.
    pub fn has_money_objective(&self, scenario: &str) -> bool {
        let found = self.batch.scenarios().iter().find(|own| own.name.as_str() == scenario);
        found.is_some_and(|own| matches!(own.goal, Goal::Single { measure, .. } if measure.is_money()))
    }

    /// True if a measure, given its name, is an amount of money.
    pub fn is_money(&self, measure: &str) -> bool {
        Measure::named(measure, self.portfolio).is_some_and(Measure::is_money)
    }

    /// The name of a project, given its id.
    pub fn name_of(&self, id: &str) -> &str {
        let position = self.portfolio.project_position(id);
        position.map_or("", |position| &self.portfolio.projects()[position].name)
    }
}
