//! Names of limits, decisions and links between projects.

use crate::domain::{
    Condition, Decision, Dependency, DependencyKind, LimitBound, PeriodIx, Portfolio, ProjectIx, Scenario,
    Status,
};
use crate::optimise::RowKey;

use super::number::{NumberStyle, at_least};
use super::words::{id_and_name, id_and_short_name};

/// Letters of a project's name in a sentence, at most.
const LETTERS: usize = 40;

/// The names of what rows mean.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub portfolio: &'a Portfolio,
    pub scenario: &'a Scenario,
}

/// A limit in words.
pub(super) struct LimitWords {
    /// Its key: `line.capex`.
    pub item: String,
    /// For people: `capex`, or `capex (Capital expense)` where it has a name.
    pub name: String,
    /// The period that it is for, if it is for one.
    pub period: Option<String>,
    /// Its size.
    pub amount: f64,
    kind: LimitKind,
}

enum LimitKind {
    /// Money or people of a period.
    Supply,
    /// A bound of a named limit.
    Bound(LimitBound),
    /// The least score of an objective.
    Target,
}

impl LimitWords {
    /// Its name: `capex in 2028`.
    pub fn which(&self) -> String {
        self.period.as_ref().map_or_else(|| self.name.clone(), |period| format!("{} in {period}", self.name))
    }

    /// Its name and size: `capex in 2028 (8.00 M)`.
    pub fn whole(&self) -> String {
        let size = |amount: f64| NumberStyle::of(amount).write(amount);
        let amount = match self.kind {
            LimitKind::Supply | LimitKind::Target => size(self.amount),
            LimitKind::Bound(LimitBound::Min(least)) => format!("at least {}", size(least)),
            LimitKind::Bound(LimitBound::Max(most)) => format!("at most {}", size(most)),
            LimitKind::Bound(LimitBound::MinShare(least)) => format!("at least {} %", size(100.0 * least)),
            LimitKind::Bound(LimitBound::MaxShare(most)) => format!("at most {} %", size(100.0 * most)),
        };
        format!("{} ({amount})", self.which())
    }

    /// Its relaxation by an amount, in words: `1.24 M more capex in 2028`.
    pub fn relaxed_by(&self, amount: f64) -> String {
        let (which, amount) = (self.which(), at_least(amount));
        match self.kind {
            LimitKind::Supply => format!("{amount} more {which}"),
            LimitKind::Bound(LimitBound::Max(_)) => format!("{which} raised by {amount}"),
            LimitKind::Bound(LimitBound::Min(_)) | LimitKind::Target => {
                format!("{which} lowered by {amount}")
            }
            LimitKind::Bound(LimitBound::MinShare(_) | LimitBound::MaxShare(_)) => {
                format!("{which} missed by {amount}")
            }
        }
    }
}

