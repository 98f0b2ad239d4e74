//! The deletion filter (Chinneck and Dravnieks 1991) over limits and decisions instead of rows: leaves out one after
//! the other; a member is not needed if the rest stays infeasible without it.
//!
//! Relaxations cannot decide that, so each test is a whole program without an objective. Linear programs only provide
//! the start: if even the relaxation is infeasible, the rows with a price in it are in conflict by themselves.

use std::collections::{BTreeMap, BTreeSet};

use crate::optimise::formulate::Formulation;
use crate::optimise::formulate::row_key::RowKey;
use crate::optimise::model::program::{ByRow, ColumnIx, Program, Row, RowIx};
use crate::optimise::outcome::{OptimiseError, SolveStatus};
use crate::optimise::solver::highs::{SolveLimits, relax, solve};
use crate::progress::CancelToken;

use super::elastic::Elastic;

/// Prices and amounts below this are rounding, in the program's own scale.
const ROUNDING: f64 = 1e-7;

/// Members of a conflict, in order, and true if each is proven to be needed.
pub fn irreducible(
    formulation: &Formulation,
    limits: &SolveLimits,
    cancel: &CancelToken,
) -> Result<(Vec<RowKey>, bool), OptimiseError> {
    let mut filter = Filter { formulation, limits, cancel, is_sure: true };
    let mut kept = filter.begin()?;
    // A conflict of few limits is easy to read, so these are tried while everything else is still there; decisions that
    // use little of these limits are tried first, so that few large projects remain.
    let (decisions, others): (Vec<RowKey>, Vec<RowKey>) =
        kept.iter().partition(|key| matches!(key, RowKey::Decision { .. }));
    let (limits, links): (Vec<RowKey>, Vec<RowKey>) = others.into_iter().partition(|key| key.is_limit());
    filter.thin(&mut kept, &limits)?;
    filter.thin(&mut kept, &links)?;
    let decisions = filter.smallest_first(&kept, decisions);
    filter.thin(&mut kept, &decisions)?;
    Ok((kept.into_iter().collect(), filter.is_sure))
}

struct Filter<'a> {
    formulation: &'a Formulation,
    limits: &'a SolveLimits,
    cancel: &'a CancelToken,
    /// True while every test has been decided.
    is_sure: bool,
}

impl Filter<'_> {
    /// The conflict as far as linear programs show it.
    fn begin(&mut self) -> Result<BTreeSet<RowKey>, OptimiseError> {
        let rows = &self.formulation.program.rows;
        let all: BTreeSet<RowKey> = (rows.positions())
            .filter(|&row| self.is_member(row))
            .map(|row| self.formulation.row_key(row))
            .collect();
        let mut elastic = Elastic::new(self.formulation);
        for row in rows.positions().filter(|&row| self.is_member(row)) {
            match self.formulation.row_key(row) {
                RowKey::Decision { .. } => elastic.let_fall_short(row, 1.0, false),
                _ => elastic.let_miss(row, 1.0, false),
            }
        }
        let Some(relaxed) = relax(&elastic.program, self.cancel)? else { return Ok(all) };
        if relaxed.objective > -ROUNDING {
            return Ok(all);
        }
        let priced: BTreeSet<RowKey> = (rows.positions())
            .filter(|&row| self.is_member(row) && relaxed.prices[row].abs() > ROUNDING)
            .map(|row| self.formulation.row_key(row))
            .collect();
        Ok(if self.is_conflict(&priced)? { priced } else { all })
    }

    fn is_member(&self, row: RowIx) -> bool {
        match self.formulation.row_key(row) {
            key if key.is_technical() => false,
            // At most one start is part of a project's definition; at least one start is a decision.
            RowKey::Decision { .. } => self.formulation.program.rows[row].lower > 0.0,
            _ => true,
        }
    }

    /// Leaves out members that are not needed: many at a time while that works, one at a time where it does not.
    fn thin(&mut self, kept: &mut BTreeSet<RowKey>, candidates: &[RowKey]) -> Result<(), OptimiseError> {
        let candidates: Vec<RowKey> = candidates.iter().copied().filter(|key| kept.contains(key)).collect();
        let (mut next, mut size) = (0, 1);
        while next < candidates.len() {
            let last = (next + size).min(candidates.len());
            let without: BTreeSet<RowKey> =
                kept.iter().copied().filter(|key| !candidates[next..last].contains(key)).collect();
            if self.is_conflict(&without)? {
                *kept = without;
                next = last;
                size *= 2;
            } else if last - next == 1 {
                next = last;
            } else {
                size = (last - next) / 2;
            }
        }
        Ok(())
    }

    /// True if no selection satisfies all of these. A test that ends at a limit counts as satisfiable.
    fn is_conflict(&mut self, kept: &BTreeSet<RowKey>) -> Result<bool, OptimiseError> {
        let mut program =
            Program { columns: self.formulation.program.columns.clone(), rows: ByRow::default() };
        program.columns.iter_mut().for_each(|column| column.objective = 0.0);
        for (position, row) in self.formulation.program.rows.iter_enumerated() {
            let key = self.formulation.row_key(position);
            if kept.contains(&key) || !self.is_member(position) {
                program.rows.push(row.clone());
            } else if matches!(key, RowKey::Decision { .. }) {
                program.rows.push(Row { lower: f64::NEG_INFINITY, ..row.clone() });
            }
        }
        let outcome = solve(&program, self.limits, self.cancel)?;
        let is_open = outcome.status == SolveStatus::Unknown;
        self.is_sure &= !is_open;
        Ok(outcome.status == SolveStatus::Infeasible)
    }

    /// Decisions by the least share of the limits that they use, smallest first.
    fn smallest_first(&self, kept: &BTreeSet<RowKey>, mut decisions: Vec<RowKey>) -> Vec<RowKey> {
        let rows = &self.formulation.program.rows;
        let mut shares: BTreeMap<ColumnIx, f64> = BTreeMap::new();
        for (position, row) in rows.iter_enumerated() {
            let key = self.formulation.row_key(position);
            if !key.is_limit() || !kept.contains(&key) {
                continue;
            }
            for &(column, factor) in &row.terms {
                *shares.entry(column).or_default() += factor.abs() / row.upper.abs().max(1.0);
            }
        }
        let least = |key: &RowKey| {
            let RowKey::Decision { project } = key else { return 0.0 };
            let starts = self.formulation.starts_of(*project).iter();
            let share = |column: ColumnIx| shares.get(&column).copied().unwrap_or(0.0);
            starts.map(|start| share(start.share)).fold(f64::INFINITY, f64::min)
        };
        decisions.sort_by(|left, right| least(left).total_cmp(&least(right)));
        decisions
    }
}
