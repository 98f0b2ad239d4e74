//! A linear program that stays with HiGHS: solved again after each change of bounds, from the basis before.
#![allow(unsafe_code, reason = "bounds of a solved model are changed through HiGHS's C interface only")]

use std::ffi::CStr;
use std::marker::PhantomData;
use std::os::raw::{c_int, c_void};
use std::time::Instant;

use crate::progress::CancelToken;

use super::highs::{self, objective_scale, suits_interior_point};
use super::watch::Watch;
use crate::optimise::model::program::{ByColumn, ByRow, ColumnIx, Program};
use crate::optimise::outcome::{OptimiseError, Outcome};

/// Status of a call that HiGHS warns about and carries out.
const HIGHS_WARNING: c_int = 1;
/// Tolerance for rows and bounds, in the program's own scale: as of single relaxations.
const FEASIBILITY_TOLERANCE: f64 = 1e-9;

/// The relaxation of a program, without its integrality, that can be solved again with other bounds.
#[derive(Debug)]
pub struct LpSession<'a> {
    highs: *mut c_void,
    /// In a box, as HiGHS keeps its address.
    watch: Box<Watch<'a>>,
    /// Factor on the objective, so that its largest coefficient is about a thousand.
    scale: f64,
    values: ByColumn<f64>,
    prices: ByRow<f64>,
    /// Iterations of the simplex method so far.
    iterations: u64,
    /// HiGHS models stay on the thread that made them.
    on_this_thread: PhantomData<*mut ()>,
}

impl<'a> LpSession<'a> {
    /// A session on a program with at least one column. Solves end at the deadline, if there is one.
    ///
    /// # Errors
    /// If the solver refuses the program.
    pub fn new(
        program: &Program,
        deadline: Option<Instant>,
        cancel: &'a CancelToken,
    ) -> Result<Self, OptimiseError> {
        let watch = Box::new(Watch::new(cancel, deadline));
        // SAFETY: creates a model, which `drop` destroys.
        let highs = unsafe { highs_sys::Highs_create() };
        let session = Self {
            highs,
            watch,
            scale: objective_scale(program),
            values: ByColumn::filled(0.0, program.columns.len()),
            prices: ByRow::filled(0.0, program.rows.len()),
            iterations: 0,
            on_this_thread: PhantomData,
        };
        session.set_options()?;
        session.pass(program)?;
        if suits_interior_point(program) {
            session.choose_method(c"ipx")?;
        }
        // SAFETY: the model is owned by this session, and so is the watch, which its box keeps in its place.
        accepted(unsafe { session.watch.attach(highs) }, "callback")?;
        Ok(session)
    }

    fn set_options(&self) -> Result<(), OptimiseError> {
        // SAFETY: the pointer is to a living model, and the texts end with 0.
        unsafe {
            let flag = |name: &CStr| highs_sys::Highs_setBoolOptionValue(self.highs, name.as_ptr(), 0);
            let number =
                |name: &CStr, value| highs_sys::Highs_setIntOptionValue(self.highs, name.as_ptr(), value);
            accepted(flag(c"output_flag"), "option output_flag")?;
            accepted(number(c"threads", 1), "option threads")?;
            accepted(number(c"random_seed", 0), "option random_seed")?;
            let (name, off) = (c"parallel".as_ptr(), c"off".as_ptr());
            accepted(highs_sys::Highs_setStringOptionValue(self.highs, name, off), "option parallel")?;
            let name = c"primal_feasibility_tolerance".as_ptr();
            let status = highs_sys::Highs_setDoubleOptionValue(self.highs, name, FEASIBILITY_TOLERANCE);
            accepted(status, "tolerance")
        }
    }

    fn choose_method(&self, method: &CStr) -> Result<(), OptimiseError> {
        // SAFETY: the pointer is to a living model, and the texts end with 0.
        let status =
            unsafe { highs_sys::Highs_setStringOptionValue(self.highs, c"solver".as_ptr(), method.as_ptr()) };
        accepted(status, "option solver")
    }

