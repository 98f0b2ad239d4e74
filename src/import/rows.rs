//! The rows of a list that are projects, and the projects that they are of.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::input::map::{DoubtfulRow, Filter, KeyColumn, ListMap, ListedStatus};
use crate::input::{List, ListRow, is_total};

use super::headings::{CHOOSES_ROWS, Headings};
use super::ids;
use super::report::Left;

/// Words that may stand beside a word for a total.
const BESIDE_TOTALS: [&str; 10] =
    ["grand", "overall", "all", "of", "for", "the", "projects", "portfolio", "sum", "von"];
/// Words that make a total of a text that begins with them.
const FIRST_WORDS: [&str; 12] = [
    "total",
    "totals",
    "subtotal",
    "subtotals",
    "summe",
    "zwischensumme",
    "gesamt",
    "gesamtsumme",
    "insgesamt",
    "totale",
    "suma",
    "razem",
];

/// A project of a list.
#[derive(Clone, Debug)]
pub struct ListedProject {
    /// Its id.
    pub id: String,
    /// Its name; the id if the list has no names.
    pub name: String,
    /// Its rows, by position among those that are read.
    pub rows: Vec<usize>,
}

/// The rows that are read.
#[derive(Debug, Default)]
pub struct Kept<'l> {
    /// The rows, each with the position of its project.
    pub rows: Vec<(&'l ListRow, usize)>,
    /// The projects in the order of their first rows.
    pub projects: Vec<ListedProject>,
    /// True if ids were made from names.
    pub has_made_ids: bool,
}

/// Columns that decide what becomes of a row.
struct Deciding<'m> {
    only: Vec<(&'m Filter, usize)>,
    leave: Vec<(&'m Filter, usize)>,
    status: Option<usize>,
    id: Option<usize>,
    name: Option<usize>,
}

/// A list with its map and headings.
#[derive(Clone, Copy)]
struct Lists<'a> {
    list: &'a List,
    map: &'a ListMap,
    headings: &'a Headings,
}

impl Lists<'_> {
    fn at(self, row: &ListRow, position: usize) -> SourceRef {
        self.list.at(row.number, position, &self.headings.names[position])
    }
}

/// Fate of a row.
enum Identity {
    /// It is of the project that this text names.
    Named(String),
    /// It is not read, for this reason.
    Left(String),
    /// It is a fault.
    Refused(Diagnostic),
}

/// Chooses the rows of a list.
pub fn read<'l>(
    list: &'l List,
    map: &ListMap,
    headings: &mut Headings,
    left: &mut Left,
    found: &mut Diagnostics,
) -> Kept<'l> {
    let faults = found.fault_count();
    let deciding = Deciding::find(map, headings, found);
    if found.fault_count() > faults || deciding.id.or(deciding.name).is_none() {
        return Kept::default();
    }
    let lists = Lists { list, map, headings };
    let mut kept: Vec<(&ListRow, String)> = Vec::new();
    for row in &list.rows[headings.first..] {
        if let Some(reason) = deciding.reason_to_leave(row, map) {
            left.row(row.number, reason);
            continue;
        }
        match deciding.identity(lists, row, kept.last().map(|(_, text)| text.as_str())) {
            Identity::Named(text) => {
                check_width(list, lists.headings, row, found);
                kept.push((row, text));
            }
            Identity::Left(reason) => left.row(row.number, reason),
            Identity::Refused(fault) => found.push(fault),
        }
    }
    if kept.is_empty() && !found.has_faults() {
        let help = "check skip_rows, header_rows, where and leave in [list]";
        found.push(Diagnostic::fault(list.row(headings.row), "heads no row that is read", help));
    }
    let kept = by_project(&kept, &deciding);
    check_repeats(list, map, headings, &kept, &deciding, found);
    kept
}

