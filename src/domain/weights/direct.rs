//! Weights named directly, a number per objective.

use std::collections::BTreeMap;

use super::method::{FindWeights, WeightMethod};
use super::shares::{FoundWeights, Weights};
use crate::domain::objective::{ObjectiveError, ObjectiveTree};

/// `method = "direct"`, `values = { objective = weight, … }`.
pub const METHOD: WeightMethod =
    WeightMethod { name: "direct", key: "values", find: FindWeights::Numbers(ObjectiveTree::direct_weights) };

impl ObjectiveTree {
    /// The weights of the table itself (the set `given`). Siblings that have no weight at all weigh the same.
    ///
    /// # Errors
    /// All that is wrong with them: see [`Self::direct_weights`].
    pub fn given_weights(&self) -> FoundWeights {
        self.direct_weights(&BTreeMap::new())
    }

    /// Weights named directly. They are normalised among siblings and multiplied down the tree.
    ///
    /// Siblings of which none is named keep the table's own weights; those who have none there weigh the same.
    ///
    /// # Errors
    /// All that is wrong: unknown names, negative weights, siblings of which only some are weighted, or
    /// whose weights sum to 0.
    pub fn direct_weights(&self, named: &BTreeMap<String, f64>) -> FoundWeights {
        let strangers = named.keys().filter(|name| self.position(name).is_none());
        let errors = strangers.map(|name| ObjectiveError::Unknown(name.clone())).collect();
        let by_name = |&sibling: &usize| named.get(self.objectives()[sibling].id.as_str()).copied();
        Weights::of_siblings(self, errors, |siblings| siblings.iter().map(by_name).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::objective::objective;

    #[test]
    fn weights_are_normalised_among_siblings_and_multiplied_down() {
        let tree = ObjectiveTree::new(vec![
            objective("growth", None, Some(3.0)),
            objective("service", None, Some(1.0)),
            objective("new markets", Some("growth"), Some(1.0)),
            objective("market share", Some("growth"), Some(4.0)),
        ])
        .unwrap();
        let weights = tree.given_weights().unwrap();
        let of = |id: &str| weights.objectives[tree.position(id).unwrap()];
        assert!((of("market share") - 0.6).abs() < 1e-15);
        assert!((of("new markets") - 0.15).abs() < 1e-15);
        assert!((weights.leaves.iter().sum::<f64>() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn siblings_are_weighted_all_or_none() {
        let tree =
            ObjectiveTree::new(vec![objective("growth", None, None), objective("service", None, None)])
                .unwrap();
        let named = BTreeMap::from([("growth".to_owned(), 1.0), ("sevice".to_owned(), 1.0)]);
        assert_eq!(
            tree.direct_weights(&named).unwrap_err(),
            [
                ObjectiveError::Unknown("sevice".into()),
                ObjectiveError::MissingWeight { missing: "service".into(), weighted: "growth".into() }
            ]
        );
    }
}
