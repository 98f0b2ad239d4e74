//! The stages of a batch.

use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::domain::{Batch, Portfolio, Scenario, Selection};
use crate::finance::Valuation;
use crate::optimise::{
    OptimiseError, PlaceAnswers, ScenarioOptions, ScenarioStatus, cross_check, explain_conflict,
    explain_decisions, find_frontier, find_options, shadow_prices,
};
use crate::progress::{CancelToken, Progress, ScenarioDone, Stage};
use crate::rank::rank;
use crate::simulate::{OptionRisk, Samples, evaluate};

use super::result::{BatchResult, FrontierOutcome, Reasons, ScenarioOutcome, ScenarioResult, Timings};

/// What selecting gave for one scenario.
enum Selected {
    Found(Found),
    NotRun,
    Failed(String),
}

impl Selected {
    /// How it is told.
    const fn word(&self) -> &'static str {
        match self {
            Self::Found(found) => found.options.status.as_str(),
            Self::NotRun => "not run",
            Self::Failed(_) => "failed",
        }
    }
}

/// What was found for one scenario.
struct Found {
    options: ScenarioOptions,
    time: Duration,
    frontier: Option<FrontierOutcome>,
    reasons: Box<Reasons>,
    cross_check: Option<Vec<PlaceAnswers>>,
}

