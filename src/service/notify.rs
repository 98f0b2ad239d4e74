//! Wakes threads that wait for something to happen.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A bell that wakes all who wait for it.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: Mutex<u64>,
    waiting: Condvar,
}

impl Bell {
    /// Wakes all who wait.
    pub fn ring(&self) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        *rung += 1;
        self.waiting.notify_all();
    }

    /// Waits until the bell is rung after the `heard`th time, at most for a while; gives how often it was rung.
    pub fn wait(&self, heard: u64, at_most: Duration) -> u64 {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.waiting.wait_timeout_while(rung, at_most, |rung| *rung == heard);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
