//! The risk of a scenario's options over the drawn futures.

use rayon::prelude::*;

use crate::domain::{ByPeriod, Measure, Selection, Sense};
use crate::finance::Valuation;
use crate::progress::{CancelToken, Progress};

use super::best::{Values, probabilities_of_best};
use super::carried;
use super::cell::Cell;
use super::dedup::distinct;
use super::group::{BestBy, Group, Outcome, kinds_at_once};
use super::key_results;
use super::kinds::{Kind, NPV, Scarcity, TOTALS, kinds, most_kinds, total_of};
use super::overruns::Overruns;
use super::risk::{Estimate, OptionRisk, PeriodRisk, Summary};
use super::variables::OptionCells;
use super::workspace::WORKSPACE;
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::sampling::samples::Samples;

/// Simulates the options of one scenario, of which that with the highest NPV is the best in a trial: see
/// [`evaluate_by`].
///
/// # Errors
/// If the samples do not cover the selections ([`Samples::cover`]), or the run is cancelled.
pub fn evaluate(
    samples: &Samples,
    valuation: &Valuation,
    selections: &[&Selection],
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Result<Vec<OptionRisk>, SimulateError> {
    evaluate_by((Measure::Npv, Sense::Maximise), samples, valuation, selections, progress, cancel)
}

/// Simulates the options of one scenario. `best_by` says which is the best in a trial: NPV, benefit, cost or strategic
/// value, and its better end. Options run in parallel; the result does not depend on the number of threads.
///
/// Cells that do not vary cost nothing, and equal cells of many options cost as much as one. Of each kind, terms that
/// most options share are summed once; each option adds its difference. So the last bits of an option's numbers may
/// depend on the scenario's other options, but on nothing else.
///
/// Memory: a thread holds the values of a dozen kinds at a time, 8 bytes per kind and trial, once for the options and
/// once for the shared terms. The buffer of the options is kept for the next scenario. Where samples are not held, the values
/// of some kinds of all options are, up to 384 MiB. The values by which an option is
/// the best are kept for all options: 8 bytes per option and trial.
///
/// # Errors
/// If the samples do not cover the selections ([`Samples::cover`]), or the run is cancelled.
pub fn evaluate_by(
    (best_by, better): (Measure, Sense),
    samples: &Samples,
    valuation: &Valuation,
    selections: &[&Selection],
    progress: &dyn Progress,
    cancel: &CancelToken,
) -> Result<Vec<OptionRisk>, SimulateError> {
    samples.cover(valuation, selections)?;
    let (limits, periods) = (&valuation.scenario().limits, valuation.portfolio().horizon().len());
    let kinds = kinds(limits, valuation.portfolio());
    let cells_of =
        |selection: &&Selection| OptionCells::new(valuation, samples.project_factors(), selection).all();
    let cells: Vec<Vec<Cell>> = selections.par_iter().map(cells_of).collect();
    let distinct = distinct(&cells, &kinds);
    let mut results: Vec<OptionResults> =
        selections.iter().map(|_| OptionResults::new(kinds.len())).collect();
    let best_by = BestBy { kind: total_of(best_by), sign: better.sign() };
    let mut kept: Vec<Values> = Vec::new();
    let shapes = samples.shapes(most_kinds(valuation.portfolio()));
    let (mut next, mut values) = (0, Numbers::default());
    while next < kinds.len() {
        let own = kinds_at_once(samples, kinds.len(), next, &distinct);
        next = own.end;
        let group = Group::new(samples, (shapes, best_by), (&kinds, own), &distinct);
        let outcomes = group.simulate(selections.len(), &mut values, progress, cancel)?;
        for (distinct, mut outcome) in group.members.iter().zip(outcomes) {
            let place = kept.len();
            kept.extend(outcome.values.take());
            for &(option, kind) in &distinct.users {
                let kept = (kind == best_by.kind).then_some(place);
                results[option].file(kind, &kinds[kind], kept, &outcome);
            }
        }
    }
    drop(values);
    let accounts = carried::accounts(limits, valuation.portfolio().flexibility(), periods);
    (results.par_iter_mut().zip(&cells)).try_for_each(|(result, cells)| {
        accounts.iter().try_for_each(|account| result.file_account(account, cells, samples, cancel))
    })?;
    let values: Vec<&Values> = results.iter().map(|result| &kept[result.kept]).collect();
    let best = probabilities_of_best(&values, best_by.rounding(&cells), samples.trials());
    let shape = (limits.lines.len(), limits.all_lines.is_some(), limits.resources.len());
    let risks = results.into_iter().zip(best);
    let risks = risks.map(|(result, best)| result.risk(best, shape, periods, samples.trials()));
    let risks = risks.zip(selections).collect::<Vec<_>>().into_par_iter();
    Ok(risks.map(|(risk, selection)| key_results::finished(risk, samples, valuation, selection)).collect())
}

/// Results of one option so far.
struct OptionResults {
    kinds: Vec<PeriodRisk>,
    /// Place of the values by which it may be the best.
    kept: usize,
    loss: Estimate,
    budgets: Overruns,
    capacities: Overruns,
}

impl OptionResults {
    fn new(kinds: usize) -> Self {
        let unknown = PeriodRisk { summary: Summary::default(), over: None, mean_over: None };
        Self {
            kinds: vec![unknown; kinds],
            kept: 0,
            loss: Estimate::default(),
            budgets: Overruns::default(),
            capacities: Overruns::default(),
        }
    }

    /// Adds the outcome of one kind; `kept` is the place of its values, if an option may be the best by them.
    fn file(&mut self, position: usize, kind: &Kind, kept: Option<usize>, outcome: &Outcome) {
        if position == NPV {
            self.loss = outcome.loss;
        }
        self.kept = kept.unwrap_or(self.kept);
        let excess = kind.limit.and_then(|limit| {
            let (_, excess) = outcome.excesses.iter().find(|(of, _)| *of == limit)?;
            match limit.0 {
                Scarcity::Money => self.budgets.join(excess),
                Scarcity::Effort => self.capacities.join(excess),
                Scarcity::Target => {}
            }
            Some((excess.over, excess.mean_over))
        });
        let (over, mean_over) = excess.unzip();
        self.kinds[position] = PeriodRisk { summary: outcome.summary.clone(), over, mean_over };
    }

    /// Adds the excess of the option's spend over a budget that carries over.
    fn file_account(
        &mut self,
        account: &carried::Account,
        cells: &[Cell],
        samples: &Samples,
        cancel: &CancelToken,
    ) -> Result<(), SimulateError> {
        if cancel.is_cancelled() {
            return Err(SimulateError::Cancelled);
        }
        // Taken out of it, as other work may come to this thread while samples are drawn.
        let mut buffers = WORKSPACE.with_borrow_mut(|workspace| std::mem::take(&mut workspace.account));
        let excesses = account.excesses(samples, &cells[account.first..], &mut buffers);
        WORKSPACE.with_borrow_mut(|workspace| workspace.account = buffers);
        for (kind, excess) in self.kinds[account.first..].iter_mut().zip(excesses) {
            self.budgets.join(&excess);
            (kind.over, kind.mean_over) = (Some(excess.over), Some(excess.mean_over));
        }
        Ok(())
    }

    /// The risk of the option. `shape` holds the number of lines, whether there is a cap on all lines, and the number
    /// of resources.
    fn risk(self, best: Estimate, shape: (usize, bool, usize), periods: usize, trials: usize) -> OptionRisk {
        let (lines, capped, resources) = shape;
        let limited = lines + usize::from(capped) + resources;
        let [npv, benefit, cost, strategic_value] =
            [0, 1, 2, 3].map(|total| self.kinds[total].summary.clone());
        let mut rows = (TOTALS..)
            .step_by(periods.max(1))
            .map(|first| ByPeriod::from(self.kinds[first..first + periods].to_vec()));
        let mut take = |count: usize| rows.by_ref().take(count).collect::<Vec<_>>();
        let lines = take(lines);
        let all_lines = take(usize::from(capped)).pop();
        let resources = take(resources);
        OptionRisk {
            npv,
            benefit,
            cost,
            strategic_value,
            loss: self.loss,
            over_budget: self.budgets.probability(trials),
            over_capacity: self.capacities.probability(trials),
            best,
            lines: lines.into(),
            all_lines,
            resources: resources.into(),
            key_results: key_results::of_changes(&self.kinds[TOTALS + limited * periods..]),
        }
    }
}
