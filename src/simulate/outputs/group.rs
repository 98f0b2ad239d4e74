//! Kinds of output variables that are simulated together, for all options.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::best::Values;
use super::cell::Cell;
use super::dedup::{Distinct, difference, shared_terms};
use super::kinds::{Kind, NPV, Scarcity};
use super::overruns::{Excess, excess};
use super::percentiles::Shapes;
use super::risk::{Estimate, Summary};
use super::statistics::{certain, known, one_if, probability, summarise};
use super::workspace::{WORKSPACE, Workspace};
use crate::progress::{CancelToken, Progress, Stage};
use crate::simulate::error::SimulateError;
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::quantile_select::Selector;
use crate::simulate::kernel::reductions::{Term, accumulate, accumulate_from, sums_of};
use crate::simulate::kernel::shape::Shape;
use crate::simulate::sampling::recipe::Block;
use crate::simulate::sampling::samples::Samples;

/// Trials in a block: its part of the samples stays in the cache while all kinds use it.
const BLOCK: usize = 256;
/// The same where blocks are drawn for it, and their parts belong to threads.
const PART: usize = 1_024;
/// Columns that are added to all kinds before the next.
const COLUMNS_AT_ONCE: usize = 32;
/// Kinds that are simulated together; bounds the memory of a thread.
const KINDS_AT_ONCE: usize = 12;
/// Bytes of values that are held together where samples are not.
const MOST_VALUES: usize = 384 << 20;

/// Column and coefficient of a term.
type Terms = Vec<(usize, f64)>;

/// Results of one distinct cell.
pub struct Outcome {
    /// Its distribution.
    pub summary: Summary,
    /// Per limit that a kind with this cell has: the kind's scarcity and limit, and the excess over it.
    pub excesses: Vec<((Scarcity, f64), Excess)>,
    /// The values by which an option is the best, the higher the better.
    pub values: Option<Values>,
    /// The probability of a loss, of net present values.
    pub loss: Estimate,
}

/// Kinds that are simulated together.
pub struct Group<'a> {
    samples: &'a Samples,
    kinds: &'a [Kind],
    first: usize,
    /// The distinct cells at home in these kinds.
    pub members: Vec<&'a Distinct<'a>>,
    /// Per kind: the terms that most cells share.
    shared: Vec<Terms>,
    /// Per kind that has such terms: the row of their sums.
    rows: Vec<Option<usize>>,
    /// The sums, if samples are held: block by block, in a block row by row.
    sums: Numbers,
    /// Per kind: about where percentiles lie, once that is known of one cell.
    near: Vec<OnceLock<Shape>>,
    /// The same of all scenarios, for every kind.
    far: &'a [OnceLock<Shape>],
    best_by: BestBy,
}

/// The kind by which an option is the best in a trial, and the sign that makes its better values the higher ones.
#[derive(Clone, Copy)]
pub struct BestBy {
    /// The kind (position).
    pub kind: usize,
    /// The sign.
    pub sign: f64,
}

impl BestBy {
    /// Values are compared with each other: each may be wrong by its own rounding.
    pub fn rounding(self, cells: &[Vec<Cell>]) -> f64 {
        let own = |cells: &Vec<Cell>| cells[self.kind].rounding_beside(cells[self.kind].size);
        cells.iter().map(own).fold(0.0, f64::max)
    }
}

/// Summation plan of a member that varies.
struct Plan {
    certain: f64,
    /// The row of the shared sum to begin with.
    row: Option<usize>,
    /// Terms to add to the base.
    terms: Terms,
}

impl Plan {
    /// The same with the columns of a block.
    fn on<'b>(&self, block: &Block<'b>) -> Sum<'b> {
        Sum { certain: self.certain, row: self.row, terms: block.columns_of(&self.terms) }
    }
}

/// A summation plan with its columns.
struct Sum<'b> {
    certain: f64,
    row: Option<usize>,
    terms: Vec<Term<'b>>,
}

impl Sum<'_> {
    /// Writes the sums of some trials, of which `first` is the first of the columns; `shared` are the sums of these trials to
    /// begin with.
    fn write(&self, shared: Option<&[f64]>, output: &mut [f64], first: usize) {
        match shared {
            Some(shared) => accumulate_from(self.certain, shared, output, &self.terms, first),
            None => {
                output.fill(self.certain);
                accumulate(output, &self.terms, first);
            }
        }
    }
}

/// The kinds that are simulated together, beginning with `first`, of `kinds` in all: a dozen where samples are held. Where
/// they are not, so many that all values of theirs can be held, as each group has its columns drawn again.
pub fn kinds_at_once(samples: &Samples, kinds: usize, first: usize, distinct: &[Distinct]) -> Range<usize> {
    if samples.held().is_some() {
        return first..kinds.min(first + KINDS_AT_ONCE);
    }
    let mut counts = vec![0; kinds];
    let varying = distinct.iter().filter(|distinct| !distinct.cell.terms.is_empty());
    varying.for_each(|distinct| counts[distinct.home()] += 1);
    let most = most_rows(samples);
    let mut rows = counts[first];
    let more = counts[first + 1..].iter().take_while(|&&count| {
        rows += count;
        rows <= most
    });
    first..first + 1 + more.count()
}

