//! Keys of rows and columns: their meaning in the analyst's terms.

use crate::domain::{LineIx, PaymentIx, PeriodIx, ProjectIx, ResourceIx, Total};

/// Key of a row. Everything is named by its position in the portfolio or the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// At most one start of a project; exactly one if the project is decided in.
    Decision {
        /// The project.
        project: ProjectIx,
    },
    /// A divisible project's share lies between its smallest and the whole.
    Share {
        /// The project.
        project: ProjectIx,
    },
    /// At most one of a group of alternatives.
    Alternatives {
        /// The group, in the order of [`crate::domain::Portfolio::alternatives`].
        group: usize,
    },
    /// A dependency; one on start periods takes several rows.
    Dependency {
        /// The dependency, in the order of [`crate::domain::Portfolio::dependencies`].
        dependency: usize,
    },
    /// A condition: choosing several projects together requires others.
    Condition {
        /// The condition, in the order of [`crate::domain::Portfolio::conditions`].
        condition: usize,
    },
    /// The budget of one period.
    Budget {
        /// The budget line; `None` for all lines together.
        line: Option<LineIx>,
        /// The period.
        period: PeriodIx,
    },
    /// The capacity of one period.
    Capacity {
        /// The resource.
        resource: ResourceIx,
        /// The period.
        period: PeriodIx,
    },
    /// A bound of a named limit of the batch file, unless it may be missed.
    Limit {
        /// The limit, in the order of [`crate::domain::Scenario::named_limits`].
        limit: usize,
        /// The bound, in the order of [`crate::domain::NamedLimit::bounds`].
        bound: usize,
    },
    /// A cut of a limit that holds in futures with a confidence.
    Confidence {
        /// The limit, in the order of [`crate::domain::Scenario::named_limits`].
        limit: usize,
        /// The period whose budget or capacity it is; `None` for an amount of several.
        period: Option<PeriodIx>,
    },
    /// The most by which the limits of a priority may be missed together.
    Priority {
        /// The priority.
        priority: u32,
    },
    /// The target of an objective.
    Target {
        /// The objective, by its position among the leaves.
        leaf: usize,
    },
    /// The limit on changes to the current plan.
    Changes,
    /// The limit on projects of the current plan that are dropped.
    Drops,
    /// Definition of a synergy's column; it restricts nothing.
    Synergy {
        /// The synergy, in the order of [`crate::domain::Portfolio::synergies`].
        synergy: usize,
    },
    /// Definition of overruns, carried-over money, bought units, missed soft limits, and progress of key results; it
    /// restricts nothing.
    Account,
}

impl RowKey {
    /// True for an amount that could be raised or lowered, false for a decision or a link between projects.
    pub const fn is_limit(self) -> bool {
        matches!(self, Self::Budget { .. } | Self::Capacity { .. } | Self::Limit { .. } | Self::Target { .. })
    }

    /// True for a budget or a capacity, which has an amount per period.
    pub const fn is_supply(self) -> bool {
        matches!(self, Self::Budget { .. } | Self::Capacity { .. })
    }

    /// True for a technical row, which only defines columns and rules no selection out.
    pub const fn is_technical(self) -> bool {
        matches!(self, Self::Share { .. } | Self::Synergy { .. } | Self::Account)
    }

    /// The same key for all periods: common to the limits of one line or resource.
    #[must_use]
    pub const fn over_all_periods(self) -> Self {
        match self {
            Self::Budget { line, .. } => Self::Budget { line, period: PeriodIx::new(0) },
            Self::Capacity { resource, .. } => Self::Capacity { resource, period: PeriodIx::new(0) },
            other => other,
        }
    }
}

/// Key of a column. Everything is named by its position in the portfolio or the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnKey {
    /// 1 if a project starts in a period and is paid for in one way.
    Start {
        /// The project.
        project: ProjectIx,
        /// The period.
        period: PeriodIx,
        /// The lines that pay for it.
        payment: PaymentIx,
    },
    /// The share of a divisible project that starts in a period and is paid for in one way.
    Share {
        /// The project.
        project: ProjectIx,
        /// The period.
        period: PeriodIx,
        /// The lines that pay for it.
        payment: PaymentIx,
    },
    /// 1 if a synergy holds.
    Synergy {
        /// The synergy.
        synergy: usize,
    },
    /// Money of a budget not spent in a period, of which a share is carried over.
    Unspent {
        /// The budget line; `None` for all lines together.
        line: Option<LineIx>,
        /// The period.
        period: PeriodIx,
    },
    /// Money spent beyond a budget in a period.
    Overrun {
        /// The budget line; `None` for all lines together.
        line: Option<LineIx>,
        /// The period.
        period: PeriodIx,
    },
    /// Mean over the futures of the money spent beyond a budget in a period.
    MeanOverrun {
        /// The budget line; `None` for all lines together.
        line: Option<LineIx>,
        /// The period.
        period: PeriodIx,
    },
    /// Distance of the mean of a total over its worst futures from its mean over all.
    Distance {
        /// The total.
        total: Total,
    },
    /// 1 if a budget is overrun in a period: then no money of it is left.
    IsOverrun {
        /// The budget line; `None` for all lines together.
        line: Option<LineIx>,
        /// The period.
        period: PeriodIx,
    },
    /// Units of a resource that are bought in a period.
    Bought {
        /// The resource.
        resource: ResourceIx,
        /// The period.
        period: PeriodIx,
    },
    /// 1 if units of a resource must be bought in a period.
    IsBought {
        /// The resource.
        resource: ResourceIx,
        /// The period.
        period: PeriodIx,
    },
    /// What a line pays of a shared cost in a period in place of the first line.
    Moved {
        /// The project.
        project: ProjectIx,
        /// The cost, by its place among those of the project.
        cost: usize,
        /// The line.
        line: LineIx,
        /// The period.
        period: PeriodIx,
    },
    /// Amount by which a bound of a soft limit is missed.
    Missed {
        /// The limit.
        limit: usize,
        /// The bound.
        bound: usize,
    },
    /// The share of the way from baseline to target that a key result has come when due, between 0 and 1.
    Progress {
        /// The key result.
        key_result: usize,
    },
    /// 1 if a key result is no worse than its baseline when due.
    IsBegun {
        /// The key result.
        key_result: usize,
    },
    /// 1 if a key result is beyond its target when due.
    IsExceeded {
        /// The key result.
        key_result: usize,
    },
    /// 1 if a key result reaches its target when due.
    IsReached {
        /// The key result.
        key_result: usize,
    },
    /// Always 1: its objective coefficient is the constant of the objective.
    Always,
    /// A factor on all budgets.
    BudgetScale,
}
