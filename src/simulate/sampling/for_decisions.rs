//! The futures that the search for options sees.

use crate::domain::{Portfolio, Quantity, SimulationSettings};
use crate::finance::{Futures, TrialFactor};
use crate::progress::{CancelToken, Silent};

use super::samples::Samples;
use crate::simulate::error::SimulateError;

/// Draws the futures in which limits with a confidence are held while options are searched for: from streams of their
/// own, so that the trials that are reported were not seen by the search.
///
/// # Errors
/// If there are too few trials, or the run is cancelled.
pub fn futures_for_decisions(
    portfolio: &Portfolio,
    settings: &SimulationSettings,
    cancel: &CancelToken,
) -> Result<Futures, SimulateError> {
    let samples = Samples::draw(portfolio, &settings.of_decisions(), &Silent, cancel)?;
    let factors = |quantity: Quantity| {
        let projects = portfolio.projects().positions();
        projects.map(|project| TrialFactor::of(samples.factors(project, quantity))).collect()
    };
    Ok(Futures::new(samples.trials(), factors(Quantity::Cost), factors(Quantity::Demand)))
}
