//! What each chosen project does for each objective and each key result.

use crate::domain::{Choice, Measure, ProjectIx, Selection};

use super::{StartPlan, Valuation};

/// Part of the largest contribution to an outcome below which a project counts as not serving it.
const LEAST_PART: f64 = 0.01;

/// Something that a portfolio is to bring about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A leaf objective (position among the leaves).
    Objective(usize),
    /// A key result (position).
    KeyResult(usize),
}

/// The contribution of a chosen project to an outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// The project.
    pub project: ProjectIx,
    /// The outcome.
    pub outcome: Outcome,
    /// To an objective: strategic value; to a key result: its change when due as planned, in the key result's own unit.
    pub amount: f64,
    /// Part of what all chosen projects contribute to the outcome together; `None` where that is nothing.
    pub share: Option<f64>,
}

impl Valuation<'_> {
    /// All contributions of a selection that are not 0, in the order of projects and outcomes.
    pub fn contributions(&self, selection: &Selection) -> Vec<Contribution> {
        let outcomes = self.outcomes();
        let mut totals = vec![0.0; outcomes.len()];
        let mut all = Vec::new();
        for choice in selection.choices() {
            for (place, &outcome) in outcomes.iter().enumerate() {
                let amount = self.contribution(choice, outcome);
                totals[place] += amount;
                if amount != 0.0 {
                    all.push((place, Contribution { project: choice.project, outcome, amount, share: None }));
                }
            }
        }
        let with_share = |(place, one): (usize, Contribution)| {
            let total = totals[place];
            Contribution { share: (total != 0.0).then(|| one.amount / total), ..one }
        };
        all.into_iter().map(with_share).collect()
    }

    /// Leaf objectives, and then key results.
    fn outcomes(&self) -> Vec<Outcome> {
        let objectives = 0..self.portfolio().objectives().leaves().len();
        let key_results = 0..self.portfolio().key_results().list().len();
        objectives.map(Outcome::Objective).chain(key_results.map(Outcome::KeyResult)).collect()
    }

    fn contribution(&self, choice: &Choice, outcome: Outcome) -> f64 {
        let plan = self.plan_of(choice);
        let whole = match outcome {
            Outcome::Objective(leaf) => self.value_on(choice.project, leaf) * self.kept(choice.project, plan),
            Outcome::KeyResult(position) => self.key_result_change(position, choice.project, plan),
        };
        choice.share.value() * whole
    }

    /// The part of a project's strategic value that it has at one of its starts; 1 where it has none.
    fn kept(&self, project: ProjectIx, plan: &StartPlan) -> f64 {
        let planned = self.strategic_value(project);
        if planned == 0.0 { 1.0 } else { self.measure(Measure::StrategicValue, project, plan) / planned }
    }

    /// The part of the strategic value of a whole project that comes from a leaf objective.
    fn value_on(&self, project: ProjectIx, leaf: usize) -> f64 {
        let tree = self.portfolio().objectives();
        let scale = tree.objectives()[tree.leaves()[leaf]].rescale.as_ref();
        let score = self.portfolio().projects()[project].scores[leaf];
        let scaled = score.map_or(0.0, |score| scale.map_or(score, |scale| scale.apply(score)));
        self.scenario().weights.of(project).leaves[leaf] * scaled
    }

    /// How far a contribution serves its outcome: above 0 if it does.
    fn service(&self, one: &Contribution) -> f64 {
        match one.outcome {
            Outcome::Objective(_) => one.amount,
            Outcome::KeyResult(position) => {
                let key_result = &self.portfolio().key_results().list()[position];
                one.amount / (key_result.target - key_result.baseline)
            }
        }
    }

    /// Chosen projects that serve nothing: each of their contributions is less than 1 % of the largest that a chosen
    /// project makes to the same outcome.
    pub fn idle_projects(&self, selection: &Selection, contributions: &[Contribution]) -> Vec<ProjectIx> {
        let serves = |one: &Contribution| {
            let same = contributions.iter().filter(|other| other.outcome == one.outcome);
            let largest = same.map(|other| self.service(other)).fold(0.0, f64::max);
            let own = self.service(one);
            own > 0.0 && own >= LEAST_PART * largest
        };
        let is_idle =
            |project: &ProjectIx| !contributions.iter().any(|one| one.project == *project && serves(one));
        selection.projects().filter(is_idle).collect()
    }

    /// Outcomes that no chosen project serves: objectives that weigh something and that some project of the portfolio is
    /// scored on, and key results.
    pub fn unserved(&self, contributions: &[Contribution]) -> Vec<Outcome> {
        let is_wanted = |outcome: Outcome| match outcome {
            Outcome::Objective(leaf) => {
                let projects = self.portfolio().projects();
                let weighs = |project: ProjectIx| self.scenario().weights.of(project).leaves[leaf] > 0.0;
                projects.iter_enumerated().any(|(one, row)| row.scores[leaf].is_some() && weighs(one))
            }
            Outcome::KeyResult(position) => self.key_result_weights()[position] > 0.0,
        };
        let is_served = |outcome: Outcome| {
            contributions.iter().any(|one| one.outcome == outcome && self.service(one) > 0.0)
        };
        let outcomes = self.outcomes().into_iter();
        outcomes.filter(|&outcome| is_wanted(outcome) && !is_served(outcome)).collect()
    }
}
