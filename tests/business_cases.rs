//! What each project is worth on its own, and what tables and summaries say beside ids, from tables to results.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use cutline::engine::{ScenarioOutcome, run};
use cutline::input::{Files, read_batch};
use cutline::output::{BatchSummary, ResultTable, result_tables};
use cutline::progress::{CancelToken, Silent};

const TABLES: [(&str, &str); 6] = [
    (
        "projects.csv",
        "project,name,start,max_delay,success_probability,min_fraction\nA,Automation,2027,1,0.5,\nB,Bridge,2028,1,,\n\
         C,,2027,,,\nD,Two rates,2027,,,\n",
    ),
    ("costs.csv", "project,line,2027,2028,2029\nA,m,100,,\nB,m,,50,\nC,m,5,5,\nD,m,100,,132\n"),
    ("benefits.csv", "project,2027,2028,2029\nA,,120,144\nB,,,40\nD,,230,\n"),
    ("demands.csv", "project,resource,2027,2028,2029\nB,crew,,,2\n"),
    ("objectives.csv", "objective,name\nvalue,Value for all\n"),
    ("scores.csv", "project,value\nA,20\nB,5\nC,\nD,0\n"),
];

fn outcome(keys: &str) -> (Vec<ResultTable>, BatchSummary) {
    let files: Files = TABLES.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into();
    let text = format!("[batch]\nportfolio = \"p\"\ngap = 0\ndiscount_rate = 0.07\n{keys}\n");
    let loaded = read_batch("b.toml", text.as_bytes(), |_| Ok(files)).unwrap();
    let result = run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new());
    assert!(matches!(result.scenarios[0], ScenarioOutcome::Finished(_)));
    let tables = result_tables(&loaded.portfolio, &loaded.batch, &result).unwrap();
    (tables, BatchSummary::new(&loaded.portfolio, &loaded.batch, &result))
}

fn table<'a>(tables: &'a [ResultTable], file: &str) -> &'a ResultTable {
    tables.iter().find(|table| table.file == file).unwrap()
}

fn numbers(table: &ResultTable, column: &str) -> Vec<Option<f64>> {
    table.frame.column(column).unwrap().f64().unwrap().iter().collect()
}

fn texts(table: &ResultTable, column: &str) -> Vec<String> {
    let cells = table.frame.column(column).unwrap().str().unwrap().iter();
    cells.map(|cell| cell.unwrap_or_default().to_owned()).collect()
}

fn close(found: &[Option<f64>], expected: &[Option<f64>]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    let is_close = |(one, other): (&Option<f64>, &Option<f64>)| match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * other.abs().max(1.0),
        (one, other) => one == other,
    };
    assert!(found.iter().zip(expected).all(is_close), "{found:?} is not {expected:?}");
}

#[test]
fn every_project_has_a_business_case() {
    let (tables, _) = outcome("options = 1");
    let cases = table(&tables, "business_cases.csv");
    let headings: Vec<&str> = cases.frame.get_column_names().iter().map(|name| name.as_str()).collect();
    assert_eq!(
        headings[..13].join(","),
        "scenario,project,name,cost,benefit,npv,irr,mirr,payback,profitability_index,strategic_value,\
         expected_strategic_value,value_per_cost"
    );
    assert_eq!(texts(cases, "name"), ["Automation", "Bridge", "C", "Two rates"]);
    close(&numbers(cases, "cost"), &[Some(100.0), Some(50.0), Some(10.0), Some(232.0)]);
    close(&numbers(cases, "benefit"), &[Some(132.0), Some(40.0), Some(0.0), Some(230.0)]);
    // A pays 100 and has 60 and 72 to expect; D has rates of return of 10 % and of 20 %.
    let npv = |flows: [f64; 3]| flows[0] + flows[1] / 1.07 + flows[2] / 1.1449;
    close(
        &numbers(cases, "npv"),
        &[
            Some(npv([-100.0, 60.0, 72.0])),
            Some(npv([0.0, -50.0, 40.0])),
            Some(npv([-5.0, -5.0, 0.0])),
            Some(npv([-100.0, 230.0, -132.0])),
        ],
    );
    close(&numbers(cases, "irr"), &[Some(0.2), Some(-0.2), None, None]);
    assert_eq!(texts(cases, "all_irr"), ["", "", "", "0.1;0.2"]);
    // As spreadsheets have them over all three years.
    let bridge = (40.0_f64 / (50.0 / 1.07)).sqrt() - 1.0;
    let two = (230.0_f64 * 1.07 / (100.0 + 132.0 / 1.1449)).sqrt() - 1.0;
    close(&numbers(cases, "mirr"), &[Some(0.167_047_556_871_613), Some(bridge), None, Some(two)]);
    close(&numbers(cases, "payback"), &[Some(1.0 + 40.0 / 72.0), None, None, Some(100.0 / 230.0)]);
    let index = |benefit: [f64; 3], cost: [f64; 3]| Some(npv(benefit) / npv(cost));
    close(
        &numbers(cases, "profitability_index"),
        &[
            index([0.0, 60.0, 72.0], [100.0, 0.0, 0.0]),
            index([0.0, 0.0, 40.0], [0.0, 50.0, 0.0]),
            Some(0.0),
            index([0.0, 230.0, 0.0], [100.0, 0.0, 132.0]),
        ],
    );
    close(&numbers(cases, "strategic_value"), &[Some(20.0), Some(5.0), Some(0.0), Some(0.0)]);
    close(&numbers(cases, "expected_strategic_value"), &[Some(10.0), Some(5.0), Some(0.0), Some(0.0)]);
    close(&numbers(cases, "value_per_cost"), &[Some(0.2), Some(0.1), Some(0.0), Some(0.0)]);
}

