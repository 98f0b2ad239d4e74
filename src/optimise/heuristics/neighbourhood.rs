//! Better solutions from good ones: most decisions are left as they are in a good solution, and the tree decides about
//! the rest (large neighbourhood search, Shaw 1998). Projects whose decision is nearly a tie in the relaxation are the
//! likeliest to be reconsidered.

use std::sync::Arc;

use rayon::prelude::*;

use crate::optimise::bnb::incumbents::{Collector, CutoffTracker, Evaluator};
use crate::optimise::bnb::{OpenNode, Pseudocosts, Tree};
use crate::optimise::model::decisions::{DecisionGroup, Problem};
use crate::optimise::model::pool::{Candidate, Pool};
use crate::optimise::model::reduced::{Fixing, ReducedProgram};
use crate::optimise::model::split_mix::SplitMix64;

/// Neighbourhoods that are searched side by side, and nodes in each.
const PARALLEL_SUB_MIPS: usize = 4;
const NODES_PER_SUB_MIP: u64 = 256;
/// Decisions made anew in each: so many of the nearest ties, and so many of all.
const NEAR_TIE_GROUPS: usize = 50;
const FREE_NEAR_TIES: usize = 24;
const FREE_RANDOM_GROUPS: usize = 8;
/// Groups that the first core leaves free, and how many more each next one does.
const INITIAL_CORE_GROUPS: usize = 20;
const CORE_GROWTH_GROUPS: usize = 6;

/// The neighbourhoods of a problem.
#[derive(Debug)]
pub struct Neighbourhoods<'a> {
    problem: &'a Problem<'a>,
    /// Groups, the nearest to a tie first.
    by_tie: Vec<usize>,
    /// The relaxation.
    relaxed: Vec<f64>,
    /// How many groups the next core leaves free.
    core: usize,
    /// What is held in all of them.
    held: Vec<Fixing>,
    chance: SplitMix64,
}

impl<'a> Neighbourhoods<'a> {
    /// The neighbourhoods of a problem whose relaxation `root` has solved.
    pub fn new(problem: &'a Problem<'a>, root: &Tree) -> Self {
        let columns = problem.program.columns.len();
        let tie = |group: &DecisionGroup| {
            let chosen = group.alternatives.iter().map(|one| one.chosen);
            let variables = chosen.chain(group.row.map(|row| columns + row));
            variables.map(|variable| root.tableau().reduced_cost(variable)).fold(f64::INFINITY, f64::min)
        };
        let mut ties: Vec<(f64, usize)> =
            problem.groups.iter().enumerate().map(|(position, group)| (tie(group), position)).collect();
        ties.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        let by_tie = ties.into_iter().map(|(_, group)| group).collect();
        let (relaxed, core, chance) = (root.values(), INITIAL_CORE_GROUPS, SplitMix64::default());
        Self { problem, by_tie, relaxed, core, held: Vec::new(), chance }
    }

    /// The same with variables held, as `root` and all known solutions have them.
    #[must_use]
    pub fn holding(self, held: &[Fixing]) -> Self {
        Self { held: held.to_vec(), ..self }
    }

    /// Searches a few neighbourhoods of what the pool knows, and adds what it finds to the pool and the front.
    /// `losses` tell what branching has cost so far.
    pub fn explore<J: Evaluator>(
        &mut self,
        evaluator: &J,
        pool: &mut Pool<J::Solution>,
        tracker: &mut CutoffTracker,
        pseudocosts: &Pseudocosts,
    ) {
        let places: Vec<(Vec<f64>, Vec<usize>, usize)> =
            (0..PARALLEL_SUB_MIPS).filter_map(|place| self.place(place, evaluator, pool, tracker)).collect();
        let search = |(values, free, wanted): (Vec<f64>, Vec<usize>, usize)| {
            self.search(evaluator, &values, &free, tracker.improving(wanted), pseudocosts)
        };
        let found: Vec<Vec<Candidate<J::Solution>>> =
            places.into_par_iter().with_max_len(1).map(search).collect();
        found.into_iter().flatten().for_each(|candidate| pool.add(candidate));
        tracker.take(pool);
    }

