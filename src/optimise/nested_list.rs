//! One order of all projects such that funding down the list is good for any budget: selections that contain one another,
//! one for each level of the budgets (incremental funding; nested knapsack solutions).
//!
//! The list is anchored at the scenario's own budgets, where it funds option 1 and loses nothing. Below, each level
//! keeps the best part of what the level above funds; above, each level adds what is best beside what the level below
//! funds. The best of each level alone says what that costs.

use std::time::Instant;

use crate::domain::{
    ByPeriod, Choice, Decision, Measure, PriorityLevels, ProjectIx, Scenario, Selection, SelectionSettings,
};
use crate::finance::Valuation;
use crate::progress::CancelToken;
use crate::units::{Money, Share};

use super::explain::decisions::ReasonsLimit;
use super::k_best::{RankedSearch, after};
use super::outcome::{OptimiseError, Outcome};
use super::priorities::hold_priorities;
use super::result::ScenarioOptions;
use super::scenario_model::ScenarioModel;

/// A loss that is no larger a part of the objective is rounding.
const ROUNDING: f64 = 1e-9;

/// A place on the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Priority {
    /// The project.
    pub project: ProjectIx,
    /// Planned cost of the list down to it.
    pub cumulative_cost: f64,
    /// The lowest level of the budgets at which the list funds it; `None`: at none.
    pub level: Option<f64>,
    /// What the list loses at that level against the best selection known for it; `None` where no level funds it.
    pub loss: Option<f64>,
    /// True if the scenario's own budgets fund it.
    pub is_funded: bool,
}

/// What the list funds at a level.
#[derive(Clone, Debug)]
struct Step {
    level: f64,
    selection: Selection,
    loss: f64,
}

/// Finds the list of a scenario; `None` where it has no option.
///
/// # Errors
/// If cancelled, or if the solver fails. Levels at which nothing is feasible, or that are not reached in time, are left
/// out.
pub fn find_priorities(
    (valuation, options): (&Valuation, &ScenarioOptions),
    levels: PriorityLevels,
    settings: &SelectionSettings,
    limit: &ReasonsLimit,
    cancel: &CancelToken,
) -> Result<Option<Vec<Priority>>, OptimiseError> {
    let Some(first) = options.options.first() else { return Ok(None) };
    let list = List {
        valuation,
        options,
        settings,
        cancel,
        seconds: limit.seconds,
        deadline: limit.seconds.and_then(after),
    };
    let own = Step { level: 1.0, selection: first.selection.clone(), loss: 0.0 };
    let mut steps = vec![own.clone()];
    let mut below: Vec<f64> = levels.all().filter(|&level| level < 1.0).collect();
    below.reverse();
    let above: Vec<f64> = levels.all().filter(|&level| level > 1.0).collect();
    for (side, is_part) in [(below, true), (above, false)] {
        let mut last = own.clone();
        for level in side {
            let Some(step) = list.step(&last.selection, level, is_part)? else { break };
            steps.push(step.clone());
            last = step;
        }
    }
    steps.sort_by(|one, other| one.level.total_cmp(&other.level));
    hold_losses(&mut steps);
    Ok(Some(list.places(&steps, &first.selection)))
}

/// Gives each level the largest loss from it up to the next at which the list grows.
fn hold_losses(steps: &mut [Step]) {
    for place in (1..steps.len()).rev() {
        if steps[place].selection.len() == steps[place - 1].selection.len() {
            steps[place - 1].loss = steps[place - 1].loss.max(steps[place].loss);
        }
    }
}

struct List<'a> {
    valuation: &'a Valuation<'a>,
    options: &'a ScenarioOptions,
    settings: &'a SelectionSettings,
    cancel: &'a CancelToken,
    /// Seconds for all lists together, and when they are over.
    seconds: Option<f64>,
    deadline: Option<Instant>,
}

