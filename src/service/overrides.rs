//! A rerun of a batch with changes: a merge patch (RFC 7396) on its batch file, values that hold in every scenario,
//! whatever the scenario itself sets, projects forced in or out, factors on the scales that each scenario sets, and further
//! scenarios.

mod changes;
mod decisions;
mod factors;
mod words;

use serde_json::{Map, Value};

pub use changes::Overrides;
pub(super) use changes::{OverrideError, Parent};
pub(super) use factors::scales;
pub(super) use words::told;

/// The batch file with changes, named and described by them.
pub(super) fn apply(
    batch: &[u8],
    overrides: &Overrides,
    parent: &Parent<'_>,
) -> Result<Vec<u8>, OverrideError> {
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
        everywhere(&mut document, &overrides.everywhere)?;
    }
    decisions::force(&mut document, overrides)?;
    factors::multiply(&mut document, &overrides.times, parent.tables)?;
    decisions::add_scenarios(&mut document, &overrides.add);
    words::describe(&mut document, overrides, parent);
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
            // The order of keys counts: that of a sweep names its scenarios.
            target.shift_remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// Puts values into the base and removes their keys from all layers above it.
fn everywhere(document: &mut Value, values: &Map<String, Value>) -> Result<(), OverrideError> {
    if let Some(key) = ["name", "vary"].into_iter().find(|key| values.contains_key(*key)) {
        return Err(OverrideError::NotEverywhere(key.to_owned()));
    }
    let sets_goal = ["maximise", "minimise"].iter().any(|key| values.contains_key(*key));
    let take_out = |table: &mut Value| {
        if let Value::Object(table) = table {
            // A goal takes the place of one in the other direction, too.
            let is_goal = |key: &str| sets_goal && matches!(key, "maximise" | "minimise");
            table.retain(|key, _| !values.contains_key(key) && !is_goal(key));
        }
    };
    document.get_mut("base").into_iter().for_each(take_out);
    merge(document, &serde_json::json!({ "base": values }));
    for kind in ["scenario", "sweep"] {
        let Some(Value::Array(tables)) = document.get_mut(kind) else { continue };
        tables.iter_mut().for_each(take_out);
    }
    let Value::Object(document) = document else { return Ok(()) };
    if let Some(Value::Array(mut sweeps)) = document.shift_remove("sweep") {
        sweeps.iter_mut().filter_map(|sweep| sweep.get_mut("vary")).for_each(take_out);
        let (varied, rest): (Vec<Value>, Vec<Value>) = sweeps.into_iter().partition(varies);
        add_scenarios(document, rest);
        if !varied.is_empty() {
            document.insert("sweep".to_owned(), varied.into());
        }
    }
    Ok(())
}

/// True if a sweep varies anything. What is no sweep is kept, for its faults to be told.
fn varies(sweep: &Value) -> bool {
    sweep.get("vary").and_then(Value::as_object).is_none_or(|vary| !vary.is_empty())
}

