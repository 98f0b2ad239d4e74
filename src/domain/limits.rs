//! Limits: budgets of money and capacities of people.

use crate::units::{Effort, Money};

use super::{ByLine, ByPeriod, ByResource, LineIx, PeriodIx};

/// An amount is within its limit if it exceeds it by no more than this part of what was added up to it.
///
/// A sum of n numbers misses the true one by no more than n · 2⁻⁵³ of the sum of their sizes (Higham 2002, section
/// 4.2), so that this forgives the rounding of some thousand decimals and nothing that could be written down: a cent in
/// a billion is ten times as much.
pub const ROUNDING: f64 = 1e-12;

/// True if an amount is over its limit, beyond what the rounding of sums explains. If the amount is a sum in which
/// large numbers cancel, use [`exceeds_among`], which takes their size.
pub fn exceeds(amount: f64, limit: f64) -> bool {
    exceeds_among(amount, limit, 0.0)
}

/// True if an amount is over its limit, given that numbers of this size (the sum of their sizes) were added up to
/// either.
pub fn exceeds_among(amount: f64, limit: f64, size: f64) -> bool {
    amount > limit + ROUNDING * size.max(amount.abs()).max(limit.abs()).max(ROUNDING)
}

/// Budgets and capacities per period. `None` means that there is no limit. Their flexibility is in
/// [`super::Flexibility`]; limits that a batch file names are [`super::NamedLimit`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Per budget line: the budget of each period.
    pub lines: ByLine<Option<ByPeriod<Money>>>,
    /// The cap on all lines together, per period (line `*` in the budgets table).
    pub all_lines: Option<ByPeriod<Money>>,
    /// Per resource: the capacity of each period.
    pub resources: ByResource<Option<ByPeriod<Effort>>>,
    /// The budgets among these that are stated as shares of what is asked for; they hold the amounts that follow.
    pub asked: Vec<AskedShare>,
}

/// A budget of one period that is a share of what all projects that are not excluded by the projects table ask for,
/// whole and at their planned starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AskedShare {
    /// The line; `None`: all lines together.
    pub line: Option<LineIx>,
    /// The period.
    pub period: PeriodIx,
    /// The share, 0 or more.
    pub share: f64,
}

impl Limits {
    /// The budget of a line, or (`None`) of all lines together, if there is one.
    pub fn budget_mut(&mut self, line: Option<LineIx>) -> Option<&mut ByPeriod<Money>> {
        match line {
            Some(line) => self.lines[line].as_mut(),
            None => self.all_lines.as_mut(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cent_over_a_billion_is_over_and_sums_that_fit_on_paper_fit() {
        assert!(exceeds(2_493_342.0, 2_493_341.0));
        assert!(exceeds(1e9 + 0.01, 1e9));
        assert!(exceeds(1e-3, 0.0));
        assert!(!exceeds(0.1 + 0.2, 0.3));
        assert!(!exceeds(0.1 + 0.7, 0.8));
        let tenths: f64 = std::iter::repeat_n(0.1, 5_000).sum();
        assert!(!exceeds(tenths, 500.0));
    }

    #[test]
    fn large_numbers_that_cancel_leave_their_rounding() {
        let amount = 1e9 + 0.1 - 1e9;
        assert!(exceeds(amount, 0.1));
        assert!(!exceeds_among(amount, 0.1, 2e9));
    }
}
