//! What strategy wants: a tree of objectives, and weights over it.

use std::collections::BTreeMap;

use crate::ids::ObjectiveId;

/// The scale on which an objective is scored; scores are rescaled to 0 at `worst` and 100 at `best`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rescale {
    worst: f64,
    best: f64,
}

impl Rescale {
    /// A scale from `worst` to `best`; `best` may be the smaller number. `None` if both are the same or not finite.
    pub fn new(worst: f64, best: f64) -> Option<Self> {
        (worst.is_finite() && best.is_finite() && worst != best).then_some(Self { worst, best })
    }

    /// The score that becomes 0.
    pub fn worst(self) -> f64 {
        self.worst
    }

    /// The score that becomes 100.
    pub fn best(self) -> f64 {
        self.best
    }

    /// A score on the 0–100 scale.
    pub fn apply(self, score: f64) -> f64 {
        100.0 * (score - self.worst) / (self.best - self.worst)
    }

    /// Whether a score lies on the scale.
    pub fn contains(self, score: f64) -> bool {
        (self.worst.min(self.best)..=self.worst.max(self.best)).contains(&score)
    }
}

/// One node of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// Unique id.
    pub id: ObjectiveId,
    /// Name for people.
    pub name: String,
    /// The objective it serves.
    pub parent: Option<ObjectiveId>,
    /// The table's own weight among its siblings; `None` where none was given.
    pub weight: Option<f64>,
    /// How its scores are rescaled; `None`: used as given.
    pub rescale: Option<Rescale>,
    /// A key result: the total score (as given, not rescaled) that the portfolio should reach.
    pub target: Option<f64>,
}

/// Why objectives do not make a tree, or numbers do not make weights over it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectiveError {
    /// An id stands twice.
    #[error("the objective `{0}` stands twice")]
    Repeated(ObjectiveId),
    /// A parent is not in the table.
    #[error("the parent `{parent}` of `{objective}` is not an objective")]
    UnknownParent {
        /// The child.
        objective: ObjectiveId,
        /// What it names as its parent.
        parent: ObjectiveId,
    },
    /// Parents form a circle.
    #[error("`{0}` is its own ancestor")]
    Circle(ObjectiveId),
    /// A weighted name is not in the tree.
    #[error("`{0}` is not an objective")]
    Unknown(String),
    /// A weight is negative or not a number.
    #[error("the weight of `{0}` is not a number of 0 or more")]
    BadWeight(ObjectiveId),
    /// Some siblings are weighted and some are not.
    #[error("`{missing}` has no weight, but its sibling `{weighted}` has one")]
    MissingWeight {
        /// The one without.
        missing: ObjectiveId,
        /// One with.
        weighted: ObjectiveId,
    },
    /// All siblings weigh nothing.
    #[error("the weights of `{0}` and its siblings sum to 0")]
    ZeroSum(ObjectiveId),
}

/// The objectives, ordered by id. Only leaves are scored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectiveTree {
    objectives: Vec<Objective>,
    parents: Vec<Option<usize>>,
    leaves: Vec<usize>,
}

/// The share of strategic value that each objective carries: siblings sum to their parent's weight, top objectives to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Per objective (position in [`ObjectiveTree::objectives`]).
    pub objectives: Vec<f64>,
    /// Per leaf (position in [`ObjectiveTree::leaves`]).
    pub leaves: Vec<f64>,
}

impl ObjectiveTree {
    /// Makes a tree of objectives in any order.
    ///
    /// # Errors
    /// All that is wrong: ids that stand twice, unknown parents, circles.
    pub fn new(mut objectives: Vec<Objective>) -> Result<Self, Vec<ObjectiveError>> {
        objectives.sort_by(|left, right| left.id.cmp(&right.id));
        let mut errors: Vec<ObjectiveError> = objectives
            .windows(2)
            .filter(|pair| pair[0].id == pair[1].id)
            .map(|pair| ObjectiveError::Repeated(pair[0].id.clone()))
            .collect();
        let position = |id: &ObjectiveId| objectives.iter().position(|other| other.id == *id);
        let mut parents = Vec::with_capacity(objectives.len());
        for objective in &objectives {
            let parent = objective.parent.as_ref().and_then(position);
            if let (Some(named), None) = (&objective.parent, parent) {
                errors.push(ObjectiveError::UnknownParent {
                    objective: objective.id.clone(),
                    parent: named.clone(),
                });
            }
            parents.push(parent);
        }
        errors.extend(
            (0..objectives.len())
                .filter(|&start| is_own_ancestor(&parents, start))
                .map(|start| ObjectiveError::Circle(objectives[start].id.clone())),
        );
        if !errors.is_empty() {
            return Err(errors);
        }
        let leaves = (0..objectives.len()).filter(|&position| !parents.contains(&Some(position))).collect();
        Ok(Self { objectives, parents, leaves })
    }

    /// All objectives, ordered by id.
    pub fn objectives(&self) -> &[Objective] {
        &self.objectives
    }

    /// The parent of an objective, both by position.
    pub fn parent(&self, objective: usize) -> Option<usize> {
        self.parents[objective]
    }

    /// Positions of the objectives that have no children, in order: those that projects are scored on.
    pub fn leaves(&self) -> &[usize] {
        &self.leaves
    }

    /// There is no objective.
    pub fn is_empty(&self) -> bool {
        self.objectives.is_empty()
    }

