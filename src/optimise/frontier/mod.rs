//! The efficient frontier: all non-dominated points of two measures.
//!
//! Every reported point is feasible and dominated by no other. No feasible point beats the frontier by more than the
//! gap: between one point and the next, none has a second measure above the next one's by more than that, and none
//! has a first measure beyond the last one's by more. With a gap of 0 these are all non-dominated points.
//!
//! 1. The two ends take two solves each: the best of one measure, then the best of the other among those that have it.
//! 2. The segment between is filled by one tree that lists everything above the staircase of known points
//!    ([`above_staircase`]). Where that tree would be too large, the highest point beyond the middle is found, and the
//!    segments on either side of it are filled side by side in the same way ([`segment`]).
//! 3. Where no tree fits, segments are walked from point to point, with the same two solves for each.
//!
//! A stop keeps the points known by then: what is not filled keeps the bound of its segment. A grid asks for the best
//! at given levels only ([`grid`]).
//!
//! The way a segment is filled depends on nothing but its ends and the points known before it was split, so that
//! threads do not change a result.

mod above_staircase;
mod evaluator;
mod grid;
mod pareto;
mod proven;
mod segment;
mod subproblem;

use std::borrow::Cow;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use crate::domain::{Frontier, FrontierX, Goal, Measure, Scenario, Selection, SelectionSettings, Sense};
use crate::finance::Valuation;
use crate::progress::CancelToken;

use super::formulate::Formulation;
use super::formulate::payers::Payers;
use super::k_best::{gap, is_within, tries_tree};
use super::model::decisions::Problem;
use super::model::program::{ByColumn, Column, ColumnIx, Program, Row};
use super::outcome::{OptimiseError, Outcome, SolveStatus};
use super::result::{FrontierPoint, ProgramFrontier, ProgramPoint, ScenarioFrontier};
use super::scenario_model::ScenarioModel;
use super::verify::first_payers::with_first_payers;

use evaluator::{Measured, MeasuredProgram, MeasuredSelections};
use grid::Ends;
use pareto::{Part, Point, Region, Steps, bounds, non_dominated};
use proven::{Found, Proven};
use segment::{NODES_PER_PROBE, Segment, SegmentSearch, X, Y};
use subproblem::BiobjectiveModel;

/// Largest number of steps along a segment: where shares of projects can be funded, the frontier has continuous
/// stretches without end points.
const MAX_POINTS_PER_GAP: f64 = 200.0;