    fn pass(&self, program: &Program) -> Result<(), OptimiseError> {
        let count = |number: usize| {
            c_int::try_from(number).map_err(|_| OptimiseError::Solver("the program is too large".into()))
        };
        let columns = || program.columns.iter();
        let costs: Vec<f64> = columns().map(|column| column.objective * self.scale).collect();
        let lower: Vec<f64> = columns().map(|column| column.lower).collect();
        let upper: Vec<f64> = columns().map(|column| column.upper).collect();
        let row_lower: Vec<f64> = program.rows.iter().map(|row| row.lower).collect();
        let row_upper: Vec<f64> = program.rows.iter().map(|row| row.upper).collect();
        let terms = || program.rows.iter().flat_map(|row| row.terms.iter());
        let index = terms().map(|&(column, _)| count(column.index())).collect::<Result<Vec<_>, _>>()?;
        let value: Vec<f64> = terms().map(|&(_, factor)| factor).collect();
        let mut first = Vec::with_capacity(program.rows.len());
        let mut terms_before = 0;
        for row in &program.rows {
            first.push(count(terms_before)?);
            terms_before += row.terms.len();
        }
        // SAFETY: the arrays have the lengths that the numbers tell; HiGHS copies them.
        let status = unsafe {
            highs_sys::Highs_passLp(
                self.highs,
                count(costs.len())?,
                count(row_lower.len())?,
                count(terms_before)?,
                highs_sys::kHighsMatrixFormatRowwise as c_int,
                highs_sys::kHighsObjSenseMaximize as c_int,
                0.0,
                costs.as_ptr(),
                lower.as_ptr(),
                upper.as_ptr(),
                row_lower.as_ptr(),
                row_upper.as_ptr(),
                first.as_ptr(),
                index.as_ptr(),
                value.as_ptr(),
            )
        };
        accepted(status, "program")
    }

    /// Changes the bounds of a column.
    ///
    /// # Errors
    /// If the solver refuses.
    pub fn set_bounds(&mut self, column: ColumnIx, lower: f64, upper: f64) -> Result<(), OptimiseError> {
        // The index fits, as the program was accepted.
        let column = column.index() as c_int;
        // SAFETY: the pointer is to a living model that this session owns.
        accepted(unsafe { highs_sys::Highs_changeColBounds(self.highs, column, lower, upper) }, "bounds")
    }

    /// Maximises the program with its present bounds: the objective, unless the deadline comes first. What the deadline
    /// left unfinished may have prices all the same.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn solve(&mut self) -> Result<Outcome<f64>, OptimiseError> {
        if self.watch.is_cancelled() {
            return Err(OptimiseError::Cancelled);
        }
        // SAFETY: the pointer is to a living model that this session owns; the arrays have an entry per column and row.
        let (ran, status, objective) = unsafe {
            let ran = highs_sys::Highs_run(self.highs);
            let status = highs_sys::Highs_getModelStatus(self.highs);
            let _ = highs_sys::Highs_getSolution(
                self.highs,
                self.values.as_mut_slice().as_mut_ptr(),
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                self.prices.as_mut_slice().as_mut_ptr(),
            );
            (ran, status, highs_sys::Highs_getObjectiveValue(self.highs))
        };
        self.iterations += self.last_iterations()?;
        // From a basis, only the simplex method goes on.
        self.choose_method(c"choose")?;
        match status {
            _ if self.watch.is_cancelled() => Err(OptimiseError::Cancelled),
            highs_sys::MODEL_STATUS_OPTIMAL => Ok(Outcome::Found(objective / self.scale)),
            highs_sys::MODEL_STATUS_INFEASIBLE | highs_sys::MODEL_STATUS_UNBOUNDED_OR_INFEASIBLE => {
                Ok(Outcome::Infeasible)
            }
            highs_sys::MODEL_STATUS_REACHED_INTERRUPT | highs_sys::MODEL_STATUS_UNKNOWN => {
                Ok(Outcome::Unknown)
            }
            other => Err(OptimiseError::Solver(format!(
                "HiGHS ended a relaxation with the status {other} and the answer {ran}"
            ))),
        }
    }

    fn last_iterations(&self) -> Result<u64, OptimiseError> {
        let (name, mut count) = (c"simplex_iteration_count", 0);
        // SAFETY: the pointer is to a living model, the text ends with 0, and the count is one integer.
        let status = unsafe { highs_sys::Highs_getIntInfoValue(self.highs, name.as_ptr(), &raw mut count) };
        accepted(status, "count of iterations")?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Iterations of the simplex method in all solves so far.
    pub fn iterations(&self) -> u64 {
        self.iterations
    }

    /// The value of each column after the last solve.
    pub fn values(&self) -> &ByColumn<f64> {
        &self.values
    }

    /// Gain in objective per unit of each row's side after the last solve.
    pub fn prices(&self) -> ByRow<f64> {
        self.prices.iter().map(|price| price / self.scale).collect()
    }
}

