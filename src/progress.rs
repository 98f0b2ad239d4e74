//! Progress of long work, and requests to stop it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A stage of a batch, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Finding options; counted in scenarios.
    Select,
    /// Drawing samples; counted in quantities that vary.
    Sample,
    /// Evaluating options over the trials; counted in options.
    Simulate,
    /// Finding the best selection in each of some futures; counted in selections.
    Futures,
    /// Finding out why each project is in or out; counted in steps, two for each project.
    Reasons,
}

/// The best option of a scenario by its objective, as planned: what is known of it before it is simulated and ranked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BestOption {
    /// Its objective.
    pub objective: f64,
    /// Number of its projects.
    pub projects: usize,
}

/// Outcome of the search for the options of one scenario.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScenarioDone<'a> {
    /// Its place in the batch, from 0.
    pub position: usize,
    /// `optimal`, `feasible`, `infeasible`, `unknown`, `not run` or `failed`.
    pub status: &'a str,
    /// Wall time of the search, frontier included.
    pub time: Duration,
    /// The best option; `None` where there is none.
    pub best: Option<BestOption>,
}

/// Receives the progress of the work. Called from many threads.
pub trait Progress: Sync {
    /// A stage of `total` steps begins.
    fn begin(&self, stage: Stage, total: u64);
    /// `steps` more steps of the stage are done.
    fn advance(&self, stage: Stage, steps: u64);
    /// The stage is over.
    fn finish(&self, stage: Stage);
    /// The search for the options of the scenario at this place of the batch (from 0) begins.
    fn scenario_begun(&self, _position: usize) {}
    /// The options of one scenario were searched for.
    fn scenario_done(&self, _scenario: ScenarioDone<'_>) {}
}

/// Progress that is ignored.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _stage: Stage, _total: u64) {}
    fn advance(&self, _stage: Stage, _steps: u64) {}
    fn finish(&self, _stage: Stage) {}
}

/// A request to stop, shared by those who ask and those who work. It cannot be taken back. It may also take effect at a
/// given time.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    asked: Arc<AtomicBool>,
    deadline: Option<Instant>,
}

impl CancelToken {
    /// A token without a request.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to stop.
    pub fn cancel(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// The same request, which also takes effect at `deadline` (if there is one): for work with a limit of its own. A
    /// request on this token is one on the original, too.
    #[must_use]
    pub fn until(&self, deadline: Option<Instant>) -> Self {
        let earlier = [self.deadline, deadline].into_iter().flatten().min();
        Self { asked: Arc::clone(&self.asked), deadline: earlier }
    }

    /// The time at which it is asked by itself, if there is one.
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// True if a stop was asked for, or the deadline has passed.
    pub fn is_cancelled(&self) -> bool {
        self.asked.load(Ordering::Relaxed) || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_stops_the_work_that_has_it_and_no_other() {
        let whole = CancelToken::new();
        let part = whole.until(Some(Instant::now()));
        assert!(part.is_cancelled() && !whole.is_cancelled());
        assert!(part.until(None).is_cancelled(), "an earlier deadline stays");
        let later = whole.until(Some(Instant::now() + Duration::from_secs(3600)));
        assert!(!later.is_cancelled());
        whole.cancel();
        assert!(later.is_cancelled());
    }
}
