//! Good selections, fast: an iterated local search (Lourenço, Martin and Stützle 2003) made for project selection.
//!
//! A move adds, drops, swaps or shifts projects together with whatever their dependencies pull along; whether it is
//! feasible is read off the slack of the rows it touches. Everything is counted, nothing is timed, so that equal
//! problems get equal answers on any machine. It proves nothing: bounds come from elsewhere.

use crate::domain::{Choice, Decision, DependencyKind, Portfolio, Selection};
use crate::finance::Valuation;
use crate::units::Share;

use super::formulate::Formulation;
use super::pool::{Candidate, Pool};
use super::random::Chance;
use super::solve::Relaxation;

/// How far a row may be exceeded by rounding, in the program's own scale.
const SLACK: f64 = 1e-9;

/// The state of the search: which start of each project is chosen, and what that uses of every row.
#[derive(Clone, Debug)]
struct State {
    chosen: Vec<Option<usize>>,
    activity: Vec<f64>,
    objective: f64,
}

/// What a start of a project adds to the rows and the objective when it is fully funded.
#[derive(Clone, Debug, Default)]
struct StartColumn {
    rows: Vec<(usize, f64)>,
    objective: f64,
    /// Objective less what the rows it uses are worth in the relaxation.
    reduced: f64,
    relaxed: f64,
}

/// The problem in the shape that moves need.
pub struct LocalSearch<'a> {
    formulation: &'a Formulation,
    bounds: Vec<(f64, f64)>,
    columns: Vec<Vec<StartColumn>>,
    /// Projects that must come along when one is added.
    pulls: Vec<Vec<usize>>,
    /// Projects that must leave along when one is dropped.
    pushes: Vec<Vec<usize>>,
    required: Vec<bool>,
    chance: Chance,
}

impl<'a> LocalSearch<'a> {
    /// Prepares a search; the relaxation guides it.
    pub fn new(formulation: &'a Formulation, valuation: &Valuation, relaxation: &Relaxation) -> Self {
        let portfolio = valuation.portfolio();
        let program = &formulation.program;
        let mut by_column: Vec<Vec<(usize, f64)>> = vec![Vec::new(); program.columns.len()];
        for (position, row) in program.rows.iter().enumerate() {
            for &(column, coefficient) in &row.terms {
                by_column[column].push((position, coefficient));
            }
        }
        let columns = (0..portfolio.projects().len())
            .map(|project| start_columns(formulation, &by_column, relaxation, project))
            .collect();
        let (pulls, pushes) = dependency_closures(portfolio);
        let bounds = program.rows.iter().map(|row| (row.lower - SLACK, row.upper + SLACK)).collect();
        let required =
            valuation.scenario().decisions.iter().map(|&decision| decision == Decision::In).collect();
        Self { formulation, bounds, columns, pulls, pushes, required, chance: Chance::default() }
    }

    /// Searches from the rounded relaxation for a number of rounds, and adds what it meets to the pool.
    pub fn run(&mut self, rounds: usize, pool: &mut Pool) {
        let Some(mut best) = self.rounded_relaxation() else { return };
        self.climb(&mut best, pool);
        let mut current = best.clone();
        for _ in 0..rounds {
            let mut next = current.clone();
            self.disturb(&mut next);
            self.climb(&mut next, pool);
            // A slightly worse state may lead on to a better one; a much worse one is given up.
            let tolerated = 0.002 * best.objective.abs();
            if next.objective > best.objective {
                best = next.clone();
            }
            current = if next.objective >= best.objective - tolerated { next } else { best.clone() };
        }
    }

    /// Adds every feasible neighbour of a selection to the pool: what is left when one project is added, dropped or swapped.
    pub fn add_neighbours(&self, selection: &Selection, pool: &mut Pool) {
        let Some(state) = self.state_of(selection) else { return };
        let projects = self.columns.len();
        for out in (0..projects).map(Some).chain([None]) {
            if out.is_some_and(|out| state.chosen[out].is_none()) {
                continue;
            }
            let mut without = state.clone();
            if let Some(out) = out {
                self.drop_project(&mut without, out);
                self.keep(&without, pool);
            }
            for entering in 0..projects {
                if Some(entering) == out || state.chosen[entering].is_some() {
                    continue;
                }
                for start in 0..self.columns[entering].len() {
                    if let Some(next) = self.with_project(&without, entering, start) {
                        self.keep(&next, pool);
                    }
                }
            }
        }
    }

    /// The program's values of a selection.
    pub fn values_of(formulation: &Formulation, selection: &Selection) -> Vec<f64> {
        let mut values = vec![0.0; formulation.program.columns.len()];
        for choice in selection.choices() {
            let starts = formulation.starts_of(choice.project);
            if let Some(start) = starts.iter().find(|start| start.start == choice.start) {
                values[start.chosen] = 1.0;
                values[start.share] = choice.share.value();
            }
        }
        values
    }

    fn empty(&self) -> State {
        State {
            chosen: vec![None; self.columns.len()],
            activity: vec![0.0; self.bounds.len()],
            objective: 0.0,
        }
    }

