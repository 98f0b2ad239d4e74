//! Distributions of factors on the plan (1 = as planned).

use std::sync::Arc;

use super::{Metalog, MetalogError, SipVariable};

/// A distribution with parameters that have been checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Rises and falls in straight lines.
    Triangular {
        /// Smallest value.
        low: f64,
        /// Most likely value.
        mode: f64,
        /// Largest value.
        high: f64,
    },
    /// The beta distribution of project planning with shape 4 (Malcolm, Roseboom, Clark and Fazar 1959):
    /// mean (low + 4 mode + high) / 6.
    Pert {
        /// Smallest value.
        low: f64,
        /// Most likely value.
        mode: f64,
        /// Largest value.
        high: f64,
    },
    /// Every value between the two is equally likely.
    Uniform {
        /// Smallest value.
        low: f64,
        /// Largest value.
        high: f64,
    },
    /// The bell curve.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
    },
    /// A variable whose logarithm is normal.
    Lognormal {
        /// Mean of the variable itself.
        mean: f64,
        /// Standard deviation of the variable itself.
        sd: f64,
    },
    /// The lognormal distribution with these percentiles.
    P10P90 {
        /// 10th percentile.
        low: f64,
        /// 90th percentile.
        high: f64,
    },
    /// One of two values.
    Bernoulli {
        /// Probability of `high`.
        probability: f64,
        /// The value otherwise.
        low: f64,
        /// The value with `probability`.
        high: f64,
    },
    /// Three percentiles, and bounds if it has any.
    Metalog(Metalog),
    /// One of the past cases of a reference class, each as likely as any other: their empirical distribution.
    Reference {
        /// Actual ÷ plan of each case, rising. At least one.
        ratios: Arc<[f64]>,
    },
    /// Values that were made elsewhere: trial t takes value t mod their number.
    Given {
        /// In the order of the trials. At least one.
        values: Arc<[f64]>,
    },
    /// A variable of a SIPmath library, whose trials follow from seeds of its own.
    Sipmath(Arc<SipVariable>),
    /// Always the same value.
    Fixed {
        /// That value.
        value: f64,
    },
}

/// Reasons why parameters make no distribution.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum DistributionError {
    /// A parameter is infinite or not a number.
    #[error("a parameter is not a finite number")]
    NotFinite,
    /// The order is wrong.
    #[error("low, mode and high must not fall: low <= mode <= high")]
    NotRising,
    /// The standard deviation is negative.
    #[error("sd must be 0 or more")]
    NegativeSpread,
    /// The parameters of a lognormal variable are not positive.
    #[error("a lognormal factor needs a mean (or low) above 0")]
    NotPositive,
    /// Not a probability.
    #[error("mean is the probability of `high` and must lie between 0 and 1 (70 % is 0.7)")]
    NotAProbability,
    /// The percentiles of a metalog distribution.
    #[error(transparent)]
    Metalog(#[from] MetalogError),
    /// There is no past case, trial or coefficient.
    #[error("there is no case, trial or coefficient")]
    NoCase,
}

impl Distribution {
    /// Checks the parameters. One without spread (low = mode = high, sd = 0) becomes [`Distribution::Fixed`].
    ///
    /// # Errors
    /// The first rule that they break.
    pub fn checked(self) -> Result<Self, DistributionError> {
        let (parameters, rule): (&[f64], _) = match &self {
            Self::Triangular { low, mode, high } | Self::Pert { low, mode, high } => {
                (&[*low, *mode, *high], ensure(low <= mode && mode <= high, DistributionError::NotRising))
            }
            Self::Uniform { low, high } => {
                (&[*low, *high], ensure(low <= high, DistributionError::NotRising))
            }
            Self::Normal { mean, sd } => {
                (&[*mean, *sd], ensure(*sd >= 0.0, DistributionError::NegativeSpread))
            }
            Self::Lognormal { mean, sd } => (
                &[*mean, *sd],
                ensure(*mean > 0.0, DistributionError::NotPositive)
                    .and(ensure(*sd >= 0.0, DistributionError::NegativeSpread)),
            ),
            Self::P10P90 { low, high } => (
                &[*low, *high],
                ensure(*low > 0.0, DistributionError::NotPositive)
                    .and(ensure(low <= high, DistributionError::NotRising)),
            ),
            Self::Bernoulli { probability, low, high } => (
                &[*probability, *low, *high],
                ensure((0.0..=1.0).contains(probability), DistributionError::NotAProbability)
                    .and(ensure(low <= high, DistributionError::NotRising)),
            ),
            Self::Metalog(metalog) => {
                let Metalog { low, mode, high, min, max } = *metalog;
                (
                    &[low, mode, high, min.unwrap_or(low), max.unwrap_or(high)],
                    metalog.check().map_err(DistributionError::from),
                )
            }
            Self::Reference { ratios } => {
                (ratios, filled(ratios).and(ensure(ratios.is_sorted(), DistributionError::NotRising)))
            }
            Self::Given { values } => (values, filled(values)),
            Self::Sipmath(own) => (
                &own.coefficients,
                filled(&own.coefficients).and(ensure(own.has_rising_bounds(), DistributionError::NotRising)),
            ),
            Self::Fixed { value } => (&[*value], Ok(())),
        };
        ensure(parameters.iter().all(|parameter| parameter.is_finite()), DistributionError::NotFinite)?;
        rule.map(|()| self.without_spread().map_or_else(|| self, |value| Self::Fixed { value }))
    }

