//! Costs, benefits and demands of projects under a scenario, period by period and discounted.

mod accounts;
mod business_case;
mod contributions;
mod delayed;
mod discount;
mod funding;
mod groups;
mod hold;
mod irr;
mod key_result_numbers;
mod key_results;
mod past_horizon;
mod plan;
mod priorities;
mod profiles;
mod shared;
mod synergies;
mod valuation;

pub use accounts::BudgetAccount;
pub use business_case::BusinessCase;
pub use contributions::{Contribution, Outcome};
pub use delayed::DelayedTotals;
pub use discount::DiscountFactors;
pub use funding::Funding;
pub use groups::GroupTotals;
pub use hold::Hold;
pub use irr::{internal_rate, internal_rates, modified_rate, payback};
pub use plan::StartPlan;
pub use profiles::Profiles;
pub use shared::SharedCost;
pub use synergies::SynergyPlan;
pub use valuation::Valuation;
