//! Weights over a tree of objectives, and the methods that find them.
//!
//! A method is a file of this folder, with its mathematics, and a line of [`WEIGHT_METHODS`].

mod by_class;
mod corners;
mod direct;
mod incomplete;
mod method;
mod polytope;
mod rank;
mod shares;
mod statement;

pub use by_class::{ClassWeights, ProjectWeights};
pub use method::{FindWeights, WeightMethod};
pub use polytope::{MOST_VERTICES, WeightPolytope};
pub use shares::Weights;
pub use statement::{Inequality, Statement, StatementError, StatementFault};

/// All methods. The first is the one to name where none is.
pub const WEIGHT_METHODS: [WeightMethod; 4] =
    [direct::METHOD, rank::METHOD, incomplete::METHOD, by_class::METHOD];
