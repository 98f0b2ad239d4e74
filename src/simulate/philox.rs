//! The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011).
//!
//! It turns a counter into random bits by ten keyed rounds and keeps no state, so that any trial of any
//! stream can be drawn alone, in any order and on any thread.

use crate::vector::widened;

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

widened! {
    /// Encrypts `N` counters at once. Word by word, not counter by counter, so that the compiler can use vectors.
    pub fn encrypt<const N: usize>(counters: &mut [[u32; N]; 4], key: [u32; 2]) {
        let mut key = key;
        for _ in 0..ROUNDS {
            let [w0, w1, w2, w3] = counters;
            for lane in 0..N {
                let first = u64::from(MULTIPLIERS[0]) * u64::from(w0[lane]);
                let second = u64::from(MULTIPLIERS[1]) * u64::from(w2[lane]);
                w0[lane] = high(second) ^ w1[lane] ^ key[0];
                w1[lane] = low(second);
                w2[lane] = high(first) ^ w3[lane] ^ key[1];
                w3[lane] = low(first);
            }
            key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
        }
    }
}

/// The upper half of a product.
#[inline(always)]
fn high(product: u64) -> u32 {
    (product >> 32) as u32
}

/// The lower half of a product.
#[inline(always)]
fn low(product: u64) -> u32 {
    product as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers that the authors publish with Random123.
    #[test]
    fn known_answers_of_random123() {
        let cases = [
            ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (counter, key, answer) in cases {
            let mut lanes = counter.map(|word: u32| [word; 3]);
            encrypt(&mut lanes, key);
            assert_eq!(lanes, answer.map(|word: u32| [word; 3]));
        }
    }
}
