//! Output: result tables, the record of the run, and a summary for people and programs.
//!
//! Tables are built as data frames and written as CSV ([`write_results`]), whole or not at all. Numbers are rounded to
//! 12 significant digits first, so that sums that differ only by rounding read the same. A workbook, a report and Parquet files are
//! made from them on request.
//!
//! A text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, …) is written with an apostrophe
//! before it, in quotes ([`ids::as_cell`](crate::ids::as_cell)); whoever reads tables takes it away again
//! ([`ids::from_cell`](crate::ids::from_cell)): `check`, merges, figures and the workbook, in which texts are texts.

mod across;
mod added;
mod destination;
mod dialect;
mod error;
mod figures;
mod hashed;
mod key_result_summary;
mod merge;
mod model_file;
mod named_ids;
mod names;
mod number;
mod parquet_files;
mod report;
mod results;
mod robust_summary;
mod roll_up;
mod run_record;
pub mod saved;
mod summary;
mod sure;
mod tables;
mod trials_library;
mod unwatched;
mod words;
mod workbook;
mod write;

#[cfg(test)]
pub(crate) mod fixture;

pub use across::{RobustChoice, told_across};
pub use added::{ADDED_FILES, add_file};
pub use destination::check_destination;
pub use dialect::{Dialect, plain_csv};
pub use error::OutputError;
pub use figures::{
    BaselineFigures, FiguresFile, FirstOption, KnownScenario, OptionFigures, RowPlaces, ScenarioFigures,
    SpendFigures, TakenProject, figures_key, figures_of_summary, figures_of_tables, rows_key, scenario_rows,
    write_row_places,
};
pub use key_result_summary::{KeyResultSummary, KeyResultsSummary};
pub use merge::write_merged;
pub use model_file::{ModelForm, model_text, solution_text};
pub use named_ids::{binding_by_name, displaced_by_name};
pub use number::NumberStyle;
pub use parquet_files::{TRIALS_FILE, is_parquet};
pub use report::{
    Overview, REPORT_FILE, REPORT_STYLE, overview, report_script, scenario_tables, subject as report_subject,
};
pub use robust_summary::RobustSummary;
pub use roll_up::{GroupShare, RollUp};
pub use run_record::{
    Formats, FormerRun, InputRecord, MergeFacts, RUN_FILE, RunFacts, hex, sha256, sha256_of_file, utc,
};
pub use summary::{
    BaselineSummary, BatchSummary, Figure, FrontierSummary, Funding, LeadSummary, NearMiss, OptionSummary,
    RiskFigures, ScenarioSummary, SelectedProject,
};
pub use tables::infeasible::{ConflictItem, ConflictSummary};
pub use tables::{RESULT_TABLES, ResultColumn, ResultTable, TRIALS_TABLE, TableKind, result_tables};
pub use trials_library::LIBRARY_FILE;
pub use unwatched::{Unwatched, UnwatchedAmount};
pub use words::{goal_text, id_and_name, id_and_short_name, incomplete_reasons, missed_precision};
pub use workbook::{ChangeReason, WORKBOOK_FILE, rounds_workbook};
pub use write::{Written, write_results};
