//! Requests to stop that HiGHS asks about while it runs.
#![allow(unsafe_code, reason = "callbacks of HiGHS are set through its C interface only")]

use std::os::raw::{c_char, c_int, c_void};
use std::time::Instant;

use crate::progress::CancelToken;

/// What may stop a run of HiGHS.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch<'a> {
    cancel: &'a CancelToken,
    deadline: Option<Instant>,
    /// Iterations of the simplex method from which on a MIP ends.
    iterations: Option<u64>,
}

impl<'a> Watch<'a> {
    /// A watch for cancellation alone, or for a deadline, too.
    pub(super) const fn new(cancel: &'a CancelToken, deadline: Option<Instant>) -> Self {
        Self { cancel, deadline, iterations: None }
    }

    /// The same watch, which also ends a MIP after so many iterations of the simplex method in all its relaxations:
    /// unlike time these are the same on every machine. What HiGHS is at, as a heuristic, it ends first.
    pub(super) const fn with_iterations(self, iterations: u64) -> Self {
        Self { iterations: Some(iterations), ..self }
    }

    /// True if a MIP has taken its iterations.
    fn is_spent(&self, iterations: i64) -> bool {
        self.iterations.is_some_and(|most| u64::try_from(iterations).is_ok_and(|taken| taken >= most))
    }

    /// True if the run is no longer wanted at all.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// True if the run shall end.
    fn is_over(&self) -> bool {
        self.is_cancelled() || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Has a HiGHS model ask again and again while it runs. Returns the status of the first call that HiGHS refuses.
    ///
    /// # Safety
    /// `highs` is a living HiGHS model that this thread owns, and it runs only while this watch lives and stays in its
    /// place.
    pub(super) unsafe fn attach(&self, highs: *mut c_void) -> c_int {
        let watched: *const Self = self;
        // SAFETY: as promised by the caller; `ask_to_stop` reads the watch only during a run.
        unsafe {
            let status = highs_sys::Highs_setCallback(highs, Some(ask_to_stop), watched.cast_mut().cast());
            [
                highs_sys::kHighsCallbackMipInterrupt,
                highs_sys::kHighsCallbackSimplexInterrupt,
                highs_sys::kHighsCallbackIpmInterrupt,
            ]
            .into_iter()
            .fold(status, |status, kind| match status {
                highs_sys::STATUS_OK => highs_sys::Highs_startCallback(highs, kind as c_int),
                refused => refused,
            })
        }
    }
}

/// Callback of HiGHS, called now and then.
///
/// # Safety
/// `report` and `reply` are null or valid, and `watched` points to a [`Watch`]: see [`Watch::attach`].
unsafe extern "C" fn ask_to_stop(
    kind: c_int,
    _message: *const c_char,
    report: *const highs_sys::HighsCallbackDataOut,
    reply: *mut highs_sys::HighsCallbackDataIn,
    watched: *mut c_void,
) {
    // SAFETY: as promised by the caller.
    unsafe {
        if let (Some(reply), Some(watch)) = (reply.as_mut(), watched.cast::<Watch>().as_ref()) {
            let is_mip = kind == highs_sys::kHighsCallbackMipInterrupt as c_int;
            let is_spent =
                || report.as_ref().is_some_and(|report| watch.is_spent(report.mip_total_lp_iterations));
            reply.user_interrupt = c_int::from(watch.is_over() || (is_mip && is_spent()));
        }
    }
}
