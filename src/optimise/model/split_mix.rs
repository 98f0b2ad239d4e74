//! Random numbers for heuristics: SplitMix64 (Steele, Lea and Flood 2014), with a fixed seed.

/// A SplitMix64 sequence (Steele, Lea and Flood 2014) from a fixed seed. No result rests on its quality.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl Default for SplitMix64 {
    fn default() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }
}

impl SplitMix64 {
    /// A number below `below`; the bias is far below what a heuristic could notice.
    pub fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((mixed ^ (mixed >> 31)) as u128 * below as u128) >> 64) as usize
    }

    /// A number below `count` that satisfies `holds`, all equally likely; `None` if there is none.
    pub fn any(&mut self, count: usize, holds: impl Fn(usize) -> bool) -> Option<usize> {
        let suitable = (0..count).filter(|&number| holds(number)).count();
        let which = if suitable == 0 { return None } else { self.below(suitable) };
        (0..count).filter(|&number| holds(number)).nth(which)
    }
}
