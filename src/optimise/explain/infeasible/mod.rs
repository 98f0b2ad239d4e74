//! Why a scenario has no option: which limits and decisions exclude one another, and the least that would help.

mod deletion_filter;
mod elastic;
mod way_out;

use crate::domain::SelectionSettings;
use crate::finance::Valuation;
use crate::progress::CancelToken;

use crate::optimise::formulate::row_key::RowKey;
use crate::optimise::result::OptimiseError;
use crate::optimise::scenario_model::ScenarioModel;
use crate::optimise::solver::highs::{SolveLimits, Tolerance};

pub use way_out::{Excess, WayOut};

/// Nodes that one question may take: what is asked is mostly settled at the root.
const NODES_PER_QUESTION: u32 = 2_000;
/// Seconds that one question may take.
const SECONDS_PER_QUESTION: f64 = 10.0;
/// The gap to which the least change is proven.
const RELATIVE_GAP: f64 = 1e-6;

/// Why no selection satisfies a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Limits and decisions that no selection satisfies together, in the order of [`RowKey`].
    pub members: Vec<RowKey>,
    /// Whether it is proven that without any one of them there would be a selection that satisfies the others.
    pub is_irreducible: bool,
    /// The least excess of limits that makes the whole scenario feasible, each measured by the usual size of its
    /// limit; `None` if no excess does, or none was found.
    pub relaxation: Option<WayOut<Excess>>,
    /// The fewest projects (positions) that must no longer be in for the whole scenario to be feasible, and of equally
    /// few those that are worth least; `None` if that does not help, or was not found to.
    pub or_drop: Option<WayOut<usize>>,
}

/// Explains why a scenario is infeasible.
///
/// # Errors
/// If it is asked to stop, or the solver fails.
pub fn explain_conflict(
    valuation: &Valuation,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<Conflict, OptimiseError> {
    let formulation = ScenarioModel::of_goal(valuation, &[]).formulation;
    let limits = SolveLimits {
        gap: RELATIVE_GAP,
        time: settings.time_limit.map(|seconds| seconds.min(SECONDS_PER_QUESTION)),
        nodes: Some(settings.work_limit.map_or(NODES_PER_QUESTION, |nodes| nodes.min(NODES_PER_QUESTION))),
        tolerance: Tolerance::Tight,
    };
    let (members, is_irreducible) = deletion_filter::irreducible(&formulation, &limits, cancel)?;
    Ok(Conflict {
        members,
        is_irreducible,
        relaxation: elastic::relaxation(&formulation, &limits, cancel)?,
        or_drop: elastic::fewest_drops(&formulation, &limits, cancel)?,
    })
}
