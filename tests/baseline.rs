//! The cut line beside the options: which projects a ranked list funds, and what that loses.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;

use cutline::domain::{Batch, CutLine, CutLineOrder, CutLineRule, Portfolio, ProjectIx};
use cutline::engine::{BaselineResult, BatchResult, ScenarioOutcome, run};
use cutline::finance::Valuation;
use cutline::input::{Files, read_batch};
use cutline::optimise::cut_line;
use cutline::output::result_tables;
use cutline::progress::{CancelToken, Silent};
use proptest::prelude::*;

/// A portfolio as tables: `(file, text)`.
type Tables<'a> = &'a [(&'a str, &'a str)];

fn load(tables: Tables<'_>, keys: &str) -> (Portfolio, Batch) {
    let files: Files =
        tables.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let text = format!("[batch]\nportfolio = \"p\"\ngap = 0\noptions = 1\n{keys}\n");
    let loaded = read_batch("b.toml", text.as_bytes(), |_| Ok(files)).unwrap();
    (loaded.portfolio, loaded.batch)
}

fn solve(tables: Tables<'_>, keys: &str) -> (Portfolio, Batch, BatchResult) {
    let (portfolio, batch) = load(tables, keys);
    let result = run(&portfolio, &batch, &Silent, &CancelToken::new());
    (portfolio, batch, result)
}

fn baseline(result: &BatchResult) -> Option<&BaselineResult> {
    match &result.scenarios[0] {
        ScenarioOutcome::Finished(result) => result.baseline.as_ref(),
        other => panic!("{other:?}"),
    }
}

/// Ids of the projects that the cut line funds, with their shares where they are not whole.
fn funded(portfolio: &Portfolio, result: &BatchResult) -> String {
    let selection = &baseline(result).unwrap().found.selection;
    let word = |choice: &cutline::domain::Choice| {
        let id = portfolio.projects()[choice.project].id.to_string();
        match choice.share.value() {
            1.0 => id,
            share => format!("{id}:{share:.3}"),
        }
    };
    selection.choices().iter().map(word).collect::<Vec<_>>().join(" ")
}

const SCORED: (&str, &str) = ("objectives.csv", "objective\nvalue\n");

#[test]
fn a_strict_list_ends_at_the_first_that_does_not_fit_and_a_lenient_one_goes_on() {
    let tables = [
        ("projects.csv", "project\nA\nB\nC\nD\n"),
        ("costs.csv", "project,line,2027\nA,m,40\nB,m,50\nC,m,30\nD,m,20\n"),
        ("budgets.csv", "line,2027\nm,100\n"),
        SCORED,
        // Per unit of cost: A 2, B 1.5, C 1.2, D 1. C is the first that does not fit beside A and B, or D if C is
        // skipped.
        ("scores.csv", "project,value\nA,80\nB,75\nC,36\nD,20\n"),
    ];
    let (portfolio, _, result) = solve(&tables, "");
    assert_eq!(funded(&portfolio, &result), "A B");
    let found = baseline(&result).unwrap();
    assert_eq!((found.found.objective, found.found.is_feasible), (155.0, true));
    let ScenarioOutcome::Finished(scenario) = &result.scenarios[0] else { panic!() };
    // The optimum is A, B and no other: 155; C and D beside A are 136.
    assert_eq!(scenario.lost_by_baseline(), Some(0.0));
    let smaller =
        tables.map(|(name, text)| (name, if name == "budgets.csv" { "line,2027\nm,95\n" } else { text }));
    let cheap = smaller.map(|(name, text)| {
        (name, if name == "costs.csv" { "project,line,2027\nA,m,40\nB,m,50\nC,m,30\nD,m,5\n" } else { text })
    });
    // D now has 4 per unit of cost and comes first; then A, B.
    assert_eq!(funded(&portfolio, &solve(&cheap, "").2), "A B D");
    let last = smaller.map(|(name, text)| {
        (name, if name == "scores.csv" { "project,value\nA,80\nB,75\nC,36\nD,1\n" } else { text })
    });
    let last = last.map(|(name, text)| {
        (name, if name == "costs.csv" { "project,line,2027\nA,m,40\nB,m,50\nC,m,30\nD,m,4\n" } else { text })
    });
    assert_eq!(funded(&portfolio, &solve(&last, "").2), "A B");
    assert_eq!(funded(&portfolio, &solve(&last, "[baseline]\nrule = \"skip\"").2), "A B D");
}

#[test]
fn what_costs_nothing_leads_the_list_by_its_value() {
    let tables = [
        ("projects.csv", "project\nA\nB\nC\n"),
        ("costs.csv", "project,line,2027\nC,m,1\n"),
        ("demands.csv", "project,resource,2027\nA,crew,6\nB,crew,6\nC,crew,3\n"),
        ("budgets.csv", "line,2027\nm,1\n"),
        ("capacities.csv", "resource,2027\ncrew,10\n"),
        SCORED,
        ("scores.csv", "project,value\nA,10\nB,20\nC,99\n"),
    ];
    let (portfolio, _, result) = solve(&tables, "[baseline]\nrule = \"skip\"");
    assert_eq!(funded(&portfolio, &result), "B C");
    // By id, A would come before B; and its crew ends the strict list for C.
    assert_eq!(funded(&portfolio, &solve(&tables, "").2), "B");
}

