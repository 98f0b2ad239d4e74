//! The cut line: a ranked list that is funded from the top, as a baseline beside the options of a scenario.

use super::Measure;

/// What happens at the first project that no longer fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CutLineRule {
    /// The list ends there, for every limit that the project would break.
    #[default]
    Strict,
    /// The project is passed over, and the list goes on with those that fit.
    Skip,
}

impl CutLineRule {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Strict, Self::Skip];

    /// The word that batch files use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "cut_line",
            Self::Skip => "skip",
        }
    }
}

/// Order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CutLineOrder {
    /// By objective per unit of cost, highest first; what costs nothing by its objective, before all else.
    #[default]
    ValuePerCost,
    /// By a measure, the better the earlier.
    Measure(Measure),
}

/// The baseline of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CutLine {
    /// What happens at the first project that does not fit.
    pub rule: CutLineRule,
    /// Order of the list.
    pub by: CutLineOrder,
}
