//! Factors on the scales that scenarios set themselves.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value};

use crate::input::{Files, table_rows};

use super::changes::OverrideError;

/// A key of scenarios that scales amounts, and where the names that it may single out stand.
struct Scale {
    key: &'static str,
    /// What it scales, in words.
    noun: &'static str,
    /// Tables and their column of names.
    tables: &'static [(&'static str, &'static str)],
    /// The name of what names none.
    unnamed: Option<&'static str>,
}

const SCALES: [Scale; 4] = [
    // A factor on a line without a budget changes nothing and draws a warning: only those with one are named.
    Scale { key: "budget_scale", noun: "budgets", tables: &[("budgets", "line")], unnamed: None },
    Scale { key: "capacity_scale", noun: "capacities", tables: &[("capacities", "resource")], unnamed: None },
    Scale { key: "cost_scale", noun: "costs", tables: &[("costs", "line")], unnamed: None },
    Scale {
        key: "benefit_scale",
        noun: "benefits",
        tables: &[("benefits", "kind")],
        unnamed: Some("benefit"),
    },
];

/// The keys that factors apply to, and what each scales in words.
pub fn scales() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCALES.iter().map(|scale| (scale.key, scale.noun))
}

/// Multiplies the scales of the base, of every scenario and of every sweep.
pub(super) fn multiply(
    document: &mut Value,
    times: &Map<String, Value>,
    tables: &Files,
) -> Result<(), OverrideError> {
    for (key, factor) in times {
        let Some(scale) = SCALES.iter().find(|scale| scale.key == key) else {
            return Err(OverrideError::NotAScale(key.clone()));
        };
        if !is_factor(factor) {
            return Err(OverrideError::NotAFactor(key.clone()));
        }
        let names = names(scale, document, tables);
        each_scale(document, key, &mut |own| {
            let product = product(own.as_ref(), factor, &names);
            product.ok_or_else(|| OverrideError::NotAFactor(key.clone()))
        })?;
    }
    Ok(())
}

fn is_factor(factor: &Value) -> bool {
    let is_number = |number: &Value| number.as_f64().is_some_and(|number| number > 0.0);
    match factor {
        Value::Object(table) => !table.is_empty() && table.values().all(is_number),
        other => is_number(other),
    }
}

/// The names that a scale applies to.
fn names(scale: &Scale, document: &Value, tables: &Files) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (table, column) in scale.tables {
        let is_table = |file: &str| file.to_lowercase().strip_suffix(".csv") == Some(table);
        let rows = tables.iter().filter(|(file, _)| is_table(file)).map(|(_, bytes)| table_rows(bytes));
        for rows in rows {
            let mut rows = rows.into_iter().map(|(_, cells)| cells);
            let position = rows.next().and_then(|header| header.iter().position(|cell| cell == column));
            let cells = rows.filter_map(|cells| cells.get(position?).cloned());
            names.extend(cells.filter(|cell| !cell.is_empty()));
        }
    }
    if scale.key == "budget_scale" {
        names.extend(own_budgets(document));
    }
    names.extend(scale.unnamed.map(str::to_owned));
    names
}

/// The lines whose budgets the batch file sets.
fn own_budgets(document: &Value) -> impl Iterator<Item = String> + '_ {
    let of = |kind: &str| document.get(kind).and_then(Value::as_array).into_iter().flatten();
    let layers = document.get("base").into_iter().chain(of("scenario")).chain(of("sweep"));
    let budgets = layers.filter_map(|layer| layer.get("budgets")?.as_object());
    budgets.flat_map(|budgets| budgets.keys().cloned())
}

/// Replaces a key of the base, which it may lack, of every scenario and sweep that has it, and what sweeps vary.
fn each_scale(
    document: &mut Value,
    key: &str,
    make: &mut impl FnMut(Option<Value>) -> Result<Value, OverrideError>,
) -> Result<(), OverrideError> {
    let Value::Object(document) = document else { return Ok(()) };
    if let Value::Object(base) = document.entry("base").or_insert_with(|| Map::new().into()) {
        let own = base.get(key).cloned();
        base.insert(key.to_owned(), make(own)?);
    }
    for kind in ["scenario", "sweep"] {
        for layer in document.get_mut(kind).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(own) = layer.get_mut(key) {
                *own = make(Some(own.take()))?;
            }
            let varied = layer.get_mut("vary").and_then(|vary| vary.get_mut(key));
            for own in varied.and_then(Value::as_array_mut).into_iter().flatten() {
                *own = make(Some(own.take()))?;
            }
        }
    }
    Ok(())
}

/// A scale times a factor; `None` if it is too large for a number. What is no scale stays, for its fault to be told.
fn product(own: Option<&Value>, factor: &Value, names: &BTreeSet<String>) -> Option<Value> {
    let Some(own) = own else { return Some(factor.clone()) };
    match (own, factor) {
        (Value::Number(_), Value::Number(_)) => times(own.as_f64()?, factor.as_f64()?),
        (Value::Number(_) | Value::Object(_), Value::Number(_) | Value::Object(_)) => {
            let mut product = Map::new();
            // Tables name what differs from 1.
            let both_tables = own.is_object() && factor.is_object();
            let written = [own, factor].into_iter().filter_map(Value::as_object).flat_map(Map::keys);
            let all = names.iter().filter(|_| !both_tables).chain(written);
            for name in all {
                let of = |value: &Value| match value {
                    Value::Object(table) => table.get(name).map_or(Some(1.0), Value::as_f64),
                    other => other.as_f64(),
                };
                if let (Some(own), Some(factor)) = (of(own), of(factor)) {
                    product.insert(name.clone(), times(own, factor)?);
                } else if let Some(own) = own.get(name) {
                    product.insert(name.clone(), own.clone());
                }
            }
            Some(product.into())
        }
        _ => Some(own.clone()),
    }
}

/// A product with as many digits as people write: 1.1 times 0.9 is 0.99.
fn times(own: f64, factor: f64) -> Option<Value> {
    let rounded = format!("{:.11e}", own * factor).parse().ok()?;
    Number::from_f64(rounded).map(Value::Number)
}
