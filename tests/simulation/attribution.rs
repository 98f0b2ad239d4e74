//! Where risk comes from, and what it would be worth to know, against closed forms of normal distributions.

use cutline::domain::{Measure, Selection, Sense};
use cutline::finance::Valuation;
use cutline::input::LoadedBatch;
use cutline::progress::CancelToken;
use cutline::simulate::{
    Attribution, Difference, RiskSource, Samples, SharedCause, attribute, trial_totals, value_of_information,
    without_cause,
};

use super::limits::{self, option, samples};

const TRIALS: usize = 200_000;

/// Costs of 100, 60 and 40, all normal; A and B follow the market, C does not, D is certain.
const TABLES: [(&str, &str); 5] = [
    ("projects.csv", "project\nA\nB\nC\nD\n"),
    ("costs.csv", "project,line,2027\nA,m,100\nB,m,60\nC,m,40\nD,m,10\n"),
    (
        "uncertainty.csv",
        "project,quantity,distribution,mean,sd\nA,cost,normal,1.1,0.2\nB,cost,normal,1,0.3\nC,cost,normal,1,0.5\n",
    ),
    ("drivers.csv", "driver,name\nmarket,Market\n"),
    ("exposures.csv", "project,quantity,driver,loading\nA,cost,market,0.6\nB,cost,market,-0.8\n"),
];

fn loaded(tables: &[(&str, &str)]) -> LoadedBatch {
    limits::loaded(tables, &format!("[simulation]\ntrials = {TRIALS}"))
}

fn near(value: f64, expected: f64, within: f64) {
    assert!((value - expected).abs() < within, "{value} is not {expected}");
}

#[test]
fn parts_of_the_variance_are_those_of_the_factor_model() {
    let loaded = loaded(&TABLES);
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let selection = option(&loaded.portfolio, &["A", "B", "C", "D"]);
    let found = attribute(&samples(&loaded), &valuation, &selection).unwrap();
    // Standard deviations of 20, 18 and 20; the market moves A by 12 and B by -14.4.
    let market = (12.0_f64 - 14.4).powi(2);
    let own = [400.0 * 0.64, 324.0 * 0.36, 400.0];
    let all: f64 = market + own.iter().sum::<f64>();
    let sources: Vec<RiskSource> = found.iter().map(|one| one.source).collect();
    let project = |id| RiskSource::Project(loaded.portfolio.project_position(id).unwrap());
    assert_eq!(
        sources,
        [project("A"), project("B"), project("C"), RiskSource::Shared(SharedCause::Driver(0))],
        "D is certain"
    );
    for (one, expected) in found.iter().zip(own.into_iter().chain([market])) {
        near(one.cost_share.unwrap(), expected / all, 0.005);
        near(one.npv_share.unwrap(), expected / all, 0.005);
    }
    let sum = |of: fn(&Attribution) -> Option<f64>| found.iter().filter_map(of).sum::<f64>();
    near(sum(|one| one.cost_share), 1.0, 1e-9);
    near(sum(|one| one.npv_share), 1.0, 1e-9);
}

#[test]
fn a_source_that_is_switched_off_takes_its_spread_along() {
    let loaded = loaded(&TABLES);
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let selection = option(&loaded.portfolio, &["A", "C"]);
    let samples = samples(&loaded);
    let found = attribute(&samples, &valuation, &selection).unwrap();
    // Normal: the 80th percentile is 0.841621 standard deviations up, the mean of the lowest 5 % is 2.062713 down.
    let [p80, tail] = [0.841_621, 2.062_713];
    let sd = 800.0_f64.sqrt();
    let expected = |mean: f64, other: f64| Difference {
        mean_npv: mean,
        p80_cost: -mean + p80 * (other - sd),
        cvar_npv: mean - tail * (other - sd),
    };
    let close = |found: Difference, expected: Difference| {
        near(found.mean_npv, expected.mean_npv, 0.01);
        near(found.p80_cost, expected.p80_cost, 0.15);
        near(found.cvar_npv, expected.cvar_npv, 0.3);
    };
    // A costs 10 more than planned in the mean.
    close(found[0].without, expected(10.0, 20.0));
    close(found[1].without, expected(0.0, 20.0));
    let settings = loaded.batch.simulation();
    let market = SharedCause::Driver(0);
    let without = samples.draw_without(&loaded.portfolio, settings, market, &CancelToken::new()).unwrap();
    let found = without_cause((&samples, &without), market, &valuation, &selection).unwrap();
    close(found, expected(0.0, (800.0_f64 - 144.0).sqrt()));
    assert_eq!(
        without_cause((&samples, &without), market, &valuation, &option(&loaded.portfolio, &["C"])).unwrap(),
        Difference::default(),
        "C does not follow it"
    );
}

