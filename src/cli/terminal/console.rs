//! Output to the terminal. Its reader may close it at any time; that is no failure.

use std::io::{self, ErrorKind, Write};

/// Stdout could not be written to.
#[derive(Debug, thiserror::Error)]
#[error("the output could not be written: {0}")]
pub struct StdoutError(io::Error);

/// Writes text and a line end to stdout.
///
/// # Errors
/// If stdout cannot be written to, other than that its reader has gone.
pub fn print(text: &str) -> Result<(), StdoutError> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => Err(StdoutError(cause)),
        _ => Ok(()),
    }
}

/// Writes text and a line end to stderr. A failure is ignored, as there is no other channel.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
