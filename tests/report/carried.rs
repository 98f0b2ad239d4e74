//! The data that a report carries.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::cases::rich;
use crate::program::run;

/// Runs a batch with a report; gives the folder of the case.
pub fn reported(case: TempDir) -> TempDir {
    let (code, _, stderr) = run(case.path(), &["run", "batch.toml", "--format", "html", "--out", "out"]);
    assert_eq!(code, 0, "{stderr}");
    case
}

/// The data that a report carries.
fn carried(report: &Path) -> Value {
    let page = fs::read_to_string(report).unwrap();
    let (_, rest) = page.split_once("<script id=\"data\" type=\"application/octet-stream\">").unwrap();
    let (data, _) = rest.split_once("</script>").unwrap();
    let mut text = String::new();
    GzDecoder::new(decoded(data).as_slice()).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Bytes in base64.
fn decoded(text: &str) -> Vec<u8> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in text.chars().filter(|letter| *letter != '=') {
        bits = bits << 6 | u32::try_from(LETTERS.find(letter).unwrap()).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes
}

/// A cell of a table that is carried, as its text in the table would read.
fn cell(column: &Value, row: usize) -> Value {
    match column.get("words") {
        Some(words) => words[usize::try_from(column["at"][row].as_u64().unwrap()).unwrap()].clone(),
        None => column[row].clone(),
    }
}

/// Tables whose names of projects and objectives a report has elsewhere.
const WITHOUT_NAMES: [&str; 9] = [
    "selection",
    "baseline_selection",
    "contingency",
    "decisions",
    "robustness",
    "room",
    "priorities",
    "core_index",
    "weight_ranges",
];

/// Columns of tables that a report leaves out.
fn is_left_out(table: &str, heading: &str) -> bool {
    match table {
        "spend" | "capacity" => heading.ends_with("_se") && heading != "p_over_se",
        "business_cases" => ["name", "all_irr", "mirr"].contains(&heading),
        "portfolios" => !["scenario", "portfolio", "max_regret"].contains(&heading),
        _ => heading == "name" && WITHOUT_NAMES.contains(&table),
    }
}

#[test]
fn every_cell_is_that_of_the_tables() {
    let case = reported(rich());
    let out = case.path().join("out");
    let data = carried(&out.join("report.html"));
    let tables = data["tables"].as_object().unwrap();
    let written: BTreeSet<String> = (fs::read_dir(&out).unwrap())
        .filter_map(|entry| {
            entry.unwrap().file_name().to_str().unwrap().strip_suffix(".csv").map(str::to_owned)
        })
        .collect();
    assert_eq!(tables.keys().cloned().collect::<BTreeSet<_>>(), written);
    let (mut texts, mut numbers) = (0, 0);
    // A row per option and scenario: regret_by_option.csv sums it up.
    for (name, table) in tables.iter().filter(|(name, _)| *name != "regret") {
        let mut reader = csv::Reader::from_path(out.join(format!("{name}.csv"))).unwrap();
        let headings: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(table["rows"], rows.len(), "{name}");
        for (place, heading) in headings.iter().enumerate() {
            let Some(column) = table["columns"].get(heading) else {
                let is_blank = rows.iter().all(|row| row[place].is_empty());
                assert!(is_blank || is_left_out(name, heading), "{name}.{heading} is not there");
                continue;
            };
            for (at, row) in rows.iter().enumerate() {
                let (ours, theirs) = (cell(column, at), &row[place]);
                let told = format!("{name}.{heading}, row {at}: {ours} for {theirs}");
                match &ours {
                    Value::String(text) => {
                        assert_eq!(text, theirs.strip_prefix('\'').unwrap_or(theirs), "{told}")
                    }
                    Value::Null => assert!(theirs.is_empty(), "{told}"),
                    number => assert_eq!(number.as_f64(), theirs.parse().ok(), "{told}"),
                }
                *(if ours.is_string() { &mut texts } else { &mut numbers }) += 1;
            }
        }
    }
    assert!(texts > 200 && numbers > 1000, "{texts} texts, {numbers} numbers");
}

#[test]
fn the_plan_behind_the_tables_is_there() {
    let case = reported(rich());
    let data = carried(&case.path().join("out/report.html"));
    let batch = &data["batch"];
    assert_eq!(batch["name"], "a & b");
    assert_eq!(batch["base"], "base");
    assert_eq!(batch["complete"], true);
    assert_eq!(batch["shown"], serde_json::json!({"ranks": null, "scenarios": null}));
    assert_eq!(batch["periods"], serde_json::json!(["2027", "2028", "2029"]));
    assert!(batch["inputs"].as_array().unwrap().iter().any(|input| input["name"] == "costs.csv"));
    let names: BTreeMap<&str, &str> = (data["projects"].as_array().unwrap().iter())
        .map(|project| (project["id"].as_str().unwrap(), project["name"].as_str().unwrap()))
        .collect();
    assert_eq!(names, [("007", "Old"), ("-B", "Beta"), ("A", "=1+2"), ("C", "@sum(A1)")].into());
    assert_eq!(data["objectives"].as_array().unwrap().len(), 2);
}

#[test]
fn equal_results_make_equal_reports_however_they_were_run() {
    let case = reported(rich());
    let runs = [
        &["--out", "again", "--format", "csv,html,xlsx"][..],
        &["--out", "shards", "--executor", "local", "--shards", "2", "--threads", "1", "--format", "html"],
    ];
    let first = fs::read(case.path().join("out/report.html")).unwrap();
    for arguments in runs {
        let (code, _, stderr) = run(case.path(), &[&["run", "batch.toml"][..], arguments].concat());
        assert_eq!(code, 0, "{stderr}");
        let other = fs::read(case.path().join(arguments[1]).join("report.html")).unwrap();
        assert!(first == other, "{}", arguments[1]);
    }
    assert!(case.path().join("again/workbook.xlsx").exists());
    assert!(!case.path().join("out/workbook.xlsx").exists());
}

#[test]
fn the_record_has_its_hash_and_a_check_holds_it_against_that() {
    let case = reported(rich());
    let path = case.path().join("out/report.html");
    let record: Value = serde_json::from_slice(&fs::read(case.path().join("out/run.json")).unwrap()).unwrap();
    let own = record["outputs"].as_array().unwrap().iter().find(|output| output["name"] == "report.html");
    let hash: String =
        Sha256::digest(fs::read(&path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(own.unwrap()["sha256"], hash);
    let (code, stdout, _) = run(case.path(), &["check", "out"]);
    assert!(code == 0 && stdout.contains("report.html"), "{stdout}");
    fs::write(&path, "another").unwrap();
    let (code, stdout, stderr) = run(case.path(), &["check", "out"]);
    assert!(code != 0 && format!("{stdout}{stderr}").contains("report.html"), "{stdout}{stderr}");
}

#[test]
fn a_plan_without_benefits_tells_no_net_present_values() {
    let case = rich();
    fs::remove_file(case.path().join("data/benefits.csv")).unwrap();
    let text = fs::read_to_string(case.path().join("batch.toml")).unwrap();
    let text = text.replace("[frontier]\nx = \"cost\"\ny = \"npv\"\n", "");
    fs::write(case.path().join("batch.toml"), text).unwrap();
    let data = carried(&reported(case).path().join("out/report.html"));
    let columns = data["tables"]["options"]["columns"].as_object().unwrap();
    assert!(columns.contains_key("cost") && columns.contains_key("strategic_value"));
    let told: Vec<&String> =
        columns.keys().filter(|heading| heading.starts_with("npv") || *heading == "p_loss").collect();
    assert!(told.is_empty(), "{told:?}");
}
