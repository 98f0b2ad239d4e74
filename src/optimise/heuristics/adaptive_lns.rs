//! Large neighbourhood search on problems whose tableau is too large: most groups are held, and a sub-MIP decides about
//! the rest. Operators and sizes adapt to their yield (Ropke and Pisinger 2006): a sub-MIP that is solved to the end
//! makes the next of its kind larger, one that is not makes it smaller.

use std::time::Instant;

use rayon::prelude::*;

use crate::progress::CancelToken;

use crate::optimise::bnb::DiveEnd;
use crate::optimise::bnb::incumbents::{CutoffTracker, Evaluator};
use crate::optimise::model::column_terms::ColumnTerms;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::pool::Pool;
use crate::optimise::model::program::ColumnIx;
use crate::optimise::model::split_mix::SplitMix64;
use crate::optimise::outcome::OptimiseError;
use crate::optimise::solver::lagrangian_bound::LagrangianBound;

use super::lns::{ImproveSettings, SubMip, SubMipResult, SubMipSettings, differing_groups, groups_by_tie};

/// Sub-MIPs per call, solved side by side; more of a core of starts, where one may take ten times as long as another.
const PARALLEL_SUB_MIPS: usize = 2;
const PARALLEL_SUB_MIPS_OF_STARTS: usize = 4;
/// Largest tableau of a sub-MIP, in cells: a megabyte.
const MAX_TABLEAU_CELLS: usize = 1 << 17;
/// Free groups at first, and at least. The core adds the least number to the groups that are fractional in the
/// relaxation.
const INITIAL_FREE_GROUPS: f64 = 60.0;
const MIN_FREE_GROUPS: f64 = 20.0;
/// Free groups of a core of starts at first, and nodes of HiGHS for each sub-MIP in it.
const INITIAL_FREE_GROUPS_OF_STARTS: f64 = 40.0;
const NODES_PER_SUB_MIP: i32 = 50;
/// Ticks from which on such a sub-MIP counts as too large: about a quarter of a second.
const MAX_TICKS_OF_STARTS: u64 = 400_000_000;
/// Ticks at which such a sub-MIP ends: the others of a call wait for it.
const MOST_TICKS_OF_STARTS: u64 = 4 * MAX_TICKS_OF_STARTS;
/// Factor on the number of free groups after a sub-MIP that was completed, and after one that was not.
const SIZE_GROWTH: f64 = 1.2;
const SIZE_DECAY: f64 = 0.95;
/// Operators whose ticks per improvement exceed this multiple of the mean are skipped.
const MAX_COST_PER_IMPROVEMENT: f64 = 2.0;
/// Factor on an operator's earlier ticks and improvements at each new try.
const STATS_DECAY: f64 = 0.9;
/// Solutions of the pool that sub-MIPs begin from.
const MAX_BASE_SOLUTIONS: usize = 10;
/// Draws per group to be freed: some draw a group that is free already.
const DRAWS_PER_FREE_GROUP: usize = 10;
/// Largest share of free groups that RINS takes from those in which relaxation and best solution differ.
const MAX_RINS_SHARE: f64 = 0.75;
/// Terms of a row up to which its groups count as linked.
const MAX_LINKING_ROW_TERMS: usize = 12;
/// Largest distance of an integral value from a whole number.
const INTEGRALITY_TOLERANCE: f64 = 1e-6;

/// A rule that chooses free groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    /// Free: groups nearest to a tie; held: the rounded relaxation.
    Core,
    /// Free: near ties.
    Ties,
    /// Free: groups in which good solutions differ (path relinking, crossover).
    Crossover,
    /// Free: groups in which best solution and relaxation differ (Danna, Rothberg and Le Pape 2005).
    Rins,
    /// Free: near ties, with all groups linked to them by short rows.
    Linked,
    /// Free: any groups, all alike.
    Any,
    /// Free: groups that draw on the same scarce limits.
    Rivals,
}

const OPERATORS: [Operator; 5] =
    [Operator::Core, Operator::Ties, Operator::Crossover, Operator::Rins, Operator::Linked];

/// Operators where all groups are near ties, as those of a core of starts. The first needs no solution.
const OPERATORS_OF_STARTS: [Operator; 5] =
    [Operator::Core, Operator::Any, Operator::Rivals, Operator::Rins, Operator::Crossover];

/// Cost and yield of an operator.
#[derive(Clone, Debug)]
struct OperatorStats {
    operator: Operator,
    /// Number of groups that it frees.
    size: f64,
    /// Ticks and improvements so far; older ones count less.
    ticks: f64,
    finds: f64,
}

/// Free groups so far.
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

