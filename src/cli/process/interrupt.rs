//! Ctrl-C: the first asks to stop, the second stops.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::progress::CancelToken;

use crate::cli::error::CliError;

/// The exit code of a program that an interrupt ended, as shells know it.
const INTERRUPTED: i32 = 130;

/// Stops the work through the token on an interrupt or a request to terminate; `tell` announces it.
///
/// # Errors
/// If the system refuses the handler.
pub fn stop_on_interrupt(cancel: &CancelToken, tell: impl Fn() + Send + 'static) -> Result<(), CliError> {
    let (cancel, asked) = (cancel.clone(), AtomicBool::new(false));
    let handler = move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
        cancel.cancel();
        tell();
    };
    ctrlc::set_handler(handler)
        .map_err(|cause| CliError::Internal(format!("interrupts cannot be caught: {cause}")))
}
