//! Columns of the measures of key results.

use crate::domain::Measure;
use crate::optimise::model::program::ColumnIx;

/// A linear sum: columns with their coefficients.
type Terms = Vec<(ColumnIx, f64)>;

/// Columns of the measures of key results, where the program is asked for these measures.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyResultColumns {
    /// A column that is always 1: it carries what does not depend on projects.
    pub always: Option<ColumnIx>,
    /// Per key result: terms that sum to its progress.
    pub progress: Vec<Terms>,
    /// Per key result: terms that sum to 1 if it is reached, and to 0 if not.
    pub met: Vec<Terms>,
}

impl KeyResultColumns {
    /// True if there are the columns that a measure needs.
    pub fn count(&self, measure: Measure) -> bool {
        match measure {
            Measure::Progress => !self.progress.is_empty(),
            Measure::KeyResultsMet => !self.met.is_empty(),
            _ => !measure.counts_key_results() || self.always.is_some(),
        }
    }
}
