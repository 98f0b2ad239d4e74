//! The display for people: lines, progress bars, tables and figures.

pub mod console;
pub mod figures;
pub mod grid;
pub mod history;
pub mod import;
pub mod outcomes;
pub mod paint;
pub mod progress;
pub mod report;
pub mod robust;
pub mod shown;
pub mod totals;
