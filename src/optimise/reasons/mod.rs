//! Why each project is in or out, and what it would take to change that.
//!
//! The decision is that of the best option. Each is reversed in turn and the scenario solved again, which tells what the
//! decision is worth and which other projects it moves.

mod binding;
mod break_even;
mod reverse;

use rayon::prelude::*;

use crate::domain::{Choice, Decision, Measure, NamedLimit, Selection, SelectionSettings};
use crate::finance::{StartPlan, Valuation};
use crate::progress::CancelToken;
use crate::units::Share;

use super::cliques::merged_program;
use super::formulate::Formulation;
use super::incumbents::Judge;
use super::judge::SelectionJudge;
use super::meaning::Meaning;
use super::objective::objective_terms;
use super::outcome::{OptimiseError, ScenarioOptions};
use super::pool::{Candidate, Pool};
use super::problem::Problem;
use super::ranked::tries_tree;
use super::shared::SharedRoot;
use binding::Binding;
use reverse::{Reversed, Solved};

/// Of what one reversal has met, so many are known to those that come after.
const MET: usize = 20;
/// Reversals that are solved side by side, each knowing what those before them have met.
const ABREAST: usize = 8;

/// What happens if one decision is reversed.
#[derive(Clone, Debug, PartialEq)]
pub enum Reversal {
    /// The best selection then.
    Possible {
        /// By how much its objective is worse than that of the best option.
        loss: f64,
        /// It is proven that the loss is at least this, whatever selections are not known yet.
        least: f64,
        /// It is proven that the loss is at most this.
        most: f64,
        /// Other projects that are chosen then and not now.
        enter: Vec<usize>,
        /// Other projects that are chosen now and not then.
        leave: Vec<usize>,
    },
    /// It is proven that no selection satisfies the scenario then.
    Impossible,
    /// A limit was met before anything was known.
    Unknown,
}

/// The factor on the cost of a project at which the decision about it turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakEven {
    /// Up to here a selection with the project is known that is as good as the best without it.
    pub factor: f64,
    /// Beyond this, it is proven, there is none.
    pub most: f64,
}

/// The decision about one project.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectDecision {
    /// Whether the best option chooses it.
    pub is_in: bool,
    /// The share of the options that choose it.
    pub frequency: f64,
    /// Of a project that is out: the limits that it alone would exceed, and the targets and minima that it would miss, if it
    /// were added. Of one that is in: the budgets and capacities it uses under which no project that is out and needs
    /// them would fit, and what would be missed if it alone were taken out.
    pub binding: Vec<Meaning>,
    /// Whether the objective, penalties included, would rise if it alone were added, hard limits aside.
    pub is_worth_adding: bool,
    /// What reversing the decision means.
    pub reversal: Reversal,
    /// The factor on its own cost at which the decision turns; `None` where no factor from 0 to 100 does it, or none was
    /// found.
    pub break_even_cost: Option<BreakEven>,
    /// Its strategic value at which the decision turns; `None` where the objective does not count it, or a limit
    /// that the batch file names does.
    pub break_even_score: Option<f64>,
}

/// The decisions of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Decisions {
    /// Per project, in the order of the portfolio.
    pub projects: Vec<ProjectDecision>,
    /// How many programs were solved for them.
    pub solves: usize,
}

/// Explains the decision about every project of a scenario whose options were found; `None` if there are none.
///
/// # Errors
/// If it is asked to stop, or the solver fails.
pub fn explain_decisions(
    valuation: &Valuation,
    settings: &SelectionSettings,
    options: &ScenarioOptions,
    cancel: &CancelToken,
) -> Result<Option<Decisions>, OptimiseError> {
    let Some(best) = options.options.first() else { return Ok(None) };
    let sign = valuation.scenario().goal.sense().sign();
    // One option is asked for, from which no other has to differ.
    let settings = &SelectionSettings { min_difference: 1, ..*settings };
    let terms = objective_terms(&valuation.scenario().goal, &options.scales);
    let mut formulation = Formulation::new(valuation);
    formulation.set_objective(&terms, true, valuation);
    let judge = SelectionJudge::new(valuation, &formulation, &terms, true);
    let known = options.known.iter().chain(options.options.iter().map(|option| &option.selection));
    let mut known: Pool<Selection> =
        known.filter_map(|selection| judge.judge(&judge.values_of(selection))).collect();
    let problem = formulation.problem();
    let merged = merged_program(&problem);
    let problem = Problem { program: &merged, ..problem };
    let shared = tries_tree(&merged, settings.solver).then(|| SharedRoot::new(&problem)).flatten();
    let shared = shared.map(|shared| shared.taught(&judge, &mut known, cancel));
    let mut question = Question {
        valuation,
        settings,
        terms: &terms,
        judge: &judge,
        known,
        shared: shared.as_ref(),
        best: &best.selection,
        objective: sign * best.objective,
        bound: sign * best.bound,
        options,
        binding: Binding::new(valuation, &best.selection),
        cancel,
    };
    let projects: Vec<usize> = (0..valuation.portfolio().projects().len()).collect();
    let mut solved: Vec<Solved> = Vec::with_capacity(projects.len());
    for abreast in projects.chunks(ABREAST) {
        let reverse = |&project: &usize| question.reverse(project);
        let next: Vec<Solved> =
            abreast.par_iter().with_max_len(1).map(reverse).collect::<Result<_, OptimiseError>>()?;
        for one in &next {
            one.met.candidates().iter().take(MET).for_each(|met| question.known.add(Candidate::clone(met)));
        }
        solved.extend(next);
    }
    let explain = |(project, solved)| question.explain(project, solved);
    let explained = projects.into_par_iter().zip(solved).with_max_len(1).map(explain);
    let explained: Vec<(ProjectDecision, usize)> = explained.collect::<Result<_, OptimiseError>>()?;
    let solves = explained.iter().map(|(_, solves)| solves).sum();
    Ok(Some(Decisions { projects: explained.into_iter().map(|(decision, _)| decision).collect(), solves }))
}
/// What all decisions of a scenario have in common. Objectives are the program's: more is better.
struct Question<'a> {
    valuation: &'a Valuation<'a>,
    settings: &'a SelectionSettings,
    terms: &'a [(Measure, f64)],
    judge: &'a SelectionJudge<'a>,
    /// Selections that the judge has passed.
    known: Pool<Selection>,
    /// What all reversals can begin from; `None` where the tree search does not serve.
    shared: Option<&'a SharedRoot<'a>>,
    best: &'a Selection,
    objective: f64,
    bound: f64,
    options: &'a ScenarioOptions,
    binding: Binding<'a>,
    cancel: &'a CancelToken,
}

