//! Costs that one of several lines may pay: random small portfolios against every selection and every payer, known
//! answers, words and faults.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/dice.rs"]
mod dice;
#[path = "payers/enumeration.rs"]
mod enumeration;

use std::collections::BTreeSet;

use cutline::domain::{Measure, PaymentIx, ProjectIx, Selection, Solver};
use cutline::finance::Valuation;
use cutline::input::{Files, LoadedBatch, read_batch};
use cutline::optimise::{ScenarioModel, SolveStatus, find_options, recheck};
use cutline::output::{BatchSummary, result_tables};
use cutline::progress::{CancelToken, Silent};

use dice::Dice;
use enumeration::Case;

/// Loads a portfolio of tables by name, under a batch file.
fn load(tables: &[(&str, &str)], keys: &str) -> Result<LoadedBatch, String> {
    let files: Files =
        tables.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let text = format!("[batch]\nportfolio = \"p\"\ngap = 0\n{keys}\n");
    read_batch("b.toml", text.as_bytes(), |_| Ok(files))
        .map_err(|found| found.iter().map(|one| format!("{one}\n")).collect())
}

/// Selections with their objectives, as a solver finds them.
fn options(loaded: &LoadedBatch) -> Vec<(f64, Selection)> {
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let mut model = ScenarioModel::new(&valuation);
    let found = find_options(&mut model, loaded.batch.selection(), &CancelToken::new()).unwrap();
    assert!(matches!(found.status, SolveStatus::Optimal | SolveStatus::Infeasible), "{:?}", found.status);
    for option in &found.options {
        assert!(recheck(&valuation, &option.selection).is_empty());
    }
    found.options.into_iter().map(|option| (option.objective, option.selection)).collect()
}

/// No project can be paid by an earlier payer while the others stay as they are, unless that costs more.
fn assert_first_payers(loaded: &LoadedBatch, selection: &Selection) {
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    for choice in selection.choices() {
        for payment in (0..choice.payment.index()).map(PaymentIx::new) {
            let other = selection.paid_by(choice.project, payment);
            let rises =
                |measure| valuation.total(measure, &other) > valuation.total(measure, selection) + 1e-9;
            let is_dearer = rises(Measure::Cost)
                || valuation.total(Measure::Npv, &other) < valuation.total(Measure::Npv, selection) - 1e-9;
            assert!(is_dearer || !recheck(&valuation, &other).is_empty(), "{selection:?}");
        }
    }
}

/// Holds the options of random portfolios against all selections.
fn compare(seed: u64, cases: usize, mix: bool) {
    let mut dice = Dice(seed);
    let mut with_several = 0;
    for number in 0..cases {
        let case = Case::random(&mut dice, mix);
        let solver = Solver::ALL[number % Solver::ALL.len()];
        let loaded = load(&case.tables_by_name(), &case.keys(solver.as_str())).unwrap();
        let found = options(&loaded);
        let expected = case.best(4);
        let objectives: Vec<f64> = found.iter().map(|(objective, _)| *objective).collect();
        assert_eq!(objectives.len(), expected.len(), "{case:?}\n{objectives:?}\n{expected:?}");
        for (found, expected) in objectives.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-6, "{case:?}\n{objectives:?}\n{expected:?}");
        }
        let sets: BTreeSet<Vec<ProjectIx>> = found.iter().map(|(_, one)| one.projects().collect()).collect();
        assert_eq!(sets.len(), found.len(), "options differ by more than payers: {case:?}");
        found.iter().for_each(|(_, selection)| assert_first_payers(&loaded, selection));
        with_several += usize::from(found.len() > 1);
    }
    assert!(with_several > cases / 2, "{with_several}");
}

#[test]
fn options_are_the_best_of_all_selections_and_payers() {
    compare(11, 120, false);
}

#[test]
fn options_are_the_best_where_lines_share_costs() {
    compare(12, 120, true);
}