impl Names<'_> {
    /// The id of a project.
    pub fn id(&self, project: ProjectIx) -> &str {
        self.portfolio.projects()[project].id.as_str()
    }

    /// A project for people: its id, and its name if it has one.
    pub fn named(&self, project: ProjectIx) -> String {
        let project = &self.portfolio.projects()[project];
        id_and_short_name(project.id.as_str(), &project.name, LETTERS)
    }

    /// The origin of the decision that a project is in.
    pub fn decided(&self, project: ProjectIx) -> &'static str {
        if self.portfolio.projects()[project].status == Status::Mandatory { "mandatory" } else { "forced-in" }
    }

    /// The id of a project, with the prior decision if that is against it.
    pub fn id_if_out(&self, project: ProjectIx) -> String {
        self.id(project).to_owned() + self.note_if_out(project)
    }

    /// A project for people, with the prior decision if that is against it.
    pub fn named_if_out(&self, project: ProjectIx) -> String {
        self.named(project) + self.note_if_out(project)
    }

    fn note_if_out(&self, project: ProjectIx) -> &'static str {
        match (self.scenario.decisions[project], self.portfolio.projects()[project].status) {
            (Decision::Out, Status::Excluded) => ", which is excluded",
            (Decision::Out, _) => ", which is forced out",
            _ => "",
        }
    }

    /// The heading of a period.
    pub fn period(&self, period: PeriodIx) -> String {
        self.portfolio.horizon().label(period).to_string()
    }

    /// Name and size of a limit; `None` if the key is not a limit.
    pub fn limit(&self, row_key: RowKey) -> Option<LimitWords> {
        let limits = &self.scenario.limits;
        let supply = |item: String, name: String, period: PeriodIx, amount: f64| LimitWords {
            item,
            name,
            period: Some(self.period(period)),
            amount,
            kind: LimitKind::Supply,
        };
        Some(match row_key {
            RowKey::Budget { line: Some(line), period } => {
                let id = &self.portfolio.lines()[line];
                let amount = limits.lines[line].as_ref()?[period].value();
                let name = id_and_name(id.as_str(), self.portfolio.line_name(line));
                supply(format!("line.{id}"), name, period, amount)
            }
            RowKey::Budget { line: None, period } => {
                let amount = limits.all_lines.as_ref()?[period].value();
                supply("line.*".to_owned(), "all lines together".to_owned(), period, amount)
            }
            RowKey::Capacity { resource, period } => {
                let id = &self.portfolio.resources()[resource];
                let amount = limits.resources[resource].as_ref()?[period].value();
                supply(format!("resource.{id}"), id.to_string(), period, amount)
            }
            RowKey::Limit { limit, bound } => {
                let limit = &self.scenario.named_limits[limit];
                let bound = limit.bounds()[bound];
                LimitWords {
                    item: format!("limit.{}", limit.name()),
                    name: format!("limit `{}`", limit.name()),
                    period: None,
                    amount: bound.value(),
                    kind: LimitKind::Bound(bound),
                }
            }
            RowKey::Target { leaf } => {
                let tree = self.portfolio.objectives();
                let objective = &tree.objectives()[tree.leaves()[leaf]];
                LimitWords {
                    item: format!("target.{}", objective.id),
                    name: format!("the target of {}", objective.id),
                    period: None,
                    amount: objective.target?,
                    kind: LimitKind::Target,
                }
            }
            RowKey::Decision { .. }
            | RowKey::Share { .. }
            | RowKey::Alternatives { .. }
            | RowKey::Dependency { .. }
            | RowKey::Condition { .. }
            | RowKey::Confidence { .. }
            | RowKey::Priority { .. }
            | RowKey::Changes
            | RowKey::Drops
            | RowKey::Synergy { .. }
            | RowKey::Account => return None,
        })
    }

    /// A condition, plainly and with the prior decisions against it: `P02 and P07 require P06 or P08`.
    pub fn condition(&self, condition: &Condition) -> (String, String) {
        let ids =
            |projects: &[ProjectIx]| projects.iter().map(|&one| self.id(one).to_owned()).collect::<Vec<_>>();
        let (all, any) = (ids(condition.if_all()), ids(condition.then_any()));
        let noted = |&one: &ProjectIx| {
            let note = match (self.scenario.decisions[one], self.portfolio.projects()[one].status) {
                (Decision::Out, Status::Excluded) => " (excluded)",
                (Decision::Out, _) => " (forced out)",
                _ => "",
            };
            format!("{}{note}", self.id(one))
        };
        let out: Vec<String> = condition.then_any().iter().map(noted).collect();
        (requirement(&all, &any), requirement(&all, &out))
    }

    /// A condition for people: `P02 (Ramp) requires P06 (Metro line) or P08 (Tram)`.
    pub fn condition_by_name(&self, condition: &Condition) -> String {
        let names = |projects: &[ProjectIx]| projects.iter().map(|&one| self.named(one)).collect::<Vec<_>>();
        requirement(&names(condition.if_all()), &names(condition.then_any()))
    }

    /// Short name of a constraint, as one of several that bind a project; `None` if the key is no constraint.
    pub fn constraint(&self, row_key: RowKey) -> Option<String> {
        Some(match row_key {
            RowKey::Decision { project } => self.decision_word(project)?.to_owned(),
            RowKey::Share { .. } => "min_fraction".to_owned(),
            RowKey::Alternatives { group } => {
                format!("alternatives {}", self.portfolio.alternatives()[group].0)
            }
            RowKey::Dependency { dependency } => self.link(self.portfolio.dependencies()[dependency]).0,
            RowKey::Condition { condition } => self.condition(&self.portfolio.conditions()[condition]).0,
            RowKey::Budget { .. }
            | RowKey::Capacity { .. }
            | RowKey::Limit { .. }
            | RowKey::Target { .. } => self.limit(row_key)?.which(),
            RowKey::Confidence { limit, period } => self.confidence(limit, period),
            RowKey::Priority { priority } => format!("the limits of priority {priority}"),
            RowKey::Changes => "max_changes".to_owned(),
            RowKey::Drops => "max_drops".to_owned(),
            RowKey::Synergy { synergy } => format!("synergy {}", self.portfolio.synergies()[synergy].id()),
            RowKey::Account => return None,
        })
    }

    /// A limit that holds in futures: `limit `fits` in 2028 (cvar, 90 %)`.
    pub fn confidence(&self, limit: usize, period: Option<PeriodIx>) -> String {
        let limit = &self.scenario.named_limits[limit];
        let period = period.map_or_else(String::new, |period| format!(" in {}", self.period(period)));
        let held = limit.held().map(|held| held.confidence);
        let held = held.map(|held| {
            format!(
                " ({}, {} %)",
                held.risk().as_str(),
                NumberStyle::of(100.0 * held.level()).write(100.0 * held.level())
            )
        });
        format!("limit `{}`{period}{}", limit.name(), held.unwrap_or_default())
    }

    /// The prior decision about a project, and its origin; `None` if there is none.
    pub fn decision_word(&self, project: ProjectIx) -> Option<&'static str> {
        match (self.scenario.decisions[project], self.portfolio.projects()[project].status) {
            (Decision::In, Status::Mandatory) => Some("mandatory"),
            (Decision::In, Status::Candidate | Status::Excluded) => Some("forced in"),
            (Decision::Out, Status::Excluded) => Some("excluded"),
            (Decision::Out, Status::Candidate | Status::Mandatory) => Some("forced out"),
            (Decision::Free, _) => None,
        }
    }

    /// A dependency, plainly and with the prior decisions against it.
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

/// `A and B require C or D`.
fn requirement(all: &[String], any: &[String]) -> String {
    let verb = if all.len() == 1 { "requires" } else { "require" };
    format!("{} {verb} {}", listed(all), joined(any, "or"))
}

/// `A`, `A and B`, `A, B and C`.
pub(super) fn listed(items: &[String]) -> String {
    joined(items, "and")
}

/// Items with commas between them, and a word before the last.
fn joined(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} {word} {last}", most.join(", ")),
    }
}
