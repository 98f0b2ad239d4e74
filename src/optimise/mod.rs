//! Which projects to choose: a mixed-integer program per scenario, solved to a proven gap.

mod decode;
mod enumerate;
mod formulate;
mod local_search;
mod outcome;
mod pool;
mod program;
mod random;
mod search;
mod solve;
mod tree;

pub use decode::{Violation, recheck};
pub use outcome::{FoundOption, OptimiseError, Proof, ScenarioOptions, ScenarioStatus};
pub use search::find_options;
pub use solve::solver_version;
