//! Small programs of which a solution better than a known one is wanted, and soon: the sub-MIPs of LNS.
#![allow(unsafe_code, reason = "the sense of a model is changed through HiGHS's C interface only")]

use std::os::raw::c_int;
use std::time::Instant;

use highs::{HighsModelStatus, HighsSolutionStatus};

use crate::progress::CancelToken;

use super::highs::{Tolerance, accepted, build, interruptible, objective_scale, set};
use super::watch::Watch;
use crate::optimise::model::program::{ByColumn, Program};
use crate::optimise::outcome::OptimiseError;

/// Gap that is left, as a share of the cutoff with its constant: LNS wants gains, and no proof.
const GAP: f64 = 1e-5;

/// What a search for something better came to.
#[derive(Clone, Debug)]
pub struct Improved {
    /// The best solution above the cutoff, if one was found.
    pub values: Option<ByColumn<f64>>,
    /// True if there is none better, but for the gap.
    pub is_proven: bool,
    /// Iterations of the simplex method: a measure of work that does not depend on the machine.
    pub iterations: u64,
}

/// Limits on a search for something better.
#[derive(Clone, Copy, Debug)]
pub struct ImproveLimits {
    /// Nodes.
    pub nodes: i32,
    /// Iterations of the simplex method, roughly.
    pub iterations: u64,
    /// Time at which it ends.
    pub deadline: Option<Instant>,
}

/// Searches for a solution of a program whose objective exceeds `cutoff`, by a few nodes of branch and cut.
/// `constant` belongs to the objective, and to the cutoff.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn improve(
    program: &Program,
    (cutoff, constant): (f64, f64),
    limits: ImproveLimits,
    cancel: &CancelToken,
) -> Result<Improved, OptimiseError> {
    let scale = objective_scale(program);
    // As a program that is minimised: its cutoff is then the bound that HiGHS begins with.
    let mut model = build(program, -scale, true)?;
    let minimise = highs_sys::kHighsObjSenseMinimize as c_int;
    // SAFETY: the pointer is to a living HiGHS model that this thread owns.
    let status = unsafe { highs_sys::Highs_changeObjectiveSense(model.as_mut_ptr(), minimise) };
    accepted(status, "sense of the objective")?;
    if cutoff > f64::NEG_INFINITY {
        set(&mut model, "objective_bound", -(cutoff - constant) * scale)?;
    }
    let tolerance = Tolerance::Tight.value();
    set(&mut model, "primal_feasibility_tolerance", tolerance)?;
    set(&mut model, "mip_feasibility_tolerance", tolerance)?;
    set(&mut model, "mip_rel_gap", 0.0)?;
    set(&mut model, "mip_abs_gap", if cutoff.is_finite() { GAP * cutoff.abs() * scale } else { 0.0 })?;
    set(&mut model, "mip_max_nodes", limits.nodes)?;
    // Neither presolve nor heuristics that solve a MIP of their own ask the callback: such a presolve, at a restart, was
    // seen to run for an hour. With few nodes to come they gain little.
    set(&mut model, "presolve", "off")?;
    set(&mut model, "mip_allow_restart", false)?;
    set(&mut model, "mip_heuristic_run_rins", false)?;
    set(&mut model, "mip_heuristic_run_rens", false)?;
    if let Some(deadline) = limits.deadline {
        set(&mut model, "time_limit", deadline.saturating_duration_since(Instant::now()).as_secs_f64())?;
    }
    let solved =
        interruptible(model, &Watch::new(cancel, limits.deadline).with_iterations(limits.iterations))?;
    if cancel.is_cancelled() {
        return Err(OptimiseError::Cancelled);
    }
    let iterations = u64::try_from(solved.simplex_iteration_count()).unwrap_or(0);
    let is_proven = matches!(solved.status(), HighsModelStatus::Optimal | HighsModelStatus::Infeasible);
    let values = (solved.primal_solution_status() == HighsSolutionStatus::Feasible)
        .then(|| solved.get_solution().columns().to_vec().into());
    Ok(Improved { values, is_proven, iterations })
}
