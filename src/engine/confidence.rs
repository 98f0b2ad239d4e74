//! Goals and limits of simulated futures: the futures that the search sees, and what options take of limits there and in
//! the simulation that is reported.

use std::sync::Arc;

use crate::domain::{
    Batch, PeriodIx, Portfolio, ProjectIx, Quantity, Scenario, Selection, is_decided_in_futures,
};
use crate::finance::{Futures, HeldRow, InTrials, TrialFactor, Valuation};
use crate::optimise::{OptimiseError, hold_confidence};
use crate::progress::CancelToken;
use crate::simulate::{Samples, SimulateError, futures_for_decisions};

/// How surely an option keeps a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldRisk {
    /// The number of the option.
    pub option: usize,
    /// The limit, in the order of [`crate::domain::Scenario::named_limits`].
    pub limit: usize,
    /// The period whose budget or capacity it is; `None` for an amount of several.
    pub period: Option<PeriodIx>,
    /// The largest amount; `None` where several periods have one each.
    pub most: Option<f64>,
    /// In the futures that the search saw.
    pub in_sample: HeldIn,
    /// In the simulation that is reported, which it did not see; `None` where there is none.
    pub out_of_sample: Option<HeldIn>,
}

/// What an option takes of a limit in some futures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldIn {
    /// The share of futures in which the limit holds.
    pub holds: f64,
    /// The mean amount over the worst futures, as many as the confidence leaves.
    pub tail: f64,
    /// Number of futures.
    pub trials: usize,
}

impl HeldIn {
    fn new(taken: &InTrials, row: &HeldRow, trials: usize) -> Self {
        Self { holds: taken.holds(), tail: taken.tail_amount(row.confidence), trials }
    }

    /// The standard error of the share, as if the futures were independent.
    pub fn holds_error(self) -> f64 {
        (self.holds * (1.0 - self.holds) / self.trials as f64).sqrt()
    }
}

/// The futures that the searches of a batch see; `None` where nothing is decided in any.
pub fn futures(portfolio: &Portfolio, batch: &Batch, cancel: &CancelToken) -> Option<Drawn> {
    let is_decided = |scenario| sees_futures(portfolio, scenario, batch);
    batch.scenarios().iter().any(is_decided).then(|| drawn(portfolio, batch, cancel))
}

/// True if anything about a scenario is decided in simulated futures: its options, or the frontier of the batch.
fn sees_futures(portfolio: &Portfolio, scenario: &Scenario, batch: &Batch) -> bool {
    let is_drawn = batch.frontier().is_some_and(|frontier| !frontier.measures_of_futures().is_empty());
    is_drawn || is_decided_in_futures(portfolio, scenario)
}

/// The same without a search to stop; `None` also where they cannot be drawn, which the run has then told.
pub fn futures_of_decisions(portfolio: &Portfolio, batch: &Batch) -> Option<Arc<Futures>> {
    futures(portfolio, batch, &CancelToken::new())?.ok()
}

/// Futures, or why there are none.
pub type Drawn = Result<Arc<Futures>, OptimiseError>;

fn drawn(portfolio: &Portfolio, batch: &Batch, cancel: &CancelToken) -> Drawn {
    let drawn = futures_for_decisions(portfolio, batch.simulation(), cancel);
    drawn.map(Arc::new).map_err(|error| match error {
        SimulateError::Cancelled => OptimiseError::Cancelled,
        other => OptimiseError::Solver(other.to_string()),
    })
}

/// The valuation of a scenario whose limits hold in the futures.
pub fn held_in<'a>(
    valuation: &Valuation<'a>,
    futures: Option<&Drawn>,
    batch: &Batch,
    cancel: &CancelToken,
) -> Result<Valuation<'a>, OptimiseError> {
    match futures.filter(|_| sees_futures(valuation.portfolio(), valuation.scenario(), batch)) {
        None => Ok(valuation.clone()),
        Some(Ok(futures)) => {
            hold_confidence(valuation.clone().in_futures(Arc::clone(futures)), batch.selection(), cancel)
        }
        Some(Err(error)) => Err(error.clone()),
    }
}

/// The valuation of one scenario of a batch whose limits with a confidence hold in the futures that searches see.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn in_futures<'a>(
    valuation: Valuation<'a>,
    batch: &Batch,
    cancel: &CancelToken,
) -> Result<Valuation<'a>, OptimiseError> {
    if !is_decided_in_futures(valuation.portfolio(), valuation.scenario()) {
        return Ok(valuation);
    }
    let futures = drawn(valuation.portfolio(), batch, cancel);
    held_in(&valuation, Some(&futures), batch, cancel)
}

/// How surely options keep the limits of their scenario, by option and limit. The valuation has the futures that the
/// search saw.
pub fn held_risks(
    valuation: &Valuation,
    selections: &[&Selection],
    samples: Option<&Samples>,
) -> Vec<HeldRisk> {
    let of_option = |(place, &selection): (usize, &&Selection)| {
        let of_row = |row: &HeldRow| {
            let own = valuation.in_own_trials(row, selection)?;
            let trials = valuation.futures()?.trials();
            let reported = samples.map(|samples| {
                let taken = valuation.in_trials(row, selection, samples.trials(), &adding(samples));
                HeldIn::new(&taken, row, samples.trials())
            });
            Some(HeldRisk {
                option: place + 1,
                limit: row.limit,
                period: row.period,
                most: row.most(),
                in_sample: HeldIn::new(&own, row, trials),
                out_of_sample: reported,
            })
        };
        valuation.held_rows().iter().filter_map(of_row).collect::<Vec<_>>()
    };
    selections.iter().enumerate().flat_map(of_option).collect()
}

/// Adds amounts in the trials of samples.
fn adding(samples: &Samples) -> impl Fn(ProjectIx, Quantity, f64, &mut [f64]) + '_ {
    |project, quantity, amount, totals| {
        TrialFactor::of(samples.factors(project, quantity)).add_to(amount, totals);
    }
}
