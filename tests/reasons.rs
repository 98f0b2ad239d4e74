//! decisions.csv of the whole program: whose decisions it tells, in which words, and what it says when time is up.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/dice.rs"]
mod dice;
#[path = "common/program.rs"]
mod program;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use dice::Dice;
use program::case_of;
use tempfile::TempDir;

type Row = BTreeMap<String, String>;

/// Runs a batch over these tables; gives the exit code, what is on stdout, and the folder of results.
fn run(tables: &[(&str, &str)], batch: &str) -> (TempDir, i32, String) {
    let folder = case_of(tables, "b.toml", batch);
    let (code, stdout, stderr) = program::run(folder.path(), &["run", "b.toml", "--out", "out"]);
    assert!(code == 0 || code == 3, "{stderr}");
    (folder, code, stdout)
}

fn table(folder: &Path, name: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(folder.join("out").join(name)).unwrap();
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

fn row<'t>(rows: &'t [Row], project: &str) -> &'t Row {
    rows.iter().find(|row| row["project"] == project).unwrap()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text} is no number"))
}

/// BOLD is worth more by plan and STEADY in the worst tenth of futures; only one of them can be paid.
const BOLD_OR_STEADY: [(&str, &str); 5] = [
    ("projects.csv", "project,name\nBOLD,The bold one\nSTEADY,The steady one\nSMALL,\n"),
    ("benefits.csv", "project,2027\nBOLD,20\nSTEADY,18\nSMALL,3\n"),
    ("costs.csv", "project,line,2027\nBOLD,m,10\nSTEADY,m,10\nSMALL,m,2\n"),
    ("budgets.csv", "line,2027\nm,12\n"),
    (
        "uncertainty.csv",
        "project,quantity,distribution,low,mode,high\nBOLD,benefit,triangular,0.1,1,1.6\n\
         STEADY,benefit,triangular,0.95,1,1.05\n",
    ),
];

#[test]
fn decisions_are_those_of_the_option_that_is_ranked_first() {
    let batch = |rank_by: &str| {
        format!(
            "[batch]\nname = \"r\"\nportfolio = \"data\"\noptions = 4\ngap = 0.0\nseed = 1\nmaximise = \"npv\"\n\
             rank_by = \"{rank_by}\"\ndecisions = true\n[simulation]\ntrials = 5000\n[[scenario]]\nname = \"cautious\"\n"
        )
    };
    let (folder, code, _) = run(&BOLD_OR_STEADY, &batch("npv.p10"));
    assert_eq!(code, 0);
    let decisions = table(folder.path(), "decisions.csv");
    let first = table(folder.path(), "options.csv").into_iter().find(|row| row["rank"] == "1").unwrap();
    let funded: Vec<String> = (table(folder.path(), "selection.csv").into_iter())
        .filter(|row| row["option"] == first["option"])
        .map(|row| row["project"].clone())
        .collect();
    assert_eq!(funded, ["SMALL", "STEADY"]);
    for decision in &decisions {
        assert_eq!(decision["option"], first["option"]);
        assert_eq!(decision["decision"] == "in", funded.contains(&decision["project"]), "{decision:?}");
    }
    let bold = row(&decisions, "BOLD");
    let ranked = format!("that of option {}, which is ranked first by npv.p10", first["option"]);
    assert_eq!(
        bold["reason"],
        format!("does not fit m in 2027; with it the objective is 2 better than {ranked}")
    );
    assert_eq!((bold["cost_of_forcing"].as_str(), bold["displaces"].as_str()), ("-2.0", "-STEADY"));
    assert_eq!(bold["name"], "The bold one");
    assert_eq!(row(&decisions, "STEADY")["cost_of_forcing"], "-2.0");
    // By its objective alone the other option comes first, and reasons need no other name.
    let (folder, ..) = run(&BOLD_OR_STEADY, &batch("npv"));
    let decisions = table(folder.path(), "decisions.csv");
    assert!(decisions.iter().all(|decision| decision["option"] == "1"));
    assert_eq!(
        row(&decisions, "STEADY")["reason"],
        "does not fit m in 2027; with it the objective is 2 worse"
    );
}

#[test]
fn options_that_tie_in_the_criterion_are_told_by_the_same_rule_as_they_are_ranked() {
    let batch = "[batch]\nname = \"r\"\nportfolio = \"data\"\noptions = 4\ngap = 0.0\nmaximise = \"npv\"\n\
        rank_by = \"projects\"\ndecisions = true\n[simulation]\ntrials = 100\n[[scenario]]\nname = \"s\"\n";
    let (folder, ..) = run(&BOLD_OR_STEADY, batch);
    let first = table(folder.path(), "options.csv").into_iter().find(|row| row["rank"] == "1").unwrap();
    let decisions = table(folder.path(), "decisions.csv");
    // BOLD with SMALL and STEADY with SMALL have two projects each: the better objective decides.
    assert_eq!(first["option"], "1");
    assert!(decisions.iter().all(|decision| decision["option"] == "1"));
    assert_eq!(row(&decisions, "BOLD")["decision"], "in");
}

