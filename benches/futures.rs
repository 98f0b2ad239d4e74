//! Decisions in simulated futures: 120 projects by CVaR, by cuts and by the linear formulation with a row per future, and
//! under chance limits. Prints one table; each row is solved once.
//!
//! `cargo bench --bench futures`

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use cutline::domain::{
    Choice, Goal, InFutures, Measure, PaymentIx, PeriodIx, Portfolio, ProjectIx, Scenario, Selection,
    SelectionSettings, Sense, SimulationSettings, Solver, Total,
};
use cutline::finance::{Futures, Valuation};
use cutline::input::{Files, LoadedBatch, read_batch};
use cutline::optimise::{
    Column, ColumnIx, Model, Program, Row, ScenarioModel, find_options, hold_confidence, solve_program,
};
use cutline::progress::CancelToken;
use cutline::simulate::futures_for_decisions;
use cutline::units::Share;

/// Seconds that each solve is allowed.
const TIME_LIMIT: f64 = 900.0;

type Failed = Box<dyn Error>;

fn load(limits: &str) -> Result<LoadedBatch, Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/meridian");
    let mut files = Files::default();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(name) =
            path.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".csv"))
        {
            files.insert(name.to_owned(), std::fs::read(&path)?);
        }
    }
    let batch = format!(
        "[batch]\nportfolio = \"meridian\"\nseed = 20270101\ndiscount_rate = 0.06\nmaximise = \"npv\"\noptions = 1\ngap = 0.001\n\
         time_limit = {TIME_LIMIT}\n[simulation]\ntail = 0.05\n{limits}\n[[scenario]]\nname = \"base\"\nmin_fraction = 1\n"
    );
    read_batch("b.toml", batch.as_bytes(), |_| Ok(files.clone()))
        .map_err(|found| found.iter().map(|one| format!("{one}\n")).collect::<String>().into())
}

fn drawn(loaded: &LoadedBatch, decision_trials: usize) -> Result<Arc<Futures>, Failed> {
    let settings = SimulationSettings { decision_trials, ..loaded.batch.simulation().clone() };
    Ok(Arc::new(futures_for_decisions(&loaded.portfolio, &settings, &CancelToken::new())?))
}

fn scenario(loaded: &LoadedBatch, measure: Measure) -> Result<Scenario, Failed> {
    let own = loaded.batch.scenarios().first().ok_or("no scenario")?;
    Ok(Scenario { goal: Goal::Single { sense: Sense::Maximise, measure }, ..own.clone() })
}

fn row(name: &str, seconds: f64, figures: (f64, f64), status: &str, cuts: usize) {
    let (objective, bound) = figures;
    let gap = 100.0 * (bound - objective).abs() / objective.abs();
    println!("{name:<44} {seconds:>9.2} {objective:>16.0} {bound:>16.0} {gap:>8.4} {cuts:>5} {status}");
}

/// One solve with all that comes before it, but for the draw of the futures.
fn solved(name: &str, loaded: &LoadedBatch, measure: Measure, futures: &Arc<Futures>) -> Result<(), Failed> {
    let scenario = scenario(loaded, measure)?;
    let settings = loaded.batch.selection();
    let started = Instant::now();
    let valuation = Valuation::new(&loaded.portfolio, &scenario).in_futures(Arc::clone(futures));
    let valuation = hold_confidence(valuation, settings, &CancelToken::new())?;
    let found = find_options(&mut ScenarioModel::new(&valuation), settings, &CancelToken::new())?;
    let seconds = started.elapsed().as_secs_f64();
    let first = found.options.first().ok_or("nothing found")?;
    let cuts = valuation.distance_cuts().count() + valuation.cuts().count();
    row(name, seconds, (first.objective, first.bound), first.status.as_str(), cuts);
    Ok(())
}

