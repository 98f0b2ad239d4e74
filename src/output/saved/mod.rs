//! Results that are read again from their folder: for the terminal, for comparisons, and for the next round.
//!
//! Everything is told from the tables as they were written; nothing is computed anew but counts and differences. The input
//! of the run is not needed.

mod adopt;
mod assumptions;
mod batch;
mod compare;
mod folder;
mod option;
mod parts;
mod project;
mod risk_answers;
mod rounds;
mod scenario;

pub use adopt::{AdoptedPlan, adopted_plan};
pub use assumptions::AssumptionChange;
pub use batch::{BatchAnswer, CountedProject, ScenarioLine, batch_answer};
pub use compare::{ComparedOption, Comparison, OptionName, ProjectInOptions, StartAndShare, compare};
pub use folder::{FolderFault, SavedResults, SavedRun, SavedSettings};
pub use option::{Chosen, Moved, SavedOption, SavedRisk, SelectionChange};
pub use parts::{FrontierFigures, GroupFigures, KeyResultFigures, ObjectiveFigures, ScenarioParts};
pub use project::{
    BusinessCase, Displaced, ProjectAnswer, ProjectInScenario, ProjectReason, StartCount, project_answer,
};
pub use risk_answers::{FuturesAnswer, ProjectInFutures, ShrinkageAnswer};
pub use rounds::{BeforeAfter, CaseChange, Rounds, ScenarioChange, rounds};
pub use scenario::{CutLineAnswer, LineRisk, MissedProject, OtherOption, ScenarioAnswer, scenario_answer};
