//! The periods a decision looks at.

use crate::ids::PeriodLabel;

use super::{ByPeriod, PeriodIx};

/// All periods, in order. There is at least one, and no two share a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Horizon {
    periods: ByPeriod<PeriodLabel>,
}

/// Reasons why periods make no horizon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HorizonError {
    /// There is no period at all.
    #[error("there is no period")]
    Empty,
    /// A heading is repeated.
    #[error("the period `{0}` is listed twice")]
    Repeated(PeriodLabel),
}

impl Horizon {
    /// Makes a horizon of periods in their order.
    ///
    /// # Errors
    /// If there is none, or one is repeated.
    pub fn new(periods: Vec<PeriodLabel>) -> Result<Self, HorizonError> {
        if periods.is_empty() {
            return Err(HorizonError::Empty);
        }
        let mut seen = std::collections::BTreeSet::new();
        match periods.iter().find(|period| !seen.insert(*period)) {
            Some(repeated) => Err(HorizonError::Repeated(repeated.clone())),
            None => Ok(Self { periods: periods.into() }),
        }
    }

    /// The headings, in order.
    pub fn periods(&self) -> &ByPeriod<PeriodLabel> {
        &self.periods
    }

    /// Number of periods; never 0.
    #[allow(clippy::len_without_is_empty, reason = "a horizon is never empty")]
    pub fn len(&self) -> usize {
        self.periods.len()
    }

    /// The longest delay of a project in periods: what comes later is past the horizon by as much as the horizon is
    /// long.
    pub fn longest_delay(&self) -> usize {
        2 * self.len()
    }

    /// The heading of a period.
    pub fn label(&self, period: PeriodIx) -> &PeriodLabel {
        &self.periods[period]
    }

    /// The period of a heading.
    pub fn position(&self, label: &str) -> Option<PeriodIx> {
        self.periods.find_position(|period| period.as_str() == label)
    }
}
