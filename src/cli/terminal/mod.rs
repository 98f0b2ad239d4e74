//! The display for people: lines, progress bars, tables and figures.

pub mod console;
pub mod figures;
pub mod import;
pub mod progress;
pub mod report;
pub mod totals;
