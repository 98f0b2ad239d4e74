//! Runs a batch.

mod result;

pub use result::{BatchResult, RankedOption, ScenarioOutcome, ScenarioResult, Timings};
