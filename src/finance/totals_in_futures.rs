//! Totals over simulated futures: means, and means over the worst of them.
//!
//! The mean over the worst futures of a selection is the worst mean over any futures that are as many (Rockafellar and
//! Uryasev 2000). So the mean over the worst futures of one selection, which is linear in what is chosen, bounds that of
//! every other from its better side: a cut (Künzi-Bay and Mayer 2006). What is cut here is the distance of that mean from
//! the mean over all futures, which is 0 or more: without any cut a selection is rated by its mean.

use std::sync::Arc;

use crate::domain::{Choice, InFutures, Measure, ProjectIx, Selection, Total};

use super::futures::{Spread, TotalFactors};
use super::in_futures::DistanceCut;
use super::{StartPlan, Valuation};

/// A part of a project with a plan: what a selection chooses, or a relaxation.
pub type Part<'p> = (ProjectIx, &'p StartPlan, f64);

/// A total in each future, but for what no future changes.
#[derive(Clone, Debug)]
pub struct TotalInTrials {
    total: Total,
    values: Vec<f64>,
    /// The size of what was added up.
    pub size: f64,
}

impl TotalInTrials {
    /// The worst trials, as many as a tail has, by their numbers.
    fn worst(&self, tail: usize) -> Vec<usize> {
        let sign = self.total.sign_of_worst();
        let worst_first = |one: &usize, other: &usize| {
            (sign * self.values[*other]).total_cmp(&(sign * self.values[*one])).then(one.cmp(other))
        };
        let mut order: Vec<usize> = (0..self.values.len()).collect();
        if tail < order.len() {
            order.select_nth_unstable_by(tail - 1, worst_first);
            order.truncate(tail);
        }
        // Sums run in one order, whatever the selection leaves.
        order.sort_unstable();
        order
    }

    /// The total in each trial.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The distance of the mean over the worst trials, as many as a tail has, from that over all: 0 or more.
    pub fn distance(&self, tail: usize) -> f64 {
        let mean = self.values.iter().sum::<f64>() / self.values.len() as f64;
        let worst = self.worst(tail);
        let of_worst = worst.iter().map(|&trial| self.values[trial]).sum::<f64>() / worst.len() as f64;
        (self.total.sign_of_worst() * (of_worst - mean)).max(0.0)
    }
}

