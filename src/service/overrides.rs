//! A rerun of a batch with changes: a merge patch (RFC 7396) on its batch file, and values that hold in every scenario,
//! whatever the scenario itself sets.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Changes to a batch file.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// A merge patch (RFC 7396): named keys are replaced, and removed if null.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object, example = json!({"batch": {"options": 5}}))]
    pub patch: Map<String, Value>,
    /// Changes to scenarios by their names.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object, example = json!({"budget cut": {"budget_scale": 0.85}}))]
    pub scenarios: Map<String, Value>,
    /// Keys of a scenario that are to hold in all of them; scenarios and sweeps no longer have a say.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object, example = json!({"budget_scale": 0.9, "weights": "growth"}))]
    pub everywhere: Map<String, Value>,
}

/// Reasons why a batch file cannot be changed so.
#[derive(Debug, thiserror::Error)]
pub(super) enum OverrideError {
    #[error(
        "there is no [[scenario]] `{0}` in the batch file (the scenarios of a sweep cannot be changed one by one)"
    )]
    NoScenario(String),
    #[error("the changed batch file cannot be written: {0}")]
    NotToml(String),
}

/// The batch file with changes.
pub(super) fn apply(batch: &[u8], overrides: &Overrides) -> Result<Vec<u8>, OverrideError> {
    let text = String::from_utf8_lossy(batch);
    let document: toml::Table = text.parse().map_err(|error: toml::de::Error| not_toml(&error))?;
    let mut document = serde_json::to_value(document).map_err(|error| not_toml(&error))?;
    merge(&mut document, &Value::Object(overrides.patch.clone()));
    for (name, change) in &overrides.scenarios {
        let scenarios = document.get_mut("scenario").and_then(Value::as_array_mut);
        let named = |scenario: &&mut Value| scenario.get("name").and_then(Value::as_str) == Some(name);
        let scenario = scenarios.into_iter().flatten().find(named);
        merge(scenario.ok_or_else(|| OverrideError::NoScenario(name.clone()))?, change);
    }
    if !overrides.everywhere.is_empty() {
        everywhere(&mut document, &overrides.everywhere);
    }
    toml::to_string(&document).map(String::into_bytes).map_err(|error| not_toml(&error))
}

fn not_toml(error: &dyn std::fmt::Display) -> OverrideError {
    OverrideError::NotToml(error.to_string())
}

/// RFC 7396.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Puts values into the base and removes their keys from all layers above it.
fn everywhere(document: &mut Value, values: &Map<String, Value>) {
    let base = serde_json::json!({ "base": values });
    merge(document, &base);
    let take_out = |table: &mut Value| {
        if let Value::Object(table) = table {
            table.retain(|key, _| !values.contains_key(key));
        }
    };
    for kind in ["scenario", "sweep"] {
        let Some(Value::Array(tables)) = document.get_mut(kind) else { continue };
        tables.iter_mut().for_each(take_out);
    }
    if let Some(Value::Array(sweeps)) = document.get_mut("sweep") {
        for sweep in &mut *sweeps {
            sweep.get_mut("vary").into_iter().for_each(take_out);
        }
        // A sweep that no longer varies anything yields no scenario.
        sweeps.retain(|sweep| {
            sweep.get("vary").and_then(Value::as_object).is_some_and(|vary| !vary.is_empty())
        });
    }
    if let Value::Object(document) = document
        && document.get("sweep").and_then(Value::as_array).is_some_and(Vec::is_empty)
    {
        document.remove("sweep");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BATCH: &str = "[batch]\nname = \"a\"\noptions = 10\nportfolio = \"tables\"\n\
        [weights.growth]\nmethod = \"direct\"\nvalues = { growth = 1 }\n\
        [[scenario]]\nname = \"cut\"\nbudget_scale = 0.9\n\
        [[sweep]]\nvary = { budget_scale = [0.8, 1.0], weights = [\"growth\"] }\n\
        [[sweep]]\nvary = { budget_scale = [0.7, 1.1] }\n";

    fn changed(overrides: Value) -> Result<toml::Table, OverrideError> {
        let overrides: Overrides = serde_json::from_value(overrides).unwrap();
        let bytes = apply(BATCH.as_bytes(), &overrides)?;
        Ok(String::from_utf8(bytes).unwrap().parse().unwrap())
    }

    #[test]
    fn a_patch_replaces_adds_and_removes() {
        let changed = changed(json!({"patch": {"batch": {"options": 3, "name": null, "gap": 0.5}}})).unwrap();
        let batch = changed["batch"].as_table().unwrap();
        assert_eq!(batch["options"].as_integer(), Some(3));
        assert_eq!(batch["gap"].as_float(), Some(0.5));
        assert!(!batch.contains_key("name") && changed.contains_key("weights"));
    }

    #[test]
    fn scenarios_are_changed_by_name() {
        let one = changed(json!({"scenarios": {"cut": {"budget_scale": 0.5}}})).unwrap();
        assert_eq!(one["scenario"][0]["budget_scale"].as_float(), Some(0.5));
        let none = changed(json!({"scenarios": {"growth": {"budget_scale": 0.5}}}));
        assert!(matches!(none, Err(OverrideError::NoScenario(_))));
    }

    #[test]
    fn what_holds_everywhere_is_varied_nowhere() {
        let changed = changed(json!({"everywhere": {"budget_scale": 0.85}})).unwrap();
        assert_eq!(changed["base"]["budget_scale"].as_float(), Some(0.85));
        assert!(changed["scenario"][0].get("budget_scale").is_none());
        assert_eq!(changed["sweep"].as_array().unwrap().len(), 1);
        assert!(changed["sweep"][0]["vary"].get("budget_scale").is_none());
    }
}
