//! The end of a solve, whoever solves: HiGHS, a tree, a search for options or for a frontier.

/// Status at the end of a solve: of one program, of one option, or of everything that a scenario asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SolveStatus {
    /// Everything asked for was found and proven to the gap, or all that exists was.
    Optimal,
    /// A limit was reached: something found is not proven, or something is missing. Bound and gap show how far the
    /// solve had come.
    Feasible,
    /// Proven: no solution exists.
    Infeasible,
    /// A limit was reached before any solution was found; none is known and none is ruled out.
    Unknown,
}

impl SolveStatus {
    /// Status of something found.
    pub const fn of_found(is_proven: bool) -> Self {
        if is_proven { Self::Optimal } else { Self::Feasible }
    }

    /// Name in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::Feasible => "feasible",
            Self::Infeasible => "infeasible",
            Self::Unknown => "unknown",
        }
    }

    /// True if a limit was reached: with more time or work the answer may be another.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Feasible | Self::Unknown)
    }
}

/// Outcome of a search for one solution.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<T> {
    /// The best solution found, with what is proven about it.
    Found(T),
    /// Proven: no solution exists.
    Infeasible,
    /// A limit was reached before any solution was found.
    Unknown,
}

impl<T> Outcome<T> {
    /// Outcome of a search that ended with a status.
    pub fn new(found: Option<T>, status: SolveStatus) -> Self {
        match (found, status) {
            (Some(found), _) => Self::Found(found),
            (None, SolveStatus::Infeasible) => Self::Infeasible,
            (None, SolveStatus::Optimal | SolveStatus::Feasible | SolveStatus::Unknown) => Self::Unknown,
        }
    }

    /// The same for something made of what was found.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Found(found) => Outcome::Found(change(found)),
            Self::Infeasible => Outcome::Infeasible,
            Self::Unknown => Outcome::Unknown,
        }
    }
}

/// Cause of failure of a solve.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptimiseError {
    /// Cancelled on request.
    #[error("stopped on request")]
    Cancelled,
    /// The solver failed.
    #[error("the solver failed: {0}")]
    Solver(String),
}
