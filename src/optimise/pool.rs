//! Selections that are known to be feasible, best first.

use std::collections::HashMap;

use crate::domain::Selection;

/// How many selections are kept; beyond that the worst are forgotten.
const CAPACITY: usize = 4000;

/// A feasible selection and its objective in the program (larger is better).
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The program's objective.
    pub objective: f64,
    /// The selection.
    pub selection: Selection,
    projects: ProjectSet,
}

impl Candidate {
    /// A selection and its objective.
    pub fn new(objective: f64, selection: Selection) -> Self {
        Self { objective, projects: ProjectSet::of(&selection), selection }
    }
}

/// The chosen projects, one bit each: the search counts differences far more often than anything else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ProjectSet(Vec<u64>);

impl ProjectSet {
    fn of(selection: &Selection) -> Self {
        let words = selection.projects().last().map_or(0, |last| last / 64 + 1);
        let mut bits = vec![0; words];
        for project in selection.projects() {
            bits[project / 64] |= 1 << (project % 64);
        }
        Self(bits)
    }

    /// The number of projects in one of the two and not in the other.
    fn difference(&self, other: &Self) -> usize {
        let words = self.0.len().max(other.0.len());
        let word = |set: &Self, position: usize| set.0.get(position).copied().unwrap_or(0);
        (0..words).map(|position| (word(self, position) ^ word(other, position)).count_ones() as usize).sum()
    }
}

/// Distinct feasible selections, best first; of several with the same projects only the best is kept, since they
/// do not differ as options.
#[derive(Clone, Debug)]
pub struct Pool {
    candidates: Vec<Candidate>,
    /// The objective kept for each set of projects.
    known: HashMap<ProjectSet, f64>,
    forgotten: f64,
}

impl Default for Pool {
    fn default() -> Self {
        Self { candidates: Vec::new(), known: HashMap::new(), forgotten: f64::NEG_INFINITY }
    }
}

impl Pool {
    /// Adds a selection.
    pub fn add(&mut self, candidate: Candidate) {
        if let Some(&twin) = self.known.get(&candidate.projects) {
            if twin >= candidate.objective {
                return;
            }
            self.candidates.retain(|other| other.projects != candidate.projects);
        }
        let position = self.candidates.partition_point(|other| other.objective >= candidate.objective);
        if position >= CAPACITY {
            self.forgotten = self.forgotten.max(candidate.objective);
            return;
        }
        self.known.insert(candidate.projects.clone(), candidate.objective);
        self.candidates.insert(position, candidate);
        if self.candidates.len() > CAPACITY
            && let Some(worst) = self.candidates.pop()
        {
            self.forgotten = self.forgotten.max(worst.objective);
            self.known.remove(&worst.projects);
        }
    }

    /// Whether a selection of this objective would be kept.
    pub fn welcomes(&self, objective: f64) -> bool {
        let is_better = |worst: &Candidate| worst.objective < objective;
        self.candidates.len() < CAPACITY || self.candidates.last().is_some_and(is_better)
    }

    /// The best selection that differs by at least `difference` projects from each of `others`.
    pub fn best_beside(&self, others: &[Selection], difference: usize) -> Option<&Candidate> {
        let others: Vec<ProjectSet> = others.iter().map(ProjectSet::of).collect();
        let is_far = |candidate: &&Candidate| {
            others.iter().all(|other| candidate.projects.difference(other) >= difference)
        };
        self.candidates.iter().find(is_far)
    }

    /// The best, then again and again the best that differs by at least `difference` projects from all before: up to
    /// `count` of them.
    pub fn spread(&self, count: usize, difference: usize) -> Vec<&Candidate> {
        let mut picked: Vec<&Candidate> = Vec::with_capacity(count);
        for candidate in &self.candidates {
            if picked.len() == count {
                break;
            }
            let is_far = |other: &&Candidate| candidate.projects.difference(&other.projects) >= difference;
            if picked.iter().all(is_far) {
                picked.push(candidate);
            }
        }
        picked
    }

    /// All of them, best first.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The best objective among those that were forgotten; −∞ if none was.
    pub fn forgotten(&self) -> f64 {
        self.forgotten
    }
}
