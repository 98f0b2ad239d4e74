//! The current plan, and limits on departures from it (change control).

use super::{ByProject, PeriodIx, ProjectIx, Selection};

/// The agreed start of every project that is agreed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurrentPlan {
    starts: ByProject<Option<PeriodIx>>,
}

impl CurrentPlan {
    /// A plan with one agreed start per project, or `None` where it is not in the plan. A start
    /// may lie outside the periods in which the project may start now: it is what has been agreed.
    pub fn new(starts: ByProject<Option<PeriodIx>>) -> Self {
        Self { starts }
    }

    /// Per project: its agreed start.
    pub fn starts(&self) -> &ByProject<Option<PeriodIx>> {
        &self.starts
    }

    /// The agreed start of a project; `None`: it is not in the plan.
    pub fn start(&self, project: ProjectIx) -> Option<PeriodIx> {
        self.starts.get(project).copied().flatten()
    }

    /// True if starting a project in a period, or (`None`) not choosing it, is a change. Adding a project, dropping one
    /// and moving its start are one change each; another share of it is none.
    pub fn is_change(&self, project: ProjectIx, start: Option<PeriodIx>) -> bool {
        self.start(project) != start
    }

    /// In how many projects a selection departs from the plan.
    pub fn changes(&self, selection: &Selection) -> usize {
        let chosen = |project| selection.choice(project).map(|choice| choice.start);
        self.starts.positions().filter(|&project| self.is_change(project, chosen(project))).count()
    }
}

/// Limit and price of departures from the current plan. By default neither.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChangeControl {
    /// The most changes, as [`CurrentPlan::changes`] counts them; `None`: any number.
    pub max_changes: Option<usize>,
    /// Objective units per change, 0 or more.
    pub price: f64,
}

impl ChangeControl {
    /// True if it needs a current plan: without a limit and a price nothing is controlled.
    pub fn is_active(self) -> bool {
        self.max_changes.is_some() || self.price > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::Choice;
    use super::*;
    use crate::units::Share;

    #[test]
    fn adding_dropping_and_moving_are_one_change_each() {
        let plan = CurrentPlan::new(
            [Some(0), Some(1), Some(2), None, None].map(|start| start.map(PeriodIx::new)).to_vec().into(),
        );
        let choice = |project, start, share| Choice {
            project: ProjectIx::new(project),
            start: PeriodIx::new(start),
            share,
            payment: crate::domain::PaymentIx::default(),
        };
        let half = Share::new(0.5).unwrap();
        let kept = choice(0, 0, half);
        let moved = choice(1, 2, Share::ONE);
        let added = choice(3, 0, Share::ONE);
        assert_eq!(plan.changes(&Selection::new([kept, moved, added])), 3, "and 2 is dropped");
        assert_eq!(plan.changes(&Selection::default()), 3);
    }

    #[test]
    fn without_limit_and_price_nothing_is_controlled() {
        assert!(!ChangeControl::default().is_active());
        assert!(ChangeControl { max_changes: Some(0), price: 0.0 }.is_active());
        assert!(ChangeControl { max_changes: None, price: 0.1 }.is_active());
    }
}
