//! Results that are shown again, compared and adopted.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{case_of, run};

const PROJECTS: &str = "project,name,max_delay\nA,Alpha bridge,0\nB,Beta harbour with a name of more than forty letters,1\nC,Gamma line,0\n";
const BATCH: &str = "[batch]\nname = \"small\"\nportfolio = \"data\"\noptions = 3\n[simulation]\ntrials = 200\n\
    [[scenario]]\nname = \"as planned\"\n[[scenario]]\nname = \"budget: 90 %\"\nbudget_scale = 0.9\n\
    [[scenario]]\nname = \"all of them\"\nforce_in = [\"A\", \"B\", \"C\"]\nbudget_scale = 0.5\n";

/// Three projects. As planned all fit, as B can wait; with nine tenths of the budget A and B do.
fn tables() -> Vec<(&'static str, &'static str)> {
    vec![
        ("projects.csv", PROJECTS),
        ("costs.csv", "project,line,2027,2028\nA,capex,30,\nB,capex,40,\nC,capex,50,\n"),
        ("benefits.csv", "project,2027,2028\nA,,60\nB,,70\nC,,90\n"),
        ("budgets.csv", "line,2027,2028\ncapex,80,40\n"),
        ("objectives.csv", "objective\nvalue\n"),
        ("scores.csv", "project,value\nA,3\nB,5\nC,6\n"),
        ("uncertainty.csv", "project,quantity,distribution,low,mode,high\n*,cost,triangular,0.9,1,1.4\n"),
    ]
}

/// The case, run: its results are in `out/small`.
pub fn ran() -> TempDir {
    let folder = case_of(&tables(), "small.toml", BATCH);
    run_again(folder.path(), "out/small");
    folder
}

fn run_again(folder: &Path, out: &str) {
    let (code, _, stderr) = run(folder, &["run", "small.toml", "--out", out, "--quiet"]);
    assert_eq!(code, 0, "{stderr}");
}

/// What a command prints; it must succeed, say nothing else and keep to 80 columns.
fn told(folder: &Path, arguments: &[&str]) -> String {
    let (code, stdout, stderr) = run(folder, arguments);
    assert_eq!((code, stderr.as_str()), (0, ""), "{arguments:?}");
    assert!(!stdout.contains('\u{1b}'), "no colour where there is no terminal");
    if !arguments.contains(&"--json") {
        let widest = stdout.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(80), "{stdout}");
    }
    stdout
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&told(folder, arguments)).unwrap()
}

/// Lines are broken where names end, which matters not here.
fn assert_has(text: &str, parts: &[&str]) {
    let in_one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        assert!(in_one_line(text).contains(&in_one_line(part)), "`{part}` is not in:\n{text}");
    }
}

fn refused(folder: &Path, arguments: &[&str], said: &[&str]) {
    let (code, stdout, stderr) = run(folder, arguments);
    assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}: {stderr}");
    assert_has(&stderr, said);
}

#[test]
fn the_help_of_each_command_fits_and_has_examples() {
    let folder = TempDir::new().unwrap();
    for command in ["show", "compare", "diff", "adopt", "completions", "man", "schema"] {
        let (code, text, _) = run(folder.path(), &[command, "--help"]);
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(code == 0 && widest <= Some(100), "{text}");
        assert!(command == "diff" || text.contains("Examples:"), "{text}");
    }
}

#[test]
fn a_batch_says_in_its_first_lines_what_is_funded() {
    let folder = ran();
    let text = told(folder.path(), &["show", "out/small"]);
    let head: Vec<&str> = text.lines().take(10).collect();
    assert_has(
        &head.join("\n"),
        &[
            "small: 3 scenarios, 1 of them without an option; 3 projects",
            "Funded in all 2 scenarios (2): Alpha bridge (A), Beta harb",
            "letters (B)",
            "In some (1; in how many): Gamma line (C) 1",
            "as planned",
        ],
    );
    assert_has(&text, &["budget: 90 %", "infeasible", "all of them: infeasible:"]);
    let full = told(folder.path(), &["show", "out/small", "--full"]);
    assert_has(&full, &["In none (0): none"]);
    let all = json(folder.path(), &["show", "out/small", "--json"]);
    assert_eq!((&all["batch"], &all["answered"]), (&"small".into(), &2.into()));
    assert_eq!(all["in_all"][1]["project"], "B");
    assert_eq!(all["scenarios"][0]["first"]["projects"], 3);
    assert_eq!(all["scenarios"][0]["first"]["cost"], 120.0);
    assert!(all["scenarios"][2]["conflict"].as_str().unwrap().contains("capex"), "{all}");
}

