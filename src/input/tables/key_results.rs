//! Key results, and what projects do to them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, list, suggest_or};
use crate::domain::{
    ByProject, Effect, FactorModel, Horizon, KeyResult, KeyResults, ObjectiveTree, PeriodIx,
};

use super::period_tables::{EffectRows, read_effects};
use super::projects::ProjectNames;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::reader::tables::Tables;

/// Key results with their effects, as the tables have them.
#[derive(Default)]
pub struct Wanted {
    list: Vec<KeyResult>,
    effects: ByProject<Vec<Effect>>,
}

impl Wanted {
    /// The same with what is uncertain about the effects of each project. `None` if the parts do not fit together, which
    /// the readers should have found.
    pub fn with_factors(self, factors: ByProject<Option<FactorModel>>) -> Option<KeyResults> {
        if self.list.is_empty() {
            return Some(KeyResults::default());
        }
        KeyResults::new(self.list, self.effects, factors).ok()
    }
}

/// Reads the tables of key results and of effects; `None` after a fault.
pub fn read(
    tables: &Tables,
    asked: (Option<&Horizon>, bool),
    (tree, names): (Option<&ObjectiveTree>, &ProjectNames),
    found: &mut Diagnostics,
) -> Option<Wanted> {
    let table = tables.get("key_results");
    check_others(tables, found);
    let rows = rows_of(table, found);
    let list: Vec<Option<KeyResult>> =
        rows.iter().map(|(id, &cells)| key_result(id, cells, (asked.0, tree), found)).collect();
    if let Some(tree) = tree {
        check_weights(&list, &rows, tree, found);
    }
    // A key result whose row could not be read may be what others name.
    let is_complete = !tables.is_broken("key_results") && table.is_none_or(|table| table.is_complete);
    let key_of = |cells: Cells<'_>, found: &mut Diagnostics| -> Option<&str> {
        let id = cells.required("key_result", found)?;
        let known = rows.get_key_value(id).map(|(id, _)| *id);
        if known.is_none() && is_complete && table.is_some() {
            let help = suggest_or(id, rows.keys().copied(), || {
                "add it to key_results.csv, or remove this row".to_owned()
            });
            let fault = cells.fault("key_result", "is not a key result", help);
            found.push(fault.caused_by(format!("key result {id}")));
        }
        known
    };
    let effects = read_effects(tables, asked, names, &key_of, found);
    if is_complete && tables.get("effects").is_none_or(|table| table.is_complete) {
        warn_of_unchanged(&effects, &rows, found);
    }
    let list: Option<Vec<KeyResult>> = list.into_iter().collect();
    let list = list.filter(|_| is_complete)?;
    let effects = by_project(effects, &list, names);
    Some(Wanted { list, effects })
}

/// Tables without which others mean nothing.
fn check_others(tables: &Tables, found: &mut Diagnostics) {
    let needs = [
        ("key_results", "objectives", "add objectives.csv with the objectives that its key results measure"),
        ("effects", "key_results", "add key_results.csv with one row per key result of effects.csv"),
    ];
    for (table, needed, help) in needs {
        let is_needed = |table: &&Table| !tables.has(needed) && table.rows().next().is_some();
        let source = tables.get(table).filter(is_needed).map(Table::source);
        let problem = format!("needs the table {needed}, which is not there");
        found.extend(source.map(|source| Diagnostic::fault(source, problem, help)));
    }
}

/// The rows by id.
fn rows_of<'t>(table: Option<&'t Table>, found: &mut Diagnostics) -> BTreeMap<&'t str, Cells<'t>> {
    let mut rows: BTreeMap<&str, Cells<'_>> = BTreeMap::new();
    for cells in table.into_iter().flat_map(Table::rows) {
        let Some(id) = cells.required("key_result", found) else { continue };
        if let Some(first) = rows.get(id) {
            let problem = format!("stands in row {} already", first.number_of_row());
            let help = "give each key result its own id, or remove one row";
            found.push(cells.fault("key_result", problem, help));
        } else {
            rows.insert(id, cells);
        }
    }
    rows
}

