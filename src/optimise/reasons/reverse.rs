//! The best selection if one decision is reversed.
//!
//! Where the tree search serves, all reversals begin from one solved relaxation and go on until the gap is proven; what is
//! left, and decisions that the scenario itself takes, are solved from scratch.

use crate::domain::{Scenario, Selection, SelectionSettings};
use crate::finance::Valuation;
use crate::optimise::formulate::Formulation;
use crate::optimise::incumbents::Judge;
use crate::optimise::judge::SelectionJudge;
use crate::optimise::outcome::{OptimiseError, ScenarioStatus};
use crate::optimise::pool::{Candidate, Pool};
use crate::optimise::ranked::{RankedSearch, gap, is_within};
use crate::optimise::restriction::Fixing;
use crate::optimise::shared::{Attempt, Held};

use super::Question;

/// Whatever the gap asked for, a loss is the difference of two large numbers, so that a little more effort pays: the part
/// of the gap that is tried for first, and the nodes that this may take.
const FINE: f64 = 0.2;
const FINE_NODES: u32 = 200;
/// Nodes that may be spent on the gap itself before the decision is solved from scratch.
const NODES: u32 = 500;
/// Known selections to begin with: the best.
const KNOWN: usize = 50;

/// What solving again gave. Objectives are the program's.
pub enum Reversed {
    /// The best selection found, and what no selection exceeds.
    Found {
        /// The selection.
        selection: Selection,
        /// Its objective.
        objective: f64,
        /// No selection with the decision reversed is better.
        bound: f64,
    },
    /// There is none.
    Impossible,
    /// A limit was met first.
    Unknown,
}

/// A decision reversed.
pub struct Solved {
    /// The best selection then.
    pub result: Reversed,
    /// Selections of the scenario that were met on the way.
    pub met: Pool<Selection>,
    /// How many programs were solved.
    pub solves: usize,
}

impl Question<'_> {
    /// Reverses the decision about a project.
    pub(super) fn reverse(&self, project: usize) -> Result<Solved, OptimiseError> {
        let is_reversed =
            |known: &&Candidate<Selection>| known.solution.contains(project) != self.best.contains(project);
        let known = self.known.candidates().iter().map(Box::as_ref);
        let known = known.filter(is_reversed).take(KNOWN).cloned();
        let mut pool: Pool<Selection> = known.collect();
        let fine = self.attempt(FINE * self.settings.gap, FINE_NODES);
        let Some((shared, held)) = self.shared.zip(self.held(project)) else {
            let fine = SelectionSettings { gap: fine.gap, work_limit: Some(fine.nodes), ..*self.settings };
            return self.reverse_from_scratch(project, pool, &[fine, *self.settings]);
        };
        let attempts = [fine, self.attempt(self.settings.gap, NODES)];
        let result = match shared.best_with(&held, self.judge, &mut pool, &attempts, self.cancel)? {
            Held::Impossible => Reversed::Impossible,
            Held::Best(best, bound) if is_within(gap(best.objective, bound), self.settings) => {
                self.found(project, best, bound)
            }
            Held::Best(..) | Held::Unknown => {
                let scratch = self.reverse_from_scratch(project, pool, &[*self.settings])?;
                return Ok(Solved { solves: 1 + scratch.solves, ..scratch });
            }
        };
        Ok(Solved { result, met: pool, solves: 1 })
    }

    pub(super) fn attempt(&self, gap: f64, nodes: u32) -> Attempt {
        Attempt { gap, nodes: self.settings.work_limit.map_or(nodes, |limit| limit.min(nodes)) }
    }

    /// What holds a project out that is in, or one in that is out; `None` where the scenario decides about it.
    fn held(&self, project: usize) -> Option<Vec<Fixing>> {
        let formulation = self.judge.formulation();
        let starts = formulation.starts_of(project);
        if !self.is_free(project) || starts.is_empty() {
            return None;
        }
        if self.best.contains(project) {
            return Some(starts.iter().map(|start| Fixing::new(start.chosen, 0.0)).collect());
        }
        let one = match formulation.decision_row(project) {
            // A row that allows one start has no slack if one is taken.
            Some(row) => Fixing::new(formulation.program.columns.len() + row, 0.0),
            None => Fixing::new(starts[0].chosen, 1.0),
        };
        Some(vec![one])
    }

    /// Solves the scenario anew with the decision reversed, under one setting after the other until its gap is as small as
    /// asked for.
    fn reverse_from_scratch(
        &self,
        project: usize,
        known: Pool<Selection>,
        attempts: &[SelectionSettings],
    ) -> Result<Solved, OptimiseError> {
        let mut decisions = self.valuation.scenario().decisions.clone();
        decisions[project] = self.reversed_decision(project);
        let scenario = Scenario { decisions, ..self.valuation.scenario().clone() };
        let valuation = Valuation::new(self.valuation.portfolio(), &scenario);
        let mut formulation = Formulation::new(&valuation);
        formulation.set_objective(self.terms, true, &valuation);
        let problem = formulation.problem();
        let judge = SelectionJudge::new(&valuation, &formulation, self.terms, true);
        let values = |known: &Candidate<Selection>| judge.values_of(&known.solution);
        let mut known: Pool<Selection> =
            known.candidates().iter().filter_map(|known| judge.judge(&values(known))).collect();
        let (mut result, mut solves) = (Reversed::Unknown, 0);
        for settings in attempts {
            let search = RankedSearch::new(&problem, &judge, settings, self.cancel);
            let mut search = search.with_known(known.candidates().iter().map(Box::as_ref).cloned());
            let status = search.run(1)?;
            solves += 1;
            known = search.known().iter().map(Box::as_ref).cloned().collect();
            let found = search.into_ranked().pop();
            let is_enough = status == ScenarioStatus::Infeasible
                || found.as_ref().is_some_and(|found| is_within(found.gap(), self.settings));
            result = match (status, found) {
                (ScenarioStatus::Infeasible, _) => Reversed::Impossible,
                (_, None) => Reversed::Unknown,
                (_, Some(found)) => self.found(project, found.candidate, found.bound),
            };
            if is_enough {
                break;
            }
        }
        // A decision undone that the scenario takes is none of its selections.
        let met = if self.is_free(project) { known } else { Pool::default() };
        Ok(Solved { result, met, solves })
    }

    fn found(&self, project: usize, best: Candidate<Selection>, bound: f64) -> Reversed {
        // What is true of all selections is true of these, unless a former decision is undone.
        let bound = if self.is_free(project) { bound.min(self.bound) } else { bound };
        Reversed::Found {
            objective: best.objective,
            bound: bound.max(best.objective),
            selection: best.solution,
        }
    }
}
