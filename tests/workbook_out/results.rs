//! The workbook of results.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::book::{Book, csv, same};
use crate::cases::rich;
use crate::program::{case_of, files_of, run};

const RUN: [&str; 6] = ["run", "batch.toml", "--format", "xlsx", "--out", "out"];

fn written() -> tempfile::TempDir {
    let case = rich();
    let (code, _, stderr) = run(case.path(), &RUN);
    assert_eq!(code, 0, "{stderr}");
    case
}

#[test]
fn sheets_show_what_the_tables_tell() {
    let case = written();
    let out = case.path().join("out");
    let book = Book::open(&out.join("workbook.xlsx"));
    let sheets = [
        "Summary",
        "Options",
        "Selection",
        "Roadmap",
        "Decisions",
        "Robustness",
        "Regret",
        "Spend",
        "Capacity",
        "Frontier",
        "Risk",
        "Contingency",
        "Attribution",
        "Information",
        "Baseline",
        "Objectives",
        "Weights",
        "Contributions",
        "Groups",
        "Business cases",
        "Assumptions",
    ];
    assert_eq!(book.names, sheets);
    // Sheet, table, whether of the first options only, and headings of both.
    type Shown = (&'static str, &'static str, bool, &'static [(&'static str, &'static str)]);
    let shown: [Shown; 10] = [
        (
            "Options",
            "options",
            false,
            &[
                ("Scenario", "scenario"),
                ("Rank", "rank"),
                ("NPV, P10", "npv_p10"),
                ("Cost", "cost"),
                ("P(over budget)", "p_over_budget"),
                ("Proven bound", "bound"),
            ],
        ),
        (
            "Decisions",
            "decisions",
            false,
            &[
                ("Project", "name"),
                ("Id", "project"),
                ("Why", "reason"),
                ("Loss if it is reversed", "cost_of_forcing"),
            ],
        ),
        (
            "Risk",
            "options",
            false,
            &[
                ("Option", "option"),
                ("NPV, mean", "npv_mean"),
                ("NPV, P80", "npv_p80"),
                ("Cost, P10", "cost_p10"),
                ("Cost, P90", "cost_p90"),
                ("P(over capacity)", "p_over_capacity"),
            ],
        ),
        (
            "Groups",
            "groups",
            true,
            &[
                ("Grouped by", "group_by"),
                ("Group", "group"),
                ("Cost", "cost"),
                ("Share of cost", "share_of_cost"),
                ("NPV", "npv"),
            ],
        ),
        ("Frontier", "frontier", false, &[("Point", "point"), ("x", "x"), ("y", "y")]),
        (
            "Baseline",
            "baseline",
            false,
            &[("Scenario", "scenario"), ("Unspent", "unspent"), ("Lost against option 1", "objective_lost")],
        ),
        (
            "Objectives",
            "objectives",
            true,
            &[
                ("Objective", "name"),
                ("Id", "objective"),
                ("Score", "score"),
                ("Share of the strategic value", "share"),
            ],
        ),
        (
            "Weights",
            "weights",
            false,
            &[("Weight set", "weights"), ("Objective", "name"), ("Least", "low"), ("Most", "high")],
        ),
        (
            "Spend",
            "spend",
            true,
            &[
                ("Period", "period"),
                ("Plan", "plan"),
                ("Limit", "limit"),
                ("P80", "p80"),
                ("P90", "p90"),
                ("P(over)", "p_over"),
            ],
        ),
        (
            "Capacity",
            "capacity",
            true,
            &[("Resource", "resource"), ("Plan", "plan"), ("P50", "p50"), ("Mean excess", "mean_over")],
        ),
    ];
    let first = first_options(&out);
    for (sheet, table, is_of_first, columns) in shown {
        let rows = book.table(sheet);
        let is_total = |row: &&BTreeMap<String, String>| {
            let holds = |heading: &str, text: &str| row.get(heading).is_some_and(|cell| cell == text);
            holds("Period", "all periods")
                || holds("Group", "all groups")
                || holds("Scenario", "Futures that do not exceed it")
        };
        let mut rows = rows.iter().filter(|row| !is_total(row));
        let expected = csv(&out.join(format!("{table}.csv")));
        let is_shown = |row: &&BTreeMap<String, String>| {
            !is_of_first || first.get(&row["scenario"]) == Some(&row["option"])
        };
        let mut count = 0;
        for line in expected.iter().filter(is_shown) {
            let row = rows.next().unwrap_or_else(|| panic!("{sheet} ends after {count} rows"));
            for (heading, column) in columns {
                assert!(same(&line[*column], &row[*heading]), "{sheet} {heading}: {line:?} {row:?}");
            }
            count += 1;
        }
        assert!(count > 0 && rows.next().is_none(), "{sheet}");
    }
}

/// Tables hold ids in lists, for programs; sheets have names beside them, and so have reasons in words.
#[test]
fn other_projects_are_told_by_name() {
    let tables = [
        (
            "projects.csv",
            "project,name,status\nP1,Depot,\nP2,Tram,\nP3,Ferry,\nP4,Bus,excluded\nP5,Night bus,\n",
        ),
        ("costs.csv", "project,line,2027\nP1,a,40\nP2,a,60\nP3,a,70\nP4,a,5\nP5,a,5\n"),
        ("benefits.csv", "project,2027\nP1,50\nP2,90\nP3,100\nP4,9\nP5,9\n"),
        ("budgets.csv", "line,2027\na,100\n"),
        ("dependencies.csv", "project,kind,other\nP2,requires,P1\nP5,requires,P4\n"),
    ];
    let batch = "[batch]\nname = \"names\"\nportfolio = \"data\"\nmaximise = \"npv\"\n[base]\nrisk = false\n[[scenario]]\nname = \"base\"\n";
    let case = case_of(&tables, "batch.toml", batch);
    let (code, stdout, stderr) = run(case.path(), &RUN);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("Funded (2 of 5): P1 (Depot), P2 (Tram)"), "{stdout}");
    let table = csv(&case.path().join("out/decisions.csv"));
    let sheet = Book::open(&case.path().join("out/workbook.xlsx")).table("Decisions");
    let of = |project: usize| {
        let (told, shown) = (&table[project], &sheet[project]);
        let columns = [("displaces", "Who then enters (+), leaves (-)"), ("binding", "What limits it")];
        let [displaces, binding] =
            columns.map(|(column, heading)| (told[column].clone(), shown[heading].clone()));
        (told["reason"].clone(), displaces, binding)
    };
    let (reason, displaces, binding) = of(0);
    assert!(reason.contains("; P2 (Tram) requires it"), "{reason}");
    assert_eq!(displaces, ("+P3;-P2".to_owned(), "+P3 (Ferry); -P2 (Tram)".to_owned()));
    assert!(
        binding.0.contains("P2 requires P1") && binding.1.contains("P2 (Tram) requires P1 (Depot)"),
        "{binding:?}"
    );
    let (reason, ..) = of(4);
    assert!(reason.starts_with("needs P4 (Bus), which is excluded"), "{reason}");
}

