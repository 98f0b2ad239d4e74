//! Pool of feasible solutions, best first.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::domain::ProjectIx;

/// Least capacity; a full pool forgets its worst solutions.
const MIN_POOL_CAPACITY: usize = 4000;
/// Capacity per option wanted.
const CAPACITY_PER_OPTION: usize = 4;

/// A feasible solution and its objective in the program (larger is better).
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate<S> {
    /// Objective in the program.
    pub objective: f64,
    /// Tie-break between solutions with the same projects or the same objective.
    pub tie: TieBreak,
    /// Projects chosen.
    pub projects: ProjectSet,
    /// The solution.
    pub solution: S,
}

/// Tie-break: order of solutions whose objectives are equal on paper.
///
/// Sums of the same decimals differ in their last binary digits. So objectives and costs are compared as multiples of a
/// decimal unit that lies far below anything a table shows (see [`decimal_unit`]).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TieBreak {
    /// The objective, rounded to a whole number of units: larger first.
    pub objective: f64,
    /// The cost, rounded likewise: smaller first. 0 where solutions have no cost of their own.
    pub cost: f64,
    /// Periods by which starts are deferred, summed over projects: fewer first.
    pub deferred: usize,
    /// Places of the payers in the order as written, summed over projects: fewer first.
    pub payments: usize,
}

impl TieBreak {
    /// The tie-break of a solution of which the objective alone is known.
    pub fn by_objective(objective: f64) -> Self {
        Self { objective, ..Self::default() }
    }
}

impl<S> Candidate<S> {
    /// Order of two solutions (`Less`: this one first): the better objective, then the lower cost, then fewer projects,
    /// then the first by ids, then the earlier starts, then the first payers as written.
    pub fn order(&self, other: &Self) -> Ordering {
        (other.tie.objective.total_cmp(&self.tie.objective))
            .then_with(|| self.tie.cost.total_cmp(&other.tie.cost))
            .then_with(|| self.projects.order(&other.projects))
            .then_with(|| self.tie.deferred.cmp(&other.tie.deferred))
            .then_with(|| self.tie.payments.cmp(&other.tie.payments))
    }
}

/// The decimal unit, a power of ten, to which sums of this size (the sum of the absolute terms) are rounded before they
/// are compared: the twelfth digit of the size. The rounding of a sum of n terms stays below n units of 2⁻⁵³ of that
/// size (Higham 2002), so that sums which are equal on paper are rounded to the same number.
pub fn decimal_unit(size: f64) -> f64 {
    if size > 0.0 && size.is_finite() { 10_f64.powi(size.log10().ceil() as i32 - 12) } else { 1e-12 }
}

/// A number rounded to a multiple of a unit.
pub fn rounded_to(number: f64, unit: f64) -> f64 {
    // Adding 0 turns −0 into 0, which would compare as another number.
    (number / unit).round() * unit + 0.0
}

/// Set of projects, one bit each: searches count differences far more often than anything else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProjectSet {
    projects: Box<[u64]>,
    /// The projects as which they count where differences are counted; `None`: each as itself.
    counted: Option<Box<[u64]>>,
}

/// Sets the bit of a project.
fn set(bits: &mut Vec<u64>, project: ProjectIx) {
    let project = project.index();
    if bits.len() <= project / 64 {
        bits.resize(project / 64 + 1, 0);
    }
    bits[project / 64] |= 1 << (project % 64);
}

/// The number of bits that are set in one of the two and not in the other.
fn differing(one: &[u64], other: &[u64]) -> usize {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let shared = short.iter().zip(long).map(|(one, other)| (one ^ other).count_ones());
    let rest = long[short.len()..].iter().map(|bits| bits.count_ones());
    shared.chain(rest).sum::<u32>() as usize
}

/// True if the bit of a project is set.
fn has(bits: &[u64], project: ProjectIx) -> bool {
    let project = project.index();
    bits.get(project / 64).is_some_and(|bits| bits >> (project % 64) & 1 == 1)
}

impl ProjectSet {
    /// The set of these projects (rising).
    pub fn of(projects: impl IntoIterator<Item = ProjectIx>) -> Self {
        Self::counting(projects.into_iter().map(|project| (project, project)))
    }

