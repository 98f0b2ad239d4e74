//! What projects cost, bring and demand under a scenario, period by period and discounted.

mod discount;
mod valuation;

pub use discount::DiscountFactors;
pub use valuation::{StartPlan, Valuation};
