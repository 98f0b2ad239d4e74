//! `cutline check` recomputes what `cutline run` wrote, and `cutline model` writes programs whose optimum is the first
//! option. `cutline diff --explain` tells why two rounds differ.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "check/cases.rs"]
mod cases;
#[path = "check/confidence.rs"]
mod confidence;
#[path = "common/dice.rs"]
mod dice;
#[path = "check/given.rs"]
mod given;
#[path = "check/key_results.rs"]
mod key_results;
#[path = "check/models.rs"]
mod models;
#[path = "check/near_best.rs"]
mod near_best;
#[path = "common/program.rs"]
mod program;
#[path = "check/replay.rs"]
mod replay;
#[path = "check/results.rs"]
mod results;
#[path = "check/risks.rs"]
mod risks;
#[path = "check/weights.rs"]
mod weights;
