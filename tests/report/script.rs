//! Functions of the script by known answers, through Node.

use std::io::Write;
use std::process::{Command, Stdio};

/// The text that the lines print after these files of the script have been read; `None`, with the reason printed, without Node.
fn printed(files: &[&str], lines: &str) -> Option<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/output/report/script/");
    let read = |file: &&str| std::fs::read_to_string(format!("{folder}{file}")).unwrap();
    let script = format!("\"use strict\";\n{}\n{lines}", files.iter().map(read).collect::<String>());
    let node = Command::new("node")
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut node) = node else {
        println!("skipped: there is no Node here (apt-get install nodejs)");
        return None;
    };
    node.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn rows_are_found_by_any_columns_and_in_parts() {
    let lines = r#"
        const table = new Table();
        table.add({ rows: 3, columns: { scenario: { words: ["a", "b"], at: [0, 0, 1] }, option: [1, 2, 1], cost: [5, null, 7] } });
        const costs = (wanted) => table.rows(wanted).map((row) => row.cost).join();
        console.log(costs({ scenario: "a" }), costs({ scenario: "b", option: "1" }), costs({ option: 3 }) === "", costs());
        table.add({ rows: 1, columns: { scenario: { words: ["a"], at: [0] }, option: [9], cost: [1] } });
        console.log(costs({ scenario: "a" }), table.rows({ option: 9 })[0] === table.row(3));
    "#;
    let Some(text) = printed(&["data.js"], lines) else { return };
    assert_eq!(text, "5, 7 true 5,,7\n5,,1 true\n");
}

#[test]
fn a_sweep_of_two_assumptions_is_found_among_other_scenarios() {
    let lines = r#"
        const scenario = (name, budget, weights) => ({ scenario: name, weights, "budget.capex.2027": 100 * budget, "budget.capex.2028": 50 * budget, "weight.x": weights === "w" ? 1 : 2, goal: "maximise npv" });
        const swept = [0.9, 1, 1.1].flatMap((budget) => ["w", "v"].map((weights) => scenario(`budget_scale=${budget}, weights=${weights}`, budget, weights)));
        const report = (rows) => {
          const columns = Object.fromEntries(Object.keys(rows[0]).map((name) => [name, rows.map((row) => row[name])]));
          return new Report({ batch: { base: "budget_scale=1, weights=w" }, projects: [], lines: [], tables: { scenarios: { rows: rows.length, columns } } });
        };
        const tell = (grid) => grid && `${grid.rows.name}: ${grid.rows.labels} | ${grid.columns.name}: ${grid.columns.labels} | ${grid.cell(grid.rows.labels[0], grid.columns.labels[1])}`;
        console.log(tell(gridOf(report(swept))));
        console.log(tell(gridOf(report([...swept, scenario("apart", 0.5, "w")]))) !== null, gridOf(report(swept.slice(0, 3))), gridOf(report(["a", "b", "c", "d"].map((name) => scenario(name, 1, name)))));
    "#;
    let files = ["format.js", "facts.js", "data.js", "measure.js", "sweep.js"];
    let Some(text) = printed(&files, lines) else { return };
    let first = "budget of capex, part of the base's: 90\u{202f}%,100\u{202f}%,110\u{202f}% | Weights: w,v | budget_scale=0.9, weights=v";
    assert_eq!(text, format!("{first}\ntrue null null\n"));
}

#[test]
fn ties_have_a_reason() {
    let lines = r#"
        const report = (ranked) => ({ batch: { rank_by: ranked } });
        const one = { objective: 100, gap: 0.01, npv_mean: 10, npv_se: 1 };
        console.log(tieOf(report("objective"), one, { objective: 100 }));
        console.log(tieOf(report("objective"), one, { objective: 99.5 }) !== null, tieOf(report("objective"), one, { objective: 98 }));
        console.log(tieOf(report("npv.mean"), one, { objective: 1, npv_mean: 12, npv_se: 1 }) !== null, tieOf(report("npv.mean"), one, { objective: 100, npv_mean: 14, npv_se: 1 }));
        const beside = (tie) => ({ ...one, rank: 1, tie });
        const next = { rank: 2, objective: 1, npv_mean: 9.9, npv_se: 1 };
        console.log(tieOf(report("npv.mean"), beside("false"), next), tieOf(report("npv.mean"), next, beside("true")) !== null);
    "#;
    let files = ["format.js", "facts.js", "chapter.js", "headline.js"];
    let Some(text) = printed(&files, lines) else { return };
    assert_eq!(text, "they reach the same\ntrue null\ntrue null\nnull true\n");
}

#[test]
fn a_scenario_whose_risk_is_switched_off_says_so() {
    let lines = r#"
        const row = { p_over_budget: 0.25 };
        const told = (risk) => budgetSentence({ row, scenarioRow: { risk } });
        console.log(told("true") === budgetSentence({ row }), told("false"));
    "#;
    let files = ["format.js", "facts.js", "chapter.js", "headline.js"];
    let Some(text) = printed(&files, lines) else { return };
    assert_eq!(
        text,
        "true Its risk is switched off: nothing is simulated, and all figures are as planned.\n"
    );
}
