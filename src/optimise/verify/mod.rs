//! From values of columns to selections, each rechecked by the portfolio's own numbers.

pub mod decode;
pub mod evaluator;
pub mod first_payers;
mod limits;
pub mod objective;
pub mod recheck;
pub mod violation;
