//! The best selection in each future, against brute force; what planned values lose because favourable estimates are chosen.

use std::collections::BTreeSet;
use std::sync::Arc;

use cutline::domain::{Choice, Measure, PeriodIx, Portfolio, ProjectIx, Quantity, Selection};
use cutline::engine::{RiskAnswers, run};
use cutline::finance::Valuation;
use cutline::input::LoadedBatch;
use cutline::optimise::SolveStatus;
use cutline::progress::{CancelToken, Silent};
use cutline::simulate::{Samples, known_futures, trial_totals};
use cutline::units::Share;

use super::limits::{loaded, samples};

const FUTURES: usize = 40;

/// Five projects that start as planned or not at all: what they cost and bring varies, one may fail, one may come late, and a
/// storm hits two.
const TABLES: [(&str, &str); 7] = [
    ("projects.csv", "project,success_probability\nA,1\nB,0.7\nC,1\nD,1\nE,1\n"),
    (
        "costs.csv",
        "project,line,2027,2028,2029\nA,capex,30,20,0\nB,capex,10,30,5\nC,capex,25,0,0\nD,capex,0,30,20\nE,capex,12,12,0\n",
    ),
    (
        "benefits.csv",
        "project,kind,2027,2028,2029\nA,x,0,40,45\nB,x,0,40,60\nC,x,10,15,15\nD,x,0,20,50\nE,x,4,14,14\n",
    ),
    ("budgets.csv", "line,2027,2028,2029\ncapex,60,70,25\n"),
    (
        "uncertainty.csv",
        "project,quantity,distribution,low,mode,high\n*,cost,triangular,0.8,1,1.5\n*,benefit,uniform,0.5,,1.5\nD,delay,uniform,0,,1.8\n",
    ),
    ("risks.csv", "risk,probability\nstorm,0.3\n"),
    (
        "impacts.csv",
        "risk,project,quantity,distribution,mean\nstorm,A,cost,fixed,1.4\nstorm,C,benefit,fixed,0.4\n",
    ),
];

const SETTINGS: &str = "discount_rate = 0.1\noptions = 3\ngap = 0\n[simulation]\ntrials = 200\n";

fn asked(tables: &[(&str, &str)], more: &str) -> LoadedBatch {
    loaded(tables, &format!("{SETTINGS}solve_in_futures = {FUTURES}\n{more}"))
}

fn answers(loaded: &LoadedBatch) -> RiskAnswers {
    let result = run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new());
    result.scenarios[0].finished().unwrap().answers.clone()
}

/// The parts of an amount that come after whole periods, of a delay.
fn late(delay: f64) -> Vec<(usize, f64)> {
    (0..8)
        .map(|late| (late, (1.0 - (delay - late as f64).abs()).max(0.0)))
        .filter(|one| one.1 > 0.0)
        .collect()
}

/// Spend per period, and net present value, of chosen projects in a trial.
fn by_hand(
    portfolio: &Portfolio,
    samples: &Samples,
    chosen: &BTreeSet<usize>,
    trial: usize,
) -> ([f64; 3], f64) {
    let (mut spend, mut npv) = ([0.0; 3], 0.0);
    for &place in chosen {
        let project = ProjectIx::new(place);
        let row = &portfolio.projects()[project];
        let factor = |quantity| samples.factors(project, quantity)[trial];
        for (late, part) in late(factor(Quantity::Delay)) {
            for period in 0..3 {
                let at = PeriodIx::new(period);
                let cost = part * factor(Quantity::Cost) * row.costs[0].profile[at].value();
                let benefit = part * factor(Quantity::Benefit) * row.benefits[0].profile[at].value();
                npv += (benefit - cost) / 1.1_f64.powi((period + late) as i32);
                if let Some(sum) = spend.get_mut(period + late) {
                    *sum += cost;
                }
            }
        }
    }
    (spend, npv)
}

