//! Cuts of limits that hold in futures with a confidence.

use super::row_key::RowKey;
use super::{Formulation, Terms};
use crate::domain::{NamedLimit, PeriodIx, ProjectIx};
use crate::finance::{HeldRow, InTrials, Taken, Valuation};
use crate::optimise::model::program::{ByColumn, ColumnIx};

impl Formulation {
    /// Of each cut, Σ mean factor × amount ≤ limit (Künzi-Bay and Mayer 2006).
    pub(super) fn add_cuts(&mut self, valuation: &Valuation) {
        for cut in valuation.cuts() {
            let held = &valuation.held_rows()[cut.row];
            let limit = &valuation.scenario().named_limits[held.limit];
            let (parts, most) = valuation.terms_of_cut(cut);
            let mut terms = Terms::new();
            for (periods, weight, factors) in parts {
                let own = self.own_terms(valuation, limit, periods);
                terms.extend(own.map(|(project, column, amount)| (column, factors[project] * amount)));
                let certain = self.certain_terms(valuation, limit, periods);
                terms.extend(certain.into_iter().map(|(column, amount)| (column, weight * amount)));
            }
            let key = RowKey::Confidence { limit: held.limit, period: held.period };
            self.add_at_most(key, terms, most);
        }
    }

    /// What the values of columns, whole or not, take of a row in the futures; `None` where there are none.
    pub fn in_trials(
        &self,
        valuation: &Valuation,
        row: &HeldRow,
        values: &ByColumn<f64>,
    ) -> Option<InTrials> {
        let futures = valuation.futures()?;
        let limit = &valuation.scenario().named_limits[row.limit];
        let taken = |periods: Option<&[PeriodIx]>| {
            let own = self.own_terms(valuation, limit, periods);
            let certain = self.certain_terms(valuation, limit, periods);
            Taken {
                certain: certain.into_iter().map(|(column, amount)| values[column] * amount).sum(),
                uncertain: own.map(|(project, column, amount)| (project, values[column] * amount)).collect(),
            }
        };
        let trials = futures.trials();
        Some(valuation.taken_in_trials(row, trials, &taken, &|project, quantity, amount, totals| {
            futures.factor(project, quantity).add_to(amount, totals);
        }))
    }

    /// Amounts of projects that futures change.
    fn own_terms<'f>(
        &'f self,
        valuation: &'f Valuation,
        limit: &'f NamedLimit,
        periods: Option<&'f [PeriodIx]>,
    ) -> impl Iterator<Item = (ProjectIx, ColumnIx, f64)> + 'f {
        self.starts().iter().filter(|start| limit.applies_to(start.project)).map(move |start| {
            let plan = valuation.plan_paid(start.project, start.start, start.payment);
            (start.project, start.share, valuation.measure_in(limit.measure(), periods, start.project, plan))
        })
    }

    /// Synergies and bought capacity, which no future changes.
    fn certain_terms(
        &self,
        valuation: &Valuation,
        limit: &NamedLimit,
        periods: Option<&[PeriodIx]>,
    ) -> Terms {
        let applies = |project: ProjectIx| limit.applies_to(project);
        let mut terms = self.synergy_terms(valuation, limit.measure(), periods, &applies);
        if limit.projects().is_none() {
            terms.extend(self.bought_terms(valuation, limit.measure(), periods));
        }
        terms
    }
}
