//! Random streams with names.

use sha2::{Digest, Sha256};

use super::philox;

/// Counters that are encrypted together.
const LANES: usize = 8;
/// What the last word of a counter says it is for, so that no two uses of a stream share a counter.
const FOR_UNIFORMS: u32 = 0;
const FOR_PERMUTATIONS: u32 = 1;
/// The largest number below 1.
const BELOW_ONE: f64 = 1.0 - f64::EPSILON / 2.0;

/// An endless row of random numbers that depends on nothing but its name and the seed. What is drawn from
/// one stream never changes what is drawn from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    key: [u32; 2],
}

impl Stream {
    /// The stream of one kind of thing with these names.
    ///
    /// Its key is the head of a SHA-256 digest over seed, kind and names, each preceded by its length, so that
    /// no two lists of names run together.
    pub fn new(seed: u64, kind: &str, names: &[&str]) -> Self {
        let mut digest = Sha256::new();
        digest.update(seed.to_le_bytes());
        for text in std::iter::once(&kind).chain(names) {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text.as_bytes());
        }
        let hash = digest.finalize();
        let word =
            |from: usize| u32::from_le_bytes([hash[from], hash[from + 1], hash[from + 2], hash[from + 3]]);
        Self { key: [word(0), word(4)] }
    }

    /// One number above 0 and below 1 per trial.
    pub fn uniforms(&self, uniforms: &mut [f64]) {
        for (chunk, uniforms) in uniforms.chunks_mut(2 * LANES).enumerate() {
            let numbers = self.numbers(chunk * LANES, 0, FOR_UNIFORMS);
            for (uniform, number) in uniforms.iter_mut().zip(numbers) {
                *uniform = open_unit(number);
            }
        }
    }

    /// One number per trial of a section, of which each of the section's equal strata holds exactly one: a
    /// column of a Latin hypercube (McKay, Beckman and Conover 1979).
    ///
    /// `uniforms` come as plain uniforms and say where in its stratum each number lies; `order` is room to work in.
    pub fn stratify(&self, section: u32, uniforms: &mut [f64], order: &mut Vec<u32>) {
        self.permutation(section, uniforms.len(), order);
        let strata = uniforms.len() as f64;
        for (uniform, &stratum) in uniforms.iter_mut().zip(order.iter()) {
            // The sum is rounded and may reach the end of the last stratum, which is not below 1.
            *uniform = ((f64::from(stratum) + *uniform) / strata).min(BELOW_ONE);
        }
    }

    /// A random order of `0..length` (Fisher and Yates 1938, as Durstenfeld 1964).
    ///
    /// Positions are scaled from 64 bits by multiplication (Lemire 2019) without rejection: no order is more
    /// likely than another by more than `length` / 2^64 of its probability per step, far below what any number
    /// of trials could show.
    fn permutation(&self, section: u32, length: usize, order: &mut Vec<u32>) {
        order.clear();
        order.extend(0..length as u32);
        let mut numbers = [0; 2 * LANES];
        for (step, last) in (1..length).rev().enumerate() {
            if step.is_multiple_of(numbers.len()) {
                numbers = self.numbers(step / 2, section, FOR_PERMUTATIONS);
            }
            let number = numbers[step % numbers.len()];
            let other = (u128::from(number) * (last as u128 + 1)) >> 64;
            order.swap(last, other as usize);
        }
    }

    /// The numbers of the counters from `first` on: two of 64 bits from each.
    fn numbers(&self, first: usize, section: u32, purpose: u32) -> [u64; 2 * LANES] {
        let counter = |lane| (first + lane) as u64;
        let mut words = [
            std::array::from_fn(|lane| counter(lane) as u32),
            std::array::from_fn(|lane| (counter(lane) >> 32) as u32),
            [section; LANES],
            [purpose; LANES],
        ];
        philox::encrypt(&mut words, self.key);
        let mut numbers = [0; 2 * LANES];
        for lane in 0..LANES {
            numbers[2 * lane] = u64::from(words[0][lane]) << 32 | u64::from(words[1][lane]);
            numbers[2 * lane + 1] = u64::from(words[2][lane]) << 32 | u64::from(words[3][lane]);
        }
        numbers
    }
}

/// An odd multiple of 2^−53: above 0, below 1, and symmetric about the middle.
///
/// These are the midpoints of 2^52 equal cells. Midpoints of 2^53 cells would need 54 bits; rounded to an
/// `f64`, the last of them is 1.
fn open_unit(number: u64) -> f64 {
    const CELL: f64 = 1.0 / (1_u64 << 52) as f64;
    ((number >> 12) as f64 + 0.5) * CELL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_open() {
        assert!(open_unit(0) > 0.0);
        assert!(open_unit(u64::MAX) < 1.0);
        assert_eq!(open_unit(0), 1.0 - open_unit(u64::MAX));
    }

    #[test]
    fn a_longer_run_begins_with_the_shorter_one() {
        let stream = Stream::new(7, "factor", &["P1", "cost"]);
        let (mut short, mut long) = (vec![0.0; 101], vec![0.0; 333]);
        stream.uniforms(&mut short);
        stream.uniforms(&mut long);
        assert_eq!(short, long[..101]);
        long.sort_by(f64::total_cmp);
        assert!(long.windows(2).all(|pair| pair[0] < pair[1]), "no number is drawn twice");
    }

    #[test]
    fn names_do_not_run_together() {
        let streams = [
            Stream::new(7, "factor", &["ab", "c"]),
            Stream::new(7, "factor", &["a", "bc"]),
            Stream::new(7, "factora", &["b", "c"]),
            Stream::new(7, "factor", &["abc"]),
            Stream::new(8, "factor", &["ab", "c"]),
        ];
        for (position, stream) in streams.iter().enumerate() {
            assert!(!streams[..position].contains(stream));
        }
    }

    #[test]
    fn every_stratum_is_hit_once_and_every_order_is_as_likely() {
        let mut counts = std::collections::BTreeMap::new();
        for seed in 0..2_400 {
            let mut uniforms = [0.0; 4];
            let stream = Stream::new(seed, "test", &[]);
            stream.uniforms(&mut uniforms);
            stream.stratify(3, &mut uniforms, &mut Vec::new());
            let strata = uniforms.map(|uniform| (uniform * 4.0) as usize);
            let mut sorted = strata;
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3]);
            *counts.entry(strata).or_insert(0_u32) += 1;
        }
        assert_eq!(counts.len(), 24);
        // 100 expected of each of 24: a chi-squared of 23 degrees of freedom is below 50 but once in a thousand.
        let chi_squared: f64 = counts.values().map(|&count| (f64::from(count) - 100.0).powi(2) / 100.0).sum();
        assert!(chi_squared < 50.0, "{chi_squared}");
    }
}
