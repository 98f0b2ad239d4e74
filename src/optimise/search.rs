//! The ranked options of a scenario: the best selection, then the next best that are different enough.
//!
//! Known selections (from the local search and from earlier solves) and proven bounds are carried from option to
//! option: an option that is already known and proven to the gap needs no solve of its own.

use crate::domain::{Goal, Measure, Selection, SelectionSettings, Sense, Solver};
use crate::finance::Valuation;
use crate::progress::CancelToken;

use super::decode::decode;
use super::enumerate::{Enumeration, Judge, enumerate};
use super::formulate::Formulation;
use super::local_search::LocalSearch;
use super::outcome::{FoundOption, OptimiseError, Proof, ScenarioOptions, ScenarioStatus};
use super::pool::Pool;
use super::solve::{Relaxation, SolveError, SolveLimits, SolveOutcome, Termination, relax, solve};
use super::tree::Tree;

/// Rounds of the local search before the first option.
const ROUNDS: usize = 300;

/// How often a solver's selection may fail the recheck by a hair's breadth before the solver is called broken.
const RECHECKS: usize = 50;

/// A gap that exceeds what was asked for by no more than this is rounding: shares are kept to nine digits.
const GAP_ROUNDING: f64 = 1e-8;

impl From<SolveError> for OptimiseError {
    fn from(error: SolveError) -> Self {
        match error {
            SolveError::Cancelled => Self::Cancelled,
            SolveError::Failed(message) => Self::Solver(message),
        }
    }
}

