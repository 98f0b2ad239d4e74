//! Ctrl-C: the first asks to stop, the second stops.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::progress::CancelToken;

use super::error::CliError;
use super::progress::Bars;

/// The exit code of a program that an interrupt ended, as shells know it.
const INTERRUPTED: i32 = 130;

/// Lets an interrupt (or a request to terminate) stop the batch through the token.
///
/// # Errors
/// If the system refuses.
pub(super) fn stop_on_interrupt(cancel: &CancelToken, bars: &Bars) -> Result<(), CliError> {
    let (cancel, bars, asked) = (cancel.clone(), bars.clone(), AtomicBool::new(false));
    let handler = move || {
        if asked.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED);
        }
        cancel.cancel();
        bars.note("Stopping; what is finished will be written. Press Ctrl-C again to stop at once and write nothing.");
    };
    ctrlc::set_handler(handler)
        .map_err(|cause| CliError::Internal(format!("interrupts cannot be caught: {cause}")))
}
