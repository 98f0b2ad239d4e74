//! The risk of a scenario's options over the drawn futures.

use std::cell::RefCell;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::domain::{ByPeriod, Measure, Selection, Sense};
use crate::finance::Valuation;
use crate::progress::{CancelToken, Progress, Stage};

use super::best::{Values, probabilities_of_best};
use super::carried;
use super::cell::Cell;
use super::dedup::{Distinct, difference, distinct, shared_terms};
use super::key_results;
use super::kinds::{Kind, NPV, Scarcity, TOTALS, kinds, most_kinds, total_of};
use super::overruns::{Excess, Overruns, excess};
use super::percentiles::Shapes;
use super::risk::{Estimate, OptionRisk, PeriodRisk, Summary};
use super::statistics::{certain, known, one_if, probability, summarise};
use super::variables::OptionCells;
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::quantile_select::Selector;
use crate::simulate::kernel::reductions::{Term, accumulate, accumulate_from, sums_of};
use crate::simulate::kernel::shape::Shape;
use crate::simulate::sampling::samples::Samples;

/// Trials in a block: its part of the samples stays in the cache while all kinds use it.
const BLOCK: usize = 256;
/// Columns that are added to all kinds before the next.
const COLUMNS_AT_ONCE: usize = 32;
/// Kinds that are simulated together; bounds the memory of a thread.
const KINDS_AT_ONCE: usize = 12;

/// Column and coefficient of a term.
type Terms = Vec<(usize, f64)>;

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
/// once for the shared terms. The buffer of the options is kept for the next scenario. The values by which an option is
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
    let first_kinds = (0..kinds.len()).step_by(KINDS_AT_ONCE);
    for first in first_kinds {
        let group = Group::new(samples, (shapes, best_by), (&kinds, first), &distinct);
        let outcomes = group.simulate(selections.len(), progress, cancel)?;
        for (distinct, mut outcome) in group.members.iter().zip(outcomes) {
            let place = kept.len();
            kept.extend(outcome.values.take());
            for &(option, kind) in &distinct.users {
                let kept = (kind == best_by.kind).then_some(place);
                results[option].file(kind, &kinds[kind], kept, &outcome);
            }
        }
    }
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

/// Results of one distinct cell.
struct Outcome {
    summary: Summary,
    /// Per limit that a kind with this cell has: the kind's scarcity and limit, and the excess over it.
    excesses: Vec<((Scarcity, f64), Excess)>,
    /// The values by which an option is the best, the higher the better.
    values: Option<Values>,
    /// The probability of a loss, of net present values.
    loss: Estimate,
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
        let excesses = WORKSPACE.with_borrow_mut(|workspace| {
            account.excesses(samples, &cells[account.first..], &mut workspace.account)
        });
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

/// Kinds that are simulated together.
struct Group<'a> {
    samples: &'a Samples,
    kinds: &'a [Kind],
    first: usize,
    /// The distinct cells at home in these kinds.
    members: Vec<&'a Distinct<'a>>,
    /// Per kind: the terms that most cells share.
    shared: Vec<Terms>,
    /// Per kind that has such terms: the row of their sums.
    rows: Vec<Option<usize>>,
    /// The sums: block by block, in a block row by row.
    sums: Numbers,
    /// Per kind: about where percentiles lie, once that is known of one cell.
    near: Vec<OnceLock<Shape>>,
    /// The same of all scenarios, for every kind.
    far: &'a [OnceLock<Shape>],
    best_by: BestBy,
}

/// The kind by which an option is the best in a trial, and the sign that makes its better values the higher ones.
#[derive(Clone, Copy)]
struct BestBy {
    kind: usize,
    sign: f64,
}

impl BestBy {
    /// Values are compared with each other: each may be wrong by its own rounding.
    fn rounding(self, cells: &[Vec<Cell>]) -> f64 {
        let own = |cells: &Vec<Cell>| cells[self.kind].rounding_beside(cells[self.kind].size);
        cells.iter().map(own).fold(0.0, f64::max)
    }
}

/// Summation plan of a member that varies.
struct Sum<'a> {
    certain: f64,
    /// The row of the shared sum to begin with.
    row: Option<usize>,
    /// Terms to add to the base.
    terms: Vec<Term<'a>>,
}