/// Large neighbourhood search that adapts the size of its sub-MIPs and the choice of operators.
#[derive(Debug)]
pub struct AdaptiveLns<'a> {
    problem: &'a Problem<'a>,
    by_column: ColumnTerms,
    lagrangian: &'a LagrangianBound,
    /// Groups with their least reduced cost, the nearest to a tie first.
    ties: Vec<(f64, usize)>,
    /// Per group: the groups that share a short row with it.
    linked: Vec<Vec<usize>>,
    /// Groups that draw on each scarce limit, and the scarce limits that each group draws on.
    rivals: Rivals,
    records: Vec<OperatorStats>,
    /// Cost of holding decisions: coefficients of the program.
    numbers: u64,
    /// The problem is a core of starts: all groups are near ties.
    is_of_starts: bool,
    /// Position of the operator whose turn it is.
    turn: usize,
    chance: SplitMix64,
    ticks: u64,
    nodes: u64,
}

impl<'a> AdaptiveLns<'a> {
    /// A search on a problem, given the Lagrangian bound of its relaxation.
    pub fn new(problem: &'a Problem<'a>, lagrangian: &'a LagrangianBound) -> Self {
        let is_fractional = |column: &ColumnIx| {
            (lagrangian.values()[*column] - lagrangian.values()[*column].round()).abs()
                > INTEGRALITY_TOLERANCE
        };
        let fractional = (problem.groups.iter())
            .filter(|group| group.alternatives.iter().any(|one| is_fractional(&one.chosen)))
            .count();
        let record = |operator: Operator| {
            let size = if operator == Operator::Core {
                fractional as f64 + MIN_FREE_GROUPS
            } else {
                INITIAL_FREE_GROUPS
            };
            OperatorStats { operator, size, ticks: 0.0, finds: 0.0 }
        };
        Self {
            problem,
            by_column: ColumnTerms::of(problem.program),
            lagrangian,
            ties: groups_by_tie(problem, |variable| lagrangian.cost(variable)),
            linked: linked(problem),
            rivals: Rivals::default(),
            records: OPERATORS.into_iter().map(record).collect(),
            numbers: problem.program.rows.iter().map(|row| row.terms.len() as u64).sum(),
            is_of_starts: false,
            turn: 0,
            chance: SplitMix64::default(),
            ticks: 0,
            nodes: 0,
        }
    }

    /// The same search where all groups are near ties: starts that the relaxation prices nearly alike.
    #[must_use]
    pub fn of_starts(mut self) -> Self {
        let size = INITIAL_FREE_GROUPS_OF_STARTS;
        let record = |operator| OperatorStats { operator, size, ticks: 0.0, finds: 0.0 };
        self.is_of_starts = true;
        self.rivals = Rivals::of(self.problem, self.lagrangian);
        self.records = OPERATORS_OF_STARTS.into_iter().map(record).collect();
        self
    }

    /// Ticks so far, roughly.
    pub fn ticks(&self) -> u64 {
        self.ticks
    }

    /// Nodes so far.
    pub fn nodes(&self) -> u64 {
        self.nodes
    }

    /// Searches a few neighbourhoods of solutions of the pool, and adds new solutions to the pool and the tracker.
    pub fn explore<E: Evaluator>(
        &mut self,
        evaluator: &E,
        pool: &mut Pool<E::Solution>,
        tracker: &mut CutoffTracker,
        stop: &(dyn Fn() -> bool + Sync),
    ) {
        let attempts = self.attempts(evaluator, pool, tracker);
        let settings = SubMipSettings {
            by_column: &self.by_column,
            held: &[],
            max_tableau_cells: MAX_TABLEAU_CELLS,
            pseudocosts: None,
            stop,
        };
        let problem = self.problem;
        let solve = |(operator, sub_mip, wanted): (usize, SubMip, usize)| {
            (operator, sub_mip.solve(problem, evaluator, tracker.improving(wanted), &settings))
        };
        let results: Vec<(usize, SubMipResult<E::Solution>)> =
            attempts.into_par_iter().with_max_len(1).map(solve).collect();
        self.take(results, pool, tracker);
    }

