//! Uncertainty of a project's quantities, and the drivers that they share.

use crate::ids::DriverId;

use super::Distribution;

/// The quantities of a project that may turn out otherwise than planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// A factor on all its costs.
    Cost,
    /// A factor on all its benefits.
    Benefit,
    /// A factor on all its demands.
    Demand,
    /// A factor on all its effects on key results.
    Effect,
    /// Periods, whole and part, by which all of them come later.
    Delay,
}

impl Quantity {
    /// All of them, in the order in which they are numbered.
    pub const ALL: [Self; 5] = [Self::Cost, Self::Benefit, Self::Demand, Self::Effect, Self::Delay];

    /// Those that are factors on amounts.
    pub const FACTORS: [Self; 4] = [Self::Cost, Self::Benefit, Self::Demand, Self::Effect];

    /// Those of the plan of money and people.
    pub const PLANNED: [Self; 3] = [Self::Cost, Self::Benefit, Self::Demand];

    /// The word that the tables use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Benefit => "benefit",
            Self::Demand => "demand",
            Self::Effect => "effect",
            Self::Delay => "delay",
        }
    }
}

/// A risk driver: a cause that several quantities share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Driver {
    /// Unique id.
    pub id: DriverId,
    /// Name for people.
    pub name: String,
}

/// Loading of a quantity on a driver.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// Position of the driver in [`super::Portfolio::drivers`].
    pub driver: usize,
    /// Correlation with the driver on the normal scale, −1 to 1.
    pub loading: f64,
}

/// Uncertainty of one quantity of one project: a marginal distribution joined to others by a Gaussian copula factor
/// model (Li 2000): its normal score is Σ loading × driver + √(1 − Σ loading²) × its own.
#[derive(Clone, Debug, PartialEq)]
pub struct FactorModel {
    /// The distribution of the factor on the plan, or of a delay in periods.
    pub distribution: Distribution,
    /// The drivers it follows, in the order of drivers; the squares of the loadings sum to at most 1.
    pub exposures: Vec<Exposure>,
}

impl FactorModel {
    /// The sum of the squared loadings: the part of the variance of the normal score that drivers explain.
    pub fn explained(&self) -> f64 {
        self.exposures.iter().map(|exposure| exposure.loading * exposure.loading).sum()
    }

    /// True if it follows a driver: a loading of 0 follows none.
    pub fn follows_drivers(&self) -> bool {
        self.exposures.iter().any(|exposure| exposure.loading != 0.0)
    }

    /// True if pairs of it with others can have correlations: it varies, by draws that are made here, and follows no driver.
    pub fn may_be_correlated(&self) -> bool {
        let is_given = matches!(self.distribution, Distribution::Given { .. } | Distribution::Sipmath(_));
        !is_given && !self.distribution.is_certain() && !self.follows_drivers()
    }
}
