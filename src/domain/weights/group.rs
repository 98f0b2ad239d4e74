//! Weights of a group of people: the weighted mean of the sets of its members.
//!
//! E. Forman, K. Peniwati (1998): Aggregating individual judgments and priorities with the analytic hierarchy process.
//! EJOR 108(1), 165-169 (the aggregation of individual priorities).

use super::by_class::ProjectWeights;
use super::method::{FindWeights, WeightMethod};
use super::set::WeightSet;
use super::shares::Weights;
use crate::domain::objective::ObjectiveTree;
use crate::ids::WeightSetName;

/// `method = "group"`, `members = { name of a weight set = its part, … }`.
pub const METHOD: WeightMethod = WeightMethod { name: "group", key: "members", find: FindWeights::Members };

/// The weighted mean of the weights of other sets. Sets by class have no weights of their own: of them it takes those of
/// the first class. `None` if there is no member, or their parts have no sum above 0.
pub fn weights_of_group(
    tree: &ObjectiveTree,
    name: WeightSetName,
    members: &[(&WeightSet, f64)],
) -> Option<WeightSet> {
    let total: f64 = members.iter().map(|(_, part)| part).sum();
    let own: Vec<(WeightSetName, Weights)> = (members.iter())
        .filter_map(|(set, _)| Some((set.name().clone(), set.weights().sets().first()?.weights.clone())))
        .collect();
    if own.len() < members.len() || !total.is_finite() || total <= 0.0 {
        return None;
    }
    let mean = |objective: usize| {
        let parts = own.iter().zip(members);
        parts.map(|((_, weights), (_, part))| weights.objectives[objective] * part / total).sum()
    };
    let means = (0..tree.objectives().len()).map(mean).collect();
    let mean = ProjectWeights::from(Weights::of_objectives(tree, means));
    Some(WeightSet::new(name, mean).with_members(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::objective::objective;

    fn set(tree: &ObjectiveTree, name: &str, weights: [f64; 2]) -> WeightSet {
        WeightSet::new(name.into(), Weights::of_objectives(tree, weights.to_vec()))
    }

    #[test]
    fn a_group_has_the_mean_of_its_members_and_tells_where_they_differ() {
        let tree = ["growth", "service"].map(|id| objective(id, None, None));
        let tree = ObjectiveTree::new(tree.into()).unwrap();
        let (board, finance) = (set(&tree, "board", [0.8, 0.2]), set(&tree, "finance", [0.2, 0.8]));
        let group = weights_of_group(&tree, "all".into(), &[(&board, 2.0), (&finance, 1.0)]).unwrap();
        let weights = &group.weights().sets()[0].weights;
        assert!((weights.leaves[0] - 0.6).abs() < 1e-15 && (weights.leaves[1] - 0.4).abs() < 1e-15);
        assert_eq!((group.range(0), board.range(0)), ((0.2, 0.8), (0.8, 0.8)));
        let differ = group.disagreement().unwrap();
        assert_eq!(differ.objective, 0);
        assert_eq!(differ.weights, [("board".into(), 0.8), ("finance".into(), 0.2)]);
        assert_eq!(board.disagreement(), None);
        assert!(weights_of_group(&tree, "none".into(), &[(&board, 0.0)]).is_none());
    }
}
