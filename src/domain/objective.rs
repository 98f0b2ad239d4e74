//! Objectives of the strategy, as a tree.

use crate::ids::ObjectiveId;

use super::rescale::Rescale;

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
    /// The value of its scores; `None`: used as given.
    pub rescale: Option<Rescale>,
    /// A key result: the total score (as given, not rescaled) that the portfolio should reach.
    pub target: Option<f64>,
}

/// Reasons why objectives make no tree, or numbers no weights over it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectiveError {
    /// An id is repeated.
    #[error("the objective `{0}` is listed twice")]
    Repeated(ObjectiveId),
    /// A parent is not in the table.
    #[error("the parent `{parent}` of `{objective}` is not an objective")]
    UnknownParent {
        /// The child.
        objective: ObjectiveId,
        /// The parent that it names.
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

impl ObjectiveTree {
    /// Makes a tree of objectives in any order.
    ///
    /// # Errors
    /// All faults: repeated ids, unknown parents, circles.
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

/// An objective of a tree for tests.
#[cfg(test)]
pub(in crate::domain) fn objective(id: &str, parent: Option<&str>, weight: Option<f64>) -> Objective {
    let (parent, name) = (parent.map(Into::into), id.to_owned());
    Objective { id: id.into(), name, parent, weight, rescale: None, target: None }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
