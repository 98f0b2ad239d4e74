//! One set of assumptions, resolved against its portfolio.

use std::collections::BTreeMap;

use crate::ids::{ScenarioName, WeightSetName};
use crate::units::Share;

use super::{
    ByBenefitKind, ByLine, ByProject, ByResource, ChangeControl, Goal, Limits, Measure, NamedLimit,
    ProjectIx, ProjectWeights,
};

/// Prior decision about a project in a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decision {
    /// The optimisation decides.
    #[default]
    Free,
    /// Chosen: mandatory, or forced in by the scenario.
    In,
    /// Not chosen: excluded, or forced out by the scenario.
    Out,
}

/// Factors that a scenario puts on the portfolio's own numbers; 1 leaves them as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scales {
    /// On the budget of each line.
    pub budgets: ByLine<f64>,
    /// On the cap on all lines together.
    pub all_lines: f64,
    /// On the capacity of each resource.
    pub capacities: ByResource<f64>,
    /// On the costs of each line.
    pub costs: ByLine<f64>,
    /// On the benefits of each kind.
    pub benefits: ByBenefitKind<f64>,
}

/// Due date of a period's money within the period, from which it is discounted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DiscountTiming {
    /// At its start: the first period is not discounted.
    #[default]
    Start,
    /// In its middle: the first period is discounted by half a period.
    Middle,
    /// At its end, as the NPV function of spreadsheets has it: the first period is discounted by a whole one.
    End,
}

impl DiscountTiming {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Start, Self::Middle, Self::End];

    /// The word that batch files use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// A scenario with every assumption resolved: nothing in it refers to a base, a sweep or a name any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Unique name.
    pub name: ScenarioName,
    /// The name of its weights.
    pub weight_set: WeightSetName,
    /// Its weights, for each project.
    pub weights: ProjectWeights,
    /// Its goal: the first, if others follow. The objective is that of this goal.
    pub goal: Goal,
    /// Measures that follow, in the sense of the goal: each is optimised among the selections that are best in the goal
    /// and in the measures before it (lexicographic optimisation, Isermann 1982).
    pub next_goals: Vec<Measure>,
    /// Discount rate per period.
    pub discount_rate: f64,
    /// Due date of a period's money within the period.
    pub discount_at: DiscountTiming,
    /// The factors it puts on the portfolio's numbers.
    pub scales: Scales,
    /// Budgets and capacities, with the factors applied.
    pub limits: Limits,
    /// The limits that the batch file names, ordered by name.
    pub named_limits: Vec<NamedLimit>,
    /// True if the targets of objectives must be reached.
    pub meet_targets: bool,
    /// Limit and price of departures from the current plan.
    pub change_control: ChangeControl,
    /// Growth of a project's costs, as a share, with each period by which its start is deferred; above −1.
    pub escalation: f64,
    /// Smallest shares of projects in place of the projects table's; `None`: all or nothing.
    pub min_fractions: BTreeMap<ProjectIx, Option<Share>>,
    /// Per project: what is decided. A scenario's forced decision overrides the project's status.
    pub decisions: ByProject<Decision>,
    /// Number of options to find.
    pub options: usize,
    /// True if its options are simulated.
    pub simulate: bool,
}
