//! Columns that are not held, but drawn again wherever they are needed: all that is told of them is the same, bit by bit.

use cutline::domain::{Measure, ProjectIx, Quantity, Selection, Sense, Statistic};
use cutline::finance::Valuation;
use cutline::input::LoadedBatch;
use cutline::progress::{CancelToken, Silent};
use cutline::simulate::{
    Samples, SharedCause, attribute, compare_with_next, evaluate, known_futures, reserves, trial_totals,
    value_of_information, without_cause,
};

use crate::limits::{loaded, option};

/// All that is drawn: projects that fail or may be late, drivers, correlations, events, values by trial, key results.
const TABLES: [(&str, &str); 15] = [
    (
        "projects.csv",
        "project,max_delay,success_probability,value_decay\nA,1,0.8,0.1\nB,,1,\nC,2,0.6,0.2\nD,,0.9,\nE,,,\n",
    ),
    (
        "costs.csv",
        "project,line,2027,2028,2029\nA,x,30,10,\nB,x,20,20,20\nC,x,15,,\nD,x,25,5,\nD,y,,9,2\nE,y,12,12,\n",
    ),
    (
        "benefits.csv",
        "project,kind,2027,2028,2029\nA,s,,40,60\nB,s,10,40,60\nC,s,,30,10\nD,s,20,20,20\nE,s,,,40\n",
    ),
    ("demands.csv", "project,resource,2027,2028,2029\nA,r,3,2,\nB,r,1,1,1\nC,r,2,,\nE,r,,4,\n"),
    ("budgets.csv", "line,carry_over,2027,2028,2029\nx,0.5,75,35,20\ny,,14,20,2\n"),
    ("capacities.csv", "resource,2027,2028,2029\nr,6,7,1\n"),
    ("objectives.csv", "objective\nvalue\n"),
    ("scores.csv", "project,value\nA,10\nB,6\nC,4\nD,5\nE,3\n"),
    (
        "uncertainty.csv",
        "project,quantity,distribution,low,mode,high,mean,sd\n*,cost,lognormal,,,,1.1,0.3\n\
         *,benefit,triangular,0.4,1,1.3,,\n*,demand,pert,0.8,1,1.4,,\nA,delay,uniform,0,,1.6,,\nB,delay,fixed,,,,1,\n",
    ),
    ("samples.csv", "trial,E:demand\n1,1\n2,1.1\n3,0.7\n"),
    ("drivers.csv", "driver,name\nprices,\n"),
    ("exposures.csv", "project,quantity,driver,loading\n*,cost,prices,0.7\nA,benefit,prices,-0.4\n"),
    ("correlations.csv", "project,quantity,other,other_quantity,correlation\nC,benefit,D,benefit,0.5\n"),
    ("risks.csv", "risk,name,probability\nstrike,,0.2\n"),
    (
        "impacts.csv",
        "risk,project,quantity,distribution,low,mode,high,mean\nstrike,A,cost,uniform,1.2,,1.6,\nstrike,C,delay,fixed,,,,1\n",
    ),
];
const KEY_RESULTS: [(&str, &str); 2] = [
    (
        "key_results.csv",
        "key_result,objective,name,unit,baseline,target,due,weight\nchurn,value,,%,8,4,2028,1\n",
    ),
    ("effects.csv", "project,key_result,2027,2028,2029\nA,churn,,-2,-1\nC,churn,-2,,\nE,churn,-1,-1,\n"),
];

/// More than three blocks of trials that are drawn together.
const TRIALS: usize = 110_017;

/// The portfolio, and its samples: held, and drawn again.
fn case(sampling: &str) -> (LoadedBatch, Samples, Samples) {
    let tables = [&TABLES[..], &KEY_RESULTS].concat();
    let asked = format!("[simulation]\ntrials = {TRIALS}\nsampling = \"{sampling}\"\npercentiles = [80]\n");
    let loaded = loaded(&tables, &asked);
    let [held, again] = [usize::MAX, 0].map(|most_held| {
        let settings = loaded.batch.simulation();
        Samples::draw_within(&loaded.portfolio, settings, most_held, &Silent, &CancelToken::new()).unwrap()
    });
    (loaded, held, again)
}

#[test]
fn every_figure_is_that_of_columns_that_are_held() {
    for sampling in ["random", "latin", "sobol"] {
        let (loaded, held, again) = case(sampling);
        let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
        let options = [&["A", "B", "C", "D"][..], &["A", "B", "C", "E"], &["A", "B", "D", "E"], &["B", "C"]];
        let options = options.map(|projects| option(&loaded.portfolio, projects));
        let all: Vec<&Selection> = options.iter().collect();
        let (by, statistic) = ((Measure::Npv, Sense::Maximise), Some(Statistic::Cvar));
        let told = |samples: &Samples| {
            let risks = evaluate(samples, &valuation, &all, &Silent, &CancelToken::new()).unwrap();
            let beside = compare_with_next(samples, &valuation, by, statistic, &all).unwrap();
            let sources = attribute(samples, &valuation, all[0]).unwrap();
            let information = value_of_information(by, samples, &valuation, &all).unwrap();
            let totals = trial_totals(samples, &valuation, all[1]).unwrap();
            (risks, beside, sources, information, (reserves(samples, &valuation, all[2]).unwrap(), totals))
        };
        let (one, other) = (told(&held), told(&again));
        assert_eq!(one.0, other.0, "{sampling}");
        assert_eq!((one.1, one.2, one.3), (other.1, other.2, other.3), "{sampling}");
        assert!(one.4 == other.4, "{sampling}");
        let varies = |risk: &cutline::simulate::OptionRisk| risk.over_budget.unwrap().error > 0.0;
        assert!(one.0.iter().any(varies), "a budget is exceeded in some trials");
    }
}

#[test]
fn every_draw_is_that_of_columns_that_are_held() {
    for sampling in ["random", "latin", "sobol"] {
        let (loaded, held, again) = case(sampling);
        for project in loaded.portfolio.projects().positions() {
            for quantity in Quantity::ALL {
                let [one, other] = [&held, &again].map(|samples| samples.factors(project, quantity));
                assert!(one == other, "{sampling}, {project:?}, {quantity:?}");
                assert_eq!(one.len(), held.trials());
            }
            assert!(held.successes(project) == again.successes(project), "{sampling}, {project:?}");
        }
        for count in [0, 10, 40_000] {
            let [one, other] =
                [&held, &again].map(|samples| known_futures(samples, &loaded.portfolio, count));
            assert!(one == other && one.len() == count, "{sampling}, {count}");
        }
    }
}

#[test]
fn samples_without_a_cause_may_be_drawn_again_or_not() {
    let (loaded, held, again) = case("latin");
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let selection = option(&loaded.portfolio, &["A", "B", "C"]);
    for cause in [SharedCause::Driver(0), SharedCause::Event(0)] {
        let differences = [&held, &again].map(|samples| {
            let (portfolio, settings) = (&loaded.portfolio, loaded.batch.simulation());
            let without = samples.draw_without(portfolio, settings, cause, &CancelToken::new()).unwrap();
            without_cause((samples, &without), cause, &valuation, &selection).unwrap()
        });
        assert_eq!(differences[0], differences[1]);
        assert_ne!(differences[0].mean_npv, 0.0);
    }
    assert_eq!(again.factors(ProjectIx::new(0), Quantity::Cost).len(), TRIALS);
}
