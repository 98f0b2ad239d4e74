//! The best selection if one decision is reversed.

use crate::domain::{Scenario, Selection, SelectionSettings};
use crate::finance::Valuation;
use crate::optimise::formulate::Formulation;
use crate::optimise::incumbents::Judge;
use crate::optimise::judge::SelectionJudge;
use crate::optimise::outcome::{OptimiseError, ScenarioStatus};
use crate::optimise::pool::Candidate;
use crate::optimise::ranked::{RankedSearch, is_within};

use super::Question;

/// The part of the gap asked for that is tried for first, and the nodes that this may take.
const FINE: f64 = 0.05;
const FINE_NODES: u32 = 20;

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

impl Question<'_> {
    /// Reverses the decision about a project; also tells how many programs were solved.
    pub(super) fn reverse(&self, project: usize) -> Result<(Reversed, usize), OptimiseError> {
        let mut decisions = self.valuation.scenario().decisions.clone();
        decisions[project] = self.reversed_decision(project);
        let scenario = Scenario { decisions, ..self.valuation.scenario().clone() };
        let valuation = Valuation::new(self.valuation.portfolio(), &scenario);
        let mut formulation = Formulation::new(&valuation);
        formulation.set_objective(&self.terms, true, &valuation);
        let problem = formulation.problem();
        let judge = || SelectionJudge {
            valuation: &valuation,
            formulation: &formulation,
            terms: &self.terms,
            is_penalised: true,
        };
        let known =
            self.options.known.iter().chain(self.options.options.iter().map(|option| &option.selection));
        let fitting = known.filter(|selection| selection.contains(project) != self.best.contains(project));
        let known: Vec<Candidate<Selection>> =
            fitting.filter_map(|selection| judge().judge(&judge().values_of(selection))).collect();
        let solve = |settings: &SelectionSettings, known: Vec<Candidate<Selection>>| {
            let search = RankedSearch::new(&problem, judge(), settings, self.cancel);
            let mut search = search.with_known(known);
            let status = search.run(1)?;
            Ok::<_, OptimiseError>((status, search.into_ranked().pop()))
        };
        // Whatever the gap asked for, a loss is the difference of two large numbers: a little more effort pays.
        let nodes = self.settings.work_limit.map_or(FINE_NODES, |nodes| nodes.min(FINE_NODES));
        let fine =
            SelectionSettings { gap: FINE * self.settings.gap, work_limit: Some(nodes), ..*self.settings };
        let (mut status, mut found) = solve(&fine, known)?;
        let mut solves = 1;
        let is_enough = status == ScenarioStatus::Infeasible
            || found.as_ref().is_some_and(|found| is_within(found.gap(), self.settings));
        if !is_enough {
            let known = found.into_iter().map(|found| found.candidate).collect();
            (status, found) = solve(self.settings, known)?;
            solves += 1;
        }
        let reversed = match (status, found) {
            (ScenarioStatus::Infeasible, _) => Reversed::Impossible,
            (_, None) => Reversed::Unknown,
            (_, Some(found)) => Reversed::Found {
                objective: found.candidate.objective,
                // What is true of all selections is true of these, unless a former decision is undone.
                bound: if self.is_free(project) { found.bound.min(self.bound) } else { found.bound },
                selection: found.candidate.solution,
            },
        };
        Ok((reversed, solves))
    }
}
