//! Totals of a selection by group.

use std::collections::BTreeMap;

use crate::domain::{GroupPath, Grouping, Groups, Measure, ROUNDING, Selection};

use super::Valuation;

/// Planned totals of one group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupTotals {
    /// Number of chosen projects; in a grouping of lines, of those that spend on them.
    pub projects: usize,
    /// Undiscounted cost.
    pub cost: f64,
    /// Strategic value; 0 for lines, which have none.
    pub strategic_value: f64,
    /// Net present value; 0 for lines.
    pub npv: f64,
    /// Sizes of the numbers that were added up to the three.
    sizes: [f64; 3],
}

/// The measures of a group, in the order of its sums.
const MEASURES: [Measure; 3] = [Measure::Cost, Measure::StrategicValue, Measure::Npv];

impl GroupTotals {
    fn add(&mut self, amounts: [f64; 3], sizes: [f64; 3]) {
        let sums = [&mut self.cost, &mut self.strategic_value, &mut self.npv];
        sums.into_iter().zip(amounts).for_each(|(sum, amount)| *sum += amount);
        self.sizes.iter_mut().zip(sizes).for_each(|(sum, size)| *sum += size);
    }

    /// A sum that is zero on paper is zero.
    fn without_rounding(mut self) -> Self {
        let sums = [&mut self.cost, &mut self.strategic_value, &mut self.npv];
        for (sum, size) in sums.into_iter().zip(self.sizes) {
            if sum.abs() <= ROUNDING * size {
                *sum = 0.0;
            }
        }
        self
    }
}

impl Valuation<'_> {
    /// Totals of a selection, for every group of a grouping, also those of which nothing is chosen. Over all groups
    /// they add up to the totals of the selection: a synergy belongs to the group that all its projects are in, or to
    /// what their groups share; bought capacity to no group of projects, and to the line that pays for it.
    pub fn group_totals(
        &self,
        grouping: &Grouping,
        groups: &Groups,
        selection: &Selection,
    ) -> BTreeMap<GroupPath, GroupTotals> {
        let mut totals: BTreeMap<GroupPath, GroupTotals> =
            groups.all().map(|path| (path.clone(), GroupTotals::default())).collect();
        if grouping.is_of_lines() {
            self.add_lines(&mut totals, groups, selection);
        } else {
            self.add_projects(&mut totals, groups, selection);
        }
        totals.into_iter().map(|(path, totals)| (path, totals.without_rounding())).collect()
    }

    fn add_projects(
        &self,
        totals: &mut BTreeMap<GroupPath, GroupTotals>,
        groups: &Groups,
        selection: &Selection,
    ) {
        for choice in selection.choices() {
            let plan = self.plan_of(choice);
            let share = choice.share.value();
            let amounts = MEASURES.map(|measure| share * self.measure(measure, choice.project, plan));
            let [cost, value, _] = amounts.map(f64::abs);
            let own = totals.entry(groups.of_project(choice.project).clone()).or_default();
            own.projects += 1;
            own.add(amounts, [cost, value, share * plan.discounted_size.value()]);
        }
        for (synergy, plan) in self.portfolio().synergies().iter().zip(self.synergies()) {
            if synergy.holds(|project| selection.contains(project)) {
                let amounts = MEASURES.map(|measure| self.synergy_adds(plan, measure, None));
                let own = totals.entry(groups.of_all(synergy.members())).or_default();
                own.add(amounts, amounts.map(f64::abs));
            }
        }
        let bought = MEASURES.map(|measure| self.bought_adds(selection, measure, None));
        if bought != [0.0; 3] {
            totals.entry(Groups::of_none()).or_default().add(bought, bought.map(f64::abs));
        }
    }

    fn add_lines(
        &self,
        totals: &mut BTreeMap<GroupPath, GroupTotals>,
        groups: &Groups,
        selection: &Selection,
    ) {
        for (line, spend) in self.spends(selection).iter_enumerated() {
            let own = totals.entry(groups.of_line(line).clone()).or_default();
            let cost: f64 = spend.iter().map(|amount| amount.value()).sum();
            let size: f64 = spend.iter().map(|amount| amount.value().abs()).sum();
            own.add([cost, 0.0, 0.0], [size, 0.0, 0.0]);
        }
        for choice in selection.choices() {
            let plan = self.plan_of(choice);
            let spends_on = |path: &GroupPath| {
                plan.spend.iter().any(|(line, profile)| {
                    groups.of_line(line) == path && profile.iter().any(|amount| amount.value() != 0.0)
                })
            };
            for (path, own) in totals.iter_mut() {
                own.projects += usize::from(spends_on(path));
            }
        }
    }
}
