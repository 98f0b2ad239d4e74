//! The futures that the search for options sees.

use crate::domain::{Portfolio, ProjectIx, Quantity, SimulationSettings};
use crate::finance::{Futures, LateFactor, TotalFactors, TrialFactor};
use crate::progress::{CancelToken, Silent};

use super::factors::{DelayedFactor, Factor};
use super::samples::Samples;
use crate::simulate::error::SimulateError;

/// Draws the futures in which decisions are made while options are searched for: from streams of their own, so that the
/// trials that are reported were not seen by the search.
///
/// # Errors
/// If there are too few trials, or the run is cancelled.
pub fn futures_for_decisions(
    portfolio: &Portfolio,
    settings: &SimulationSettings,
    cancel: &CancelToken,
) -> Result<Futures, SimulateError> {
    let samples = Samples::draw(portfolio, &settings.of_decisions(), &Silent, cancel)?;
    Ok(samples.as_futures())
}

impl Samples {
    /// The samples as plain numbers. The worst tail has as many trials as the statistics of a simulation average.
    pub fn as_futures(&self) -> Futures {
        let projects = || self.project_factors().positions();
        let demand = |project: ProjectIx| TrialFactor::of(self.factors(project, Quantity::Demand));
        let late = |factor: &DelayedFactor| LateFactor {
            whole: self.in_trials(factor.whole),
            shifts: factor.shifts.iter().map(|&(shift, factor)| (shift, self.in_trials(factor))).collect(),
        };
        let totals = |project: ProjectIx| {
            let own = &self.project_factors()[project];
            TotalFactors {
                cost: late(&own.cost),
                benefit: late(&own.benefit),
                value: self.in_trials(own.value),
            }
        };
        let counts = (self.trials(), self.design().tail_trials());
        Futures::new(counts, projects().map(totals).collect(), projects().map(demand).collect())
    }

    fn in_trials(&self, factor: Factor) -> TrialFactor {
        match factor.column {
            None => TrialFactor::Certain(factor.scale),
            Some(_) => TrialFactor::of(self.column(factor)),
        }
    }
}
