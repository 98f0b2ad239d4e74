//! Accounts of a selection: budgets and their carry-over, overruns, bought capacity, and the penalties in the objective
//! for missed soft limits and for changes to the current plan.

use std::collections::BTreeMap;

use crate::domain::{
    BudgetFlexibility, ByLine, ByPeriod, Change, LineIx, Measure, NamedLimit, PeriodIx, ResourceIx,
    Selection, exceeds, exceeds_among,
};
use crate::units::{Effort, Money};

use super::Valuation;
use super::plan::add;

/// A budget under a selection, period by period.
#[derive(Clone, Debug, PartialEq)]
pub struct BudgetAccount {
    /// Spend per period, bought capacity and synergies included.
    pub spend: ByPeriod<Money>,
    /// Carry-over from the period before, per period.
    pub carried: ByPeriod<Money>,
    /// Amount that may be spent without an overrun, per period: the budget and the carry-over.
    pub available: ByPeriod<Money>,
    /// Spend beyond the available amount, per period.
    pub overrun: ByPeriod<Money>,
    /// The size of the numbers that were added up to any of these: what differs by their rounding alone is equal.
    pub size: f64,
}

impl BudgetAccount {
    /// As much as allowed of the unspent amount is carried over: that is never worse than less.
    fn new(
        spend: ByPeriod<Money>,
        budget: &[Money],
        flexibility: BudgetFlexibility,
        spend_size: f64,
    ) -> Self {
        let periods = spend.len();
        let carried_size = match flexibility.carry_over() {
            0.0 => 0.0,
            _ => budget.iter().map(|budget| budget.value().abs()).sum::<f64>(),
        };
        let none = ByPeriod::filled(Money::ZERO, periods);
        let mut account = Self {
            spend,
            carried: none.clone(),
            available: none.clone(),
            overrun: none,
            size: spend_size.max(carried_size),
        };
        let mut carried = 0.0;
        for ((period, spend), budget) in account.spend.iter_enumerated().zip(budget) {
            let (spend, available) = (spend.value(), budget.value() + carried);
            account.carried[period] = Money::new(carried);
            account.available[period] = Money::new(available);
            if exceeds_among(spend, available, account.size) {
                account.overrun[period] = Money::new(spend - available);
            }
            carried = flexibility.carry_over() * (available - spend).max(0.0);
        }
        account
    }
}

/// Halvings that find a factor on a budget to the last digit.
const HALVINGS: usize = 60;

/// The least factor from 0 to 1 on a budget that pays for `spend`, given that the whole budget does.
fn least_scale(spend: &[Money], budget: &[Money], flexibility: BudgetFlexibility) -> f64 {
    let beyond = flexibility.overrun().map_or(0.0, |overrun| overrun.limit().value());
    if flexibility.carry_over() == 0.0 {
        let shares = spend.iter().zip(budget).filter(|(_, budget)| budget.value() > 0.0);
        let needed = shares.map(|(spend, budget)| (spend.value() - beyond) / budget.value());
        // An excess by rounding alone keeps to the budget.
        return needed.fold(0.0, f64::max).min(1.0);
    }
    let pays = |scale: f64| {
        let mut carried = 0.0;
        spend.iter().zip(budget).all(|(spend, budget)| {
            let available = scale * budget.value() + carried;
            carried = flexibility.carry_over() * (available - spend.value()).max(0.0);
            spend.value() <= available + beyond
        })
    };
    if pays(0.0) {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if pays(middle) { high = middle } else { low = middle }
    }
    high
}

/// Excess of an amount over a limit, beyond what rounding explains.
fn excess(amount: f64, limit: f64) -> f64 {
    if exceeds(amount, limit) { amount - limit } else { 0.0 }
}

