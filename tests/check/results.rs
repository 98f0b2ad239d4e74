//! What was written passes the check, and whatever is changed in it is named.

use std::collections::{BTreeMap, BTreeSet};
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
    let kinds = Kinds { shares: true, risk: false, goal: GOALS[0] };
    let case = random_case(12, kinds);
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

/// Checks a folder of results; gives the exit code and what was found.
fn check(folder: &Path, results: &Path) -> (i32, Value) {
    let (code, stdout, stderr) = run(folder, &["check", results.to_str().unwrap(), "--json"]);
    assert!(!stdout.is_empty(), "{stderr}");
    (code, serde_json::from_str(&stdout).unwrap())
}

pub fn assert_clean(folder: &Path, results: &Path) -> Value {
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
    pass([1, 2, 5]);
}

#[test]
#[ignore = "takes a minute"]
fn random_portfolios_of_other_goals_pass() {
    pass([0, 3, 4]);
}

/// Checks the results of random portfolios, each with a goal of its own.
fn pass(seeds: [usize; 3]) {
    for seed in seeds {
        let goal = GOALS[seed];
        let kinds = Kinds { shares: seed % 2 == 1, risk: false, goal };
        let case = random_case(seed as u64 + 11, kinds);
        let found = assert_clean(case.path(), &case.results());
        let files = |list: &str| -> BTreeSet<String> {
            let listed = found[list].as_array().unwrap().iter();
            listed.map(|one| one["file"].as_str().unwrap().to_owned()).collect()
        };
        let (tables, left_out) = (files("tables"), files("left_out"));
        let names = fs::read_dir(case.results()).unwrap();
        let mut names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let is_told =
            |name: String| !name.ends_with(".csv") || tables.contains(&name) || left_out.contains(&name);
        assert!(names.all(is_told) && tables.len() >= 16, "{tables:?}, {left_out:?}");
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
                // A changed answer breaks a rule, a point of the frontier lies elsewhere, or its figures are others: a part
                // of a project that may be funded in parts is an answer like the whole.
                let shows = match table.as_str() {
                    "selection.csv" => {
                        let mut differences = found["differences"].as_array().unwrap().iter();
                        let is_of_figures = |difference: &Value| {
                            difference["file"] == "frontier.csv" || difference["file"] == "options.csv"
                        };
                        !found["broken_rules"].as_array().unwrap().is_empty()
                            || differences.any(is_of_figures)
                    }
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
    let tried = changed_cells(&random_case(53, kinds), &mut Dice(5), 100);
    assert!(tried > 25, "{tried}");
}

#[test]
#[ignore = "takes minutes"]
fn many_numbers_that_are_changed_by_a_millionth_are_named() {
    let kinds = Kinds { shares: false, risk: true, goal: GOALS[1] };
    let tried = changed_cells(&random_case(53, kinds), &mut Dice(5), 20);
    assert!(tried > 120, "{tried}");
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
    let may_be_absent = [
        "decisions.csv",
        "funding.csv",
        "infeasible.csv",
        "verification.csv",
        "room.csv",
        "priorities.csv",
        "confidence.csv",
        "in_sample.csv",
        "key_results.csv",
        "attribution.csv",
        "information.csv",
        "futures.csv",
        "perfect_information.csv",
        "shrinkage.csv",
    ];
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

/// A and B cannot start together, and B loses less by waiting.
#[test]
fn strategic_value_lost_by_waiting_is_counted_recomputed_and_told() {
    let tables = [
        ("projects.csv", "project,max_delay,latest,value_decay\nA,2,2028,0.1\nB,2,,0.04\nC,,,\n".to_owned()),
        ("costs.csv", "project,line,2027,2028,2029\nA,capex,5,,\nB,capex,5,,\nC,capex,1,,\n".to_owned()),
        ("budgets.csv", "line,2027,2028,2029\ncapex,6,5,5\n".to_owned()),
        ("objectives.csv", "objective\nvalue\n".to_owned()),
        ("scores.csv", "project,value\nA,10\nB,6\nC,1\n".to_owned()),
    ];
    let batch = "[batch]\nname = \"plan\"\nportfolio = \"tables\"\ngap = 0.0\noptions = 1\n\
                 discount_rate = 0.07\n[simulation]\ntrials = 100\n";
    let case = Case::new(&tables, batch);
    let results = case.results();
    assert_clean(case.path(), &results);
    let tables = tables_of(&results);
    assert_eq!(cells(&tables["selection.csv"], "start"), ["2027", "2028", "2027"]);
    let options = &tables["options.csv"];
    for column in ["objective", "strategic_value", "expected_strategic_value", "strategic_value_mean"] {
        assert_eq!(cells(options, column), ["16.76"], "{column}");
    }
    assert_eq!(cells(&tables["objectives.csv"], "score"), ["17.0"], "a score is raw");
    assert_eq!(cells(&tables["objectives.csv"], "share"), ["1.0"]);
    assert_eq!(cells(&tables["business_cases.csv"], "cost_of_delay"), ["1.0", "0.24", "0.0"]);
    let reasons = cells(&tables["decisions.csv"], "reason");
    let told = [
        "starts in 2027, since each period of waiting costs 10 % of its strategic value",
        "starts in 2028, 1 period late, which costs 4 % of its strategic value",
    ];
    assert!(reasons[0].ends_with(told[0]) && reasons[1].ends_with(told[1]), "{reasons:?}");
    assert!(!reasons[2].contains("starts in"), "{reasons:?}");
    assert_eq!(cells(&tables["decisions.csv"], "break_even_score")[..2], ["", ""]);
}

const PRIORITIES: &str = "[[limit]]\nname = \"spend little\"\nmeasure = \"cost\"\nmax = 4\npriority = 2\n\
    [[limit]]\nname = \"three or more\"\nmeasure = \"projects\"\nmin = 3\npriority = 1\n\
    [[limit]]\nname = \"some of D\"\nmeasure = \"projects\"\nwhere = { project = [\"D\"] }\nmin = 1\npriority = 3\n\
    [[scenario]]\nname = \"base\"\n[[scenario]]\nname = \"four\"\nbudget_scale = 2\n\
    without_limits = [\"three or more\", \"some of D\"]\n\
    limits = [{ name = \"five\", measure = \"projects\", min = 5, priority = 1 }]\n";

/// In 9 go B and C and D (10), or A and B, or A and one of the cheap: three projects take ten.
#[test]
fn limits_with_priorities_give_way_and_are_told() {
    let case = small("project\nA\nB\nC\nD\n", &[("budgets.csv", "line,2027\ncapex,10\n")], PRIORITIES);
    let results = case.results();
    assert_clean(case.path(), &results);
    let tables = tables_of(&results);
    let of = |scenario: &str| -> Vec<String> {
        let rows = tables["selection.csv"].iter().filter(|row| row[0] == scenario && row[1] == "1");
        rows.map(|row| row[2].clone()).collect()
    };
    assert_eq!(of("base"), ["B", "C", "D"]);
    assert_eq!(of("four"), ["A", "B", "C", "D"]);
    assert_eq!(cells(&tables["options.csv"], "status"), ["optimal", "optimal"]);
    let told = &tables["infeasible.csv"];
    assert_eq!(cells(told, "scenario"), ["base", "four", "four"]);
    assert_eq!(cells(told, "kind"), ["gave way"; 3]);
    assert_eq!(cells(told, "item"), ["spend little", "five", "spend little"]);
    assert_eq!(cells(told, "amount"), ["6.0", "1.0", "11.0"]);
    let words = cells(told, "words");
    assert_eq!(words[0], "spend little (priority 2) gave way: 6 more than 4, which is 150 % of it");
    assert_eq!(words[1], "five (priority 1) gave way: 1 less than 5, which is 20 % of it");
    let reasons = cells(&tables["decisions.csv"], "reason");
    assert!(reasons[1].contains("`three or more`"), "{reasons:?}");
}

/// Options that keep the limit, of which one is robbed of a project.
#[test]
fn an_option_that_misses_more_of_a_priority_than_another_is_named() {
    let limit = "[[limit]]\nname = \"three\"\nmeasure = \"projects\"\nmin = 3\npriority = 1\n";
    let case = small("project\nA\nB\nC\nD\n", &[("budgets.csv", "line,2027\ncapex,12\n")], limit);
    let results = case.results();
    assert_clean(case.path(), &results);
    let text = fs::read_to_string(results.join("selection.csv")).unwrap();
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 7, "two options of three projects: {text}");
    fs::write(results.join("selection.csv"), rows[..6].join("\n") + "\n").unwrap();
    let (code, stdout, _) = run(case.path(), &["check", "out"]);
    assert_eq!(code, 2);
    assert!(stdout.contains("option 2: misses the limits of priority 1 by 0.333"), "{stdout}");
}

#[test]
fn a_limit_has_a_price_or_a_priority() {
    let limit = "[[limit]]\nname = \"few\"\nmeasure = \"projects\"\nmax = 1\n";
    for (keys, told) in [
        ("price = 2\npriority = 1\n", "stands beside `price`: a limit has one of the two"),
        ("priority = 0\n", "is out of range"),
        ("priority = \"first\"\n", "is not a whole number"),
    ] {
        let case = small("project\nA\nB\nC\nD\n", &[], &format!("{limit}{keys}"));
        let (code, _, stderr) = run(case.path(), &["validate", "plan.toml"]);
        assert!(code == 2 && stderr.contains(told), "{keys}: {code}, {stderr}");
    }
}

/// Four projects on one line, in a year.
pub fn small(projects: &str, more: &[(&'static str, &str)], batch: &str) -> Case {
    let mut tables = vec![
        ("projects.csv", projects.to_owned()),
        ("costs.csv", "project,line,2027\nA,capex,5\nB,capex,4\nC,capex,3\nD,capex,3\n".to_owned()),
        ("budgets.csv", "line,2027\ncapex,9\n".to_owned()),
        ("objectives.csv", "objective\nvalue\n".to_owned()),
        ("scores.csv", "project,value\nA,10\nB,6\nC,1\nD,1\n".to_owned()),
    ];
    tables.extend(more.iter().map(|(name, text)| (*name, (*text).to_owned())));
    let head =
        "[batch]\nname = \"plan\"\nportfolio = \"tables\"\ngap = 0.0\noptions = 2\ndiscount_rate = 0.07\n";
    Case::new(&tables, &format!("{head}{batch}"))
}

pub fn cells(rows: &[Vec<String>], column: &str) -> Vec<String> {
    let place = rows[0].iter().position(|heading| heading == column).unwrap();
    rows[1..].iter().map(|row| row[place].clone()).collect()
}

#[test]
fn without_benefits_no_net_present_value_is_told() {
    let case = small(
        "project,name,area\nA,Bridge,north\nB,Depot,south\nC,,\nD,,\n",
        &[],
        "[report]\ngroup_by = [\"area\"]\n[simulation]\ntrials = 200\npercentiles = [80]\n[[scenario]]\nname = \"s\"\n",
    );
    assert_clean(case.path(), &case.results());
    let tables = tables_of(&case.path().join("out"));
    assert!(
        cells(&tables["options.csv"], "npv").iter().all(|cell| cell.starts_with('-')),
        "programs find it"
    );
    for heading in ["npv", "irr", "mirr", "payback", "profitability_index"] {
        assert!(cells(&tables["business_cases.csv"], heading).iter().all(String::is_empty), "{heading}");
    }
    assert!(cells(&tables["options.csv"], "cost_mean").iter().all(|cell| !cell.is_empty()));
    assert_eq!(
        cells(&tables["options.csv"], "p_best"),
        ["1.0", "0.0"],
        "by strategic value, which does not vary"
    );
    let (_, stdout, _) = run(case.path(), &["run", "plan.toml", "--out", "again"]);
    assert!(!stdout.contains("NPV") && stdout.contains("P(best)"), "{stdout}");
    assert!(stdout.contains("Cost by area: north 5 (56 %), south 4 (44 %)"), "{stdout}");
}

#[test]
fn an_option_is_the_best_by_what_ranks_the_options() {
    let projects = "project,success_probability\nA,0.3\nB,\nC,\nD,\n";
    let benefits = [("benefits.csv", "project,2027\nA,6\nB,9\nC,4\nD,4\n")];
    // The options are A alone and B alone; the cheaper one, B, is told first.
    let p_best = |keys: &str| {
        let rest = "[simulation]\ntrials = 1000\n[[scenario]]\nname = \"s\"\nforce_out = [\"C\", \"D\"]\nlimits = [{ name = \"one\", measure = \"projects\", max = 1 }]\n";
        let case = small(projects, &benefits, &format!("min_difference = 2\n{keys}\n{rest}"));
        assert_clean(case.path(), &case.results());
        let options = &tables_of(&case.path().join("out"))["options.csv"];
        let cost = cells(options, "cost").into_iter().zip(cells(options, "p_best"));
        let mut told: Vec<(String, f64)> = cost.map(|(cost, best)| (cost, best.parse().unwrap())).collect();
        told.sort_by(|one, other| one.0.cmp(&other.0));
        told
    };
    let both = |b: f64, a: f64| vec![("4.0".to_owned(), b), ("5.0".to_owned(), a)];
    // A brings its 10 in three of ten trials, B its 6 in all.
    assert_eq!(p_best("rank_by = \"strategic_value\""), both(0.7, 0.3));
    assert_eq!(p_best("rank_by = \"strategic_value.p90\""), both(0.7, 0.3));
    assert_eq!(p_best("maximise = \"expected_strategic_value\""), both(0.7, 0.3));
    assert_eq!(p_best("rank_by = \"cost\""), both(1.0, 0.0), "the cheaper is the better");
    assert_eq!(p_best("maximise = \"cost\""), both(0.0, 1.0), "unless the scenario wants the dearer");
    // A gains 1 at most, B always 5.
    assert_eq!(p_best("rank_by = \"npv.mean\""), both(1.0, 0.0));
    assert_eq!(p_best("rank_by = \"projects\""), both(1.0, 0.0), "by NPV, where what ranks is not simulated");
}

#[test]
fn names_of_lines_and_projects_are_told_where_ids_stand() {
    let lines = [("lines.csv", "line,name,group\ncapex,Building works,build\n")];
    let projects = "project,name\nA,Bridge\nB,Depot\nC,\nD,\n";
    let scenarios = "[[scenario]]\nname = \"s\"\n[[scenario]]\nname = \"t\"\nforce_in = [\"A\", \"B\", \"C\"]\n[[scenario]]\nname = \"u\"\nbudget_scale = 0.5\n";
    let case = small(projects, &lines, scenarios);
    let (_, stdout, _) = run(case.path(), &["run", "plan.toml", "--out", "out"]);
    let unbroken = stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "capex (Building works) in 2027",
        "forced-in A (Bridge), B (Depot) and C do",
        "Funded in all 2 scenarios (1): B (Depot)",
        "Funded in some (1; in how many of them): A (Bridge; 1)",
        "Funded in none (2): C, D",
    ] {
        assert!(unbroken.contains(part), "{part}: {stdout}");
    }
    let spend = &tables_of(&case.path().join("out"))["spend.csv"];
    assert!(cells(spend, "name").iter().all(|name| name == "Building works"));
    assert_clean(case.path(), &case.path().join("out"));
    let (_, stdout, _) = run(case.path(), &["validate", "tables"]);
    for part in ["capex (Building works)", "group     build"] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
}

/// Two scenarios of [`small`]: with all the money option 1 is A and B, with 60 % of it A alone.
fn with_a_cut(more: &str) -> Case {
    let batch =
        format!("[[scenario]]\nname = \"base\"\n[[scenario]]\nname = \"cut\"\nbudget_scale = 0.6\n{more}");
    small("project,name\nA,Bridge\nB,Depot\nC,\nD,\n", &[], &batch)
}

#[test]
fn regrets_and_robustness_are_those_of_a_small_batch() {
    let case = with_a_cut("");
    assert_clean(case.path(), &case.results());
    let tables = tables_of(&case.path().join("out"));
    let regret: Vec<String> = tables["regret.csv"].iter().map(|row| row[..7].join(",")).collect();
    assert_eq!(
        regret,
        [
            "of_scenario,option,in_scenario,objective,regret,feasible,regret_share",
            "base,1,base,16.0,0.0,true,0.0",
            "base,1,cut,16.0,,false,",
            "base,2,base,11.0,5.0,true,0.3125",
            "base,2,cut,11.0,,false,",
            "cut,1,base,10.0,6.0,true,0.375",
            "cut,1,cut,10.0,0.0,true,0.0",
            "cut,2,base,6.0,10.0,true,0.625",
            "cut,2,cut,6.0,4.0,true,0.4",
        ]
    );
    assert_eq!(tables["regret.csv"][2][7], "capex in 2027");
    assert_eq!(cells(&tables["regret_by_option.csv"], "choice"), ["", "", "least largest regret", ""]);
    assert_eq!(cells(&tables["regret_by_option.csv"], "max_regret"), ["0.0", "5.0", "6.0", "10.0"]);
    let robustness: Vec<String> =
        tables["robustness.csv"][1..].iter().map(|row| row[..6].join(",")).collect();
    // Without A: B and C (7 of 16) in base, B (6 of 10) in cut. With B in cut: 6 of 10; without it in base: 11 of 16.
    assert_eq!(
        robustness,
        [
            "A,1.0,core,9.0,0.0,9.0",
            "B,0.5,borderline,5.0,4.0,5.0",
            "C,0.0,exterior,9.0,9.0,0.0",
            "D,0.0,exterior,9.0,9.0,0.0"
        ]
    );
    let (_, stdout, _) = run(case.path(), &["run", "plan.toml", "--out", "again"]);
    assert!(
        stdout.contains(
            "Holds best: option 1 of `cut` keeps the limits of all 2 scenarios and loses at most 6 (37.5 %)"
        ),
        "{stdout}"
    );
}

#[test]
fn amounts_of_goals_that_differ_are_not_compared() {
    let case = with_a_cut("maximise = \"projects\"\n");
    assert_clean(case.path(), &case.results());
    let tables = tables_of(&case.path().join("out"));
    let regrets = &tables["regret_by_option.csv"];
    assert!(cells(regrets, "max_regret").iter().chain(&cells(regrets, "mean_regret")).all(String::is_empty));
    assert!(cells(regrets, "max_regret_share").iter().all(|cell| !cell.is_empty()));
    assert!(cells(&tables["robustness.csv"], "max_regret").iter().all(String::is_empty));
}

#[test]
fn a_regret_that_was_changed_is_named() {
    let case = with_a_cut("");
    let results = case.results();
    for (file, from, to, named) in [
        ("regret.csv", "cut,1,base,10.0,6.0,true", "cut,1,base,10.0,5.0,true", "regret"),
        ("regret.csv", "base,1,cut,16.0,,false", "base,1,cut,16.0,,true", "feasible"),
        ("regret_by_option.csv", "cut,1,2,2,6.0", "cut,1,2,2,5.0", "max_regret"),
        ("robustness.csv", "B,0.5,borderline", "B,0.5,core", "class"),
    ] {
        let path = results.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file}: {text}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let (code, stdout, _) = run(case.path(), &["check", "out"]);
        assert!(code == 2 && stdout.contains(file) && stdout.contains(named), "{named}: {stdout}");
        fs::write(&path, text).unwrap();
    }
}

/// A alone is worth more than B and C, but two projects come first: for other weights, too, and for options of others.
#[test]
fn what_gives_way_is_held_for_other_weights_and_in_regrets() {
    let tables = [
        ("projects.csv", "project\nA\nB\nC\n".to_owned()),
        ("costs.csv", "project,line,2027\nA,capex,6\nB,capex,5\nC,capex,5\n".to_owned()),
        ("budgets.csv", "line,2027\ncapex,10\n".to_owned()),
        ("objectives.csv", "objective,weight\ngrowth,1\nservice,1\n".to_owned()),
        ("scores.csv", "project,growth,service\nA,20,\nB,,8\nC,,7\n".to_owned()),
    ];
    let batch = "[batch]\nname = \"plan\"\nportfolio = \"tables\"\ngap = 0.0\noptions = 1\ndiscount_rate = 0.07\n\
                 [report]\nweight_ranges = true\n\
                 [[limit]]\nname = \"two or more\"\nmeasure = \"projects\"\nmin = 2\npriority = 1\n\
                 [[scenario]]\nname = \"base\"\n[[scenario]]\nname = \"free\"\nwithout_limits = [\"two or more\"]\n";
    let case = Case::new(&tables, batch);
    let results = case.results();
    assert_clean(case.path(), &results);
    let tables = tables_of(&results);
    let of_base = |table: &str, column: &str| -> Vec<String> {
        let own = cells(&tables[table], "scenario").into_iter().zip(cells(&tables[table], column));
        own.filter(|(scenario, _)| scenario == "base").map(|(_, cell)| cell).collect()
    };
    assert_eq!(of_base("selection.csv", "project"), ["B", "C"]);
    assert_eq!(of_base("weight_ranges.csv", "low"), ["0.0", "0.0"]);
    assert_eq!(of_base("weight_ranges.csv", "high"), ["1.0", "1.0"]);
    let regret = &tables["regret.csv"];
    let told = cells(regret, "of_scenario")
        .into_iter()
        .zip(cells(regret, "in_scenario"))
        .zip(cells(regret, "feasible"));
    let told: Vec<String> =
        told.map(|((of, there), feasible)| format!("{of} in {there}: {feasible}")).collect();
    assert!(told.contains(&"free in base: false".to_owned()), "{told:?}");
}
