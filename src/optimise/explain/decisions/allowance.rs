//! What explaining may take.

use std::time::{Duration, Instant};

use crate::optimise::result::OptimiseError;
use crate::progress::CancelToken;

/// The share of what is allowed that reversals may take: what is left is for break-even costs.
const REVERSAL_TIME_SHARE: f64 = 0.75;

/// What explaining all decisions of a scenario may take together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReasonsLimit {
    /// Wall seconds; `None`: any time.
    pub seconds: Option<f64>,
    /// Nodes of searches: a limit that does not depend on the machine; `None`: any number.
    pub nodes: Option<u64>,
}

/// The same, begun.
pub(super) struct Allowance {
    /// Asked to stop when reversals have had their time.
    pub reversals: CancelToken,
    /// Asked to stop when all have.
    pub all: CancelToken,
    /// Whoever asks to stop asks here.
    cancel: CancelToken,
    deadline: Option<Instant>,
    nodes: Option<u64>,
}

impl Allowance {
    /// The time begins now.
    pub fn new(limit: &ReasonsLimit, cancel: &CancelToken) -> Self {
        let begun = Instant::now();
        let after = |seconds: f64| begun.checked_add(Duration::try_from_secs_f64(seconds).ok()?);
        let at = |share: f64| limit.seconds.and_then(|seconds| after(share * seconds));
        Self {
            reversals: cancel.until(at(REVERSAL_TIME_SHARE)),
            all: cancel.until(at(1.0)),
            cancel: cancel.clone(),
            deadline: at(1.0),
            nodes: limit.nodes,
        }
    }

    /// Nodes that reversals may take.
    pub fn reversal_nodes(&self) -> u64 {
        self.nodes.map_or(u64::MAX, |nodes| ((nodes as f64 * REVERSAL_TIME_SHARE) as u64).max(1))
    }

    /// Nodes that so many break-even costs may take together, when reversals have taken some.
    pub fn nodes_after(&self, taken: u64) -> u64 {
        self.nodes.map_or(u64::MAX, |nodes| nodes.saturating_sub(taken))
    }

    /// Seconds that are left for one of so many that are still to do; `None`: any time.
    pub fn seconds_for_one_of(&self, count: usize, token: &CancelToken) -> Option<f64> {
        let deadline = token.deadline().or(self.deadline)?;
        Some(deadline.saturating_duration_since(Instant::now()).as_secs_f64() / count.max(1) as f64)
    }

    /// Whether it was asked to stop, whatever the time.
    ///
    /// # Errors
    /// If it was.
    pub fn check(&self) -> Result<(), OptimiseError> {
        if self.cancel.is_cancelled() { Err(OptimiseError::Cancelled) } else { Ok(()) }
    }
}
