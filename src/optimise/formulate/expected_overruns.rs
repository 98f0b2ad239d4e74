//! Overruns that are priced on their means over futures: a column of the mean, and cuts below it.
//!
//! The column may be lower than the mean, as there are cuts of some sets of futures only. So the objective of the program
//! is never below that of the portfolio's own numbers, by which solutions are evaluated, and bounds stay valid.

use super::row_key::{ColumnKey, RowKey};
use super::{Formulation, Terms};
use crate::domain::{LineIx, Measure, PeriodIx, ProjectIx, Quantity};
use crate::finance::{Taken, Valuation};
use crate::optimise::model::program::{ByColumn, ColumnIx};

impl Formulation {
    pub(super) fn add_expected_overruns(&mut self, valuation: &Valuation) {
        for (line, price) in valuation.priced_in_futures() {
            for period in valuation.portfolio().horizon().periods().positions() {
                self.add_mean_overrun(valuation, (line, period), price);
            }
        }
    }

    fn add_mean_overrun(
        &mut self,
        valuation: &Valuation,
        (line, period): (Option<LineIx>, PeriodIx),
        price: f64,
    ) {
        let (Some(futures), Some(budget)) = (valuation.futures(), valuation.budget_of(line, period)) else {
            return;
        };
        let own = self.spend_of_starts(valuation, line, period);
        let certain = self.certain_spend(valuation, line, period);
        let largest = |project: ProjectIx| futures.factor(project, Quantity::Cost).largest();
        let mut highest: Terms =
            own.iter().map(|&(project, column, amount)| (column, amount.abs() * largest(project))).collect();
        highest.extend(certain.iter().map(|&(column, amount)| (column, amount.abs())));
        let (_, most) = self.range(&highest);
        let Some(mean) = self.add_amount(ColumnKey::MeanOverrun { line, period }, most - budget) else {
            return;
        };
        let cuts = valuation.over_cuts().filter(|cut| (cut.line, cut.period) == (line, period));
        for cut in cuts {
            let terms = own.iter().map(|&(project, column, amount)| (column, cut.factors[project] * amount));
            let beside = certain.iter().map(|&(column, amount)| (column, cut.share * amount));
            let terms: Terms = terms.chain(beside).chain([mean.term(-1.0)]).collect();
            self.add_slackable_at_most(RowKey::Account, terms, cut.share * budget);
        }
        let (column, units) = mean.term(1.0);
        self.penalties.push((column, price * units));
    }

    /// What the values of columns, whole or not, spend on a budget in a period.
    pub fn spend_on(
        &self,
        valuation: &Valuation,
        (line, period): (Option<LineIx>, PeriodIx),
        values: &ByColumn<f64>,
    ) -> Taken {
        let own = self.spend_of_starts(valuation, line, period).into_iter();
        let certain = self.certain_spend(valuation, line, period).into_iter();
        Taken {
            certain: certain.map(|(column, amount)| values[column] * amount).sum(),
            uncertain: own.map(|(project, column, amount)| (project, values[column] * amount)).collect(),
        }
    }

    fn spend_of_starts(
        &self,
        valuation: &Valuation,
        line: Option<LineIx>,
        period: PeriodIx,
    ) -> Vec<(ProjectIx, ColumnIx, f64)> {
        let of_start = |start: &super::StartColumns| {
            let plan = valuation.plan_paid(start.project, start.start, start.payment);
            (start.project, start.share, plan.spend.at(line, period).value())
        };
        self.starts().iter().map(of_start).collect()
    }

    /// Synergies and bought capacity, which no future changes.
    fn certain_spend(&self, valuation: &Valuation, line: Option<LineIx>, period: PeriodIx) -> Terms {
        let measure = line.map_or(Measure::Cost, Measure::Line);
        let mut terms = self.synergy_terms(valuation, measure, Some(&[period]), &|_| true);
        terms.extend(self.bought_terms(valuation, measure, Some(&[period])));
        terms
    }
}
