//! Good solutions early: local search, and large neighbourhood search around known solutions.

pub mod adaptive_lns;
mod lns;
pub mod local_search;
pub mod seed;
pub mod tableau_lns;
