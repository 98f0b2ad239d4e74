//! Percentiles and the edge of the tail: order statistics.

use std::sync::OnceLock;

use crate::domain::Percentile;

use super::risk::Estimate;
use super::tail::Worst;
use crate::simulate::kernel::quantile_select::{BRACKETS, Bracket, Brackets, Selector};
use crate::simulate::kernel::shape::Shape;
use crate::simulate::sampling::plan::Design;

/// The percentiles of every summary, as probabilities.
pub fn usual() -> [f64; 3] {
    Percentile::USUAL.map(Percentile::probability)
}

/// Percentiles of values in any order, at some probabilities; the selector lends buffers.
pub fn percentiles_of<const N: usize>(
    values: &[f64],
    probabilities: [f64; N],
    selector: &mut Selector,
) -> [f64; N] {
    let ranks = probabilities.map(|probability| Ranks::new(probability, values.len()));
    let positions = ranks.iter().flat_map(|ranks| ranks.neighbours());
    let found = Found::new(positions, |wanted| selector.select(values, None, wanted));
    ranks.map(|ranks| ranks.value(|position| found.at(position)))
}

/// One percentile and how fast percentiles change about it.
pub struct Quantile {
    /// The percentile.
    pub value: f64,
    /// Change of the value per change of the probability.
    slope: f64,
    /// The order statistics between which the slope is measured.
    window: Bracket,
}

impl Quantile {
    /// A percentile of sorted values.
    pub fn of_sorted(values: &[f64], probability: f64) -> Self {
        Ranks::new(probability, values.len()).read(values.len(), |position| values[position])
    }

    /// Change of the value per change of the probability.
    pub fn slope(&self) -> f64 {
        self.slope
    }

    /// The error of the share of trials below, carried over by the slope (Bahadur 1966). Under independent
    /// trials this is half the distance of the order statistics at ± √(n p (1 − p)). Where strata fix the share,
    /// as they do that of a single quantity, the percentile is still not known better than to the next trial.
    pub fn estimate(&self, error_of_share: f64, trials: usize) -> Estimate {
        Estimate { value: self.value, error: self.slope * error_of_share.max(1.0 / trials as f64) }
    }
}

/// Order statistics of the sorted values. Positions are searched in groups: first those of the usual percentiles and of
/// the tail's edge, then those of the percentiles of choice, a few together.
pub struct OrderStatistics {
    /// The usual percentiles.
    pub usual: [Quantile; 3],
    /// The mildest value of the tail.
    pub tail_edge: f64,
    /// The percentiles of choice, in the order of the design.
    pub chosen: Vec<Quantile>,
}

impl OrderStatistics {
    /// Takes them from `select`, which returns the values at rising positions, group by group, of `count` values.
    pub fn new(
        count: usize,
        worst: Worst,
        design: &Design,
        mut select: impl FnMut(usize, &[usize]) -> Vec<f64>,
    ) -> Self {
        let usual = usual().map(|probability| Ranks::new(probability, count));
        let tail = match worst {
            Worst::Lowest => design.tail_trials() - 1,
            Worst::Highest => count - design.tail_trials(),
        };
        let positions = usual.iter().flat_map(Ranks::positions).chain([tail]);
        let found = Found::new(positions, |wanted| select(0, wanted));
        let (usual, tail_edge) = (usual.map(|ranks| found.quantile(ranks, count)), found.at(tail));
        let chosen = (1..).zip(design.percentiles().chunks(BRACKETS)).flat_map(|(group, percentiles)| {
            let ranks = percentiles.iter().map(|percentile| Ranks::new(percentile.probability(), count));
            let ranks: Vec<Ranks> = ranks.collect();
            let found = Found::new(ranks.iter().flat_map(Ranks::positions), |wanted| select(group, wanted));
            ranks.into_iter().map(|ranks| found.quantile(ranks, count)).collect::<Vec<_>>()
        });
        Self { usual, tail_edge, chosen: chosen.collect() }
    }

