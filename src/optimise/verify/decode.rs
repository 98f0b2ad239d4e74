//! From a solver's values back to a selection, checked against the portfolio itself.

use std::fmt;

use crate::domain::{Choice, Decision, Dependency, DependencyKind, Project, ROUNDING, Selection};
use crate::finance::Valuation;
use crate::ids::{PeriodLabel, ProjectId};
use crate::units::Share;

use super::recheck;
use crate::optimise::formulate::{Formulation, StartColumns};

/// Shares are kept to this many parts of a whole: finer differences are the solver's rounding.
const SHARE_STEPS: f64 = 1e12;
/// By how much shares are lowered, or raised, one after the other, until limits hold that the solver met only to its own
/// tolerance.
const NUDGES: [f64; 10] = [1e-12, -1e-12, 1e-11, -1e-11, 1e-10, -1e-10, 1e-9, -1e-9, 1e-8, -1e-8];
/// A share that misses the smallest that is allowed by less than this is that smallest.
const SHARE_TOLERANCE: f64 = 1e-6;

/// Reads the selection out of a solution. A share of 0 is not chosen, whatever the solver takes for it.
pub fn decode(formulation: &Formulation, values: &[f64]) -> Selection {
    let chosen = formulation.starts().iter().filter(|start| is_chosen(start, values));
    Selection::new(chosen.filter_map(|start| {
        let share = share_steps(start, values).and_then(|steps| Share::new(steps / SHARE_STEPS));
        let share = share.unwrap_or(Share::ONE);
        (share.value() > 0.0).then_some(Choice { project: start.project, start: start.start, share })
    }))
}

/// Reads the selection out of a solution and holds it to the limits of the scenario; `None` if it breaks one. Shares are
/// moved by no more than a solver's tolerance where that makes limits hold.
pub fn decode_checked(formulation: &Formulation, values: &[f64], valuation: &Valuation) -> Option<Selection> {
    let selection = with_least_shares(decode(formulation, values), valuation);
    let is_valid = |selection: &Selection| recheck(valuation, selection).is_empty();
    if is_valid(&selection) {
        return Some(selection);
    }
    let is_partial = |choice: &Choice| choice.share < Share::ONE;
    if !selection.choices().iter().any(is_partial) {
        return None;
    }
    let nudged = |by: f64| {
        let choices = selection.choices().iter().map(|choice| match is_partial(choice) {
            true => {
                Choice { share: Share::new(choice.share.value() - by).unwrap_or(choice.share), ..*choice }
            }
            false => *choice,
        });
        with_least_shares(Selection::new(choices), valuation)
    };
    NUDGES.into_iter().map(nudged).find(is_valid)
}

/// The selection with shares that are no smaller than allowed, but for more than a solver's tolerance.
fn with_least_shares(selection: Selection, valuation: &Valuation) -> Selection {
    let least = |choice: &Choice| least_share(&valuation.portfolio().projects()[choice.project]);
    let is_short = |choice: &Choice| {
        let short = least(choice) - choice.share.value();
        short > 0.0 && short <= SHARE_TOLERANCE
    };
    if !selection.choices().iter().any(is_short) {
        return selection;
    }
    Selection::new(selection.choices().iter().map(|choice| match Share::new(least(choice)) {
        Some(share) if is_short(choice) => Choice { share, ..*choice },
        _ => *choice,
    }))
}

/// What the selection depends on that a solution stands for, in few words: a bit for each start, then the shares of those
/// that are chosen and divisible.
pub fn signature(formulation: &Formulation, values: &[f64]) -> Vec<u64> {
    let starts = formulation.starts();
    let mut words = vec![0; starts.len().div_ceil(64)];
    for (position, start) in starts.iter().enumerate().filter(|(_, start)| is_chosen(start, values)) {
        words[position / 64] |= 1 << (position % 64);
        words.extend(share_steps(start, values).map(f64::to_bits));
    }
    words
}

fn is_chosen(start: &StartColumns, values: &[f64]) -> bool {
    values[start.chosen] > 0.5
}

/// The share in steps; `None` where it is all or nothing.
fn share_steps(start: &StartColumns, values: &[f64]) -> Option<f64> {
    (start.share != start.chosen).then(|| (values[start.share] * SHARE_STEPS).round().clamp(0.0, SHARE_STEPS))
}

