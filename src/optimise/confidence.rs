//! Goals and limits of simulated futures: cuts are added until neither the relaxation nor the best selections violate one
//! (Künzi-Bay and Mayer 2006).
//!
//! Every cut holds in all selections that keep the limits, so that bounds stay proven whichever cuts there are. The
//! recheck of selections counts all futures, so that none is told that breaks a limit. Cuts save the searches from
//! proposing what the recheck refuses; of chance limits they are a relaxation, and the recheck decides.

use std::time::Instant;

use crate::domain::{
    Goal, LineIx, Measure, PeriodIx, RiskMeasure, Scenario, Selection, SelectionSettings, Sense, Total,
    measures_of_futures,
};
use crate::finance::{DistanceCut, HeldRow, InTrials, OverCut, TailCut, Taken, TotalInTrials, Valuation};
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

/// Gap of the first searches for cuts of means over the worst futures.
const LOOSE_GAP: f64 = 0.01;
/// Known selections beside the best of which such cuts are added, where the best need any.
const MOST_KNOWN: usize = 6;

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
    let is_cut = !valuation.held_rows().is_empty()
        || !valuation.priced_in_futures().is_empty()
        || !totals_at_worst(valuation.scenario()).is_empty();
    if valuation.futures().is_none() || !is_cut {
        return Ok(valuation);
    }
    let options = valuation.scenario().options;
    let deadline = settings.time_limit.and_then(|seconds| after(seconds * options as f64));
    let is_late = || deadline.is_some_and(|deadline| Instant::now() >= deadline);
    let mut valuation = with_first_cuts(valuation);
    for _ in 0..MOST_RELAXATIONS {
        let cuts = cuts_of_relaxation(&valuation, cancel)?;
        if cuts.is_empty() || is_late() {
            break;
        }
        valuation = cuts.added_to(valuation);
    }
    let search = ChanceSearch { valuation: &valuation, settings, deadline, cancel };
    let known = search.run()?;
    let mut valuation = known.into_iter().fold(valuation, Valuation::knowing);
    let own = valuation.scenario().clone();
    let lists = if options > 1 { MOST_LISTS } else { 0 };
    let best = Scenario { options: 1, ..own.clone() };
    let alone = alone(&best).into_iter().map(|scenario| (scenario, MOST_SEARCHES));
    for (scenario, most) in alone.chain([(best, MOST_SEARCHES), (own, lists)]) {
        for gap in gaps(&scenario, settings) {
            let settings = SelectionSettings { gap, ..*settings };
            valuation = cut_by_best(valuation, &scenario, &settings, (most, &is_late), cancel)?;
        }
    }
    Ok(valuation)
}

/// The gaps of searches for cuts: where means over the worst futures count, most cuts are found among good selections,
/// before the best are proven.
fn gaps(scenario: &Scenario, settings: &SelectionSettings) -> Vec<f64> {
    let is_loose_first = settings.gap < LOOSE_GAP && !totals_at_worst(scenario).is_empty();
    is_loose_first.then_some(LOOSE_GAP).into_iter().chain([settings.gap]).collect()
}

/// The valuation with cuts of the best selections, until these violate none, or after the most searches.
fn cut_by_best<'a>(
    mut valuation: Valuation<'a>,
    scenario: &Scenario,
    settings: &SelectionSettings,
    (most, is_late): (usize, &dyn Fn() -> bool),
    cancel: &CancelToken,
) -> Result<Valuation<'a>, OptimiseError> {
    for _ in 0..most {
        let (cuts, found) = cuts_of_best(&valuation, scenario, settings, cancel)?;
        if cuts.is_empty() {
            // The search that follows begins with what keeps everything.
            let safe = found.into_iter().filter(|selection| valuation.broken_rows(selection).is_empty());
            let safe: Vec<Selection> = safe.collect();
            return Ok(safe.into_iter().fold(valuation, Valuation::knowing));
        }
        if is_late() {
            break;
        }
        valuation = cuts.added_to(valuation);
    }
    Ok(valuation)
}