    /// The windows that slopes are read off, which span two standard errors, and one as wide about the tail's edge: for
    /// each group of positions.
    pub fn windows(&self, worst: Worst) -> Vec<Brackets> {
        let [low, middle, high] = self.usual.each_ref().map(|percentile| percentile.window);
        let [tail_low, tail_high] = match worst {
            Worst::Lowest => low,
            Worst::Highest => high,
        };
        let half = 0.5 * (tail_high - tail_low);
        let mut groups = vec![[low, middle, high, [self.tail_edge - half, self.tail_edge + half]]];
        groups.extend(self.chosen.chunks(BRACKETS).map(|group| {
            // If there are fewer, the last one fills the missing places.
            std::array::from_fn(|place| group[place.min(group.len() - 1)].window)
        }));
        groups
    }
}

/// Order statistics at some positions.
struct Found {
    /// Rising.
    positions: Vec<usize>,
    values: Vec<f64>,
}

impl Found {
    fn new(positions: impl Iterator<Item = usize>, select: impl FnOnce(&[usize]) -> Vec<f64>) -> Self {
        let mut positions: Vec<usize> = positions.collect();
        positions.sort_unstable();
        positions.dedup();
        let values = select(&positions);
        Self { positions, values }
    }

    /// The value at one of the positions.
    fn at(&self, position: usize) -> f64 {
        self.values[self.positions.partition_point(|&other| other < position)]
    }

    fn quantile(&self, ranks: Ranks, count: usize) -> Quantile {
        ranks.read(count, |position| self.at(position))
    }
}

/// Approximate positions of order statistics. They change how fast these are found, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Shapes<'a> {
    /// In cells of the same kind and scenario.
    pub near: &'a OnceLock<Shape>,
    /// In cells of the same kind in any scenario.
    pub far: Option<&'a OnceLock<Shape>>,
}

impl Shapes<'_> {
    /// The brackets to look into, group by group; `None` as long as nothing is known.
    pub fn brackets(&self, mean: f64, sd: f64) -> Option<Vec<Brackets>> {
        let near = self.near.get().map(|shape| shape.brackets(mean, sd, 1.0));
        near.or_else(|| Some(self.far?.get()?.brackets(mean, sd, 2.0)))
    }

    /// Notes a shape if none is known.
    pub fn note(&self, shape: impl FnOnce() -> Shape) {
        if self.near.get().is_none() {
            let shape = self.near.get_or_init(shape).clone();
            self.far.map(|far| far.get_or_init(|| shape));
        }
    }
}

/// Position of a percentile among the sorted values.
#[derive(Clone, Copy)]
struct Ranks {
    below: usize,
    part: f64,
    /// The last of all.
    last: usize,
    window: [usize; 2],
}

impl Ranks {
    fn new(probability: f64, count: usize) -> Self {
        let position = probability * (count - 1) as f64;
        let below = position.floor() as usize;
        let spread = (count as f64 * probability * (1.0 - probability)).sqrt();
        let reach = (spread.round() as usize).max(1);
        let window = [below.saturating_sub(reach), (below + reach).min(count - 1)];
        Self { below, part: position - position.floor(), last: count - 1, window }
    }

    /// The positions between which the percentile lies.
    fn neighbours(&self) -> [usize; 2] {
        // The part past the last position is never more than 0.
        [self.below, (self.below + 1).min(self.last)]
    }

    /// The same, and the ends of the window.
    fn positions(&self) -> [usize; 4] {
        let [below, above] = self.neighbours();
        [self.window[0], below, above, self.window[1]]
    }

    /// The percentile, by the values at positions.
    fn value(&self, at: impl Fn(usize) -> f64) -> f64 {
        let [below, above] = self.neighbours().map(at);
        below + self.part * (above - below)
    }

    fn read(self, count: usize, at: impl Fn(usize) -> f64) -> Quantile {
        let [first, last] = self.window;
        let width = (last - first) as f64 / count as f64;
        Quantile {
            value: self.value(&at),
            slope: (at(last) - at(first)) / width,
            window: [at(first), at(last)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_by_selection_are_those_of_sorting() {
        for count in [100, 101, 997] {
            let values: Vec<f64> = (0..count).map(|place| f64::from(place * 37 % 101) + 0.25).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let rising = [0.0, 0.5, 0.5, 0.8, 0.9, 1.0];
            let found = percentiles_of(&values, rising, &mut Selector::default());
            let expected = rising.map(|probability| Quantile::of_sorted(&sorted, probability).value);
            assert_eq!(found, expected, "{count}");
        }
    }
}
