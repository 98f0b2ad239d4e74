//! This program as a child of itself: where it is, and how it notices that its parent is gone.

use std::io;
use std::path::PathBuf;

#[cfg(feature = "serve")]
use crate::distribute::ExitCode;
use crate::progress::CancelToken;

use crate::cli::error::CliError;

/// This program.
///
/// # Errors
/// If the system does not say where it is.
pub fn program() -> Result<PathBuf, CliError> {
    std::env::current_exe()
        .map_err(|cause| CliError::Internal(format!("this program cannot be found: {cause}")))
}

/// Ends this process at the end of stdin: its parent is gone.
#[cfg(feature = "serve")]
pub fn end_when_stdin_ends() {
    std::thread::spawn(|| {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        std::process::exit(ExitCode::Stopped.number().into());
    });
}

/// Asks to stop at the end of stdin. The thread ends with the program.
pub fn stop_when_stdin_ends(cancel: CancelToken) {
    std::thread::spawn(move || {
        // An error means the same as the end: the parent is gone.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        cancel.cancel();
    });
}
