//! Selections: the projects of an option, with start and share.

use crate::units::{Money, Share};

use super::{ByPeriod, LineIx, PaymentIx, PeriodIx, ProjectIx};

/// One chosen project.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// The project.
    pub project: ProjectIx,
    /// The period in which it starts.
    pub start: PeriodIx,
    /// The share of it that is funded; 1 unless it is divisible.
    pub share: Share,
    /// The lines that pay for it: the first way unless several lines may pay.
    pub payment: PaymentIx,
}

/// Part of a cost that several lines share, which another than its first line pays.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// The project.
    pub project: ProjectIx,
    /// The cost, by its place among those of the project.
    pub cost: usize,
    /// The line that pays.
    pub line: LineIx,
    /// What it pays in each period of the horizon.
    pub amounts: ByPeriod<Money>,
}

/// A set of chosen projects with start periods, in the order of projects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    choices: Vec<Choice>,
    transfers: Vec<Transfer>,
}

impl Selection {
    /// Makes a selection of choices in any order; a later choice of the same project replaces an earlier one.
    pub fn new(choices: impl IntoIterator<Item = Choice>) -> Self {
        let mut choices: Vec<Choice> = choices.into_iter().collect();
        if !choices.is_sorted_by(|one, other| one.project < other.project) {
            // Of several choices of one project the last comes first, and alone remains.
            choices.reverse();
            choices.sort_by_key(|choice| choice.project);
            choices.dedup_by_key(|choice| choice.project);
        }
        Self { choices, transfers: Vec::new() }
    }

    /// The choices, ordered by project.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The chosen projects, in order.
    pub fn projects(&self) -> impl Iterator<Item = ProjectIx> + '_ {
        self.choices.iter().map(|choice| choice.project)
    }

    /// The choice made for a project.
    pub fn choice(&self, project: ProjectIx) -> Option<&Choice> {
        self.choices
            .binary_search_by_key(&project, |choice| choice.project)
            .ok()
            .map(|position| &self.choices[position])
    }

    /// True if a project is chosen.
    pub fn contains(&self, project: ProjectIx) -> bool {
        self.choice(project).is_some()
    }

    /// Number of chosen projects.
    pub fn len(&self) -> usize {
        self.choices.len()
    }

    /// No project is chosen.
    pub fn is_empty(&self) -> bool {
        self.choices.is_empty()
    }

    /// The same selection with other parts of shared costs paid by other than their first lines. Those of projects that
    /// are not chosen are left out.
    #[must_use]
    pub fn with_transfers(mut self, mut transfers: Vec<Transfer>) -> Self {
        transfers.retain(|transfer| self.contains(transfer.project));
        self.transfers = transfers;
        self
    }

    /// What other than their first lines pay of shared costs.
    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    /// The same selection with another way to pay for one of its projects.
    #[must_use]
    pub fn paid_by(&self, project: ProjectIx, payment: PaymentIx) -> Self {
        let mut paid = self.clone();
        paid.choices.iter_mut().filter(|one| one.project == project).for_each(|one| one.payment = payment);
        paid
    }

    /// The number of projects chosen in one of the two and not in the other.
    pub fn difference(&self, other: &Self) -> usize {
        let only_here = self.projects().filter(|&project| !other.contains(project)).count();
        let only_there = other.projects().filter(|&project| !self.contains(project)).count();
        only_here + only_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selection(projects: &[usize]) -> Selection {
        Selection::new(projects.iter().map(|&project| Choice {
            project: ProjectIx::new(project),
            start: PeriodIx::new(0),
            share: Share::ONE,
            payment: PaymentIx::default(),
        }))
    }

    #[test]
    fn a_later_choice_of_a_project_replaces_an_earlier_one() {
        let choice = |project, start| Choice {
            project: ProjectIx::new(project),
            start: PeriodIx::new(start),
            share: Share::ONE,
            payment: PaymentIx::default(),
        };
        let mixed = [choice(3, 0), choice(1, 0), choice(3, 1), choice(2, 0), choice(3, 2), choice(1, 1)];
        assert_eq!(Selection::new(mixed).choices(), [choice(1, 1), choice(2, 0), choice(3, 2)]);
        let in_order = [choice(1, 1), choice(2, 0)];
        assert_eq!(Selection::new(in_order).choices(), in_order);
    }

    #[test]
    fn difference_counts_projects_in_one_and_not_in_the_other() {
        assert_eq!(selection(&[1, 2, 3]).difference(&selection(&[3, 4])), 3);
        assert_eq!(selection(&[]).difference(&selection(&[])), 0);
    }
}
