//! Infeasible scenarios: the conflict of limits and decisions, and the least relaxation.

mod deletion_filter;
mod elastic;
mod way_out;

use crate::domain::{ProjectIx, SelectionSettings};
use crate::progress::CancelToken;

use crate::optimise::formulate::row_key::RowKey;
use crate::optimise::outcome::OptimiseError;
use crate::optimise::scenario_model::ScenarioModel;
use crate::optimise::solver::highs::{SolveLimits, Tolerance};

pub use way_out::{Excess, WayOut};

/// Node limit per test: most are decided at the root.
const NODES_PER_QUESTION: u32 = 2_000;
/// Seconds per test.
const SECONDS_PER_QUESTION: f64 = 10.0;
/// Gap to which the least change is proven.
const RELATIVE_GAP: f64 = 1e-6;

/// Cause of an infeasible scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Limits and decisions that no selection satisfies together, in the order of [`RowKey`].
    pub members: Vec<RowKey>,
    /// True if, without any one of them, some selection is proven to satisfy the others.
    pub is_irreducible: bool,
    /// The least excess of limits that makes the whole scenario feasible, each relative to the usual size of its limit;
    /// `None` if no excess does, or none was found.
    pub relaxation: Option<WayOut<Excess>>,
    /// The fewest projects (positions) decided in that must be dropped to make the whole scenario feasible, and among
    /// equally few those worth least; `None` if that does not suffice, or none was found.
    pub or_drop: Option<WayOut<ProjectIx>>,
}

/// Explains why a scenario is infeasible. Where projects must be dropped, those worth least by the model's objective
/// are.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn explain_conflict(
    model: &ScenarioModel,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<Conflict, OptimiseError> {
    let formulation = &model.formulation;
    let limits = SolveLimits {
        gap: RELATIVE_GAP,
        time: settings.time_limit.map(|seconds| seconds.min(SECONDS_PER_QUESTION)),
        nodes: Some(settings.work_limit.map_or(NODES_PER_QUESTION, |nodes| nodes.min(NODES_PER_QUESTION))),
        tolerance: Tolerance::Tight,
    };
    let (members, is_irreducible) = deletion_filter::irreducible(formulation, &limits, cancel)?;
    Ok(Conflict {
        members,
        is_irreducible,
        relaxation: elastic::relaxation(formulation, &limits, cancel)?,
        or_drop: elastic::fewest_drops(formulation, &limits, cancel)?,
    })
}
