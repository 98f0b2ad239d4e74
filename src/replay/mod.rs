//! Why two rounds differ: what changed in the input is applied one group at a time, from the first round to the second,
//! and each scenario is solved after each. A project is put down to the group at which it goes in, out or moves.
//!
//! The order of the groups is fixed. Where two changes are needed together, or either of them would do, another order
//! may name the other one.

mod flips;
mod groups;
mod input;
mod mix;
mod solve;

pub use flips::{Flip, Move, Replay, ReplayedScenario, ReplayedStep};
pub use input::RoundInput;

use crate::optimise::OptimiseError;
use crate::progress::CancelToken;

/// Applies what changed between two rounds group by group, and tells at which group each project flips in each pair of
/// scenarios (name before, name after).
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn replay(
    before: &RoundInput,
    after: &RoundInput,
    pairs: &[(String, String)],
    cancel: &CancelToken,
) -> Result<Replay, OptimiseError> {
    let steps = groups::steps(before, after);
    let states = solve::states(before, &steps, pairs, cancel)?;
    Ok(flips::told(&states, pairs))
}
