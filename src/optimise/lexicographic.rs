//! Goals in order: each is optimised among the selections that are best in those before it (lexicographic optimisation,
//! Isermann 1982).
//!
//! An option is found goal by goal, each by a search of its own whose program holds the goals before at what was found
//! for them, and rules out what lies too near to the options found so far. The last search settles ties, so that costs
//! and ids decide only what no goal does. With a gap above 0, or where a limit was met, a goal is held at the best
//! value known and not at the best there is.

use std::cmp::Ordering;
use std::time::Instant;

use crate::domain::{Measure, Selection, SelectionSettings};
use crate::progress::CancelToken;

use super::bnb::incumbents::Evaluator;
use super::k_best::{Found, RankedSearch, after, gap, in_rank_order, is_within};
use super::model::decisions::Problem;
use super::model::pool::{Candidate, Pool, ProjectSet};
use super::model::program::{ByColumn, Program, Row};
use super::outcome::{OptimiseError, Outcome, SolveStatus};
use super::result::Engine;
use super::scenario_model::ScenarioModel;
use super::verify::evaluator::SelectionEvaluator;

/// Known selections in the warm start of a search, at most: the best.
const MAX_KNOWN_SELECTIONS: usize = 300;
/// Part of a goal's value that shares may lose while later goals are optimised: the tolerance of a solver. Without
/// shares nothing is lost.
const SHARE_TOLERANCE: f64 = 1e-9;
/// Part of a bound by which a known value may miss it and still count as the best there is: rounding of sums.
const ROUNDING: f64 = 1e-12;

/// Options of goals in order.
pub(super) struct InOrder {
    /// Status at the end of the search.
    pub status: SolveStatus,
    /// The options, best first; objective and bound are the program's, of the first goal.
    pub options: Vec<Found<Ordered>>,
    /// Known selections, best first by the first goal.
    pub known: Pool<Selection>,
}

/// A selection as an option of goals in order.
#[derive(Clone, Debug)]
pub(super) struct Ordered {
    /// The selection.
    pub selection: Selection,
    /// True if the goals behind the first are proven to the gap.
    pub is_proven: bool,
    /// Values of the goals, as ties compare them.
    values: Vec<f64>,
}

/// Finds the options of a scenario whose goal is followed by others. The model maximises the first.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub(super) fn find_in_order(
    model: &ScenarioModel,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<InOrder, OptimiseError> {
    let (valuation, formulation) = (model.valuation, &model.formulation);
    let scenario = valuation.scenario();
    let sign = scenario.goal.sense().sign();
    let next: Vec<[(Measure, f64); 1]> =
        scenario.next_goals.iter().map(|&measure| [(measure, sign)]).collect();
    // Penalties count in the first goal alone.
    let evaluators = next.iter().map(|terms| SelectionEvaluator::new(valuation, formulation, terms, false));
    let first: ByColumn<f64> = formulation.program.columns.iter().map(|column| column.objective).collect();
    let objectives = next.iter().map(|terms| formulation.coefficients(terms, valuation));
    let goals = Goals {
        evaluators: std::iter::once(model.evaluator()).chain(evaluators).collect(),
        objectives: std::iter::once(first).chain(objectives).collect(),
        tolerance: if formulation.has_shares() { SHARE_TOLERANCE } else { 0.0 },
    };
    let (problem, mut known) = (&model.problem(), Pool::default());
    known.reserve_for_options(scenario.options);
    let (options, last) = (Vec::new(), Vec::new());
    let (bound, engine) = (f64::INFINITY, Engine::Search);
    let search = Search { goals, problem, settings, cancel, options, last, known, bound, engine };
    search.run(scenario.options)
}

/// The goals, first to last.
struct Goals<'a> {
    /// Evaluators by each goal alone.
    evaluators: Vec<SelectionEvaluator<'a>>,
    /// Objective of each, per column.
    objectives: Vec<ByColumn<f64>>,
    /// Part of a held value that may be lost.
    tolerance: f64,
}

