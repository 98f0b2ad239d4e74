//! Change control: limit on changes to the current plan, and their price.

use super::row_key::{ColumnKey, RowKey};
use crate::domain::{ChangeControl, CurrentPlan};
use crate::finance::Valuation;
use crate::optimise::model::program::Column;

use super::{Formulation, StartColumns, Terms};

impl Formulation {
    pub(super) fn add_changes(&mut self, valuation: &Valuation) {
        let control = valuation.scenario().change_control;
        let Some(plan) = valuation.portfolio().current_plan().filter(|_| control.is_active()) else { return };
        // Σ over planned projects of (1 − x at the agreed start) + Σ over all others of x at any start.
        let mut terms = Terms::new();
        let mut planned = 0_usize;
        for project in self.of_project.positions() {
            match plan.start(project) {
                Some(agreed) => {
                    planned += 1;
                    let kept = self.starts_of(project).iter().filter(|start| start.start == agreed);
                    terms.extend(kept.map(|start| (start.chosen, -1.0)));
                }
                None => terms.extend(self.chosen(project)),
            }
        }
        let planned = planned as f64;
        if control.price > 0.0 {
            self.penalties.extend(terms.iter().map(|&(column, changes)| (column, control.price * changes)));
        }
        self.add_prices_apart(plan, control);
        let constant = (control.price + control.drop_price) * planned;
        if control.price > 0.0 || control.drop_price > 0.0 {
            // A program has no constant, so a column that is always 1 carries it.
            let always = Column { lower: 1.0, upper: 1.0, is_integer: false, objective: 0.0 };
            let always = self.add_column(ColumnKey::Always, always);
            self.penalties.push((always, constant));
        }
        if let Some(most) = control.max_drops {
            // Σ over planned projects of (1 − x at any start).
            let planned_projects = self.of_project.positions().filter(|&one| plan.start(one).is_some());
            let kept: Terms = planned_projects.flat_map(|project| self.chosen(project)).collect();
            let less_kept = kept.into_iter().map(|(column, _)| (column, -1.0));
            self.add_at_most(RowKey::Drops, less_kept, most as f64 - planned);
        }
        if let Some(most) = control.max_changes {
            self.add_at_most(RowKey::Changes, terms, most as f64 - planned);
        }
    }

    /// Prices of additions, drops and moves, but for what dropping all of the plan costs, which is a constant.
    fn add_prices_apart(&mut self, plan: &CurrentPlan, control: ChangeControl) {
        let price = |start: &StartColumns| match plan.start(start.project) {
            None => control.add_price,
            Some(agreed) if agreed == start.start => -control.drop_price,
            Some(_) => control.move_price - control.drop_price,
        };
        let prices = self.starts.iter().map(|start| (start.chosen, price(start)));
        self.penalties.extend(prices.filter(|&(_, price)| price != 0.0));
    }
}
