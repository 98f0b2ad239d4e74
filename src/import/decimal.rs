//! Decimal numbers without rounding: what a list says is added and scaled as on paper.

use std::fmt;

/// Most digits behind the point.
const MOST_PLACES: u32 = 100;
/// Digits behind the point that sums keep where there are too many of them.
const PLACES_OF_SUMS: u32 = 15;

/// A decimal number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decimal {
    digits: i128,
    places: u32,
}

impl Decimal {
    /// Reads digits with a point, and perhaps an exponent; `None` if it is none, or has too many digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
        let are_digits = |part: &str| part.bytes().all(|next| next.is_ascii_digit());
        if !are_digits(unsigned) || !are_digits(fraction) || (unsigned.is_empty() && fraction.is_empty()) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let digits: i128 =
            format!("{}0{unsigned}{fraction}", if whole.starts_with('-') { "-" } else { "" }).parse().ok()?;
        let places = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let own = match u32::try_from(places) {
            Ok(places) => Self { digits, places },
            Err(_) => {
                Self { digits: digits.checked_mul(10_i128.checked_pow(places.unsigned_abs())?)?, places: 0 }
            }
        };
        (own.places <= MOST_PLACES).then_some(own)
    }

    /// A factor of a map.
    pub fn of_factor(factor: f64) -> Option<Self> {
        Self::parse(&factor.to_string())
    }

    /// The sum; `None` if it has too many digits before the point. Of numbers too small to count beside others the first 15 digits
    /// behind the point are added.
    pub fn plus(self, other: Self) -> Option<Self> {
        let exactly = |left: Self, right: Self| {
            let places = left.places.max(right.places);
            Some(Self { digits: left.at(places)?.checked_add(right.at(places)?)?, places })
        };
        exactly(self, other).or_else(|| exactly(self.cut(), other.cut()))
    }

    /// The same without digits that no sum keeps.
    fn cut(self) -> Self {
        let mut own = self;
        while own.places > PLACES_OF_SUMS {
            own.digits /= 10;
            own.places -= 1;
        }
        own
    }

    /// The product; `None` if it has too many digits.
    pub fn times(self, other: Self) -> Option<Self> {
        let product =
            Self { digits: self.digits.checked_mul(other.digits)?, places: self.places + other.places };
        let product = product.shortest();
        (product.places <= MOST_PLACES).then_some(product)
    }

    /// The hundredth part.
    pub fn hundredth(self) -> Self {
        Self { digits: self.digits, places: self.places + 2 }.shortest()
    }

    /// The same below zero, or above if it is below.
    pub fn negated(self) -> Self {
        Self { digits: -self.digits, ..self }
    }

    /// True for 0.
    pub fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// The nearest binary number, for reports.
    pub fn to_f64(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    fn at(self, places: u32) -> Option<i128> {
        self.digits.checked_mul(10_i128.checked_pow(places - self.places)?)
    }

    fn shortest(mut self) -> Self {
        while self.places > 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.places -= 1;
        }
        self
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        let (left, right) = (self.shortest(), other.shortest());
        (left.digits, left.places) == (right.digits, right.places)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = self.shortest();
        let places = usize::try_from(short.places).unwrap_or(0);
        let digits = format!("{:0>width$}", short.digits.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let sign = if short.digits < 0 { "-" } else { "" };
        match fraction {
            "" => write!(formatter, "{sign}{whole}"),
            fraction => write!(formatter, "{sign}{whole}.{fraction}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_products_are_those_on_paper() {
        let of = |text: &str| Decimal::parse(text).unwrap();
        assert_eq!(of("0.1").plus(of("0.2")).unwrap().to_string(), "0.3");
        assert_eq!(of("4.35").times(of("100")).unwrap().to_string(), "435");
        assert_eq!(of("-1.5E+06").to_string(), "-1500000");
        assert_eq!(of("12.50").hundredth().to_string(), "0.125");
        assert_eq!(of("-.05").to_string(), "-0.05");
        assert_eq!(of("1e-3"), of("0.0010"));
        assert_eq!(of("1.60539e-42").to_f64(), 1.60539e-42);
        assert_eq!(of("1.60539e-42").plus(of("93.5")).unwrap().to_string(), "93.5");
        for text in ["", "-", "1.2.3", "1,2", "e5", "1e", "x", "1e-101"] {
            assert!(Decimal::parse(text).is_none(), "{text}");
        }
    }
}