#[test]
fn lines_share_a_cost_that_none_of_them_could_pay() {
    let tables = [
        ("projects.csv", "project\nP1\nP2\n"),
        // What the district and the state have together is just enough; P2 can only be paid by the district.
        ("costs.csv", "project,line,payers,2027,2028\nP1,district;state,mix,10.1,0.3\nP2,district,,0.4,0\n"),
        ("budgets.csv", "line,2027,2028\ndistrict,7.7,0.1\nstate,2.8,0.2\n"),
        ("objectives.csv", "objective\nvalue\n"),
        ("scores.csv", "project,value\nP1,9\nP2,1\n"),
    ];
    for solver in Solver::ALL {
        let keys = format!("options = 1\nsolver = \"{}\"", solver.as_str());
        let loaded = load(&tables, &keys).unwrap();
        let rows = table(&loaded, "funding.csv").unwrap();
        let option: Vec<&str> =
            rows.iter().map(String::as_str).filter(|row| row.starts_with("base,1,")).collect();
        assert_eq!(
            option,
            [
                "base,1,P1,district,2027,7.3",
                "base,1,P1,district,2028,0.1",
                "base,1,P1,state,2027,2.8",
                "base,1,P1,state,2028,0.2",
            ],
            "{solver:?}"
        );
    }
}

/// Four projects, two districts with a budget each, and the state.
const DISTRICTS: [(&str, &str); 4] = [
    ("projects.csv", "project\nP1\nP2\nP3\nP4\n"),
    ("costs.csv", "project,line,2027\nP1,north; state,10\nP2,north;state,8\nP3,south;state,6\nP4,south,5\n"),
    ("objectives.csv", "objective\nvalue\n"),
    ("scores.csv", "project,value\nP1,9\nP2,8\nP3,6\nP4,5\n"),
];

fn districts(budgets: &str, keys: &str) -> LoadedBatch {
    let mut tables = DISTRICTS.to_vec();
    tables.push(("budgets.csv", budgets));
    load(&tables, keys).unwrap()
}

/// The cells of a result table, line by line.
fn table(loaded: &LoadedBatch, file: &str) -> Option<Vec<String>> {
    let result = cutline::engine::run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new());
    let tables = result_tables(&loaded.portfolio, &loaded.batch, &result).unwrap();
    let table = tables.into_iter().find(|table| table.file == file)?;
    let columns = table.frame.get_column_names().into_iter().map(|name| {
        let column = table.frame.column(name).unwrap();
        let blank = String::new;
        let numbers = || {
            column.f64().map(|cells| {
                cells.iter().map(|one| one.map_or_else(blank, |one| format!("{one:?}"))).collect()
            })
        };
        let counts = || {
            column
                .u64()
                .map(|cells| cells.iter().map(|one| one.map_or_else(blank, |one| one.to_string())).collect())
        };
        let texts =
            column.str().map(|cells| cells.iter().map(|one| one.unwrap_or_default().to_owned()).collect());
        texts
            .or_else(|_| numbers())
            .or_else(|_| counts())
            .unwrap_or_else(|_| vec![blank(); table.frame.height()])
    });
    let columns: Vec<Vec<String>> = columns.collect();
    let line = |row: usize| columns.iter().map(|column| column[row].as_str()).collect::<Vec<_>>().join(",");
    Some((0..table.frame.height()).map(line).collect())
}

#[test]
fn the_first_line_with_room_pays() {
    // P1 and P2 do not both fit in the north, P3 and P4 not both in the south: the state pays one of each.
    let loaded = districts("line,2027\nnorth,10\nsouth,6\nstate,14\n", "options = 1");
    let rows = table(&loaded, "funding.csv").unwrap();
    let option: Vec<&str> =
        rows.iter().map(String::as_str).filter(|row| row.starts_with("base,1,")).collect();
    assert_eq!(
        option,
        [
            "base,1,P1,north,2027,10.0",
            "base,1,P1,state,2027,0.0",
            "base,1,P2,north,2027,0.0",
            "base,1,P2,state,2027,8.0",
            "base,1,P3,south,2027,0.0",
            "base,1,P3,state,2027,6.0",
        ]
    );
    let spend = table(&loaded, "spend.csv").unwrap();
    let plan = |line: &str| {
        let row = spend.iter().find(|row| row.starts_with(&format!("base,1,{line},2027,"))).unwrap();
        row.split(',').nth(4).unwrap().to_owned()
    };
    assert_eq!(["north", "south", "state"].map(plan), ["10.0", "5.0", "14.0"]);
}

