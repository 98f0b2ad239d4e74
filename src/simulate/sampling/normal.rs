//! The standard normal distribution, with the same bits on every machine.

use std::f64::consts::FRAC_1_SQRT_2;

use crate::vector::widened;

use crate::simulate::kernel::elementary::{exp, log};

/// The normal score of the 90th percentile.
pub const P90: f64 = 1.281_551_565_544_600_4;

/// The probability of a score at or below `score`.
pub fn cdf(score: f64) -> f64 {
    0.5 * libm::erfc(-score * FRAC_1_SQRT_2)
}

/// The score below which a share of `uniform` (above 0, below 1) lies, to about 16 digits: PPND16 of
/// algorithm AS 241 (Wichura 1988).
pub fn quantile(uniform: f64) -> f64 {
    let centred = uniform - 0.5;
    if centred.abs() <= 0.425 {
        return centred * ratio(&CENTRE, 0.180_625 - centred * centred);
    }
    let tail = if centred < 0.0 { uniform } else { 1.0 - uniform };
    let depth = (-libm::log(tail)).sqrt();
    let score = if depth <= 5.0 { ratio(&TAIL, depth - 1.6) } else { ratio(&FAR_TAIL, depth - 5.0) };
    if centred < 0.0 { -score } else { score }
}

/// Numbers that are looked at together for one that is rare.
const CHUNK: usize = 64;

widened! {
    /// Turns uniforms above 0 and below 1 into scores, as [`quantile`] would to 14 digits.
    ///
    /// But for 1 in 1,000, which lie beyond ±3.3 and are left to [`quantile`], a polynomial of the logarithm of
    /// 4 u (1 − u) serves (as Giles 2010): neither a root nor a branch, and the divisions of the logarithm alone.
    pub fn scores(uniforms: &mut [f64]) {
        for numbers in uniforms.chunks_mut(CHUNK) {
            let mut far = [false; CHUNK];
            let mut any = false;
            for (number, far) in numbers.iter_mut().zip(&mut far) {
                let uniform = *number;
                let depth = -log(4.0 * uniform * (1.0 - uniform));
                *far = depth >= 6.25;
                any |= *far;
                let score = near_score(uniform, depth);
                *number = if *far { uniform } else { score };
            }
            if any {
                settle_rare(numbers, &far, quantile);
            }
        }
    }
}

widened! {
    /// Turns scores into the probabilities of scores at or below them, as [`cdf`] would to 1e-15, and to 10 digits
    /// of even a small one: Hart 1968 in the version of West 2005. What lies beyond ±5 is left to [`cdf`].
    pub fn probabilities(scores: &mut [f64]) {
        for numbers in scores.chunks_mut(CHUNK) {
            let mut far = [false; CHUNK];
            let mut any = false;
            for (number, far) in numbers.iter_mut().zip(&mut far) {
                let score = *number;
                let distance = score.abs();
                *far = distance > 5.0;
                any |= *far;
                let tail = exp(-0.5 * score * score) * ratio(&HART, distance);
                let probability = if score > 0.0 { 1.0 - tail } else { tail };
                *number = if *far { score } else { probability };
            }
            if any {
                settle_rare(numbers, &far, cdf);
            }
        }
    }
}

/// Replaces the numbers that an inner loop left to a slower function.
#[cold]
fn settle_rare(numbers: &mut [f64], rare: &[bool; CHUNK], of: fn(f64) -> f64) {
    for (number, _) in numbers.iter_mut().zip(rare).filter(|(_, rare)| **rare) {
        *number = of(*number);
    }
}

/// The score of a uniform whose 4 u (1 − u) has a negated logarithm of `depth` below 6.25.
#[inline(always)]
fn near_score(uniform: f64, depth: f64) -> f64 {
    let at = depth - 3.125;
    let series = NEAR.iter().fold(
        0.0,
        #[inline(always)]
        |sum, coefficient| sum * at + coefficient,
    );
    // Twice the uniform less 1 is exact for every uniform that has at most 53 bits behind the point.
    series * (2.0 * uniform - 1.0)
}

/// Numerator and denominator of a rational function, constant term first.
type Rational = [[f64; 8]; 2];

#[inline(always)]
fn ratio(coefficients: &Rational, at: f64) -> f64 {
    let [numerator, denominator] = coefficients;
    polynomial(numerator, at) / polynomial(denominator, at)
}

#[inline(always)]
fn polynomial(coefficients: &[f64; 8], at: f64) -> f64 {
    coefficients.iter().rev().fold(
        0.0,
        #[inline(always)]
        |sum, coefficient| sum * at + coefficient,
    )
}

#[allow(clippy::excessive_precision, reason = "the digits as published")]
const CENTRE: Rational = [
    [
        3.387_132_872_796_366_608_0e0,
        1.331_416_678_917_843_774_5e2,
        1.971_590_950_306_551_442_7e3,
        1.373_169_376_550_946_112_5e4,
        4.592_195_393_154_987_145_7e4,
        6.726_577_092_700_870_085_3e4,
        3.343_057_558_358_812_810_5e4,
        2.509_080_928_730_122_672_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091_125_2e1,
        6.871_870_074_920_579_083_0e2,
        5.394_196_021_424_751_107_7e3,
        2.121_379_430_158_659_586_7e4,
        3.930_789_580_009_271_061_0e4,
        2.872_908_573_572_194_267_4e4,
        5.226_495_278_852_854_561_0e3,
    ],
];