impl Drop for LpSession<'_> {
    fn drop(&mut self) {
        // SAFETY: the model was created by this session and is used no more.
        unsafe { highs_sys::Highs_destroy(self.highs) };
    }
}

/// Fails if a call of HiGHS failed; a warning is none.
fn accepted(status: c_int, what: &str) -> Result<(), OptimiseError> {
    highs::accepted(if status == HIGHS_WARNING { highs_sys::STATUS_OK } else { status }, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::model::program::{Column, Row};

    /// Values 6, 5 and 4 with sizes 3, 2 and 1 in a row of 4.
    fn program() -> Program {
        let column = |objective| Column { lower: 0.0, upper: 1.0, is_integer: true, objective };
        let row = Row::numbered([(0, 3.0), (1, 2.0), (2, 1.0)], f64::NEG_INFINITY, 4.0);
        Program { columns: vec![column(6.0), column(5.0), column(4.0)].into(), rows: vec![row].into() }
    }

    #[test]
    fn bounds_can_be_changed_between_solves() {
        let cancel = CancelToken::new();
        let mut session = LpSession::new(&program(), None, &cancel).unwrap();
        let is = |found: Outcome<f64>, objective: f64| match found {
            Outcome::Found(found) => assert!((found - objective).abs() < 1e-9, "{found} for {objective}"),
            other => panic!("{other:?}"),
        };
        is(session.solve().unwrap(), 11.0);
        assert!((session.values()[ColumnIx::new(0)] - 1.0 / 3.0).abs() < 1e-9);
        assert!((session.prices()[crate::optimise::model::program::RowIx::new(0)] - 2.0).abs() < 1e-9);
        session.set_bounds(ColumnIx::new(0), 1.0, 1.0).unwrap();
        is(session.solve().unwrap(), 10.0);
        session.set_bounds(ColumnIx::new(1), 1.0, 1.0).unwrap();
        assert_eq!(session.solve().unwrap(), Outcome::Infeasible);
        session.set_bounds(ColumnIx::new(0), 0.0, 1.0).unwrap();
        is(session.solve().unwrap(), 11.0);
    }

    #[test]
    fn deadlines_and_cancellation_end_a_solve() {
        let cancel = CancelToken::new();
        let late = LpSession::new(&program(), Some(Instant::now()), &cancel).unwrap().solve();
        assert!(matches!(late, Ok(Outcome::Unknown | Outcome::Found(_))), "{late:?}");
        cancel.cancel();
        let cancelled = LpSession::new(&program(), None, &cancel).unwrap().solve();
        assert_eq!(cancelled, Err(OptimiseError::Cancelled));
    }

    /// Pairs of values 3 and 2, of which one and a half fit in a row each: large and sparse enough for the interior point
    /// method.
    #[test]
    fn what_suits_interior_point_goes_on_from_a_basis() {
        let pairs = 1_500;
        let column = |column: usize| {
            let objective = if column.is_multiple_of(2) { 3.0 } else { 2.0 };
            Column { lower: 0.0, upper: 1.0, is_integer: true, objective }
        };
        let row = |pair| Row::numbered([(2 * pair, 2.0), (2 * pair + 1, 2.0)], f64::NEG_INFINITY, 3.0);
        let program = Program {
            columns: (0..2 * pairs).map(column).collect::<Vec<_>>().into(),
            rows: (0..pairs).map(row).collect::<Vec<_>>().into(),
        };
        assert!(suits_interior_point(&program) && !suits_interior_point(&self::program()));
        let relaxed = highs::relax(&program, &CancelToken::new()).unwrap().unwrap();
        assert!((relaxed.objective - 4.0 * pairs as f64).abs() < 1e-6, "{}", relaxed.objective);
        let cancel = CancelToken::new();
        let mut session = LpSession::new(&program, None, &cancel).unwrap();
        let is = |objective: f64, session: &mut LpSession| {
            let found = session.solve().unwrap();
            assert!(matches!(found, Outcome::Found(found) if (found - objective).abs() < 1e-6), "{found:?}");
        };
        is(4.0 * pairs as f64, &mut session);
        assert_eq!(session.values().iter().filter(|&&value| (value - 0.5).abs() < 1e-6).count(), pairs);
        session.set_bounds(ColumnIx::new(0), 0.0, 0.0).unwrap();
        is(4.0 * pairs as f64 - 2.0, &mut session);
        assert!((1..100).contains(&session.iterations()), "{}", session.iterations());
    }
}
