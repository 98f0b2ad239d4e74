//! A dive by linear programs (Berthold 2006, who surveys such dives), made for many projects with many starts each. The
//! relaxation leaves about as many projects torn as there are tight limits, and it is the large ones that cost the most
//! to settle: the largest torn project is settled first, at its likeliest start, and the relaxation is solved again from
//! the basis before. A start that costs too much gives way to the next, or to leaving the project out. Where hundreds of
//! projects are torn, as with many limits that each hold a few projects, the largest tenth is settled at once.

use std::time::Instant;

use crate::progress::CancelToken;

use crate::optimise::model::column_terms::ColumnTerms;
use crate::optimise::model::decisions::{DecisionGroup, Problem};
use crate::optimise::model::program::{ByColumn, ByRow, ColumnIx, Row};
use crate::optimise::outcome::{OptimiseError, Outcome};
use crate::optimise::solver::lp_session::LpSession;

use super::activity_bounds::ActivityBounds;
use super::lns::ticks_per_iteration;

/// Largest distance of an integral value from a whole number.
const INTEGRALITY_TOLERANCE: f64 = 1e-6;
/// Loss of the relaxation, as a share of it, up to which the likeliest way to settle a project is taken unseen.
const MAX_UNSEEN_LOSS: f64 = 3e-4;
/// Share of the loss of the best way up to which the likeliest starts are ruled out instead.
const MAX_LOSS_OF_BAN: f64 = 0.5;
/// Ways to settle a project that are tried, the likeliest first.
const MAX_WAYS: usize = 4;
/// Torn groups up to which they are settled one by one in any dive.
pub const MAX_TORN_ONE_BY_ONE: usize = 100;
/// Least and largest share of the torn groups, if more, that is settled at once: the larger it is, the sooner a dive ends,
/// and the less it is worth.
const MIN_SETTLED_TOGETHER: f64 = 0.1;
const MAX_SETTLED_TOGETHER: f64 = 0.3;
/// Share by which the torn groups grow fewer, per share of them that is settled: others are torn in their place.
const DECLINE: f64 = 0.6;

/// The dive: a relaxation in which more and more groups are settled.
#[derive(Debug)]
pub struct LpDive<'a> {
    problem: &'a Problem<'a>,
    by_column: &'a ColumnTerms,
    session: LpSession<'a>,
    /// How many torn groups are settled at once; `None` if they are settled one by one.
    pace: Option<Pace>,
    /// Per group: the largest share of a limit that one of its starts takes.
    sizes: Vec<f64>,
    /// Bounds of each column so far.
    lower: ByColumn<f64>,
    upper: ByColumn<f64>,
    /// Per group: settled, or given up.
    is_settled: Vec<bool>,
    /// Values of the last relaxation that was solved.
    values: ByColumn<f64>,
    objective: f64,
}

/// The pace of a dive that settles some torn groups at once.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// Iterations of the simplex method in which many torn groups shall become few.
    budget: u64,
    /// Those of the last step.
    last_iterations: u64,
    /// Steps so far.
    steps: u32,
}

impl Pace {
    /// Share of the torn groups to settle next, given the iterations so far; `None` if the first step shows that the way is
    /// too long. A step takes iterations in proportion to the groups that are torn, and leaves so many fewer: the sum of
    /// a geometric series has to fit into what is left of the budget.
    fn share(&self, iterations: u64) -> Option<f64> {
        let left = self.budget.saturating_sub(iterations).max(1);
        let share = self.last_iterations as f64 / (DECLINE * left as f64);
        let is_too_long = self.steps == 1 && share > MAX_SETTLED_TOGETHER;
        (!is_too_long).then(|| share.clamp(MIN_SETTLED_TOGETHER, MAX_SETTLED_TOGETHER))
    }
}

/// State of a dive that has come down to a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// No torn group is as large as asked for.
    Reached,
    /// The relaxation is worth too little, the way is too long, or the deadline came.
    Ended,
}

