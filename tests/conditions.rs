//! What choosing several projects together requires: known answers, words and faults.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cutline::domain::{ProjectIx, Solver};
use cutline::finance::Valuation;
use cutline::input::{Files, LoadedBatch, read_batch};
use cutline::optimise::{ScenarioModel, SolveStatus, find_options, recheck};
use cutline::output::{BatchSummary, result_tables};
use cutline::progress::{CancelToken, Silent};

/// Eight projects and money for half of them.
fn load(dependencies: &str, keys: &str) -> Result<LoadedBatch, String> {
    let tables = [
        ("projects.csv", "project\nP1\nP2\nP3\nP4\nP5\nP6\nP7\nP8\n"),
        ("costs.csv", "project,line,2027\nP1,m,9\nP2,m,7\nP3,m,8\nP4,m,6\nP5,m,5\nP6,m,4\nP7,m,11\nP8,m,6\n"),
        ("budgets.csv", "line,2027\nm,36\n"),
        ("objectives.csv", "objective\nvalue\n"),
        ("scores.csv", "project,value\nP1,21\nP2,15\nP3,20\nP4,13\nP5,9\nP6,8\nP7,26\nP8,12\n"),
        ("dependencies.csv", dependencies),
    ];
    let files: Files = tables.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into();
    let text = format!("[batch]\nportfolio = \"p\"\ngap = 0\n{keys}\n");
    read_batch("b.toml", text.as_bytes(), |_| Ok(files))
        .map_err(|found| found.iter().map(|one| format!("{one}\n")).collect())
}

/// The best value and its projects, which all solvers agree on.
fn best(rows: &str, keys: &str) -> (f64, String) {
    let found = Solver::ALL.map(|solver| {
        let keys = format!("options = 1\nsolver = \"{}\"\n{keys}", solver.as_str());
        let loaded = load(&format!("project,kind,other\n{rows}"), &keys).unwrap();
        let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
        let found =
            find_options(&mut ScenarioModel::new(&valuation), loaded.batch.selection(), &CancelToken::new())
                .unwrap();
        assert_eq!(found.status, SolveStatus::Optimal);
        let option = &found.options[0];
        assert!(recheck(&valuation, &option.selection).is_empty());
        let id = |project: ProjectIx| loaded.portfolio.projects()[project].id.to_string();
        (option.objective, option.selection.projects().map(id).collect::<Vec<_>>().join(" "))
    });
    assert!(found.iter().all(|one| one.0 == found[0].0), "{found:?}");
    found.into_iter().next().unwrap()
}

#[test]
fn one_of_several_may_be_what_is_required() {
    // Found by trying all 256 selections.
    let answers = [
        ("", 82.0),
        ("P8,requires,P2;P6\nP2;P7,requires,P6\n", 82.0),
        ("P3,requires,P5;P8\n", 81.0),
        // A list has no order, and spaces in it mean nothing.
        ("P3,requires, P8 ; P5;\n", 81.0),
        ("P2;P3,requires,P5;P8\n", 81.0),
        ("P2;P3,requires,P5;P8\nP7,requires,P5;P8\nP1;P4,requires,P5\n", 81.0),
    ];
    for (rows, value) in answers {
        assert_eq!(best(rows, "").0, value, "{rows}");
    }
    let (_, ids) = best("P2;P3,requires,P5;P8\nP7,requires,P5;P8\nP1;P4,requires,P5\n", "");
    assert_eq!(ids, "P2 P3 P6 P7 P8", "the only one that is worth 81 then");
}

#[test]
fn forced_decisions_meet_conditions() {
    let rows = "P1;P3,requires,P5;P8\n";
    let (_, ids) = best(rows, "[base]\nforce_in = [\"P1\", \"P3\"]\nforce_out = [\"P5\"]");
    assert!(ids.contains("P8"), "{ids}");
    // Where none of those that are required can be in, not all of the others can.
    let (_, ids) = best(rows, "[base]\nforce_out = [\"P5\", \"P8\"]");
    assert!(!(ids.contains("P1") && ids.contains("P3")), "{ids}");
}

#[test]
fn a_conflict_names_the_condition() {
    let keys = "[base]\nforce_in = [\"P1\", \"P3\"]\nforce_out = [\"P5\", \"P8\"]";
    let loaded = load("project,kind,other\nP1;P3,requires,P5;P8\n", keys).unwrap();
    let result = cutline::engine::run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new());
    let summary = BatchSummary::new(&loaded.portfolio, &loaded.batch, &result);
    let conflict = summary.scenarios[0].conflict.as_ref().unwrap();
    assert!(conflict.irreducible);
    let items: Vec<&str> = conflict.items.iter().map(|item| item.item.as_str()).collect();
    assert!(items.contains(&"P1 and P3 require P5 or P8"), "{items:?}");
    assert!(
        conflict
            .words
            .contains("P1 and P3 cannot both be in, as P1 and P3 require P5 (forced out) or P8 (forced out)"),
        "{}",
        conflict.words
    );
}

#[test]
fn a_decision_names_the_condition_that_stands_in_the_way() {
    // Worth having but for what it requires: P8 needs one of two that are out.
    let keys = "options = 1\n[base]\nbudget_scale = 10\nforce_out = [\"P2\", \"P6\"]";
    let loaded = load("project,kind,other\nP8,requires,P2;P6\n", keys).unwrap();
    let result = cutline::engine::run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new());
    let tables = result_tables(&loaded.portfolio, &loaded.batch, &result).unwrap();
    let decisions = tables.iter().find(|table| table.file == "decisions.csv").unwrap();
    let reasons = format!("{:?}", decisions.frame.column("reason").unwrap().str().unwrap().get(7));
    assert!(reasons.contains("P8 requires P2 or P6"), "{reasons}");
}

#[test]
fn lists_that_say_nothing_or_something_else_are_faults() {
    let fault = |row: &str| load(&format!("project,kind,other,lag\n{row}\n"), "").err().unwrap_or_default();
    assert!(fault("P8,excludes,P2;P6,").contains("only the kind `requires` takes lists"));
    assert!(fault("P8;P7,after,P2,1").contains("only the kind `requires` takes lists"));
    assert!(fault("P8;P7,together,P2,").contains("only the kind `requires` takes lists"));
    assert!(fault("P8,requires,P2;P9,").contains("P9"));
    assert!(fault("P8,requires,P2;P2,").contains("is listed twice"));
    assert!(fault("P8;P2,requires,P2;P3,").contains("stands in `project` too"));
    assert!(fault("P8,requires,;,").contains("names no project"));
    assert!(fault("P8,requires,P2 or P6,").contains("write lists with `;`"));
    assert!(fault("P2;P8,requires,P3;P6,\nP8; P2,requires,P6;P3,").contains("repeats row 2"));
    assert!(fault("P8,requires,P2;P6,1").contains("only the kind `after` has a lag"));
    assert!(fault("P8,requires_any,P2,").contains("write one of `requires`"));
    assert_eq!(fault("P8,requires,P2;P6,"), "");
}
