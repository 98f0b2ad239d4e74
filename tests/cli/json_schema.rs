//! The JSON Schema of batch files: what editors check with it is what the program reads.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::run;

fn schema() -> Value {
    let folder = TempDir::new().unwrap();
    let (code, stdout, stderr) = run(folder.path(), &["schema", "--json"]);
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

/// Faults of a value by a schema, for the keywords that ours has.
fn faults(root: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    const KNOWN: [&str; 18] = [
        "$schema",
        "$defs",
        "$ref",
        "title",
        "description",
        "default",
        "type",
        "enum",
        "anyOf",
        "properties",
        "additionalProperties",
        "required",
        "items",
        "minItems",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
    ];
    let is_annotation = |keyword: &str| place.is_empty() && ["tables", "batch", "results"].contains(&keyword);
    if *schema == Value::Bool(false) {
        return vec![format!("{place}: is not known")];
    }
    let mut found = Vec::new();
    for (keyword, asked) in schema.as_object().into_iter().flatten() {
        assert!(
            KNOWN.contains(&keyword.as_str()) || is_annotation(keyword),
            "a keyword is not looked at: {keyword}"
        );
        let number = || value.as_f64();
        let bound = asked.as_f64().unwrap_or_default();
        let holds = match keyword.as_str() {
            "type" => is_of_type(asked.as_str().unwrap(), value),
            "enum" => asked.as_array().unwrap().contains(value),
            "minimum" => number().is_none_or(|number| number >= bound),
            "maximum" => number().is_none_or(|number| number <= bound),
            "exclusiveMinimum" => number().is_none_or(|number| number > bound),
            "exclusiveMaximum" => number().is_none_or(|number| number < bound),
            "minItems" => value.as_array().is_none_or(|items| items.len() as f64 >= bound),
            "required" => {
                asked.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some())
            }
            "anyOf" => asked.as_array().unwrap().iter().any(|one| faults(root, one, value, place).is_empty()),
            _ => true,
        };
        if !holds {
            found.push(format!("{place}: {value} is not as {keyword} {asked} asks"));
        }
        if keyword == "$ref" {
            let target =
                root.pointer(asked.as_str().unwrap().strip_prefix('#').unwrap()).expect("a definition");
            found.extend(faults(root, target, value, place));
        }
    }
    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(
            schema.get("items").map_or(vec![], |items| faults(root, items, item, &format!("{place}[{at}]"))),
        );
    }
    for (key, item) in value.as_object().into_iter().flatten() {
        let own = schema.get("properties").and_then(|properties| properties.get(key));
        let asked = own.or(schema.get("additionalProperties"));
        found.extend(asked.map_or(vec![], |asked| faults(root, asked, item, &format!("{place}.{key}"))));
    }
    found
}

fn is_of_type(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => {
            value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        "number" => value.is_number(),
        other => panic!("a type is not looked at: {other}"),
    }
}

fn value(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

#[test]
fn all_bundled_batches_hold_to_the_schema() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let found = faults(&schema, &schema, &value(&fs::read_to_string(&path).unwrap()), "");
            assert!(found.is_empty(), "{}: {found:#?}", path.display());
            count += 1;
        }
    }
    assert!(count > 10);
}

#[test]
fn what_the_program_reads_or_refuses_the_schema_does_too() {
    let schema = schema();
    let head = "[batch]\nportfolio = \"data\"\n";
    let sound = [
        "maximise = { strategic_value = 0.6, npv = 0.4 }\n",
        "maximise = [\"projects\", \"cost\"]\n",
        "[weights.balanced]\nmethod = \"rank\"\norder = [\"growth\", [\"service\", \"resilience\"]]\n",
        "[[limit]]\nname = \"growth\"\nmeasure = \"cost\"\nwhere = { category = [\"a\", \"b\"], tier = 2 }\nmin_share = 0.3\n",
        "[check]\nstrategic_value = \"attribute.benefit\"\ntolerance = 0.5\n",
        "[[scenario]]\nname = \"cut\"\nbudget_scale = { capex = 0.9 }\nforce_in = [\"P07\"]\nbudgets = { capex = [1, 2.5] }\n",
        "[[sweep]]\nvary = { budget_scale = [0.8, { capex = 0.9 }], weights = [\"given\"] }\nrisk = false\n",
    ];
    for text in sound {
        let found = faults(&schema, &schema, &value(&format!("{head}{text}")), "");
        assert!(found.is_empty(), "{text}: {found:#?}");
    }
    let wrong = [
        ("sede = 1\n", ".batch.sede"),
        ("seed = \"1\"\n", ".batch.seed"),
        ("gap = 1.5\n", ".batch.gap"),
        ("solver = \"cbc\"\n", ".batch.solver"),
        ("[simulation]\ntrials = 10\n", ".simulation.trials"),
        ("[weights.balanced]\nvalues = { growth = 1 }\n", ".weights.balanced"),
        ("[[limit]]\nname = \"growth\"\n", ".limit[0]"),
        ("[[scenario]]\nname = \"cut\"\nbudget_scal = 0.9\n", ".scenario[0].budget_scal"),
        ("[base]\nname = \"base\"\n", ".base.name"),
        ("[[sweep]]\nvary = { budget_scale = 0.8 }\n", ".sweep[0].vary.budget_scale"),
        ("[[sweep]]\nrisk = false\n", ".sweep[0]"),
    ];
    for (text, place) in wrong {
        let found = faults(&schema, &schema, &value(&format!("{head}{text}")), "");
        assert!(found.iter().any(|fault| fault.starts_with(place)), "{text}: {found:#?}");
    }
    assert!(
        !faults(&schema, &schema, &value("[simulation]\ntrials = 100\n"), "").is_empty(),
        "[batch] is needed"
    );
}
