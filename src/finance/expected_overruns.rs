//! Overruns that are priced on their means over simulated futures.

use std::sync::Arc;

use crate::domain::{
    BudgetFlexibility, ByProject, Choice, LineIx, Measure, PeriodIx, ProjectIx, Quantity, Selection,
    exceeds_among,
};

use super::in_futures::OverCut;
use super::{Taken, Valuation};

/// Spend on a budget, future by future, with the size of what was added up.
#[derive(Clone, Debug)]
pub struct SpendInTrials {
    /// The spend.
    pub spend: Vec<f64>,
    /// The size.
    pub size: f64,
}

impl Valuation<'_> {
    /// The budgets (`None`: of all lines together) whose overruns are priced on their means, each with its price per unit;
    /// nothing where the futures are not known.
    pub fn priced_in_futures(&self) -> Vec<(Option<LineIx>, f64)> {
        if self.futures().is_none() {
            return Vec::new();
        }
        let flexibility = self.portfolio().flexibility();
        let lines = self.portfolio().lines().positions().map(|line| (Some(line), flexibility.line(line)));
        let all = lines.chain([(None, flexibility.all_lines())]);
        let price = |(line, budget): (Option<LineIx>, BudgetFlexibility)| {
            let overrun = budget.overrun().filter(|overrun| overrun.is_priced_in_futures())?;
            self.budget_of(line, PeriodIx::new(0))?;
            Some((line, overrun.price()))
        };
        all.filter_map(price).collect()
    }

    /// The budget of a line, or of all together, in a period.
    pub fn budget_of(&self, line: Option<LineIx>, period: PeriodIx) -> Option<f64> {
        let limits = &self.scenario().limits;
        let budget = line.map_or(limits.all_lines.as_ref(), |line| limits.lines[line].as_ref());
        Some(budget?[period].value())
    }

    /// The mean over the futures of what a selection spends beyond a budget in a period.
    pub fn mean_overrun(&self, line: Option<LineIx>, period: PeriodIx, selection: &Selection) -> f64 {
        let Some(budget) = self.budget_of(line, period) else { return 0.0 };
        let taken = self.spend_on(line, period, selection);
        self.spend_in_trials(&taken).map_or(0.0, |spend| spend.mean_beyond(budget))
    }

    /// What a selection spends on a budget in a period: projects as planned, and the rest.
    pub fn spend_on(&self, line: Option<LineIx>, period: PeriodIx, selection: &Selection) -> Taken {
        let measure = line.map_or(Measure::Cost, Measure::Line);
        let own = |choice: &Choice| {
            let plan = self.plan_of(choice);
            let amount = self.measure_in(measure, Some(&[period]), choice.project, plan);
            (choice.project, choice.share.value() * amount)
        };
        Taken {
            certain: self.beside_projects(selection, measure, &[period]),
            uncertain: selection.choices().iter().map(own).collect(),
        }
    }

    /// The same in each future; `None` where there are none.
    pub fn spend_in_trials(&self, taken: &Taken) -> Option<SpendInTrials> {
        let futures = self.futures()?;
        let mut spend = vec![taken.certain; futures.trials()];
        let mut size = taken.certain.abs();
        for &(project, amount) in taken.uncertain.iter().filter(|(_, amount)| *amount != 0.0) {
            size += amount.abs();
            futures.factor(project, Quantity::Cost).add_to(amount, &mut spend);
        }
        Some(SpendInTrials { spend, size })
    }

    /// The cut of the futures in which what is spent is beyond the budget; of all futures without a spend.
    pub fn over_cut(
        &self,
        (line, period): (Option<LineIx>, PeriodIx),
        spend: Option<&SpendInTrials>,
    ) -> Option<OverCut> {
        let (futures, budget) = (self.futures()?, self.budget_of(line, period)?);
        let is_over = |trial: &usize| spend.is_none_or(|spend| spend.spend[*trial] > budget);
        let over: Vec<usize> = (0..futures.trials()).filter(is_over).collect();
        let part = 1.0 / futures.trials() as f64;
        let factor = |project: ProjectIx| {
            let factor = futures.factor(project, Quantity::Cost);
            over.iter().map(|&trial| factor.in_trial(trial)).sum::<f64>() * part
        };
        let factors: ByProject<f64> = self.portfolio().projects().positions().map(factor).collect();
        Some(OverCut { line, period, share: over.len() as f64 * part, factors })
    }

    /// The mean overrun that the cuts found so far make sure of.
    pub fn least_overrun(&self, (line, period): (Option<LineIx>, PeriodIx), taken: &Taken) -> f64 {
        let Some(budget) = self.budget_of(line, period) else { return 0.0 };
        let own = self.over_cuts().filter(|cut| (cut.line, cut.period) == (line, period));
        let bound = |cut: &OverCut| {
            let uncertain = taken.uncertain.iter().map(|&(project, amount)| cut.factors[project] * amount);
            uncertain.sum::<f64>() + cut.share * (taken.certain - budget)
        };
        own.map(bound).fold(0.0, f64::max)
    }

    /// The cuts of mean overruns found so far.
    pub fn over_cuts(&self) -> impl Iterator<Item = &OverCut> {
        self.in_futures.iter().flat_map(|held| held.over_cuts.iter().map(Arc::as_ref))
    }

    /// The same valuation with one cut of a mean overrun more.
    #[must_use]
    pub fn with_over_cut(mut self, cut: OverCut) -> Self {
        if let Some(held) = &mut self.in_futures {
            held.over_cuts.push(Arc::new(cut));
        }
        self
    }

    /// The price of all overruns that are priced on their means.
    pub(super) fn price_of_expected_overruns(&self, selection: &Selection) -> f64 {
        let periods = || self.portfolio().horizon().periods().positions();
        let of_budget = |(line, price): (Option<LineIx>, f64)| {
            price * periods().map(|period| self.mean_overrun(line, period, selection)).sum::<f64>()
        };
        self.priced_in_futures().into_iter().map(of_budget).sum()
    }
}

impl SpendInTrials {
    /// The mean of what is beyond a budget.
    pub fn mean_beyond(&self, budget: f64) -> f64 {
        let beyond =
            |&spend: &f64| if exceeds_among(spend, budget, self.size) { spend - budget } else { 0.0 };
        self.spend.iter().map(beyond).sum::<f64>() / self.spend.len() as f64
    }
}
