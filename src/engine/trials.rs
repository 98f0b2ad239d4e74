//! The trials of the options of a batch that is run.

use crate::domain::{Batch, Portfolio, Scenario, Selection};
use crate::finance::Valuation;
use crate::progress::{CancelToken, Silent};
use crate::rank::RankedOption;
use crate::simulate::{Samples, SimulateError, TrialTotals, trial_totals};

use super::result::{BatchResult, ScenarioOutcome};

/// An option that was simulated, with its totals in each trial.
pub struct OptionTrials<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The option.
    pub option: &'a RankedOption,
    /// Its totals.
    pub totals: TrialTotals,
}

/// Visits the options that were simulated with their trials: scenarios as in the batch, within each the options by rank.
///
/// The samples are drawn once more, and one option is held at a time: a run keeps no trials, as those of all its options
/// would not fit in memory for large batches.
///
/// # Errors
/// If the samples cannot be drawn, which is an internal failure after a run that drew them, or what a visit returns.
pub fn each_option_in_trials<E: From<SimulateError>>(
    portfolio: &Portfolio,
    batch: &Batch,
    result: &BatchResult,
    mut visit: impl FnMut(OptionTrials<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let selections = result.scenarios.iter().flat_map(simulated).map(|option| &option.found.selection);
    let selections: Vec<&Selection> = selections.collect();
    if selections.is_empty() {
        return Ok(());
    }
    let samples = Samples::draw_of(portfolio, batch.simulation(), &selections, &Silent, &CancelToken::new())?;
    for (scenario, outcome) in batch.scenarios().iter().zip(&result.scenarios) {
        let valuation = Valuation::new(portfolio, scenario);
        for option in simulated(outcome) {
            let totals = trial_totals(&samples, &valuation, &option.found.selection)?;
            visit(OptionTrials { scenario, option, totals })?;
        }
    }
    Ok(())
}

/// The options of a scenario that were simulated.
fn simulated(outcome: &ScenarioOutcome) -> impl Iterator<Item = &RankedOption> {
    let options = outcome.finished().map_or(&[][..], |finished| &finished.options);
    options.iter().filter(|option| option.risk.is_some())
}