    /// What to hold, what to decide anew, and how many solutions to improve.
    fn place<J: Evaluator>(
        &mut self,
        place: usize,
        evaluator: &J,
        pool: &Pool<J::Solution>,
        tracker: &CutoffTracker,
    ) -> Option<(Vec<f64>, Vec<usize>, usize)> {
        let known = pool.candidates();
        if place == 1 || known.is_empty() {
            let free = self.by_tie.iter().copied().take(self.core).collect();
            self.core += CORE_GROWTH_GROUPS;
            let wanted =
                if (self.core / CORE_GROWTH_GROUPS).is_multiple_of(2) { 1 } else { tracker.wanted() };
            return Some((self.relaxed.clone(), free, wanted));
        }
        let some = known.len().min(2 * tracker.wanted().max(5));
        let base = match place {
            2 => 0,
            _ => self.chance.below(some),
        };
        let values = evaluator.values_of(&known[base].solution);
        let free = if place == 3 {
            let others = [self.chance.below(some), self.chance.below(some)];
            self.between(&values, others.map(|other| evaluator.values_of(&known[other].solution)))
        } else {
            self.free_groups()
        };
        let wanted = if place == 2 { 1 } else { tracker.wanted() };
        Some((values, free, wanted))
    }

    /// The groups in which solutions differ, and some near ties.
    fn between(&mut self, values: &[f64], others: [Vec<f64>; 2]) -> Vec<usize> {
        let differs = |group: &DecisionGroup| {
            group
                .alternatives
                .iter()
                .any(|one| others.iter().any(|other| other[one.chosen] != values[one.chosen]))
        };
        let mut free: Vec<usize> =
            (0..self.problem.groups.len()).filter(|&group| differs(&self.problem.groups[group])).collect();
        let near = self.by_tie.len().min(NEAR_TIE_GROUPS);
        while free.len() < FREE_NEAR_TIES + FREE_RANDOM_GROUPS {
            free.push(self.by_tie[self.chance.below(near)]);
        }
        free
    }

    /// Decisions to make anew: most of them near ties.
    fn free_groups(&mut self) -> Vec<usize> {
        let near = self.by_tie.len().min(NEAR_TIE_GROUPS);
        let mut free = Vec::with_capacity(FREE_NEAR_TIES + FREE_RANDOM_GROUPS);
        for _ in 0..FREE_NEAR_TIES {
            free.push(self.by_tie[self.chance.below(near)]);
        }
        for _ in 0..FREE_RANDOM_GROUPS {
            free.push(self.by_tie[self.chance.below(self.by_tie.len())]);
        }
        free
    }

    /// Looks for solutions above the front's cutoff that differ from `values` in free decisions alone.
    fn search<J: Evaluator>(
        &self,
        evaluator: &J,
        values: &[f64],
        free: &[usize],
        tracker: CutoffTracker,
        pseudocosts: &Pseudocosts,
    ) -> Vec<Candidate<J::Solution>> {
        let held = (0..self.problem.groups.len()).filter(|group| !free.contains(group));
        let chosen =
            held.flat_map(|group| self.problem.groups[group].alternatives.iter().map(|one| one.chosen));
        let fixings = chosen.map(|column| Fixing::new(column, values[column].round()));
        let fixings: Vec<Fixing> = fixings.chain(self.held.iter().copied()).collect();
        let Some(reduced_program) = ReducedProgram::new(self.problem.program, &fixings) else {
            return Vec::new();
        };
        let mut tree = Tree::new(self.problem, Arc::new(reduced_program));
        tree.pseudocosts.clone_from(pseudocosts);
        let mut collector = Collector::new(evaluator, tracker);
        let all = OpenNode { fixings: Vec::new(), bound: f64::INFINITY };
        tree.dive(self.problem, &all, NODES_PER_SUB_MIP, &mut collector, &|| false, &mut Vec::new());
        collector.found
    }
}
