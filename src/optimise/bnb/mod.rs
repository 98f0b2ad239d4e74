//! An exact search of our own for problems whose tableau fits in cache: branch and bound on a dense dual-simplex
//! tableau, which lists the best selections in a single tree.

mod dive;
pub mod incumbents;
mod kernels;
#[cfg(test)]
mod node_counts;
mod node_queue;
mod open_nodes;
mod pseudocosts;
mod root;
mod tableau;
#[cfg(test)]
mod tests;

pub use dive::{DiveEnd, Tree};
pub use node_queue::{NodeQueue, TreeEnd};
pub use open_nodes::OpenNode;
pub use pseudocosts::Pseudocosts;
pub use root::{Rebuilt, Root};
pub use tableau::DualEnd;
