//! Key results from the tables to the results, by the built program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::run;

const TABLES: [(&str, &str); 11] = [
    (
        "projects.csv",
        "project,name,start,max_delay,success_probability,min_fraction\n\
         A,Hotline,2027,0,0.8,\n\
         B,Self service,2027,1,0.5,\n\
         C,Fibre north,2027,0,1,\n\
         D,Fibre south,2028,1,0.9,\n\
         E,New logo,2027,0,1,\n\
         F,Discounts,2027,0,1,0.25\n",
    ),
    (
        "costs.csv",
        "project,line,2027,2028,2029\n\
         A,capex,40,10,\nB,capex,30,,\nC,capex,50,20,\nD,capex,,45,10\nE,capex,5,,\nF,capex,30,30,30\n",
    ),
    ("budgets.csv", "line,2027,2028,2029\ncapex,130,90,60\n"),
    ("benefits.csv", "project,2027,2028,2029\nA,,30,60\nB,,20,40\nC,,,50\nD,,,40\nE,,1,1\nF,10,10,10\n"),
    ("objectives.csv", "objective,name,weight\ngrowth,Growth,1\nservice,Better service,3\nbrand,Brand,1\n"),
    ("scores.csv", "project,growth,service,brand\nA,1,8,\nB,,6,\nC,9,,\nD,7,1,\nF,2,,\n"),
    (
        "key_results.csv",
        "key_result,objective,name,unit,baseline,target,due,weight\n\
         churn,service,Customers who leave,%,8,4,2028,2\n\
         calls,service,Calls per customer,,10,6,,1\n\
         sites,growth,Sites with fibre,,120,300,2029,\n",
    ),
    (
        "effects.csv",
        "project,key_result,2027,2028,2029\n\
         A,churn,,-3,-1\nB,churn,-2,,\nF,churn,-2,-1,\nA,calls,-1,-2,-1\nC,sites,40,60,\nD,sites,,50,60\nF,sites,-10,,\n",
    ),
    (
        "uncertainty.csv",
        "project,quantity,distribution,low,mode,high\nC,effect,triangular,0.6,1,1.2\nF,effect,uniform,0.5,,1.5\nA,delay,uniform,0,,1.5\n",
    ),
    ("risks.csv", "risk,name,probability\nstrike,Strike,0.2\n"),
    (
        "impacts.csv",
        "risk,project,quantity,distribution,low,high,mean\nstrike,A,effect,fixed,,,0.5\nstrike,C,delay,fixed,,,1\nstrike,D,effect,uniform,0.5,1,\n",
    ),
];

const BATCH: &str = r#"[batch]
name = "aims"
portfolio = "tables"
options = 3
GOAL
[simulation]
trials = 2000
[[limit]]
name = "some progress"
measure = "progress"
min = 0.2
[[scenario]]
name = "base"
[[scenario]]
name = "less"
budget_scale = 0.7
[[scenario]]
name = "unseen"
risk = false
"#;

/// A folder with the tables and a batch of this goal.
fn folder(goal: &str) -> TempDir {
    let place = TempDir::new().unwrap();
    fs::create_dir(place.path().join("tables")).unwrap();
    for (name, text) in TABLES {
        fs::write(place.path().join("tables").join(name), text).unwrap();
    }
    fs::write(place.path().join("batch.toml"), BATCH.replace("GOAL", goal)).unwrap();
    place
}

fn results(place: &TempDir, more: &[&str]) -> PathBuf {
    let arguments = [&["run", "batch.toml", "--out", "out", "--quiet"], more].concat();
    let (code, _, stderr) = run(place.path(), &arguments);
    assert_eq!(code, 0, "{stderr}");
    place.path().join("out")
}

type TableRow = BTreeMap<String, String>;

fn table(path: &Path) -> Vec<TableRow> {
    csv::Reader::from_path(path).unwrap().deserialize().collect::<Result<_, _>>().unwrap()
}

