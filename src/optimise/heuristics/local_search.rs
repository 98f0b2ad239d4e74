//! Good selections, fast: an iterated local search (Lourenço, Martin and Stützle 2003) made for project selection.
//!
//! A move adds, drops, swaps or shifts projects together with the others that must then come or go; the slack of the
//! rows it touches shows its feasibility. Work is counted and never timed, so that equal problems get equal answers on
//! any machine. Local search proves nothing: bounds come from elsewhere.
//!
//! It knows decisions only. All other columns are 0: it overruns no budget and buys no capacity. It skips slackable
//! rows and their costs, so that an evaluator must recheck its solutions.

use std::cell::{Cell, RefCell};

use crate::domain::ProjectIx;
use crate::optimise::model::decisions::{Problem, StartOption};
use crate::optimise::model::pool::{Candidate, Pool, ProjectSet, TieBreak};
use crate::optimise::model::program::{ByColumn, ByRow, Program, RowIx};
use crate::optimise::model::split_mix::SplitMix64;

/// Largest violation of a row that counts as rounding, in the program's own scale.
const ROW_TOLERANCE: f64 = 1e-9;
/// Share of the objective below which a gain is rounding.
const MIN_IMPROVEMENT: f64 = 1e-9;
/// Largest distance of a state from the best, as a share of the best, before the search returns to the best.
const MAX_RELATIVE_EXCESS: f64 = 0.002;
/// Coefficients that one call may read or copy: on large problems this limit ends it before the number of rounds does.
const MAX_MOVE_EVALUATIONS: u64 = 20_000_000;
/// Repairs per move, at most.
const MAX_REPAIR_MOVES: usize = 40;

/// Per group: the start option taken, if any.
pub type Taken = Vec<Option<usize>>;

/// The state of the search: options taken, and their use of every row.
#[derive(Clone, Debug, Default)]
struct State {
    taken: Taken,
    activity: Vec<f64>,
    objective: f64,
}

impl State {
    fn copy_from(&mut self, other: &Self) {
        self.taken.clone_from(&other.taken);
        self.activity.clone_from(&other.activity);
        self.objective = other.objective;
    }
}

/// Effect of a fully funded start option on the rows and the objective.
#[derive(Clone, Debug, Default)]
struct Effect {
    rows: Vec<(usize, f64)>,
    objective: f64,
    /// Objective less the price of the rows it uses, in the relaxation.
    reduced: f64,
    relaxed: f64,
    /// May bring others along: taking or leaving another option can mend some row that it uses.
    is_tied: bool,
}

/// The relaxation that guides the search: one value per column and one price per row.
#[derive(Clone, Debug)]
pub struct Guide {
    /// Values of the columns.
    pub values: ByColumn<f64>,
    /// Price per row: gain in objective per unit of right-hand side.
    pub prices: ByRow<f64>,
}

/// The problem in the shape that moves need. Rows are plain numbers in it: moves run over arrays of them.
#[derive(Debug)]
pub struct LocalSearch {
    bounds: Vec<(f64, f64)>,
    effects: Vec<Vec<Effect>>,
    /// Per row: its users as (group, start option, coefficient); empty for rows that no option can mend.
    users: Vec<Vec<(usize, usize, f64)>>,
    /// All start options, the best reduced value first.
    by_reduced: Vec<(usize, usize)>,
    chance: SplitMix64,
    state: Option<(State, State)>,
    /// Project of each group.
    projects: Vec<(ProjectIx, ProjectIx)>,
    /// Coefficients read or copied so far, and the limit on them.
    looked: Cell<u64>,
    allowed: u64,
    /// Spare states: a million allocations take longer than the moves themselves.
    spare_states: RefCell<Vec<State>>,
    spare_rows: RefCell<Vec<usize>>,
}

