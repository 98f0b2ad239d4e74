//! As many trials as a precision needs, from tables to results.

use cutline::engine::{BatchResult, run};
use cutline::input::{Files, LoadedBatch, read_batch};
use cutline::output::missed_precision;

use super::*;

const TABLES: [(&str, &str); 4] = [
    ("projects.csv", "project\nA\nB\nC\n"),
    ("costs.csv", "project,line,2027,2028\nA,m,100,\nB,m,50,50\nC,m,20,\n"),
    ("benefits.csv", "project,2027,2028\nA,,150\nB,,130\nC,,21\n"),
    ("uncertainty.csv", "project,quantity,distribution,mean,sd\n*,benefit,normal,1,0.3\n"),
];

fn loaded(keys: &str) -> LoadedBatch {
    let files: Files = TABLES.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into();
    let text = format!(
        "[batch]\nportfolio = \"p\"\noptions = 3\nmaximise = \"npv\"\nrank_by = \"npv.mean\"\n[simulation]\n{keys}\n\
         [[scenario]]\nname = \"all\"\n[[scenario]]\nname = \"less\"\nbenefit_scale = 0.9\n"
    );
    read_batch("b.toml", text.as_bytes(), |_| Ok(files)).unwrap()
}

fn result(loaded: &LoadedBatch, threads: usize) -> BatchResult {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new()))
}

/// The largest part of a mean NPV that is its error, over the options that are ranked first.
fn largest_error(result: &BatchResult) -> f64 {
    let mean = |option: &cutline::engine::RankedOption| option.risk.as_ref().unwrap().npv.mean;
    let firsts = result.scenarios.iter().map(|outcome| mean(&outcome.finished().unwrap().options[0]));
    firsts.map(|mean| mean.error / mean.value.abs()).fold(0.0, f64::max)
}

#[test]
fn trials_are_drawn_until_every_mean_is_precise() {
    for (sampling, most) in [("random", 20_000), ("latin", 10_000), ("sobol", 10_000)] {
        let loaded = loaded(&format!("sampling = \"{sampling}\"\nprecision = 0.01"));
        let result = result(&loaded, 2);
        let precision = result.precision.unwrap();
        assert!(precision.reached <= 0.01 && precision.trials <= most, "{sampling}: {precision:?}");
        assert!((largest_error(&result) - precision.reached).abs() <= 1e-9 * precision.reached, "{sampling}");
        assert_eq!(missed_precision(&loaded.batch, &result), None);
        if sampling == "random" {
            assert!(precision.trials > 1_000, "{precision:?}");
        }
    }
}

#[test]
fn threads_change_no_number_of_trials_and_no_result() {
    let loaded = loaded("sampling = \"random\"\nprecision = 0.02");
    let [one, other] = [1, 3].map(|threads| result(&loaded, threads));
    assert_eq!(one.precision, other.precision);
    let options = |result: &BatchResult| {
        format!(
            "{:?}",
            result.scenarios.iter().map(|one| &one.finished().unwrap().options).collect::<Vec<_>>()
        )
    };
    assert_eq!(options(&one), options(&other));
}

#[test]
fn a_precision_out_of_reach_is_a_warning() {
    let loaded = loaded("sampling = \"random\"\nprecision = 0.0001");
    let result = result(&loaded, 2);
    assert_eq!(result.precision.unwrap().trials, SimulationSettings::MOST_FOR_PRECISION);
    let said = missed_precision(&loaded.batch, &result).unwrap();
    assert!(said.starts_with("precision = 0.0001 is not met: after 200000 trials"), "{said}");
}

#[test]
fn without_a_precision_none_is_told() {
    let loaded = loaded("trials = 200");
    assert_eq!(result(&loaded, 2).precision, None);
}
