//! Which tail of a distribution counts.

/// At which end the values are that an organisation fears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worst {
    /// More is better: benefits, values.
    Lowest,
    /// Less is better: cost, spend, demand.
    Highest,
}