    /// The same by a few nodes of HiGHS for each sub-MIP.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn explore_by_highs<E: Evaluator>(
        &mut self,
        evaluator: &E,
        pool: &mut Pool<E::Solution>,
        tracker: &mut CutoffTracker,
        (deadline, cancel): (Option<Instant>, &CancelToken),
    ) -> Result<(), OptimiseError> {
        let attempts = self.attempts(evaluator, pool, tracker);
        let settings = ImproveSettings {
            by_column: &self.by_column,
            nodes: NODES_PER_SUB_MIP,
            ticks: MOST_TICKS_OF_STARTS,
            deadline,
            cancel,
        };
        let problem = self.problem;
        let solve = |(operator, sub_mip, wanted): (usize, SubMip, usize)| {
            let improved = sub_mip.improve(problem, evaluator, &tracker.improving(wanted), &settings)?;
            Ok((operator, improved))
        };
        let results = attempts.into_par_iter().with_max_len(1).map(solve);
        let results = results.collect::<Result<Vec<_>, OptimiseError>>()?;
        self.take(results, pool, tracker);
        Ok(())
    }

    /// The next sub-MIPs: operator, sub-MIP, and the number of solutions to improve.
    fn attempts<E: Evaluator>(
        &mut self,
        evaluator: &E,
        pool: &Pool<E::Solution>,
        tracker: &CutoffTracker,
    ) -> Vec<(usize, SubMip, usize)> {
        let abreast = if self.is_of_starts { PARALLEL_SUB_MIPS_OF_STARTS } else { PARALLEL_SUB_MIPS };
        let mut attempts = Vec::with_capacity(abreast);
        for _ in 0..abreast {
            let operator = if pool.candidates().is_empty() { 0 } else { self.next_operator() };
            let (sub_mip, wanted) = self.sub_mip(operator, evaluator, pool, tracker);
            attempts.push((operator, sub_mip, wanted));
        }
        attempts
    }

    /// Learns from results in their order, and takes over what was found.
    fn take<S: Clone>(
        &mut self,
        results: Vec<(usize, SubMipResult<S>)>,
        pool: &mut Pool<S>,
        tracker: &mut CutoffTracker,
    ) {
        for (operator, result) in results {
            self.learn(operator, &result);
            result.found.into_iter().for_each(|candidate| pool.add(candidate));
        }
        tracker.take(pool);
    }

    /// The next operator in turn; skips those that cost too much per improvement.
    fn next_operator(&mut self) -> usize {
        let price = |record: &OperatorStats| record.ticks / (record.finds + 1.0);
        let most = MAX_COST_PER_IMPROVEMENT * self.records.iter().map(price).sum::<f64>()
            / self.records.len() as f64;
        // In a core of starts the rounded relaxation breaks limits: held, as the first operator does, it leaves nothing.
        let first = usize::from(self.is_of_starts);
        let count = self.records.len() - first;
        let turns = (self.turn..self.turn + count).map(|turn| first + turn % count);
        let next = turns.clone().find(|&operator| price(&self.records[operator]) <= most).unwrap_or(first);
        // The recorded cost of a skipped operator decays, so that its turn comes again.
        turns
            .take_while(|&operator| operator != next)
            .for_each(|operator| self.records[operator].ticks *= STATS_DECAY);
        self.turn = next - first + 1;
        next
    }

    fn learn<S>(&mut self, operator: usize, result: &SubMipResult<S>) {
        let most = self.ties.len() as f64;
        let ticks = self.numbers + result.ticks;
        self.ticks += ticks;
        self.nodes += result.nodes;
        let record = &mut self.records[operator];
        record.ticks = STATS_DECAY * record.ticks + ticks as f64;
        record.finds = STATS_DECAY * record.finds + f64::from(u8::from(!result.found.is_empty()));
        let is_too_large = self.is_of_starts && result.ticks > MAX_TICKS_OF_STARTS;
        record.size = match result.end {
            Some(DiveEnd::Complete) if !is_too_large => (record.size * SIZE_GROWTH).min(most),
            Some(DiveEnd::Complete | DiveEnd::Open | DiveEnd::Stuck) | None => {
                (record.size * SIZE_DECAY).max(MIN_FREE_GROUPS)
            }
        };
    }

    /// A sub-MIP: free groups, base solution, and the number of solutions to improve.
    fn sub_mip<E: Evaluator>(
        &mut self,
        operator: usize,
        evaluator: &E,
        pool: &Pool<E::Solution>,
        tracker: &CutoffTracker,
    ) -> (SubMip, usize) {
        let (kind, size) = (self.records[operator].operator, self.records[operator].size as usize);
        let known = pool.candidates();
        let some = known.len().min(MAX_BASE_SOLUTIONS.max(2 * tracker.wanted()));
        let mut free = Free { groups: vec![false; self.problem.groups.len()], count: 0 };
        let base = match kind {
            Operator::Core | Operator::Ties | Operator::Rins | Operator::Any | Operator::Rivals => 0,
            Operator::Crossover | Operator::Linked => self.chance.below(some),
        };
        let values = match kind {
            Operator::Core => self.lagrangian.values().clone(),
            _ => evaluator.values_of(&known[base].solution),
        };
        match kind {
            Operator::Core => self.ties.iter().take(size).for_each(|&(_, group)| free.add(group)),
            Operator::Ties | Operator::Linked => {}
            Operator::Any => self.free_any(&mut free, size),
            Operator::Rivals => self.rivals.free(&mut free, size, &mut self.chance),
            Operator::Crossover => {
                let mut disputed = Vec::new();
                for _ in 0..2 {
                    let other = evaluator.values_of(&known[self.chance.below(some)].solution);
                    disputed.extend(differing_groups(self.problem, &values, &other));
                }
                if self.is_of_starts {
                    self.free_some(&mut free, size, disputed);
                } else {
                    disputed.into_iter().for_each(|group| free.add(group));
                }
            }
            Operator::Rins => {
                let disputed = differing_groups(self.problem, &values, self.lagrangian.values());
                self.free_some(&mut free, (MAX_RINS_SHARE * size as f64) as usize, disputed);
            }
        }
        let left = known.first().map_or(f64::INFINITY, |best| self.lagrangian.bound() - best.objective);
        self.free_ties(&mut free, size, left, kind == Operator::Linked);
        let wanted = if matches!(kind, Operator::Core | Operator::Ties | Operator::Any | Operator::Rivals) {
            1
        } else {
            tracker.wanted()
        };
        (SubMip { values, is_free: free.groups }, wanted)
    }

    /// Frees so many of these groups, any alike.
    fn free_some(&mut self, free: &mut Free, size: usize, mut among: Vec<usize>) {
        while free.count < size && !among.is_empty() {
            free.add(among.swap_remove(self.chance.below(among.len())));
        }
    }

    /// Frees so many groups, any alike.
    fn free_any(&mut self, free: &mut Free, size: usize) {
        for _ in 0..DRAWS_PER_FREE_GROUP * size {
            if free.count >= size.min(self.ties.len()) {
                break;
            }
            free.add(self.chance.below(self.ties.len()));
        }
    }

    /// Frees near ties, the nearest likelier, whose reduced cost is less than `left`, the gain that remains.
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
}