    fn state_of(&self, selection: &Selection) -> Option<State> {
        let mut state = self.empty();
        for choice in selection.choices() {
            let starts = self.formulation.starts_of(choice.project);
            let start = starts.iter().position(|start| start.start == choice.start)?;
            self.set(&mut state, choice.project, Some(start));
        }
        Some(state)
    }

    /// Adds projects in the order of their value in the relaxation, then of their reduced value.
    fn rounded_relaxation(&self) -> Option<State> {
        let mut state = self.empty();
        let mut order: Vec<(usize, usize)> = (0..self.columns.len())
            .flat_map(|project| (0..self.columns[project].len()).map(move |start| (project, start)))
            .collect();
        let key = |&(project, start): &(usize, usize)| {
            let column = &self.columns[project][start];
            (-column.relaxed, -column.reduced)
        };
        order.sort_by(|left, right| {
            let ((left, left_reduced), (right, right_reduced)) = (key(left), key(right));
            left.total_cmp(&right).then(left_reduced.total_cmp(&right_reduced))
        });
        for required in [true, false] {
            for &(project, start) in &order {
                if self.required[project] == required && state.chosen[project].is_none() {
                    self.try_add(&mut state, project, start, required);
                }
            }
        }
        self.is_feasible(&state).then_some(state)
    }

    fn is_feasible(&self, state: &State) -> bool {
        let rows = self.bounds.iter().zip(&state.activity);
        rows.into_iter().all(|(&(lower, upper), &activity)| lower <= activity && activity <= upper)
    }

    fn set(&self, state: &mut State, project: usize, start: Option<usize>) {
        for (from, sign) in [(state.chosen[project], -1.0), (start, 1.0)] {
            if let Some(from) = from {
                let column = &self.columns[project][from];
                for &(row, factor) in &column.rows {
                    state.activity[row] += sign * factor;
                }
                state.objective += sign * column.objective;
            }
        }
        state.chosen[project] = start;
    }

    fn drop_project(&self, state: &mut State, project: usize) {
        self.set(state, project, None);
        for &follower in &self.pushes[project] {
            self.set(state, follower, None);
        }
    }

    /// Adds a project (and what it pulls along), or leaves the state as it was if that is not feasible.
    ///
    /// While required projects are being added the rows that demand the others cannot hold yet: then only the
    /// upper sides count.
    fn try_add(&self, state: &mut State, project: usize, start: usize, upper_only: bool) -> bool {
        let newcomers = self.pulls[project].iter().copied().filter(|&other| state.chosen[other].is_none());
        let newcomers: Vec<usize> = newcomers.collect();
        if newcomers.iter().any(|&other| self.columns[other].is_empty()) {
            return false;
        }
        self.set(state, project, Some(start));
        for &other in &newcomers {
            self.set(state, other, Some(0));
        }
        let fits = |&(row, _): &(usize, f64)| {
            let (lower, upper) = self.bounds[row];
            state.activity[row] <= upper && (upper_only || state.activity[row] >= lower)
        };
        let column_of = |member: usize, start: usize| &self.columns[member][start].rows;
        let feasible = column_of(project, start).iter().all(fits)
            && newcomers.iter().all(|&other| column_of(other, 0).iter().all(fits));
        if !feasible {
            self.set(state, project, None);
            for &other in &newcomers {
                self.set(state, other, None);
            }
        }
        feasible
    }

    fn with_project(&self, state: &State, project: usize, start: usize) -> Option<State> {
        // Most additions fail on a single row; look before copying.
        let column = &self.columns[project][start];
        let blocked = column.rows.iter().any(|&(row, factor)| {
            factor > 0.0
                && self.pulls[project].is_empty()
                && state.activity[row] + factor > self.bounds[row].1
        });
        if blocked {
            return None;
        }
        let mut next = state.clone();
        self.try_add(&mut next, project, start, false).then_some(next)
    }

    /// Adds, shifts and swaps until nothing improves.
    fn climb(&mut self, state: &mut State, pool: &mut Pool) {
        self.fill(state);
        self.keep(state, pool);
        while self.improve(state) {
            self.fill(state);
            self.keep(state, pool);
        }
    }

    /// Adds whatever fits, best reduced value first.
    fn fill(&self, state: &mut State) {
        let mut open: Vec<(usize, usize)> = (0..self.columns.len())
            .filter(|&project| state.chosen[project].is_none())
            .flat_map(|project| (0..self.columns[project].len()).map(move |start| (project, start)))
            .filter(|&(project, start)| self.columns[project][start].objective > 0.0)
            .collect();
        let reduced = |&(project, start): &(usize, usize)| self.columns[project][start].reduced;
        open.sort_by(|left, right| reduced(right).total_cmp(&reduced(left)));
        for (project, start) in open {
            // What is pulled along may cost more than the project brings.
            if state.chosen[project].is_none()
                && let Some(next) = self.with_project(state, project, start)
                && next.objective > state.objective
            {
                *state = next;
            }
        }
    }

