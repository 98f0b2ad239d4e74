//! Why two rounds differ: pairs of rounds made by known changes.

use std::fs;
use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};
use serde_json::Value;
use tempfile::TempDir;

use crate::program::run;

/// Four projects on one line: A and B are chosen of them.
const TABLES: [(&str, &str); 5] = [
    ("projects.csv", "project,name\nA,Alpha\nB,Beta\nC,Gamma\nD,Delta\n"),
    ("costs.csv", "project,line,2027\nA,capex,5\nB,capex,4\nC,capex,3\nD,capex,3\n"),
    ("budgets.csv", "line,2027\ncapex,9\n"),
    ("objectives.csv", "objective\nvalue\n"),
    ("scores.csv", "project,value\nA,10\nB,6\nC,1\nD,1\n"),
];

const BATCH: &str = "[batch]\nname = \"plan\"\nportfolio = \".\"\ngap = 0.0\noptions = 1\ndiscount_rate = 0.07\n[simulation]\ntrials = 100\n";

/// Writes the input of a round, with some of its tables changed, and runs it.
fn round(folder: &Path, name: &str, changes: &[(&str, &str)], batch: &str) {
    let own = folder.join(name);
    fs::create_dir(&own).unwrap();
    for (file, text) in TABLES.iter().chain(changes) {
        fs::write(own.join(file), text).unwrap();
    }
    fs::write(own.join("plan.toml"), batch).unwrap();
    let (batch, out) = (format!("{name}/plan.toml"), format!("{name}-out"));
    let (code, _, stderr) = run(folder, &["run", &batch, "--out", &out, "--quiet"]);
    assert_eq!(code, 0, "{stderr}");
}

/// Why the second round differs from the first, for programs.
fn why(folder: &Path) -> Value {
    let (code, stdout, stderr) = run(folder, &["diff", "before-out", "after-out", "--json", "--explain"]);
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_str::<Value>(&stdout).unwrap()["why"].clone()
}

/// Each project that flips: what comes of it, and the group.
fn flips(why: &Value, scenario: usize) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let projects = why["scenarios"][scenario]["projects"].as_array().unwrap();
    projects.iter().map(|one| (text(&one["project"]), text(&one["change"]), text(&one["group"]))).collect()
}

fn flip(project: &str, change: &str, group: &str) -> (String, String, String) {
    (project.to_owned(), change.to_owned(), group.to_owned())
}

