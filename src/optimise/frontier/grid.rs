//! The best at evenly spaced levels of the first measure, each proven on its own.
//!
//! What is feasible at a strict level is feasible at every looser one, and a bound of a loose level bounds every
//! stricter one. So the ends are solved first, then the middle, then both halves side by side: a level whose best known
//! point lies within the gap of a looser level's bound needs no solve.

use crate::domain::Grid;
use crate::optimise::k_best::{gap, is_within};
use crate::optimise::outcome::{OptimiseError, Outcome, SolveStatus};

use super::evaluator::Measured;
use super::pareto::{ParetoPoint, Point, Region, Steps, non_dominated};
use super::proven::{Found, Proven};
use super::segment::{X, Y};
use super::subproblem::{Best, BiobjectiveModel};

/// Ends of a grid as they are given, in the sense of the first measure (more is better).
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// The level that allows most.
    pub loose: Option<f64>,
    /// The level that allows least.
    pub strict: Option<f64>,
}

impl Ends {
    /// The ends of a grid, of which `sign` times a level is better the more it is. A factor on all budgets ends at 1.
    pub fn of(grid: Grid, sign: f64, is_scale: bool) -> Self {
        let signed = |level: Option<f64>| level.map(|level| sign * level);
        let to = signed(grid.to.or(is_scale.then_some(1.0)));
        let from = signed(grid.from);
        if sign < 0.0 { Self { loose: to, strict: from } } else { Self { loose: from, strict: to } }
    }
}

/// Finds the best at so many levels. A stop leaves out the levels that are not solved by then.
///
/// # Errors
/// If stopped before the loosest level is solved, or if the solver fails.
pub fn find<M: Measured>(
    space: &mut BiobjectiveModel<'_, M>,
    points: usize,
    ends: Ends,
) -> Result<Found<M::Solution>, OptimiseError> {
    space.steps = steps(space, [ends.loose, ends.strict], 0.0);
    let loosest = space.first(&beyond(ends.loose), Y, &[])?;
    let (best, ceiling) = match &loosest {
        Outcome::Found(found) => found.clone(),
        Outcome::Infeasible => return Ok(Found::nothing(SolveStatus::Infeasible, 0)),
        Outcome::Unknown => return Ok(Found::nothing(SolveStatus::Unknown, points)),
    };
    let loose = ends.loose.unwrap_or(best.at.x);
    let strict = match ends.strict {
        Some(strict) => strict.max(loose),
        None => strictest(space, &best)?,
    };
    space.steps = steps(space, [Some(loose), Some(strict)], best.at.y);
    let at = |place: usize| loose + (strict - loose) * place as f64 / (points - 1) as f64;
    let levels: Vec<f64> = (0..points - 1).map(at).chain([strict]).collect();
    let search = GridSearch { space };
    let last = if strict > loose { search.level(strict, &[], ceiling)? } else { loosest.clone() };
    let seeds: Vec<_> = found(&last).map(|(point, _)| point.clone()).into_iter().collect();
    let mut outcomes = vec![loosest];
    outcomes.extend(search.fill(&levels[1..points - 1], &seeds, ceiling)?);
    outcomes.push(last);
    Ok(search.conclude(&levels, &outcomes))
}

/// The largest first measure that anything has; that of a known point, if a limit comes first.
fn strictest<M: Measured>(
    space: &BiobjectiveModel<'_, M>,
    known: &ParetoPoint<M::Solution>,
) -> Result<f64, OptimiseError> {
    match space.best(&Region::ALL, X, std::slice::from_ref(known)) {
        Ok(Outcome::Found((point, _))) => Ok(point.at.x.max(known.at.x)),
        Ok(Outcome::Infeasible | Outcome::Unknown) | Err(OptimiseError::Cancelled) => Ok(known.at.x),
        Err(error) => Err(error),
    }
}

/// Steps of levels between two ends, where the second measure is about `y`.
fn steps<M: Measured>(space: &BiobjectiveModel<'_, M>, ends: [Option<f64>; 2], y: f64) -> Steps {
    let [one, other] = ends.map(|end| Point { x: end.unwrap_or(0.0), y });
    Steps::between(one, other, [None, None], space.settings.gap)
}

