//! What a selection must keep of limits that give way.

use super::in_futures::InFutures;

/// The most by which the limits of one priority may be missed together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hold {
    /// The priority.
    pub priority: u32,
    /// The largest [shortfall](super::Valuation::shortfall); 0: each of these limits must be kept.
    pub most: f64,
}

/// All that a search found out before it looked for options: what is held of limits with priorities, and the futures
/// and cuts of limits with a confidence.
#[derive(Clone, Debug, Default)]
pub struct Holding {
    pub(super) holds: Vec<Hold>,
    pub(super) in_futures: Option<InFutures>,
}
