//! What a selection must keep of limits that give way.

/// The most by which the limits of one priority may be missed together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hold {
    /// The priority.
    pub priority: u32,
    /// The largest [shortfall](super::Valuation::shortfall); 0: each of these limits must be kept.
    pub most: f64,
}
