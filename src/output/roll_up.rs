//! The first-ranked option of a scenario, summed up by groups.

use serde::{Deserialize, Serialize};

use crate::domain::{Batch, Grouping, Measure};
use crate::engine::ScenarioOutcome;
use crate::finance::Valuation;

use super::number::tidy;

/// Cost of the first-ranked option by the groups of one grouping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RollUp {
    /// Attribute, path of attributes, `line.group` or `line.kind`.
    pub group_by: String,
    /// Its groups that cost anything, or of which a project is chosen, in their order.
    pub groups: Vec<GroupShare>,
}

/// Cost of one group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupShare {
    /// The group, `A/B` on a path.
    pub group: String,
    /// Number of chosen projects.
    pub projects: usize,
    /// Planned cost.
    pub cost: Option<f64>,
    /// The same in per cent of the option's cost.
    pub percent: Option<f64>,
}

/// The first-ranked option of an outcome by each grouping of the batch.
pub(super) fn roll_ups(valuation: &Valuation<'_>, batch: &Batch, outcome: &ScenarioOutcome) -> Vec<RollUp> {
    let ScenarioOutcome::Finished(result) = outcome else { return Vec::new() };
    let Some(first) = result.options.first() else { return Vec::new() };
    let selection = &first.found.selection;
    let whole = valuation.total(Measure::Cost, selection);
    let roll_up = |grouping: &Grouping| {
        let groups = grouping.groups(valuation.portfolio());
        let totals = valuation.group_totals(grouping, &groups, selection).into_iter();
        let used = totals.filter(|(_, totals)| totals.projects > 0 || totals.cost != 0.0);
        let share = |cost: f64| if whole > 0.0 { tidy(100.0 * cost / whole) } else { None };
        let groups = used.map(|(path, totals)| GroupShare {
            group: groups.label(&path),
            projects: totals.projects,
            cost: tidy(totals.cost),
            percent: share(totals.cost),
        });
        RollUp { group_by: grouping.name().to_owned(), groups: groups.collect() }
    };
    batch.groupings().iter().map(roll_up).collect()
}
