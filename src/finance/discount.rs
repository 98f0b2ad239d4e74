//! Discounting.

/// Factors 1 / (1 + rate)^t for t = 0, 1, …; the first period is not discounted.
#[derive(Clone, Debug, PartialEq)]
pub struct DiscountFactors(Vec<f64>);

impl DiscountFactors {
    /// Factors of the first `periods` periods at a rate per period (above −1).
    ///
    /// They are made by repeated division, so that every machine gets the same bits.
    pub fn new(rate: f64, periods: usize) -> Self {
        let next = |factor: &f64| Some(factor / (1.0 + rate));
        Self(std::iter::successors(Some(1.0), next).take(periods).collect())
    }

    /// The present value of amounts that begin `delay` periods after the first.
    pub fn present_value(&self, amounts: &[f64], delay: usize) -> f64 {
        amounts.iter().zip(&self.0[delay..]).map(|(amount, factor)| amount * factor).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn present_value_agrees_with_the_closed_form_of_an_annuity() {
        let factors = DiscountFactors::new(0.07, 10);
        let annuity = (1.0 - 1.07_f64.powi(-8)) / 0.07 * 1.07;
        assert!((factors.present_value(&[1.0; 8], 0) - annuity).abs() < 1e-12);
        assert!((factors.present_value(&[1.0; 8], 2) - annuity / 1.07_f64.powi(2)).abs() < 1e-12);
    }
}
