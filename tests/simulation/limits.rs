//! Limits and comparisons trial by trial: money that is carried over, and sums that differ by rounding alone.

use cutline::domain::{Choice, LineIx, Measure, PeriodIx, Portfolio, ProjectIx, Quantity, Selection};
use cutline::finance::Valuation;
use cutline::input::{Files, LoadedBatch, read_batch};
use cutline::progress::{CancelToken, Silent};
use cutline::simulate::{Estimate, OptionRisk, Samples, evaluate};
use cutline::units::Share;
use proptest::prelude::*;

/// A batch over tables, with what comes after `[batch]`'s portfolio.
pub fn loaded(tables: &[(&str, &str)], rest: &str) -> LoadedBatch {
    let files: Files =
        tables.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let batch =
        format!("[batch]\nportfolio = \"here\"\nmaximise = \"npv\"\n{rest}\n[[scenario]]\nname = \"s\"\n");
    read_batch("batch.toml", batch.as_bytes(), |_| Ok(files)).unwrap_or_else(|found| panic!("{found:?}"))
}

pub fn samples(loaded: &LoadedBatch) -> Samples {
    Samples::draw(&loaded.portfolio, loaded.batch.simulation(), &Silent, &CancelToken::new()).unwrap()
}

/// Whole projects, started as planned.
pub fn option(portfolio: &Portfolio, projects: &[&str]) -> Selection {
    Selection::new(projects.iter().map(|id| {
        let project = portfolio.project_position(id).unwrap();
        Choice {
            project,
            start: portfolio.projects()[project].start,
            share: Share::ONE,
            payment: Default::default(),
        }
    }))
}

fn risks(loaded: &LoadedBatch, options: &[&[&str]]) -> Vec<OptionRisk> {
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let options: Vec<Selection> =
        options.iter().map(|projects| option(&loaded.portfolio, projects)).collect();
    let options: Vec<&Selection> = options.iter().collect();
    evaluate(&samples(loaded), &valuation, &options, &Silent, &CancelToken::new()).unwrap()
}

fn exactly(value: f64) -> Estimate {
    Estimate { value, error: 0.0 }
}

#[test]
fn what_a_certain_plan_carries_over_is_there_to_be_spent() {
    for (carry_over, over, mean_over) in [(1.0, 0.0, 0.0), (0.9, 1.0, 2.5)] {
        let budgets = format!("line,carry_over,M1,M2\nbooks,{carry_over},50,50\n");
        let tables = [
            ("projects.csv", "project\nP1\n"),
            ("costs.csv", "project,line,M1,M2\nP1,books,25,75\n"),
            ("budgets.csv", &budgets),
        ];
        let risk = &risks(&loaded(&tables, ""), &[&["P1"]])[0];
        let [first, second] = [0, 1].map(|period| risk.lines[LineIx::new(0)][PeriodIx::new(period)].clone());
        assert_eq!((first.over, first.mean_over), (Some(exactly(0.0)), Some(exactly(0.0))));
        assert_eq!((second.over, second.mean_over), (Some(exactly(over)), Some(exactly(mean_over))));
        assert_eq!(risk.over_budget, Some(exactly(over)));
    }
}

#[test]
fn room_for_overruns_is_not_there_to_be_spent() {
    let tables = [
        ("projects.csv", "project\nP1\n"),
        ("costs.csv", "project,line,M1,M2\nP1,books,60,60\n"),
        ("budgets.csv", "line,carry_over,overrun_limit,overrun_price,M1,M2\nbooks,1,20,0,50,61\n"),
    ];
    let risk = &risks(&loaded(&tables, ""), &[&["P1"]])[0];
    let [first, second] = [0, 1].map(|period| risk.lines[LineIx::new(0)][PeriodIx::new(period)].clone());
    assert_eq!((first.over, first.mean_over), (Some(exactly(1.0)), Some(exactly(10.0))));
    // Nor does what was overrun have to be paid back.
    assert_eq!((second.over, second.mean_over), (Some(exactly(0.0)), Some(exactly(0.0))));
}

/// Shares of trials, and mean excesses, as they follow from the draws one by one.
#[derive(Debug, Default)]
struct Counted {
    /// Per period.
    over: Vec<f64>,
    mean_over: Vec<f64>,
    /// Per trial.
    any: Vec<bool>,
}

