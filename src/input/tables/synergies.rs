//! The synergies table.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::domain::{ProjectIx, Synergy};

use super::projects::ProjectNames;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::words::effects;

/// Separator of the projects of one synergy.
const SEPARATOR: char = ';';

/// Reads the table. Synergies are sorted by id.
pub fn read(table: Option<&Table>, names: &ProjectNames, found: &mut Diagnostics) -> Vec<Synergy> {
    let mut rows: BTreeMap<&str, Cells<'_>> = BTreeMap::new();
    let mut synergies = BTreeMap::new();
    for cells in table.into_iter().flat_map(Table::rows) {
        let id = cells.required("synergy", found);
        let synergy = synergy(id.unwrap_or_default(), cells, names, found);
        let Some(id) = id else { continue };
        if let Some(first) = rows.get(id) {
            let problem = format!("stands in row {} already", first.number_of_row());
            found.push(cells.fault("synergy", problem, "give each synergy its own id, or remove one row"));
        } else {
            rows.insert(id, cells);
            synergies.extend(synergy.map(|synergy| (id, synergy)));
        }
    }
    synergies.into_values().collect()
}

fn synergy(id: &str, cells: Cells<'_>, names: &ProjectNames, found: &mut Diagnostics) -> Option<Synergy> {
    let members = members(cells, names, found);
    let count = ids(cells).count();
    let at_least = at_least(cells, count, found);
    cells.required("effect", found);
    let effect = cells.word("effect", &effects(), found);
    cells.required("amount", found);
    let amount =
        cells.number_where("amount", "what is added, a number other than 0", |sum| sum != 0.0, found);
    // All that the domain refuses has been reported with its cell.
    Synergy::new(id.into(), members?, at_least?, effect?, amount?).ok()
}

/// The ids in the column `projects`.
fn ids(cells: Cells<'_>) -> impl Iterator<Item = &str> {
    let text = cells.text("projects").unwrap_or_default();
    text.split(SEPARATOR).map(str::trim).filter(|id| !id.is_empty())
}

/// The projects; `None` if one of them is unknown, repeated or the only one.
fn members(cells: Cells<'_>, names: &ProjectNames, found: &mut Diagnostics) -> Option<Vec<ProjectIx>> {
    cells.required("projects", found)?;
    if ids(cells).count() < 2 {
        let help = "name two projects or more, separated by `;`";
        found.push(cells.fault("projects", "makes no synergy alone", help));
        return None;
    }
    let mut members = Vec::new();
    let mut is_sound = true;
    for id in ids(cells) {
        let project = names.resolve_id(id, cells, "projects", found);
        is_sound &= project.is_some();
        let Some(project) = project else { continue };
        if members.contains(&project) {
            is_sound = false;
            let fault = Diagnostic::fault(cells.at("projects"), "is listed twice", "name each project once");
            found.push(fault.with_value(id));
        }
        members.push(project);
    }
    is_sound.then_some(members)
}

/// Number of projects that must be chosen; all of them if the cell is blank.
fn at_least(cells: Cells<'_>, count: usize, found: &mut Diagnostics) -> Option<usize> {
    if cells.text("at_least").is_none() {
        return Some(count);
    }
    let at_least = cells.whole("at_least", found)?;
    if (1..=count).contains(&at_least) {
        return Some(at_least);
    }
    // Without projects there is no number to hold it to.
    if count > 0 {
        let help = format!("write a whole number from 1 to {count}, or leave the cell blank for all");
        found.push(cells.fault("at_least", format!("is out of range for {count} projects"), help));
    }
    None
}
