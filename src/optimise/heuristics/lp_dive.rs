//! A dive by linear programs (Berthold 2006, who surveys such dives), made for many projects with many starts each. The
//! relaxation leaves about as many projects torn as there are tight limits, and it is the large ones that cost the most
//! to settle: the largest torn project is settled first, at its likeliest start, and the relaxation is solved again from
//! the basis before. A start that costs too much gives way to the next, or to leaving the project out.

use std::time::Instant;

use crate::progress::CancelToken;

use crate::optimise::model::column_terms::ColumnTerms;
use crate::optimise::model::decisions::{DecisionGroup, Problem};
use crate::optimise::model::program::{ByColumn, ByRow, ColumnIx, Row};
use crate::optimise::outcome::{OptimiseError, Outcome};
use crate::optimise::solver::lp_session::LpSession;

/// Largest distance of an integral value from a whole number.
const INTEGRALITY_TOLERANCE: f64 = 1e-6;
/// Loss of the relaxation, as a share of it, up to which the likeliest way to settle a project is taken unseen.
const MAX_UNSEEN_LOSS: f64 = 3e-4;
/// Share of the loss of the best way up to which the likeliest starts are ruled out instead.
const MAX_LOSS_OF_BAN: f64 = 0.5;
/// Ways to settle a project that are tried, the likeliest first.
const MAX_WAYS: usize = 4;

/// The dive: a relaxation in which more and more groups are settled.
#[derive(Debug)]
pub struct LpDive<'a> {
    problem: &'a Problem<'a>,
    session: LpSession<'a>,
    /// Per group: the largest share of a limit that one of its starts takes.
    sizes: Vec<f64>,
    /// Upper bound of each column so far.
    upper: ByColumn<f64>,
    /// Per group: settled, or given up.
    is_settled: Vec<bool>,
    /// Values of the last relaxation that was solved.
    values: ByColumn<f64>,
    objective: f64,
}

/// State of a dive that has come down to a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// No torn group is as large as asked for.
    Reached,
    /// The relaxation is worth too little, or the deadline came.
    Ended,
}

impl<'a> LpDive<'a> {
    /// A dive from the relaxation of a problem; `None` if that is infeasible or the deadline comes before it is solved.
    ///
    /// # Errors
    /// If cancelled, or if the solver fails.
    pub fn new(
        problem: &'a Problem<'a>,
        by_column: &ColumnTerms,
        deadline: Option<Instant>,
        cancel: &'a CancelToken,
    ) -> Result<Option<Self>, OptimiseError> {
        let mut session = LpSession::new(problem.program, deadline, cancel)?;
        let Outcome::Found(objective) = session.solve()? else { return Ok(None) };
        Ok(Some(Self {
            problem,
            sizes: sizes(problem, by_column),
            upper: problem.program.columns.iter().map(|column| column.upper).collect(),
            is_settled: vec![false; problem.groups.len()],
            values: session.values().clone(),
            objective: objective + problem.constant,
            session,
        }))
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

    /// Groups (positions) with a start that is neither taken nor left.
    fn torn(&self) -> Vec<usize> {
        let is_torn = |column: ColumnIx| {
            let value = self.values[column];
            (value - value.round()).abs() > INTEGRALITY_TOLERANCE
        };
        let groups = self.problem.groups.iter().enumerate();
        groups
            .filter(|(_, group)| group.alternatives.iter().any(|one| is_torn(one.chosen)))
            .map(|(position, _)| position)
            .collect()
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
            let torn = self.torn().into_iter();
            let by_size = |one: &usize, other: &usize| {
                self.sizes[*one].total_cmp(&self.sizes[*other]).then(other.cmp(one))
            };
            let open = torn.filter(|&group| !self.is_settled[group] && self.sizes[group] >= size);
            let Some(largest) = open.max_by(by_size) else { return Ok(Depth::Reached) };
            if !self.settle(largest)? {
                return Ok(Depth::Ended);
            }
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
        for one in &self.problem.groups[group].alternatives {
            self.upper[one.chosen] = if Some(one.chosen) == way { 1.0 } else { 0.0 };
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
        for one in &self.problem.groups[group].alternatives {
            let value = if Some(one.chosen) == way { 1.0 } else { 0.0 };
            self.session.set_bounds(one.chosen, value, value)?;
        }
        Ok(())
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
    pub fn open_groups(&self, by_column: &ColumnTerms) -> Vec<bool> {
        let mut is_free = vec![false; self.problem.groups.len()];
        let group_of = self.problem.group_of_column();
        let mut next = self.torn();
        while let Some(group) = next.pop() {
            if std::mem::replace(&mut is_free[group], true) {
                continue;
            }
            let alternatives = self.problem.groups[group].alternatives.iter();
            let terms = alternatives.flat_map(|one| by_column.of_column(one.chosen));
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
    use crate::optimise::model::decisions::StartOption;
    use crate::optimise::model::program::{Column, Program, RowIx};

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
        assert_eq!(dive.torn(), [0], "{:?}", dive.values());
        assert_eq!(dive.settle_down_to(0.0, f64::NEG_INFINITY).unwrap(), Depth::Reached);
        assert_eq!(dive.values().to_vec(), [0.0, 0.0, 0.0, 1.0, 1.0]);
        assert!((dive.objective() - 29.9).abs() < 1e-9, "{}", dive.objective());
    }
}