#[test]
fn each_future_has_the_best_selection_of_brute_force() {
    let loaded = asked(&TABLES, "");
    let (portfolio, samples) = (&loaded.portfolio, samples(&loaded));
    let result = run(portfolio, &loaded.batch, &Silent, &CancelToken::new());
    let result = result.scenarios[0].finished().unwrap();
    let first = result.options.iter().find(|option| option.number == 1).unwrap();
    let first: BTreeSet<usize> = first.found.selection.projects().map(ProjectIx::index).collect();
    assert_eq!(result.answers.futures.len(), FUTURES);
    let keeps =
        |spend: [f64; 3]| spend.iter().zip([60.0, 70.0, 25.0]).all(|(&spend, budget)| spend <= budget + 1e-9);
    let (mut held, mut gains) = ([0; 5], Vec::new());
    for (trial, found) in result.answers.futures.iter().enumerate() {
        let all = (0..32_usize)
            .map(|set| (0..5).filter(|project| set >> project & 1 == 1).collect::<BTreeSet<usize>>());
        let kept = all.filter(|set| keeps(by_hand(portfolio, &samples, set, trial).0));
        let best = kept
            .map(|set| (by_hand(portfolio, &samples, &set, trial).1, set))
            .max_by(|one, other| one.0.total_cmp(&other.0))
            .unwrap();
        let own = found.best.as_ref().unwrap();
        assert_eq!(found.status, SolveStatus::Optimal);
        assert!((own.objective - best.0).abs() < 1e-9, "{trial}: {} is not {}", own.objective, best.0);
        assert_eq!(
            own.selection.projects().map(ProjectIx::index).collect::<BTreeSet<_>>(),
            best.1,
            "{trial}"
        );
        let (spend, npv) = by_hand(portfolio, &samples, &first, trial);
        match found.as_decided {
            Some(told) => assert!(keeps(spend) && (told - npv).abs() < 1e-9, "{trial}: {told} {npv}"),
            None => assert!(!keeps(spend), "{trial}"),
        }
        best.1.iter().for_each(|&project| held[project] += 1);
        gains.extend(found.as_decided.map(|_| best.0 - npv));
    }
    for (project, count) in held.into_iter().enumerate() {
        let told = result.answers.frequency(ProjectIx::new(project)).unwrap();
        assert_eq!(told, f64::from(count) / FUTURES as f64);
    }
    assert!(held.iter().any(|&count| 0 < count && count < FUTURES as i32), "{held:?}");
    let goal = &loaded.batch.scenarios()[0].goal;
    let told = result.answers.perfect_information(goal).unwrap();
    let mean = gains.iter().sum::<f64>() / gains.len() as f64;
    assert!(told.compared == gains.len() && 2 < gains.len() && gains.len() < FUTURES, "{}", gains.len());
    assert!(mean > 0.0 && (told.value.value - mean).abs() < 1e-9 && told.value.error > 0.0);
}