impl Valuation<'_> {
    /// Visits the amounts of a whole project that make up a total, each with its factor.
    fn each_amount<'f, F>(
        &self,
        total: Total,
        (project, plan): (ProjectIx, &StartPlan),
        factors: &'f TotalFactors<F>,
        visit: &mut dyn FnMut(f64, &'f F),
    ) {
        let after = |late: usize| self.totals_after(plan, late);
        match total {
            Total::Npv => {
                let benefit = |late: usize| after(late).discounted_benefit_if_successful.value();
                factors.benefit.each(&benefit, visit);
                factors.cost.each(&|late| -after(late).discounted_cost.value(), visit);
            }
            Total::Benefit => {
                factors.benefit.each(&|late| after(late).benefit_if_successful.value(), visit);
            }
            Total::Cost => factors.cost.each(&|late| after(late).cost.value(), visit),
            Total::StrategicValue => visit(self.strategic_value_from(project, plan.start), &factors.value),
        }
    }

    fn sum_of_amounts<F>(
        &self,
        total: Total,
        (project, plan): (ProjectIx, &StartPlan),
        factors: &TotalFactors<F>,
        of: impl Fn(f64, &F) -> f64,
    ) -> f64 {
        let mut sum = 0.0;
        self.each_amount(total, (project, plan), factors, &mut |amount, factor| sum += of(amount, factor));
        sum
    }

    /// The mean over the futures of a total of a whole project; as planned where there are no futures.
    pub(super) fn mean_total(&self, total: Total, project: ProjectIx, plan: &StartPlan) -> f64 {
        let Some(futures) = self.futures() else {
            return self.measure(Measure::Simulated(total, InFutures::Mean).planned(), project, plan);
        };
        let mean = |amount: f64, spread: &Spread| amount * spread.mean;
        self.sum_of_amounts(total, (project, plan), futures.spreads(project), mean)
    }

    /// The farthest that a total of a whole project lies on the worse side of its mean in any future; 0 where there are
    /// none.
    pub fn farthest_total(&self, total: Total, project: ProjectIx, plan: &StartPlan) -> f64 {
        let Some(futures) = self.futures() else { return 0.0 };
        let sign = total.sign_of_worst();
        // Each factor for itself, so that more of an amount is never less far.
        let far = |amount: f64, spread: &Spread| {
            let worst = if sign * amount > 0.0 { spread.most } else { spread.least };
            (sign * amount * (worst - spread.mean)).max(0.0)
        };
        self.sum_of_amounts(total, (project, plan), futures.spreads(project), far)
    }

    /// A total of parts of projects in each future; `None` where there are none.
    pub fn total_in_trials<'p>(
        &self,
        total: Total,
        parts: impl Iterator<Item = Part<'p>>,
    ) -> Option<TotalInTrials> {
        let futures = self.futures()?;
        let (mut values, mut size) = (vec![0.0; futures.trials()], 0.0);
        for (project, plan, share) in parts.filter(|(_, _, share)| *share != 0.0) {
            self.each_amount(total, (project, plan), futures.totals(project), &mut |amount, factor| {
                let amount = share * amount;
                size += amount.abs();
                if amount != 0.0 {
                    factor.add_to(amount, &mut values);
                }
            });
        }
        Some(TotalInTrials { total, values, size })
    }

    /// The chosen projects of a selection as parts.
    pub fn parts_of<'s>(&'s self, selection: &'s Selection) -> impl Iterator<Item = Part<'s>> {
        let part = move |choice: &'s Choice| (choice.project, self.plan_of(choice), choice.share.value());
        selection.choices().iter().map(part)
    }

    /// What a measure of a selection has beside the means of its projects: of a mean over the worst futures its distance
    /// from the mean over all. Where selections need keep the cuts alone, that which the cuts make sure of.
    pub(super) fn tail_adds(&self, selection: &Selection, measure: Measure) -> f64 {
        let Some(total) = measure.tail_of() else { return 0.0 };
        let distance = match &self.in_futures {
            None => 0.0,
            Some(held) if held.is_relaxed => self.least_distance(total, self.parts_of(selection)),
            Some(_) => self.distance(total, selection),
        };
        total.sign_of_worst() * distance
    }

    /// The distance of the mean of a selection's total over the worst futures from that over all.
    pub fn distance(&self, total: Total, selection: &Selection) -> f64 {
        let tail = self.futures().map_or(1, super::Futures::tail);
        self.total_in_trials(total, self.parts_of(selection)).map_or(0.0, |values| values.distance(tail))
    }

    /// The largest distance that any selection may have: of the sizes of sums of it rounding is a small part.
    pub(super) fn size_of_tails(&self, measure: Measure) -> f64 {
        let Some(total) = measure.tail_of() else { return 0.0 };
        let farthest = |project: ProjectIx| {
            let plans = self.plans(project).iter();
            plans.map(|plan| self.farthest_total(total, project, plan)).fold(0.0, f64::max)
        };
        self.portfolio().projects().positions().map(farthest).sum()
    }

    /// The cut of the worst futures of a total.
    pub fn distance_cut(&self, values: &TotalInTrials) -> Option<DistanceCut> {
        let futures = self.futures()?;
        let worst = values.worst(futures.tail());
        let sign = values.total.sign_of_worst();
        let all: Vec<usize> = (0..futures.trials()).collect();
        let projects = self.portfolio().projects().positions();
        let factors = projects.map(|project| {
            futures.totals(project).map(|factor| sign * (factor.mean_over(&worst) - factor.mean_over(&all)))
        });
        Some(DistanceCut { total: values.total, factors: factors.collect() })
    }

    /// What a whole project adds to the bound of a cut.
    pub fn cut_amount(&self, cut: &DistanceCut, project: ProjectIx, plan: &StartPlan) -> f64 {
        let worse = |amount: f64, factor: &f64| amount * factor;
        self.sum_of_amounts(cut.total, (project, plan), &cut.factors[project], worse)
    }

    /// The distance that the cuts found so far make sure of.
    pub fn least_distance<'p>(&self, total: Total, parts: impl Iterator<Item = Part<'p>>) -> f64 {
        let parts: Vec<Part<'p>> = parts.collect();
        let bound = |cut: &DistanceCut| -> f64 {
            parts.iter().map(|&(project, plan, share)| share * self.cut_amount(cut, project, plan)).sum()
        };
        self.distance_cuts().filter(|cut| cut.total == total).map(bound).fold(0.0, f64::max)
    }

    /// The cuts of distances found so far.
    pub fn distance_cuts(&self) -> impl Iterator<Item = &DistanceCut> {
        self.in_futures.iter().flat_map(|held| held.distance_cuts.iter().map(Arc::as_ref))
    }

    /// The same valuation with one cut of a distance more.
    #[must_use]
    pub fn with_distance_cut(mut self, cut: DistanceCut) -> Self {
        if let Some(held) = &mut self.in_futures {
            held.distance_cuts.push(Arc::new(cut));
        }
        self
    }

    /// True if selections need keep the cuts alone.
    pub fn is_relaxed(&self) -> bool {
        self.in_futures.as_ref().is_some_and(|held| held.is_relaxed)
    }
}
