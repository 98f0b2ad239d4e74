//! Limits that give way in the order of their priorities: by how much a selection misses them, and what is held of them.

use std::collections::BTreeSet;

use crate::domain::{LimitBound, NamedLimit, ProjectIx, Selection, exceeds, exceeds_among};

use super::{Hold, Valuation};

impl Valuation<'_> {
    /// The same valuation, which holds the limits of one priority more. What is not held may be missed freely.
    #[must_use]
    pub fn holding(mut self, hold: Hold) -> Self {
        self.holds.push(hold);
        self
    }

    /// The same valuation, which holds nothing.
    #[must_use]
    pub fn holding_nothing(mut self) -> Self {
        self.holds.clear();
        self
    }

    /// The same valuation, which holds the limits of each priority as far as a selection keeps them.
    #[must_use]
    pub fn holding_as(mut self, selection: &Selection) -> Self {
        let limits = &self.scenario().named_limits;
        let priorities: BTreeSet<u32> = limits.iter().filter_map(NamedLimit::priority).collect();
        let hold = |priority: u32| Hold { priority, most: self.shortfall(priority, selection) };
        self.holds = priorities.into_iter().map(hold).collect();
        self
    }

    /// What is held, in the order in which it was found: by rising priority.
    pub fn holds(&self) -> &[Hold] {
        &self.holds
    }

    /// True if each selection must keep a limit: it has neither a price nor a priority, or all limits of its priority
    /// are kept.
    pub fn must_keep(&self, limit: &NamedLimit) -> bool {
        let is_held =
            |priority: u32| self.holds.iter().any(|hold| hold.priority == priority && hold.most == 0.0);
        limit.price().is_none() && limit.priority().is_none_or(is_held)
    }

    /// The limits of a priority.
    pub fn limits_of(&self, priority: u32) -> impl Iterator<Item = &NamedLimit> {
        self.scenario().named_limits.iter().filter(move |limit| limit.priority() == Some(priority))
    }

    /// Sum, over the bounds of all limits of a priority, of the amount by which a selection misses the bound, relative to
    /// [the size of the bound](Self::size_of_bound): a budget of 100 that is missed by 10 and a count of 4 that is missed
    /// by 1 make 0.35.
    pub fn shortfall(&self, priority: u32, selection: &Selection) -> f64 {
        self.limits_of(priority).map(|limit| self.relative_shortfall(limit, selection)).sum()
    }

    /// True if a selection keeps to what is held of a priority.
    pub fn keeps_priority(&self, priority: u32, selection: &Selection) -> bool {
        let mut holds = self.holds.iter().filter(|hold| hold.priority == priority);
        holds.all(|hold| !exceeds(self.shortfall(priority, selection), hold.most))
    }

    fn relative_shortfall(&self, limit: &NamedLimit, selection: &Selection) -> f64 {
        let missed = self.missed(limit, selection).into_iter().zip(limit.bounds());
        missed.map(|(amount, &bound)| amount / self.size_of_bound(limit, bound)).sum()
    }

    /// Per bound of a limit: the amount by which a selection misses it, in the units of its measure; 0 if it is kept.
    pub fn missed(&self, limit: &NamedLimit, selection: &Selection) -> Vec<f64> {
        let (part, whole, size) = self.limited(limit, selection);
        let missed = |bound: &LimitBound| {
            let amount = bound.violation(part, whole);
            // What differs by rounding alone is kept.
            if exceeds_among(amount, 0.0, size.max(bound.size_beside(whole))) { amount } else { 0.0 }
        };
        limit.bounds().iter().map(missed).collect()
    }

    /// The amount that a violation of a bound is relative to, in the units of its measure: the bound itself; of a bound
    /// that is a share, this share of what all projects have of the measure in the limit's periods, whole and at their
    /// planned starts. Where that is 0: what all projects have, and then 1.
    pub fn size_of_bound(&self, limit: &NamedLimit, bound: LimitBound) -> f64 {
        let of_project = |project: ProjectIx| {
            let plan = self.plan(project, self.portfolio().projects()[project].start);
            self.measure_in(limit.measure(), limit.periods(), project, plan)
        };
        let all = || self.portfolio().projects().positions().map(of_project).sum::<f64>().abs();
        let own = match bound {
            LimitBound::Min(amount) | LimitBound::Max(amount) => amount.abs(),
            LimitBound::MinShare(share) | LimitBound::MaxShare(share) => share * all(),
        };
        [own, if own > 0.0 { own } else { all() }].into_iter().find(|&size| size > 0.0).unwrap_or(1.0)
    }
}
