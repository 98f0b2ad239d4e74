//! PERT by table: the quantile of a beta distribution as a function of the normal score.

use super::beta::Beta;
use super::normal;

/// Knots per unit of the score. Chosen so that the interpolation is right to about 1e-9 of the range.
const DENSITY: usize = 32;
/// Whole units of the score on either side of 0, and knots beyond which the table is held constant.
/// Scores past it have a probability of 1e-17.
const HALF: usize = 17 * DENSITY / 2;
const STEP: f64 = 1.0 / DENSITY as f64;

/// The quantile of a PERT distribution on 0 to 1 by cubic Hermite interpolation between exact knots with exact
/// slopes. Between normal scores, unlike between probabilities, the quantile of a bounded variable is smooth
/// up to and past both ends.
#[derive(Clone, Debug)]
pub struct PertTable {
    /// Quantile, and slope times the distance of knots.
    knots: Vec<[f64; 2]>,
}

impl PertTable {
    /// The table of one pair of shapes.
    pub fn new((alpha, beta): (f64, f64)) -> Self {
        let beta = Beta::new(alpha, beta);
        let mut knots: Vec<[f64; 2]> = lower_half(beta);
        knots.reverse();
        // The upper half is the lower half of the mirror image: nothing is ever subtracted from almost 1.
        let upper = lower_half(beta.mirrored()).into_iter().skip(1);
        knots.extend(upper.map(|[x, slope]| [1.0 - x, slope]));
        Self { knots }
    }

    /// The shapes of PERT with this mode (Malcolm, Roseboom, Clark and Fazar 1959).
    pub fn shapes(low: f64, mode: f64, high: f64) -> (f64, f64) {
        let range = high - low;
        (1.0 + 4.0 * ((mode - low) / range), 1.0 + 4.0 * ((high - mode) / range))
    }

    /// The value on 0 to 1 at a normal score.
    pub fn at(&self, score: f64) -> f64 {
        let last = (self.knots.len() - 1) as f64;
        let position = (score * DENSITY as f64 + HALF as f64).clamp(0.0, last);
        let left = (position as usize).min(self.knots.len() - 2);
        let t = position - left as f64;
        let ([x0, s0], [x1, s1]) = (self.knots[left], self.knots[left + 1]);
        let rise = x1 - x0;
        x0 + t * (s0 + t * ((3.0 * rise - 2.0 * s0 - s1) + t * (s0 + s1 - 2.0 * rise)))
    }
}

/// Knots from the score 0 downwards, each searched from where the one before points to.
fn lower_half(beta: Beta) -> Vec<[f64; 2]> {
    const FIRST_GUESS: f64 = -1.0;
    let mut log_x = FIRST_GUESS;
    let mut last_slope = None;
    (0..=HALF)
        .map(|knot| {
            let score = -(knot as f64) * STEP;
            log_x = beta.log_quantile(normal::cdf(score), log_x);
            let log_slope = normal::density(score) / beta.density_by_log(log_x);
            let x = libm::exp(log_x);
            // Slope at the next knot, half a step on: slopes change evenly from knot to knot.
            let ahead = last_slope.map_or(log_slope, |last: f64| log_slope + 0.5 * (log_slope - last));
            last_slope = Some(log_slope);
            log_x -= ahead * STEP;
            [x, log_slope * x * STEP]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Beta as Reference, ContinuousCDF};

    #[test]
    fn agrees_with_an_independent_quantile_out_to_the_far_tails() {
        let mut worst: f64 = 0.0;
        for share in [0.0, 1e-6, 0.01, 0.1, 0.2, 0.25, 0.333, 0.5, 0.61, 0.75, 0.9, 0.999, 1.0] {
            let shapes = PertTable::shapes(0.0, share, 1.0);
            let table = PertTable::new(shapes);
            let reference = Reference::new(shapes.0, shapes.1).unwrap();
            let uniforms = (1..400).map(|step| f64::from(step) / 400.0);
            for uniform in uniforms.chain([1e-12, 1e-9, 1e-6, 1e-4, 1.0 - 1e-6, 1.0 - 1e-12]) {
                let (got, expected) = (table.at(normal::quantile(uniform)), reference.inverse_cdf(uniform));
                worst = worst.max((got - expected).abs());
                assert!((got - expected).abs() < 1e-8, "{share} {uniform}: {got} {expected}");
            }
        }
        assert!(worst < 1e-8, "{worst:e}");
    }

    #[test]
    fn never_falls_and_stays_within_the_range() {
        for share in [0.0, 0.3, 1.0] {
            let table = PertTable::new(PertTable::shapes(0.0, share, 1.0));
            let values: Vec<f64> = (-3_000..=3_000).map(|step| table.at(f64::from(step) * 0.003)).collect();
            assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
            assert!(values[0] >= 0.0 && values[values.len() - 1] <= 1.0);
            assert_eq!(table.at(-40.0), table.at(-9.0));
        }
    }
}
