//! What the rows of a formulation stand for, in the analyst's terms.

/// What one row stands for. Everything is named by its position in the portfolio or the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Meaning {
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
}

impl Meaning {
    /// Whether it is an amount that could be raised, and not a decision or a link between projects.
    pub const fn is_limit(self) -> bool {
        matches!(self, Self::Budget { .. } | Self::Capacity { .. })
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
