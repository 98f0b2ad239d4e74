//! Order statistics without sorting.

use crate::vector::widened;

use super::lanes::range_of;

/// Buckets that values are counted into. Enough that a bucket holds few of them, few enough to stay in the cache.
const BUCKETS: usize = 512;

/// Buffers to work in, kept from one column of values to the next.
#[derive(Debug, Default)]
pub struct Selector {
    inside: Vec<u64>,
    /// What lies in brackets, at its beginning.
    candidates: Vec<f64>,
    buckets: Vec<u16>,
    members: Vec<f64>,
}

/// How many brackets are looked for together.
pub const BRACKETS: usize = 4;

/// Values from the first number on and below the second.
pub type Bracket = [f64; 2];

impl Selector {
    /// The values that would stand at these positions (rising, each once) if all were sorted.
    ///
    /// A guess tells brackets (lowest first) in which they are thought to lie. Only what lies in these is looked at, if
    /// counting the values below shows that the guess is right; if not, the values are counted into buckets. Exact for any
    /// values and any guess.
    pub fn select(
        &mut self,
        values: &[f64],
        guess: Option<[Bracket; BRACKETS]>,
        wanted: &[usize],
    ) -> Vec<f64> {
        guess
            .and_then(|guess| self.select_within(values, disjoint(guess), wanted))
            .unwrap_or_else(|| self.select_by_buckets(values, wanted))
    }

    /// The values at the wanted positions, if they lie in the brackets.
    fn select_within(
        &mut self,
        values: &[f64],
        brackets: [Bracket; BRACKETS],
        wanted: &[usize],
    ) -> Option<Vec<f64>> {
        let (below, count) = self.collect(values, &brackets);
        let buffer = std::mem::take(&mut self.candidates);
        let selected = self.select_among(&buffer[..count], brackets, below, wanted);
        self.candidates = buffer;
        selected
    }

    /// The values at the wanted positions, if they are among the values in the brackets, and this many lie below each.
    fn select_among(
        &mut self,
        candidates: &[f64],
        brackets: [Bracket; BRACKETS],
        below: [u64; BRACKETS],
        wanted: &[usize],
    ) -> Option<Vec<f64>> {
        let mut places = Vec::with_capacity(wanted.len());
        let mut wanted = wanted.iter().peekable();
        let mut before = 0;
        for ([low, high], below) in brackets.into_iter().zip(below) {
            let within = |value: &&f64| low <= **value && **value < high;
            let here = candidates.iter().filter(within).count();
            let end = below as usize + here;
            while let Some(&position) = wanted.next_if(|position| **position < end) {
                places.push(before + position.checked_sub(below as usize)?);
            }
            before += here;
        }
        if wanted.next().is_some() {
            return None;
        }
        Some(self.select_by_buckets(candidates, &places))
    }

    /// Collects the values in the brackets, of which it returns the number after that of the values below each.
    fn collect(&mut self, values: &[f64], brackets: &[Bracket; BRACKETS]) -> ([u64; BRACKETS], usize) {
        self.inside.resize(values.len().div_ceil(64), 0);
        let below = sift(values, brackets, &mut self.inside);
        // Never made shorter: what is there need not be cleared.
        self.candidates.resize(values.len().max(self.candidates.len()), 0.0);
        let mut count = 0;
        for (values, inside) in values.chunks(64).zip(&self.inside) {
            let mut inside = *inside;
            while inside != 0 {
                self.candidates[count] = values[inside.trailing_zeros() as usize];
                count += 1;
                inside &= inside - 1;
            }
        }
        (below, count)
    }

