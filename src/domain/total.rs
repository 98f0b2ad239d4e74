//! Totals of a selection that are simulated, and the statistics of them that decisions can be made by.

/// A total that every simulated future has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Total {
    /// Weighted score of the projects that succeed.
    StrategicValue,
    /// Net present value.
    Npv,
    /// Undiscounted benefit within the horizon.
    Benefit,
    /// Undiscounted cost within the horizon.
    Cost,
}

impl Total {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::StrategicValue, Self::Npv, Self::Benefit, Self::Cost];

    /// The name that batch files use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StrategicValue => "strategic_value",
            Self::Npv => "npv",
            Self::Benefit => "benefit",
            Self::Cost => "cost",
        }
    }

    /// The sign by which the worst futures lie from the mean: −1 where low totals are feared, 1 where high ones are.
    pub const fn sign_of_worst(self) -> f64 {
        match self {
            Self::Cost => 1.0,
            Self::StrategicValue | Self::Npv | Self::Benefit => -1.0,
        }
    }
}

/// A statistic of a total over the futures that decisions see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InFutures {
    /// The mean over all futures.
    Mean,
    /// The mean over the worst futures, as many as the tail has (conditional value at risk, Rockafellar and Uryasev
    /// 2000).
    Cvar,
}

impl InFutures {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Mean, Self::Cvar];

    /// The name that batch files use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Cvar => "cvar",
        }
    }
}
