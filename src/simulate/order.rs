//! Order statistics without sorting.

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
    pub fn select(&mut self, values: &[f64], wanted: &[usize]) -> Vec<f64> {
        let counts = self.count(values);
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
    fn count(&mut self, values: &[f64]) -> [usize; BUCKETS] {
        let (low, high) = range(values);
        // All values equal: any scale puts them into the first bucket.
        let scale = if high > low { (BUCKETS - 1) as f64 / (high - low) } else { 0.0 };
        self.buckets.clear();
        // Rounding keeps the order: a greater value is never put into a lower bucket.
        self.buckets.extend(values.iter().map(|value| ((value - low) * scale) as i32 as u16));
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

/// The smallest and the largest value.
fn range(values: &[f64]) -> (f64, f64) {
    let (mut low, mut high) = ([f64::INFINITY; 8], [f64::NEG_INFINITY; 8]);
    let (whole, rest) = values.as_chunks::<8>();
    let mut take = |lane: usize, value: f64| {
        low[lane] = if value < low[lane] { value } else { low[lane] };
        high[lane] = if value > high[lane] { value } else { high[lane] };
    };
    for values in whole {
        (0..8).for_each(|lane| take(lane, values[lane]));
    }
    rest.iter().for_each(|&value| take(0, value));
    (low.into_iter().fold(f64::INFINITY, f64::min), high.into_iter().fold(f64::NEG_INFINITY, f64::max))
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
                assert_eq!(selector.select(&values, wanted), expected);
            }
        }
    }
}