/// Maximise η − Σ z / k with z ≥ η − NPV in each future (Rockafellar and Uryasev 2000), by HiGHS.
fn extensive(name: &str, loaded: &LoadedBatch, futures: &Arc<Futures>) -> Result<(), Failed> {
    let scenario = scenario(loaded, Measure::Npv)?;
    let valuation = Valuation::new(&loaded.portfolio, &scenario).in_futures(Arc::clone(futures));
    let started = Instant::now();
    let model = Model::new(&ScenarioModel::new(&valuation));
    let mut program = Program::default();
    for (_, column) in &model.columns {
        program.columns.push(Column { objective: 0.0, ..*column });
    }
    for (_, row) in &model.rows {
        program.rows.push(row.clone());
    }
    let starts = starts(&loaded.portfolio, &valuation, &model)?;
    let size: f64 = starts.iter().flat_map(|(_, npv)| npv.first().map(|npv| npv.abs())).sum::<f64>() * 4.0;
    let (eta, tail) = (program.columns.next_position(), futures.tail() as f64);
    // In units of the size, so that columns are alike.
    program.columns.push(Column { lower: -1.0, upper: 1.0, is_integer: false, objective: size });
    for trial in 0..futures.trials() {
        let beyond = program.columns.next_position();
        program.columns.push(Column { lower: 0.0, upper: 2.0, is_integer: false, objective: -size / tail });
        let own = starts.iter().map(|(column, npv)| (*column, npv[trial] / size));
        program.rows.push(Row::new(own.chain([(eta, -1.0), (beyond, 1.0)]), 0.0, f64::INFINITY));
    }
    let settings = SelectionSettings { solver: Solver::Highs, ..*loaded.batch.selection() };
    let found = solve_program(&program, 1, &settings, &CancelToken::new())?;
    let seconds = started.elapsed().as_secs_f64();
    match found.solutions.first() {
        Some(first) => row(name, seconds, (first.objective, first.bound), first.status.as_str(), 0),
        None => println!("{name:<44} {seconds:>9.2} {}", found.status.as_str()),
    }
    Ok(())
}

/// The columns of starts, each with its NPV in each future.
fn starts(
    portfolio: &Portfolio,
    valuation: &Valuation,
    model: &Model,
) -> Result<Vec<(ColumnIx, Vec<f64>)>, Failed> {
    let mut all = Vec::new();
    for project in portfolio.projects().positions() {
        for plan in valuation.plans(project).iter().filter(|plan| plan.payment == PaymentIx::default()) {
            let alone = alone(project, plan.start);
            let values = model.values_of(valuation, &alone);
            let is_start = |(place, (name, _)): &(usize, &(String, Column))| {
                name.starts_with("x[") && values.get(*place) == Some(&1.0)
            };
            let Some((place, _)) = model.columns.iter().enumerate().find(is_start) else { continue };
            let npv =
                valuation.total_in_trials(Total::Npv, valuation.parts_of(&alone)).ok_or("no futures")?;
            all.push((ColumnIx::new(place), npv.values().to_vec()));
        }
    }
    Ok(all)
}

fn alone(project: ProjectIx, start: PeriodIx) -> Selection {
    Selection::new([Choice { project, start, share: Share::ONE, payment: PaymentIx::default() }])
}

fn main() -> Result<(), Failed> {
    let over = |statistic| Measure::Simulated(Total::Npv, statistic);
    println!(
        "{:<44} {:>9} {:>16} {:>16} {:>8} {:>5}",
        "120 projects x 5 periods, gap 0.1 %", "seconds", "objective", "bound", "gap %", "cuts"
    );
    let loaded = load("")?;
    let (thousand, many) = (drawn(&loaded, 1_000)?, drawn(&loaded, 10_000)?);
    solved("npv as planned (risk-neutral)", &loaded, Measure::Npv, &thousand)?;
    solved("npv.mean, 1,000 futures", &loaded, over(InFutures::Mean), &thousand)?;
    solved("npv.cvar, 1,000 futures, by cuts", &loaded, over(InFutures::Cvar), &thousand)?;
    solved("npv.mean, 10,000 futures", &loaded, over(InFutures::Mean), &many)?;
    solved("npv.cvar, 10,000 futures, by cuts", &loaded, over(InFutures::Cvar), &many)?;
    let limit = |risk: &str| {
        format!("[[limit]]\nname = \"safe\"\nmeasure = \"line.capex\"\nconfidence = 0.9\n{risk}\n")
    };
    for (name, risk) in [
        ("capex in each period, 90 %, CVaR", "risk = \"cvar\""),
        ("capex in each period, 90 %, chance", "risk = \"chance\""),
        ("capex in all periods, 90 %, chance", "risk = \"chance\"\njoint = true"),
    ] {
        let loaded = load(&limit(risk))?;
        let futures = drawn(&loaded, 1_000)?;
        solved(name, &loaded, Measure::Npv, &futures)?;
    }
    extensive("npv.cvar, 1,000 futures, a row each, HiGHS", &loaded, &thousand)
}