/// Finds the frontier of a scenario, in the order of the first measure as it is reported: all of it, or the levels of
/// its grid. The model's own objective is not used. A stop, and the frontier's own time limit, keep the points known by
/// then.
///
/// # Errors
/// If cancelled before any point is found, or if the solver fails.
pub fn find_frontier(
    model: &ScenarioModel,
    frontier: Frontier,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<ScenarioFrontier, OptimiseError> {
    let allowed = frontier.time_limit().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let within = cancel.until(allowed.and_then(|allowed| Instant::now().checked_add(allowed)));
    match find_within(model, frontier, settings, &within) {
        // Its own time limit is no stop.
        Err(OptimiseError::Cancelled) if !cancel.is_cancelled() => {
            let levels_open = frontier.grid().map_or(0, |grid| grid.points);
            Ok(ScenarioFrontier { status: SolveStatus::Unknown, points: Vec::new(), levels_open })
        }
        found => found,
    }
}

fn find_within(
    model: &ScenarioModel,
    frontier: Frontier,
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<ScenarioFrontier, OptimiseError> {
    let valuation = model.valuation;
    let (formulation, scale) = formulate(model, frontier);
    let (x, x_sign) = (frontier.x(), x_sign(frontier.x()));
    let y_sign = frontier.y_sense().sign();
    let y_terms = formulation.coefficients(&[(frontier.y(), y_sign)], valuation);
    let x_terms = match (x, scale) {
        (FrontierX::Measure(measure, _), _) => formulation.coefficients(&[(measure, x_sign)], valuation),
        (FrontierX::BudgetScale, scale) => {
            let of_column = |column: ColumnIx| if Some(column) == scale { -1.0 } else { 0.0 };
            formulation.program.columns.positions().map(of_column).collect()
        }
    };
    let problem = formulation.problem();
    let y = (frontier.y(), frontier.y_sense());
    let measured = MeasuredSelections { valuation, formulation: &formulation, x, y, scale };
    // Lines that share costs move measures in any parts, as shares of projects do.
    let has_shares = formulation.has_shares() || formulation.has_moved();
    let mut filling = SegmentSearch {
        uses_trees: tries_tree(problem.program, settings.solver) && !has_shares,
        space: BiobjectiveModel {
            program: problem.program,
            groups: problem.groups,
            slackable_rows: problem.slackable_rows,
            costs: problem.costs,
            overrates: problem.overrates,
            x: x_terms,
            y: y_terms,
            scale,
            measured,
            settings,
            cancel,
            steps: Steps::default(),
        },
        stride: 0.0,
    };
    let found = search(&mut filling, frontier, has_shares)?;
    Ok(as_reported(found, (x_sign, y_sign), |selection| paid_by_first(valuation, frontier, selection)))
}

/// Finds all points, or those of the grid, each by the first of the selections that have it.
fn search<M: Measured>(
    filling: &mut SegmentSearch<'_, M>,
    frontier: Frontier,
    has_shares: bool,
) -> Result<Found<M::Solution>, OptimiseError> {
    if let Some(grid) = frontier.grid() {
        let ends = Ends::of(grid, x_sign(frontier.x()), filling.space.scale.is_some());
        return grid::find(&mut filling.space, grid.points, ends);
    }
    let mut found = find(filling, has_shares)?;
    let space = &filling.space;
    // After a stop any selection of a point will do.
    let unsettled = found.points.par_iter_mut().with_max_len(1).filter(|_| !space.cancel.is_cancelled());
    unsettled.for_each(|proven| proven.point = space.first_of_equals(proven.point.clone()));
    Ok(found)
}

/// What was found in the measures as they are reported, by rising first measure, with selections as `finished`.
fn as_reported(
    found: Found<Selection>,
    (x_sign, y_sign): (f64, f64),
    finished: impl Fn(Selection) -> Selection,
) -> ScenarioFrontier {
    let mut points: Vec<FrontierPoint> = (found.points.into_iter())
        .map(|one| FrontierPoint {
            x: positive_zero(x_sign * one.point.at.x),
            y: positive_zero(y_sign * one.point.at.y),
            bound: positive_zero(y_sign * one.bound),
            gap: one.gap,
            status: one.status,
            selection: finished(one.point.solution),
        })
        .collect();
    if x_sign < 0.0 {
        points.reverse();
    }
    ScenarioFrontier { status: found.status, points, levels_open: found.levels_open }
}

/// Finds the frontier of a bare program of binary and bounded continuous columns: `x` and `y` hold the gain in either
/// measure per unit of each column; larger measures are better. The program's own objective is not used. Points are in
/// the order of the first measure.
///
/// # Errors
/// If cancelled, or if the solver fails.
pub fn program_frontier(
    program: &Program,
    x: &[f64],
    y: &[f64],
    settings: &SelectionSettings,
    cancel: &CancelToken,
) -> Result<ProgramFrontier, OptimiseError> {
    let rows = program.rows.iter().cloned().map(Row::scaled).collect();
    let scaled = Program { columns: program.columns.clone(), rows };
    let problem = Problem::of_program(&scaled);
    let measures_share = |(position, column): (usize, &Column)| {
        !column.is_integer && (x[position] != 0.0 || y[position] != 0.0)
    };
    let has_shares = scaled.columns.iter().enumerate().any(measures_share);
    let mut filling = SegmentSearch {
        uses_trees: tries_tree(&scaled, settings.solver) && !has_shares,
        space: BiobjectiveModel {
            program: &scaled,
            groups: problem.groups.clone(),
            slackable_rows: Vec::new(),
            costs: ByColumn::default(),
            overrates: false,
            x: x.to_vec().into(),
            y: y.to_vec().into(),
            scale: None,
            measured: MeasuredProgram { problem: &problem, x, y },
            settings,
            cancel,
            steps: Steps::default(),
        },
        stride: 0.0,
    };
    let found = find(&mut filling, has_shares)?;
    let points = found.points.into_iter().map(|one| ProgramPoint {
        x: one.point.at.x,
        y: one.point.at.y,
        bound: one.bound,
        gap: one.gap,
        status: one.status,
        values: one.point.solution.into_vec(),
    });
    Ok(ProgramFrontier { status: found.status, points: points.collect() })
}

/// Formulation that serves both measures, whatever the scenario's own goal is, and the column of the factor on all
/// budgets if that is the first measure.
fn formulate<'m>(model: &'m ScenarioModel, frontier: Frontier) -> (Cow<'m, Formulation>, Option<ColumnIx>) {
    let rewards_spending = |measure: Measure, sense: Sense| sense.sign() * measure.sign_of_spending() > 0.0;
    let by_x = matches!(frontier.x(), FrontierX::Measure(measure, sense) if rewards_spending(measure, sense));
    let by_y = rewards_spending(frontier.y(), frontier.y_sense());
    // A goal that rewards spending makes the program define bought units as exactly the units needed.
    let goal = Goal::Single { sense: Sense::Maximise, measure: Measure::Cost };
    let scenario = (by_x || by_y).then(|| Scenario { goal, ..model.valuation.scenario().clone() });
    let exact = scenario.as_ref().map(|scenario| model.valuation.under(scenario));
    let measures_lines = matches!(frontier.x(), FrontierX::Measure(Measure::Line(_), _))
        || matches!(frontier.y(), Measure::Line(_));
    let payers = if measures_lines { Payers::All } else { Payers::OfScenario };
    let valuation = exact.as_ref().unwrap_or(model.valuation);
    let measures = match frontier.x() {
        FrontierX::Measure(measure, _) => vec![measure, frontier.y()],
        FrontierX::BudgetScale => vec![frontier.y()],
    };
    let counts_all = measures.iter().all(|&measure| model.formulation.counts(measure));
    match frontier.x() {
        FrontierX::BudgetScale => {
            let (formulation, scale) = Formulation::with_budget_scale(valuation, payers, &measures);
            (Cow::Owned(formulation), Some(scale))
        }
        FrontierX::Measure(..) if exact.is_none() && !measures_lines && counts_all => {
            (Cow::Borrowed(&model.formulation), None)
        }
        FrontierX::Measure(..) => (Cow::Owned(Formulation::with_payers(valuation, payers, &measures)), None),
    }
}

/// The selection of a point with the first payers as written that leave the point where it is. Other payers need
/// another factor on budgets.
fn paid_by_first(valuation: &Valuation, frontier: Frontier, selection: Selection) -> Selection {
    let FrontierX::Measure(x, x_sense) = frontier.x() else { return selection };
    let goals = [[(x, x_sense.sign())], [(frontier.y(), frontier.y_sense().sign())]];
    with_first_payers(valuation, selection, &goals.each_ref().map(<[_; 1]>::as_slice), false)
}

fn x_sign(x: FrontierX) -> f64 {
    match x {
        FrontierX::Measure(_, sense) => sense.sign(),
        FrontierX::BudgetScale => -1.0,
    }
}

/// Turns −0, which minimising leaves behind, into 0.
fn positive_zero(number: f64) -> f64 {
    number + 0.0
}

/// Finds the ends, and fills the segment between them.
fn find<M: Measured>(
    filling: &mut SegmentSearch<'_, M>,
    has_shares: bool,
) -> Result<Found<M::Solution>, OptimiseError> {
    let (high, high_bound) = match filling.lexicographic(&Region::ALL, Y, &[])? {
        Outcome::Found(found) => found,
        Outcome::Infeasible => return Ok(Found::nothing(SolveStatus::Infeasible, 0)),
        Outcome::Unknown => return Ok(Found::nothing(SolveStatus::Unknown, 0)),
    };
    let (far, far_bound) = match filling.lexicographic(&Region::ALL, X, std::slice::from_ref(&high)) {
        Ok(Outcome::Found(found)) => found,
        // A stop leaves the end that is known.
        Ok(Outcome::Infeasible | Outcome::Unknown) | Err(OptimiseError::Cancelled) => {
            (high.clone(), f64::INFINITY)
        }
        Err(error) => return Err(error),
    };
    let settings = filling.space.settings;
    let units = [filling.space.unit(&filling.space.x), filling.space.unit(&filling.space.y)];
    let steps = Steps::between(high.at, far.at, units, settings.gap);
    filling.space.steps = steps;
    filling.stride =
        if has_shares { (far.at.x - high.at.x) / MAX_POINTS_PER_GAP } else { steps.x }.max(steps.x);
    let segment = Segment {
        after: high.at.x,
        to: far.at.x,
        low: far.at.y,
        top: high_bound,
        seeds: Vec::new(),
        bisections: 0,
        nodes: NODES_PER_PROBE,
    };
    let end_is_proven = is_within(gap(far.at.x, far_bound), settings);
    let mut part = Part::new();
    part.claim(f64::NEG_INFINITY, high.at.x, high_bound);
    part.points.extend([high, far]);
    part.take(filling.fill(segment)?);
    Ok(conclude(part, steps, end_is_proven, settings))
}

/// The points of a complete part, each with its bound.
fn conclude<S>(part: Part<S>, steps: Steps, end_is_proven: bool, settings: &SelectionSettings) -> Found<S> {
    let points = non_dominated(part.points, steps);
    let places: Vec<Point> = points.iter().map(|point| point.at).collect();
    let bounds = bounds(&places, &part.claims, steps);
    let points: Vec<Proven<S>> = (points.into_iter().zip(bounds))
        .map(|(point, bound)| {
            // A bound within rounding of the point is the point itself.
            let bound = if bound <= point.at.y + steps.y { point.at.y } else { bound };
            let gap = gap(point.at.y, bound);
            let status = SolveStatus::of_found(is_within(gap, settings));
            Proven { point, bound, gap, status }
        })
        .collect();
    let is_proven = end_is_proven && points.iter().all(|point| point.status == SolveStatus::Optimal);
    Found { status: SolveStatus::of_found(is_proven), points, levels_open: 0 }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::model::pool::{ProjectSet, TieBreak};
    use super::super::model::split_mix::SplitMix64;
    use super::pareto::ParetoPoint;
    use super::*;
    use crate::domain::Solver;

    /// Asks to stop after so many solutions were measured.
    struct Stopping<'a> {
        inner: MeasuredProgram<'a>,
        cancel: &'a CancelToken,
        left: AtomicUsize,
    }

    impl Measured for Stopping<'_> {
        type Solution = ByColumn<f64>;

        fn measure(&self, values: &ByColumn<f64>) -> Option<ParetoPoint<Self::Solution>> {
            match self.left.load(Ordering::Relaxed) {
                0 => self.cancel.cancel(),
                left => self.left.store(left - 1, Ordering::Relaxed),
            }
            self.inner.measure(values)
        }

        fn values_of(&self, point: &ParetoPoint<Self::Solution>) -> ByColumn<f64> {
            self.inner.values_of(point)
        }

        fn tie(&self, solution: &Self::Solution, value: f64) -> TieBreak {
            self.inner.tie(solution, value)
        }

        fn projects_of(&self, solution: &Self::Solution) -> ProjectSet {
            self.inner.projects_of(solution)
        }
    }

    fn program(chance: &mut SplitMix64) -> (Program, Vec<f64>, Vec<f64>) {
        let column = Column { lower: 0.0, upper: 1.0, is_integer: true, objective: 0.0 };
        let mut numbers = || (0..14).map(|_| 1.0 + chance.below(90) as f64).collect::<Vec<f64>>();
        let (cost, y) = (numbers(), numbers());
        let row = Row::numbered(numbers().into_iter().enumerate(), f64::NEG_INFINITY, 300.0).scaled();
        let program = Program { columns: vec![column; 14].into(), rows: vec![row].into() };
        (program, cost.into_iter().map(|cost| -cost).collect(), y)
    }

    /// Points of the frontier, or of a grid of five levels, of a search that is stopped after so many solutions.
    fn stopped_after(
        solutions: usize,
        solver: Solver,
        on_grid: bool,
    ) -> Option<(Found<ByColumn<f64>>, Vec<Point>)> {
        let (program, x, y) = program(&mut SplitMix64::default());
        let problem = Problem::of_program(&program);
        let settings =
            SelectionSettings { min_difference: 1, gap: 0.0, time_limit: None, work_limit: None, solver };
        let cancel = CancelToken::new();
        let measured = Stopping {
            inner: MeasuredProgram { problem: &problem, x: &x, y: &y },
            cancel: &cancel,
            left: AtomicUsize::new(solutions),
        };
        let mut filling = SegmentSearch {
            uses_trees: tries_tree(&program, solver),
            space: BiobjectiveModel {
                program: &program,
                groups: problem.groups.clone(),
                slackable_rows: Vec::new(),
                costs: ByColumn::default(),
                overrates: false,
                x: x.clone().into(),
                y: y.clone().into(),
                scale: None,
                measured,
                settings: &settings,
                cancel: &cancel,
                steps: Steps::default(),
            },
            stride: 0.0,
        };
        let ends = Ends { loose: None, strict: None };
        let found =
            if on_grid { grid::find(&mut filling.space, 5, ends) } else { find(&mut filling, false) }.ok()?;
        let all = (0..1_usize << 14).filter_map(|set| {
            let values: ByColumn<f64> = (0..14).map(|column| (set >> column & 1) as f64).collect();
            filling.space.measured.inner.measure(&values).map(|point| point.at)
        });
        Some((found, all.collect()))
    }

    #[test]
    fn a_stop_keeps_points_and_says_what_is_open() {
        let (mut cut_short, mut whole) = (0, 0);
        for solver in Solver::ALL {
            for on_grid in [false, true] {
                for solutions in [1, 30, 100, 200, 400, 100_000] {
                    let Some((found, all)) = stopped_after(solutions, solver, on_grid) else { continue };
                    let is_open = found.status != SolveStatus::Optimal;
                    cut_short += usize::from(is_open && found.points.len() > 1);
                    whole += usize::from(!is_open);
                    for proven in &found.points {
                        let at = proven.point.at;
                        let best =
                            all.iter().filter(|one| one.x >= at.x).map(|one| one.y).fold(at.y, f64::max);
                        assert!(best <= proven.bound + 1e-9, "{solver:?} {solutions}: {best} at {at:?}");
                    }
                }
            }
        }
        assert!(cut_short > 0, "no search was stopped on its way");
        assert!(whole >= 4, "{whole} searches were not stopped");
    }
}
