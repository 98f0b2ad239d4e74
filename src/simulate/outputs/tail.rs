//! Tails of distributions.

/// Unfavourable tail of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worst {
    /// More is better: benefits, values.
    Lowest,
    /// Less is better: cost, spend, demand.
    Highest,
}