fn first_options(out: &Path) -> BTreeMap<String, String> {
    let ranked = csv(&out.join("options.csv")).into_iter().filter(|row| row["rank"] == "1");
    ranked.map(|row| (row["scenario"].clone(), row["option"].clone())).collect()
}

#[test]
fn selections_bars_and_cases_are_those_of_the_tables() {
    let case = written();
    let out = case.path().join("out");
    let book = Book::open(&out.join("workbook.xlsx"));
    let options = csv(&out.join("options.csv"));
    let first = first_options(&out);
    let selection = book.table("Selection");
    let roadmap = book.table("Roadmap");
    for option in options.iter().filter(|row| row["rank"] == "1") {
        let scenario = option["scenario"].trim_start_matches('\'').to_owned();
        let total = selection.last().unwrap();
        assert!(same(&option["projects"], &total[&scenario]), "{scenario}: {total:?}");
        let all = roadmap.iter().find(|row| row["Scenario"] == scenario && row["Project"] == "All").unwrap();
        assert!(same(&option["cost"], &all["Total"]), "{scenario}: {all:?}");
    }
    let chosen = csv(&out.join("selection.csv"))
        .into_iter()
        .filter(|row| first.get(&row["scenario"]) == Some(&row["option"]));
    for row in chosen {
        let (scenario, id) =
            (row["scenario"].trim_start_matches('\''), row["project"].trim_start_matches('\''));
        let line = selection.iter().find(|line| line["Id"] == id).unwrap();
        assert!(same(&row["fraction"], &line[scenario]), "{row:?} {line:?}");
        let bar = roadmap.iter().find(|line| line["Scenario"] == scenario && line["Id"] == id).unwrap();
        assert_eq!(bar["Start"], row["start"]);
    }
    assert!(roadmap.iter().any(|row| row["Project"] == "Synergies and bought capacity"));

    let cases = csv(&out.join("business_cases.csv"));
    let shown = book.table("Business cases");
    let scenarios: BTreeSet<&str> = shown.iter().map(|row| row["Scenario"].as_str()).collect();
    assert_eq!(scenarios, ["base", "end", "middle"].into(), "equal business cases are shown once");
    for row in &shown {
        let line = cases
            .iter()
            .find(|line| {
                line["scenario"] == row["Scenario"] && line["project"].trim_start_matches('\'') == row["Id"]
            })
            .unwrap();
        for (heading, column) in [
            ("Cost", "cost"),
            ("Benefit", "benefit"),
            ("NPV", "npv"),
            ("IRR", "irr"),
            ("MIRR", "mirr"),
            ("Payback, periods", "payback"),
        ] {
            assert!(same(&line[column], &row[heading]), "{heading}: {line:?} {row:?}");
        }
        let number = |heading: &str| row[heading].parse::<f64>().unwrap();
        let due = match row["Scenario"].as_str() {
            "base" => 0.0,
            "middle" => 0.5,
            _ => 1.0,
        };
        let npv: f64 =
            (0..3).map(|t| number(&format!("Net {}", 2027 + t)) / 1.1_f64.powf(f64::from(t) + due)).sum();
        assert!((npv - number("NPV")).abs() < 1e-6, "{row:?}");
    }
}

