//! Weights from an order of importance: rank-order centroids.
//!
//! F. H. Barron, B. E. Barrett (1996): Decision Quality Using Ranked Attribute Weights. Management Science 42(11),
//! 1515-1523. The centroid is the mean of all weights that have this order.

use std::collections::BTreeSet;
use std::ops::Range;

use super::method::{FindWeights, WeightMethod};
use super::shares::{FoundWeights, Weights};
use crate::domain::objective::{ObjectiveError, ObjectiveTree};

/// `method = "rank"`, `order = ["first", ["second", "as important as that"], …]`.
pub const METHOD: WeightMethod =
    WeightMethod { name: "rank", key: "order", find: FindWeights::Order(ranked) };

/// Siblings are ranked among each other, so that one order may name objectives of several levels.
///
/// Siblings of which none is named keep the table's own weights.
///
/// # Errors
/// All that is wrong: unknown names, names listed twice, siblings of which only some are named.
fn ranked(tree: &ObjectiveTree, order: &[Vec<String>]) -> FoundWeights {
    let mut named = BTreeSet::new();
    let errors = order.iter().flatten().filter_map(|name| match tree.position(name) {
        None => Some(ObjectiveError::Unknown(name.clone())),
        Some(_) if named.insert(name) => None,
        Some(objective) => Some(ObjectiveError::Repeated(tree.objectives()[objective].id.clone())),
    });
    Weights::of_siblings(tree, errors.collect(), |siblings| {
        let tie = |&sibling: &usize| {
            let id = tree.objectives()[sibling].id.as_str();
            order.iter().position(|tied| tied.iter().any(|name| name == id))
        };
        centroids(&siblings.iter().map(tie).collect::<Vec<_>>())
    })
}

/// Weights of siblings that stand at these places of an order; equal places are ties, `None` is not ranked.
fn centroids(places: &[Option<usize>]) -> Vec<Option<f64>> {
    let ranked = || places.iter().flatten();
    let count = ranked().count();
    let weight = |place: usize| {
        let before = ranked().filter(|&&other| other < place).count();
        let tied = ranked().filter(|&&other| other == place).count();
        mean_centroid(before..before + tied, count)
    };
    places.iter().map(|place| place.map(weight)).collect()
}

/// Mean weight of these ranks, counted from 0, among so many: tied objectives share the weights of the ranks that they
/// take together, which is the mean over all orders that break the tie.
fn mean_centroid(ranks: Range<usize>, count: usize) -> f64 {
    let tied = ranks.len() as f64;
    let centroid = |rank: usize| (rank + 1..=count).map(|one| 1.0 / one as f64).sum::<f64>() / count as f64;
    ranks.map(centroid).sum::<f64>() / tied
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::objective::Objective;

    fn tree(objectives: &[(&str, Option<&str>, Option<f64>)]) -> ObjectiveTree {
        let objective = |&(id, parent, weight): &(&str, Option<&str>, Option<f64>)| Objective {
            id: id.into(),
            name: id.to_owned(),
            parent: parent.map(Into::into),
            weight,
            rescale: None,
            target: None,
        };
        ObjectiveTree::new(objectives.iter().map(objective).collect()).unwrap()
    }

    fn order(places: &[&[&str]]) -> Vec<Vec<String>> {
        places.iter().map(|tied| tied.iter().map(|&name| name.to_owned()).collect()).collect()
    }

    fn assert_near(found: &[f64], expected: &[f64]) {
        let is_near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 5e-5);
        assert!(found.len() == expected.len() && is_near, "{found:?} is not {expected:?}");
    }

    /// The weights of four and five ranks, as the paper's tables round them.
    #[test]
    fn weights_are_those_of_the_paper() {
        let places = |count: usize| (0..count).map(Some).collect::<Vec<_>>();
        let weights = |count| centroids(&places(count)).into_iter().flatten().collect::<Vec<f64>>();
        assert_near(&weights(4), &[0.5208, 0.2708, 0.1458, 0.0625]);
        assert_near(&weights(5), &[0.4567, 0.2567, 0.1567, 0.0900, 0.0400]);
    }

    #[test]
    fn ties_share_the_weights_of_their_ranks_and_siblings_are_ranked_on_their_own() {
        let tree = tree(&[
            ("a", None, None),
            ("b", None, None),
            ("c", None, None),
            ("a1", Some("a"), None),
            ("a2", Some("a"), None),
            ("b1", Some("b"), Some(1.0)),
            ("b2", Some("b"), Some(3.0)),
        ]);
        let weights = ranked(&tree, &order(&[&["b"], &["a2", "c", "a"], &["a1"]])).unwrap();
        let of = |id: &str| weights.objectives[tree.position(id).unwrap()];
        assert_near(&["b", "a", "c"].map(of), &[11.0 / 18.0, 7.0 / 36.0, 7.0 / 36.0]);
        assert_near(&[of("a2") / of("a"), of("a1") / of("a")], &[0.75, 0.25]);
        assert_near(&[of("b1") / of("b"), of("b2") / of("b")], &[0.25, 0.75]);
        assert_near(&[weights.leaves.iter().sum()], &[1.0]);
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let tree = tree(&[("growth", None, None), ("service", None, None)]);
        assert_eq!(
            ranked(&tree, &order(&[&["growth"], &["sevice", "growth"]])).unwrap_err(),
            [
                ObjectiveError::Unknown("sevice".into()),
                ObjectiveError::Repeated("growth".into()),
                ObjectiveError::MissingWeight { missing: "service".into(), weighted: "growth".into() },
            ]
        );
    }
}
