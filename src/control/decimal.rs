//! Sums of decimals as on paper: to the last digit.

/// Digits after the point that are summed.
const PLACES: i32 = 12;

/// Significant digits that a binary fraction keeps of every decimal. More would show what rounding left.
const DIGITS: usize = 15;

/// The sum of amounts as they are written: 0.1 ten times is 1. Amounts count with 15 significant digits and 12 after
/// the point.
pub(super) fn sum(amounts: impl IntoIterator<Item = f64>) -> f64 {
    let total = amounts.into_iter().map(scaled).fold(0_i128, i128::saturating_add);
    // The nearest binary fraction to the decimal.
    format!("{total}e-{PLACES}").parse().unwrap_or(f64::NAN)
}

/// An amount in units of the last place.
fn scaled(amount: f64) -> i128 {
    let places = DIGITS - 1;
    let text = format!("{amount:.places$e}");
    let Some((digits, exponent)) = text.split_once('e') else { return 0 };
    let digits: i128 = digits.replace('.', "").parse().unwrap_or(0);
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let shift = exponent + PLACES + 1 - i32::try_from(DIGITS).unwrap_or(0);
    let factor = 10_i128.saturating_pow(shift.unsigned_abs());
    if shift >= 0 { digits.saturating_mul(factor) } else { rounded(digits, factor) }
}

/// A quotient to the nearest whole number, halves away from zero.
fn rounded(number: i128, divisor: i128) -> i128 {
    let half = divisor / 2 * number.signum();
    number.saturating_add(half) / divisor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_on_paper() {
        let cases: [(&[f64], f64); 8] = [
            (&[], 0.0),
            (&[0.1; 10], 1.0),
            (&[0.1, 0.2, -0.3], 0.0),
            (&[1e15, 0.01, -1e15], 0.01),
            (&[123_456_789.01, 987_654_321.99], 1_111_111_111.0),
            (&[0.1 + 0.2, 1e9], 1_000_000_000.3),
            (&[1e-13, 4e-13, 6e-13], 1e-12),
            (&[1e-300, -5.0], -5.0),
        ];
        for (amounts, total) in cases {
            assert_eq!(sum(amounts.iter().copied()), total, "{amounts:?}");
        }
        let cents = (0..100_000).map(|number| f64::from(number) / 100.0);
        assert_eq!(sum(cents), 49_999_500.0);
    }
}
