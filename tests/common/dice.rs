//! Numbers that look random and are the same every time.
#![allow(dead_code, reason = "each test binary uses its own part")]

/// A generator of numbers (Knuth's linear congruential one) and its seed.
#[derive(Clone, Copy, Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// The next state, whose upper bits look random.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0
    }

    /// The next of so many numbers from 0.
    pub fn below(&mut self, limit: usize) -> usize {
        ((self.bits() >> 33) as usize) % limit
    }

    /// The next whole number of a range with both its ends.
    pub fn between(&mut self, low: usize, high: usize) -> f64 {
        (low + self.below(high - low + 1)) as f64
    }

    /// So many different numbers below a limit, or all if there are fewer.
    pub fn some(&mut self, count: usize, of: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..of).collect();
        (0..count.min(of)).map(|_| all.swap_remove(self.below(all.len()))).collect()
    }

    pub fn one_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}
