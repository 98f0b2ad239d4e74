//! Wakes threads that wait for something to happen.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Counts notifications, and wakes all waiters for the next one.
#[derive(Debug, Default)]
pub(super) struct Notify {
    generation: Mutex<u64>,
    changed: Condvar,
}

impl Notify {
    /// Wakes all waiters.
    pub fn wake_all(&self) {
        let mut generation = self.generation.lock().unwrap_or_else(PoisonError::into_inner);
        *generation += 1;
        self.changed.notify_all();
    }

    /// Blocks until the count of notifications differs from `seen`, at most for a while; gives the count.
    pub fn wait(&self, seen: u64, at_most: Duration) -> u64 {
        let generation = self.generation.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(generation, at_most, |generation| *generation == seen);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