/// A row must have as many cells as there are headings.
fn check_width(list: &List, headings: &Headings, row: &ListRow, found: &mut Diagnostics) {
    let width = headings.names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
    let has_more = row.cells.iter().skip(width).any(|cell| !cell.is_empty());
    if list.separator.is_some() && (row.cells.len() < width || has_more) {
        let problem = format!("has {} cells, but there are {width} headings", row.cells.len());
        let help = "put a cell that contains the separator in quotes; leave rows that are no projects with `leave` in [list]";
        found.push(Diagnostic::fault(list.row(row.number), problem, help));
    }
}

impl<'m> Deciding<'m> {
    fn find(map: &'m ListMap, headings: &mut Headings, found: &mut Diagnostics) -> Self {
        let mut filters = |own: &'m [Filter], what: &str, found: &mut Diagnostics| {
            let one = |filter: &'m Filter| Some((filter, headings.find_one(&filter.column, what, found)?));
            own.iter().filter_map(one).collect::<Vec<_>>()
        };
        let only = filters(&map.list.only, CHOOSES_ROWS, found);
        let leave = filters(&map.list.leave, CHOOSES_ROWS, found);
        let mut one = |said: &'m Option<_>, what: &str| headings.find_one(said.as_ref()?, what, found);
        let id = one(&map.project.id, "project");
        let name = one(&map.project.name, "name");
        let status = one(&map.project.status, "status");
        Self { only, leave, status, id, name }
    }

    fn reason_to_leave(&self, row: &ListRow, map: &ListMap) -> Option<String> {
        let keeps_to = |filter: &Filter, position: usize| {
            let text = one_line(row.cell(position));
            filter.texts.contains(&text)
        };
        if let Some((filter, _)) = self.only.iter().find(|(filter, position)| !keeps_to(filter, *position)) {
            return Some(format!("`{}` is none of the texts of `where`", filter.column.value));
        }
        if let Some((filter, position)) =
            self.leave.iter().find(|(filter, position)| keeps_to(filter, *position))
        {
            return Some(format!("`{}` is `{}`", filter.column.value, one_line(row.cell(*position))));
        }
        let status = one_line(row.cell(self.status?));
        let is_left =
            map.project.words.iter().any(|(word, said)| *word == status && *said == ListedStatus::Left);
        is_left.then(|| format!("the status is `{status}`"))
    }

    /// The text that names the project of a row.
    fn identity(&self, lists: Lists<'_>, row: &ListRow, above: Option<&str>) -> Identity {
        let naming: Vec<usize> = self.id.into_iter().chain(self.name).collect();
        if let Some(position) = self.total(&naming, row) {
            match lists.map.list.total_rows {
                DoubtfulRow::Left => return Identity::Left("it is a total".to_owned()),
                DoubtfulRow::Refused => {
                    let help =
                        "write total_rows = \"leave\" in [list] if it is, or \"keep\" if it is a project";
                    let fault = Diagnostic::fault(
                        lists.at(row, position),
                        "seems to be the total of other rows",
                        help,
                    );
                    return Identity::Refused(fault.with_value(row.cell(position)));
                }
                DoubtfulRow::Read => {}
            }
        }
        let position = naming.first().copied().unwrap_or(0);
        let text = one_line(row.cell(position));
        if !text.is_empty() {
            return Identity::Named(text);
        }
        match (lists.map.list.blank_ids, above) {
            (DoubtfulRow::Left, _) => {
                Identity::Left(format!("`{}` is blank", lists.headings.names[position]))
            }
            (DoubtfulRow::Read, Some(text)) => Identity::Named(text.to_owned()),
            _ => {
                let help = "fill it in, or write blank_ids in [list]: \"above\" if the row belongs to the project above it, \
                            \"leave\" if it is no project";
                Identity::Refused(Diagnostic::fault(lists.at(row, position), "is blank", help))
            }
        }
    }

    /// The column that calls a row a total; any column may where nothing names the project.
    fn total(&self, naming: &[usize], row: &ListRow) -> Option<usize> {
        let is_total = |position: &usize| is_total_row(row.cell(*position));
        let is_unnamed = naming.iter().all(|&position| row.cell(position).is_empty());
        let named = naming.iter().copied().find(is_total);
        named.or_else(|| (0..row.cells.len()).find(|at| is_unnamed && is_total(at)))
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True if a text heads a total: it has no other words than those of totals, or begins with one.
pub fn is_total_row(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|next: char| !next.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let is_of_total = |word: &&str| is_total(word) || BESIDE_TOTALS.contains(word);
    words.first().is_some_and(|first| FIRST_WORDS.contains(first))
        || (words.iter().any(|word| is_total(word)) && words.iter().all(is_of_total))
}

fn by_project<'l>(kept: &[(&'l ListRow, String)], deciding: &Deciding<'_>) -> Kept<'l> {
    let has_made_ids = deciding.id.is_none();
    let texts: BTreeSet<&str> = kept.iter().map(|(_, text)| text.as_str()).collect();
    let made: BTreeMap<&str, String> = if has_made_ids { ids::of_names(&texts) } else { BTreeMap::new() };
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut projects: Vec<ListedProject> = Vec::new();
    let mut rows = Vec::with_capacity(kept.len());
    for (position, (row, text)) in kept.iter().enumerate() {
        let text: &String = text;
        let place = *places.entry(text).or_insert_with(|| {
            let id = made.get(text.as_str()).cloned().unwrap_or_else(|| text.clone());
            projects.push(ListedProject { name: id.clone(), id, rows: Vec::new() });
            projects.len() - 1
        });
        let project = &mut projects[place];
        let name = deciding.name.map(|name| one_line(row.cell(name))).filter(|name| !name.is_empty());
        if let Some(name) = name.filter(|_| project.name == project.id) {
            project.name = name;
        }
        project.rows.push(position);
        rows.push((*row, place));
    }
    Kept { rows, projects, has_made_ids }
}

