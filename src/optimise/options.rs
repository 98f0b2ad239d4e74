//! The ranked options of a scenario, and the best solutions of a bare program.

use std::collections::BTreeSet;

use crate::domain::{Goal, Measure, Portfolio, Selection, SelectionSettings, Sense};
use crate::progress::CancelToken;

use super::bnb::incumbents::Evaluator;
use super::k_best::{RankedSearch, is_within};
use super::lexicographic::find_in_order;
use super::model::decisions::Problem;
use super::model::pool::Candidate;
use super::model::program::{Program, Row};
use super::outcome::{OptimiseError, Outcome, SolveStatus};
use super::result::{FoundOption, ProgramSolution, ProgramSolutions, ScenarioOptions};
use super::scenario_model::ScenarioModel;
use super::verify::evaluator::ProgramEvaluator;

/// Finds the options of a scenario. The model maximises the scenario's goal afterwards, the measures of a mix divided
/// by the scales of the result.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn find_options(
    model: &mut ScenarioModel,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<ScenarioOptions, OptimiseError> {
    let scales = match &model.valuation.scenario().goal {
        Goal::Single { .. } => (Vec::new(), true),
        Goal::Mix(parts) => match mix_scales(model, parts, settings, cancel)? {
            Outcome::Found(scales) => scales,
            Outcome::Infeasible => return Ok(no_options(model, SolveStatus::Infeasible)),
            Outcome::Unknown => return Ok(no_options(model, SolveStatus::Unknown)),
        },
    };
    find_options_by(model, scales, settings, cancel)
}

/// Finds the options of a scenario, the measures of a mix divided by scales that are known.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub(super) fn find_options_by(
    model: &mut ScenarioModel,
    (scales, scales_proven): MixScales,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<ScenarioOptions, OptimiseError> {
    let valuation = model.valuation;
    let goal = &valuation.scenario().goal;
    model.maximise_goal(&scales);
    if !valuation.scenario().next_goals.is_empty() {
        return options_in_order(model, (scales, scales_proven), settings, cancel);
    }
    let problem = model.problem();
    let evaluator = model.evaluator();
    let known: Vec<Candidate<Selection>> =
        valuation.known().filter_map(|known| evaluator.evaluate(&evaluator.values_of(known))).collect();
    let mut search = RankedSearch::new(&problem, evaluator, settings, cancel).with_known(known);
    let status = search.run(valuation.scenario().options)?;
    let prices = search.take_prices().map(|prices| prices.into_vec());
    let status = if scales_proven { status } else { weaker(status) };
    let known = best_with_and_without(search.known(), valuation.portfolio());
    let step = problem.program.objective_step();
    let options = search.into_ranked().into_iter().map(|found| {
        let found = found.with_step(step);
        let gap = found.gap();
        FoundOption {
            objective: goal.sense().sign() * found.candidate.objective,
            bound: goal.sense().sign() * found.bound,
            gap,
            status: SolveStatus::of_found(is_within(gap, settings)),
            engine: found.engine,
            selection: model.with_first_payers(found.candidate.solution),
        }
    });
    Ok(ScenarioOptions { status, options: options.collect(), scales, known, prices })
}

/// Finds the options of a scenario whose goal is followed by others.
fn options_in_order(
    model: &ScenarioModel,
    (scales, scales_proven): MixScales,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<ScenarioOptions, OptimiseError> {
    let sign = model.valuation.scenario().goal.sense().sign();
    let in_order = find_in_order(model, settings, cancel)?;
    let status = if scales_proven { in_order.status } else { weaker(in_order.status) };
    let known = best_with_and_without(in_order.known.candidates(), model.valuation.portfolio());
    let step = model.formulation.program.objective_step();
    let options = in_order.options.into_iter().map(|found| {
        let found = found.with_step(step);
        let (gap, ordered) = (found.gap(), found.candidate.solution);
        FoundOption {
            objective: sign * found.candidate.objective,
            bound: sign * found.bound,
            gap,
            status: SolveStatus::of_found(ordered.is_proven && is_within(gap, settings)),
            engine: found.engine,
            selection: model.with_first_payers(ordered.selection),
        }
    });
    Ok(ScenarioOptions { status, options: options.collect(), scales, known, prices: None })
}

/// No options, of a goal that is not divided by anything.
fn no_options(model: &mut ScenarioModel, status: SolveStatus) -> ScenarioOptions {
    model.maximise_goal(&[]);
    ScenarioOptions { status, options: Vec::new(), scales: Vec::new(), known: Vec::new(), prices: None }
}

/// The best candidate with each project and the best without it, each once; `candidates` are sorted, best first.
fn best_with_and_without(candidates: &[Box<Candidate<Selection>>], portfolio: &Portfolio) -> Vec<Selection> {
    let mut places = BTreeSet::new();
    for project in portfolio.projects().positions() {
        for is_in in [true, false] {
            let has = |candidate: &Candidate<Selection>| candidate.projects.contains(project) == is_in;
            places.extend(candidates.iter().map(Box::as_ref).position(has));
        }
    }
    places.into_iter().map(|place| candidates[place].solution.clone()).collect()
}

/// Finds up to `count` best solutions of a bare program that maximises its objective: binary and bounded continuous
/// columns. Solutions differ in at least `settings.min_difference` binaries. Of equally good ones any may come first, as
/// nothing but the objective is known of them; the same program gives the same.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn solve_program(
    program: &Program,
    count: usize,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<ProgramSolutions, OptimiseError> {
    let scaled = Program {
        columns: program.columns.clone(),
        rows: program.rows.iter().cloned().map(Row::scaled).collect(),
    };
    let problem = Problem::of_program(&scaled);
    let search = RankedSearch::new(&problem, ProgramEvaluator { problem: &problem }, settings, cancel);
    let mut search = search.within_rounding();
    let status = search.run(count)?;
    let solutions = search.into_ranked().into_iter().map(|found| {
        let gap = found.gap();
        ProgramSolution {
            objective: found.candidate.objective,
            bound: found.bound,
            gap,
            status: SolveStatus::of_found(is_within(gap, settings)),
            engine: found.engine,
            values: found.candidate.solution.into_vec(),
        }
    });
    Ok(ProgramSolutions { status, solutions: solutions.collect() })
}

/// The status of something that rests on what is not proven.
pub(super) fn weaker(status: SolveStatus) -> SolveStatus {
    if status == SolveStatus::Optimal { SolveStatus::Feasible } else { status }
}

/// Divisors of the measures of a mixed objective, and true if each is proven.
pub(super) type MixScales = (Vec<(Measure, f64)>, bool);

/// Finds the best that each measure of a mix reaches alone: its scale, or 1 where that is 0. Penalties are in units of
/// the mix and not of its measures, so that they do not count here.
fn mix_scales(
    model: &mut ScenarioModel,
    parts: &[(Measure, f64)],
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<Outcome<MixScales>, OptimiseError> {
    let mut scales = Vec::with_capacity(parts.len());
    let mut proven = true;
    for &(measure, _) in parts {
        model.maximise(vec![(measure, Sense::Maximise.sign())], false);
        let problem = model.problem();
        let mut alone = RankedSearch::new(&problem, model.evaluator(), settings, cancel);
        let status = alone.run(1)?;
        let Some(best) = alone.into_ranked().pop() else { return Ok(Outcome::new(None, status)) };
        let best = model.valuation.total(measure, &best.candidate.solution).abs();
        scales.push((measure, if best > 0.0 { best } else { 1.0 }));
        proven &= status == SolveStatus::Optimal;
    }
    Ok(Outcome::Found((scales, proven)))
}
