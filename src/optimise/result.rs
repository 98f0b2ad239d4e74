//! What the search for options found, and what it proved.

use crate::domain::{Measure, Selection};

/// What is proven about an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// No better option is left out by more than the gap asked for.
    Optimal,
    /// A limit was met first: bound and gap say how far the search had come.
    Feasible,
}

/// What proved a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// The tree search over a tableau in cache.
    Search,
    /// HiGHS.
    Highs,
}

impl Engine {
    /// Its name in tables.
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
    /// No selection that is still open to this option has a better objective than this.
    pub bound: f64,
    /// |bound − objective| / |objective|; infinite where the objective is 0 and the bound is not.
    pub gap: f64,
    /// What that proves.
    pub proof: Proof,
    /// What proved the bound.
    pub engine: Engine,
}

/// A solution of a bare program.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramSolution {
    /// A value per column.
    pub values: Vec<f64>,
    /// Its objective.
    pub objective: f64,
    /// No solution that is still open to this place has a larger objective than this.
    pub bound: f64,
    /// |bound − objective| / |objective|; infinite where the objective is 0 and the bound is not.
    pub gap: f64,
    /// What that proves.
    pub proof: Proof,
    /// What proved the bound.
    pub engine: Engine,
}

/// The best solutions of a bare program.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramSolutions {
    /// How the search ended.
    pub status: ScenarioStatus,
    /// The solutions, best first.
    pub solutions: Vec<ProgramSolution>,
}

/// How the search for a scenario's options ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScenarioStatus {
    /// Every option asked for was found and proven, or all that exist were.
    Optimal,
    /// A limit was met: some option is not proven, or options are missing.
    Feasible,
    /// No selection satisfies the limits and decisions.
    Infeasible,
    /// A limit was met before any selection was found; none is known and none is ruled out.
    Unknown,
}

impl ScenarioStatus {
    /// Its name in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Feasible => "feasible",
            Self::Infeasible => "infeasible",
            Self::Unknown => "unknown",
        }
    }
}

/// The options of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioOptions {
    /// How the search ended.
    pub status: ScenarioStatus,
    /// The options, best first as found.
    pub options: Vec<FoundOption>,
    /// For an objective that mixes measures: each with the best that it reaches alone, by which it was divided.
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
    /// No selection that lies between this point and the next worse one in the first measure has a better second
    /// measure than this.
    pub bound: f64,
    /// |bound − y| / |y|; infinite where y is 0 and the bound is not.
    pub gap: f64,
    /// What that proves.
    pub proof: Proof,
}

/// The frontier of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioFrontier {
    /// How the search ended.
    pub status: ScenarioStatus,
    /// The points, by rising first measure.
    pub points: Vec<FrontierPoint>,
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
    /// No solution whose first measure lies above that of the point before it, up to its own, has a larger second
    /// measure than this.
    pub bound: f64,
    /// |bound − y| / |y|; infinite where y is 0 and the bound is not.
    pub gap: f64,
    /// What that proves.
    pub proof: Proof,
}

/// The frontier of a bare program.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramFrontier {
    /// How the search ended.
    pub status: ScenarioStatus,
    /// The points, by rising first measure.
    pub points: Vec<ProgramPoint>,
}

/// Why the search failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptimiseError {
    /// It was asked to stop.
    #[error("stopped on request")]
    Cancelled,
    /// The solver failed.
    #[error("the solver failed: {0}")]
    Solver(String),
}