#[test]
fn results_with_key_results_pass_the_check() {
    for goal in [
        "maximise = \"progress\"",
        "maximise = \"key_results_met\"\nrank_by = \"progress\"",
        "minimise = \"key_result.churn\"",
        "maximise = { progress = 0.6, npv = 0.4 }",
        "maximise = [\"key_results_met\", \"progress\", \"npv\"]",
        "maximise = \"npv\"",
    ] {
        let place = folder(goal);
        let out = results(&place, &[]);
        let (code, found, stderr) = run(place.path(), &["check", "out", "--json"]);
        assert_eq!(code, 0, "{goal}: {found}{stderr}");
        let found: Value = serde_json::from_str(&found).unwrap();
        for file in ["key_results.csv", "contributions.csv"] {
            let unknown = found["left_out"].as_array().unwrap().iter().find(|one| one["file"] == file);
            assert_eq!(unknown, None, "{goal}");
        }
        let rows = table(&out.join("key_results.csv"));
        assert!(
            rows.iter().any(|row| !row["p_reached"].is_empty())
                && rows.iter().any(|row| !row["without"].is_empty())
        );
        let is_blank = |row: &TableRow| {
            row["p_reached"].is_empty() == (row["scenario"] == "unseen" || row["period"] != row["due"])
        };
        assert!(rows.iter().all(is_blank));
    }
}

#[test]
fn what_is_changed_in_key_results_is_found() {
    let place = folder("maximise = \"progress\"");
    let out = results(&place, &[]);
    for (file, column) in [
        ("key_results.csv", "value"),
        ("key_results.csv", "p_reached"),
        ("key_results.csv", "path"),
        ("key_results.csv", "p_without"),
        ("contributions.csv", "contribution"),
        ("contributions.csv", "share"),
    ] {
        let path = out.join(file);
        let before = fs::read_to_string(&path).unwrap();
        let heading: Vec<&str> = before.lines().next().unwrap().split(',').collect();
        let at = heading.iter().position(|other| *other == column).unwrap();
        let row =
            before.lines().skip(1).position(|line| !line.split(',').nth(at).unwrap().is_empty()).unwrap() + 1;
        let changed = |(place, line): (usize, &str)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if place == row {
                cells[at] = "0.123";
            }
            cells.join(",") + "\n"
        };
        fs::write(&path, before.lines().enumerate().map(changed).collect::<String>()).unwrap();
        let (code, said, _) = run(place.path(), &["check", "out"]);
        assert!(code == 2 && said.contains(column), "{file} {column}: {code} {said}");
        fs::write(&path, before).unwrap();
    }
    for file in ["key_results.csv", "contributions.csv"] {
        fs::remove_file(out.join(file)).unwrap();
        let (code, said, _) = run(place.path(), &["check", "out"]);
        assert!(code == 2 && said.contains(&format!("{file}: is missing")), "{said}");
    }
}

#[test]
fn a_selection_is_told_with_its_key_results_in_words() {
    let place = folder("maximise = \"progress\"\nrank_by = \"progress\"");
    fs::write(
        place.path().join("batch.toml"),
        BATCH.replace("GOAL", "maximise = \"progress\"").replace(
            "[[scenario]]\nname = \"base\"\n",
            "[[scenario]]\nname = \"base\"\nforce_in = [\"A\", \"C\", \"E\"]\nforce_out = [\"F\"]\n",
        ),
    )
    .unwrap();
    let (code, stdout, stderr) = run(place.path(), &["run", "batch.toml", "--out", "out", "--json"]);
    assert_eq!(code, 0, "{stderr}");
    let summary: Value = serde_json::from_str(&stdout).unwrap();
    let told = &summary["scenarios"][0]["key_results"];
    let words: Vec<&str> =
        told["key_results"].as_array().unwrap().iter().map(|one| one["words"].as_str().unwrap()).collect();
    assert!(words[1].starts_with("Customers who leave ≤ 4 % by 2028 is reached in "), "{words:?}");
    assert!(words[1].contains("of futures; without A (Hotline) in "), "{words:?}");
    assert_eq!(told["serve_nothing"][0], "E (New logo)");
    let unseen = &summary["scenarios"][2]["key_results"]["key_results"][0]["words"];
    assert!(unseen.as_str().unwrap().contains("as planned, with"), "{unseen}");
}

