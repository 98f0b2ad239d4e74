//! The built program on a portfolio small enough to be worked out by hand: budgets that carry over and may be overrun,
//! bought capacity, a synergy, soft and hard limits, a target and a current plan.
//!
//! A, B and C together: the synergy saves 26, of which 60/130 fall on 2027 (A's 60) and 70/130 on 2028 (B's 70), so 12
//! and 14. In 2027 they spend 60 − 12 = 48 of 100; half of the 52 left is carried over. In 2028 B needs three of a crew
//! of two, so one is hired for 10: 70 + 20 − 14 + 10 = 86 of 50 + 26, which is an overrun of 10 and costs 1. Three
//! changes (B starts, C moves, D stops) cost 3, the third project under a soft limit of two costs 2.5: 75 − 6.5 = 68.5.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use assert_cmd::Command;
use tempfile::TempDir;

const TABLES: [(&str, &str); 9] = [
    ("projects.csv", "project,start\nA,2027\nB,2028\nC,2028\nD,2028\n"),
    ("costs.csv", "project,line,2027,2028\nA,capex,60,\nB,capex,,70\nC,capex,,20\nD,capex,,200\n"),
    ("demands.csv", "project,resource,2027,2028\nA,crew,2,\nB,crew,,3\n"),
    ("budgets.csv", "line,carry_over,overrun_limit,overrun_price,2027,2028\ncapex,0.5,20,0.1,100,50\n"),
    ("capacities.csv", "resource,extra_limit,extra_rate,extra_line,2027,2028\ncrew,3,10,capex,2,2\n"),
    ("objectives.csv", "objective,target\nvalue,72\n"),
    ("scores.csv", "project,value\nA,30\nB,40\nC,5\nD,1\n"),
    ("synergies.csv", "synergy,projects,at_least,effect,amount\nshared crane,A;B,,cost,-26\n"),
    ("current_plan.csv", "project,start\nA,2027\nC,2027\nD,2028\n"),
];

const BATCH: &str = r#"[batch]
name = "small"
portfolio = "town"
discount_rate = 0.25
options = 2
gap = 0.0
change_price = 1
maximise = "strategic_value"
[simulation]
trials = 100

[[limit]]
name = "few"
measure = "projects"
max = 2
price = 2.5

[[scenario]]
name = "soft"

[[scenario]]
name = "hard"
without_limits = ["few"]
limits = [{ name = "two", measure = "projects", max = 2 }]

[[scenario]]
name = "target"
without_limits = ["few"]
meet_targets = true

[[scenario]]
name = "both"
meet_targets = true
limits = [{ name = "two", measure = "projects", max = 2 }]

[[scenario]]
name = "two changes"
max_changes = 2

[[scenario]]
name = "half in 2027"
limits = [{ name = "half", measure = "cost", where = { project = "A" }, min_share = 0.5 }]
"#;

type Line = BTreeMap<String, String>;

fn results(solver: &str) -> (TempDir, impl Fn(&str) -> Vec<Line>) {
    let place = TempDir::new().unwrap();
    let town = place.path().join("town");
    fs::create_dir(&town).unwrap();
    for (name, text) in TABLES {
        fs::write(town.join(name), text).unwrap();
    }
    let batch = BATCH.replace("options = 2", &format!("options = 2\nsolver = \"{solver}\""));
    fs::write(place.path().join("small.toml"), batch).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cutline"));
    command.current_dir(place.path()).args(["run", "small.toml", "--out", "out"]);
    command.timeout(Duration::from_secs(300)).assert().success();
    let out = place.path().join("out");
    (place, move |file: &str| read(&out.join(file)))
}

fn read(path: &Path) -> Vec<Line> {
    csv::Reader::from_path(path).unwrap().deserialize().collect::<Result<_, _>>().unwrap()
}

