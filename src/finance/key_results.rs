//! Values of key results under a selection, and the measures made of them.
//!
//! As planned, a project counts with its probability of success, as benefits do; shares of projects count in
//! proportion. What a deferred project would change past the last period counts in no period.

use crate::domain::{ByPeriod, Choice, KeyResult, Measure, ProjectIx, Selection};

use super::key_result_numbers::shifted;
use super::{StartPlan, Valuation};

impl Valuation<'_> {
    /// Per key result: its share among those of its objective, times the objective's weight down the tree under the
    /// scenario. They need not add up to 1: objectives without key results contribute none.
    pub fn key_result_weights(&self) -> &[f64] {
        &self.key_results.weights
    }

    /// Change of a key result (position) when due by a whole project at one of its starts, if it succeeds.
    pub fn key_result_change_if_successful(
        &self,
        key_result: usize,
        project: ProjectIx,
        plan: &StartPlan,
    ) -> f64 {
        self.key_result_change_after(key_result, (project, plan), 0)
    }

    /// The same as planned: times its success probability; in a future that is known, as it comes.
    pub fn key_result_change(&self, key_result: usize, project: ProjectIx, plan: &StartPlan) -> f64 {
        let change = |(late, counts): (usize, f64)| {
            counts * self.key_result_change_after(key_result, (project, plan), late)
        };
        self.effect_counts(project).into_iter().map(change).sum()
    }

    /// Value of a key result (position) under a selection when it is due, as planned.
    pub fn key_result_value(&self, key_result: usize, selection: &Selection) -> f64 {
        let change = |choice: &Choice| {
            choice.share.value() * self.key_result_change(key_result, choice.project, self.plan_of(choice))
        };
        let changes: f64 = selection.choices().iter().map(change).sum();
        self.portfolio().key_results().list()[key_result].baseline + changes
    }

    /// Value of a key result (position) under a selection at the end of each period, as planned: its baseline, and all
    /// changes up to then.
    pub fn key_result_values(&self, key_result: usize, selection: &Selection) -> ByPeriod<f64> {
        let key_results = self.portfolio().key_results();
        let periods = self.portfolio().horizon().len();
        let mut changes = ByPeriod::filled(0.0, periods);
        for choice in selection.choices() {
            let project = &self.portfolio().projects()[choice.project];
            let own = key_results.effects_of(choice.project).iter();
            for effect in own.filter(|effect| effect.key_result == key_result) {
                for (late, counts) in self.effect_counts(choice.project) {
                    let part = choice.share.value() * counts;
                    let shifted = shifted(&effect.profile, choice.start - project.start + late);
                    changes.iter_mut().zip(&shifted).for_each(|(sum, change)| *sum += part * change);
                }
            }
        }
        let mut value = key_results.list()[key_result].baseline;
        let add = |change: f64| {
            value += change;
            value
        };
        changes.into_iter().map(add).collect()
    }

    /// Weighted share of the way from baseline to target of all key results when due, between 0 and 1 each.
    fn progress(&self, selection: &Selection) -> f64 {
        let part = |(position, one): (usize, &KeyResult)| {
            let way = one.way(self.key_result_value(position, selection));
            self.key_result_weights()[position] * way.clamp(0.0, 1.0)
        };
        self.portfolio().key_results().list().iter().enumerate().map(part).sum()
    }

    /// Weight of the key results that are reached when due.
    fn key_results_met(&self, selection: &Selection) -> f64 {
        let reached = |(position, one): &(usize, &KeyResult)| {
            one.is_reached(self.key_result_value(*position, selection))
        };
        let list = self.portfolio().key_results().list().iter().enumerate();
        list.filter(reached).map(|(position, _)| self.key_result_weights()[position]).sum()
    }

    /// The part of a measure of key results that is not the sum of what projects add: baselines, and all of what is not
    /// proportional to changes.
    pub(super) fn key_results_add(&self, selection: &Selection, measure: Measure) -> f64 {
        match measure {
            Measure::KeyResult { key_result, .. } => {
                self.portfolio().key_results().list()[key_result].baseline
            }
            Measure::Progress => self.progress(selection),
            Measure::KeyResultsMet => self.key_results_met(selection),
            _ => 0.0,
        }
    }

    /// The largest size that `key_results_add` has under any selection.
    pub fn size_of_key_results(&self, measure: Measure) -> f64 {
        match measure {
            Measure::KeyResult { key_result, .. } => {
                self.portfolio().key_results().list()[key_result].baseline.abs()
            }
            Measure::Progress | Measure::KeyResultsMet => self.key_result_weights().iter().sum(),
            _ => 0.0,
        }
    }

    /// Contribution of a whole project at one of its starts to a measure, as a list that takes projects one by one counts
    /// it: of key results together, its weighted share of their ways, unlimited, as if it were funded alone.
    pub fn measure_alone(&self, measure: Measure, project: ProjectIx, plan: &StartPlan) -> f64 {
        if !matches!(measure, Measure::Progress | Measure::KeyResultsMet) {
            return self.measure(measure, project, plan);
        }
        let part = |(position, one): (usize, &KeyResult)| {
            let change = self.key_result_change(position, project, plan);
            self.key_result_weights()[position] * (change / (one.target - one.baseline))
        };
        self.portfolio().key_results().list().iter().enumerate().map(part).sum()
    }
}
