//! Marginal distributions: from a normal score or a probability to the value of one variable.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::domain::{Distribution, Metalog, Portfolio, Quantity};
use crate::vector::widened;

use super::given::Given;
use super::normal;
use super::pert::{PertTable, knots_of_nodes};
use super::plan::Stretch;
use super::streams::{Grain, Stream};
use crate::simulate::kernel::elementary::{exp, log};

/// The tables of all PERT shapes in a portfolio, made once per shape.
#[derive(Clone, Debug, Default)]
pub struct PertTables(BTreeMap<(u64, u64), PertTable>);

impl PertTables {
    /// The tables that a portfolio's factors need.
    pub fn new(portfolio: &Portfolio) -> Self {
        let factors = portfolio
            .projects()
            .positions()
            .flat_map(|project| Quantity::ALL.map(|quantity| portfolio.factor(project, quantity)))
            .flatten()
            .map(|factor| &factor.distribution);
        let impacts = portfolio.risks().all_impacts().map(|impact| &impact.distribution);
        let mut shapes: Vec<(u64, u64)> = factors
            .chain(impacts)
            .filter_map(|distribution| match distribution {
                &Distribution::Pert { low, mode, high } => Some(shape_key(low, mode, high)),
                _ => None,
            })
            .collect();
        shapes.sort_unstable();
        shapes.dedup();
        if !shapes.is_empty() {
            knots_of_nodes();
        }
        let table = |&key: &(u64, u64)| (key, PertTable::new((f64::from_bits(key.0), f64::from_bits(key.1))));
        Self(shapes.par_iter().map(table).collect())
    }
}

fn shape_key(low: f64, mode: f64, high: f64) -> (u64, u64) {
    let (alpha, beta) = PertTable::shapes(low, mode, high);
    (alpha.to_bits(), beta.to_bits())
}

/// The value of a distribution that has only one.
pub fn certain_value(distribution: &Distribution) -> Option<f64> {
    match *distribution {
        Distribution::Fixed { value } => Some(value),
        Distribution::Bernoulli { probability, low, high } if distribution.is_certain() => {
            Some(if probability == 0.0 { low } else { high })
        }
        _ => None,
    }
}

