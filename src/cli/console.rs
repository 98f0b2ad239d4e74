//! Writing to the terminal. Whoever reads our output may stop reading at any time; that is no failure.

use std::io::{self, ErrorKind, Write};

use super::error::CliError;

/// Writes text and a line end to stdout.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => Err(CliError::Stdout(cause)),
        _ => Ok(()),
    }
}

/// Writes text and a line end to stderr. Where even that fails there is nobody left to tell.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
