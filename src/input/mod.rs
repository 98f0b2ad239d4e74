//! Reads a portfolio (a folder of CSV tables, or a workbook) and a batch (TOML, or sheets) into validated domain
//! values.
//!
//! Every fault of every table and of the batch file is found in one go, with its file, row and column. The
//! folder and the batch file are turned into named bytes first (the module `files`); all that follows is pure.

mod batch;
mod control;
mod doubts;
mod load;
pub mod map;
mod reader;
pub mod schema;
mod tables;
mod text_files;
pub mod toml_text;
mod words;

#[cfg(test)]
mod tests;

pub use batch::is_batch_name;
pub use control::{ControlCell, ControlColumn, ControlColumns};
pub use load::{
    LoadedBatch, LoadedPortfolio, is_portfolio_alone, load_batch, load_portfolio, load_portfolio_with,
    read_batch, read_batch_with, read_portfolio,
};
pub use reader::books::Books;
pub use reader::csv::table_rows;
pub use reader::files::{Files, InputFile, PathFault};
pub use reader::headings::{Oddity, in_calendar_order, is_moment, is_total, months_of, oddities};
pub use reader::list::{List, ListForm, ListRow, MergedCells, read_list};
pub use reader::sheet_rows::{ColumnForm, SheetRows, sheet_rows};
pub use reader::source::is_library;
pub use reader::texts::{LONGEST_DESCRIPTION, LONGEST_NAME};
pub use reader::workbook::is_workbook;
pub use reader::zip;
pub use text_files::{batch_text, in_text_files};
