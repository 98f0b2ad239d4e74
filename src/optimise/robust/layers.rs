//! Dynamic programming over the steps, with dominance between states and bounds (Bazgan, Hugot and Vanderpooten 2009,
//! for the 0-1 knapsack problem; here rows are any).
//!
//! A state holds what the steps so far are worth at every vertex, and what they leave of every row. Whatever can follow
//! a state can follow one that has no less left of any row: a state that is worth no less anywhere, and more somewhere,
//! makes the other needless. Of states with equal values both stay, unless they hold the same projects. A state also
//! goes if a known portfolio dominates the best that could become of it at each vertex.
//!
//! A pass keeps no more states than its width. What it drops it bounds, so that its result is honest; passes of growing
//! width begin with the portfolios of those before.

use crate::progress::CancelToken;

use super::dominance::{Archive, Recent, dominates, larger_first};
use super::prices::Prices;
use super::steps::{Alternative, Steps};

/// Least slack of a row: rows are scaled to about 1, and selections are rechecked.
const ROW_TOLERANCE: f64 = 1e-7;
/// States between two looks at the stop signal.
const STATES_PER_LOOK: usize = 256;

/// States after some steps, in columns.
#[derive(Clone, Debug, Default)]
struct States {
    /// Values, per state one per objective.
    values: Vec<f64>,
    /// Upper bounds on the values of all that can follow.
    uppers: Vec<f64>,
    /// What is left of the rows, per state one per row; never more than the steps to come can use.
    slacks: Vec<f64>,
    /// Marks of the projects taken.
    marks: Vec<u128>,
    /// The state that each came from, and the alternative it took.
    origins: Vec<(u32, u16)>,
}

impl States {
    fn len(&self) -> usize {
        self.marks.len()
    }

    /// The states at some places, in that order.
    fn at(&self, places: &[usize], objectives: usize, rows: usize) -> Self {
        let part = |numbers: &[f64], width: usize| {
            places.iter().flat_map(|&place| &numbers[place * width..(place + 1) * width]).copied().collect()
        };
        Self {
            values: part(&self.values, objectives),
            uppers: part(&self.uppers, objectives),
            slacks: part(&self.slacks, rows),
            marks: places.iter().map(|&place| self.marks[place]).collect(),
            origins: places.iter().map(|&place| self.origins[place]).collect(),
        }
    }
}

/// The end of a pass.
#[derive(Clone, Debug)]
pub struct PassEnd {
    /// Per selection found: the alternative of each step.
    pub leaves: Vec<Vec<u16>>,
    /// No selection that is not among them, and that no known one dominates, exceeds some known one by more than this
    /// at every vertex; 0 if nothing was dropped.
    pub shortfall: f64,
}

/// A pass over all steps.
pub struct Pass<'a> {
    steps: &'a Steps,
    prices: &'a Prices,
    known: &'a Archive,
    /// Least and most that the steps to come add to each row.
    ranges: Vec<Vec<(f64, f64)>>,
    rounding: f64,
    width: usize,
    /// Comparisons of states that it may make before it narrows.
    work: u64,
    shortfall: f64,
    recent: Recent,
}

/// Width to which a pass narrows whose work is spent.
const NARROW: usize = 256;

impl<'a> Pass<'a> {
    /// A pass of some width that compares no more than about `work` pairs of states.
    pub fn new(
        (steps, prices): (&'a Steps, &'a Prices),
        known: &'a Archive,
        rounding: f64,
        width: usize,
        work: u64,
    ) -> Self {
        let ranges = steps.ranges();
        Self {
            steps,
            prices,
            known,
            ranges,
            rounding,
            width,
            work,
            shortfall: 0.0,
            recent: Recent::default(),
        }
    }