#[test]
fn no_text_of_the_input_is_a_formula_and_each_formula_has_its_result() {
    let case = written();
    let book = Book::open(&case.path().join("out/workbook.xlsx"));
    let formulas = book.formulas();
    assert!(formulas.iter().any(|(_, _, _, formula)| formula.starts_with("IRR(")));
    let is_ours = |formula: &str| {
        let functions = ["SUM(", "COUNTIF(", "NPV(", "IRR(", "MIRR(", "SQRT("];
        let rest = functions.iter().fold(formula.to_owned(), |text, function| text.replace(function, ""));
        rest.chars()
            .all(|next| next.is_ascii_uppercase() || next.is_ascii_digit() || "+-*/(),.:\">".contains(next))
    };
    for (sheet, row, column, formula) in &formulas {
        assert!(is_ours(formula), "{sheet} {row} {column}: {formula}");
        assert!(book.number(sheet, *row, *column).is_some(), "{sheet} {row} {column}: {formula}");
    }
    let texts: Vec<String> = book.table("Selection").iter().map(|row| row["Project"].clone()).collect();
    assert!(texts.contains(&"=1+2".to_owned()) && texts.contains(&"@sum(A1)".to_owned()), "{texts:?}");
    assert!(book.table("Summary").iter().any(|row| row["Scenario"] == "=cut"));
    assert!(book.table("Groups").iter().any(|row| row["Group"] == "=north"));
}

