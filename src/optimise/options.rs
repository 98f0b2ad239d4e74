//! The ranked options of a scenario, and the best solutions of a bare program.

use std::collections::BTreeSet;

use crate::domain::{Goal, Measure, Selection, SelectionSettings, Sense};
use crate::progress::CancelToken;

use super::k_best::{RankedSearch, is_within};
use super::model::decisions::Problem;
use super::model::pool::Candidate;
use super::model::program::{Program, Row};
use super::result::{
    FoundOption, OptimiseError, ProgramSolution, ProgramSolutions, Proof, ScenarioOptions, ScenarioStatus,
};
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
    let valuation = model.valuation;
    let goal = &valuation.scenario().goal;
    let (scales, scales_proven) = match goal {
        Goal::Single { .. } => (Vec::new(), true),
        Goal::Mix(parts) => match mix_scales(model, parts, settings, cancel)? {
            MixScales::Known { scales, proven } => (scales, proven),
            MixScales::None(status) => {
                model.maximise_goal(&[]);
                return Ok(ScenarioOptions {
                    status,
                    options: Vec::new(),
                    scales: Vec::new(),
                    known: Vec::new(),
                });
            }
        },
    };
    model.maximise_goal(&scales);
    let problem = model.problem();
    let mut search = RankedSearch::new(&problem, model.evaluator(), settings, cancel);
    let status = search.run(valuation.scenario().options)?;
    let status = if scales_proven { status } else { weaker(status) };
    let known = best_with_and_without(search.known(), valuation.portfolio().projects().len());
    let options = search.into_ranked().into_iter().map(|found| {
        let gap = found.gap();
        FoundOption {
            objective: goal.sense().sign() * found.candidate.objective,
            bound: goal.sense().sign() * found.bound,
            gap,
            proof: proof(gap, settings),
            engine: found.engine,
            selection: found.candidate.solution,
        }
    });
    Ok(ScenarioOptions { status, options: options.collect(), scales, known })
}

/// The best candidate with each project and the best without it, each once; `candidates` are sorted, best first.
fn best_with_and_without(candidates: &[Box<Candidate<Selection>>], projects: usize) -> Vec<Selection> {
    let mut places = BTreeSet::new();
    for project in 0..projects {
        for is_in in [true, false] {
            let has = |candidate: &Candidate<Selection>| candidate.projects.contains(project) == is_in;
            places.extend(candidates.iter().map(Box::as_ref).position(has));
        }
    }
    places.into_iter().map(|place| candidates[place].solution.clone()).collect()
}

/// Finds up to `count` best solutions of a bare program that maximises its objective: binary and bounded continuous
/// columns. Solutions differ in at least `settings.min_difference` binaries.
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
    let mut search = RankedSearch::new(&problem, ProgramEvaluator { problem: &problem }, settings, cancel);
    let status = search.run(count)?;
    let solutions = search.into_ranked().into_iter().map(|found| {
        let gap = found.gap();
        ProgramSolution {
            objective: found.candidate.objective,
            bound: found.bound,
            gap,
            proof: proof(gap, settings),
            engine: found.engine,
            values: found.candidate.solution,
        }
    });
    Ok(ProgramSolutions { status, solutions: solutions.collect() })
}

fn proof(gap: f64, settings: &SelectionSettings) -> Proof {
    if is_within(gap, settings) { Proof::Optimal } else { Proof::Feasible }
}

fn weaker(status: ScenarioStatus) -> ScenarioStatus {
    if status == ScenarioStatus::Optimal { ScenarioStatus::Feasible } else { status }
}

/// Divisors of the measures of a mixed objective.
enum MixScales {
    Known { scales: Vec<(Measure, f64)>, proven: bool },
    None(ScenarioStatus),
}

/// Finds the best that each measure of a mix reaches alone: its scale, or 1 where that is 0. Penalties are in units of
/// the mix and not of its measures, so that they do not count here.
fn mix_scales(
    model: &mut ScenarioModel,
    parts: &[(Measure, f64)],
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<MixScales, OptimiseError> {
    let mut scales = Vec::with_capacity(parts.len());
    let mut proven = true;
    for &(measure, _) in parts {
        model.maximise(vec![(measure, Sense::Maximise.sign())], false);
        let problem = model.problem();
        let mut alone = RankedSearch::new(&problem, model.evaluator(), settings, cancel);
        let status = alone.run(1)?;
        let Some(best) = alone.into_ranked().pop() else { return Ok(MixScales::None(status)) };
        let best = model.valuation.total(measure, &best.candidate.solution).abs();
        scales.push((measure, if best > 0.0 { best } else { 1.0 }));
        proven &= status == ScenarioStatus::Optimal;
    }
    Ok(MixScales::Known { scales, proven })
}