    /// The position of an objective.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.objectives.binary_search_by(|objective| objective.id.as_str().cmp(id)).ok()
    }

    /// The position of a leaf among the leaves.
    pub fn leaf_position(&self, id: &str) -> Option<usize> {
        let objective = self.position(id)?;
        self.leaves.binary_search(&objective).ok()
    }

    /// The weights of the table itself (the set `given`). Siblings that have no weight at all weigh the same.
    ///
    /// # Errors
    /// All that is wrong with them: see [`Self::direct_weights`].
    pub fn given_weights(&self) -> Result<Weights, Vec<ObjectiveError>> {
        self.direct_weights(&BTreeMap::new())
    }

    /// Weights named directly. They are normalised among siblings and multiplied down the tree.
    ///
    /// Siblings of which none is named keep the table's own weights; those who have none there weigh the same.
    ///
    /// # Errors
    /// All that is wrong: unknown names, negative weights, siblings of which only some are weighted, or
    /// whose weights sum to 0.
    pub fn direct_weights(&self, named: &BTreeMap<String, f64>) -> Result<Weights, Vec<ObjectiveError>> {
        let mut errors: Vec<ObjectiveError> = named
            .keys()
            .filter(|name| self.position(name).is_none())
            .map(|name| ObjectiveError::Unknown(name.clone()))
            .collect();
        let mut local = vec![0.0; self.objectives.len()];
        for parent in std::iter::once(None).chain((0..self.objectives.len()).map(Some)) {
            let siblings: Vec<usize> =
                (0..self.objectives.len()).filter(|&child| self.parents[child] == parent).collect();
            match self.sibling_weights(&siblings, named) {
                Ok(weights) => {
                    siblings.iter().zip(weights).for_each(|(&sibling, weight)| local[sibling] = weight)
                }
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(self.multiply_down(&local)) } else { Err(errors) }
    }

    /// Normalised weights of one group of siblings, in their order.
    fn sibling_weights(
        &self,
        siblings: &[usize],
        named: &BTreeMap<String, f64>,
    ) -> Result<Vec<f64>, ObjectiveError> {
        let id = |sibling: usize| &self.objectives[sibling].id;
        let by_name = |&sibling: &usize| named.get(id(sibling).as_str()).copied();
        let mut weights: Vec<Option<f64>> = siblings.iter().map(by_name).collect();
        if weights.iter().all(Option::is_none) {
            weights = siblings.iter().map(|&sibling| self.objectives[sibling].weight).collect();
        }
        if weights.iter().all(Option::is_none) {
            weights = vec![Some(1.0); siblings.len()];
        }
        let weighted = siblings.iter().zip(&weights).find(|(_, weight)| weight.is_some());
        let mut numbers = Vec::with_capacity(siblings.len());
        for (&sibling, weight) in siblings.iter().zip(&weights) {
            match (weight, weighted) {
                (Some(weight), _) if weight.is_finite() && *weight >= 0.0 => numbers.push(*weight),
                (None, Some((&weighted, _))) => {
                    return Err(ObjectiveError::MissingWeight {
                        missing: id(sibling).clone(),
                        weighted: id(weighted).clone(),
                    });
                }
                _ => return Err(ObjectiveError::BadWeight(id(sibling).clone())),
            }
        }
        let sum: f64 = numbers.iter().sum();
        match siblings.first() {
            Some(&first) if sum <= 0.0 => Err(ObjectiveError::ZeroSum(id(first).clone())),
            _ => Ok(numbers.into_iter().map(|weight| weight / sum).collect()),
        }
    }

    /// Turns weights among siblings into shares of the whole.
    fn multiply_down(&self, local: &[f64]) -> Weights {
        let share = |objective: usize| {
            let mut share = local[objective];
            let mut above = self.parents[objective];
            while let Some(parent) = above {
                share *= local[parent];
                above = self.parents[parent];
            }
            share
        };
        let objectives: Vec<f64> = (0..self.objectives.len()).map(share).collect();
        let leaves = self.leaves.iter().map(|&leaf| objectives[leaf]).collect();
        Weights { objectives, leaves }
    }
}

fn is_own_ancestor(parents: &[Option<usize>], start: usize) -> bool {
    let mut above = parents[start];
    for _ in 0..parents.len() {
        match above {
            Some(ancestor) if ancestor == start => return true,
            Some(ancestor) => above = parents[ancestor],
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objective(id: &str, parent: Option<&str>, weight: Option<f64>) -> Objective {
        Objective {
            id: id.into(),
            name: id.to_owned(),
            parent: parent.map(Into::into),
            weight,
            rescale: None,
            target: None,
        }
    }

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

    #[test]
    fn circles_and_strangers_are_refused() {
        let errors = ObjectiveTree::new(vec![
            objective("a", Some("b"), None),
            objective("b", Some("a"), None),
            objective("c", Some("d"), None),
        ])
        .unwrap_err();
        assert_eq!(errors.len(), 3);
    }

    #[test]
    fn a_scale_may_run_downwards() {
        let scale = Rescale::new(5.0, 1.0).unwrap();
        assert_eq!(scale.apply(5.0), 0.0);
        assert_eq!(scale.apply(2.0), 75.0);
        assert!(Rescale::new(1.0, 1.0).is_none());
    }
}
