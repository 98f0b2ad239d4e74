//! The built program on a portfolio of a few projects whose frontier can be worked out by hand.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use assert_cmd::Command;
use tempfile::TempDir;

const TABLES: [(&str, &str); 5] = [
    ("projects.csv", "project,start,max_delay\nA,2027,1\nB,2027,0\nC,2027,0\nD,2028,0\n"),
    ("costs.csv", "project,line,2027,2028\nA,capex,40,\nB,capex,60,\nC,capex,30.5,\nD,capex,,70\n"),
    ("budgets.csv", "line,2027,2028\ncapex,100,80\n"),
    ("objectives.csv", "objective\nvalue\n"),
    ("scores.csv", "project,value\nA,8\nB,10\nC,5\nD,9\n"),
];

/// The same tables with the rows of each in reverse.
fn write_tables(folder: &Path, is_reversed: bool) {
    fs::create_dir(folder).unwrap();
    for (name, table) in TABLES {
        let (heading, rows) = table.split_once('\n').unwrap();
        let mut rows: Vec<&str> = rows.lines().collect();
        if is_reversed {
            rows.reverse();
        }
        fs::write(folder.join(name), format!("{heading}\n{}\n", rows.join("\n"))).unwrap();
    }
}

/// Runs a batch with this frontier; what it prints, and where its results are.
fn run(frontier: &str, keys: &str, is_reversed: bool) -> (String, TempDir) {
    let place = TempDir::new().unwrap();
    write_tables(&place.path().join("town"), is_reversed);
    let batch = format!(
        "[batch]\nname = \"small\"\nportfolio = \"town\"\noptions = 2\ngap = 0.0\n{keys}\n[frontier]\n{frontier}\n\
         [[scenario]]\nname = \"base\"\nrisk = false\n[[scenario]]\nname = \"half\"\nrisk = false\nbudget_scale = 0.5\n\
         [[scenario]]\nname = \"too much\"\nrisk = false\nbudget_scale = 0.5\nforce_in = [\"B\"]\n"
    );
    fs::write(place.path().join("small.toml"), batch).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cutline"));
    command.current_dir(place.path()).args(["run", "small.toml", "--out", "out"]);
    let output = command.timeout(Duration::from_secs(100)).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    (String::from_utf8(output.stdout).unwrap(), place)
}

fn read(place: &TempDir, file: &str) -> String {
    fs::read_to_string(place.path().join("out").join(file)).unwrap()
}

#[test]
fn value_against_cost() {
    let (said, place) = run("x = \"cost\"\ny = \"strategic_value\"", "", false);
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("Frontier:")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    Frontier: optimal, 11 points, strategic_value against cost: 0 at 0 to 27 at 170 (frontier.csv)
    Frontier: optimal, 4 points, strategic_value against cost: 0 at 0 to 13 at 70.50 (frontier.csv)
    ");
    insta::assert_snapshot!(read(&place, "frontier.csv"), @r"
    scenario,point,x_measure,x,y_measure,y,gap,status,projects
    base,F1,cost,0.0,strategic_value,0.0,0.0,optimal,0
    base,F2,cost,30.5,strategic_value,5.0,0.0,optimal,1
    base,F3,cost,40.0,strategic_value,8.0,0.0,optimal,1
    base,F4,cost,60.0,strategic_value,10.0,0.0,optimal,1
    base,F5,cost,70.5,strategic_value,13.0,0.0,optimal,2
    base,F6,cost,90.5,strategic_value,15.0,0.0,optimal,2
    base,F7,cost,100.0,strategic_value,18.0,0.0,optimal,2
    base,F8,cost,130.0,strategic_value,19.0,0.0,optimal,2
    base,F9,cost,130.5,strategic_value,23.0,0.0,optimal,3
    base,F10,cost,160.5,strategic_value,24.0,0.0,optimal,3
    base,F11,cost,170.0,strategic_value,27.0,0.0,optimal,3
    half,F1,cost,0.0,strategic_value,0.0,0.0,optimal,0
    half,F2,cost,30.5,strategic_value,5.0,0.0,optimal,1
    half,F3,cost,40.0,strategic_value,8.0,0.0,optimal,1
    half,F4,cost,70.5,strategic_value,13.0,0.0,optimal,2
    ");
    let selection = read(&place, "selection.csv");
    let of_point = |name: &str| -> Vec<&str> {
        let start = format!("base,{name},");
        selection.lines().filter_map(|line| line.strip_prefix(start.as_str())).collect()
    };
    assert_eq!(of_point("F1"), Vec::<&str>::new());
    assert_eq!(of_point("F4"), ["B,2027,1.0,2027,B"]);
    let record: serde_json::Value = serde_json::from_str(&read(&place, "run.json")).unwrap();
    assert_eq!(record["scenarios"][0]["frontier"]["points"], 11);
    assert_eq!(record["scenarios"][2]["frontier"]["status"], "infeasible");
    assert!(record["scenarios"][0]["frontier"]["seconds"].is_number());
}

#[test]
fn what_each_share_of_the_budgets_buys() {
    let (_, place) = run("x = \"budget_scale\"\ny = \"strategic_value\"", "", false);
    insta::assert_snapshot!(read(&place, "frontier.csv"), @r"
    scenario,point,x_measure,x,y_measure,y,gap,status,projects
    base,F1,budget_scale,0.0,strategic_value,0.0,0.0,optimal,0
    base,F2,budget_scale,0.305,strategic_value,5.0,0.0,optimal,1
    base,F3,budget_scale,0.4,strategic_value,8.0,0.0,optimal,1
    base,F4,budget_scale,0.5,strategic_value,13.0,0.0,optimal,2
    base,F5,budget_scale,0.6,strategic_value,18.0,0.0,optimal,2
    base,F6,budget_scale,0.875,strategic_value,22.0,0.0,optimal,3
    base,F7,budget_scale,0.905,strategic_value,24.0,0.0,optimal,3
    base,F8,budget_scale,1.0,strategic_value,27.0,0.0,optimal,3
    half,F1,budget_scale,0.0,strategic_value,0.0,0.0,optimal,0
    half,F2,budget_scale,0.61,strategic_value,5.0,0.0,optimal,1
    half,F3,budget_scale,0.8,strategic_value,8.0,0.0,optimal,1
    half,F4,budget_scale,1.0,strategic_value,13.0,0.0,optimal,2
    ");
}

#[test]
fn neither_the_order_of_rows_nor_the_solver_changes_a_frontier() {
    let frontier = "x = \"cost\"\ny = \"strategic_value\"";
    let (_, one) = run(frontier, "", false);
    let (_, reversed) = run(frontier, "", true);
    for file in ["frontier.csv", "selection.csv"] {
        assert_eq!(read(&one, file), read(&reversed, file));
    }
    for solver in ["highs", "search"] {
        let (_, other) = run(frontier, &format!("solver = \"{solver}\""), false);
        assert_eq!(read(&one, "frontier.csv"), read(&other, "frontier.csv"));
    }
}
