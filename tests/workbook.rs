//! Workbooks as input: what is read of them, what is refused, and that they give the results of the same text files.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/book.rs"]
mod book;
#[path = "common/program.rs"]
mod program;

mod workbook {
    mod batch;
    mod broken;
    mod equal;
    mod example;
    mod sheets;
}