#[test]
fn equal_results_make_equal_workbooks_however_they_were_run() {
    let case = written();
    for arguments in [
        &["--out", "again"][..],
        &["--out", "shards", "--executor", "local", "--shards", "2", "--threads", "1"],
    ] {
        let all = [&["run", "batch.toml", "--format", "csv,xlsx"][..], arguments].concat();
        let (code, _, stderr) = run(case.path(), &all);
        assert_eq!(code, 0, "{stderr}");
        let (one, other) = ("out/workbook.xlsx", format!("{}/workbook.xlsx", arguments[1]));
        assert!(
            fs::read(case.path().join(one)).unwrap() == fs::read(case.path().join(&other)).unwrap(),
            "{other}"
        );
    }
}

/// Totals of the option are those of the groups, and the summary says what a decision rests on.
#[test]
fn groups_add_up_and_the_summary_gives_reasons() {
    let case = written();
    let out = case.path().join("out");
    let book = Book::open(&out.join("workbook.xlsx"));
    let groups = book.table("Groups");
    let mut compared = 0;
    for option in csv(&out.join("options.csv")).iter().filter(|row| row["rank"] == "1") {
        let scenario = option["scenario"].trim_start_matches('\'');
        let totals = groups.iter().filter(|row| row["Group"] == "all groups" && row["Scenario"] == scenario);
        for total in totals {
            assert!(same(&option["cost"], &total["Cost"]), "{option:?} {total:?}");
            let is_of_projects = total["Grouped by"] == "area";
            assert!(!is_of_projects || same(&option["npv"], &total["NPV"]), "{option:?} {total:?}");
            compared += 1;
        }
    }
    assert_eq!(compared, 8, "two groupings of four scenarios");
    let summary = book.table("Summary");
    let base = summary.iter().find(|row| row["Scenario"] == "base").unwrap();
    assert!(base["What it rests on"].starts_with("It is proven best"), "{base:?}");
    assert!(base["What it rests on"].contains("Limits that keep most projects out"), "{base:?}");
    let turns = &base["What would turn it"];
    assert!(turns.contains("comes next") || turns.contains("is as good"), "{turns}");
    assert!(turns.contains("First to enter: ") && turns.contains("First to leave: "), "{turns}");
    let none = summary.iter().find(|row| row["Scenario"] == "too much").unwrap();
    assert_eq!(none["What would turn it"], "", "{none:?}");
}

