//! The totals of an option trial by trial, for those who analyse them on their own.

use crate::domain::Selection;
use crate::finance::Valuation;
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::reductions::accumulate;
use crate::simulate::sampling::samples::Samples;

use super::cell::Cell;
use super::variables::OptionCells;

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
/// If the samples are of a portfolio with another number of projects.
pub fn trial_totals(
    samples: &Samples,
    valuation: &Valuation,
    selection: &Selection,
) -> Result<TrialTotals, SimulateError> {
    if samples.project_factors().len() != valuation.portfolio().projects().len() {
        return Err(SimulateError::OtherPortfolio);
    }
    let cells = OptionCells::new(valuation, samples.project_factors(), selection).totals();
    let mut totals = cells.into_iter().map(|cell| values_of(samples, &cell.in_order()));
    let mut next = || totals.next().unwrap_or_default();
    Ok(TrialTotals { npv: next(), benefit: next(), cost: next(), strategic_value: next() })
}

/// The values of a cell, trial by trial; an amount that is zero on paper is zero.
pub fn values_of(samples: &Samples, cell: &Cell) -> Vec<f64> {
    let mut values = vec![cell.certain; samples.trials()];
    accumulate(&mut values, &samples.columns_of(&cell.terms), 0);
    let rounding = cell.rounding_beside(0.0);
    values.iter_mut().filter(|value| value.abs() <= rounding).for_each(|value| *value = 0.0);
    values
}
