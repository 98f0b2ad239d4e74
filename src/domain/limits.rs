//! How much may be spent and how many people there are.

use crate::units::{Effort, Money};

/// An amount is within its limit if it exceeds it by no more than this part of it (or this amount, if
/// the limit is below 1). It forgives the rounding of sums and shares and nothing that an analyst could see.
pub const TOLERANCE: f64 = 1e-7;

/// Whether an amount is over its limit, beyond what rounding explains.
pub fn exceeds(amount: f64, limit: f64) -> bool {
    amount > limit + TOLERANCE * limit.abs().max(1.0)
}

/// Budgets and capacities per period. `None` means that there is no limit. How they give way is told by
/// [`super::Flexibility`]; limits that a batch file names are [`super::NamedLimit`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Per budget line (position): the budget of each period.
    pub lines: Vec<Option<Vec<Money>>>,
    /// The cap on all lines together, per period (line `*` in the budgets table).
    pub all_lines: Option<Vec<Money>>,
    /// Per resource (position): the capacity of each period.
    pub resources: Vec<Option<Vec<Effort>>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unit_over_a_budget_of_millions_is_over() {
        assert!(exceeds(2_493_342.0, 2_493_341.0));
        assert!(!exceeds(0.1 + 0.2, 0.3));
        assert!(exceeds(1e-3, 0.0));
    }
}
