//! Reads a portfolio folder of CSV tables and a TOML batch file into validated domain values.
//!
//! Every fault of every table and of the batch file is found in one go, with its file, row and column. The
//! folder and the batch file are turned into named bytes first (the module `files`); all that follows is pure.

mod attribute;
mod batch;
mod cell;
mod current_plan;
mod dependencies;
mod dialect;
mod doubts;
mod files;
mod flexibility;
mod headings;
mod load;
mod numbers;
mod per_cent;
mod period_tables;
mod portfolio;
mod projects;
pub mod schema;
mod strategy;
mod synergies;
mod table;
mod text;
mod uncertainty;

#[cfg(test)]
mod tests;

pub use files::{Files, InputFile, PathFault};
pub use load::{LoadedBatch, LoadedPortfolio, load_batch, load_portfolio, read_batch, read_portfolio};
pub use text::table_rows;