impl<'a> Group<'a> {
    fn new(
        samples: &'a Samples,
        (far, best_by): (&'a [OnceLock<Shape>], BestBy),
        (kinds, first): (&'a [Kind], usize),
        distinct: &'a [Distinct<'a>],
    ) -> Self {
        let count = KINDS_AT_ONCE.min(kinds.len() - first);
        let members: Vec<&Distinct> =
            distinct.iter().filter(|distinct| (first..first + count).contains(&distinct.home())).collect();
        let shared: Vec<Terms> = (first..first + count)
            .map(|kind| {
                let varying =
                    |distinct: &&&Distinct| distinct.home() == kind && !distinct.cell.terms.is_empty();
                let cells: Vec<&Cell> =
                    members.iter().filter(varying).map(|distinct| distinct.cell).collect();
                // A single cell has nothing to share terms with.
                if cells.len() < 2 { Vec::new() } else { shared_terms(&cells) }
            })
            .collect();
        let mut next = 0..;
        let rows = shared.iter().map(|terms| if terms.is_empty() { None } else { next.next() }).collect();
        let summed: Vec<&Terms> = shared.iter().filter(|terms| !terms.is_empty()).collect();
        let sums = sums_of_rows(samples, &summed);
        let near = shared.iter().map(|_| OnceLock::new()).collect();
        Self { samples, kinds, first, members, shared, rows, sums, near, far, best_by }
    }

    /// The outcomes of the members, in order.
    fn simulate(
        &self,
        options: usize,
        progress: &dyn Progress,
        cancel: &CancelToken,
    ) -> Result<Vec<Outcome>, SimulateError> {
        let is_last = self.first + self.shared.len() == self.kinds.len();
        let simulate = |option: usize| {
            if cancel.is_cancelled() {
                return Err(SimulateError::Cancelled);
            }
            let own = (0..self.members.len()).filter(|&member| self.members[member].option() == option);
            let own: Vec<usize> = own.collect();
            let outcomes = WORKSPACE.with_borrow_mut(|workspace| self.simulate_members(&own, workspace));
            if is_last {
                progress.advance(Stage::Simulate, 1);
            }
            Ok(outcomes)
        };
        let outcomes: Vec<Vec<(usize, Outcome)>> =
            (0..options).into_par_iter().map(simulate).collect::<Result<_, SimulateError>>()?;
        let mut outcomes: Vec<(usize, Outcome)> = outcomes.into_iter().flatten().collect();
        outcomes.sort_by_key(|&(member, _)| member);
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    /// The outcomes of some members (positions), simulated block by block.
    fn simulate_members(&self, members: &[usize], workspace: &mut Workspace) -> Vec<(usize, Outcome)> {
        let trials = self.samples.trials();
        let varies = |member: &usize| !self.members[*member].cell.terms.is_empty();
        let varying = members.iter().filter(|&member| varies(member));
        let sums: Vec<Sum> = varying.map(|&member| self.plan(member)).collect();
        let needed = sums.len() * trials;
        if workspace.values.len() < needed {
            workspace.values.resize(needed);
        }
        let rows = self.sums.len() / trials.next_multiple_of(BLOCK);
        for first in (0..trials).step_by(BLOCK) {
            let length = BLOCK.min(trials - first);
            for (member, sum) in sums.iter().enumerate() {
                let output = &mut workspace.values[member * trials + first..][..length];
                if let Some(row) = sum.row {
                    let shared = &self.sums[first * rows + row * BLOCK..];
                    accumulate_from(sum.certain, shared, output, &sum.terms, first);
                } else {
                    output.fill(sum.certain);
                    accumulate(output, &sum.terms, first);
                }
            }
        }
        let mut rows = workspace.values.chunks(trials);
        let outcome = |&member: &usize| {
            let row = if varies(&member) { rows.next() } else { None };
            (member, self.outcome(member, row, &mut workspace.selector))
        };
        members.iter().map(outcome).collect()
    }

    /// The summation plan of a member.
    fn plan(&self, member: usize) -> Sum<'a> {
        let distinct = self.members[member];
        let kind = distinct.home() - self.first;
        let shared = self.rows[kind]
            .and_then(|row| difference(distinct.cell, &self.shared[kind]).map(|terms| (row, terms)));
        let (row, terms) = match &shared {
            Some((row, terms)) => (Some(*row), terms),
            None => (None, &distinct.cell.terms),
        };
        Sum { certain: distinct.cell.certain, row, terms: self.samples.columns_of(terms) }
    }

    /// Results of a member with these values; `None` if it does not vary.
    fn outcome(&self, member: usize, values: Option<&[f64]>, selector: &mut Selector) -> Outcome {
        let distinct = self.members[member];
        let design = self.samples.design();
        let limits = distinct.users.iter().filter_map(|&(_, kind)| self.kinds[kind].limit);
        let mut excesses: Vec<((Scarcity, f64), Excess)> = Vec::new();
        for limit in limits {
            if excesses.iter().all(|(known, _)| *known != limit) {
                let rounding = distinct.cell.rounding_beside(limit.1.abs());
                let excess = move |value| excess(value, limit.1, rounding);
                let excess = match values {
                    Some(values) => Excess::of_values(values, design, excess),
                    None => Excess::known(excess(distinct.cell.certain)),
                };
                excesses.push((limit, excess));
            }
        }
        // A break-even is no loss.
        let break_even = -distinct.cell.rounding_beside(0.0);
        let has = |wanted: usize| distinct.users.iter().any(|&(_, kind)| kind == wanted);
        let (is_npv, is_kept, sign) = (has(NPV), has(self.best_by.kind), self.best_by.sign);
        let (summary, loss, kept) = match values {
            Some(values) => {
                let near = &self.near[distinct.home() - self.first];
                let shapes = Shapes { near, far: self.far.get(distinct.home()) };
                let centre = self.mean_of(distinct.cell);
                let summary = summarise(values, centre, distinct.worst, design, shapes, selector);
                // The probability of a loss is only reported for NPV.
                let loss = if is_npv { probability_below(values, break_even) } else { Estimate::default() };
                let kept = || Values::Varying(values.iter().map(|value| sign * value).collect());
                (summary, loss, is_kept.then(kept))
            }
            None => {
                let value = distinct.cell.certain;
                // A sum that is zero on paper is reported as zero.
                let value = if value.abs() <= -break_even { 0.0 } else { value };
                (
                    certain(value, design),
                    known(one_if(value < break_even)),
                    is_kept.then_some(Values::Certain(sign * value)),
                )
            }
        };
        Outcome { summary, excesses, values: kept, loss }
    }

    /// The mean of a cell but for rounding: that of a sum is the sum of means.
    fn mean_of(&self, cell: &Cell) -> f64 {
        cell.terms
            .iter()
            .fold(cell.certain, |sum, &(column, amount)| sum + amount * self.samples.mean_of(column))
    }
}

fn probability_below(values: &[f64], bound: f64) -> Estimate {
    let [below] = sums_of(values, |value| [one_if(value < bound)]);
    probability(below, values.len())
}

/// The sums of several rows of terms: block by block, in a block row by row.
fn sums_of_rows(samples: &Samples, rows: &[&Terms]) -> Numbers {
    let mut sums = Numbers::zeros(samples.trials().div_ceil(BLOCK) * rows.len() * BLOCK);
    let pieces = pieces(samples, rows);
    // Without anything to sum there is no block.
    let block_size = (rows.len() * BLOCK).max(1);
    sums.par_chunks_mut(block_size).enumerate().for_each(|(block, sums)| {
        let first = block * BLOCK;
        let length = BLOCK.min(samples.trials() - first);
        for (row, terms) in &pieces {
            accumulate(&mut sums[row * BLOCK..][..length], terms, first);
        }
    });
    sums
}

/// The terms of several rows, in the order in which they are added: a few columns at a time for all rows, so that they
/// stay in the nearest cache, as the rows do.
fn pieces<'a>(samples: &'a Samples, rows: &[&Terms]) -> Vec<(usize, Vec<Term<'a>>)> {
    let mut pieces = Vec::new();
    let mut rest: Vec<&[(usize, f64)]> = rows.iter().map(|terms| terms.as_slice()).collect();
    while let Some(next) = rest.iter().filter_map(|terms| terms.first()).map(|term| term.0).min() {
        for (row, rest) in rest.iter_mut().enumerate() {
            let (terms, others) = rest.split_at(rest.partition_point(|term| term.0 < next + COLUMNS_AT_ONCE));
            if !terms.is_empty() {
                pieces.push((row, samples.columns_of(terms)));
            }
            *rest = others;
        }
    }
    pieces
}

thread_local! {
    /// Kept from scenario to scenario: to be handed memory anew takes as long as a tenth of the work in it.
    static WORKSPACE: RefCell<Workspace> = RefCell::default();
}

/// Buffers that one thread uses again and again.
#[derive(Default)]
struct Workspace {
    /// The values of some cells that vary, cell by cell.
    values: Numbers,
    /// Buffers for finding percentiles.
    selector: Selector,
    /// Buffers for budgets that carry over.
    account: carried::Buffers,
}
