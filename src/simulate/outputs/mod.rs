//! From samples to figures: output variables of each option, and the statistics of their trials.

pub mod attribution;
pub mod best;
pub mod carried;
pub mod cell;
pub mod dedup;
pub mod evaluate;
pub mod group;
pub mod information;
pub mod key_results;
mod kinds;
pub mod overruns;
pub mod paired;
pub mod percentiles;
pub mod reserves;
pub mod risk;
pub mod statistics;
pub mod tail;
pub mod trials;
pub mod variables;
pub mod workspace;
