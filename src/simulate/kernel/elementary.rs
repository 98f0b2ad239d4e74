//! Logarithm and exponential for inner loops: no branch and no call, so that the compiler can use vectors, and only
//! operations that every processor rounds in the same way.
//!
//! The approximations are those of fdlibm (Sun Microsystems 1993); their errors are below one unit in the last place.

#![allow(clippy::excessive_precision, reason = "the digits as published")]

const LN_2_HIGH: f64 = 6.931_471_803_691_238_164_90e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_700_02e-10;
/// The bits of a number are its exponent, in steps of this, and its fraction.
const EXPONENT: u32 = 52;
const BIAS: u64 = 1_023;

/// A whole number below 2^52 as a number. Not every processor can convert vectors of 64-bit integers.
#[inline(always)]
pub fn whole(number: u64) -> f64 {
    const TWO_52: f64 = (1_u64 << EXPONENT) as f64;
    f64::from_bits(TWO_52.to_bits() | number) - TWO_52
}

/// The natural logarithm of a positive, normal number.
#[inline(always)]
pub fn log(value: f64) -> f64 {
    const ROOT_HALF: u64 = 0x3FE6_A09E_667F_3BCD;
    let bits = value.to_bits();
    // The exponent of that power of 2 which brings the fraction between √½ and √2, biased.
    let exponent = (bits.wrapping_sub(ROOT_HALF).wrapping_add(BIAS << EXPONENT)) >> EXPONENT;
    let fraction = f64::from_bits(bits.wrapping_sub(exponent.wrapping_sub(BIAS) << EXPONENT));
    let exponent = whole(exponent) - BIAS as f64;
    let f = fraction - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let mut series = 1.479_819_860_511_658_591e-1;
    for coefficient in [
        1.531_383_769_920_937_332e-1,
        1.818_357_216_161_805_012e-1,
        2.222_219_843_214_978_396e-1,
        2.857_142_874_366_239_149e-1,
        3.999_999_999_940_941_908e-1,
        6.666_666_666_666_735_130e-1,
    ] {
        series = series * z + coefficient;
    }
    let half_square = 0.5 * f * f;
    let small = s * (half_square + series * z) + exponent * LN_2_LOW;
    exponent * LN_2_HIGH - ((half_square - small) - f)
}

/// The exponential, with arguments clamped to ±708: no overflow and nothing denormal.
#[inline(always)]
pub fn exp(value: f64) -> f64 {
    const MOST: f64 = 708.0;
    // Added to a number it leaves no room for a fraction: what is taken away again is the nearest whole number.
    const ROUNDER: f64 = 1.5 * (1_u64 << EXPONENT) as f64;
    let value = if value < MOST { value } else { MOST };
    let value = if value > -MOST { value } else { -MOST };
    let rounded = value * std::f64::consts::LOG2_E + ROUNDER;
    let power = rounded - ROUNDER;
    let high = value - power * LN_2_HIGH;
    let low = power * LN_2_LOW;
    let rest = high - low;
    let t = rest * rest;
    let mut series = 4.138_136_797_057_238_460_39e-8;
    for coefficient in [
        -1.653_390_220_546_525_153_90e-6,
        6.613_756_321_437_934_361_17e-5,
        -2.777_777_777_701_559_338_42e-3,
        1.666_666_666_666_660_190_37e-1,
    ] {
        series = series * t + coefficient;
    }
    let c = rest - t * series;
    let scaled = 1.0 - ((low - (rest * c) / (2.0 - c)) - high);
    // The lowest bits of the rounded sum are the power of 2 itself.
    f64::from_bits(scaled.to_bits().wrapping_add(rounded.to_bits() << EXPONENT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(got: f64, expected: f64) {
        assert!((got / expected - 1.0).abs() < 3e-16, "{got:e}, not {expected:e}");
    }

    #[test]
    fn agree_with_those_of_libm() {
        for step in -7_079..7_080 {
            let value = 0.1 * f64::from(step) + 0.003;
            assert_close(exp(value), libm::exp(value));
            assert_close(log(libm::exp(value)), libm::log(libm::exp(value)));
            let near_one = 1.0 + f64::from(step) * 6e-5;
            assert!((log(near_one) - libm::log(near_one)).abs() <= 2e-16 * libm::log(near_one).abs());
        }
        assert_eq!((exp(0.0), log(1.0), whole(77)), (1.0, 0.0, 77.0));
        assert_eq!(log(f64::MIN_POSITIVE), libm::log(f64::MIN_POSITIVE));
    }

    #[test]
    fn no_exponential_overflows() {
        assert_eq!(exp(1e9), exp(708.0));
        assert_eq!(exp(-1e9), exp(-708.0));
        assert!(exp(708.0).is_finite() && exp(-708.0).is_normal());
    }
}
