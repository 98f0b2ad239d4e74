//! What was written passes the check, and whatever is changed in it is named.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cutline::output::RESULT_TABLES;
use serde_json::Value;

use crate::cases::{Case, Kinds, random_case, tables_of};
use crate::dice::Dice;
use crate::program::run;

/// The sum of a column of groups.csv per option, over the rows of one `group_by` that count.
fn sums(
    rows: &[Vec<String>],
    group_by: &str,
    column: &str,
    counts: impl Fn(&str) -> bool,
) -> BTreeMap<(String, String), f64> {
    let place = |heading: &str| rows[0].iter().position(|other| other == heading).unwrap();
    let mut sums = BTreeMap::new();
    let rows =
        rows[1..].iter().filter(|row| row[place("group_by")] == group_by && counts(&row[place("group")]));
    for row in rows {
        *sums.entry((row[0].clone(), row[1].clone())).or_default() +=
            row[place(column)].parse::<f64>().unwrap();
    }
    sums
}

#[test]
fn groups_add_up_to_the_option_and_to_their_parent() {
    for seed in [11, 12] {
        let kinds = Kinds { shares: seed == 12, risk: false, goal: GOALS[0] };
        let case = random_case(seed, kinds);
        let tables = tables_of(&case.results());
        let (groups, options) = (&tables["groups.csv"], &tables["options.csv"]);
        let place = |heading: &str| options[0].iter().position(|other| other == heading).unwrap();
        let is_near = |one: f64, other: f64| (one - other).abs() < 1e-9 * one.abs().max(1.0);
        for (group_by, columns) in [
            ("portfolio", &["projects", "cost", "strategic_value", "npv"][..]),
            ("portfolio/program", &["projects", "cost", "strategic_value", "npv"]),
            ("tier", &["projects", "cost", "strategic_value", "npv"]),
            ("line.group", &["cost"]),
            ("line.group/line.kind", &["cost"]),
        ] {
            for column in columns {
                let sums = sums(groups, group_by, column, |_| true);
                assert_eq!(sums.len(), options.len() - 1, "every option has its groups");
                for option in &options[1..] {
                    let whole = option[place(column)].parse().unwrap();
                    let sum = sums[&(option[0].clone(), option[place("option")].clone())];
                    assert!(is_near(whole, sum), "{group_by} {column}: {sum} of {whole}");
                }
            }
        }
        for parent in ["North", "South", "(none)", "(shared)"] {
            let of_parent = sums(groups, "portfolio", "cost", |group| group == parent);
            let begins = format!("{parent}/");
            let is_child = |group: &str| group == parent || group.starts_with(&begins);
            let of_children = sums(groups, "portfolio/program", "cost", is_child);
            assert!(!of_parent.is_empty(), "{parent}");
            for (option, cost) in of_parent {
                assert!(is_near(cost, of_children[&option]), "{parent} of {option:?}");
            }
        }
        let place = |heading: &str| groups[0].iter().position(|other| other == heading).unwrap();
        let names = groups[1..]
            .iter()
            .filter(|row| row[place("group_by")] == "tier" && row[1] == "1" && row[0] == "base");
        let names: Vec<&str> = names.map(|row| row[place("group")].as_str()).collect();
        assert_eq!(names, ["2", "10", "(shared)"], "numbers in their order");
    }
}

/// Checks a folder of results; gives the exit code and what was found.
fn check(folder: &Path, results: &Path) -> (i32, Value) {
    let (code, stdout, stderr) = run(folder, &["check", results.to_str().unwrap(), "--json"]);
    assert!(!stdout.is_empty(), "{stderr}");
    (code, serde_json::from_str(&stdout).unwrap())
}

fn assert_clean(folder: &Path, results: &Path) -> Value {
    let (code, found) = check(folder, results);
    assert_eq!(code, 0, "{}", serde_json::to_string_pretty(&found).unwrap());
    assert_eq!(found["is_clean"], true);
    found
}

