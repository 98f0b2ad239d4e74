//! Order statistics without sorting.

use crate::vector::widened;

use super::reductions::range_of;

/// Buckets that values are counted into. Enough that a bucket holds few of them, few enough to stay in the cache.
const BUCKETS: usize = 512;

/// Buffers to work in, kept from one column of values to the next.
#[derive(Debug, Default)]
pub struct Selector {
    inside: Vec<u64>,
    /// Values inside the brackets, at the beginning.
    candidates: Vec<f64>,
    buckets: Vec<u16>,
    members: Vec<f64>,
}

/// Brackets searched together.
pub const BRACKETS: usize = 4;

/// Values from the first number on and below the second.
pub type Bracket = [f64; 2];
/// The brackets that are looked for together.
pub type Brackets = [Bracket; BRACKETS];

/// Number of values up to which sorting all is faster than selecting those that are wanted.
const FEW: usize = 64;

impl Selector {
    /// Order statistics at the given positions (rising, each once), as if all values were sorted.
    ///
    /// A guess gives brackets (lowest first) that are thought to hold them. Only values inside the brackets are looked
    /// at, if counting the values below proves the guess; otherwise all values are counted into buckets. Exact for any
    /// values and any guess.
    pub fn select(&mut self, values: &[f64], guess: Option<Brackets>, wanted: &[usize]) -> Vec<f64> {
        guess
            .and_then(|guess| self.select_within(values, disjoint(guess), wanted))
            .unwrap_or_else(|| self.select_by_buckets(values, wanted))
    }

    /// The values at the wanted positions, if they lie in the brackets.
    fn select_within(&mut self, values: &[f64], brackets: Brackets, wanted: &[usize]) -> Option<Vec<f64>> {
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
        brackets: Brackets,
        below: [u64; BRACKETS],
        wanted: &[usize],
    ) -> Option<Vec<f64>> {
        self.buckets.resize(candidates.len().max(self.buckets.len()), 0);
        put_into_brackets(candidates, &Scales::new(brackets), &mut self.buckets);
        let counts = self.count(candidates.len());
        let mut places = Vec::with_capacity(wanted.len());
        let mut wanted = wanted.iter().peekable();
        let mut before = 0;
        for (counts, below) in counts.chunks(IN_BRACKET).zip(below) {
            let here: usize = counts.iter().sum();
            let end = below as usize + here;
            while let Some(&position) = wanted.next_if(|position| **position < end) {
                places.push(before + position.checked_sub(below as usize)?);
            }
            before += here;
        }
        if wanted.next().is_some() {
            return None;
        }
        Some(self.read_off(candidates, &counts, &places))
    }

    /// Collects the values in the brackets, of which it returns the number after that of the values below each.
    fn collect(&mut self, values: &[f64], brackets: &Brackets) -> ([u64; BRACKETS], usize) {
        self.inside.resize(values.len().div_ceil(64), 0);
        let below = sift(values, brackets, &mut self.inside);
        // Never made shorter: old values need not be cleared.
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
        let [low, high] = range_of(values);
        self.buckets.resize(values.len().max(self.buckets.len()), 0);
        put_into_buckets(values, low, scale(low, high, BUCKETS), &mut self.buckets);
        let counts = self.count(values.len());
        self.read_off(values, &counts, wanted)
    }

    /// Number of values in each bucket.
    fn count(&self, values: usize) -> [usize; BUCKETS] {
        let mut counts = [0; BUCKETS];
        for &bucket in &self.buckets[..values] {
            counts[usize::from(bucket) % BUCKETS] += 1;
        }
        counts
    }

    /// The values at the wanted positions, found in the buckets that hold these.
    fn read_off(&mut self, values: &[f64], counts: &[usize; BUCKETS], wanted: &[usize]) -> Vec<f64> {
        let mut looked_into = [false; BUCKETS];
        // Position of each wanted value among the members of the buckets that are searched.
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
        let count = self.gather(values, &looked_into);
        let members = &mut self.members[..count];
        if count <= FEW {
            members.sort_unstable_by(f64::total_cmp);
        } else {
            settle(members, 0, &places);
        }
        places.into_iter().map(|place| members[place]).collect()
    }

    /// Collects the members of the buckets that are searched; returns their number.
    fn gather(&mut self, values: &[f64], looked_into: &[bool; BUCKETS]) -> usize {
        // Never made shorter: old values need not be cleared.
        self.members.resize((values.len() + 1).max(self.members.len()), 0.0);
        let mut count = 0;
        // Written always and kept only if wanted: cheaper than a branch that cannot be foreseen.
        for (&value, &bucket) in values.iter().zip(&self.buckets) {
            self.members[count] = value;
            count += usize::from(looked_into[usize::from(bucket) % BUCKETS]);
        }
        count
    }
}