/// Counts in which trials the spend exceeds a budget. `spend` tells the spend of a trial in a period.
fn count(trials: usize, budget: &[f64], carry_over: f64, spend: impl Fn(usize, usize) -> f64) -> Counted {
    let mut counted = Counted {
        over: vec![0.0; budget.len()],
        mean_over: vec![0.0; budget.len()],
        any: vec![false; trials],
    };
    for trial in 0..trials {
        let mut carried = 0.0;
        for (period, budget) in budget.iter().enumerate() {
            let unspent = budget + carried - spend(trial, period);
            if unspent < -1e-6 {
                counted.over[period] += 1.0 / trials as f64;
                counted.mean_over[period] -= unspent / trials as f64;
                counted.any[trial] = true;
            }
            carried = carry_over * unspent.max(0.0);
        }
    }
    counted
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_trial_has_its_own_account(
        costs in prop::collection::vec(0..90_u32, 16),
        budgets in prop::collection::vec(40..120_u32, 12),
        shares in prop::collection::vec(prop::sample::select(vec![0.0, 0.25, 1.0]), 3),
        certain in any::<bool>(),
    ) {
        const PERIODS: usize = 4;
        // Two projects on two lines: A is certain or not, B never is.
        let row = |name: &str, numbers: &[u32]| {
            let cells = numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
            format!("{name},{cells}\n")
        };
        let rows: Vec<&[u32]> = costs.chunks(PERIODS).collect();
        let mut text = "project,line,1,2,3,4\n".to_owned();
        for (name, row_of) in ["A,x", "A,y", "B,x", "B,y"].iter().zip(&rows) {
            text += &row(name, row_of);
        }
        let limits: Vec<Vec<f64>> =
            budgets.chunks(PERIODS).map(|row| row.iter().map(|&sum| f64::from(sum)).collect()).collect();
        let mut budget_text = "line,carry_over,1,2,3,4\n".to_owned();
        for ((name, share), row_of) in ["x", "y", "*"].iter().zip(&shares).zip(budgets.chunks(PERIODS)) {
            budget_text += &row(&format!("{name},{share}"), row_of);
        }
        let uncertainty = if certain { "B,cost,uniform,0.4,1.6\n" } else { "*,cost,uniform,0.4,1.6\n" };
        let uncertainty = format!("project,quantity,distribution,low,high\n{uncertainty}");
        let tables = [
            ("projects.csv", "project\nA\nB\n"),
            ("costs.csv", text.as_str()),
            ("budgets.csv", &budget_text),
            ("uncertainty.csv", &uncertainty),
        ];
        let loaded = loaded(&tables, "[simulation]\ntrials = 300\n");
        // Options that share what they spend with others.
        let risks = risks(&loaded, &[&["A", "B"], &["A"], &["B"], &["A", "B"]]);
        let samples = samples(&loaded);
        let factors = [0, 1].map(|project| samples.factors(ProjectIx::new(project), Quantity::Cost));
        for (risk, chosen) in risks.iter().zip([&[0, 1][..], &[0], &[1], &[0, 1]]) {
            let spend = |line: usize, trial: usize, period: usize| {
                let of = |&project: &usize| factors[project][trial] * f64::from(rows[2 * project + line][period]);
                chosen.iter().map(of).sum::<f64>()
            };
            let expected = [
                count(300, &limits[0], shares[0], |trial, period| spend(0, trial, period)),
                count(300, &limits[1], shares[1], |trial, period| spend(1, trial, period)),
                count(300, &limits[2], shares[2], |trial, period| {
                    spend(0, trial, period) + spend(1, trial, period)
                }),
            ];
            let told = [&risk.lines[LineIx::new(0)], &risk.lines[LineIx::new(1)], risk.all_lines.as_ref().unwrap()];
            for (told, expected) in told.iter().zip(&expected) {
                for (period, told) in told.iter().enumerate() {
                    let (over, mean_over) = (told.over.unwrap().value, told.mean_over.unwrap().value);
                    prop_assert!((over - expected.over[period]).abs() < 1e-9, "{period}: {over} {expected:?}");
                    prop_assert!((mean_over - expected.mean_over[period]).abs() < 1e-9, "{period}: {mean_over}");
                }
            }
            let any = (0..300).filter(|&trial| expected.iter().any(|one| one.any[trial])).count();
            prop_assert!((risk.over_budget.unwrap().value - any as f64 / 300.0).abs() < 1e-9);
        }
    }
}

/// Amounts as people type them in a currency unit, and in its thousandths or millions.
const UNITS: [&str; 3] = ["e0", "e-3", "e6"];

