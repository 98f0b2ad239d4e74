//! How numbers are rounded before anybody sees them.

/// Significant digits that are kept: more than any plan has, fewer than binary fractions show.
const DIGITS: usize = 12;

/// A number as it is handed over: 12 significant digits, no negative zero; `None` if it is not finite.
pub(super) fn tidy(number: f64) -> Option<f64> {
    if !number.is_finite() {
        return None;
    }
    let places = DIGITS - 1;
    let rounded: f64 = format!("{number:.places$e}").parse().ok()?;
    // Adding zero turns -0 into 0 and changes nothing else.
    Some(rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_and_never_strange() {
        assert_eq!(tidy(0.1 + 0.2), Some(0.3));
        assert_eq!(tidy(123_456_789_012_345.0), Some(123_456_789_012_000.0));
        assert_eq!(tidy(-0.0).map(f64::to_bits), Some(0.0_f64.to_bits()));
        assert_eq!(tidy(f64::NAN), None);
        assert_eq!(tidy(f64::NEG_INFINITY), None);
        assert_eq!(tidy(f64::MAX), Some(1.797_693_134_86e308));
    }
}
