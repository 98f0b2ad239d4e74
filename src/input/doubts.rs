//! What the tables say together that can be used, but is probably not what was meant.

mod forgotten;
mod look_alikes;
mod past_horizon;
mod unlimited;

use crate::diagnostic::{Diagnostic, Diagnostics, SourceRef};
use crate::domain::{
    Batch, Horizon, LimitBound, Measure, NamedLimit, PastHorizon, Portfolio, Project, Scenario,
};

use super::reader::row::Cells;
use super::reader::table::Table;
use super::tables::portfolio::Tables;

pub(super) use look_alikes::tell_of as tell_look_alikes;

/// A doubt that a batch may settle: what it is about, and what is told unless the batch settles it.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    subject: Subject,
    told: Diagnostic,
}

/// What a doubt is about.
#[derive(Clone, Debug)]
enum Subject {
    /// Nothing limits what is spent on a line.
    Line(String),
    /// Nothing limits what is demanded of a resource.
    Resource(String),
    /// A start may push amounts past the horizon.
    PastHorizon,
}

/// Tells what is doubtful whatever the batch says, and returns what a batch may settle.
pub(super) fn read(
    tables: &Tables,
    horizon: Option<&Horizon>,
    projects: &[Project],
    found: &mut Diagnostics,
) -> Vec<Doubt> {
    look_alikes::tell(tables, found);
    forgotten::tell(tables, projects, found);
    let mut doubts = unlimited::find(tables);
    if let (Some(horizon), Some(table)) = (horizon, tables.get("projects")) {
        doubts.extend(past_horizon::find(table, horizon, projects));
    }
    doubts
}

impl Doubt {
    /// What is told where no batch settles it.
    pub(super) fn told(self) -> Diagnostic {
        self.told
    }

    /// Whether a batch settles it: every scenario limits what is spent, or starts past the horizon are left out or meant.
    pub(super) fn is_settled_by(&self, batch: &Batch, portfolio: &Portfolio) -> bool {
        let by_all = |is_limited: &dyn Fn(&Scenario) -> bool| batch.scenarios().iter().all(is_limited);
        match &self.subject {
            Subject::PastHorizon => batch.past_horizon() != PastHorizon::Warn,
            Subject::Line(name) => {
                let line = portfolio.lines().iter().position(|line| line.as_str() == name);
                line.is_some_and(|line| {
                    by_all(&|scenario| {
                        scenario.limits.lines[line].is_some()
                            || scenario.limits.all_lines.is_some()
                            || has_cap(scenario, &[Measure::Line(line), Measure::Cost])
                    })
                })
            }
            Subject::Resource(name) => {
                let resource = portfolio.resources().iter().position(|resource| resource.as_str() == name);
                resource.is_some_and(|resource| {
                    by_all(&|scenario| {
                        scenario.limits.resources[resource].is_some()
                            || has_cap(scenario, &[Measure::Resource(resource)])
                    })
                })
            }
        }
    }
}

/// Whether a scenario caps one of some measures over all projects.
fn has_cap(scenario: &Scenario, measures: &[Measure]) -> bool {
    let caps = |limit: &NamedLimit| {
        let is_upper = limit.bounds().iter().any(|bound| matches!(bound, LimitBound::Max(_)));
        measures.contains(&limit.measure())
            && limit.projects().is_none()
            && limit.price().is_none()
            && is_upper
    };
    scenario.named_limits.iter().any(caps)
}

/// The row of the projects table in which a project stands.
fn row_of<'t>(projects: &'t Table, project: &Project) -> Option<Cells<'t>> {
    projects.rows().find(|cells| cells.text("project") == Some(project.id.as_str()))
}

/// A place in few words, seen from a file.
fn place(source: &SourceRef, file: &str) -> String {
    match source.row {
        Some(row) if source.file == file => format!("in row {row}"),
        Some(row) => format!("in {}, row {row}", source.file),
        None => format!("in {}", source.file),
    }
}
