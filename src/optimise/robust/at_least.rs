//! Vectors that are nowhere less than another, among many: per number the vectors stand in falling order, and sets of
//! bits tell which belong to the first so many. The intersection of these sets leaves few to be looked at.

/// Sets of bits per number, at most: more would cost more memory than they save time.
const MOST_SETS: usize = 128;
/// Vectors per set, at least.
const LEAST_STEP: usize = 64;

/// Many vectors of equally many numbers, by their positions.
#[derive(Clone, Debug, Default)]
pub struct AtLeast {
    numbers: Vec<ByNumber>,
    count: usize,
}

/// One of the numbers of all vectors.
#[derive(Clone, Debug)]
struct ByNumber {
    /// The numbers, the largest first.
    sorted: Vec<f64>,
    /// Set after set: the vectors with the largest numbers, `step` more in each.
    sets: Vec<u64>,
    step: usize,
}

impl AtLeast {
    /// The vectors of positions 0 to `count` − 1, by their numbers: `number(place, position)` for `width` places.
    pub fn new(count: usize, width: usize, number: impl Fn(usize, usize) -> f64) -> Self {
        let numbers = (0..width).map(|place| ByNumber::new(count, |position| number(place, position)));
        Self { numbers: numbers.collect(), count }
    }

    /// True if some vector before the position `below` has no number that is less than that of `least`, and `holds`.
    pub fn any(
        &self,
        least: impl Fn(usize) -> f64,
        below: usize,
        mut holds: impl FnMut(usize) -> bool,
    ) -> bool {
        let words = self.count.div_ceil(64);
        let mut sets: Vec<&[u64]> = Vec::with_capacity(self.numbers.len());
        for (place, number) in self.numbers.iter().enumerate() {
            match number.set(least(place), words) {
                Some(set) => sets.push(set),
                None => return false,
            }
        }
        for word in 0..below.div_ceil(64).min(words) {
            let mut left = sets.iter().fold(u64::MAX, |all, set| all & set[word]);
            while left != 0 {
                let position = word * 64 + left.trailing_zeros() as usize;
                if position >= below.min(self.count) {
                    return false;
                }
                if holds(position) {
                    return true;
                }
                left &= left - 1;
            }
        }
        false
    }
}

impl ByNumber {
    fn new(count: usize, number: impl Fn(usize) -> f64) -> Self {
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by(|&one, &other| number(other).total_cmp(&number(one)));
        let step = count.div_ceil(MOST_SETS).max(LEAST_STEP);
        let words = count.div_ceil(64);
        let mut set = vec![0_u64; words];
        let mut sets = Vec::with_capacity(count.div_ceil(step) * words);
        for part in order.chunks(step) {
            part.iter().for_each(|&position| set[position / 64] |= 1 << (position % 64));
            sets.extend_from_slice(&set);
        }
        Self { sorted: order.into_iter().map(number).collect(), sets, step }
    }

    /// A set that holds all vectors whose number is no less than `least`, and a few more; `None` if there are none.
    fn set(&self, least: f64, words: usize) -> Option<&[u64]> {
        let holding = self.sorted.partition_point(|&number| number >= least);
        let place = holding.checked_sub(1)? / self.step;
        self.sets.get(place * words..(place + 1) * words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::model::split_mix::SplitMix64;

    #[test]
    fn finds_all_that_are_nowhere_less() {
        let mut random = SplitMix64::default();
        for count in [0, 1, 63, 64, 65, 400] {
            let vectors: Vec<[f64; 3]> =
                (0..count).map(|_| std::array::from_fn(|_| random.below(20) as f64)).collect();
            let index = AtLeast::new(count, 3, |place, position| vectors[position][place]);
            for _ in 0..50 {
                let least: [f64; 3] = std::array::from_fn(|_| random.below(22) as f64);
                let below = random.below(count + 1);
                let expected: Vec<usize> = (0..below)
                    .filter(|&one| vectors[one].iter().zip(&least).all(|(one, least)| one >= least))
                    .collect();
                let mut found = Vec::new();
                let is_any = index.any(
                    |place| least[place],
                    below,
                    |position| {
                        if vectors[position].iter().zip(&least).all(|(one, least)| one >= least) {
                            found.push(position);
                        }
                        false
                    },
                );
                assert!(!is_any);
                assert_eq!(found, expected);
            }
        }
    }
}
