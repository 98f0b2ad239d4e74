//! Delays, risks and impacts from the tables to the results, by the built program.

use std::fs;
use std::path::Path;

use cutline::check::{Question, check as checked};
use cutline::control::load_batch;
use serde_json::Value;

use crate::cases::{Case, tables_of};
use crate::program::{files_of, run};

/// Projects that start later, fail, lose value by waiting, share a cost between lines or are funded in part.
const TABLES: [(&str, &str); 9] = [
    (
        "projects.csv",
        "project,start,max_delay,success_probability,value_decay,min_fraction\n\
         A,2027,1,0.8,0.2,\nB,2028,0,,,\nC,2027,0,,0.1,0.25\nD,2027,1,0.5,,\n",
    ),
    (
        "costs.csv",
        "project,line,payers,2027,2028,2029,2030\n\
         A,capex,,20,30,,\nA,opex,,,2,2,2\nB,capex;opex,mix,,15,10,\nC,opex,,2,2,2,2\nD,capex,,12,6,1,\n",
    ),
    (
        "benefits.csv",
        "project,kind,2027,2028,2029,2030\nA,x,,20,40,40\nB,y,,,20,30\nC,x,3,5,9,9\nD,y,,,30,40\n",
    ),
    ("demands.csv", "project,resource,2027,2028,2029,2030\nA,crew,2,3,,\nB,crew,,1,1,\nD,crew,2,,,\n"),
    (
        "budgets.csv",
        "line,carry_over,2027,2028,2029,2030\ncapex,0.5,36,42,14,5\nopex,,6,14,12,6\n*,,40,50,25,12\n",
    ),
    ("capacities.csv", "resource,2027,2028,2029,2030\ncrew,4,4,4,4\n"),
    ("objectives.csv", "objective\ngrowth\n"),
    ("scores.csv", "project,growth\nA,7\nB,4\nC,3\nD,5\n"),
    (
        "uncertainty.csv",
        "project,quantity,distribution,low,mode,high,mean,sd\n\
         *,cost,triangular,0.9,1,1.4,,\nA,benefit,lognormal,,,,1,0.2\n",
    ),
];

const DELAYS: &str = "A,delay,uniform,0,,2.5,,\nB,delay,normal,,,,0.3,0.8\nC,delay,fixed,,,,0.75,\nD,demand,uniform,0.8,,1.3,,\n";
const RISKS: &str = "risk,name,probability\nstrike,Strike,0.3\nflood,,0.1\nmove,Move,1\n";
const IMPACTS: &str = "risk,project,quantity,distribution,low,mode,high,mean,sd\n\
    strike,A,cost,pert,1,1.2,1.6,,\nstrike,B,cost,fixed,,,,1.3,\nstrike,D,delay,uniform,0,,2,,\n\
    flood,A,benefit,fixed,,,,0.5,\nflood,A,delay,fixed,,,,1,\nflood,A,cost,lognormal,,,,1.3,0.2\n\
    move,D,demand,fixed,,,,1.2,\nmove,B,delay,fixed,,,,0.25,\n";

fn batch(sampling: &str) -> String {
    format!(
        "[batch]\nname = \"late\"\nportfolio = \"tables\"\ndiscount_rate = 0.07\nescalation = 0.03\noptions = 4\n\
         maximise = \"strategic_value\"\nrank_by = \"npv.mean\"\ndecisions = false\n\
         [simulation]\ntrials = 700\nsampling = \"{sampling}\"\npercentiles = [80]\n\
         [[scenario]]\nname = \"base\"\n[[scenario]]\nname = \"tight\"\nbudget_scale = 0.8\ndiscount_rate = 0\n\
         escalation = 0\n"
    )
}

fn case(sampling: &str, risks: &str, impacts: &str) -> Case {
    let mut tables: Vec<(&str, String)> =
        TABLES.iter().map(|&(name, text)| (name, text.to_owned())).collect();
    tables.last_mut().unwrap().1 += DELAYS;
    tables.extend([("risks.csv", risks.to_owned()), ("impacts.csv", impacts.to_owned())]);
    Case::new(&tables, &batch(sampling))
}

fn check(folder: &Path) -> (i32, Value) {
    let (code, stdout, stderr) = run(folder, &["check", "out", "--json"]);
    (code, serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}")))
}

#[test]
fn sources_that_a_stop_left_out_are_not_missed() {
    let case = case("latin", RISKS, IMPACTS);
    let mut tables = files_of(&case.results());
    let sources = tables.get_mut("attribution.csv").unwrap();
    let heading = sources.iter().position(|byte| *byte == b'\n').unwrap();
    sources.truncate(heading + 1);
    let batch_file = fs::read_to_string(case.path().join("plan.toml")).unwrap();
    let loaded = load_batch(&case.path().join("plan.toml")).unwrap();
    let found = |is_complete| {
        let (portfolio, batch) = (&loaded.portfolio, &loaded.batch);
        let found =
            checked(&Question { portfolio, batch, batch_file: &batch_file, is_complete, tables: &tables });
        let is_own = |file: &String| file == "attribution.csv";
        (
            found.differences.iter().any(|one| is_own(&one.file)),
            found.left_out.iter().any(|one| is_own(&one.file)),
        )
    };
    assert_eq!(found(true), (true, false));
    assert_eq!(found(false), (false, true));
}

