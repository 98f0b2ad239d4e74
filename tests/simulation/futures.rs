//! Measures over the futures that decisions see: the statistics of a simulation over the same trials, closed forms, and the
//! linear formulation of the mean over the worst futures.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use cutline::domain::{
    Choice, Goal, InFutures, LineIx, Measure, PaymentIx, PeriodIx, ProjectIx, Selection, SelectionSettings,
    Sense, SimulationSettings, Solver, Total,
};
use cutline::finance::{Futures, Valuation};
use cutline::input::LoadedBatch;
use cutline::optimise::{
    Column, ColumnIx, Program, Row, ScenarioModel, SolveStatus, find_options, hold_confidence, solve_program,
};
use cutline::progress::{CancelToken, Silent};
use cutline::simulate::{Samples, evaluate, futures_for_decisions};
use cutline::units::{Money, Share};

use crate::limits::loaded;

const MEAN: fn(Total) -> Measure = |total| Measure::Simulated(total, InFutures::Mean);
const CVAR: fn(Total) -> Measure = |total| Measure::Simulated(total, InFutures::Cvar);

/// Projects that fail, may be late, share a driver and an event, and have synergies, of which some may wait.
const TABLES: [(&str, &str); 11] = [
    (
        "projects.csv",
        "project,max_delay,success_probability,value_decay\nA,1,0.8,0.1\nB,,1,\nC,2,0.6,0.2\nD,,0.9,\n",
    ),
    ("costs.csv", "project,line,2027,2028,2029\nA,x,30,10,\nB,x,20,20,20\nC,x,15,,\nD,x,25,5,\n"),
    ("benefits.csv", "project,kind,2027,2028,2029\nA,s,,40,60\nB,s,10,40,60\nC,s,,30,10\nD,s,20,20,20\n"),
    ("objectives.csv", "objective\nvalue\n"),
    ("scores.csv", "project,value\nA,10\nB,6\nC,4\nD,5\n"),
    (
        "uncertainty.csv",
        "project,quantity,distribution,low,mode,high,mean,sd\n*,cost,lognormal,,,,1.1,0.3\n\
         *,benefit,triangular,0.4,1,1.3,,\nA,delay,uniform,0,,1.6,,\nB,delay,fixed,,,,1,\n",
    ),
    ("drivers.csv", "driver,name\nprices,\n"),
    ("exposures.csv", "project,quantity,driver,loading\n*,cost,prices,0.7\nA,benefit,prices,-0.4\n"),
    ("risks.csv", "risk,name,probability\nstrike,,0.2\n"),
    (
        "impacts.csv",
        "risk,project,quantity,distribution,low,mode,high,mean\nstrike,A,cost,uniform,1.2,,1.6,\nstrike,C,delay,fixed,,,,1\n",
    ),
    ("synergies.csv", "synergy,projects,effect,amount\nboth,A;C,benefit,7\npair,B;D,cost,-3\n"),
];

fn selection(starts: &[Option<usize>]) -> Selection {
    let chosen = starts.iter().enumerate().filter_map(|(project, start)| Some((project, (*start)?)));
    Selection::new(chosen.map(|(project, start)| Choice {
        project: ProjectIx::new(project),
        start: PeriodIx::new(start),
        share: Share::ONE,
        payment: PaymentIx::default(),
    }))
}

#[test]
fn they_are_the_statistics_of_a_simulation_over_the_same_trials() {
    for sampling in ["random", "latin", "sobol"] {
        let loaded = loaded(
            &TABLES,
            &format!("[simulation]\nsampling = \"{sampling}\"\ntail = 0.07\ndecision_trials = 512\n"),
        );
        let settings = loaded.batch.simulation().of_decisions();
        let samples = Samples::draw(&loaded.portfolio, &settings, &Silent, &CancelToken::new()).unwrap();
        let valuation = Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0])
            .in_futures(Arc::new(samples.as_futures()));
        let selections = [
            selection(&[Some(0), Some(0), Some(0), Some(0)]),
            selection(&[Some(1), None, Some(2), Some(0)]),
            selection(&[None, Some(0), None, None]),
            selection(&[]),
        ];
        let all: Vec<&Selection> = selections.iter().collect();
        let risks = evaluate(&samples, &valuation, &all, &Silent, &CancelToken::new()).unwrap();
        for (selection, risk) in selections.iter().zip(risks) {
            let told = [
                (Total::StrategicValue, risk.strategic_value),
                (Total::Npv, risk.npv),
                (Total::Benefit, risk.benefit),
                (Total::Cost, risk.cost),
            ];
            for (total, summary) in told {
                for (measure, simulated) in [(MEAN(total), summary.mean), (CVAR(total), summary.cvar)] {
                    let own = valuation.total(measure, selection);
                    assert!(
                        (own - simulated.value).abs() <= 1e-9 * own.abs().max(100.0),
                        "{sampling} {measure:?}: {own}, not {}",
                        simulated.value
                    );
                }
            }
        }
    }
}

