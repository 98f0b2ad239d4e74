//! Order statistics without sorting.

use crate::vector::widened;

/// Buckets that values are counted into. Enough that a bucket holds few of them, few enough to stay in the cache.
const BUCKETS: usize = 512;

/// Buffers to work in, kept from one column of values to the next.
#[derive(Debug, Default)]
pub struct Selector {
    buckets: Vec<u16>,
    members: Vec<f64>,
}

impl Selector {
    /// The values that would stand at these positions (rising, each once) if all were sorted.
    ///
    /// Values are counted into buckets of equal width; only the buckets that hold a wanted position are looked
    /// into. Exact for any values, and fast unless most of them crowd into few buckets.
    pub fn select(&mut self, values: &[f64], range: [f64; 2], wanted: &[usize]) -> Vec<f64> {
        let counts = self.count(values, range);
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
    use crate::simulate::lanes::range_of;
    use crate::simulate::stream::{Grain, Stream};

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
                assert_eq!(selector.select(&values, range_of(&values), wanted), expected);
            }
        }
    }
}
