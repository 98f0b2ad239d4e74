//! Projects forced in or out in every scenario, beside those that each decides itself.

use serde_json::{Map, Value};

use super::changes::{OverrideError, Overrides};

const KEYS: [&str; 2] = ["force_in", "force_out"];

/// Adds the projects to the lists of the base and of every scenario and sweep that has a list of its own, and takes them out
/// of the lists that decide the opposite.
pub(super) fn force(document: &mut Value, overrides: &Overrides) -> Result<(), OverrideError> {
    let lists = [&overrides.force_in, &overrides.force_out];
    if let Some(project) = lists[0].iter().find(|project| lists[1].contains(project)) {
        return Err(OverrideError::BothWays(project.clone()));
    }
    if lists.iter().all(|list| list.is_empty()) {
        return Ok(());
    }
    let Value::Object(document) = document else { return Ok(()) };
    if let Value::Object(base) = document.entry("base").or_insert_with(|| Map::new().into()) {
        for (key, added) in KEYS.into_iter().zip(lists).filter(|(_, added)| !added.is_empty()) {
            base.entry(key).or_insert_with(|| Vec::<Value>::new().into());
            extend(base.get_mut(key), added);
        }
        for (key, opposite) in KEYS.into_iter().zip([lists[1], lists[0]]) {
            take_out(base.get_mut(key), opposite);
        }
    }
    for kind in ["scenario", "sweep"] {
        for layer in document.get_mut(kind).and_then(Value::as_array_mut).into_iter().flatten() {
            for (key, (added, opposite)) in KEYS.into_iter().zip([(lists[0], lists[1]), (lists[1], lists[0])])
            {
                change(layer.get_mut(key), added, opposite);
                let varied = layer.get_mut("vary").and_then(|vary| vary.get_mut(key));
                for own in varied.and_then(Value::as_array_mut).into_iter().flatten() {
                    change(Some(own), added, opposite);
                }
            }
        }
    }
    Ok(())
}

fn change(list: Option<&mut Value>, added: &[String], opposite: &[String]) {
    let Some(list) = list else { return };
    extend(Some(list), added);
    take_out(Some(list), opposite);
}

/// Adds what a list lacks. What is no list stays, for its fault to be told.
fn extend(list: Option<&mut Value>, added: &[String]) {
    let Some(Value::Array(list)) = list else { return };
    for project in added {
        if !list.iter().any(|own| own.as_str() == Some(project)) {
            list.push(project.clone().into());
        }
    }
}

fn take_out(list: Option<&mut Value>, projects: &[String]) {
    let Some(Value::Array(list)) = list else { return };
    list.retain(|own| own.as_str().is_none_or(|own| !projects.iter().any(|project| project == own)));
}

/// Adds scenarios behind those that the batch file names. The base, which is the one scenario of a batch that names none,
/// stays one.
pub(super) fn add_scenarios(document: &mut Value, added: &[Map<String, Value>]) {
    let Value::Object(document) = document else { return };
    if added.is_empty() {
        return;
    }
    let is_base_only = !document.contains_key("scenario") && !document.contains_key("sweep");
    let listed = document.entry("scenario").or_insert_with(|| Vec::<Value>::new().into());
    let Value::Array(all) = listed else { return };
    if is_base_only {
        all.push(serde_json::json!({ "name": "base" }));
    }
    all.extend(added.iter().cloned().map(Value::Object));
}
