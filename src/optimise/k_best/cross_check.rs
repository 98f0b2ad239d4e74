//! Cross-check: two engines prove every option of a scenario, each on its own. Tree search and HiGHS share the
//! formulation and the recheck, and nothing of the search. The best selection of each must lie within the bound of the
//! other.

use crate::domain::{ProjectIx, SelectionSettings, Solver};
use crate::progress::CancelToken;

use super::RankedSearch;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::pool::ProjectSet;
use crate::optimise::outcome::{OptimiseError, SolveStatus};
use crate::optimise::result::{Engine, ScenarioOptions};
use crate::optimise::scenario_model::ScenarioModel;
use crate::optimise::verify::evaluator::SelectionEvaluator;

/// Relative rounding of an objective or a bound: the engines meet rows to 10⁻⁹ of their scale.
const OBJECTIVE_TOLERANCE: f64 = 1e-7;

/// Proof by one engine about one place in the list of options, given those before it.
#[derive(Clone, Debug, PartialEq)]
pub struct EngineAnswer {
    /// The engine.
    pub engine: Engine,
    /// Status at the end of its search.
    pub status: SolveStatus,
    /// Objective and projects (positions) of the best selection it found.
    pub best: Option<(f64, Vec<ProjectIx>)>,
    /// Bound on the objective of every selection; infinite where it proved nothing.
    pub bound: f64,
}

/// Proofs by both engines about one place in the list of options.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceAnswers {
    /// The place, from 1. The last may lie one beyond the options: where the list counts as complete, nothing may be
    /// there.
    pub place: usize,
    /// The tree search first, then HiGHS.
    pub answers: [EngineAnswer; 2],
    /// True if the answers and the reported option are consistent.
    pub agree: bool,
}

/// Proves every option by both engines. The model maximises the goal by which the options were found.
///
/// # Errors
/// If cancelled, or if an engine fails.
pub fn cross_check(
    model: &ScenarioModel,
    settings: &SelectionSettings,
    found: &ScenarioOptions,
    cancel: &CancelToken,
) -> Result<Vec<PlaceAnswers>, OptimiseError> {
    let scenario = model.valuation.scenario();
    let (problem, evaluator) = (model.problem(), model.evaluator());
    let mut program = problem.program.clone();
    let is_whole = matches!(found.status, SolveStatus::Optimal | SolveStatus::Infeasible);
    let is_short = found.options.len() < scenario.options;
    let places = found.options.len() + usize::from(is_whole && is_short);
    let sign = scenario.goal.sense().sign();
    let mut answers = Vec::with_capacity(places);
    for place in 0..places {
        let held = Problem { program: &program, ..problem.clone() };
        let ask = |solver: Solver| {
            answer(
                &held,
                &evaluator,
                &SelectionSettings { solver, min_difference: 1, ..*settings },
                sign,
                cancel,
            )
        };
        let both = [ask(Solver::Search)?, ask(Solver::Highs)?];
        let option = found.options.get(place);
        let reported = option.map(|option| (sign * option.objective, sign * option.bound));
        let agree = do_agree(reported, &both, sign);
        answers.push(PlaceAnswers { place: place + 1, answers: both, agree });
        if let Some(option) = option {
            let counted = |project| (project, model.valuation.portfolio().counted_as(project));
            let projects = ProjectSet::counting(option.selection.projects().map(counted));
            program.rows.push(problem.difference_row(&projects, settings.min_difference));
        }
    }
    Ok(answers)
}

/// Proof by one engine.
fn answer(
    problem: &Problem,
    evaluator: &SelectionEvaluator,
    settings: &SelectionSettings,
    sign: f64,
    cancel: &CancelToken,
) -> Result<EngineAnswer, OptimiseError> {
    let mut search = RankedSearch::new(problem, evaluator, settings, cancel).without_ties();
    let status = search.run(1)?;
    let engine = if settings.solver == Solver::Highs { Engine::Highs } else { Engine::Search };
    Ok(match search.into_ranked().pop() {
        None => EngineAnswer { engine, status, best: None, bound: sign * f64::INFINITY },
        Some(found) => EngineAnswer {
            engine,
            status,
            bound: sign * found.bound,
            best: Some((sign * found.candidate.objective, found.candidate.solution.projects().collect())),
        },
    })
}

/// True if no best known selection lies above a proven bound, and none is known where an engine proves that there is
/// none. `reported` is the objective and the bound of the option in the list; larger is better.
fn do_agree(reported: Option<(f64, f64)>, answers: &[EngineAnswer; 2], sign: f64) -> bool {
    let known = answers.iter().filter_map(|answer| Some(sign * answer.best.as_ref()?.0));
    let best = known.chain(reported.map(|(objective, _)| objective)).fold(f64::NEG_INFINITY, f64::max);
    let proven = answers.iter().map(|answer| match answer.status {
        SolveStatus::Infeasible => f64::NEG_INFINITY,
        _ => sign * answer.bound,
    });
    // A list that ends here claims that nothing is left.
    let bound = proven.fold(reported.map_or(f64::NEG_INFINITY, |(_, bound)| bound), f64::min);
    best == f64::NEG_INFINITY || best <= bound + OBJECTIVE_TOLERANCE * best.abs().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(engine: Engine, objective: f64, bound: f64) -> EngineAnswer {
        EngineAnswer { engine, status: SolveStatus::Optimal, best: Some((objective, Vec::new())), bound }
    }

    #[test]
    fn a_best_above_what_the_other_proves_is_a_difference() {
        let search = |objective: f64, bound: f64| found(Engine::Search, objective, bound);
        let highs = |objective: f64, bound: f64| found(Engine::Highs, objective, bound);
        assert!(do_agree(Some((10.0, 10.0)), &[search(10.0, 10.0), highs(10.0, 10.0)], 1.0));
        // With a gap above 0 the best selections may differ within it.
        assert!(do_agree(Some((10.0, 10.5)), &[search(10.0, 10.5), highs(10.2, 10.4)], 1.0));
        assert!(!do_agree(Some((10.0, 10.0)), &[search(10.0, 10.0), highs(11.0, 11.0)], 1.0));
        assert!(!do_agree(Some((-10.0, -10.0)), &[search(10.0, 10.0), highs(9.0, 9.0)], -1.0));
        let none = |engine| EngineAnswer {
            engine,
            status: SolveStatus::Infeasible,
            best: None,
            bound: f64::INFINITY,
        };
        assert!(!do_agree(Some((10.0, 10.0)), &[search(10.0, 10.0), none(Engine::Highs)], 1.0));
        assert!(do_agree(None, &[none(Engine::Search), none(Engine::Highs)], 1.0));
        assert!(!do_agree(None, &[none(Engine::Search), highs(3.0, 3.0)], 1.0));
    }
}