impl Valuation<'_> {
    /// The account of a line under what is [spent](Self::spends); `None` where it has no budget.
    pub fn line_account(&self, line: LineIx, spends: &ByLine<ByPeriod<Money>>) -> Option<BudgetAccount> {
        let budget = self.scenario().limits.lines[line].as_ref()?;
        let flexibility = self.portfolio().flexibility().line(line);
        Some(BudgetAccount::new(spends[line].clone(), budget, flexibility, self.spend_size(Some(line))))
    }

    /// The account of the cap on all lines together under what is [spent](Self::spends); `None` where there is none.
    pub fn account_of_all_lines(&self, spends: &ByLine<ByPeriod<Money>>) -> Option<BudgetAccount> {
        let budget = self.scenario().limits.all_lines.as_ref()?;
        let flexibility = self.portfolio().flexibility().all_lines();
        Some(BudgetAccount::new(self.on_all_lines(spends), budget, flexibility, self.spend_size(None)))
    }

    fn on_all_lines(&self, spends: &ByLine<ByPeriod<Money>>) -> ByPeriod<Money> {
        let mut total = ByPeriod::filled(Money::ZERO, self.portfolio().horizon().len());
        spends.iter().for_each(|spend| add(&mut total, spend, 1.0));
        total
    }

    /// The least factor from 0 to 1 on all budgets of the scenario under which a selection that keeps to them still
    /// does.
    pub fn least_budget_scale(&self, selection: &Selection) -> f64 {
        let (limits, flexibility) = (&self.scenario().limits, self.portfolio().flexibility());
        let spends = self.spends(selection);
        let of_line = |(line, budget): (LineIx, &Option<ByPeriod<Money>>)| {
            let scale = |budget: &[Money]| least_scale(&spends[line], budget, flexibility.line(line));
            budget.as_deref().map_or(0.0, scale)
        };
        let of_lines = limits.lines.iter_enumerated().map(of_line).fold(0.0, f64::max);
        limits.all_lines.as_deref().map_or(of_lines, |budget| {
            of_lines.max(least_scale(&self.on_all_lines(&spends), budget, flexibility.all_lines()))
        })
    }

    /// Money that a selection leaves unspent over the horizon, and all that there is: of the cap on all lines together
    /// where there is one, else of the lines that have a budget. `None` if nothing is limited.
    pub fn unspent(&self, selection: &Selection) -> Option<(Money, Money)> {
        let limits = &self.scenario().limits;
        let spends = self.spends(selection);
        let total = |budget: &[Money]| budget.iter().copied().sum::<Money>();
        let left = |budget: Money, spend: Money| Money::new((budget - spend).value().max(0.0));
        if let Some(budget) = limits.all_lines.as_deref() {
            let (budget, spend) = (total(budget), spends.iter().flatten().copied().sum());
            return Some((left(budget, spend), budget));
        }
        let lines = limits.lines.iter().zip(&spends);
        let of_line = |(budget, spend): (&Option<ByPeriod<Money>>, &ByPeriod<Money>)| {
            let budget = total(budget.as_deref()?);
            Some((left(budget, spend.iter().copied().sum()), budget))
        };
        let add = |(left, all): (Money, Money), (one_left, one): (Money, Money)| (left + one_left, all + one);
        lines.filter_map(of_line).reduce(add)
    }

    /// Units of a resource that must be bought in each period: the demand beyond its capacity. Zero if the
    /// resource cannot be bought.
    pub fn bought(&self, selection: &Selection, resource: ResourceIx) -> ByPeriod<Effort> {
        let extra = self.portfolio().flexibility().resource(resource);
        match (extra, &self.scenario().limits.resources[resource]) {
            (Some(_), Some(capacity)) => {
                let demand = self.demand(selection, resource).into_iter();
                let excess = |(demand, capacity): (Effort, &Effort)| excess(demand.value(), capacity.value());
                demand.zip(capacity).map(excess).map(Effort::new).collect()
            }
            _ => ByPeriod::filled(Effort::ZERO, self.portfolio().horizon().len()),
        }
    }

    /// Contribution of one unit of a resource bought in a period to a measure, counted in some periods;
    /// `None`: to the measure as it is.
    pub fn bought_unit_adds(
        &self,
        resource: ResourceIx,
        period: PeriodIx,
        measure: Measure,
        periods: Option<&[PeriodIx]>,
    ) -> f64 {
        let Some(extra) = self.portfolio().flexibility().resource(resource) else { return 0.0 };
        let counted = match measure.planned() {
            Measure::Cost => extra.rate(),
            Measure::DiscountedCost => extra.rate() * self.factors().of(period),
            Measure::Line(line) if extra.line() == Some(line) => extra.rate(),
            Measure::Npv => return -extra.rate() * self.factors().of(period),
            Measure::NpvAt(rate) => {
                let amounts = std::iter::repeat_n(0.0, period.index()).chain([-extra.rate()]);
                return self.factors().present_value_at(rate, amounts);
            }
            _ => 0.0,
        };
        if periods.is_none_or(|periods| periods.contains(&period)) { counted } else { 0.0 }
    }

    /// Contribution of all bought capacity to a measure.
    pub(super) fn bought_adds(
        &self,
        selection: &Selection,
        measure: Measure,
        periods: Option<&[PeriodIx]>,
    ) -> f64 {
        if measure.sign_of_spending() == 0.0 {
            return 0.0;
        }
        let mut total = 0.0;
        for resource in self.portfolio().flexibility().bought_resources() {
            for (period, &units) in self.bought(selection, resource).iter_enumerated() {
                total += units.value() * self.bought_unit_adds(resource, period, measure, periods);
            }
        }
        total
    }

    /// Contribution of synergies, bought capacity and baselines of key results to a measure in some periods; without
    /// periods: to the measure as it is.
    pub fn beside_projects(&self, selection: &Selection, measure: Measure, periods: &[PeriodIx]) -> f64 {
        let periods = (!periods.is_empty()).then_some(periods);
        let synergies = self.synergies_that_hold(selection, |_| true);
        let synergies = synergies.map(|plan| self.synergy_adds(plan, measure, periods));
        let beside = synergies.sum::<f64>() + self.bought_adds(selection, measure, periods);
        match measure.counts_key_results() {
            true => beside + self.key_results_add(selection, measure),
            false => beside,
        }
    }

    /// Sum of the sizes of the amounts in [`Self::beside_projects`].
    pub fn size_beside_projects(&self, selection: &Selection, measure: Measure, periods: &[PeriodIx]) -> f64 {
        let counted = (!periods.is_empty()).then_some(periods);
        let synergies = self.synergies_that_hold(selection, |_| true);
        let synergies = synergies.map(|plan| self.synergy_adds(plan, measure, counted).abs());
        let beside = synergies.sum::<f64>() + self.bought_adds(selection, measure, counted).abs();
        beside + self.size_beside(measure)
    }

    /// Spend on bought capacity per period, by line; lines without any are left out.
    pub(super) fn spends_on_bought(&self, selection: &Selection) -> BTreeMap<LineIx, ByPeriod<Money>> {
        let flexibility = self.portfolio().flexibility();
        let mut spends = BTreeMap::new();
        for resource in flexibility.bought_resources() {
            let Some(extra) = flexibility.resource(resource) else { continue };
            let Some(line) = extra.line() else { continue };
            let spend = spends
                .entry(line)
                .or_insert_with(|| ByPeriod::filled(Money::ZERO, self.portfolio().horizon().len()));
            for (sum, units) in spend.iter_mut().zip(self.bought(selection, resource)) {
                *sum += Money::new(units.value() * extra.rate());
            }
        }
        spends
    }

    /// The targets that must be reached: leaf objectives (positions among the leaves) with the total of raw scores.
    pub fn required_targets(&self) -> Vec<(usize, f64)> {
        let tree = self.portfolio().objectives();
        let targets = tree.leaves().iter().enumerate();
        let targets =
            targets.filter_map(|(leaf, &objective)| Some((leaf, tree.objectives()[objective].target?)));
        targets.filter(|_| self.scenario().meet_targets).collect()
    }

    /// In how many projects a selection departs from the current plan; 0 without one.
    pub fn changes(&self, selection: &Selection) -> usize {
        self.portfolio().current_plan().map_or(0, |plan| plan.changes(selection))
    }

    /// How many projects of the current plan a selection drops; 0 without one.
    pub fn drops(&self, selection: &Selection) -> usize {
        self.portfolio().current_plan().map_or(0, |plan| plan.changes_of(Change::Drop, selection))
    }

    /// Penalty of a selection in objective units, for any goal: overruns, missed soft limits, and changes to the
    /// current plan, each at its price. Never negative.
    pub fn penalty(&self, selection: &Selection) -> f64 {
        let control = self.scenario().change_control;
        let changes = self.portfolio().current_plan().map_or(0.0, |plan| control.price_of(plan, selection));
        self.price_of_overruns(selection)
            + self.price_of_expected_overruns(selection)
            + self.price_of_missed_limits(selection)
            + changes
    }

    fn price_of_overruns(&self, selection: &Selection) -> f64 {
        let flexibility = self.portfolio().flexibility();
        let lines = self.portfolio().lines().positions().map(|line| (flexibility.line(line), Some(line)));
        let priced: Vec<(f64, Option<LineIx>)> = (lines.chain([(flexibility.all_lines(), None)]))
            .filter_map(|(flexibility, line)| Some((flexibility.overrun()?, line)))
            .filter(|(overrun, _)| !overrun.is_expected())
            .map(|(overrun, line)| (overrun.price(), line))
            .filter(|&(price, _)| price > 0.0)
            .collect();
        if priced.is_empty() {
            return 0.0;
        }
        let spends = self.spends(selection);
        let price = |(price, line): (f64, Option<LineIx>)| {
            let account = match line {
                Some(line) => self.line_account(line, &spends),
                None => self.account_of_all_lines(&spends),
            };
            Some(price * account?.overrun.into_iter().sum::<Money>().value())
        };
        priced.into_iter().filter_map(price).sum()
    }

    fn price_of_missed_limits(&self, selection: &Selection) -> f64 {
        let missed = |limit: &NamedLimit| {
            let price = limit.price()?;
            let (part, whole, _) = self.limited(limit, selection);
            let violations = limit.bounds().iter().map(|bound| bound.violation(part, whole));
            Some(price * violations.sum::<f64>())
        };
        self.scenario().named_limits.iter().filter_map(missed).sum()
    }
}
