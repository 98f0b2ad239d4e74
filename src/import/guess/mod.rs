//! A first map of a list: what each column is taken for, why, and what else it could be.

mod amounts;
mod draft;
pub(super) mod facts;
pub(super) mod format;
pub(super) mod layout;
mod others;
mod roles;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::diagnostic::Diagnostics;
use crate::input::map::ListLayout;
use crate::input::toml_text::quoted;
use crate::input::{List, ListRow};

use super::headings::Headings;
use super::rows::is_total_row;
use amounts::Beside;
use draft::Draft;
pub use draft::GuessedColumn;
use facts::Facts;

/// A first map.
#[derive(Clone, Debug, Serialize)]
pub struct Guess {
    /// The map, in TOML with comments.
    pub map: String,
    /// The columns and their uses.
    pub columns: Vec<GuessedColumn>,
    /// Decisions that the map needs before it can be used.
    pub undecided: Vec<String>,
}

/// Columns that name projects.
#[derive(Clone, Copy, Debug, Default)]
struct Naming {
    id: Option<usize>,
    name: Option<usize>,
}

/// Guesses a map. `file` is the name of the list.
///
/// # Errors
/// If the list has no headings.
pub fn guess(file: &str, list: &List) -> Result<Guess, Diagnostics> {
    let place = layout::heading_rows(list);
    let form = ListLayout { skip_rows: place.skip, header_rows: Some(place.count), ..ListLayout::default() };
    let mut found = Diagnostics::new();
    let Some(headings) = Headings::of(list, &form, &mut found) else { return Err(found) };
    let columns = facts::columns(list, &headings);
    let mut draft = Draft::default();
    write_layout(&mut draft, list, place);
    let mut used = BTreeSet::new();
    let naming = name_projects(&mut draft, &columns, &mut used);
    let identity = naming.id.or(naming.name);
    let repeats = identity.and_then(|at| of(&columns, at)).is_some_and(|facts| !facts.is_unique());
    let groups = amounts::period_groups(&columns);
    let is_free = |used: &BTreeSet<usize>, position: usize| !used.contains(&position);
    let line = amounts::line_column(&columns, |position| is_free(&used, position))
        .filter(|_| repeats || amounts::are_bare(&groups));
    let period = amounts::period_column(&columns, |position| is_free(&used, position));
    if groups.is_empty() {
        let free = used.clone();
        used.extend(amounts::write_single(
            &mut draft,
            &columns,
            &|position| is_free(&free, position),
            Beside { line, period },
        ));
    } else {
        used.extend(amounts::write_groups(&mut draft, &groups, &columns, line));
        others::check_totals(&mut draft, &columns, &groups, line, &mut used);
    }
    tell_line(&mut draft, line, period, &used);
    others::write(&mut draft, &columns, identity, repeats, &groups, &mut used);
    write_doubtful_rows(&mut draft, list, &headings, &columns, naming, (line, period, repeats));
    others::write_numbers(&mut draft, list, &columns);
    draft.columns.sort_by_key(|own| columns.iter().position(|facts| facts.heading == own.column));
    Ok(Guess { map: draft.text(file), columns: draft.columns, undecided: draft.undecided })
}

fn of(columns: &[Facts], position: usize) -> Option<&Facts> {
    columns.iter().find(|facts| facts.position == position)
}

fn write_layout(draft: &mut Draft, list: &List, place: layout::HeadingRows) {
    if list.separator.is_none() {
        draft.key("list", "sheet", &quoted(&list.file), "the sheet that was read");
    }
    let row = place.skip + place.count;
    draft.key(
        "list",
        "skip_rows",
        &place.skip.to_string(),
        &format!("row {row} has the headings: texts in nearly all columns"),
    );
    if place.count > 1 {
        draft.key(
            "list",
            "header_rows",
            &place.count.to_string(),
            "the row above them heads groups of columns",
        );
    }
}

fn tell_line(draft: &mut Draft, line: Option<&Facts>, period: Option<&Facts>, used: &BTreeSet<usize>) {
    for (facts, what) in [(line, "budget line"), (period, "period of the amounts")] {
        if let Some(facts) = facts.filter(|facts| used.contains(&facts.position)) {
            draft.column(
                &facts.heading,
                what,
                format!("the heading, and {} different texts", facts.distinct),
            );
        }
    }
}