/// Groups that compete for scarce limits.
#[derive(Clone, Debug, Default)]
struct Rivals {
    /// Per scarce limit: the groups that draw on it.
    groups: Vec<Vec<usize>>,
    /// Per group: the scarce limits that it draws on.
    limits: Vec<Vec<usize>>,
}

impl Rivals {
    /// The rivals for the limits that the relaxation prices.
    fn of(problem: &Problem, lagrangian: &LagrangianBound) -> Self {
        let (columns, group_of) = (problem.program.columns.len(), problem.group_of_column());
        let mut rivals = Self { groups: Vec::new(), limits: vec![Vec::new(); problem.groups.len()] };
        for (position, row) in problem.program.rows.iter_enumerated() {
            if lagrangian.cost(columns + position.index()) <= 0.0 || !row.limits_amount() {
                continue;
            }
            let mut groups: Vec<usize> =
                row.terms.iter().filter_map(|&(column, _)| group_of[column]).collect();
            groups.sort_unstable();
            groups.dedup();
            if groups.is_empty() {
                continue;
            }
            groups.iter().for_each(|&group| rivals.limits[group].push(rivals.groups.len()));
            rivals.groups.push(groups);
        }
        rivals
    }

    /// Frees groups of one limit, half of those wanted at most, then of another that one of them draws on, and so on.
    fn free(&self, free: &mut Free, size: usize, chance: &mut SplitMix64) {
        if self.groups.is_empty() {
            return;
        }
        let mut limit = chance.below(self.groups.len());
        for _ in 0..DRAWS_PER_FREE_GROUP {
            let groups = &self.groups[limit];
            for _ in 0..size / 2 {
                if free.count >= size {
                    return;
                }
                free.add(groups[chance.below(groups.len())]);
            }
            let limits = &self.limits[groups[chance.below(groups.len())]];
            limit = limits[chance.below(limits.len())];
        }
    }
}

/// Per group: the groups that share a short row with it.
fn linked(problem: &Problem) -> Vec<Vec<usize>> {
    let group_of = problem.group_of_column();
    let mut linked = vec![std::collections::BTreeSet::new(); problem.groups.len()];
    for row in problem.program.rows.iter().filter(|row| row.terms.len() <= MAX_LINKING_ROW_TERMS) {
        let groups: Vec<usize> = row.terms.iter().filter_map(|&(column, _)| group_of[column]).collect();
        for &group in &groups {
            linked[group].extend(groups.iter().copied().filter(|&other| other != group));
        }
    }
    linked.into_iter().map(|others| others.into_iter().collect()).collect()
}
