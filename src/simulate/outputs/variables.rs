//! What is simulated of an option: numbers that are sums of projects' amounts times their random factors.

use crate::domain::{BudgetFlexibility, Choice, Flexibility, Limits, Measure, Portfolio, Selection};
use crate::finance::{StartPlan, Valuation};
use crate::units::Money;

use super::carried::Account;
use super::cell::Cell;
use super::tail::Worst;
use crate::simulate::sampling::factors::{Factor, ProjectFactors};

/// What limits the numbers of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scarcity {
    /// A budget.
    Money,
    /// A capacity.
    Effort,
}

/// One of the numbers that are simulated of every option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kind {
    /// The end that is feared.
    pub worst: Worst,
    /// What limits it, and the limit, if that is the same in all trials. Budgets that carry over are not: these have
    /// [`accounts`].
    pub limit: Option<(Scarcity, f64)>,
}

/// Positions of the totals among the kinds.
pub const NPV: usize = 0;
/// Net present value, benefit, cost, strategic value: these come first.
pub const TOTALS: usize = 4;

/// All kinds of a scenario: the totals, then spend per line and period, spend on all lines per period if that is
/// limited, and demand per resource and period.
pub fn kinds(limits: &Limits, flexibility: &Flexibility, periods: usize) -> Vec<Kind> {
    let total = |worst| Kind { worst, limit: None };
    let mut kinds =
        vec![total(Worst::Lowest), total(Worst::Lowest), total(Worst::Highest), total(Worst::Lowest)];
    let mut limited = |scarcity: Scarcity, limit: Option<Vec<f64>>| {
        kinds.extend((0..periods).map(|period| Kind {
            worst: Worst::Highest,
            limit: limit.as_ref().map(|limit| (scarcity, limit[period])),
        }));
    };
    for (budget, flexibility) in budgets(limits, flexibility) {
        let budget = budget.as_ref().filter(|_| flexibility.carry_over() == 0.0);
        limited(Scarcity::Money, budget.map(|budget| budget.iter().map(|money| money.value()).collect()));
    }
    for capacity in &limits.resources {
        let capacity =
            capacity.as_ref().map(|capacity| capacity.iter().map(|effort| effort.value()).collect());
        limited(Scarcity::Effort, capacity);
    }
    kinds
}

/// The budgets of a scenario that carry over, each with the position of the kind that is spent from it in the first
/// period.
pub fn accounts(limits: &Limits, flexibility: &Flexibility, periods: usize) -> Vec<Account> {
    let account = |(row, (budget, flexibility)): (usize, (&Option<Vec<Money>>, BudgetFlexibility))| {
        let budget = budget.as_ref().filter(|_| flexibility.carry_over() > 0.0)?;
        Some(Account {
            first: TOTALS + row * periods,
            budget: budget.iter().map(|money| money.value()).collect(),
            carry_over: flexibility.carry_over(),
        })
    };
    budgets(limits, flexibility).enumerate().filter_map(account).collect()
}

/// The budget of every line, and last that of all lines together if there is one, with how it gives way.
fn budgets<'a>(
    limits: &'a Limits,
    flexibility: &'a Flexibility,
) -> impl Iterator<Item = (&'a Option<Vec<Money>>, BudgetFlexibility)> {
    let lines = limits.lines.iter().enumerate().map(|(line, budget)| (budget, flexibility.line(line)));
    let all_lines = limits.all_lines.is_some().then(|| (&limits.all_lines, flexibility.all_lines()));
    lines.chain(all_lines)
}

/// How many kinds a scenario of a portfolio can have.
pub fn most_kinds(portfolio: &Portfolio) -> usize {
    let limited = portfolio.lines().len() + 1 + portfolio.resources().len();
    TOTALS + limited * portfolio.horizon().len()
}

/// The chosen projects of an option with all that multiplies them.
pub struct OptionCells<'a> {
    valuation: &'a Valuation<'a>,
    factors: &'a [ProjectFactors],
    selection: &'a Selection,
}

impl<'a> OptionCells<'a> {
    /// The cells of a selection.
    pub fn new(
        valuation: &'a Valuation<'a>,
        factors: &'a [ProjectFactors],
        selection: &'a Selection,
    ) -> Self {
        Self { valuation, factors, selection }
    }

    /// The cells of all [`kinds`].
    pub fn all(&self) -> Vec<Cell> {
        let limits = &self.valuation.scenario().limits;
        let mut cells = self.totals();
        cells.extend(self.lines(limits.lines.len()));
        if limits.all_lines.is_some() {
            cells.extend(self.all_lines());
        }
        cells.extend(self.resources(limits.resources.len()));
        cells.into_iter().map(Cell::in_order).collect()
    }

