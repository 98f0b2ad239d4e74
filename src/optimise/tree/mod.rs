//! An exact search of our own for programs whose tableau fits in cache: depth-first branch and bound on one dense
//! dual-simplex tableau, which lists the best selections in a single tree.

mod branch;
mod tableau;

pub use branch::{Incumbents, Tree, TreeEnd, TreeLimits};