impl List<'_> {
    /// The best selection at a level that is a part of another, or has it as a part; `None` if there is none, or no
    /// time.
    fn step(&self, other: &Selection, level: f64, is_part: bool) -> Result<Option<Step>, OptimiseError> {
        let free = self.at_level(level);
        let mut nested = free.clone();
        for (place, decision) in nested.decisions.iter_mut().enumerate() {
            match (is_part, other.contains(ProjectIx::new(place))) {
                (true, false) if *decision == Decision::Free => *decision = Decision::Out,
                (false, true) if *decision == Decision::Free => *decision = Decision::In,
                _ => {}
            }
        }
        let Some((selection, objective)) = self.best(&nested)? else { return Ok(None) };
        let best = self.best(&free)?.map_or(objective, |(_, best)| best.max(objective));
        let loss = best - objective;
        let loss = if loss <= ROUNDING * best.abs() { 0.0 } else { loss };
        Ok(Some(Step { level, selection, loss }))
    }

    /// The scenario with its budgets multiplied by a factor.
    fn at_level(&self, level: f64) -> Scenario {
        let mut scenario = self.valuation.scenario().clone();
        let scale = |budget: &mut ByPeriod<Money>| budget.iter_mut().for_each(|amount| *amount *= level);
        scenario.limits.lines.iter_mut().flatten().for_each(scale);
        scenario.limits.all_lines.iter_mut().for_each(scale);
        scenario
    }

    /// The best selection of a scenario, with its objective in the program: larger is better.
    fn best(&self, scenario: &Scenario) -> Result<Option<(Selection, f64)>, OptimiseError> {
        let left = |deadline: Instant| deadline.saturating_duration_since(Instant::now()).as_secs_f64();
        let left = self.deadline.map(left);
        if left.is_some_and(|left| left <= 0.0) {
            return Ok(None);
        }
        let own = self.settings.time_limit;
        let time_limit = own.map(|own| left.map_or(own, |left| own.min(left))).or(left);
        let settings = SelectionSettings { min_difference: 1, time_limit, ..*self.settings };
        // Other budgets may let limits with priorities be kept better, or less well.
        let held = hold_priorities(&self.valuation.under(scenario), &settings, self.cancel)?;
        let mut model = ScenarioModel::new(&held.valuation);
        model.maximise_goal(&self.options.scales);
        let problem = model.problem();
        let search = RankedSearch::new(&problem, model.evaluator(), &settings, self.cancel)
            .handing_on_within(own.into_iter().chain(self.seconds).reduce(f64::min));
        Ok(match search.best()? {
            Outcome::Found(found) => Some((found.candidate.solution, found.candidate.objective)),
            Outcome::Infeasible | Outcome::Unknown => None,
        })
    }

    /// All projects: by the lowest level that funds them, then by objective per cost, then by id; what no level funds
    /// comes last.
    fn places(&self, steps: &[Step], own: &Selection) -> Vec<Priority> {
        let projects = self.valuation.portfolio().projects();
        let mut placed: Vec<(Option<&Step>, f64, f64, ProjectIx)> = projects
            .positions()
            .map(|project| {
                let step = steps.iter().find(|step| step.selection.contains(project));
                let choice = step.and_then(|step| step.selection.choice(project)).copied();
                let choice = choice.unwrap_or(Choice {
                    project,
                    start: projects[project].start,
                    share: Share::ONE,
                    payment: Default::default(),
                });
                let plan = self.valuation.plan_of(&choice);
                let of = |measure: Measure| self.valuation.measure(measure, project, plan);
                let cost = choice.share.value() * of(Measure::Cost);
                let value = choice.share.value() * self.value(&of);
                (step, if cost > 0.0 { value / cost } else { f64::INFINITY }, cost, project)
            })
            .collect();
        placed.sort_by(|one, other| {
            let level = |step: Option<&Step>| step.map_or(f64::INFINITY, |step| step.level);
            (level(one.0).total_cmp(&level(other.0)))
                .then_with(|| other.1.total_cmp(&one.1))
                .then_with(|| one.3.cmp(&other.3))
        });
        let mut cumulative_cost = 0.0;
        let place = |(step, _, cost, project): (Option<&Step>, f64, f64, ProjectIx)| {
            cumulative_cost += cost;
            Priority {
                project,
                cumulative_cost,
                level: step.map(|step| step.level),
                loss: step.map(|step| step.loss),
                is_funded: own.contains(project),
            }
        };
        placed.into_iter().map(place).collect()
    }

    /// What a project adds to the objective by itself.
    fn value(&self, of: &dyn Fn(Measure) -> f64) -> f64 {
        let goal = &self.valuation.scenario().goal;
        let terms = super::formulate::objective::objective_terms(goal, &self.options.scales);
        terms.into_iter().map(|(measure, weight)| weight * of(measure)).sum()
    }
}
