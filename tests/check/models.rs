//! Programs that are written for other solvers have the optimum that Cutline finds.

use std::collections::BTreeMap;
use std::ffi::{CString, c_int};
use std::fs;
use std::path::Path;

use crate::cases::{Case, Kinds, random_case, tables_of};
use crate::program::run;

/// What HiGHS makes of a file.
struct Solved {
    status: i32,
    objective: f64,
}

/// HiGHS reads and solves a model file.
#[allow(unsafe_code, reason = "this reads a file as users of HiGHS would")]
fn solve(model: &Path) -> Solved {
    let path = CString::new(model.to_str().unwrap()).unwrap();
    // SAFETY: every call gets the pointer that `Highs_create` gave, texts that end with 0, and places for results.
    unsafe {
        let highs = highs_sys::Highs_create();
        highs_sys::Highs_setBoolOptionValue(highs, c"output_flag".as_ptr(), 0);
        highs_sys::Highs_setDoubleOptionValue(highs, c"mip_rel_gap".as_ptr(), 0.0);
        highs_sys::Highs_setDoubleOptionValue(highs, c"mip_abs_gap".as_ptr(), 1e-9);
        let read = highs_sys::Highs_readModel(highs, path.as_ptr());
        assert_eq!(read, 0, "HiGHS reads {} without a warning", model.display());
        assert!(highs_sys::Highs_run(highs) >= 0);
        let mut objective = 0.0;
        highs_sys::Highs_getDoubleInfoValue(highs, c"objective_function_value".as_ptr(), &mut objective);
        let status: c_int = highs_sys::Highs_getModelStatus(highs);
        highs_sys::Highs_destroy(highs);
        Solved { status, objective }
    }
}

const OPTIMAL: i32 = 7;
const INFEASIBLE: i32 = 8;

/// A model as its text tells it: per row its sides, per column its entries.
#[derive(Default)]
struct Mps {
    kinds: BTreeMap<String, char>,
    sides: BTreeMap<String, f64>,
    entries: BTreeMap<String, Vec<(String, f64)>>,
}

fn read_mps(path: &Path) -> Mps {
    let mut mps = Mps::default();
    let mut section = String::new();
    for line in fs::read_to_string(path).unwrap().lines().filter(|line| !line.starts_with('*')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if !line.starts_with(' ') {
            section = words[0].to_owned();
            continue;
        }
        match section.as_str() {
            "ROWS" => drop(mps.kinds.insert(words[1].to_owned(), words[0].chars().next().unwrap())),
            "COLUMNS" if words[1] != "'MARKER'" => {
                assert_eq!(words.len(), 3, "names have no blanks: {line}");
                let entry = (words[1].to_owned(), words[2].parse().unwrap());
                mps.entries.entry(words[0].to_owned()).or_default().push(entry);
            }
            "RHS" => drop(mps.sides.insert(words[1].to_owned(), words[2].parse().unwrap())),
            _ => {}
        }
    }
    mps
}

/// The solution file keeps every row of the model, and its objective is what it says.
fn assert_solution_fits(model: &Path, solution: &Path, objective: f64) {
    let mps = read_mps(model);
    let text = fs::read_to_string(solution).unwrap();
    let mut lines = text.lines();
    let said: f64 = lines.next().unwrap().strip_prefix("=obj= ").unwrap().parse().unwrap();
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
    assert!(close(said, objective), "{said} {objective}");
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for line in lines {
        let (name, value) = line.split_once(' ').unwrap();
        let value: f64 = value.parse().unwrap();
        for (row, factor) in mps.entries.get(name).unwrap_or_else(|| panic!("{name} is no column")) {
            let sum = sums.entry(row.as_str()).or_default();
            *sum = (sum.0 + factor * value, sum.1 + (factor * value).abs());
        }
    }
    for (row, kind) in &mps.kinds {
        let (sum, size) = sums.get(row.as_str()).copied().unwrap_or_default();
        let side = mps.sides.get(row).copied().unwrap_or_default();
        let slack = 1e-7 * size.max(side.abs()).max(1.0);
        match kind {
            'N' => assert!(close(sum, said), "{sum} {said}"),
            'L' => assert!(sum <= side + slack, "{row}: {sum} > {side}"),
            'G' => assert!(sum >= side - slack, "{row}: {sum} < {side}"),
            _ => assert!((sum - side).abs() <= slack, "{row}: {sum} is not {side}"),
        }
    }
}

/// The best objective of each scenario, as options.csv has it.
fn best_objectives(case: &Case) -> BTreeMap<String, f64> {
    let tables = tables_of(&case.results());
    let options = tables["options.csv"].iter().filter(|row| row[2] == "1");
    options.map(|row| (row[0].clone(), row[4].parse().unwrap())).collect()
}

