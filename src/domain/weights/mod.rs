//! Weights over a tree of objectives, and the methods that find them.
//!
//! A method is a file of this folder, with its mathematics, and a line of [`WEIGHT_METHODS`].

mod by_class;
mod direct;
mod method;
mod rank;

pub use by_class::{ClassWeights, ProjectWeights};
pub use method::{FindWeights, WeightMethod, Weights};

/// All methods. The first is the one to name where none is.
pub const WEIGHT_METHODS: [WeightMethod; 3] = [direct::METHOD, rank::METHOD, by_class::METHOD];