impl LocalSearch {
    /// Prepares a search.
    pub fn new(problem: &Problem, guide: &Guide) -> Self {
        let program = problem.program;
        let mut of_column: ByColumn<Vec<(usize, f64)>> = ByColumn::filled(Vec::new(), program.columns.len());
        let is_slackable = |row: usize| problem.slackable_rows.binary_search(&RowIx::new(row)).is_ok();
        for (position, row) in
            program.rows.iter().enumerate().filter(|&(position, _)| !is_slackable(position))
        {
            row.terms.iter().for_each(|&(column, factor)| of_column[column].push((position, factor)));
        }
        let can_be_mended: Vec<bool> = (program.rows.iter())
            .map(|row| row.lower > f64::NEG_INFINITY || row.terms.iter().any(|&(_, factor)| factor < 0.0))
            .collect();
        let effect = |one: &StartOption| {
            let mut effect = effect_of(one, program, &of_column, guide);
            effect.is_tied = effect.rows.iter().any(|&(row, _)| can_be_mended[row]);
            effect
        };
        let effects: Vec<Vec<Effect>> =
            problem.groups.iter().map(|group| group.alternatives.iter().map(effect).collect()).collect();
        let mut users = vec![Vec::new(); program.rows.len()];
        let mut by_reduced = Vec::new();
        for (group, alternatives) in effects.iter().enumerate() {
            for (position, effect) in alternatives.iter().enumerate() {
                by_reduced.push((group, position));
                for &(row, factor) in effect.rows.iter().filter(|&&(row, _)| can_be_mended[row]) {
                    users[row].push((group, position, factor));
                }
            }
        }
        let reduced = |&(group, position): &(usize, usize)| effects[group][position].reduced;
        by_reduced.sort_by(|one, other| reduced(other).total_cmp(&reduced(one)));
        let projects = problem.groups.iter().map(|group| (group.project, group.counted)).collect();
        let bounds = (program.rows.iter().enumerate())
            .map(|(position, row)| match is_slackable(position) {
                true => (f64::NEG_INFINITY, f64::INFINITY),
                false => (row.lower - ROW_TOLERANCE, row.upper + ROW_TOLERANCE),
            })
            .collect();
        Self {
            bounds,
            effects,
            users,
            by_reduced,
            chance: SplitMix64::default(),
            state: None,
            projects,
            looked: Cell::new(0),
            allowed: 0,
            spare_states: RefCell::default(),
            spare_rows: RefCell::default(),
        }
    }

    /// Runs a number of rounds (at first from the rounded relaxation) and adds the solutions met to the pool.
    pub fn run(&mut self, rounds: usize, pool: &mut Pool<Taken>) {
        self.allowed = self.looked.get() + MAX_MOVE_EVALUATIONS;
        let Some((mut best, mut current)) = self.state.take().or_else(|| self.begin(pool)) else { return };
        let mut next = State::default();
        for _ in 0..rounds {
            if self.is_spent() {
                break;
            }
            next.copy_from(&current);
            self.disturb(&mut next);
            self.climb(&mut next, pool);
            // A slightly worse state may lead on to a better one; a much worse one is abandoned.
            let tolerated = MAX_RELATIVE_EXCESS * best.objective.abs();
            if next.objective > best.objective {
                best.copy_from(&next);
            }
            current.copy_from(if next.objective >= best.objective - tolerated { &next } else { &best });
        }
        self.state = Some((best, current));
    }

    /// Adds every feasible neighbour of a selection to the pool: one project added, dropped or swapped.
    pub fn add_neighbours(&self, taken: &Taken, pool: &mut Pool<Taken>) {
        let mut state = self.empty();
        for (group, alternative) in taken.iter().enumerate() {
            self.set(&mut state, group, *alternative);
        }
        let mut without = State::default();
        for out in (0..taken.len()).map(Some).chain([None]) {
            if out.is_some_and(|out| taken[out].is_none()) {
                continue;
            }
            without.copy_from(&state);
            if let Some(out) = out {
                if !self.remove(&mut without, out) {
                    continue;
                }
                self.keep(&without, pool);
            }
            let projects = self.projects_of(&without);
            let is_feasible = self.is_feasible(&without);
            for &(entering, position) in &self.by_reduced {
                if Some(entering) == out || taken[entering].is_some() {
                    continue;
                }
                if is_feasible && !self.effects[entering][position].is_tied {
                    self.keep_with(&without, &projects, entering, position, pool);
                } else {
                    self.add_if(&mut without, entering, position, |next| {
                        self.keep(next, pool);
                        false
                    });
                }
            }
        }
    }

