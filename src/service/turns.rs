//! Turns at work that takes memory or a processor: so many at a time of each kind, so that none starves the others.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Showing results, or comparing them.
    View,
    /// Packing all results of a batch.
    Packing,
    /// Validating a small submission.
    SmallValidation,
    /// Validating any other.
    LargeValidation,
}

/// The right to do work of a kind, until it is dropped.
pub(super) type Turn = OwnedSemaphorePermit;

/// How much of each kind is done at a time.
pub(super) struct Turns {
    views: Arc<Semaphore>,
    packing: Arc<Semaphore>,
    small_validations: Arc<Semaphore>,
    large_validations: Arc<Semaphore>,
}

impl Turns {
    /// None is taken.
    pub fn new() -> Self {
        let of = |most| Arc::new(Semaphore::new(most));
        Self { views: of(8), packing: of(2), small_validations: of(4), large_validations: of(1) }
    }

    /// Waits for a turn; `None` is never the answer while the service runs.
    pub async fn wait(&self, work: Work) -> Option<Turn> {
        let turns = match work {
            Work::View => &self.views,
            Work::Packing => &self.packing,
            Work::SmallValidation => &self.small_validations,
            Work::LargeValidation => &self.large_validations,
        };
        turns.clone().acquire_owned().await.ok()
    }
}