/// Evaluates selections by one goal: those that are as good as `held` in the goals before it, and far enough from other
/// options.
struct StageEvaluator<'a> {
    goals: &'a Goals<'a>,
    /// Values of the goals before, as ties compare them.
    held: &'a [f64],
    others: &'a [ProjectSet],
    difference: usize,
}

impl Evaluator for StageEvaluator<'_> {
    type Solution = Selection;

    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<Selection>> {
        for (goal, held) in self.goals.evaluators.iter().zip(self.held) {
            let least = held - self.goals.tolerance * held.abs();
            goal.evaluate(values).filter(|candidate| candidate.tie.objective >= least)?;
        }
        let candidate = self.goals.evaluators[self.held.len()].evaluate(values)?;
        let is_far = |other: &ProjectSet| candidate.projects.difference(other) >= self.difference;
        self.others.iter().all(is_far).then_some(candidate)
    }

    fn values_of(&self, selection: &Selection) -> ByColumn<f64> {
        self.goals.evaluators[0].values_of(selection)
    }
}

/// What was found of one goal.
#[derive(Clone, Debug)]
struct Stage {
    found: Found<Selection>,
    /// Value that later goals must keep, as ties compare it.
    held: f64,
}

/// The search for the options of one scenario.
struct Search<'a> {
    goals: Goals<'a>,
    problem: &'a Problem<'a>,
    settings: &'a SelectionSettings,
    cancel: &'a CancelToken,
    options: Vec<Found<Ordered>>,
    /// What was found of each goal for the last option.
    last: Vec<Stage>,
    known: Pool<Selection>,
    /// Bound on the first goal, with the engine that proved it.
    bound: f64,
    engine: Engine,
}

