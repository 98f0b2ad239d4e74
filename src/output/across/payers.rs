//! Who pays in the options of a batch, read from funding.csv: of costs that one of several lines pays, which one.

use std::collections::BTreeMap;
use std::path::Path;

use crate::domain::{Batch, Choice, LineIx, PaymentIx, PeriodIx, Portfolio, ProjectIx, Selection};
use crate::finance::Valuation;
use crate::output::error::OutputError;
use crate::output::results::Row;

use super::rows::each;

/// Position of a scenario, and number of an option.
type Subject = (usize, usize);

/// What a line pays in a period.
type Amount = (LineIx, PeriodIx, f64);

/// What lines pay for projects, by option.
pub struct Paid(BTreeMap<(Subject, ProjectIx), Vec<Amount>>);

impl Paid {
    /// Reads it; nothing where each project is paid for in one way.
    ///
    /// # Errors
    /// If the table cannot be read.
    pub fn read(
        folder: &Path,
        portfolio: &Portfolio,
        subject: &dyn Fn(Row<'_>) -> Option<Subject>,
    ) -> Result<Self, OutputError> {
        let mut paid: BTreeMap<_, Vec<_>> = BTreeMap::new();
        if portfolio.projects().iter().all(|project| project.payments() == 1) {
            return Ok(Self(paid));
        }
        each(folder, "funding.csv", |row| {
            let line = portfolio.lines().find_position(|line| line.as_str() == row.text("line"));
            let period = portfolio.horizon().position(row.text("period"));
            let project = portfolio.project_position(row.text("project"));
            let key = subject(row).zip(project);
            if let (Some(key), Some(line), Some(period)) = (key, line, period) {
                paid.entry(key).or_default().push((line, period, row.number("amount").unwrap_or_default()));
            }
        })?;
        Ok(Self(paid))
    }

    /// Gives each choice the way to pay that comes nearest to what the table says.
    pub fn set(&self, chosen: &mut BTreeMap<Subject, Vec<Choice>>, portfolio: &Portfolio, batch: &Batch) {
        if self.0.is_empty() {
            return;
        }
        let valuations = Valuation::each(portfolio, batch.scenarios()).enumerate();
        for (place, valuation) in valuations {
            for (&subject, choices) in chosen.range_mut((place, 0)..(place + 1, 0)) {
                for choice in choices {
                    if let Some(paid) = self.0.get(&(subject, choice.project)) {
                        choice.payment = nearest(&valuation, *choice, paid);
                    }
                }
            }
        }
    }
}

/// The way to pay for a project that comes nearest to what lines pay; of equals the first.
fn nearest(valuation: &Valuation, choice: Choice, paid: &[(LineIx, PeriodIx, f64)]) -> PaymentIx {
    let payments = valuation.portfolio().projects()[choice.project].payments();
    let distance = |payment: PaymentIx| -> f64 {
        let parts = valuation.funding(&Selection::new([Choice { payment, ..choice }]));
        let planned = |line, period: PeriodIx| {
            parts.iter().find(|part| part.line == line).map_or(0.0, |part| part.amounts[period].value())
        };
        paid.iter().map(|&(line, period, amount)| (planned(line, period) - amount).abs()).sum()
    };
    let all = (0..payments).map(PaymentIx::new).map(|payment| (distance(payment), payment));
    all.min_by(|one, other| one.0.total_cmp(&other.0)).map_or(PaymentIx::default(), |(_, payment)| payment)
}