const GOALS: [&str; 6] = [
    "maximise = \"strategic_value\"",
    "maximise = { strategic_value = 0.6, npv = 0.4 }\nrank_by = \"npv\"",
    "minimise = \"cost\"",
    "maximise = \"attribute.points\"\nrank_by = \"strategic_value\"",
    "maximise = [\"projects\", \"cost\", \"npv\"]",
    "minimise = [\"projects\", \"npv\"]\nrank_by = \"cost\"",
];

#[test]
fn random_portfolios_with_every_kind_of_rule_pass() {
    for (seed, goal) in GOALS.into_iter().enumerate() {
        let kinds = Kinds { shares: seed % 2 == 1, risk: false, goal };
        let case = random_case(seed as u64 + 11, kinds);
        let found = assert_clean(case.path(), &case.results());
        let tables = found["tables"].as_array().unwrap();
        assert_eq!(tables.len(), if kinds.shares { 11 } else { 12 }, "all but infeasible.csv: {tables:?}");
        assert!(found["selections"].as_u64().unwrap() > 4);
    }
}

#[test]
fn simulated_portfolios_pass() {
    for seed in 0..4 {
        let goal = [
            "maximise = \"strategic_value\"\nrank_by = \"npv.p10\"",
            "maximise = \"npv\"\nrank_by = \"cost.sd\"",
        ];
        let kinds = Kinds { shares: seed % 2 == 1, risk: true, goal: goal[seed / 2] };
        let case = random_case(seed as u64 + 31, kinds);
        let found = assert_clean(case.path(), &case.results());
        // The cut line is no option: its risk is left out, and said to be.
        let left_out =
            found["left_out"].as_array().unwrap().iter().filter(|one| one["file"] != "baseline.csv");
        let left_out: Vec<String> = left_out.map(Value::to_string).collect();
        assert!(!left_out.iter().any(|one| one.contains("npv_") || one.contains("p_over")), "{left_out:?}");
    }
}

#[test]
fn bundled_batches_pass() {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = tempfile::tempdir().unwrap();
    for name in ["petersen-1", "petersen-4"] {
        let batch = bundled.join(format!("scenarios/{name}.toml"));
        let (code, _, stderr) = run(place.path(), &["run", batch.to_str().unwrap(), "--quiet"]);
        assert_eq!(code, 0, "{stderr}");
        assert_clean(place.path(), &place.path().join("out").join(name));
    }
}

/// Meridian with one scenario, few trials, and the decisions left out.
#[test]
fn the_bundled_synthetic_portfolio_passes() {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/meridian");
    let place = tempfile::tempdir().unwrap();
    let batch = format!(
        "[batch]\nname = \"few\"\nportfolio = {:?}\ndiscount_rate = 0.07\noptions = 3\nmin_difference = 2\ngap = 0.01\n\
         decisions = false\n[simulation]\ntrials = 200\n[[scenario]]\nname = \"base\"\n[[scenario]]\nname = \"less\"\n\
         budget_scale = 0.8\ncost_scale = 1.1\nmaximise = \"npv\"\n",
        bundled.display().to_string()
    );
    fs::write(place.path().join("few.toml"), batch).unwrap();
    let (code, _, stderr) = run(place.path(), &["run", "few.toml", "--quiet"]);
    assert_eq!(code, 0, "{stderr}");
    assert_clean(place.path(), &place.path().join("out/few"));
}

/// Writes a table with one cell changed.
fn write_table(path: &Path, rows: &[Vec<String>]) {
    let mut writer = csv::Writer::from_path(path).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.flush().unwrap();
}

/// Columns of numbers that are not recomputed, as nothing but a solver could.
fn is_proven(table: &str, column: &str) -> bool {
    match table {
        "options.csv" => column == "bound",
        "scenarios.csv" => column.starts_with("scale."),
        "frontier.csv" => column == "gap",
        "spend.csv" | "capacity.csv" => column == "shadow_price",
        "decisions.csv" => column.contains("cost_of_forcing") || column.starts_with("break_even"),
        "infeasible.csv" => true,
        _ => false,
    }
}