/// Sweeps that no longer vary anything are a scenario each, unless they say nothing else: then they are the base.
fn add_scenarios(document: &mut Map<String, Value>, sweeps: Vec<Value>) {
    let mut scenarios = Vec::new();
    for (place, sweep) in sweeps.into_iter().enumerate() {
        let Value::Object(mut scenario) = sweep else { continue };
        scenario.shift_remove("vary");
        if scenario.keys().any(|key| key != "name") {
            scenario.entry("name").or_insert_with(|| format!("former sweep {}", place + 1).into());
            scenarios.push(Value::Object(scenario));
        }
    }
    if scenarios.is_empty() {
        return;
    }
    let listed = document.entry("scenario").or_insert_with(|| Vec::<Value>::new().into());
    if let Value::Array(all) = listed {
        all.extend(scenarios);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Files;
    use serde_json::json;

    const BATCH: &str = "[batch]\nname = \"a\"\noptions = 10\nportfolio = \"tables\"\n\
        [weights.growth]\nmethod = \"direct\"\nvalues = { growth = 1 }\n\
        [[scenario]]\nname = \"cut\"\nbudget_scale = 0.9\n\
        [[sweep]]\nvary = { budget_scale = [0.8, 1.0], weights = [\"growth\"] }\n\
        [[sweep]]\nvary = { budget_scale = [0.7, 1.1] }\n";

    fn changed(overrides: Value) -> Result<toml::Table, OverrideError> {
        let overrides: Overrides = serde_json::from_value(overrides).unwrap();
        let tables = Files::from([
            ("budgets.csv".to_owned(), b"line,2027\ncapex,1\nopex,1\n*,2\n".to_vec()),
            ("capacities.csv".to_owned(), b"resource,2027\nengineer,1\n".to_vec()),
        ]);
        let parent = Parent { id: "0001", name: "a", tables: &tables };
        let bytes = apply(BATCH.as_bytes(), &overrides, &parent)?;
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

    #[test]
    fn factors_multiply_what_each_scenario_sets() {
        let changed = changed(json!({"times": {"budget_scale": 0.9, "capacity_scale": 1.1}})).unwrap();
        assert_eq!(changed["base"]["budget_scale"].as_float(), Some(0.9));
        assert_eq!(changed["base"]["capacity_scale"].as_float(), Some(1.1));
        assert_eq!(changed["scenario"][0]["budget_scale"].as_float(), Some(0.81));
        assert!(changed["scenario"][0].get("capacity_scale").is_none(), "the base's holds");
        let varied = |sweep: usize| {
            let values = changed["sweep"][sweep]["vary"]["budget_scale"].as_array().unwrap();
            values.iter().filter_map(toml::Value::as_float).collect::<Vec<_>>()
        };
        assert_eq!((varied(0), varied(1)), (vec![0.72, 0.9], vec![0.63, 0.99]));
        let keys: Vec<&String> = changed["sweep"][0]["vary"].as_table().unwrap().keys().collect();
        assert_eq!(keys, ["budget_scale", "weights"], "the order names the scenarios");
    }

    #[test]
    fn factors_of_single_lines_leave_the_others_as_they_are() {
        let changed = changed(json!({"times": {"budget_scale": {"capex": 0.5}}})).unwrap();
        assert_eq!(changed["base"]["budget_scale"]["capex"].as_float(), Some(0.5));
        let cut = &changed["scenario"][0]["budget_scale"];
        let of = |line: &str| cut[line].as_float();
        assert_eq!((of("capex"), of("opex"), of("*")), (Some(0.45), Some(0.9), Some(0.9)));
    }

    #[test]
    fn what_is_no_factor_is_refused() {
        for times in [
            json!({"budget_scale": 0}),
            json!({"budget_scale": -1}),
            json!({"budget_scale": "0.9"}),
            json!({"budget_scale": {"capex": null}}),
            json!({"weights": 0.9}),
            json!({"capacity_scale": [1]}),
        ] {
            assert!(changed(json!({ "times": times })).is_err(), "{times}");
        }
        assert!(changed(json!({"everywhere": {"name": "x"}})).is_err());
    }

    #[test]
    fn the_name_and_the_description_say_what_was_changed() {
        let of = |overrides: Value| {
            let changed = changed(overrides).unwrap();
            let text = |key: &str| changed["batch"][key].as_str().unwrap().to_owned();
            (text("name"), text("description"))
        };
        let (name, description) =
            of(json!({"times": {"budget_scale": 0.9}, "everywhere": {"weights": "growth"}}));
        assert_eq!(name, "a, budgets x 0.9, weights = growth");
        assert_eq!(
            description,
            "Rerun of a (0001): budgets x 0.9, on top of each scenario's own scale; weights = growth in every scenario, in \
             place of what it says itself."
        );
        let (name, _) = of(json!({"patch": {"batch": {"name": "mine", "options": 3}}}));
        assert_eq!(name, "mine");
        let (name, _) = of(json!({"patch": {"batch": {"options": 3}}}));
        assert_eq!(name, "a, options = 3");
        let (name, _) = of(json!({"patch": {"weights": {"x/y": {"method": "direct"}}}}));
        assert_eq!(name, "a, 1 change", "a name is no path");
        let (name, description) =
            of(json!({"force_in": ["A", "B"], "add": [{"name": "less", "budget_scale": 0.5}]}));
        assert_eq!(name, "a, force in A and B, scenario less added");
        assert!(
            description.ends_with(
                "force in A and B in every scenario, beside what it decides itself; scenario less added: budget_scale = 0.5."
            ),
            "{description}"
        );
        let (name, description) = of(json!({}));
        assert_eq!((name.as_str(), description.as_str()), ("a", "Rerun of a (0001), unchanged."));
    }

    #[test]
    fn projects_are_forced_beside_those_that_scenarios_name() {
        let batch = "[batch]\nportfolio = \"t\"\n[base]\nforce_out = [\"A\", \"X\"]\n\
            [[scenario]]\nname = \"own\"\nforce_in = [\"B\"]\nforce_out = [\"A\"]\n[[scenario]]\nname = \"plain\"\n\
            [[sweep]]\nvary = { force_in = [[\"A\"], [\"C\", \"B\"]] }\n";
        let overrides: Overrides =
            serde_json::from_value(json!({"force_in": ["A"], "force_out": ["C"]})).unwrap();
        let parent = Parent { id: "1", name: "a", tables: &Files::new() };
        let changed = apply(batch.as_bytes(), &overrides, &parent).unwrap();
        let changed: toml::Table = String::from_utf8(changed).unwrap().parse().unwrap();
        let list = |layer: &toml::Value, key: &str| layer.get(key).map(ToString::to_string);
        let of = |layer: &toml::Value| [list(layer, "force_in"), list(layer, "force_out")];
        let told = |text: &str| Some(text.to_owned());
        assert_eq!(of(&changed["base"]), [told("[\"A\"]"), told("[\"X\", \"C\"]")]);
        assert_eq!(of(&changed["scenario"][0]), [told("[\"B\", \"A\"]"), told("[\"C\"]")]);
        assert_eq!(of(&changed["scenario"][1]), [None, None], "the base's lists hold");
        let varied = &changed["sweep"][0]["vary"]["force_in"];
        assert_eq!(varied.to_string(), "[[\"A\"], [\"B\", \"A\"]]");
        let both: Overrides = serde_json::from_value(json!({"force_in": ["A"], "force_out": ["A"]})).unwrap();
        let refused = apply(batch.as_bytes(), &both, &parent);
        assert!(matches!(refused, Err(OverrideError::BothWays(_))), "{refused:?}");
    }

    #[test]
    fn added_scenarios_stand_as_they_are_written() {
        let added =
            changed(json!({"times": {"budget_scale": 0.9}, "add": [{"name": "less", "budget_scale": 0.5}]}));
        let added = added.unwrap();
        let scenarios = added["scenario"].as_array().unwrap();
        assert_eq!((scenarios.len(), scenarios[1]["budget_scale"].as_float()), (2, Some(0.5)));
        let overrides: Overrides = serde_json::from_value(json!({"add": [{"name": "less"}]})).unwrap();
        let parent = Parent { id: "1", name: "a", tables: &Files::new() };
        let changed = apply(b"[batch]\nportfolio = \"t\"\n", &overrides, &parent).unwrap();
        let changed: toml::Table = String::from_utf8(changed).unwrap().parse().unwrap();
        let names: Vec<_> =
            changed["scenario"].as_array().unwrap().iter().map(|one| one["name"].as_str()).collect();
        assert_eq!(names, [Some("base"), Some("less")], "the base stays a scenario");
    }

    #[test]
    fn a_goal_everywhere_replaces_goals_in_both_directions() {
        let overrides: Overrides =
            serde_json::from_value(json!({"everywhere": {"maximise": "npv"}})).unwrap();
        let batch = "[batch]\nportfolio = \"t\"\n[[scenario]]\nname = \"s\"\nminimise = \"cost\"\n\
            [[sweep]]\nforce_in = [\"A\"]\nvary = { minimise = [\"cost\"] }\n";
        let parent = Parent { id: "1", name: "a", tables: &Files::new() };
        let changed: toml::Table = String::from_utf8(apply(batch.as_bytes(), &overrides, &parent).unwrap())
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(changed["base"]["maximise"].as_str(), Some("npv"));
        assert!(changed["scenario"][0].get("minimise").is_none());
        assert!(changed["scenario"][1]["force_in"].is_array() && changed.get("sweep").is_none());
    }
}
