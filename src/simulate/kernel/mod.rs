//! Arithmetic over trials that gives the same bits on every machine: buffers, sums, quantiles, elementary functions.

pub mod aligned_buffer;
pub mod elementary;
pub mod quantile_select;
pub mod reductions;
pub mod shape;
pub mod view;
