//! Random streams with names.

use sha2::{Digest, Sha256};

use crate::vector::{has_many_registers, widened};

use super::philox::{self, RoundKeys, WORD};
use crate::simulate::kernel::elementary::whole;

/// Counters of a chunk, from whose words numbers are made.
const LANES: usize = 16;
/// Random words of a chunk.
const AT_ONCE: usize = 4 * LANES;
/// Purpose of a counter, in its last word, so that no two uses of a stream share a counter.
const FOR_UNIFORMS: u64 = 0;
const FOR_PERMUTATIONS: u64 = 1;
const FOR_SCRAMBLES: u64 = 2;
/// The largest number below 1.
const BELOW_ONE: f64 = 1.0 - f64::EPSILON / 2.0;

/// Resolution of a uniform number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// 2^32 values, half the cost: sufficient for bounded marginals, where neighbours could not be told apart.
    Coarse,
    /// 2^52 values: for distributions with tails, which begin at the first of the values.
    Fine,
}

/// An endless row of random numbers that depends on nothing but its name and the seed. What is drawn from
/// one stream never changes what is drawn from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

    /// The stream of a driver.
    pub fn of_driver(seed: u64, driver: &str) -> Self {
        Self::new(seed, "driver", &[driver])
    }

    /// The stream of a project's success.
    pub fn of_success(seed: u64, project: &str) -> Self {
        Self::new(seed, "success", &[project])
    }

    /// The stream of the factor on a quantity of a project.
    pub fn of_factor(seed: u64, project: &str, quantity: &str) -> Self {
        Self::new(seed, "factor", &[project, quantity])
    }

    /// The stream that decides whether a risk event occurs.
    pub fn of_event(seed: u64, event: &str) -> Self {
        Self::new(seed, "risk", &[event])
    }

    /// The stream of what a risk event does to a quantity of a project if it occurs.
    pub fn of_impact(seed: u64, event: &str, project: &str, quantity: &str) -> Self {
        Self::new(seed, "impact", &[event, project, quantity])
    }

    /// One number above 0 and below 1 per trial.
    pub fn uniforms(&self, grain: Grain, uniforms: &mut [f64]) {
        self.uniforms_from(0, grain, uniforms);
    }

    /// The same from a later trial on.
    pub fn uniforms_from(&self, first: usize, grain: Grain, uniforms: &mut [f64]) {
        match grain {
            Grain::Coarse => self.fill(first, uniforms, coarse_units),
            Grain::Fine => self.fill(first, uniforms, fine_units),
        }
    }

    /// Fills numbers with those that are made of the words of each chunk, from number `first` on.
    fn fill<const N: usize>(
        &self,
        first: usize,
        numbers: &mut [f64],
        units: impl Fn([&Row; 4]) -> [f64; N] + Copy,
    ) {
        let keys = philox::round_keys(self.key);
        let head = (first.next_multiple_of(N) - first).min(numbers.len());
        let (head, numbers) = numbers.split_at_mut(head);
        if !head.is_empty() {
            let mut chunk = [[0.0; N]];
            fill_chunks(&mut chunk, (first / N) as u32, &keys, units);
            head.copy_from_slice(&chunk[0][first % N..][..head.len()]);
        }
        let next = first.div_ceil(N) as u32;
        if has_many_registers() {
            fill::<2, N>(numbers, next, &keys, units);
        } else {
            fill::<1, N>(numbers, next, &keys, units);
        }
    }

    /// One number per trial of a section, of which each of the section's equal strata holds exactly one: a
    /// column of a Latin hypercube (McKay, Beckman and Conover 1979).
    ///
    /// `uniforms` come as plain uniforms and say where in its stratum each number lies; `order` is room to work in.
    pub fn stratify(&self, section: u32, uniforms: &mut [f64], order: &mut Vec<u32>) {
        self.permutation(section, uniforms.len(), order);
        place(uniforms, order);
    }

    /// A random order of `0..length` (Fisher and Yates 1938, as Durstenfeld 1964).
    ///
    /// Positions are scaled from 32 bits by multiplication (Lemire 2019) without rejection: per step no position
    /// is more likely than another by more than `length` / 2^32, a millionth of its probability in the largest
    /// sections, far below what any number of trials could show.
    fn permutation(&self, section: u32, length: usize, order: &mut Vec<u32>) {
        order.clear();
        order.extend(0..length as u32);
        let keys = philox::round_keys(self.key);
        let mut words = [0; AT_ONCE];
        for (step, last) in (1..length).rev().enumerate() {
            if step.is_multiple_of(AT_ONCE) {
                random_words(&mut words, (step / AT_ONCE) as u32, section, FOR_PERMUTATIONS, &keys);
            }
            let other = (u64::from(words[step % AT_ONCE]) * (last as u64 + 1)) >> 32;
            order.swap(last, other as usize);
        }
    }
}