    /// Makes the first swap or shift that gains; tells whether there was one.
    fn improve(&self, state: &mut State) -> bool {
        for out in 0..self.columns.len() {
            if state.chosen[out].is_none() {
                continue;
            }
            let mut without = state.clone();
            self.drop_project(&mut without, out);
            let missing = state.objective - without.objective;
            for entering in 0..self.columns.len() {
                if without.chosen[entering].is_some() {
                    continue;
                }
                for start in 0..self.columns[entering].len() {
                    // Something pulled along may add to the gain, so only lone newcomers can be ruled out by theirs.
                    let gain = self.columns[entering][start].objective - missing;
                    if gain <= 1e-9 * state.objective.abs() && self.pulls[entering].is_empty() {
                        continue;
                    }
                    if let Some(next) = self.with_project(&without, entering, start)
                        && next.objective > state.objective + 1e-9 * state.objective.abs()
                        && self.is_feasible(&next)
                    {
                        *state = next;
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Drops a few projects at random, moves the start of one and adds one that was out.
    fn disturb(&mut self, state: &mut State) {
        let drops = 1 + self.chance.below(4);
        for _ in 0..drops {
            let inside: Vec<usize> = (0..state.chosen.len())
                .filter(|&project| state.chosen[project].is_some() && !self.required[project])
                .collect();
            if inside.is_empty() {
                break;
            }
            let unlucky = inside[self.chance.below(inside.len())];
            let mut without = state.clone();
            self.drop_project(&mut without, unlucky);
            if self.is_feasible(&without) {
                *state = without;
            }
        }
        self.shift_one(state);
        let outside: Vec<usize> = (0..state.chosen.len())
            .filter(|&project| state.chosen[project].is_none() && !self.columns[project].is_empty())
            .collect();
        if !outside.is_empty() {
            let lucky = outside[self.chance.below(outside.len())];
            let start = self.chance.below(self.columns[lucky].len());
            self.try_add(state, lucky, start, false);
        }
    }

    /// Moves a random project to another of its starts, if that is feasible: it may make room for others.
    fn shift_one(&mut self, state: &mut State) {
        let movable: Vec<usize> = (0..state.chosen.len())
            .filter(|&project| state.chosen[project].is_some() && self.columns[project].len() > 1)
            .collect();
        if movable.is_empty() {
            return;
        }
        let project = movable[self.chance.below(movable.len())];
        let start = self.chance.below(self.columns[project].len());
        let mut shifted = state.clone();
        self.set(&mut shifted, project, Some(start));
        if self.is_feasible(&shifted) {
            *state = shifted;
        }
    }

    fn keep(&self, state: &State, pool: &mut Pool) {
        if pool.welcomes(state.objective) && self.is_feasible(state) {
            let choices = state.chosen.iter().enumerate().filter_map(|(project, start)| {
                let start = self.formulation.starts_of(project)[(*start)?].start;
                Some(Choice { project, start, share: Share::ONE })
            });
            pool.add(Candidate::new(state.objective, Selection::new(choices)));
        }
    }
}

fn start_columns(
    formulation: &Formulation,
    by_column: &[Vec<(usize, f64)>],
    relaxation: &Relaxation,
    project: usize,
) -> Vec<StartColumn> {
    let column = |start: &super::formulate::StartColumns| {
        let mut sums = std::collections::BTreeMap::new();
        let both =
            if start.share == start.chosen { vec![start.chosen] } else { vec![start.chosen, start.share] };
        for &(row, factor) in both.iter().flat_map(|&column| &by_column[column]) {
            *sums.entry(row).or_insert(0.0) += factor;
        }
        let rows: Vec<(usize, f64)> = sums.into_iter().filter(|&(_, factor)| factor != 0.0).collect();
        let objective = both.iter().map(|&column| formulation.program.columns[column].objective).sum::<f64>();
        let price: f64 = rows.iter().map(|&(row, factor)| factor * relaxation.prices[row]).sum();
        let relaxed = relaxation.values[start.chosen];
        StartColumn { rows, objective, reduced: objective - price, relaxed }
    };
    formulation.starts_of(project).iter().map(column).collect()
}

/// Per project: whom its dependencies pull along when it is added, and who must leave when it is dropped.
fn dependency_closures(portfolio: &Portfolio) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let count = portfolio.projects().len();
    let mut needs: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut needed_by: Vec<Vec<usize>> = vec![Vec::new(); count];
    for dependency in portfolio.dependencies() {
        let (this, other) = (dependency.project, dependency.other);
        match dependency.kind {
            DependencyKind::Excludes => continue,
            DependencyKind::Together => {
                needs[other].push(this);
                needed_by[this].push(other);
            }
            DependencyKind::Requires | DependencyKind::After { .. } => {}
        }
        needs[this].push(other);
        needed_by[other].push(this);
    }
    (closure(&needs), closure(&needed_by))
}

fn closure(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let reach = |from: usize| {
        let mut seen = vec![false; edges.len()];
        let mut open = vec![from];
        while let Some(node) = open.pop() {
            for &next in &edges[node] {
                if !std::mem::replace(&mut seen[next], true) {
                    open.push(next);
                }
            }
        }
        (0..edges.len()).filter(|&node| seen[node] && node != from).collect()
    };
    (0..edges.len()).map(reach).collect()
}