    /// Adds a feasible state with one independent project added, unless the pool knows it as good: most are known, and
    /// this test takes no copy of the state.
    fn keep_with(
        &self,
        state: &State,
        projects: &ProjectSet,
        group: usize,
        position: usize,
        pool: &mut Pool<Taken>,
    ) {
        let effect = &self.effects[group][position];
        if !self.has_room_for(state, effect) {
            return;
        }
        let objective = state.objective + effect.objective;
        let projects = projects.with(self.projects[group]);
        let tie = TieBreak::by_objective(objective);
        if !pool.lacks(&projects, &tie) {
            return;
        }
        if !pool.has_room(objective) {
            return pool.forget(objective);
        }
        let mut solution = state.taken.clone();
        solution[group] = Some(position);
        pool.add(Candidate { objective, tie, projects, solution });
    }

    fn projects_of(&self, state: &State) -> ProjectSet {
        let taken = state.taken.iter().enumerate().filter(|(_, position)| position.is_some());
        ProjectSet::counting(taken.map(|(group, _)| self.projects[group]))
    }

    /// Values of the program's columns for the options taken, each fully funded.
    pub fn values_of(problem: &Problem, taken: &Taken) -> ByColumn<f64> {
        let mut values = ByColumn::filled(0.0, problem.program.columns.len());
        for (group, position) in problem.groups.iter().zip(taken) {
            if let Some(one) = position.map(|position| group.alternatives[position]) {
                values[one.chosen] = 1.0;
                values[one.share] = 1.0;
            }
        }
        values
    }

    fn begin(&mut self, pool: &mut Pool<Taken>) -> Option<(State, State)> {
        let mut state = self.rounded_relaxation()?;
        self.climb(&mut state, pool);
        Some((state.clone(), state))
    }

    fn empty(&self) -> State {
        State {
            taken: vec![None; self.effects.len()],
            activity: vec![0.0; self.bounds.len()],
            objective: 0.0,
        }
    }

    /// Adds projects in the order of their value in the relaxation, then of their reduced value; first those that a row
    /// demands.
    fn rounded_relaxation(&self) -> Option<State> {
        let mut state = self.empty();
        let mut order = self.by_reduced.clone();
        let relaxed = |&(group, position): &(usize, usize)| self.effects[group][position].relaxed;
        order.sort_by(|one, other| relaxed(other).total_cmp(&relaxed(one)));
        for row in 0..self.bounds.len() {
            self.meet_demand(&mut state, row, &order);
        }
        for &(group, position) in &order {
            if state.taken[group].is_none() {
                self.add_if(&mut state, group, position, |_| true);
            }
        }
        self.is_feasible(&state).then_some(state)
    }

    /// Adds options that raise a row to its lower side, as long as no upper side is exceeded.
    fn meet_demand(&self, state: &mut State, row: usize, order: &[(usize, usize)]) {
        for &(group, position) in order {
            if state.activity[row] >= self.bounds[row].0 {
                return;
            }
            let helps = self.effects[group][position]
                .rows
                .iter()
                .any(|&(other, factor)| other == row && factor > 0.0);
            if !helps || state.taken[group].is_some() {
                continue;
            }
            self.set(state, group, Some(position));
            let effect = &self.effects[group][position];
            if effect.rows.iter().any(|&(other, _)| state.activity[other] > self.bounds[other].1) {
                self.set(state, group, None);
            }
        }
    }

    fn is_feasible(&self, state: &State) -> bool {
        let mut rows = self.bounds.iter().zip(&state.activity);
        rows.all(|(&(lower, upper), &activity)| lower <= activity && activity <= upper)
    }

