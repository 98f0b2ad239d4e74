//! The batch of a new template: as a batch file beside CSV tables, or as sheets of a workbook.

use crate::input::schema::{BatchSection, KeySchema, SCHEMA};

use super::sheet::{Column, Sheet};
use super::tables::comment;
use super::worked::OBJECTIVES;

/// The values of a new batch, by their keys; the portfolio of a workbook is the workbook.
const VALUES: [(&str, &str); 6] = [
    ("batch.name", "my-portfolio"),
    ("batch.seed", "1"),
    ("batch.discount_rate", "0.07"),
    ("batch.options", "5"),
    ("batch.maximise", "strategic_value"),
    ("simulation.trials", "10000"),
];

/// The scenarios of a new batch: name, weights and factor on budgets.
const SCENARIOS: [[&str; 3]; 3] =
    [["base", "given", ""], ["budget cut", "given", "0.9"], ["service first", "service", ""]];

/// The limit of a new batch: name, measure, and the most of it.
const LIMIT: [&str; 3] = ["at most 20 projects", "projects", "20"];

/// Keys of a scenario that a sheet begins with; the others can be added as further columns.
const SCENARIO_KEYS: [&str; 4] = ["weights", "budget_scale", "force_in", "force_out"];

/// Keys of a limit that a sheet begins with.
const LIMIT_KEYS: [&str; 4] = ["name", "measure", "max", "min"];

/// A batch file beside the tables of a new template.
pub fn batch_file() -> String {
    let mut text = "# The scenarios to run; `cutline schema batch` lists every key.\n\n[batch]\n".to_owned();
    let quoted = |value: &str| match value.parse::<f64>() {
        Ok(_) => value.to_owned(),
        Err(_) => format!("\"{value}\""),
    };
    let mut section = "batch";
    for (key, value) in VALUES {
        let (of, name) = key.split_once('.').unwrap_or((section, key));
        if of != section {
            text += &format!("\n[{of}]\n");
            section = of;
        }
        text += &format!("{name} = {}\n", quoted(value));
        if key == "batch.name" {
            text += "portfolio = \".\"   # the folder of the tables, relative to this file\n";
        }
    }
    text += &format!(
        "\n[weights.service]\nmethod = \"direct\"\nvalues = {{ {} = 30, {} = 70 }}\n",
        OBJECTIVES[0], OBJECTIVES[1]
    );
    let [name, measure, most] = LIMIT;
    text += &format!("\n[[limit]]\nname = \"{name}\"\nmeasure = \"{measure}\"\nmax = {most}\n");
    for [name, weights, scale] in SCENARIOS {
        text += &format!("\n[[scenario]]\nname = \"{name}\"\nweights = \"{weights}\"\n");
        if !scale.is_empty() {
            text += &format!("budget_scale = {scale}\n");
        }
    }
    text
}

/// The sheets of a batch: `batch`, `scenarios`, `weights` and `limits`.
pub fn batch_sheets() -> Vec<Sheet> {
    let texts = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<String>>();
    let sheet = |name: &str, doc: &str, columns, rows| Sheet {
        name: name.to_owned(),
        doc: doc.to_owned(),
        columns,
        rows,
    };
    let settings = vec![
        Column::new("key", format!("Keys with their section before them. There are:\n{}", keys())),
        Column::new("value", "The value; lists are separated by `;`."),
    ];
    let mut scenarios = vec![Column::new("scenario", "Unique name of the scenario.\nRequired.")];
    scenarios.extend(SCENARIO_KEYS.map(|key| key_column("[[scenario]]", key)));
    let weights = vec![
        Column::new("objective", "Objectives of the table of objectives."),
        Column::new("service", "A set of weights, named by its heading; add as many columns as you need."),
    ];
    let limits = LIMIT_KEYS.map(|key| key_column("[[limit]]", key)).into_iter().chain([Column::new(
        format!("where.{}", super::worked::ATTRIBUTE),
        "Counts the projects with this value of the attribute only; several are separated by `;`.",
    )]);
    vec![
        sheet(
            "batch",
            "what is run",
            settings,
            VALUES.iter().map(|&(key, value)| texts(&[key, value])).collect(),
        ),
        sheet(
            "scenarios",
            "one row per scenario",
            scenarios,
            SCENARIOS.iter().map(|row| texts(row)).collect(),
        ),
        sheet(
            "weights",
            "one column per set of weights",
            weights,
            vec![texts(&[OBJECTIVES[0], "30"]), texts(&[OBJECTIVES[1], "70"])],
        ),
        sheet("limits", "one row per limit", limits.collect(), vec![texts(&LIMIT)]),
    ]
}

/// The column of a key of a section.
fn key_column(section: &str, name: &str) -> Column {
    let section = SCHEMA.batch.iter().find(|one: &&BatchSection| one.section == section);
    let is_named = |key: &&KeySchema| key.key.rsplit_once('.').is_some_and(|(_, last)| last == name);
    let Some(key) = section.and_then(|section| section.keys.iter().find(is_named)) else {
        return Column::new(name, "");
    };
    Column {
        words: key.kind.words(),
        ..Column::new(name, comment(key.doc, &key.kind.to_string(), key.required, key.default))
    }
}

/// The keys that the sheet of settings may hold.
fn keys() -> String {
    const SECTIONS: [&str; 4] = ["[batch]", "[simulation]", "[baseline]", "[frontier]"];
    let sections = SCHEMA.batch.iter().filter(|section| SECTIONS.contains(&section.section));
    let keys = sections.flat_map(|section| section.keys).map(|key| key.key);
    keys.filter(|key| *key != "batch.portfolio").collect::<Vec<_>>().join(", ")
}
