//! What may happen: the same random futures for every option of every scenario.

mod risk;

pub use risk::{Estimate, OptionRisk, PeriodRisk, Summary};
