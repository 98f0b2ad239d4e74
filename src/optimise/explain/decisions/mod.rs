//! Reasons for each decision, and the least changes that would reverse it.
//!
//! The decisions are those of one option. The worth of each follows from the best selection with the project and the
//! best without it, or from the proven bounds on these when time is up.

mod allowance;
mod binding;
mod break_even;
mod decision;
mod explained;
mod factor;
mod fewest_changes;
mod from_scratch;
mod question;
mod reversals;
mod sides;
mod simple_reversal;

use crate::domain::{ByProject, Decision, Scenario, SelectionSettings};
use crate::finance::Valuation;
use crate::progress::CancelToken;

use crate::optimise::formulate::objective::objective_terms;
use crate::optimise::outcome::OptimiseError;
use crate::optimise::result::ScenarioOptions;
use crate::optimise::scenario_model::ScenarioModel;
use crate::optimise::verify::evaluator::SelectionEvaluator;
use allowance::Allowance;
use binding::Binding;
use explained::ExplainedOption;
use question::Question;

pub use allowance::ReasonsLimit;
pub use decision::{BreakEven, BreakEvenScore, Decisions, ProjectDecision, Reversal};

/// Explains the decision about every project in one of the options found for a scenario (`option`: its position in the
/// order of the objective); `None` if there is no such option. Calls `step` with completed steps, two per project in
/// all, from many threads.
///
/// # Errors
/// If cancelled, or if the solver fails. A limit that is reached is no error: values not proven by then are
/// reported as proven ranges.
pub fn explain_decisions(
    valuation: &Valuation,
    settings: &SelectionSettings,
    options: &ScenarioOptions,
    option: usize,
    limit: &ReasonsLimit,
    step: &(dyn Fn(usize) + Sync),
    cancel: &CancelToken,
) -> Result<Option<Decisions>, OptimiseError> {
    let (Some(best), Some(explained)) = (options.options.first(), options.options.get(option)) else {
        return Ok(None);
    };
    let sign = valuation.scenario().goal.sense().sign();
    let terms = objective_terms(&valuation.scenario().goal, &options.scales);
    let opened = opened(valuation.scenario());
    let opened = opened.as_ref().map(|opened| valuation.under(opened));
    let opened = opened.as_ref().unwrap_or(valuation);
    let ScenarioModel { formulation, .. } = ScenarioModel::maximising(opened, terms.clone());
    let question = Question {
        valuation,
        opened,
        formulation: &formulation,
        evaluator: &SelectionEvaluator::new(valuation, &formulation, &terms, true),
        // One option is asked for, so that no minimum distance applies.
        settings: &SelectionSettings { min_difference: 1, ..*settings },
        terms: &terms,
        bound: sign * best.bound,
        options,
        allowance: &Allowance::new(limit, cancel),
        step,
    };
    let sides = question.with_simple_reversals(question.sides()?, &explained.selection);
    let sides = question.with_fewest_changes(sides, &explained.selection);
    let (factors, factor_solves) = question.break_even_costs(&sides)?;
    let explained = ExplainedOption {
        question: &question,
        selection: &explained.selection,
        objective: sign * explained.objective,
        is_best: sign * explained.objective >= sign * best.objective,
        binding: Binding::new(valuation, &formulation, &explained.selection),
    };
    let projects = question.projects().zip(factors);
    let projects: ByProject<ProjectDecision> =
        projects.map(|(project, factor)| explained.explain(project, &sides, factor)).collect();
    let is_open = |decision: &&ProjectDecision| match decision.reversal {
        Reversal::Possible { is_proven, .. } => !is_proven,
        Reversal::Unknown { .. } => true,
        Reversal::Impossible => false,
    };
    let (unproven, solves) = (projects.iter().filter(is_open).count(), sides.solves + factor_solves);
    Ok(Some(Decisions { option, is_best: explained.is_best, projects, solves, unproven }))
}

/// The same scenario without decisions: its program holds them as fixings, so that they can be undone. `None` where it
/// has none.
fn opened(scenario: &Scenario) -> Option<Scenario> {
    let is_decided = scenario.decisions.iter().any(|decision| *decision != Decision::Free);
    let decisions = ByProject::filled(Decision::Free, scenario.decisions.len());
    is_decided.then(|| Scenario { decisions, ..scenario.clone() })
}
