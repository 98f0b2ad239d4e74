//! Limits on the work for explanations.

use std::time::{Duration, Instant};

use crate::optimise::outcome::OptimiseError;
use crate::progress::CancelToken;

/// Share of time and nodes for reversals; the rest is for break-even costs.
const REVERSAL_TIME_SHARE: f64 = 0.75;

/// Limits on explaining all decisions of a scenario together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ReasonsLimit {
    /// Wall seconds; `None`: no limit.
    pub seconds: Option<f64>,
    /// Branch-and-bound nodes, a limit that does not depend on the machine; `None`: no limit.
    pub nodes: Option<u64>,
}

/// The same limits with a running clock.
pub(super) struct Allowance {
    /// Stop signal when the time of the reversals is up.
    pub reversals: CancelToken,
    /// Stop signal when all time is up.
    pub all: CancelToken,
    /// Cancellation on request.
    cancel: CancelToken,
    seconds: Option<f64>,
    deadline: Option<Instant>,
    nodes: Option<u64>,
}

impl Allowance {
    /// Starts the clock.
    pub fn new(limit: &ReasonsLimit, cancel: &CancelToken) -> Self {
        let begun = Instant::now();
        let after = |seconds: f64| begun.checked_add(Duration::try_from_secs_f64(seconds).ok()?);
        let at = |share: f64| limit.seconds.and_then(|seconds| after(share * seconds));
        Self {
            reversals: cancel.until(at(REVERSAL_TIME_SHARE)),
            all: cancel.until(at(1.0)),
            cancel: cancel.clone(),
            seconds: limit.seconds,
            deadline: at(1.0),
            nodes: limit.nodes,
        }
    }

    /// Node limit of the reversals.
    pub fn reversal_nodes(&self) -> u64 {
        self.nodes.map_or(u64::MAX, |nodes| ((nodes as f64 * REVERSAL_TIME_SHARE) as u64).max(1))
    }

    /// Node limit of all break-even costs together, after the nodes of the reversals.
    pub fn nodes_after(&self, taken: u64) -> u64 {
        self.nodes.map_or(u64::MAX, |nodes| nodes.saturating_sub(taken))
    }

    /// Seconds for one of `count` remaining items; `None`: no limit.
    pub fn seconds_for_one_of(&self, count: usize, token: &CancelToken) -> Option<f64> {
        let deadline = token.deadline().or(self.deadline)?;
        Some(deadline.saturating_duration_since(Instant::now()).as_secs_f64() / count.max(1) as f64)
    }

    /// Seconds for one of `count` reversals, or break-even costs, as they are before the first begins, or those of
    /// `limit`; `None`: no limit.
    pub fn even_seconds(&self, count: usize, limit: Option<f64>) -> Option<f64> {
        let even = self.seconds.map(|seconds| REVERSAL_TIME_SHARE * seconds / count.max(1) as f64);
        even.into_iter().chain(limit).reduce(f64::min)
    }

    /// Checks for cancellation on request, whatever the time.
    ///
    /// # Errors
    /// If cancelled.
    pub fn check(&self) -> Result<(), OptimiseError> {
        if self.cancel.is_cancelled() { Err(OptimiseError::Cancelled) } else { Ok(()) }
    }
}
