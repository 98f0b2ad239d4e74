//! Changes of a solution that cost no objective: worthless projects are dropped, and others replaced by projects of the
//! same worth that are cheaper, or as cheap and earlier by their ids. Nothing is proven by that: it serves where a gap
//! above 0 was asked for.

use std::ops::ControlFlow;

use crate::progress::CancelToken;

use crate::optimise::bnb::incumbents::Evaluator;
use crate::optimise::model::column_terms::ColumnTerms;
use crate::optimise::model::decisions::{DecisionGroup, Problem, StartOption};
use crate::optimise::model::pool::{Candidate, ProjectSet};
use crate::optimise::model::program::{ByColumn, ByRow, ColumnIx, Row, RowIx};

/// Share of the largest coefficient below which a coefficient is worthless.
const WORTHLESS_SHARE: f64 = 1e-12;
/// Largest number of worthless projects of which pairs are tried.
const MAX_WORTHLESS_IN_PAIRS: usize = 30;
/// Excess of a row, as a share of its largest number, from which on no solution can have it, whatever is rounded.
const CLEAR_EXCESS: f64 = 1e-6;
/// Work on one solution, in columns read: about a second.
const MAX_WORK: usize = 300_000_000;
/// Work of a change that the rows rule out.
const WORK_PER_LOOK: usize = 16;