#[test]
fn a_future_that_is_known_is_the_trial_that_was_simulated() {
    let mut tables = TABLES.to_vec();
    tables[0].1 = "project,start,max_delay,success_probability,value_decay,min_fraction\n\
                   A,2027,1,0.6,0.2,\nB,2028,0,0.7,,\nC,2027,2,,0.1,0.25\nD,2027,1,,0.3,\nE,2027,0,0,,\n";
    tables[4].1 = "project,quantity,distribution,low,mode,high\n*,cost,triangular,0.8,1,1.5\n*,benefit,uniform,0.5,,1.5\n\
                   A,delay,uniform,0,,4.5\nD,delay,uniform,0,,1.8\n";
    tables.extend([
        ("objectives.csv", "objective\ngrowth\n"),
        ("scores.csv", "project,growth\nA,7\nB,4\nC,3\nD,5\nE,1\n"),
    ]);
    let loaded = loaded(&tables, &SETTINGS.replace("[simulation]", "escalation = 0.04\n[simulation]"));
    let (portfolio, samples) = (&loaded.portfolio, samples(&loaded));
    let scenario = &loaded.batch.scenarios()[0];
    let plan = Valuation::new(portfolio, scenario);
    let starts = [(0, 1, 1.0), (1, 1, 1.0), (2, 2, 0.4), (3, 0, 1.0), (4, 0, 1.0)];
    let selection = Selection::new(starts.map(|(project, start, share)| Choice {
        project: ProjectIx::new(project),
        start: PeriodIx::new(start),
        share: Share::new(share).unwrap(),
        payment: Default::default(),
    }));
    let totals = trial_totals(&samples, &plan, &selection).unwrap();
    for (trial, future) in known_futures(&samples, portfolio, 200).into_iter().enumerate() {
        let valuation = Valuation::in_future(portfolio, scenario, Arc::clone(&future));
        let of = [
            (Measure::Npv, &totals.npv),
            (Measure::Benefit, &totals.benefit),
            (Measure::Cost, &totals.cost),
            (Measure::ExpectedStrategicValue, &totals.strategic_value),
        ];
        for (measure, simulated) in of {
            let own = valuation.total(measure, &selection);
            assert!((own - simulated[trial]).abs() < 1e-9, "{trial} {measure:?}: {own} {}", simulated[trial]);
        }
        let spent: f64 = valuation.spends(&selection).iter().flatten().map(|amount| amount.value()).sum();
        assert!((spent - totals.cost[trial]).abs() < 1e-9);
    }
}

#[test]
fn neither_threads_nor_the_order_of_rows_change_what_is_best() {
    let turned: Vec<(&str, String)> = (TABLES.iter())
        .map(|&(name, text)| {
            let mut lines: Vec<&str> = text.lines().collect();
            lines[1..].reverse();
            (name, lines.join("\n") + "\n")
        })
        .collect();
    let turned: Vec<(&str, &str)> = turned.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let on = |threads: usize, tables: &[(&str, &str)]| {
        let loaded = asked(tables, "prior_sd = { benefit = 0.4 }\n");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        // Every bit of every number: Rust prints the shortest digits that read back the same.
        format!("{:?}", pool.install(|| answers(&loaded)))
    };
    let alone = on(1, &TABLES);
    assert_eq!(alone, on(4, &TABLES));
    assert_eq!(alone, on(2, &turned));
}

#[test]
fn where_nothing_is_uncertain_the_decision_is_the_best_of_all_futures() {
    let mut tables = TABLES.to_vec();
    tables.truncate(4);
    tables[0].1 = "project\nA\nB\nC\nD\nE\n";
    let loaded = asked(&tables, "");
    let result = run(&loaded.portfolio, &loaded.batch, &Silent, &CancelToken::new());
    let result = result.scenarios[0].finished().unwrap();
    let first = &result.options.iter().find(|option| option.number == 1).unwrap().found.selection;
    for project in loaded.portfolio.projects().positions() {
        let frequency = if first.contains(project) { 1.0 } else { 0.0 };
        assert_eq!(result.answers.frequency(project), Some(frequency));
    }
    let told = result.answers.perfect_information(&loaded.batch.scenarios()[0].goal).unwrap();
    assert_eq!((told.value.value, told.value.error, told.compared), (0.0, 0.0, FUTURES));
}

#[test]
fn futures_in_which_nothing_fits_are_counted() {
    let tables = [
        ("projects.csv", "project,status\nA,mandatory\nB,candidate\n"),
        ("costs.csv", "project,line,2027\nA,capex,100\nB,capex,10\n"),
        ("benefits.csv", "project,kind,2027\nA,x,120\nB,x,20\n"),
        ("budgets.csv", "line,2027\ncapex,112\n"),
        ("uncertainty.csv", "project,quantity,distribution,low,high\nA,cost,uniform,0.9,1.2\n"),
    ];
    let loaded = asked(&tables, "");
    let answers = answers(&loaded);
    let factors = samples(&loaded).factors(ProjectIx::new(0), Quantity::Cost);
    let fits = |most: f64| factors[..FUTURES].iter().filter(|&&factor| 100.0 * factor <= most).count();
    assert_eq!(answers.infeasible(), FUTURES - fits(112.0));
    assert!(answers.infeasible() > 0 && answers.open() == 0 && answers.answered() == FUTURES);
    let share = |count: usize| Some(count as f64 / FUTURES as f64);
    assert_eq!(answers.frequency(ProjectIx::new(0)), share(fits(112.0)));
    assert_eq!(answers.frequency(ProjectIx::new(1)), share(fits(102.0)));
    // Option 1 holds both: it is compared where both fit, and there nothing is better.
    let told = answers.perfect_information(&loaded.batch.scenarios()[0].goal).unwrap();
    assert_eq!((told.compared, told.value.value), (fits(102.0), 0.0));
}