#[test]
fn a_scenario_tells_its_options_and_what_parts_them() {
    let folder = ran();
    let text = told(folder.path(), &["show", "out/small", "--scenario", "budget: 90 %"]);
    assert_has(
        &text,
        &[
            "budget: 90 %: optimal; maximise strategic_value: 8",
            "2 projects for 70: strategic value 8",
            "Funded (2 of 3): Alpha bridge (A), Beta",
            "Other than in `as planned`: budget.capex × 0.9",
            "Options:",
            "What differs from option 1 (+ in, − out, ~ moved):",
            "option 2: + Gamma line (C) from 2027, − Alpha bridge (A)",
            "Just missed",
            "Risk of the first option, over 200 futures:",
            "capex",
        ],
    );
    let answer = json(folder.path(), &["show", "out/small", "--scenario", "budget: 90 %", "--json"]);
    assert_eq!(answer["assumptions"][0]["factor"], 0.9);
    assert_eq!(answer["missed"][0]["project"], "C");
    assert_eq!(answer["missed"][0]["cost_of_forcing"], 2.0);
    assert_eq!(answer["funded"][0]["name"], "Alpha bridge");
    let base = told(folder.path(), &["show", "out/small", "--scenario", "as planned"]);
    assert!(!base.contains("Other than in"), "{base}");
    let infeasible = told(folder.path(), &["show", "out/small", "--scenario", "all of them"]);
    assert_has(&infeasible, &["all of them: infeasible", "Why:"]);
}

#[test]
fn a_project_tells_where_it_is_in_why_and_what_would_turn_it() {
    let folder = ran();
    let text = told(folder.path(), &["show", "out/small", "--project", "B"]);
    assert_has(
        &text,
        &[
            "Beta harbour with a name of more than forty letters (B):",
            "in 2 of 2 scenarios",
            "Starts: 2027 in 1, 2028 in 1",
            "Business case: cost 40, benefit 70",
            "In `as planned` it is in:",
        ],
    );
    let by_name =
        told(folder.path(), &["show", "out/small", "--project", "Gamma line", "--scenario", "budget: 90 %"]);
    assert_has(
        &by_name,
        &[
            "Gamma line (C):",
            "in 0 of 1 scenarios",
            "In `budget: 90 %` it is out:",
            "Reversed: − Alpha bridge (A)",
        ],
    );
    let answer = json(folder.path(), &["show", "out/small", "--project", "C", "--json"]);
    assert_eq!((&answer["funded"], &answer["answered"]), (&1.into(), &2.into()));
    assert_eq!(answer["scenarios"][1]["reason"]["cost_of_forcing"], 2.0);
    assert_eq!(answer["scenarios"][2]["funded"], Value::Null);
}

#[test]
fn unknown_names_are_refused_with_the_nearest() {
    let folder = ran();
    let cases: [(&[&str], &str); 7] = [
        (&["show", "out/small", "--scenario", "as planed"], "did you mean `as planned`?"),
        (&["show", "out/small", "--scenario", "x"], "there are `as planned`, `budget: 90 %`, `all of them`"),
        (&["show", "out/small", "--project", "Gamma lime"], "did you mean `Gamma line`?"),
        (&["compare", "out/small", "as planned", "bugdet: 90 %:1"], "did you mean `budget: 90 %`?"),
        (&["compare", "out/small", "as planned:1", "as planned:9"], "has no option 9: it has 1 to 3"),
        (&["compare", "out/small", "as planned", "all of them"], "has no option: it has none"),
        (&["adopt", "out/small", "--option", "all of them:1"], "has no option 1: it has none"),
    ];
    for (arguments, said) in cases {
        refused(folder.path(), arguments, &[said]);
    }
    refused(folder.path(), &["compare", "out/small", "as planned"], &["OPTION"]);
}

