//! Means over the worst futures: a column for their distance from the mean over all, and cuts below it.
//!
//! Means are sums over projects. The distance is not: its column may be lower than the distance, as there are cuts of some
//! sets of futures only. So the program rates no selection worse than the portfolio's own numbers do, by which solutions
//! are evaluated, and bounds stay valid. A measure may count the distance against a selection only: rewarded, the column
//! would take its largest value.

use super::row_key::{ColumnKey, RowKey};
use super::{Formulation, StartColumns, Terms};
use crate::domain::{Measure, ProjectIx, Total};
use crate::finance::{DistanceCut, StartPlan, TotalInTrials, Valuation};
use crate::optimise::model::program::{ByColumn, ColumnIx};

impl Formulation {
    /// Adds the columns of measures that are means over the worst futures.
    pub(super) fn add_distances(&mut self, valuation: &Valuation, measures: &[Measure]) {
        let totals = Total::ALL.into_iter();
        let counted = totals.filter(|&total| measures.iter().any(|measure| measure.tail_of() == Some(total)));
        for total in counted {
            let most =
                self.of_starts(valuation, |project, plan| valuation.farthest_total(total, project, plan));
            let (_, most) = self.range(&most);
            let distance = self.add_amount(ColumnKey::Distance { total }, most);
            self.distances.push((total, distance));
            let Some(distance) = distance else { continue };
            for cut in valuation.distance_cuts().filter(|cut| cut.total == total) {
                let mut terms = self.terms_of_distance_cut(valuation, cut);
                terms.push(distance.term(-1.0));
                self.add_slackable_at_most(RowKey::Account, terms, 0.0);
            }
        }
    }

    fn terms_of_distance_cut(&self, valuation: &Valuation, cut: &DistanceCut) -> Terms {
        self.of_starts(valuation, |project, plan| valuation.cut_amount(cut, project, plan))
    }

    fn of_starts(&self, valuation: &Valuation, amount: impl Fn(ProjectIx, &StartPlan) -> f64) -> Terms {
        let term = |start: &StartColumns| -> (ColumnIx, f64) {
            let plan = valuation.plan_paid(start.project, start.start, start.payment);
            (start.share, amount(start.project, plan))
        };
        self.starts().iter().map(term).collect()
    }

    /// The part of a measure that is the distance of the mean over its worst futures from that over all.
    pub(super) fn distance_terms(&self, measure: Measure) -> Terms {
        let Some(total) = measure.tail_of() else { return Terms::new() };
        let own =
            self.distances.iter().find(|(other, _)| *other == total).and_then(|(_, distance)| *distance);
        own.map(|distance| distance.term(total.sign_of_worst())).into_iter().collect()
    }

    /// True if there are the columns that a measure needs.
    pub(super) fn has_distance_of(&self, measure: Measure) -> bool {
        measure.tail_of().is_none_or(|total| self.distances.iter().any(|(other, _)| *other == total))
    }

    /// A total of what the values of columns, whole or not, choose, in each future; `None` where there are none.
    pub fn total_in_trials(
        &self,
        valuation: &Valuation,
        total: Total,
        values: &ByColumn<f64>,
    ) -> Option<TotalInTrials> {
        valuation.total_in_trials(total, self.parts(valuation, values))
    }

    /// What the values of columns, whole or not, choose: projects, plans and shares.
    pub fn parts<'v>(
        &'v self,
        valuation: &'v Valuation,
        values: &'v ByColumn<f64>,
    ) -> impl Iterator<Item = (ProjectIx, &'v StartPlan, f64)> {
        self.starts().iter().map(move |start| {
            let plan = valuation.plan_paid(start.project, start.start, start.payment);
            (start.project, plan, values[start.share])
        })
    }
}
