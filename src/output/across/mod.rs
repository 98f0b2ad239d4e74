//! What is told across scenarios: regrets of options, and robustness of projects. Both are made from the other tables as
//! they were written, so that a batch whose parts were merged tells the same, to the byte.

mod known;
mod made;
mod payers;
mod projects;
mod rows;

pub use made::{Across, RobustChoice, across, told_across};
