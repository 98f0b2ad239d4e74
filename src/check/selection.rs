//! Selections as the tables give them.

use crate::domain::{PaymentIx, PeriodIx, ProjectIx};

/// One chosen project.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Chosen {
    /// The project.
    pub project: ProjectIx,
    /// The period in which it starts.
    pub start: PeriodIx,
    /// The share of it that is funded.
    pub share: f64,
    /// The lines that pay for it.
    pub payment: PaymentIx,
}

/// The projects of an option or of a point of the frontier, each once, in the order of the portfolio.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Selection {
    chosen: Vec<Chosen>,
}

impl Selection {
    /// A selection of projects in any order.
    pub fn new(mut chosen: Vec<Chosen>) -> Self {
        chosen.sort_by_key(|one| one.project);
        Self { chosen }
    }

    /// The chosen projects.
    pub fn chosen(&self) -> &[Chosen] {
        &self.chosen
    }

    /// The choice for a project.
    pub fn of(&self, project: ProjectIx) -> Option<Chosen> {
        self.chosen.iter().find(|one| one.project == project).copied()
    }

    /// True if a project is chosen.
    pub fn has(&self, project: ProjectIx) -> bool {
        self.of(project).is_some()
    }

    /// Number of projects in one of two selections and not in the other.
    pub fn distance(&self, other: &Self) -> usize {
        let missing = |from: &Self, to: &Self| from.chosen.iter().filter(|one| !to.has(one.project)).count();
        missing(self, other) + missing(other, self)
    }
}
