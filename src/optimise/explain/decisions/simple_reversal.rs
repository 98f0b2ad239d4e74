//! Reversals that need no search: a project dropped from an option, or put into it in place of others.
//!
//! They stand where time ran out before any selection with the decision reversed was met, so that each reversal that is
//! possible at all is told with a range.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::domain::{Choice, Dependency, ProjectIx, Selection};
use crate::optimise::bnb::incumbents::Evaluator;
use crate::optimise::formulate::StartColumns;
use crate::optimise::model::pool::Candidate;
use crate::units::Share;

use super::question::Question;
use super::sides::{Best, Sides};

impl Question<'_> {
    /// The same sides, with a simple reversal of an option wherever no selection that reverses its decision is known.
    /// No limit applies: each takes about as many evaluations as the option has projects, at most.
    pub(super) fn with_simple_reversals(&self, sides: Sides, option: &Selection) -> Sides {
        let by_value = self.by_value(option);
        let filled = |project: ProjectIx| {
            let mut best = sides.best[project].clone();
            let reversed = &mut best[usize::from(!option.contains(project))];
            let is_open = reversed.known.is_none() && reversed.bound > f64::NEG_INFINITY;
            if let Some(known) = (is_open && self.is_free(project))
                .then(|| self.simple_reversal(project, option, &by_value))
                .flatten()
            {
                *reversed = Best { bound: reversed.bound.max(known.objective), known: Some(known) };
            }
            best
        };
        let projects: Vec<ProjectIx> = self.projects().collect();
        let best: Vec<[Best; 2]> = projects.into_par_iter().with_max_len(1).map(filled).collect();
        Sides { best: best.into(), ..sides }
    }

    /// The free projects of an option, those that add least to the objective first.
    fn by_value(&self, option: &Selection) -> Vec<ProjectIx> {
        let value = |choice: &Choice| -> f64 {
            let plan = self.valuation.plan_of(choice);
            let worth = |&(measure, weight)| weight * self.valuation.measure(measure, choice.project, plan);
            self.terms.iter().map(worth).sum()
        };
        let free = option.choices().iter().filter(|choice| self.is_free(choice.project));
        let mut valued: Vec<(f64, ProjectIx)> = free.map(|choice| (value(choice), choice.project)).collect();
        valued.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        valued.into_iter().map(|(_, project)| project).collect()
    }

    fn simple_reversal(
        &self,
        project: ProjectIx,
        option: &Selection,
        by_value: &[ProjectIx],
    ) -> Option<Candidate<Selection>> {
        if option.contains(project) {
            return self.evaluated(&self.without(option.choices(), &[project]));
        }
        let with: Vec<Vec<Choice>> = self
            .formulation
            .starts_of(project)
            .iter()
            .map(|start| self.with(option.choices(), start))
            .collect();
        let beside = with.iter().filter_map(|choices| self.evaluated(choices));
        let beside = beside.reduce(|best, other| if other.objective > best.objective { other } else { best });
        let added = |choices: &[Choice]| -> BTreeSet<ProjectIx> {
            choices.iter().map(|choice| choice.project).filter(|&one| !option.contains(one)).collect()
        };
        beside.or_else(|| with.iter().find_map(|choices| self.exchanged(choices, &added(choices), by_value)))
    }

    /// Choices without some projects, and without those that cannot stay without these.
    fn without(&self, choices: &[Choice], dropped: &[ProjectIx]) -> Vec<Choice> {
        let mut gone: BTreeSet<ProjectIx> = dropped.iter().copied().collect();
        let dependencies = self.valuation.portfolio().dependencies();
        loop {
            let falls = |one: &Dependency| one.needs().filter(|(_, other)| gone.contains(other));
            let more: Vec<ProjectIx> =
                dependencies.iter().flat_map(falls).map(|(project, _)| project).collect();
            let before = gone.len();
            gone.extend(more);
            if gone.len() == before {
                break;
            }
        }
        choices.iter().copied().filter(|choice| !gone.contains(&choice.project)).collect()
    }

    /// Choices with a project at one of its starts, and with those that it needs at their first.
    fn with(&self, choices: &[Choice], start: &StartColumns) -> Vec<Choice> {
        let choice = |start: &StartColumns| Choice {
            project: start.project,
            start: start.start,
            share: Share::ONE,
            payment: start.payment,
        };
        let mut all: Vec<Choice> = choices.iter().copied().chain([choice(start)]).collect();
        let mut next = all.len() - 1;
        while let Some(one) = all.get(next).copied() {
            next += 1;
            for dependency in self.valuation.portfolio().dependencies() {
                for (_, other) in dependency.needs().filter(|(own, _)| *own == one.project) {
                    let is_there = all.iter().any(|choice| choice.project == other);
                    let first = self.formulation.starts_of(other).first().filter(|_| !is_there);
                    all.extend(first.map(choice));
                }
            }
        }
        all
    }

    /// Choices without as many of the others as must leave, those of the least value first; then those back, the most
    /// valuable first, for which there is room.
    fn exchanged(
        &self,
        choices: &[Choice],
        added: &BTreeSet<ProjectIx>,
        by_value: &[ProjectIx],
    ) -> Option<Candidate<Selection>> {
        let keeps = |dropped: &ProjectIx| {
            let left = self.without(choices, &[*dropped]);
            added.iter().all(|one| left.iter().any(|choice| choice.project == *one))
        };
        let by_value: Vec<ProjectIx> = by_value.iter().copied().filter(keeps).collect();
        let mut count = 1;
        let (mut found, mut dropped) = loop {
            let dropped = &by_value[..count.min(by_value.len())];
            let left = self.without(choices, dropped);
            match self.evaluated(&left) {
                Some(found) => break (found, dropped.to_vec()),
                None if count >= by_value.len() => return None,
                None => count *= 2,
            }
        };
        for &back in dropped.clone().iter().rev() {
            let fewer: Vec<ProjectIx> = dropped.iter().copied().filter(|&one| one != back).collect();
            if let Some(better) = self.evaluated(&self.without(choices, &fewer)) {
                (found, dropped) = (better, fewer);
            }
        }
        Some(found)
    }

    fn evaluated(&self, choices: &[Choice]) -> Option<Candidate<Selection>> {
        self.evaluator.evaluate(&self.evaluator.values_of(&Selection::new(choices.iter().copied())))
    }
}
