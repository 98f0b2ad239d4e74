//! What the input room accepts, and what it says of what it does not.
//!
//! An invalid case is one patch to a small valid example, plus the messages that it must give.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod input {
    mod batch;
    mod causes;
    mod control;
    mod correlations;
    mod doubts;
    mod example;
    mod key_results;
    mod named_limits;
    mod past_cases;
    mod percentiles;
    mod refusals;
    mod risk_questions;
    mod risks;
    mod robustness;
    mod samples;
    mod tables;
}
