//! Reserves of a line: what its spend needs beyond the budget, from sorted trials.

use crate::domain::PeriodIx;

use super::accounts::Account;
use super::figure::Figure;
use super::statistics::Trials;

/// Probabilities with which reserves hold, and how columns name them.
pub(super) const HELD: [(f64, &str); 3] = [(0.5, "p50"), (0.8, "p80"), (0.9, "p90")];
/// The probability of the funding profile.
const PROFILE: f64 = 0.8;
/// What lies beyond a budget by this multiple of the slack of the sums or less does not lie beyond it.
const RARELY_MORE: f64 = 20.0;

/// Recomputed figures of one line in one period, or over all of them.
#[derive(Clone, Debug)]
pub(super) struct Reserve {
    /// Money needed beyond the budget; `None` where there is none.
    pub beyond: [Option<Figure>; 3],
    /// Percentiles of spend.
    pub spend: [Figure; 3],
    /// The funding profile.
    pub profile: Figure,
}

/// The reserves of a line, period by period, then of one pot for all periods. What a trial leaves of a budget that
/// carries over moves on in that trial.
pub(super) fn of_line(spends: &[Trials], account: Option<&Account>, carry_over: f64) -> Vec<Reserve> {
    let trials = spends.first().map_or(0, |spend| spend.values.len());
    let (mut carried, mut pot, mut total) = (vec![0.0; trials], vec![0.0; trials], vec![0.0; trials]);
    let (mut slack, mut before) = (0.0, Figure::ZERO);
    let mut rows = Vec::new();
    for (place, spend) in spends.iter().enumerate() {
        let budget = account.map(|account| account.budget[PeriodIx::new(place)]);
        slack += spend.slack + budget.map_or(0.0, |budget| budget.slack);
        total.iter_mut().zip(&spend.values).for_each(|(total, spend)| *total += spend);
        let beyond = budget.map(|budget| {
            let mut needs = Vec::with_capacity(trials);
            for ((spend, carried), pot) in spend.values.iter().zip(&mut carried).zip(&mut pot) {
                let need = spend - *carried - budget.value;
                *pot += if need > RARELY_MORE * slack { need } else { 0.0 };
                *carried = carry_over * (-need).max(0.0);
                needs.push(need);
            }
            percentiles(&needs, RARELY_MORE * slack).map(Figure::at_least_zero)
        });
        let so_far = percentile(&sorted(&total), PROFILE, slack);
        let spend = percentiles(&spend.values, spend.slack);
        rows.push(Reserve { beyond: told(beyond), spend, profile: so_far - before });
        before = so_far;
    }
    let beyond = account.map(|_| percentiles(&pot, RARELY_MORE * slack));
    rows.push(Reserve { beyond: told(beyond), spend: percentiles(&total, slack), profile: before });
    rows
}

fn told(beyond: Option<[Figure; 3]>) -> [Option<Figure>; 3] {
    beyond.map_or([None; 3], |beyond| beyond.map(Some))
}

fn percentiles(values: &[f64], slack: f64) -> [Figure; 3] {
    let sorted = sorted(values);
    HELD.map(|(probability, _)| percentile(&sorted, probability, slack))
}

fn percentile(sorted: &[f64], probability: f64, slack: f64) -> Figure {
    let position = probability * (sorted.len() as f64 - 1.0);
    let (below, above) = (position.floor() as usize, position.ceil() as usize);
    let value = sorted[below] + (position - below as f64) * (sorted[above] - sorted[below]);
    Figure { value, slack }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}
