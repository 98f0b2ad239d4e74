//! What a search of a frontier hands back.

use crate::optimise::outcome::SolveStatus;

use super::pareto::ParetoPoint;

/// A point with its proof.
pub struct Proven<S> {
    /// The point.
    pub point: ParetoPoint<S>,
    /// Bound on the second measure.
    pub bound: f64,
    /// Distance of the two, relative to the second measure.
    pub gap: f64,
    /// Optimal if the gap asked for is proven.
    pub status: SolveStatus,
}

/// The points found, by rising first measure.
pub struct Found<S> {
    /// Status of the whole.
    pub status: SolveStatus,
    /// The points.
    pub points: Vec<Proven<S>>,
    /// Levels of a grid at which a stop or a limit left no point.
    pub levels_open: usize,
}

impl<S> Found<S> {
    /// No points.
    pub fn nothing(status: SolveStatus, levels_open: usize) -> Self {
        Self { status, points: Vec::new(), levels_open }
    }
}