fn assert_same_optimum(case: &Case, goal: &str) {
    let is_minimised = |scenario: &str| goal.starts_with("minimise") && scenario != "targets";
    let best = best_objectives(case);
    for scenario in ["base", "less, and \"later\"", "targets", "nothing fits"] {
        for form in ["mps", "lp"] {
            let file = format!("model.{form}");
            let (code, _, stderr) =
                run(case.path(), &["model", "plan.toml", "--scenario", scenario, "-o", &file]);
            assert_eq!(code, 0, "{stderr}");
            let (model, solution) = (case.path().join(&file), case.path().join("model.sol"));
            match best.get(scenario) {
                None => {
                    assert_eq!(solve(&model).status, INFEASIBLE, "{scenario}");
                    assert!(stderr.contains("infeasible"));
                }
                Some(&objective) => {
                    let solved = solve(&model);
                    assert_eq!(solved.status, OPTIMAL, "{scenario}");
                    // MPS is minimised: what is maximised has the other sign there.
                    let is_turned = form == "mps" && !is_minimised(scenario);
                    let found = if is_turned { -solved.objective } else { solved.objective };
                    let close = (found - objective).abs() <= 1e-6 * objective.abs().max(1.0);
                    assert!(close, "{scenario}, {form}: {found} {objective}");
                    if form == "mps" {
                        assert_solution_fits(
                            &model,
                            &solution,
                            if is_turned { -objective } else { objective },
                        );
                    }
                    fs::remove_file(solution).unwrap();
                }
            }
        }
    }
}

#[test]
fn written_programs_have_the_same_optimum_in_highs() {
    let goals = [
        "maximise = \"strategic_value\"",
        "maximise = { strategic_value = 0.6, npv = 0.4 }",
        "minimise = \"cost\"",
        "maximise = \"cost\"",
    ];
    for (seed, goal) in goals.into_iter().enumerate() {
        let kinds = Kinds { shares: seed % 2 == 1, risk: false, goal };
        assert_same_optimum(&random_case(seed as u64 + 71, kinds), goal);
    }
}

#[test]
fn a_bundled_program_has_its_known_optimum() {
    let place = tempfile::tempdir().unwrap();
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/petersen-1.toml");
    let model = place.path().join("p.mps");
    let arguments = ["model", bundled.to_str().unwrap(), "-o", model.to_str().unwrap(), "--no-solution"];
    let (code, stdout, stderr) = run(place.path(), &arguments);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("6 columns, 10 rows"), "{stdout}");
    assert!(!place.path().join("p.sol").exists());
    assert_eq!(solve(&model).objective, -3800.0);
    let first = fs::read(&model).unwrap();
    run(place.path(), &arguments);
    assert_eq!(first, fs::read(&model).unwrap(), "the same file every time");
}