/// The valuation with the cuts that need no selection: of chance limits, and of overruns in all futures.
fn with_first_cuts(valuation: Valuation<'_>) -> Valuation<'_> {
    let places = 0..valuation.held_rows().len();
    let of_chance = places.filter(|&row| valuation.held_rows()[row].confidence.risk() == RiskMeasure::Chance);
    let best: Vec<TailCut> = of_chance.flat_map(|row| valuation.best_cuts(row)).collect();
    let valuation = best.into_iter().fold(valuation, Valuation::with_cut);
    let first: Vec<OverCut> =
        priced(&valuation).into_iter().filter_map(|budget| valuation.over_cut(budget, None)).collect();
    first.into_iter().fold(valuation, Valuation::with_over_cut)
}

/// Cuts that were found.
#[derive(Debug, Default)]
struct Cuts {
    tails: Vec<TailCut>,
    overs: Vec<OverCut>,
    distances: Vec<DistanceCut>,
}

impl Cuts {
    fn is_empty(&self) -> bool {
        self.tails.is_empty() && self.overs.is_empty() && self.distances.is_empty()
    }

    fn added_to(self, valuation: Valuation<'_>) -> Valuation<'_> {
        let valuation = self.tails.into_iter().fold(valuation, Valuation::with_cut);
        let valuation = self.overs.into_iter().fold(valuation, Valuation::with_over_cut);
        self.distances.into_iter().fold(valuation, Valuation::with_distance_cut)
    }
}

/// The totals whose means over the worst futures a scenario counts.
fn totals_at_worst(scenario: &Scenario) -> Vec<Total> {
    measures_of_futures(scenario).into_iter().filter_map(Measure::tail_of).collect()
}

/// The parts of a mix that are means over the worst futures, each alone: by the best of it the mix is scaled.
fn alone(scenario: &Scenario) -> Vec<Scenario> {
    let Goal::Mix(parts) = &scenario.goal else { return Vec::new() };
    let own = parts.iter().map(|&(measure, _)| measure).filter(|measure| measure.tail_of().is_some());
    let goal = |measure| Goal::Single { sense: Sense::Maximise, measure };
    own.map(|measure| Scenario { goal: goal(measure), next_goals: Vec::new(), ..scenario.clone() }).collect()
}

/// Cuts of distances from means that those found so far underrate by more than a part of what is added up.
pub(super) fn nearer(
    valuation: &Valuation,
    of: &[Total],
    totals: impl Fn(Total) -> Option<(TotalInTrials, f64)>,
) -> Vec<DistanceCut> {
    let tail = valuation.futures().map_or(1, crate::finance::Futures::tail);
    let cut = |total: Total| {
        let (values, least) = totals(total)?;
        let is_short = values.distance(tail) > least + TOLERANCE * values.size;
        is_short.then(|| valuation.distance_cut(&values)).flatten()
    };
    of.iter().copied().filter_map(cut).collect()
}

/// The budgets and periods whose overruns are priced on their means.
fn priced(valuation: &Valuation) -> Vec<(Option<LineIx>, PeriodIx)> {
    let periods = || valuation.portfolio().horizon().periods().positions();
    let budgets = valuation.priced_in_futures().into_iter();
    budgets.flat_map(|(line, _)| periods().map(move |period| (line, period))).collect()
}

/// Cuts of mean overruns that those found so far underrate.
fn underrated(valuation: &Valuation, spent: &dyn Fn((Option<LineIx>, PeriodIx)) -> Taken) -> Vec<OverCut> {
    let cut = |budget: (Option<LineIx>, PeriodIx)| {
        let taken = spent(budget);
        let spend = valuation.spend_in_trials(&taken)?;
        let mean = spend.mean_beyond(valuation.budget_of(budget.0, budget.1)?);
        let is_short = mean > valuation.least_overrun(budget, &taken) + TOLERANCE * spend.size;
        is_short.then(|| valuation.over_cut(budget, Some(&spend))).flatten()
    };
    priced(valuation).into_iter().filter_map(cut).collect()
}

/// Cuts that the best solution of the relaxation violates.
fn cuts_of_relaxation(valuation: &Valuation, cancel: &CancelToken) -> Result<Cuts, OptimiseError> {
    let model = ScenarioModel::new(valuation);
    let Some(relaxation) = relax(&model.formulation.program, cancel)? else { return Ok(Cuts::default()) };
    let taken = |row: &HeldRow| model.formulation.in_trials(valuation, row, &relaxation.values);
    let tails = violated(valuation, &taken, |row, taken| taken.is_beyond(row.confidence, TOLERANCE));
    let spent = |budget| model.formulation.spend_on(valuation, budget, &relaxation.values);
    let (formulation, values) = (&model.formulation, &relaxation.values);
    let distances = nearer(valuation, &totals_at_worst(valuation.scenario()), |total| {
        let least = valuation.least_distance(total, formulation.parts(valuation, values));
        Some((formulation.total_in_trials(valuation, total, values)?, least))
    });
    Ok(Cuts { tails, overs: underrated(valuation, &spent), distances })
}

/// Cuts that the best selections violate, which keep the cuts found so far; and these selections.
fn cuts_of_best(
    valuation: &Valuation,
    scenario: &Scenario,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<(Cuts, Vec<Selection>), OptimiseError> {
    let relaxed = valuation.under(scenario).relaxed(true);
    let found = find_options(&mut ScenarioModel::new(&relaxed), settings, cancel)?;
    let of_selection = |selection: &Selection| {
        let taken = |row: &HeldRow| valuation.in_own_trials(row, selection);
        violated(valuation, &taken, |row, taken| !taken.keeps(row.confidence))
    };
    let at_worst = totals_at_worst(valuation.scenario());
    let distances = |selection: &Selection| {
        nearer(valuation, &at_worst, |total| {
            let parts = || valuation.parts_of(selection);
            Some((valuation.total_in_trials(total, parts())?, valuation.least_distance(total, parts())))
        })
    };
    let mut cuts = Cuts::default();
    for option in &found.options {
        cuts.tails.extend(of_selection(&option.selection));
        let spent = |(line, period)| valuation.spend_on(line, period, &option.selection);
        cuts.overs.extend(underrated(valuation, &spent));
        cuts.distances.extend(distances(&option.selection));
    }
    if !cuts.distances.is_empty() {
        cuts.distances.extend(found.known.iter().take(MOST_KNOWN).flat_map(distances));
    }
    Ok((cuts, found.options.into_iter().map(|option| option.selection).collect()))
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
