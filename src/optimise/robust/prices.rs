//! Upper bounds on what partial selections can still be worth, by prices of the rows (Lagrangian bounds; Geoffrion
//! 1974).

use super::steps::{Alternative, Steps, price_of};

/// Factors on the prices of the relaxation: as rows get scarcer or laxer on the way, others bound better.
const FACTORS: [f64; 8] = [0.0, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.2];

/// Bounds on all objectives of what can become of a state.
#[derive(Clone, Debug)]
pub struct Prices {
    /// Per objective: rows with their prices.
    priced: Vec<Vec<(usize, f64)>>,
    /// `tails[step][objective]`: per factor the most that the steps from there on add if the prices are paid.
    tails: Vec<Vec<[f64; FACTORS.len()]>>,
}

impl Prices {
    /// Bounds from prices per objective: `prices[objective][row]`, none below 0.
    pub fn new(steps: &Steps, prices: &[Vec<f64>]) -> Self {
        let scaled: Vec<Vec<Vec<f64>>> = prices
            .iter()
            .map(|prices| {
                FACTORS.iter().map(|factor| prices.iter().map(|price| factor * price).collect()).collect()
            })
            .collect();
        let open = |(objective, scaled): (usize, &Vec<Vec<f64>>)| {
            std::array::from_fn(|place| steps.open_gain(objective, &scaled[place]))
        };
        let mut tails: Vec<Vec<[f64; FACTORS.len()]>> = vec![scaled.iter().enumerate().map(open).collect()];
        for step in steps.steps.iter().rev() {
            let before = tails.last().cloned().unwrap_or_default();
            let tail = before.iter().zip(&scaled).enumerate().map(|(objective, (tail, scaled))| {
                std::array::from_fn(|place| {
                    let reduced = |one: &Alternative| reduced_gain(one, objective, &scaled[place]);
                    tail[place] + step.alternatives.iter().map(reduced).fold(f64::NEG_INFINITY, f64::max)
                })
            });
            tails.push(tail.collect());
        }
        tails.reverse();
        let priced = |prices: &Vec<f64>| {
            prices.iter().copied().enumerate().filter(|&(_, price)| price > 0.0).collect()
        };
        Self { priced: prices.iter().map(priced).collect(), tails }
    }

    /// Upper bound on the objective of everything that can follow `value` and `slacks` once the first `step` steps are
    /// taken.
    pub fn bound(&self, step: usize, objective: usize, value: f64, slacks: &[f64]) -> f64 {
        let worth: f64 = self.priced[objective].iter().map(|&(row, price)| price * slacks[row]).sum();
        let tails = self.tails[step][objective].iter().zip(FACTORS);
        value + tails.map(|(tail, factor)| factor * worth + tail).fold(f64::INFINITY, f64::min)
    }
}

/// Gain of an alternative less the price of what it uses.
fn reduced_gain(alternative: &Alternative, objective: usize, prices: &[f64]) -> f64 {
    alternative.gains[objective] - price_of(&alternative.uses, prices)
}

/// The order in which steps are best decided: first what the prices decide alike for all objectives, so that the other
/// alternatives are soon cut; last what they leave open. (The core of a knapsack: Balas and Zemel 1980.)
pub fn core_last(steps: &Steps, prices: &[Vec<f64>]) -> Vec<usize> {
    let clearness = |step: usize| {
        let alternatives = &steps.steps[step].alternatives;
        let (nothing, taken): (Vec<_>, Vec<_>) = alternatives.iter().partition(|one| one.column.is_none());
        if nothing.is_empty() || taken.is_empty() {
            return f64::INFINITY;
        }
        let gain = |(objective, prices): (usize, &Vec<f64>)| {
            taken.iter().map(|one| reduced_gain(one, objective, prices)).fold(f64::NEG_INFINITY, f64::max)
        };
        let gains: Vec<f64> = prices.iter().enumerate().map(gain).collect();
        let least = gains.iter().copied().fold(f64::INFINITY, f64::min);
        let most = gains.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if least > 0.0 {
            least
        } else if most < 0.0 {
            -most
        } else {
            -most.min(-least)
        }
    };
    let clear: Vec<f64> = (0..steps.steps.len()).map(clearness).collect();
    let mut order: Vec<usize> = (0..steps.steps.len()).collect();
    order.sort_by(|&one, &other| clear[other].total_cmp(&clear[one]));
    steps.with_switches_after(&order)
}
