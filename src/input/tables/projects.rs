//! The projects table: candidates, their starts, and further attributes.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics, list, suggest_or, suggestion};
use crate::domain::{Attribute, ByProject, Horizon, PeriodIx, Project, ProjectIx};
use crate::ids::ProjectId;
use crate::units::{Probability, Share};

use crate::input::reader::attribute;
use crate::input::reader::row::Cells;
use crate::input::reader::table::Table;
use crate::input::words::STATUS;

/// The word for all projects, where a table takes it.
pub const ALL_PROJECTS: &str = "*";

/// The ids of all projects, in order.
pub struct ProjectNames {
    ids: ByProject<ProjectId>,
    /// Some ids may be missing because a row of the table could not be read.
    is_complete: bool,
}

impl ProjectNames {
    /// All projects, in order.
    pub fn positions(&self) -> impl ExactSizeIterator<Item = ProjectIx> + use<> {
        self.ids.positions()
    }

    /// The id of a project.
    pub fn id(&self, project: ProjectIx) -> &ProjectId {
        &self.ids[project]
    }

    /// True if every row of the table gave its id, so that one which is not there is nowhere.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// The project of an id; `None` if there is none of that id.
    pub fn position(&self, id: &str) -> Option<ProjectIx> {
        self.ids.binary_search_by(|other| other.as_str().cmp(id)).ok().map(ProjectIx::new)
    }

    /// The project that a cell names; an unknown one is a fault.
    pub fn resolve(
        &self,
        cells: Cells<'_>,
        column: &'static str,
        found: &mut Diagnostics,
    ) -> Option<ProjectIx> {
        let id = cells.required(column, found)?;
        self.resolve_id(id, cells, column, found)
    }

    /// A project that a cell names, perhaps among others; an unknown one is a fault.
    pub fn resolve_id(
        &self,
        id: &str,
        cells: Cells<'_>,
        column: &'static str,
        found: &mut Diagnostics,
    ) -> Option<ProjectIx> {
        let position = self.position(id);
        if position.is_none() && self.is_complete {
            let help = suggestion(id, self.ids.iter().map(ProjectId::as_str))
                .unwrap_or_else(|| "add it to projects.csv, or remove this row".to_owned());
            let fault = Diagnostic::fault(cells.at(column), "is not a project", help).with_value(id);
            found.push(fault.caused_by(format!("project {id}")));
        }
        position
    }
}

/// Content of the projects table. Costs, benefits, demands and scores are added to the projects later.
pub struct Projects {
    pub names: ProjectNames,
    pub projects: ByProject<Project>,
    pub attributes: Vec<Attribute>,
    pub alternatives: Vec<(String, Vec<ProjectIx>)>,
}

/// Reads the table; without it, there are no projects and nothing is known about their names.
pub fn read(table: Option<&Table>, horizon: Option<&Horizon>, found: &mut Diagnostics) -> Projects {
    let Some(table) = table else {
        let names = ProjectNames { ids: ByProject::default(), is_complete: false };
        return Projects {
            names,
            projects: ByProject::default(),
            attributes: Vec::new(),
            alternatives: Vec::new(),
        };
    };
    let rows = rows_by_id(table, found);
    let has_ids = table.position("project").is_some();
    if rows.is_empty() && table.is_complete && has_ids {
        found.push(Diagnostic::fault(table.source(), "holds no project", "add one row per project"));
    }
    let projects = rows.iter().map(|(id, cells)| project(id, *cells, horizon, found)).collect();
    // Where some project has no id, or that of another, or there is none at all, other tables are not to blame for
    // naming it.
    let is_complete = table.is_complete && has_ids && table.rows().count() == rows.len() && !rows.is_empty();
    let names = ProjectNames { ids: rows.keys().map(|&id| id.into()).collect(), is_complete };
    Projects {
        names,
        projects,
        attributes: attribute::read(table, &rows, found),
        alternatives: alternatives(&rows, is_complete, found),
    }
}

fn rows_by_id<'t>(table: &'t Table, found: &mut Diagnostics) -> BTreeMap<&'t str, Cells<'t>> {
    let mut rows: BTreeMap<&str, Cells<'_>> = BTreeMap::new();
    for cells in table.rows() {
        let Some(id) = cells.required("project", found) else { continue };
        if id == ALL_PROJECTS {
            let help = "give the project another id";
            found.push(cells.fault("project", "stands for all projects in other tables", help));
        } else if let Some(first) = rows.get(id) {
            let problem = format!("stands in row {} already", first.number_of_row());
            found.push(cells.fault("project", problem, "give each project its own id, or remove one row"));
        } else {
            rows.insert(id, cells);
        }
    }
    rows
}