impl Question<'_> {
    /// The decision about a project, and how many programs were solved for it.
    fn explain(&self, project: usize, solved: Solved) -> Result<(ProjectDecision, usize), OptimiseError> {
        let is_in = self.best.contains(project);
        let (reversed, mut solves) = (solved.result, solved.solves);
        let chosen = self.options.options.iter().filter(|option| option.selection.contains(project)).count();
        let break_even_cost = match &reversed {
            // Without money of its own nothing can be said about a project that cannot be in for other reasons.
            Reversed::Found { objective, .. } => {
                self.break_even_cost(project, if is_in { *objective } else { self.objective })?
            }
            Reversed::Impossible if !is_in => self.break_even_cost(project, self.objective)?,
            Reversed::Impossible | Reversed::Unknown => None,
        };
        solves += 1;
        let decision = ProjectDecision {
            is_in,
            frequency: chosen as f64 / self.options.options.len() as f64,
            binding: self.binding.of(project),
            is_worth_adding: self.worth(project) > 0.0,
            break_even_score: self.break_even_score(project, &reversed),
            break_even_cost: break_even_cost.filter(|found| found.factor < break_even::LARGEST),
            reversal: self.reversal(project, reversed),
        };
        Ok((decision, solves))
    }

    /// The most that a whole project adds to the objective at any of its starts, beside the other projects of the best
    /// option.
    fn worth(&self, project: usize) -> f64 {
        let others = || self.best.choices().iter().copied().filter(|choice| choice.project != project);
        let without = self.objective_of(&Selection::new(others()));
        let plans = self.valuation.plans(project).iter();
        let at = |plan: &StartPlan| {
            let choice = Choice { project, start: plan.start, share: Share::ONE };
            self.objective_of(&Selection::new(others().chain([choice]))) - without
        };
        plans.map(at).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The objective of a selection, penalties included.
    fn objective_of(&self, selection: &Selection) -> f64 {
        let part = |&(measure, weight): &(Measure, f64)| weight * self.valuation.total(measure, selection);
        self.terms.iter().map(part).sum::<f64>() - self.valuation.penalty(selection)
    }

    fn reversal(&self, project: usize, reversed: Reversed) -> Reversal {
        match reversed {
            Reversed::Impossible => Reversal::Impossible,
            Reversed::Unknown => Reversal::Unknown,
            Reversed::Found { selection, objective, bound } => {
                let only_in = |one: &Selection, other: &Selection| {
                    one.projects()
                        .filter(|&other_project| other_project != project && !other.contains(other_project))
                        .collect()
                };
                Reversal::Possible {
                    loss: self.objective - objective,
                    least: self.objective - bound,
                    most: self.bound - objective,
                    enter: only_in(&selection, self.best),
                    leave: only_in(self.best, &selection),
                }
            }
        }
    }

    /// The objective is linear in the strategic value of a project that is funded as a whole or not at all, unless a limit
    /// is about that value. What is expected of that value counts it times the probability of success.
    fn break_even_score(&self, project: usize, reversed: &Reversed) -> Option<f64> {
        let least = self.valuation.portfolio().projects()[project].min_fraction;
        let Reversed::Found { objective, .. } = reversed else { return None };
        let success = self.valuation.portfolio().projects()[project].success_probability.value();
        let counted = |&(measure, weight): &(Measure, f64)| match measure {
            Measure::StrategicValue => weight,
            Measure::ExpectedStrategicValue => weight * success,
            _ => 0.0,
        };
        let weight: f64 = self.terms.iter().map(counted).sum();
        let is_limited = |limit: &NamedLimit| limit.measure().counts_scores();
        if weight <= 0.0
            || least.is_some_and(|least| least < Share::ONE)
            || self.valuation.scenario().named_limits.iter().any(is_limited)
        {
            return None;
        }
        let change = (self.objective - objective) / weight;
        let change = if self.best.contains(project) { -change } else { change };
        Some(self.valuation.strategic_value(project) + change)
    }

    /// Whether nothing was decided about a project beforehand.
    fn is_free(&self, project: usize) -> bool {
        self.valuation.scenario().decisions[project] == Decision::Free
    }

    /// The decision that is the reverse of the best option's.
    fn reversed_decision(&self, project: usize) -> Decision {
        if self.best.contains(project) { Decision::Out } else { Decision::In }
    }
}
