//! Results of the searches for options and frontiers, with their bounds.

use crate::domain::{ByProject, Measure, ProjectIx, Selection};

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
    /// Price of each row of the program, where the search has solved a relaxation that takes long; empty if its time ended
    /// before.
    pub prices: Option<Vec<f64>>,
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

/// A portfolio that no other dominates whatever the admissible weights are.
#[derive(Clone, Debug, PartialEq)]
pub struct RobustPortfolio {
    /// A selection of its projects, rechecked against the limits.
    pub selection: Selection,
    /// Strategic value, less penalties, at each vertex of the admissible weights.
    pub values: Vec<f64>,
    /// The most that it can fall short of the best portfolio, over all admissible weights.
    pub max_regret: f64,
}

/// The non-dominated portfolios of a scenario under admissible weights.
#[derive(Clone, Debug, PartialEq)]
pub struct NonDominated {
    /// Optimal if these are all there are.
    pub status: SolveStatus,
    /// The portfolios, the least regret first.
    pub portfolios: Vec<RobustPortfolio>,
    /// No other feasible portfolio that they do not dominate exceeds some one of them by more than this at every
    /// vertex, and so for all admissible weights: 0 if these are all, infinite if nothing is proven.
    pub shortfall: f64,
    /// The best value at each vertex among the portfolios.
    pub best: Vec<f64>,
    /// Per known selection the most that it can fall short of the best portfolio found, over all admissible weights.
    pub regrets: Vec<f64>,
}

impl NonDominated {
    /// No portfolios, for the reason that a status tells.
    pub fn none(status: SolveStatus) -> Self {
        let shortfall = if status == SolveStatus::Infeasible { 0.0 } else { f64::INFINITY };
        Self { status, portfolios: Vec::new(), shortfall, best: Vec::new(), regrets: Vec::new() }
    }

    /// The share of the portfolios that hold each of `projects` projects: its core index. 1 is core, 0 exterior, and
    /// what lies between borderline.
    pub fn core_indices(&self, projects: usize) -> ByProject<f64> {
        let mut counts = ByProject::filled(0_u32, projects);
        let chosen = self.portfolios.iter().flat_map(|one| one.selection.projects());
        chosen.for_each(|project| counts[project] += 1);
        let all = self.portfolios.len().max(1) as f64;
        counts.iter().map(|&count| f64::from(count) / all).collect()
    }
}

/// An end of the interval of a weight over which option 1 stays the best.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeEnd {
    /// The weight, as a share of the whole.
    pub weight: f64,
    /// Projects of the selection that is better beyond and that option 1 lacks; none at 0 and 1, where nothing is.
    pub enters: Vec<ProjectIx>,
    /// Projects of option 1 that it lacks.
    pub leaves: Vec<ProjectIx>,
    /// Optimal if nothing is proven to be better up to there, to the gap.
    pub status: SolveStatus,
}

/// The interval of an objective's weight over which option 1 stays the best.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightRange {
    /// The objective (position).
    pub objective: usize,
    /// Its weight, as a share of the whole.
    pub weight: f64,
    /// The lower end.
    pub low: RangeEnd,
    /// The upper end.
    pub high: RangeEnd,
}
