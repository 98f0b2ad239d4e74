//! Weights over a tree of objectives.

use crate::domain::objective::{ObjectiveError, ObjectiveTree};

/// The share of strategic value that each objective carries: siblings sum to their parent's weight, top objectives to
/// 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Per objective (position in [`ObjectiveTree::objectives`]).
    pub objectives: Vec<f64>,
    /// Per leaf (position in [`ObjectiveTree::leaves`]).
    pub leaves: Vec<f64>,
}

/// The weights of a tree, or all that is wrong with what was stated.
pub type FoundWeights = Result<Weights, Vec<ObjectiveError>>;

impl Weights {
    /// Normalises the weights of each group of siblings, and multiplies them down the tree.
    ///
    /// `stated` gives a weight in any unit to each of a group of siblings, or `None` to those of which nothing is
    /// stated. Siblings of which nothing at all is stated keep the table's own weights; those who have none there weigh
    /// the same.
    ///
    /// # Errors
    /// `errors`, which were found before, and of each group the first: a negative weight, siblings of which only some
    /// are weighted, a sum of 0.
    pub(super) fn of_siblings(
        tree: &ObjectiveTree,
        mut errors: Vec<ObjectiveError>,
        stated: impl Fn(&[usize]) -> Vec<Option<f64>>,
    ) -> FoundWeights {
        let mut local = vec![0.0; tree.objectives().len()];
        for siblings in sibling_groups(tree) {
            match normalised(tree, &siblings, stated(&siblings)) {
                Ok(weights) => {
                    siblings.iter().zip(weights).for_each(|(&sibling, weight)| local[sibling] = weight)
                }
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Self::multiplied_down(tree, &local)) } else { Err(errors) }
    }

    /// Turns weights among siblings into shares of the whole.
    pub(super) fn multiplied_down(tree: &ObjectiveTree, local: &[f64]) -> Self {
        let share = |objective: usize| {
            let mut share = local[objective];
            let mut above = tree.parent(objective);
            while let Some(parent) = above {
                share *= local[parent];
                above = tree.parent(parent);
            }
            share
        };
        Self::of_objectives(tree, (0..tree.objectives().len()).map(share).collect())
    }

    /// Weights of all leaves, as shares of the whole: above them each objective has the sum of the leaves below it.
    pub fn of_leaves(tree: &ObjectiveTree, leaves: Vec<f64>) -> Self {
        let mut objectives = vec![0.0; tree.objectives().len()];
        for (&leaf, &weight) in tree.leaves().iter().zip(&leaves) {
            let up = std::iter::successors(Some(leaf), |&below| tree.parent(below));
            up.for_each(|objective| objectives[objective] += weight);
        }
        Self { objectives, leaves }
    }

    /// Weights of all objectives, as shares of the whole.
    pub(super) fn of_objectives(tree: &ObjectiveTree, objectives: Vec<f64>) -> Self {
        let leaves = tree.leaves().iter().map(|&leaf| objectives[leaf]).collect();
        Self { objectives, leaves }
    }
}

/// The objectives that share a parent, group by group: those at the top first.
pub(super) fn sibling_groups(tree: &ObjectiveTree) -> Vec<Vec<usize>> {
    let count = tree.objectives().len();
    let under =
        |parent: Option<usize>| (0..count).filter(|&child| tree.parent(child) == parent).collect::<Vec<_>>();
    let groups = std::iter::once(None).chain((0..count).map(Some)).map(under);
    groups.filter(|siblings| !siblings.is_empty()).collect()
}

/// Normalised weights of one group of siblings, in their order: those that are stated, else the table's own, else the same
/// for all.
pub(super) fn normalised(
    tree: &ObjectiveTree,
    siblings: &[usize],
    stated: Vec<Option<f64>>,
) -> Result<Vec<f64>, ObjectiveError> {
    let id = |sibling: usize| &tree.objectives()[sibling].id;
    let mut weights = stated;
    if weights.iter().all(Option::is_none) {
        weights = siblings.iter().map(|&sibling| tree.objectives()[sibling].weight).collect();
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