    fn set(&self, state: &mut State, group: usize, position: Option<usize>) {
        for (from, sign) in [(state.taken[group], -1.0), (position, 1.0)] {
            if let Some(from) = from {
                let effect = &self.effects[group][from];
                for &(row, factor) in &effect.rows {
                    state.activity[row] += sign * factor;
                }
                state.objective += sign * effect.objective;
            }
        }
        state.taken[group] = position;
    }

    /// Applies a change to a state, or restores the state if the change fails; returns true on success.
    fn attempt(&self, state: &mut State, change: impl FnOnce(&mut State) -> bool) -> bool {
        let mut next = self.spare_states.borrow_mut().pop().unwrap_or_default();
        next.copy_from(state);
        let succeeds = change(&mut next);
        if succeeds {
            std::mem::swap(state, &mut next);
        }
        self.spare_states.borrow_mut().push(next);
        succeeds
    }

    /// Drops a project and those that need it; `false` if a row cannot hold then.
    fn remove(&self, state: &mut State, group: usize) -> bool {
        let Some(position) = state.taken[group] else { return true };
        self.set(state, group, None);
        self.mend(state, group, position)
    }

    /// Adds a project and those that it needs, if the result is feasible and passes the test; returns true on success.
    fn add_if(
        &self,
        state: &mut State,
        group: usize,
        position: usize,
        passes: impl FnOnce(&State) -> bool,
    ) -> bool {
        let effect = &self.effects[group][position];
        self.look_at(effect.rows.len());
        // Most additions fail on a single row; look before copying.
        if !effect.is_tied && !self.has_room_for(state, effect) {
            return false;
        }
        self.look_at(state.activity.len());
        self.attempt(state, |next| {
            self.set(next, group, Some(position));
            (!effect.is_tied || self.mend(next, group, position)) && passes(next)
        })
    }

    fn look_at(&self, numbers: usize) {
        self.looked.set(self.looked.get() + numbers as u64);
    }

    fn has_room_for(&self, state: &State, effect: &Effect) -> bool {
        effect.rows.iter().all(|&(row, factor)| self.fits(state, row, factor))
    }

    fn fits(&self, state: &State, row: usize, factor: f64) -> bool {
        let activity = state.activity[row] + factor;
        self.bounds[row].0 <= activity && activity <= self.bounds[row].1
    }

    /// Repairs rows after `moved` was added as `alternative`, or dropped: adds projects that a row lacks if it was
    /// added, drops surplus ones if it was dropped. `false` if that fails.
    fn mend(&self, state: &mut State, moved: usize, alternative: usize) -> bool {
        let mut open = self.spare_rows.take();
        open.clear();
        open.extend(self.rows_of(moved, alternative));
        let holds = self.mend_rows(state, &mut open, moved);
        self.spare_rows.replace(open);
        holds
    }

    /// Mends the open rows, and the rows of projects added or dropped for it.
    fn mend_rows(&self, state: &mut State, open: &mut Vec<usize>, moved: usize) -> bool {
        let adds = state.taken[moved].is_some();
        for _ in 0..MAX_REPAIR_MOVES {
            let is_broken = |&row: &usize| {
                state.activity[row] > self.bounds[row].1 || state.activity[row] < self.bounds[row].0
            };
            let Some(row) = open.iter().copied().find(is_broken) else { return true };
            let sign = if state.activity[row] > self.bounds[row].1 { -1.0 } else { 1.0 };
            let helper = self.users[row].iter().find(|&&(group, position, factor)| {
                group != moved
                    && if adds {
                        state.taken[group].is_none() && factor * sign > 0.0
                    } else {
                        state.taken[group] == Some(position) && factor * sign < 0.0
                    }
            });
            let Some(&(group, position, _)) = helper else { return false };
            self.set(state, group, adds.then_some(position));
            open.extend(self.rows_of(group, position));
        }
        false
    }

    fn rows_of(&self, group: usize, position: usize) -> impl Iterator<Item = usize> {
        self.effects[group][position].rows.iter().map(|&(row, _)| row)
    }