/// The region at or beyond a level.
fn beyond(level: Option<f64>) -> Region {
    let from = Point { x: level.unwrap_or(f64::NEG_INFINITY), y: f64::NEG_INFINITY };
    Region { from, ..Region::ALL }
}

fn found<S>(outcome: &Best<S>) -> Option<&(ParetoPoint<S>, f64)> {
    match outcome {
        Outcome::Found(found) => Some(found),
        Outcome::Infeasible | Outcome::Unknown => None,
    }
}

/// The search of one grid.
struct GridSearch<'s, 'a, M> {
    space: &'s BiobjectiveModel<'a, M>,
}

impl<M: Measured> GridSearch<'_, '_, M> {
    /// The best at each of `levels` (rising). `known` points lie beyond all of them, `ceiling` is a bound on all.
    fn fill(
        &self,
        levels: &[f64],
        known: &[ParetoPoint<M::Solution>],
        ceiling: f64,
    ) -> Result<Vec<Best<M::Solution>>, OptimiseError> {
        let middle = levels.len() / 2;
        let Some(&level) = levels.get(middle) else { return Ok(Vec::new()) };
        let outcome = self.level(level, known, ceiling)?;
        let mut seeds = known.to_vec();
        let mut lower = ceiling;
        if let Some((point, bound)) = found(&outcome) {
            seeds.push(point.clone());
            lower = *bound;
        }
        let stricter = &levels[middle + 1..];
        let (looser, stricter) = rayon::join(
            || self.fill(&levels[..middle], &seeds, ceiling),
            || match outcome {
                Outcome::Infeasible => Ok(stricter.iter().map(|_| Outcome::Infeasible).collect()),
                _ => self.fill(stricter, known, lower),
            },
        );
        let mut all = looser?;
        all.push(outcome);
        all.extend(stricter?);
        Ok(all)
    }

    /// The best at a level; unknown if a stop comes first.
    fn level(
        &self,
        level: f64,
        known: &[ParetoPoint<M::Solution>],
        ceiling: f64,
    ) -> Result<Best<M::Solution>, OptimiseError> {
        let settings = self.space.settings;
        let best = known.iter().max_by(|one, other| one.at.y.total_cmp(&other.at.y));
        if let Some(best) = best.filter(|best| is_within(gap(best.at.y, ceiling.max(best.at.y)), settings)) {
            return Ok(Outcome::Found((best.clone(), ceiling.max(best.at.y))));
        }
        match self.space.first(&beyond(Some(level)), Y, known) {
            Ok(outcome) => Ok(outcome.map(|(point, bound)| {
                let bound = bound.min(ceiling).max(point.at.y);
                (point, bound)
            })),
            Err(OptimiseError::Cancelled) => Ok(Outcome::Unknown),
            Err(error) => Err(error),
        }
    }

    /// The points that are best at some level, each with the bound of the loosest such level.
    fn conclude(&self, levels: &[f64], outcomes: &[Best<M::Solution>]) -> Found<M::Solution> {
        let (settings, steps) = (self.space.settings, self.space.steps);
        let points = outcomes.iter().filter_map(found).map(|(point, _)| point.clone()).collect();
        let kept = non_dominated(points, steps);
        let mut bounds: Vec<Option<f64>> = vec![None; kept.len()];
        for (&level, outcome) in levels.iter().zip(outcomes) {
            let place = kept.partition_point(|point| point.at.x < level - steps.x);
            if let (Some((_, bound)), Some(point)) = (found(outcome), kept.get(place)) {
                let highest = bounds[place].unwrap_or(point.at.y).max(*bound);
                bounds[place] = Some(highest);
            }
        }
        let best_somewhere = kept.into_iter().zip(bounds).filter_map(|(point, bound)| Some((point, bound?)));
        let points: Vec<_> = best_somewhere
            .map(|(point, bound)| {
                let gap = gap(point.at.y, bound);
                Proven { point, bound, gap, status: SolveStatus::of_found(is_within(gap, settings)) }
            })
            .collect();
        let is_open = |outcome: &&Best<M::Solution>| matches!(outcome, Outcome::Unknown);
        let levels_open = outcomes.iter().filter(is_open).count();
        let is_proven = levels_open == 0 && points.iter().all(|point| point.status == SolveStatus::Optimal);
        Found { status: SolveStatus::of_found(is_proven), points, levels_open }
    }
}