impl<'a> LpDive<'a> {
    /// A dive from the relaxation of a problem; `None` if that is infeasible or the deadline comes before it is solved.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn new(
        problem: &'a Problem<'a>,
        by_column: &'a ColumnTerms,
        deadline: Option<Instant>,
        cancel: &'a CancelToken,
    ) -> Result<Option<Self>, OptimiseError> {
        let mut session = LpSession::new(problem.program, deadline, cancel)?;
        let Outcome::Found(objective) = session.solve()? else { return Ok(None) };
        Ok(Some(Self {
            problem,
            by_column,
            pace: None,
            sizes: sizes(problem, by_column),
            lower: problem.program.columns.iter().map(|column| column.lower).collect(),
            upper: problem.program.columns.iter().map(|column| column.upper).collect(),
            is_settled: vec![false; problem.groups.len()],
            values: session.values().clone(),
            objective: objective + problem.constant,
            session,
        }))
    }

    /// The same dive, in which many torn groups become few within so many ticks, roughly, as it settles some at once.
    #[must_use]
    pub fn within(mut self, ticks: u64) -> Self {
        let budget = ticks / ticks_per_iteration(self.problem.program);
        self.pace = Some(Pace { budget, last_iterations: 0, steps: 0 });
        self
    }

    /// Values of all columns in the last relaxation.
    pub fn values(&self) -> &ByColumn<f64> {
        &self.values
    }

    /// Prices of the rows in the last relaxation.
    pub fn prices(&self) -> ByRow<f64> {
        self.session.prices()
    }

    /// Objective of the last relaxation.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// Settles torn groups, the largest first, until none is left that takes at least `size` of a limit. Ends early where
    /// the relaxation is worth no more than `worthless`.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn settle_down_to(&mut self, size: f64, worthless: f64) -> Result<Depth, OptimiseError> {
        loop {
            if self.objective <= worthless {
                return Ok(Depth::Ended);
            }
            let mut open = torn_groups(self.problem, &self.values);
            let torn = open.len();
            open.retain(|&group| !self.is_settled[group] && self.sizes[group] >= size);
            let by_size = |one: &usize, other: &usize| {
                self.sizes[*other].total_cmp(&self.sizes[*one]).then(one.cmp(other))
            };
            open.sort_by(by_size);
            let Some(&largest) = open.first() else { return Ok(Depth::Reached) };
            let goes_on = match self.pace.as_ref().filter(|_| torn > MAX_TORN_ONE_BY_ONE) {
                None => self.settle(largest)?,
                Some(pace) => {
                    let Some(share) = pace.share(self.session.iterations()) else { return Ok(Depth::Ended) };
                    let count = (share * torn as f64).ceil() as usize;
                    self.settle_together(&open[..count.min(open.len())])?
                }
            };
            if !goes_on {
                return Ok(Depth::Ended);
            }
        }
    }

    /// Settles some groups at once, each in the likeliest way that no row forbids beside those settled before it; if that
    /// leaves no solution, the first half of them. `false` if the deadline comes before.
    fn settle_together(&mut self, groups: &[usize]) -> Result<bool, OptimiseError> {
        let (lower, upper) = (self.lower.clone(), self.upper.clone());
        let mut activities = ActivityBounds::new(self.problem.program, self.by_column, lower, upper);
        let mut settled = Vec::with_capacity(groups.len());
        for &group in groups {
            let ways = self.ways(group).into_iter();
            let mut allowed = ways.filter(|&way| activities.hold(&self.values_of_way(group, way)));
            settled.extend(allowed.next().map(|way| (group, way)));
        }
        for &(group, way) in &settled {
            self.set_way(group, way)?;
        }
        let before = self.session.iterations();
        let outcome = if settled.is_empty() { Outcome::Infeasible } else { self.solve()? };
        if let Some(pace) = &mut self.pace {
            pace.last_iterations = self.session.iterations() - before;
            pace.steps += 1;
        }
        match outcome {
            Outcome::Unknown => return Ok(false),
            Outcome::Found(_) => {
                settled.into_iter().for_each(|(group, way)| self.keep_way(group, way));
                self.values.clone_from(self.session.values());
                return Ok(true);
            }
            Outcome::Infeasible => {}
        }
        for (group, _) in settled {
            self.reopen(group)?;
        }
        if groups.len() == 1 {
            self.settle(groups[0])
        } else {
            self.settle_together(&groups[..groups.len() / 2])
        }
    }

    /// Settles one group, or rules out its likeliest starts; `false` if the deadline comes before.
    fn settle(&mut self, group: usize) -> Result<bool, OptimiseError> {
        let before = self.objective;
        let enough = before - MAX_UNSEEN_LOSS * before.abs();
        let ways = self.ways(group);
        let mut best: Option<(f64, Option<ColumnIx>)> = None;
        let mut last = None;
        for &way in &ways {
            last = Some(way);
            match self.try_way(group, way)? {
                Outcome::Unknown => return Ok(false),
                Outcome::Infeasible => {}
                Outcome::Found(objective) => {
                    if best.is_none_or(|(other, _)| objective > other) {
                        best = Some((objective, way));
                    }
                    if objective >= enough {
                        break;
                    }
                }
            }
        }
        let least =
            best.map_or(f64::NEG_INFINITY, |(objective, _)| before - MAX_LOSS_OF_BAN * (before - objective));
        if best.is_none_or(|(objective, _)| objective < enough) {
            if self.ban(group, &ways, least)? {
                return Ok(true);
            }
            last = None;
        }
        self.is_settled[group] = true;
        let Some((_, way)) = best else {
            // None of its ways is open: it stays torn.
            self.reopen(group)?;
            return Ok(matches!(self.solve()?, Outcome::Found(_)));
        };
        if last != Some(way) && !matches!(self.try_way(group, way)?, Outcome::Found(_)) {
            return Ok(false);
        }
        self.keep_way(group, way);
        self.values.clone_from(self.session.values());
        Ok(true)
    }

    /// Rules out the starts among some ways, all of which cost much, and leaves the group open; `false`, with nothing
    /// ruled out, if the relaxation is then worth no more than `least`.
    fn ban(&mut self, group: usize, ways: &[Option<ColumnIx>], least: f64) -> Result<bool, OptimiseError> {
        self.reopen(group)?;
        for &start in ways.iter().flatten() {
            self.session.set_bounds(start, 0.0, 0.0)?;
        }
        if matches!(self.solve()?, Outcome::Found(objective) if objective > least) {
            ways.iter().flatten().for_each(|&start| self.upper[start] = 0.0);
            self.values.clone_from(self.session.values());
            return Ok(true);
        }
        Ok(false)
    }

    /// Notes that a group is settled in one way.
    fn keep_way(&mut self, group: usize, way: Option<ColumnIx>) {
        self.is_settled[group] = true;
        for (column, value) in self.values_of_way(group, way) {
            (self.lower[column], self.upper[column]) = (value, value);
        }
    }

    /// Ways to settle a group: a start, or none; the likeliest first.
    fn ways(&self, group: usize) -> Vec<Option<ColumnIx>> {
        let alternatives = &self.problem.groups[group].alternatives;
        let taken = alternatives.iter().map(|one| (self.values[one.chosen], Some(one.chosen)));
        let left = 1.0 - taken.clone().map(|(value, _)| value).sum::<f64>();
        let mut ways: Vec<(f64, Option<ColumnIx>)> =
            taken.filter(|&(value, _)| value > INTEGRALITY_TOLERANCE).collect();
        ways.sort_by(|one, other| other.0.total_cmp(&one.0));
        ways.truncate(MAX_WAYS - 1);
        ways.push((left, None));
        ways.sort_by(|one, other| other.0.total_cmp(&one.0));
        ways.into_iter().map(|(_, way)| way).collect()
    }

    /// The relaxation with a group settled in one way.
    fn try_way(&mut self, group: usize, way: Option<ColumnIx>) -> Result<Outcome<f64>, OptimiseError> {
        self.set_way(group, way)?;
        self.solve()
    }

    fn set_way(&mut self, group: usize, way: Option<ColumnIx>) -> Result<(), OptimiseError> {
        for (column, value) in self.values_of_way(group, way) {
            self.session.set_bounds(column, value, value)?;
        }
        Ok(())
    }

    /// The starts of a group with their values if it is settled in one way.
    fn values_of_way(&self, group: usize, way: Option<ColumnIx>) -> Vec<(ColumnIx, f64)> {
        let starts = self.problem.groups[group].alternatives.iter().map(|one| one.chosen);
        starts.map(|start| (start, if Some(start) == way { 1.0 } else { 0.0 })).collect()
    }

    fn solve(&mut self) -> Result<Outcome<f64>, OptimiseError> {
        let outcome = self.session.solve()?.map(|objective| objective + self.problem.constant);
        if let Outcome::Found(objective) = outcome {
            self.objective = objective;
        }
        Ok(outcome)
    }

    fn reopen(&mut self, group: usize) -> Result<(), OptimiseError> {
        for one in &self.problem.groups[group].alternatives {
            self.session.set_bounds(one.chosen, 0.0, self.upper[one.chosen])?;
        }
        Ok(())
    }

    /// Groups that a closing step decides about: the torn ones, and those taken that need one of them. `is_free[group]`.
    pub fn open_groups(&self) -> Vec<bool> {
        let mut is_free = vec![false; self.problem.groups.len()];
        let group_of = self.problem.group_of_column();
        let mut next = torn_groups(self.problem, &self.values);
        while let Some(group) = next.pop() {
            if std::mem::replace(&mut is_free[group], true) {
                continue;
            }
            let alternatives = self.problem.groups[group].alternatives.iter();
            let terms = alternatives.flat_map(|one| self.by_column.of_column(one.chosen));
            for &(row, factor) in terms {
                let row = &self.problem.program.rows[row];
                if !gives(row, factor) {
                    continue;
                }
                let needing = row.terms.iter().filter(|&&(column, other)| {
                    !gives(row, other) && self.values[column] > 1.0 - INTEGRALITY_TOLERANCE
                });
                next.extend(needing.filter_map(|&(column, _)| group_of[column]));
            }
        }
        is_free
    }
}