#[test]
fn names_are_those_of_the_tables() {
    let tables = [
        ("projects.csv", "project,max_delay,min_fraction\nP 1,1,\nP_1,0,0.5\nZ\u{fc}rich,0,\n".to_owned()),
        (
            "costs.csv",
            "project,line,2027,2028\nP 1,capex,30,0\nP_1,capex,40,0\nZ\u{fc}rich,capex,50,0\n".to_owned(),
        ),
        ("budgets.csv", "line,2027,2028\ncapex,80.1,80\n".to_owned()),
        ("scores.csv", "project,value\nP 1,3\nP_1,5\nZ\u{fc}rich,6\n".to_owned()),
        ("objectives.csv", "objective\nvalue\n".to_owned()),
        ("dependencies.csv", "project,kind,other\nP 1,requires,Z\u{fc}rich\n".to_owned()),
    ];
    let batch = "[batch]\nname = \"plan\"\nportfolio = \"tables\"\n[[scenario]]\nname = \"base\"\n";
    let case = Case::new(&tables, batch);
    let (code, stdout, stderr) = run(case.path(), &["model", "plan.toml", "-o", "plan.mps"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("objective 12.7625"), "{stdout}");
    let mps = read_mps(&case.path().join("plan.mps"));
    let columns: Vec<&str> = mps.entries.keys().map(String::as_str).collect();
    let expected = ["share[P_1,2027]", "x[P_1,2027]", "x[P_1,2027]_2", "x[P_1,2028]", "x[Zuerich,2027]"];
    assert_eq!(columns, expected);
    let budget = |column: &str| {
        let entries = mps.entries[column].iter();
        entries.filter(|(row, _)| row == "budget[capex,2027]").map(|(_, factor)| *factor).sum::<f64>()
    };
    assert_eq!(
        (budget("x[Zuerich,2027]"), budget("share[P_1,2027]")),
        (50.0, 40.0),
        "in units of the tables"
    );
    assert_eq!(mps.sides["budget[capex,2027]"], 80.1);
    assert!(mps.kinds.contains_key("requires[P_1,Zuerich]"), "{:?}", mps.kinds);
}

#[test]
fn a_scenario_must_be_named_where_there_are_several() {
    let case = random_case(12, Kinds { shares: false, risk: false, goal: "" });
    let (code, stdout, stderr) = run(case.path(), &["model", "plan.toml", "-o", "plan.mps"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("`base`, `less, and \"later\"`, `targets`"), "{stderr}");
    let (code, _, stderr) = run(case.path(), &["model", "plan.toml", "--scenario", "bass", "-o", "plan.mps"]);
    assert!(code == 2 && stderr.contains("there is no scenario `bass`"), "{stderr}");
    let (code, _, stderr) = run(case.path(), &["model", "plan.toml", "--scenario", "base", "-o", "plan.xls"]);
    assert!(code == 2 && stderr.contains(".mps"), "{stderr}");
    assert!(!case.path().join("plan.mps").exists());
}

/// Two of three projects fit. Ties alone would take the two cheapest; the second goal takes the two dearest.
/// Two of three projects fit, and all are wanted first.
#[test]
fn a_program_holds_limits_with_priorities_at_what_was_found() {
    let tables = [
        ("projects.csv", "project\nA\nB\nC\n".to_owned()),
        ("costs.csv", "project,line,2027\nA,capex,5\nB,capex,2\nC,capex,3\n".to_owned()),
        ("budgets.csv", "line,2027\ncapex,8\n".to_owned()),
        ("objectives.csv", "objective\nvalue\n".to_owned()),
        ("scores.csv", "project,value\nA,9\nB,1\nC,2\n".to_owned()),
    ];
    let batch = "[batch]\nname = \"plan\"\nportfolio = \"tables\"\ngap = 0.0\ndiscount_rate = 0.07\n\
        [[limit]]\nname = \"all\"\nmeasure = \"projects\"\nmin = 3\npriority = 1\n\
        [[limit]]\nname = \"cheap\"\nmeasure = \"cost\"\nmax = 6\npriority = 2\n";
    let case = Case::new(&tables, batch);
    let (code, _, stderr) = run(case.path(), &["model", "plan.toml", "-o", "held.mps"]);
    assert_eq!(code, 0, "{stderr}");
    let path = case.path().join("held.mps");
    let mps = read_mps(&path);
    assert!(mps.kinds.contains_key("priority[1]"), "{:?}", mps.kinds);
    assert!(fs::read_to_string(&path).unwrap().contains("held at the least by which they can be missed"));
    let solved = solve(&path);
    assert_eq!(solved.status, OPTIMAL);
    assert!((solved.objective.abs() - 3.0).abs() < 1e-6, "B and C: {}", solved.objective);
}

#[test]
fn goals_in_order_are_told_and_the_program_says_which_of_them_it_has() {
    let tables = [
        ("projects.csv", "project\nA\nB\nC\n"),
        ("costs.csv", "project,line,2027\nA,capex,3\nB,capex,4\nC,capex,5\n"),
        ("budgets.csv", "line,2027\ncapex,9\n"),
    ];
    let batch = "[batch]\nportfolio = \"tables\"\ngap = 0.0\noptions = 2\n\
                 [[scenario]]\nname = \"s\"\nrisk = false\nmaximise = [\"projects\", \"cost\"]\n";
    let case = Case::new(&tables.map(|(name, text)| (name, text.to_owned())), batch);
    let results = tables_of(&case.results());
    let column = |table: &str, heading: &str| {
        let [first, rows @ ..] = &results[table][..] else { panic!("{table} is empty") };
        let place = first.iter().position(|own| own == heading).unwrap();
        rows.iter().map(|row| row[place].clone()).collect::<Vec<_>>()
    };
    assert_eq!(column("scenarios.csv", "goal"), ["maximise projects, then cost"]);
    assert_eq!(column("options.csv", "objective"), ["2.0", "2.0"]);
    assert_eq!(column("options.csv", "cost"), ["9.0", "8.0"]);
    assert_eq!(column("options.csv", "status"), ["optimal", "optimal"]);
    assert_eq!(column("selection.csv", "project"), ["B", "C", "A", "C"]);
    let (code, _, stderr) = run(case.path(), &["model", "plan.toml", "-o", "s.lp"]);
    assert_eq!(code, 0, "{stderr}");
    let model = fs::read_to_string(case.path().join("s.lp")).unwrap();
    assert!(model.contains("maximise projects, then cost"), "{model}");
    assert!(
        model.contains("the objective is the first goal; those that follow are not in this program"),
        "{model}"
    );
    let solution = fs::read_to_string(case.path().join("s.sol")).unwrap();
    assert!(solution.contains("x(C,2027)") && !solution.contains("x(A,2027)"), "{solution}");
}