#[test]
fn options_stand_side_by_side_by_names() {
    let folder = ran();
    let text =
        told(folder.path(), &["compare", "out/small", "as planned", "budget: 90 %:1", "budget: 90 %:2"]);
    assert_has(
        &text,
        &[
            "A = as planned, option 1; maximise strategic_value",
            "C = budget: 90 %, option 2;",
            "Cost",
            "Strategic value",
            "NPV, mean",
            "Over a budget",
            "What differs (3), by start",
        ],
    );
    let comparison =
        json(folder.path(), &["compare", "out/small", "as planned:1", "budget: 90 %:1", "--json"]);
    let differing: Vec<&Value> =
        comparison["differing"].as_array().unwrap().iter().map(|one| &one["project"]).collect();
    assert_eq!(differing, ["B", "C"], "B starts later as planned, C is out of the other");
    assert_eq!(comparison["differing"][0]["options"][0]["start"], "2028");
    assert_eq!(comparison["common"][0]["project"], "A");
    let same = told(folder.path(), &["compare", "out/small", "as planned", "as planned:1"]);
    assert_has(&same, &["All of them fund the same projects", "The same in all (3):"]);
}

#[test]
fn two_rounds_tell_what_went_in_out_and_moved() {
    let folder = ran();
    run_again(folder.path(), "out/again");
    let equal = told(folder.path(), &["diff", "out/small", "out/again"]);
    assert_eq!(equal.trim_end(), "small: nothing differs; all 3 scenarios are the same");
    assert_eq!(json(folder.path(), &["diff", "out/small", "out/again", "--json"])["equal"], true);

    let costs = "project,line,2027,2028\nA,capex,30,\nB,capex,60,\nC,capex,50,\nD,capex,,10\n";
    fs::write(folder.path().join("data/costs.csv"), costs).unwrap();
    fs::write(folder.path().join("data/projects.csv"), format!("{PROJECTS}D,Delta ferry,0\n")).unwrap();
    fs::write(folder.path().join("data/scores.csv"), "project,value\nA,3\nB,5\nC,6\nD,1\n").unwrap();
    let batch = BATCH
        .replace("name = \"budget: 90 %\"\nbudget_scale = 0.9", "name = \"tighter\"\nbudget_scale = 0.9");
    let batch = batch.replace("budget_scale = 0.5", "budget_scale = 0.4");
    fs::write(folder.path().join("small.toml"), batch).unwrap();
    run_again(folder.path(), "out/next");
    let text = told(folder.path(), &["diff", "out/small", "out/next"]);
    assert_has(
        &text,
        &[
            "Input: small.toml changed",
            "costs.csv changed",
            "New projects (1): Delta ferry (D)",
            "Business cases that changed (1): Beta harb",
            "cost 40 → 60",
            "tighter (before: budget: 90 %):",
            "  + Delta ferry (D) from 2027",
            "assumes now: budget.capex × 0.8",
        ],
    );
    let rounds = json(folder.path(), &["diff", "out/small", "out/next", "--json"]);
    assert_eq!(rounds["equal"], false);
    assert_eq!(rounds["scenarios"][0]["projects"]["enter"][0]["project"], "D");
    assert_eq!(rounds["gone_scenarios"], Value::Array(vec![]));
}

