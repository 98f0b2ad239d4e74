//! What limits, decisions and links between projects are called.

use crate::domain::{Decision, Dependency, DependencyKind, Portfolio, Scenario, Status};
use crate::optimise::Meaning;

/// The names of what rows stand for.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub portfolio: &'a Portfolio,
    pub scenario: &'a Scenario,
}

impl Names<'_> {
    /// The id of a project.
    pub fn id(&self, project: usize) -> &str {
        self.portfolio.projects()[project].id.as_str()
    }

    /// Who decided that a project is in.
    pub fn decided(&self, project: usize) -> &'static str {
        if self.portfolio.projects()[project].status == Status::Mandatory { "mandatory" } else { "forced-in" }
    }

    /// The id of a project, with what is decided about it if that is against it.
    pub fn id_if_out(&self, project: usize) -> String {
        let id = self.id(project);
        match (self.scenario.decisions[project], self.portfolio.projects()[project].status) {
            (Decision::Out, Status::Excluded) => format!("{id}, which is excluded"),
            (Decision::Out, _) => format!("{id}, which is forced out"),
            _ => id.to_owned(),
        }
    }

    /// The heading of a period.
    pub fn period(&self, period: usize) -> String {
        self.portfolio.horizon().label(period).to_string()
    }

    /// Name as a measure, name for people, period and amount of a limit.
    pub fn limit(&self, meaning: Meaning) -> Option<(String, String, String, f64)> {
        let limits = &self.scenario.limits;
        match meaning {
            Meaning::Budget { line: Some(line), period } => {
                let id = &self.portfolio.lines()[line];
                let amount = limits.lines[line].as_ref()?[period].value();
                Some((format!("line.{id}"), id.to_string(), self.period(period), amount))
            }
            Meaning::Budget { line: None, period } => {
                let amount = limits.all_lines.as_ref()?[period].value();
                Some(("line.*".to_owned(), "all lines together".to_owned(), self.period(period), amount))
            }
            Meaning::Capacity { resource, period } => {
                let id = &self.portfolio.resources()[resource];
                let amount = limits.resources[resource].as_ref()?[period].value();
                Some((format!("resource.{id}"), id.to_string(), self.period(period), amount))
            }
            _ => None,
        }
    }

    /// A dependency, plainly and with what is decided against it.
    pub fn link(&self, dependency: Dependency) -> (String, String) {
        let (id, other) = (self.id(dependency.project), self.id(dependency.other));
        let out = self.id_if_out(dependency.other);
        let lead = self.id_if_out(dependency.project);
        match dependency.kind {
            DependencyKind::Requires => (format!("{id} requires {other}"), format!("{id} requires {out}")),
            DependencyKind::After { lag } => {
                (format!("{id} after {other}"), format!("{id} starts at least {lag} periods after {out}"))
            }
            DependencyKind::Excludes => (format!("{id} excludes {other}"), format!("{id} excludes {other}")),
            DependencyKind::Together => (
                format!("{id} together {other}"),
                if lead == id {
                    format!("{id} goes together with {out}")
                } else {
                    format!("{other} goes together with {lead}")
                },
            ),
        }
    }
}

/// `A`, `A and B`, `A, B and C`.
pub(super) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
