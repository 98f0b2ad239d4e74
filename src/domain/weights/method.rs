//! Weights, and the interface of the methods that find them.

use std::collections::BTreeMap;

use crate::domain::objective::{ObjectiveError, ObjectiveTree};

/// The share of strategic value that each objective carries: siblings sum to their parent's weight, top objectives to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Per objective (position in [`ObjectiveTree::objectives`]).
    pub objectives: Vec<f64>,
    /// Per leaf (position in [`ObjectiveTree::leaves`]).
    pub leaves: Vec<f64>,
}

/// Finds the weights of a tree from numbers by the ids of objectives, or all that is wrong with them.
pub type FindWeights = fn(&ObjectiveTree, &BTreeMap<String, f64>) -> Result<Weights, Vec<ObjectiveError>>;

/// A method that finds weights from numbers that people state for objectives.
#[derive(Clone, Copy, Debug)]
pub struct WeightMethod {
    /// The word for it in a batch file.
    pub name: &'static str,
    /// The key under which a batch file states the numbers, by the ids of objectives.
    pub key: &'static str,
    /// Finds the weights from the numbers, or all that is wrong with them.
    pub find: FindWeights,
}

impl Weights {
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
        let objectives: Vec<f64> = (0..tree.objectives().len()).map(share).collect();
        let leaves = tree.leaves().iter().map(|&leaf| objectives[leaf]).collect();
        Self { objectives, leaves }
    }
}
