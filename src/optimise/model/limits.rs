//! Limits of a search that do not depend on what is searched.

use std::time::Instant;

/// What a search may spend.
#[derive(Clone, Copy, Debug)]
pub struct SearchLimits {
    /// Tableau cells changed in pivots, roughly: a limit that does not depend on the machine.
    pub ticks: u64,
    /// Nodes of trees.
    pub nodes: u64,
    /// The time at which to stop.
    pub deadline: Option<Instant>,
}

impl SearchLimits {
    /// Whether the deadline has passed.
    pub fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Whether so many ticks and nodes, or the time until now, are all that may be spent.
    pub fn are_met(&self, ticks: u64, nodes: u64) -> bool {
        ticks >= self.ticks || nodes >= self.nodes || self.is_late()
    }
}