/// Of a cost with the mean factor 1.2, a benefit that comes in seven of ten futures with the mean factor 0.9, and no delay.
#[test]
fn a_mean_is_that_of_its_factors() {
    let tables = [
        ("projects.csv", "project,success_probability\nA,0.7\nB,1\n"),
        ("costs.csv", "project,line,1,2\nA,x,100,50\nB,x,10,\n"),
        ("benefits.csv", "project,kind,1,2\nA,s,,400\nB,s,20,\n"),
        (
            "uncertainty.csv",
            "project,quantity,distribution,low,high\nA,cost,uniform,0.9,1.5\nA,benefit,uniform,0.6,1.2\n",
        ),
    ];
    let loaded = loaded(&tables, "discount_rate = 0.1\n[simulation]\ndecision_trials = 20000\n");
    let futures =
        futures_for_decisions(&loaded.portfolio, loaded.batch.simulation(), &CancelToken::new()).unwrap();
    let valuation =
        Valuation::new(&loaded.portfolio, &loaded.batch.scenarios()[0]).in_futures(Arc::new(futures));
    let both = selection(&[Some(0), Some(0)]);
    let npv = 0.7 * 0.9 * 400.0 / 1.1 - 1.2 * (100.0 + 50.0 / 1.1) + 20.0 - 10.0;
    for (total, closed, slack) in [
        (Total::Npv, npv, 2.0),
        (Total::Cost, 1.2 * 150.0 + 10.0, 0.1),
        (Total::Benefit, 0.7 * 0.9 * 400.0 + 20.0, 2.0),
    ] {
        let own = valuation.total(MEAN(total), &both);
        assert!((own - closed).abs() < slack, "{total:?}: {own}, not {closed}");
        assert!(total.sign_of_worst() * (valuation.total(CVAR(total), &both) - own) > 0.0);
    }
}

const DOZEN: usize = 12;

/// Twelve projects with costs and benefits of their own, on a budget for less than half of them.
fn dozen() -> LoadedBatch {
    let (mut projects, mut costs, mut benefits) =
        ("project\n".to_owned(), "project,line,1\n".to_owned(), "project,kind,1\n".to_owned());
    for number in 0..DOZEN {
        projects += &format!("P{number:02}\n");
        costs += &format!("P{number:02},x,{}\n", 20 + (number * 37) % 50);
        benefits += &format!("P{number:02},s,{}\n", 45 + (number * 53) % 80);
    }
    let tables = [
        ("projects.csv", projects.as_str()),
        ("costs.csv", &costs),
        ("benefits.csv", &benefits),
        ("budgets.csv", "line,1\nx,230\n"),
        (
            "uncertainty.csv",
            "project,quantity,distribution,mean,sd\n*,cost,lognormal,1.1,0.25\n*,benefit,lognormal,1,0.5\n",
        ),
        ("drivers.csv", "driver\nmarket\n"),
        ("exposures.csv", "project,quantity,driver,loading\n*,benefit,market,0.6\n"),
    ];
    loaded(&tables, "")
}

/// Maximise η − Σ z / k with z ≥ η − NPV in each future (Rockafellar and Uryasev 2000), one column and one row per future.
#[test]
fn cuts_find_what_the_linear_formulation_finds() {
    let loaded = dozen();
    let settings = loaded.batch.simulation().clone();
    let settings = SimulationSettings { decision_trials: 120, tail: 0.1, ..settings };
    let futures = Arc::new(futures_for_decisions(&loaded.portfolio, &settings, &CancelToken::new()).unwrap());
    let mut scenario = loaded.batch.scenarios()[0].clone();
    scenario.options = 1;
    scenario.goal = Goal::Single { sense: Sense::Maximise, measure: CVAR(Total::Npv) };
    let exact = SelectionSettings { gap: 0.0, solver: Solver::Highs, ..*loaded.batch.selection() };
    let valuation = Valuation::new(&loaded.portfolio, &scenario).in_futures(Arc::clone(&futures));
    let own = hold_confidence(valuation.clone(), &exact, &CancelToken::new()).unwrap();
    let found = find_options(&mut ScenarioModel::new(&own), &exact, &CancelToken::new()).unwrap();
    assert_eq!(found.status, SolveStatus::Optimal);
    let program = extensive(&valuation, &futures);
    let whole = solve_program(&program, 1, &exact, &CancelToken::new()).unwrap();
    let (by_cuts, by_rows) = (found.options[0].objective, whole.solutions[0].objective);
    assert!((by_cuts - by_rows).abs() <= 1e-5 * by_rows.abs(), "{by_cuts}, not {by_rows}");
    assert!(own.distance_cuts().count() < 40, "{} cuts", own.distance_cuts().count());
}