#[test]
fn every_budget_has_its_own_end_of_the_list() {
    let tables = [
        ("projects.csv", "project,alternatives\nA-n,A\nA-s,A\nB-n,B\nB-s,B\nC-n,\n"),
        (
            "costs.csv",
            "project,line,2027\nA-n,north,60\nA-s,state,60\nB-n,north,50\nB-s,state,50\nC-n,north,10\n",
        ),
        ("budgets.csv", "line,2027\nnorth,70\nstate,55\n"),
        SCORED,
        ("scores.csv", "project,value\nA-n,60\nA-s,60\nB-n,40\nB-s,40\nC-n,5\n"),
    ];
    // North pays A and its list ends at B, before C; the state pays B.
    let (portfolio, _, result) = solve(&tables, "");
    assert_eq!(funded(&portfolio, &result), "A-n B-s");
    assert_eq!(funded(&portfolio, &solve(&tables, "[baseline]\nrule = \"skip\"").2), "A-n B-s C-n");
}

#[test]
fn a_project_brings_what_it_requires_and_the_forced_come_first() {
    let tables = [
        ("projects.csv", "project,min_fraction,merit\nA,,1\nB,,2\nC,,9\nD,0.25,8\n"),
        ("costs.csv", "project,line,2027,2028\nA,m,40,\nB,m,10,\nC,m,30,\nD,m,40,\n"),
        ("budgets.csv", "line,2027,2028\nm,100,100\n"),
        SCORED,
        ("scores.csv", "project,value\nA,80\nB,0\nC,30\nD,30\n"),
        ("dependencies.csv", "project,kind,other,lag\nA,after,B,1\n"),
    ];
    // A may not be deferred, so that it cannot start after B; C fits, of D 70 of 40 fit.
    let (portfolio, _, result) = solve(&tables, "");
    assert_eq!(funded(&portfolio, &result), "C D");
    let required = tables.map(|(name, text)| {
        (name, if name == "dependencies.csv" { "project,kind,other\nA,requires,B\n" } else { text })
    });
    // A and B take 50, C 30, and 20 are left for D.
    assert_eq!(funded(&portfolio, &solve(&required, "").2), "A B C D:0.500");
    let forced = "[base]\nforce_in = [\"D\"]\n[[scenario]]\nname = \"one\"";
    assert_eq!(funded(&portfolio, &solve(&required, forced).2), "A B D");
    let by_score = "[baseline]\nby = \"attribute.merit\"";
    assert_eq!(funded(&portfolio, &solve(&required, by_score).2), "B C D");
}

#[test]
fn it_is_left_out_where_nothing_is_maximised_or_it_is_turned_off() {
    let tables = [
        ("projects.csv", "project\nA\n"),
        ("costs.csv", "project,line,2027\nA,m,40\n"),
        ("budgets.csv", "line,2027\nm,100\n"),
        SCORED,
        ("scores.csv", "project,value\nA,80\n"),
    ];
    let (portfolio, batch, result) = solve(&tables, "minimise = \"cost\"");
    assert!(baseline(&result).is_none());
    let rows = |portfolio: &Portfolio, batch: &Batch, result: &BatchResult| {
        let tables = result_tables(portfolio, batch, result).unwrap();
        tables.into_iter().find(|table| table.file == "baseline.csv").map(|table| table.frame.height())
    };
    assert_eq!(rows(&portfolio, &batch, &result), Some(0));
    let (portfolio, batch, result) = solve(&tables, "[baseline]\nrule = \"none\"");
    assert_eq!(rows(&portfolio, &batch, &result), None);
    let (portfolio, batch, result) = solve(&tables, "");
    assert_eq!(rows(&portfolio, &batch, &result), Some(1));
}

/// The list written out once more: one limit a project, nothing else. Returns what is funded.
fn by_hand(costs: &[u32], lines: &[usize], values: &[u32], budgets: [u32; 2], skips: bool) -> Vec<usize> {
    let mut list: Vec<usize> = (0..costs.len()).filter(|&project| values[project] > 0).collect();
    list.sort_by(|&one, &other| {
        let cross = |a: usize, b: usize| u64::from(values[a]) * u64::from(costs[b]);
        cross(other, one).cmp(&cross(one, other)).then(costs[one].cmp(&costs[other])).then(one.cmp(&other))
    });
    let (mut left, mut is_closed) = (budgets, [false; 2]);
    let mut funded = Vec::new();
    for project in list {
        let line = lines[project];
        if is_closed[line] {
            continue;
        }
        if costs[project] <= left[line] {
            left[line] -= costs[project];
            funded.push(project);
        } else {
            is_closed[line] = !skips;
        }
    }
    funded.sort_unstable();
    funded
}