    /// The smallest and the largest value that it can take; `None` where it has no end.
    pub fn ends(&self) -> [Option<f64>; 2] {
        match *self {
            Self::Triangular { low, high, .. }
            | Self::Pert { low, high, .. }
            | Self::Uniform { low, high }
            | Self::Bernoulli { low, high, .. } => [Some(low), Some(high)],
            Self::Fixed { value } => [Some(value), Some(value)],
            Self::Lognormal { .. } | Self::P10P90 { .. } => [Some(0.0), None],
            Self::Metalog(Metalog { min, max, .. }) => [min, max],
            Self::Reference { ref ratios } => [ratios.first().copied(), ratios.last().copied()],
            Self::Given { ref values } => {
                [values.iter().copied().min_by(f64::total_cmp), values.iter().copied().max_by(f64::total_cmp)]
            }
            Self::Normal { .. } | Self::Sipmath(_) => [None, None],
        }
    }

    /// The only value that it can take by its parameters.
    fn without_spread(&self) -> Option<f64> {
        let (low, high) = match *self {
            Self::Triangular { low, high, .. }
            | Self::Pert { low, high, .. }
            | Self::Uniform { low, high }
            | Self::P10P90 { low, high } => (low, high),
            Self::Normal { mean, sd } | Self::Lognormal { mean, sd } => (mean, mean + sd),
            Self::Metalog(Metalog { low, high, .. }) => (low, high),
            Self::Reference { ref ratios } => (*ratios.first()?, *ratios.last()?),
            Self::Given { ref values } => {
                let first = *values.first()?;
                (first, values.iter().copied().find(|value| *value != first).unwrap_or(first))
            }
            Self::Bernoulli { .. } | Self::Sipmath(_) | Self::Fixed { .. } => return None,
        };
        (low == high).then_some(low)
    }

    /// True if it always takes the same value.
    pub fn is_certain(&self) -> bool {
        match self {
            Self::Fixed { .. } => true,
            Self::Bernoulli { low, high, probability } => {
                low == high || *probability == 0.0 || *probability == 1.0
            }
            _ => false,
        }
    }
}

fn filled(values: &[f64]) -> Result<(), DistributionError> {
    ensure(!values.is_empty(), DistributionError::NoCase)
}

fn ensure(holds: bool, error: DistributionError) -> Result<(), DistributionError> {
    if holds { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_checked() {
        let reversed = Distribution::Triangular { low: 1.0, mode: 0.9, high: 1.2 };
        assert_eq!(reversed.checked(), Err(DistributionError::NotRising));
        let negative = Distribution::Normal { mean: 1.0, sd: -0.1 };
        assert_eq!(negative.checked(), Err(DistributionError::NegativeSpread));
        let infinite = Distribution::Uniform { low: 0.0, high: f64::INFINITY };
        assert_eq!(infinite.checked(), Err(DistributionError::NotFinite));
        let skewed = Distribution::Pert { low: 0.9, mode: 0.9, high: 1.6 };
        assert_eq!(skewed.clone().checked(), Ok(skewed));
    }
    #[test]
    fn what_has_no_spread_is_fixed() {
        for (low, mode, high) in [(1.0, 1.0, 1.0), (0.0, 0.0, 0.0)] {
            let fixed = Ok(Distribution::Fixed { value: low });
            assert_eq!(Distribution::Triangular { low, mode, high }.checked(), fixed);
            assert_eq!(Distribution::Pert { low, mode, high }.checked(), fixed);
            assert_eq!(Distribution::Uniform { low, high }.checked(), fixed);
            assert_eq!(Distribution::Normal { mean: low, sd: 0.0 }.checked(), fixed);
        }
        let fixed = Ok(Distribution::Fixed { value: 1.2 });
        assert_eq!(Distribution::Lognormal { mean: 1.2, sd: 0.0 }.checked(), fixed);
        assert_eq!(Distribution::P10P90 { low: 1.2, high: 1.2 }.checked(), fixed);
        assert!(
            Distribution::P10P90 { low: 0.0, high: 0.0 }.checked().is_err(),
            "a lognormal factor is above 0"
        );
    }
}