#[test]
fn each_project_is_put_down_to_the_change_at_which_it_flips() {
    let folder = TempDir::new().unwrap();
    round(folder.path(), "before", &[], BATCH);
    let changes = [
        ("projects.csv", "name,project\nAlpha,A\nBeta,B\nDelta,D\nGamma,C\nEpsilon,E\n"),
        ("costs.csv", "project,line,2027\nA,capex,5\nB,capex,6\nC,capex,3\nD,capex,3\nE,capex,8\n"),
        ("budgets.csv", "line,2027\ncapex,8\n"),
        ("scores.csv", "project,value\nA,10\nB,6\nC,1\nD,5\nE,3\n"),
    ];
    round(folder.path(), "after", &changes, BATCH);
    let told = why(folder.path());
    let order =
        ["projects added or removed (E)", "costs (B)", "budgets (capex)", "objectives and scores (D)"];
    assert_eq!(told["order"], serde_json::json!(order));
    assert_eq!(flips(&told, 0), [flip("B", "out", order[1]), flip("D", "in", order[3])]);
    let steps = told["scenarios"][0]["steps"].as_array().unwrap();
    let objectives: Vec<f64> = steps.iter().map(|step| step["objective"].as_f64().unwrap()).collect();
    assert_eq!(objectives, [16.0, 11.0, 11.0, 15.0]);
    assert_eq!(steps[1]["leave"], serde_json::json!(["B"]));
    assert_eq!(steps[3]["leave"], serde_json::json!(["C"]), "it went in with the costs");
    let (code, text, _) = run(folder.path(), &["diff", "before-out", "after-out", "--explain"]);
    assert_eq!(code, 0);
    assert!(text.contains("Why: changes applied one after the other, in this order"), "{text}");
    assert!(text.contains("− Beta (B): out with 2 costs (B)"), "{text}");
    assert!(text.contains("+ Delta (D): in with 4 objectives and scores (D)"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn what_changed_is_a_workbook_too() {
    let folder = TempDir::new().unwrap();
    round(folder.path(), "before", &[], BATCH);
    let changes = [
        ("costs.csv", "project,line,2027\nA,capex,5\nB,capex,9\nC,capex,3\nD,capex,3\n"),
        ("scores.csv", "project,value\nA,10\nB,6\nC,1\nD,5\n"),
    ];
    round(folder.path(), "after", &changes, BATCH);
    let ask = ["diff", "before-out", "after-out", "-o", "changed.xlsx"];
    let (code, _, stderr) = run(folder.path(), &[&ask[..], &["--explain"]].concat());
    assert!(code == 0 && stderr.contains("Wrote `changed.xlsx`"), "{stderr}");
    let mut book: Xlsx<_> = open_workbook(folder.path().join("changed.xlsx")).unwrap();
    assert_eq!(book.sheet_names(), ["What changed", "Scenarios", "Business cases", "Input"]);
    let mut rows = |sheet: &str| -> Vec<Vec<String>> {
        let range = book.worksheet_range(sheet).unwrap();
        range.rows().skip(3).map(|row| row.iter().map(ToString::to_string).collect()).collect()
    };
    let changed = rows("What changed");
    let beta = changed.iter().find(|row| row[2] == "B").unwrap();
    assert_eq!((&*beta[1], &*beta[3], &*beta[8]), ("Beta", "goes out", "out with costs (B)"));
    let delta = changed.iter().find(|row| row[2] == "D").unwrap();
    assert!(delta[3] == "goes in" && delta[8].starts_with("in with"), "{delta:?}");
    let [objective, after, change] =
        [6, 7, 8].map(|column| rows("Scenarios")[0][column].parse::<f64>().unwrap());
    assert_eq!((objective, after - objective), (16.0, change));

    let (code, _, stderr) = run(folder.path(), &ask);
    assert!(code == 2 && stderr.contains("stands there already"), "{stderr}");
    let (code, _, stderr) = run(folder.path(), &["diff", "before-out", "after-out", "-o", "changed.csv"]);
    assert!(code == 2 && stderr.contains("ends in .xlsx"), "{stderr}");
}

#[test]
fn limits_and_weights_are_groups_of_their_own() {
    let folder = TempDir::new().unwrap();
    let tables = [
        ("objectives.csv", "objective,weight\nvalue,1\nspeed,0\n"),
        ("scores.csv", "project,value,speed\nA,10,0\nB,6,0\nC,1,9\nD,1,0\n"),
    ];
    round(folder.path(), "before", &tables, BATCH);
    let more = "[weights.fast]\nmethod = \"direct\"\nvalues = { value = 1, speed = 3 }\n\
        [base]\nweights = \"fast\"\n\
        [[limit]]\nname = \"no A\"\nmeasure = \"projects\"\nwhere = { project = \"A\" }\nmax = 0\n";
    round(folder.path(), "after", &tables, &format!("{BATCH}{more}"));
    let told = why(folder.path());
    assert_eq!(told["order"], serde_json::json!(["weights", "limits"]));
    // By value and speed A and C are best of 9 (2.5 + 7), without A it is B and C.
    assert_eq!(flips(&told, 0), [flip("A", "out", "limits"), flip("C", "in", "weights")]);
    let (_, text, _) = run(folder.path(), &["diff", "before-out", "after-out", "--explain"]);
    assert!(text.contains("2 limits"), "{text}");
}

#[test]
fn changes_that_do_not_fit_without_each_other_are_one() {
    let folder = TempDir::new().unwrap();
    round(
        folder.path(),
        "before",
        &[],
        &format!("{BATCH}[[scenario]]\nname = \"one\"\nforce_in = [\"D\"]\n"),
    );
    let changes = [
        ("projects.csv", "project,name\nA,Alpha\nB,Beta\nC,Gamma\n"),
        ("costs.csv", "project,line,2027\nA,capex,5\nB,capex,4\nC,capex,3\n"),
        ("scores.csv", "project,value\nA,10\nB,6\nC,1\n"),
    ];
    round(folder.path(), "after", &changes, &format!("{BATCH}[[scenario]]\nname = \"one\"\n"));
    let told = why(folder.path());
    let group = "projects added or removed (D) with scenarios and settings";
    assert_eq!(told["order"], serde_json::json!([group]));
    assert_eq!(flips(&told, 0), [flip("B", "in", group), flip("D", "out", group)]);
}

#[test]
fn input_that_was_changed_since_is_refused_unless_it_is_named() {
    let folder = TempDir::new().unwrap();
    round(folder.path(), "before", &[], BATCH);
    round(folder.path(), "after", &[("budgets.csv", "line,2027\ncapex,8\n")], BATCH);
    fs::write(folder.path().join("before/budgets.csv"), "line,2027\ncapex,10\n").unwrap();
    let asked = ["diff", "before-out", "after-out", "--explain"];
    let (code, _, stderr) = run(folder.path(), &asked);
    assert!(
        code == 2 && stderr.contains("budgets.csv was changed since: name the input as it was"),
        "{stderr}"
    );
    let named = ["before/plan.toml", "after/plan.toml"];
    let (code, text, stderr) = run(folder.path(), &[&asked[..], &named].concat());
    assert!(code == 0 && text.contains("budgets (capex)"), "{text}{stderr}");
    let (code, _, stderr) = run(folder.path(), &[&asked[..], &named[..1]].concat());
    assert!(code == 2 && stderr.contains("both batch files"), "{stderr}");
}

#[test]
fn scenarios_that_differ_by_a_current_plan_alone_go_together() {
    let folder = TempDir::new().unwrap();
    let named = |name: &str, more: &str| format!("{BATCH}[[scenario]]\nname = \"{name}\"\n{more}");
    round(folder.path(), "before", &[], &named("free", ""));
    let plan = [("current_plan.csv", "project,start\nC,2027\nD,2027\n")];
    round(folder.path(), "after", &plan, &named("careful", "max_changes = 1\n"));
    let (code, text, _) = run(folder.path(), &["diff", "before-out", "after-out", "--json"]);
    assert_eq!(code, 0);
    let rounds: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&rounds["scenarios"][0]["before"], &rounds["scenarios"][0]["after"]),
        (&"free".into(), &"careful".into())
    );
    assert!(rounds.get("why").is_none(), "it was not asked");
    let told = why(folder.path());
    assert_eq!(told["order"], serde_json::json!(["current plan (C, D)", "scenarios and settings"]));
    assert_eq!(flips(&told, 0)[0], flip("A", "out", "scenarios and settings"));
}

#[test]
fn a_scenario_is_shown_with_its_objectives_groups_and_frontier() {
    let folder = TempDir::new().unwrap();
    let tables = [
        ("projects.csv", "project,name,area\nA,Alpha,north\nB,Beta,south\nC,Gamma,south\nD,Delta,north\n"),
        ("objectives.csv", "objective,name,weight\nvalue,Value,3\nspeed,Speed,1\n"),
        ("scores.csv", "project,value,speed\nA,10,0\nB,6,4\nC,1,9\nD,1,0\n"),
    ];
    let more = "[report]\ngroup_by = [\"area\"]\n[frontier]\nx = \"cost\"\ny = \"strategic_value\"\n\
        [[scenario]]\nname = \"base\"\n";
    round(folder.path(), "before", &tables, &format!("{BATCH}{more}"));
    let (code, text, _) = run(folder.path(), &["show", "before-out", "--scenario", "base"]);
    assert!(code == 0 && text.lines().all(|line| line.chars().count() <= 80), "{text}");
    for wanted in ["Value (value)", "Speed (speed)", "area: north", "area: south", "Frontier", "F1"] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let (_, json, _) = run(folder.path(), &["show", "before-out", "--scenario", "base", "--json"]);
    let answer: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(answer["objectives"][1]["objective"], "value");
    assert_eq!(answer["groups"].as_array().unwrap().len(), 2);
    assert_eq!(answer["frontier"]["x"], "cost");
}