/// Refuses a project of several rows where each row should be a project.
fn check_repeats(
    list: &List,
    map: &ListMap,
    headings: &Headings,
    kept: &Kept<'_>,
    deciding: &Deciding<'_>,
    found: &mut Diagnostics,
) {
    use crate::input::map::AmountColumns::{Listed, Long, Pattern, Single};
    let blocks = || map.costs.iter().chain(&map.benefits).chain(&map.demands);
    let has_several = blocks().any(|block| {
        matches!(block.key, KeyColumn::Column(_))
            || match block.columns {
                Long { .. } => true,
                Pattern(_) | Listed(_) | Single { .. } => false,
            }
    });
    let is_meant = has_several || map.list.sums_duplicates || map.list.blank_ids == DoubtfulRow::Read;
    let Some(position) = deciding.id.or(deciding.name).filter(|_| !is_meant) else { return };
    for project in kept.projects.iter().filter(|project| project.rows.len() > 1) {
        let number = |at: usize| kept.rows[at].0.number;
        for &again in &project.rows[1..] {
            let problem = format!("stands in row {} already", number(project.rows[0]));
            let help = if kept.has_made_ids {
                "name a column of ids in [project]; or write duplicate_rows = \"sum\" in [list] if rows of one name are one project"
            } else {
                "write duplicate_rows = \"sum\" in [list] if the rows of a project are to be added up, or remove one"
            };
            let source = list.at(number(again), position, &headings.names[position]);
            found
                .push(Diagnostic::fault(source, problem, help).with_value(kept.rows[again].0.cell(position)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_told_from_projects() {
        for text in [
            "Total",
            "Grand Total",
            "TOTAL 2027:",
            "Subtotal IT",
            "Summe",
            "Sum of all projects",
            "Gesamtsumme",
        ] {
            assert!(is_total_row(text), "{text}");
        }
        for text in [
            "Sumatra office",
            "Average handling time",
            "P-100",
            "",
            "Mean green machine",
            "Cost total review",
        ] {
            assert!(!is_total_row(text), "{text}");
        }
    }
}
