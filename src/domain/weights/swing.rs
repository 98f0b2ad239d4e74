//! Weights from points for swings: how much each objective's step from its worst to its best score is worth.
//!
//! D. von Winterfeldt, W. Edwards (1986): Decision Analysis and Behavioral Research. Cambridge University Press.

use std::collections::BTreeMap;

use super::method::{FindWeights, WeightMethod};
use super::shares::FoundWeights;
use crate::domain::objective::ObjectiveTree;

/// `method = "swing"`, `points = { objective = points, … }`.
pub const METHOD: WeightMethod =
    WeightMethod { name: "swing", key: "points", find: FindWeights::Numbers(by_points) };

/// Points are normalised among siblings, as weights named directly are: the swing that matters most has 100 by custom,
/// the others a part of it.
///
/// # Errors
/// See [`ObjectiveTree::direct_weights`].
fn by_points(tree: &ObjectiveTree, points: &BTreeMap<String, f64>) -> FoundWeights {
    tree.direct_weights(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::objective::objective;

    #[test]
    fn points_are_shares_of_their_sum() {
        let rows = [
            ("cost", None),
            ("growth", None),
            ("service", None),
            ("new", Some("growth")),
            ("old", Some("growth")),
        ];
        let tree =
            ObjectiveTree::new(rows.map(|(id, parent)| objective(id, parent, Some(1.0))).into()).unwrap();
        let points = [("growth", 100.0), ("cost", 75.0), ("service", 25.0)];
        let points = points.map(|(name, points)| (name.to_owned(), points)).into();
        let weights = by_points(&tree, &points).unwrap();
        let of = |id: &str| weights.objectives[tree.position(id).unwrap()];
        assert_eq!(["growth", "cost", "service", "new"].map(of), [0.5, 0.375, 0.125, 0.25]);
    }
}