/// Groups (positions) with a start that some values neither take nor leave.
pub fn torn_groups(problem: &Problem, values: &ByColumn<f64>) -> Vec<usize> {
    let is_torn = |column: ColumnIx| (values[column] - values[column].round()).abs() > INTEGRALITY_TOLERANCE;
    let groups = problem.groups.iter().enumerate();
    groups
        .filter(|(_, group)| group.alternatives.iter().any(|one| is_torn(one.chosen)))
        .map(|(position, _)| position)
        .collect()
}

/// True if a term makes room in a row, on the one side that it has.
fn gives(row: &Row, factor: f64) -> bool {
    if row.lower == f64::NEG_INFINITY { factor < 0.0 } else { factor > 0.0 && row.upper == f64::INFINITY }
}

/// Per group: the largest share of a limit that one of its starts takes, at most 1.
fn sizes(problem: &Problem, by_column: &ColumnTerms) -> Vec<f64> {
    let rows = &problem.program.rows;
    let limits: Vec<bool> = rows.iter().map(|row| row.upper > 0.0 && row.limits_amount()).collect();
    let share = |column: ColumnIx| {
        let terms = by_column.of_column(column).iter().filter(|&&(row, _)| limits[row.index()]);
        terms.map(|&(row, factor)| factor / rows[row].upper).fold(0.0, f64::max)
    };
    let of_group = |group: &DecisionGroup| {
        let shares = group.alternatives.iter().map(|one| share(one.share).max(share(one.chosen)));
        shares.fold(0.0, f64::max).min(1.0)
    };
    problem.groups.iter().map(of_group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ProjectIx;
    use crate::optimise::bnb::incumbents::Evaluator;
    use crate::optimise::model::decisions::StartOption;
    use crate::optimise::model::program::{Column, Program, RowIx};
    use crate::optimise::model::split_mix::SplitMix64;
    use crate::optimise::verify::evaluator::ProgramEvaluator;

    /// A project of four starts worth 10, of which each of the first three exceeds a limit of its own, and the last is worth
    /// 9.9; and a project worth 20 that nothing limits.
    fn program() -> Program {
        let column = |objective| Column { lower: 0.0, upper: 1.0, is_integer: true, objective };
        let most = |terms: Vec<(usize, f64)>, most: f64| Row::numbered(terms, f64::NEG_INFINITY, most);
        let mut rows = vec![most((0..4).map(|start| (start, 1.0)).collect(), 1.0)];
        rows.extend((0..3).map(|start| most(vec![(start, 3.0), (4, 0.5)], 1.5)));
        Program { columns: [10.0, 10.0, 10.0, 9.9, 20.0].map(column).to_vec().into(), rows: rows.into() }
    }

    #[test]
    fn starts_that_cannot_be_taken_give_way_to_one_that_the_relaxation_leaves() {
        let program = program();
        let group = |starts: std::ops::Range<usize>, row| {
            let project = ProjectIx::new(starts.start);
            let one = |start| StartOption { chosen: ColumnIx::new(start), share: ColumnIx::new(start) };
            DecisionGroup { project, counted: project, alternatives: starts.map(one).collect(), row }
        };
        let groups = vec![group(0..4, Some(RowIx::new(0))), group(4..5, None)];
        let problem = Problem { groups, ..Problem::of_program(&program) };
        let (by_column, cancel) = (ColumnTerms::of(&program), CancelToken::new());
        let mut dive = LpDive::new(&problem, &by_column, None, &cancel).unwrap().unwrap();
        assert_eq!(torn_groups(&problem, dive.values()), [0], "{:?}", dive.values());
        assert_eq!(dive.settle_down_to(0.0, f64::NEG_INFINITY).unwrap(), Depth::Reached);
        assert_eq!(dive.values().to_vec(), [0.0, 0.0, 0.0, 1.0, 1.0]);
        assert!((dive.objective() - 29.9).abs() < 1e-9, "{}", dive.objective());
    }

    /// So many projects, each of which draws on some of so many limits that hold a few of them; some need another.
    fn portfolio(projects: usize, limits: usize) -> Program {
        let mut chance = SplitMix64::default();
        let mut terms = vec![Vec::new(); limits];
        let mut columns = Vec::new();
        for project in 0..projects {
            let size = 1.0 + chance.below(9) as f64;
            let objective = size * (5.0 + chance.below(6) as f64);
            columns.push(Column { lower: 0.0, upper: 1.0, is_integer: true, objective });
            for _ in 0..6 {
                terms[chance.below(limits)].push((project, size + chance.below(3) as f64));
            }
        }
        let limit = |terms: Vec<(usize, f64)>| {
            let all: f64 = terms.iter().map(|&(_, size)| size).sum();
            Row::numbered(terms, f64::NEG_INFINITY, (0.45 * all).round())
        };
        let mut rows: Vec<Row> = terms.into_iter().map(limit).collect();
        let needs =
            (0..projects / 12).map(|_| [(chance.below(projects), 1.0), (chance.below(projects), -1.0)]);
        rows.extend(
            needs
                .filter(|[one, other]| one.0 != other.0)
                .map(|pair| Row::numbered(pair, f64::NEG_INFINITY, 0.0)),
        );
        Program { columns: columns.into(), rows: rows.into() }
    }

    #[test]
    fn many_torn_projects_are_settled_together_and_break_no_row() {
        let program = portfolio(600, 240);
        let problem = Problem::of_program(&program);
        let (by_column, cancel) = (ColumnTerms::of(&program), CancelToken::new());
        let dive = || LpDive::new(&problem, &by_column, None, &cancel).unwrap().unwrap();
        let torn = torn_groups(&problem, dive().values()).len();
        assert!(torn > MAX_TORN_ONE_BY_ONE, "{torn}");

        let mut together = dive().within(u64::MAX);
        let bound = together.objective();
        assert_eq!(together.settle_down_to(0.0, f64::NEG_INFINITY).unwrap(), Depth::Reached);
        assert!(together.pace.unwrap().steps > 2, "{:?}", together.pace);
        let found = ProgramEvaluator { problem: &problem }.evaluate(together.values());
        let share = found.expect("it breaks no row").objective / bound;
        assert!(share > 0.8, "{share} of the bound");

        let mut hopeless = dive().within(1);
        assert_eq!(hopeless.settle_down_to(0.0, f64::NEG_INFINITY).unwrap(), Depth::Ended);
        assert_eq!(hopeless.pace.unwrap().steps, 1, "one step shows that the way is too long");
    }

    #[test]
    fn a_short_budget_settles_more_at_once() {
        let pace = |budget, steps| Pace { budget, last_iterations: 100, steps };
        assert_eq!(pace(u64::MAX, 1).share(100), Some(MIN_SETTLED_TOGETHER));
        let share = pace(1_000, 1).share(100).unwrap();
        assert!((share - 100.0 / (DECLINE * 900.0)).abs() < 1e-12, "{share}");
        assert_eq!(pace(200, 1).share(100), None);
        assert_eq!(pace(200, 2).share(100), Some(MAX_SETTLED_TOGETHER), "what was begun is ended");
    }
}
