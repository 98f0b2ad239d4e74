//! The weights that satisfy incomplete statements, as the polytope of all of them.
//!
//! A. Salo, R. P. Hämäläinen (1992): Preference assessment by imprecise ratio statements. Operations Research 40(6),
//! 1053-1061. J. Liesiö, P. Mild, A. Salo (2007): Preference programming for robust portfolio modeling and project
//! selection. EJOR 181(3), 1488-1505.

use super::corners::distinct;
use super::shares::Weights;
use crate::domain::objective::ObjectiveTree;

/// Most vertices of a polytope of weights.
pub const MOST_VERTICES: usize = 2_000;

/// All weights that satisfy the statements of a set. It is not empty, and bounded.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightPolytope {
    vertices: Vec<Vec<f64>>,
    mean: Weights,
    ranges: Vec<(f64, f64)>,
}

/// A group of siblings, and the corners of the weights that they may have among each other.
pub(super) struct SiblingCorners {
    /// Positions of the objectives.
    pub(super) siblings: Vec<usize>,
    /// Per corner the weight of each sibling; at least one.
    pub(super) corners: Vec<Vec<f64>>,
}

impl WeightPolytope {
    /// The polytope of a tree whose siblings have these corners: a vertex for each choice of a corner per group, but for
    /// those that only differ below an objective without weight. `None` if there would be more than [`MOST_VERTICES`].
    pub(super) fn of_groups(tree: &ObjectiveTree, groups: &[SiblingCorners]) -> Option<Self> {
        let count = groups.iter().try_fold(1_usize, |count, group| {
            count.checked_mul(group.corners.len()).filter(|&count| count <= MOST_VERTICES)
        })?;
        let vertex = |mut choice: usize| {
            let mut local = vec![0.0; tree.objectives().len()];
            for group in groups {
                let corner = &group.corners[choice % group.corners.len()];
                choice /= group.corners.len();
                group.siblings.iter().zip(corner).for_each(|(&sibling, &weight)| local[sibling] = weight);
            }
            Weights::multiplied_down(tree, &local).leaves
        };
        let vertices = distinct((0..count).map(vertex).collect());
        let above = |leaves: &Vec<f64>| Weights::of_leaves(tree, leaves.clone()).objectives;
        let whole: Vec<Vec<f64>> = vertices.iter().map(above).collect();
        let of = |objective: usize| whole.iter().map(move |weights| weights[objective]);
        let objectives = 0..tree.objectives().len();
        let range = |objective: usize| {
            of(objective).fold((1.0_f64, 0.0_f64), |(low, high), one| (low.min(one), high.max(one)))
        };
        let means = objectives.clone().map(|objective| of(objective).sum::<f64>() / whole.len() as f64);
        let mean = Weights::of_objectives(tree, means.collect());
        Some(Self { vertices, mean, ranges: objectives.map(range).collect() })
    }

    /// Its vertices, each once and in a fixed order: per leaf (position in [`ObjectiveTree::leaves`]) its weight. All
    /// weights of the polytope are mixtures of them.
    pub fn vertices(&self) -> &[Vec<f64>] {
        &self.vertices
    }

    /// The mean of its vertices, by which a scenario is optimised.
    pub fn mean(&self) -> &Weights {
        &self.mean
    }

    /// The least and the most weight that it leaves to each objective (position in [`ObjectiveTree::objectives`]), as a
    /// share of the whole.
    pub fn ranges(&self) -> &[(f64, f64)] {
        &self.ranges
    }
}
