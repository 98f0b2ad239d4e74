//! Quantities with a meaning: money, people, probabilities. They keep amounts of different kinds apart
//! up to the solver and the simulation kernel, which work on plain `f64`.

use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub};

/// An additive quantity, of whatever kind.
pub trait Amount:
    Copy + Default + PartialOrd + AddAssign + Mul<f64, Output = Self> + MulAssign<f64> + Sum
{
    /// The plain number, for the solver and the simulation kernel.
    fn value(self) -> f64;
}

/// Declares an additive quantity: a finite `f64` that can be summed, scaled and compared with its own kind only.
macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            /// No amount.
            pub const ZERO: Self = Self(0.0);

            /// An amount in the unit of the type.
            pub const fn new(amount: f64) -> Self {
                Self(amount)
            }

            /// The plain number, for the solver and the simulation kernel.
            pub const fn value(self) -> f64 {
                self.0
            }

            /// The amount without its sign.
            #[must_use]
            pub const fn abs(self) -> Self {
                Self(self.0.abs())
            }
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }

        impl MulAssign<f64> for $name {
            fn mul_assign(&mut self, factor: f64) {
                self.0 *= factor;
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
                Self(amounts.map(|amount| amount.0).sum())
            }
        }

        impl Amount for $name {
            fn value(self) -> f64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

quantity! {
    /// An amount of money in the portfolio's own currency unit, undiscounted unless said otherwise.
    Money
}
quantity! {
    /// An amount of a resource in one period, in the resource's own unit (full-time equivalents, machine days).
    Effort
}

/// Declares a fraction between 0 and 1 that can only be made from a valid number.
macro_rules! fraction {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
        pub struct $name(f64);

        impl $name {
            /// Nothing: 0.
            pub const ZERO: Self = Self(0.0);

            /// The whole: 1.
            pub const ONE: Self = Self(1.0);

            /// `None` unless the number lies between 0 and 1.
            pub fn new(value: f64) -> Option<Self> {
                (0.0..=1.0).contains(&value).then_some(Self(value))
            }

            /// The plain number, between 0 and 1.
            pub const fn value(self) -> f64 {
                self.0
            }
        }
    };
}

fraction! {
    /// A probability.
    Probability
}
fraction! {
    /// The share of a project that is funded: 1 is all of it.
    Share
}

/// A discount rate per period, above −1. Rates are ordered, so that what names one can be.
#[derive(Clone, Copy, Debug)]
pub struct DiscountRate(f64);

impl DiscountRate {
    /// `None` unless the number is finite and above −1.
    pub fn new(rate: f64) -> Option<Self> {
        // No negative zero: it would be another rate than zero.
        (rate.is_finite() && rate > -1.0).then_some(Self(rate + 0.0))
    }

    /// The plain number: 0.07 is 7 % per period.
    pub const fn value(self) -> f64 {
        self.0
    }
}

impl fmt::Display for DiscountRate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Ord for DiscountRate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for DiscountRate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for DiscountRate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for DiscountRate {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_lie_above_total_loss_and_are_ordered() {
        assert!(DiscountRate::new(-1.0).is_none() && DiscountRate::new(f64::INFINITY).is_none());
        assert_eq!(DiscountRate::new(-0.0), DiscountRate::new(0.0));
        assert!(DiscountRate::new(-0.5) < DiscountRate::new(0.07));
    }

    #[test]
    fn amounts_of_one_kind_add_up() {
        let total: Money = [Money::new(2.0), Money::new(3.5)].into_iter().sum();
        assert_eq!(total - Money::new(0.5), Money::new(5.0));
        assert_eq!(total * 2.0, Money::new(11.0));
    }

    #[test]
    fn fractions_refuse_what_lies_outside_zero_and_one() {
        assert!(Probability::new(1.000_001).is_none());
        assert!(Probability::new(f64::NAN).is_none());
        assert_eq!(Share::new(0.25).map(Share::value), Some(0.25));
    }
}