#[test]
fn a_break_even_is_no_loss_in_any_trial() {
    for unit in UNITS {
        let costs = format!(
            "project,line,1\nZERO,a,0.3{unit}\nSPLIT,a,0.1{unit}\nSPLIT,b,0.2{unit}\nFLOW,a,-0.1{unit}\nFLOW,b,0.3{unit}\nFLOW,c,-0.2{unit}\n"
        );
        let benefits = format!("project,kind,1\nZERO,x,0.1{unit}\nZERO,y,0.2{unit}\nSPLIT,x,0.3{unit}\n");
        let tables = [
            ("projects.csv", "project,success_probability\nZERO,0.7\nSPLIT,\nFLOW,\n"),
            ("costs.csv", costs.as_str()),
            ("benefits.csv", &benefits),
        ];
        let loaded = loaded(&tables, "[simulation]\ntrials = 1000\n");
        let risks = risks(&loaded, &[&["ZERO"], &["SPLIT"], &["FLOW"]]);
        // A loss is what fails, and nothing else.
        let failures =
            samples(&loaded).successes(ProjectIx::new(2)).iter().filter(|&&success| success == 0.0).count();
        assert!((200..400).contains(&failures));
        assert!((risks[0].loss.value - failures as f64 / 1000.0).abs() < 1e-12, "{:?}", risks[0].loss);
        assert_eq!([risks[1].loss, risks[2].loss], [exactly(0.0); 2]);
    }
}

#[test]
fn a_small_loss_is_one() {
    let tables = [
        ("projects.csv", "project\nA\nB\n"),
        ("costs.csv", "project,line,1\nA,x,1000000000.01\nB,x,0.00000000031\n"),
        ("benefits.csv", "project,1\nA,1000000000\nB,0.0000000003\n"),
    ];
    for risk in risks(&loaded(&tables, ""), &[&["A"], &["B"]]) {
        assert_eq!(risk.loss, exactly(1.0));
    }
}

#[test]
fn spend_that_fits_on_paper_fits_in_every_trial() {
    for unit in UNITS {
        let costs = format!("project,line,1\nA,x,0.1{unit}\nB,x,0.7{unit}\nC,x,1{unit}\n");
        let budgets = format!("line,1\nx,0.8{unit}\n*,0.8{unit}\n");
        let demands = format!("project,resource,1\nA,crew,0.1{unit}\nB,crew,0.7{unit}\n");
        let capacities = format!("resource,1\ncrew,0.8{unit}\n");
        let tables = [
            ("projects.csv", "project\nA\nB\nC\n"),
            ("costs.csv", costs.as_str()),
            ("budgets.csv", &budgets),
            ("demands.csv", &demands),
            ("capacities.csv", &capacities),
            // As planned or nothing: whenever both come, they fill the budget.
            ("uncertainty.csv", "project,quantity,distribution,low,high,mean\nA,cost,bernoulli,0,1,0.5\n"),
        ];
        let risk = &risks(&loaded(&tables, "[simulation]\ntrials = 200\n"), &[&["A", "B"]])[0];
        assert_eq!(risk.over_budget.unwrap().value, 0.0, "{unit}");
        assert_eq!(risk.lines[LineIx::new(0)][PeriodIx::new(0)].mean_over.unwrap().value, 0.0, "{unit}");
        assert_eq!(risk.over_capacity, Some(exactly(0.0)), "{unit}");
    }
}

#[test]
fn options_worth_the_same_on_paper_share_every_trial() {
    for unit in UNITS {
        let benefits = format!("project,1\nA,0.1{unit}\nB,0.2{unit}\nC,0.3{unit}\nD,0.05{unit}\n");
        let tables = [
            ("projects.csv", "project\nA\nB\nC\nD\n"),
            ("benefits.csv", benefits.as_str()),
            ("uncertainty.csv", "project,quantity,distribution,low,high\n*,benefit,uniform,0.4,1.6\n"),
            ("drivers.csv", "driver\nmarket\n"),
            // All follow the market to the last digit: A and B together are worth what C is in every trial.
            ("exposures.csv", "project,quantity,driver,loading\n*,benefit,market,1\n"),
        ];
        let loaded = loaded(&tables, "[simulation]\ntrials = 500\n");
        let risks = risks(&loaded, &[&["A", "B"], &["C"], &["D"]]);
        let best: Vec<f64> = risks.iter().map(|risk| risk.best.value).collect();
        assert_eq!(best, [0.5, 0.5, 0.0], "{unit}");
    }
}

#[test]
fn a_break_even_is_told_as_nothing() {
    let tables = [
        ("projects.csv", "project\nA\nB\n"),
        ("costs.csv", "project,line,1\nA,x,0.3\nB,x,0.1\nB,y,0.2\n"),
        ("benefits.csv", "project,kind,1\nA,x,0.1\nA,y,0.2\nB,x,0.3\n"),
    ];
    let loaded = loaded(&tables, "");
    for risk in risks(&loaded, &[&["A"], &["B"], &["A", "B"]]) {
        assert_eq!([risk.npv.mean, risk.npv.p10, risk.npv.cvar], [exactly(0.0); 3]);
    }
    let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]);
    let selection = option(&loaded.portfolio, &["B"]);
    let npv = valuation.total(Measure::Npv, &selection);
    assert!(npv != 0.0 && npv.abs() <= valuation.rounding_of(Measure::Npv, &selection), "{npv}");
}
