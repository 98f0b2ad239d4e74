//! The risk of a scenario's options over the drawn futures.

use rayon::prelude::*;

use crate::domain::{Selection, exceeds};
use crate::finance::Valuation;
use crate::progress::{CancelToken, Progress, Stage};

use super::SimulateError;
use super::cells::{Cell, OptionCells};
use super::lanes::{accumulate, sum_of};
use super::order::Selector;
use super::risk::{Estimate, OptionRisk, PeriodRisk, Summary};
use super::samples::Samples;

/// Trials in a block: what it needs of the samples stays in the cache while all cells of a class use it.
const BLOCK: usize = 512;
use super::statistics::{Worst, certain, mean_of, probability, summarise};

/// Simulates the options of one scenario. Options run in parallel; the result does not depend on how many do.
///
/// A thread holds the values of one class of cells at a time (the periods of one line, say): 8 bytes per period
/// and trial. Net present values are kept for all options: 8 bytes per option and trial.
///
/// # Errors
/// If the samples are of a portfolio with another number of projects, or somebody asks to stop.
pub fn evaluate(
    samples: &Samples,
    valuation: &Valuation,
    selections: &[&Selection],
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Result<Vec<OptionRisk>, SimulateError> {
    if samples.project_factors().len() != valuation.portfolio().projects().len() {
        return Err(SimulateError::OtherPortfolio);
    }
    let simulate = |workspace: &mut Workspace, selection: &&Selection| {
        let risk = OptionSimulation { samples, valuation, selection, cancel, workspace }.run()?;
        progress.advance(Stage::Simulate, 1);
        Ok(risk)
    };
    let simulated: Vec<(OptionRisk, Values)> = (selections.par_iter())
        .map_init(Workspace::default, simulate)
        .collect::<Result<_, SimulateError>>()?;
    let (mut risks, values): (Vec<OptionRisk>, Vec<Values>) = simulated.into_iter().unzip();
    for (risk, best) in risks.iter_mut().zip(probabilities_of_best(&values, samples.trials())) {
        risk.best = best;
    }
    Ok(risks)
}

/// The net present values of an option, trial by trial.
struct Values {
    trials: Vec<f64>,
    /// Whether they differ between trials.
    vary: bool,
}

/// The probability of each option to have the highest value; equal bests share the trial.
fn probabilities_of_best(options: &[Values], trials: usize) -> Vec<Estimate> {
    let mut best = vec![f64::NEG_INFINITY; trials];
    for option in options {
        best.iter_mut().zip(&option.trials).for_each(|(best, value)| *best = best.max(*value));
    }
    let mut equals = vec![0.0; trials];
    for option in options {
        let compared = option.trials.iter().zip(&best);
        equals.iter_mut().zip(compared).for_each(|(count, (value, best))| *count += one_if(value == best));
    }
    // An option without rivals, or among rivals of whom none varies, is as often the best in any other trials.
    let is_known = options.len() == 1 || options.iter().all(|option| !option.vary);
    let estimate = |option: &Values| {
        let compared = option.trials.iter().zip(best.iter().zip(&equals));
        let hits: f64 = compared.map(|(value, (best, equals))| one_if(value == best) / equals).sum();
        if is_known { known(hits / trials as f64) } else { probability(hits, trials) }
    };
    options.iter().map(estimate).collect()
}

fn one_if(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

/// An estimate without error.
fn known(value: f64) -> Estimate {
    Estimate { value, error: 0.0 }
}

/// Buffers that one thread uses again and again.
#[derive(Default)]
struct Workspace {
    /// Values of the uncertain cells of a class, cell by cell.
    values: Vec<f64>,
    /// Buffers for finding percentiles.
    selector: Selector,
}

/// In which trials a limit of one kind is exceeded.
struct Overruns {
    /// There is a limit of this kind.
    limited: bool,
    /// A limit is exceeded whatever happens.
    always: bool,
    /// Per trial; empty as long as no limited cell varies.
    trials: Vec<bool>,
}

impl Overruns {
    const fn none() -> Self {
        Self { limited: false, always: false, trials: Vec::new() }
    }

    /// Takes in the values of a limited cell; returns the probability and mean of its excess.
    fn record(&mut self, values: &[f64], limit: f64, samples: &Samples) -> (Estimate, Estimate) {
        self.trials.resize(values.len(), false);
        for (over, &value) in self.trials.iter_mut().zip(values) {
            *over |= exceeds(value, limit);
        }
        let excess = |value: f64| if exceeds(value, limit) { value - limit } else { 0.0 };
        let hits = sum_of(values, |value| one_if(exceeds(value, limit)));
        (probability(hits, values.len()), mean_of(values, samples.design(), excess))
    }

    fn record_certain(&mut self, value: f64, limit: f64) -> (Estimate, Estimate) {
        let over = exceeds(value, limit);
        self.always |= over;
        (known(one_if(over)), known(if over { value - limit } else { 0.0 }))
    }

    fn probability(&self) -> Option<Estimate> {
        self.limited.then(|| match (self.always, self.trials.is_empty()) {
            (true, _) => known(1.0),
            (false, true) => known(0.0),
            (false, false) => {
                let hits = self.trials.iter().filter(|&&over| over).count();
                probability(hits as f64, self.trials.len())
            }
        })
    }
}

/// The simulation of one option.
struct OptionSimulation<'a> {
    samples: &'a Samples,
    valuation: &'a Valuation<'a>,
    selection: &'a Selection,
    cancel: &'a CancelToken,
    workspace: &'a mut Workspace,
}

impl OptionSimulation<'_> {
    /// The risk of the option, except its chance to be the best, and its net present values.
    fn run(mut self) -> Result<(OptionRisk, Values), SimulateError> {
        let cells = OptionCells::new(self.valuation, self.samples.project_factors(), self.selection);
        let (totals, loss, values) = self.totals(&cells.totals())?;
        let limits = &self.valuation.scenario().limits;
        let money = |limit: &Option<Vec<crate::units::Money>>| {
            limit.as_ref().map(|limit| limit.iter().map(|amount| amount.value()).collect::<Vec<f64>>())
        };
        let mut budgets = Overruns::none();
        let mut lines = Vec::with_capacity(limits.lines.len());
        for (line, budget) in limits.lines.iter().enumerate() {
            lines.push(self.periods(&cells.line(line), money(budget), &mut budgets)?);
        }
        let all_lines = match money(&limits.all_lines) {
            Some(budget) => Some(self.periods(&cells.all_lines(), Some(budget), &mut budgets)?),
            None => None,
        };
        let mut capacities = Overruns::none();
        let mut resources = Vec::with_capacity(limits.resources.len());
        for (resource, capacity) in limits.resources.iter().enumerate() {
            let capacity =
                capacity.as_ref().map(|capacity| capacity.iter().map(|amount| amount.value()).collect());
            resources.push(self.periods(&cells.resource(resource), capacity, &mut capacities)?);
        }
        let [npv, benefit, cost, strategic_value] = totals;
        let risk = OptionRisk {
            npv,
            benefit,
            cost,
            strategic_value,
            loss,
            over_budget: budgets.probability(),
            over_capacity: capacities.probability(),
            best: Estimate::default(),
            lines,
            all_lines,
            resources,
        };
        Ok((risk, values))
    }

    /// Summaries of the totals, the probability of a loss, and the net present values.
    fn totals(&mut self, cells: &[Cell]) -> Result<([Summary; 4], Estimate, Values), SimulateError> {
        const SENSES: [Worst; 4] = [Worst::Lowest, Worst::Lowest, Worst::Highest, Worst::Lowest];
        let columns = self.simulate(cells)?;
        let design = self.samples.design();
        let mut summaries = [Summary::default(); 4];
        for (position, summary) in summaries.iter_mut().enumerate() {
            *summary = match columns[position] {
                Some(column) => {
                    let values = values_of(&self.workspace.values, column, design.trials());
                    summarise(values, SENSES[position], design, &mut self.workspace.selector)
                }
                None => certain(cells[position].certain),
            };
        }
        let Some(column) = columns[0] else {
            let value = cells[0].certain;
            let values = Values { trials: vec![value; design.trials()], vary: false };
            return Ok((summaries, known(one_if(value < 0.0)), values));
        };
        let values = values_of(&self.workspace.values, column, design.trials());
        let losses = sum_of(values, |value| one_if(value < 0.0));
        Ok((summaries, probability(losses, values.len()), Values { trials: values.to_vec(), vary: true }))
    }

    /// The risk of one line or resource in each period.
    fn periods(
        &mut self,
        cells: &[Cell],
        limit: Option<Vec<f64>>,
        overruns: &mut Overruns,
    ) -> Result<Vec<PeriodRisk>, SimulateError> {
        overruns.limited |= limit.is_some();
        let columns = self.simulate(cells)?;
        let design = self.samples.design();
        let mut risks = Vec::with_capacity(cells.len());
        for (period, (cell, column)) in cells.iter().zip(columns).enumerate() {
            let limit = limit.as_ref().map(|limit| limit[period]);
            let (summary, excess) = match column {
                Some(column) => {
                    let values = values_of(&self.workspace.values, column, design.trials());
                    let excess = limit.map(|limit| overruns.record(values, limit, self.samples));
                    (summarise(values, Worst::Highest, design, &mut self.workspace.selector), excess)
                }
                None => {
                    let excess = limit.map(|limit| overruns.record_certain(cell.certain, limit));
                    (certain(cell.certain), excess)
                }
            };
            let (over, mean_over) = excess.unzip();
            risks.push(PeriodRisk { summary, over, mean_over });
        }
        Ok(risks)
    }

    /// Fills the workspace with the values of the cells that vary; tells which of its columns is whose.
    ///
    /// A blocked product of the matrix of coefficients and that of samples: what a block needs of the samples
    /// stays in the cache while all cells of the class use it.
    fn simulate(&mut self, cells: &[Cell]) -> Result<Vec<Option<usize>>, SimulateError> {
        if self.cancel.is_cancelled() {
            return Err(SimulateError::Cancelled);
        }
        let trials = self.samples.trials();
        let varying: Vec<&Cell> = cells.iter().filter(|cell| !cell.terms.is_empty()).collect();
        let values = &mut self.workspace.values;
        values.resize(varying.len() * trials, 0.0);
        let mut terms: Vec<(f64, &[f64])> = Vec::new();
        for first in (0..trials).step_by(BLOCK) {
            let length = BLOCK.min(trials - first);
            for (column, cell) in varying.iter().enumerate() {
                terms.clear();
                terms.extend(
                    cell.terms.iter().map(|&(column, amount)| {
                        (amount, &self.samples.column_of(column)[first..][..length])
                    }),
                );
                let output = &mut values[column * trials + first..][..length];
                output.fill(cell.certain);
                accumulate(output, &terms);
            }
        }
        let mut next = 0..;
        Ok(cells.iter().map(|cell| if cell.terms.is_empty() { None } else { next.next() }).collect())
    }
}

fn values_of(values: &[f64], column: usize, trials: usize) -> &[f64] {
    &values[column * trials..(column + 1) * trials]
}
