//! Fewest changes: among the selections as good as the best with a decision reversed, that with the fewest
//! differences from the explained option. An exchange of equals that has nothing to do with the decision does not
//! count as its effect.
//!
//! A repair puts differences back, one by one and in pairs, as long as nothing is lost. Where the problem fits a tree,
//! a program that holds the objective and minimises the differences proves the fewest within a small limit.

use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{Choice, ProjectIx, Selection};
use crate::finance::Valuation;
use crate::optimise::bnb::incumbents::Evaluator;
use crate::optimise::bnb::{DualEnd, Tree};
use crate::optimise::formulate::StartColumns;
use crate::optimise::k_best::tries_tree;
use crate::optimise::k_best::whole_tree::{SearchRequest, enumerate};
use crate::optimise::model::cliques::merged_program;
use crate::optimise::model::decisions::{DecisionGroup, Problem};
use crate::optimise::model::limits::SearchLimits;
use crate::optimise::model::pool::{Candidate, Pool, ProjectSet, TieBreak};
use crate::optimise::model::program::{ByColumn, Program, Row};
use crate::optimise::model::reduced::{Fixing, ReducedProgram};
use crate::optimise::verify::evaluator::{ReducedEvaluator, SelectionEvaluator};
use crate::units::Share;

use super::question::Question;
use super::sides::{Best, Sides};

/// Differences up to which pairs of them are put back together.
const MAX_PAIRED_DIFFERENCES: usize = 30;
/// Relative difference of objectives below which selections may be equally good, where a quick look rules out the rest.
const RELATIVE_TIE: f64 = 1e-9;
/// Limits of the program for one decision.
const MAX_NODES: u64 = 200;
/// Nodes where the known best is not proven the best: equals of it are a matter of luck then, and a short look is enough.
const MAX_NODES_UNPROVEN: u64 = 20;
const MAX_TICKS: u64 = 50_000_000;
/// Share of a whole difference: a bound within it proves the fewest.
const GAP_OF_DIFFERENCE: f64 = 0.5;

/// A problem that fits a tree, with its relaxation under the scenario's decisions and without them.
struct Relaxed<'a> {
    problem: &'a Problem<'a>,
    held: Tree,
    open: Tree,
}

impl Question<'_> {
    /// The same sides, where the best selection of each that reverses a decision of an option has the fewest
    /// differences from it, as far as the limits allow.
    pub(super) fn with_fewest_changes(&self, sides: Sides, option: &Selection) -> Sides {
        // As the program tells payers: one stands for all among which it makes no difference.
        let read = self.evaluator.evaluate(&self.evaluator.values_of(option));
        let option = &read.map_or_else(|| option.clone(), |read| read.solution);
        let problem = self.formulation.problem();
        let merged = merged_program(&problem);
        let problem = Problem { program: &merged, ..problem };
        let relaxed = tries_tree(&merged, self.settings.solver).then(|| self.relaxed(&problem)).flatten();
        let nearest = |project: ProjectIx| {
            let mut best = sides.best[project].clone();
            let reversed = &mut best[usize::from(!option.contains(project))];
            if let Some(known) = reversed.known.take() {
                let is_best = tied_with(reversed.bound) <= known.objective;
                let nodes = if is_best { MAX_NODES } else { MAX_NODES_UNPROVEN };
                let near =
                    self.fewest_changes(project, known, (&sides.pool, option), (relaxed.as_ref(), nodes));
                *reversed = Best { bound: reversed.bound.max(near.objective), known: Some(near) };
            }
            best
        };
        let projects: Vec<ProjectIx> = self.projects().collect();
        let best: Vec<[Best; 2]> = projects.into_par_iter().with_max_len(1).map(nearest).collect();
        Sides { best: best.into(), ..sides }
    }

    /// `None` if a relaxation cannot be solved.
    fn relaxed<'a>(&self, problem: &'a Problem<'a>) -> Option<Relaxed<'a>> {
        let everything = Arc::new(ReducedProgram::new(problem.program, &[])?);
        let relax = |held: &[Fixing]| {
            let mut tree = Tree::new(problem, Arc::clone(&everything));
            (tree.hold(problem, held) && tree.relax() == DualEnd::Optimal).then_some(tree)
        };
        Some(Relaxed { problem, held: relax(&self.held_beside(None))?, open: relax(&[])? })
    }

    /// A selection as good as `best`, which reverses the decision of an option about a project, with the fewest
    /// differences from the option.
    fn fewest_changes(
        &self,
        project: ProjectIx,
        best: Candidate<Selection>,
        (pool, option): (&Pool<Selection>, &Selection),
        (relaxed, nodes): (Option<&Relaxed<'_>>, u64),
    ) -> Candidate<Selection> {
        let reversed = (!self.is_free(project)).then(|| self.reversed_scenario(project));
        let valuation: Option<Valuation> = reversed.as_ref().map(|scenario| self.valuation.under(scenario));
        let own = valuation
            .as_ref()
            .map(|valuation| SelectionEvaluator::new(valuation, self.formulation, self.terms, true));
        let evaluator = own.as_ref().unwrap_or(self.evaluator);
        let is_in = best.projects.contains(project);
        let set = ProjectSet::of(option.projects());
        let repair = Repair { question: self, evaluator, project, option, set };
        let pool = pool.candidates().iter().map(Box::as_ref).filter(|_| own.is_none());
        let is_as_good = |one: &Candidate<Selection>| one.tie.objective >= best.tie.objective;
        let known = pool.filter(|one| one.projects.contains(project) == is_in && is_as_good(one)).cloned();
        let as_good = known.chain(repair.alone().into_iter().filter(is_as_good));
        let near = as_good.fold(best.clone(), |near, one| repair.nearer(near, one));
        let near = repair.repaired(near);
        // One difference cannot be spared, or the option with that decision alone reversed were as good.
        let by_program = match relaxed {
            Some(relaxed) if repair.differences(&near) > 1 => repair.by_program(&near, relaxed, nodes),
            _ => None,
        };
        by_program.map_or(near, |nearer| repair.repaired(nearer))
    }
}

