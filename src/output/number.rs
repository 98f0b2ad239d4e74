//! Rounding of numbers for display.

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

/// Format of numbers of one magnitude, so that two that belong together look alike.
#[derive(Clone, Copy, Debug)]
pub struct NumberStyle {
    divisor: f64,
    suffix: &'static str,
    decimals: usize,
}

impl NumberStyle {
    /// The style for numbers up to this size: `1.23 bn`, `12.3 M`, `12,345`, `1,234.5`, `12.34`, `0.1234`.
    pub fn of(size: f64) -> Self {
        let size = size.abs();
        let scaled = |divisor: f64, suffix| {
            let decimals = if size / divisor < 10.0 { 2 } else { 1 };
            Self { divisor, suffix, decimals }
        };
        match size {
            size if size >= 1e9 => scaled(1e9, " bn"),
            size if size >= 1e6 => scaled(1e6, " M"),
            size => {
                let decimals = match size {
                    size if size >= 10_000.0 => 0,
                    size if size >= 100.0 => 1,
                    size if size >= 1.0 || size == 0.0 => 2,
                    _ => 4,
                };
                Self { divisor: 1.0, suffix: "", decimals }
            }
        }
    }

    /// The digits, without the suffix.
    pub fn digits(self, number: f64) -> String {
        let scaled = number / self.divisor;
        let whole = self.divisor == 1.0 && scaled.fract() == 0.0;
        let decimals = if whole { 0 } else { self.decimals };
        group(&format!("{scaled:.decimals$}"))
    }

    /// The suffix after the digits.
    pub fn suffix(self) -> &'static str {
        self.suffix
    }

    /// A number with its suffix.
    pub fn write(self, number: f64) -> String {
        format!("{}{}", self.digits(number), self.suffix)
    }

    /// A number with every digit that it has, for those who compare it to the last: `1,234,567.89`.
    pub fn in_full(number: f64) -> String {
        // Adding zero turns -0 into 0.
        group(&format!("{}", number + 0.0))
    }

    /// The least number above 0 that this style can write.
    pub fn least(self) -> f64 {
        self.divisor / 10_f64.powi(self.decimals as i32)
    }

    /// The least number of this style that is not below the given one: a sufficient amount must read as such.
    fn round_up(self, number: f64) -> f64 {
        let step = self.least();
        // A number that the style can write is not pushed up by its own rounding.
        (number / step - 1e-6).ceil() * step
    }
}

/// An amount that is enough, as people read it.
pub(super) fn at_least(amount: f64) -> String {
    let style = NumberStyle::of(amount);
    style.write(style.round_up(amount))
}

/// Digits with a comma between thousands.
fn group(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(a, b)| (a, Some(b)));
    let mut text = String::from(sign);
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_enough_is_never_rounded_down() {
        let amounts = [1_234_567.0, 10.0, 1234.51, 0.1, 2_500_000.0];
        assert_eq!(amounts.map(at_least), ["1.24 M", "10", "1,234.6", "0.1000", "2.50 M"]);
    }

    #[test]
    fn numbers_in_full_have_every_digit() {
        let numbers = [0.0, -0.0, 1_234_567.89, -1000.5, 999.0, 1e15];
        let texts = numbers.map(NumberStyle::in_full);
        assert_eq!(texts, ["0", "0", "1,234,567.89", "-1,000.5", "999", "1,000,000,000,000,000"]);
    }

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
