//! Tables of one round with the projects of another: what both have stays as it was before.

use std::collections::{BTreeMap, BTreeSet};

use super::input::RoundInput;

/// Tables with rows of one project each.
const KEYED: [&str; 9] = [
    "projects",
    "costs",
    "benefits",
    "demands",
    "scores",
    "uncertainty",
    "exposures",
    "impacts",
    "current_plan",
];

/// Tables with rows that name several, with the columns that do.
const LINKS: [(&str, &[&str]); 3] = [
    ("dependencies", &["project", "other"]),
    ("synergies", &["projects"]),
    ("correlations", &["project", "other"]),
];

/// Separator of names in a cell.
const LIST: char = ';';

/// The tables before, without projects that are gone and with the rows of those that are new.
pub fn with_projects_of(before: &RoundInput, after: &RoundInput) -> BTreeMap<String, Vec<u8>> {
    let (had, has) = (before.projects(), after.projects());
    let (kept, new): (BTreeSet<&String>, BTreeSet<&String>) = has.iter().partition(|id| had.contains(*id));
    let mut tables = before.tables.clone();
    let columns = |table: &str| -> Option<&[&str]> {
        let links = LINKS.iter().find(|(name, _)| *name == table).map(|(_, columns)| *columns);
        links.or_else(|| KEYED.contains(&table).then_some(&["project"][..]))
    };
    let names: BTreeSet<&String> = before.tables.keys().chain(after.tables.keys()).collect();
    for name in names {
        let Some(columns) = columns(name) else { continue };
        let (own, other) = (before.rows(name), after.rows(name));
        let Some(headings) = own.first().or(other.first()).cloned() else { continue };
        let is_gone = |id: &str| had.contains(id) && !kept.contains(&id.to_owned());
        let stays = |row: &Vec<String>| !named(&headings, row, columns).iter().any(|id| is_gone(id));
        let mut rows: Vec<Vec<String>> = own.iter().skip(1).filter(|row| stays(row)).cloned().collect();
        let theirs = other.first().cloned().unwrap_or_default();
        let comes = |row: &&Vec<String>| {
            named(&theirs, row, columns).iter().any(|id| new.contains(&(*id).to_owned()))
        };
        rows.extend(other.iter().skip(1).filter(comes).map(|row| rearranged(&theirs, row, &headings)));
        let source = before.tables.get(name).or_else(|| after.tables.get(name));
        let separator = source.map_or(b',', |bytes| separator_of(bytes));
        tables.insert(name.clone(), csv_of(&headings, &rows, separator));
    }
    tables
}

/// The projects that a row names.
fn named<'r>(headings: &[String], row: &'r [String], columns: &[&str]) -> Vec<&'r str> {
    let places = headings.iter().enumerate().filter(|(_, heading)| columns.contains(&heading.as_str()));
    let cells = places.filter_map(|(place, _)| row.get(place));
    cells.flat_map(|cell| cell.split(LIST).map(str::trim)).collect()
}

/// The cells of a row under the headings of another table; blank where it has none.
fn rearranged(from: &[String], row: &[String], to: &[String]) -> Vec<String> {
    let cell = |heading: &String| {
        let place = from.iter().position(|other| other == heading)?;
        row.get(place).cloned()
    };
    to.iter().map(|heading| cell(heading).unwrap_or_default()).collect()
}

/// The separator of a table: that which its first line has more of.
fn separator_of(bytes: &[u8]) -> u8 {
    let line: Vec<u8> = bytes.iter().copied().take_while(|&byte| byte != b'\n').collect();
    let count = |wanted: u8| line.iter().filter(|&&byte| byte == wanted).count();
    if count(b';') > count(b',') { b';' } else { b',' }
}

fn csv_of(headings: &[String], rows: &[Vec<String>], separator: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(separator).from_writer(Vec::new());
    for row in std::iter::once(headings).chain(rows.iter().map(Vec::as_slice)) {
        // Writing to memory does not fail.
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(tables: &[(&str, &str)]) -> RoundInput {
        let tables = tables.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
        RoundInput { tables: tables.collect(), batch: toml::Table::new() }
    }

    #[test]
    fn rows_of_projects_of_both_rounds_stay_as_they_were() {
        let before = round(&[
            ("projects", "project,name\nA,First\nB,Second\n"),
            ("costs", "project;line;2027\nA;capex;1,5\nB;capex;2\n"),
            ("dependencies", "project,kind,other\nA,requires,B\n"),
            ("budgets", "line,2027\ncapex,9\n"),
        ]);
        let after = round(&[
            ("projects", "name,project,area\nFirst,A,x\nThird,C,y\n"),
            ("costs", "project,line,2027\nA,capex,8\nC,capex,4\n"),
            ("dependencies", "project,kind,other\nA,requires,C\n"),
            ("budgets", "line,2027\ncapex,7\n"),
        ]);
        let mixed = with_projects_of(&before, &after);
        let text = |table: &str| String::from_utf8(mixed[table].clone()).unwrap_or_default();
        assert_eq!(text("projects"), "project,name\nA,First\nC,Third\n");
        assert_eq!(text("costs"), "project;line;2027\nA;capex;1,5\nC;capex;4\n");
        assert_eq!(text("dependencies"), "project,kind,other\nA,requires,C\n");
        assert_eq!(text("budgets"), "line,2027\ncapex,9\n");
    }
}
