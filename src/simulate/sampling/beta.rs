//! The beta distribution on 0 to 1.

/// A beta distribution whose shapes are both at least 1, as those of PERT are: its density has one peak at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beta {
    alpha: f64,
    beta: f64,
    /// Logarithm of the beta function of the shapes.
    log_norm: f64,
}

impl Beta {
    /// The distribution with these shapes.
    pub fn new(alpha: f64, beta: f64) -> Self {
        let log_norm = libm::lgamma(alpha) + libm::lgamma(beta) - libm::lgamma(alpha + beta);
        Self { alpha, beta, log_norm }
    }

    /// The distribution of 1 − x.
    pub fn mirrored(self) -> Self {
        Self { alpha: self.beta, beta: self.alpha, ..self }
    }

    /// The density at exp(`log_x`), times exp(`log_x`).
    fn density_by_log(&self, log_x: f64) -> f64 {
        let log_rest = libm::log1p(-libm::exp(log_x));
        libm::exp(self.alpha * log_x + (self.beta - 1.0) * log_rest - self.log_norm)
    }

    /// Slope of the quantile function at a value: one over the density.
    pub fn quantile_slope(&self, x: f64) -> f64 {
        let log_density = (self.alpha - 1.0) * libm::log(x) + (self.beta - 1.0) * libm::log1p(-x);
        libm::exp(self.log_norm - log_density)
    }

    /// The value of a probability that lies `step` from that of `x`, where the value rises by `slope`. Right to
    /// rounding for steps of up to a 32nd of the way to either end.
    ///
    /// A Taylor series: the quantile is known by its differential equation, x″ = x′² (b / (1 − x) − a / x) with the
    /// shapes less 1 (Steinbrecher and Shaw 2008).
    pub fn quantile_beside(&self, x: f64, slope: f64, step: f64) -> f64 {
        const ORDER: usize = 11;
        let (a, b) = (self.alpha - 1.0, self.beta - 1.0);
        // Coefficients of powers of the step: of x, x′, 1 / x, 1 / (1 − x), b / (1 − x) − a / x, and x″ / x′.
        let [mut value, mut slopes, mut inverse, mut rest, mut bend, mut growth] = [[0.0; ORDER]; 6];
        (value[0], slopes[0], inverse[0], rest[0]) = (x, slope, 1.0 / x, 1.0 / (1.0 - x));
        for order in 0..ORDER - 1 {
            let product = |one: &[f64; ORDER], other: &[f64; ORDER], from: usize| -> f64 {
                (from..=order).map(|power| one[power] * other[order - power]).sum()
            };
            if order > 0 {
                inverse[order] = -inverse[0] * product(&value, &inverse, 1);
                rest[order] = rest[0] * product(&value, &rest, 1);
            }
            bend[order] = b * rest[order] - a * inverse[order];
            growth[order] = product(&slopes, &bend, 0);
            let next = (order + 1) as f64;
            slopes[order + 1] = product(&slopes, &growth, 0) / next;
            value[order + 1] = slopes[order] / next;
        }
        value.iter().rev().fold(0.0, |sum, coefficient| sum * step + coefficient)
    }

    /// The logarithm of the probability of a value at or below exp(`log_x`): the regularised incomplete beta
    /// function, by its continued fraction on the side where that converges fast.
    fn log_cdf(&self, log_x: f64) -> f64 {
        let x = libm::exp(log_x);
        let log_rest = libm::log1p(-x);
        let log_factor = self.alpha * log_x + self.beta * log_rest - self.log_norm;
        if x < (self.alpha + 1.0) / (self.alpha + self.beta + 2.0) {
            log_factor + libm::log(fraction(self.alpha, self.beta, x) / self.alpha)
        } else {
            let above = libm::exp(log_factor) * fraction(self.beta, self.alpha, 1.0 - x) / self.beta;
            libm::log1p(-above)
        }
    }

