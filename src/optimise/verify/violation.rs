//! Rules that a selection violates, as messages.

use std::fmt;

use crate::ids::{PeriodLabel, ProjectId};
use crate::optimise::formulate::row_key::RowKey;

/// A rule that a selection violates.
#[derive(Clone, Debug, PartialEq)]
pub enum Violation {
    /// A project decided out is chosen, or one decided in is not.
    Decision(ProjectId),
    /// A project starts outside its window.
    Start(ProjectId),
    /// A project's share is below its smallest, partial for an indivisible project, or 0.
    Share(ProjectId),
    /// Lines pay less than nothing of a shared cost of a project, or more than all of it.
    Payers(ProjectId),
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
        /// Projects of which at least one should be chosen.
        others: Vec<ProjectId>,
    },
    /// A limit is exceeded.
    Limit {
        /// Its row in the program.
        key: RowKey,
        /// The line or resource; `*` for all lines together.
        name: String,
        /// The period.
        period: PeriodLabel,
        /// The amount.
        amount: f64,
        /// The limit, with overruns and bought units allowed.
        limit: f64,
    },
    /// A named limit of the batch file is violated.
    NamedLimit {
        /// Its row in the program.
        key: RowKey,
        /// Name of the limit.
        name: String,
        /// The bound: key of the batch file.
        bound: &'static str,
        /// The amount.
        amount: f64,
        /// The limit on the amount.
        limit: f64,
    },
    /// A limit with a confidence is exceeded in too many futures, or by too much in the worst of them.
    Confidence {
        /// Its row in the program.
        key: RowKey,
        /// Name of the limit.
        name: String,
        /// The confidence asked for.
        level: f64,
    },
    /// The limits of a priority are missed by more than they need be.
    Priority {
        /// The priority.
        priority: u32,
        /// Sum of the relative violations.
        shortfall: f64,
        /// The largest that is held.
        most: f64,
    },
    /// An objective misses a hard target.
    Target {
        /// The objective.
        objective: String,
        /// The total score.
        score: f64,
        /// The target.
        target: f64,
    },
    /// Too many changes to the current plan.
    Changes {
        /// Number of changes.
        changes: usize,
        /// Largest number of changes allowed.
        most: usize,
    },
    /// Too many projects of the current plan are dropped.
    Drops {
        /// Number of them.
        drops: usize,
        /// Largest number allowed.
        most: usize,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decision(project) => write!(formatter, "{project} is not as decided"),
            Self::Start(project) => write!(formatter, "{project} starts outside its window"),
            Self::Share(project) => write!(formatter, "{project} has a share that it may not have"),
            Self::Payers(project) => write!(formatter, "{project} is not paid for as it costs"),
            Self::Alternatives(group) => write!(formatter, "two alternatives of `{group}` are chosen"),
            Self::Dependency { project, other } => {
                write!(formatter, "the dependency of {project} on {other} does not hold")
            }
            Self::Condition { projects, others } => {
                let listed =
                    |ids: &[ProjectId]| ids.iter().map(ProjectId::as_str).collect::<Vec<_>>().join(", ");
                write!(formatter, "none of {} is chosen, as {} demand", listed(others), listed(projects))
            }
            Self::Limit { name, period, amount, limit, .. } => {
                write!(formatter, "{name} takes {amount} of {limit} in {period}")
            }
            Self::NamedLimit { name, bound, amount, limit, .. } => {
                write!(formatter, "`{name}`: {amount} does not keep `{bound}`, which is {limit}")
            }
            Self::Confidence { name, level, .. } => {
                write!(formatter, "`{name}` does not hold with a confidence of {level}")
            }
            Self::Priority { priority, shortfall, most } => {
                write!(
                    formatter,
                    "the limits of priority {priority} are missed by {shortfall}, of which {most} are held"
                )
            }
            Self::Target { objective, score, target } => {
                write!(formatter, "{objective} reaches {score} of {target}")
            }
            Self::Changes { changes, most } => {
                write!(formatter, "{changes} changes to the current plan, of which {most} are allowed")
            }
            Self::Drops { drops, most } => {
                write!(formatter, "{drops} projects of the current plan are dropped, of which {most} may be")
            }
        }
    }
}
