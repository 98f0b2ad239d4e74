//! Reserves: money that a plan needs beyond its budgets to hold in most futures.

use rayon::prelude::*;

use crate::domain::{ByLine, ByPeriod, PeriodIx, ROUNDING, Selection};
use crate::finance::Valuation;
use crate::units::Money;
use crate::vector::widened;

use super::cell::Cell;
use super::kinds::{TOTALS, budgets};
use super::overruns::excess;
use super::percentiles::percentiles_of;
use super::trials::{filled, values_of};
use super::variables::OptionCells;
use super::workspace::WORKSPACE;
use crate::simulate::error::SimulateError;
use crate::simulate::sampling::samples::Samples;

/// Probabilities with which a reserve is to hold.
pub const HELD: [f64; 3] = [0.5, 0.8, 0.9];
/// The probability of the funding profile.
const PROFILE: f64 = 0.8;
/// Bytes of spend that are held together: where samples are not held, they are drawn again for each such part.
const MOST_SPEND: usize = 192 << 20;

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
    let accounts = budgets(limits, flexibility).map(|(budget, flexibility)| {
        Account::new(samples.trials(), budget.as_ref(), flexibility.carry_over())
    });
    let mut accounts: Vec<Account> = accounts.collect();
    let at_once = periods_at_once(samples.trials(), accounts.len());
    for first in (0..periods).step_by(at_once) {
        // The lines of a period together, as many projects have costs on several of them.
        let places = first..periods.min(first + at_once);
        let of_row = |row: usize| cells[TOTALS + row * periods..][places.clone()].to_vec();
        let cells: Vec<Cell> = (0..accounts.len()).flat_map(of_row).collect();
        let mut spends = values_of(samples, &cells);
        let spends = spends.par_chunks_mut(places.len()).zip(cells.par_chunks(places.len()));
        accounts.par_iter_mut().zip(spends).for_each(|(account, (spends, cells))| {
            spends.iter_mut().zip(cells).for_each(|(spend, cell)| account.spend(cell, spend));
        });
    }
    let mut rows: Vec<LineReserves> = accounts.into_iter().map(Account::reserves).collect();
    let all_lines = limits.all_lines.is_some().then(|| rows.pop()).flatten();
    Ok(Reserves { lines: rows.into(), all_lines })
}

/// Periods whose spend on all lines is held together.
fn periods_at_once(trials: usize, lines: usize) -> usize {
    (MOST_SPEND / size_of::<f64>() / trials.max(1) / lines.max(1)).max(1)
}

/// The account of a line, trial by trial, as it stands after some periods.
struct Account<'a> {
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
    /// The reserves of the periods so far.
    periods: ByPeriod<Reserve>,
    /// The percentile of all spend so far that the funding profile has.
    profile: f64,
}

impl<'a> Account<'a> {
    fn new(trials: usize, budget: Option<&'a ByPeriod<Money>>, carry_over: f64) -> Self {
        let [carried, pot, total] = [(); 3].map(|()| filled(0.0, trials));
        let periods = ByPeriod::default();
        Self { budget, carry_over, carried, pot, total, size: 0.0, periods, profile: 0.0 }
    }

    /// The reserves of all periods, once each is added.
    fn reserves(self) -> LineReserves {
        let pot = Reserve {
            beyond: self.budget.map(|_| percentiles(&self.pot, HELD)),
            spend: percentiles(&self.total, HELD),
            profile: self.profile,
            rounding: ROUNDING * self.size,
        };
        LineReserves { periods: self.periods, pot }
    }

    /// Adds what the next period spends, which is overwritten.
    fn spend(&mut self, cell: &Cell, spend: &mut [f64]) {
        let budget = self.budget.map(|budget| budget[PeriodIx::new(self.periods.len())].value());
        let mut reserve = self.period(cell, spend, budget);
        let so_far = percentiles(&self.total, [PROFILE])[0];
        reserve.profile = so_far - self.profile;
        self.profile = so_far;
        self.periods.push(reserve);
    }

    /// One period on its own; what it leaves over, spends and overruns is added to the account.
    fn period(&mut self, cell: &Cell, spend: &mut [f64], budget: Option<f64>) -> Reserve {
        let rounding = cell.rounding_beside(self.size + budget.unwrap_or_default().abs());
        self.size += cell.size + budget.unwrap_or_default().abs();
        add(&mut self.total, spend);
        let percentiles_of_spend = percentiles(spend, HELD);
        let beyond = budget.map(|budget| {
            settle(spend, &mut self.carried, &mut self.pot, (budget, self.carry_over, rounding));
            percentiles(spend, HELD).map(|need| if need > rounding { need } else { 0.0 })
        });
        Reserve { beyond, spend: percentiles_of_spend, profile: 0.0, rounding }
    }
}

/// Percentiles of values in any order.
fn percentiles<const N: usize>(values: &[f64], probabilities: [f64; N]) -> [f64; N] {
    WORKSPACE.with_borrow_mut(|workspace| percentiles_of(values, probabilities, &mut workspace.selector))
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
