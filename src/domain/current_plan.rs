//! The current plan, and limits on departures from it (change control).

use super::{ByProject, PeriodIx, ProjectIx, Selection};

/// A departure from the current plan in one project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was not agreed, and starts.
    Add,
    /// It was agreed, and does not start.
    Drop,
    /// It starts in another period than was agreed.
    Move,
}

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

    /// The change that starting a project in a period, or (`None`) not choosing it, is; `None` if it is none.
    pub fn change(&self, project: ProjectIx, start: Option<PeriodIx>) -> Option<Change> {
        self.is_change(project, start).then(|| match (self.start(project), start) {
            (None, _) => Change::Add,
            (Some(_), None) => Change::Drop,
            (Some(_), Some(_)) => Change::Move,
        })
    }

    /// How many changes of a kind a selection makes.
    pub fn changes_of(&self, kind: Change, selection: &Selection) -> usize {
        let chosen = |project| selection.choice(project).map(|choice| choice.start);
        let changes = self.starts.positions().filter_map(|project| self.change(project, chosen(project)));
        changes.filter(|&change| change == kind).count()
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
    /// The most projects of the plan that are dropped; `None`: any number.
    pub max_drops: Option<usize>,
    /// Objective units per change of any kind, 0 or more.
    pub price: f64,
    /// Objective units per project that is added, beside `price`; 0 or more.
    pub add_price: f64,
    /// Objective units per project that is dropped, beside `price`; 0 or more.
    pub drop_price: f64,
    /// Objective units per project that is moved, beside `price`; 0 or more.
    pub move_price: f64,
}

impl ChangeControl {
    /// True if it needs a current plan: without a limit and a price nothing is controlled.
    pub fn is_active(self) -> bool {
        self.max_changes.is_some() || self.price > 0.0 || self.tells_changes_apart()
    }

    /// True if kinds of changes are counted or priced apart.
    pub fn tells_changes_apart(self) -> bool {
        let has_price = |change| self.price_beside(change) > 0.0;
        self.max_drops.is_some() || [Change::Add, Change::Drop, Change::Move].into_iter().any(has_price)
    }

    /// The price of a change of one kind, beside that of any change.
    pub fn price_beside(self, change: Change) -> f64 {
        match change {
            Change::Add => self.add_price,
            Change::Drop => self.drop_price,
            Change::Move => self.move_price,
        }
    }

    /// What the changes of a selection cost the objective.
    pub fn price_of(self, plan: &CurrentPlan, selection: &Selection) -> f64 {
        let apart = |change| self.price_beside(change) * plan.changes_of(change, selection) as f64;
        let apart: f64 = match self.tells_changes_apart() {
            true => [Change::Add, Change::Drop, Change::Move].into_iter().map(apart).sum(),
            false => 0.0,
        };
        self.price * plan.changes(selection) as f64 + apart
    }

    /// True if no price is negative.
    pub fn has_sound_prices(self) -> bool {
        [self.price, self.add_price, self.drop_price, self.move_price].iter().all(|&price| price >= 0.0)
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
        let apart = ChangeControl {
            price: 1.0,
            add_price: 10.0,
            drop_price: 100.0,
            move_price: 1000.0,
            ..Default::default()
        };
        assert_eq!(apart.price_of(&plan, &Selection::new([kept, moved, added])), 1113.0);
        assert_eq!(apart.price_of(&plan, &Selection::default()), 303.0);
        assert_eq!(plan.changes_of(Change::Drop, &Selection::default()), 3);
    }

    #[test]
    fn without_limit_and_price_nothing_is_controlled() {
        assert!(!ChangeControl::default().is_active());
        assert!(ChangeControl { max_changes: Some(0), ..Default::default() }.is_active());
        assert!(ChangeControl { max_drops: Some(0), ..Default::default() }.is_active());
        assert!(ChangeControl { price: 0.1, ..Default::default() }.is_active());
    }
}
