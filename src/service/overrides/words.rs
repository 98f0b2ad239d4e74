//! Changes in words: they name and describe the batch that is made by them.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::diagnostic::is_hidden;
use crate::input::{LONGEST_DESCRIPTION, LONGEST_NAME, is_batch_name};

use super::changes::{Overrides, Parent};
use super::factors::scales;

/// One change.
struct Change {
    /// For a name: `budgets x 0.9`.
    short: String,
    /// What becomes of that which the batch says itself; blank where that is plain.
    effect: Cow<'static, str>,
}

/// Names and describes a batch by its changes. A name that the changes set themselves is kept.
pub(super) fn describe(document: &mut Value, overrides: &Overrides, parent: &Parent<'_>) {
    let changes = changes(overrides);
    let Some(batch) = document.get_mut("batch").and_then(Value::as_object_mut) else { return };
    let is_named = overrides.patch.get("batch").is_some_and(|batch| batch.get("name").is_some());
    if !is_named && !changes.is_empty() {
        batch.insert("name".to_owned(), name(parent.name, &changes).into());
    }
    let former = batch.get("description").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    batch.insert("description".to_owned(), description(&former, parent, &changes).into());
}

/// The changes in words, each with what becomes of that which the batch says itself.
pub fn told(overrides: &Overrides) -> Vec<String> {
    changes(overrides).iter().map(|change| format!("{}{}", change.short, change.effect)).collect()
}

fn name(former: &str, changes: &[Change]) -> String {
    let shorts: Vec<&str> = changes.iter().map(|change| change.short.as_str()).collect();
    let whole = format!("{former}, {}", shorts.join(", "));
    let counted = format!("{former}, {}", counted(changes));
    let fits = |name: &String| is_batch_name(name) && name.chars().count() <= LONGEST_NAME;
    [whole, counted].into_iter().find(fits).unwrap_or_else(|| former.to_owned())
}

fn counted(changes: &[Change]) -> String {
    format!("{} {}", changes.len(), if changes.len() == 1 { "change" } else { "changes" })
}

/// The description of the former batch, and what was changed. What does not fit is left out whole.
fn description(former: &str, parent: &Parent<'_>, changes: &[Change]) -> String {
    let of = format!("Rerun of {} ({})", parent.name, parent.id);
    let told = changes.iter().map(|change| format!("{}{}", change.short, change.effect));
    let whole = match changes {
        [] => format!("{of}, unchanged."),
        _ => format!("{of}: {}.", told.collect::<Vec<_>>().join("; ")),
    };
    let both = format!("{former} {whole}").trim().to_owned();
    let short = format!("{of} with {}.", counted(changes));
    let is_wrong = |next: char| is_hidden(next) && !matches!(next, '\n' | '\r' | '\t');
    let fits = |text: &String| text.chars().count() <= LONGEST_DESCRIPTION && !text.contains(is_wrong);
    [both, whole].into_iter().find(fits).unwrap_or(short)
}

fn changes(overrides: &Overrides) -> Vec<Change> {
    let mut changes = Vec::new();
    for (key, factor) in &overrides.times {
        let effect = ", on top of each scenario's own scale";
        changes.extend(times(key, factor).into_iter().map(|short| Change { short, effect: effect.into() }));
    }
    for (key, value) in &overrides.everywhere {
        let effect = " in every scenario, in place of what it says itself";
        changes.push(Change { short: set(key, value), effect: effect.into() });
    }
    for (word, projects) in [("in", &overrides.force_in), ("out", &overrides.force_out)] {
        if !projects.is_empty() {
            let effect = " in every scenario, beside what it decides itself".into();
            changes.push(Change { short: format!("force {word} {}", listed(projects)), effect });
        }
    }
    for (name, change) in &overrides.scenarios {
        let mut keys = Vec::new();
        flatten("", change, &mut keys);
        let short = format!("{name}: {}", keys.join(" and "));
        changes.push(Change { short, effect: ", in place of what it says itself".into() });
    }
    changes.extend(overrides.add.iter().map(added));
    let mut keys = Vec::new();
    for (key, value) in &overrides.patch {
        // The keys of [batch] are known without their section.
        let path = if key == "batch" { "" } else { key.as_str() };
        flatten(path, value, &mut keys);
    }
    let named = |key: &String| !key.starts_with("name =") && !key.starts_with("description =");
    changes.extend(keys.into_iter().filter(named).map(|short| Change { short, effect: "".into() }));
    changes
}

/// A scenario that is added, with what it says.
fn added(scenario: &Map<String, Value>) -> Change {
    let name = scenario.get("name").and_then(Value::as_str).unwrap_or("without a name");
    let own = scenario.iter().filter(|(key, _)| *key != "name");
    let keys: Vec<String> = own.map(|(key, value)| set(key, value)).collect();
    let effect = if keys.is_empty() { String::new() } else { format!(": {}", keys.join(" and ")) };
    Change { short: format!("scenario {name} added"), effect: effect.into() }
}

/// Names as a sentence lists them.
fn listed(names: &[String]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        names => names.concat(),
    }
}

fn times(key: &str, factor: &Value) -> Vec<String> {
    let noun = scales().find(|(own, _)| *own == key).map_or(key, |(_, noun)| noun);
    match factor {
        Value::Object(table) => {
            table.iter().map(|(name, factor)| format!("{noun} of {name} x {factor}")).collect()
        }
        factor => vec![format!("{noun} x {factor}")],
    }
}

/// The dotted keys of a patch with their values.
fn flatten(path: &str, value: &Value, keys: &mut Vec<String>) {
    match value {
        Value::Object(table) => {
            for (key, value) in table {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(&path, value, keys);
            }
        }
        value => keys.push(set(path, value)),
    }
}

fn set(key: &str, value: &Value) -> String {
    match value {
        Value::Null => format!("no {key}"),
        value => format!("{key} = {}", shown(value)),
    }
}

fn shown(value: &Value) -> String {
    let pair = |(key, value): (&String, &Value)| format!("{key} {}", shown(value));
    let list = |table: &Map<String, Value>| table.iter().map(pair).collect::<Vec<_>>().join(" ");
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join(";"),
        Value::Object(table) => format!("{{{}}}", list(table)),
        other => other.to_string(),
    }
}
