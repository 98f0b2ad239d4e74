//! What projects cost, bring and demand under a scenario, period by period and discounted.

mod accounts;
mod discount;
mod synergies;
mod valuation;

pub use accounts::BudgetAccount;
pub use discount::DiscountFactors;
pub use synergies::SynergyPlan;
pub use valuation::{StartPlan, Valuation};
