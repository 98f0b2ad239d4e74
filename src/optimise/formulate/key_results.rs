//! Measures of key results: columns for what no sum over projects is.
//!
//! `S = Σ a[p,s]·f[p,s]` is the share of the way from baseline to target that a key result has come when due; it lies
//! between L and U. Progress is p = min(1, max(0, S)). Where S leaves the range from 0 to 1 it has a column, with a
//! binary `b` that is 1 if S is above 0 and a binary `u` that is 1 if it is above 1, each only where that can be:
//!
//! - `p ≤ S − L·(1 − b)` and `p ≤ b` (without b: `p ≤ S`),
//! - `p ≥ S − (U − 1)·u` and `p ≥ u` (without u: `p ≥ S`).
//!
//! A key result is reached if a binary r is 1: `S ≥ L + (1 − L)·r` and `S ≤ 1 + (U − 1)·r`. Both sides are always
//! present: a gain in the objective may be a loss for a limit.

use super::row_key::{ColumnKey, RowKey};
use crate::domain::{KeyResult, Measure, WAY_ROUNDING};
use crate::finance::Valuation;
use crate::optimise::model::program::{ByColumn, Column, ColumnIx, RowIx};

use super::{Formulation, Terms};

impl Formulation {
    /// Adds the columns of measures that count key results.
    pub(super) fn add_key_results(&mut self, valuation: &Valuation, measures: &[Measure]) {
        if !measures.iter().any(|measure| measure.counts_key_results()) {
            return;
        }
        let always = Column { lower: 1.0, upper: 1.0, is_integer: false, objective: 0.0 };
        let always = self.add_column(ColumnKey::Always, always);
        self.key_results.always = Some(always);
        for (key_result, one) in valuation.portfolio().key_results().list().iter().enumerate() {
            let way = self.way_terms(valuation, key_result, one);
            if measures.contains(&Measure::Progress) {
                let terms = self.add_progress(key_result, &way);
                self.key_results.progress.push(terms);
            }
            if measures.contains(&Measure::KeyResultsMet) {
                let terms = self.add_met(key_result, way, always);
                self.key_results.met.push(terms);
            }
        }
    }

    /// The share of the way that a key result has come when due.
    fn way_terms(&self, valuation: &Valuation, key_result: usize, one: &KeyResult) -> Terms {
        let terms = self.starts.iter().map(|start| {
            let plan = valuation.plan_paid(start.project, start.start, start.payment);
            let change = valuation.key_result_change(key_result, start.project, plan);
            (start.share, change / (one.target - one.baseline))
        });
        terms.filter(|&(_, part)| part != 0.0).collect()
    }

    /// Terms that sum to `min(1, max(0, way))`.
    fn add_progress(&mut self, key_result: usize, way: &Terms) -> Terms {
        let (least, most) = self.range(way);
        if most <= 0.0 {
            return Terms::new();
        }
        if least >= 0.0 && most <= 1.0 {
            return way.clone();
        }
        let column = Column { lower: 0.0, upper: 1.0, is_integer: false, objective: 0.0 };
        let progress = self.add_column(ColumnKey::Progress { key_result }, column);
        let less = |terms: &Terms| terms.iter().map(|&(column, part)| (column, -part)).collect::<Terms>();
        let mut upper = less(way);
        upper.push((progress, 1.0));
        let mut room = 0.0;
        if least < 0.0 {
            let is_begun = self.add_switch(ColumnKey::IsBegun { key_result });
            upper.push((is_begun, -least));
            room = -least;
            self.add_definition([(progress, 1.0), (is_begun, -1.0)], 0.0);
        }
        self.add_definition(upper, room);
        let mut lower = way.clone();
        lower.push((progress, -1.0));
        if most > 1.0 {
            let is_exceeded = self.add_switch(ColumnKey::IsExceeded { key_result });
            lower.push((is_exceeded, 1.0 - most));
            self.add_definition([(is_exceeded, 1.0), (progress, -1.0)], 0.0);
        }
        self.add_definition(lower, 0.0);
        vec![(progress, 1.0)]
    }

    /// Terms that sum to 1 if a key result is reached, and to 0 if not. Half of what counts as rounding is left to the
    /// solver.
    fn add_met(&mut self, key_result: usize, way: Terms, always: ColumnIx) -> Terms {
        let (least, most) = self.range(&way);
        let whole = 1.0 - 0.5 * WAY_ROUNDING;
        if most < whole {
            return Terms::new();
        }
        if least >= whole {
            return vec![(always, 1.0)];
        }
        let is_reached = self.add_switch(ColumnKey::IsReached { key_result });
        let mut upper = way.clone();
        upper.push((is_reached, whole - most));
        self.add_definition(upper, whole);
        // Where nothing leads back, a project that leads beyond the target counts as one that leads to it: the tighter
        // row. A share of it may lead to the target, too.
        let is_whole = |column: ColumnIx| {
            self.starts.iter().all(|start| start.share != column || start.chosen == column)
        };
        let part = |(column, part): (ColumnIx, f64)| {
            let part = if least == 0.0 && is_whole(column) { part.min(whole) } else { part };
            (column, -part)
        };
        let mut lower: Terms = way.into_iter().map(part).collect();
        lower.push((is_reached, whole - least));
        self.add_definition(lower, -least);
        vec![(is_reached, 1.0)]
    }

    /// A row that only defines columns: `Σ terms ≤ upper`.
    fn add_definition(&mut self, terms: impl IntoIterator<Item = (ColumnIx, f64)>, upper: f64) {
        self.add_slackable_at_most(RowKey::Account, terms, upper);
    }

    /// Makes limits on key results such that a search over decisions alone, in which all other columns are 0, passes over
    /// them or has them right: what is always 1 goes into bounds, and rows with columns of key results are slackable.
    pub(super) fn ease_limits_on_key_results(&mut self) {
        let Some(always) = self.key_results.always else { return };
        let is_own = |column: ColumnIx, keys: &ByColumn<ColumnKey>| {
            matches!(keys[column], ColumnKey::Progress { .. } | ColumnKey::IsReached { .. })
        };
        for (position, row) in self.program.rows.iter_mut().enumerate() {
            let position = RowIx::new(position);
            if !matches!(self.notes[position].0, RowKey::Limit { .. }) {
                continue;
            }
            if let Some(place) = row.terms.iter().position(|&(column, _)| column == always) {
                let (_, constant) = row.terms.remove(place);
                row.upper -= constant;
            }
            if row.terms.iter().any(|&(column, _)| is_own(column, &self.column_keys)) {
                self.slackable_rows.push(position);
            }
        }
        self.slackable_rows.sort_unstable();
    }

    /// The part of a measure of key results that is no sum over projects.
    pub(super) fn key_result_terms(&self, valuation: &Valuation, measure: Measure) -> Terms {
        let weighted = |of: &[Terms]| {
            let weights = valuation.key_result_weights().iter();
            let weighted = weights.zip(of).flat_map(|(&weight, terms)| {
                terms.iter().map(move |&(column, part)| (column, weight * part))
            });
            weighted.filter(|&(_, part)| part != 0.0).collect::<Terms>()
        };
        match measure {
            Measure::KeyResult { key_result, .. } => {
                let baseline = valuation.portfolio().key_results().list()[key_result].baseline;
                self.key_results.always.map(|always| (always, baseline)).into_iter().collect()
            }
            Measure::Progress => weighted(&self.key_results.progress),
            Measure::KeyResultsMet => weighted(&self.key_results.met),
            _ => Terms::new(),
        }
    }
}