    /// Makes the pass; `None` if it is stopped before its end. The second number is the work that is left.
    pub fn run(mut self, cancel: &CancelToken) -> Option<(PassEnd, u64)> {
        let (objectives, rows) = (self.steps.objectives, self.steps.rows.len());
        let mut states = States {
            values: vec![0.0; objectives],
            uppers: vec![f64::INFINITY; objectives],
            slacks: self.steps.rows.clone(),
            marks: vec![0],
            origins: vec![(0, 0)],
        };
        let mut origins = Vec::with_capacity(self.steps.steps.len());
        for step in 0..self.steps.steps.len() {
            let next = self.expanded(&states, step, cancel)?;
            let kept = self.undominated(&next, cancel)?;
            let kept = self.narrowed(&next, kept);
            states = next.at(&kept, objectives, rows);
            origins.push(std::mem::take(&mut states.origins));
            states.origins.resize(states.len(), (0, 0));
        }
        let leaves = (0..states.len()).map(|leaf| path_to(leaf, &origins)).collect();
        Some((PassEnd { leaves, shortfall: self.shortfall }, self.work))
    }

    /// All states that one more step makes of `states`.
    fn expanded(&mut self, states: &States, step: usize, cancel: &CancelToken) -> Option<States> {
        let mut next = States::default();
        for place in 0..states.len() {
            if place % STATES_PER_LOOK == 0 && cancel.is_cancelled() {
                return None;
            }
            for (number, alternative) in self.steps.steps[step].alternatives.iter().enumerate() {
                let origin = (u32::try_from(place).ok()?, u16::try_from(number).ok()?);
                self.add(states, place, (step, alternative), origin, &mut next);
            }
        }
        Some(next)
    }

    /// Adds the state that an alternative makes of another, unless it breaks a row or is dominated.
    fn add(
        &mut self,
        states: &States,
        place: usize,
        (step, alternative): (usize, &Alternative),
        origin: (u32, u16),
        next: &mut States,
    ) {
        let (objectives, rows) = (self.steps.objectives, self.steps.rows.len());
        let begin = next.slacks.len();
        next.slacks.extend_from_slice(&states.slacks[place * rows..(place + 1) * rows]);
        let slacks = &mut next.slacks[begin..];
        alternative.uses.iter().for_each(|&(row, factor)| slacks[row] -= factor);
        let ranges = &self.ranges[step + 1];
        let is_feasible = slacks.iter().zip(ranges).all(|(slack, range)| *slack >= range.0 - ROW_TOLERANCE);
        if !is_feasible {
            next.slacks.truncate(begin);
            return;
        }
        // More than all that can still be used is as good as that.
        slacks.iter_mut().zip(ranges).for_each(|(slack, range)| *slack = slack.min(range.1));
        for objective in 0..objectives {
            let before = place * objectives + objective;
            let value = states.values[before] + alternative.gains[objective];
            let bound = self.prices.bound(step + 1, objective, value, &next.slacks[begin..]);
            next.values.push(value);
            next.uppers.push(bound.min(states.uppers[before]));
        }
        let upper = &next.uppers[next.uppers.len() - objectives..];
        if self.known.dominates(upper, &mut self.recent) {
            next.slacks.truncate(begin);
            next.values.truncate(next.values.len() - objectives);
            next.uppers.truncate(next.uppers.len() - objectives);
            return;
        }
        next.marks.push(states.marks[place] ^ alternative.mark);
        next.origins.push(origin);
    }

    /// Places of the states that no other makes needless, by falling sum of values.
    fn undominated(&mut self, states: &States, cancel: &CancelToken) -> Option<Vec<usize>> {
        let objectives = self.steps.objectives;
        let sum = |place: usize| states.values[place * objectives..(place + 1) * objectives].iter().sum();
        let sums: Vec<f64> = (0..states.len()).map(sum).collect();
        let mut order: Vec<usize> = (0..states.len()).collect();
        order.sort_by(|&one, &other| larger_first(sums[one], sums[other]));
        let rows = self.telling_rows(states);
        let mut kept = Kept::new(objectives, rows.len(), self.rounding);
        let (mut slack, mut places) = (Vec::new(), Vec::new());
        for (turn, place) in order.into_iter().enumerate() {
            if turn % STATES_PER_LOOK == 0 && cancel.is_cancelled() {
                return None;
            }
            let all = &states.slacks[place * self.steps.rows.len()..];
            slack.clear();
            slack.extend(rows.iter().map(|&row| all[row]));
            let values = &states.values[place * objectives..(place + 1) * objectives];
            // Once the work is spent, states stay without a comparison: the layer is narrowed next.
            let is_spent = kept.compared >= self.work;
            if is_spent || !kept.makes_needless(values, &slack, states.marks[place]) {
                kept.add(values, &slack, states.marks[place]);
                places.push(place);
            }
        }
        self.work = self.work.saturating_sub(kept.compared);
        Some(places)
    }

