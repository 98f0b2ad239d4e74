//! Figures from result tables, read row by row: each is sorted by scenario as in the batch.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Write};

use csv::{Reader, StringRecord};
use sha2::{Digest, Sha256};

use crate::ids::from_cell;
use crate::output::run_record::{hex, sha256};

use super::file::write_figures;
use super::record::{
    BaselineFigures, FirstOption, OptionFigures, ScenarioFigures, ScenarioRecord, SpendFigures, TakenProject,
};

pub(super) const SCENARIOS: &str = "scenarios.csv";
const OPTIONS: &str = "options.csv";
const SELECTION: &str = "selection.csv";
pub(super) const SPEND: &str = "spend.csv";
pub(super) const BASELINE: &str = "baseline.csv";

/// The tables that figures are made from.
const FIGURE_TABLES: [&str; 5] = [SCENARIOS, OPTIONS, SELECTION, SPEND, BASELINE];

/// The key of figures: the hashes of the tables that they are made from, as one. `hash` gives that of a table by its
/// name, if the results have it.
pub fn figures_key<'a>(hash: impl Fn(&str) -> Option<&'a str>) -> String {
    let hashes: Vec<&str> = FIGURE_TABLES.iter().map(|table| hash(table).unwrap_or("-")).collect();
    sha256(hashes.join(" ").as_bytes())
}

/// Opens a result table by its name; `None` if the results have none of that name.
pub(super) type Open<'a> = &'a dyn Fn(&str) -> io::Result<Option<File>>;

/// Writes the file of figures of some results from their tables.
///
/// # Errors
/// If a table cannot be read or is not one of ours, or the file cannot be written.
pub fn figures_of_tables(target: impl Write, key: &str, open: Open<'_>) -> io::Result<()> {
    let mut tables = Tables {
        scenarios: Table::open(open, SCENARIOS)?,
        options: Table::open(open, OPTIONS)?,
        selection: Table::open(open, SELECTION)?,
        spend: Table::open(open, SPEND)?,
        baseline: Table::open(open, BASELINE)?,
    };
    write_figures(target, key, std::iter::from_fn(|| tables.next().transpose()))?;
    let Tables { options, selection, spend, baseline, .. } = &mut tables;
    [options, selection, spend, baseline].into_iter().try_for_each(Table::finish)
}

/// The tables, read side by side.
struct Tables {
    scenarios: Table,
    options: Table,
    selection: Table,
    spend: Table,
    baseline: Table,
}

impl Tables {
    /// The next scenario.
    fn next(&mut self) -> io::Result<Option<ScenarioRecord>> {
        if !self.scenarios.advance()? {
            return Ok(None);
        }
        let name = self.scenarios.text("scenario").to_owned();
        let (status, settings) = (self.scenarios.text("status").to_owned(), settings(&self.scenarios));
        let (has_npv, mut options) = (tells_npv(&self.scenarios), Vec::new());
        while self.options.advance_in(&name)? {
            options.push(option(&self.options, has_npv));
        }
        let first = options.iter().find(|option| option.rank == 1).or(options.first());
        let first = first.map(|first| (first.option, first.objective, first.cost));
        let projects = taken(&mut self.selection, &name, first.map(|first| first.0))?;
        let spend = spend(&mut self.spend, &name, first.map(|first| first.0))?;
        let first = first.map(|(option, objective, cost)| FirstOption { option, objective, cost, projects });
        let baseline = baseline(&mut self.baseline, &name, has_npv)?;
        Ok(Some(ScenarioRecord {
            settings,
            scenario: ScenarioFigures { scenario: name, status, first },
            options,
            spend,
            baseline,
        }))
    }
}

/// Hash of the assumptions of a scenario: of its row without its name, what was found for it, and the name of its
/// weights, whose values stand beside.
pub(super) fn settings(row: &Table) -> String {
    const FOUND: [&str; 5] = ["scenario", "status", "objective", "options_found", "weights"];
    let is_setting = |heading: &str| !FOUND.contains(&heading) && !heading.starts_with("scale.");
    let mut hash = Sha256::new();
    for heading in row.places.keys().filter(|heading| is_setting(heading)) {
        let cell = row.text(heading);
        if !cell.is_empty() {
            for text in [heading.as_str(), cell] {
                hash.update((text.len() as u64).to_le_bytes());
                hash.update(text);
            }
        }
    }
    hex(&hash.finalize())
}

/// True if net present values are told: without a kind of benefit that could be scaled, there are no benefits.
pub(super) fn tells_npv(scenarios: &Table) -> bool {
    scenarios.places.keys().any(|heading| heading.starts_with("benefit_scale."))
}

