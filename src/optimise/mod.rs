//! Project selection: a mixed-integer program per scenario, solved to a proven gap.

mod baseline;
mod bnb;
mod chance;
mod confidence;
mod explain;
mod export;
mod formulate;
mod frontier;
mod frontier_in_futures;
mod heuristics;
mod k_best;
mod known_future;
mod lexicographic;
mod model;
mod nested_list;
mod options;
mod outcome;
mod priorities;
mod result;
mod robust;
mod room;
mod scenario_model;
mod solver;
mod verify;
mod weight_ranges;

pub use baseline::{Baseline, cut_line};
pub use confidence::hold_confidence;
pub use explain::decisions::{
    BreakEven, BreakEvenScore, Decisions, ProjectDecision, ReasonsLimit, Reversal, explain_decisions,
};
pub use explain::infeasible::{Conflict, Excess, WayOut, explain_conflict};
pub use explain::shadow_prices::shadow_prices;
pub use export::Model;
pub use formulate::row_key::RowKey;
pub use frontier::{find_frontier, program_frontier};
pub use frontier_in_futures::find_frontier_in_futures;
pub use k_best::cross_check::{EngineAnswer, PlaceAnswers, cross_check};
pub use known_future::{BestInFuture, best_in_future};
pub use model::program::{ByColumn, ByRow, Column, ColumnIx, Program, Row, RowIx};
pub use nested_list::{Priority, find_priorities};
pub use options::{find_options, solve_program};
pub use outcome::{OptimiseError, SolveStatus};
pub use priorities::{Held, hold_priorities};
pub use result::{
    Engine, FoundOption, FrontierPoint, NonDominated, ProgramFrontier, ProgramPoint, ProgramSolution,
    ProgramSolutions, RangeEnd, RobustPortfolio, ScenarioFrontier, ScenarioOptions, WeightRange,
};
pub use robust::find_non_dominated;
pub use room::{ItemRoom, RoomEnd, RoomItem, RoomQuestion, find_room};
pub use scenario_model::ScenarioModel;
pub use solver::highs::solver_version;
pub use verify::objective::objective_of;
pub use verify::recheck::recheck;
pub use verify::violation::Violation;
pub use weight_ranges::find_weight_ranges;
