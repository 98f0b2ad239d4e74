//! The figures of a batch that views show: one file of records, each found by its scenario's position, so that a view
//! reads what it shows and no more, however large the result tables are.
//!
//! It is made once, from the summary of a merge ([`figures_of_summary`]) or, for results that have none, from their
//! tables ([`figures_of_tables`]). Both read and write one scenario at a time.

mod file;
mod record;
mod rows;
mod summary;
mod tables;

pub use file::FiguresFile;
pub use record::{
    BaselineFigures, FirstOption, KnownScenario, OptionFigures, ScenarioFigures, SpendFigures, TakenProject,
};
pub use rows::{RowPlaces, rows_key, scenario_rows, write_row_places};
pub use summary::figures_of_summary;
pub use tables::{figures_key, figures_of_tables};
