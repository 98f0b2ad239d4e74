//! The interface to the mixed-integer solver HiGHS, modelled through `good_lp`; no other file calls a solver.
//!
//! `good_lp` builds the model; the solve itself goes through the `highs` model inside, because only that exposes the
//! bound, the gap and the reason why the solver stopped. One thread per solve: scenarios run side by side instead.
#![allow(unsafe_code, reason = "parts of HiGHS are reached through its C interface only")]

use std::os::raw::c_int;
use std::time::Instant;

use good_lp::{Expression, ProblemVariables, SolverModel, Variable, variable};
use highs::{HighsModelStatus, HighsSolutionStatus, SolvedModel};

use crate::progress::CancelToken;

use super::watch::Watch;
use crate::optimise::model::program::{ByColumn, ByRow, Column, Program, Row, unit_scale};
use crate::optimise::outcome::{OptimiseError, Outcome, SolveStatus};

/// Default tolerance for rows and integrality, in the program's own scale.
const FEASIBILITY_TOLERANCE: f64 = 1e-9;

/// Difference below which objectives are equal, where the largest coefficient is about a thousand.
const OBJECTIVE_ROUNDING: f64 = 1e-9;

/// Tolerance of the solver for rows and integrality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tolerance {
    /// HiGHS's default, 10⁻⁶: the fastest, but some of its solutions fail the recheck.
    Usual,
    /// Far tighter than the tolerance of [`crate::domain::exceeds`], so that its solutions also pass the recheck.
    Tight,
}

impl Tolerance {
    pub(super) fn value(self) -> f64 {
        match self {
            Self::Usual => 1e-6,
            Self::Tight => FEASIBILITY_TOLERANCE,
        }
    }
}

/// Cells of a program, rows times columns, from which on an interior point method may solve its relaxation, and the most
/// terms that its columns may have then in the mean.
const MIN_CELLS_FOR_INTERIOR_POINT: usize = 1 << 22;
const MAX_TERMS_FOR_INTERIOR_POINT: usize = 20;

/// Limits of one solve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SolveLimits {
    /// Relative gap that counts as proven.
    pub gap: f64,
    /// Wall seconds.
    pub time: Option<f64>,
    /// Branch-and-bound nodes.
    pub nodes: Option<u32>,
    /// Tolerance for rows and integrality.
    pub tolerance: Tolerance,
}

/// Result of a solve.
#[derive(Clone, Debug, PartialEq)]
pub struct SolveOutcome {
    /// Optimal, feasible, or neither as there are no values.
    pub status: SolveStatus,
    /// Upper bound on the objective of every solution; infinite where nothing is proven.
    pub bound: f64,
    /// The best solution, if one was found: a value per column.
    pub values: Option<ByColumn<f64>>,
}

impl SolveOutcome {
    const INFEASIBLE: Self = Self { status: SolveStatus::Infeasible, bound: f64::NEG_INFINITY, values: None };
}

/// The optimum of a program without its integrality.
#[derive(Clone, Debug, PartialEq)]
pub struct Relaxation {
    /// The optimum: an upper bound on the objective of every integral solution.
    pub objective: f64,
    /// A value per column.
    pub values: ByColumn<f64>,
    /// Price per row: gain in objective per unit of its upper side (at least 0 for `≤` rows).
    pub prices: ByRow<f64>,
}

impl Relaxation {
    /// What holds without a solve: no prices, and all that columns may add to the objective as its bound.
    pub fn unsolved(program: &Program) -> Self {
        let most = |column: &Column| (column.objective * column.lower).max(column.objective * column.upper);
        Self {
            objective: program.columns.iter().map(most).sum(),
            values: program.columns.iter().map(|column| column.lower).collect(),
            prices: ByRow::filled(0.0, program.rows.len()),
        }
    }
}

/// Engines that prove options: our own tree search, and the solver behind it with its version.
pub fn solver_version() -> String {
    // SAFETY: the three calls read constants compiled into the library.
    let (major, minor, patch) = unsafe {
        (highs_sys::Highs_versionMajor(), highs_sys::Highs_versionMinor(), highs_sys::Highs_versionPatch())
    };
    format!("Cutline tree search, HiGHS {major}.{minor}.{patch}")
}

