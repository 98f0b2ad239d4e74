//! What is handed over: result tables, the record of the run, and a summary for people and programs.
//!
//! Tables are built as data frames and written as CSV ([`write_results`]), whole or not at all. Numbers are
//! rounded to 12 significant digits first, so that what differs only by rounding reads the same.
//!
//! Texts are written as they are. A cell that begins with `=`, `+`, `-` or `@` is not escaped: other programs must
//! find the analyst's own ids in it. Spreadsheets that take such a cell for a formula should import it as text.

mod business_cases;
mod changes;
mod columns;
mod conflict;
mod decisions;
mod destination;
mod error;
mod frontier;
mod manifest;
mod merge;
mod model;
mod names;
mod number;
mod objectives;
mod options;
mod periods;
mod scenarios;
mod summary;
mod tables;
mod unwatched;
mod verification;
mod words;
mod write;

#[cfg(test)]
pub(crate) mod fixture;

pub use conflict::{ConflictItem, ConflictSummary};
pub use destination::check_destination;
pub use error::OutputError;
pub use manifest::{FormerRun, InputRecord, MergeFacts, RUN_FILE, RunFacts, sha256, utc};
pub use merge::write_merged;
pub use model::{ModelForm, model_text, solution_text};
pub use number::NumberStyle;
pub use summary::{
    BatchSummary, Figure, FrontierSummary, Funding, LeadSummary, NearMiss, OptionSummary, RiskFigures,
    ScenarioSummary, SelectedProject,
};
pub use tables::{ResultTable, result_tables};
pub use unwatched::{Unwatched, UnwatchedAmount};
pub use words::{goal_text, incomplete_reasons};
pub use write::{Written, write_results};
