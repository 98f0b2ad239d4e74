//! Which projects to choose: a mixed-integer program per scenario, solved to a proven gap.

mod cliques;
mod conflict;
mod cross_check;
mod decode;
mod enumerate;
mod formulate;
mod frontier;
mod incumbents;
mod judge;
mod large;
mod limits;
mod local_search;
mod meaning;
mod model;
mod neighbourhood;
mod objective;
mod one_by_one;
mod outcome;
mod pool;
mod priced;
mod prices;
mod problem;
mod program;
mod random;
mod ranked;
mod reasons;
mod restriction;
mod search;
mod solve;
mod ties;
mod tree;
mod vicinity;

pub use conflict::{Conflict, Excess, WayOut, explain_conflict};
pub use cross_check::{EngineAnswer, PlaceAnswers, cross_check};
pub use decode::{Violation, recheck};
pub use frontier::{find_frontier, program_frontier};
pub use meaning::Meaning;
pub use model::Model;
pub use outcome::{
    Engine, FoundOption, FrontierPoint, OptimiseError, ProgramFrontier, ProgramPoint, ProgramSolution,
    ProgramSolutions, Proof, ScenarioFrontier, ScenarioOptions, ScenarioStatus,
};
pub use prices::shadow_prices;
pub use program::{Column, Program, Row};
pub use reasons::{
    BreakEven, BreakEvenScore, Decisions, ProjectDecision, ReasonsLimit, Reversal, explain_decisions,
};
pub use search::{find_options, solve_program};
pub use solve::solver_version;
