//! Frontiers of means over the worst futures: cuts are added until the points found violate none.
//!
//! A point that the program rates too high hides those that it seems to dominate. So the frontier is traced with the cuts
//! so far, cuts of the points found are added, and it is traced anew; the last trace measures every point by all futures.

use std::time::{Duration, Instant};

use crate::domain::{Frontier, Measure, Selection, SelectionSettings, Total};
use crate::finance::Valuation;
use crate::progress::CancelToken;

use super::confidence::nearer;
use super::frontier::find_frontier;
use super::outcome::OptimiseError;
use super::result::ScenarioFrontier;
use super::scenario_model::ScenarioModel;

/// Most traces before the last.
const MOST_TRACES: usize = 12;
/// Points of a trace of which cuts are added, at most: neighbours need the same.
const MOST_CUT: usize = 24;
/// Share of the time allowed that these traces may take.
const TIME_SHARE: f64 = 0.5;

/// Finds the frontier of a scenario, as [`find_frontier`] does, also where a measure is a mean over the worst of the
/// futures that the model's valuation has.
///
/// # Errors
/// If cancelled before any point is found, or if the solver fails.
pub fn find_frontier_in_futures(
    model: &ScenarioModel,
    frontier: Frontier,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<ScenarioFrontier, OptimiseError> {
    let measures = frontier.measures_of_futures();
    let totals: Vec<Total> = measures.iter().filter_map(|(measure, _)| Measure::tail_of(*measure)).collect();
    if totals.is_empty() || model.valuation().futures().is_none() {
        return find_frontier(model, frontier, settings, cancel);
    }
    let started = Instant::now();
    let most =
        frontier.time_limit().and_then(|seconds| Duration::try_from_secs_f64(TIME_SHARE * seconds).ok());
    let mut valuation = model.valuation().clone().relaxed(true);
    for _ in 0..MOST_TRACES {
        let left = most.map(|most| most.saturating_sub(started.elapsed()));
        if left.is_some_and(|left| left.is_zero()) {
            break;
        }
        let asked = left.map_or(frontier, |left| frontier.within(left.as_secs_f64()));
        let found = find_frontier(&ScenarioModel::new(&valuation), asked, settings, cancel)?;
        let selections: Vec<&Selection> = found.points.iter().map(|point| &point.selection).collect();
        let (next, is_new) = with_cuts_of(valuation, &totals, &selections);
        valuation = next;
        if !is_new {
            break;
        }
    }
    let valuation = valuation.relaxed(false);
    let left = frontier.time_limit().map(|seconds| (seconds - started.elapsed().as_secs_f64()).max(0.0));
    let frontier = left.map_or(frontier, |left| frontier.within(left));
    find_frontier(&ScenarioModel::new(&valuation), frontier, settings, cancel)
}

/// The valuation with cuts of selections, evenly spread; true if there are any.
fn with_cuts_of<'a>(
    mut valuation: Valuation<'a>,
    totals: &[Total],
    selections: &[&Selection],
) -> (Valuation<'a>, bool) {
    let mut is_new = false;
    let stride = selections.len().div_ceil(MOST_CUT).max(1);
    // The points between are looked at where those at the strides are met.
    let strides = selections.iter().step_by(stride).chain(selections);
    let mut count = 0;
    for selection in strides {
        if count >= MOST_CUT {
            break;
        }
        let cuts = nearer(&valuation, totals, |total| {
            let parts = || valuation.parts_of(selection);
            Some((valuation.total_in_trials(total, parts())?, valuation.least_distance(total, parts())))
        });
        count += cuts.len();
        is_new |= !cuts.is_empty();
        valuation = cuts.into_iter().fold(valuation, Valuation::with_distance_cut);
    }
    (valuation, is_new)
}