/// Maximises a program.
///
/// It starts without a known solution: given one, HiGHS 1.16.0 may return that solution in place of the optimum whose
/// objective it reports.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn solve(
    program: &Program,
    limits: &SolveLimits,
    cancel: &CancelToken,
) -> Result<SolveOutcome, OptimiseError> {
    solve_with_constant(program, 0.0, limits, cancel)
}

/// Maximises a program to whose objective a constant is added: the gap is relative to the sum.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn solve_with_constant(
    program: &Program,
    constant: f64,
    limits: &SolveLimits,
    cancel: &CancelToken,
) -> Result<SolveOutcome, OptimiseError> {
    if program.columns.is_empty() {
        let alone = solve_without_columns(program);
        return Ok(SolveOutcome { bound: alone.bound + constant, ..alone });
    }
    let begun = Instant::now();
    let left = || limits.time.map(|seconds| (seconds - begun.elapsed().as_secs_f64()).max(0.0));
    let outcome = match solve_once(program, constant, limits, true, cancel) {
        // Presolve, or the way back from it, may fail where coefficients are of very different sizes.
        Err(OptimiseError::Solver(_)) => {
            return solve_once(program, constant, &SolveLimits { time: left(), ..*limits }, false, cancel);
        }
        outcome => outcome?,
    };
    if outcome.status != SolveStatus::Infeasible || limits.tolerance != Tolerance::Tight {
        return Ok(outcome);
    }
    // With tight tolerances HiGHS's presolve may drop tiny coefficients, of a row that only just rules out zero, and
    // report a feasible program infeasible. So it is solved once more without presolve; if a limit ends that without a
    // solution, the verdict of presolve holds.
    let time = left();
    if time.is_some_and(|seconds| seconds <= 0.0) {
        return Ok(outcome);
    }
    let again = solve_once(program, constant, &SolveLimits { time, ..*limits }, false, cancel)?;
    Ok(if again.values.is_some() { again } else { outcome })
}

fn solve_once(
    program: &Program,
    constant: f64,
    limits: &SolveLimits,
    with_presolve: bool,
    cancel: &CancelToken,
) -> Result<SolveOutcome, OptimiseError> {
    let scale = objective_scale(program);
    let mut model = build(program, scale, true)?;
    if !with_presolve {
        set(&mut model, "presolve", "off")?;
    }
    if constant != 0.0 {
        // SAFETY: the pointer is to a living HiGHS model that this thread owns.
        let status = unsafe { highs_sys::Highs_changeObjectiveOffset(model.as_mut_ptr(), constant * scale) };
        accepted(status, "constant of the objective")?;
    }
    set_limits(&mut model, limits)?;
    let solved = interruptible(model, &Watch::new(cancel, None))?;
    let values: Option<ByColumn<f64>> = (solved.primal_solution_status() == HighsSolutionStatus::Feasible)
        .then(|| solved.get_solution().columns().to_vec().into());
    let status = match solved.status() {
        HighsModelStatus::Optimal => SolveStatus::of_found(true),
        // Every column is bounded, so the program cannot be unbounded.
        HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => {
            return Ok(SolveOutcome::INFEASIBLE);
        }
        HighsModelStatus::ReachedInterrupt if cancel.is_cancelled() => return Err(OptimiseError::Cancelled),
        HighsModelStatus::ReachedTimeLimit
        | HighsModelStatus::ReachedSolutionLimit
        | HighsModelStatus::ReachedIterationLimit
        | HighsModelStatus::ReachedInterrupt
        | HighsModelStatus::ReachedMemoryLimit => SolveStatus::of_found(false),
        other => return Err(OptimiseError::Solver(format!("HiGHS ended with the status {other:?}"))),
    };
    let bound = solved.double_info_value(c"mip_dual_bound").map_err(failed("bound"))?;
    // A solver that has proven nothing yet reports an infinite bound.
    let bound = if bound.abs() >= f64::MAX { f64::INFINITY } else { bound / scale };
    // A difference within rounding between objective and bound counts as none, also where both are 0.
    let objective = values.as_ref().map(|values| {
        let terms = values.iter().zip(&program.columns).map(|(value, column)| value * column.objective);
        terms.sum::<f64>() + constant
    });
    let is_rounding = |objective: &f64| (bound - objective).abs() <= objective_rounding(program);
    let bound = objective.filter(is_rounding).unwrap_or(bound);
    let status = if values.is_some() { status } else { SolveStatus::Unknown };
    Ok(SolveOutcome { status, bound, values })
}

