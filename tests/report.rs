//! The report of results, through the built program: it carries what the tables tell, is the same however a batch was run,
//! and a browser shows it without a complaint.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "report/accessible.rs"]
mod accessible;
#[path = "common/axe.rs"]
mod axe;
#[path = "report/browser.rs"]
mod browser;
#[path = "report/carried.rs"]
mod carried;
#[path = "workbook_out/cases.rs"]
mod cases;
#[path = "report/page.rs"]
mod page;
#[path = "common/program.rs"]
mod program;
#[path = "report/script.rs"]
mod script;