proptest! {
    #[test]
    fn it_agrees_with_a_list_made_by_hand(
        rows in prop::collection::vec((1..60_u32, 0..2_usize, 0..40_u32), 1..25),
        budgets in [0..300_u32, 0..300_u32],
        skips in any::<bool>(),
    ) {
        let id = |place: usize| format!("P{place:02}");
        let of = |row: &dyn Fn(usize, (u32, usize, u32)) -> String| -> String {
            rows.iter().enumerate().map(|(place, &one)| row(place, one)).collect()
        };
        let projects = format!("project\n{}", of(&|place, _| format!("{}\n", id(place))));
        let costs = format!("project,line,2027\n{}", of(&|place, (cost, line, _)| format!("{},l{line},{cost}\n", id(place))));
        let scores = format!("project,value\n{}", of(&|place, (_, _, value)| format!("{},{value}\n", id(place))));
        let money = format!("line,2027\nl0,{}\nl1,{}\n", budgets[0], budgets[1]);
        let tables = [
            ("projects.csv", &projects[..]), ("costs.csv", &costs), ("budgets.csv", &money), SCORED, ("scores.csv", &scores),
        ];
        let used = |line: usize| rows.iter().any(|row| row.1 == line);
        prop_assume!(used(0) && used(1));
        let (portfolio, batch) = load(&tables, "");
        let valuation = Valuation::new(&portfolio, &batch.scenarios()[0]);
        let rule = if skips { CutLineRule::Skip } else { CutLineRule::Strict };
        let found = cut_line(&valuation, CutLine { rule, by: CutLineOrder::ValuePerCost }, &[]);
        let column = |part: &dyn Fn(&(u32, usize, u32)) -> u32| rows.iter().map(part).collect::<Vec<_>>();
        let lines: Vec<usize> = rows.iter().map(|row| row.1).collect();
        let wanted = by_hand(&column(&|row| row.0), &lines, &column(&|row| row.2), budgets, skips);
        prop_assert_eq!(found.selection.projects().map(ProjectIx::index).collect::<Vec<_>>(), wanted);
        prop_assert!(found.is_feasible);
    }
}

/// Virginia's SMART SCALE round of 2017 under assumed budgets: benefit and projects of a strict cut line, and the
/// benefit of one that skips, both computed apart from this program (from the published benefits, in Python).
const VIRGINIA: [(&str, f64, usize, f64); 8] = [
    ("6 % of requests", 725.461, 111, 731.115),
    ("8 % of requests", 802.384, 126, 822.626),
    ("10 % of requests", 903.753, 141, 917.291),
    ("12 % of requests", 970.806, 154, 992.811),
    ("16 % of requests", 1090.628, 167, 1120.029),
    ("20 % of requests", 1173.364, 187, 1218.344),
    ("expected in 2016", 814.864, 124, 877.492),
    ("two pools of 500 million", 1027.478, 145, 1041.635),
];

#[test]
fn the_cut_lines_of_virginia_are_those_computed_elsewhere() {
    let batch = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/virginia-smart-scale.toml");
    // Its control figures hold the published benefit of each project, too.
    let loaded = cutline::control::load_batch(&batch).unwrap();
    for (scenario, (name, strict, projects, skip)) in loaded.batch.scenarios().iter().zip(VIRGINIA) {
        assert_eq!(scenario.name.as_str(), name);
        let valuation = Valuation::new(&loaded.portfolio, scenario);
        let with = |rule| cut_line(&valuation, CutLine { rule, by: CutLineOrder::ValuePerCost }, &[]);
        let found = with(CutLineRule::Strict);
        assert!((found.objective - strict).abs() < 6e-4, "{name}: {}", found.objective);
        assert_eq!(found.selection.len(), projects, "{name}");
        assert!((with(CutLineRule::Skip).objective - skip).abs() < 6e-4, "{name}");
    }
}

#[test]
fn what_may_be_deferred_starts_where_it_fits_before_the_list_ends() {
    let projects = ("projects.csv", "project,max_delay\nA,0\nB,1\nC,0\nD,0\n");
    let tables = [
        projects,
        // Per unit of cost: A 3, B 2, C 1.5, D 1. B fits beside A in the second period alone, C at no time.
        ("costs.csv", "project,line,2027,2028\nA,m,60,0\nB,m,50,0\nC,m,50,0\nD,m,10,0\n"),
        ("budgets.csv", "line,2027,2028\nm,100,100\n"),
        SCORED,
        ("scores.csv", "project,value\nA,180\nB,100\nC,75\nD,10\n"),
    ];
    let (portfolio, _, result) = solve(&tables, "");
    assert_eq!(funded(&portfolio, &result), "A B");
    let selection = &baseline(&result).unwrap().found.selection;
    assert_eq!(selection.choices()[1].start.index(), 1);
    assert_eq!(funded(&portfolio, &solve(&tables, "[baseline]\nrule = \"skip\"").2), "A B D");
    let planned = tables.map(|(name, text)| {
        (name, if name == "projects.csv" { "project,max_delay\nA,0\nB,0\nC,0\nD,0\n" } else { text })
    });
    // Without delays B ends the list.
    assert_eq!(funded(&portfolio, &solve(&planned, "").2), "A");
}