#[test]
fn constraints_of_every_kind_are_named() {
    let tables = [
        (
            "projects.csv",
            "project,status,alternatives\nA,,\nB,,\nC,mandatory,\nD,excluded,\nE,,pair\nF,,pair\nG,,\nH,,\n",
        ),
        ("costs.csv", "project,line,2027\nA,m,1\nB,m,1\nC,m,1\nE,m,1\nF,m,1\nG,m,1\nH,m,1\n"),
        ("budgets.csv", "line,2027\nm,100\n"),
        ("objectives.csv", "objective\nvalue\n"),
        ("scores.csv", "project,value\nA,10\nB,9\nC,1\nD,50\nE,8\nF,7\nG,6\nH,5\n"),
        ("dependencies.csv", "project,kind,other\nG,requires,D\nB,requires,A\n"),
        ("synergies.csv", "synergy,projects,effect,amount\nboth,A;B,strategic_value,3\n"),
        ("current_plan.csv", "project,start\nA,2027\nB,2027\nC,2027\n"),
    ];
    let batch = "[batch]\nname = \"r\"\nportfolio = \"data\"\noptions = 1\ngap = 0.0\nmax_changes = 1\n\
        decisions = true\n[[scenario]]\nname = \"s\"\nrisk = false\n";
    let (folder, ..) = run(&tables, batch);
    let decisions = table(folder.path(), "decisions.csv");
    let of = |project: &str, column: &str| row(&decisions, project)[column].clone();
    assert_eq!(of("C", "binding").split(';').next(), Some("mandatory"));
    assert_eq!(of("D", "binding").split(';').next(), Some("excluded"));
    assert_eq!(of("F", "binding"), "alternatives pair;max_changes");
    assert_eq!(of("G", "binding"), "G requires D;max_changes");
    assert_eq!(of("H", "binding"), "max_changes");
    assert_eq!(
        of("H", "reason"),
        "would be one change too many to the current plan (max_changes is 1); with it the objective is 3 worse"
    );
    assert_eq!(of("A", "binding"), "B requires A;max_changes;synergy both");
    assert!(of("A", "reason").contains("B requires it"), "{}", of("A", "reason"));
    assert!(
        of("B", "reason").ends_with("without it alone, synergy both would be lost"),
        "{}",
        of("B", "reason")
    );
}

/// 60 projects under eight limits: not proven to a gap of 0 in no time.
fn hard_tables() -> [(&'static str, String); 5] {
    let mut dice = Dice(7);
    let mut below = |limit: usize| dice.below(limit);
    let (mut projects, mut demands, mut scores) =
        ("project\n".to_owned(), "project,resource,2027\n".to_owned(), "project,value\n".to_owned());
    for project in 0..60 {
        let _ = writeln!(projects, "P{project:02}");
        let mut sum = 0;
        for role in 0..8 {
            let need = 10 + below(90);
            sum += need;
            let _ = writeln!(demands, "P{project:02},r{role},{need}");
        }
        let _ = writeln!(scores, "P{project:02},{}", sum / 8 + below(20));
    }
    let capacities = (0..8).fold("resource,2027\n".to_owned(), |text, role| format!("{text}r{role},1500\n"));
    [
        ("projects.csv", projects),
        ("demands.csv", demands),
        ("capacities.csv", capacities),
        ("objectives.csv", "objective\nvalue\n".to_owned()),
        ("scores.csv", scores),
    ]
}

#[test]
fn what_is_not_proven_in_time_is_told_as_a_range() {
    let tables = hard_tables();
    let tables: Vec<(&str, &str)> = tables.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let batch = "[batch]\nname = \"r\"\nportfolio = \"data\"\noptions = 2\ngap = 0.0\nwork_limit = 3000\n\
        solver = \"search\"\nreasons_time = 0.000001\ndecisions = true\n[[scenario]]\nname = \"s\"\nrisk = false\n";
    let (folder, ..) = run(&tables, batch);
    let decisions = table(folder.path(), "decisions.csv");
    let mut open = 0;
    for decision in &decisions {
        let [cost, least, most] =
            ["", "_least", "_most"].map(|end| decision[&format!("cost_of_forcing{end}")].clone());
        if cost.is_empty() {
            assert!(decision["reason"].contains("none is ruled out"), "{decision:?}");
            open += 1;
            continue;
        }
        let [cost, least, most] = [&cost, &least, &most].map(|text| number(text));
        assert!(least <= cost && cost <= most, "{decision:?}");
        let is_settled = most - least < 1e-6;
        assert_eq!(!is_settled, decision["reason"].contains("not proven: from"), "{decision:?}");
        open += usize::from(!is_settled);
    }
    assert!(open > 0, "nothing was proven in no time");
    let record = fs::read_to_string(folder.path().join("out/run.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["scenarios"][0]["decisions_unproven"], open);
    assert_eq!(record["settings"]["reasons_time"], 0.000_001);
}

#[test]
fn reasons_under_a_work_limit_do_not_depend_on_threads() {
    let tables = hard_tables();
    let tables: Vec<(&str, &str)> = tables.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let batch = "[batch]\nname = \"r\"\nportfolio = \"data\"\noptions = 2\ngap = 0.001\nwork_limit = 500\n\
        decisions = true\n[[scenario]]\nname = \"s\"\nrisk = false\n";
    let (folder, ..) = run(&tables, batch);
    let once = fs::read(folder.path().join("out/decisions.csv")).unwrap();
    program::run(folder.path(), &["run", "b.toml", "--out", "again", "--threads", "1"]);
    assert!(once == fs::read(folder.path().join("again/decisions.csv")).unwrap());
}
