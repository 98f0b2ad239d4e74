//! Better solutions of problems whose tableau is too large: again and again most decisions are held and a small tree
//! decides about the rest (large neighbourhood search, Shaw 1998). What is held is left out of the tree, so that its
//! size depends on what is free alone, and that grows or shrinks with how well the tree copes.

use std::sync::Arc;

use rayon::prelude::*;

use crate::optimise::bnb::incumbents::{Collector, CutoffTracker, Evaluator};
use crate::optimise::bnb::{DiveEnd, OpenNode, Tree};
use crate::optimise::model::decisions::{DecisionGroup, Problem};
use crate::optimise::model::pool::{Candidate, Pool};
use crate::optimise::model::reduced::{Fixing, ReducedProgram};
use crate::optimise::model::split_mix::SplitMix64;
use crate::optimise::solver::lagrangian_bound::LagrangianBound;

/// Vicinities that are searched side by side, and nodes in each.
const PARALLEL_SUB_MIPS: usize = 2;
const NODES_PER_SUB_MIP: u64 = 256;
/// Numbers that the tableau of one may hold: a megabyte.
const MAX_TABLEAU_CELLS: usize = 1 << 17;
/// Decisions that are free at first, and at least. In the core: so many beside those that are torn in the relaxation.
const INITIAL_FREE_GROUPS: f64 = 60.0;
const MIN_FREE_GROUPS: f64 = 20.0;
/// By how much more is free after a search that was completed, and after one that was not.
const SIZE_GROWTH: f64 = 1.2;
const SIZE_DECAY: f64 = 0.95;
/// Ways that have cost so much more than the mean for what they found are passed over.
const MAX_COST_PER_IMPROVEMENT: f64 = 2.0;
/// How much of what a way has cost and found before still counts at its next try.
const STATS_DECAY: f64 = 0.9;
/// Solutions from which to begin.
const MAX_BASE_SOLUTIONS: usize = 10;
/// Draws for each decision to be freed: some hit what is free already.
const DRAWS_PER_FREE_GROUP: usize = 10;
/// Of the decisions that relaxation and best solution dispute, the share of what is free that they may take.
const MAX_RINS_SHARE: f64 = 0.75;
/// Columns of a row up to which its decisions count as linked.
const MAX_LINKING_ROW_TERMS: usize = 12;
/// How far a relaxed value may be off before it differs.
const INTEGRALITY_TOLERANCE: f64 = 1e-6;

/// A way to choose what is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    /// The nearest ties; all else as in the rounded relaxation.
    Core,
    /// Near ties.
    Ties,
    /// Where good solutions differ (path relinking, crossover).
    Between,
    /// Where the best solution and the relaxation differ (Danna, Rothberg and Le Pape 2005).
    Disputed,
    /// Near ties together with all that they are linked to by short rows.
    Linked,
}

const OPERATORS: [Operator; 5] =
    [Operator::Core, Operator::Ties, Operator::Between, Operator::Disputed, Operator::Linked];

/// A way, and how it has done.
#[derive(Clone, Debug)]
struct OperatorStats {
    way: Operator,
    /// How many decisions it frees.
    size: f64,
    /// What it has cost and found; what is long ago counts less.
    ticks: f64,
    finds: f64,
}

/// A part of the problem to search.
struct SubMip {
    record: usize,
    values: Vec<f64>,
    free: Vec<bool>,
    wanted: usize,
}

/// What became of it.
struct SubMipResult<S> {
    record: usize,
    end: Option<DiveEnd>,
    found: Vec<Candidate<S>>,
    ticks: u64,
    nodes: u64,
}

/// What is free so far.
struct Free {
    groups: Vec<bool>,
    count: usize,
}

impl Free {
    fn add(&mut self, group: usize) {
        self.count += usize::from(!self.groups[group]);
        self.groups[group] = true;
    }
}

/// The vicinities of the solutions of a problem.
#[derive(Debug)]
pub struct Vicinities<'a> {
    problem: &'a Problem<'a>,
    lagrangian: &'a LagrangianBound,
    /// Groups and what they cost to change, the nearest to a tie first.
    ties: Vec<(f64, usize)>,
    /// Per group those that stand in a short row with it.
    linked: Vec<Vec<usize>>,
    records: Vec<OperatorStats>,
    /// What it takes to hold decisions: numbers of the program.
    numbers: u64,
    /// Whose turn it is.
    turn: usize,
    chance: SplitMix64,
    ticks: u64,
    nodes: u64,
}