impl Search<'_> {
    fn run(mut self, wanted: usize) -> Result<InOrder, OptimiseError> {
        self.list_by_first_goal(wanted)?;
        let mut status = SolveStatus::Optimal;
        let mut program = self.problem.program.clone();
        while self.options.len() < wanted {
            match self.next_option(&program)? {
                Outcome::Found(option) => {
                    if !option.candidate.solution.is_proven || !is_within(option.gap(), self.settings) {
                        status = SolveStatus::Feasible;
                    }
                    let projects = &option.candidate.projects;
                    program.rows.push(self.problem.difference_row(projects, self.settings.min_difference));
                    self.options.push(option);
                }
                outcome => {
                    status = match (outcome, self.options.is_empty()) {
                        (Outcome::Infeasible, true) => SolveStatus::Infeasible,
                        (Outcome::Infeasible, false) => status,
                        (_, true) => SolveStatus::Unknown,
                        (_, false) => SolveStatus::Feasible,
                    };
                    break;
                }
            }
        }
        Ok(InOrder { status, options: in_rank_order(&self.options, &order), known: self.known })
    }

    /// Lists as many selections as options are wanted, by the first goal alone: the best is the first stage of option
    /// 1, and those behind it are good starts for others.
    fn list_by_first_goal(&mut self, wanted: usize) -> Result<(), OptimiseError> {
        let difference = self.settings.min_difference;
        let evaluator = StageEvaluator { goals: &self.goals, held: &[], others: &[], difference };
        let goals = self.goals.objectives.len();
        let settings =
            SelectionSettings { time_limit: self.seconds_per_goal(), ..self.settings_for(goals, None) };
        let mut search = RankedSearch::new(self.problem, &evaluator, &settings, self.cancel).without_ties();
        search.run(wanted)?;
        let met = search.known().iter().take(MAX_KNOWN_SELECTIONS).map(|met| met.solution.clone());
        let met: Vec<Selection> = met.collect();
        let first = search.into_ranked().into_iter().next();
        self.learn(&met);
        if let Some(first) = first {
            (self.bound, self.engine) = (first.bound, first.engine);
            self.learn(&[first.candidate.solution]);
        }
        Ok(())
    }

    /// Finds the next option, goal by goal; `program` rules out what lies too near to those found so far.
    fn next_option(&mut self, program: &Program) -> Result<Outcome<Found<Ordered>>, OptimiseError> {
        let deadline = self.settings.time_limit.and_then(after);
        let mut program = program.clone();
        let mut stages: Vec<Stage> = Vec::new();
        for goal in 0..self.goals.objectives.len() {
            if let Some(before) = stages.last() {
                // Without slack: the tolerance of rows covers rounding, and with more a search would take it out of
                // shares.
                let value = self.goals.objectives[goal - 1].iter_enumerated();
                let terms: Vec<_> = value.map(|(column, &gain)| (column, gain)).collect();
                let least = before.found.candidate.objective - self.problem.constant;
                program.rows.push(Row::new(terms, least, f64::INFINITY).scaled());
            }
            for (column, &gain) in program.columns.iter_mut().zip(&self.goals.objectives[goal]) {
                column.objective = gain;
            }
            let found = match self.optimise(&program, &stages, deadline)? {
                Outcome::Found(found) => found,
                Outcome::Infeasible => return Ok(Outcome::Infeasible),
                Outcome::Unknown => return Ok(Outcome::Unknown),
            };
            stages.push(Stage { held: found.candidate.tie.objective, found });
        }
        let option = self.option_of(&stages);
        self.last = stages;
        Ok(option.map_or(Outcome::Unknown, Outcome::Found))
    }

    /// Searches for the best value of the goal that follows `before`; the program holds these and maximises it.
    fn optimise(
        &mut self,
        program: &Program,
        before: &[Stage],
        deadline: Option<Instant>,
    ) -> Result<Outcome<Found<Selection>>, OptimiseError> {
        let held: Vec<f64> = before.iter().map(|stage| stage.held).collect();
        let others: Vec<ProjectSet> =
            self.options.iter().map(|option| option.candidate.projects.clone()).collect();
        let difference = self.settings.min_difference;
        let evaluator = StageEvaluator { goals: &self.goals, held: &held, others: &others, difference };
        let known = self.known_for(&evaluator, before);
        let ceiling = self.ceiling(&held);
        let is_last = before.len() + 1 == self.goals.objectives.len();
        let best = known.candidates().first().map(|best| Candidate::clone(best));
        if let Some(best) = best.as_ref().filter(|best| !is_last && self.is_reached(ceiling, best.objective))
        {
            return Ok(Outcome::Found(self.bounded(best.clone(), ceiling)));
        }
        let problem = Problem { program, ..self.problem.clone() };
        let settings = self.settings_for(self.goals.objectives.len() - before.len(), deadline);
        let search = RankedSearch::new(&problem, &evaluator, &settings, self.cancel)
            .handing_on_within(self.seconds_per_goal());
        let search = if is_last { search } else { search.without_ties() };
        let mut search = search.with_known(known.into_candidates());
        let status = search.run(1)?;
        let met = search.known().iter().take(MAX_KNOWN_SELECTIONS).map(|met| met.solution.clone());
        let met: Vec<Selection> = met.collect();
        let found = search.into_ranked().into_iter().next();
        self.learn(&met);
        Ok(match (found, best) {
            (Some(found), _) => {
                let bound = found.bound.min(ceiling).max(found.candidate.objective);
                Outcome::Found(Found { bound, ..found })
            }
            // A search may lose a known selection within its tolerance: then nothing is proven.
            (None, Some(best)) => Outcome::Found(self.bounded(best, ceiling)),
            (None, None) => Outcome::new(None, status),
        })
    }

    /// A known selection with a bound that was proven for an option before.
    fn bounded(&self, candidate: Candidate<Selection>, ceiling: f64) -> Found<Selection> {
        let engine = self.last.first().map_or(self.engine, |stage| stage.found.engine);
        Found { bound: ceiling.max(candidate.objective), candidate, engine }
    }

    /// True if a known value is proven to the gap by a bound; to the last digit where the gap is 0.
    fn is_reached(&self, bound: f64, objective: f64) -> bool {
        let is_exact = bound - objective <= ROUNDING * objective.abs();
        is_exact || (self.settings.gap > 0.0 && is_within(gap(objective, bound), self.settings))
    }

    /// Known selections that an evaluator accepts, best first.
    fn known_for(&self, evaluator: &StageEvaluator<'_>, before: &[Stage]) -> Pool<Selection> {
        let best = before.last().map(|stage| &stage.found.candidate.solution);
        let known = self.known.candidates().iter().map(|known| &known.solution);
        let accepted = best.into_iter().chain(known.take(MAX_KNOWN_SELECTIONS));
        accepted.filter_map(|selection| evaluator.evaluate(&evaluator.values_of(selection))).collect()
    }

    /// Adds selections to those known.
    fn learn(&mut self, met: &[Selection]) {
        let first = &self.goals.evaluators[0];
        let met = met.iter().filter_map(|selection| first.evaluate(&first.values_of(selection)));
        met.for_each(|candidate| self.known.add(candidate));
    }

    /// Bound on the goal behind those held, as proven for the last option: it holds while the same values are held,
    /// since more is ruled out now.
    fn ceiling(&self, held: &[f64]) -> f64 {
        if held.is_empty() && self.last.is_empty() {
            return self.bound;
        }
        let are_same = self.last.iter().zip(held).all(|(stage, held)| stage.held == *held);
        self.last.get(held.len()).filter(|_| are_same).map_or(f64::INFINITY, |stage| stage.found.bound)
    }

    /// An even share of the time of an option.
    fn seconds_per_goal(&self) -> Option<f64> {
        self.settings.time_limit.map(|seconds| seconds / self.goals.objectives.len() as f64)
    }

    /// Limits for one of `left` goals of an option: an even share of the time that is left, and of the nodes.
    fn settings_for(&self, left: usize, deadline: Option<Instant>) -> SelectionSettings {
        let seconds = |deadline: Instant| deadline.saturating_duration_since(Instant::now()).as_secs_f64();
        let goals = u32::try_from(self.goals.objectives.len()).unwrap_or(u32::MAX);
        SelectionSettings {
            time_limit: deadline.map(|deadline| seconds(deadline) / left as f64),
            work_limit: self.settings.work_limit.map(|nodes| (nodes / goals).max(1)),
            ..*self.settings
        }
    }

    /// The option that the goals lead to: the selection of the last, seen by the first.
    fn option_of(&self, stages: &[Stage]) -> Option<Found<Ordered>> {
        let (first, last) = (stages.first()?, stages.last()?);
        let selection = &last.found.candidate.solution;
        let by_goal = |goal: &SelectionEvaluator<'_>| goal.evaluate(&goal.values_of(selection));
        let by_goals: Vec<Candidate<Selection>> =
            self.goals.evaluators.iter().map(by_goal).collect::<Option<_>>()?;
        let is_proven = stages[1..].iter().all(|stage| is_within(stage.found.gap(), self.settings));
        let values = by_goals.iter().map(|candidate| candidate.tie.objective).collect();
        let Candidate { objective, tie, projects, solution: selection } = by_goals.into_iter().next()?;
        let candidate =
            Candidate { objective, tie, projects, solution: Ordered { selection, is_proven, values } };
        Some(Found { bound: first.found.bound.max(objective), candidate, engine: first.found.engine })
    }
}

/// Order of two options: by each goal in turn, then as ties are settled.
fn order(one: &Candidate<Ordered>, other: &Candidate<Ordered>) -> Ordering {
    let goals = one.solution.values.iter().zip(&other.solution.values);
    let by_goals = goals.map(|(one, other)| other.total_cmp(one)).find(|order| order.is_ne());
    by_goals.unwrap_or_else(|| one.order(other))
}