/// Maximises a program without its integrality. `None` if even that is infeasible.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn relax(program: &Program, cancel: &CancelToken) -> Result<Option<Relaxation>, OptimiseError> {
    match relax_until(program, None, cancel)? {
        Outcome::Found(relaxation) => Ok(Some(relaxation)),
        Outcome::Infeasible => Ok(None),
        Outcome::Unknown => Err(OptimiseError::Solver("HiGHS left the relaxation unfinished".into())),
    }
}

/// The same, but for a deadline: unknown if that comes first.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn relax_until(
    program: &Program,
    deadline: Option<Instant>,
    cancel: &CancelToken,
) -> Result<Outcome<Relaxation>, OptimiseError> {
    if program.columns.is_empty() {
        let outcome = solve_without_columns(program);
        let prices = ByRow::filled(0.0, program.rows.len());
        let relaxation = outcome.values.map(|values| Relaxation { objective: 0.0, values, prices });
        return Ok(relaxation.map_or(Outcome::Infeasible, Outcome::Found));
    }
    let scale = objective_scale(program);
    let mut model = build(program, scale, false)?;
    set(&mut model, "primal_feasibility_tolerance", FEASIBILITY_TOLERANCE)?;
    if suits_interior_point(program) {
        set(&mut model, "solver", "ipx")?;
    }
    let solved = interruptible(model, &Watch::new(cancel, deadline))?;
    match solved.status() {
        HighsModelStatus::Optimal => {
            let solution = solved.get_solution();
            Ok(Outcome::Found(Relaxation {
                objective: solved.objective_value() / scale,
                values: solution.columns().to_vec().into(),
                prices: prices(program, solution.dual_rows(), scale),
            }))
        }
        HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible => Ok(Outcome::Infeasible),
        HighsModelStatus::ReachedInterrupt if cancel.is_cancelled() => Err(OptimiseError::Cancelled),
        HighsModelStatus::ReachedInterrupt if deadline.is_some() => Ok(Outcome::Unknown),
        other => Err(OptimiseError::Solver(format!("HiGHS ended the relaxation with the status {other:?}"))),
    }
}

/// True if an interior point method, with a crossover to a basis, is the quicker way to the relaxation of a program: a large
/// one with few terms in each column, where it takes a quarter to a ninth of the time of the simplex method. With many
/// terms in each, it takes twice that time.
pub(super) fn suits_interior_point(program: &Program) -> bool {
    let terms: usize = program.rows.iter().map(|row| row.terms.len()).sum();
    let (rows, columns) = (program.rows.len(), program.columns.len());
    rows * columns >= MIN_CELLS_FOR_INTERIOR_POINT && terms <= MAX_TERMS_FOR_INTERIOR_POINT * columns
}

/// Price per row. A row with two sides is two rows of the model.
fn prices(program: &Program, duals: &[f64], scale: f64) -> ByRow<f64> {
    let mut duals = duals.iter();
    let sides = |row: &Row| {
        let (is_below, is_above) = (row.upper < f64::INFINITY, row.lower > f64::NEG_INFINITY);
        if row.lower == row.upper { 1 } else { usize::from(is_below) + usize::from(is_above) }
    };
    (program.rows.iter()).map(|row| duals.by_ref().take(sides(row)).sum::<f64>() / scale).collect()
}

/// Difference of objectives that the solver does not tell from none, in the program's units.
pub fn objective_rounding(program: &Program) -> f64 {
    OBJECTIVE_ROUNDING / objective_scale(program)
}

/// Power of two that brings the largest objective coefficient to about a thousand, since solvers compare objectives to
/// an absolute tolerance.
pub(super) fn objective_scale(program: &Program) -> f64 {
    1024.0 * unit_scale(program.columns.iter().map(|column| column.objective))
}

