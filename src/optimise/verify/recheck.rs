//! Rechecks a selection against every decision, dependency and limit of its scenario, by the portfolio's own numbers.

use crate::domain::{
    ByProject, Choice, Decision, Dependency, DependencyKind, ProjectIx, ROUNDING, Selection,
};
use crate::finance::Valuation;

use super::limits;
use super::violation::Violation;

/// Rules that a selection violates: every decision, dependency and limit of its scenario is checked by the portfolio's
/// own numbers and not by the program's.
pub fn recheck(valuation: &Valuation, selection: &Selection) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut choices = Choices::filled(None, valuation.portfolio().projects().len());
    selection.choices().iter().for_each(|choice| choices[choice.project] = Some(choice));
    check_choices(valuation, &choices, &mut violations);
    for (group, members) in valuation.portfolio().alternatives() {
        if members.iter().filter(|&&project| choices[project].is_some()).count() > 1 {
            violations.push(Violation::Alternatives(group.clone()));
        }
    }
    let id = |project: ProjectIx| valuation.portfolio().projects()[project].id.clone();
    for dependency in valuation.portfolio().dependencies() {
        if !holds(dependency, &choices) {
            let (project, other) = (id(dependency.project), id(dependency.other));
            violations.push(Violation::Dependency { project, other });
        }
    }
    for condition in valuation.portfolio().conditions() {
        if !condition.holds(|project| choices[project].is_some()) {
            let ids = |projects: &[ProjectIx]| projects.iter().map(|&project| id(project)).collect();
            let (projects, others) = (ids(condition.if_all()), ids(condition.then_any()));
            violations.push(Violation::Condition { projects, others });
        }
    }
    limits::check(valuation, selection, &mut violations);
    violations
}

/// The choice of each project, if any.
type Choices<'a> = ByProject<Option<&'a Choice>>;

fn check_choices(valuation: &Valuation, choices: &Choices, violations: &mut Vec<Violation>) {
    let periods = valuation.portfolio().horizon().len();
    let projects = valuation.portfolio().projects().iter_enumerated().zip(&valuation.scenario().decisions);
    for (((position, project), decision), choice) in projects.zip(choices) {
        let as_decided = match decision {
            Decision::Free => true,
            Decision::In => choice.is_some(),
            Decision::Out => choice.is_none(),
        };
        if !as_decided {
            violations.push(Violation::Decision(project.id.clone()));
        }
        let Some(choice) = choice else { continue };
        if !project.starts(periods).contains(&choice.start) {
            violations.push(Violation::Start(project.id.clone()));
        }
        if choice.share.value() < valuation.least_share(position).value() - ROUNDING {
            violations.push(Violation::Share(project.id.clone()));
        }
    }
}

fn holds(dependency: &Dependency, choices: &Choices) -> bool {
    let this = choices[dependency.project];
    let other = choices[dependency.other];
    match (dependency.kind, this, other) {
        (DependencyKind::Together, this, other) => this.is_some() == other.is_some(),
        (DependencyKind::Excludes, this, other) => this.is_none() || other.is_none(),
        (_, None, _) => true,
        (_, Some(_), None) => false,
        (DependencyKind::Requires, ..) => true,
        (DependencyKind::After { lag }, Some(this), Some(other)) => this.start >= other.start + lag,
    }
}
