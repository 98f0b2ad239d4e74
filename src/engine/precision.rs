//! As many trials as a precision needs.

use rayon::prelude::*;

use crate::domain::{Batch, Portfolio, RankBy, Scenario, Selection, SimulationSettings};
use crate::finance::Valuation;
use crate::optimise::FoundOption;
use crate::progress::{CancelToken, Silent};
use crate::rank::rank;
use crate::simulate::{Samples, SimulateError, evaluate_by};

use super::result::Precision;

/// A scenario that is simulated, with its options.
pub type Simulated<'a> = (&'a Scenario, &'a [FoundOption]);

/// Number of trials to begin with.
const FIRST_TRIALS: usize = 1_000;
/// From draw to draw the trials grow by at least and at most this.
const GROWTH: [f64; 2] = [2.0, 4.0];
/// Trials beyond those that the error of the draw before asks for: the next error may be larger.
const RESERVE: f64 = 1.1;

/// Draws samples by `draw`, more and more, until the standard error of the mean NPV of the option that is ranked first is at most
/// `wanted` of its size in every scenario, or the most trials of the batch are drawn. `None` if a stop was asked for.
///
/// Numbers of trials depend on errors alone, and these on nothing but the input: any number of threads draws the same.
pub fn draw(
    (portfolio, batch): (&Portfolio, &Batch),
    wanted: f64,
    simulated: &[Simulated],
    draw: &dyn Fn(&SimulationSettings) -> Result<Samples, SimulateError>,
    cancel: &CancelToken,
) -> Option<(Samples, Precision)> {
    let settings = batch.simulation();
    let most = settings.trials;
    let mut trials = settings.sampling.trials(FIRST_TRIALS.min(most));
    loop {
        let settings = SimulationSettings { trials, ..settings.clone() };
        let samples = draw(&settings).ok()?;
        let errors = simulated.par_iter().map(|one| error_of_first(portfolio, batch, one, &samples, cancel));
        let reached = errors.collect::<Option<Vec<f64>>>()?.into_iter().fold(0.0, f64::max);
        if reached <= wanted || trials >= most {
            return Some((samples, Precision { trials, reached }));
        }
        trials = next_trials(trials, reached / wanted, most);
        trials = settings.sampling.trials(trials).min(most);
    }
}

/// The number of trials after a draw whose error is this many times too large: errors fall at least with the root of the
/// number of trials.
fn next_trials(trials: usize, excess: f64, most: usize) -> usize {
    let growth = (RESERVE * excess * excess).clamp(GROWTH[0], GROWTH[1]);
    (trials as f64 * growth).ceil().min(most as f64) as usize
}

/// The standard error of the mean NPV of the option that is ranked first, as a part of its size: 0 where nothing varies.
/// `None` if a stop was asked for.
fn error_of_first(
    portfolio: &Portfolio,
    batch: &Batch,
    (scenario, options): &Simulated,
    samples: &Samples,
    cancel: &CancelToken,
) -> Option<f64> {
    let valuation = Valuation::new(portfolio, scenario);
    let risks_of = |selections: &[&Selection]| {
        let best_by = batch.rank_by().measure_of_best(&scenario.goal);
        evaluate_by(best_by, samples, &valuation, selections, &Silent, cancel).ok()
    };
    let risks = match batch.rank_by() {
        RankBy::Simulated(..) => {
            Some(risks_of(&options.iter().map(|option| &option.selection).collect::<Vec<_>>())?)
        }
        RankBy::Objective | RankBy::Plan(_) => None,
    };
    let ranked = rank(&valuation, batch.rank_by(), options.to_vec(), risks);
    let Some(first) = ranked.into_iter().next() else { return Some(0.0) };
    let risk = match first.risk {
        Some(risk) => risk,
        None => risks_of(&[&first.found.selection])?.into_iter().next()?,
    };
    let mean = risk.npv.mean;
    Some(if mean.error == 0.0 { 0.0 } else { mean.error / mean.value.abs() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_grow_in_blocks_and_never_beyond_the_most() {
        assert_eq!(next_trials(1_000, 1.01, 200_000), 2_000);
        assert_eq!(next_trials(1_000, 1.5, 200_000), 2_475);
        assert_eq!(next_trials(1_000, 30.0, 200_000), 4_000);
        assert_eq!(next_trials(1_000, f64::INFINITY, 200_000), 4_000);
        assert_eq!(next_trials(150_000, 30.0, 200_000), 200_000);
    }
}
