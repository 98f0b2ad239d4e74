//! Weights of objectives, from the tables and the batch file.

use std::collections::BTreeMap;

use crate::domain::{ObjectiveTree, Scenario};

/// The weight sets that a batch file gives number by number: name → objective → weight.
#[derive(Clone, Debug, Default)]
pub(super) struct WeightSets(BTreeMap<String, BTreeMap<String, f64>>);

/// The set of the objectives table itself.
const GIVEN: &str = "given";

impl WeightSets {
    /// Reads the sets of a batch file; other values than sets of numbers are left out.
    pub fn read(batch_file: &str) -> Self {
        let root: toml::Table = toml::from_str(batch_file.trim_start_matches('\u{feff}')).unwrap_or_default();
        let sets = root.get("weights").and_then(|sets| sets.as_table()).into_iter().flatten();
        let numbers = |values: &toml::Table| -> Option<BTreeMap<String, f64>> {
            let number =
                |value: &toml::Value| value.as_float().or(value.as_integer().map(|whole| whole as f64));
            values.iter().map(|(name, value)| Some((name.clone(), number(value)?))).collect()
        };
        let read = sets.filter_map(|(name, set)| {
            let is_direct = set.get("method").is_none_or(|method| method.as_str() == Some("direct"));
            let values = set.get("values").filter(|_| is_direct)?.as_table()?;
            Some((name.clone(), numbers(values)?))
        });
        Self(read.collect())
    }

    /// Per objective (position) its share of strategic value under a scenario; `None` where its set cannot be worked out
    /// here.
    pub fn of(&self, scenario: &Scenario, tree: &ObjectiveTree) -> Option<Vec<f64>> {
        let none = BTreeMap::new();
        let name = scenario.weight_set.as_str();
        let named = self.0.get(name).or((name == GIVEN).then_some(&none))?;
        let local: Vec<f64> =
            (0..tree.objectives().len()).map(|one| among_siblings(tree, named, one)).collect();
        let shares = (0..local.len()).map(|objective| {
            let up = std::iter::successors(Some(objective), |&below| tree.parent(below));
            up.map(|one| local[one]).product()
        });
        Some(shares.collect())
    }
}

/// The part of its parent's weight that an objective has: by the set where that names any of its siblings, by the table
/// where that does, and the same for all where neither does.
fn among_siblings(tree: &ObjectiveTree, named: &BTreeMap<String, f64>, objective: usize) -> f64 {
    let is_sibling = |&other: &usize| tree.parent(other) == tree.parent(objective);
    let siblings: Vec<usize> = (0..tree.objectives().len()).filter(is_sibling).collect();
    let by_set = |one: usize| named.get(tree.objectives()[one].id.as_str()).copied();
    let by_table = |one: usize| tree.objectives()[one].weight;
    let weight = |one: usize| {
        if siblings.iter().any(|&other| by_set(other).is_some()) {
            by_set(one).unwrap_or_default()
        } else if siblings.iter().any(|&other| by_table(other).is_some()) {
            by_table(one).unwrap_or_default()
        } else {
            1.0
        }
    };
    weight(objective) / siblings.iter().map(|&other| weight(other)).sum::<f64>()
}