/// Finds the options of a scenario.
///
/// # Errors
/// If it is asked to stop, or the solver fails.
pub fn find_options(
    valuation: &Valuation,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<ScenarioOptions, OptimiseError> {
    let formulation = Formulation::new(valuation);
    let goal = &valuation.scenario().goal;
    let (terms, scales, scales_proven) = match goal {
        Goal::Single { sense, measure } => (vec![(*measure, sense.sign())], Vec::new(), true),
        Goal::Mix(parts) => match mix_scales(valuation, &formulation, parts, settings, cancel)? {
            MixScales::Known { scales, proven } => {
                let scaled = |(&(measure, weight), (_, best)): (&(Measure, f64), &(Measure, f64))| {
                    (measure, weight / best)
                };
                (parts.iter().zip(&scales).map(scaled).collect(), scales, proven)
            }
            MixScales::None(status) => {
                return Ok(ScenarioOptions { status, options: Vec::new(), scales: Vec::new() });
            }
        },
    };
    let mut search = Search::new(valuation, formulation, &terms, settings, cancel);
    let status = search.run(valuation.scenario().options)?;
    let status = if scales_proven { status } else { weaker(status) };
    let options = search.into_options(goal.sense());
    Ok(ScenarioOptions { status, options, scales })
}

fn weaker(status: ScenarioStatus) -> ScenarioStatus {
    if status == ScenarioStatus::Optimal { ScenarioStatus::Feasible } else { status }
}

/// What the measures of a mixed objective are divided by.
enum MixScales {
    Known { scales: Vec<(Measure, f64)>, proven: bool },
    None(ScenarioStatus),
}

/// Finds the best that each measure of a mix reaches alone. Where that is 0 the measure is used as it is.
fn mix_scales(
    valuation: &Valuation,
    formulation: &Formulation,
    parts: &[(Measure, f64)],
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<MixScales, OptimiseError> {
    let mut scales = Vec::with_capacity(parts.len());
    let mut proven = true;
    for &(measure, _) in parts {
        let mut alone = Search::new(valuation, formulation.clone(), &[(measure, 1.0)], settings, cancel);
        let status = alone.run(1)?;
        let Some(best) = alone.found.first() else { return Ok(MixScales::None(status)) };
        let best = valuation.total(measure, &best.selection).abs();
        scales.push((measure, if best > 0.0 { best } else { 1.0 }));
        proven &= status == ScenarioStatus::Optimal;
    }
    Ok(MixScales::Known { scales, proven })
}

/// An option in the program's own terms: more is better.
#[derive(Clone, Debug)]
struct Found {
    selection: Selection,
    objective: f64,
    bound: f64,
}

struct Search<'a> {
    formulation: Formulation,
    judge: Judge<'a>,
    settings: SelectionSettings,
    cancel: &'a CancelToken,
    found: Vec<Found>,
}

impl<'a> Search<'a> {
    fn new(
        valuation: &'a Valuation<'a>,
        mut formulation: Formulation,
        terms: &[(Measure, f64)],
        settings: &SelectionSettings,
        cancel: &'a CancelToken,
    ) -> Self {
        formulation.set_objective(terms, valuation);
        let judge = Judge { valuation, terms: terms.to_vec(), pool: Pool::default() };
        Self { formulation, judge, settings: *settings, cancel, found: Vec::new() }
    }

    /// Looks for up to `options` options: in one tree if the problem is small enough for it, and option by option
    /// with the solver if it is not, or the tree gave up.
    fn run(&mut self, options: usize) -> Result<ScenarioStatus, OptimiseError> {
        let Some(relaxation) = relax(&self.formulation.program, self.cancel)? else {
            return Ok(ScenarioStatus::Infeasible);
        };
        self.fill_pool(&relaxation);
        if self.tries_tree() {
            match enumerate(&self.formulation, &mut self.judge, options, &self.settings, self.cancel) {
                Enumeration::Complete { ceiling } => {
                    return Ok(self.take_from_pool(options, ceiling.min(relaxation.objective)));
                }
                Enumeration::Cancelled => return Err(OptimiseError::Cancelled),
                Enumeration::Limit if self.settings.solver == Solver::Search => {
                    return Ok(self.take_what_is_known(options, relaxation.objective));
                }
                Enumeration::Limit => {}
            }
        }
        self.solve_one_by_one(options, relaxation.objective)
    }

    fn tries_tree(&self) -> bool {
        match self.settings.solver {
            Solver::Highs => false,
            Solver::Auto => Tree::fits(&self.formulation.program),
            // Without columns there is nothing to branch on.
            Solver::Search => !self.formulation.program.columns.is_empty(),
        }
    }

    /// Takes the options from a pool that lacks no selection above `ceiling`.
    fn take_from_pool(&mut self, options: usize, ceiling: f64) -> ScenarioStatus {
        let spread = self.judge.pool.spread(options, self.settings.min_difference);
        self.found = (spread.into_iter())
            .map(|candidate| Found {
                selection: candidate.selection.clone(),
                objective: candidate.objective,
                bound: ceiling.max(candidate.objective),
            })
            .collect();
        if self.found.is_empty() {
            ScenarioStatus::Infeasible
        } else if self.found.iter().all(|found| self.is_proven(found)) {
            ScenarioStatus::Optimal
        } else {
            ScenarioStatus::Feasible
        }
    }

    /// Takes the options from a pool of which only an upper bound is known: what it lacks may exist all the same.
    fn take_what_is_known(&mut self, options: usize, bound: f64) -> ScenarioStatus {
        match self.take_from_pool(options, bound) {
            ScenarioStatus::Infeasible => ScenarioStatus::Unknown,
            ScenarioStatus::Optimal if self.found.len() < options => ScenarioStatus::Feasible,
            status => status,
        }
    }

    /// Asks the solver for one option after the other.
    fn solve_one_by_one(&mut self, options: usize, mut bound: f64) -> Result<ScenarioStatus, OptimiseError> {
        let mut status = ScenarioStatus::Optimal;
        while self.found.len() < options {
            match self.next_option(bound)? {
                Next::Found(found) => {
                    bound = found.bound;
                    if !self.is_proven(&found) {
                        status = ScenarioStatus::Feasible;
                    }
                    self.found.push(found);
                }
                Next::NoMore if self.found.is_empty() => return Ok(ScenarioStatus::Infeasible),
                Next::NoMore => break,
                Next::Unknown if self.found.is_empty() => return Ok(ScenarioStatus::Unknown),
                Next::Unknown => return Ok(ScenarioStatus::Feasible),
            }
        }
        Ok(status)
    }

    /// Runs the local search and keeps what passes the recheck.
    fn fill_pool(&mut self, relaxation: &Relaxation) {
        let mut local = LocalSearch::new(&self.formulation, self.judge.valuation, relaxation);
        let mut pool = Pool::default();
        local.run(ROUNDS, &mut pool);
        let best: Vec<Selection> =
            pool.candidates().iter().take(20).map(|candidate| candidate.selection.clone()).collect();
        for selection in &best {
            local.add_neighbours(selection, &mut pool);
        }
        for candidate in pool.candidates() {
            self.judge.keep(candidate.selection.clone());
        }
    }

    fn is_proven(&self, found: &Found) -> bool {
        gap(found.objective, found.bound) <= self.settings.gap + GAP_ROUNDING
    }

    /// Finds the best selection that is far enough from all found so far, none of which is better than `bound`.
    fn next_option(&mut self, bound: f64) -> Result<Next, OptimiseError> {
        let known = self.best_known(bound);
        if let Some(known) = known.filter(|known| self.is_proven(known)) {
            return Ok(Next::Found(known));
        }
        let rows = self.formulation.program.rows.len();
        self.demand_difference();
        let next = self.solve_checked(bound);
        self.formulation.program.rows.truncate(rows);
        next
    }

    fn demand_difference(&mut self) {
        for found in &self.found {
            let row = self.formulation.difference_row(&found.selection, self.settings.min_difference);
            self.formulation.program.rows.push(row);
        }
    }

    /// Solves the program as it stands; a selection that fails the recheck is forbidden and the solve repeated.
    fn solve_checked(&mut self, bound: f64) -> Result<Next, OptimiseError> {
        for _ in 0..RECHECKS {
            let outcome = self.solve_from_best_known()?;
            let bound = bound.min(outcome.bound);
            match (outcome.termination, outcome.values) {
                (Termination::Infeasible, _) => {
                    // What is known was rechecked, so the solver missed it within its tolerance.
                    return Ok(self.best_known(bound).map_or(Next::NoMore, Next::Found));
                }
                (_, None) => return Ok(self.best_known(bound).map_or(Next::Unknown, Next::Found)),
                (_, Some(values)) => {
                    let selection = decode(&self.formulation, &values);
                    if self.judge.keep(selection.clone()) {
                        return Ok(self.best_known(bound).map_or(Next::Unknown, Next::Found));
                    }
                    let row = self.formulation.exclusion_row(&selection);
                    self.formulation.program.rows.push(row);
                }
            }
        }
        Err(OptimiseError::Solver("its selections keep failing the recheck against the limits".to_owned()))
    }

    fn solve_from_best_known(&self) -> Result<SolveOutcome, SolveError> {
        let limits = SolveLimits {
            gap: self.settings.gap,
            time: self.settings.time_limit,
            nodes: self.settings.work_limit,
        };
        let start = (self.best_known(f64::INFINITY))
            .map(|known| LocalSearch::values_of(&self.formulation, &known.selection));
        solve(&self.formulation.program, &limits, start.as_deref(), self.cancel)
    }

    /// The best selection known that is far enough from all found so far.
    fn best_known(&self, bound: f64) -> Option<Found> {
        let others: Vec<Selection> = self.found.iter().map(|found| found.selection.clone()).collect();
        let candidate = self.judge.pool.best_beside(&others, self.settings.min_difference)?;
        Some(Found {
            selection: candidate.selection.clone(),
            objective: candidate.objective,
            bound: bound.max(candidate.objective),
        })
    }

    /// The options in the order of their objective, each with the least bound that holds for it there.
    fn into_options(self, sense: Sense) -> Vec<FoundOption> {
        let mut order: Vec<usize> = (0..self.found.len()).collect();
        let objective = |&position: &usize| self.found[position].objective;
        order.sort_by(|left, right| objective(right).total_cmp(&objective(left)));
        let to_option = |place: usize| {
            let found = &self.found[order[place]];
            // The bound found for the n-th option supposes that only the n − 1 before it are ruled out, so it
            // holds at any place that comes after all of these.
            let supposed =
                (0..self.found.len()).take_while(|position| order[..place].contains(position)).count();
            let bound = self.found[supposed.min(self.found.len() - 1)].bound.max(found.objective);
            let gap = gap(found.objective, bound);
            let proof =
                if gap <= self.settings.gap + GAP_ROUNDING { Proof::Optimal } else { Proof::Feasible };
            FoundOption {
                selection: found.selection.clone(),
                objective: sense.sign() * found.objective,
                bound: sense.sign() * bound,
                gap,
                proof,
            }
        };
        (0..order.len()).map(to_option).collect()
    }
}

enum Next {
    /// This one, with the bound proven for it.
    Found(Found),
    /// There is none.
    NoMore,
    /// A limit was met before any was found.
    Unknown,
}

/// |bound − objective| / |objective|.
fn gap(objective: f64, bound: f64) -> f64 {
    let difference = (bound - objective).abs();
    if difference <= f64::MIN_POSITIVE { 0.0 } else { difference / objective.abs() }
}