/// Buckets per unit, for this number of buckets between two values.
fn scale(low: f64, high: f64, buckets: usize) -> f64 {
    // All values equal: any scale puts them into the first bucket.
    if high > low { (buckets - 1) as f64 / (high - low) } else { 0.0 }
}

/// The same brackets, each cut off where one before it ends.
fn disjoint(mut brackets: Brackets) -> Brackets {
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
    ///
    /// Where a bracket ends is rounded. What counts is that it lacks no value between any two that it holds.
    fn sift(values: &[f64], brackets: &Brackets, inside: &mut [u64]) -> [u64; BRACKETS] {
        let mut below = [0; BRACKETS];
        let (whole, rest) = values.as_chunks::<64>();
        for (values, inside) in whole.iter().zip(inside.iter_mut()) {
            *inside = sift_chunk(values, brackets, &mut below);
        }
        if !rest.is_empty() {
            // The padding of the last chunk is infinite, below no edge.
            let mut last = [f64::INFINITY; 64];
            last[..rest.len()].copy_from_slice(rest);
            inside[whole.len()] = sift_chunk(&last, brackets, &mut below);
        }
        below
    }
}

/// As [`sift`], of as many values as there are bits in a word.
#[inline(always)]
fn sift_chunk(values: &[f64; 64], brackets: &Brackets, below: &mut [u64; BRACKETS]) -> u64 {
    let [a, c, e, g] = brackets.map(|[low, _]| low);
    // A bracket without an end holds nothing.
    let width = |[low, high]: Bracket| if high - low < f64::INFINITY { high - low } else { 0.0 };
    let [ab, cd, ef, gh] = brackets.map(|bracket| width(bracket).to_bits());
    let [mut below_a, mut below_c, mut below_e, mut below_g] = *below;
    let mut bits = 0;
    for (position, &value) in values.iter().enumerate() {
        // As bits, a negative distance is larger than any other: one comparison checks both ends.
        let [from_a, from_c, from_e, from_g] =
            [(value - a).to_bits(), (value - c).to_bits(), (value - e).to_bits(), (value - g).to_bits()];
        below_a += from_a >> 63;
        below_c += from_c >> 63;
        below_e += from_e >> 63;
        below_g += from_g >> 63;
        let is_inside = (from_a < ab) | (from_c < cd) | (from_e < ef) | (from_g < gh);
        bits |= u64::from(is_inside) << position;
    }
    *below = [below_a, below_c, below_e, below_g];
    bits
}

widened! {
    /// The bucket of each value.
    fn put_into_buckets(values: &[f64], low: f64, scale: f64, buckets: &mut [u16]) {
        for (bucket, value) in buckets.iter_mut().zip(values) {
            *bucket = bucket_of(*value, low, scale);
        }
    }
}

/// Buckets per bracket.
const IN_BRACKET: usize = BUCKETS / BRACKETS;

/// Lower ends of the brackets, and the number of buckets per unit in each.
struct Scales {
    low: [f64; BRACKETS],
    scale: [f64; BRACKETS],
}

impl Scales {
    fn new(brackets: Brackets) -> Self {
        let scale = |[low, high]: Bracket| scale(low, high, IN_BRACKET);
        Self { low: brackets.map(|[low, _]| low), scale: brackets.map(scale) }
    }
}

widened! {
    /// The bucket of each value, all of which lie in brackets: the first of them has the first buckets.
    fn put_into_brackets(values: &[f64], scales: &Scales, buckets: &mut [u16]) {
        let Scales { low: [a, c, e, g], scale: [scale_a, scale_c, scale_e, scale_g] } = *scales;
        for (bucket, &value) in buckets.iter_mut().zip(values) {
            let (mut first, mut low, mut scale) = (0, a, scale_a);
            (first, low, scale) = if value >= c { (IN_BRACKET, c, scale_c) } else { (first, low, scale) };
            (first, low, scale) = if value >= e { (2 * IN_BRACKET, e, scale_e) } else { (first, low, scale) };
            (first, low, scale) = if value >= g { (3 * IN_BRACKET, g, scale_g) } else { (first, low, scale) };
            *bucket = first as u16 + bucket_of(value, low, scale);
        }
    }
}

/// The bucket of a value, from that of `low` on. Rounding keeps the order: a greater value is never put into a lower
/// bucket.
#[inline(always)]
fn bucket_of(value: f64, low: f64, scale: f64) -> u16 {
    // Added to 2^52 there are no bits for a fraction: the lowest bits are the nearest whole number. An infinite range
    // gives a NaN, whose lowest bits are 0.
    const TWO_52: f64 = (1_u64 << 52) as f64;
    ((value - low) * scale + TWO_52).to_bits() as u16
}

/// Moves the values of the wanted positions (rising, counted from `offset`) to their sorted positions.
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
    use crate::simulate::sampling::streams::{Grain, Stream};
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