impl Stream {
    /// One number per trial of a section: the points of a net in one dimension after a nested uniform scrambling of all
    /// their digits (Owen 1995). `points` are whole numbers below their count, a power of two, each once.
    ///
    /// Digits as far as the points differ are scrambled by a tree of random digits of this stream. Below, each point is
    /// alone in its interval, where its scrambled digits are uniform: they are those of the `uniforms`, which come as
    /// plain uniforms. `order` is room to work in.
    pub fn scramble(&self, section: u32, points: &[u32], uniforms: &mut [f64], order: &mut Vec<u32>) {
        let scrambled = self.scrambled(section, points.len());
        order.clear();
        order.extend(points.iter().map(|&point| scrambled[point as usize]));
        place(uniforms, order);
    }

    /// Where the scrambling moves each of `count` equal intervals, a power of two.
    fn scrambled(&self, section: u32, count: usize) -> Vec<u32> {
        const DIGITS: usize = 32 * AT_ONCE;
        let keys = philox::round_keys(self.key);
        let mut digits = vec![[0; AT_ONCE]; count.div_ceil(DIGITS)];
        for (chunk, words) in (0..).zip(&mut digits) {
            random_words(words, chunk, section, FOR_SCRAMBLES, &keys);
        }
        // Nodes of the tree are numbered from the root, 1, level by level.
        let digit = |node: usize| digits.as_flattened()[node / 32] >> (node % 32) & 1;
        let mut places = vec![0; count];
        let mut filled = 1;
        while filled < count {
            for prefix in (0..filled).rev() {
                let (before, flip) = (2 * places[prefix], digit(filled + prefix));
                places[2 * prefix] = before | flip;
                places[2 * prefix + 1] = before | (1 - flip);
            }
            filled *= 2;
        }
        places
    }
}

widened! {
    /// Moves each number from 0 to 1 into its stratum.
    fn place(uniforms: &mut [f64], strata: &[u32]) {
        let count = uniforms.len() as f64;
        for (uniform, &stratum) in uniforms.iter_mut().zip(strata) {
            let moved = (whole(u64::from(stratum)) + *uniform) / count;
            // The sum is rounded and may reach the end of the last stratum, which is not below 1.
            *uniform = if moved < BELOW_ONE { moved } else { BELOW_ONE };
        }
    }
}

/// One word of each counter of a chunk.
type Row = [u64; LANES];

/// The encrypted counters of chunks that follow each other.
#[inline(always)]
fn encrypted<const CHUNKS: usize>(
    chunk: u32,
    section: u32,
    purpose: u64,
    keys: &RoundKeys,
) -> [[Row; CHUNKS]; 4] {
    let first = u64::from(chunk) * LANES as u64;
    let mut words = [
        std::array::from_fn(|chunk| std::array::from_fn(|lane| first + (chunk * LANES + lane) as u64)),
        [[0; LANES]; CHUNKS],
        [[u64::from(section); LANES]; CHUNKS],
        [[purpose; LANES]; CHUNKS],
    ];
    philox::encrypt(&mut words, keys);
    words
}

widened! {
    /// Makes numbers of the words of every chunk, from chunk `next` on.
    fn fill<const CHUNKS: usize, const N: usize>(
        numbers: &mut [f64],
        next: u32,
        keys: &RoundKeys,
        units: impl Fn([&Row; 4]) -> [f64; N] + Copy,
    ) {
        let (whole, rest) = numbers.split_at_mut(numbers.len() / (CHUNKS * N) * (CHUNKS * N));
        let mut next = next;
        for chunks in whole.as_chunks_mut().0.as_chunks_mut().0 {
            fill_chunks::<CHUNKS, N>(chunks, next, keys, units);
            next += CHUNKS as u32;
        }
        if !rest.is_empty() {
            let mut last = [[0.0; N]; CHUNKS];
            fill_chunks(&mut last, next, keys, units);
            rest.copy_from_slice(&last.as_flattened()[..rest.len()]);
        }
    }
}

#[inline(always)]
fn fill_chunks<const CHUNKS: usize, const N: usize>(
    chunks: &mut [[f64; N]; CHUNKS],
    first: u32,
    keys: &RoundKeys,
    units: impl Fn([&Row; 4]) -> [f64; N],
) {
    let words = encrypted::<CHUNKS>(first, 0, FOR_UNIFORMS, keys);
    for (chunk, numbers) in chunks.iter_mut().enumerate() {
        *numbers = units(words.each_ref().map(|rows| &rows[chunk]));
    }
}

/// Every word of a counter makes a number.
#[inline(always)]
fn coarse_units([w0, w1, w2, w3]: [&Row; 4]) -> [f64; 4 * LANES] {
    let mut units = [0.0; 4 * LANES];
    for lane in 0..LANES {
        units[lane] = coarse_unit(w0[lane]);
        units[LANES + lane] = coarse_unit(w1[lane]);
        units[2 * LANES + lane] = coarse_unit(w2[lane]);
        units[3 * LANES + lane] = coarse_unit(w3[lane]);
    }
    units
}

