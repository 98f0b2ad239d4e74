//! Synergies: a column `z` that is 1 if enough members are chosen, and 0 if not.
//!
//! With n members of which k must be chosen, `k·z ≤ Σ y ≤ k − 1 + (n − k + 1)·z` for a binary z. Where k = n or k = 1,
//! the tighter `z ≤ y_i, z ≥ Σ y − n + 1` and `z ≥ y_i, z ≤ Σ y` make a continuous z integral by themselves. Both sides
//! are always present: a gain in the objective may be a loss for a limit.

use super::row_key::{ColumnKey, RowKey};
use crate::domain::{Measure, PeriodIx, ProjectIx, Synergy};
use crate::finance::Valuation;
use crate::optimise::model::program::{Column, ColumnIx};

use super::{Formulation, Terms};

impl Formulation {
    pub(super) fn add_synergies(&mut self, valuation: &Valuation) {
        for (position, synergy) in valuation.portfolio().synergies().iter().enumerate() {
            let column = self.add_synergy(position, synergy);
            self.synergies.push(column);
        }
    }

    /// Adds a synergy; returns its column, or `None` where it cannot hold.
    fn add_synergy(&mut self, position: usize, synergy: &Synergy) -> Option<ColumnIx> {
        let key = RowKey::Synergy { synergy: position };
        let members: Vec<Terms> = (synergy.members().iter())
            .map(|&project| self.chosen(project).collect())
            .filter(|chosen: &Terms| !chosen.is_empty())
            .collect();
        let (count, least) = (members.len(), synergy.at_least());
        if count < least {
            return None;
        }
        let is_integer = least > 1 && least < count;
        let column = Column { lower: 0.0, upper: 1.0, is_integer, objective: 0.0 };
        let holds = self.add_column(ColumnKey::Synergy { synergy: position }, column);
        let all: Terms = members.iter().flatten().copied().collect();
        let less = |terms: &Terms| terms.iter().map(|&(column, factor)| (column, -factor)).collect::<Terms>();
        if least == count {
            for member in &members {
                self.add_slackable_at_most(key, less(member).into_iter().chain([(holds, 1.0)]), 0.0);
            }
        } else {
            self.add_slackable_at_most(key, less(&all).into_iter().chain([(holds, least as f64)]), 0.0);
        }
        if least == 1 {
            for member in members {
                self.add_slackable_at_most(key, member.into_iter().chain([(holds, -1.0)]), 0.0);
            }
        } else {
            let others = (count - least + 1) as f64;
            self.add_slackable_at_most(key, all.into_iter().chain([(holds, -others)]), least as f64 - 1.0);
        }
        Some(holds)
    }

    /// Contribution to a measure of the synergies whose members all count.
    pub(super) fn synergy_terms(
        &self,
        valuation: &Valuation,
        measure: Measure,
        periods: Option<&[PeriodIx]>,
        counts: &dyn Fn(ProjectIx) -> bool,
    ) -> Terms {
        let synergies = valuation.portfolio().synergies().iter();
        let columns = synergies.zip(valuation.synergies()).zip(&self.synergies);
        columns
            .filter(|((synergy, _), _)| synergy.members().iter().all(|&project| counts(project)))
            .filter_map(|((_, plan), column)| {
                Some((column.as_ref().copied()?, valuation.synergy_adds(plan, measure, periods)))
            })
            .filter(|&(_, amount)| amount != 0.0)
            .collect()
    }
}