fn changed_cells(case: &Case, dice: &mut Dice, every: usize) -> usize {
    let results = case.results();
    let mut tried = 0;
    let (_, clean) = check(case.path(), &results);
    let is_left_out = |table: &str, column: &str| {
        clean["left_out"].as_array().unwrap().iter().any(|one| {
            let columns = one["columns"].as_array().map_or(&[][..], Vec::as_slice);
            one["file"] == table && (columns.is_empty() || columns.iter().any(|other| other == column))
        })
    };
    for (table, rows) in tables_of(&results) {
        let path: PathBuf = results.join(&table);
        let whole = fs::read(&path).unwrap();
        for row in 1..rows.len() {
            for column in 0..rows[row].len() {
                let (heading, cell) = (&rows[0][column], &rows[row][column]);
                let Ok(number) = cell.parse::<f64>() else { continue };
                if dice.below(every) != 0 || is_proven(&table, heading) || is_left_out(&table, heading) {
                    continue;
                }
                let mut changed = rows.clone();
                let by = if number == 0.0 { 1e-3 } else { number * 1.000_001 };
                // What is chosen is the answer: a share that is all or nothing may not change at all.
                changed[row][column] = if heading == "period" || heading == "start" {
                    "2031".to_owned()
                } else {
                    by.to_string()
                };
                write_table(&path, &changed);
                let (code, found) = check(case.path(), &results);
                assert_eq!(code, 2, "{table} row {} {heading}: {cell} → {by}", row + 1);
                let named = found["differences"].as_array().unwrap().iter().any(|difference| {
                    difference["file"] == table.as_str()
                        && difference["row"] == row + 1
                        && difference["column"] == heading.as_str()
                });
                // A changed answer breaks a rule; the cut line's figures are then others.
                let shows = match table.as_str() {
                    "selection.csv" => !found["broken_rules"].as_array().unwrap().is_empty(),
                    "baseline_selection.csv" => {
                        let mut differences = found["differences"].as_array().unwrap().iter();
                        differences.any(|difference| difference["file"] == "baseline.csv")
                    }
                    _ => false,
                };
                assert!(named || shows, "{table} row {} {heading}: {cell} → {by}: {found}", row + 1);
                if !table.ends_with("selection.csv") {
                    let count = found["differences"].as_array().unwrap().len();
                    assert!(
                        count == 1 || heading == "option" || heading == "period",
                        "{table} {heading}: {found}"
                    );
                }
                tried += 1;
            }
        }
        fs::write(&path, whole).unwrap();
    }
    assert_clean(case.path(), &results);
    tried
}

#[test]
fn a_number_that_is_changed_by_a_millionth_is_named() {
    let goal = "maximise = { strategic_value = 0.6, npv = 0.4 }\nrank_by = \"npv.p10\"";
    let kinds = Kinds { shares: false, risk: true, goal };
    let tried = changed_cells(&random_case(53, kinds), &mut Dice(5), 40);
    assert!(tried > 60, "{tried}");
}

#[test]
fn a_project_that_is_moved_taken_out_or_put_in_is_found() {
    let kinds = Kinds { shares: false, risk: false, goal: GOALS[0] };
    let case = random_case(12, kinds);
    let results = case.results();
    let path = results.join("selection.csv");
    let rows = tables_of(&results)["selection.csv"].clone();
    let without: Vec<Vec<String>> = [&rows[..1], &rows[2..]].concat();
    let mut other = rows.clone();
    let chosen: Vec<&String> =
        rows.iter().filter(|row| row[0] == rows[1][0] && row[1] == rows[1][1]).map(|row| &row[2]).collect();
    other[1][2] = (1..10).map(|number| format!("P{number}")).find(|id| !chosen.contains(&id)).unwrap();
    for changed in [without, other] {
        write_table(&path, &changed);
        let (code, found) = check(case.path(), &results);
        assert_eq!(code, 2);
        let differences = found["differences"].as_array().unwrap();
        assert!(
            differences.iter().any(|one| one["file"] == "options.csv" && one["column"] == "strategic_value"),
            "{found}"
        );
    }
}

