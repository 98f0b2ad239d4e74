//! The description of a batch file as a JSON Schema (draft 2020-12), for editors that complete and check what is typed.
//!
//! It is made from the words in which [`BATCH`] describes values, so that it knows what `cutline schema batch` tells. What
//! those words leave open (names of lines, measures, whether a limit has a bound) it leaves open too: the program says more.

use serde_json::{Map, Value, json};

use super::batch::{BATCH, SCENARIO};
use super::{BatchSection, Holds, KeySchema};

/// The dialect of JSON Schema.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The words for what stands in place of a name of the user's own.
const PLACEHOLDERS: [&str; 2] = ["NAME", "MEASURE"];

/// The schema of a batch file.
pub fn json_schema() -> Map<String, Value> {
    let mut properties = Map::new();
    let mut definitions = Map::new();
    for section in BATCH {
        let (name, in_place) = in_place(section);
        definitions.insert(name.clone(), object(section));
        properties.insert(name, in_place);
    }
    definitions.insert("base".to_owned(), scenario_like("base", false));
    definitions.insert("sweep".to_owned(), sweep());
    let schema = json!({
        "$schema": DIALECT,
        "title": "Batch file of Cutline",
        "description": "What `cutline run` reads: settings, and the scenarios that are run together.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "required": ["batch"],
        "$defs": definitions,
    });
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// The name of a section, and what stands under it: a table, a table of named tables, or a list of tables.
fn in_place(section: &BatchSection) -> (String, Value) {
    let header = section.section;
    let name = header.trim_matches(['[', ']']).split('.').next().unwrap_or_default().to_owned();
    let reference = reference(&name);
    let value = if header.starts_with("[[") {
        json!({ "description": section.doc, "type": "array", "items": reference })
    } else if header.contains('.') {
        json!({ "description": section.doc, "type": "object", "additionalProperties": reference })
    } else {
        reference
    };
    (name, value)
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A table with the keys of a section.
fn object(section: &BatchSection) -> Value {
    let mut others = Value::Bool(false);
    let mut properties = Map::new();
    for key in section.keys {
        match name_of(key) {
            name if PLACEHOLDERS.contains(&name) => others = value_of(key),
            name => {
                properties.insert(name.to_owned(), value_of(key));
            }
        }
    }
    let required: Vec<&str> = section.keys.iter().filter(|key| key.required).map(name_of).collect();
    json!({
        "description": section.doc,
        "type": "object",
        "properties": properties,
        "additionalProperties": others,
        "required": required,
    })
}

/// A table with the keys of a scenario, but for its name where it has none.
fn scenario_like(section: &str, has_name: bool) -> Value {
    let own = BATCH.iter().find(|one| name_in_header(one) == section);
    let keys = SCENARIO.keys.iter().filter(|key| has_name || name_of(key) != "name");
    let keys = own.into_iter().flat_map(|own| own.keys).chain(keys);
    let mut properties = Map::new();
    for key in keys {
        properties.entry(name_of(key).to_owned()).or_insert_with(|| value_of(key));
    }
    json!({
        "description": own.map_or("", |own| own.doc),
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

/// A sweep: the keys of a scenario, and lists of values for those that it varies.
fn sweep() -> Value {
    let mut sweep = scenario_like("sweep", false);
    let mut vary = Map::new();
    for key in SCENARIO.keys.iter().filter(|key| name_of(key) != "name") {
        vary.insert(
            name_of(key).to_owned(),
            json!({ "type": "array", "minItems": 1, "items": value_of(key) }),
        );
    }
    if let Some(place) = sweep.pointer_mut("/properties/vary") {
        place["properties"] = Value::Object(vary);
        place["additionalProperties"] = Value::Bool(false);
    }
    sweep["required"] = json!(["vary"]);
    sweep
}

fn name_in_header(section: &BatchSection) -> &'static str {
    section.section.trim_matches(['[', ']'])
}

fn name_of(key: &KeySchema) -> &'static str {
    key.key.rsplit_once('.').map_or(key.key, |(_, name)| name)
}

/// What a key may hold, what it means, and what holds without it.
fn value_of(key: &KeySchema) -> Value {
    let mut value = match key.kind {
        Holds::OneOf(words) => json!({ "enum": words() }),
        Holds::Described(kind) => described(kind),
    };
    let left_out = key.default.map_or(String::new(), |default| format!(" (if left out: {default})"));
    value["description"] = Value::String(format!("{}{left_out}", key.doc));
    if let Some(default) = key.default.and_then(|default| literal(default, &value)) {
        value["default"] = default;
    }
    value
}

/// A default that is a value and not words about one.
fn literal(default: &str, value: &Value) -> Option<Value> {
    if value["enum"].as_array().is_some_and(|words| words.iter().any(|word| word == default)) {
        return Some(Value::String(default.to_owned()));
    }
    match serde_json::from_str(default).ok()? {
        plain @ (Value::Number(_) | Value::Bool(_)) => Some(plain),
        _ => None,
    }
}

/// The schema of what a few words describe: `number above 0`, `list of projects`, `measure, or list of measures in order`.
fn described(kind: &str) -> Value {
    let mut starts = vec![0];
    for (at, _) in kind.match_indices("table of ").chain(kind.match_indices("list of ")) {
        // One that stands within another is told with it: `table of line -> list of one number per period`.
        if kind[..at].ends_with(", or ") || kind[..at].ends_with(", ") {
            starts.push(at);
        }
    }
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([kind.len()]);
    let forms: Vec<Value> = starts.iter().zip(ends).map(|(&start, end)| form(&kind[start..end])).collect();
    match <[Value; 1]>::try_from(forms) {
        Ok([only]) => only,
        Err(several) => json!({ "anyOf": several }),
    }
}

/// The schema of one form that a value may have.
fn form(words: &str) -> Value {
    let words = words.trim_end_matches(", or ").trim_end_matches(", ");
    if let Some(items) = words.strip_prefix("list of ") {
        return json!({ "type": "array", "items": item(items) });
    }
    if let Some((_, value)) = words.strip_prefix("table of ").and_then(|table| table.split_once(" -> ")) {
        return json!({ "type": "object", "additionalProperties": in_table(value) });
    }
    match words {
        "true or false" => json!({ "type": "boolean" }),
        whole if whole.starts_with("whole number") => bounded("integer", whole),
        number if number.starts_with("number") => bounded("number", number),
        _ => json!({ "type": "string" }),
    }
}

/// The schema of an item of a list.
fn item(words: &str) -> Value {
    match words {
        numbers if numbers.starts_with("number") || numbers.starts_with("one number") => {
            bounded("number", numbers)
        }
        tables if tables.starts_with("tables with the keys of [[limit]]") => reference("limit"),
        judgements if judgements.starts_with("judgements") => {
            let part = json!({ "anyOf": [{ "type": "string" }, { "type": "number" }] });
            json!({ "type": "array", "items": part, "minItems": 3, "maxItems": 3 })
        }
        ties if ties.contains("inner list is a tie") => {
            json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
        }
        "goals in order" => {
            let mix = json!({ "type": "object", "additionalProperties": { "type": "number" } });
            json!({ "anyOf": [{ "type": "string" }, mix] })
        }
        "values" => json!({}),
        _ => json!({ "type": "string" }),
    }
}

/// The schema of a value in a table with names of the user's own.
fn in_table(words: &str) -> Value {
    match words {
        "value or list of values" => json!({}),
        "list of values" => json!({ "type": "array" }),
        other => form(other),
    }
}

/// A number within the bounds that words tell: `from 0 to 1`, `0 or more`, `above 0, at most 1`.
fn bounded(kind: &str, words: &str) -> Value {
    let mut schema = json!({ "type": kind });
    let words: Vec<&str> = words.split_whitespace().map(|word| word.trim_end_matches(',')).collect();
    for (place, word) in words.iter().enumerate() {
        let Ok(bound) = serde_json::from_str::<serde_json::Number>(word) else { continue };
        let before = place.checked_sub(1).map_or("", |before| words[before]);
        let after = words.get(place + 1).copied().unwrap_or_default();
        let keyword = match (before, after) {
            ("above", _) => "exclusiveMinimum",
            ("below", _) => "exclusiveMaximum",
            ("most" | "to", _) => "maximum",
            ("from", _) | (_, "or") => "minimum",
            _ => continue,
        };
        schema[keyword] = Value::Number(bound);
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_values_are_understood() {
        let cases = [
            ("text", json!({ "type": "string" })),
            ("true or false", json!({ "type": "boolean" })),
            ("number above -1", json!({ "type": "number", "exclusiveMinimum": -1 })),
            ("number from 0, below 1", json!({ "type": "number", "minimum": 0, "exclusiveMaximum": 1 })),
            ("number above 0, at most 1", json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1 })),
            ("whole number, 100 or more", json!({ "type": "integer", "minimum": 100 })),
            ("whole number from 2 to 1000", json!({ "type": "integer", "minimum": 2, "maximum": 1000 })),
            ("list of projects", json!({ "type": "array", "items": { "type": "string" } })),
            (
                "table of line (or `*`) -> list of one number per period",
                json!({ "type": "object", "additionalProperties": { "type": "array", "items": { "type": "number" } } }),
            ),
            (
                "number, 0 or more, or table of name -> number",
                json!({ "anyOf": [
                    { "type": "number", "minimum": 0 },
                    { "type": "object", "additionalProperties": { "type": "number" } },
                ] }),
            ),
            (
                "measure, or list of measures in order",
                json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] }),
            ),
        ];
        for (words, schema) in cases {
            assert_eq!(described(words), schema, "{words}");
        }
        let goals = described("measure, table of measure -> number above 0, or list of goals in order");
        let forms: Vec<&Value> =
            goals["anyOf"].as_array().unwrap().iter().map(|form| &form["type"]).collect();
        assert_eq!(forms, ["string", "object", "array"]);
    }

    #[test]
    fn every_key_is_in_the_schema_with_its_meaning() {
        let schema = Value::Object(json_schema());
        for section in BATCH {
            let name = name_in_header(section).split('.').next().unwrap();
            for key in section.keys.iter().filter(|key| !PLACEHOLDERS.contains(&name_of(key))) {
                let place = &schema["$defs"][name]["properties"][name_of(key)];
                let told = place["description"].as_str().unwrap_or_default();
                assert!(told.starts_with(key.doc), "{}: {place}", key.key);
            }
        }
        assert_eq!(schema["$defs"]["batch"]["required"], json!(["portfolio"]));
        assert_eq!(schema["$defs"]["batch"]["properties"]["gap"]["default"], json!(0.001));
        assert_eq!(schema["$defs"]["batch"]["properties"]["solver"]["default"], json!("auto"));
        assert!(schema["$defs"]["base"]["properties"].get("name").is_none());
    }
}