fn extensive(valuation: &Valuation, futures: &Futures) -> Program {
    let (portfolio, trials) = (valuation.portfolio(), futures.trials());
    let alone = |project: usize| {
        let mut starts = vec![None; DOZEN];
        starts[project] = Some(0);
        selection(&starts)
    };
    let npv = |project: usize, trial: usize| {
        let factors = futures.totals(ProjectIx::new(project));
        let one = alone(project);
        valuation.total(Measure::Benefit, &one) * factors.benefit.whole.in_trial(trial)
            - valuation.total(Measure::Cost, &one) * factors.cost.whole.in_trial(trial)
    };
    let binary = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 0.0 };
    let size = 2000.0;
    let mut program = Program::default();
    (0..DOZEN).for_each(|_| program.columns.push(binary));
    program.columns.push(Column { lower: -size, upper: size, is_integer: false, objective: 1.0 });
    let share = -1.0 / futures.tail() as f64;
    let beyond = Column { lower: 0.0, upper: 2.0 * size, is_integer: false, objective: share };
    (0..trials).for_each(|_| program.columns.push(beyond));
    let eta = ColumnIx::new(DOZEN);
    for trial in 0..trials {
        let own = (0..DOZEN).map(|project| (ColumnIx::new(project), npv(project, trial)));
        let terms = own.chain([(eta, -1.0), (ColumnIx::new(DOZEN + 1 + trial), 1.0)]);
        program.rows.push(Row::new(terms, 0.0, f64::INFINITY));
    }
    let cost = |project: usize| valuation.total(Measure::Cost, &alone(project));
    let spend = (0..DOZEN).map(|project| (ColumnIx::new(project), cost(project)));
    let budget = valuation.scenario().limits.lines[LineIx::new(0)].as_ref().unwrap()[PeriodIx::new(0)];
    program.rows.push(Row::new(spend, f64::NEG_INFINITY, budget.value()));
    assert_eq!(portfolio.projects().len(), DOZEN);
    program
}

/// The case of a CVaR study of LOGOS (Idaho National Laboratory, `test_cvar_mckp_scenario.xml`, after Zhong and Young 2010):
/// one option of each investment under a capital that is 5, 10 or 15 thousand million, with probabilities of 0.2, 0.6 and 0.2.
/// It chooses anew in each of the three, so that its expected value, without aversion to risk, is that of three scenarios.
#[test]
fn the_expected_value_of_a_published_study() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/logos/test_cvar_mckp_scenario.xml");
    let Ok(text) = fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return;
    };
    let between = |from: &str, to: &str| {
        let rest = text.split_once(from).unwrap().1;
        rest.split_once('>').unwrap().1.split_once(to).unwrap().0.to_owned()
    };
    let numbers = |name: &str| -> Vec<f64> {
        between(&format!("<{name} index='options'"), "</")
            .split_whitespace()
            .map(|one| one.parse().unwrap())
            .collect()
    };
    let (worth, costs) = (numbers("net_present_values"), numbers("costs"));
    let options: Vec<usize> = between("<options index='investments'", "</")
        .split(';')
        .map(|one| one.split(',').filter(|number| !number.trim().is_empty()).count())
        .collect();
    let of_option =
        options.iter().enumerate().flat_map(|(investment, &count)| (0..count).map(move |_| investment));
    let (mut projects, mut spend) =
        ("project,alternatives,worth\n".to_owned(), "project,line,1\n".to_owned());
    let mut rows = 0;
    for ((investment, worth), cost) in of_option.zip(&worth).zip(&costs) {
        projects += &format!("O{rows:02},I{investment},{worth}\n");
        spend += &format!("O{rows:02},capital,{cost}\n");
        rows += 1;
    }
    assert_eq!((rows, worth.len(), costs.len()), (28, 28, 28));
    let tables = [
        ("projects.csv", projects.as_str()),
        ("costs.csv", &spend),
        ("budgets.csv", "line,1\ncapital,15e9\n"),
    ];
    let loaded = loaded(&tables, "");
    let own = &loaded.batch.scenarios()[0];
    let measure = Measure::named("attribute.worth", &loaded.portfolio).unwrap();
    let best = |capital: f64| {
        let mut scenario = own.clone();
        (scenario.options, scenario.goal) = (1, Goal::Single { sense: Sense::Maximise, measure });
        scenario.limits.lines[LineIx::new(0)] = Some(vec![Money::new(capital)].into());
        let valuation = Valuation::new(&loaded.portfolio, &scenario);
        let exact = SelectionSettings { gap: 0.0, ..*loaded.batch.selection() };
        find_options(&mut ScenarioModel::new(&valuation), &exact, &CancelToken::new()).unwrap().options[0]
            .objective
    };
    let found = [5e9, 10e9, 15e9].map(best);
    for (found, published) in found.iter().zip([53.865, 59.488, 59.826]) {
        assert!((found - published).abs() < 1e-9, "{found}, not {published}");
    }
    assert!((0.2 * found[0] + 0.6 * found[1] + 0.2 * found[2] - 58.4310).abs() < 1e-4);
}
