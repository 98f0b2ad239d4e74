//! Variables of SIPmath libraries: seeds and coefficients from which trials follow.

/// Seeds of one stream of the HDR generator (Hubbard 2019, A Multi-Dimensional, Counter-Based Pseudo Random Number Generator as
/// a Standard for Monte Carlo Simulations).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HdrSeeds {
    /// The variable.
    pub variable: u32,
    /// The organisation that made it.
    pub entity: u32,
    /// A third seed, such as a time.
    pub third: u32,
    /// A fourth seed, such as an agent.
    pub fourth: u32,
}

/// Origin of the probabilities of a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum SipSource {
    /// A stream of its own.
    Stream(HdrSeeds),
    /// The normal scores of streams, weighted and added up: a row of the lower Cholesky factor of a correlation matrix
    /// (a Gaussian copula).
    Copula(Vec<(HdrSeeds, f64)>),
}

/// A variable of a SIPmath library, version 3: a metalog quantile function at the probabilities of a generator.
#[derive(Clone, Debug, PartialEq)]
pub struct SipVariable {
    /// The probabilities.
    pub source: SipSource,
    /// The coefficients a₁, a₂, … of the metalog distribution (Keelin 2016), at least one.
    pub coefficients: Vec<f64>,
    /// The lower bound; `None`: unbounded.
    pub min: Option<f64>,
    /// The upper bound; `None`: unbounded.
    pub max: Option<f64>,
}

impl SipVariable {
    /// True unless both bounds are there and do not rise, or one is no finite number.
    pub(super) fn has_rising_bounds(&self) -> bool {
        let is_finite = [self.min, self.max].iter().flatten().all(|bound| bound.is_finite());
        is_finite && self.min.zip(self.max).is_none_or(|(min, max)| min < max)
    }
}