/// The cells of some columns, of the rows of one scenario and option.
fn cells(rows: &[Line], scenario: &str, option: &str, columns: &[&str]) -> Vec<String> {
    let own = rows.iter().filter(|row| row["scenario"] == scenario && row["option"] == option);
    own.map(|row| columns.iter().map(|&column| row[column].as_str()).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn options_are_those_worked_out_by_hand() {
    for solver in ["auto", "highs", "search"] {
        let (_place, table) = results(solver);
        let (options, selection) = (table("options.csv"), table("selection.csv"));
        let expected = [
            // A and B: 70 less three changes, C and D being dropped.
            ("soft", "1", "A B C", "68.5 3 6.5"),
            ("soft", "2", "A B", "67.0 3 3.0"),
            ("hard", "1", "A B", "67.0 3 3.0"),
            ("target", "1", "A B C", "71.0 3 4.0"),
            // Only C may move besides D being dropped.
            ("two changes", "1", "A C", "33.0 2 2.0"),
            ("two changes", "2", "A", "28.0 2 2.0"),
            // A is 60 of 130 − 26, the saving being of the whole and not of A; with C it would be 60 of 124.
            ("half in 2027", "1", "A B", "67.0 3 3.0"),
        ];
        for (scenario, option, projects, figures) in expected {
            let chosen = cells(&selection, scenario, option, &["project"]).join(" ");
            assert_eq!(chosen, projects, "{solver}, {scenario}");
            let found = cells(&options, scenario, option, &["objective", "changes", "penalty"]);
            assert_eq!(found, [figures], "{solver}, {scenario}");
        }
        assert_eq!(cells(&options, "target", "2", &["objective"]), [""; 0], "no other reaches the target");
        let status = |scenario: &str| {
            let rows = table("scenarios.csv");
            rows.iter().find(|row| row["scenario"] == scenario).unwrap()["status"].clone()
        };
        assert_eq!((status("both").as_str(), status("soft").as_str()), ("infeasible", "optimal"));
    }
}

#[test]
fn accounts_are_those_worked_out_by_hand() {
    let (_place, table) = results("auto");
    let spend = cells(&table("spend.csv"), "soft", "1", &["period", "plan", "limit", "carried", "overrun"]);
    assert_eq!(spend, ["2027 48.0 100.0 0.0 0.0", "2028 86.0 50.0 26.0 10.0"]);
    let people = cells(&table("capacity.csv"), "soft", "1", &["period", "plan", "limit", "bought"]);
    assert_eq!(people, ["2027 2.0 2.0 0.0", "2028 3.0 2.0 1.0"]);
    // 48 now and 86 a period later: 48 + 68.8. Nothing is uncertain, so the simulation agrees.
    let totals = ["cost", "npv", "strategic_value", "npv_mean", "cost_mean", "strategic_value_mean"];
    let totals = cells(&table("options.csv"), "soft", "1", &totals);
    assert_eq!(totals, ["134.0 -116.8 75.0 -116.8 134.0 75.0"]);
    let simulated = cells(&table("spend.csv"), "soft", "1", &["mean", "p90"]);
    assert_eq!(simulated, ["48.0 48.0", "86.0 86.0"]);
}

#[test]
fn changes_and_assumptions_are_told() {
    let (_place, table) = results("auto");
    let changes = cells(&table("changes.csv"), "soft", "1", &["project", "change", "from", "to"]);
    assert_eq!(changes, ["B start  2028", "C move 2027 2028", "D stop 2028 "]);
    let rows = table("scenarios.csv");
    let columns = ["escalation", "meet_targets", "max_changes", "change_price", "limits"];
    let told = |scenario: &str| {
        let row = rows.iter().find(|row| row["scenario"] == scenario).unwrap();
        columns.map(|column| row[column].as_str()).join("|")
    };
    assert_eq!(told("soft"), "0.0|false||1.0|few");
    assert_eq!(told("both"), "0.0|true||1.0|few;two");
    assert_eq!(told("two changes"), "0.0|false|2|1.0|few");
    let reached = cells(&table("objectives.csv"), "soft", "2", &["score", "target", "reached"]);
    assert_eq!(reached, ["70.0 72.0 false"]);
}

#[test]
fn a_synergy_that_cannot_be_spread_is_refused() {
    let place = TempDir::new().unwrap();
    for (name, text) in TABLES {
        let text = if name == "synergies.csv" { text.replace("cost", "benefit") } else { text.to_owned() };
        fs::write(place.path().join(name), text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_cutline"));
    let output = command.args(["validate", place.path().to_str().unwrap()]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    let fault = "synergies.csv: the synergy `shared crane` adds to benefit, but its projects have none";
    assert!(said.contains(fault), "{said}");
}
