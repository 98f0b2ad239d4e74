//! Workbooks, through the built program: the one of results shows what the tables tell and computes it anew by formulas
//! of the spreadsheet; templates are inputs.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "workbook_out/book.rs"]
mod book;
#[path = "workbook_out/cases.rs"]
mod cases;
#[path = "common/dice.rs"]
mod dice;
#[path = "common/program.rs"]
mod program;
#[path = "workbook_out/results.rs"]
mod results;
#[path = "workbook_out/template.rs"]
mod template;
#[path = "workbook_out/there_and_back.rs"]
mod there_and_back;
