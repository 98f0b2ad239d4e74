//! Templates: what an input looks like, to be filled in. Every table with its columns as the schema has them and one
//! worked project, as CSV files or as one workbook; or the tables of a portfolio that is there as a workbook.

mod batch;
mod csv;
mod sheet;
mod tables;
mod worked;
mod xlsx;

pub use batch::{batch_file, batch_sheets};
pub use csv::{csv_text, guide};
pub use sheet::Sheet;
pub use tables::{new_tables, tables_of};
pub use xlsx::{TemplateError, workbook};
