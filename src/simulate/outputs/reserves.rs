//! Reserves: money that a plan needs beyond its budgets to hold in most futures.

use rayon::prelude::*;

use crate::domain::{BudgetFlexibility, ByLine, ByPeriod, PeriodIx, ROUNDING, Selection};
use crate::finance::Valuation;
use crate::units::Money;
use crate::vector::widened;

use super::cell::Cell;
use super::kinds::{TOTALS, budgets};
use super::overruns::excess;
use super::percentiles::percentiles_of;
use super::trials::values_of;
use super::variables::OptionCells;
use crate::simulate::error::SimulateError;
use crate::simulate::sampling::samples::Samples;

/// Probabilities with which a reserve is to hold.
pub const HELD: [f64; 3] = [0.5, 0.8, 0.9];
/// The probability of the funding profile.
const PROFILE: f64 = 0.8;
/// Periods whose spend is drawn together.
const PERIODS_AT_ONCE: usize = 8;

/// Money of one line in one period, or over all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Reserve {
    /// Per probability: money needed beyond the budget and what was carried over, 0 if there is enough; `None` where
    /// there is no budget.
    pub beyond: Option<[f64; 3]>,
    /// Per probability: the percentile of spend.
    pub spend: [f64; 3],
    /// What a funding profile at P80 has in the period: the 80th percentile of all spend so far less that of the spend
    /// before. Over all periods: the 80th percentile of all spend.
    pub profile: f64,
    /// What rounding of the sums alone may make of nothing.
    pub rounding: f64,
}

/// Reserves of one line.
#[derive(Clone, Debug, PartialEq)]
pub struct LineReserves {
    /// Per period, each on its own.
    pub periods: ByPeriod<Reserve>,
    /// One pot for all periods, from which each may be topped up.
    pub pot: Reserve,
}

/// Reserves of an option.
#[derive(Clone, Debug, PartialEq)]
pub struct Reserves {
    /// Per line (position).
    pub lines: ByLine<LineReserves>,
    /// Of all lines together; `None` where no budget caps them.
    pub all_lines: Option<LineReserves>,
}

/// The reserves of a selection, from the trials of its spend. Budgets that carry over do so in each trial.
///
/// The pot of a line holds in a trial if it covers the sum of the overruns of all periods: its percentiles are those of
/// that sum, the least money with which all periods hold in so many futures.
///
/// # Errors
/// If the samples do not cover the selections ([`Samples::cover`]).
pub fn reserves(
    samples: &Samples,
    valuation: &Valuation,
    selection: &Selection,
) -> Result<Reserves, SimulateError> {
    samples.cover(valuation, &[selection])?;
    let (limits, flexibility) = (&valuation.scenario().limits, valuation.portfolio().flexibility());
    let periods = valuation.portfolio().horizon().len();
    let cells = OptionCells::new(valuation, samples.project_factors(), selection).all();
    let budgets: Vec<_> = budgets(limits, flexibility).collect();
    let of_row = |(row, (budget, flexibility)): (usize, &(&Option<ByPeriod<Money>>, BudgetFlexibility))| {
        let cells = &cells[TOTALS + row * periods..][..periods];
        Account::new(samples, budget.as_ref(), flexibility.carry_over()).reserves(cells)
    };
    let mut rows: Vec<LineReserves> = budgets.par_iter().enumerate().map(of_row).collect();
    let all_lines = limits.all_lines.is_some().then(|| rows.pop()).flatten();
    Ok(Reserves { lines: rows.into(), all_lines })
}

/// The account of a line, trial by trial, as it stands after some periods.
struct Account<'a> {
    samples: &'a Samples,
    budget: Option<&'a ByPeriod<Money>>,
    carry_over: f64,
    /// What the period before left over.
    carried: Vec<f64>,
    /// The overruns so far.
    pot: Vec<f64>,
    /// The spend so far.
    total: Vec<f64>,
    /// The sizes of all amounts so far.
    size: f64,
}

impl<'a> Account<'a> {
    fn new(samples: &'a Samples, budget: Option<&'a ByPeriod<Money>>, carry_over: f64) -> Self {
        let none = || vec![0.0; samples.trials()];
        Self { samples, budget, carry_over, carried: none(), pot: none(), total: none(), size: 0.0 }
    }

    fn reserves(mut self, cells: &[Cell]) -> LineReserves {
        let mut periods = ByPeriod::default();
        let mut before = 0.0;
        let samples = self.samples;
        // Where samples are drawn again, that serves some periods together.
        let together = if samples.held().is_some() { 1 } else { PERIODS_AT_ONCE };
        let spend = cells.chunks(together).flat_map(|cells| values_of(samples, cells));
        for ((place, cell), spend) in cells.iter().enumerate().zip(spend) {
            let budget = self.budget.map(|budget| budget[PeriodIx::new(place)].value());
            let mut reserve = self.period(cell, spend, budget);
            let so_far = percentiles(&self.total, [PROFILE])[0];
            reserve.profile = so_far - before;
            before = so_far;
            periods.push(reserve);
        }
        let rounding = ROUNDING * self.size;
        let pot = Reserve {
            beyond: self.budget.map(|_| percentiles(&self.pot, HELD)),
            spend: percentiles(&self.total, HELD),
            profile: before,
            rounding,
        };
        LineReserves { periods, pot }
    }

    /// One period on its own; what it leaves over, spends and overruns is added to the account.
    fn period(&mut self, cell: &Cell, mut spend: Vec<f64>, budget: Option<f64>) -> Reserve {
        let rounding = cell.rounding_beside(self.size + budget.unwrap_or_default().abs());
        self.size += cell.size + budget.unwrap_or_default().abs();
        add(&mut self.total, &spend);
        let percentiles_of_spend = percentiles(&spend, HELD);
        let beyond = budget.map(|budget| {
            settle(&mut spend, &mut self.carried, &mut self.pot, (budget, self.carry_over, rounding));
            percentiles(&spend, HELD).map(|need| if need > rounding { need } else { 0.0 })
        });
        Reserve { beyond, spend: percentiles_of_spend, profile: 0.0, rounding }
    }
}

/// Percentiles of values in any order.
fn percentiles<const N: usize>(values: &[f64], rising: [f64; N]) -> [f64; N] {
    percentiles_of(&mut values.to_vec(), rising)
}

widened! {
    fn add(numbers: &mut [f64], others: &[f64]) {
        for (number, other) in numbers.iter_mut().zip(others) {
            *number += other;
        }
    }
}

widened! {
    /// Turns the spend of a period into what it needs beyond the budget and what was carried over (below 0: what is left),
    /// adds overruns to the pot, and turns what was carried over into what is carried over to the next period.
    fn settle(spend: &mut [f64], carried: &mut [f64], pot: &mut [f64], terms: (f64, f64, f64)) {
        let (budget, carry_over, rounding) = terms;
        for ((spend, carried), pot) in spend.iter_mut().zip(carried).zip(pot) {
            let available = budget + *carried;
            *pot += excess(*spend, available, rounding);
            let left = available - *spend;
            *carried = if left > 0.0 { carry_over * left } else { 0.0 };
            *spend = -left;
        }
    }
}
