//! The stages of a batch: options are found, simulated and ranked; then the one that is ranked first is explained.
//!
//! Each stage values a scenario anew, which takes a thousandth of a solve: all valuations together would not fit in
//! memory for large batches.

use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::domain::{
    Batch, Detailed, Goal, Measure, Portfolio, RankBy, Scenario, Selection, Sense, SimulationSettings,
    not_covered_by_portfolios,
};
use crate::finance::{Holding, Valuation};
use crate::optimise::{
    Baseline, Decisions, ItemRoom, OptimiseError, PlaceAnswers, Priority, ReasonsLimit, RoomQuestion,
    ScenarioModel, ScenarioOptions, SolveStatus, WeightRange, cross_check, cut_line, explain_conflict,
    explain_decisions, find_frontier_in_futures, find_non_dominated, find_options, find_priorities,
    find_room, find_weight_ranges, hold_priorities, shadow_prices,
};
use crate::progress::{BestOption, CancelToken, Progress, ScenarioDone, Stage};
use crate::rank::{RankedOption, rank};
use crate::simulate::{Samples, compare_with_next, evaluate_by, reserves};

use super::answering::add_risk_answers;
use super::attribution::add_attribution;
use super::confidence::{self, held_risks};
use super::precision::{self, Simulated};
use super::result::{
    BaselineResult, BatchResult, FrontierOutcome, FrontierResult, Precision, Reasons, RobustOutcome,
    RobustResult, RunOutcome, ScenarioOutcome, ScenarioResult, Timings,
};
use super::risk_answers::RiskAnswers;

/// Outcome of the selection for one scenario.
type Selected = RunOutcome<Found>;

/// Results of one scenario before simulation.
struct Found {
    options: ScenarioOptions,
    /// What is held of limits with priorities, and of those with a confidence.
    held: Holding,
    time: Duration,
    baseline: Option<Baseline>,
    frontier: Option<FrontierOutcome>,
    robust: Option<RobustOutcome>,
    weight_ranges: Option<RunOutcome<Vec<WeightRange>>>,
    reasons: Box<Reasons>,
    cross_check: Option<Vec<PlaceAnswers>>,
}

impl Found {
    /// The selections to simulate: options, and the cut line, which a scenario without any option may have, too.
    fn simulated(&self) -> impl Iterator<Item = &Selection> {
        let options = self.options.options.iter().map(|option| &option.selection);
        options.chain(self.baseline.as_ref().map(|baseline| &baseline.selection))
    }
}

