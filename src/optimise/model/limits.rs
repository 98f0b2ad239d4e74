//! Limits of a search, whatever its problem.

use std::time::Instant;

/// Limits of one search.
#[derive(Clone, Copy, Debug)]
pub struct SearchLimits {
    /// Tableau cells changed in pivots, roughly: a limit that does not depend on the machine.
    pub ticks: u64,
    /// Branch-and-bound nodes.
    pub nodes: u64,
    /// Time at which the search stops.
    pub deadline: Option<Instant>,
}

impl SearchLimits {
    /// True after the deadline.
    pub fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// True if the ticks or nodes spent reach their limit, or after the deadline.
    pub fn are_met(&self, ticks: u64, nodes: u64) -> bool {
        ticks >= self.ticks || nodes >= self.nodes || self.is_late()
    }
}

/// What a dive may spend.
#[derive(Clone, Copy, Debug)]
pub struct DiveLimits {
    /// Nodes.
    pub nodes: u64,
    /// Ticks; the node that passes them is the last.
    pub ticks: u64,
}

impl DiveLimits {
    /// A limit on nodes alone.
    pub fn of_nodes(nodes: u64) -> Self {
        Self { nodes, ticks: u64::MAX }
    }
}