    /// Net present value, benefit, cost and strategic value realised.
    fn totals(&self) -> Vec<Cell> {
        let mut cells = [2, 1, 1, 1].map(|terms| Cell::with_room(terms * self.selection.choices().len()));
        for (choice, plan, factors) in self.chosen() {
            let share = choice.share.value();
            let size = share * plan.discounted_size;
            cells[0].add_sum(share * plan.discounted_benefit_if_successful, size, factors.benefit);
            cells[0].add_sum(-share * plan.discounted_cost, size, factors.cost);
            cells[1].add(share * plan.benefit_if_successful, factors.benefit);
            cells[2].add(share * plan.cost, factors.cost);
            cells[3].add(share * self.valuation.strategic_value(choice.project), factors.success);
        }
        let measures = [Measure::Npv, Measure::Benefit, Measure::Cost, Measure::StrategicValue];
        self.with_certain(cells.into(), |position| (measures[position], None))
    }

    /// Spend on each line in each period.
    fn lines(&self, lines: usize) -> Vec<Cell> {
        let periods = self.valuation.portfolio().horizon().len();
        let cells = self.by_key_and_period(lines, |factors| factors.cost, |plan| &plan.spend);
        self.with_certain(cells, |place| (Measure::Line(place / periods), Some(place % periods)))
    }

    /// Spend on all lines together in each period.
    fn all_lines(&self) -> Vec<Cell> {
        let mut cells = self.cells(1, |factors| factors.cost);
        let mut amounts = vec![0.0; cells.len()];
        let mut sizes = amounts.clone();
        for (choice, plan, factors) in self.chosen() {
            amounts.fill(0.0);
            sizes.fill(0.0);
            for (_, profile) in &plan.spend {
                amounts.iter_mut().zip(profile).for_each(|(sum, amount)| *sum += amount);
                sizes.iter_mut().zip(profile).for_each(|(sum, amount)| *sum += amount.abs());
            }
            let share = choice.share.value();
            for ((cell, amount), size) in cells.iter_mut().zip(&amounts).zip(&sizes) {
                cell.add_sum(share * amount, share * size, factors.cost);
            }
        }
        self.with_certain(cells, |period| (Measure::Cost, Some(period)))
    }

    /// Demand for each resource in each period.
    fn resources(&self, resources: usize) -> Vec<Cell> {
        self.by_key_and_period(resources, |factors| factors.demand, |plan| &plan.demand)
    }

    /// Adds what does not vary: synergies, and capacity bought for the plan. `counted` tells the measure of each cell, and
    /// its period if it has one.
    fn with_certain(
        &self,
        mut cells: Vec<Cell>,
        counted: impl Fn(usize) -> (Measure, Option<usize>),
    ) -> Vec<Cell> {
        for (position, cell) in cells.iter_mut().enumerate() {
            let (measure, period) = counted(position);
            let periods = period.as_slice();
            cell.certain += self.valuation.beside_projects(self.selection, measure, periods);
            cell.size += self.valuation.size_beside_projects(self.selection, measure, periods);
        }
        cells
    }

    /// Cells per key, and of each key per period, of what profiles of each plan say.
    fn by_key_and_period(
        &self,
        keys: usize,
        factor: impl Fn(&ProjectFactors) -> Factor,
        profiles: impl Fn(&StartPlan) -> &[(usize, Vec<f64>)],
    ) -> Vec<Cell> {
        let periods = self.valuation.portfolio().horizon().len();
        let mut cells = self.cells(keys, &factor);
        for (choice, plan, factors) in self.chosen() {
            let (share, factor) = (choice.share.value(), factor(factors));
            for (key, profile) in profiles(plan) {
                for (cell, amount) in cells[key * periods..].iter_mut().zip(profile) {
                    cell.add(share * amount, factor);
                }
            }
        }
        cells
    }

    /// Empty cells for each key and period, with room for all projects whose factor varies.
    fn cells(&self, keys: usize, factor: impl Fn(&ProjectFactors) -> Factor) -> Vec<Cell> {
        let varying = self.chosen().filter(|(_, _, factors)| factor(factors).column.is_some()).count();
        let cells = keys * self.valuation.portfolio().horizon().len();
        (0..cells).map(|_| Cell::with_room(varying)).collect()
    }

    fn chosen(&self) -> impl Iterator<Item = (&Choice, &StartPlan, &ProjectFactors)> {
        self.selection.choices().iter().map(|choice| {
            (choice, self.valuation.plan(choice.project, choice.start), &self.factors[choice.project])
        })
    }
}