/// A solution that comes before `best`, or one as good. `is_allowed` tests that a set of projects lies far enough from
/// other options. Thousands of projects with many starts each have too many changes to try them all: the search then
/// ends after a fixed amount of work, and with what it has when it is cancelled.
pub fn improved<E: Evaluator>(
    problem: &Problem,
    evaluator: &E,
    best: Candidate<E::Solution>,
    is_allowed: &dyn Fn(&ProjectSet) -> bool,
    cancel: &CancelToken,
) -> Candidate<E::Solution> {
    let exchanges = Exchanges::new(problem);
    let mut best = best;
    let mut work = 0;
    loop {
        let values = evaluator.values_of(&best.solution);
        let mut better = None;
        let end = exchanges.try_each(&values, &mut work, cancel, &mut |change| {
            let mut changed = values.clone();
            change.apply(problem, &mut changed);
            better = evaluator
                .evaluate(&changed)
                .filter(|candidate| candidate.order(&best).is_lt() && is_allowed(&candidate.projects));
            if better.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match (end, better) {
            (ControlFlow::Break(()), Some(better)) => best = better,
            _ => return best,
        }
    }
}

/// Groups that are dropped, and a start option of another group that replaces them.
#[derive(Clone, Copy, Debug)]
struct Change {
    leave: usize,
    leave_too: Option<usize>,
    enter: Option<StartOption>,
}

impl Change {
    fn drop(leave: usize) -> Self {
        Self { leave, leave_too: None, enter: None }
    }

    fn apply(&self, problem: &Problem, values: &mut ByColumn<f64>) {
        let leaving = [Some(self.leave), self.leave_too].into_iter().flatten();
        for one in leaving.flat_map(|group| &problem.groups[group].alternatives) {
            (values[one.chosen], values[one.share]) = (0.0, 0.0);
        }
        if let Some(one) = self.enter {
            (values[one.chosen], values[one.share]) = (1.0, 1.0);
        }
    }
}

/// Changes that may cost no objective.
struct Exchanges<'a> {
    problem: &'a Problem<'a>,
    by_column: ColumnTerms,
    worthless: f64,
    /// Columns other than start options are in the objective: dropping a project may then gain by its savings.
    has_others: bool,
    /// Rows that start options of indivisible projects alone stand in.
    is_own_row: ByRow<bool>,
}

impl<'a> Exchanges<'a> {
    fn new(problem: &'a Problem<'a>) -> Self {
        let columns = &problem.program.columns;
        let largest = columns.iter().map(|column| column.objective.abs()).fold(0.0, f64::max);
        let mut is_own = ByColumn::filled(false, columns.len());
        let mut is_whole = is_own.clone();
        for one in problem.groups.iter().flat_map(|group| &group.alternatives) {
            (is_own[one.chosen], is_own[one.share]) = (true, true);
            is_whole[one.chosen] = one.share == one.chosen;
        }
        let has_others =
            columns.iter().zip(&is_own).any(|(column, is_own)| !is_own && column.objective != 0.0);
        let rows = problem.program.rows.iter();
        let is_own_row = rows.map(|row| row.terms.iter().all(|&(column, _)| is_whole[column])).collect();
        let by_column = ColumnTerms::of(problem.program);
        Self { problem, by_column, worthless: WORTHLESS_SHARE * largest, has_others, is_own_row }
    }

    fn worth(&self, one: &StartOption) -> f64 {
        let columns = &self.problem.program.columns;
        let chosen = if one.share == one.chosen { 0.0 } else { columns[one.chosen].objective };
        chosen + columns[one.share].objective
    }

    /// Tries changes in order, until one serves or the work is done: single drops, then pairs (projects that need one
    /// another), then exchanges that the rows do not rule out.
    fn try_each(
        &self,
        values: &ByColumn<f64>,
        work: &mut usize,
        cancel: &CancelToken,
        attempt: &mut dyn FnMut(Change) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut spend = |amount: usize| {
            *work += amount;
            if *work > MAX_WORK || cancel.is_cancelled() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let columns = values.len();
        let taken = self.taken(values);
        for change in self.drops(&taken) {
            spend(columns)?;
            attempt(change)?;
        }
        let free: Vec<StartOption> = (self.problem.groups.iter())
            .filter(|group| group.alternatives.iter().all(|one| values[one.chosen] <= 0.5))
            .flat_map(|group| group.alternatives.iter().copied())
            .collect();
        let mut rows = Activities::new(self, values);
        for (group, one) in taken {
            rows.leave(group);
            let least = self.worth(&one) - self.worthless;
            let cost = self.problem.cost(one.share);
            let entering = free
                .iter()
                .filter(|other| self.worth(other) >= least && self.problem.cost(other.share) <= cost);
            for &other in entering {
                spend(WORK_PER_LOOK)?;
                if rows.allow(&other) {
                    spend(columns)?;
                    attempt(Change { enter: Some(other), ..Change::drop(group) })?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Groups (positions) that are taken, each with its start.
    fn taken(&self, values: &ByColumn<f64>) -> Vec<(usize, StartOption)> {
        let start =
            |group: &DecisionGroup| group.alternatives.iter().find(|one| values[one.chosen] > 0.5).copied();
        let groups = self.problem.groups.iter().enumerate();
        groups.filter_map(|(position, group)| Some((position, start(group)?))).collect()
    }

    /// Single drops, then pairs.
    fn drops(&self, taken: &[(usize, StartOption)]) -> Vec<Change> {
        let is_worthless = |pair: &&(usize, StartOption)| self.worth(&pair.1) <= self.worthless;
        let worthless: Vec<usize> = taken.iter().filter(is_worthless).map(|&(group, _)| group).collect();
        let alone = taken.iter().filter(|one| self.has_others || is_worthless(one));
        let mut changes: Vec<Change> = alone.map(|&(group, _)| Change::drop(group)).collect();
        if worthless.len() <= MAX_WORTHLESS_IN_PAIRS {
            for (place, &one) in worthless.iter().enumerate() {
                let pairs = worthless[place + 1..].iter();
                changes.extend(pairs.map(|&other| Change { leave_too: Some(other), ..Change::drop(one) }));
            }
        }
        changes
    }
}

/// What the rows hold in a solution, and without one of its groups: rules out most exchanges at a glance.
struct Activities<'a> {
    exchanges: &'a Exchanges<'a>,
    values: &'a ByColumn<f64>,
    of_row: ByRow<f64>,
    /// What the group that leaves takes of each row.
    leaving: ByRow<f64>,
    /// Rows that do not hold without it.
    broken: Vec<RowIx>,
    left: Option<usize>,
}

impl<'a> Activities<'a> {
    fn new(exchanges: &'a Exchanges<'a>, values: &'a ByColumn<f64>) -> Self {
        let rows = &exchanges.problem.program.rows;
        let of_row = |row: &Row| row.terms.iter().map(|&(column, factor)| factor * values[column]).sum();
        let leaving = ByRow::filled(0.0, rows.len());
        let of_row = rows.iter().map(of_row).collect();
        Self { exchanges, values, of_row, leaving, broken: Vec::new(), left: None }
    }

    /// Makes another group the one that leaves.
    fn leave(&mut self, group: usize) {
        if let Some(before) = self.left.replace(group) {
            self.terms(before).for_each(|(_, row, _)| self.leaving[row] = 0.0);
        }
        for (column, row, factor) in self.terms(group) {
            self.leaving[row] += factor * self.values[column];
        }
        let mut rows: Vec<RowIx> = self.terms(group).map(|(_, row, _)| row).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|&row| !self.holds(row, 0.0));
        self.broken = rows;
    }

    /// Columns of a group's starts, with the rows and coefficients of each.
    fn terms(&self, group: usize) -> impl Iterator<Item = (ColumnIx, RowIx, f64)> + use<'a> {
        let Exchanges { problem, by_column, .. } = self.exchanges;
        problem.groups[group].alternatives.iter().flat_map(|one| {
            by_column.of_column(one.chosen).iter().map(|&(row, factor)| (one.chosen, row, factor))
        })
    }

    /// False if a start option in the place of the group that leaves clearly breaks a row.
    fn allow(&self, one: &StartOption) -> bool {
        let terms = self.exchanges.by_column.of_column(one.chosen);
        let mends = |broken: &RowIx| terms.binary_search_by_key(broken, |&(row, _)| row).is_ok();
        self.broken.iter().all(mends) && terms.iter().all(|&(row, factor)| self.holds(row, factor))
    }

    /// False if a row is clearly broken, and more than before, once the group has left and something else has entered.
    fn holds(&self, row: RowIx, entering: f64) -> bool {
        if !self.exchanges.is_own_row[row] {
            return true;
        }
        let change = entering - self.leaving[row];
        let now = self.of_row[row] + change;
        let Row { lower, upper, .. } = self.exchanges.problem.program.rows[row];
        let excess = |side: f64| CLEAR_EXCESS * side.abs().max(entering.abs()).max(self.leaving[row].abs());
        let is_above = change > 0.0 && now > upper + excess(upper);
        let is_below = change < 0.0 && now < lower - excess(lower);
        !is_above && !is_below
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::optimise::model::program::{Column, Program};
    use crate::optimise::model::split_mix::SplitMix64;
    use crate::optimise::verify::evaluator::ProgramEvaluator;

    /// Rows over a few binaries: limits, and what needs something else.
    fn random_program(chance: &mut SplitMix64) -> Program {
        let count = 4 + chance.below(4);
        let column = |chance: &mut SplitMix64| Column {
            lower: 0.0,
            upper: 1.0,
            is_integer: true,
            objective: chance.below(4) as f64,
        };
        let columns: Vec<Column> = (0..count).map(|_| column(chance)).collect();
        let limit = |chance: &mut SplitMix64| {
            let sizes: Vec<(usize, f64)> = (0..count).map(|one| (one, chance.below(9) as f64)).collect();
            let most = sizes.iter().map(|one| one.1).sum::<f64>() / 2.0;
            Row::numbered(sizes, f64::NEG_INFINITY, most)
        };
        let needs = Row::numbered([(0, 1.0), (1, -1.0), (2, -1.0)], f64::NEG_INFINITY, 0.0);
        let rows: Vec<Row> = vec![limit(chance), limit(chance), needs];
        Program { columns: columns.into(), rows: rows.into() }
    }

    /// Rows rule out nothing that an evaluator takes, and of what they let pass little fails.
    #[test]
    fn rows_rule_out_what_breaks_them_and_nothing_else() {
        let mut chance = SplitMix64::default();
        let (mut valid, mut passed, mut all) = (0, 0, 0);
        for _ in 0..300 {
            let program = random_program(&mut chance);
            let problem = Problem::of_program(&program);
            let evaluator = ProgramEvaluator { problem: &problem };
            let exchanges = Exchanges::new(&problem);
            let values: ByColumn<f64> =
                program.columns.iter().map(|_| f64::from(u8::from(chance.below(3) == 0))).collect();
            if evaluator.evaluate(&values).is_none() {
                continue;
            }
            let mut rows = Activities::new(&exchanges, &values);
            for (group, _) in exchanges.taken(&values) {
                rows.leave(group);
                for other in problem.groups.iter().filter(|other| values[other.alternatives[0].chosen] < 0.5)
                {
                    let enter = Some(other.alternatives[0]);
                    let mut changed = values.clone();
                    Change { enter, ..Change::drop(group) }.apply(&problem, &mut changed);
                    let is_valid = evaluator.evaluate(&changed).is_some();
                    let passes = rows.allow(&other.alternatives[0]);
                    assert_eq!(passes, is_valid, "{values:?} to {changed:?} in {program:?}");
                    (valid, passed, all) =
                        (valid + usize::from(is_valid), passed + usize::from(passes), all + 1);
                }
            }
        }
        assert!(valid > 100 && all > valid + 100, "{valid} of {all} are valid, {passed} pass");
    }

    /// Three of the same worth: the cheapest is exchanged for, and what is worth nothing goes.
    #[test]
    fn worthless_projects_go_and_dear_ones_make_room_for_cheap_ones() {
        let column = |objective| Column { lower: 0.0, upper: 1.0, is_integer: true, objective };
        let columns = vec![column(3.0), column(3.0), column(0.0), column(3.0)];
        let row = Row::numbered([(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0)], f64::NEG_INFINITY, 2.0);
        let program = Program { columns: columns.into(), rows: vec![row].into() };
        let problem = Problem::of_program(&program);
        let evaluator = ProgramEvaluator { problem: &problem };
        let better = |values: [f64; 4], cancel: &CancelToken| {
            let begin = evaluator.evaluate(&values.to_vec().into()).unwrap();
            improved(&problem, &evaluator, begin, &|_| true, cancel).solution
        };
        assert_eq!(better([0.0, 0.0, 1.0, 1.0], &CancelToken::new()), [1.0, 0.0, 0.0, 0.0].into());
        let cancelled = CancelToken::new();
        cancelled.cancel();
        assert_eq!(better([0.0, 0.0, 1.0, 1.0], &cancelled), [0.0, 0.0, 1.0, 1.0].into());
    }

    /// Counts how often it is asked, and finds nothing that is valid.
    struct Refuses(AtomicUsize);

    impl Evaluator for Refuses {
        type Solution = ByColumn<f64>;

        fn evaluate(&self, _values: &ByColumn<f64>) -> Option<Candidate<ByColumn<f64>>> {
            self.0.fetch_add(1, Ordering::Relaxed);
            None
        }

        fn values_of(&self, solution: &ByColumn<f64>) -> ByColumn<f64> {
            solution.clone()
        }
    }

    /// A million exchanges, and none of them ruled out by a row: the work ends all the same.
    #[test]
    fn work_on_one_solution_has_an_end() {
        let count = 2_000;
        let column = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 1.0 };
        let program = Program { columns: ByColumn::filled(column, count), ..Program::default() };
        let problem = Problem::of_program(&program);
        let half: ByColumn<f64> = (0..count).map(|one| (one % 2) as f64).collect();
        let best = ProgramEvaluator { problem: &problem }.evaluate(&half).unwrap();
        let refuses = Refuses(AtomicUsize::new(0));
        let end = improved(&problem, &refuses, best, &|_| true, &CancelToken::new());
        assert_eq!(end.solution, half);
        let asked = refuses.0.load(Ordering::Relaxed);
        assert!((100_000..=MAX_WORK / count).contains(&asked), "{asked} evaluations");
    }
}
