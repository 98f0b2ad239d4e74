//! The first option of each scenario after each group of changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{Scenario, is_decided_in_futures};
use crate::finance::Valuation;
use crate::input::LoadedBatch;
use crate::optimise::{OptimiseError, ScenarioModel, find_options, hold_confidence, hold_priorities};
use crate::progress::CancelToken;
use crate::simulate::{SimulateError, futures_for_decisions};

use super::groups::Step;
use super::input::RoundInput;

/// What is chosen of a project.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// The period in which it starts.
    pub start: String,
    /// Its share.
    pub share: f64,
}

/// The first option of a scenario.
#[derive(Clone, Debug)]
pub struct Found {
    /// `optimal`, `feasible` or `infeasible`.
    pub status: &'static str,
    /// Its objective; `None` without an option.
    pub objective: Option<f64>,
    /// The chosen projects by id.
    pub chosen: BTreeMap<String, Choice>,
}

/// All scenarios after some groups of changes.
pub struct State {
    /// The groups that were applied together: several, where parts of two rounds do not fit together.
    pub groups: Vec<(String, Vec<String>)>,
    /// Per pair of scenarios: its first option; `None` where the input has no such scenario.
    pub found: Vec<Option<Found>>,
}

/// Groups of changes by name, with what changed.
type Groups = Vec<(String, Vec<String>)>;

/// The first options before any change, and then after each that gives an input without faults.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn states(
    before: &RoundInput,
    steps: &[Step],
    pairs: &[(String, String)],
    cancel: &CancelToken,
) -> Result<Vec<State>, OptimiseError> {
    let mut waiting: Groups = Vec::new();
    let mut loaded: Vec<(Groups, LoadedBatch, bool)> = Vec::new();
    if let Ok(first) = before.load() {
        loaded.push((Vec::new(), first, false));
    }
    for (place, step) in steps.iter().enumerate() {
        waiting.push((step.name.clone(), step.items.clone()));
        if let Ok(next) = step.input.load() {
            loaded.push((std::mem::take(&mut waiting), next, place + 1 == steps.len()));
        }
    }
    let one = |(groups, input, is_last): (Groups, LoadedBatch, bool)| {
        let found = pairs.par_iter().map(|(before, after)| {
            let name = if is_last { after } else { before };
            solve(&input, name, cancel)
        });
        Ok(State { groups, found: found.collect::<Result<_, OptimiseError>>()? })
    };
    loaded.into_iter().map(one).collect()
}

fn solve(input: &LoadedBatch, name: &str, cancel: &CancelToken) -> Result<Option<Found>, OptimiseError> {
    let scenarios = input.batch.scenarios();
    let Some(scenario) = scenarios.iter().find(|one| one.name.as_str() == name) else { return Ok(None) };
    let scenario = Scenario { options: 1, simulate: false, ..scenario.clone() };
    first_option(input, &scenario, cancel).map(Some)
}

/// The valuation of a scenario, with the futures in which its limits hold with a confidence.
fn valued<'a>(
    input: &'a LoadedBatch,
    scenario: &'a Scenario,
    cancel: &CancelToken,
) -> Result<Valuation<'a>, OptimiseError> {
    let valuation = Valuation::new(&input.portfolio, scenario);
    if !is_decided_in_futures(&input.portfolio, scenario) {
        return Ok(valuation);
    }
    let futures = futures_for_decisions(&input.portfolio, input.batch.simulation(), cancel);
    let futures = futures.map_err(|error| match error {
        SimulateError::Cancelled => OptimiseError::Cancelled,
        other => OptimiseError::Solver(other.to_string()),
    })?;
    hold_confidence(valuation.in_futures(Arc::new(futures)), input.batch.selection(), cancel)
}

fn first_option(
    input: &LoadedBatch,
    scenario: &Scenario,
    cancel: &CancelToken,
) -> Result<Found, OptimiseError> {
    let (portfolio, settings) = (&input.portfolio, input.batch.selection());
    let held = hold_priorities(&valued(input, scenario, cancel)?, settings, cancel)?;
    let found = find_options(&mut ScenarioModel::new(&held.valuation), settings, cancel)?;
    let first = found.options.first();
    let choices = first.iter().flat_map(|option| option.selection.choices());
    let chosen = choices.map(|choice| {
        let project = &portfolio.projects()[choice.project];
        let start = portfolio.horizon().label(choice.start).to_string();
        let own = Choice { name: project.name.clone(), start, share: choice.share.value() };
        (project.id.to_string(), own)
    });
    Ok(Found {
        status: found.status.as_str(),
        objective: first.map(|option| option.objective),
        chosen: chosen.collect(),
    })
}
