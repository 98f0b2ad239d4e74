//! Knapsacks of one row: a proven bound on what the binary columns of a limit can be worth.

use std::cmp::Ordering;

/// Part of the best known worth by which a bound may exceed it: states that gain less are not followed.
const TOLERANCE: f64 = 1e-9;
/// States that are kept at most; beyond them the best bound among these is the result.
const MAX_STATES: usize = 1 << 14;

/// A column of a knapsack: what it is worth, and what it takes of the limit. Both are above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Item {
    /// Worth if chosen.
    pub profit: f64,
    /// What it takes of the capacity.
    pub weight: f64,
}

impl Item {
    fn efficiency(&self) -> f64 {
        self.profit / self.weight
    }
}

/// Items chosen in sum.
#[derive(Clone, Copy, Debug)]
struct State {
    profit: f64,
    weight: f64,
}

/// Upper bound on the worth of items that fit the capacity, within 10⁻⁹ of the best unless that takes too many states.
///
/// Dynamic programming over a growing core (Pisinger 1997): the list begins with all items more efficient than the one
/// that no longer fits; items to the right are added and items to the left removed by turns, and a state is dropped
/// where the next item's efficiency does not lift it above the best known.
pub fn knapsack_bound(items: &[Item], capacity: f64) -> f64 {
    let mut items: Vec<Item> = items.iter().copied().filter(|item| item.weight <= capacity).collect();
    items.sort_by(|one, other| other.efficiency().total_cmp(&one.efficiency()));
    let mut start = State { profit: 0.0, weight: 0.0 };
    let mut first_out = 0;
    while first_out < items.len() && start.weight + items[first_out].weight <= capacity {
        start = start.with(&items[first_out], 1.0);
        first_out += 1;
    }
    if first_out == items.len() {
        return start.profit;
    }
    Core { items: &items, capacity, left: first_out, right: first_out, best: start.profit }.bound(start)
}

impl State {
    fn with(self, item: &Item, sign: f64) -> Self {
        Self { profit: self.profit + sign * item.profit, weight: self.weight + sign * item.weight }
    }
}

/// Items that are decided: those from `left` up to `right`.
struct Core<'a> {
    items: &'a [Item],
    capacity: f64,
    left: usize,
    right: usize,
    /// Best worth known.
    best: f64,
}

impl Core<'_> {
    fn bound(mut self, start: State) -> f64 {
        let mut states = vec![start];
        while !states.is_empty() && (self.left > 0 || self.right < self.items.len()) {
            if self.right < self.items.len() {
                states = merged(&states, &self.items[self.right], 1.0);
                self.right += 1;
                self.prune(&mut states);
            }
            if self.left > 0 {
                self.left -= 1;
                states = merged(&states, &self.items[self.left], -1.0);
                self.prune(&mut states);
            }
            if states.len() > MAX_STATES {
                let bounds = states.iter().map(|state| self.bound_of(state));
                return bounds.fold(self.best * (1.0 + TOLERANCE), f64::max);
            }
        }
        self.best * (1.0 + TOLERANCE)
    }

    /// Bound on the worth of whatever a state leads to: the next item on its side of the capacity, in part.
    fn bound_of(&self, state: &State) -> f64 {
        let room = self.capacity - state.weight;
        let next = if room >= 0.0 {
            self.items.get(self.right)
        } else {
            self.left.checked_sub(1).map(|at| &self.items[at])
        };
        match next {
            Some(item) => state.profit + room * item.efficiency(),
            None if room >= 0.0 => state.profit,
            None => f64::NEG_INFINITY,
        }
    }

    fn prune(&mut self, states: &mut Vec<State>) {
        let fitting = states.iter().filter(|state| state.weight <= self.capacity);
        self.best = fitting.map(|state| state.profit).fold(self.best, f64::max);
        let least = self.best * (1.0 + TOLERANCE);
        states.retain(|state| self.bound_of(state) > least);
    }
}

/// The states with and without an item, by rising weight; those that weigh no less than another and are worth no more
/// are left out.
fn merged(states: &[State], item: &Item, sign: f64) -> Vec<State> {
    let changed: Vec<State> = states.iter().map(|state| state.with(item, sign)).collect();
    let (mut one, mut other) = (states.iter().peekable(), changed.iter().peekable());
    let mut all: Vec<State> = Vec::with_capacity(2 * states.len());
    loop {
        let next = match (one.peek(), other.peek()) {
            (Some(a), Some(b)) if a.weight.total_cmp(&b.weight) == Ordering::Less => one.next(),
            (_, Some(_)) => other.next(),
            (Some(_), None) => one.next(),
            (None, None) => return all,
        };
        let Some(&next) = next else { return all };
        if all.last().is_none_or(|last| next.profit > last.profit) {
            all.push(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::model::split_mix::SplitMix64;

    fn best(items: &[Item], capacity: f64) -> f64 {
        let sums = (0..1_u32 << items.len()).map(|set| {
            let chosen = items.iter().enumerate().filter(|(place, _)| set >> place & 1 == 1);
            chosen
                .fold((0.0, 0.0), |(profit, weight), (_, item)| (profit + item.profit, weight + item.weight))
        });
        sums.filter(|&(_, weight)| weight <= capacity).map(|(profit, _)| profit).fold(0.0, f64::max)
    }

    #[test]
    fn bounds_are_the_best_of_all_sets() {
        let mut random = SplitMix64::default();
        for round in 0..400 {
            let items: Vec<Item> = (0..1 + random.below(11))
                .map(|_| {
                    let weight = (1 + random.below(60)) as f64;
                    // In every third round all are about equally efficient.
                    let profit = if round % 3 == 0 { weight } else { (1 + random.below(60)) as f64 };
                    Item { profit, weight }
                })
                .collect();
            let capacity = random.below(200) as f64;
            let (bound, best) = (knapsack_bound(&items, capacity), best(&items, capacity));
            assert!((bound - best).abs() <= 1e-7 * best, "round {round}: {bound} for {best}");
        }
    }
}
