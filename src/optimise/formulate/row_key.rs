//! What the rows and columns of a formulation stand for, in the analyst's terms.

/// What one row stands for. Everything is named by its position in the portfolio or the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// At most one start of a project; exactly one where it is decided that the project is in.
    Decision {
        /// The project.
        project: usize,
    },
    /// A divisible project's share lies between its smallest and the whole.
    Share {
        /// The project.
        project: usize,
    },
    /// At most one of a group of alternatives.
    Alternatives {
        /// The group, in the order of [`crate::domain::Portfolio::alternatives`].
        group: usize,
    },
    /// A dependency; one that is about start periods takes several rows.
    Dependency {
        /// The dependency, in the order of [`crate::domain::Portfolio::dependencies`].
        dependency: usize,
    },
    /// What choosing several projects together requires.
    Condition {
        /// The condition, in the order of [`crate::domain::Portfolio::conditions`].
        condition: usize,
    },
    /// The budget of one period.
    Budget {
        /// The budget line; `None` for all lines together.
        line: Option<usize>,
        /// The period.
        period: usize,
    },
    /// The capacity of one period.
    Capacity {
        /// The resource.
        resource: usize,
        /// The period.
        period: usize,
    },
    /// A bound of a limit that the batch file names, unless it is soft.
    Limit {
        /// The limit, in the order of [`crate::domain::Scenario::named_limits`].
        limit: usize,
        /// The bound, in the order of [`crate::domain::NamedLimit::bounds`].
        bound: usize,
    },
    /// The target of an objective.
    Target {
        /// The objective, by its position among the leaves.
        leaf: usize,
    },
    /// The most changes to the current plan.
    Changes,
    /// Whether a synergy holds: it says so and demands nothing.
    Synergy {
        /// The synergy, in the order of [`crate::domain::Portfolio::synergies`].
        synergy: usize,
    },
    /// What overruns, what is carried over or bought, and what soft limits miss: it says so and demands nothing.
    Account,
}

impl RowKey {
    /// Whether it is an amount that could be raised or lowered, and not a decision or a link between projects.
    pub const fn is_limit(self) -> bool {
        matches!(self, Self::Budget { .. } | Self::Capacity { .. } | Self::Limit { .. } | Self::Target { .. })
    }

    /// Whether it is a budget or a capacity, of which each period has so much.
    pub const fn is_supply(self) -> bool {
        matches!(self, Self::Budget { .. } | Self::Capacity { .. })
    }

    /// Whether it only says what columns mean, and rules no selection out.
    pub const fn is_technical(self) -> bool {
        matches!(self, Self::Share { .. } | Self::Synergy { .. } | Self::Account)
    }

    /// The same, whatever the period: what the limits of one line or resource have in common.
    #[must_use]
    pub const fn over_all_periods(self) -> Self {
        match self {
            Self::Budget { line, .. } => Self::Budget { line, period: 0 },
            Self::Capacity { resource, .. } => Self::Capacity { resource, period: 0 },
            other => other,
        }
    }
}

/// What one column stands for. Everything is named by its position in the portfolio or the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnKey {
    /// 1 if a project starts in a period.
    Start {
        /// The project.
        project: usize,
        /// The period.
        period: usize,
    },
    /// The share of a divisible project that starts in a period.
    Share {
        /// The project.
        project: usize,
        /// The period.
        period: usize,
    },
    /// 1 if a synergy holds.
    Synergy {
        /// The synergy.
        synergy: usize,
    },
    /// What is not spent of a budget in a period, of which a part is carried over.
    Unspent {
        /// The budget line; `None` for all lines together.
        line: Option<usize>,
        /// The period.
        period: usize,
    },
    /// What is spent beyond a budget in a period.
    Overrun {
        /// The budget line; `None` for all lines together.
        line: Option<usize>,
        /// The period.
        period: usize,
    },
    /// 1 if a budget is overrun in a period: then nothing of it is left.
    IsOverrun {
        /// The budget line; `None` for all lines together.
        line: Option<usize>,
        /// The period.
        period: usize,
    },
    /// Units of a resource that are bought in a period.
    Bought {
        /// The resource.
        resource: usize,
        /// The period.
        period: usize,
    },
    /// 1 if units of a resource must be bought in a period.
    IsBought {
        /// The resource.
        resource: usize,
        /// The period.
        period: usize,
    },
    /// By how much a bound of a soft limit is missed.
    Missed {
        /// The limit.
        limit: usize,
        /// The bound.
        bound: usize,
    },
    /// Always 1: what it adds to the objective is a constant.
    Always,
    /// A factor on all budgets.
    BudgetScale,
}
