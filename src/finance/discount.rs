//! Discounting.

use crate::domain::{ByPeriod, DiscountTiming, PeriodIx};
use crate::units::{DiscountRate, Money};

/// Factors 1 / (1 + rate)^(t + d) for t = 0, 1, …, where d is 0, ½ or 1: when within a period its money falls due.
#[derive(Clone, Debug, PartialEq)]
pub struct DiscountFactors {
    factors: ByPeriod<f64>,
    timing: DiscountTiming,
}

impl DiscountFactors {
    /// Factors of the first `periods` periods at a rate per period (above −1).
    ///
    /// They are made by repeated division, so that every machine gets the same bits.
    pub fn new(rate: f64, timing: DiscountTiming, periods: usize) -> Self {
        let next = |factor: &f64| Some(factor / (1.0 + rate));
        let factors = std::iter::successors(Some(first_factor(rate, timing)), next).take(periods).collect();
        Self { factors, timing }
    }

    /// The factor of a period.
    pub fn of(&self, period: PeriodIx) -> f64 {
        self.factors[period]
    }

    /// The present value of amounts that begin `delay` periods after the first.
    pub fn present_value(&self, amounts: &[Money], delay: usize) -> Money {
        amounts.iter().zip(&self.factors.as_slice()[delay..]).map(|(&amount, &factor)| amount * factor).sum()
    }

    /// The present value of amounts from the first period on, at another rate and due at the same time within periods.
    pub fn present_value_at(&self, rate: DiscountRate, amounts: impl DoubleEndedIterator<Item = f64>) -> f64 {
        let rate = rate.value();
        // Horner's scheme, from the last period to the first.
        let at_first = amounts.rev().fold(0.0, |later, amount| later / (1.0 + rate) + amount);
        first_factor(rate, self.timing) * at_first
    }
}

/// The factor of the first period.
fn first_factor(rate: f64, timing: DiscountTiming) -> f64 {
    match timing {
        DiscountTiming::Start => 1.0,
        DiscountTiming::Middle => 1.0 / (1.0 + rate).sqrt(),
        DiscountTiming::End => 1.0 / (1.0 + rate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn present_value_agrees_with_the_closed_form_of_an_annuity() {
        for (timing, due) in
            [(DiscountTiming::Start, 0.0), (DiscountTiming::Middle, 0.5), (DiscountTiming::End, 1.0)]
        {
            let factors = DiscountFactors::new(0.07, timing, 10);
            let annuity = (1.0 - 1.07_f64.powi(-8)) / 0.07 * 1.07_f64.powf(1.0 - due);
            assert!((factors.present_value(&[Money::new(1.0); 8], 0).value() - annuity).abs() < 1e-12);
            assert!(
                (factors.present_value(&[Money::new(1.0); 8], 2).value() - annuity / 1.07_f64.powi(2)).abs()
                    < 1e-12
            );
            assert!((factors.of(PeriodIx::new(3)) - 1.07_f64.powf(-3.0 - due)).abs() < 1e-12);
        }
    }

    #[test]
    fn another_rate_keeps_the_time_within_periods() {
        let amounts = [-100.0, 30.0, 0.0, 95.5];
        let rate = DiscountRate::new(0.12).unwrap();
        for timing in DiscountTiming::ALL {
            let other = DiscountFactors::new(0.07, timing, 4).present_value_at(rate, amounts.into_iter());
            let own =
                DiscountFactors::new(0.12, timing, 4).present_value(&amounts.map(Money::new), 0).value();
            assert!((other - own).abs() < 1e-12, "{timing:?}: {other} is not {own}");
        }
    }
}
