//! Recomputed numbers with their possible rounding errors.

use std::iter::Sum;
use std::ops::{Add, Mul, Neg, Sub};

/// Numbers agree if they differ by no more than this part of the larger: tables keep twelve digits.
const AGREEMENT: f64 = 1e-9;

/// Rounding error of one term of a sum, as a part of the term: for sums of a thousand terms in any order.
const ROUNDING: f64 = 2e-13;

/// An amount is over its limit if the excess is more than this multiple of the rounding error of either: a cent over a
/// billion is over, and shares that are written with twelve digits are not.
const BEYOND_ROUNDING: f64 = 20.0;

/// A number that was recomputed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Figure {
    /// The number.
    pub value: f64,
    /// Largest difference of the same sum, added up in another order; 0 or more.
    pub slack: f64,
}

impl Figure {
    /// Nothing.
    pub const ZERO: Self = Self { value: 0.0, slack: 0.0 };

    /// A number that lies between two others, as it depends on how they were rounded.
    pub fn between(one: f64, other: f64) -> Self {
        Self { value: 0.5 * (one + other), slack: 0.5 * (one - other).abs() * (1.0 + AGREEMENT) }
    }

    /// True if a written number agrees with this one.
    pub fn agrees_with(self, written: f64) -> bool {
        let difference = (written - self.value).abs();
        difference <= AGREEMENT * written.abs().max(self.value.abs()) + self.slack
    }

    /// The quotient. Where the divisor may be 0, anything is possible.
    pub fn over(self, divisor: Self) -> Self {
        let value = self.value / divisor.value;
        Self { value, slack: (self.slack + value.abs() * divisor.slack) / divisor.value.abs() }
    }

    /// True if it is above a limit by more than rounding explains.
    pub fn exceeds(self, limit: Self) -> bool {
        self.value > limit.value + BEYOND_ROUNDING * self.slack.max(limit.slack)
    }

    /// Excess over a limit; 0 if rounding explains it.
    pub fn excess_over(self, limit: Self) -> Self {
        let excess = if self.exceeds(limit) { self.value - limit.value } else { 0.0 };
        Self { value: excess, slack: BEYOND_ROUNDING * self.slack.max(limit.slack) }
    }

    /// The number, if it is not negative, or 0.
    pub fn at_least_zero(self) -> Self {
        Self { value: self.value.max(0.0), slack: self.slack }
    }

    /// The size of the number.
    pub fn abs(self) -> Self {
        Self { value: self.value.abs(), slack: self.slack }
    }
}

impl From<f64> for Figure {
    fn from(value: f64) -> Self {
        Self { value, slack: ROUNDING * value.abs() }
    }
}

impl Add for Figure {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, slack: self.slack + other.slack }
    }
}

impl Sub for Figure {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Neg for Figure {
    type Output = Self;
    fn neg(self) -> Self {
        Self { value: -self.value, slack: self.slack }
    }
}

impl Mul<f64> for Figure {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self { value: self.value * factor, slack: self.slack * factor.abs() }
    }
}

impl Sum for Figure {
    fn sum<I: Iterator<Item = Self>>(figures: I) -> Self {
        figures.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_millionth_is_a_difference_and_rounding_is_none() {
        let sum = Figure::from(0.1) + Figure::from(0.2);
        assert!(sum.agrees_with(0.3));
        assert!(!sum.agrees_with(0.300_000_3));
        let cancelled = Figure::from(1e9) - Figure::from(1e9 + 1e-6);
        assert!(cancelled.agrees_with(0.0), "nothing is left of a difference of large numbers");
        assert!(!cancelled.agrees_with(1.0));
    }

    #[test]
    fn a_cent_over_a_billion_is_over_and_what_fits_on_paper_fits() {
        assert!(Figure::from(1e9 + 0.01).exceeds(Figure::from(1e9)));
        let sum = Figure::from(0.1) + Figure::from(0.7);
        assert!(!sum.exceeds(Figure::from(0.8)) && sum.excess_over(Figure::from(0.8)).value == 0.0);
    }

    #[test]
    fn quotients_carry_the_slack_of_both_sides() {
        let share = Figure { value: 3.0, slack: 0.3 }.over(Figure { value: 2.0, slack: 0.2 });
        assert_eq!(share.value, 1.5);
        assert!((share.slack - 0.3).abs() < 1e-15);
        assert!(Figure::between(0.2, 0.4).agrees_with(0.4) && !Figure::between(0.2, 0.4).agrees_with(0.41));
    }
}