    /// Adds, shifts and swaps until nothing improves.
    fn climb(&mut self, state: &mut State, pool: &mut Pool<Taken>) {
        self.fill(state);
        self.keep(state, pool);
        while !self.is_spent() && self.improve(state) {
            self.fill(state);
            self.keep(state, pool);
        }
    }

    fn is_spent(&self) -> bool {
        self.looked.get() > self.allowed
    }

    /// Adds all that fits, best reduced value first.
    fn fill(&self, state: &mut State) {
        for &(group, position) in &self.by_reduced {
            // Projects that it pulls along may cost more than the project gains.
            if state.taken[group].is_none() && self.effects[group][position].objective > 0.0 {
                let before = state.objective;
                self.add_if(state, group, position, |next| next.objective > before);
            }
        }
    }

    /// Makes the first swap or shift that gains; returns true if there was one.
    fn improve(&self, state: &mut State) -> bool {
        (0..self.effects.len()).any(|out| {
            let Some(position) = state.taken[out] else { return false };
            self.look_at(2 * state.activity.len());
            let before = state.objective;
            self.attempt(state, |next| self.exchange(next, out, position, before))
        })
    }

    /// Replaces a project by another, or by another start, if that gains; returns true if it did.
    fn exchange(&self, state: &mut State, out: usize, position: usize, before: f64) -> bool {
        let least = MIN_IMPROVEMENT * before.abs();
        let gains = |next: &State| next.objective > before + least && self.is_feasible(next);
        self.set(state, out, None);
        let stands_alone = self.rows_of(out, position).all(|row| self.fits(state, row, 0.0));
        if !stands_alone && !self.attempt(state, |next| self.mend(next, out, position)) {
            // A start may be moved even where the project cannot be dropped.
            return (0..self.effects[out].len()).any(|position| {
                self.attempt(state, |next| {
                    self.set(next, out, Some(position));
                    gains(next)
                })
            });
        }
        let missing = before - state.objective;
        self.by_reduced.iter().any(|&(entering, position)| {
            let effect = &self.effects[entering][position];
            // A project pulled along may add to the gain, so that only independent newcomers can be ruled out by their
            // own.
            state.taken[entering].is_none()
                && (effect.objective - missing > least || effect.is_tied)
                && self.add_if(state, entering, position, gains)
        })
    }

    /// Drops a few projects at random, moves the start of one and adds one that was out.
    fn disturb(&mut self, state: &mut State) {
        let groups = self.effects.len();
        let drops = 1 + self.chance.below(4);
        for _ in 0..drops {
            let Some(unlucky) = self.chance.any(groups, |group| state.taken[group].is_some()) else { break };
            self.attempt(state, |next| self.remove(next, unlucky));
        }
        let movable = |group: usize| state.taken[group].is_some() && self.effects[group].len() > 1;
        if let Some(group) = self.chance.any(groups, movable) {
            // Another start may make room for others, even if it is worth less.
            let position = self.chance.below(self.effects[group].len());
            self.attempt(state, |next| {
                self.set(next, group, Some(position));
                self.is_feasible(next)
            });
        }
        if let Some(lucky) = self.chance.any(groups, |group| state.taken[group].is_none()) {
            let position = self.chance.below(self.effects[lucky].len());
            self.add_if(state, lucky, position, |_| true);
        }
    }

    fn keep(&self, state: &State, pool: &mut Pool<Taken>) {
        let projects = self.projects_of(state);
        let tie = TieBreak::by_objective(state.objective);
        if pool.lacks(&projects, &tie) && self.is_feasible(state) {
            let solution = state.taken.clone();
            pool.add(Candidate { objective: state.objective, tie, projects, solution });
        }
    }
}

