//! Which projects to choose: a mixed-integer program per scenario, solved to a proven gap.

mod outcome;

pub use outcome::{FoundOption, OptimiseError, Proof, ScenarioOptions, ScenarioStatus};