#[test]
fn an_adopted_option_is_the_plan_of_the_next_round() {
    let folder = ran();
    let at = |file: &str| folder.path().join(file);
    let (code, stdout, stderr) =
        run(folder.path(), &["adopt", "out/small", "--option", "budget: 90 %:1", "-o", "data"]);
    assert_eq!((code, stdout.as_str()), (0, ""), "{stderr}");
    assert_has(&stderr, &["data/current_plan.csv`: 2 projects of option 1 of `budget: 90 %`."]);
    assert_eq!(fs::read_to_string(at("data/current_plan.csv")).unwrap(), "project,start\nA,2027\nB,2027\n");
    let again = ["adopt", "out/small", "--option", "as planned", "-o", "data"];
    refused(folder.path(), &again, &["stands there already", "--force"]);
    let (code, _, _) = run(folder.path(), &[&again[..], &["--force"]].concat());
    assert_eq!(code, 0);
    assert_eq!(
        fs::read_to_string(at("data/current_plan.csv")).unwrap(),
        "project,start\nA,2027\nB,2028\nC,2027\n"
    );
    refused(
        folder.path(),
        &["adopt", "out/small", "--option", "as planned", "-o", "plan.xlsx"],
        &["is a workbook"],
    );
    run(folder.path(), &["adopt", "out/small", "--option", "as planned"]);
    assert!(at("current_plan.csv").is_file());

    // The next round holds to it where no change may be made.
    fs::write(at("small.toml"), BATCH.replace("options = 3", "options = 1\nmax_changes = 0")).unwrap();
    run_again(folder.path(), "out/next");
    let rounds = json(folder.path(), &["diff", "out/small", "out/next", "--json"]);
    assert_eq!(rounds["scenarios"][0]["projects"]["enter"], Value::Array(vec![]));
    assert_eq!(rounds["scenarios"][0]["projects"]["moved"], Value::Array(vec![]));
}

#[test]
fn what_a_current_plan_cannot_tell_is_said() {
    let mut tables = tables();
    tables[0].1 = "project,name,min_fraction\nA,Alpha bridge,\nB,Beta harbour,0\nC,Gamma line,\n";
    tables[1].1 = "project,line,2027,2028\nA,capex; opex,30,\nB,capex,40,\nC,capex,50,\n";
    tables[3].1 = "line,2027,2028\ncapex,80,40\nopex,30,10\n";
    let folder = case_of(&tables, "small.toml", BATCH);
    run_again(folder.path(), "out/small");
    let (code, _, stderr) = run(folder.path(), &["adopt", "out/small", "--option", "as planned"]);
    assert_eq!(code, 0);
    assert_has(
        &stderr,
        &[
            "funded to a part here are 1: Beta harbour (B)",
            "does not say who pays; the option chooses the lines of 1: Alpha",
        ],
    );
}

#[test]
fn a_folder_that_holds_no_results_or_damaged_ones_is_refused_with_the_place() {
    let folder = ran();
    let at = |file: &str| folder.path().join("out/small").join(file);
    refused(folder.path(), &["show", "nowhere"], &["`nowhere` is no folder", "`cutline run` wrote"]);
    refused(folder.path(), &["show", "data"], &["is no folder of results, as it has no run.json"]);
    let record = fs::read_to_string(at("run.json")).unwrap();
    fs::write(at("run.json"), "{\"program\": \"other\"}").unwrap();
    refused(folder.path(), &["show", "out/small"], &["has a run.json that is not ours"]);
    fs::write(at("run.json"), record).unwrap();

    let options = fs::read_to_string(at("options.csv")).unwrap();
    let broken =
        options.replacen(",120.0,", ",a lot,", 1).replacen("budget: 90 %,1,", "budget: 90 %,first,", 1);
    fs::write(at("options.csv"), &broken).unwrap();
    refused(
        folder.path(),
        &["show", "out/small"],
        &[
            "options.csv, row 2, column `cost`: `a lot` is no number",
            "column `rank`: `first` is no whole number",
        ],
    );
    fs::write(at("options.csv"), options.replacen("rank", "place", 1)).unwrap();
    refused(folder.path(), &["show", "out/small"], &["options.csv, row 1: has no column `rank`"]);
    fs::write(at("options.csv"), options.replacen("optimal", "feasible", 1)).unwrap();
    let (code, _, stderr) = run(folder.path(), &["show", "out/small"]);
    assert_eq!(code, 0);
    assert_has(&stderr, &["note: options.csv in `out/small` is not as the run wrote it"]);
    fs::write(at("options.csv"), options).unwrap();

    let selection = fs::read_to_string(at("selection.csv")).unwrap();
    fs::write(at("selection.csv"), format!("{selection}as planned,1\n")).unwrap();
    let line = format!("line: {}", selection.lines().count() + 1);
    refused(folder.path(), &["show", "out/small"], &["selection.csv: ", &line]);
    fs::remove_file(at("selection.csv")).unwrap();
    refused(
        folder.path(),
        &["compare", "out/small", "as planned:1", "as planned:2"],
        &["selection.csv: is gone"],
    );
}
