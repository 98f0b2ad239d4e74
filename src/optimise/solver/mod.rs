//! The only files that name a solver: HiGHS, and the bounds that its prices prove.

pub mod highs;
pub mod lagrangian_bound;