    /// Counts all values into buckets of equal width and looks only into those that hold a wanted position: fast unless
    /// most values crowd into few buckets.
    fn select_by_buckets(&mut self, values: &[f64], wanted: &[usize]) -> Vec<f64> {
        let counts = self.count(values, range_of(values));
        let mut looked_into = [false; BUCKETS];
        // Where each wanted value stands among the members of the buckets that are looked into.
        let mut places = Vec::with_capacity(wanted.len());
        let (mut below, mut skipped, mut bucket) = (0, 0, 0);
        for &position in wanted {
            while below + counts[bucket] <= position {
                below += counts[bucket];
                if !looked_into[bucket] {
                    skipped += counts[bucket];
                }
                bucket += 1;
            }
            looked_into[bucket] = true;
            places.push(position - skipped);
        }
        self.gather(values, &looked_into);
        settle(&mut self.members, 0, &places);
        places.into_iter().map(|place| self.members[place]).collect()
    }

    /// Notes the bucket of each value and counts how many each holds.
    fn count(&mut self, values: &[f64], [low, high]: [f64; 2]) -> [usize; BUCKETS] {
        // All values equal: any scale puts them into the first bucket.
        let scale = if high > low { (BUCKETS - 1) as f64 / (high - low) } else { 0.0 };
        self.buckets.resize(values.len(), 0);
        put_into_buckets(values, low, scale, &mut self.buckets);
        let mut counts = [0; BUCKETS];
        for &bucket in &self.buckets {
            counts[usize::from(bucket) % BUCKETS] += 1;
        }
        counts
    }

    /// Collects the members of the buckets that are looked into.
    fn gather(&mut self, values: &[f64], looked_into: &[bool; BUCKETS]) {
        self.members.resize(values.len() + 1, 0.0);
        let mut count = 0;
        // Written always and kept only if wanted: cheaper than a branch that cannot be foreseen.
        for (&value, &bucket) in values.iter().zip(&self.buckets) {
            self.members[count] = value;
            count += usize::from(looked_into[usize::from(bucket) % BUCKETS]);
        }
        self.members.truncate(count);
    }
}

/// The same brackets, each cut off where one before it ends.
fn disjoint(mut brackets: [Bracket; BRACKETS]) -> [Bracket; BRACKETS] {
    let mut end = f64::NEG_INFINITY;
    for [low, high] in &mut brackets {
        *low = low.max(end);
        *high = high.max(*low);
        end = *high;
    }
    brackets
}

widened! {
    /// Sets the bits of the values inside any of the brackets, and counts the values below each.
    fn sift(values: &[f64], brackets: &[Bracket; BRACKETS], inside: &mut [u64]) -> [u64; BRACKETS] {
        let mut below = [0; BRACKETS];
        let (whole, rest) = values.as_chunks::<64>();
        for (values, inside) in whole.iter().zip(inside.iter_mut()) {
            *inside = sift_chunk(values, brackets, &mut below);
        }
        if !rest.is_empty() {
            // What fills the last chunk is below no edge.
            let mut last = [f64::INFINITY; 64];
            last[..rest.len()].copy_from_slice(rest);
            inside[whole.len()] = sift_chunk(&last, brackets, &mut below);
        }
        below
    }
}

/// As [`sift`], of as many values as there are bits in a word.
#[inline(always)]
fn sift_chunk(values: &[f64; 64], brackets: &[Bracket; BRACKETS], below: &mut [u64; BRACKETS]) -> u64 {
    let [[a, b], [c, d], [e, f], [g, h]] = *brackets;
    let [mut below_a, mut below_c, mut below_e, mut below_g] = *below;
    let mut bits = 0;
    for (position, &value) in values.iter().enumerate() {
        below_a += u64::from(value < a);
        below_c += u64::from(value < c);
        below_e += u64::from(value < e);
        below_g += u64::from(value < g);
        // A value below both edges, or neither, is not between them.
        let is_inside = (value < a)
            ^ (value < b)
            ^ (value < c)
            ^ (value < d)
            ^ (value < e)
            ^ (value < f)
            ^ (value < g)
            ^ (value < h);
        bits |= u64::from(is_inside) << position;
    }
    *below = [below_a, below_c, below_e, below_g];
    bits
}

