//! An exact search of our own for problems whose tableau fits in cache: branch and bound on a dense dual-simplex
//! tableau, which lists the best selections in a single tree.

mod kernel;
mod losses;
mod plunge;
mod rounds;
mod tableau;
#[cfg(test)]
mod tests;

pub use losses::Losses;
pub use plunge::{PlungeEnd, Subtree, Tree};
pub use rounds::{Allowance, Rounds, TreeEnd};
pub use tableau::DualEnd;