#[test]
fn the_cut_line_pays_from_the_first_line_with_room() {
    // Down the list by value per cost: P2, P3, P4 (1 each), then P1 (0.9), the cheaper of equals first.
    let loaded = districts("line,2027\nnorth,10\nsouth,6\nstate,14\n", "options = 1");
    let rows = table(&loaded, "funding.csv").unwrap();
    let paid: Vec<&str> = (rows.iter().map(String::as_str))
        .filter(|row| row.starts_with("base,cut line,") && !row.ends_with(",0.0"))
        .collect();
    // P4 (5) takes the south first, so that the state pays P3 (6); P2 takes the north, and 8 of the state are left for
    // P1.
    assert_eq!(paid, ["base,cut line,P2,north,2027,8.0", "base,cut line,P3,state,2027,6.0"]);
}

#[test]
fn a_payer_without_a_limit_takes_what_is_left() {
    let loaded = districts("line,2027\nnorth,10\nsouth,6\n", "options = 1");
    let rows = table(&loaded, "funding.csv").unwrap();
    let paid: Vec<&str> = (rows.iter().map(String::as_str))
        .filter(|row| row.starts_with("base,1,") && !row.ends_with(",0.0"))
        .collect();
    assert_eq!(
        paid,
        ["base,1,P1,north,2027,10.0", "base,1,P2,state,2027,8.0", "base,1,P3,state,2027,6.0"],
        "the districts pay as far as they can"
    );
}

#[test]
fn a_line_that_a_later_goal_measures_is_told_from_one_without_a_limit() {
    let tables = [
        ("projects.csv", "project\nP1\n"),
        ("costs.csv", "project,line,2027\nP1,north;mid;state,5\n"),
        ("budgets.csv", "line,2027\nnorth,10\nmid,10\n"),
    ];
    let paid = |goals: &str| {
        let loaded = load(&tables, &format!("maximise = {goals}\noptions = 1")).unwrap();
        let rows = table(&loaded, "funding.csv").unwrap();
        let is_paid = |row: &&String| row.starts_with("base,1,") && !row.ends_with(",0.0");
        rows.iter().find(is_paid).unwrap().clone()
    };
    assert_eq!(paid("[\"projects\", \"line.mid\"]"), "base,1,P1,mid,2027,5.0");
    assert_eq!(
        paid("[\"projects\", \"cost\"]"),
        "base,1,P1,north,2027,5.0",
        "the first payer, where no goal asks"
    );
}

#[test]
fn groups_of_lines_have_the_projects_that_they_pay() {
    let tables = [
        ("projects.csv", "project\nP1\nP2\n"),
        ("costs.csv", "project,line,2027\nP1,north;state,10\nP2,north;state,8\n"),
        ("budgets.csv", "line,2027\nnorth,10\nstate,8\n"),
        ("lines.csv", "line,group\nnorth,district\nstate,land\n"),
    ];
    let keys = "maximise = \"projects\"\noptions = 1\n[report]\ngroup_by = [\"line.group\"]";
    let loaded = load(&tables, keys).unwrap();
    let rows = table(&loaded, "groups.csv").unwrap();
    let told: Vec<String> = (rows.iter().filter(|row| row.starts_with("base,1,")))
        .map(|row| row.split(',').skip(3).take(3).collect::<Vec<_>>().join(","))
        .collect();
    assert_eq!(told, ["district,1,10.0", "land,1,8.0"]);
}

