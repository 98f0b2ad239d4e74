//! The section `[report]`.

use crate::diagnostic::{Diagnostics, suggest};
use crate::domain::{Attribute, GroupLevel, Grouping, Portfolio};
use crate::input::schema::REPORT;

use super::document::{Entry, Section};

/// Groupings of budget lines.
const OF_LINES: [(&str, GroupLevel); 2] =
    [("line.group", GroupLevel::LineGroup), ("line.kind", GroupLevel::LineKind)];

/// Separator of the attributes of a path.
const SEPARATOR: char = '/';

/// Most groupings of a batch: more make no report.
const MOST: usize = 50;

/// What the section asks for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Groupings by which options are summed up.
    pub(super) groupings: Vec<Grouping>,
    /// True if the intervals of weights are to be found over which option 1 stays the best.
    pub(super) weight_ranges: bool,
}

/// Reads the section.
pub(super) fn read(root: &Section<'_>, portfolio: Option<&Portfolio>, found: &mut Diagnostics) -> Asked {
    let section =
        root.get("report").and_then(|entry| entry.table("a section that begins with [report]", found));
    let Some(section) = section else { return Asked::default() };
    section.check_against(&REPORT, found);
    let weight_ranges = section.get("weight_ranges").and_then(|entry| entry.flag(found));
    let groupings = groupings(&section, portfolio, found);
    Asked { groupings, weight_ranges: weight_ranges.unwrap_or_default() }
}

/// Reads the groupings: one grouping per level of each path, each once.
fn groupings(section: &Section<'_>, portfolio: Option<&Portfolio>, found: &mut Diagnostics) -> Vec<Grouping> {
    let Some(asked) = section.get("group_by") else { return Vec::new() };
    let expected = "a list of attributes and paths, such as [\"portfolio/program\", \"category\"]";
    let listed = asked.list(expected, found).unwrap_or_default();
    if listed.len() > MOST {
        found.push(asked.fault(format!("lists {} groupings", listed.len()), format!("list {MOST} at most")));
        return Vec::new();
    }
    let mut groupings: Vec<Grouping> = Vec::new();
    let mut texts: Vec<&str> = Vec::new();
    for entry in &listed {
        let Some(text) = entry.text(found) else { continue };
        if texts.contains(&text) {
            found.push(entry.fault("is listed twice", "name each grouping once"));
            continue;
        }
        texts.push(text);
        let Some(portfolio) = portfolio else { continue };
        for grouping in path(text, entry, portfolio, found) {
            if !groupings.iter().any(|other| other.name() == grouping.name()) {
                groupings.push(grouping);
            }
        }
    }
    groupings
}

/// The groupings of a path: by its first attribute, by its first two, and so on. None after a fault, which has been
/// reported.
fn path(text: &str, entry: &Entry<'_>, portfolio: &Portfolio, found: &mut Diagnostics) -> Vec<Grouping> {
    let parts = parts(text, portfolio);
    let mut levels = Vec::new();
    for part in &parts {
        match level(part, entry, portfolio, found) {
            Some(level) if levels.contains(&level) => {
                found.push(entry.fault(format!("has `{part}` twice"), "name each attribute once in a path"));
                return Vec::new();
            }
            Some(level) => levels.push(level),
            None => return Vec::new(),
        }
    }
    let groupings = (1..=levels.len())
        .map(|count| Grouping::new(parts[..count].join(&SEPARATOR.to_string()), levels[..count].to_vec()));
    let groupings: Option<Vec<Grouping>> = groupings.collect();
    groupings.unwrap_or_else(|| {
        let help = "write a path of attributes of projects, or one of line.group and line.kind";
        found.push(entry.fault("mixes projects and budget lines", help));
        Vec::new()
    })
}

/// The parts of a path. An attribute whose name has a stroke in it is meant where it stands alone.
fn parts<'t>(text: &'t str, portfolio: &Portfolio) -> Vec<&'t str> {
    match portfolio.attributes().iter().any(|attribute| attribute.name() == text) {
        true => vec![text],
        false => text.split(SEPARATOR).map(str::trim).collect(),
    }
}

fn level(
    part: &str,
    entry: &Entry<'_>,
    portfolio: &Portfolio,
    found: &mut Diagnostics,
) -> Option<GroupLevel> {
    let attribute = portfolio.attributes().iter().position(|attribute| attribute.name() == part);
    if let Some(attribute) = attribute {
        return Some(GroupLevel::Attribute(attribute));
    }
    if let Some((_, level)) = OF_LINES.iter().find(|(name, _)| *name == part) {
        if portfolio.line_details().is_none() {
            let help = "add lines.csv with the columns line, group and kind, or remove it from the list";
            found.push(entry.fault("groups budget lines, but no table says how", help));
            return None;
        }
        return Some(*level);
    }
    let of_lines = OF_LINES.iter().map(|(name, _)| *name).filter(|_| portfolio.line_details().is_some());
    let known = portfolio.attributes().iter().map(Attribute::name).chain(of_lines);
    let help = match known.clone().next() {
        Some(_) => suggest(part, known, "attributes"),
        None => "add the column to projects.csv, which has none beside its own".to_owned(),
    };
    let problem = match part.is_empty() {
        true => "has a part that is blank".to_owned(),
        false => format!("names `{part}`, which is not an attribute of this portfolio"),
    };
    found.push(entry.fault(problem, help));
    None
}