/// Effect of a start option and its share column together.
fn effect_of(
    one: &StartOption,
    program: &Program,
    of_column: &ByColumn<Vec<(usize, f64)>>,
    guide: &Guide,
) -> Effect {
    let mut sums = std::collections::BTreeMap::new();
    let both = if one.share == one.chosen { vec![one.chosen] } else { vec![one.chosen, one.share] };
    for &(row, factor) in both.iter().flat_map(|&column| &of_column[column]) {
        *sums.entry(row).or_insert(0.0) += factor;
    }
    let rows: Vec<(usize, f64)> = sums.into_iter().filter(|&(_, factor)| factor != 0.0).collect();
    let objective = both.iter().map(|&column| program.columns[column].objective).sum::<f64>();
    let price: f64 = rows.iter().map(|&(row, factor)| factor * guide.prices[RowIx::new(row)]).sum();
    Effect { rows, objective, reduced: objective - price, relaxed: guide.values[one.chosen], is_tied: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::model::program::{Column, Row};

    /// 12 projects of random worth under two limits; with `tied`, 3 needs 7 and 9 excludes 2.
    fn program(tied: bool, chance: &mut SplitMix64) -> Program {
        let mut number = |below: usize| 1.0 + chance.below(below) as f64;
        let column = |objective| Column { lower: 0.0, upper: 1.0, is_integer: true, objective };
        let columns = (0..12).map(|_| column(number(50))).collect();
        let limit = |factors: Vec<f64>| {
            let half = 0.5 * factors.iter().sum::<f64>();
            Row::numbered(factors.into_iter().enumerate(), f64::NEG_INFINITY, half)
        };
        let mut rows = vec![
            limit((0..12).map(|_| number(20)).collect()),
            limit((0..12).map(|position| if position % 3 == 0 { number(20) } else { 0.0 }).collect()),
        ];
        if tied {
            rows.push(Row::numbered([(3, 1.0), (7, -1.0)], f64::NEG_INFINITY, 0.0));
            rows.push(Row::numbered([(9, 1.0), (2, 1.0)], f64::NEG_INFINITY, 1.0));
        }
        Program { columns, rows: rows.into() }
    }

    fn holds(program: &Program, taken: &Taken) -> bool {
        let is_in = |column: usize| f64::from(u8::from(taken[column].is_some()));
        program.rows.iter().all(|row| {
            let sum: f64 = row.terms.iter().map(|&(column, factor)| factor * is_in(column.index())).sum();
            sum <= row.upper
        })
    }

    /// Feasible neighbours: one project added, dropped or swapped.
    fn neighbours(program: &Program, taken: &Taken) -> Vec<(f64, Taken)> {
        let mut found: Vec<(f64, Taken)> = Vec::new();
        let changes = || (0..taken.len()).map(Some).chain([None]);
        for (out, entering) in changes().flat_map(|out| changes().map(move |entering| (out, entering))) {
            let mut next = taken.clone();
            let is_change = out.is_none_or(|out| next[out].take().is_some())
                && entering
                    .is_none_or(|entering| next[entering].replace(0).is_none() && Some(entering) != out)
                && (out, entering) != (None, None);
            if is_change && holds(program, &next) {
                let columns = program.columns.iter().zip(&next);
                let objective =
                    columns.filter(|(_, position)| position.is_some()).map(|(column, _)| column.objective);
                found.push((objective.sum(), next));
            }
        }
        found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        found
    }

    #[test]
    fn all_neighbours_of_a_selection_are_met() {
        let mut chance = SplitMix64::default();
        for round in 0..40 {
            let program = program(round % 2 == 1, &mut chance);
            let problem = Problem::of_program(&program);
            let guide = Guide { values: [0.5; 12].into(), prices: vec![0.0; program.rows.len()].into() };
            let mut search = LocalSearch::new(&problem, &guide);
            let mut met = Pool::default();
            search.run(3, &mut met);
            let taken = met.candidates()[0].solution.clone();
            let mut pool = Pool::default();
            search.add_neighbours(&taken, &mut pool);
            let expected = neighbours(&program, &taken);
            let mut found: Vec<(f64, Taken)> =
                pool.candidates().iter().map(|one| (one.objective, one.solution.clone())).collect();
            found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
            // A tied project may bring more along than one project; additional neighbours count as well.
            found.retain(|(_, one)| expected.iter().any(|(_, other)| one == other));
            assert_eq!(found, expected, "round {round}");
        }
    }
}
