//! The sections `[project]`, `[status]`, `[attribute]`, `[scores]` and `[dependencies]`.

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::input::batch::document::{Entry, Section};
use crate::input::schema::{MAP_ATTRIBUTE, MAP_DEPENDENCIES, MAP_PROJECT, MAP_SCORE, TableSchema};
use crate::input::words::map::{LISTED_STATUS, ListedStatus, UNKNOWN_PROJECTS};

use super::values::{Said, factor_of, section, text, text_of, texts_of, word_of};

/// Columns of projects.csv.
#[derive(Clone, Debug, Default)]
pub struct ProjectMap {
    /// The whole section, for faults.
    pub source: SourceRef,
    /// The id; `None`: ids are made from names.
    pub id: Option<Said<String>>,
    /// The name.
    pub name: Option<Said<String>>,
    /// The status.
    pub status: Option<Said<String>>,
    /// Meanings of the words of the status.
    pub words: Vec<(String, ListedStatus)>,
    /// The start.
    pub start: Option<Said<String>>,
    /// Further columns of projects.csv, with their headings in the list.
    pub others: Vec<(&'static str, Said<String>)>,
}

/// An attribute.
#[derive(Clone, Debug)]
pub struct AttributeMap {
    /// Its name.
    pub name: String,
    /// Its heading in the list.
    pub column: Said<String>,
    /// True if it is read as a number.
    pub is_number: bool,
}

/// Scores of an objective.
#[derive(Clone, Debug)]
pub struct ScoreMap {
    /// The objective.
    pub objective: String,
    /// Its heading in the list.
    pub column: Said<String>,
    /// Scores of words.
    pub values: Vec<(String, f64)>,
    /// Factor on scores that are numbers.
    pub scale: f64,
}

/// A column that names other projects.
#[derive(Clone, Debug)]
pub struct LinkColumn {
    /// The key: `requires`, `required_by`, `after`, `excludes`, `together`.
    pub kind: &'static str,
    /// Its heading.
    pub column: Said<String>,
}

/// Columns that name other projects.
#[derive(Clone, Debug, Default)]
pub struct DependencyMap {
    /// The columns.
    pub columns: Vec<LinkColumn>,
    /// Names that are no project of the list are left.
    pub leaves_unknown: bool,
}

const OTHERS: [&str; 6] =
    ["max_delay", "alternatives", "min_fraction", "success_probability", "latest", "value_decay"];
const KINDS: [&str; 5] = ["requires", "required_by", "after", "excludes", "together"];

/// Reads `[project]` and `[status]`.
pub(super) fn read(root: &Section<'_>, found: &mut Diagnostics) -> ProjectMap {
    let words = section(root, "status", found).map(|own| statuses(&own, found)).unwrap_or_default();
    let Some(own) = section(root, "project", found) else {
        let help = "write [project] with `id`, or `name`, and the heading of the column";
        // The document as a whole is the place.
        found.push(Diagnostic::fault(
            root.place.source(),
            "does not say which column names the projects",
            help,
        ));
        return ProjectMap::default();
    };
    own.check_against(&MAP_PROJECT, found);
    let others = OTHERS.iter().filter_map(|&key| Some((key, text_of(&own, key, found)?)));
    let others = others.collect();
    let map = ProjectMap {
        source: own.place.source(),
        id: text_of(&own, "id", found),
        name: text_of(&own, "name", found),
        status: text_of(&own, "status", found),
        words,
        start: text_of(&own, "start", found),
        others,
    };
    if own.get("id").is_none() && own.get("name").is_none() {
        let help = "add id = \"Heading\", or name = \"Heading\", from which ids are made";
        found.push(Diagnostic::fault(
            own.place.source(),
            "does not say which column names the projects",
            help,
        ));
    }
    if let (Some(entry), None) = (root.get("status"), own.get("status")) {
        let help = "add status = \"Heading\" to [project], or remove the section";
        found.push(Diagnostic::fault(entry.source(), "translates a column that is not named", help));
    }
    map
}

fn statuses(own: &Section<'_>, found: &mut Diagnostics) -> Vec<(String, ListedStatus)> {
    let one = |(word, entry): (&str, Entry<'_>)| {
        text(&entry, found)?;
        Some((super::layout::one_line(word), entry.word(&LISTED_STATUS, found)?))
    };
    own.entries().filter_map(one).collect()
}

/// Reads `[attribute]`.
pub(super) fn read_attributes(root: &Section<'_>, found: &mut Diagnostics) -> Vec<AttributeMap> {
    let Some(own) = section(root, "attribute", found) else { return Vec::new() };
    let reserved = |name: &str| {
        TableSchema::find("projects").is_some_and(|schema| schema.headings().any(|heading| heading == name))
    };
    let mut attributes = Vec::new();
    for (name, entry) in own.entries() {
        if reserved(name) {
            let help = format!("write it into [project], or give the attribute another name than `{name}`");
            found.push(Diagnostic::fault(
                entry.source(),
                "is a column of projects.csv and no attribute",
                help,
            ));
            continue;
        }
        let is_table = entry.is_table();
        let (column, is_number) = if is_table {
            let Some(table) = entry.table("", found) else { continue };
            table.check_against(&MAP_ATTRIBUTE, found);
            let is_number = table.get("number").and_then(|entry| entry.flag(found)).unwrap_or(false);
            (needed_column(&table, found), is_number)
        } else {
            (text(&entry, found), false)
        };
        attributes.extend(column.map(|column| AttributeMap {
            name: name.trim().to_owned(),
            column,
            is_number,
        }));
    }
    attributes
}

/// The column that a section names.
fn needed_column(table: &Section<'_>, found: &mut Diagnostics) -> Option<Said<String>> {
    if table.get("column").is_none() {
        found.extend(table.missing("column", "write the heading of the column"));
    }
    text_of(table, "column", found)
}

/// Reads `[scores]`.
pub(super) fn read_scores(root: &Section<'_>, found: &mut Diagnostics) -> Vec<ScoreMap> {
    let Some(own) = section(root, "scores", found) else { return Vec::new() };
    let score = |(objective, entry): (&str, Entry<'_>)| {
        let objective = objective.trim().to_owned();
        if !entry.is_table() {
            let column = text(&entry, found)?;
            return Some(ScoreMap { objective, column, values: Vec::new(), scale: 1.0 });
        }
        let table = entry.table("", found)?;
        table.check_against(&MAP_SCORE, found);
        let values = values(&table, found);
        let scale = factor_of(&table, "scale", found).unwrap_or(1.0);
        Some(ScoreMap { objective, column: needed_column(&table, found)?, values, scale })
    };
    own.entries().filter_map(score).collect()
}

fn values(table: &Section<'_>, found: &mut Diagnostics) -> Vec<(String, f64)> {
    let expected = "values = { High = 3, Medium = 2, Low = 1 }";
    let Some(values) = table.get("values").and_then(|entry| entry.table(expected, found)) else {
        return Vec::new();
    };
    let one = |(word, entry): (&str, Entry<'_>)| {
        let score = entry.number("a number", |_| true, found)?;
        Some((super::layout::one_line(word), score))
    };
    values.entries().filter_map(one).collect()
}

/// Reads `[dependencies]`.
pub(super) fn read_dependencies(root: &Section<'_>, found: &mut Diagnostics) -> DependencyMap {
    let Some(own) = section(root, "dependencies", found) else { return DependencyMap::default() };
    own.check_against(&MAP_DEPENDENCIES, found);
    let mut columns = Vec::new();
    for kind in KINDS {
        let named = texts_of(&own, kind, found);
        columns.extend(named.into_iter().map(|column| LinkColumn { kind, column }));
    }
    let leaves_unknown = word_of(&own, "unknown", &UNKNOWN_PROJECTS, found).unwrap_or(false);
    DependencyMap { columns, leaves_unknown }
}