/// Rows of values that are held together where samples are not.
fn most_rows(samples: &Samples) -> usize {
    (MOST_VALUES / size_of::<f64>() / samples.trials()).max(1)
}

impl<'a> Group<'a> {
    /// The group of some of these kinds.
    pub fn new(
        samples: &'a Samples,
        (far, best_by): (&'a [OnceLock<Shape>], BestBy),
        (kinds, own): (&'a [Kind], Range<usize>),
        distinct: &'a [Distinct<'a>],
    ) -> Self {
        let first = own.start;
        let members: Vec<&Distinct> =
            distinct.iter().filter(|distinct| own.contains(&distinct.home())).collect();
        let shared: Vec<Terms> = own
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
        let sums =
            samples.held().map(|all| sums_of_rows(&all, samples.trials(), &summed)).unwrap_or_default();
        let near = shared.iter().map(|_| OnceLock::new()).collect();
        Self { samples, kinds, first, members, shared, rows, sums, near, far, best_by }
    }

    /// The outcomes of the members, in order. `values` is a work buffer.
    pub fn simulate(
        &self,
        options: usize,
        values: &mut Numbers,
        progress: &dyn Progress,
        cancel: &CancelToken,
    ) -> Result<Vec<Outcome>, SimulateError> {
        let is_last = self.first + self.shared.len() == self.kinds.len();
        let Some(all) = self.samples.held() else {
            let outcomes = self.simulate_drawn_again(values, cancel)?;
            if is_last {
                progress.advance(Stage::Simulate, options as u64);
            }
            return Ok(outcomes);
        };
        let simulate = |option: usize| {
            if cancel.is_cancelled() {
                return Err(SimulateError::Cancelled);
            }
            let own = (0..self.members.len()).filter(|&member| self.members[member].option() == option);
            let own: Vec<usize> = own.collect();
            let outcomes =
                WORKSPACE.with_borrow_mut(|workspace| self.simulate_members(&all, &own, workspace));
            if is_last {
                progress.advance(Stage::Simulate, 1);
            }
            Ok(outcomes)
        };
        let outcomes: Vec<Vec<(usize, Outcome)>> =
            (0..options).into_par_iter().map(simulate).collect::<Result<_, SimulateError>>()?;
        Ok(in_order(outcomes.into_iter().flatten().collect()))
    }

    /// The outcomes of some members (positions), simulated block by block from all trials.
    fn simulate_members(
        &self,
        all: &Block,
        members: &[usize],
        workspace: &mut Workspace,
    ) -> Vec<(usize, Outcome)> {
        let trials = self.samples.trials();
        let varying = members.iter().filter(|&&member| self.varies(member));
        let sums: Vec<Sum> = varying.map(|&member| self.plan(member).on(all)).collect();
        let needed = sums.len() * trials;
        if workspace.values.len() < needed {
            workspace.values.resize(needed);
        }
        let rows = self.sums.len() / trials.next_multiple_of(BLOCK);
        for first in (0..trials).step_by(BLOCK) {
            let length = BLOCK.min(trials - first);
            for (member, sum) in sums.iter().enumerate() {
                let output = &mut workspace.values[member * trials + first..][..length];
                let shared = sum.row.map(|row| &self.sums[first * rows + row * BLOCK..]);
                sum.write(shared, output, first);
            }
        }
        let mut rows = workspace.values.chunks(trials);
        let outcome = |&member: &usize| {
            let row = if self.varies(member) { rows.next() } else { None };
            (member, self.outcome(member, row, &mut workspace.selector))
        };
        members.iter().map(outcome).collect()
    }

    /// The outcomes of all members, in order, where samples are drawn again: as many members together as values may be held.
    fn simulate_drawn_again(
        &self,
        values: &mut Numbers,
        cancel: &CancelToken,
    ) -> Result<Vec<Outcome>, SimulateError> {
        let (trials, most) = (self.samples.trials(), most_rows(self.samples));
        let (varying, certain): (Vec<usize>, Vec<usize>) =
            (0..self.members.len()).partition(|&member| self.varies(member));
        let outcome = |(&member, values): (&usize, Option<&[f64]>)| {
            let outcome = |workspace: &mut Workspace| self.outcome(member, values, &mut workspace.selector);
            (member, WORKSPACE.with_borrow_mut(outcome))
        };
        let mut outcomes: Vec<(usize, Outcome)> =
            certain.iter().map(|member| outcome((member, None))).collect();
        // As even as can be: each time all columns are drawn again.
        let times = varying.len().div_ceil(most).max(1);
        for members in varying.chunks(varying.len().div_ceil(times).max(1)) {
            if values.len() < members.len() * trials {
                *values = Numbers::zeros(members.len() * trials);
            }
            self.add_up(members, values, cancel)?;
            let rows = values.par_chunks(trials).map(Some);
            outcomes.par_extend(members.par_iter().zip(rows).map(outcome));
        }
        Ok(in_order(outcomes))
    }

    /// Writes the values of some members (positions), one after the other, from samples that are drawn for it.
    fn add_up(
        &self,
        members: &[usize],
        values: &mut [f64],
        cancel: &CancelToken,
    ) -> Result<(), SimulateError> {
        let trials = self.samples.trials();
        let plans: Vec<Plan> = members.iter().map(|&member| self.plan(member)).collect();
        let is_used = |row: usize| plans.iter().any(|plan| plan.row == Some(row));
        let shared = self.shared.iter().filter(|terms| !terms.is_empty()).enumerate();
        let nothing = Terms::new();
        let shared: Vec<&Terms> =
            shared.map(|(row, terms)| if is_used(row) { terms } else { &nothing }).collect();
        let terms = plans.iter().map(|plan| &plan.terms).chain(shared.iter().copied()).flatten();
        let columns: BTreeSet<usize> = terms.map(|&(column, _)| column).collect();
        self.samples.try_each_block(columns, |block| {
            if cancel.is_cancelled() {
                return Err(SimulateError::Cancelled);
            }
            let sums: Vec<Sum> = plans.iter().map(|plan| plan.on(block)).collect();
            let pieces = pieces(block, &shared);
            let mut parts: Vec<Vec<&mut [f64]>> = Vec::new();
            parts.resize_with(block.trials().len().div_ceil(PART), || Vec::with_capacity(sums.len()));
            for row in values.chunks_mut(trials).take(sums.len()) {
                let own = row[block.trials()].chunks_mut(PART);
                parts.iter_mut().zip(own).for_each(|(part, own)| part.push(own));
            }
            parts.into_par_iter().enumerate().for_each_init(Numbers::default, |rows, (part, outputs)| {
                let (first, length) = (part * PART, outputs.first().map_or(0, |output| output.len()));
                rows.resize(shared.len() * PART);
                rows.fill(0.0);
                for (row, terms) in &pieces {
                    accumulate(&mut rows[row * PART..][..length], terms, first);
                }
                for (sum, output) in sums.iter().zip(outputs) {
                    sum.write(sum.row.map(|row| &rows[row * PART..]), output, first);
                }
            });
            Ok(())
        })
    }

    fn varies(&self, member: usize) -> bool {
        !self.members[member].cell.terms.is_empty()
    }

    /// The summation plan of a member.
    fn plan(&self, member: usize) -> Plan {
        let distinct = self.members[member];
        let kind = distinct.home() - self.first;
        let shared = self.rows[kind]
            .and_then(|row| difference(distinct.cell, &self.shared[kind]).map(|terms| (row, terms)));
        let (row, terms) = match shared {
            Some((row, terms)) => (Some(row), terms),
            None => (None, distinct.cell.terms.clone()),
        };
        Plan { certain: distinct.cell.certain, row, terms }
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

    /// About the mean of a cell: that of a sum is the sum of means.
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

/// Outcomes in the order of their members.
fn in_order(mut outcomes: Vec<(usize, Outcome)>) -> Vec<Outcome> {
    outcomes.sort_by_key(|&(member, _)| member);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// The sums of several rows of terms: block by block, in a block row by row.
fn sums_of_rows(all: &Block, trials: usize, rows: &[&Terms]) -> Numbers {
    let mut sums = Numbers::zeros(trials.div_ceil(BLOCK) * rows.len() * BLOCK);
    let pieces = pieces(all, rows);
    // Without anything to sum there is no block.
    let block_size = (rows.len() * BLOCK).max(1);
    sums.par_chunks_mut(block_size).enumerate().for_each(|(block, sums)| {
        let first = block * BLOCK;
        let length = BLOCK.min(trials - first);
        for (row, terms) in &pieces {
            accumulate(&mut sums[row * BLOCK..][..length], terms, first);
        }
    });
    sums
}

/// The terms of several rows, in the order in which they are added: a few columns at a time for all rows, so that they
/// stay in the nearest cache, as the rows do.
fn pieces<'b>(block: &Block<'b>, rows: &[&Terms]) -> Vec<(usize, Vec<Term<'b>>)> {
    let mut pieces = Vec::new();
    let mut rest: Vec<&[(usize, f64)]> = rows.iter().map(|terms| terms.as_slice()).collect();
    while let Some(next) = rest.iter().filter_map(|terms| terms.first()).map(|term| term.0).min() {
        for (row, rest) in rest.iter_mut().enumerate() {
            let (terms, others) = rest.split_at(rest.partition_point(|term| term.0 < next + COLUMNS_AT_ONCE));
            if !terms.is_empty() {
                pieces.push((row, block.columns_of(terms)));
            }
            *rest = others;
        }
    }
    pieces
}