fn project(id: &str, cells: Cells<'_>, horizon: Option<&Horizon>, found: &mut Diagnostics) -> Project {
    let fraction = cells.number_where(
        "min_fraction",
        "a share from 0 (any share) to 1, or leave the cell blank for all or nothing",
        |value| (0.0..=1.0).contains(&value),
        found,
    );
    let success = cells.number_where(
        "success_probability",
        "a probability from 0 to 1, such as 0.8",
        |value| (0.0..=1.0).contains(&value),
        found,
    );
    let decay = cells.number_where(
        "value_decay",
        "the share of its strategic value that each period of delay takes, from 0 to 1",
        |value| (0.0..=1.0).contains(&value),
        found,
    );
    let (start, max_delay) = window(cells, horizon, found);
    Project {
        id: id.into(),
        name: cells.text("name").unwrap_or(id).to_owned(),
        status: cells.word("status", &STATUS, found).unwrap_or_default(),
        start,
        max_delay,
        value_decay: decay.and_then(Share::new).unwrap_or(Share::ZERO),
        // All of it or nothing is no choice of a share.
        min_fraction: fraction.filter(|&share| share < 1.0).and_then(Share::new),
        success_probability: success.and_then(Probability::new).unwrap_or(Probability::ONE),
        costs: Vec::new(),
        benefits: Vec::new(),
        demands: Vec::new(),
        scores: Vec::new(),
    }
}

/// The planned start, and the whole periods by which it may be deferred: up to `max_delay`, and not beyond `latest`.
fn window(cells: Cells<'_>, horizon: Option<&Horizon>, found: &mut Diagnostics) -> (PeriodIx, usize) {
    let start = start(cells, horizon, found);
    let max_delay = cells.whole("max_delay", found);
    let planned = start.unwrap_or_default();
    let (Some(latest), Some(horizon)) = (period(cells, "latest", horizon, found), horizon) else {
        return (planned, max_delay.unwrap_or(0));
    };
    // A start that is not a period has been told of.
    if latest < planned && (start.is_some() || cells.text("start").is_none()) {
        let label = horizon.label(planned);
        let problem = format!("is before its planned start, {label}");
        found.push(cells.fault(
            "latest",
            problem,
            format!("write {label} or a later period, or an earlier start"),
        ));
    } else if latest > planned && max_delay.is_none() && cells.text("max_delay").is_none() {
        let problem = "changes nothing, as the start may not be deferred without `max_delay`";
        let help = format!("write max_delay = {} if it may start until then", latest - planned);
        found.push(
            Diagnostic::warning(cells.at("latest"), problem, help).with_value(horizon.label(latest).as_str()),
        );
    }
    (planned, max_delay.unwrap_or(0).min(latest.index().saturating_sub(planned.index())))
}

/// The period in the column `start`; `None` where it is blank or not a period, which is a fault.
pub fn start(cells: Cells<'_>, horizon: Option<&Horizon>, found: &mut Diagnostics) -> Option<PeriodIx> {
    period(cells, "start", horizon, found)
}

/// The period in a column; `None` where it is blank or not a period, which is a fault.
fn period(
    cells: Cells<'_>,
    column: &'static str,
    horizon: Option<&Horizon>,
    found: &mut Diagnostics,
) -> Option<PeriodIx> {
    let (label, horizon) = (cells.text(column)?, horizon?);
    let position = horizon.position(label);
    if position.is_none() {
        let periods = list(horizon.periods().iter().map(|period| period.as_str()));
        found.push(cells.fault(column, "is not a period", format!("write one of {periods}")));
    }
    position
}

/// The groups of alternatives. Unread rows may belong to one, so that a lone project is told of only where there are
/// none.
fn alternatives(
    rows: &BTreeMap<&str, Cells<'_>>,
    is_complete: bool,
    found: &mut Diagnostics,
) -> Vec<(String, Vec<ProjectIx>)> {
    let mut groups: BTreeMap<&str, BTreeSet<ProjectIx>> = BTreeMap::new();
    for (position, cells) in rows.values().enumerate() {
        if let Some(group) = cells.text("alternatives") {
            groups.entry(group).or_default().insert(ProjectIx::new(position));
        }
    }
    for cells in rows.values().filter(|_| is_complete) {
        let Some(group) = cells.text("alternatives") else { continue };
        if groups.get(group).is_some_and(|members| members.len() == 1) {
            let others = groups.keys().copied().filter(|&other| other != group);
            let help = suggest_or(group, others, || "give its alternatives the same text".to_owned());
            let problem = "is a group of one project and excludes nothing";
            found.push(Diagnostic::warning(cells.at("alternatives"), problem, help).with_value(group));
        }
    }
    groups.into_iter().map(|(group, members)| (group.to_owned(), members.into_iter().collect())).collect()
}