/// The columns of ids and names.
fn name_projects(draft: &mut Draft, columns: &[Facts], used: &mut BTreeSet<usize>) -> Naming {
    let rows = columns.iter().map(|facts| facts.cells.len()).max().unwrap_or(0);
    let is_full = |facts: &&Facts| 10 * facts.cells.len() >= 9 * rows && !facts.cells.is_empty();
    let known = |words: &[&str]| -> Vec<&Facts> {
        words
            .iter()
            .flat_map(|word| columns.iter().filter(move |facts| facts.words == *word))
            .filter(is_full)
            .collect()
    };
    let has_blanks = |facts: &&Facts| facts.cells.iter().any(|(_, text)| text.contains(' '));
    let mut ids = known(&roles::IDS);
    // Beside a column of names a column of single words that is called like it has the ids.
    if ids.is_empty() && known(&roles::NAMES).len() > 1 {
        ids = known(&["project"]).into_iter().filter(|facts| !has_blanks(facts)).collect();
    }
    let mut naming = Naming { id: id_column(draft, &ids, used), name: None };
    let name =
        known(&roles::NAMES).into_iter().find(|facts| !used.contains(&facts.position) && facts.numbers == 0);
    match (name, naming.id) {
        (Some(name), id) => {
            naming.name = Some(name.position);
            let why = if id.is_some() {
                "the heading"
            } else {
                "the heading; the list has no ids, so that they are made from the names"
            };
            draft.key("project", "name", &quoted(&name.heading), why);
            draft.column(&name.heading, "name of the project", why);
            used.insert(name.position);
        }
        (None, None) => draft.undecided("project", "id", "no heading says which column names the projects"),
        (None, Some(_)) => {}
    }
    naming
}

/// The column of ids among those whose headings may be one.
fn id_column(draft: &mut Draft, ids: &[&Facts], used: &mut BTreeSet<usize>) -> Option<usize> {
    let unique: Vec<&&Facts> = ids.iter().filter(|facts| facts.is_unique()).collect();
    let id = unique.first().copied().or(ids.first())?;
    used.insert(id.position);
    // The key of a tracker's issue is what its links name.
    if unique.len() < 2 || id.words == "issue key" {
        let why = match id.is_unique() {
            true => "the heading, and no text is there twice".to_owned(),
            false => format!("the heading; {} projects in {} rows", id.distinct, id.cells.len()),
        };
        draft.key("project", "id", &quoted(&id.heading), &why);
        draft.column(&id.heading, "id of the project", why);
        return Some(id.position);
    }
    let headings: Vec<String> = unique.iter().map(|facts| quoted(&facts.heading)).collect();
    draft.undecided(
        "project",
        "id",
        &format!("{} are all unique: which one do people use", headings.join(" and ")),
    );
    for facts in &unique {
        draft.column(
            &facts.heading,
            "id of the project, or not: to be decided",
            "unique, with the heading of an id",
        );
        used.insert(facts.position);
    }
    Some(id.position)
}

/// Rows of totals, rows without an id, and several rows of one project.
fn write_doubtful_rows(
    draft: &mut Draft,
    list: &List,
    headings: &Headings,
    columns: &[Facts],
    naming: Naming,
    (line, period, repeats): (Option<&Facts>, Option<&Facts>, bool),
) {
    let Some(identity) = naming.id.or(naming.name) else { return };
    let rows = &list.rows[headings.first..];
    let totals: Vec<usize> = rows
        .iter()
        .filter(|row| row.cells.iter().any(|cell| is_total_row(cell)))
        .map(|row| row.number)
        .collect();
    if let Some(first) = totals.first() {
        draft.key(
            "list",
            "total_rows",
            "\"leave\"",
            &format!("{} rows are called totals, row {first} first", totals.len()),
        );
    }
    let is_blank = |row: &&ListRow| row.cell(identity).is_empty() && !totals.contains(&row.number);
    if let Some(row) = rows.iter().find(is_blank) {
        let what = format!(
            "{} rows have no id, row {} first: \"above\" if they belong to the project above them, \"leave\" if they are none",
            rows.iter().filter(is_blank).count(),
            row.number
        );
        draft.undecided("list", "blank_ids", &what);
    }
    if repeats {
        let keys = [Some(identity), line.map(|facts| facts.position), period.map(|facts| facts.position)];
        let again = |row: &&ListRow| !totals.contains(&row.number) && !row.cell(identity).is_empty();
        write_repeats(draft, rows.iter().filter(again), columns, keys.into_iter().flatten());
    }
}

/// Rows of the same project and key as another.
fn write_repeats<'l>(
    draft: &mut Draft,
    rows: impl Iterator<Item = &'l ListRow>,
    columns: &[Facts],
    keys: impl Iterator<Item = usize>,
) {
    let keys: Vec<BTreeMap<usize, &str>> = keys.filter_map(|at| of(columns, at)).map(facts::by_row).collect();
    let mut seen = BTreeSet::new();
    let again: Vec<usize> = rows
        .filter(|row| !seen.insert(keys.iter().map(|key| key.get(&row.number).copied()).collect::<Vec<_>>()))
        .map(|row| row.number)
        .collect();
    if let Some(first) = again.first() {
        let what = format!(
            "{} rows are of the same project and key as another, row {first} first: \"sum\" adds them up",
            again.len()
        );
        draft.undecided("list", "duplicate_rows", &what);
    }
}