#[test]
fn business_cases_follow_the_scenario() {
    let (tables, _) = outcome("options = 1\ndiscount_at = \"end\"\n[base]\ncost_scale = 2");
    let cases = table(&tables, "business_cases.csv");
    close(&numbers(cases, "cost")[..2], &[Some(200.0), Some(100.0)]);
    let npv = (-200.0 + 60.0 / 1.07 + 72.0 / 1.1449) / 1.07;
    close(&numbers(cases, "npv")[..1], &[Some(npv)]);
}

#[test]
fn selections_tell_names_and_when_projects_end() {
    let in_time = "options = 1\nmaximise = \"npv\"\n[base]\nforce_in = [\"A\", \"B\", \"C\", \"D\"]\n[[limit]]\n\
                   name = \"in time\"\nmeasure = \"projects\"\nperiods = [\"2029\"]\nmax = 0";
    let (tables, _) = outcome(in_time);
    let selection = table(&tables, "selection.csv");
    assert_eq!(texts(selection, "start"), ["2027", "2028", "2027", "2027"]);
    // A spends in its first year only; the crew of B works a year longer than its money flows.
    assert_eq!(texts(selection, "end"), ["2027", "2029", "2028", "2029"]);
    assert_eq!(texts(selection, "name"), ["Automation", "Bridge", "C", "Two rates"]);
    assert_eq!(texts(table(&tables, "objectives.csv"), "name"), ["Value for all"]);
}

#[test]
fn a_project_that_ends_past_the_horizon_has_no_last_period() {
    let late = "options = 1\nminimise = \"cost\"\n[base]\nforce_in = [\"B\"]\n[[limit]]\nname = \"late\"\n\
                measure = \"projects\"\nperiods = [\"2028\"]\nmax = 0";
    let (tables, _) = outcome(late);
    let selection = table(&tables, "selection.csv");
    assert_eq!(
        (texts(selection, "start"), texts(selection, "end")),
        (vec!["2029".into()], vec![String::new()])
    );
}

#[test]
fn the_summary_says_by_how_much_the_first_option_leads() {
    let (_, summary) = outcome("options = 2");
    let lead = summary.scenarios[0].lead.clone().unwrap();
    // A and B make 25, with or without C, which is worth nothing.
    assert_eq!(lead.rank_by, "objective");
    assert!(lead.tie, "{lead:?}");
    let (_, summary) = outcome("options = 2\nmaximise = \"npv\"\n[base]\nforce_out = [\"C\", \"D\"]");
    let scenario = &summary.scenarios[0];
    let [first, second] = &scenario.options[..] else { panic!("two options") };
    let lead = scenario.lead.clone().unwrap();
    let amount = first.npv.unwrap() - second.npv.unwrap();
    close(&[lead.amount], &[Some(amount)]);
    close(&[lead.percent], &[(second.npv != Some(0.0)).then(|| 100.0 * amount / second.npv.unwrap().abs())]);
    assert!(!lead.tie && lead.error.is_none());
    assert_eq!(first.projects[0].name, "Automation");
}

#[test]
fn what_both_options_risk_does_not_hide_a_lead() {
    let keys = "options = 2\nmaximise = \"npv\"\nrank_by = \"npv.mean\"\n[base]\nforce_out = [\"C\", \"D\"]\n\
                [simulation]\ntrials = 1000\n";
    let (tables, summary) = outcome(keys);
    let lead = summary.scenarios[0].lead.clone().unwrap();
    assert_eq!(lead.rank_by, "npv.mean");
    // Success of A is all the risk there is, and both hold A: their difference is the same in every trial.
    assert!(lead.error.unwrap() < 1e-9 && lead.amount.unwrap() > 0.0 && !lead.tie, "{lead:?}");
    assert_eq!(lead.p_beats, Some(1.0));
    let options = table(&tables, "options.csv");
    let beats = numbers(options, "p_beats_next");
    assert_eq!((beats[0].is_some(), beats[1]), (true, None));
    close(&beats[..1], &[lead.p_beats]);
    let ties: Vec<Option<bool>> = options.frame.column("tie").unwrap().bool().unwrap().iter().collect();
    assert_eq!(ties, [Some(lead.tie), None]);
}
