//! Marginal distributions: from a normal score or a probability to the value of one variable.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::domain::{Distribution, Portfolio, Quantity};
use crate::vector::widened;

use super::normal;
use super::pert::{PertTable, knots_of_nodes};
use super::plan::Design;
use super::streams::{Grain, Stream};
use crate::simulate::kernel::elementary::exp;

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
            .map(|factor| factor.distribution);
        let impacts = portfolio.risks().all_impacts().map(|impact| impact.distribution);
        let mut shapes: Vec<(u64, u64)> = factors
            .chain(impacts)
            .filter_map(|distribution| match distribution {
                Distribution::Pert { low, mode, high } => Some(shape_key(low, mode, high)),
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
    OfUniform(UniformQuantile<'a>),
    /// An unbounded variable: a function of the normal score.
    OfScore(ScoreQuantile),
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
    pub fn new(distribution: &Distribution, tables: &'a PertTables) -> Self {
        let of_lognormal =
            |log_median, log_sd| Self::OfScore(ScoreQuantile::Lognormal { log_median, log_sd });
        Self::OfUniform(match *distribution {
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
            Distribution::Normal { mean, sd } => return Self::OfScore(ScoreQuantile::Normal { mean, sd }),
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
    pub fn draw(&self, design: &Design, stream: &Stream, values: &mut [f64]) {
        match self {
            Self::OfUniform(quantile) => {
                design.uniforms(stream, Grain::Coarse, values);
                quantile.apply(values);
            }
            Self::OfScore(quantile) => {
                design.scores(stream, values);
                quantile.apply(values);
            }
        }
    }

    /// Turns normal scores into values.
    pub fn apply_to_scores(&self, values: &mut [f64]) {
        match self {
            Self::OfUniform(quantile) => {
                normal::probabilities(values);
                quantile.apply(values);
            }
            Self::OfScore(quantile) => quantile.apply(values),
        }
    }
}

impl UniformQuantile<'_> {
    fn apply(self, values: &mut [f64]) {
        match self {
            Self::Triangular { low, high, split, rising, falling } => {
                triangular(values, [low, high], split, [rising, falling]);
            }
            Self::Uniform { low, range } => linear(values, low, range),
            Self::Bernoulli { low, high, split } => step(values, low, high, split),
            Self::Pert { low, range, table } => table.look_up(values, low, range),
        }
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
