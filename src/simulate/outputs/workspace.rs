//! Buffers of each thread, for whatever simulates or tells of values.

use std::cell::RefCell;

use super::carried;
use crate::simulate::kernel::aligned_buffer::Numbers;
use crate::simulate::kernel::quantile_select::Selector;

thread_local! {
    /// Kept from scenario to scenario: to be handed memory anew takes as long as a tenth of the work in it.
    pub static WORKSPACE: RefCell<Workspace> = RefCell::default();
}

/// Buffers that one thread uses again and again.
#[derive(Default)]
pub struct Workspace {
    /// The values of some cells that vary, cell by cell.
    pub values: Numbers,
    /// Buffers for finding percentiles.
    pub selector: Selector,
    /// NPV and cost of an option without a source of its risk.
    pub without: [Vec<f64>; 2],
    /// Buffers for budgets that carry over.
    pub account: carried::Buffers,
}