#[test]
fn information_is_worth_the_loss_that_it_saves() {
    // A costs 10 ± 5 in place of C's 9, which is certain: the mean of what the cheaper saves is a normal loss.
    let tables = [
        ("projects.csv", "project\nA\nB\nC\n"),
        ("costs.csv", "project,line,2027\nA,m,10\nB,m,50\nC,m,9\n"),
        (
            "uncertainty.csv",
            "project,quantity,distribution,mean,sd\nA,cost,normal,1,0.5\nB,cost,normal,1,0.5\n",
        ),
    ];
    let loaded = loaded(&tables);
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let options = [["B", "C"], ["A", "B"]].map(|projects| option(&loaded.portfolio, &projects));
    let options: Vec<&Selection> = options.iter().collect();
    let best_by = (Measure::Npv, Sense::Maximise);
    let found = value_of_information(best_by, &samples(&loaded), &valuation, &options).unwrap();
    // 5 (φ(0.2) − 0.2 Φ(−0.2)); A is cheaper than 9 with probability Φ(−0.2). B is in both options.
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (one.source, one.instead),
        (RiskSource::Project(loaded.portfolio.project_position("A").unwrap()), 1)
    );
    near(one.value.value, 5.0 * (0.391_043 - 0.2 * 0.420_740), 4.0 * one.value.error);
    near(one.another.value, 0.420_740, 4.0 * one.another.error);
    assert!(one.value.error > 0.0 && one.value.error < 0.05);
}

#[test]
fn an_event_is_a_source_of_its_own() {
    // It makes A and B cost half as much again in one of five futures; A varies by itself, too.
    let tables = [
        ("projects.csv", "project\nA\nB\n"),
        ("costs.csv", "project,line,2027\nA,m,100\nB,m,60\n"),
        ("uncertainty.csv", "project,quantity,distribution,mean,sd\nA,cost,normal,1,0.1\n"),
        ("risks.csv", "risk,name,probability\nstrike,Strike,0.2\n"),
        (
            "impacts.csv",
            "risk,project,quantity,distribution,mean\nstrike,A,cost,fixed,1.5\nstrike,B,cost,fixed,1.5\n",
        ),
    ];
    let loaded = loaded(&tables);
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let selection = option(&loaded.portfolio, &["A", "B"]);
    let samples = samples(&loaded);
    let found = attribute(&samples, &valuation, &selection).unwrap();
    let event = SharedCause::Event(0);
    assert_eq!(found.len(), 3);
    assert_eq!(found[2].source, RiskSource::Shared(event));
    // What occurs adds 80; A's own varies by 10, and by 15 where it occurs.
    let shared = 80.0_f64.powi(2) * 0.16;
    let own = 0.8 * 100.0 + 0.2 * 225.0;
    near(found[2].cost_share.unwrap(), shared / (shared + own), 0.002);
    near(found[0].cost_share.unwrap(), own / (shared + own), 0.002);
    near(found[1].cost_share.unwrap(), 0.0, 1e-9);
    let without = samples
        .draw_without(&loaded.portfolio, loaded.batch.simulation(), event, &CancelToken::new())
        .unwrap();
    let found = without_cause((&samples, &without), event, &valuation, &selection).unwrap();
    near(found.mean_npv, 16.0, 0.01);
    // Without it the worst 5 % are 160 and 2.062713 deviations of 10.
    let with = samples_cvar(&samples, &valuation, &selection);
    near(found.cvar_npv, -160.0 - 20.627_13 - with, 0.15);
}

/// The mean of the lowest 5 % of the NPVs.
fn samples_cvar(samples: &Samples, valuation: &Valuation, selection: &Selection) -> f64 {
    let mut npv = trial_totals(samples, valuation, selection).unwrap().npv;
    npv.sort_by(f64::total_cmp);
    npv[..TRIALS / 20].iter().sum::<f64>() / (TRIALS / 20) as f64
}