/// The quantile function of one distribution. Each takes the argument in which it is exact and cheap.
#[derive(Clone, Copy, Debug)]
pub enum Marginal<'a> {
    /// A bounded variable: a function of the probability.
    Uniform(UniformQuantile<'a>),
    /// An unbounded variable: a function of the normal score.
    Score(ScoreQuantile),
    /// Made elsewhere: a function of the number of the trial.
    Trial(Given<'a>),
}

/// Quantile functions of the probability.
#[derive(Clone, Copy, Debug)]
pub enum UniformQuantile<'a> {
    /// Two square roots that meet at the mode.
    Triangular { low: f64, high: f64, split: f64, rising: f64, falling: f64 },
    /// A straight line.
    Uniform { low: f64, range: f64 },
    /// A step.
    Bernoulli { low: f64, high: f64, split: f64 },
    /// An interpolated table.
    Pert { low: f64, range: f64, table: &'a PertTable },
    /// A sum of terms of log odds, and perhaps the way back from a logarithm.
    Metalog { coefficients: [f64; 3], metalog: Metalog },
    /// A step per past case.
    Reference { ratios: &'a [f64] },
}

/// Quantile functions of the normal score.
#[derive(Clone, Copy, Debug)]
pub enum ScoreQuantile {
    /// A straight line.
    Normal { mean: f64, sd: f64 },
    /// An exponential: exact in both tails, however long.
    Lognormal { log_median: f64, log_sd: f64 },
}

impl<'a> Marginal<'a> {
    /// The quantile function of a distribution. `tables` are those of the portfolio that it is from.
    pub fn new(distribution: &'a Distribution, tables: &'a PertTables) -> Self {
        let of_lognormal = |log_median, log_sd| Self::Score(ScoreQuantile::Lognormal { log_median, log_sd });
        Self::Uniform(match *distribution {
            Distribution::Fixed { value } => UniformQuantile::Uniform { low: value, range: 0.0 },
            Distribution::Bernoulli { probability, low, high } => {
                UniformQuantile::Bernoulli { low, high, split: 1.0 - probability }
            }
            Distribution::Triangular { low, mode, high } => UniformQuantile::Triangular {
                low,
                high,
                split: (mode - low) / (high - low),
                rising: (high - low) * (mode - low),
                falling: (high - low) * (high - mode),
            },
            Distribution::Uniform { low, high } => UniformQuantile::Uniform { low, range: high - low },
            Distribution::Pert { low, mode, high } => {
                let table = &tables.0[&shape_key(low, mode, high)];
                UniformQuantile::Pert { low, range: high - low, table }
            }
            Distribution::Metalog(metalog) => {
                UniformQuantile::Metalog { coefficients: metalog.coefficients(), metalog }
            }
            Distribution::Reference { ref ratios } => UniformQuantile::Reference { ratios },
            Distribution::Given { ref values } => return Self::Trial(Given::Rows(values)),
            Distribution::Sipmath(ref variable) => return Self::Trial(Given::Sipmath(variable)),
            Distribution::Normal { mean, sd } => return Self::Score(ScoreQuantile::Normal { mean, sd }),
            Distribution::Lognormal { mean, sd } => {
                let variance = libm::log1p((sd / mean) * (sd / mean));
                return of_lognormal(libm::log(mean) - 0.5 * variance, variance.sqrt());
            }
            Distribution::P10P90 { low, high } => {
                let (low, high) = (libm::log(low), libm::log(high));
                return of_lognormal(0.5 * (low + high), 0.5 * (high - low) / normal::P90);
            }
        })
    }

    /// Draws one value per trial.
    pub fn draw(&self, trials: Stretch, stream: &Stream, values: &mut [f64]) {
        match self {
            Self::Uniform(quantile) => {
                trials.uniforms(stream, quantile.grain(), values);
                quantile.apply(values);
            }
            Self::Score(quantile) => {
                trials.scores(stream, values);
                quantile.apply(values);
            }
            Self::Trial(given) => given.fill(trials.first(), values),
        }
    }

    /// Turns the normal scores of the trials from trial `first` on into values.
    pub fn apply_to_scores(&self, first: usize, values: &mut [f64]) {
        match self {
            Self::Uniform(quantile) => {
                normal::probabilities(values);
                quantile.apply(values);
            }
            Self::Score(quantile) => quantile.apply(values),
            // Whoever made them joined them as they should be.
            Self::Trial(given) => given.fill(first, values),
        }
    }
}

impl UniformQuantile<'_> {
    /// The resolution of probabilities that it needs: bounded variables could not tell neighbours apart.
    fn grain(&self) -> Grain {
        match self {
            Self::Metalog { .. } => Grain::Fine,
            _ => Grain::Coarse,
        }
    }

    fn apply(self, values: &mut [f64]) {
        match self {
            Self::Triangular { low, high, split, rising, falling } => {
                triangular(values, [low, high], split, [rising, falling]);
            }
            Self::Uniform { low, range } => linear(values, low, range),
            Self::Bernoulli { low, high, split } => step(values, low, high, split),
            Self::Pert { low, range, table } => table.look_up(values, low, range),
            Self::Metalog { coefficients, metalog } => {
                log_odds_terms(values, coefficients);
                from_scale(values, metalog);
            }
            Self::Reference { ratios } => {
                values.iter_mut().for_each(|value| *value = case_at(ratios, *value))
            }
        }
    }
}

/// The value of the empirical distribution of past cases at a probability: the ⌈p n⌉-th smallest. Nothing is
/// interpolated, as the share of cases exactly on plan, and that of any other repeated ratio, would be smeared.
fn case_at(ratios: &[f64], probability: f64) -> f64 {
    let place = (probability * ratios.len() as f64).ceil() as usize;
    ratios[place.clamp(1, ratios.len()) - 1]
}

/// Takes the values of a metalog distribution back from the scale of its terms.
fn from_scale(values: &mut [f64], metalog: Metalog) {
    match (metalog.min, metalog.max) {
        (None, None) => {}
        (Some(min), None) => above(values, min),
        (None, Some(max)) => below(values, max),
        (Some(min), Some(max)) => between(values, min, max - min),
    }
}

impl ScoreQuantile {
    fn apply(self, values: &mut [f64]) {
        match self {
            Self::Normal { mean, sd } => linear(values, mean, sd),
            Self::Lognormal { log_median, log_sd } => exponential(values, log_median, log_sd),
        }
    }
}

widened! {
    fn triangular(values: &mut [f64], ends: [f64; 2], split: f64, areas: [f64; 2]) {
        let ([low, high], [rising, falling]) = (ends, areas);
        for value in values {
            let is_rising = *value < split;
            // One root, not two of which one is thrown away.
            let root = (if is_rising { *value * rising } else { (1.0 - *value) * falling }).sqrt();
            *value = if is_rising { low + root } else { high - root };
        }
    }
}

widened! {
    fn linear(values: &mut [f64], at_zero: f64, slope: f64) {
        values.iter_mut().for_each(#[inline(always)] |value| *value = at_zero + slope * *value);
    }
}

widened! {
    fn step(values: &mut [f64], low: f64, high: f64, split: f64) {
        values.iter_mut().for_each(#[inline(always)] |value| *value = if *value > split { high } else { low });
    }
}

widened! {
    fn exponential(values: &mut [f64], at_zero: f64, slope: f64) {
        values.iter_mut().for_each(#[inline(always)] |value| *value = exp(at_zero + slope * *value));
    }
}

widened! {
    /// The terms of a metalog distribution at probabilities.
    fn log_odds_terms(values: &mut [f64], coefficients: [f64; 3]) {
        // Scores far out have probabilities that are rounded to 0 or 1, where log odds have no end.
        const NEAREST_ZERO: f64 = 1e-300;
        const BELOW_ONE: f64 = 1.0 - f64::EPSILON / 2.0;
        let [middle, spread, skew] = coefficients;
        for value in values {
            let probability = if *value > NEAREST_ZERO { *value } else { NEAREST_ZERO };
            let probability = if probability < BELOW_ONE { probability } else { BELOW_ONE };
            let log_odds = log(probability) - log(1.0 - probability);
            *value = middle + log_odds * (spread + skew * (probability - 0.5));
        }
    }
}

widened! {
    fn above(values: &mut [f64], min: f64) {
        values.iter_mut().for_each(#[inline(always)] |value| *value = min + exp(*value));
    }
}

widened! {
    fn below(values: &mut [f64], max: f64) {
        values.iter_mut().for_each(#[inline(always)] |value| *value = max - exp(-*value));
    }
}

widened! {
    fn between(values: &mut [f64], min: f64, range: f64) {
        values.iter_mut().for_each(#[inline(always)] |value| *value = min + range / (1.0 + exp(-*value)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of a distribution at probabilities.
    fn quantiles(distribution: Distribution, probabilities: &[f64]) -> Vec<f64> {
        let (distribution, tables) = (distribution.checked().unwrap(), PertTables::default());
        let Marginal::Uniform(quantile) = Marginal::new(&distribution, &tables) else {
            panic!("{distribution:?} is no function of the probability")
        };
        let mut values = probabilities.to_vec();
        quantile.apply(&mut values);
        values
    }

    fn metalog([low, mode, high]: [f64; 3], min: Option<f64>, max: Option<f64>) -> Distribution {
        Distribution::Metalog(Metalog { low, mode, high, min, max })
    }

    #[test]
    fn a_metalog_has_the_percentiles_that_it_is_given() {
        let percentiles = [0.9, 1.1, 1.5];
        for min in [None, Some(0.0), Some(0.8)] {
            for max in [None, Some(1.8), Some(5.0)] {
                let values = quantiles(metalog(percentiles, min, max), &[0.1, 0.5, 0.9, 1e-9, 1.0 - 1e-9]);
                for (value, expected) in values.iter().zip(percentiles) {
                    assert!((value - expected).abs() < 1e-12, "{min:?} {max:?}: {value}, not {expected}");
                }
                assert!(min.is_none_or(|min| values[3] >= min) && max.is_none_or(|max| values[4] <= max));
                assert!(values[3] < 0.9 && values[4] > 1.5, "{values:?}");
            }
        }
    }

    #[test]
    fn a_symmetric_metalog_is_the_logistic_distribution() {
        let probabilities: Vec<f64> = (1..1_000).map(|step| f64::from(step) / 1_000.0).collect();
        let values = quantiles(metalog([0.8, 1.0, 1.2], None, None), &probabilities);
        let scale = 0.2 / 9_f64.ln();
        for (value, probability) in values.iter().zip(&probabilities) {
            let logistic = 1.0 + scale * (probability / (1.0 - probability)).ln();
            assert!((value - logistic).abs() < 1e-14, "{probability}: {value}, not {logistic}");
        }
    }

    #[test]
    fn a_metalog_is_feasible_exactly_where_its_quantiles_rise() {
        let mut probabilities: Vec<f64> = (1..20_000).map(|step| f64::from(step) / 20_000.0).collect();
        probabilities.push(0.916_778_279_2);
        probabilities.sort_by(f64::total_cmp);
        for (min, max) in [(None, None), (Some(0.5), None), (None, Some(2.0)), (Some(0.5), Some(2.0))] {
            for step in 0..=100 {
                let mode = 1.0 + 0.5 * f64::from(step) / 100.0;
                let own = Metalog { low: 1.0, mode, high: 1.5, min, max };
                let mut values = probabilities.clone();
                log_odds_terms(&mut values, own.coefficients());
                let rises = values.is_sorted_by(|one, next| one < next);
                let is_feasible = Distribution::Metalog(own).checked().is_ok();
                assert_eq!(rises, is_feasible, "{own:?}");
            }
        }
    }

    #[test]
    fn a_reference_class_draws_its_cases_as_often_as_they_are_there() {
        let ratios: Vec<f64> = vec![0.8, 1.0, 1.0, 1.0, 1.3, 1.3, 1.7, 2.0, 2.5, 4.0];
        let probabilities: Vec<f64> = (0..10_000).map(|step| (f64::from(step) + 0.5) / 10_000.0).collect();
        let values = quantiles(Distribution::Reference { ratios: ratios.clone().into() }, &probabilities);
        for ratio in &ratios {
            let cases = ratios.iter().filter(|other| *other == ratio).count();
            let drawn = values.iter().filter(|value| *value == ratio).count();
            assert_eq!(drawn, cases * 1_000, "{ratio}");
        }
        let ends = quantiles(Distribution::Reference { ratios: ratios.into() }, &[1e-300, 0.1, 1.0]);
        assert_eq!(ends, [0.8, 0.8, 4.0]);
    }
}
