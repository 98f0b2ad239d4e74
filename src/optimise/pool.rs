//! Solutions that are known to be feasible, best first.

use std::collections::HashMap;

/// How many solutions are kept; beyond that the worst are forgotten.
const CAPACITY: usize = 4000;

/// A feasible solution and its objective in the program (larger is better).
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate<S> {
    /// The program's objective.
    pub objective: f64,
    /// The projects it takes.
    pub projects: ProjectSet,
    /// The solution.
    pub solution: S,
}

/// The chosen projects, one bit each: the search counts differences far more often than anything else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProjectSet(Box<[u64]>);

impl ProjectSet {
    /// The set of these projects (positions, rising).
    pub fn of(projects: impl IntoIterator<Item = usize>) -> Self {
        let mut bits = Vec::new();
        for project in projects {
            if bits.len() <= project / 64 {
                bits.resize(project / 64 + 1, 0);
            }
            bits[project / 64] |= 1 << (project % 64);
        }
        Self(bits.into_boxed_slice())
    }

    /// The same set with a project more.
    pub fn with(&self, project: usize) -> Self {
        let mut bits = self.0.to_vec();
        bits.resize(bits.len().max(project / 64 + 1), 0);
        bits[project / 64] |= 1 << (project % 64);
        Self(bits.into_boxed_slice())
    }

    /// Whether a project is in the set.
    pub fn contains(&self, project: usize) -> bool {
        self.0.get(project / 64).is_some_and(|bits| bits >> (project % 64) & 1 == 1)
    }

    /// The number of projects in one of the two and not in the other.
    pub fn difference(&self, other: &Self) -> usize {
        let (short, long) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        let shared = short.0.iter().zip(&long.0).map(|(one, other)| (one ^ other).count_ones());
        let rest = long.0[short.0.len()..].iter().map(|bits| bits.count_ones());
        shared.chain(rest).sum::<u32>() as usize
    }
}

/// Distinct feasible solutions, best first; of several with the same projects only the best is kept, since they
/// do not differ as options.
#[derive(Clone, Debug)]
pub struct Pool<S> {
    /// Behind pointers, as each that is added moves thousands of others.
    candidates: Vec<Box<Candidate<S>>>,
    /// The objective kept for each set of projects.
    known: HashMap<ProjectSet, f64>,
    forgotten: f64,
}

impl<S> Default for Pool<S> {
    fn default() -> Self {
        Self { candidates: Vec::new(), known: HashMap::new(), forgotten: f64::NEG_INFINITY }
    }
}

impl<S> FromIterator<Candidate<S>> for Pool<S> {
    fn from_iter<I: IntoIterator<Item = Candidate<S>>>(candidates: I) -> Self {
        let mut pool = Self::default();
        candidates.into_iter().for_each(|candidate| pool.add(candidate));
        pool
    }
}

impl<S> Pool<S> {
    /// Adds a solution.
    pub fn add(&mut self, candidate: Candidate<S>) {
        if let Some(&twin) = self.known.get(&candidate.projects) {
            if twin >= candidate.objective {
                return;
            }
            self.candidates.retain(|other| other.projects != candidate.projects);
        }
        if !self.has_room(candidate.objective) {
            return self.forget(candidate.objective);
        }
        let position = self.candidates.partition_point(|other| other.objective >= candidate.objective);
        self.known.insert(candidate.projects.clone(), candidate.objective);
        self.candidates.insert(position, Box::new(candidate));
        if self.candidates.len() > CAPACITY
            && let Some(worst) = self.candidates.pop()
        {
            self.forget(worst.objective);
            self.known.remove(&worst.projects);
        }
    }

    /// Whether a solution with this objective, if it is news, is good enough to be kept.
    pub fn has_room(&self, objective: f64) -> bool {
        self.candidates.len() < CAPACITY
            || self.candidates.last().is_none_or(|worst| worst.objective < objective)
    }

    /// Notes that there is a solution with this objective which is not kept.
    pub fn forget(&mut self, objective: f64) {
        self.forgotten = self.forgotten.max(objective);
    }

    /// Whether no solution with these projects and as good an objective is known.
    pub fn lacks(&self, projects: &ProjectSet, objective: f64) -> bool {
        self.known.get(projects).is_none_or(|&known| known < objective)
    }

    /// The best solution that differs by at least `difference` projects from each of `others`.
    pub fn best_beside(&self, others: &[ProjectSet], difference: usize) -> Option<&Candidate<S>> {
        let is_far = |candidate: &&Candidate<S>| {
            others.iter().all(|other| candidate.projects.difference(other) >= difference)
        };
        self.candidates.iter().map(Box::as_ref).find(is_far)
    }

    /// The best, then again and again the best that differs by at least `difference` projects from all before: up to
    /// `count` of them.
    pub fn spread(&self, count: usize, difference: usize) -> Vec<&Candidate<S>> {
        let mut picked: Vec<&Candidate<S>> = Vec::with_capacity(count);
        for candidate in &self.candidates {
            if picked.len() == count {
                break;
            }
            let is_far = |other: &&Candidate<S>| candidate.projects.difference(&other.projects) >= difference;
            if picked.iter().all(is_far) {
                picked.push(candidate);
            }
        }
        picked
    }

    /// All of them, best first.
    pub fn candidates(&self) -> &[Box<Candidate<S>>] {
        &self.candidates
    }

    /// The best objective among those that were forgotten; −∞ if none was.
    pub fn forgotten(&self) -> f64 {
        self.forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(objective: f64, projects: &[usize]) -> Candidate<()> {
        Candidate { objective, projects: ProjectSet::of(projects.iter().copied()), solution: () }
    }

    #[test]
    fn differences_count_projects_of_either_side() {
        let set = |projects: &[usize]| ProjectSet::of(projects.iter().copied());
        assert_eq!(set(&[0, 5, 130]).difference(&set(&[5])), 2);
        assert_eq!(set(&[5]).difference(&set(&[0, 5, 130])), 2);
        assert_eq!(set(&[1]).difference(&set(&[2])), 2);
        assert_eq!(set(&[]).difference(&set(&[])), 0);
    }

    #[test]
    fn a_spread_keeps_its_distance_and_the_better_twin_stays() {
        let mut pool = Pool::default();
        for one in
            [candidate(3.0, &[1, 2]), candidate(5.0, &[1]), candidate(4.0, &[1, 2]), candidate(1.0, &[7, 8])]
        {
            pool.add(one);
        }
        let objectives =
            |picked: Vec<&Candidate<()>>| picked.iter().map(|one| one.objective).collect::<Vec<_>>();
        assert_eq!(objectives(pool.spread(9, 1)), [5.0, 4.0, 1.0]);
        assert_eq!(objectives(pool.spread(9, 2)), [5.0, 1.0]);
        assert_eq!(pool.best_beside(&[ProjectSet::of([1])], 2).map(|one| one.objective), Some(1.0));
    }
}