/// Solution of a program without columns: it has one, which is feasible if all rows allow 0.
fn solve_without_columns(program: &Program) -> SolveOutcome {
    let holds = program
        .rows
        .iter()
        .all(|row| row.lower <= FEASIBILITY_TOLERANCE && row.upper >= -FEASIBILITY_TOLERANCE);
    if holds {
        SolveOutcome { status: SolveStatus::Optimal, bound: 0.0, values: Some(ByColumn::default()) }
    } else {
        SolveOutcome::INFEASIBLE
    }
}

pub(super) fn build(program: &Program, scale: f64, whole: bool) -> Result<highs::Model, OptimiseError> {
    let mut variables = ProblemVariables::new();
    let columns: ByColumn<Variable> = (program.columns.iter())
        .map(|column| {
            let definition = variable().min(column.lower).max(column.upper);
            variables.add(if column.is_integer && whole { definition.integer() } else { definition })
        })
        .collect();
    let terms = columns.iter().zip(&program.columns);
    let objective: Expression = terms.map(|(&variable, column)| variable * (column.objective * scale)).sum();
    let mut problem = variables.maximise(objective).using(good_lp::highs);
    for row in &program.rows {
        let sum = || row.terms.iter().map(|&(column, factor)| columns[column] * factor).sum::<Expression>();
        if row.lower == row.upper {
            problem.add_constraint(sum().eq(row.lower));
            continue;
        }
        if row.upper < f64::INFINITY {
            problem.add_constraint(sum().leq(row.upper));
        }
        if row.lower > f64::NEG_INFINITY {
            problem.add_constraint(sum().geq(row.lower));
        }
    }
    let mut model =
        problem.try_into_inner().map_err(|error| OptimiseError::Solver(format!("no model: {error}")))?;
    model.make_quiet();
    set(&mut model, "threads", 1)?;
    set(&mut model, "parallel", "off")?;
    set(&mut model, "random_seed", 0)?;
    Ok(model)
}

fn set_limits(model: &mut highs::Model, limits: &SolveLimits) -> Result<(), OptimiseError> {
    set(model, "primal_feasibility_tolerance", limits.tolerance.value())?;
    set(model, "mip_feasibility_tolerance", limits.tolerance.value())?;
    set(model, "mip_rel_gap", limits.gap)?;
    set(model, "mip_abs_gap", 0.0)?;
    if let Some(seconds) = limits.time {
        set(model, "time_limit", seconds)?;
    }
    if let Some(nodes) = limits.nodes {
        set(model, "mip_max_nodes", i32::try_from(nodes).unwrap_or(i32::MAX))?;
    }
    Ok(())
}

pub(super) fn set<V: highs::HighsOptionValue>(
    model: &mut highs::Model,
    name: &str,
    value: V,
) -> Result<(), OptimiseError> {
    model
        .try_set_option(name, value)
        .map_err(|_| OptimiseError::Solver(format!("HiGHS has no option {name}")))
}

/// Fails if a call of HiGHS failed: without the constant the gap is wrong, without the callback a solve cannot be
/// cancelled.
pub(super) fn accepted(status: c_int, what: &str) -> Result<(), OptimiseError> {
    if status == highs_sys::STATUS_OK {
        return Ok(());
    }
    Err(OptimiseError::Solver(format!("HiGHS refused the {what}: status {status}")))
}

fn failed<E: std::fmt::Debug>(what: &'static str) -> impl Fn(E) -> OptimiseError {
    move |error| OptimiseError::Solver(format!("HiGHS refused the {what}: {error:?}"))
}

/// Solves, and asks the watch again and again.
pub(super) fn interruptible(mut model: highs::Model, watch: &Watch) -> Result<SolvedModel, OptimiseError> {
    if watch.is_cancelled() {
        return Err(OptimiseError::Cancelled);
    }
    // SAFETY: the pointer is to a living HiGHS model that this thread owns. It runs only while `try_solve` below does,
    // which the watch outlives; the solved model never runs again.
    accepted(unsafe { watch.attach(model.as_mut_ptr()) }, "callback")?;
    model.try_solve().map_err(failed("solve"))
}
