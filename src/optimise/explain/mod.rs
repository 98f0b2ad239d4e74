//! Why: reasons for each project, conflicts of what is infeasible, and shadow prices of limits.

pub mod decisions;
pub mod infeasible;
pub mod shadow_prices;
