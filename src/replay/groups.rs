//! The groups of changes between two rounds, in the order in which they are applied.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::input::schema::{OtherColumns, TABLES, TableSchema};

use super::input::RoundInput;
use super::mix::with_projects_of;

/// Groups of tables that are replaced as a whole, in their order.
const OF_TABLES: [(&str, &[&str]); 9] = [
    ("costs", &["costs"]),
    ("benefits", &["benefits"]),
    ("demands", &["demands"]),
    ("budgets", &["budgets", "lines"]),
    ("capacities", &["capacities"]),
    ("projects' own columns", &["projects"]),
    ("objectives and scores", &["objectives", "scores"]),
    ("dependencies and synergies", &["dependencies", "synergies"]),
    ("current plan", &["current_plan"]),
];

/// One group of changes, applied to all before it.
pub struct Step {
    /// Name of the group.
    pub name: String,
    /// What changed in it: projects, lines, resources and so on by their ids, as far as tables tell.
    pub items: Vec<String>,
    /// The input with it and all groups before it.
    pub input: RoundInput,
}

/// The steps from one round to the next; groups in which nothing changed have none. The last one has the input of the
/// second round.
pub fn steps(before: &RoundInput, after: &RoundInput) -> Vec<Step> {
    let mut state = before.clone();
    let mut steps = Vec::new();
    of_tables(&mut state, after, &mut steps);
    of_batch(&mut state, after, &mut steps);
    if state.settings() != after.settings() || !changed(&state, after, None).is_empty() {
        state.clone_from(after);
        push(&mut steps, "scenarios and settings", Vec::new(), &state);
    }
    steps
}

fn push(steps: &mut Vec<Step>, name: &str, items: Vec<String>, state: &RoundInput) {
    steps.push(Step { name: name.to_owned(), items, input: state.clone() });
}

fn of_tables(state: &mut RoundInput, after: &RoundInput, steps: &mut Vec<Step>) {
    if periods(state) != periods(after) {
        // Tables of different periods do not fit together.
        state.tables.clone_from(&after.tables);
        push(steps, "all tables, as their periods differ", Vec::new(), state);
        return;
    }
    let (had, has) = (state.projects(), after.projects());
    if had != has {
        state.tables = with_projects_of(state, after);
        let items = had.symmetric_difference(&has).cloned().collect();
        push(steps, "projects added or removed", items, state);
    }
    for (name, tables) in OF_TABLES {
        let items = changed(state, after, Some(tables));
        if items.is_empty() {
            continue;
        }
        for table in tables {
            match after.tables.get(*table) {
                Some(bytes) => drop(state.tables.insert((*table).to_owned(), bytes.clone())),
                None => drop(state.tables.remove(*table)),
            }
        }
        push(steps, name, items, state);
    }
}

/// The keys of rows that only one of two inputs has, of some tables (`None`: of all): the cells of the first column that
/// the table is known by.
fn changed(one: &RoundInput, other: &RoundInput, tables: Option<&[&str]>) -> Vec<String> {
    let names = one.tables.keys().chain(other.tables.keys()).map(String::as_str);
    let names: BTreeSet<&str> =
        names.filter(|name| tables.is_none_or(|tables| tables.contains(name))).collect();
    let mut items = BTreeSet::new();
    for name in names {
        let key = TableSchema::find(name).and_then(|schema| schema.headings().next()).unwrap_or_default();
        let [left, right] = [one, other].map(|input| by_heading(&input.rows(name)));
        let item = |row: &BTreeMap<String, String>| row.get(key).cloned().unwrap_or_else(|| name.to_owned());
        items.extend(left.symmetric_difference(&right).map(item));
    }
    items.into_iter().collect()
}

/// The rows of a table as their filled cells by heading: neither rows nor columns have an order.
fn by_heading(rows: &[Vec<String>]) -> BTreeSet<BTreeMap<String, String>> {
    let Some(headings) = rows.first() else { return BTreeSet::new() };
    let row = |cells: &Vec<String>| {
        let cells = headings.iter().zip(cells).filter(|(_, cell)| !cell.is_empty());
        cells.map(|(heading, cell)| (heading.clone(), cell.clone())).collect()
    };
    rows.iter().skip(1).map(row).collect()
}

/// The headings that are periods.
fn periods(input: &RoundInput) -> Vec<String> {
    let tables = TABLES.iter().filter(|schema| schema.other_columns == OtherColumns::Periods);
    let mut all = tables.filter_map(|schema| {
        let headings = input.rows(schema.table).into_iter().next()?;
        let is_named = |heading: &String| schema.headings().any(|named| named == heading);
        Some(headings.into_iter().filter(|heading| !is_named(heading)).collect())
    });
    all.next().unwrap_or_default()
}

/// Keys of the batch file that a group has of its own, and those that a scenario has of them.
const OF_BATCH: [(&str, &str, &[&str]); 2] =
    [("weights", "weights", &["weights"]), ("limits", "limit", &["limits", "without_limits"])];

fn of_batch(state: &mut RoundInput, after: &RoundInput, steps: &mut Vec<Step>) {
    for (name, section, keys) in OF_BATCH {
        let mut next = state.clone();
        replace(&mut next.batch, &after.batch, section);
        replace_in_base(&mut next.batch, &after.batch, keys);
        for scenario in scenarios_mut(&mut next.batch) {
            let same = |other: &&Table| other.get("name") == scenario.get("name");
            if let Some(other) = scenarios(&after.batch).find(same) {
                keys.iter().for_each(|key| replace(scenario, other, key));
            }
        }
        if next.batch != state.batch {
            *state = next;
            push(steps, name, Vec::new(), state);
        }
    }
}

/// Takes keys of `[base]`, which either may not have.
fn replace_in_base(own: &mut Table, other: &Table, keys: &[&str]) {
    let none = Table::new();
    let other = other.get("base").and_then(Value::as_table).unwrap_or(&none);
    let mut base = own.get("base").and_then(Value::as_table).cloned().unwrap_or_default();
    keys.iter().for_each(|key| replace(&mut base, other, key));
    match base.is_empty() {
        true => drop(own.remove("base")),
        false => drop(own.insert("base".to_owned(), Value::Table(base))),
    }
}

/// Takes a key of another table, or takes the key away where that has none.
fn replace(own: &mut Table, other: &Table, key: &str) {
    match other.get(key) {
        Some(value) => drop(own.insert(key.to_owned(), value.clone())),
        None => drop(own.remove(key)),
    }
}

fn scenarios(batch: &Table) -> impl Iterator<Item = &Table> {
    batch.get("scenario").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

fn scenarios_mut(batch: &mut Table) -> impl Iterator<Item = &mut Table> {
    let all = batch.get_mut("scenario").and_then(Value::as_array_mut);
    all.into_iter().flatten().filter_map(Value::as_table_mut)
}
