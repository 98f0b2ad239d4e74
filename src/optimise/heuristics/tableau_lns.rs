//! Large neighbourhood search on problems whose tableau fits in cache: four sub-MIPs per call, of random near ties
//! twice, of the core (nearest ties, all else as in the rounded relaxation) and of groups in which good solutions
//! differ (crossover).

use rayon::prelude::*;

use crate::optimise::bnb::incumbents::{CutoffTracker, Evaluator};
use crate::optimise::bnb::{Pseudocosts, Tree};
use crate::optimise::model::column_terms::ColumnTerms;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::pool::{Candidate, Pool};
use crate::optimise::model::program::ByColumn;
use crate::optimise::model::reduced::Fixing;
use crate::optimise::model::split_mix::SplitMix64;

use super::lns::{SubMip, SubMipSettings, differing_groups, groups_by_tie};

/// Sub-MIPs per call, solved side by side.
const PARALLEL_SUB_MIPS: usize = 4;
/// Nearest ties from which free groups are drawn.
const NEAR_TIE_GROUPS: usize = 50;
/// Free groups drawn among the nearest ties, and among all.
const FREE_NEAR_TIES: usize = 24;
const FREE_RANDOM_GROUPS: usize = 8;
/// Free groups of the first core, and how many more each further core has.
const INITIAL_CORE_GROUPS: usize = 20;
const CORE_GROWTH_GROUPS: usize = 6;

/// Large neighbourhood search on a problem of which a tableau is at hand.
#[derive(Debug)]
pub struct TableauLns<'a> {
    problem: &'a Problem<'a>,
    by_column: ColumnTerms,
    /// Groups, the nearest to a tie first.
    by_tie: Vec<usize>,
    /// The relaxation.
    relaxed: ByColumn<f64>,
    /// Number of free groups of the next core.
    core: usize,
    /// Fixings held in all sub-MIPs.
    held: Vec<Fixing>,
    chance: SplitMix64,
}

impl<'a> TableauLns<'a> {
    /// A search on a problem whose relaxation `root` has solved.
    pub fn new(problem: &'a Problem<'a>, root: &Tree) -> Self {
        let ties = groups_by_tie(problem, |variable| root.tableau().reduced_cost(variable));
        let by_tie = ties.into_iter().map(|(_, group)| group).collect();
        let (relaxed, core, chance) = (root.values(), INITIAL_CORE_GROUPS, SplitMix64::default());
        let by_column = ColumnTerms::of(problem.program);
        Self { problem, by_column, by_tie, relaxed, core, held: Vec::new(), chance }
    }

    /// The same with variables held, as `root` and all known solutions have them.
    #[must_use]
    pub fn holding(self, held: &[Fixing]) -> Self {
        Self { held: held.to_vec(), ..self }
    }

    /// Solves a few sub-MIPs around solutions of the pool, and adds new solutions to pool and tracker. `pseudocosts`
    /// are those of the tree so far.
    pub fn explore<E: Evaluator>(
        &mut self,
        evaluator: &E,
        pool: &mut Pool<E::Solution>,
        tracker: &mut CutoffTracker,
        pseudocosts: &Pseudocosts,
    ) {
        // With every decision fixed there is nothing to free.
        if self.by_tie.is_empty() {
            return;
        }
        let sub_mips: Vec<(SubMip, usize)> = (0..PARALLEL_SUB_MIPS)
            .filter_map(|place| self.sub_mip(place, evaluator, pool, tracker))
            .collect();
        let settings = SubMipSettings {
            by_column: &self.by_column,
            held: &self.held,
            max_tableau_cells: usize::MAX,
            pseudocosts: Some(pseudocosts),
            stop: &|| false,
        };
        let search = |(sub_mip, wanted): (SubMip, usize)| {
            sub_mip.solve(self.problem, evaluator, tracker.improving(wanted), &settings).found
        };
        let found: Vec<Vec<Candidate<E::Solution>>> =
            sub_mips.into_par_iter().with_max_len(1).map(search).collect();
        found.into_iter().flatten().for_each(|candidate| pool.add(candidate));
        tracker.take(pool);
    }

    /// A sub-MIP, and the number of solutions that it is to improve.
    fn sub_mip<E: Evaluator>(
        &mut self,
        place: usize,
        evaluator: &E,
        pool: &Pool<E::Solution>,
        tracker: &CutoffTracker,
    ) -> Option<(SubMip, usize)> {
        let known = pool.candidates();
        if place == 1 || known.is_empty() {
            let free: Vec<usize> = self.by_tie.iter().copied().take(self.core).collect();
            self.core += CORE_GROWTH_GROUPS;
            let wanted =
                if (self.core / CORE_GROWTH_GROUPS).is_multiple_of(2) { 1 } else { tracker.wanted() };
            return Some((self.freeing(self.relaxed.clone(), &free), wanted));
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
        Some((self.freeing(values, &free), wanted))
    }

    /// The groups in which solutions differ, and some near ties.
    fn between(&mut self, values: &ByColumn<f64>, others: [ByColumn<f64>; 2]) -> Vec<usize> {
        let mut free: Vec<usize> =
            others.iter().flat_map(|other| differing_groups(self.problem, values, other)).collect();
        free.sort_unstable();
        free.dedup();
        let near = self.by_tie.len().min(NEAR_TIE_GROUPS);
        while free.len() < FREE_NEAR_TIES + FREE_RANDOM_GROUPS {
            free.push(self.by_tie[self.chance.below(near)]);
        }
        free
    }

    /// Random free groups, most of them near ties.
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

    fn freeing(&self, values: ByColumn<f64>, free: &[usize]) -> SubMip {
        let mut is_free = vec![false; self.problem.groups.len()];
        free.iter().for_each(|&group| is_free[group] = true);
        SubMip { values, is_free }
    }
}
