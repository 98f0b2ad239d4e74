//! Shares and factors that were typed in per cent.

use super::numbers::{DecimalMark, WrittenForPeople};

/// Factors beyond this, up or down, are likelier to be per cents or amounts than to be meant.
pub const LARGEST_USUAL_FACTOR: f64 = 5.0;

/// Advice on a number that breaks a rule which its hundredth part keeps: "; 25 % is 0.25".
pub fn hint(number: f64, holds: impl Fn(f64) -> bool) -> String {
    // 1.2 is likelier a slip than a per cent and a fifth.
    const USUAL: std::ops::RangeInclusive<f64> = 2.0..=1000.0;
    // A rule that takes 2 is none for shares.
    let is_likely = USUAL.contains(&number) && !holds(2.0) && !holds(number) && holds(number / 100.0);
    if is_likely { format!("; {}", equation(number)) } else { String::new() }
}

/// `90 % is 0.9`.
pub fn equation(number: f64) -> String {
    // As a decimal, not as a quotient: 7 % is 0.07 and not 0.07000000000000001.
    let hundredth = (number * 1e10).round() / 1e12;
    format!("{number} % is {hundredth}")
}

/// The number that a text such as `90 %` or `0.9` in quotes means.
pub fn of_text(text: &str) -> Option<String> {
    let number = WrittenForPeople::read(text.trim(), Some(DecimalMark::Point))?;
    Some(number.written(DecimalMark::Point))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cents_are_told_as_shares() {
        let is_share = |share: f64| (0.0..=1.0).contains(&share);
        assert_eq!(hint(25.0, is_share), "; 25 % is 0.25");
        assert_eq!(hint(7.0, is_share), "; 7 % is 0.07");
        assert_eq!(hint(0.5, is_share), "");
        assert_eq!(hint(-25.0, is_share), "");
        assert_eq!(hint(1e6, is_share), "");
        assert_eq!(of_text("90 %").as_deref(), Some("0.9"));
        assert_eq!(of_text("0,9").as_deref(), Some("0.9"));
        assert_eq!(of_text("much"), None);
    }
}
