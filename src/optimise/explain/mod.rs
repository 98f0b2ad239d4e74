//! Explanations: reasons for each decision, conflicts of infeasible scenarios, and shadow prices of limits.

pub mod decisions;
pub mod infeasible;
pub mod shadow_prices;
