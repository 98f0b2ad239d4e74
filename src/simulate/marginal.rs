//! From a normal score or a probability to the value of one variable.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::domain::{Distribution, Portfolio, Quantity};

use super::normal;
use super::pert::PertTable;

/// The tables of all PERT shapes in a portfolio, made once per shape.
#[derive(Clone, Debug, Default)]
pub struct PertTables(BTreeMap<(u64, u64), PertTable>);

impl PertTables {
    /// The tables that a portfolio's factors need.
    pub fn new(portfolio: &Portfolio) -> Self {
        let mut shapes: Vec<(u64, u64)> = (0..portfolio.projects().len())
            .flat_map(|project| Quantity::ALL.map(|quantity| portfolio.factor(project, quantity)))
            .flatten()
            .filter_map(|factor| match factor.distribution {
                Distribution::Pert { low, mode, high } => Some(shape_key(low, mode, high)),
                _ => None,
            })
            .collect();
        shapes.sort_unstable();
        shapes.dedup();
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
    /// A function of the probability.
    OfUniform(UniformQuantile),
    /// A function of the normal score.
    OfScore(ScoreQuantile<'a>),
}

/// Quantile functions with a closed form in the probability.
#[derive(Clone, Copy, Debug)]
pub enum UniformQuantile {
    /// Two square roots that meet at the mode.
    Triangular { low: f64, high: f64, split: f64, rising: f64, falling: f64 },
    /// A straight line.
    Uniform { low: f64, range: f64 },
    /// A step.
    Bernoulli { low: f64, high: f64, split: f64 },
}

/// Quantile functions of the normal score.
#[derive(Clone, Copy, Debug)]
pub enum ScoreQuantile<'a> {
    /// A straight line.
    Normal { mean: f64, sd: f64 },
    /// An exponential: exact in both tails, however long.
    Lognormal { log_median: f64, log_sd: f64 },
    /// An interpolated table.
    Pert { low: f64, range: f64, table: &'a PertTable },
}

impl<'a> Marginal<'a> {
    /// The quantile function of a distribution. `tables` are those of the portfolio that it is from.
    pub fn new(distribution: &Distribution, tables: &'a PertTables) -> Self {
        let of_lognormal =
            |log_median, log_sd| Self::OfScore(ScoreQuantile::Lognormal { log_median, log_sd });
        match *distribution {
            Distribution::Fixed { value } => {
                Self::OfUniform(UniformQuantile::Uniform { low: value, range: 0.0 })
            }
            Distribution::Bernoulli { probability, low, high } => {
                Self::OfUniform(UniformQuantile::Bernoulli { low, high, split: 1.0 - probability })
            }
            Distribution::Triangular { low, mode, high } => Self::OfUniform(UniformQuantile::Triangular {
                low,
                high,
                split: (mode - low) / (high - low),
                rising: (high - low) * (mode - low),
                falling: (high - low) * (high - mode),
            }),
            Distribution::Uniform { low, high } => {
                Self::OfUniform(UniformQuantile::Uniform { low, range: high - low })
            }
            Distribution::Normal { mean, sd } => Self::OfScore(ScoreQuantile::Normal { mean, sd }),
            Distribution::Lognormal { mean, sd } => {
                let variance = libm::log1p((sd / mean) * (sd / mean));
                of_lognormal(libm::log(mean) - 0.5 * variance, variance.sqrt())
            }
            Distribution::P10P90 { low, high } => {
                let (low, high) = (libm::log(low), libm::log(high));
                of_lognormal(0.5 * (low + high), 0.5 * (high - low) / normal::P90)
            }
            Distribution::Pert { low, mode, high } => Self::OfScore(ScoreQuantile::Pert {
                low,
                range: high - low,
                table: &tables.0[&shape_key(low, mode, high)],
            }),
        }
    }

    /// Turns probabilities into values.
    pub fn apply_to_uniforms(&self, values: &mut [f64]) {
        match self {
            Self::OfUniform(quantile) => quantile.apply(values),
            Self::OfScore(quantile) => {
                values.iter_mut().for_each(|value| *value = normal::quantile(*value));
                quantile.apply(values);
            }
        }
    }

    /// Turns normal scores into values.
    pub fn apply_to_scores(&self, values: &mut [f64]) {
        match self {
            Self::OfUniform(quantile) => {
                values.iter_mut().for_each(|value| *value = normal::cdf(*value));
                quantile.apply(values);
            }
            Self::OfScore(quantile) => quantile.apply(values),
        }
    }
}

impl UniformQuantile {
    fn apply(self, values: &mut [f64]) {
        let each = values.iter_mut();
        match self {
            Self::Triangular { low, high, split, rising, falling } => each.for_each(|value| {
                *value = if *value < split {
                    low + (*value * rising).sqrt()
                } else {
                    high - ((1.0 - *value) * falling).sqrt()
                };
            }),
            Self::Uniform { low, range } => each.for_each(|value| *value = low + range * *value),
            Self::Bernoulli { low, high, split } => {
                each.for_each(|value| *value = if *value > split { high } else { low });
            }
        }
    }
}

impl ScoreQuantile<'_> {
    fn apply(self, values: &mut [f64]) {
        let each = values.iter_mut();
        match self {
            Self::Normal { mean, sd } => each.for_each(|value| *value = mean + sd * *value),
            Self::Lognormal { log_median, log_sd } => {
                each.for_each(|value| *value = libm::exp(log_median + log_sd * *value));
            }
            Self::Pert { low, range, table } => {
                each.for_each(|value| *value = low + range * table.at(*value));
            }
        }
    }
}
