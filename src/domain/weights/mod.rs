//! Weights over a tree of objectives, and the methods that find them.
//!
//! A method is a file of this folder, with its mathematics, and a line of [`WEIGHT_METHODS`].

mod by_class;
mod corners;
mod direct;
mod group;
mod incomplete;
mod judgement;
mod method;
mod pair_matrix;
mod pairwise;
mod polytope;
mod rank;
mod set;
mod shares;
mod statement;
mod swing;

pub use by_class::{ClassWeights, ProjectWeights};
pub use corners::MOST_BOUNDS;
pub use group::weights_of_group;
pub use judgement::{Inconsistency, JudgedWeights, Judgement, JudgementError, Mended};
pub use method::{FindWeights, WeightMethod};
pub use pairwise::{MOST_INCONSISTENT, MOST_JUDGED};
pub use polytope::{MOST_VERTICES, WeightPolytope};
pub use set::{Disagreement, WeightSet};
pub use shares::Weights;
pub use statement::{Inequality, Statement, StatementError, StatementFault};

/// All methods. The first is the one to name where none is.
pub const WEIGHT_METHODS: [WeightMethod; 7] = [
    direct::METHOD,
    rank::METHOD,
    swing::METHOD,
    pairwise::METHOD,
    incomplete::METHOD,
    group::METHOD,
    by_class::METHOD,
];