widened! {
    /// The bucket of each value. Rounding keeps the order: a greater value is never put into a lower bucket.
    fn put_into_buckets(values: &[f64], low: f64, scale: f64, buckets: &mut [u16]) {
        for (bucket, value) in buckets.iter_mut().zip(values) {
            // Beside 2^52 there is no room for a fraction: the lowest bits are the nearest whole number. A range
            // that is infinite gives no number at all, of which the lowest bits are 0.
            const TWO_52: f64 = (1_u64 << 52) as f64;
            *bucket = ((value - low) * scale + TWO_52).to_bits() as u16;
        }
    }
}

/// Puts the values of the wanted positions (rising, counted from `offset`) where they would stand if all were sorted.
fn settle(values: &mut [f64], offset: usize, wanted: &[usize]) {
    let Some(&position) = wanted.get(wanted.len() / 2) else { return };
    let (left, right) = wanted.split_at(wanted.len() / 2);
    let (below, _, above) = values.select_nth_unstable_by(position - offset, f64::total_cmp);
    settle(below, offset, left);
    settle(above, position + 1, &right[1..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::stream::{Grain, Stream};
    use crate::vector::assert_same_at_every_width;

    #[test]
    fn agrees_with_sorting_whatever_the_values() {
        let mut uniforms = vec![0.0; 2_001];
        Stream::new(1, "test", &[]).uniforms(Grain::Fine, &mut uniforms);
        let shapes: [fn(f64) -> f64; 6] = [
            |u| u,
            |u| -1e9 * u * u,
            |u| libm::exp(30.0 * u),
            |u| if u < 0.2 { 0.0 } else { 1.0 + u },
            |_| 7.0,
            |u| if u < 0.999 { (u * 5.0).floor() } else { 1e300 },
        ];
        let mut selector = Selector::default();
        for shape in shapes {
            let values: Vec<f64> = uniforms.iter().map(|&uniform| shape(uniform)).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            for wanted in [&[0][..], &[2_000], &[0, 1, 199, 200, 201, 1_000, 1_001, 1_950, 1_999, 2_000]] {
                let expected: Vec<f64> = wanted.iter().map(|&position| sorted[position]).collect();
                let at = |share: f64| sorted[(share * 2_000.0) as usize];
                let right = [0.0, 0.1, 0.5, 0.97].map(|share| [at(share), at(share + 0.02)]);
                let guesses = [
                    right,
                    [[f64::NEG_INFINITY, at(0.3)], [at(0.1), at(0.7)], [at(0.2), at(0.6)], [at(0.6), 1e301]],
                    [[at(0.4), at(0.6)]; 4],
                    [[at(0.6), at(0.4)], [at(0.1), at(0.9)], [at(0.0), at(1.0)], [f64::INFINITY; 2]],
                    [[f64::INFINITY, f64::NEG_INFINITY]; 4],
                ];
                for guess in guesses.into_iter().map(Some).chain([None]) {
                    assert_eq!(selector.select(&values, guess, wanted), expected, "{guess:?}");
                }
            }
        }
    }

    #[test]
    fn what_lies_in_brackets_is_enough_if_it_holds_all_that_is_wanted() {
        let mut values = vec![0.0; 1_003];
        Stream::new(1, "test", &[]).uniforms(Grain::Fine, &mut values);
        let brackets = [[0.08, 0.12], [0.12, 0.15], [0.45, 0.55], [0.9, 2.0]];
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let below = |edge: f64| sorted.partition_point(|value| *value < edge);
        let wanted = [below(0.08), below(0.13), below(0.5), below(0.9), 1_002];
        assert_same_at_every_width(|| {
            let mut selector = Selector::default();
            let found = selector.select_within(&values, brackets, &wanted).unwrap();
            assert_eq!(found, wanted.map(|position| sorted[position]));
            for missed in [below(0.08) - 1, below(0.15), below(0.55), below(0.9) - 1] {
                assert_eq!(selector.select_within(&values, brackets, &[missed]), None);
            }
            found
        });
    }
}
