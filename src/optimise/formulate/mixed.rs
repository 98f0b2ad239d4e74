//! Costs that several lines share: columns for what each other line pays in place of the first.
//!
//! The first line pays the whole cost of a project, and `m[p,row,line,t]` of it moves to another line:
//! `Σ m ≤ cost · share` over the other lines, in every period. So whatever does not ask who pays needs none of these
//! columns.

use crate::domain::{LineIx, Measure, PeriodIx, Project, ProjectIx};
use crate::finance::{SharedCost, Valuation};

use super::amount::Moved;
use super::payers::{Payers, unlimited_payer};
use super::row_key::{ColumnKey, RowKey};
use super::{Formulation, StartColumns, Terms};

impl Formulation {
    /// What other lines can pay of costs that several share, in the order of projects, costs, periods and lines.
    pub fn moved(&self) -> &[Moved] {
        &self.moved
    }

    pub(super) fn add_mixed(&mut self, valuation: &Valuation, payers: Payers) {
        for (project, row) in valuation.portfolio().projects().iter_enumerated() {
            for cost in (0..row.costs.len()).filter(|&cost| row.costs[cost].is_mixed()) {
                let lines = other_lines(valuation, row, cost, payers);
                for period in valuation.portfolio().horizon().periods().positions() {
                    self.add_moved(valuation, (project, cost), &lines, period);
                }
            }
        }
    }

    fn add_moved(
        &mut self,
        valuation: &Valuation,
        (project, cost): (ProjectIx, usize),
        lines: &[LineIx],
        period: PeriodIx,
    ) {
        let first = valuation.portfolio().projects()[project].costs[cost].line;
        // What a line is paid back it keeps: nothing of a negative cost moves.
        let planned = |start: &StartColumns| {
            let SharedCost { amounts, .. } = valuation.shared_cost(project, cost, start.start);
            (start.share, -amounts[period].value().max(0.0))
        };
        let less_cost: Terms = self.starts_of(project).iter().map(planned).collect();
        let most = less_cost.iter().map(|&(_, amount)| -amount).fold(0.0, f64::max);
        let mut terms = less_cost;
        for &line in lines {
            let key = ColumnKey::Moved { project, cost, line, period };
            let Some(amount) = self.add_amount(key, most) else { continue };
            terms.push(amount.term(1.0));
            self.moved.push(Moved { project, cost, first, line, period, amount });
        }
        self.add_at_most(RowKey::Account, terms, 0.0);
    }

    /// Contribution of what moves to other lines to a measure of a line.
    pub(super) fn moved_terms(
        &self,
        measure: Measure,
        periods: Option<&[PeriodIx]>,
        counts: &dyn Fn(ProjectIx) -> bool,
    ) -> Terms {
        let Measure::Line(line) = measure else { return Terms::new() };
        let is_counted = |moved: &&Moved| {
            counts(moved.project) && periods.is_none_or(|periods| periods.contains(&moved.period))
        };
        let sign = |moved: &Moved| f64::from(moved.line == line) - f64::from(moved.first == line);
        let terms = self.moved.iter().filter(is_counted).map(|moved| moved.amount.term(sign(moved)));
        terms.filter(|&(_, factor)| factor != 0.0).collect()
    }

    /// True if other lines can pay costs in place of a line.
    pub(super) fn is_relieved(&self, line: Option<LineIx>) -> bool {
        self.moved.iter().any(|moved| Some(moved.first) == line)
    }
}

/// The lines that can pay a shared cost in place of the first, where that makes a difference: one that nothing limits,
/// if there is one, pays for the rest.
fn other_lines(valuation: &Valuation, project: &Project, cost: usize, payers: Payers) -> Vec<LineIx> {
    let cost = &project.costs[cost];
    match unlimited_payer(valuation, cost).filter(|_| payers == Payers::OfScenario) {
        Some(line) if line == cost.line => Vec::new(),
        Some(line) => vec![line],
        None => cost.others.clone(),
    }
}