/// Every two words of a counter make a number.
#[inline(always)]
fn fine_units([w0, w1, w2, w3]: [&Row; 4]) -> [f64; 2 * LANES] {
    let mut units = [0.0; 2 * LANES];
    for lane in 0..LANES {
        units[lane] = fine_unit(w0[lane] << 32 | w1[lane] & WORD);
        units[LANES + lane] = fine_unit(w2[lane] << 32 | w3[lane] & WORD);
    }
    units
}

widened! {
    /// The random words of one chunk, for one purpose.
    fn random_words(words: &mut [u32; AT_ONCE], chunk: u32, section: u32, purpose: u64, keys: &RoundKeys) {
        let [[w0], [w1], [w2], [w3]] = encrypted::<1>(chunk, section, purpose, keys);
        for lane in 0..LANES {
            words[lane] = w0[lane] as u32;
            words[LANES + lane] = w1[lane] as u32;
            words[2 * LANES + lane] = w2[lane] as u32;
            words[3 * LANES + lane] = w3[lane] as u32;
        }
    }
}

/// An odd multiple of 2^−33, made of the lower half of a lane: above 0, below 1, and symmetric about the middle.
#[inline(always)]
fn coarse_unit(lane: u64) -> f64 {
    const CELL: f64 = 1.0 / (1_u64 << 32) as f64;
    const TWO_52: f64 = (1_u64 << 52) as f64;
    // Half a cell more than was put in, in one step: both numbers and their difference are exact.
    (f64::from_bits(TWO_52.to_bits() | lane & WORD) - (TWO_52 - 0.5)) * CELL
}

/// An odd multiple of 2^−53, likewise.
///
/// These are the midpoints of 2^52 equal cells. Midpoints of 2^53 cells would need 54 bits; rounded to an
/// `f64`, the last of them is 1.
#[inline(always)]
fn fine_unit(number: u64) -> f64 {
    // A number from 1 to 2 has 52 bits of fraction.
    f64::from_bits(number >> 12 | 1.0_f64.to_bits()) - BELOW_ONE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::assert_same_at_every_width;

    #[test]
    fn the_interval_is_open() {
        for unit in [coarse_unit, fine_unit] {
            assert!(unit(0) > 0.0);
            assert!(unit(u64::MAX) < 1.0);
            assert_eq!(unit(0), 1.0 - unit(u64::MAX));
        }
        assert_eq!((coarse_unit(1 << 63), fine_unit(1 << 63)), (0.5_f64.powi(33), 0.5 + 0.5_f64.powi(53)));
    }

    #[test]
    fn a_longer_run_begins_with_the_shorter_one() {
        let stream = Stream::new(7, "factor", &["P1", "cost"]);
        for grain in [Grain::Coarse, Grain::Fine] {
            let (mut short, mut long) = (vec![0.0; 101], vec![0.0; 333]);
            stream.uniforms(grain, &mut short);
            stream.uniforms(grain, &mut long);
            assert_eq!(short, long[..101]);
            for (first, length) in [(0, 333), (1, 5), (32, 64), (64, 101), (70, 263), (127, 1), (130, 203)] {
                let mut later = vec![0.0; length];
                stream.uniforms_from(first, grain, &mut later);
                assert_eq!(later, long[first..first + length], "{first}");
            }
            long.sort_by(f64::total_cmp);
            assert!(long.windows(2).all(|pair| pair[0] < pair[1]), "no number is drawn twice");
        }
    }

    #[test]
    fn every_width_of_vector_draws_the_same() {
        let stream = Stream::new(7, "factor", &["P1", "cost"]);
        assert_same_at_every_width(|| {
            let mut numbers = [[0.0; 200]; 3];
            stream.uniforms(Grain::Coarse, &mut numbers[0]);
            stream.uniforms(Grain::Fine, &mut numbers[1]);
            stream.stratify(2, &mut numbers[2], &mut Vec::new());
            numbers
        });
    }

    #[test]
    fn a_scrambling_keeps_intervals_together_and_moves_them_to_every_place() {
        let mut at_first = [0; 8];
        for seed in 0..800 {
            let places = Stream::new(seed, "test", &[]).scrambled(5, 8);
            let mut sorted = places.clone();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..8));
            // Numbers that share their first digits share them afterwards.
            for bits in 1..3 {
                let shares = |x: usize, y: usize| x >> bits == y >> bits;
                for (x, y) in (0..8).flat_map(|x| (0..8).map(move |y| (x, y))) {
                    assert_eq!(shares(x, y), shares(places[x] as usize, places[y] as usize));
                }
            }
            at_first[places[0] as usize] += 1;
        }
        assert!(at_first.iter().all(|count| (60..=140).contains(count)), "{at_first:?}");
        let (mut uniforms, mut order) = ([0.25; 4], Vec::new());
        Stream::new(1, "test", &[]).scramble(0, &[0, 2, 3, 1], &mut uniforms, &mut order);
        uniforms.sort_by(f64::total_cmp);
        assert_eq!(uniforms, [0.0625, 0.3125, 0.5625, 0.8125]);
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
            stream.uniforms(Grain::Coarse, &mut uniforms);
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
