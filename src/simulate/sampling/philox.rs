//! The counter-based generator Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011).
//!
//! It turns a counter into random bits by ten keyed rounds and keeps no state, so that any trial of any
//! stream can be drawn alone, in any order and on any thread.

const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;

/// Mask of the lower half of a lane, which holds the word.
pub const WORD: u64 = 0xFFFF_FFFF;

/// The keys of all rounds.
pub type RoundKeys = [[u64; 2]; ROUNDS];

/// The keys of all rounds from that of the first.
pub fn round_keys(first: [u32; 2]) -> RoundKeys {
    let key = |round: usize, word: usize| first[word].wrapping_add(WEYL[word].wrapping_mul(round as u32));
    std::array::from_fn(|round| [0, 1].map(|word| u64::from(key(round, word))))
}

/// Encrypts several rows of `N` counters at once. Word by word, not counter by counter, so that the compiler can use
/// vectors.
///
/// Each word of 32 bits has a lane of 64, in which products have room. The upper half of a lane is noise, before
/// and after: to clear it in every round would cost as much as a round.
#[inline(always)]
pub fn encrypt<const N: usize, const ROWS: usize>(counters: &mut [[[u64; N]; ROWS]; 4], keys: &RoundKeys) {
    let [w0, w1, w2, w3] = counters;
    // A round waits for the one before. If the compiler knew how many there are, it would put all rounds of one vector
    // before those of the next, and the processor would wait. So it puts the vectors of a round side by side.
    for &[k0, k1] in std::hint::black_box(keys.as_slice()) {
        for row in 0..ROWS {
            for lane in 0..N {
                let first = MULTIPLIERS[0] * (w0[row][lane] & WORD);
                let second = MULTIPLIERS[1] * (w2[row][lane] & WORD);
                w0[row][lane] = (second >> 32) ^ w1[row][lane] ^ k0;
                w1[row][lane] = second;
                w2[row][lane] = (first >> 32) ^ w3[row][lane] ^ k1;
                w3[row][lane] = first;
            }
        }
    }
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
            for noise in [0, 0xDEAD_BEEF << 32] {
                let mut rows = counter.map(|word: u32| [[u64::from(word) | noise; 3]; 2]);
                encrypt(&mut rows, &round_keys(key));
                let words = rows.map(|rows| rows.map(|lanes| lanes.map(|lane| (lane & WORD) as u32)));
                assert_eq!(words, answer.map(|word: u32| [[word; 3]; 2]));
            }
        }
    }
}
