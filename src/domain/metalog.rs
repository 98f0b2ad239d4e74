//! The metalog distribution with three terms, from its P10, P50 and P90.

/// The log odds of 0.9.
const LOG_ODDS: f64 = 2.197_224_577_336_219_4;
/// The largest ratio of the third term to the second, up or down, at which the quantile function still rises: 1 over the
/// largest value of y − ½ + y (1 − y) logit y.
const STEEPEST: f64 = 1.667_113_119_201_929_4;

/// A metalog distribution (Keelin 2016, The Metalog Distributions, section 5: three percentiles that are symmetric in
/// probability): its quantile at y is a₁ + a₂ logit y + a₃ (y − ½) logit y, on the scale of a logarithm where it has one
/// bound, and of log odds where it has both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metalog {
    /// 10th percentile.
    pub low: f64,
    /// 50th percentile.
    pub mode: f64,
    /// 90th percentile.
    pub high: f64,
    /// The lower bound; `None`: unbounded.
    pub min: Option<f64>,
    /// The upper bound; `None`: unbounded.
    pub max: Option<f64>,
}

/// Reasons why three percentiles make no metalog distribution.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum MetalogError {
    /// The percentiles fall.
    #[error("low, mode and high are P10, P50 and P90 and must not fall: low <= mode <= high")]
    NotRising,
    /// A percentile lies on a bound, or beyond it.
    #[error("min must be below low (P10), and max above high (P90)")]
    OutOfBounds,
    /// P50 is so near to P10 or P90 that the quantile function of three terms would not rise everywhere.
    #[error(
        "mode is P50 and must lie between {} and {} with this low (P10) and high (P90)",
        digits(*from),
        digits(*to)
    )]
    TooSkewed {
        /// The least P50 that is feasible.
        from: f64,
        /// The largest.
        to: f64,
    },
}

/// A number with at most four digits behind the point.
fn digits(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

impl Metalog {
    /// The coefficients a₁, a₂ and a₃ on the scale of [`Self::scaled`].
    pub fn coefficients(&self) -> [f64; 3] {
        let [low, mode, high] = [self.low, self.mode, self.high].map(|value| self.scaled(value));
        let spread = 0.5 * (high - low) / LOG_ODDS;
        // (1 − 2 r) / (1 − 2 α) of the source with α = 0.1, without the ratio r, which rounds.
        let skew = (low + high - 2.0 * mode) / (0.8 * LOG_ODDS);
        [mode, spread, skew]
    }

    /// A value on the scale on which the quantile function is a sum of terms.
    pub fn scaled(&self, value: f64) -> f64 {
        match (self.min, self.max) {
            (None, None) => value,
            (Some(min), None) => libm::log(value - min),
            (None, Some(max)) => -libm::log(max - value),
            (Some(min), Some(max)) => libm::log((value - min) / (max - value)),
        }
    }

    /// The value at a place on that scale.
    pub fn unscaled(&self, place: f64) -> f64 {
        match (self.min, self.max) {
            (None, None) => place,
            (Some(min), None) => min + libm::exp(place),
            (None, Some(max)) => max - libm::exp(-place),
            (Some(min), Some(max)) => min + (max - min) / (1.0 + libm::exp(-place)),
        }
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// If percentiles fall, lie on or beyond a bound, or the quantile function does not rise everywhere.
    pub(super) fn check(&self) -> Result<(), MetalogError> {
        let Self { low, mode, high, min, max } = *self;
        if !(low <= mode && mode <= high) {
            return Err(MetalogError::NotRising);
        }
        if min.is_some_and(|min| min >= low) || max.is_some_and(|max| max <= high) {
            return Err(MetalogError::OutOfBounds);
        }
        let [_, spread, skew] = self.coefficients();
        if low < high && skew.abs() >= STEEPEST * spread {
            let [from, to] = self.feasible_middles();
            return Err(MetalogError::TooSkewed { from, to });
        }
        Ok(())
    }

    /// The values between which P50 may lie, given all else.
    fn feasible_middles(&self) -> [f64; 2] {
        let [low, high] = [self.low, self.high].map(|value| self.scaled(value));
        // Where |a₃| = STEEPEST × a₂.
        let reach = 0.2 * STEEPEST * (high - low);
        let middle = 0.5 * (low + high);
        [middle - reach, middle + reach].map(|place| self.unscaled(place))
    }
}
