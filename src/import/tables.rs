//! The tables of the portfolio as CSV.

use std::collections::BTreeMap;

use super::amounts::{AmountTable, Amounts, COSTS};
use super::decimal::Decimal;
use super::links::Link;
use super::projects::Column;
use super::rows::ListedProject;

/// A file of the portfolio: its name and its text.
pub type TextFile = (String, String);

fn csv(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    for row in rows {
        // Memory takes every record.
        let _ = writer.write_record(&row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// projects.csv.
pub fn projects(projects: &[ListedProject], columns: &[Column]) -> TextFile {
    let heads = ["project", "name"].map(str::to_owned).into_iter();
    let heading: Vec<String> = heads.chain(columns.iter().map(|(name, _)| name.clone())).collect();
    let row = |(place, project): (usize, &ListedProject)| {
        let own = [project.id.clone(), project.name.clone()].into_iter();
        own.chain(columns.iter().map(|(_, texts)| texts[place].clone())).collect()
    };
    let rows = projects.iter().enumerate().map(row);
    ("projects.csv".to_owned(), csv([heading].into_iter().chain(rows)))
}

/// A table of amounts; none if there are no amounts other than 0.
pub fn amounts(
    table: AmountTable,
    amounts: &Amounts,
    projects: &[ListedProject],
    horizon: &[String],
) -> Option<TextFile> {
    let payers = amounts.payers.as_deref().filter(|_| table == COSTS);
    let mut heading = vec!["project".to_owned(), table.key.to_owned()];
    heading.extend(payers.map(|_| "payers".to_owned()));
    heading.extend(horizon.iter().cloned());
    let row = |(project, key, by_period): (usize, &str, BTreeMap<&str, Decimal>)| {
        let mut row = vec![projects[project].id.clone(), key.to_owned()];
        row.extend(payers.map(|word| if key.contains(';') { word.to_owned() } else { String::new() }));
        let cell =
            |period: &String| by_period.get(period.as_str()).map_or_else(String::new, Decimal::to_string);
        row.extend(horizon.iter().map(cell));
        row
    };
    let mut rows = amounts.rows().map(row).peekable();
    rows.peek()?;
    let rows: Vec<Vec<String>> = rows.collect();
    Some((format!("{}.csv", table.name), csv([heading].into_iter().chain(rows))))
}

/// lines.csv; none if no line has a name. Lines without amounts are left out.
pub fn lines(costs: &Amounts) -> Option<TextFile> {
    let is_used = |line: &str| costs.rows().any(|(_, key, _)| key.split(';').any(|own| own.trim() == line));
    let named: Vec<Vec<String>> = (costs.line_names.iter())
        .filter(|(line, _)| is_used(line))
        .map(|(line, name)| vec![line.clone(), name.clone()])
        .collect();
    let heading = vec!["line".to_owned(), "name".to_owned()];
    (!named.is_empty()).then(|| ("lines.csv".to_owned(), csv([heading].into_iter().chain(named))))
}

/// objectives.csv with equal weights, and scores.csv; none without scores.
pub fn scores(projects: &[ListedProject], scores: &[(String, Vec<Option<Decimal>>)]) -> Vec<TextFile> {
    if scores.is_empty() {
        return Vec::new();
    }
    let heading = vec!["objective".to_owned(), "weight".to_owned()];
    let objectives = scores.iter().map(|(objective, _)| vec![objective.clone(), "1".to_owned()]);
    let objectives = csv([heading].into_iter().chain(objectives));
    let heading =
        ["project".to_owned()].into_iter().chain(scores.iter().map(|(objective, _)| objective.clone()));
    let row = |(place, project): (usize, &ListedProject)| {
        let score = |(_, own): &(String, Vec<Option<Decimal>>)| {
            own[place].map_or_else(String::new, |own| own.to_string())
        };
        [project.id.clone()].into_iter().chain(scores.iter().map(score)).collect::<Vec<String>>()
    };
    let rows = projects.iter().enumerate().map(row);
    let table = csv([heading.collect()].into_iter().chain(rows));
    vec![("objectives.csv".to_owned(), objectives), ("scores.csv".to_owned(), table)]
}

/// dependencies.csv; none without dependencies.
pub fn dependencies<'a>(links: impl IntoIterator<Item = &'a Link>) -> Option<TextFile> {
    let row = |(project, kind, other): &Link| vec![project.clone(), (*kind).to_owned(), other.clone()];
    let rows: Vec<Vec<String>> = links.into_iter().map(row).collect();
    let heading = vec!["project".to_owned(), "kind".to_owned(), "other".to_owned()];
    (!rows.is_empty()).then(|| ("dependencies.csv".to_owned(), csv([heading].into_iter().chain(rows))))
}

/// reference_classes.csv.
pub fn reference_classes<'a>(cases: impl Iterator<Item = (&'a str, f64)>) -> String {
    let heading = ["class", "ratio"].map(str::to_owned).to_vec();
    csv([heading].into_iter().chain(cases.map(|(class, ratio)| vec![class.to_owned(), ratio.to_string()])))
}
