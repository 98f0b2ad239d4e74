//! Good solutions early: local search, and large neighbourhood search around known solutions.

pub mod activity_bounds;
pub mod adaptive_lns;
pub mod lns;
pub mod local_search;
pub mod lp_dive;
pub mod seed;
pub mod tableau_lns;