    /// The set of these projects (rising), each with the one as which it counts where differences are counted:
    /// alternatives count as one project.
    pub fn counting(projects: impl IntoIterator<Item = (ProjectIx, ProjectIx)>) -> Self {
        let (mut own, mut counted, mut is_plain) = (Vec::new(), Vec::new(), true);
        for (project, as_one) in projects {
            if is_plain && project != as_one {
                counted.clone_from(&own);
                is_plain = false;
            }
            set(&mut own, project);
            if !is_plain {
                set(&mut counted, as_one);
            }
        }
        let counted = (!is_plain).then(|| counted.into_boxed_slice());
        Self { projects: own.into_boxed_slice(), counted }
    }

    /// The same set with one more project, and the one as which it counts.
    pub fn with(&self, (project, as_one): (ProjectIx, ProjectIx)) -> Self {
        let added = |bits: &[u64], project: ProjectIx| {
            let mut bits = bits.to_vec();
            set(&mut bits, project);
            bits.into_boxed_slice()
        };
        let is_plain = self.counted.is_none() && project == as_one;
        let counted = (!is_plain).then(|| added(self.counted(), as_one));
        Self { projects: added(&self.projects, project), counted }
    }

    fn counted(&self) -> &[u64] {
        self.counted.as_deref().unwrap_or(&self.projects)
    }

    /// True if a project counts as present: it, or one that counts as it.
    pub fn counts(&self, counted: ProjectIx) -> bool {
        has(self.counted(), counted)
    }

    /// True if a project is in the set.
    pub fn contains(&self, project: ProjectIx) -> bool {
        has(&self.projects, project)
    }

    /// The number of projects.
    pub fn len(&self) -> usize {
        self.projects.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// The smaller set comes first; of equally large ones that with the first project that is in one alone.
    pub fn order(&self, other: &Self) -> Ordering {
        self.len().cmp(&other.len()).then_with(|| {
            let differing = self.projects.iter().zip(&other.projects).find(|(one, other)| one != other);
            differing.map_or(Ordering::Equal, |(one, other)| {
                let first = 1 << (one ^ other).trailing_zeros();
                if one & first != 0 { Ordering::Less } else { Ordering::Greater }
            })
        })
    }

    /// The number of projects in one of the two and not in the other; alternatives count as one project.
    pub fn difference(&self, other: &Self) -> usize {
        differing(self.counted(), other.counted())
    }

    /// The number of projects in one of the two and not in the other, alternatives one by one.
    pub fn changes(&self, other: &Self) -> usize {
        differing(&self.projects, &other.projects)
    }
}

/// Distinct feasible solutions, best first; of several with the same projects only the best is kept, since they
/// do not differ as options.
#[derive(Clone, Debug)]
pub struct Pool<S> {
    /// Boxed, since an insertion moves thousands of others.
    candidates: Vec<Box<Candidate<S>>>,
    /// Tie-break of the kept solution for each set of projects.
    known: HashMap<ProjectSet, TieBreak>,
    capacity: usize,
    forgotten: f64,
}

impl<S> Default for Pool<S> {
    fn default() -> Self {
        let forgotten = f64::NEG_INFINITY;
        Self { candidates: Vec::new(), known: HashMap::new(), capacity: capacity_for(1), forgotten }
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
        if let Some(twin) = self.known.get(&candidate.projects) {
            if !is_better_twin(&candidate.tie, twin) {
                return;
            }
            self.candidates.retain(|other| other.projects != candidate.projects);
        }
        if !self.has_room(candidate.objective) {
            return self.forget(candidate.objective);
        }
        let position = self.candidates.partition_point(|other| other.order(&candidate).is_le());
        self.known.insert(candidate.projects.clone(), candidate.tie);
        self.candidates.insert(position, Box::new(candidate));
        if self.candidates.len() > self.capacity
            && let Some(worst) = self.candidates.pop()
        {
            self.forget(worst.objective);
            self.known.remove(&worst.projects);
        }
    }

    /// True if a new solution with this objective is good enough to be kept.
    pub fn has_room(&self, objective: f64) -> bool {
        self.candidates.len() < self.capacity
            || self.candidates.last().is_none_or(|worst| worst.objective < objective)
    }

    /// Records the objective of a solution that is not kept.
    pub fn forget(&mut self, objective: f64) {
        self.forgotten = self.forgotten.max(objective);
    }

