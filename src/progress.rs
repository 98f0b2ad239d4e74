//! How long work tells how far it is, and how it is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A stage of a batch, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Finding options; counted in scenarios.
    Select,
    /// Drawing samples; counted in quantities that vary.
    Sample,
    /// Evaluating options over the trials; counted in options.
    Simulate,
}

/// What became of the search for the options of one scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScenarioDone<'a> {
    /// Its place in the batch, from 0.
    pub position: usize,
    /// `optimal`, `feasible`, `infeasible`, `unknown`, `not run` or `failed`.
    pub status: &'a str,
    /// Wall time of the search, reasons and frontier included.
    pub time: Duration,
}

/// Told how far the work is. Called from many threads.
pub trait Progress: Sync {
    /// A stage of `total` steps begins.
    fn begin(&self, stage: Stage, total: u64);
    /// `steps` more steps of the stage are done.
    fn advance(&self, stage: Stage, steps: u64);
    /// The stage is over.
    fn finish(&self, stage: Stage);
    /// The options of one scenario were searched for.
    fn scenario_done(&self, _scenario: ScenarioDone<'_>) {}
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _stage: Stage, _total: u64) {}
    fn advance(&self, _stage: Stage, _steps: u64) {}
    fn finish(&self, _stage: Stage) {}
}

/// A request to stop, shared by whoever asks and whoever works. Once asked, it stays asked.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Nobody has asked to stop.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody has asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
