//! Control figures: totals of what was read, and columns that the analyst computed elsewhere, held against what follows
//! from the tables. So an analyst sees that what was read is what was meant.
//!
//! Every command and the service load a batch here ([`load_batch`], [`read_batch`]), so that none passes over its
//! `[check]`.

mod columns;
mod decimal;
mod key_results;
mod load;
mod plan_shares;
mod totals;

pub use key_results::KeyResultTotals;
pub use load::{load_batch, read_batch, read_batch_with};
pub use totals::{
    Asked, AttributeTotals, BenefitTotals, ControlTotals, LineGroupTotals, LineTotals, PeriodAmount,
    PeriodAsked, PeriodTotals, ResourceTotals, StatusTotals, ValueTotals,
};
