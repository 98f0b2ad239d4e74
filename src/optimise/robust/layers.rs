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

use super::at_least::AtLeast;
use super::dominance::{Archive, dominates, larger_first};
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

    fn values_of(&self, place: usize, objectives: usize) -> &[f64] {
        &self.values[place * objectives..(place + 1) * objectives]
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
    /// Words of 64 states that it may compare before it narrows.
    work: u64,
    shortfall: f64,
}

/// Width to which a pass narrows whose work is spent.
const NARROW: usize = 256;

impl<'a> Pass<'a> {
    /// A pass of some width that compares no more than about `work` words of 64 states.
    pub fn new(
        (steps, prices): (&'a Steps, &'a Prices),
        known: &'a Archive,
        rounding: f64,
        width: usize,
        work: u64,
    ) -> Self {
        let ranges = steps.ranges();
        Self { steps, prices, known, ranges, rounding, width, work, shortfall: 0.0 }
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
        if self.known.dominates(upper) {
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
        let sums: Vec<f64> =
            (0..states.len()).map(|place| states.values_of(place, objectives).iter().sum()).collect();
        let mut order: Vec<usize> = (0..states.len()).collect();
        order.sort_by(|&one, &other| larger_first(sums[one], sums[other]));
        let (rows, all_rows) = (self.telling_rows(states), self.steps.rows.len());
        let number = |place: usize, number: usize| match number.checked_sub(objectives) {
            None => states.values[place * objectives + number],
            Some(row) => states.slacks[place * all_rows + rows[row]],
        };
        let width = objectives + rows.len();
        let index = AtLeast::new(order.len(), width, |one, turn| number(order[turn], one));
        let mut is_kept = vec![true; order.len()];
        for (turn, &place) in order.iter().enumerate() {
            if turn % STATES_PER_LOOK == 0 && cancel.is_cancelled() {
                return None;
            }
            let work = (width * turn.div_ceil(64)) as u64;
            if self.work < work {
                self.work = 0;
                break;
            }
            self.work -= work;
            let least = |one: usize| number(place, one) - if one < objectives { self.rounding } else { 0.0 };
            let is_better = |other: usize| is_kept[other] && self.replaces(states, order[other], place);
            is_kept[turn] = !index.any(least, turn, is_better);
        }
        Some(order.into_iter().zip(is_kept).filter(|(_, is_kept)| *is_kept).map(|(place, _)| place).collect())
    }

    /// True if a state that has no less left of any row is worth more than another, or holds the same projects and is
    /// worth no less.
    fn replaces(&self, states: &States, one: usize, other: usize) -> bool {
        let (objectives, rows) = (self.steps.objectives, self.steps.rows.len());
        let slacks = |place: usize| &states.slacks[place * rows..(place + 1) * rows];
        if slacks(one).iter().zip(slacks(other)).any(|(one, other)| one < other) {
            return false;
        }
        let (values, others) = (states.values_of(one, objectives), states.values_of(other, objectives));
        dominates(values, others, self.rounding)
            || states.marks[one] == states.marks[other] && is_no_less(values, others, self.rounding)
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
