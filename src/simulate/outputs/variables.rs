//! What is simulated of an option: numbers that are sums of projects' amounts times their random factors.

use std::hash::{Hash, Hasher};

use crate::domain::{
    BudgetFlexibility, Choice, Flexibility, Limits, Measure, Portfolio, ROUNDING, Selection,
};
use crate::finance::{StartPlan, Valuation};
use crate::units::Money;

use super::carried::Account;
use super::statistics::Worst;
use crate::simulate::sampling::samples::{Factor, ProjectFactors};

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

/// One simulated number: what is certain of it, and coefficients on columns of the samples.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// The certain part.
    pub certain: f64,
    /// Column and coefficient of every uncertain part, each column once, in order.
    pub terms: Vec<(usize, f64)>,
    /// The sizes of all that is added up to it, at their largest: rounding is a small part of it.
    pub size: f64,
}

impl Cell {
    /// Nothing yet, and room for so many uncertain parts.
    fn with_room(terms: usize) -> Self {
        Self { terms: Vec::with_capacity(terms), ..Self::default() }
    }

    /// By how much its values may differ from what they are on paper, if they are compared with something that is the sum
    /// of amounts of another size.
    pub fn rounding_beside(&self, size: f64) -> f64 {
        ROUNDING * (self.size + size)
    }

    /// Adds an amount of a size (that of what was added up to it) times a factor.
    fn add_sum(&mut self, amount: f64, size: f64, factor: Factor) {
        self.size += size * factor.largest;
        let amount = amount * factor.scale;
        match factor.column {
            Some(column) if amount != 0.0 => self.add_term(column, amount),
            Some(_) => {}
            None => self.certain += amount,
        }
    }

    fn add(&mut self, amount: f64, factor: Factor) {
        self.add_sum(amount, amount.abs(), factor);
    }

    /// Columns of one project come in any order, but those of the next come after them: so one look back is enough to
    /// leave little to sort.
    fn add_term(&mut self, column: usize, amount: f64) {
        let end = self.terms.len();
        match self.terms.last() {
            Some(last) if last.0 > column => self.terms.insert(end - 1, (column, amount)),
            _ => self.terms.push((column, amount)),
        }
    }

    fn in_order(mut self) -> Self {
        if !self.terms.is_sorted_by_key(|&(column, _)| column) {
            self.terms.sort_by_key(|&(column, _)| column);
        }
        self.terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        self
    }

    /// Columns and the bits of their coefficients.
    pub fn bits(&self) -> impl Iterator<Item = (usize, u64)> {
        self.terms.iter().map(|&(column, amount)| (column, amount.to_bits()))
    }
}

/// Cells are equal if they are so bit by bit: then all that follows from them is.
impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        let numbers = |cell: &Self| [cell.certain, cell.size].map(f64::to_bits);
        numbers(self) == numbers(other) && self.bits().eq(other.bits())
    }
}

impl Eq for Cell {}

impl Hash for Cell {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Mixed here and handed over once: cells are long, and a hasher that withstands malice is slow. Terms do not wait
        // for each other in a sum.
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
        let mix =
            |(column, amount): (usize, u64)| amount.wrapping_mul(ODD.wrapping_mul(2 * column as u64 + 1));
        let terms = self.bits().fold(0, |sum: u64, term| sum.wrapping_add(mix(term)));
        (self.certain.to_bits(), self.terms.len(), terms).hash(state);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_every_column_once_and_in_order() {
        let mut cell = Cell::default();
        for (column, amount) in [(Some(7), 1.0), (Some(2), 4.0), (None, 5.0), (Some(7), 2.0), (Some(1), 0.0)]
        {
            cell.add(amount, Factor { scale: 0.5, column, largest: 0.5 });
        }
        assert_eq!(cell.in_order(), Cell { certain: 2.5, terms: vec![(2, 2.0), (7, 1.5)], size: 6.0 });
    }
}
