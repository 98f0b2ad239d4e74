//! The `cutline` program.

use std::panic;
use std::process::ExitCode;

use clap::Parser;
use cutline::cli::{self, Arguments};

/// The exit code of a bug.
const BUG: u8 = 1;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match panic::catch_unwind(|| cli::execute(&arguments)) {
        Ok(Ok(finish)) => finish.into(),
        Ok(Err(error)) => {
            error.report();
            error.exit_code()
        }
        // The panic hook has printed the place; without this the exit code would mean nothing to callers.
        Err(_) => ExitCode::from(BUG),
    }
}