impl<'a> Vicinities<'a> {
    /// The vicinities of a problem.
    pub fn new(problem: &'a Problem<'a>, lagrangian: &'a LagrangianBound) -> Self {
        let is_torn = |column: &usize| {
            (lagrangian.values()[*column] - lagrangian.values()[*column].round()).abs()
                > INTEGRALITY_TOLERANCE
        };
        let torn = (problem.groups.iter())
            .filter(|group| group.alternatives.iter().any(|one| is_torn(&one.chosen)))
            .count();
        let record = |way: Operator| {
            let size =
                if way == Operator::Core { torn as f64 + MIN_FREE_GROUPS } else { INITIAL_FREE_GROUPS };
            OperatorStats { way, size, ticks: 0.0, finds: 0.0 }
        };
        Self {
            problem,
            lagrangian,
            ties: ties(problem, lagrangian),
            linked: linked(problem),
            records: OPERATORS.into_iter().map(record).collect(),
            numbers: problem.program.rows.iter().map(|row| row.terms.len() as u64).sum(),
            turn: 0,
            chance: SplitMix64::default(),
            ticks: 0,
            nodes: 0,
        }
    }

    /// Numbers changed so far, roughly.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }

    /// Nodes so far.
    pub fn nodes(&self) -> u64 {
        self.nodes
    }

    /// Searches a few vicinities of what the pool knows, and adds what it finds to the pool and the front.
    pub fn explore<J: Evaluator>(
        &mut self,
        evaluator: &J,
        pool: &mut Pool<J::Solution>,
        tracker: &mut CutoffTracker,
        stop: &(dyn Fn() -> bool + Sync),
    ) {
        let mut places = Vec::with_capacity(PARALLEL_SUB_MIPS);
        for _ in 0..PARALLEL_SUB_MIPS {
            let record = if pool.candidates().is_empty() { 0 } else { self.next_way() };
            places.push(self.place(record, evaluator, pool, tracker));
        }
        let this = &*self;
        let search = |place: SubMip| this.search(evaluator, place, tracker, stop);
        let searched: Vec<SubMipResult<J::Solution>> =
            places.into_par_iter().with_max_len(1).map(search).collect();
        for one in searched {
            self.learn(&one);
            one.found.into_iter().for_each(|candidate| pool.add(candidate));
        }
        tracker.take(pool);
    }

    /// The next way in turn, but for those that have cost more than most for what they found.
    fn next_way(&mut self) -> usize {
        let price = |record: &OperatorStats| record.ticks / (record.finds + 1.0);
        let most = MAX_COST_PER_IMPROVEMENT * self.records.iter().map(price).sum::<f64>()
            / self.records.len() as f64;
        let ways = self.records.len();
        let turns = (self.turn..self.turn + ways).map(|turn| turn % ways);
        let next = turns.clone().find(|&way| price(&self.records[way]) <= most).unwrap_or(0);
        // A way that is passed over forgets what it cost, little by little, and has its turn again.
        turns.take_while(|&way| way != next).for_each(|way| self.records[way].ticks *= STATS_DECAY);
        self.turn = next + 1;
        next
    }

    fn learn<S>(&mut self, searched: &SubMipResult<S>) {
        let most = self.ties.len() as f64;
        self.ticks += searched.ticks;
        self.nodes += searched.nodes;
        let record = &mut self.records[searched.record];
        record.ticks = STATS_DECAY * record.ticks + searched.ticks as f64;
        record.finds = STATS_DECAY * record.finds + f64::from(u8::from(!searched.found.is_empty()));
        record.size = match searched.end {
            Some(DiveEnd::Complete) => (record.size * SIZE_GROWTH).min(most),
            Some(DiveEnd::Open | DiveEnd::Stuck) | None => (record.size * SIZE_DECAY).max(MIN_FREE_GROUPS),
        };
    }

    /// Chooses what is free, from which solution to begin, and how many to improve.
    fn place<J: Evaluator>(
        &mut self,
        record: usize,
        evaluator: &J,
        pool: &Pool<J::Solution>,
        tracker: &CutoffTracker,
    ) -> SubMip {
        let (way, size) = (self.records[record].way, self.records[record].size as usize);
        let known = pool.candidates();
        let some = known.len().min(MAX_BASE_SOLUTIONS.max(2 * tracker.wanted()));
        let mut free = Free { groups: vec![false; self.problem.groups.len()], count: 0 };
        let base = match way {
            Operator::Core | Operator::Ties | Operator::Disputed => 0,
            Operator::Between | Operator::Linked => self.chance.below(some),
        };
        let values = match way {
            Operator::Core => self.lagrangian.values().to_vec(),
            _ => evaluator.values_of(&known[base].solution),
        };
        match way {
            Operator::Core => self.ties.iter().take(size).for_each(|&(_, group)| free.add(group)),
            Operator::Ties | Operator::Linked => {}
            Operator::Between => {
                for _ in 0..2 {
                    let other = evaluator.values_of(&known[self.chance.below(some)].solution);
                    self.differing(&values, &other).into_iter().for_each(|group| free.add(group));
                }
            }
            Operator::Disputed => {
                let mut disputed = self.differing(&values, self.lagrangian.values());
                while free.count < (MAX_RINS_SHARE * size as f64) as usize && !disputed.is_empty() {
                    free.add(disputed.swap_remove(self.chance.below(disputed.len())));
                }
            }
        }
        let left = known.first().map_or(f64::INFINITY, |best| self.lagrangian.bound() - best.objective);
        self.free_ties(&mut free, size, left, way == Operator::Linked);
        let wanted = if matches!(way, Operator::Core | Operator::Ties) { 1 } else { tracker.wanted() };
        SubMip { record, values, free: free.groups, wanted }
    }

