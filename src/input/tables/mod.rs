//! Tables of a portfolio: from rows to domain types, one file per table or group.

pub mod current_plan;
pub mod dependencies;
pub mod flexibility;
pub mod key_results;
pub mod lines;
pub mod payers;
pub mod period_tables;
pub mod portfolio;
pub mod projects;
pub mod strategy;
pub mod synergies;
pub mod uncertainty;
