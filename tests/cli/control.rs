//! Control totals and control columns, as whoever calls the program sees them.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::program::{case_of, names, run};

/// Two projects whose costs stand in a column of their own; that of B is 3 short.
fn case(figures: [&str; 2]) -> TempDir {
    let projects = format!(
        "project,name,status,area,total\nA,Alpha,,north,{}\nB,Beta,excluded,south,{}\n",
        figures[0], figures[1]
    );
    let tables = [
        ("projects.csv", projects.as_str()),
        ("costs.csv", "project,line,2027,2028\nA,capex,30.1,0.2\nB,capex,40,\nB,opex,,1000000\n"),
        ("benefits.csv", "project,kind,2027,2028\nA,savings,,60\nB,fees,70,\n"),
        ("demands.csv", "project,resource,2027,2028\nA,nurse,2,\nB,nurse,1.5,\n"),
        ("budgets.csv", "line,2027,2028\ncapex,35.05,0\nopex,0,250000\n"),
        ("capacities.csv", "resource,2027,2028\nnurse,3,3\n"),
    ];
    let batch = "[batch]\nportfolio = \"data\"\nmaximise = \"npv\"\noptions = 1\n[simulation]\ntrials = 100\n\
                 [check]\ncost = \"attribute.total\"\n";
    case_of(&tables, "plan.toml", batch)
}

#[test]
fn totals_stand_in_tables_and_in_json() {
    let folder = case(["30.3", "1000040"]);
    let (code, stdout, stderr) = run(folder.path(), &["validate", "plan.toml"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = stdout.lines().map(words).collect();
    for line in [
        "all 1,000,070.3 250,035.05 25.0 % ",
        "2027 70.1 35.05 50.0 % 70",
        "capex all 70.3 35.05 49.9 %",
        "opex all 1,000,000 250,000 25.0 %",
        "2027 0 0 -",
        "nurse all 3.5 6 100 %",
        "savings all 60",
        "candidate 1 30.3",
        "excluded 1 1,000,040",
        "area north 1 30.3 <0.1 %",
        "south 1 1,000,040 >99.9 %",
    ] {
        assert!(lines.iter().any(|own| own == line.trim()), "{line}: {stdout}");
    }
    assert!(stdout.lines().all(|line| line.chars().count() <= 100), "{stdout}");

    let (code, stdout, _) = run(folder.path(), &["validate", "plan.toml", "--json"]);
    let told: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &told["batch"], &told["scenarios"]), (0, &json!("plan"), &json!(["base"])));
    let totals = &told["totals"];
    assert_eq!(totals["money"]["asked"], json!(1_000_070.3));
    assert_eq!(
        totals["lines"][0]["periods"][1],
        json!({"period": "2028", "asked": 0.2, "limit": 0.0, "share": 0.0})
    );
    assert_eq!(totals["resources"][0]["limit"], json!(6.0));
    let (code, folder_alone, _) = run(folder.path(), &["validate", "data", "--json"]);
    let alone: Value = serde_json::from_str(&folder_alone).unwrap();
    assert_eq!((code, &alone["totals"], &alone["batch"]), (0, totals, &Value::Null));
}

#[test]
fn many_lines_and_periods_keep_within_the_width() {
    let name = "a line with a name that nobody would want to read as a whole".to_owned();
    let periods: Vec<String> = (2027..2047).map(|year| year.to_string()).collect();
    let row = |line: usize| format!("A,{name} {line},{}\n", vec!["123456789012.34"; 20].join(","));
    let costs: String = (0..30).map(row).collect();
    let costs = format!("project,line,{}\n{costs}", periods.join(","));
    let projects = format!("project,{name}\nA,{name}\n");
    let folder = case_of(&[("projects.csv", &projects), ("costs.csv", &costs)], "plan.toml", "");
    let (code, stdout, stderr) = run(folder.path(), &["validate", "data"]);
    assert_eq!(code, 0, "{stderr}");
    let totals = stdout.split_once("Control totals").unwrap().1;
    assert!(totals.lines().all(|line| line.chars().count() <= 100), "{totals}");
    assert!(totals.contains("74,074,073,407,404") && totals.lines().count() < 100, "{totals}");
}

#[test]
fn every_way_in_refuses_figures_that_differ() {
    let folder = case(["30.3", "1000037"]);
    for arguments in [
        &["validate", "plan.toml"][..],
        &["run", "plan.toml"],
        &["run", "plan.toml", "--executor", "local"],
        &["shard", "plan", "plan.toml", "--to", "work"],
        &["model", "plan.toml", "-o", "plan.lp"],
    ] {
        let (code, stdout, stderr) = run(folder.path(), arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}: {stderr}");
        let told = "fault: projects.csv, row 3, total: `1000037` is not the cost of project B, which is 1000040 by the \
                    tables: they differ by 3: ";
        assert!(stderr.contains(told), "{arguments:?}: {stderr}");
        assert!(stderr.contains("1 fault found; nothing was run or written."), "{stderr}");
    }
    assert_eq!(names(folder.path()), ["data", "plan.toml"]);
    let mended = fs::read_to_string(folder.path().join("data/projects.csv")).unwrap().replace("037", "040");
    fs::write(folder.path().join("data/projects.csv"), mended).unwrap();
    assert_eq!(run(folder.path(), &["run", "plan.toml"]).0, 0);
}
