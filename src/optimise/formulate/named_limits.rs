//! Named limits of the batch file, and hard targets.

use super::row_key::{ColumnKey, RowKey};
use crate::domain::{LimitBound, Measure, NamedLimit};
use crate::finance::{Hold, Valuation};
use crate::optimise::model::program::ColumnIx;

use super::{Formulation, Terms};

impl Formulation {
    pub(super) fn add_named_limits(&mut self, valuation: &Valuation) {
        for (position, limit) in valuation.scenario().named_limits.iter().enumerate() {
            let (part, whole) = self.limited(valuation, limit);
            for (place, &bound) in limit.bounds().iter().enumerate() {
                let (terms, upper) = as_at_most(bound, &part, &whole);
                let missed = ColumnKey::Missed { limit: position, bound: place };
                match (limit.price(), limit.priority()) {
                    (None, None) => {
                        self.add_at_most(RowKey::Limit { limit: position, bound: place }, terms, upper);
                    }
                    (None, Some(_)) if valuation.must_keep(limit) => {
                        self.add_at_most(RowKey::Limit { limit: position, bound: place }, terms, upper);
                    }
                    (None, Some(priority)) => {
                        if let Some((column, units)) = self.add_missed(missed, terms, upper) {
                            let relative = units / valuation.size_of_bound(limit, bound);
                            self.missed.push((priority, column, relative));
                        }
                    }
                    (Some(price), _) => self.add_soft_at_most(missed, terms, upper, price),
                }
            }
        }
        for &Hold { priority, most } in valuation.holds().iter().filter(|hold| hold.most > 0.0) {
            let terms: Terms = self.missed_of(priority).collect();
            self.add_at_most(RowKey::Priority { priority }, terms, most);
        }
    }

    /// Columns of the amounts by which the limits of a priority are missed, each with its part of their shortfall per
    /// unit.
    pub fn missed_of(&self, priority: u32) -> impl Iterator<Item = (ColumnIx, f64)> + '_ {
        let own = self.missed.iter().filter(move |(other, ..)| *other == priority);
        own.map(|&(_, column, relative)| (column, relative))
    }

    /// Each leaf objective with a target reaches it.
    pub(super) fn add_targets(&mut self, valuation: &Valuation) {
        for (leaf, target) in valuation.required_targets() {
            let score = self.measure(valuation, Measure::Objective(leaf), None, &|_| true);
            self.add_at_most(RowKey::Target { leaf }, times(&score, -1.0), -target);
        }
    }

    /// Terms of the measure that a limit counts, over the projects that it applies to, and over all.
    fn limited(&self, valuation: &Valuation, limit: &NamedLimit) -> (Terms, Terms) {
        let (measure, periods) = (limit.measure(), limit.periods());
        let mut part = self.measure(valuation, measure, periods, &|project| limit.applies_to(project));
        if limit.projects().is_none() {
            part.extend(self.bought_terms(valuation, measure, periods));
        }
        (part, self.measure(valuation, measure, periods, &|_| true))
    }

    /// `Σ terms ≤ upper`, or a price per unit of excess.
    fn add_soft_at_most(&mut self, missed: ColumnKey, terms: Terms, upper: f64, price: f64) {
        if price == 0.0 {
            return;
        }
        if let Some((column, units)) = self.add_missed(missed, terms, upper) {
            self.penalties.push((column, price * units));
        }
    }

    /// `Σ terms ≤ upper` but for what is missed: its column, and the amount per unit of it. `None` where nothing can be
    /// missed.
    fn add_missed(&mut self, missed: ColumnKey, terms: Terms, upper: f64) -> Option<(ColumnIx, f64)> {
        let (_, most) = self.range(&terms);
        let missed = self.add_amount(missed, most - upper)?;
        self.add_slackable_at_most(RowKey::Account, terms.into_iter().chain([missed.term(-1.0)]), upper);
        Some(missed.term(1.0))
    }
}

/// A bound as `Σ terms ≤ upper`.
fn as_at_most(bound: LimitBound, part: &Terms, whole: &Terms) -> (Terms, f64) {
    let with_share = |sign: f64, share: f64| {
        times(part, sign).into_iter().chain(times(whole, -sign * share)).collect::<Terms>()
    };
    match bound {
        LimitBound::Min(least) => (times(part, -1.0), -least),
        LimitBound::Max(most) => (part.clone(), most),
        LimitBound::MinShare(share) => (with_share(-1.0, share), 0.0),
        LimitBound::MaxShare(share) => (with_share(1.0, share), 0.0),
    }
}

fn times(terms: &Terms, factor: f64) -> Terms {
    terms.iter().map(|&(column, amount)| (column, factor * amount)).collect()
}
