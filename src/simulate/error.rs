//! Reasons why a simulation has no result.

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
    /// A project of a selection was left out when samples were drawn.
    #[error("the samples do not tell of every project that is chosen")]
    NotDrawn,
}
