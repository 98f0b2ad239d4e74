//! Decisions reversed one by one, each by a search of its own: where the problem is too large for one tree over all of
//! them, or HiGHS is asked for.

use rayon::prelude::*;

use crate::domain::{ByProject, Decision, ProjectIx, Scenario, Selection, SelectionSettings};
use crate::optimise::bnb::incumbents::Evaluator;
use crate::optimise::k_best::{RankedSearch, gap, is_within};
use crate::optimise::model::pool::{Candidate, Pool};
use crate::optimise::outcome::{OptimiseError, SolveStatus};
use crate::optimise::scenario_model::ScenarioModel;

use super::question::Question;
use super::sides::{Best, Sides};

/// Reversals solved side by side, each with the selections that those before met as a warm start.
const PARALLEL_PROJECTS: usize = 8;
/// Selections that one reversal passes on to those after it, at most.
const MAX_SHARED_SELECTIONS: usize = 20;
/// Known selections in the warm start of a reversal: the best.
const MAX_KNOWN_SELECTIONS: usize = 50;

/// Result of one reversal.
struct Reversed {
    best: Best,
    /// Selections of the scenario met by the search.
    met: Vec<Candidate<Selection>>,
    solves: usize,
}

impl Question<'_> {
    /// Reverses every decision of the best selection known.
    pub(super) fn sides_from_scratch(
        &self,
        known: Vec<Candidate<Selection>>,
    ) -> Result<Sides, OptimiseError> {
        let mut pool: Pool<Selection> = known.into_iter().collect();
        let best = pool.candidates().first().map(|best| best.projects.clone());
        let is_best_in = |project: ProjectIx| match self.decision(project) {
            Decision::Free => best.as_ref().is_some_and(|best| best.contains(project)),
            decision => decision == Decision::In,
        };
        let mut reversed: ByProject<Option<Best>> = ByProject::filled(None, self.projects().len());
        let mut solves = 0;
        let order: Vec<ProjectIx> = self.by_need(&pool, &is_best_in);
        for (done, abreast) in order.chunks(PARALLEL_PROJECTS).enumerate() {
            let left = order.len() - done * PARALLEL_PROJECTS;
            let solve = |&project: &ProjectIx| self.reverse(project, !is_best_in(project), left, &pool);
            let next: Vec<Reversed> =
                abreast.par_iter().with_max_len(1).map(solve).collect::<Result<_, OptimiseError>>()?;
            for (&project, one) in abreast.iter().zip(next) {
                one.met.into_iter().for_each(|met| pool.add(met));
                solves += one.solves;
                reversed[project] = Some(one.best);
            }
            (self.step)(abreast.len());
        }
        let bound = self.bound;
        let both = |(project, reversed): (ProjectIx, Option<Best>)| {
            let is_in = is_best_in(project);
            let own = Best { known: best_with(&pool, project, is_in), bound };
            let met = best_with(&pool, project, !is_in).filter(|_| self.is_free(project));
            let reversed = match (reversed, met) {
                (Some(reversed), Some(met))
                    if reversed.objective().is_none_or(|known| known < met.objective) =>
                {
                    Best { bound: reversed.bound.max(met.objective), known: Some(met) }
                }
                (Some(reversed), _) => reversed,
                (None, known) => Best { known, bound },
            };
            if is_in { [reversed, own] } else { [own, reversed] }
        };
        let best = self.projects().zip(reversed).map(both).collect();
        Ok(Sides { best, pool, solves, nodes: 0 })
    }

    /// Projects in the order of reversal: widest open gap first.
    fn by_need(&self, pool: &Pool<Selection>, is_best_in: &dyn Fn(ProjectIx) -> bool) -> Vec<ProjectIx> {
        let known = |project: ProjectIx| {
            let known = best_with(pool, project, !is_best_in(project)).filter(|_| self.is_free(project));
            known.map_or(f64::NEG_INFINITY, |known| known.objective)
        };
        let mut order: Vec<(f64, ProjectIx)> =
            self.projects().map(|project| (known(project), project)).collect();
        order.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        order.into_iter().map(|(_, project)| project).collect()
    }

    /// Solves the scenario again with a project in, or out; `left` projects remain to be solved.
    fn reverse(
        &self,
        project: ProjectIx,
        is_in: bool,
        left: usize,
        pool: &Pool<Selection>,
    ) -> Result<Reversed, OptimiseError> {
        let is_free = self.is_free(project);
        let known: Vec<Candidate<Selection>> =
            if is_free { known_with(pool, project, is_in) } else { Vec::new() };
        let ceiling = if is_free { self.bound } else { f64::INFINITY };
        let settled = known.first().filter(|best| is_within(gap(best.objective, ceiling), self.settings));
        if let Some(best) = settled {
            let best = Best { known: Some(best.clone()), bound: ceiling.max(best.objective) };
            return Ok(Reversed { best, met: Vec::new(), solves: 0 });
        }
        let decide = if is_in { Decision::In } else { Decision::Out };
        let mut scenario: Scenario = self.valuation.scenario().clone();
        scenario.decisions[project] = decide;
        let valuation = self.valuation.under(&scenario);
        let model = ScenarioModel::maximising(&valuation, self.terms.to_vec());
        let (problem, evaluator) = (model.problem(), model.evaluator());
        let known =
            known.iter().filter_map(|known| evaluator.evaluate(&evaluator.values_of(&known.solution)));
        let known: Pool<Selection> = known.collect();
        let settings = self.limited(left);
        let mut search = RankedSearch::new(&problem, &evaluator, &settings, &self.allowance.reversals)
            .handing_on_within(self.allowance.even_seconds(self.projects().len(), self.settings.time_limit))
            .with_known(known.candidates().iter().map(Box::as_ref).cloned());
        let status = match search.run(1) {
            Ok(status) => status,
            // Its time is up, or the search was cancelled.
            Err(OptimiseError::Cancelled) => SolveStatus::Unknown,
            Err(error) => return Err(error),
        };
        let met: Vec<Candidate<Selection>> =
            search.known().iter().take(MAX_SHARED_SELECTIONS).map(|met| Candidate::clone(met)).collect();
        let found = search.into_ranked().pop();
        let best = match (status, found) {
            (SolveStatus::Infeasible, _) => Best { known: None, bound: f64::NEG_INFINITY },
            (_, Some(found)) => {
                let bound = found.bound.min(ceiling).max(found.candidate.objective);
                Best { known: Some(found.candidate), bound }
            }
            (_, None) => Best { known: met.first().cloned(), bound: ceiling },
        };
        // Selections that undo a decision of the scenario are not selections of the scenario.
        Ok(Reversed { best, met: if is_free { met } else { Vec::new() }, solves: 1 })
    }

    /// Limits for one of `left` remaining reversals.
    fn limited(&self, left: usize) -> SelectionSettings {
        let threads = rayon::current_num_threads().min(PARALLEL_PROJECTS);
        let seconds = self.allowance.seconds_for_one_of(left.div_ceil(threads), &self.allowance.reversals);
        let time_limit = match (seconds, self.settings.time_limit) {
            (Some(seconds), Some(limit)) => Some(seconds.min(limit)),
            (seconds, limit) => seconds.or(limit),
        };
        let nodes = self.allowance.reversal_nodes() / self.projects().len().max(1) as u64;
        let nodes = u32::try_from(nodes.max(1)).ok();
        let work_limit = self.settings.work_limit.map(|limit| nodes.map_or(limit, |nodes| nodes.min(limit)));
        SelectionSettings { time_limit, work_limit, ..*self.settings }
    }
}

/// The best known selection with a project in, or out.
fn best_with(pool: &Pool<Selection>, project: ProjectIx, is_in: bool) -> Option<Candidate<Selection>> {
    pool.candidates()
        .iter()
        .find(|known| known.projects.contains(project) == is_in)
        .map(|known| Candidate::clone(known))
}

/// Known selections with a project in, or out, best first.
fn known_with(pool: &Pool<Selection>, project: ProjectIx, is_in: bool) -> Vec<Candidate<Selection>> {
    let known = pool.candidates().iter().filter(|known| known.projects.contains(project) == is_in);
    known.take(MAX_KNOWN_SELECTIONS).map(|known| Candidate::clone(known)).collect()
}