#[test]
fn limits_that_may_fail_in_some_trials_hold_in_a_future_that_is_known() {
    let limit = "[[limit]]\nname = \"sure\"\nmeasure = \"cost\"\nmax = 105\nconfidence = 0.6\n";
    let tables = [
        ("projects.csv", "project\nA\nB\n"),
        ("costs.csv", "project,line,2027\nA,capex,60\nB,capex,40\n"),
        ("benefits.csv", "project,kind,2027\nA,x,120\nB,x,70\n"),
        ("uncertainty.csv", "project,quantity,distribution,low,high\n*,cost,uniform,0.8,1.2\n"),
    ];
    let loaded = asked(&tables, limit);
    let samples = samples(&loaded);
    let of = |project: usize| samples.factors(ProjectIx::new(project), Quantity::Cost);
    let (first, second) = (of(0), of(1));
    let both = |trial: usize| 60.0 * first[trial] + 40.0 * second[trial] <= 105.0;
    let answers = answers(&loaded);
    for (trial, found) in answers.futures.iter().enumerate() {
        assert_eq!(found.best.as_ref().unwrap().selection.len(), if both(trial) { 2 } else { 1 }, "{trial}");
    }
    assert!((1..FUTURES).contains(&(0..FUTURES).filter(|&trial| both(trial)).count()));
}

#[test]
fn options_lose_what_their_estimates_are_too_good() {
    let tables = [
        ("projects.csv", "project,success_probability\nA,1\nB,0.5\nC,1\n"),
        ("costs.csv", "project,line,2027,2028\nA,capex,100,0\nB,capex,50,50\n"),
        ("benefits.csv", "project,kind,2027,2028\nA,x,0,300\nB,x,200,0\nC,x,7,0\n"),
        ("uncertainty.csv", "project,quantity,distribution,low,high\nA,benefit,uniform,0.4,1.6\n"),
    ];
    let loaded = loaded(
        &tables,
        "discount_rate = 0.25\noptions = 2\n[simulation]\ntrials = 10000\nprior_sd = { benefit = 0.5 }\n",
    );
    let shrinkage = answers(&loaded).shrinkage.unwrap();
    assert_eq!(
        (shrinkage.mean, shrinkage.as_planned),
        (2.0, 1),
        "of A and B: 300 + 100 for 200; C costs nothing"
    );
    let (number, all) = &shrinkage.options[0];
    assert_eq!((*number, all.projects.len()), (1, 3));
    // A brings 3 per unit of cost; errors of a uniform factor from 0.4 to 1.6 have the variance 1.2² / 12.
    let noise = 9.0 * 1.44 / 12.0;
    let weight = 1.0 / (1.0 + noise);
    let shrunk = 3.0 * weight + 2.0 * (1.0 - weight);
    let lost = (1.0 - shrunk / 3.0) * 300.0 / 1.25;
    let first = all.projects[0];
    assert!((first.estimate.unwrap().weight - weight).abs() < 1e-3, "{first:?}");
    assert!((first.npv - first.npv_shrunk - lost).abs() < 0.1, "{first:?}, not {lost}");
    // Whether B succeeds is no error of its estimate, and C has no cost.
    assert_eq!(all.projects[1].estimate.unwrap().weight, 1.0);
    assert!(all.projects[2].estimate.is_none());
    assert!((all.npv - all.npv_shrunk - lost).abs() < 0.1 && shrinkage.best() == Some(1));
}
