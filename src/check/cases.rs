//! The selections in the result tables, scenario by scenario.

use std::collections::{BTreeMap, HashMap};

use crate::domain::{PaymentIx, Portfolio};

use super::compare::{Comparison, Key};
use super::payers;
use super::reading::Reading;
use super::report::Report;
use super::selection::{Chosen, Selection};
use super::sheet::Sheet;

/// An option, or a point of the frontier.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// Its name: `1`, `F1`.
    pub name: String,
    /// Its projects.
    pub selection: Selection,
}

/// Name of the cut line among the selections of a scenario: options have numbers and points `F1`, `F2` ….
const BASELINE: &str = "cut line";

/// A scenario with its options, its points and its cut line.
#[derive(Clone, Debug)]
pub(super) struct ScenarioCase<'a> {
    /// The tables under the scenario.
    pub reading: Reading<'a>,
    /// Its options, by their numbers.
    pub options: Vec<Case>,
    /// The points of its frontier.
    pub points: Vec<Case>,
    /// What its cut line funds; `None` where there is no row about it.
    pub baseline: Option<Case>,
}

impl ScenarioCase<'_> {
    /// The name of the scenario.
    pub fn name(&self) -> &str {
        self.reading.scenario.name.as_str()
    }

    /// The key of a row about one of its options.
    pub fn key(&self, option: &Case, more: &[&str]) -> Key {
        [self.name(), option.name.as_str()].iter().chain(more).map(|&cell| cell.to_owned()).collect()
    }
}

/// Gathers what was chosen in each option and point: there are as many of a scenario as its rows in options.csv and
/// frontier.csv say.
pub(super) fn gather<'a>(
    readings: Vec<Reading<'a>>,
    sheets: &BTreeMap<&str, Sheet>,
    report: &mut Report,
) -> Vec<ScenarioCase<'a>> {
    let rows_of = |file: &str, scenario: &str| {
        let sheet = sheets.get(file);
        sheet.map_or(0, |sheet| {
            (0..sheet.height()).filter(|&row| sheet.cell(row, "scenario") == scenario).count()
        })
    };
    let names = |reading: &Reading<'_>| -> (Vec<String>, Vec<String>) {
        let scenario = reading.scenario.name.as_str();
        let options = (1..=rows_of("options.csv", scenario)).map(|number| number.to_string());
        let points = (1..=rows_of("frontier.csv", scenario)).map(|number| format!("F{number}"));
        (options.collect(), points.collect())
    };
    let has_baseline = |reading: &Reading<'_>| rows_of("baseline.csv", reading.scenario.name.as_str()) > 0;
    let names: Vec<(Vec<String>, Vec<String>)> = readings.iter().map(names).collect();
    let mut chosen: HashMap<(String, String), Vec<Chosen>> = HashMap::new();
    for (reading, (options, points)) in readings.iter().zip(&names) {
        let baseline = has_baseline(reading).then(|| BASELINE.to_owned());
        for name in options.iter().chain(points).chain(&baseline) {
            chosen.insert((reading.scenario.name.to_string(), name.clone()), Vec::new());
        }
    }
    if let (Some(sheet), Some(reading)) = (sheets.get("selection.csv"), readings.first()) {
        let table = Comparison::new("selection.csv", sheet, &["scenario", "option", "project"]);
        read_selections(table, reading.portfolio, &mut chosen, report);
    }
    if let (Some(sheet), Some(reading)) = (sheets.get("baseline_selection.csv"), readings.first()) {
        let table = Comparison::new("baseline_selection.csv", sheet, &["scenario", "project"]);
        read_selections(table, reading.portfolio, &mut chosen, report);
    }
    let paid = sheets.get("funding.csv").map(payers::read).unwrap_or_default();
    let mut taken = |reading: &Reading<'_>, name: String| {
        let mut own = chosen.remove(&(reading.scenario.name.to_string(), name.clone()))?;
        for one in &mut own {
            one.payment = payers::payment(reading, &name, *one, &paid);
        }
        let mut selection = Selection::new(own);
        selection.moved = payers::moved(reading, &name, &selection, &paid);
        Some(Case { name, selection })
    };
    let cases = readings.into_iter().zip(names).map(|(reading, (options, points))| {
        let options = options.into_iter().filter_map(|name| taken(&reading, name)).collect();
        let points = points.into_iter().filter_map(|name| taken(&reading, name)).collect();
        let baseline = taken(&reading, BASELINE.to_owned());
        ScenarioCase { reading, options, points, baseline }
    });
    cases.collect()
}

/// Reads a table of chosen projects. What is chosen is the answer itself: each cell must be one that is possible.
fn read_selections(
    mut table: Comparison<'_>,
    portfolio: &Portfolio,
    chosen: &mut HashMap<(String, String), Vec<Chosen>>,
    report: &mut Report,
) {
    let sheet = table.sheet();
    let has_option = sheet.has("option");
    for row in 0..sheet.height() {
        let option = if has_option { sheet.cell(row, "option") } else { BASELINE };
        let option = (sheet.cell(row, "scenario").to_owned(), option.to_owned());
        let Some(own) = chosen.get_mut(&option) else {
            match has_option {
                true => table.refuse(row, "option", "an option or a point that there is"),
                false => table.refuse(row, "scenario", "a scenario that baseline.csv has"),
            }
            continue;
        };
        let Some(project) = portfolio.project_position(sheet.cell(row, "project")) else {
            table.refuse(row, "project", "a project of the portfolio");
            continue;
        };
        if own.iter().any(|one| one.project == project) {
            table.refuse(row, "project", "each project once");
            continue;
        }
        let start = portfolio.horizon().position(sheet.cell(row, "start"));
        let Some(start) = start.filter(|&start| start >= portfolio.projects()[project].start) else {
            table.refuse(row, "start", "a period in which the project may start");
            continue;
        };
        let share = sheet.cell(row, "fraction").parse().ok();
        let Some(share) = share.filter(|share: &f64| (0.0..=1.0).contains(share)) else {
            table.refuse(row, "fraction", "a share from 0 to 1");
            continue;
        };
        own.push(Chosen { project, start, share, payment: PaymentIx::default() });
        table.has_compared(row, "start");
        table.has_compared(row, "fraction");
        if sheet.has("name") {
            table.text(row, "name", &portfolio.projects()[project].name);
        }
    }
    table.count_keys();
    table.finish(report);
}
