//! Key results and effects: what is read, and what is said of faults.

use cutline::domain::{Measure, PeriodIx, Portfolio, ProjectIx, Quantity, Sense};
use cutline::input::{Files, read_portfolio};

use super::example::{cases, load, said, said_of, tables, with};

const KEY_RESULTS: &str = "key_result,objective,name,unit,baseline,target,due,weight\n\
    churn,service,Customers who leave,%,8,4,2028,2\n\
    sites,growth,,,3,10,,\n";
const EFFECTS: &str = "project,key_result,2027,2028,2029\nP1,churn,,-1.5,-1\nP3,churn,-2,,\nP1,sites,1,1,1\n";

/// The example with these two tables.
fn both(key_results: &str, effects: &str) -> Files {
    let mut files = with("key_results.csv", key_results);
    files.insert("effects.csv".to_owned(), effects.as_bytes().to_vec());
    files
}

fn portfolio(files: &Files) -> Portfolio {
    read_portfolio(files).unwrap_or_else(|found| panic!("{}", said(Err(found)))).portfolio
}

/// What is said of a batch with key results.
fn said_of_batch(more: &str) -> String {
    let batch = format!("[batch]\nportfolio = \"city\"\n{more}\n[[scenario]]\nname = \"base\"\n");
    said(load(&batch, both(KEY_RESULTS, EFFECTS)).map(|loaded| loaded.warnings))
}

#[test]
fn key_results_are_read_with_what_projects_do_to_them() {
    let files = both(KEY_RESULTS, EFFECTS);
    assert_eq!(said_of(&files), "accepted\n");
    let read = portfolio(&files);
    let list = read.key_results().list();
    let [churn, sites] = list else { panic!("{list:?}") };
    assert_eq!((churn.baseline, churn.target, churn.due, churn.weight), (8.0, 4.0, PeriodIx::new(1), 2.0));
    assert_eq!((churn.name.as_str(), churn.unit.as_str()), ("Customers who leave", "%"));
    assert_eq!(
        (sites.name.as_str(), sites.unit.as_str(), sites.due, sites.weight),
        ("sites", "", PeriodIx::new(2), 1.0)
    );
    let objectives = read.objectives().objectives();
    assert_eq!([churn, sites].map(|one| objectives[one.objective].id.as_str()), ["service", "growth"]);
    let of = |project| read.key_results().effects_of(ProjectIx::new(project));
    assert_eq!(of(0).iter().map(|effect| effect.key_result).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(*of(0)[0].profile, [0.0, -1.5, -1.0]);
    assert!(of(1).is_empty());
    let named = |name: &str| Measure::named(name, &read).unwrap();
    assert_eq!(named("key_result.churn").natural_sense(), Sense::Minimise);
    assert_eq!(named("key_result.sites").natural_sense(), Sense::Maximise);
    assert_eq!([named("progress"), named("key_results_met")], [Measure::Progress, Measure::KeyResultsMet]);
    assert_eq!(named("progress").name(&read), "progress");
}

#[test]
fn a_portfolio_without_key_results_has_none_of_their_measures() {
    let read = portfolio(&tables());
    assert!(Measure::all(&read).iter().all(|(_, measure)| !measure.counts_key_results()));
}

#[test]
fn effects_may_be_uncertain() {
    let mut files = both(KEY_RESULTS, EFFECTS);
    let uncertain = "project,quantity,distribution,mean,sd\n*,effect,normal,1,0.2\nP1,effect,fixed,0.5,\n";
    files.insert("uncertainty.csv".to_owned(), uncertain.as_bytes().to_vec());
    let exposed = "project,quantity,driver,loading\n*,effect,steel,0.6\n";
    files.insert("exposures.csv".to_owned(), exposed.as_bytes().to_vec());
    let read = portfolio(&files);
    let factor = |project| read.factor(ProjectIx::new(project), Quantity::Effect).unwrap();
    assert_eq!(factor(0).distribution, cutline::domain::Distribution::Fixed { value: 0.5 });
    assert_eq!(factor(2).exposures.len(), 1);
    assert!(read.factor(ProjectIx::new(0), Quantity::Cost).is_none());
}

#[test]
fn faults_of_key_results() {
    let patched = |from: &str, to: &str| {
        assert!(KEY_RESULTS.contains(from), "{from}");
        said_of(&both(&KEY_RESULTS.replacen(from, to, 1), EFFECTS))
    };
    insta::assert_snapshot!(cases(&[
        ("unknown objective", patched("churn,service", "churn,servise")),
        ("blank objective", patched("churn,service", "churn,")),
        ("no baseline", patched(",8,4,", ",,4,")),
        ("no target", patched(",8,4,", ",8,,")),
        ("target is the baseline", patched(",8,4,", ",8,8,")),
        ("no period", patched("2028", "2031")),
        ("negative weight", patched("2028,2", "2028,-2")),
        ("no weight at all", patched("2028,2", "2028,0")),
        ("repeated", patched("sites,growth", "churn,growth")),
        ("unknown column", patched("due", "until")),
    ]));
}

#[test]
fn faults_of_effects() {
    let patched = |from: &str, to: &str| {
        assert!(EFFECTS.contains(from), "{from}");
        said_of(&both(KEY_RESULTS, &EFFECTS.replacen(from, to, 1)))
    };
    let mut lone = tables();
    lone.insert("effects.csv".to_owned(), EFFECTS.as_bytes().to_vec());
    let mut no_objectives = both(KEY_RESULTS, EFFECTS);
    no_objectives.remove("objectives.csv");
    no_objectives.remove("scores.csv");
    insta::assert_snapshot!(cases(&[
        ("unknown key result", patched("P3,churn", "P3,chrun")),
        ("unknown project", patched("P3,churn", "P33,churn")),
        ("blank key result", patched("P3,churn", "P3,")),
        ("repeated row", patched("P3,churn", "P1,churn")),
        ("not a number", patched("-1.5", "minus")),
        ("other periods", patched("2028,2029", "2028,2030")),
        ("changed by nothing", patched("P1,sites,1,1,1", "P1,sites,,,")),
        ("no key results", said_of(&lone)),
        ("no objectives", said_of(&no_objectives)),
    ]));
}

#[test]
fn measures_of_key_results_in_a_batch() {
    let limit = |keys: &str| said_of_batch(&format!("[[limit]]\nname = \"few\"\n{keys}"));
    insta::assert_snapshot!(cases(&[
        ("progress", said_of_batch("maximise = \"progress\"\nrank_by = \"key_results_met\"")),
        ("less is better", said_of_batch("maximise = \"key_result.churn\"")),
        ("unknown", said_of_batch("maximise = \"key_result.chrun\"")),
        ("frontier", said_of_batch("[frontier]\nx = \"cost\"\ny = \"progress\"")),
        ("limit", limit("measure = \"key_result.churn\"\nmax = 5")),
        ("of some projects", limit("measure = \"progress\"\nmin = 0.5\nwhere = { category = \"growth\" }")),
        ("by value", limit("measure = \"progress\"\nmin = 0.5\nby = \"category\"")),
        ("in periods", limit("measure = \"progress\"\nmin = 0.5\nperiods = [\"2027\"]")),
        ("of a budget", limit("measure = \"key_results_met\"\nmax_of_line = { capex = 0.5 }")),
    ]));
}
