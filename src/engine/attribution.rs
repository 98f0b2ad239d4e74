//! Where the risk of options comes from, and what it would be worth to know it.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::domain::{Batch, Detailed, Portfolio, Scenario, Selection};
use crate::finance::Valuation;
use crate::progress::CancelToken;
use crate::rank::RankedOption;
use crate::simulate::{
    Attribution, Information, RiskSource, Samples, SharedCause, SimulateError, attribute,
    value_of_information, without_cause,
};

use super::result::{OptionAttribution, ScenarioOutcome, ScenarioResult};

/// Adds to the ranked options of each scenario that was simulated where their risk comes from, and what it would be worth to
/// know. A stop leaves out what is not done. Samples without a shared cause are held for one
/// cause at a time.
pub(super) fn add_attribution(
    portfolio: &Portfolio,
    batch: &Batch,
    samples: &Samples,
    outcomes: &mut [&mut ScenarioOutcome],
    cancel: &CancelToken,
) {
    if batch.detailed() == Detailed::None {
        return;
    }
    let mut simulated: Vec<(&Scenario, &mut ScenarioResult)> = (batch.scenarios().iter().zip(outcomes))
        .filter_map(|(scenario, outcome)| match outcome {
            ScenarioOutcome::Finished(result) => Some((scenario, result)),
            _ => None,
        })
        .filter(|(_, result)| result.options.iter().any(|option| option.risk.is_some()))
        .collect();
    simulated.par_iter_mut().with_max_len(1).for_each(|(scenario, result)| {
        if !cancel.is_cancelled() {
            let valuation = Valuation::new(portfolio, scenario);
            result.attribution = of_options(batch.detailed(), samples, &valuation, &result.options);
            result.information = information(batch, samples, &valuation, &result.options);
        }
    });
    let told =
        simulated.iter().flat_map(|(_, result)| result.attribution.iter().flat_map(|own| &own.sources));
    let causes: BTreeSet<SharedCause> = told
        .filter_map(|one| match one.source {
            RiskSource::Shared(cause) => Some(cause),
            RiskSource::Project(_) => None,
        })
        .collect();
    for cause in causes {
        if cancel.is_cancelled() {
            break;
        }
        let drawn = samples.draw_without(portfolio, batch.simulation(), cause, cancel);
        let Ok(without) = drawn else { return simulated.iter_mut().for_each(|(_, result)| forget(result)) };
        simulated.par_iter_mut().with_max_len(1).for_each(|(scenario, result)| {
            let valuation = Valuation::new(portfolio, scenario);
            if switch_off((samples, &without), cause, &valuation, result).is_err() {
                forget(result);
            }
        });
    }
    if cancel.is_cancelled() {
        simulated.iter_mut().for_each(|(_, result)| forget(result));
    }
}

/// Half an answer is none.
fn forget(result: &mut ScenarioResult) {
    result.attribution.clear();
}

/// The sources of the options that are asked about, but for the differences of shared causes; none after a failure.
fn of_options(
    asked: Detailed,
    samples: &Samples,
    valuation: &Valuation,
    options: &[RankedOption],
) -> Vec<OptionAttribution> {
    let count = if asked == Detailed::All { options.len() } else { 1 };
    let of = |option: &RankedOption| -> Result<OptionAttribution, SimulateError> {
        let sources = attribute(samples, valuation, &option.found.selection)?;
        Ok(OptionAttribution { option: option.number, sources })
    };
    options.iter().take(count).map(of).collect::<Result<_, _>>().unwrap_or_default()
}

fn information(
    batch: &Batch,
    samples: &Samples,
    valuation: &Valuation,
    options: &[RankedOption],
) -> Vec<Information> {
    let best_by = batch.rank_by().measure_of_best(&valuation.scenario().goal);
    let selections: Vec<&Selection> = options.iter().map(|option| &option.found.selection).collect();
    value_of_information(best_by, samples, valuation, &selections).unwrap_or_default()
}

/// Adds what changes without a cause.
fn switch_off(
    samples: (&Samples, &Samples),
    cause: SharedCause,
    valuation: &Valuation,
    result: &mut ScenarioResult,
) -> Result<(), SimulateError> {
    for own in &mut result.attribution {
        let option = result.options.iter().find(|option| option.number == own.option);
        let is_it = |one: &&mut Attribution| one.source == RiskSource::Shared(cause);
        let source = own.sources.iter_mut().find(is_it);
        if let (Some(option), Some(source)) = (option, source) {
            source.without = without_cause(samples, cause, valuation, &option.found.selection)?;
        }
    }
    Ok(())
}