fn option(row: &Table, has_npv: bool) -> OptionFigures {
    let npv = |heading: &str| row.number(heading).filter(|_| has_npv);
    OptionFigures {
        rank: row.count("rank"),
        option: row.count("option"),
        status: row.text("status").to_owned(),
        gap: row.number("gap"),
        projects: row.count("projects"),
        objective: row.number("objective"),
        strategic_value: row.number("strategic_value"),
        cost: row.number("cost"),
        npv: npv("npv"),
        npv_mean: npv("npv_mean"),
        npv_p10: npv("npv_p10"),
        npv_p90: npv("npv_p90"),
        p_over_budget: row.number("p_over_budget"),
        p_over_capacity: row.number("p_over_capacity"),
        p_best: row.number("p_best"),
    }
}

/// The projects of an option of a scenario.
fn taken(selection: &mut Table, scenario: &str, option: Option<usize>) -> io::Result<Vec<TakenProject>> {
    let mut projects = Vec::new();
    while selection.advance_in(scenario)? {
        if selection.is_of(option) {
            let (project, fraction) = (selection.text("project").to_owned(), selection.number("fraction"));
            let name = beside(&project, selection.text("name"));
            projects.push(TakenProject { project, name, fraction: fraction.unwrap_or(1.0) });
        }
    }
    Ok(projects)
}

/// A name, if it says more than the id.
pub(super) fn beside(id: &str, name: &str) -> String {
    if name == id { String::new() } else { name.to_owned() }
}

/// What a cut line funds in a scenario.
pub(super) fn baseline(
    rows: &mut Table,
    scenario: &str,
    has_npv: bool,
) -> io::Result<Option<BaselineFigures>> {
    let is_there = rows.advance_in(scenario)?;
    Ok(is_there.then(|| BaselineFigures {
        option: option(rows, has_npv),
        objective_lost: rows.number("objective_lost"),
        unspent: rows.number("unspent"),
        budget: rows.number("budget"),
    }))
}

/// Spend of an option of a scenario.
pub(super) fn spend(
    rows: &mut Table,
    scenario: &str,
    option: Option<usize>,
) -> io::Result<Vec<SpendFigures>> {
    let mut spend = Vec::new();
    while rows.advance_in(scenario)? {
        if rows.is_of(option) {
            spend.push(SpendFigures {
                line: rows.text("line").to_owned(),
                name: beside(rows.text("line"), rows.text("name")),
                period: rows.text("period").to_owned(),
                plan: rows.number("plan"),
                limit: rows.number("limit"),
                p_over: rows.number("p_over"),
            });
        }
    }
    Ok(spend)
}

/// A result table, read forward.
pub(super) struct Table {
    name: &'static str,
    reader: Option<Reader<File>>,
    places: BTreeMap<String, usize>,
    row: StringRecord,
    /// The row was read and belongs to a scenario that is still to come.
    is_ahead: bool,
}

impl Table {
    /// Opens a table and reads its headings; without a file it has no rows.
    pub fn open(open: Open<'_>, name: &'static str) -> io::Result<Self> {
        let mut reader = open(name)?.map(Reader::from_reader);
        let mut places = BTreeMap::new();
        if let Some(reader) = &mut reader {
            places = reader.headers()?.iter().map(str::to_owned).zip(0..).collect();
        }
        Ok(Self { name, reader, places, row: StringRecord::new(), is_ahead: false })
    }

    /// Goes to the next row, if there is one.
    fn advance(&mut self) -> io::Result<bool> {
        if self.is_ahead {
            self.is_ahead = false;
            return Ok(true);
        }
        self.reader.as_mut().map_or(Ok(false), |reader| Ok(reader.read_record(&mut self.row)?))
    }

    /// Goes to the next row if it is one of this scenario.
    pub fn advance_in(&mut self, scenario: &str) -> io::Result<bool> {
        let is_there = self.advance()?;
        self.is_ahead = is_there && self.text("scenario") != scenario;
        Ok(is_there && !self.is_ahead)
    }

    /// Checks that no row is left over: its scenario would be none of the batch, or out of order.
    pub fn finish(&mut self) -> io::Result<()> {
        if !self.advance()? {
            return Ok(());
        }
        let problem = format!("{}: rows of `{}` are not in their place", self.name, self.text("scenario"));
        Err(io::Error::new(ErrorKind::InvalidData, problem))
    }

    /// The text of a cell, without the mark that keeps spreadsheets from taking it for a formula.
    fn text(&self, heading: &str) -> &str {
        from_cell(self.places.get(heading).and_then(|place| self.row.get(*place)).unwrap_or_default())
    }

    fn number(&self, heading: &str) -> Option<f64> {
        self.text(heading).parse().ok().filter(|number: &f64| number.is_finite())
    }

    fn count(&self, heading: &str) -> usize {
        self.text(heading).parse().unwrap_or_default()
    }