#[test]
fn another_payer_alone_is_no_other_option() {
    let loaded = districts("line,2027\nnorth,100\nsouth,100\nstate,100\n", "options = 20");
    let found = options(&loaded);
    assert_eq!(found.len(), 16, "the subsets of four projects, each once");
    let first = &found[0].1;
    assert!(first.choices().iter().all(|choice| choice.payment.index() == 0));
}

#[test]
fn without_several_payers_there_is_no_funding_table() {
    let tables = [
        ("projects.csv", "project\nP1\n"),
        ("costs.csv", "project,line,payers,2027\nP1,north,one,10\n"),
        ("budgets.csv", "line,2027\nnorth,10\n"),
        ("objectives.csv", "objective\nvalue\n"),
        ("scores.csv", "project,value\nP1,9\n"),
    ];
    assert!(table(&load(&tables, "").unwrap(), "funding.csv").is_none());
}

#[test]
fn a_limit_on_a_line_decides_who_pays() {
    // The north must spend at least 8: P2 fits, P1 does not.
    let limit =
        "options = 1\n[[limit]]\nname = \"some in the north\"\nmeasure = \"line.north\"\nmin = 8\nmax = 9";
    let loaded = districts("line,2027\nnorth,20\nsouth,6\n", limit);
    let rows = table(&loaded, "funding.csv").unwrap();
    let has = |row: &str| rows.iter().any(|one| one == row);
    assert!(has("base,1,P2,north,2027,8.0") && has("base,1,P1,state,2027,10.0"), "{rows:?}");
}

#[test]
fn a_conflict_names_the_lines_that_cannot_pay() {
    let keys = "[base]\nforce_in = [\"P1\", \"P2\", \"P3\"]";
    let loaded = districts("line,2027\nnorth,10\nsouth,5\nstate,13\n", keys);
    let result = cutline::engine::run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new());
    let summary = BatchSummary::new(&loaded.portfolio, &loaded.batch, &result);
    let conflict = summary.scenarios[0].conflict.as_ref().unwrap();
    let items: Vec<&str> = conflict.items.iter().map(|item| item.item.as_str()).collect();
    assert!(items.iter().any(|item| item.contains("state")), "{items:?}");
}

#[test]
fn lists_of_payers_that_say_nothing_or_too_much_are_faults() {
    let fault = |row: &str| {
        let costs = format!("project,line,payers,2027\n{row}\n");
        let tables = [("projects.csv", "project\nP1\n"), ("costs.csv", costs.as_str())];
        load(&tables, "maximise = \"projects\"").err().unwrap_or_default()
    };
    assert!(fault("P1,north;north,,1").contains("is listed twice"));
    assert!(fault("P1,north;,,1").contains("lists a line without a name"));
    assert!(fault("P1,;north,,1").contains("lists a line without a name"));
    assert!(fault("P1,north;*,,1").contains("is not a line"));
    assert!(fault("P1,north;south,either,1").contains("write one of `one`, `mix`"));
    assert!(fault("P1,north;south,,1\nP1,north ; south,,2").contains("repeats the project and line"));
    let many: Vec<String> = (0..7).map(|row| format!("P1,a{row};b,,1")).collect();
    assert!(fault(&many.join("\n")).contains("128 ways to pay"));
    assert_eq!(fault("P1,north;south,,1\nP1,south;north,,2\nP1,north,,3"), "");
}

#[test]
fn a_line_of_a_list_that_nothing_limits_is_doubted_by_its_own_name() {
    let costs = "project,line,2027\nP1,north;sate,10\nP2,north;state,1\n";
    let tables = [
        ("projects.csv", "project\nP1\nP2\n"),
        ("costs.csv", costs),
        ("budgets.csv", "line,2027\nnorth,10\nstate,5\n"),
    ];
    let loaded = load(&tables, "maximise = \"projects\"").unwrap();
    let warnings: String = loaded.warnings.iter().map(|one| format!("{one}\n")).collect();
    assert!(warnings.contains("`sate`") && warnings.contains("did you mean `state`"), "{warnings}");
}