    /// True if no solution with these projects is as good.
    pub fn lacks(&self, projects: &ProjectSet, tie: &TieBreak) -> bool {
        self.known.get(projects).is_none_or(|known| is_better_twin(tie, known))
    }

    /// Number of solutions between two objectives, both included.
    pub fn count_between(&self, low: f64, high: f64) -> usize {
        let above = |bound: f64| self.candidates.partition_point(|one| one.objective > bound);
        let below = self.candidates.partition_point(|one| one.objective >= low);
        below.saturating_sub(above(high))
    }

    /// The best solution that differs by at least `difference` projects from each of `others`.
    pub fn best_beside(&self, others: &[ProjectSet], difference: usize) -> Option<&Candidate<S>> {
        let is_far = |candidate: &&Candidate<S>| {
            others.iter().all(|other| candidate.projects.difference(other) >= difference)
        };
        self.candidates.iter().map(Box::as_ref).find(is_far)
    }

    /// The best solution, then repeatedly the best that differs by at least `difference` projects from all before: up
    /// to `count` of them.
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

    /// All solutions, best first.
    pub fn into_candidates(self) -> impl Iterator<Item = Candidate<S>> {
        self.candidates.into_iter().map(|candidate| *candidate)
    }

    /// Makes room for a number of options and the solutions between them.
    pub fn reserve_for_options(&mut self, options: usize) {
        self.capacity = self.capacity.max(capacity_for(options));
    }

    /// All solutions, best first.
    pub fn candidates(&self) -> &[Box<Candidate<S>>] {
        &self.candidates
    }

    /// Best forgotten objective; −∞ if none was forgotten.
    pub fn forgotten(&self) -> f64 {
        self.forgotten
    }
}

/// Capacity of a pool for a number of options.
fn capacity_for(options: usize) -> usize {
    MIN_POOL_CAPACITY.max(options.saturating_mul(CAPACITY_PER_OPTION))
}

/// True if `one` comes before `other`, for two solutions with the same projects.
fn is_better_twin(one: &TieBreak, other: &TieBreak) -> bool {
    let order = (other.objective.total_cmp(&one.objective))
        .then_with(|| one.cost.total_cmp(&other.cost))
        .then_with(|| one.deferred.cmp(&other.deferred))
        .then_with(|| one.payments.cmp(&other.payments));
    order.is_lt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_of(projects: &[usize]) -> ProjectSet {
        ProjectSet::of(projects.iter().copied().map(ProjectIx::new))
    }

    fn candidate(objective: f64, projects: &[usize]) -> Candidate<()> {
        let projects = set_of(projects);
        Candidate { objective, tie: TieBreak::by_objective(objective), projects, solution: () }
    }

    #[test]
    fn of_equal_objectives_the_cheapest_comes_first_then_the_fewest_projects_then_the_first_ids() {
        let with_cost = |cost: f64, projects: &[usize]| {
            let candidate = candidate(1.0, projects);
            Candidate { tie: TieBreak { cost, ..candidate.tie }, ..candidate }
        };
        let pool: Pool<()> = [
            with_cost(5.0, &[1]),
            with_cost(4.0, &[0, 70]),
            with_cost(4.0, &[3]),
            with_cost(4.0, &[2]),
            with_cost(4.0, &[0, 69]),
            candidate(0.5, &[9]),
        ]
        .into_iter()
        .collect();
        let sets: Vec<ProjectSet> = pool.candidates().iter().map(|one| one.projects.clone()).collect();
        let expected: [&[usize]; 6] = [&[2], &[3], &[0, 69], &[0, 70], &[1], &[9]];
        assert_eq!(sets, expected.map(set_of));
    }

    #[test]
    fn sums_that_are_equal_on_paper_are_compared_as_equal() {
        let unit = decimal_unit(0.3);
        assert_eq!(rounded_to(0.1 + 0.2, unit), rounded_to(0.3, unit));
        assert_eq!(rounded_to(-5e-17, unit), 0.0);
        assert!(rounded_to(1e9 + 0.01, decimal_unit(1e9)) > rounded_to(1e9, decimal_unit(1e9)));
    }

    #[test]
    fn differences_count_projects_of_either_side() {
        let set = set_of;
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
        assert_eq!(pool.best_beside(&[set_of(&[1])], 2).map(|one| one.objective), Some(1.0));
    }
}
