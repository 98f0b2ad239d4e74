//! Selections that are known to be feasible, best first.

use crate::domain::Selection;

/// How many selections are kept; beyond that the worst are forgotten.
const CAPACITY: usize = 1000;

/// A feasible selection and its objective in the program (larger is better).
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The program's objective.
    pub objective: f64,
    /// The selection.
    pub selection: Selection,
}

/// Distinct feasible selections, best first; of several with the same projects only the best is kept, since they
/// do not differ as options.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    candidates: Vec<Candidate>,
}

impl Pool {
    /// Whether a selection of this objective would be kept.
    pub fn welcomes(&self, objective: f64) -> bool {
        self.candidates.len() < CAPACITY
            || self.candidates.last().is_some_and(|worst| worst.objective < objective)
    }

    /// Adds a selection.
    pub fn add(&mut self, candidate: Candidate) {
        let same_projects = |other: &Candidate| {
            other.selection.len() == candidate.selection.len()
                && other.selection.difference(&candidate.selection) == 0
        };
        // Equal objectives are the rule among twins, so only they need comparing when the pool is full of others.
        if let Some(twin) = self.candidates.iter().position(same_projects) {
            if self.candidates[twin].objective >= candidate.objective {
                return;
            }
            self.candidates.remove(twin);
        }
        let position = self.candidates.partition_point(|other| other.objective >= candidate.objective);
        self.candidates.insert(position, candidate);
        self.candidates.truncate(CAPACITY);
    }

    /// The best selection that differs by at least `difference` projects from each of `others`.
    pub fn best_beside(&self, others: &[Selection], difference: usize) -> Option<&Candidate> {
        let is_far = |candidate: &&Candidate| {
            others.iter().all(|other| candidate.selection.difference(other) >= difference)
        };
        self.candidates.iter().find(is_far)
    }

    /// All of them, best first.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }
}