    /// True if the row is of this option; the points of a frontier have names that are no numbers.
    fn is_of(&self, option: Option<usize>) -> bool {
        option.is_some() && self.text("option").parse().ok() == option
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Frontier, FrontierX, Measure, Sense};
    use crate::output::figures::{FiguresFile, figures_of_summary};
    use crate::output::tables::{result_tables, write_csv};
    use crate::output::{BatchSummary, fixture};
    use std::path::Path;

    const KEY: [u8; 64] = [b'a'; 64];

    fn key() -> &'static str {
        std::str::from_utf8(&KEY).unwrap()
    }

    /// Writes the tables of the fixture, with points of a frontier among its selections.
    fn write_tables(folder: &Path) -> BatchSummary {
        let portfolio = fixture::portfolio();
        let cost = FrontierX::Measure(Measure::Cost, Sense::Minimise);
        let asked = Frontier::new(cost, Measure::StrategicValue, Sense::Maximise).unwrap();
        let batch = fixture::batch(&portfolio).with_frontier(asked);
        let result = fixture::result_with_frontier();
        for table in result_tables(&portfolio, &batch, &result).unwrap() {
            write_csv(&mut File::create(folder.join(table.file)).unwrap(), &table.frame).unwrap();
        }
        BatchSummary::new(&portfolio, &batch, &result)
    }

    fn opened(folder: &Path) -> impl Fn(&str) -> io::Result<Option<File>> {
        let folder = folder.to_owned();
        move |name| Ok(File::open(folder.join(name)).ok())
    }

    #[test]
    fn tables_and_summary_give_the_same_figures() {
        let place = tempfile::tempdir().unwrap();
        let summary = write_tables(place.path());
        let (mut from_tables, mut from_summary) = (Vec::new(), Vec::new());
        figures_of_tables(&mut from_tables, key(), &opened(place.path())).unwrap();
        figures_of_summary(&mut from_summary, key(), &summary, &opened(place.path())).unwrap();
        assert_eq!(String::from_utf8_lossy(&from_tables), String::from_utf8_lossy(&from_summary));

        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&from_tables).unwrap();
        let figures = FiguresFile::open(file, key()).unwrap().unwrap();
        let names = (0..figures.scenarios()).map(|position| figures.scenario(position).unwrap().scenario);
        assert_eq!(names.collect::<Vec<_>>(), ["base", "all \"ins\", no outs", "later"]);
        let first = figures.scenario(0).unwrap().first.unwrap();
        let projects: Vec<_> =
            first.projects.iter().map(|one| (one.project.as_str(), one.fraction)).collect();
        assert_eq!((first.option, projects), (2, vec![("A", 1.0), ("C", 0.5)]));
        let spend = figures.spend(0).unwrap();
        assert_eq!((spend.len(), spend[0].line.as_str(), spend[0].plan), (6, "capex", Some(10.05)));
        assert_eq!(figures.options(0).unwrap().iter().map(|one| one.rank).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(figures.scenario(2).unwrap().first, None);
        assert_eq!(figures.funded().unwrap().get("A"), Some(&2));
    }

    #[test]
    fn names_that_begin_as_formulas_do_are_those_of_the_batch() {
        let place = tempfile::tempdir().unwrap();
        let tables = [
            (SCENARIOS, "scenario,status\n'=cut,optimal\n"),
            (OPTIONS, "scenario,rank,option,objective,cost\n'=cut,1,1,-5,-2.5\n"),
            (SELECTION, "scenario,option,project,fraction\n'=cut,1,'-A,1.0\n"),
        ];
        for (name, text) in tables {
            std::fs::write(place.path().join(name), text).unwrap();
        }
        let mut file = tempfile::tempfile().unwrap();
        figures_of_tables(&mut file, key(), &opened(place.path())).unwrap();
        let scenario = FiguresFile::open(file, key()).unwrap().unwrap().scenario(0).unwrap();
        let first = scenario.first.unwrap();
        assert_eq!(
            (scenario.scenario.as_str(), first.objective, first.cost),
            ("=cut", Some(-5.0), Some(-2.5))
        );
        assert_eq!(first.projects[0].project, "-A");
    }

    #[test]
    fn rows_out_of_their_place_are_an_error_and_never_left_out() {
        let place = tempfile::tempdir().unwrap();
        write_tables(place.path());
        let path = place.path().join(SELECTION);
        let text = std::fs::read_to_string(&path).unwrap() + "base,2,A,2027,1.0,2028,A\n";
        std::fs::write(&path, text).unwrap();
        let error = figures_of_tables(io::sink(), key(), &opened(place.path())).unwrap_err();
        assert!(error.to_string().contains("selection.csv: rows of `base`"), "{error}");
    }
}
