//! The best selection with each project, and the best without it.

use crate::domain::{ByProject, Decision, ProjectIx, Scenario, Selection};
use crate::finance::Valuation;
use crate::optimise::bnb::incumbents::Evaluator;
use crate::optimise::k_best::tries_tree;
use crate::optimise::model::cliques::merged_program;
use crate::optimise::model::decisions::Problem;
use crate::optimise::model::pool::{Candidate, Pool};
use crate::optimise::model::reduced::Fixing;
use crate::optimise::outcome::OptimiseError;
use crate::optimise::verify::evaluator::SelectionEvaluator;

use super::question::Question;
use super::reversals::{Reversals, Side, Spending};

/// The best known selection of one side, and its bound.
#[derive(Clone, Debug)]
pub(super) struct Best {
    /// The best known selection.
    pub known: Option<Candidate<Selection>>,
    /// Upper bound on the objective of the side; −∞ if it has no selection.
    pub bound: f64,
}

impl Best {
    /// Objective of the best known selection.
    pub fn objective(&self) -> Option<f64> {
        self.known.as_ref().map(|known| known.objective)
    }
}

/// Both sides of all decisions.
pub(super) struct Sides {
    /// `best[project]`: out, then in.
    pub best: ByProject<[Best; 2]>,
    /// Known selections of the scenario, best first.
    pub pool: Pool<Selection>,
    /// Number of programs solved.
    pub solves: usize,
    /// Branch-and-bound nodes.
    pub nodes: u64,
}

impl Sides {
    /// The best selection of one side of a project's decision.
    pub fn of(&self, project: ProjectIx, is_in: bool) -> &Best {
        &self.best[project][usize::from(is_in)]
    }
}

impl Question<'_> {
    /// Finds the best selections of all sides, as far as the limits allow.
    pub(super) fn sides(&self) -> Result<Sides, OptimiseError> {
        let options = self.options.options.iter().map(|option| &option.selection);
        let known = self.options.known.iter().chain(options);
        let known: Vec<Candidate<Selection>> = known
            .filter_map(|selection| self.evaluator.evaluate(&self.evaluator.values_of(selection)))
            .collect();
        let problem = self.formulation.problem();
        let merged = merged_program(&problem);
        let problem = Problem { program: &merged, ..problem };
        let bases = [self.held_beside(None), Vec::new()];
        let search =
            tries_tree(&merged, self.settings.solver).then(|| Reversals::new(&problem, &bases)).flatten();
        let sides = match search {
            Some(search) => self.sides_by_tree(search, known),
            None => self.sides_from_scratch(known)?,
        };
        self.allowance.check()?;
        Ok(sides)
    }

    /// Reverses all decisions in one tree search.
    fn sides_by_tree<'s>(&'s self, search: Reversals<'s>, known: Vec<Candidate<Selection>>) -> Sides {
        let decided: Vec<ProjectIx> = self.projects().filter(|&project| !self.is_free(project)).collect();
        let scenarios: Vec<Scenario> =
            decided.iter().map(|&project| self.reversed_scenario(project)).collect();
        let valuations: Vec<Valuation> =
            scenarios.iter().map(|scenario| self.valuation.under(scenario)).collect();
        let evaluators: Vec<SelectionEvaluator> = (valuations.iter())
            .map(|valuation| SelectionEvaluator::new(valuation, self.formulation, self.terms, true))
            .collect();
        let mut search: Reversals<'_> = search;
        let bound = self.bound.min(search.relaxed_bound());
        let best = known.iter().max_by(|one, other| one.objective.total_cmp(&other.objective));
        let mut evaluators = evaluators.iter();
        for project in self.projects() {
            for is_in in [false, true] {
                let is_as_best = match self.decision(project) {
                    Decision::Free => best.is_some_and(|best| best.projects.contains(project) == is_in),
                    decision => (decision == Decision::In) == is_in,
                };
                let undone = (!self.is_free(project) && !is_as_best).then(|| evaluators.next()).flatten();
                let side = match undone {
                    Some(evaluator) => {
                        let held = [self.held_beside(Some(project)), self.held(project, is_in)].concat();
                        Side::new(held, 1, evaluator)
                    }
                    None => {
                        let is_possible = !is_in || self.has_start(project);
                        let ceiling = if is_possible { bound } else { f64::NEG_INFINITY };
                        let side = Side::new(self.held(project, is_in), 0, self.evaluator);
                        side.of_scenario((project, is_in), ceiling, is_possible && !is_as_best)
                    }
                };
                search.sides.push(side);
            }
        }
        known.into_iter().for_each(|candidate| search.know(candidate));
        let spending = Spending {
            gap: self.settings.gap,
            nodes: self.allowance.reversal_nodes(),
            stop: &self.allowance.reversals,
        };
        search.run(&spending, self.step);
        let (solves, nodes) = (search.solves, search.nodes);
        let (sides, pool) = search.into_parts();
        let sides: Vec<Best> =
            sides.into_iter().map(|side| Best { bound: side.bound(), known: side.best }).collect();
        let best = sides.chunks(2).map(|both| [both[0].clone(), both[1].clone()]).collect();
        Sides { best, pool, solves, nodes }
    }

    /// True if a project can start within the horizon.
    pub(super) fn has_start(&self, project: ProjectIx) -> bool {
        !self.formulation.starts_of(project).is_empty()
    }

    /// The scenario with its decision about a project reversed.
    pub(super) fn reversed_scenario(&self, project: ProjectIx) -> Scenario {
        let mut scenario = self.valuation.scenario().clone();
        scenario.decisions[project] = match scenario.decisions[project] {
            Decision::In => Decision::Out,
            Decision::Out | Decision::Free => Decision::In,
        };
        scenario
    }

    /// Fixings for the scenario's decisions, except that about one project.
    pub(super) fn held_beside(&self, except: Option<ProjectIx>) -> Vec<Fixing> {
        let decided = self.projects().filter(|&project| !self.is_free(project) && except != Some(project));
        decided.flat_map(|project| self.held(project, self.decision(project) == Decision::In)).collect()
    }

    /// Fixings for a project in, or out.
    pub(super) fn held(&self, project: ProjectIx, is_in: bool) -> Vec<Fixing> {
        let starts = self.formulation.starts_of(project);
        match (is_in, self.formulation.decision_row(project)) {
            (false, _) => starts.iter().map(|start| Fixing::new(start.chosen.index(), 0.0)).collect(),
            // A decision row has slack 0 if a start is taken.
            (true, Some(row)) => vec![Fixing::new(self.formulation.program.columns.len() + row.index(), 0.0)],
            (true, None) => {
                starts.iter().take(1).map(|start| Fixing::new(start.chosen.index(), 1.0)).collect()
            }
        }
    }
}
