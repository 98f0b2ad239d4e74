//! A first good solution of a problem that LNS alone finds none for soon: a dive by linear programs, and sub-MIPs about
//! what it leaves open, side by side with it.

use crate::progress::CancelToken;

use crate::optimise::bnb::incumbents::{CutoffTracker, Evaluator};
use crate::optimise::heuristics::lns::{ImproveSettings, SubMip};
use crate::optimise::heuristics::lp_dive::{Depth, LpDive};
use crate::optimise::model::column_terms::ColumnTerms;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::limits::SearchLimits;
use crate::optimise::model::pool::Pool;
use crate::optimise::outcome::OptimiseError;

/// Shares of a limit at which what is open is given to a closing step, a sub-MIP about all of it: of projects with many
/// starts each, of which the relaxation leaves few torn,
pub const SIZES_OF_STARTS: [f64; 4] = [0.05, 0.02, 0.01, 0.004];
/// and where it leaves many torn.
pub const SIZES_OF_MANY: [f64; 2] = [0.02, 0.0];
/// Nodes of HiGHS in a closing step.
const CLOSING_NODES: i32 = 10;

/// A dive and its closing steps.
pub struct FirstDive<'a, E> {
    /// The problem.
    pub problem: &'a Problem<'a>,
    /// Its evaluator.
    pub evaluator: &'a E,
    /// The program's terms by column.
    pub by_column: &'a ColumnTerms,
    /// Shares of a limit, falling, at which what is open is closed.
    pub sizes: &'a [f64],
    /// Limits of the search.
    pub limits: &'a SearchLimits,
    /// Request to stop.
    pub cancel: &'a CancelToken,
}

impl<E: Evaluator> FirstDive<'_, E> {
    /// Dives, and closes what is open at each depth, side by side with the rest of the dive. Adds the solutions to the
    /// pool.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn run(
        &self,
        mut dive: LpDive,
        pool: &mut Pool<E::Solution>,
        tracker: &mut CutoffTracker,
    ) -> Result<(), OptimiseError> {
        let known = &tracker.improving(1);
        let settings = &ImproveSettings {
            by_column: self.by_column,
            nodes: CLOSING_NODES,
            ticks: u64::MAX,
            deadline: self.limits.deadline,
            cancel: self.cancel,
        };
        let (problem, evaluator) = (self.problem, self.evaluator);
        let mut closings: Vec<_> = self.sizes.iter().map(|_| None).collect();
        // The program of the dive stays on this thread, so that its steps do, too.
        let depth = rayon::in_place_scope(|scope| {
            for (&size, closing) in self.sizes.iter().zip(&mut closings) {
                if dive.settle_down_to(size, tracker.ceiling())? == Depth::Ended || self.is_late() {
                    return Ok(Depth::Ended);
                }
                let sub_mip = SubMip { values: dive.values().clone(), is_free: dive.open_groups() };
                scope.spawn(move |_| *closing = Some(sub_mip.improve(problem, evaluator, known, settings)));
            }
            Ok::<_, OptimiseError>(Depth::Reached)
        })?;
        let mut has_found = false;
        for closing in closings.into_iter().flatten() {
            let found = closing?.found;
            has_found |= !found.is_empty();
            found.into_iter().for_each(|candidate| pool.add(candidate));
        }
        if !has_found && depth == Depth::Reached && !self.is_late() {
            dive.settle_down_to(0.0, tracker.ceiling())?;
            evaluator.evaluate(dive.values()).into_iter().for_each(|candidate| pool.add(candidate));
        }
        tracker.take(pool);
        Ok(())
    }

    fn is_late(&self) -> bool {
        self.cancel.is_cancelled() || self.limits.is_late()
    }
}
