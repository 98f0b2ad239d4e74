//! Results as Parquet, for programs that analyse them: the result tables, made from those that are written as CSV, and the trials
//! of every option.
//!
//! Numbers are 64-bit floats, counts 64-bit integers, texts UTF-8; a blank cell is a null. Files are not compressed: texts stand
//! in dictionaries, and the digits of simulated numbers hold nothing that could be packed.

mod column;
mod file;
mod tables;
mod trials;

pub use tables::{is_parquet, write_parquet_tables};
pub use trials::{TRIALS_FILE, write_trials};