/// Runs a batch on the current rayon pool. The result does not depend on the number of threads.
///
/// A request to stop keeps what is finished: scenarios whose options are found are still simulated, unless
/// `cancel` was first asked during the simulation, whose results are then left out. Decisions that were not explained
/// by then stay so.
pub fn run(
    portfolio: &Portfolio,
    batch: &Batch,
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> BatchResult {
    let (selected, select) = timed(|| select(portfolio, batch, progress, cancel));
    // A stop during the selection still leaves the options found worth simulating.
    let unasked = CancelToken::new();
    let simulation = if cancel.is_cancelled() { &unasked } else { cancel };
    let (ranked, timings) = with_risk(portfolio, batch, selected, progress, simulation);
    with_reasons(portfolio, batch, (ranked, Timings { select, ..timings }), progress, cancel)
}

/// Runs a batch like [`run`], but whole or not at all: `None` if a stop was asked for, as soon as can be.
pub fn run_whole(
    portfolio: &Portfolio,
    batch: &Batch,
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Option<BatchResult> {
    let (selected, select) = timed(|| select(portfolio, batch, progress, cancel));
    if cancel.is_cancelled() {
        return None;
    }
    let (ranked, timings) = with_risk(portfolio, batch, selected, progress, cancel);
    if cancel.is_cancelled() {
        return None;
    }
    let ranked = (ranked, Timings { select, ..timings });
    Some(with_reasons(portfolio, batch, ranked, progress, cancel)).filter(|result| !result.stopped)
}

/// A scenario whose options are ranked, with what its decisions are explained by; `None` where there is nothing to
/// explain.
type Ranked = (ScenarioOutcome, Option<(ScenarioOptions, Holding)>);

/// Scenarios whose options are ranked, with the precision that was reached, if one was asked for.
type RankedAll = (Vec<Ranked>, Option<Precision>);

/// Simulates and ranks the options found.
fn with_risk(
    portfolio: &Portfolio,
    batch: &Batch,
    selected: Vec<Selected>,
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> (RankedAll, Timings) {
    let ((samples, precision), sample) = timed(|| draw(portfolio, batch, &selected, progress, cancel));
    let (mut ranked, simulate) =
        timed(|| simulate_and_rank(portfolio, batch, selected, samples.as_ref(), progress, cancel));
    let mut outcomes: Vec<&mut ScenarioOutcome> = ranked.iter_mut().map(|(outcome, _)| outcome).collect();
    let ((), attribute) = timed(|| {
        if let Some(samples) = &samples {
            add_attribution(portfolio, batch, samples, &mut outcomes, cancel);
        }
    });
    let ((), futures) = timed(|| {
        if let Some(samples) = &samples {
            add_risk_answers((portfolio, batch), samples, &mut outcomes, progress, cancel);
        }
    });
    let simulate = simulate + attribute;
    ((ranked, precision), Timings { sample, simulate, futures, ..Timings::default() })
}

/// Explains the ranked options.
fn with_reasons(
    portfolio: &Portfolio,
    batch: &Batch,
    ((ranked, precision), timings): (RankedAll, Timings),
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> BatchResult {
    let (scenarios, reasons) = timed(|| explain(portfolio, batch, ranked, progress, cancel));
    BatchResult {
        scenarios,
        precision,
        stopped: cancel.is_cancelled(),
        timings: Timings { reasons, ..timings },
    }
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
    let futures = confidence::futures(portfolio, batch, cancel);
    let select_one = |(position, scenario): (usize, &Scenario)| {
        if !cancel.is_cancelled() {
            progress.scenario_begun(position);
        }
        let (found, time) =
            timed(|| find(&Valuation::new(portfolio, scenario), futures.as_ref(), batch, cancel));
        let selected = Selected::from(found);
        let status = selected.word(|found| found.options.status);
        let best = selected.finished().and_then(|found| best(&found.options));
        progress.scenario_done(ScenarioDone { position, status, time, best });
        progress.advance(Stage::Select, 1);
        selected
    };
    let scenarios = batch.scenarios().par_iter().enumerate();
    let selected = scenarios.with_max_len(1).map(select_one).collect();
    progress.finish(Stage::Select);
    selected
}

/// The best of the options found, which come best first.
fn best(options: &ScenarioOptions) -> Option<BestOption> {
    let first = options.options.first()?;
    Some(BestOption { objective: first.objective, projects: first.selection.choices().len() })
}

/// Finds the frontier of a scenario, if the batch asks for one.
fn trace(model: &ScenarioModel, batch: &Batch, cancel: &CancelToken) -> Option<FrontierOutcome> {
    let started = Instant::now();
    let found = find_frontier_in_futures(model, batch.frontier()?, batch.selection(), cancel);
    Some(found.map(|found| FrontierResult { found, time: started.elapsed() }).into())
}

/// Finds the non-dominated portfolios of a scenario whose weights are incomplete, if all of it is covered.
fn robust(
    model: &ScenarioModel,
    options: &ScenarioOptions,
    batch: &Batch,
    cancel: &CancelToken,
) -> Option<RobustOutcome> {
    let scenario = model.valuation().scenario();
    let polytope = scenario.weights.polytope()?;
    if not_covered_by_portfolios(model.valuation().portfolio(), scenario).is_some() {
        return None;
    }
    let started = Instant::now();
    let own = options.options.iter().map(|option| &option.selection);
    let known: Vec<Selection> = own.chain(&options.known).cloned().collect();
    let found = find_non_dominated(model, polytope.vertices(), &known, batch.selection(), cancel);
    Some(found.map(|found| RobustResult { found, time: started.elapsed() }).into())
}

/// Finds how far weights may move, if the batch asks for it and the scenario's values are those of its weights alone.
fn weight_ranges(
    model: &ScenarioModel,
    options: &ScenarioOptions,
    batch: &Batch,
    cancel: &CancelToken,
) -> Option<RunOutcome<Vec<WeightRange>>> {
    let scenario = model.valuation().scenario();
    let first = options.options.first().filter(|_| batch.finds_weight_ranges())?;
    if !maximises_value_alone(scenario) {
        return None;
    }
    let others = options.options.iter().skip(1).map(|option| &option.selection);
    let known: Vec<Selection> = others.chain(&options.known).cloned().collect();
    Some(find_weight_ranges(model, &first.selection, &known, batch.selection(), cancel).into())
}

/// True if other weights change nothing but the value that a scenario maximises: no limit is on it, and all projects are
/// weighed alike.
fn maximises_value_alone(scenario: &Scenario) -> bool {
    let is_weighed = |measure| matches!(measure, Measure::StrategicValue | Measure::ExpectedStrategicValue);
    scenario.goal == (Goal::Single { sense: Sense::Maximise, measure: Measure::StrategicValue })
        && scenario.weights.classes().is_empty()
        && !scenario.named_limits.iter().any(|limit| is_weighed(limit.measure()))
}

/// Finds the options of a scenario, or why there are none.
fn find(
    valuation: &Valuation,
    futures: Option<&confidence::Drawn>,
    batch: &Batch,
    cancel: &CancelToken,
) -> Result<Found, OptimiseError> {
    let started = Instant::now();
    let valuation = &confidence::held_in(valuation, futures, batch, cancel)?;
    let held = hold_priorities(valuation, batch.selection(), cancel)?;
    let mut model = ScenarioModel::new(&held.valuation);
    let mut options = find_options(&mut model, batch.selection(), cancel)?;
    if !held.is_proven {
        as_unproven(&mut options);
    }
    let time = started.elapsed();
    let robust = robust(&model, &options, batch, cancel);
    let weight_ranges = weight_ranges(&model, &options, batch, cancel);
    if !looks_further(batch) {
        options.known.clear();
    }
    let asked = batch.baseline().filter(|_| has_cut_line(&valuation.scenario().goal, &options));
    let baseline = asked.map(|asked| cut_line(&held.valuation, asked, &options.scales));
    let frontier = trace(&model, batch, cancel);
    let reasons = Box::new(conflict_or_prices(&model, batch, &options, cancel));
    let cross_check = match batch.cross_checks() {
        true => Some(cross_check(&model, batch.selection(), &options, cancel)?),
        false => None,
    };
    let held = held.valuation.all_held();
    Ok(Found { options, held, time, baseline, frontier, robust, weight_ranges, reasons, cross_check })
}

/// Marks options as not proven: the limits with priorities might be missed by less.
fn as_unproven(options: &mut ScenarioOptions) {
    let all = options.options.iter_mut().map(|option| &mut option.status).chain([&mut options.status]);
    all.filter(|status| **status == SolveStatus::Optimal).for_each(|status| *status = SolveStatus::Feasible);
}

/// True if a cut line can be drawn: the goal maximises, and the scales of a mix are known, which they are not where
/// nothing is feasible.
fn has_cut_line(goal: &Goal, options: &ScenarioOptions) -> bool {
    match goal {
        Goal::Single { sense, .. } => *sense == Sense::Maximise,
        Goal::Mix(_) => !options.scales.is_empty(),
    }
}

/// Explanations that do not depend on the ranking. A stop or a failure leaves them out; the options stay.
fn conflict_or_prices(
    model: &ScenarioModel,
    batch: &Batch,
    options: &ScenarioOptions,
    cancel: &CancelToken,
) -> Reasons {
    let started = Instant::now();
    let mut reasons = Reasons::default();
    if options.status == SolveStatus::Infeasible {
        reasons.conflict = explain_conflict(model, batch.selection(), cancel).ok();
    } else if !options.options.is_empty() {
        reasons.prices = shadow_prices(model, options.prices.as_deref(), cancel).unwrap_or_default();
    }
    Reasons { time: started.elapsed(), ..reasons }
}

/// Explains the decisions of the options that are ranked first, scenario by scenario: each has its own time, which no
/// other scenario may take from it.
fn explain(
    portfolio: &Portfolio,
    batch: &Batch,
    ranked: Vec<Ranked>,
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Vec<ScenarioOutcome> {
    let wanted = ranked.iter().filter(|(_, options)| options.is_some()).count();
    // One step for the reversal of each decision, and one for its break-even cost.
    let steps = 2 * portfolio.projects().len() as u64;
    if wanted > 0 {
        progress.begin(Stage::Reasons, wanted as u64 * steps);
    }
    let step = |steps: usize| progress.advance(Stage::Reasons, steps as u64);
    let explain_one = |(scenario, (mut outcome, options)): (&Scenario, Ranked)| {
        if let (ScenarioOutcome::Finished(result), Some((options, held))) = (&mut outcome, options) {
            let started = Instant::now();
            let valuation = Valuation::new(portfolio, scenario).with_holding(held);
            if batch.explains_decisions() {
                let first = result.options.first().map_or(0, |first| first.number - 1);
                let limit = reasons_limit(batch, scenario);
                let explained =
                    explain_decisions(&valuation, batch.selection(), &options, first, &limit, &step, cancel);
                result.reasons.decisions = explained.ok().flatten();
            } else {
                step(steps as usize);
            }
            result.reasons.room =
                room(&valuation, batch, &options, result.reasons.decisions.as_ref(), cancel);
            result.reasons.priorities = priorities(&valuation, batch, &options, cancel);
            result.reasons.time += started.elapsed();
        }
        outcome
    };
    let outcomes = batch.scenarios().iter().zip(ranked).map(explain_one).collect();
    if wanted > 0 {
        progress.finish(Stage::Reasons);
    }
    outcomes
}

/// The room near the best of a scenario, if the batch asks for it; a stop or a failure leaves it out.
fn room(
    valuation: &Valuation,
    batch: &Batch,
    options: &ScenarioOptions,
    decisions: Option<&Decisions>,
    cancel: &CancelToken,
) -> Option<Vec<ItemRoom>> {
    let asked = batch.room()?;
    let limit = reasons_limit(batch, valuation.scenario());
    let limit = ReasonsLimit { seconds: asked.time_limit().or(limit.seconds), ..limit };
    let question = RoomQuestion {
        valuation,
        options,
        decisions,
        within: asked.within(),
        groupings: batch.groupings(),
        settings: batch.selection(),
        limit: &limit,
    };
    find_room(&question, cancel).ok().flatten()
}

/// The list of priorities of a scenario, if the batch asks for it; a stop or a failure leaves it out.
fn priorities(
    valuation: &Valuation,
    batch: &Batch,
    options: &ScenarioOptions,
    cancel: &CancelToken,
) -> Option<Vec<Priority>> {
    let levels = batch.priorities()?;
    let limit = reasons_limit(batch, valuation.scenario());
    find_priorities((valuation, options), levels, batch.selection(), &limit, cancel).ok().flatten()
}

/// True if more is asked about a scenario's options once they are ranked.
fn looks_further(batch: &Batch) -> bool {
    batch.explains_decisions() || batch.room().is_some() || batch.priorities().is_some()
}

/// Limit for the explanation of a scenario's decisions: as much as its options have, unless the batch says otherwise.
fn reasons_limit(batch: &Batch, scenario: &Scenario) -> ReasonsLimit {
    let selection = batch.selection();
    let of_options = selection.time_limit.map(|seconds| seconds * scenario.options as f64);
    let nodes = selection.work_limit.map(|nodes| u64::from(nodes).saturating_mul(scenario.options as u64));
    ReasonsLimit { seconds: batch.reasons_time().or(of_options), nodes }
}

/// Draws the samples that all scenarios share, as many as are asked for or as a precision needs, of the projects that any
/// option or cut line funds, or of all where more is asked; `None` if nothing is to be simulated, or a stop was asked for.
fn draw(
    portfolio: &Portfolio,
    batch: &Batch,
    selected: &[Selected],
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> (Option<Samples>, Option<Precision>) {
    let simulated = batch.scenarios().iter().zip(selected).filter(|(scenario, _)| scenario.simulate);
    let simulated = simulated.filter_map(|(scenario, selected)| Some((scenario, selected.finished()?)));
    let simulated: Vec<(&Scenario, &Found)> = simulated.collect();
    let selections: Vec<&Selection> = simulated.iter().flat_map(|(_, found)| found.simulated()).collect();
    if selections.is_empty() {
        return (None, None);
    }
    // Other projects may be better in some futures, and the worth of all decides what an estimate is likely to be worth.
    let asks_of_all = batch.futures() > 0 || batch.prior_sd().is_some();
    let draw = |settings: &SimulationSettings| match asks_of_all {
        true => Samples::draw(portfolio, settings, progress, cancel),
        false => Samples::draw_of(portfolio, settings, &selections, progress, cancel),
    };
    let Some(wanted) = batch.precision() else { return (draw(batch.simulation()).ok(), None) };
    let simulated: Vec<Simulated> =
        simulated.iter().map(|&(scenario, found)| (scenario, &found.options.options[..])).collect();
    precision::draw((portfolio, batch), wanted, &simulated, &draw, cancel).unzip()
}

/// Sets each option that was simulated beside the next in rank, and tells what the risk of the first, or of all, asks for.
fn compare(options: &mut [RankedOption], batch: &Batch, valuation: &Valuation, samples: Option<&Samples>) {
    let Some(samples) = samples.filter(|_| options.iter().all(|option| option.risk.is_some())) else {
        return;
    };
    let by = batch.rank_by().measure_of_best(&valuation.scenario().goal);
    let statistic = match batch.rank_by() {
        RankBy::Simulated(_, statistic) => Some(statistic),
        RankBy::Objective | RankBy::Plan(_) => None,
    };
    let selections: Vec<&Selection> = options.iter().map(|option| &option.found.selection).collect();
    let beside = compare_with_next(samples, valuation, by, statistic, &selections).unwrap_or_default();
    for (option, beside) in options.iter_mut().zip(beside) {
        option.beside_next = Some(beside);
    }
    let told = match batch.detailed() {
        Detailed::First => 1,
        Detailed::All => options.len(),
        Detailed::None => 0,
    };
    for option in options.iter_mut().take(told) {
        option.reserves = reserves(samples, valuation, &option.found.selection).ok().map(Box::new);
    }
}

/// Also hands on what the decisions of each scenario are to be explained by.
fn simulate_and_rank(
    portfolio: &Portfolio,
    batch: &Batch,
    selected: Vec<Selected>,
    samples: Option<&Samples>,
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Vec<Ranked> {
    let count = |(scenario, selected): (&Scenario, &Selected)| {
        let found = selected.finished().filter(|_| scenario.simulate);
        found.map_or(0, |found| (found.options.options.len() + usize::from(found.baseline.is_some())) as u64)
    };
    progress.begin(Stage::Simulate, batch.scenarios().iter().zip(&selected).map(count).sum());
    let outcome = |(scenario, selected): (&Scenario, Selected)| match selected {
        Selected::NotRun => (ScenarioOutcome::NotRun, None),
        Selected::Failed(message) => (ScenarioOutcome::Failed(message), None),
        Selected::Finished(found) => {
            let Found {
                options: found,
                held,
                time,
                baseline,
                frontier,
                robust,
                weight_ranges,
                reasons,
                cross_check,
            } = found;
            let valuation = Valuation::new(portfolio, scenario);
            let samples = samples.filter(|_| scenario.simulate);
            let best_by = batch.rank_by().measure_of_best(&scenario.goal);
            let risks_of = |selections: &[&Selection]| {
                evaluate_by(best_by, samples?, &valuation, selections, progress, cancel).ok()
            };
            let selections: Vec<&Selection> = found.options.iter().map(|option| &option.selection).collect();
            let risks = risks_of(&selections);
            let baseline = baseline.map(|found| {
                let risk = risks_of(&[&found.selection]).and_then(|risks| risks.into_iter().next());
                BaselineResult { found, risk }
            });
            let held_valuation = valuation.clone().with_holding(held.clone());
            let mut options = rank(&held_valuation, batch.rank_by(), found.options.clone(), risks);
            compare(&mut options, batch, &valuation, samples);
            let result = ScenarioResult {
                status: found.status,
                held: held_risks(&held_valuation, &selections, samples),
                options,
                scales: found.scales.clone(),
                reasons,
                select_time: time,
                baseline,
                frontier,
                robust,
                weight_ranges,
                attribution: Vec::new(),
                information: Vec::new(),
                answers: RiskAnswers::default(),
                cross_check,
            };
            let explained = looks_further(batch) && !found.options.is_empty();
            (ScenarioOutcome::Finished(result), explained.then_some((found, held)))
        }
    };
    let pairs: Vec<(&Scenario, Selected)> = batch.scenarios().iter().zip(selected).collect();
    let outcomes = pairs.into_par_iter().with_max_len(1).map(outcome).collect();
    progress.finish(Stage::Simulate);
    outcomes
}
