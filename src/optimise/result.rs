//! Results of the searches for options and frontiers, with their bounds.

use crate::domain::{Measure, Selection};

use super::outcome::SolveStatus;

/// Engine that proved a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// The tree search over a tableau in cache.
    Search,
    /// HiGHS.
    Highs,
}

impl Engine {
    /// Name in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Highs => "highs",
        }
    }
}

/// An option as the search found it.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundOption {
    /// The selection, rechecked against the limits.
    pub selection: Selection,
    /// The objective, computed from the selection.
    pub objective: f64,
    /// Upper bound (or lower bound, if the goal minimises) on the objective of all selections still open to this
    /// option.
    pub bound: f64,
    /// |bound − objective| / |objective|; infinite where the objective is 0 and the bound is not.
    pub gap: f64,
    /// Optimal or feasible, by the gap.
    pub status: SolveStatus,
    /// Engine that proved the bound.
    pub engine: Engine,
}

/// A solution of a bare program.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramSolution {
    /// A value per column.
    pub values: Vec<f64>,
    /// Objective of the solution.
    pub objective: f64,
    /// Upper bound on the objective of all solutions still open to this place.
    pub bound: f64,
    /// |bound − objective| / |objective|; infinite where the objective is 0 and the bound is not.
    pub gap: f64,
    /// Optimal or feasible, by the gap.
    pub status: SolveStatus,
    /// Engine that proved the bound.
    pub engine: Engine,
}

/// The best solutions of a bare program.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramSolutions {
    /// Status at the end of the search.
    pub status: SolveStatus,
    /// The solutions, best first.
    pub solutions: Vec<ProgramSolution>,
}

/// The options of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioOptions {
    /// Status at the end of the search.
    pub status: SolveStatus,
    /// The options, best first as found.
    pub options: Vec<FoundOption>,
    /// Measures of a mixed objective with their scales: the best that each reaches alone, by which it was divided.
    pub scales: Vec<(Measure, f64)>,
    /// Other selections that satisfy the scenario: the best known with each project, and the best known without it.
    pub known: Vec<Selection>,
}

/// A non-dominated point of a scenario's frontier.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierPoint {
    /// The selection, rechecked against the limits.
    pub selection: Selection,
    /// The first measure, computed from the selection.
    pub x: f64,
    /// The second measure, computed from the selection.
    pub y: f64,
    /// Bound on the second measure of all selections that lie between this point and the next worse one in the first
    /// measure.
    pub bound: f64,
    /// |bound − y| / |y|; infinite where y is 0 and the bound is not.
    pub gap: f64,
    /// Optimal or feasible, by the gap.
    pub status: SolveStatus,
}

/// The frontier of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioFrontier {
    /// Status at the end of the search.
    pub status: SolveStatus,
    /// The points, by rising first measure.
    pub points: Vec<FrontierPoint>,
    /// Levels of a grid at which a stop or a limit left no point.
    pub levels_open: usize,
}

/// A non-dominated point of a bare program.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramPoint {
    /// A value per column.
    pub values: Vec<f64>,
    /// The first measure.
    pub x: f64,
    /// The second measure.
    pub y: f64,
    /// Upper bound on the second measure of all solutions whose first measure lies above that of the point before, up
    /// to that of this point.
    pub bound: f64,
    /// |bound − y| / |y|; infinite where y is 0 and the bound is not.
    pub gap: f64,
    /// Optimal or feasible, by the gap.
    pub status: SolveStatus,
}

/// The frontier of a bare program.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramFrontier {
    /// Status at the end of the search.
    pub status: SolveStatus,
    /// The points, by rising first measure.
    pub points: Vec<ProgramPoint>,
}