/// One key result; `None` if something that it needs is missing or wrong, which has been reported.
fn key_result(
    id: &str,
    cells: Cells<'_>,
    (horizon, tree): (Option<&Horizon>, Option<&ObjectiveTree>),
    found: &mut Diagnostics,
) -> Option<KeyResult> {
    let objective = objective(cells, tree, found);
    let mut number = |column| {
        cells.required(column, found);
        cells.number(column, found)
    };
    let (baseline, target) = (number("baseline"), number("target"));
    if baseline.is_some() && baseline == target {
        let help = "write another number: a key result leads from its baseline to its target";
        found.push(cells.fault("target", "is the same as `baseline`", help));
    }
    let due = due(cells, horizon, found);
    let weight = match cells.text("weight") {
        None => Some(1.0),
        Some(_) => cells.number_where("weight", "a number of 0 or more", |weight| weight >= 0.0, found),
    };
    let (baseline, target) = (baseline?, target.filter(|&target| Some(target) != baseline)?);
    Some(KeyResult {
        id: id.into(),
        objective: objective?,
        name: cells.text("name").unwrap_or(id).to_owned(),
        unit: cells.text("unit").unwrap_or_default().to_owned(),
        baseline,
        target,
        due: due?,
        weight: weight?,
    })
}

fn objective(cells: Cells<'_>, tree: Option<&ObjectiveTree>, found: &mut Diagnostics) -> Option<usize> {
    let (id, tree) = (cells.required("objective", found)?, tree?);
    let objective = tree.position(id);
    // A missing table of objectives has been reported.
    if objective.is_none() && !tree.is_empty() {
        let known = tree.objectives().iter().map(|objective| objective.id.as_str());
        let help = suggest_or(id, known, || "add it to objectives.csv, or name another".to_owned());
        let fault = cells.fault("objective", "is not an objective", help);
        found.push(fault.caused_by(format!("objective {id}")));
    }
    objective
}

/// The period in which the target is due: the last, if the cell is blank.
fn due(cells: Cells<'_>, horizon: Option<&Horizon>, found: &mut Diagnostics) -> Option<PeriodIx> {
    let horizon = horizon?;
    let Some(label) = cells.text("due") else { return horizon.periods().positions().next_back() };
    let position = horizon.position(label);
    if position.is_none() {
        let periods = list(horizon.periods().iter().map(|period| period.as_str()));
        found.push(cells.fault("due", "is not a period", format!("write one of {periods}")));
    }
    position
}

/// Key results of one objective cannot all weigh nothing.
fn check_weights(
    list: &[Option<KeyResult>],
    rows: &BTreeMap<&str, Cells<'_>>,
    tree: &ObjectiveTree,
    found: &mut Diagnostics,
) {
    for objective in 0..tree.objectives().len() {
        let mut own = list.iter().flatten().filter(|one| one.objective == objective).peekable();
        let Some(cells) = own.peek().and_then(|one| rows.get(one.id.as_str())) else { continue };
        if own.all(|one| one.weight == 0.0) {
            let problem = "is 0, as are the weights of all key results of its objective";
            found.push(cells.fault("weight", problem, "give one of them a weight above 0"));
        }
    }
}

/// A key result that no project changes stays at its baseline whatever is funded.
fn warn_of_unchanged(effects: &EffectRows<'_>, rows: &BTreeMap<&str, Cells<'_>>, found: &mut Diagnostics) {
    let is_some = |profile: &Vec<f64>| profile.iter().any(|&change| change != 0.0);
    let changed: BTreeSet<&str> =
        effects.iter().filter(|(.., profile)| is_some(profile)).map(|&(_, id, _)| id).collect();
    for (&id, cells) in rows.iter().filter(|(id, _)| !changed.contains(*id)) {
        let help = "add rows to effects.csv: without any it stays at its baseline";
        let problem = "is changed by no project";
        found.push(Diagnostic::warning(cells.at("key_result"), problem, help).with_value(id));
    }
}

fn by_project(effects: EffectRows<'_>, list: &[KeyResult], names: &ProjectNames) -> ByProject<Vec<Effect>> {
    let mut by_project = ByProject::filled(Vec::new(), names.positions().len());
    for (project, id, profile) in effects {
        let key_result = list.binary_search_by(|one| one.id.as_str().cmp(id));
        let effect = key_result.map(|key_result| Effect { key_result, profile: profile.into() });
        by_project[project].extend(effect);
    }
    by_project
}
