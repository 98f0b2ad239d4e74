//! Trials in which an option exceeds a limit of one kind.

use crate::domain::exceeds;
use crate::vector::widened;

use super::risk::Estimate;
use super::statistics::{known, mean_of, one_if, probability};
use crate::simulate::sampling::plan::Design;

/// Trials, a bit each.
type Bits = Vec<u64>;

/// Excess of one cell over its limit, and the trials with an excess.
#[derive(Clone, Debug)]
pub struct Excess {
    /// The probability that it does.
    pub over: Estimate,
    /// The expected excess.
    pub mean_over: Estimate,
    trials: Trials,
}

/// Trials in which a limit is exceeded.
#[derive(Clone, Debug, PartialEq)]
enum Trials {
    /// In none, and there is no chance about it.
    Never,
    /// In all, likewise.
    Always,
    /// In none that was seen.
    Unseen,
    /// In some trials.
    These(Bits),
}

impl Excess {
    /// The excess in every trial of something by this much.
    pub fn known(excess: f64) -> Self {
        let is_over = excess > 0.0;
        Self {
            over: known(one_if(is_over)),
            mean_over: known(excess),
            trials: if is_over { Trials::Always } else { Trials::Never },
        }
    }

    /// The excess of values that vary; `excess` gives the excess of each value over its limit.
    pub fn of_values(values: &[f64], design: &Design, excess: impl Fn(f64) -> f64 + Copy) -> Self {
        let mut bits = vec![0; values.len().div_ceil(64)];
        mark(values, excess, &mut bits);
        let hits: u32 = bits.iter().map(|bits| bits.count_ones()).sum();
        if hits == 0 {
            let over = probability(0.0, values.len());
            return Self { over, mean_over: Estimate::default(), trials: Trials::Unseen };
        }
        Self {
            over: probability(f64::from(hits), values.len()),
            mean_over: mean_of(values, design, excess),
            trials: Trials::These(bits),
        }
    }
}

/// Excess of an amount over a limit, beyond what rounding of the sums explains; 0 if there is none.
#[inline(always)]
pub fn excess(amount: f64, limit: f64, rounding: f64) -> f64 {
    let beyond = amount - limit;
    if exceeds(amount, limit) & (beyond > rounding) { beyond } else { 0.0 }
}

widened! {
    /// Sets the bits of the trials whose values exceed their limit.
    fn mark(values: &[f64], excess: impl Fn(f64) -> f64 + Copy, bits: &mut [u64]) {
        for (values, bits) in values.chunks(64).zip(bits) {
            let mut over = 0;
            if let Ok(values) = <&[f64; 64]>::try_from(values) {
                // Of known length, so that the compiler can use vectors.
                for (position, &value) in values.iter().enumerate() {
                    over |= u64::from(excess(value) > 0.0) << position;
                }
            } else {
                for (position, &value) in values.iter().enumerate() {
                    over |= u64::from(excess(value) > 0.0) << position;
                }
            }
            *bits = over;
        }
    }
}

/// The trials in which any limit of one kind is exceeded.
#[derive(Clone, Debug, Default)]
pub struct Overruns {
    /// True if there is a limit of this kind.
    limited: bool,
    /// A limit is exceeded in every trial.
    always: bool,
    /// A limited cell varies.
    varies: bool,
    /// Per trial; empty as long as no limit was seen exceeded.
    trials: Bits,
}

impl Overruns {
    /// Adds a limited cell.
    pub fn join(&mut self, excess: &Excess) {
        self.limited = true;
        self.varies |= matches!(excess.trials, Trials::Unseen | Trials::These(_));
        match &excess.trials {
            Trials::Never | Trials::Unseen => {}
            Trials::Always => self.always = true,
            Trials::These(bits) if self.trials.is_empty() => self.trials.clone_from(bits),
            Trials::These(bits) => self.trials.iter_mut().zip(bits).for_each(|(all, these)| *all |= these),
        }
    }

    /// The probability that any limit is exceeded; `None` if there is none.
    pub fn probability(&self, trials: usize) -> Option<Estimate> {
        self.limited.then(|| match (self.always, self.varies) {
            (true, _) => known(1.0),
            (false, false) => known(0.0),
            (false, true) => {
                let hits: u32 = self.trials.iter().map(|bits| bits.count_ones()).sum();
                probability(f64::from(hits), trials)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::assert_same_at_every_width;

    #[test]
    fn every_trial_over_the_limit_has_its_bit() {
        let values: Vec<f64> = (0..203).map(|trial| f64::from(trial * 37 % 101)).collect();
        assert_same_at_every_width(|| {
            let mut bits = vec![u64::MAX; 4];
            mark(&values, |value| excess(value, 60.0, 0.0), &mut bits);
            for (trial, &value) in values.iter().enumerate() {
                assert_eq!(bits[trial / 64] >> (trial % 64) & 1 == 1, value > 60.0, "{trial}");
            }
            assert_eq!(bits[3] >> (203 % 64), 0, "there is no trial beyond the last");
            bits
        });
    }
}
