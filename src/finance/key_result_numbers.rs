//! What projects do to key results, and what these weigh under a scenario.

use std::sync::Arc;

use crate::domain::{ByPeriod, ByProject, KeyResult, PeriodIx, Portfolio, Project, ProjectIx, Scenario};

/// What projects do to key results, and what these weigh under a scenario.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyResultNumbers {
    /// Per project, per period of delay that makes a difference, per key result: the change when due if the project
    /// succeeds. Empty for a portfolio without key results.
    pub changes: Arc<ByProject<Vec<Vec<f64>>>>,
    /// Per key result: its share among those of its objective, times the objective's weight down the tree.
    pub weights: Vec<f64>,
}

impl KeyResultNumbers {
    pub fn new(portfolio: &Portfolio, scenario: &Scenario) -> Self {
        let none = portfolio.key_results().is_empty();
        let projects = portfolio.projects().iter_enumerated().filter(|_| !none);
        let changes = projects.map(|(position, project)| changes_of(position, project, portfolio)).collect();
        Self { changes: Arc::new(changes), weights: weights(portfolio, scenario) }
    }

    /// The same under another scenario.
    pub fn under(&self, portfolio: &Portfolio, scenario: &Scenario) -> Self {
        Self { changes: Arc::clone(&self.changes), weights: weights(portfolio, scenario) }
    }
}

/// Changes of all key results when due, for each delay of a project.
fn changes_of(position: ProjectIx, project: &Project, portfolio: &Portfolio) -> Vec<Vec<f64>> {
    let list = portfolio.key_results().list();
    let periods = portfolio.horizon().len();
    let starts = PeriodIx::each(project.starts(periods)).count();
    // A delay of a plan may be longer than any of its start. What comes later than all periods changes nothing.
    let delays = if portfolio.risks().may_delay(position) { periods.max(starts) } else { starts };
    let at_delay = |delay: usize| {
        let mut changes = vec![0.0; list.len()];
        for effect in portfolio.key_results().effects_of(position) {
            let shifted = shifted(&effect.profile, delay);
            let due = list[effect.key_result].due;
            changes[effect.key_result] = shifted
                .iter_enumerated()
                .filter(|&(period, _)| period <= due)
                .map(|(_, &change)| change)
                .sum();
        }
        changes
    };
    (0..delays).map(at_delay).collect()
}

/// A profile of changes shifted to later periods.
pub(super) fn shifted(profile: &ByPeriod<f64>, delay: usize) -> ByPeriod<f64> {
    let periods = profile.len();
    std::iter::repeat_n(0.0, delay).chain(profile.iter().copied()).take(periods).collect()
}

/// Weights of key results. Where projects are weighed by class, an objective weighs as much as it does in the mean over
/// all projects.
fn weights(portfolio: &Portfolio, scenario: &Scenario) -> Vec<f64> {
    let list = portfolio.key_results().list();
    let of_objective = |objective: usize| {
        if let Some(weight) = scenario.weights.common(|set| set.objectives[objective]) {
            return weight;
        }
        let projects = portfolio.projects().positions();
        let count = projects.len() as f64;
        projects.map(|project| scenario.weights.of(project).objectives[objective]).sum::<f64>() / count
    };
    let weight = |one: &KeyResult| {
        let all: f64 =
            list.iter().filter(|other| other.objective == one.objective).map(|other| other.weight).sum();
        if all > 0.0 { one.weight / all * of_objective(one.objective) } else { 0.0 }
    };
    list.iter().map(weight).collect()
}