/// The least objective of a selection that may be as good as one with this objective.
fn tied_with(objective: f64) -> f64 {
    objective - RELATIVE_TIE * objective.abs().max(1.0)
}

/// A selection that reverses one decision of an option, brought near to the option.
struct Repair<'a> {
    question: &'a Question<'a>,
    evaluator: &'a SelectionEvaluator<'a>,
    project: ProjectIx,
    option: &'a Selection,
    /// Projects of the option.
    set: ProjectSet,
}

impl Repair<'_> {
    /// Other projects that are in the selection and not in the option, or the other way round.
    fn differences(&self, one: &Candidate<Selection>) -> usize {
        one.projects.changes(&self.set).saturating_sub(1)
    }

    /// Projects, other than the reversed one, of which the selection has another choice than the option: another start
    /// or share counts, too.
    fn changed(&self, one: &Candidate<Selection>) -> Vec<ProjectIx> {
        let is_changed = |&project: &ProjectIx| {
            project != self.project && one.solution.choice(project) != self.option.choice(project)
        };
        self.question.projects().filter(is_changed).collect()
    }

    /// The one with the fewest differences, then the fewest changes; of equals the first.
    fn nearer(&self, one: Candidate<Selection>, other: Candidate<Selection>) -> Candidate<Selection> {
        let distance = |one: &Candidate<Selection>| (self.differences(one), self.changed(one).len());
        let order = distance(&one).cmp(&distance(&other)).then_with(|| one.order(&other));
        if order.is_gt() { other } else { one }
    }

    /// The option with the one decision reversed and no other, at each start, where that is possible.
    fn alone(&self) -> Vec<Candidate<Selection>> {
        let others = || self.option.choices().iter().copied().filter(|choice| choice.project != self.project);
        if self.option.contains(self.project) {
            return self.evaluated(others()).into_iter().collect();
        }
        let starts = self.question.formulation.starts_of(self.project).iter();
        let at = |start: &StartColumns| Choice {
            project: self.project,
            start: start.start,
            share: Share::ONE,
            payment: start.payment,
        };
        starts.filter_map(|start| self.evaluated(others().chain([at(start)]))).collect()
    }

    fn evaluated(&self, choices: impl Iterator<Item = Choice>) -> Option<Candidate<Selection>> {
        self.evaluator.evaluate(&self.evaluator.values_of(&Selection::new(choices)))
    }

    /// The selection with what can be put back as in the option, one by one and in pairs, without loss.
    fn repaired(&self, from: Candidate<Selection>) -> Candidate<Selection> {
        let mut near = from;
        'again: while !self.question.allowance.all.is_cancelled() {
            let changed = self.changed(&near);
            let alone = changed.iter().map(|&one| [one, one]);
            let paired = if changed.len() <= MAX_PAIRED_DIFFERENCES { &changed[..] } else { &[] };
            let pairs = paired.iter().enumerate();
            let pairs =
                pairs.flat_map(|(place, &one)| paired[place + 1..].iter().map(move |&other| [one, other]));
            for put_back in alone.chain(pairs) {
                // What is put back may be read as another choice of the same worth: only what brings it nearer counts.
                if let Some(nearer) = self.with_put_back(&near, put_back)
                    && self.changed(&nearer).len() < changed.len()
                {
                    near = nearer;
                    continue 'again;
                }
            }
            break;
        }
        near
    }

    /// The selection with the choices of the option for some projects; `None` if it is not as good.
    fn with_put_back(
        &self,
        one: &Candidate<Selection>,
        put_back: [ProjectIx; 2],
    ) -> Option<Candidate<Selection>> {
        let kept =
            one.solution.choices().iter().copied().filter(|choice| !put_back.contains(&choice.project));
        let own = self.option.choices().iter().copied().filter(|choice| put_back.contains(&choice.project));
        let selection = Selection::new(kept.chain(own));
        // Most of them lose, which is quick to see; who pays for shared costs is not known before an evaluation.
        let is_told_apart = !self.question.formulation.has_moved();
        if is_told_apart && self.evaluator.objective(&selection) < tied_with(one.objective) {
            return None;
        }
        let other = self.evaluator.evaluate(&self.evaluator.values_of(&selection))?;
        (other.tie.objective >= one.tie.objective).then_some(other)
    }

    /// The selection with the fewest differences that a program finds; `None` if that finds none with fewer.
    fn by_program(
        &self,
        near: &Candidate<Selection>,
        relaxed: &Relaxed<'_>,
        nodes: u64,
    ) -> Option<Candidate<Selection>> {
        let question = self.question;
        let (is_free, is_in) = (question.is_free(self.project), near.projects.contains(self.project));
        let mut held = question.held(self.project, is_in);
        let mut tree = if is_free { relaxed.held.clone() } else { relaxed.open.clone() };
        if !is_free {
            held.extend(question.held_beside(Some(self.project)));
        }
        if question.allowance.all.is_cancelled()
            || !tree.hold(relaxed.problem, &held)
            || tree.relax() != DualEnd::Optimal
        {
            return None;
        }
        if is_free {
            held.extend(question.held_beside(None));
        }
        held.extend(tree.reduced_cost_fixings(tied_with(near.objective)));
        let left = ReducedProgram::new(relaxed.problem.program, &held)?;
        let problem = left.problem(relaxed.problem);
        let program = self.program(&problem, near.objective);
        let problem = Problem {
            program: &program,
            constant: self.constant(relaxed.problem, &left),
            costs: ByColumn::default(),
            ..problem.clone()
        };
        let evaluator = ReducedEvaluator { evaluator: self.evaluator, reduced_program: &left };
        let evaluator = NearEvaluator { evaluator, least: near.tie.objective, set: &self.set };
        let mut pool: Pool<Candidate<Selection>> = std::iter::once(evaluator.turned(near.clone())).collect();
        let gap = GAP_OF_DIFFERENCE / near.projects.changes(&self.set).max(1) as f64;
        let limits = SearchLimits { ticks: MAX_TICKS, nodes, deadline: None };
        let request = SearchRequest { options: 1, difference: 1, gap, limits };
        enumerate(&problem, &evaluator, &mut pool, &request, &question.allowance.all);
        let found = pool.into_candidates().next()?.solution;
        (found.projects.changes(&self.set) < near.projects.changes(&self.set)).then_some(found)
    }

    /// What choosing a project takes from the differences: those of the option are missing until they are chosen.
    fn gain(&self, project: ProjectIx) -> f64 {
        if self.set.contains(project) { 1.0 } else { -1.0 }
    }

    /// The objective of that program without its free columns.
    fn constant(&self, whole: &Problem<'_>, left: &ReducedProgram) -> f64 {
        let of_group = |group: &DecisionGroup| {
            let taken = group.alternatives.iter().filter_map(|one| left.fixed[one.chosen]).sum::<f64>();
            self.gain(group.project) * taken
        };
        whole.groups.iter().map(of_group).sum::<f64>() - self.set.len() as f64
    }

    /// The program that holds the objective and minimises the differences.
    fn program(&self, problem: &Problem<'_>, objective: f64) -> Program {
        let mut program = problem.program.clone();
        let value = program.columns.iter_enumerated().map(|(column, one)| (column, one.objective));
        // No slack for rounding: the tolerance of rows covers it.
        let holds = Row::new(value.collect::<Vec<_>>(), objective - problem.constant, f64::INFINITY).scaled();
        program.columns.iter_mut().for_each(|column| column.objective = 0.0);
        for group in &problem.groups {
            for one in &group.alternatives {
                program.columns[one.chosen].objective = self.gain(group.project);
            }
        }
        program.rows.push(holds);
        program
    }
}

/// Evaluates selections as good as a known one by their differences from an option.
struct NearEvaluator<'a, E> {
    evaluator: E,
    least: f64,
    /// Projects of the option.
    set: &'a ProjectSet,
}

impl<E> NearEvaluator<'_, E> {
    fn turned(&self, inner: Candidate<Selection>) -> Candidate<Candidate<Selection>> {
        let objective = -(inner.projects.changes(self.set) as f64);
        let tie = TieBreak { objective, ..inner.tie };
        Candidate { objective, tie, projects: inner.projects.clone(), solution: inner }
    }
}

impl<E: Evaluator<Solution = Selection>> Evaluator for NearEvaluator<'_, E> {
    type Solution = Candidate<Selection>;

    fn evaluate(&self, values: &ByColumn<f64>) -> Option<Candidate<Self::Solution>> {
        let inner = self.evaluator.evaluate(values)?;
        (inner.tie.objective >= self.least).then(|| self.turned(inner))
    }

    fn values_of(&self, solution: &Self::Solution) -> ByColumn<f64> {
        self.evaluator.values_of(&solution.solution)
    }
}