#[test]
fn results_with_delays_and_events_pass_the_check() {
    for sampling in ["latin", "random"] {
        let case = case(sampling, RISKS, IMPACTS);
        case.results();
        let (code, found) = check(case.path());
        assert_eq!(code, 0, "{found:#}");
    }
}

#[test]
fn simulated_figures_that_are_changed_are_found() {
    let case = case("latin", RISKS, IMPACTS);
    let out = case.results();
    for (file, column) in [
        ("options.csv", "npv_mean"),
        ("options.csv", "cost_p90"),
        ("options.csv", "strategic_value_mean"),
        ("options.csv", "p_over_budget"),
        ("spend.csv", "mean"),
        ("spend.csv", "p_over"),
        ("capacity.csv", "p80"),
    ] {
        assert_found(&case, &out, (file, column));
    }
}

/// A cell of a column, changed by a millionth, is named.
#[track_caller]
fn assert_found(case: &Case, out: &Path, (file, column): (&str, &str)) {
    let path = out.join(file);
    let before = fs::read(&path).unwrap();
    let mut rows = tables_of(out).remove(file).unwrap();
    let place = rows[0].iter().position(|heading| heading == column).unwrap();
    let cell = &mut rows.iter_mut().skip(1).map(|row| &mut row[place]).find(|cell| cell.len() > 3).unwrap();
    **cell = (cell.parse::<f64>().unwrap() * 1.000_001).to_string();
    let mut writer = csv::Writer::from_path(&path).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    drop(writer);
    let (code, found) = check(case.path());
    assert!(code == 2 && found.to_string().contains(column), "{file} {column}: {found:#}");
    fs::write(&path, before).unwrap();
}

#[test]
fn futures_and_shrunk_estimates_pass_the_check_and_are_shown() {
    let mut tables: Vec<(&str, String)> =
        TABLES.iter().map(|&(name, text)| (name, text.to_owned())).collect();
    tables.last_mut().unwrap().1 += DELAYS;
    tables.extend([("risks.csv", RISKS.to_owned()), ("impacts.csv", IMPACTS.to_owned())]);
    let asked = batch("latin")
        .replace("maximise = \"strategic_value\"", "maximise = \"npv\"")
        .replace("decisions = false", "decisions = true")
        // Costs vary by more than budgets leave: option 1 is to keep to them in some futures.
        .replace("name = \"base\"", "name = \"base\"\nbudget_scale = 1.6")
        .replace("trials = 700", "trials = 700\nsolve_in_futures = 14\nprior_sd = { benefit = 0.4 }");
    let case = Case::new(&tables, &asked);
    let out = case.results();
    let (code, found) = check(case.path());
    assert_eq!(code, 0, "{found:#}");
    for changed in [
        ("futures.csv", "gain"),
        ("futures.csv", "option_1"),
        ("perfect_information.csv", "perfect_information"),
        ("decisions.csv", "frequency_over_trials"),
        ("shrinkage.csv", "weight"),
        ("shrinkage.csv", "npv_shrunk"),
        ("options.csv", "expected_disappointment"),
    ] {
        assert_found(&case, &out, changed);
    }
    let (_, shown, _) = run(case.path(), &["show", "out", "--scenario", "base"]);
    for words in
        ["the best selection of 14 futures", "To know the future would be worth", "Expected disappointment:"]
    {
        assert!(shown.contains(words), "{words} is not in {shown}");
    }
}

/// The result files but the record of the run, which names its inputs.
fn tables(case: &Case) -> Vec<(String, Vec<u8>)> {
    case.results();
    files_of(&case.path().join("out")).into_iter().filter(|(name, _)| name != "run.json").collect()
}

#[test]
fn rows_of_risks_have_no_order_and_events_that_never_come_change_nothing() {
    let turned = |text: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        lines.join("\n") + "\n"
    };
    let never = "never,,0\n";
    let hits = "never,A,cost,fixed,,,,9,\nnever,C,delay,uniform,0,,2,,\n";
    let first = tables(&case("latin", RISKS, IMPACTS));
    assert!(first.len() > 8);
    assert!(first == tables(&case("latin", &turned(RISKS), &turned(IMPACTS))), "the order of rows tells");
    let more = (format!("{RISKS}{never}"), format!("{IMPACTS}{hits}"));
    assert!(first == tables(&case("latin", &more.0, &more.1)), "what never comes tells");
}
