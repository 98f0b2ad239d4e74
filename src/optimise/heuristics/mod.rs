//! Good solutions early: local search, and large-neighbourhood search around known solutions.

pub mod local_search;
pub mod neighbourhood;
pub mod vicinity;