/// A rule that a selection breaks.
#[derive(Clone, Debug, PartialEq)]
pub enum Violation {
    /// A project is in though it was decided out, or out though it was decided in.
    Decision(ProjectId),
    /// A project starts outside its window.
    Start(ProjectId),
    /// A project's share is smaller than its smallest, a part of what is all or nothing, or nothing.
    Share(ProjectId),
    /// More than one project of a group of alternatives is chosen.
    Alternatives(String),
    /// A dependency does not hold.
    Dependency {
        /// The project that depends.
        project: ProjectId,
        /// The project it depends on.
        other: ProjectId,
    },
    /// All of some projects are chosen, and none of those that they require together.
    Condition {
        /// The projects that are chosen.
        projects: Vec<ProjectId>,
        /// Those of which one should be.
        others: Vec<ProjectId>,
    },
    /// A limit is exceeded.
    Limit {
        /// The line or resource; `*` for all lines together.
        name: String,
        /// The period.
        period: PeriodLabel,
        /// The amount.
        amount: f64,
        /// The limit, with all by which it gives way.
        limit: f64,
    },
    /// A limit that the batch file names is not kept.
    NamedLimit {
        /// Its name.
        name: String,
        /// Which bound: the key of the batch file.
        bound: &'static str,
        /// The amount.
        amount: f64,
        /// The amount that it is held against.
        limit: f64,
    },
    /// An objective misses a target that must be reached.
    Target {
        /// The objective.
        objective: String,
        /// The total score.
        score: f64,
        /// The target.
        target: f64,
    },
    /// There are too many changes to the current plan.
    Changes {
        /// How many there are.
        changes: usize,
        /// How many there may be.
        most: usize,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decision(project) => write!(formatter, "{project} is not as decided"),
            Self::Start(project) => write!(formatter, "{project} starts outside its window"),
            Self::Share(project) => write!(formatter, "{project} has a share that it may not have"),
            Self::Alternatives(group) => write!(formatter, "two alternatives of `{group}` are chosen"),
            Self::Dependency { project, other } => {
                write!(formatter, "the dependency of {project} on {other} does not hold")
            }
            Self::Condition { projects, others } => {
                let listed =
                    |ids: &[ProjectId]| ids.iter().map(ProjectId::as_str).collect::<Vec<_>>().join(", ");
                write!(formatter, "none of {} is chosen, as {} demand", listed(others), listed(projects))
            }
            Self::Limit { name, period, amount, limit } => {
                write!(formatter, "{name} takes {amount} of {limit} in {period}")
            }
            Self::NamedLimit { name, bound, amount, limit } => {
                write!(formatter, "`{name}`: {amount} does not keep `{bound}`, which is {limit}")
            }
            Self::Target { objective, score, target } => {
                write!(formatter, "{objective} reaches {score} of {target}")
            }
            Self::Changes { changes, most } => {
                write!(formatter, "{changes} changes to the current plan, of which {most} are allowed")
            }
        }
    }
}

/// Checks a selection against every decision, dependency and limit of its scenario, from the portfolio's own
/// numbers and not from the program's.
pub fn recheck(valuation: &Valuation, selection: &Selection) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut choices = vec![None; valuation.portfolio().projects().len()];
    selection.choices().iter().for_each(|choice| choices[choice.project] = Some(choice));
    check_choices(valuation, &choices, &mut violations);
    for (group, members) in valuation.portfolio().alternatives() {
        if members.iter().filter(|&&project| choices[project].is_some()).count() > 1 {
            violations.push(Violation::Alternatives(group.clone()));
        }
    }
    let id = |project: usize| valuation.portfolio().projects()[project].id.clone();
    for dependency in valuation.portfolio().dependencies() {
        if !holds(dependency, &choices) {
            let (project, other) = (id(dependency.project), id(dependency.other));
            violations.push(Violation::Dependency { project, other });
        }
    }
    for condition in valuation.portfolio().conditions() {
        if !condition.holds(|project| choices[project].is_some()) {
            let ids = |projects: &[usize]| projects.iter().map(|&project| id(project)).collect();
            let (projects, others) = (ids(condition.if_all()), ids(condition.then_any()));
            violations.push(Violation::Condition { projects, others });
        }
    }
    recheck::check(valuation, selection, &mut violations);
    violations
}

/// Per project what is chosen of it.
type Choices<'a> = [Option<&'a Choice>];

fn check_choices(valuation: &Valuation, choices: &Choices, violations: &mut Vec<Violation>) {
    let periods = valuation.portfolio().horizon().len();
    let projects = valuation.portfolio().projects().iter().zip(&valuation.scenario().decisions);
    for ((project, decision), choice) in projects.zip(choices) {
        let as_decided = match decision {
            Decision::Free => true,
            Decision::In => choice.is_some(),
            Decision::Out => choice.is_none(),
        };
        if !as_decided {
            violations.push(Violation::Decision(project.id.clone()));
        }
        let Some(choice) = choice else { continue };
        if !project.starts(periods).contains(&choice.start) {
            violations.push(Violation::Start(project.id.clone()));
        }
        if choice.share.value() < least_share(project) - ROUNDING {
            violations.push(Violation::Share(project.id.clone()));
        }
    }
}

fn least_share(project: &Project) -> f64 {
    project.least_share().value()
}

fn holds(dependency: &Dependency, choices: &Choices) -> bool {
    let this = choices[dependency.project];
    let other = choices[dependency.other];
    match (dependency.kind, this, other) {
        (DependencyKind::Together, this, other) => this.is_some() == other.is_some(),
        (DependencyKind::Excludes, this, other) => this.is_none() || other.is_none(),
        (_, None, _) => true,
        (_, Some(_), None) => false,
        (DependencyKind::Requires, ..) => true,
        (DependencyKind::After { lag }, Some(this), Some(other)) => this.start >= other.start + lag,
    }
}