    /// Rows of which not all states have equally much left.
    fn telling_rows(&self, states: &States) -> Vec<usize> {
        let rows = self.steps.rows.len();
        let differs = |&row: &usize| {
            let mut slacks = (0..states.len()).map(|place| states.slacks[place * rows + row]);
            let first = slacks.next();
            slacks.any(|slack| Some(slack) != first)
        };
        (0..rows).filter(differs).collect()
    }

    /// As many of the kept states as the width allows: those with the best bounds, in sum and at each vertex. What is
    /// dropped counts in the shortfall.
    fn narrowed(&mut self, states: &States, kept: Vec<usize>) -> Vec<usize> {
        let width = if self.work == 0 { NARROW.min(self.width) } else { self.width };
        if kept.len() <= width {
            return kept;
        }
        let objectives = self.steps.objectives;
        let upper = |place: usize| &states.uppers[place * objectives..(place + 1) * objectives];
        let mut is_chosen = vec![false; states.len()];
        let mut left = width;
        for objective in 0..=objectives {
            let share = if objective == objectives { left } else { width / (objectives + 1) };
            let worth = |place: usize| {
                upper(place).get(objective).copied().unwrap_or_else(|| upper(place).iter().sum())
            };
            let mut order: Vec<usize> = kept.iter().copied().filter(|&place| !is_chosen[place]).collect();
            order.sort_by(|&one, &other| larger_first(worth(one), worth(other)));
            order.iter().take(share).for_each(|&place| is_chosen[place] = true);
            left -= share.min(order.len());
        }
        let dropped = kept.iter().filter(|&&place| !is_chosen[place]);
        let shortfall = dropped.map(|&place| self.known.shortfall(upper(place))).fold(0.0, f64::max);
        // Above 0 even where rounding makes it none: something was left out.
        self.shortfall = self.shortfall.max(shortfall).max(f64::MIN_POSITIVE);
        kept.into_iter().filter(|&place| is_chosen[place]).collect()
    }
}

/// States that were kept, each with its values, slacks and projects in one row of numbers.
struct Kept {
    numbers: Vec<f64>,
    marks: Vec<u128>,
    objectives: usize,
    rows: usize,
    rounding: f64,
    /// Pairs compared.
    compared: u64,
}

impl Kept {
    fn new(objectives: usize, rows: usize, rounding: f64) -> Self {
        Self { numbers: Vec::new(), marks: Vec::new(), objectives, rows, rounding, compared: 0 }
    }

    fn add(&mut self, values: &[f64], slacks: &[f64], mark: u128) {
        self.numbers.extend_from_slice(values);
        self.numbers.extend_from_slice(slacks);
        self.marks.push(mark);
    }

    /// True if a kept state has no less left of any row, and is worth more; or holds the same projects and is worth no
    /// less.
    fn makes_needless(&mut self, values: &[f64], slacks: &[f64], mark: u128) -> bool {
        let width = self.objectives + self.rows;
        let mut compared = 0;
        let found = self.numbers.chunks_exact(width).zip(&self.marks).rev().any(|(kept, &other)| {
            compared += 1;
            let (kept_values, kept_slacks) = kept.split_at(self.objectives);
            let has_room = kept_slacks.iter().zip(slacks).all(|(kept, slack)| kept >= slack);
            has_room
                && (dominates(kept_values, values, self.rounding)
                    || other == mark
                        && !dominates(values, kept_values, self.rounding)
                        && is_no_less(kept_values, values, self.rounding))
        });
        self.compared += compared;
        found
    }
}

fn is_no_less(one: &[f64], other: &[f64], rounding: f64) -> bool {
    one.iter().zip(other).all(|(one, other)| *one >= other - rounding)
}

/// The alternatives that lead to a leaf.
fn path_to(leaf: usize, origins: &[Vec<(u32, u16)>]) -> Vec<u16> {
    let mut place = leaf;
    let mut path: Vec<u16> = (origins.iter().rev())
        .map(|layer| {
            let (origin, alternative) = layer[place];
            place = origin as usize;
            alternative
        })
        .collect();
    path.reverse();
    path
}