/// The currency stands in headings, sentences and the record, and changes no table.
#[test]
fn a_currency_is_told_and_changes_no_number() {
    let case = written();
    let text = fs::read_to_string(case.path().join("batch.toml")).unwrap();
    let text = text.replace("[batch]\n", "[batch]\ncurrency = \"k€\"\n");
    fs::write(case.path().join("batch.toml"), text).unwrap();
    let (code, stdout, stderr) =
        run(case.path(), &["run", "batch.toml", "--format", "xlsx", "--out", "told"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("Money is in k€, scores"), "{stdout}");
    let record = fs::read_to_string(case.path().join("told/run.json")).unwrap();
    assert!(record.contains("\"currency\": \"k€\""), "{record}");
    assert!(!fs::read_to_string(case.path().join("out/run.json")).unwrap().contains("currency"));
    let book = Book::open(&case.path().join("told/workbook.xlsx"));
    let headings = |sheet: &str| book.rows(sheet, 2)[0].clone();
    assert!(headings("Options").contains(&"NPV, P10, k€".to_owned()), "{:?}", headings("Options"));
    assert!(headings("Options").contains(&"Strategic value".to_owned()));
    assert!(
        headings("Roadmap").contains(&"2027, k€".to_owned())
            && headings("Spend").contains(&"Plan, k€".to_owned())
    );
    assert!(headings("Capacity").contains(&"Plan".to_owned()), "people are no money");
    assert!(
        book.rows("Summary", 0)[0][0].contains(" k€: strategic value"),
        "{:?}",
        book.rows("Summary", 0)[0]
    );
    let tables = |folder: &str| {
        let mut files = files_of(&case.path().join(folder));
        files.remove("workbook.xlsx");
        files
    };
    assert!(tables("out") == tables("told"));
}

#[test]
fn a_workbook_is_recorded_and_held_to_its_hash() {
    let case = written();
    let path = case.path().join("out/workbook.xlsx");
    let record: serde_json::Value =
        serde_json::from_slice(&fs::read(case.path().join("out/run.json")).unwrap()).unwrap();
    let outputs = record["outputs"].as_array().unwrap();
    let own = outputs.iter().find(|output| output["name"] == "workbook.xlsx").unwrap();
    let hash: String =
        Sha256::digest(fs::read(&path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(own["sha256"], hash.as_str());
    let (code, stdout, stderr) = run(case.path(), &["check", "out"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert!(stdout.contains("workbook.xlsx"), "{stdout}");
    fs::write(&path, "changed").unwrap();
    let (code, stdout, _) = run(case.path(), &["check", "out"]);
    assert_eq!(code, 2, "{stdout}");
    // A run without the workbook takes it away: it would be of other results.
    let (code, _, stderr) = run(case.path(), &["run", "batch.toml", "--out", "out"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(!path.exists());
}

/// Settings of a profile in which every formula is computed anew when a workbook is opened.
const COMPUTE_ANEW: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#;

/// A workbook as a spreadsheet computes it.
fn recomputed(place: &Path, book: &str) -> Book {
    fs::create_dir_all(place.join("profile/user")).unwrap();
    fs::write(place.join("profile/user/registrymodifications.xcu"), COMPUTE_ANEW).unwrap();
    let converted = Command::new("soffice")
        .args(["--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", "recomputed", book])
        .arg(format!("-env:UserInstallation=file://{}/profile", place.display()))
        .current_dir(place)
        .output()
        .unwrap();
    assert!(converted.status.success(), "{converted:?}");
    Book::open(&place.join("recomputed").join(Path::new(book).file_name().unwrap()))
}

/// A spreadsheet computes every formula to what the engine found.
#[test]
fn a_spreadsheet_computes_the_same_figures() {
    if Command::new("soffice").arg("--version").output().is_err() {
        println!("skipped: there is no soffice on this machine");
        return;
    }
    let case = written();
    let mut probe = rust_xlsxwriter::Workbook::new();
    probe.add_worksheet().write_formula(0, 0, rust_xlsxwriter::Formula::new("=1+1").set_result("7")).unwrap();
    probe.save(case.path().join("probe.xlsx")).unwrap();
    let probe = recomputed(case.path(), "probe.xlsx");
    assert_eq!(
        probe.number("Sheet1", 0, 0),
        Some(2.0),
        "the spreadsheet shows results that it did not compute"
    );

    let (ours, theirs) =
        (Book::open(&case.path().join("out/workbook.xlsx")), recomputed(case.path(), "out/workbook.xlsx"));
    assert_eq!(ours.names, theirs.names);
    let formulas = ours.formulas();
    for (sheet, row, column, formula) in &formulas {
        let (own, other) = (ours.number(sheet, *row, *column).unwrap(), theirs.number(sheet, *row, *column));
        let other = other.unwrap_or_else(|| panic!("{sheet} {row} {column}: {formula} is no number there"));
        // To the cent, and small numbers as closely.
        let near = (1e-6 * (1.0 + own.abs())).min(0.005);
        assert!((own - other).abs() <= near, "{sheet} {row} {column}: {formula}: {own}, {other}");
    }
    assert!(formulas.len() > 50);
    assert_eq!(theirs.errors(), Vec::<String>::new(), "cells that hold an error");
}