    /// The logarithm of the value below which a share of `probability` lies, searched from `log_x`.
    ///
    /// Newton's method on the logarithm of the distribution function, as a function of the logarithm of x. With
    /// shapes of at least 1 that function is concave and rises, so that every step from anywhere lands at or
    /// below the root and the steps then climb to it. A step from far above the root would fall very deep; it
    /// stops where the root cannot lie below, because the distribution function is at most x^alpha / (alpha B).
    pub fn log_quantile(&self, probability: f64, mut log_x: f64) -> f64 {
        const MOST_STEPS: usize = 60;
        // After a step as small as this the error is about its square.
        const SMALL_STEP: f64 = 1e-8;
        let target = libm::log(probability);
        let floor = (target + self.log_norm + libm::log(self.alpha)) / self.alpha;
        for _ in 0..MOST_STEPS {
            let log_cdf = self.log_cdf(log_x);
            let step = (target - log_cdf) * libm::exp(log_cdf) / self.density_by_log(log_x);
            log_x = (log_x + step).max(floor).min(-f64::EPSILON);
            if step.abs() < SMALL_STEP {
                break;
            }
        }
        log_x
    }
}

/// The continued fraction of the incomplete beta function (Abramowitz and Stegun 1964, 26.5.8), by the modified
/// method of Lentz (1976; Thompson and Barnett 1986).
fn fraction(alpha: f64, beta: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const MOST_TERMS: usize = 300;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (alpha + beta) * x / (alpha + 1.0));
    let mut value = d;
    for term in 1..=MOST_TERMS {
        let m = term as f64;
        let base = alpha + 2.0 * m;
        let even = m * (beta - m) * x / ((base - 1.0) * base);
        let odd = -(alpha + m) * (alpha + beta + m) * x / (base * (base + 1.0));
        d = 1.0 / away_from_zero(1.0 + even * d);
        c = away_from_zero(1.0 + even / c);
        value *= d * c;
        d = 1.0 / away_from_zero(1.0 + odd * d);
        c = away_from_zero(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Beta as Reference, ContinuousCDF};

    #[test]
    fn distribution_function_agrees_with_an_independent_one() {
        for alpha in [1.0, 1.000_000_1, 1.3, 2.0, 3.0, 3.7, 5.0] {
            let (ours, reference) =
                (Beta::new(alpha, 6.0 - alpha), Reference::new(alpha, 6.0 - alpha).unwrap());
            for x in [1e-9, 1e-3, 0.05, 0.2, 0.4, 0.5, 0.63, 0.9, 0.999] {
                let (got, expected) = (libm::exp(ours.log_cdf(libm::log(x))), reference.cdf(x));
                assert!((got - expected).abs() < 1e-13 * expected.max(1e-3), "{alpha} {x}: {got} {expected}");
            }
        }
    }

    #[test]
    fn a_step_along_the_quantile_ends_where_a_search_does() {
        for alpha in [1.0, 1.000_1, 1.7, 3.0, 4.4, 5.0] {
            let beta = Beta::new(alpha, 6.0 - alpha);
            let quantile = |probability: f64| libm::exp(beta.log_quantile(probability, -1.0));
            for probability in [1e-5, 1e-3, 0.1, 0.5] {
                for step in [-probability / 32.0, probability / 32.0] {
                    let x = quantile(probability);
                    let got = beta.quantile_beside(x, beta.quantile_slope(x), step);
                    let expected = quantile(probability + step);
                    assert!(
                        (got / expected - 1.0).abs() < 1e-13,
                        "{alpha} {probability} {step}: {got} {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn quantile_undoes_the_distribution_function_from_any_start() {
        for alpha in [1.0, 1.7, 3.0, 5.0] {
            let beta = Beta::new(alpha, 6.0 - alpha);
            for probability in [1e-17, 1e-12, 1e-4, 0.1, 0.5] {
                for start in [-30.0, -1.0, -1e-3] {
                    let log_x = beta.log_quantile(probability, start);
                    let back = libm::exp(beta.log_cdf(log_x));
                    assert!(
                        (back / probability - 1.0).abs() < 1e-12,
                        "{alpha} {probability} {start}: {back:e}"
                    );
                }
            }
        }
    }
}
