//! Named sets of weights, as a batch states them.

use super::by_class::ProjectWeights;
use super::shares::Weights;
use crate::ids::WeightSetName;

/// Weights that differ by less are the same.
const SAME: f64 = 1e-9;

/// A named set of weights, and how far what was stated pins them down.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightSet {
    name: WeightSetName,
    weights: ProjectWeights,
    consistency: Vec<Option<f64>>,
    members: Vec<(WeightSetName, Weights)>,
}

/// The objective in whose weight the members of a group differ most.
#[derive(Clone, Debug, PartialEq)]
pub struct Disagreement {
    /// Position of the objective.
    pub objective: usize,
    /// Each member with its weight, the highest first.
    pub weights: Vec<(WeightSetName, f64)>,
}

impl WeightSet {
    /// A set with these weights.
    pub fn new(name: WeightSetName, weights: impl Into<ProjectWeights>) -> Self {
        Self { name, weights: weights.into(), consistency: Vec::new(), members: Vec::new() }
    }

    /// The same set with the consistency ratio of the judgements of each objective (position) and its siblings.
    #[must_use]
    pub fn with_consistency(self, consistency: Vec<Option<f64>>) -> Self {
        Self { consistency, ..self }
    }

    /// The same set as the mean of members with these weights.
    pub(super) fn with_members(self, members: Vec<(WeightSetName, Weights)>) -> Self {
        Self { members, ..self }
    }

    /// Its name.
    pub fn name(&self) -> &WeightSetName {
        &self.name
    }

    /// The weights of each project.
    pub fn weights(&self) -> &ProjectWeights {
        &self.weights
    }

    /// The least and the most weight of an objective (position), as a share of the whole: of all weights that satisfy the
    /// statements of an incomplete set, of the members of a group, of the classes of a set by class; else the weight itself.
    pub fn range(&self, objective: usize) -> (f64, f64) {
        if let Some(polytope) = self.weights.polytope() {
            return polytope.ranges()[objective];
        }
        let of_classes = self.weights.sets().iter().map(|set| set.weights.objectives[objective]);
        let of_members = self.members.iter().map(|(_, weights)| weights.objectives[objective]);
        let around = |weights: &mut dyn Iterator<Item = f64>| {
            weights.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| (low.min(one), high.max(one)))
        };
        match self.members.is_empty() {
            true => around(&mut of_classes.into_iter()),
            false => around(&mut of_members.into_iter()),
        }
    }

    /// The consistency ratio of the judgements of an objective (position) and its siblings; `None` where there are none.
    pub fn consistency_ratio(&self, objective: usize) -> Option<f64> {
        self.consistency.get(objective).copied().flatten()
    }

    /// What the members of a group differ in most; `None` for other sets, and where they agree.
    pub fn disagreement(&self) -> Option<Disagreement> {
        let count = self.members.first()?.1.objectives.len();
        let spread = |objective: usize| {
            let (low, high) = self.range(objective);
            high - low
        };
        // Of those that differ by rounding alone the first.
        let most = (0..count).map(spread).fold(0.0_f64, f64::max);
        let widest = (0..count).find(|&objective| spread(objective) > most - SAME)?;
        let of = |(name, weights): &(WeightSetName, Weights)| (name.clone(), weights.objectives[widest]);
        let mut weights: Vec<(WeightSetName, f64)> = self.members.iter().map(of).collect();
        weights.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        (most > SAME).then_some(Disagreement { objective: widest, weights })
    }
}
