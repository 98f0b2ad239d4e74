//! The totals of an option trial by trial, for those who analyse them on their own.

use rayon::prelude::*;

use crate::domain::Selection;
use crate::finance::Valuation;
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::reductions::accumulate;
use crate::simulate::sampling::samples::Samples;

use super::cell::Cell;
use super::variables::OptionCells;

/// Selections whose totals are told together, where each is of use on its own: bounds memory.
pub const TOGETHER: usize = 8;
/// Trials in a block: their sums stay in the cache while all terms are added.
const BLOCK: usize = 1024;

/// The totals of an option, each trial by trial.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialTotals {
    /// Net present value.
    pub npv: Vec<f64>,
    /// Undiscounted benefit within the horizon.
    pub benefit: Vec<f64>,
    /// Undiscounted cost within the horizon.
    pub cost: Vec<f64>,
    /// Strategic value of the projects that succeed.
    pub strategic_value: Vec<f64>,
}

/// Simulates the totals of a selection and keeps every trial: the numbers that the figures of
/// [`evaluate`](super::evaluate::evaluate) are of, but for the rounding of sums that several options share there. An amount
/// that is zero on paper is zero, so that the trials with a loss are those that were counted.
///
/// # Errors
/// If the samples do not cover the selections ([`Samples::cover`]).
pub fn trial_totals(
    samples: &Samples,
    valuation: &Valuation,
    selection: &Selection,
) -> Result<TrialTotals, SimulateError> {
    let [npv, benefit, cost, strategic_value] = totals_of(samples, valuation, selection, [0, 1, 2, 3])?;
    Ok(TrialTotals { npv, benefit, cost, strategic_value })
}

/// Some of the totals of a selection, by their [kinds](super::kinds), trial by trial.
///
/// # Errors
/// If the samples do not cover the selections ([`Samples::cover`]).
pub fn totals_of<const N: usize>(
    samples: &Samples,
    valuation: &Valuation,
    selection: &Selection,
    wanted: [usize; N],
) -> Result<[Vec<f64>; N], SimulateError> {
    let of_each = totals_of_each(samples, valuation, &[selection], wanted)?;
    Ok(of_each.into_iter().next().unwrap_or_else(|| wanted.map(|_| Vec::new())))
}

/// The same of each selection, for which samples that are not held are drawn once together.
///
/// # Errors
/// As [`totals_of`].
pub fn totals_of_each<const N: usize>(
    samples: &Samples,
    valuation: &Valuation,
    selections: &[&Selection],
    wanted: [usize; N],
) -> Result<Vec<[Vec<f64>; N]>, SimulateError> {
    samples.cover(valuation, selections)?;
    let cells = |selection: &&Selection| {
        let mut cells = OptionCells::new(valuation, samples.project_factors(), selection).totals();
        wanted.map(|total| std::mem::take(&mut cells[total]).in_order()).to_vec()
    };
    let cells: Vec<Cell> = selections.iter().flat_map(cells).collect();
    let mut values = values_of(samples, &cells).into_iter();
    Ok(selections.iter().map(|_| wanted.map(|_| values.next().unwrap_or_default())).collect())
}

/// Copies of a number, each written, also where it is zero: of the zeros of a system every page is handed out twice, to be
/// read and then to be written, which takes longer than all else that is done with a million of them.
pub fn filled(number: f64, count: usize) -> Vec<f64> {
    let mut numbers = Vec::with_capacity(count);
    numbers.resize(count, number);
    numbers
}

/// The values of cells, trial by trial; an amount that is zero on paper is zero.
pub fn values_of(samples: &Samples, cells: &[Cell]) -> Vec<Vec<f64>> {
    let mut values: Vec<Vec<f64>> =
        cells.par_iter().map(|cell| filled(cell.certain, samples.trials())).collect();
    samples.each_block(cells.iter().flat_map(Cell::columns), |block| {
        values.par_iter_mut().zip(cells).for_each(|(values, cell)| {
            let terms = block.columns_of(&cell.terms);
            for (part, values) in values[block.trials()].chunks_mut(BLOCK).enumerate() {
                accumulate(values, &terms, part * BLOCK);
            }
        });
    });
    values.par_iter_mut().zip(cells).for_each(|(values, cell)| {
        let rounding = cell.rounding_beside(0.0);
        values.iter_mut().filter(|value| value.abs() <= rounding).for_each(|value| *value = 0.0);
    });
    values
}