/// Runs a batch on the current rayon pool. The result does not depend on the number of threads.
///
/// A request to stop keeps what is finished: scenarios whose options are found are still simulated, unless
/// `cancel` was first asked during the simulation, whose results are then left out.
pub fn run(
    portfolio: &Portfolio,
    batch: &Batch,
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> BatchResult {
    let (selected, select) = timed(|| select(portfolio, batch, progress, cancel));
    let stopped = cancel.is_cancelled();
    // Whoever stopped the selection still wants to know the risk of what was found.
    let unasked = CancelToken::new();
    let cancel = if stopped { &unasked } else { cancel };
    let result = with_risk(portfolio, batch, (selected, select), progress, cancel);
    BatchResult { stopped: stopped || result.stopped, ..result }
}

/// Runs a batch like [`run`], but whole or not at all: `None` if a stop was asked for, as soon as can be.
pub fn run_whole(
    portfolio: &Portfolio,
    batch: &Batch,
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Option<BatchResult> {
    let selected = timed(|| select(portfolio, batch, progress, cancel));
    if cancel.is_cancelled() {
        return None;
    }
    Some(with_risk(portfolio, batch, selected, progress, cancel)).filter(|result| !result.stopped)
}

/// Simulates and ranks what was selected in some time.
fn with_risk(
    portfolio: &Portfolio,
    batch: &Batch,
    (selected, select): (Vec<Selected>, Duration),
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> BatchResult {
    let (samples, sample) = timed(|| draw(portfolio, batch, &selected, progress, cancel));
    let (scenarios, simulate) =
        timed(|| simulate_and_rank(portfolio, batch, selected, samples.as_ref(), progress, cancel));
    BatchResult { scenarios, stopped: cancel.is_cancelled(), timings: Timings { select, sample, simulate } }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let result = work();
    (result, started.elapsed())
}

fn select(
    portfolio: &Portfolio,
    batch: &Batch,
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Vec<Selected> {
    progress.begin(Stage::Select, batch.scenarios().len() as u64);
    let select_one = |(position, scenario): (usize, &Scenario)| {
        let (found, time) = timed(|| find(portfolio, batch, scenario, cancel));
        let selected = match found {
            Ok(found) => Selected::Found(found),
            Err(OptimiseError::Cancelled) => Selected::NotRun,
            Err(error) => Selected::Failed(error.to_string()),
        };
        progress.scenario_done(ScenarioDone { position, status: selected.word(), time });
        progress.advance(Stage::Select, 1);
        selected
    };
    let scenarios = batch.scenarios().par_iter().enumerate();
    let selected = scenarios.with_max_len(1).map(select_one).collect();
    progress.finish(Stage::Select);
    selected
}

/// Finds the frontier of a scenario, if the batch asks for one.
fn trace(valuation: &Valuation, batch: &Batch, cancel: &CancelToken) -> Option<FrontierOutcome> {
    let started = Instant::now();
    let found = find_frontier(valuation, batch.frontier()?, batch.selection(), cancel);
    Some(match found {
        Ok(frontier) => FrontierOutcome::Finished(frontier, started.elapsed()),
        Err(OptimiseError::Cancelled) => FrontierOutcome::NotRun,
        Err(error) => FrontierOutcome::Failed(error.to_string()),
    })
}

/// Finds the options of a scenario, or why there are none.
fn find(
    portfolio: &Portfolio,
    batch: &Batch,
    scenario: &Scenario,
    cancel: &CancelToken,
) -> Result<Found, OptimiseError> {
    let started = Instant::now();
    let valuation = Valuation::new(portfolio, scenario);
    let options = find_options(&valuation, batch.selection(), cancel)?;
    let time = started.elapsed();
    let frontier = trace(&valuation, batch, cancel);
    let reasons = Box::new(explain(&valuation, batch, &options, cancel));
    let cross_check = match batch.cross_checks() {
        true => Some(cross_check(&valuation, batch.selection(), &options, cancel)?),
        false => None,
    };
    Ok(Found { options, time, frontier, reasons, cross_check })
}

/// Explains what was found. It stands even if nobody can say why: a stop or a failure leaves reasons out.
fn explain(valuation: &Valuation, batch: &Batch, options: &ScenarioOptions, cancel: &CancelToken) -> Reasons {
    let started = Instant::now();
    let mut reasons = Reasons::default();
    if options.status == ScenarioStatus::Infeasible {
        reasons.conflict = explain_conflict(valuation, batch.selection(), cancel).ok();
    } else if !options.options.is_empty() {
        reasons.prices = shadow_prices(valuation, &options.scales, cancel).unwrap_or_default();
        if batch.explains_decisions() {
            reasons.decisions =
                explain_decisions(valuation, batch.selection(), options, cancel).ok().flatten();
        }
    }
    Reasons { time: started.elapsed(), ..reasons }
}

/// Draws the samples that all scenarios share; `None` if nothing is to be simulated, or a stop was asked for.
fn draw(
    portfolio: &Portfolio,
    batch: &Batch,
    selected: &[Selected],
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Option<Samples> {
    let needs_risk = |(scenario, selected): (&Scenario, &Selected)| {
        scenario.simulate && matches!(selected, Selected::Found(found) if !found.options.options.is_empty())
    };
    let wanted = batch.scenarios().iter().zip(selected).any(needs_risk);
    wanted.then(|| Samples::draw(portfolio, batch.simulation(), progress, cancel).ok()).flatten()
}

fn simulate_and_rank(
    portfolio: &Portfolio,
    batch: &Batch,
    selected: Vec<Selected>,
    samples: Option<&Samples>,
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Vec<ScenarioOutcome> {
    let count = |(scenario, selected): (&Scenario, &Selected)| match selected {
        Selected::Found(found) if scenario.simulate => found.options.options.len() as u64,
        _ => 0,
    };
    progress.begin(Stage::Simulate, batch.scenarios().iter().zip(&selected).map(count).sum());
    let outcome = |(scenario, selected): (&Scenario, Selected)| match selected {
        Selected::NotRun => ScenarioOutcome::NotRun,
        Selected::Failed(message) => ScenarioOutcome::Failed(message),
        Selected::Found(Found { options: found, time, frontier, reasons, cross_check }) => {
            let valuation = Valuation::new(portfolio, scenario);
            let samples = samples.filter(|_| scenario.simulate);
            let risks = samples.and_then(|samples| risks_of(samples, &valuation, &found, progress, cancel));
            ScenarioOutcome::Finished(ScenarioResult {
                status: found.status,
                options: rank(&valuation, batch.rank_by(), found.options, risks),
                scales: found.scales,
                reasons,
                select_time: time,
                frontier,
                cross_check,
            })
        }
    };
    let pairs: Vec<(&Scenario, Selected)> = batch.scenarios().iter().zip(selected).collect();
    let outcomes = pairs.into_par_iter().with_max_len(1).map(outcome).collect();
    progress.finish(Stage::Simulate);
    outcomes
}

/// The risks of a scenario's options; `None` if a stop was asked for.
fn risks_of(
    samples: &Samples,
    valuation: &Valuation,
    found: &ScenarioOptions,
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Option<Vec<OptionRisk>> {
    let selections: Vec<&Selection> = found.options.iter().map(|option| &option.selection).collect();
    evaluate(samples, valuation, &selections, progress, cancel).ok()
}
