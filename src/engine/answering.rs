//! Answers beside the risk of the options: the selection of each scenario is solved again in the first trials of its
//! simulation, all that is drawn being known, and the benefits of its options are drawn towards their common mean.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{Batch, Portfolio, Scenario, Selection};
use crate::finance::{KnownFuture, ProjectFuture, Valuation, shrink};
use crate::optimise::{BestInFuture, OptimiseError, SolveStatus, best_in_future};
use crate::progress::{CancelToken, Progress, Stage};
use crate::rank::RankedOption;
use crate::simulate::{Samples, benefit_error, known_futures};

use super::result::{ScenarioOutcome, ScenarioResult};
use super::risk_answers::Shrinkage;

/// Adds the answers that a batch asks for to the scenarios that were simulated. A stop leaves out those of scenarios that are
/// not finished.
pub(super) fn add_risk_answers(
    (portfolio, batch): (&Portfolio, &Batch),
    samples: &Samples,
    outcomes: &mut [&mut ScenarioOutcome],
    progress: &dyn Progress,
    cancel: &CancelToken,
) {
    let scenarios = batch.scenarios().iter().zip(outcomes);
    let mut simulated: Vec<(&Scenario, &mut ScenarioResult)> = scenarios
        .filter_map(|(scenario, outcome)| match &mut **outcome {
            ScenarioOutcome::Finished(result) if scenario.simulate => Some((scenario, result)),
            _ => None,
        })
        .filter(|(_, result)| !result.options.is_empty())
        .collect();
    if let Some(prior_sd) = batch.prior_sd() {
        add_shrinkage(portfolio, prior_sd, samples, &mut simulated);
    }
    if batch.futures() == 0 || simulated.is_empty() {
        return;
    }
    let distinct = Distinct::new(known_futures(samples, portfolio, batch.futures()));
    progress.begin(Stage::Futures, (distinct.futures.len() * simulated.len()) as u64);
    for (scenario, result) in &mut simulated {
        let question = Question { portfolio, batch, scenario, result, cancel };
        let answers = question.answers(&distinct, &|| progress.advance(Stage::Futures, 1));
        result.answers.futures = answers.unwrap_or_default();
    }
    progress.finish(Stage::Futures);
}

/// Adds what the options of each scenario are worth with benefits as expected.
fn add_shrinkage(
    portfolio: &Portfolio,
    prior_sd: f64,
    samples: &Samples,
    simulated: &mut [(&Scenario, &mut ScenarioResult)],
) {
    let projects = portfolio.projects().positions();
    let errors = projects.map(|project| benefit_error(samples, project)).collect();
    for (scenario, result) in simulated {
        let valuation = Valuation::new(portfolio, scenario);
        let (mean, shrunk) = shrink(&valuation.benefit_estimates(&errors), prior_sd);
        let as_planned = shrunk.iter().filter(|one| one.is_none()).count();
        let of = |option: &RankedOption| (option.number, valuation.shrunk(&shrunk, &option.found.selection));
        let options = result.options.iter().map(of).collect();
        result.answers.shrinkage = Some(Shrinkage { mean, as_planned, options });
    }
}

/// Futures, each once: few things that may happen have few futures.
struct Distinct {
    futures: Vec<Arc<KnownFuture>>,
    /// Per trial: the place of its future.
    places: Vec<usize>,
}

impl Distinct {
    fn new(all: Vec<Arc<KnownFuture>>) -> Self {
        let mut known: BTreeMap<Vec<[u64; 6]>, usize> = BTreeMap::new();
        let mut distinct = Self { futures: Vec::new(), places: Vec::new() };
        for future in all {
            let next = distinct.futures.len();
            let place = *known.entry(future.iter().map(ProjectFuture::bits).collect()).or_insert(next);
            if place == next {
                distinct.futures.push(future);
            }
            distinct.places.push(place);
        }
        distinct
    }
}

/// What is best in futures of a scenario.
struct Question<'a> {
    portfolio: &'a Portfolio,
    batch: &'a Batch,
    scenario: &'a Scenario,
    result: &'a ScenarioResult,
    cancel: &'a CancelToken,
}

impl Question<'_> {
    /// The answers trial by trial. They do not depend on the number of threads.
    fn answers(
        &self,
        distinct: &Distinct,
        step: &(dyn Fn() + Sync),
    ) -> Result<Vec<BestInFuture>, OptimiseError> {
        let alone = Scenario { options: 1, ..self.scenario.clone() };
        let answer = |future: &Arc<KnownFuture>| {
            let found = self.answer(&alone, future);
            step();
            match found {
                // Of a future on which the solver fails nothing is known.
                Err(OptimiseError::Solver(_)) => {
                    Ok(BestInFuture { status: SolveStatus::Unknown, best: None, as_decided: None })
                }
                found => found,
            }
        };
        let found: Result<Vec<BestInFuture>, OptimiseError> =
            distinct.futures.par_iter().with_max_len(1).map(answer).collect();
        let found = found?;
        Ok(distinct.places.iter().map(|&place| found[place].clone()).collect())
    }

    fn answer(&self, alone: &Scenario, future: &Arc<KnownFuture>) -> Result<BestInFuture, OptimiseError> {
        if self.cancel.is_cancelled() {
            return Err(OptimiseError::Cancelled);
        }
        let first = self.result.options.iter().find(|option| option.number == 1);
        if let Some(first) = first.filter(|_| self.is_plan(future)) {
            let (best, objective) = (first.found.clone(), first.found.objective);
            return Ok(BestInFuture { status: best.status, best: Some(best), as_decided: Some(objective) });
        }
        let mut options: Vec<&RankedOption> = self.result.options.iter().collect();
        options.sort_by_key(|option| option.number);
        let known: Vec<&Selection> = options.iter().map(|option| &option.found.selection).collect();
        let valuation = Valuation::in_future(self.portfolio, alone, Arc::clone(future));
        best_in_future(valuation, &self.result.scales, &known, self.batch.selection(), self.cancel)
    }

    /// True if all comes as planned in a future.
    fn is_plan(&self, future: &KnownFuture) -> bool {
        let mut projects = self.portfolio.projects().iter().zip(future.iter());
        projects.all(|(project, one)| {
            *one == ProjectFuture::AS_PLANNED && project.success_probability.value() == 1.0
        })
    }
}