    /// The groups that take something else.
    fn differing(&self, values: &[f64], other: &[f64]) -> Vec<usize> {
        let differs = |group: &DecisionGroup| {
            group
                .alternatives
                .iter()
                .any(|one| (values[one.chosen] - other[one.chosen]).abs() > INTEGRALITY_TOLERANCE)
        };
        (0..self.problem.groups.len()).filter(|&group| differs(&self.problem.groups[group])).collect()
    }

    /// Frees near ties, the nearest likelier, of those that cost less to change than is `left` to be gained.
    fn free_ties(&mut self, free: &mut Free, size: usize, left: f64, with_linked: bool) {
        let open = self.ties.partition_point(|&(cost, _)| cost < left).max(INITIAL_FREE_GROUPS as usize);
        let open = open.min(self.ties.len());
        for _ in 0..DRAWS_PER_FREE_GROUP * size {
            if free.count >= size.min(self.ties.len()) {
                break;
            }
            let among = 1 + self.chance.below(open);
            let (_, group) = self.ties[self.chance.below(among)];
            free.add(group);
            if with_linked {
                self.linked[group].iter().for_each(|&other| free.add(other));
            }
        }
    }

    /// Looks for solutions above the front's cutoff that differ in what is free alone.
    fn search<J: Evaluator>(
        &self,
        evaluator: &J,
        place: SubMip,
        tracker: &CutoffTracker,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> SubMipResult<J::Solution> {
        let SubMip { record, values, free, wanted } = place;
        let held = self.problem.groups.iter().zip(&free).filter(|&(_, &is_free)| !is_free);
        let chosen = held.flat_map(|(group, _)| group.alternatives.iter().map(|one| one.chosen));
        let fixings: Vec<Fixing> = chosen.map(|column| Fixing::new(column, values[column].round())).collect();
        let nothing = |end| SubMipResult { record, end, found: Vec::new(), ticks: self.numbers, nodes: 0 };
        let Some(reduced_program) = ReducedProgram::new(self.problem.program, &fixings) else {
            return nothing(Some(DiveEnd::Complete));
        };
        if Tree::size(&reduced_program.program) > MAX_TABLEAU_CELLS {
            return nothing(None);
        }
        let mut tree = Tree::new(self.problem, Arc::new(reduced_program));
        let mut collector = Collector::new(evaluator, tracker.improving(wanted));
        let all = OpenNode { fixings: Vec::new(), bound: f64::INFINITY };
        let end = tree.dive(self.problem, &all, NODES_PER_SUB_MIP, &mut collector, stop, &mut Vec::new());
        let (nodes, changed) = tree.effort();
        let ticks = self.numbers + changed;
        SubMipResult { record, end: Some(end), found: collector.found, ticks, nodes }
    }
}

/// The groups with what they cost to change, the nearest to a tie first.
fn ties(problem: &Problem, lagrangian: &LagrangianBound) -> Vec<(f64, usize)> {
    let columns = problem.program.columns.len();
    let tie = |group: &DecisionGroup| {
        let chosen = group.alternatives.iter().map(|one| one.chosen);
        let variables = chosen.chain(group.row.map(|row| columns + row));
        variables.map(|variable| lagrangian.cost(variable)).fold(f64::INFINITY, f64::min)
    };
    let mut ties: Vec<(f64, usize)> =
        problem.groups.iter().enumerate().map(|(position, group)| (tie(group), position)).collect();
    ties.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    ties
}

/// Per group those that stand in a short row with it.
fn linked(problem: &Problem) -> Vec<Vec<usize>> {
    let mut group_of = vec![None; problem.program.columns.len()];
    for (position, group) in problem.groups.iter().enumerate() {
        for one in &group.alternatives {
            group_of[one.chosen] = Some(position);
            group_of[one.share] = Some(position);
        }
    }
    let mut linked = vec![std::collections::BTreeSet::new(); problem.groups.len()];
    for row in problem.program.rows.iter().filter(|row| row.terms.len() <= MAX_LINKING_ROW_TERMS) {
        let groups: Vec<usize> = row.terms.iter().filter_map(|&(column, _)| group_of[column]).collect();
        for &group in &groups {
            linked[group].extend(groups.iter().copied().filter(|&other| other != group));
        }
    }
    linked.into_iter().map(|others| others.into_iter().collect()).collect()
}