#[test]
fn values_follow_the_tables_by_hand() {
    let place = folder("maximise = \"progress\"");
    let batch = BATCH.replace("GOAL", "maximise = \"progress\"").replace("min = 0.2", "min = 0");
    let batch = batch.replace(
        "name = \"base\"\n",
        "name = \"base\"\nforce_in = [\"A\", \"D\"]\nforce_out = [\"B\", \"C\", \"E\", \"F\"]\noptions = 1\n",
    );
    fs::write(place.path().join("batch.toml"), batch).unwrap();
    let rows = table(&results(&place, &[]).join("key_results.csv"));
    let of = |id: &str, column: &str| -> Vec<String> {
        let own = rows.iter().filter(|row| row["scenario"] == "base" && row["key_result"] == id);
        own.map(|row| row[column].clone()).collect()
    };
    // A succeeds in four of five cases: churn falls by 0.8 × 3 in 2028, and by 0.8 more in 2029.
    assert_eq!(of("churn", "value"), ["8.0", "5.6", "4.8"]);
    assert_eq!(of("churn", "path"), ["6.0", "4.0", "4.0"]);
    assert_eq!(of("churn", "reached"), ["false", "false", "false"]);
    assert_eq!(of("calls", "value"), ["9.2", "7.6", "6.8"]);
    assert_eq!(of("sites", "value"), ["120.0", "165.0", "219.0"]);
    // Weights: 1, 3 and 1 of 5; two thirds and one third of service.
    assert_eq!(of("churn", "weight")[0], "0.4");
    let options = table(&place.path().join("out/options.csv"));
    let objective: f64 = options[0]["objective"].parse().unwrap();
    let by_hand = 0.4 * (2.4 / 4.0) + 0.2 * (3.2 / 4.0) + 0.2 * (99.0 / 180.0);
    assert!((objective - by_hand).abs() < 1e-9, "{objective}, not {by_hand}");
}

#[test]
fn workbook_and_report_show_key_results() {
    let place = folder("maximise = \"progress\"");
    let out = results(&place, &["--format", "xlsx,html"]);
    let report = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(report.contains("id: \"key-results\"") && report.contains("id: \"contributions\""));
    assert!(out.join("workbook.xlsx").exists());
}

/// Searches with other weights value key results, too.
#[test]
fn weights_left_open_and_moved_go_with_key_results() {
    let place = folder("maximise = \"strategic_value\"");
    let open = "[weights.open]\nmethod = \"incomplete\"\nstatements = [\"service >= growth\", \"growth >= brand\"]\n\
                [report]\nweight_ranges = true\n[[scenario]]\nname = \"open\"\nweights = \"open\"\nwithout_limits = [\"some progress\"]\n";
    let batch = BATCH.replace("GOAL", "maximise = \"strategic_value\"");
    fs::write(place.path().join("batch.toml"), batch + open).unwrap();
    let (code, _, stderr) = run(place.path(), &["run", "batch.toml", "--out", "out", "--quiet"]);
    assert_eq!(code, 0, "{stderr}");
    let (code, stdout, stderr) = run(place.path(), &["check", "out"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let rows = fs::read_to_string(place.path().join("out/weight_ranges.csv")).unwrap();
    assert!(rows.lines().count() > 1, "{rows}");
    let (_, shown, _) = run(place.path(), &["show", "out", "--scenario", "open"]);
    assert!(shown.contains("P(reached)") && shown.contains("Customers who leave"), "{shown}");
}

#[test]
fn what_serves_nothing_is_named_without_key_results_too() {
    let place = TempDir::new().unwrap();
    let tables = [
        ("projects.csv", "project,name,status\nA,Alpha,\nB,Boiler,mandatory\nC,Gamma,\n"),
        ("costs.csv", "project,line,2027\nA,capex,5\nB,capex,4\nC,capex,9\n"),
        ("budgets.csv", "line,2027\ncapex,9\n"),
        ("objectives.csv", "objective,name,weight\ngrowth,Growth,2\ncare,Care for people,1\n"),
        ("scores.csv", "project,growth,care\nA,7,\nC,,9\n"),
    ];
    for (file, text) in tables {
        fs::write(place.path().join(file), text).unwrap();
    }
    fs::write(place.path().join("plan.toml"), "[batch]\nportfolio = \".\"\n[[scenario]]\nname = \"one\"\n")
        .unwrap();
    let (code, stdout, stderr) = run(place.path(), &["run", "plan.toml", "--out", "out"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("Funded, and serves no objective or key result: B (Boiler)"), "{stdout}");
    assert!(stdout.contains("Served by no funded project: Care for people"), "{stdout}");
}
