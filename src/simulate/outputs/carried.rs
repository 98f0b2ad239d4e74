//! Budgets that carry over: the unspent amount of a period may be spent in the next period of the same trial.

use crate::domain::{BudgetFlexibility, ByPeriod, Flexibility, Limits};
use crate::units::Money;
use crate::vector::widened;

use super::cell::Cell;
use super::kinds::{TOTALS, budgets};
use super::overruns::{Excess, excess};
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::reductions::accumulate;
use crate::simulate::sampling::samples::Samples;

/// A budget that carries over.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Position of the kind that is spent from it in the first period; those of the other periods follow.
    pub first: usize,
    /// The budget of each period.
    pub budget: Vec<f64>,
    /// The share of the unspent amount that moves to the next period, above 0.
    pub carry_over: f64,
}

/// The budgets of a scenario that carry over, each with the position of the kind that is spent from it in the first
/// period.
pub fn accounts(limits: &Limits, flexibility: &Flexibility, periods: usize) -> Vec<Account> {
    let account = |(row, (budget, flexibility)): (usize, (&Option<ByPeriod<Money>>, BudgetFlexibility))| {
        let budget = budget.as_ref().filter(|_| flexibility.carry_over() > 0.0)?;
        Some(Account {
            first: TOTALS + row * periods,
            budget: budget.iter().map(|money| money.value()).collect(),
            carry_over: flexibility.carry_over(),
        })
    };
    budgets(limits, flexibility).enumerate().filter_map(account).collect()
}

/// Buffers that one thread uses again and again: a number per trial each.
#[derive(Debug, Default)]
pub struct Buffers {
    spend: Numbers,
    carried: Numbers,
}

/// Amount carried over from the period before.
enum Carried {
    /// The same in all trials.
    Certain(f64),
    /// Trial by trial, in the buffer.
    Varying,
}

impl Account {
    /// Excess of spend over the available amount, period by period: the budget and the carry-over of the trial. The
    /// allowance for overruns is not available money; using it takes nothing from the next period, as in the plan.
    ///
    /// `cells` are those of the spend. Each is summed in full, without terms shared between options.
    pub fn excesses(&self, samples: &Samples, cells: &[Cell], buffers: &mut Buffers) -> Vec<Excess> {
        let mut carried = Carried::Certain(0.0);
        // The sizes of all amounts that the available amount of a period is made of.
        let mut size = 0.0;
        let periods = cells.iter().zip(&self.budget);
        let period = |(cell, &budget): (&Cell, &f64)| {
            size = budget.abs() + self.carry_over * size;
            let rounding = cell.rounding_beside(size);
            size += cell.size;
            if let Carried::Certain(before) = carried
                && cell.terms.is_empty()
            {
                let available = budget + before;
                carried = Carried::Certain(self.carry_over * (available - cell.certain).max(0.0));
                return Excess::known(excess(cell.certain, available, rounding));
            }
            spend(cell, samples, &mut buffers.spend);
            if let Carried::Certain(before) = carried {
                buffers.carried.resize(samples.trials());
                buffers.carried.fill(before);
                carried = Carried::Varying;
            }
            settle(&mut buffers.spend, &mut buffers.carried, budget, self.carry_over, rounding);
            Excess::of_values(&buffers.spend, samples.design(), |excess| excess)
        };
        periods.map(period).collect()
    }
}

/// The values of a cell, trial by trial.
fn spend(cell: &Cell, samples: &Samples, values: &mut Numbers) {
    values.resize(samples.trials());
    values.fill(cell.certain);
    samples.each_block(cell.columns(), |block| {
        accumulate(&mut values[block.trials()], &block.columns_of(&cell.terms), 0);
    });
}

widened! {
    /// Turns the spend of a period into what exceeds the budget and what was carried over, and what was carried over
    /// into what is carried over to the next period.
    fn settle(spend: &mut [f64], carried: &mut [f64], budget: f64, carry_over: f64, rounding: f64) {
        for (spend, carried) in spend.iter_mut().zip(carried) {
            let available = budget + *carried;
            let unspent = available - *spend;
            *carried = if unspent > 0.0 { carry_over * unspent } else { 0.0 };
            *spend = excess(*spend, available, rounding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::assert_same_at_every_width;

    #[test]
    fn what_is_unspent_moves_on_and_what_is_overspent_does_not() {
        let spends: Vec<f64> = (0..203).map(|trial| f64::from(trial * 37 % 101)).collect();
        let before: Vec<f64> = (0..203).map(|trial| f64::from(trial % 7)).collect();
        assert_same_at_every_width(|| {
            let (mut excess, mut carried) = (spends.clone(), before.clone());
            settle(&mut excess, &mut carried, 60.0, 0.5, 1e-9);
            for trial in 0..203 {
                let unspent = 60.0 + before[trial] - spends[trial];
                assert_eq!((excess[trial], carried[trial]), ((-unspent).max(0.0), 0.5 * unspent.max(0.0)));
            }
            (excess, carried)
        });
    }
}
