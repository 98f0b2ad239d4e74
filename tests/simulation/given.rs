//! Samples that were made elsewhere, trial by trial.

use std::fs;
use std::path::Path;

use cutline::domain::{Distribution, HdrSeeds, ProjectIx, Quantity, SipSource, SipVariable};
use cutline::input::{Files, read_portfolio};

use crate::{METHODS, draw, factor, no_limits, portfolio, project, risks, selection};

#[test]
fn trials_take_the_rows_in_turn_whatever_the_seed_and_the_sampling() {
    let rows = [0.8, 1.0, 1.5];
    let given = factor(Distribution::Given { values: rows.to_vec().into() }, &[]);
    let portfolio = portfolio(vec![(project("A", 1.0), [given.clone(), given, None])]);
    for (seed, sampling) in METHODS.into_iter().enumerate() {
        let samples = draw(&portfolio, seed as u64, 300, sampling);
        let costs = samples.factors(ProjectIx::new(0), Quantity::Cost);
        assert!(costs.iter().zip(rows.iter().cycle()).all(|(cost, row)| cost == row));
        assert_eq!(costs, samples.factors(ProjectIx::new(0), Quantity::Benefit));
        let risk = &risks(&portfolio, no_limits(), &samples, &[selection(&[0])])[0];
        let trials = costs.len();
        let mean = rows.iter().cycle().take(trials).sum::<f64>() / trials as f64;
        assert!((risk.cost.mean.value - 150.0 * mean).abs() < 1e-9, "{:?}", risk.cost.mean);
    }
}

#[test]
fn a_library_joins_its_variables_as_its_copula_says() {
    let [first, second] = [7, 8].map(|variable| HdrSeeds { variable, entity: 1, third: 0, fourth: 0 });
    let variable = |source| {
        let sip = SipVariable { source, coefficients: vec![1.0, 0.1], min: None, max: None };
        factor(Distribution::Sipmath(sip.into()), &[])
    };
    let cost = variable(SipSource::Copula(vec![(first, 1.0)]));
    let benefit = variable(SipSource::Copula(vec![(first, 0.8), (second, 0.6)]));
    let portfolio = portfolio(vec![(project("A", 1.0), [cost, benefit, None])]);
    let samples = draw(&portfolio, 1, 20_000, METHODS[0]);
    let of = |quantity| samples.factors(ProjectIx::new(0), quantity);
    let correlation = crate::correlation(&of(Quantity::Cost), &of(Quantity::Benefit));
    // Correlations of logistic variables are nearly those of their normal scores.
    assert!((correlation - 0.8).abs() < 0.02, "{correlation}");
}

#[test]
fn the_published_library_gives_the_trials_of_a_spreadsheet() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/sipmath/Demand_Forecast_Library.SIPmath");
    let Ok(library) = fs::read_to_string(&path) else {
        eprintln!("skipped: ../shared/data/sipmath/Demand_Forecast_Library.SIPmath is not there");
        return;
    };
    let library = library.replacen("\"Demand_Forecast\"", "\"A:cost\"", 1);
    let files: Files = [
        ("projects.csv", "project\nA\n"),
        ("costs.csv", "project,line,2027\nA,capex,1\n"),
        ("demand.SIPmath", library.as_str()),
    ]
    .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
    .into();
    let portfolio = read_portfolio(&files).unwrap().portfolio;
    let trials = draw(&portfolio, 1, 1_000, METHODS[1]).factors(ProjectIx::new(0), Quantity::Cost);
    // Computed apart: the published formulas of generator and quantile function in double precision.
    let expected = [128_440.529_906_673_68, 112_481.296_985_862_31, 151_657.130_883_944_63];
    for (trial, expected) in trials.iter().zip(expected).chain([(&trials[999], 55_926.168_690_913_74)]) {
        assert!((trial / expected - 1.0).abs() < 1e-12, "{trial}, not {expected}");
    }
    let mean = trials.iter().sum::<f64>() / 1_000.0;
    assert!((mean / 100_000.084_307_803_5 - 1.0).abs() < 1e-12, "{mean}");
}
