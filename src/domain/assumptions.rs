//! Assumptions that need columns of their own in the tables of a batch.

use std::collections::BTreeSet;

use crate::ids::LimitName;

use super::{ProjectIx, RelativeBound, Scenario, measures_of_futures};

/// Assumptions that any scenario of a batch makes and most batches do not. Parts of a batch know those of the whole, so
/// that their tables have the same columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assumptions {
    /// Classes of projects that have weights of their own.
    pub weight_classes: BTreeSet<String>,
    /// Limits with bounds that are stated as shares, and the keys of these bounds; and limits with a confidence, with its
    /// key.
    pub relative_limits: BTreeSet<(LimitName, &'static str)>,
    /// Projects whose smallest share a scenario changes.
    pub trimmed: BTreeSet<ProjectIx>,
    /// True if a scenario counts or prices additions, drops and moves apart.
    pub tells_changes_apart: bool,
    /// True if the goals or limits of a scenario count measures over simulated futures.
    pub measures_futures: bool,
}

impl Assumptions {
    /// The key of a confidence.
    pub const CONFIDENCE: &'static str = "confidence";

    /// Those of some scenarios.
    pub(super) fn of(scenarios: &[Scenario]) -> Self {
        let classes = scenarios.iter().flat_map(|scenario| scenario.weights.classes());
        let limits = scenarios.iter().flat_map(|scenario| &scenario.named_limits);
        let relative = limits.flat_map(|limit| {
            let held = limit.held().map(|_| Self::CONFIDENCE);
            let keys = limit.relative().iter().map(RelativeBound::key).chain(held);
            keys.map(|key| (limit.name().clone(), key))
        });
        Self {
            weight_classes: classes.map(|set| set.class.clone()).collect(),
            relative_limits: relative.collect(),
            trimmed: scenarios.iter().flat_map(|scenario| scenario.min_fractions.keys().copied()).collect(),
            tells_changes_apart: scenarios.iter().any(|one| one.change_control.tells_changes_apart()),
            measures_futures: scenarios.iter().any(|one| !measures_of_futures(one).is_empty()),
        }
    }
}