#[allow(clippy::excessive_precision, reason = "the digits as published")]
const TAIL: Rational = [
    [
        1.423_437_110_749_683_577_34e0,
        4.630_337_846_156_545_295_90e0,
        5.769_497_221_460_691_405_50e0,
        3.647_848_324_763_204_605_04e0,
        1.270_458_252_452_368_382_58e0,
        2.417_807_251_774_506_117_70e-1,
        2.272_384_498_926_918_458_33e-2,
        7.745_450_142_783_414_076_40e-4,
    ],
    [
        1.0,
        2.053_191_626_637_758_821_87e0,
        1.676_384_830_183_803_849_40e0,
        6.897_673_349_851_000_045_50e-1,
        1.481_039_764_274_800_745_90e-1,
        1.519_866_656_361_645_719_66e-2,
        5.475_938_084_995_344_946_00e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
];

#[allow(clippy::excessive_precision, reason = "the digits as published")]
const FAR_TAIL: Rational = [
    [
        6.657_904_643_501_103_777_20e0,
        5.463_784_911_164_114_369_90e0,
        1.784_826_539_917_291_335_80e0,
        2.965_605_718_285_048_912_30e-1,
        2.653_218_952_657_612_309_30e-2,
        1.242_660_947_388_078_438_60e-3,
        2.711_555_568_743_487_578_15e-5,
        2.010_334_399_292_288_132_65e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879_376_90e-1,
        1.369_298_809_227_358_053_10e-1,
        1.487_536_129_085_061_485_25e-2,
        7.868_691_311_456_132_591_00e-4,
        1.846_318_317_510_054_681_80e-5,
        1.421_511_758_316_445_888_70e-7,
        2.044_263_103_389_939_785_64e-15,
    ],
];

/// Coefficients of the score over 2 u − 1 about a depth of 3.125, highest power first: the Chebyshev expansion in 50
/// digits, cut where its error is 4e-15 of the score.
const NEAR: [f64; 21] = [
    1.545_462_644_875_253_2e-18,
    3.535_493_215_238_542e-18,
    -1.822_974_541_472_764e-16,
    2.993_433_691_274_123_4e-16,
    9.306_424_556_212_116e-15,
    -6.066_557_313_526_343e-14,
    -1.146_392_857_136_279_4e-13,
    3.749_492_493_767_794e-12,
    -1.835_294_109_783_545e-11,
    -7.670_562_594_520_385e-11,
    1.486_649_693_345_091_2e-9,
    -5.815_782_869_864_474_4e-9,
    -4.111_173_431_563_116_3e-8,
    5.988_887_831_763_691e-7,
    -1.931_065_034_030_803_7e-6,
    -1.963_285_217_689_708_7e-5,
    0.000_264_082_049_543_380_6,
    -0.001_047_511_569_794_451_7,
    -0.008_532_899_177_267_704,
    0.339_634_958_701_179_93,
    2.338_620_710_026_593,
];

/// Factor on the exponential in the upper tail of the distribution function.
#[allow(clippy::excessive_precision, reason = "the digits as published")]
const HART: Rational = [
    [
        220.206_867_912_376,
        221.213_596_169_931,
        112.079_291_497_871,
        33.912_866_078_383,
        6.373_962_203_531_65,
        0.700_383_064_443_688,
        0.035_262_496_599_891_1,
        0.0,
    ],
    [
        440.413_735_824_752,
        793.826_512_519_948,
        637.333_633_378_831,
        296.564_248_779_674,
        86.780_732_202_946_1,
        16.064_177_579_207,
        1.755_667_163_182_64,
        0.088_388_347_648_318_4,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::assert_same_at_every_width;

    /// Uniforms of all sizes, near 0 and near 1 among them.
    fn spread_uniforms() -> Vec<f64> {
        let lower = (1..=3_000).map(|step| 0.5 * libm::exp(-0.012 * f64::from(step - 1)));
        lower.flat_map(|low| [low, (1.0 - low).min(1.0 - f64::EPSILON / 2.0)]).collect()
    }

    #[test]
    fn many_scores_are_those_of_the_quantile() {
        let uniforms = spread_uniforms();
        let mut found = uniforms.clone();
        scores(&mut found);
        for (score, &uniform) in found.iter().zip(&uniforms) {
            let expected = quantile(uniform);
            assert!((score - expected).abs() <= 1e-14 * expected.abs(), "{uniform:e}: {score} {expected}");
        }
        assert_same_at_every_width(|| {
            let mut again = uniforms.clone();
            scores(&mut again);
            again == found
        });
    }

    #[test]
    fn many_probabilities_are_those_of_the_distribution_function() {
        let scores: Vec<f64> = (-4_000..=4_000).map(|step| f64::from(step) * 0.01).collect();
        let mut found = scores.clone();
        probabilities(&mut found);
        for (probability, &score) in found.iter().zip(&scores) {
            let expected = cdf(score);
            let error = (probability - expected).abs();
            assert!(error <= 1e-15 && error <= 1e-10 * expected, "{score}: {probability:e} {expected:e}");
        }
        assert_same_at_every_width(|| {
            let mut again = scores.clone();
            probabilities(&mut again);
            again == found
        });
    }

    #[test]
    fn quantile_undoes_the_distribution_function() {
        // Steps that visit all three of the approximation's ranges.
        for step in 1..=1_480 {
            let score = -0.025 * f64::from(step);
            let uniform = cdf(score);
            let relative = (quantile(uniform) - score).abs() / -score;
            assert!(relative < 2e-14, "{score}: {relative:e}");
        }
        assert_eq!(quantile(0.5), 0.0);
        assert_eq!(quantile(0.9), -quantile(1.0 - 0.9));
        assert!((quantile(0.9) - P90).abs() < 1e-15);
    }

    #[test]
    fn published_check_values_of_the_algorithm() {
        for (uniform, score) in [
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_814),
            (1e-20, -9.262_340_089_798_408),
        ] {
            assert!((quantile(uniform) - score).abs() < 1e-14 * -score);
        }
    }
}
