//! Limits that hold in futures with a confidence: cuts are added until neither the relaxation nor the best selections
//! violate one (Künzi-Bay and Mayer 2006).
//!
//! Every cut holds in all selections that keep the limits, so that bounds stay proven whichever cuts there are. The
//! recheck of selections counts all futures, so that none is told that breaks a limit. Cuts save the searches from
//! proposing what the recheck refuses; of chance limits they are a relaxation, and the recheck decides.

use std::time::Instant;

use crate::domain::{RiskMeasure, Scenario, Selection, SelectionSettings};
use crate::finance::{HeldRow, InTrials, TailCut, Valuation};
use crate::progress::CancelToken;

use super::chance::ChanceSearch;
use super::k_best::after;
use super::options::find_options;
use super::outcome::OptimiseError;
use super::scenario_model::ScenarioModel;
use super::solver::highs::relax;

/// Most relaxations: few are needed, as each adds a cut of every limit that it violates.
const MOST_RELAXATIONS: usize = 60;
/// Most searches for the best selection, and then for all options.
const MOST_SEARCHES: usize = 30;
const MOST_LISTS: usize = 5;

/// Part of the amounts by which a relaxation may violate a limit without a further cut.
const TOLERANCE: f64 = 1e-7;

/// The valuation with cuts of its limits that hold in futures with a confidence. Without such limits it is the same.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn hold_confidence<'a>(
    valuation: Valuation<'a>,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<Valuation<'a>, OptimiseError> {
    if valuation.held_rows().is_empty() {
        return Ok(valuation);
    }
    let options = valuation.scenario().options;
    let deadline = settings.time_limit.and_then(|seconds| after(seconds * options as f64));
    let is_late = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
    let places = 0..valuation.held_rows().len();
    let of_chance = places.filter(|&row| valuation.held_rows()[row].confidence.risk() == RiskMeasure::Chance);
    let best: Vec<TailCut> = of_chance.flat_map(|row| valuation.best_cuts(row)).collect();
    let mut valuation = best.into_iter().fold(valuation, Valuation::with_cut);
    for _ in 0..MOST_RELAXATIONS {
        let cuts = cuts_of_relaxation(&valuation, cancel)?;
        if cuts.is_empty() || is_late() {
            break;
        }
        valuation = cuts.into_iter().fold(valuation, Valuation::with_cut);
    }
    let search = ChanceSearch { valuation: &valuation, settings, deadline, cancel };
    let known = search.run()?;
    let mut valuation = known.into_iter().fold(valuation, Valuation::knowing);
    let lists = if options > 1 { MOST_LISTS } else { 0 };
    for (count, most) in [(1, MOST_SEARCHES), (options, lists)] {
        for _ in 0..most {
            let cuts = cuts_of_best(&valuation, count, settings, cancel)?;
            if cuts.is_empty() || is_late() {
                break;
            }
            valuation = cuts.into_iter().fold(valuation, Valuation::with_cut);
        }
    }
    Ok(valuation)
}

/// Cuts that the best solution of the relaxation violates.
fn cuts_of_relaxation(valuation: &Valuation, cancel: &CancelToken) -> Result<Vec<TailCut>, OptimiseError> {
    let model = ScenarioModel::new(valuation);
    let Some(relaxation) = relax(&model.formulation.program, cancel)? else { return Ok(Vec::new()) };
    let taken = |row: &HeldRow| model.formulation.in_trials(valuation, row, &relaxation.values);
    Ok(violated(valuation, &taken, |row, taken| taken.is_beyond(row.confidence, TOLERANCE)))
}

/// Cuts that the best selections violate, which keep the cuts found so far.
fn cuts_of_best(
    valuation: &Valuation,
    options: usize,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<Vec<TailCut>, OptimiseError> {
    let scenario = Scenario { options, ..valuation.scenario().clone() };
    let relaxed = valuation.under(&scenario).relaxed(true);
    let found = find_options(&mut ScenarioModel::new(&relaxed), settings, cancel)?;
    let of_selection = |selection: &Selection| {
        let taken = |row: &HeldRow| valuation.in_own_trials(row, selection);
        violated(valuation, &taken, |row, taken| !taken.keeps(row.confidence))
    };
    Ok(found.options.iter().flat_map(|option| of_selection(&option.selection)).collect())
}

/// The cuts of rows of CVaR that are violated.
fn violated(
    valuation: &Valuation,
    taken: &dyn Fn(&HeldRow) -> Option<InTrials>,
    is_violated: impl Fn(&HeldRow, &InTrials) -> bool,
) -> Vec<TailCut> {
    let rows = valuation.held_rows().iter().enumerate();
    let of_cvar = rows.filter(|(_, row)| row.confidence.risk() == RiskMeasure::Cvar);
    let cut = |(place, row): (usize, &HeldRow)| {
        let taken = taken(row).filter(|taken| is_violated(row, taken))?;
        valuation.tail_cut(place, &taken)
    };
    of_cvar.filter_map(cut).collect()
}
