//! Limits that hold with a confidence: what a selection takes of them in each future, and cuts that all selections
//! which keep them satisfy.
//!
//! The mean over the worst futures of a selection is the largest mean over any futures that are as many (Rockafellar
//! and Uryasev 2000). So a mean over the worst futures of one selection, which is linear in what is chosen, bounds all
//! others from below: a cut (Künzi-Bay and Mayer 2006).

use std::sync::Arc;

use crate::domain::{ByProject, Choice, Measure, NamedLimit, PeriodIx, ProjectIx, Quantity, Selection};

use super::in_futures::{CutPart, InFutures, Part, Weighted};
use super::{Futures, HeldRow, Holding, InTrials, TailCut, Valuation};

/// What is taken of a limit in some periods.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// What no future changes.
    pub certain: f64,
    /// Amounts of projects as planned, which futures multiply.
    pub uncertain: Vec<(ProjectIx, f64)>,
}

/// Adds an amount times the factor on a quantity of a project to the total of each future.
pub type AddInTrials<'f> = dyn Fn(ProjectIx, Quantity, f64, &mut [f64]) + 'f;

impl Valuation<'_> {
    /// The same valuation, whose limits with a confidence hold in these futures.
    #[must_use]
    pub fn in_futures(mut self, futures: Arc<Futures>) -> Self {
        self.in_futures = Some(InFutures::new(futures, self.portfolio(), self.scenario()));
        self
    }

    /// What was found out before options are looked for.
    pub fn all_held(&self) -> Holding {
        Holding { holds: self.holds.clone(), in_futures: self.in_futures.clone() }
    }

    /// The same valuation with what was found out about its scenario.
    #[must_use]
    pub fn with_holding(mut self, holding: Holding) -> Self {
        (self.holds, self.in_futures) = (holding.holds, holding.in_futures);
        self
    }

    /// The same valuation with one cut more.
    #[must_use]
    pub fn with_cut(mut self, cut: TailCut) -> Self {
        if let Some(held) = &mut self.in_futures {
            held.cuts.push(Arc::new(cut));
        }
        self
    }

    /// The same valuation with a selection that keeps all limits, to begin searches with.
    #[must_use]
    pub fn knowing(mut self, selection: Selection) -> Self {
        if let Some(held) = &mut self.in_futures {
            held.known.push(Arc::new(selection));
        }
        self
    }

    /// Selections to begin searches with.
    pub fn known(&self) -> impl Iterator<Item = &Selection> {
        self.in_futures.iter().flat_map(|held| held.known.iter().map(Arc::as_ref))
    }

    /// The same valuation, in which selections need keep the cuts alone, or the limits themselves again.
    #[must_use]
    pub fn relaxed(mut self, is_relaxed: bool) -> Self {
        if let Some(held) = &mut self.in_futures {
            held.is_relaxed = is_relaxed;
        }
        self
    }

    /// The futures; `None` where there are none.
    pub fn futures(&self) -> Option<&Futures> {
        self.in_futures.as_ref().map(|held| &*held.futures)
    }

    /// What limits hold in the futures; nothing where there are none.
    pub fn held_rows(&self) -> &[HeldRow] {
        self.in_futures.as_ref().map_or(&[], |held| &held.rows)
    }

    /// The cuts found so far.
    pub fn cuts(&self) -> impl Iterator<Item = &TailCut> {
        self.in_futures.iter().flat_map(|held| held.cuts.iter().map(Arc::as_ref))
    }

    /// The rows that a selection must keep and does not.
    pub fn broken_rows(&self, selection: &Selection) -> Vec<&HeldRow> {
        let rows = match &self.in_futures {
            Some(held) if !held.is_relaxed => self.held_rows(),
            _ => &[],
        };
        rows.iter().filter(|row| !self.keeps_row(row, selection)).collect()
    }

    /// True if a selection keeps a row.
    pub fn keeps_row(&self, row: &HeldRow, selection: &Selection) -> bool {
        self.in_own_trials(row, selection).is_none_or(|taken| taken.keeps(row.confidence))
    }

    /// What a selection takes of a row in the futures; `None` where there are none.
    pub fn in_own_trials(&self, row: &HeldRow, selection: &Selection) -> Option<InTrials> {
        let futures = self.futures()?;
        let add = |project: ProjectIx, quantity: Quantity, amount: f64, totals: &mut [f64]| {
            futures.factor(project, quantity).add_to(amount, totals);
        };
        Some(self.in_trials(row, selection, futures.trials(), &add))
    }

    /// What a selection takes of a row in futures of any origin.
    pub fn in_trials(
        &self,
        row: &HeldRow,
        selection: &Selection,
        trials: usize,
        add: &AddInTrials<'_>,
    ) -> InTrials {
        let limit = &self.scenario().named_limits[row.limit];
        let taken = |periods: Option<&[PeriodIx]>| {
            let choices = selection.choices().iter().filter(|choice| limit.applies_to(choice.project));
            Taken {
                certain: self.certain_part(limit, periods, selection),
                uncertain: choices
                    .map(|choice| (choice.project, self.part_of(limit, periods, choice)))
                    .collect(),
            }
        };
        self.taken_in_trials(row, trials, &taken, add)
    }

    /// The same of what is taken in periods, by whatever.
    pub fn taken_in_trials(
        &self,
        row: &HeldRow,
        trials: usize,
        taken: &dyn Fn(Option<&[PeriodIx]>) -> Taken,
        add: &AddInTrials<'_>,
    ) -> InTrials {
        let quantity = quantity_of(self.scenario().named_limits[row.limit].measure());
        let mut worst: Option<InTrials> = None;
        for (place, part) in row.parts.iter().enumerate() {
            let Taken { certain, uncertain } = taken(part.periods.as_deref());
            let mut amounts = vec![certain; trials];
            for &(project, amount) in uncertain.iter().filter(|(_, amount)| *amount != 0.0) {
                add(project, quantity, amount, &mut amounts);
            }
            let size = certain.abs() + uncertain.iter().map(|(_, amount)| amount.abs()).sum::<f64>();
            let own = InTrials::of_part(place, amounts, part.most, size);
            match &mut worst {
                Some(worst) => worst.join(&own),
                None => worst = Some(own),
            }
        }
        worst.unwrap_or_else(|| InTrials::of_part(0, vec![0.0; trials], 0.0, 0.0))
    }

    fn part_of(&self, limit: &NamedLimit, periods: Option<&[PeriodIx]>, choice: &Choice) -> f64 {
        let plan = self.plan_of(choice);
        choice.share.value() * self.measure_in(limit.measure(), periods, choice.project, plan)
    }

    /// Synergies, and capacity bought for the plan, which no future changes.
    fn certain_part(&self, limit: &NamedLimit, periods: Option<&[PeriodIx]>, selection: &Selection) -> f64 {
        let measure = limit.measure();
        let synergies = self.synergies_that_hold(selection, |one| limit.applies_to(one));
        let adds: f64 = synergies.map(|plan| self.synergy_adds(plan, measure, periods)).sum();
        let bought = limit.projects().is_none().then(|| self.bought_adds(selection, measure, periods));
        adds + bought.unwrap_or_default()
    }

    /// The cut of the worst futures of what is taken of a row (by its place): what was taken violates it if it does not
    /// keep a row of CVaR. `None` where there are no futures.
    pub fn tail_cut(&self, row: usize, taken: &InTrials) -> Option<TailCut> {
        let confidence = self.held_rows().get(row)?.confidence;
        self.mean_cut(row, &taken.tail(confidence))
    }

    /// The row of one future, in which what was taken of a row (by its place) exceeds its limit.
    pub fn future_cut(&self, row: usize, taken: &InTrials, trial: usize) -> Option<TailCut> {
        self.mean_cut(row, &[(trial, taken.part_in(trial), 1.0)])
    }

    fn mean_cut(&self, row: usize, tail: &[Weighted]) -> Option<TailCut> {
        let (futures, held) = (self.futures()?, self.held_rows().get(row)?);
        let quantity = quantity_of(self.scenario().named_limits[held.limit].measure());
        let of_part = |part: usize| {
            let own: Vec<&Weighted> = tail.iter().filter(|(_, other, _)| *other == part).collect();
            let weight: f64 = own.iter().map(|(_, _, weight)| weight).sum();
            let factor = |project: ProjectIx| {
                let factor = futures.factor(project, quantity);
                own.iter().map(|&&(trial, _, weight)| weight * factor.in_trial(trial)).sum::<f64>()
            };
            let factors = self.portfolio().projects().positions().map(factor).collect();
            CutPart { part, weight, factors }
        };
        let parts = (0..held.parts.len()).map(of_part).filter(|part| part.weight > 0.0).collect();
        Some(TailCut { row, parts })
    }

    /// Cuts of a row of a chance limit: in all futures but those that may exceed it the amount is within the limit, so
    /// that its mean over the best futures is; and each project's mean over its own best futures is no more than its part
    /// of that. None where a project may take less than nothing.
    pub fn best_cuts(&self, row: usize) -> Vec<TailCut> {
        let (Some(futures), Some(held)) = (self.futures(), self.held_rows().get(row)) else {
            return Vec::new();
        };
        let limit = &self.scenario().named_limits[held.limit];
        let kept = futures.trials() - held.confidence.most_exceeded(futures.trials());
        let factor = |project: ProjectIx| {
            let factor = futures.factor(project, quantity_of(limit.measure()));
            let mut factors: Vec<f64> = (0..futures.trials()).map(|trial| factor.in_trial(trial)).collect();
            factors.sort_unstable_by(f64::total_cmp);
            factors[..kept].iter().sum::<f64>() / kept as f64
        };
        let is_sound = |part: &Part| {
            let mut projects = self.portfolio().projects().positions();
            let amount =
                |project, plan| self.measure_in(limit.measure(), part.periods.as_deref(), project, plan);
            projects.all(|project| self.plans(project).iter().all(|plan| amount(project, plan) >= 0.0))
        };
        let factors: ByProject<f64> = self.portfolio().projects().positions().map(factor).collect();
        let sound = held.parts.iter().enumerate().filter(|(_, part)| kept > 0 && is_sound(part));
        let cut = |part: usize| TailCut {
            row,
            parts: vec![CutPart { part, weight: 1.0, factors: factors.clone() }],
        };
        sound.map(|(part, _)| cut(part)).collect()
    }

    /// The terms of a cut, and then the largest sum.
    pub fn terms_of_cut<'c>(&'c self, cut: &'c TailCut) -> (Vec<CutTerm<'c>>, f64) {
        let parts = &self.held_rows()[cut.row].parts;
        let most = cut.parts.iter().map(|own| own.weight * parts[own.part].most).sum();
        let terms =
            cut.parts.iter().map(|own| (parts[own.part].periods.as_deref(), own.weight, &own.factors));
        (terms.collect(), most)
    }
}

/// A part of a cut: the periods that count, the weight of what no future changes, and the factor on the amounts of each
/// project.
pub type CutTerm<'c> = (Option<&'c [PeriodIx]>, f64, &'c ByProject<f64>);

/// The quantity whose factors multiply a measure.
fn quantity_of(measure: Measure) -> Quantity {
    match measure {
        Measure::Resource(_) => Quantity::Demand,
        _ => Quantity::Cost,
    }
}
