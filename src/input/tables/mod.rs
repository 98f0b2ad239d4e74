//! What each table of a portfolio means.

pub mod current_plan;
pub mod dependencies;
pub mod flexibility;
pub mod period_tables;
pub mod portfolio;
pub mod projects;
pub mod strategy;
pub mod synergies;
pub mod uncertainty;
