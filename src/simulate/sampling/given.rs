//! Values that were made elsewhere: rows of trials, or variables of SIPmath libraries, whose trials follow as in a spreadsheet.

use crate::domain::{HdrSeeds, SipSource, SipVariable};

use super::normal;
use crate::simulate::kernel::elementary::{exp, log, whole};

/// Values by trial.
#[derive(Clone, Copy, Debug)]
pub enum Given<'a> {
    /// Trial t takes row t mod rows.
    Rows(&'a [f64]),
    /// A generator with a counter, the number of the trial from 1.
    Sipmath(&'a SipVariable),
}

impl Given<'_> {
    /// The value of each trial from trial `first` on.
    pub fn fill(self, first: usize, values: &mut [f64]) {
        match self {
            Self::Rows(rows) => {
                let rows = rows.iter().cycle().skip(first.checked_rem(rows.len()).unwrap_or(0));
                values.iter_mut().zip(rows).for_each(|(value, row)| *value = *row);
            }
            Self::Sipmath(variable) => {
                probabilities(&variable.source, first, values);
                values.iter_mut().for_each(|value| *value = quantile(variable, *value));
            }
        }
    }
}

/// The probability of each trial from trial `first` on.
fn probabilities(source: &SipSource, first: usize, values: &mut [f64]) {
    match source {
        SipSource::Stream(seeds) => hdr(*seeds, first, values),
        SipSource::Copula(streams) => {
            let mut scores = vec![0.0; values.len()];
            values.fill(0.0);
            for (seeds, weight) in streams {
                hdr(*seeds, first, &mut scores);
                normal::scores(&mut scores);
                values.iter_mut().zip(&scores).for_each(|(value, score)| *value += weight * score);
            }
            normal::probabilities(values);
        }
    }
}

/// One number above 0 and below 1 per trial, from trial `first` on, of the HDR generator, version 2 (Hubbard 2019). All
/// of it is whole numbers below 2^53, so that it is the same as in spreadsheets.
fn hdr(seeds: HdrSeeds, first: usize, uniforms: &mut [f64]) {
    const LARGE: u64 = 999_999_999_999_989;
    let [variable, entity, third, fourth] =
        [seeds.variable, seeds.entity, seeds.third, seeds.fourth].map(u64::from);
    for (trial, uniform) in (first as u64 + 1..).zip(uniforms) {
        let first = trial * 2_499_997
            + variable * 1_800_451
            + entity * 2_000_371
            + third * 1_796_777
            + fourth * 2_299_603;
        let second = trial * 2_246_527
            + variable * 2_399_993
            + entity * 2_100_869
            + third * 1_918_303
            + fourth * 1_624_729;
        let first = LARGE % (first % 7_450_589 * 4_658 + 7_450_581) * 383 % 99_991;
        let second = LARGE % (second % 7_450_987 * 7_580 + 7_560_584) * 17_669 % 7_440_893;
        *uniform = (whole((first * 7_440_893 + second) * 1_343 % (1 << 32)) + 0.5) / (1_u64 << 32) as f64;
    }
}

/// The quantile function of a metalog distribution with any number of terms (Keelin 2016, equation 6).
fn quantile(variable: &SipVariable, probability: f64) -> f64 {
    // Probabilities of a copula may be rounded to 0 or 1, where log odds have no end.
    let probability = probability.clamp(1e-300, 1.0 - f64::EPSILON / 2.0);
    let log_odds = log(probability) - log(1.0 - probability);
    let off = probability - 0.5;
    let terms = variable
        .coefficients
        .iter()
        .enumerate()
        .map(|(place, coefficient)| coefficient * term(place, off, log_odds));
    let sum: f64 = terms.sum();
    match (variable.min, variable.max) {
        (None, None) => sum,
        (Some(min), None) => min + exp(sum),
        (None, Some(max)) => max - exp(-sum),
        (Some(min), Some(max)) => min + (max - min) / (1.0 + exp(-sum)),
    }
}

/// The factor of a coefficient by its place: 1, l, d l, d, d², d² l, d³, d³ l, …, where d is the probability less ½ and l its
/// log odds.
fn term(place: usize, off: f64, log_odds: f64) -> f64 {
    match place {
        0 => 1.0,
        1 => log_odds,
        2 => off * log_odds,
        3 => off,
        _ => {
            let power = (0..place / 2).fold(1.0, |product, _| product * off);
            if place.is_multiple_of(2) { power } else { power * log_odds }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_again_and_again() {
        let mut values = [0.0; 7];
        Given::Rows(&[1.0, 2.0, 3.0]).fill(0, &mut values);
        assert_eq!(values, [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0]);
        Given::Rows(&[1.0, 2.0, 3.0]).fill(5, &mut values);
        assert_eq!(values, [3.0, 1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn the_generator_gives_the_numbers_of_a_spreadsheet() {
        let seeds = HdrSeeds { variable: 2, entity: 1, third: 3, fourth: 4 };
        let mut uniforms = [0.0; 3];
        hdr(seeds, 0, &mut uniforms);
        assert_eq!(uniforms, HDR_2_1_3_4);
        hdr(seeds, 1, &mut uniforms[..2]);
        assert_eq!(uniforms[..2], HDR_2_1_3_4[1..]);
    }

    /// Computed apart, by the published formula in exact integers.
    const HDR_2_1_3_4: [f64; 3] = [0.7263179625151679, 0.6267787964316085, 0.8898344564950094];

    #[test]
    fn streams_of_a_copula_are_added_up_as_normal_scores() {
        let streams = [2, 3].map(|variable| HdrSeeds { variable, ..HdrSeeds::default() });
        let of = |source: SipSource| {
            let mut values = vec![0.0; 50_000];
            probabilities(&source, 0, &mut values);
            normal::scores(&mut values);
            values
        };
        let one = of(SipSource::Copula(vec![(streams[0], 1.0)]));
        let other = of(SipSource::Copula(vec![(streams[0], 0.6), (streams[1], 0.8)]));
        let plain = of(SipSource::Stream(streams[0]));
        assert!(one.iter().zip(&plain).all(|(one, plain)| (one - plain).abs() < 1e-9));
        let product: f64 = one.iter().zip(&other).map(|(one, other)| one * other).sum();
        assert!((product / 50_000.0 - 0.6).abs() < 0.02, "{product}");
        let square: f64 = other.iter().map(|score| score * score).sum();
        assert!((square / 50_000.0 - 1.0).abs() < 0.03, "{square}");
    }

    #[test]
    fn bounds_are_kept_by_any_number_of_terms() {
        let own = |min, max| SipVariable {
            source: SipSource::Stream(HdrSeeds::default()),
            coefficients: vec![0.1, 0.4, -0.05, 0.2, 0.1, 0.05],
            min,
            max,
        };
        for step in 1..200 {
            let at = f64::from(step) / 200.0;
            let free = quantile(&own(None, None), at);
            let [l, d] = [(at / (1.0 - at)).ln(), at - 0.5];
            let expected = 0.1 + 0.4 * l - 0.05 * d * l + 0.2 * d + 0.1 * d * d + 0.05 * d * d * l;
            assert!((free - expected).abs() < 1e-14);
            assert!((quantile(&own(Some(2.0), None), at) - 2.0 - expected.exp()).abs() < 1e-13);
            assert!((quantile(&own(None, Some(2.0)), at) - 2.0 + (-expected).exp()).abs() < 1e-13);
            let both = 2.0 + 3.0 / (1.0 + (-expected).exp());
            assert!((quantile(&own(Some(2.0), Some(5.0)), at) - both).abs() < 1e-13);
        }
    }
}
