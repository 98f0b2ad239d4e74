//! Selections as the tables give them.

use std::collections::BTreeSet;

use super::figure::Figure;
use crate::domain::{LineIx, PaymentIx, PeriodIx, Portfolio, ProjectIx};

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
    /// What a line pays in a period for a project beyond what it would if the first line of each shared cost paid all
    /// of it; negative where others pay for it.
    pub moved: Vec<(ProjectIx, LineIx, PeriodIx, Figure)>,
}

impl Selection {
    /// A selection of projects in any order.
    pub fn new(mut chosen: Vec<Chosen>) -> Self {
        chosen.sort_by_key(|one| one.project);
        Self { chosen, moved: Vec::new() }
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

    /// Number of projects in one of two selections and not in the other. Alternatives count as one project.
    pub fn distance(&self, other: &Self, portfolio: &Portfolio) -> usize {
        let counted = |project: ProjectIx| {
            let group = portfolio.alternatives().iter().find(|(_, members)| members.contains(&project));
            group.map_or(project, |(_, members)| members[0])
        };
        let all = |one: &Self| -> BTreeSet<ProjectIx> {
            one.chosen.iter().map(|chosen| counted(chosen.project)).collect()
        };
        all(self).symmetric_difference(&all(other)).count()
    }
}