#[test]
fn a_selection_that_breaks_a_rule_is_named_with_the_rule() {
    let tables = [
        ("projects.csv", "project,max_delay\nA,0\nB,1\nC,0\n".to_owned()),
        ("costs.csv", "project,line,2027,2028\nA,capex,30,0\nB,capex,40,0\nC,capex,50,0\n".to_owned()),
        ("budgets.csv", "line,2027,2028\ncapex,80,80\n".to_owned()),
        ("scores.csv", "project,value\nA,3\nB,5\nC,6\n".to_owned()),
        ("objectives.csv", "objective\nvalue\n".to_owned()),
        ("dependencies.csv", "project,kind,other\nA,requires,C\n".to_owned()),
    ];
    let batch = "[batch]\nname = \"plan\"\nportfolio = \"tables\"\noptions = 1\n[[scenario]]\nname = \"base\"\nrisk = false\n";
    let case = Case::new(&tables, batch);
    let results = case.results();
    let text = fs::read_to_string(results.join("selection.csv")).unwrap();
    assert_eq!(text.lines().count(), 4, "all three fit if B waits: {text}");
    fs::write(results.join("selection.csv"), text.replace("B,2028", "B,2027")).unwrap();
    let (_, stdout, _) = run(case.path(), &["check", "out"]);
    assert!(stdout.contains("base, option 1: capex takes 120 of 80 in 2027"), "{stdout}");
    let without_c: Vec<&str> = text.lines().filter(|line| !line.contains(",C,")).collect();
    fs::write(results.join("selection.csv"), without_c.join("\n") + "\n").unwrap();
    let (code, stdout, _) = run(case.path(), &["check", "out"]);
    assert_eq!(code, 2);
    assert!(stdout.contains("A requires C, which is out"), "{stdout}");
    assert!(stdout.contains("selection.csv: is not as the run wrote it"), "{stdout}");
}

#[test]
fn what_is_no_result_or_has_another_input_is_refused() {
    let kinds = Kinds { shares: false, risk: false, goal: GOALS[0] };
    let case = random_case(12, kinds);
    let refused = |arguments: &[&str], said: &str| {
        let (code, stdout, stderr) = run(case.path(), arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
    };
    refused(&["check", "nowhere"], "is no folder");
    refused(&["check", "tables"], "is no folder of results");
    case.results();
    let costs = case.path().join("tables/costs.csv");
    let text = fs::read_to_string(&costs).unwrap();
    let first = text.lines().nth(1).unwrap();
    fs::write(&costs, text.replacen(first, "P1,capex,1,2,3", 1)).unwrap();
    refused(&["check", "out"], "costs.csv was changed since");
    fs::write(&costs, text).unwrap();
    fs::rename(case.path().join("plan.toml"), case.path().join("moved.toml")).unwrap();
    refused(&["check", "out"], "name it with --batch");
    let (code, _, stderr) = run(case.path(), &["check", "out", "--batch", "moved.toml"]);
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn every_table_is_known_and_missed() {
    let kinds = Kinds { shares: false, risk: false, goal: GOALS[0] };
    let case = random_case(12, kinds);
    let results = case.results();
    let (_, found) = check(case.path(), &results);
    let whole = |one: &&Value| one["columns"].as_array().is_some_and(Vec::is_empty);
    let mut whole = found["left_out"].as_array().unwrap().iter().filter(whole);
    assert!(!whole.any(|one| one["why"].to_string().contains("does not know")), "{found}");
    let may_be_absent = ["decisions.csv", "funding.csv", "infeasible.csv", "verification.csv"];
    let demanded: Vec<_> = RESULT_TABLES.iter().filter(|kind| !may_be_absent.contains(&kind.file)).collect();
    for kind in &demanded {
        fs::remove_file(results.join(kind.file)).unwrap();
    }
    let (code, stdout, _) = run(case.path(), &["check", "out"]);
    assert_eq!(code, 2);
    for kind in demanded {
        assert!(stdout.contains(&format!("{}: is missing", kind.file)), "{}: {stdout}", kind.file);
    }
}
