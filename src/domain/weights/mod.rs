//! Weights over a tree of objectives, and the methods that find them.
//!
//! A method is a file of this folder, with its mathematics, and a line of [`WEIGHT_METHODS`].

mod direct;
mod method;
mod rank;

pub use method::{FindWeights, WeightMethod, Weights};

/// All methods. The first is the one to name where none is.
pub const WEIGHT_METHODS: [WeightMethod; 2] = [direct::METHOD, rank::METHOD];
