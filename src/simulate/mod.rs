//! Monte Carlo simulation: the same random futures for every option of every scenario (common random numbers).
//!
//! [`Samples::draw`] draws all uncertain quantities of a portfolio once, each from a random stream of its own;
//! [`evaluate()`] turns them into the risk of a scenario's options. Both give the same bits on any machine and
//! for any number of threads and any width of vector: elementary functions are our own or those of the `libm` crate,
//! and sums have a fixed order.

mod kernel;
mod outputs;
mod sampling;

pub use outputs::evaluate::evaluate;
pub use outputs::risk::{Estimate, OptionRisk, PeriodRisk, Summary};
pub use sampling::samples::Samples;

/// Reasons why a simulation has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SimulateError {
    /// It was asked to stop.
    #[error("the simulation was stopped")]
    Cancelled,
    /// There are too few trials for a percentile or an error.
    #[error(
        "{0} trials are too few: a simulation needs at least {least}",
        least = crate::domain::SimulationSettings::FEWEST_TRIALS
    )]
    TooFewTrials(usize),
    /// Samples and valuation are not of the same portfolio.
    #[error("the samples were drawn for another portfolio")]
    OtherPortfolio,
}
